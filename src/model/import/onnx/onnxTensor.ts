import { FileFormatError } from '../../../errors/FileFormatError.ts';
import { InputError } from '../../../errors/InputError.ts';
import { show } from '../../json.ts';
import type { Dtype, Tensor } from '../../safetensors.ts';
import { decodeFloats, type FloatDtype } from '../floats.ts';
import { DATA_TYPES, MAX_INTEGERS, type OnnxTensor, type Storage } from './onnxFile.ts';
import { packedIntegers } from './protobuf.ts';

/** Data types that weights may have, and where else than in raw bytes their values may be. */
const FLOATS = new Map<number, { dtype: FloatDtype; bytes: number; storage: Storage }>([
  [DATA_TYPES.FLOAT, { dtype: 'F32', bytes: 4, storage: 'float' }],
  [DATA_TYPES.DOUBLE, { dtype: 'F64', bytes: 8, storage: 'double' }],
  [DATA_TYPES.FLOAT16, { dtype: 'F16', bytes: 2, storage: 'int32' }],
  [DATA_TYPES.BFLOAT16, { dtype: 'BF16', bytes: 2, storage: 'int32' }],
]);

/** Bytes of an element of a float type; undefined for any other type. */
export function floatBytes(dataType: number): number | undefined {
  return FLOATS.get(dataType)?.bytes;
}

/**
 * The values of a float tensor as safetensors holds them, a view where possible.
 * @param files the files given besides the model, by name
 * @throws FileFormatError when it holds no floats or not as many as its shape says; InputError when the file with its
 * values was not given
 */
export function floatTensor(tensor: OnnxTensor, files: ReadonlyMap<string, Uint8Array>): Tensor {
  const { name, dims, dataType } = tensor;
  const type = FLOATS.get(dataType);
  if (!type) {
    throw new FileFormatError(`Tensor ${show(name)} holds ONNX type ${dataType}; weights are floats of 16 to 64 bits.`);
  }
  const entries = dims.reduce((product, n) => product * n, 1);
  const expectBytes = (bytes: Uint8Array) => {
    if (bytes.length === entries * type.bytes) return bytes;
    throw new FileFormatError(
      `Tensor ${show(name)} of shape [${dims}] needs ${entries * type.bytes} bytes of ${type.dtype}, not ${bytes.length}.`,
    );
  };
  const made = (data: Uint8Array): Tensor => ({ dtype: type.dtype satisfies Dtype, shape: dims, data });
  if (tensor.dataLocation !== 0) return made(expectBytes(externalBytes(tensor, files)));
  const values = tensor.values ?? { storage: 'raw', bytes: new Uint8Array(0) };
  if (values.storage === 'raw') return made(expectBytes(values.bytes));
  if (values.storage !== type.storage) {
    throw new FileFormatError(`Tensor ${show(name)} holds ${type.dtype}, but its values are ${values.storage}.`);
  }
  // Floats and doubles are packed as they are; halves are integers, each of a byte or more.
  if (values.storage !== 'int32') return made(expectBytes(values.bytes));
  if (entries > values.bytes.length) {
    throw new FileFormatError(`Tensor ${show(name)} of shape [${dims}] has fewer than ${entries} values.`);
  }
  const data = new Uint8Array(2 * entries);
  const view = new DataView(data.buffer);
  let count = 0;
  for (const bits of packedIntegers(values.bytes, entries)) {
    if (bits < 0 || bits > 0xffff) throw new FileFormatError(`Tensor ${show(name)} holds ${bits}, no 16-bit float.`);
    view.setUint16(2 * count++, bits, true);
  }
  return made(expectBytes(data.subarray(0, 2 * count)));
}

/** Whether a tensor is one number, and that. */
export function isScalar(tensor: OnnxTensor, wanted: number): boolean {
  const isOne = tensor.dims.every((n) => n === 1) && tensor.dataLocation === 0;
  if (!isOne || floatBytes(tensor.dataType) === undefined) return false;
  return decodeFloats(tensor.name, floatTensor(tensor, new Map()))[0] === wanted;
}

export function isInteger({ dataType }: OnnxTensor): boolean {
  return dataType === DATA_TYPES.INT64 || dataType === DATA_TYPES.INT32;
}

/** The entries of an integer tensor of at most one dimension, such as a shape. @throws FileFormatError for any other */
export function integersOf(tensor: OnnxTensor): number[] {
  const { name, dims, dataType, dataLocation, values } = tensor;
  const entries = dims[0] ?? 1;
  if (!isInteger(tensor) || dims.length > 1 || entries > MAX_INTEGERS || dataLocation !== 0) {
    throw new FileFormatError(`Tensor ${show(name)} is no short list of 32-bit or 64-bit integers.`);
  }
  const isLong = dataType === DATA_TYPES.INT64;
  const size = isLong ? 8 : 4;
  const at = (k: number) => (isLong ? Number(view.getBigInt64(8 * k, true)) : view.getInt32(4 * k, true));
  const { storage, bytes } = values ?? { storage: 'raw', bytes: new Uint8Array(0) };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found =
    storage === (isLong ? 'int64' : 'int32')
      ? [...packedIntegers(bytes, entries)]
      : storage === 'raw' && bytes.length === size * entries
        ? Array.from({ length: entries }, (_, k) => at(k))
        : [];
  if (found.length !== entries)
    throw new FileFormatError(`Tensor ${show(name)} has not the ${entries} values it states.`);
  return found;
}

function externalBytes({ name, external }: OnnxTensor, files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const entries = new Map(external.map(({ key, value }) => [key, value]));
  const file = entries.get('location') ?? '';
  const bytes = files.get(file);
  if (!bytes) {
    throw new InputError(`The values of ${show(name)} are in the file ${show(file)}, which was not given.`, {
      hint: 'Give that file too, or save the model in one file (torch.onnx.export: external_data=False).',
    });
  }
  const offset = decimal(entries.get('offset') ?? '0', name);
  const length = decimal(entries.get('length') ?? `${bytes.length - offset}`, name);
  if (offset + length > bytes.length) {
    throw new FileFormatError(
      `The values of ${show(name)} lie at ${offset}..${offset + length} of ${bytes.length} bytes in ${show(file)}.`,
    );
  }
  return bytes.subarray(offset, offset + length);
}

function decimal(text: string, name: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new FileFormatError(`The place of the values of ${show(name)} is ${show(text)}, no number.`);
}
