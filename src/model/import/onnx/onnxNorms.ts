// What a graph does to every feature, or to every channel of pictures, on its own: biases, batch normalisations, and the
// factors and offsets that writers make of those. All throw InputError naming the node that does something else.
import { FileFormatError } from '../../../errors/FileFormatError.ts';
import { show } from '../../json.ts';
import type { PictureRead } from '../pictureRead.ts';
import { READ } from './onnxEnd.ts';
import type { OnnxTensor } from './onnxFile.ts';
import { floatAttribute, integerAttribute, labelOf, type PlacedNode, refuse } from './onnxNode.ts';
import type { Constant, OnnxNorm, Walk } from './onnxWalk.ts';

const NO_LAYER = 'A bias follows its MatMul; offsets belong to the data.';

/** Takes the normalisations that wait for this layer: of each input, or of the channels of the pictures behind them. */
export function normsOf(walk: Walk, inputs: number, picture?: PictureRead): OnnxNorm[] {
  const norms = walk.pending;
  walk.pending = [];
  const other = norms.find(({ size }) => size !== inputs && size !== picture?.channels);
  if (other) throw new FileFormatError(`${other.node} has ${other.size} features, its rows ${inputs}.`);
  return norms;
}

/** Normalises the outputs of the layer before it, or the inputs of the layer after it. */
export function normalise(walk: Walk, node: PlacedNode): void {
  if (node.inputs[0] !== walk.current) refuse(node, 'normalises constants.', READ);
  if (node.outputs.length > 1 || integerAttribute(node, 'training_mode', 0) !== 0) {
    refuse(node, 'is in training mode.', 'Export the network for inference (torch: model.eval()).');
  }
  const isPicture = walk.shape.length === 4 && (walk.picture?.order ?? 'CHW') === 'CHW';
  if (walk.shape.length !== 2 && !isPicture) {
    refuse(node, `normalises ${walk.shape.length} dimensions.`, 'Only rows of features are read: flatten before it.');
  }
  const [weight, bias, mean, variance] = node.inputs.slice(1).map((name) => constantTensor(walk, node, name).tensor);
  const size = featuresOf(walk) ?? mean?.dims[0];
  for (const tensor of [weight, bias, mean, variance]) {
    if (tensor?.dims.length === 1 && tensor.dims[0] === size) continue;
    throw new FileFormatError(`${labelOf(node)} needs four vectors of ${size} numbers.`);
  }
  note(walk, node, { size, weight, bias, mean, variance, epsilon: floatAttribute(node, 'epsilon', 1e-5) });
}

/** Multiplies by a constant: a part of a normalisation. */
export function multiply(walk: Walk, node: PlacedNode): void {
  requireLayer(walk, node, 'multiplies values that are not those of a layer.', 'Scale the data before the network.');
  const weight = otherInput(walk, node);
  note(walk, node, { size: sizeOf(walk, node, weight, 'multiplies'), weight, epsilon: 0 });
}

/** Takes a constant away: a part of a normalisation. */
export function subtract(walk: Walk, node: PlacedNode): void {
  requireLayer(walk, node, 'subtracts from values that are not those of a layer.', NO_LAYER);
  if (node.inputs[0] !== walk.current) refuse(node, 'subtracts the rows.', READ);
  const mean = otherInput(walk, node);
  note(walk, node, { size: sizeOf(walk, node, mean, 'subtracts'), mean, epsilon: 0 });
}

/** Adds a constant: the bias of a layer, or a part of a normalisation. */
export function add(walk: Walk, node: PlacedNode): void {
  requireLayer(walk, node, 'adds to values that are not those of a layer.', NO_LAYER);
  const layer = walk.active ? undefined : walk.layers.at(-1);
  const bias = otherInput(walk, node);
  const size = sizeOf(walk, node, bias, 'adds');
  if (layer && !layer.bias && layer.after.length === 0) layer.bias = bias;
  else note(walk, node, { size, bias, epsilon: 0 });
}

/** The bias that is an input of its layer. */
export function ownBias(walk: Walk, node: PlacedNode, name: string, factor: number): void {
  const layer = walk.layers[walk.layers.length - 1];
  const { tensor, transposed } = constantTensor(walk, node, name);
  const [width, height = 1, ...more] = tensor.dims.toReversed();
  const fits = (width === undefined || width === layer.outputs || width === 1) && height === 1 && more.length === 0;
  // A bias that was transposed is a column.
  if (!fits || transposed) refuseShape(node, tensor, layer.outputs, 'adds');
  layer.bias = tensor;
  layer.biasFactor = factor;
}

export function constantTensor(
  { constants }: Walk,
  node: PlacedNode,
  name: string,
): Exclude<Constant, { sizes: unknown }> {
  const found = constants.get(name);
  if (!found || !('tensor' in found)) refuse(node, `has no constant tensor as ${show(name)}.`, READ);
  return found;
}

function note(walk: Walk, node: PlacedNode, norm: Omit<OnnxNorm, 'node'>): void {
  const layer = walk.active ? undefined : walk.layers.at(-1);
  (layer?.after ?? walk.pending).push({ node: labelOf(node), ...norm });
}

/** Factors and offsets before the first layer would scale the data, about which a schema says what is done. */
function requireLayer({ layers }: Walk, node: PlacedNode, message: string, hint: string): void {
  if (layers.length === 0) refuse(node, message, hint);
}

function otherInput(walk: Walk, node: PlacedNode): OnnxTensor {
  const { tensor, transposed } = constantTensor(walk, node, node.inputs[node.inputs[0] === walk.current ? 1 : 0]);
  if (transposed) refuse(node, `computes with a column of [${tensor.dims}].`, 'Export with constant folding.');
  return tensor;
}

/** Features of the rows, or channels of the pictures. */
function featuresOf(walk: Walk): number | undefined {
  const layer = walk.active ? undefined : walk.layers.at(-1);
  return layer?.outputs ?? (isLast(walk) ? walk.shape[3] : walk.shape[1]);
}

/** Whether the current value is pictures whose channels come last. */
function isLast({ shape, picture }: Walk): boolean {
  return shape.length === 4 && picture?.order === 'HWC';
}

/**
 * How many numbers a constant stands for: one for each feature or channel.
 * @throws InputError for another shape, such as numbers for each pixel
 */
function sizeOf(walk: Walk, node: PlacedNode, tensor: OnnxTensor, does: string): number {
  const size = featuresOf(walk);
  const isPicture = walk.shape.length === 4;
  if (size === undefined || (walk.shape.length !== 2 && !isPicture)) {
    refuse(node, `${does} [${tensor.dims}] to rows of open size.`, 'Export it with rows of a fixed size.');
  }
  // Of pictures with their channels first, lines and columns come behind those.
  const dims = tensor.dims.toReversed();
  const behind = isPicture && !isLast(walk) ? dims.splice(0, 2) : [];
  const [width = 1, ...more] = dims;
  const isOne = [...behind, ...more].every((n) => n === 1) && tensor.dims.length <= walk.shape.length;
  if (!isOne || (width !== size && width !== 1)) refuseShape(node, tensor, size, does);
  // A flattened convolution without a Relu is normalised by pixel.
  if (walk.shape[isLast(walk) ? 3 : 1] !== size) refuseShape(node, tensor, size, does);
  return size;
}

function refuseShape(node: PlacedNode, { dims }: OnnxTensor, size: number, does: string): never {
  refuse(node, `${does} [${dims}] to rows of ${size}.`, 'A bias has one number for each output.');
}
