import { FileFormatError } from '../errors/FileFormatError.ts';
import { asObject, parseJson, show } from './json.ts';

/** Bytes per entry of the dtypes this project reads or writes. */
const DTYPE_BYTES = { F64: 8, F32: 4, F16: 2, BF16: 2, I64: 8, I32: 4, I16: 2, I8: 1, U8: 1 } as const;

export type Dtype = keyof typeof DTYPE_BYTES;

export interface Tensor {
  dtype: Dtype;
  shape: readonly number[];
  /** Row-major, little-endian. Tensors that were read are views of the file's bytes. */
  data: Uint8Array;
}

export interface TensorFile {
  tensors: Map<string, Tensor>;
  metadata: Map<string, string>;
}

/** The safetensors library allows 100 MB of header; a thousand tensors of ours need less than this. */
const MAX_HEADER_BYTES = 1 << 20;

/**
 * The bytes of a safetensors file: u64 header length, JSON header padded with spaces to 8 bytes, tensor data in the
 * order of the map without gaps. The same input gives the same bytes.
 */
export function writeTensors({ tensors, metadata }: TensorFile): Uint8Array<ArrayBuffer> {
  const header: [string, unknown][] = [['__metadata__', Object.fromEntries(metadata)]];
  let end = 0;
  for (const [name, { dtype, shape, data }] of tensors) {
    header.push([name, { dtype, shape, data_offsets: [end, end + data.length] }]);
    end += data.length;
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  const start = 8 + Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(start + end);
  bytes.fill(0x20, 8, start);
  bytes.set(json, 8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(start - 8), true);
  let position = start;
  for (const { data } of tensors.values()) {
    bytes.set(data, position);
    position += data.length;
  }
  return bytes;
}

/**
 * Reads a safetensors file. Every byte of the file must belong to the header or to exactly one tensor, and names must
 * be unique, so that no two readers can see different contents.
 * @throws FileFormatError for anything truncated, overlapping, oversized or malformed.
 */
export function readTensors(bytes: Uint8Array): TensorFile {
  if (bytes.length < 8) throw new FileFormatError(`A safetensors file has at least 8 bytes, not ${bytes.length}.`);
  const length = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  if (length > BigInt(MAX_HEADER_BYTES)) {
    throw new FileFormatError(
      `This is no safetensors file that can be read: its header claims ${length} bytes; at most ${MAX_HEADER_BYTES} are read.`,
      {
        hint: 'Give a file that ends in .safetensors, or see --help for the others that are read.',
      },
    );
  }
  const start = 8 + Number(length);
  if (start > bytes.length) {
    throw new FileFormatError(`The file ends inside its header (${bytes.length} of ${start} bytes).`);
  }
  const header = asObject(parseJson(bytes.subarray(8, start), 'The header', MAX_HEADER_BYTES), 'The header');
  const metadata = new Map<string, string>();
  const tensors = new Map<string, Tensor>();
  const spans: { name: string; begin: number; end: number }[] = [];
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') {
      for (const [key, value] of Object.entries(asObject(entry, 'The metadata'))) {
        if (typeof value !== 'string') throw new FileFormatError(`Metadata ${show(key)} is not a string.`);
        metadata.set(key, value);
      }
      continue;
    }
    const { dtype, shape, begin, end } = parseEntry(name, entry, bytes.length - start);
    spans.push({ name, begin, end });
    tensors.set(name, { dtype, shape, data: bytes.subarray(start + begin, start + end) });
  }
  checkCover(spans, bytes.length - start);
  return { tensors, metadata };
}

function parseEntry(
  name: string,
  entry: unknown,
  size: number,
): { dtype: Dtype; shape: number[]; begin: number; end: number } {
  const label = `Tensor ${show(name)}`;
  const { dtype, shape, data_offsets: offsets } = asObject(entry, label);
  if (typeof dtype !== 'string' || !Object.hasOwn(DTYPE_BYTES, dtype)) {
    throw new FileFormatError(`${label} has the unknown dtype ${show(dtype)}.`);
  }
  if (!isCountArray(shape)) throw new FileFormatError(`${label} has no valid shape.`);
  if (!isCountArray(offsets) || offsets.length !== 2) throw new FileFormatError(`${label} has no valid data_offsets.`);
  const [begin, end] = offsets;
  if (begin > end || end > size) {
    throw new FileFormatError(`${label} lies at ${begin}..${end} of ${size} data bytes.`, {
      ...(end > size && { hint: 'The file is truncated.' }),
    });
  }
  const needed = shape.reduce((product, n) => product * n, DTYPE_BYTES[dtype as Dtype]);
  if (needed !== end - begin) {
    throw new FileFormatError(`${label} of shape [${shape}] needs ${needed} bytes of ${dtype}, not ${end - begin}.`);
  }
  return { dtype: dtype as Dtype, shape, begin, end };
}

function isCountArray(value: unknown): value is number[] {
  return Array.isArray(value) && value.length <= 8 && value.every((n) => Number.isSafeInteger(n) && n >= 0);
}

function checkCover(spans: { name: string; begin: number; end: number }[], size: number): void {
  spans.sort((x, y) => x.begin - y.begin || x.end - y.end);
  let position = 0;
  for (const { name, begin, end } of spans) {
    if (begin !== position) {
      const what = begin < position ? 'overlaps another tensor' : 'leaves a gap before it';
      throw new FileFormatError(`Tensor ${show(name)} ${what} (offset ${begin}, expected ${position}).`);
    }
    position = end;
  }
  if (position !== size) throw new FileFormatError(`${size - position} bytes after the last tensor belong to nothing.`);
}

/**
 * The tensor `name`, which must have this dtype and shape.
 * @throws FileFormatError when it is missing or another.
 */
export function takeTensor(file: TensorFile, name: string, dtype: Dtype, shape: readonly number[]): Tensor {
  const tensor = file.tensors.get(name);
  if (!tensor) throw new FileFormatError(`The tensor ${show(name)} is missing.`);
  if (tensor.dtype !== dtype) throw new FileFormatError(`Tensor ${name} holds ${tensor.dtype}, expected ${dtype}.`);
  if (tensor.shape.length !== shape.length || shape.some((n, k) => tensor.shape[k] !== n)) {
    throw new FileFormatError(`Tensor ${name} has shape [${tensor.shape}], expected [${shape}].`);
  }
  return tensor;
}

/** @throws FileFormatError when the file has a tensor outside `names`. */
export function refuseOtherTensors(file: TensorFile, names: readonly string[]): void {
  for (const name of file.tensors.keys()) {
    if (!names.includes(name)) throw new FileFormatError(`The file has an unexpected tensor ${show(name)}.`);
  }
}

/** @throws FileFormatError when the metadata lacks the key. */
export function takeMetadata(file: TensorFile, key: string): string {
  const value = file.metadata.get(key);
  if (value === undefined) throw new FileFormatError(`The metadata lacks ${JSON.stringify(key)}.`);
  return value;
}

/** @throws FileFormatError unless metadata `format` is this one. */
export function expectFormat(file: TensorFile, format: string): void {
  const found = file.metadata.get('format');
  if (found !== format) throw new FileFormatError(`The file has format ${show(found)}, expected ${format}.`);
}
