import { FileFormatError } from '../../../errors/FileFormatError.ts';
import { MODEL_BITS } from '../../../numbers/constants.ts';
import { show } from '../../json.ts';
import { decodeFloats } from '../floats.ts';
import { DATA_TYPES, type OnnxTensor } from './onnxFile.ts';
import { integerAttribute, labelOf, type PlacedNode, refuse } from './onnxNode.ts';
import { floatTensor } from './onnxTensor.ts';
import type { Constant } from './onnxWalk.ts';
import { packedIntegers } from './protobuf.ts';

const REMEDY = 'Export the float model, before quantisation.';

/** Integer types of quantised weights and biases: TensorProto.DataType, bytes and range. */
const TYPES = new Map<number, { bytes: number; low: number; high: number }>([
  [2, { bytes: 1, low: 0, high: 255 }],
  [3, { bytes: 1, low: -128, high: 127 }],
  [6, { bytes: 4, low: -(2 ** 31), high: 2 ** 31 - 1 }],
]);

/**
 * The float tensor of quantised weights: (x - zero point) * scale in float32, for the whole tensor or along one axis.
 * @throws InputError for a quantisation of another kind; FileFormatError for parts that do not fit
 */
export function dequantise(constants: ReadonlyMap<string, Constant>, node: PlacedNode): OnnxTensor {
  const [x, scale, zero] = node.inputs.map((name) => (name === '' ? undefined : plainTensor(constants, node, name)));
  if (x === undefined || scale === undefined) throw new FileFormatError(`${labelOf(node)} lacks its scale.`);
  const output = integerAttribute(node, 'output_dtype', 0);
  const type = TYPES.get(x.dataType);
  if (!type || integerAttribute(node, 'block_size', 0) !== 0 || scale.dataType !== DATA_TYPES.FLOAT || output > 1) {
    refuse(node, 'is of a kind of quantisation that is not read.', REMEDY);
  }
  // Before any value is decoded: a file may claim more than the largest model has.
  if (entriesOf(x) > 2 ** MODEL_BITS) {
    refuse(node, `makes a tensor of [${x.dims}], more than a network has weights.`, REMEDY);
  }
  if (x.dims.length > 2) throw new FileFormatError(`Tensor ${show(x.name)} has ${x.dims.length} dimensions.`);
  if (zero !== undefined && zero.dataType !== x.dataType) {
    throw new FileFormatError(`The zero point of ${labelOf(node)} has another type than its tensor.`);
  }
  const scales = decodeFloats(scale.name, floatTensor(scale, new Map()));
  const { stride, count } = axisSize(x, scale, node);
  if (zero !== undefined && entriesOf(zero) !== entriesOf(scale)) {
    throw new FileFormatError(`Scale and zero point of ${labelOf(node)} have different sizes.`);
  }
  const zeros = zero === undefined ? undefined : integerValues(zero);
  const values = Float32Array.from(integerValues(x), (q, k) => {
    const at = Math.floor(k / stride) % count;
    return Math.fround(q - (zeros?.[at] ?? 0)) * scales[at];
  });
  return {
    name: node.outputs[0],
    dims: x.dims,
    dataType: DATA_TYPES.FLOAT,
    values: { storage: 'raw', bytes: new Uint8Array(values.buffer) },
    dataLocation: 0,
    external: [],
  };
}

/** How the entries of a tensor find their scale: entry k has the one at floor(k / stride) mod count. */
function axisSize({ dims }: OnnxTensor, scale: OnnxTensor, node: PlacedNode): { stride: number; count: number } {
  const scales = entriesOf(scale);
  if (scale.dims.length === 0 || (scale.dims.length === 1 && scales === 1)) return { stride: 1, count: 1 };
  const stated = integerAttribute(node, 'axis', 1);
  const axis = stated < 0 ? stated + dims.length : stated;
  if (scale.dims.length !== 1 || dims[axis] !== scales) {
    throw new FileFormatError(`${labelOf(node)} has ${scales} scales for a tensor [${dims}] along axis ${stated}.`);
  }
  return { stride: dims.slice(axis + 1).reduce((product, n) => product * n, 1), count: scales };
}

function plainTensor(constants: ReadonlyMap<string, Constant>, node: PlacedNode, name: string): OnnxTensor {
  const found = constants.get(name);
  if (!found || !('tensor' in found) || found.transposed) {
    refuse(node, `has no tensor of the file as ${show(name)}.`, REMEDY);
  }
  if (found.tensor.dataLocation !== 0) {
    refuse(node, `reads ${show(name)}, whose values are in another file.`, 'Save the model in one file.');
  }
  return found.tensor;
}

function entriesOf({ dims }: OnnxTensor): number {
  return dims.reduce((product, n) => product * n, 1);
}

function integerValues(tensor: OnnxTensor): number[] {
  const { name, dims, dataType, values } = tensor;
  const entries = entriesOf(tensor);
  const { storage, bytes } = values ?? { storage: 'raw', bytes: new Uint8Array(0) };
  const type = TYPES.get(dataType)!;
  const fits =
    storage === 'raw' ? bytes.length === entries * type.bytes : storage === 'int32' && entries <= bytes.length;
  if (!fits) throw new FileFormatError(`Tensor ${show(name)} has not the ${entries} values of its shape [${dims}].`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const read = (k: number) => {
    if (type.bytes === 4) return view.getInt32(4 * k, true);
    return type.low < 0 ? view.getInt8(k) : view.getUint8(k);
  };
  const found =
    storage === 'raw' ? Array.from({ length: entries }, (_, k) => read(k)) : [...packedIntegers(bytes, entries)];
  if (found.length !== entries || found.some((q) => q < type.low || q > type.high)) {
    throw new FileFormatError(`Tensor ${show(name)} has not ${entries} values of its type.`);
  }
  return found;
}
