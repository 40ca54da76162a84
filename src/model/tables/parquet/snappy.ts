import { damaged } from './damaged.ts';

const BROKEN = 'a page cannot be decompressed';

/**
 * Decompresses a block of Snappy.
 * @param size length of the result, at most what the caller is ready to allocate
 * @throws FileFormatError unless it is exactly that long
 */
export function unpackSnappy(bytes: Uint8Array, size: number): Uint8Array {
  const out = new Uint8Array(size);
  let at = 0;
  let to = 0;
  const little = (count: number) => {
    if (count > bytes.length - at) throw damaged(BROKEN);
    let value = 0;
    for (let k = 0; k < count; k++) value += bytes[at++] * 256 ** k;
    return value;
  };
  // The length, 7 bits a byte: the caller knows it.
  for (let k = 0; little(1) >= 128; k++) if (k === 4) throw damaged(BROKEN);
  while (at < bytes.length) {
    const tag = little(1);
    if ((tag & 3) === 0) {
      const short = tag >> 2;
      const length = 1 + (short < 60 ? short : little(short - 59));
      if (length > bytes.length - at || length > size - to) throw damaged(BROKEN);
      out.set(bytes.subarray(at, at + length), to);
      at += length;
      to += length;
    } else {
      const near = (tag & 3) === 1;
      const length = near ? 4 + ((tag >> 2) & 7) : 1 + (tag >> 2);
      const back = near ? little(1) + (tag >> 5) * 256 : little((tag & 3) === 2 ? 2 : 4);
      if (back === 0 || back > to || length > size - to) throw damaged(BROKEN);
      // What is copied may reach into what is being written.
      for (let k = 0; k < length; k++, to++) out[to] = out[to - back];
    }
  }
  if (to !== size) throw damaged(BROKEN);
  return out;
}
