// Nodes that change no row: each checks that it does not, and notes the new shape or type. All throw InputError naming
// the node that does.
import { integerAttribute, integersAttribute, type PlacedNode, refuse } from './onnxNode.ts';
import { unflatten } from './onnxPictures.ts';
import { statedIntegers, statedSizes } from './onnxSizes.ts';
import { floatBytes } from './onnxTensor.ts';
import type { Walk } from './onnxWalk.ts';

/** Passes what it gets, unless it is in training mode. */
export function dropout({ constants, opset }: Walk, node: PlacedNode): void {
  const training = opset >= 12 ? (node.inputs[2] ?? '') : '';
  if (training === '') return;
  const flag = constants.get(training);
  const values = flag && 'tensor' in flag ? flag.tensor.values : undefined;
  if (values?.bytes.length === 1 && values.bytes[0] === 0) return;
  refuse(node, 'is in training mode.', 'Export the network for inference (torch: model.eval()).');
}

/** Passes what it gets when no value is rounded. */
export function cast(walk: Walk, node: PlacedNode): void {
  const to = integerAttribute(node, 'to', 0);
  if (!isWider(walk.elementType, to)) {
    refuse(node, `rounds values from ONNX type ${walk.elementType} to ${to}.`, 'Export in one precision throughout.');
  }
  walk.elementType = to;
}

/** Whether every value of a float type is one of the other. */
export function isWider(from: number, to: number): boolean {
  const [before, after] = [floatBytes(from), floatBytes(to)];
  return from === to || (before !== undefined && after !== undefined && after > before);
}

/** Makes one row of all features. */
export function flatten(walk: Walk, node: PlacedNode): void {
  const { shape } = walk;
  const axis = integerAttribute(node, 'axis', 1);
  if (axis !== 1 && axis + shape.length !== 1) refuse(node, `flattens from axis ${axis}.`, 'Export it with axis 1.');
  walk.shape = [shape[0], widthOf(shape)];
}

/** Likewise, when its sizes say so. */
export function reshape(walk: Walk, node: PlacedNode): void {
  const { shape } = walk;
  const target = statedSizes(walk, node.inputs[1]) ?? withoutSizes(node);
  if (unflatten(walk, target)) return;
  const width = widthOf(shape);
  const [rows, columns, ...more] = target;
  // A zero keeps a size, unless the node says that it means zero; -1 is what is left.
  const isZero = rows === 0 && integerAttribute(node, 'allowzero', 0) === 0;
  const keepsRows = rows === -1 || rows === 'rows' || isZero || rows === shape[0];
  const isRow = (columns === width && width !== undefined) || (columns === -1 && rows !== -1);
  if (!keepsRows || !isRow || more.length > 0) {
    const sizes = shape.map((n) => n ?? '?');
    refuse(node, `makes [${target}] of [${sizes}].`, 'Only a Reshape to rows of all features is read; use Flatten.');
  }
  walk.shape = [shape[0], width];
}

/** Removes sizes of 1. */
export function squeeze(walk: Walk, node: PlacedNode): void {
  const { shape, opset } = walk;
  const stated =
    opset < 13
      ? integersAttribute(node, 'axes')
      : node.inputs.length > 1
        ? (statedIntegers(walk, node.inputs[1]) ?? withoutSizes(node))
        : [];
  const axes = (stated ?? []).map((axis) => (axis < 0 ? axis + shape.length : axis));
  if (axes.length === 0 || axes.some((axis) => axis === 0 || shape[axis] !== 1)) {
    refuse(node, 'removes a dimension that is not known to be 1, or the rows.', 'Export without it, or use Flatten.');
  }
  walk.shape = shape.filter((_, k) => !axes.includes(k));
}

function withoutSizes(node: PlacedNode): never {
  refuse(node, 'has no constant as its second input.', 'Use Flatten in place of sizes that are computed.');
}

/** Features of a row; undefined where the graph does not say. */
function widthOf([, ...sizes]: (number | undefined)[]): number | undefined {
  return sizes.reduce<number | undefined>(
    (product, n) => (product !== undefined && n !== undefined ? product * n : undefined),
    1,
  );
}
