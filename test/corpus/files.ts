/** Makers of files that say whatever a test wants them to say, right or wrong. */

/** A safetensors file with this header text and data. */
export function safetensors(header: string, data: ArrayLike<number> = [], length?: bigint): Uint8Array<ArrayBuffer> {
  const json = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + json.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, length ?? BigInt(json.length), true);
  bytes.set(json, 8);
  bytes.set(data, 8 + json.length);
  return bytes;
}

/** An entry of a safetensors header. */
export function entry(dtype: string, shape: number[], begin: number, end: number): string {
  return JSON.stringify({ dtype, shape, data_offsets: [begin, end] });
}

/** The header of an npy file as numpy writes it. */
export function npyHeader(descr: string, shape: number[], fortran = 'False'): string {
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  return `{'descr': '${descr}', 'fortran_order': ${fortran}, 'shape': (${tuple}), }`;
}

/** An npy file with this header text and data. */
export function npy(header: string, data: ArrayLike<number>, version = 1, length?: number): Uint8Array<ArrayBuffer> {
  const prefix = version === 1 ? 10 : 12;
  const padded = `${header.padEnd(Math.ceil((prefix + header.length + 1) / 64) * 64 - prefix - 1)}\n`;
  const bytes = new Uint8Array(prefix + padded.length + data.length);
  bytes.set([0x93, ...new TextEncoder().encode('NUMPY'), version, 0]);
  const view = new DataView(bytes.buffer);
  if (version === 1) view.setUint16(8, length ?? padded.length, true);
  else view.setUint32(8, length ?? padded.length, true);
  bytes.set(new TextEncoder().encode(padded), prefix);
  bytes.set(data, prefix + padded.length);
  return bytes;
}

/** An IDX file. */
export function idx(type: number, dimensions: number[], data: ArrayLike<number>): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(4 + 4 * dimensions.length + data.length);
  bytes.set([0, 0, type, dimensions.length]);
  const view = new DataView(bytes.buffer);
  dimensions.forEach((n, k) => {
    view.setUint32(4 + 4 * k, n);
  });
  bytes.set(data, 4 + 4 * dimensions.length);
  return bytes;
}
