import { CapacityError } from '../errors/CapacityError.ts';
import { FileFormatError } from '../errors/FileFormatError.ts';
import { InputError } from '../errors/InputError.ts';
import { FRACTION_BITS, MODEL_BITS } from '../numbers/constants.ts';
import { bytesOfFloats, floatLayers } from './export/floatLayers.ts';
import { checkHead, type Head } from './head.ts';
import { show } from './json.ts';
import {
  expectFormat,
  readTensors,
  refuseOtherTensors,
  type Tensor,
  type TensorFile,
  takeMetadata,
  takeTensor,
  writeTensors,
} from './safetensors.ts';
import { formatSalt, parseSalt } from './salt.ts';
import { formatSchema, parseSchema } from './schema.ts';
import { modelLayout, parseWidths } from './shape.ts';
import { checkWeights, type Weights, zeroWeights } from './weights.ts';

export const WEIGHTS_FORMAT = 'descent-weights/1';

/**
 * A safetensors file with I64 tensors `layer1.weight` [n_1, n_0], `layer1.bias` [n_1], .. (real sizes, f fraction bits)
 * and metadata format, shape (as 49-32-10), salt, fraction_bits, head unless it is squared error and, where it is known, schema (its text). The same
 * weights give the same bytes. The file holds the salt: whoever has it can recompute the commitment.
 * @throws InputError when the weights break their ranges.
 */
export function writeWeights(weights: Weights): Uint8Array<ArrayBuffer> {
  checkWeights(weights);
  const tensors = new Map<string, Tensor>();
  forEachLayer(weights.widths, (layer, rows, columns) => {
    const { W, b } = weights.layers[layer - 1];
    const stride = W.length / b.length;
    const matrix = new BigInt64Array(rows * columns);
    for (let i = 0; i < rows; i++) matrix.set(W.subarray(i * stride, i * stride + columns), i * columns);
    tensors.set(`layer${layer}.weight`, { dtype: 'I64', shape: [rows, columns], data: bytesOf(matrix) });
    tensors.set(`layer${layer}.bias`, { dtype: 'I64', shape: [rows], data: bytesOf(b.slice(0, rows)) });
  });
  const metadata = new Map([
    ['format', WEIGHTS_FORMAT],
    ['shape', weights.widths.join('-')],
    ['salt', formatSalt(weights.salt)],
    ['fraction_bits', `${FRACTION_BITS}`],
    ...(weights.head === 'squared error' ? [] : [['head', weights.head] as const]),
    ...(weights.schema === undefined ? [] : [['schema', formatSchema(weights.schema)] as const]),
  ]);
  return writeTensors({ tensors, metadata });
}

/** @throws FileFormatError for anything but what `writeWeights` could have written. */
export function readWeights(bytes: Uint8Array): Weights {
  const file = readTensors(bytes);
  expectFormat(file, WEIGHTS_FORMAT);
  const fraction = takeMetadata(file, 'fraction_bits');
  if (fraction !== `${FRACTION_BITS}`) {
    throw new FileFormatError(`The weights have ${show(fraction)} fraction bits, expected ${FRACTION_BITS}.`);
  }
  try {
    const widths = parseWidths(takeMetadata(file, 'shape'));
    const { log2 } = modelLayout(widths);
    if (log2 > MODEL_BITS) throw new CapacityError('model', log2, MODEL_BITS, 'Lower the widths of the network.');
    const weights = zeroWeights({ widths, head: headOf(file) }, parseSalt(takeMetadata(file, 'salt')));
    const names: string[] = [];
    forEachLayer(widths, (layer, rows, columns) => {
      names.push(`layer${layer}.weight`, `layer${layer}.bias`);
      const matrix = int64s(takeTensor(file, `layer${layer}.weight`, 'I64', [rows, columns]));
      const { W, b } = weights.layers[layer - 1];
      const stride = W.length / b.length;
      for (let i = 0; i < rows; i++) W.set(matrix.subarray(i * columns, (i + 1) * columns), i * stride);
      b.set(int64s(takeTensor(file, `layer${layer}.bias`, 'I64', [rows])));
    });
    refuseOtherTensors(file, names);
    const schema = file.metadata.get('schema');
    if (schema !== undefined) weights.schema = parseSchema(schema);
    checkWeights(weights);
    return weights;
  } catch (error) {
    if (error instanceof InputError || error instanceof CapacityError) {
      throw new FileFormatError('The weights file holds an impossible model.', { cause: error });
    }
    throw error;
  }
}

/**
 * The same model as a float32 safetensors file (w * 2^-32, rounded to the nearest float), for use outside Descent:
 * `layer1.weight` [n_1, n_0], `layer1.bias` [n_1], .., with a ReLU between layers. No salt.
 * @param more of the metadata
 */
export function exportFloatWeights(
  weights: Weights,
  more: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const tensors = new Map<string, Tensor>();
  floatLayers(weights).forEach(({ weight, bias, inputs, outputs }, l) => {
    tensors.set(`layer${l + 1}.weight`, { dtype: 'F32', shape: [outputs, inputs], data: bytesOfFloats(weight) });
    tensors.set(`layer${l + 1}.bias`, { dtype: 'F32', shape: [outputs], data: bytesOfFloats(bias) });
  });
  // "pt" is what loaders of the safetensors ecosystem expect for plain row-major tensors.
  const own = { format: 'pt', shape: weights.widths.join('-'), activation: 'relu' };
  return writeTensors({ tensors, metadata: new Map(Object.entries({ ...more, ...own })) });
}

/** Files say nothing of squared error: before there were other heads, all were of it. */
function headOf({ metadata }: TensorFile): Head {
  const head = metadata.get('head');
  if (head === undefined) return 'squared error';
  if (head === 'squared error')
    throw new FileFormatError('The weights file names squared error, which goes without saying.');
  checkHead(head);
  return head;
}

function forEachLayer(widths: readonly number[], visit: (layer: number, rows: number, columns: number) => void): void {
  for (let l = 1; l < widths.length; l++) visit(l, widths[l], widths[l - 1]);
}

/** Every platform JavaScript runs on today is little-endian, as safetensors is. */
function bytesOf(array: BigInt64Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

/** A copy, because a tensor may start at any byte of the file. */
function int64s(tensor: Tensor): BigInt64Array {
  return new BigInt64Array(new Uint8Array(tensor.data).buffer);
}
