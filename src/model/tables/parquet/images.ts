import { convertIndexedToRgb, decode } from 'fast-png';
import { FileFormatError } from '../../../errors/FileFormatError.ts';
import { MAX_COLUMNS } from '../../transformFields.ts';
import { unzlib } from '../inflate.ts';

/** A decoded image: rows of pixels, the channels of a pixel side by side. */
export interface Image {
  width: number;
  height: number;
  /** 1 grey, 2 grey and alpha, 3 colours, 4 colours and alpha. */
  channels: number;
  data: ArrayLike<number>;
}

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** Chunks that say what the pixels are; others, which may be as large as they like, are left out. */
const NEEDED = ['IHDR', 'PLTE', 'tRNS', 'IDAT', 'IEND'];
/** Channels by colour type. */
const CHANNELS: Record<number, number> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/**
 * Decodes a PNG image of at most 2^16 numbers; palettes become colours. Nothing is decompressed beyond the pixels that its
 * header names.
 * @throws FileFormatError, beginning with what `where` names, such as a row
 */
export function decodePng(bytes: Uint8Array, where: string): Image {
  if (SIGNATURE.some((byte, k) => bytes[k] !== byte)) {
    throw new FileFormatError(`${where} holds ${formatOf(bytes)}; images are read in PNG.`, {
      hint: 'Save the images as PNG, or leave the column out.',
    });
  }
  const chunks = chunksOf(bytes, where);
  const { data: head } = chunks[0];
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const [width, height, depth, colour] = [view.getUint32(0), view.getUint32(4), head[8], head[9]];
  const channels = Object.hasOwn(CHANNELS, colour) ? CHANNELS[colour] : 0;
  const numbers = width * height * (colour === 3 ? 3 : channels);
  if (channels === 0 || numbers < 1 || numbers > MAX_COLUMNS) {
    throw new FileFormatError(
      `${where} holds an image of ${width} x ${height} pixels, ${numbers} numbers; at most ${MAX_COLUMNS} are read.`,
      { hint: 'Make the images smaller before writing them.' },
    );
  }
  if (head[12] !== 0) throw new FileFormatError(`${where} holds an interlaced PNG image, which is not read.`);
  const packed = join(chunks.filter(({ type }) => type === 'IDAT').map(({ data }) => data));
  unzlib(packed, height * (1 + Math.ceil((width * channels * depth) / 8)), `The image of ${where}`);
  try {
    return pixelsOf(
      decode(join([Uint8Array.from(SIGNATURE), ...chunks.map(({ whole }) => whole)]), { checkCrc: true }),
    );
  } catch (cause) {
    throw new FileFormatError(`${where} holds a damaged PNG image.`, { cause });
  }
}

function pixelsOf(png: ReturnType<typeof decode>): Image {
  const { width, height, depth, channels, palette } = png;
  if (palette !== undefined && channels === 1) {
    return { width, height, channels: palette[0].length, data: convertIndexedToRgb(png) };
  }
  if (depth >= 8) return { width, height, channels, data: png.data };
  // Pixels of 1, 2 or 4 bits; each line begins with a byte of its own.
  const line = Math.ceil((width * depth) / 8);
  const data = Uint8Array.from({ length: width * height }, (_, k) => {
    const bit = (k % width) * depth;
    const byte = png.data[Math.floor(k / width) * line + (bit >> 3)];
    return (byte >> (8 - depth - (bit & 7))) & ((1 << depth) - 1);
  });
  return { width, height, channels, data };
}

interface PngChunk {
  type: string;
  data: Uint8Array;
  /** With its length, type and checksum. */
  whole: Uint8Array;
}

/** The chunks that are needed, the header first and up to the end. */
function chunksOf(bytes: Uint8Array, where: string): PngChunk[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunks: PngChunk[] = [];
  for (let at = SIGNATURE.length; chunks.at(-1)?.type !== 'IEND'; ) {
    if (at + 12 > bytes.length) throw new FileFormatError(`${where} holds a PNG image that is cut off.`);
    const length = view.getUint32(at);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    const end = at + 12 + length;
    if (end > bytes.length) throw new FileFormatError(`${where} holds a PNG image that is cut off.`);
    const isFirst = at === SIGNATURE.length;
    if (isFirst ? type !== 'IHDR' || length !== 13 : type === 'IHDR') {
      throw new FileFormatError(`${where} holds a PNG image without a header.`);
    }
    if (NEEDED.includes(type))
      chunks.push({ type, data: bytes.subarray(at + 8, end - 4), whole: bytes.subarray(at, end) });
    at = end;
  }
  return chunks;
}

function join(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** What other images are, for a message. */
function formatOf(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xd8) return 'a JPEG image';
  const text = String.fromCharCode(...bytes.subarray(0, 12));
  if (text.startsWith('GIF8')) return 'a GIF image';
  if (text.startsWith('BM')) return 'a BMP image';
  if (text.startsWith('RIFF') && text.endsWith('WEBP')) return 'a WebP image';
  return text.startsWith('II*\0') || text.startsWith('MM\0*') ? 'a TIFF image' : 'bytes that are no image';
}
