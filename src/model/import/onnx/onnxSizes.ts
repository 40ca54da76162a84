// Sizes that a graph computes of the shapes of its rows, as writers do for `x.view(x.size(0), -1)`: short lists of integers, in
// which the number of rows may be open.
import { FileFormatError } from '../../../errors/FileFormatError.ts';
import { DATA_TYPES, MAX_INTEGERS } from './onnxFile.ts';
import {
  integerAttribute,
  integersAttribute,
  labelOf,
  operatorOf,
  type PlacedNode,
  refuse,
  tensorAttribute,
} from './onnxNode.ts';
import { integersOf, isInteger } from './onnxTensor.ts';
import type { Size, Sizes, Walk } from './onnxWalk.ts';

const HINT = 'Use Flatten in place of sizes that are computed.';

type Fold = (node: PlacedNode, inputs: (Sizes | undefined)[], opset: number) => Sizes;

const FOLDS: Record<string, Fold> = {
  Add: (node, [a, b]) => combine(node, a, b, (x, y) => x + y),
  Sub: (node, [a, b]) => combine(node, a, b, (x, y) => x - y),
  Mul: (node, [a, b]) => combine(node, a, b, (x, y) => x * y),
  Div: (node, [a, b]) => combine(node, a, b, (x, y) => Math.trunc(x / y)),
  Cast: castSizes,
  Concat: (node, inputs) => list(inputs.flatMap((one) => vector(node, one).values)),
  ConstantOfShape: constantOfShape,
  Gather: gather,
  Identity: (node, [data]) => given(node, data),
  Reshape: reshapeSizes,
  Shape: (_, [data]) => list([...(data?.dims ?? [])]),
  Slice: slice,
  Squeeze: (node, [data]) => ({ dims: [], values: only(node, given(node, data), 1) }),
  Transpose: transposeSizes,
  Unsqueeze: (node, [data]) => ({ dims: [1], values: only(node, given(node, data), 0) }),
};

/**
 * What a node makes of constants, where they are integers.
 * @returns undefined for an operator or for constants that are not about sizes
 * @throws InputError naming a node that computes something else
 */
export function foldSizes(walk: Walk, node: PlacedNode): Sizes | undefined {
  const op = operatorOf(node);
  if (!Object.hasOwn(FOLDS, op)) return undefined;
  const inputs = node.inputs.map((name) => (name === '' ? undefined : sizesIn(walk, name)));
  if (inputs.some((found, k) => found === undefined && node.inputs[k] !== '')) return undefined;
  const made = FOLDS[op](node, inputs, walk.opset);
  if (made.values.length > MAX_INTEGERS || made.values.some((n) => n !== 'rows' && !Number.isFinite(n))) {
    refuse(node, `makes no short list of sizes.`, HINT);
  }
  return made;
}

/** The dimensions of rows, by the operator Shape. @throws InputError where the graph does not state one */
export function shapeSizes(walk: Walk, node: PlacedNode): Sizes {
  const shape = walk.shapes.get(node.inputs[0]);
  const sizes = shape?.map((n, k) => (k === 0 ? (n ?? 'rows') : n));
  if (sizes === undefined || sizes.some((n) => n === undefined)) {
    refuse(node, 'takes sizes that the graph does not state.', HINT);
  }
  return list((sizes as Size[]).slice(integerAttribute(node, 'start', 0), integerAttribute(node, 'end', sizes.length)));
}

/** The integers of a constant; undefined where it holds none. */
function sizesIn({ constants }: Walk, name: string): Sizes | undefined {
  const found = constants.get(name);
  if (found === undefined || 'sizes' in found) return found?.sizes;
  const { tensor } = found;
  if (!isInteger(tensor) || tensor.dims.length > 1) return undefined;
  return { dims: tensor.dims, values: integersOf(tensor) };
}

/** Stated sizes, such as a shape; undefined where there is no such constant. @throws FileFormatError for floats */
export function statedSizes({ constants }: Walk, name: string | undefined): readonly Size[] | undefined {
  const found = constants.get(name ?? '');
  return found === undefined || 'sizes' in found ? found?.sizes.values : integersOf(found.tensor);
}

/** Likewise without the number of rows; undefined where that is among them. */
export function statedIntegers(walk: Walk, name: string | undefined): number[] | undefined {
  const values = statedSizes(walk, name);
  return values?.every((n) => n !== 'rows') ? ([...values] as number[]) : undefined;
}

const list = (values: readonly Size[]): Sizes => ({ dims: [values.length], values });

function given(node: PlacedNode, sizes: Sizes | undefined): Sizes {
  if (sizes === undefined) throw new FileFormatError(`${labelOf(node)} lacks an input.`);
  return sizes;
}

function vector(node: PlacedNode, sizes: Sizes | undefined): Sizes {
  const found = given(node, sizes);
  if (found.dims.length !== 1) refuse(node, `reads sizes of ${found.dims.length} dimensions.`, HINT);
  return found;
}

/** One size, of none or of one dimension. */
function only(node: PlacedNode, { dims, values }: Sizes, rank: number): readonly Size[] {
  if (values.length !== 1 || dims.length !== rank) refuse(node, `changes the dimensions of [${dims}] sizes.`, HINT);
  return values;
}

/** Numbers, without that of the rows. */
function known(node: PlacedNode, sizes: Sizes | undefined): number[] {
  const { values } = given(node, sizes);
  if (values.some((n) => n === 'rows')) refuse(node, 'computes with the number of rows.', HINT);
  return values as number[];
}

function combine(
  node: PlacedNode,
  a: Sizes | undefined,
  b: Sizes | undefined,
  of: (x: number, y: number) => number,
): Sizes {
  const [left, right] = [known(node, a), known(node, b)];
  const longer = left.length >= right.length ? given(node, a) : given(node, b);
  const fits = [left, right].every(({ length }) => length === 1 || length === longer.values.length);
  if (!fits) refuse(node, `computes with ${left.length} and ${right.length} sizes.`, HINT);
  const at = (values: number[], k: number) => values[values.length === 1 ? 0 : k];
  return { dims: longer.dims, values: longer.values.map((_, k) => of(at(left, k), at(right, k))) };
}

function castSizes(node: PlacedNode, [data]: (Sizes | undefined)[]): Sizes {
  const to = integerAttribute(node, 'to', 0);
  if (to !== DATA_TYPES.INT32 && to !== DATA_TYPES.INT64) refuse(node, 'makes floats of sizes.', HINT);
  return given(node, data);
}

function constantOfShape(node: PlacedNode, [data]: (Sizes | undefined)[]): Sizes {
  const [count, ...more] = known(node, data);
  const value = tensorAttribute(node, 'value');
  if (value === undefined || !isInteger(value) || more.length > 0 || !(count >= 0 && count <= MAX_INTEGERS)) {
    refuse(node, 'makes no short list of integers.', HINT);
  }
  return list(Array(count).fill(integersOf(value)[0]));
}

function gather(node: PlacedNode, [data, indices]: (Sizes | undefined)[]): Sizes {
  const { values } = vector(node, data);
  if (integerAttribute(node, 'axis', 0) !== 0) refuse(node, 'takes sizes along another axis.', HINT);
  const places = known(node, indices).map((k) => (k < 0 ? k + values.length : k));
  if (places.some((k) => !(k in values))) throw new FileFormatError(`${labelOf(node)} takes a size that is not there.`);
  return { dims: given(node, indices).dims, values: places.map((k) => values[k]) };
}

function reshapeSizes(node: PlacedNode, [data, target]: (Sizes | undefined)[]): Sizes {
  const { values } = given(node, data);
  const sizes = known(node, target);
  const rest = sizes.reduce((product, n) => (n === -1 ? product : product * n), 1);
  const dims = sizes.map((n) => (n === -1 ? values.length / rest : n));
  const count = dims.reduce((product, n) => product * n, 1);
  if (count !== values.length || dims.some((n) => !Number.isInteger(n) || n < 1)) {
    refuse(node, `makes [${sizes}] of ${values.length} sizes.`, HINT);
  }
  return { dims, values };
}

function slice(node: PlacedNode, inputs: (Sizes | undefined)[], opset: number): Sizes {
  const [data, ...parts] = inputs;
  const { dims, values } = given(node, data);
  const stated = (k: number, name: string): number | undefined => {
    const found = opset < 10 ? integersAttribute(node, name) : parts[k] && known(node, parts[k]);
    if (found !== undefined && found.length !== 1) refuse(node, 'cuts several dimensions.', HINT);
    return found?.[0];
  };
  const [axis, step, count] = [stated(2, 'axes') ?? 0, opset < 10 ? 1 : (stated(3, '') ?? 1), dims[0]];
  if (axis !== 0 || dims.length < 1 || (step !== 1 && step !== -1))
    refuse(node, 'cuts sizes along another axis.', HINT);
  const place = (k: number | undefined, absent: number) => {
    if (k === undefined) return absent;
    const [low, high] = step > 0 ? [0, count] : [-1, count - 1];
    return Math.min(Math.max(k < 0 ? k + count : k, low), high);
  };
  const [first, end] = [place(stated(0, 'starts'), 0), place(stated(1, 'ends'), count)];
  const width = values.length / count;
  const kept: number[] = [];
  for (let k = first; step > 0 ? k < end : k > end; k += step) kept.push(k);
  return {
    dims: [kept.length, ...dims.slice(1)],
    values: kept.flatMap((k) => values.slice(k * width, (k + 1) * width)),
  };
}

function transposeSizes(node: PlacedNode, [data]: (Sizes | undefined)[]): Sizes {
  const { dims, values } = given(node, data);
  if (dims.length !== 2) return dims.length < 2 ? { dims, values } : refuse(node, 'turns three dimensions.', HINT);
  const [rows, columns] = dims;
  if (`${integersAttribute(node, 'perm') ?? [1, 0]}` !== '1,0') return { dims, values };
  return {
    dims: [columns, rows],
    values: values.map((_, k) => values[(k % rows) * columns + Math.floor(k / rows)]),
  };
}
