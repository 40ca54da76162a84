import { FileFormatError } from '../../../errors/FileFormatError.ts';
import { InputError } from '../../../errors/InputError.ts';
import { MAX_LAYERS } from '../../../numbers/constants.ts';
import type { Head } from '../../head.ts';
import { show } from '../../json.ts';
import { NETWORK_LAYERS } from '../../network.ts';
import { dequantise } from './onnxDequantise.ts';
import { adviceOn, beginsEnd, followEnd, headOf, READ } from './onnxEnd.ts';
import type { OnnxModel, OnnxValue } from './onnxFile.ts';
import { LINEAR_CLASSIFIER, linearClassifier } from './onnxLinear.ts';
import {
  constantOf,
  floatAttribute,
  integerAttribute,
  integersAttribute,
  labelOf,
  operatorOf,
  type PlacedNode,
  refuse,
} from './onnxNode.ts';
import { add, constantTensor, multiply, normalise, normsOf, ownBias, subtract } from './onnxNorms.ts';
import {
  averagePool,
  flattened,
  globalAverage,
  madePictures,
  pad,
  readConvolution,
  readDense,
  reduceMean,
  requireRead,
  transposeRows,
  unsqueeze,
} from './onnxPictures.ts';
import { cast, dropout, flatten, isWider, reshape, squeeze } from './onnxRows.ts';
import { checkSignature } from './onnxSignature.ts';
import { foldSizes, shapeSizes } from './onnxSizes.ts';
import { floatBytes, isScalar } from './onnxTensor.ts';
import type { Constant, OnnxLayer, Walk } from './onnxWalk.ts';

export interface OnnxNetwork {
  layers: OnnxLayer[];
  /** The head that the graph ends with, and the operator that says so. */
  head: { head: Head; by: string } | undefined;
  /** Other operators after the last layer that change no decision between classes, in the order of the graph. */
  leftOut: string[];
  /** Operators before that which change no row. */
  dropped: string[];
  /** Tensors that nodes made of quantised ones. */
  dequantised: string[];
}

type Step = (walk: Walk, node: PlacedNode) => void;

/** Operators that change no row. */
const UNCHANGED: Record<string, Step> = {
  Identity: () => {},
  Dropout: dropout,
  Cast: cast,
  Flatten: toRow(flatten),
  Reshape: toRow(reshape),
  Squeeze: toRow(squeeze),
  Transpose: transposeRows,
  Unsqueeze: unsqueeze,
};

/** What may stand between a Pad and the convolution that it belongs to. */
const PASSES_PADDING = new Set(['Conv', 'Identity', 'Dropout', 'Cast', 'Transpose']);

/** What each operator does to the rows. */
const STEPS: Record<string, Step> = {
  AveragePool: averagePool,
  Conv: convolve,
  Gemm: gemm,
  GlobalAveragePool: globalAverage,
  MatMul: matMul,
  Add: add,
  Mul: multiply,
  Pad: pad,
  Sub: subtract,
  Relu: (walk, node) => {
    if (walk.layers.length === 0) refuse(node, 'comes before the first layer.', 'Give rows that are not negative.');
    if (walk.pending.length > 0) {
      refuse(node, 'cuts a normalisation that follows another Relu.', 'Between two layers there is one ReLU.');
    }
    walk.active = true;
  },
  BatchNormalization: normalise,
  ReduceMean: reduceMean,
  ...UNCHANGED,
};

/**
 * Follows the graph from its input to its outputs: layers with a ReLU after each but the last, and nothing else that
 * changes a row.
 * @throws InputError naming the node that is something else, with what to do; FileFormatError for a graph that
 * contradicts itself
 */
export function followGraph({ graph, opset }: OnnxModel): OnnxNetwork {
  const constants = new Map<string, Constant>();
  for (const tensor of graph.initializers) {
    if (constants.has(tensor.name)) throw new FileFormatError(`Two initializers are named ${show(tensor.name)}.`);
    constants.set(tensor.name, { tensor, transposed: false });
  }
  // Files before 2019 list initializers among the inputs.
  const input = onlyInput(graph.inputs.filter(({ name }) => !constants.has(name)));
  const walk: Walk = {
    opset,
    constants,
    ...input,
    shapes: new Map([[input.current, input.shape]]),
    layers: [],
    active: false,
    end: undefined,
    head: undefined,
    ...noted(),
  };
  const made = new Set([...constants.keys(), walk.current]);
  graph.nodes.forEach((one, k) => {
    const node = { ...one, place: k + 1 };
    follow(walk, node);
    for (const name of node.outputs) {
      if (name !== '' && made.has(name)) throw new FileFormatError(`Two nodes make the value ${show(name)}.`);
      made.add(name);
    }
  });
  if (walk.end === undefined) checkLast(walk, 'The graph');
  const ends = new Set([walk.current, ...(walk.end?.scores ?? []), ...(walk.end?.answers ?? [])]);
  if (graph.outputs.length === 0) throw new FileFormatError('The graph has no output.');
  for (const name of graph.outputs) {
    if (ends.has(name)) continue;
    throw new InputError(`The graph's output ${show(name)} is not what its last layer gives.`, {
      hint: 'Export the network with its outputs alone.',
    });
  }
  const { layers, head, leftOut, dropped, dequantised } = walk;
  return { layers, head, leftOut, dropped, dequantised };
}

/** Of a step that may put all numbers of a picture into one row. */
function toRow(step: Step): Step {
  return (walk, node) => {
    step(walk, node);
    flattened(walk);
  };
}

type Noted = 'leftOut' | 'dropped' | 'pending' | 'padding' | 'dequantised' | 'picture' | 'turned';

const noted = (): Pick<Walk, Noted> => ({
  picture: undefined,
  padding: undefined,
  turned: false,
  leftOut: [],
  dropped: [],
  pending: [],
  dequantised: [],
});

function onlyInput(inputs: OnnxValue[]): Pick<Walk, 'current' | 'shape' | 'elementType'> {
  if (inputs.length !== 1) {
    throw new InputError(`The graph has ${inputs.length} inputs; a network has one.`, {
      hint: 'Export a network that takes one batch of rows.',
    });
  }
  const [{ name, shape, elementType }] = inputs;
  if (floatBytes(elementType) === undefined || shape === undefined || shape.length < 2) {
    throw new InputError(`The graph's input ${show(name)} is not a batch of rows of floats.`, {
      hint: 'Export the network with a float input of two dimensions: rows and features.',
    });
  }
  return { current: name, shape, elementType };
}

function follow(walk: Walk, node: PlacedNode): void {
  const rows = node.inputs.filter((name) => name !== '' && !walk.constants.has(name));
  const [output] = node.outputs;
  if (!output) throw new FileFormatError(`${labelOf(node)} has no output.`);
  checkSignature(node);
  if (operatorOf(node) === 'Shape' && rows.length > 0) {
    walk.constants.set(output, { sizes: shapeSizes(walk, node) });
    return;
  }
  if (rows.length === 0) {
    walk.constants.set(output, fold(walk, node));
    if (operatorOf(node) === 'DequantizeLinear') walk.dequantised.push(output);
    return;
  }
  if (walk.end !== undefined || beginsEnd(node)) {
    end(walk, node, rows);
    return;
  }
  if (operatorOf(node) === LINEAR_CLASSIFIER) {
    addClassifier(walk, node);
    return;
  }
  const step = Object.hasOwn(STEPS, operatorOf(node)) ? STEPS[operatorOf(node)] : undefined;
  if (!step) refuse(node, 'is not read.', adviceOn(node));
  const other = rows.find((name) => name !== walk.current);
  if (other !== undefined) {
    refuse(
      node,
      `reads ${show(other)}, which is not what the node before it made.`,
      'Branches and skip connections are not read: a network is a chain of layers.',
    );
  }
  if (walk.padding !== undefined && !PASSES_PADDING.has(operatorOf(node))) {
    refuse(node, 'reads pictures with zeros around them.', 'Only a convolution reads what a Pad makes.');
  }
  step(walk, node);
  if (Object.hasOwn(UNCHANGED, operatorOf(node))) walk.dropped.push(operatorOf(node));
  walk.current = output;
  if (walk.padding === undefined) walk.shapes.set(output, walk.shape);
}

/** A node after the last layer: its head, or what changes no decision. */
function end(walk: Walk, node: PlacedNode, rows: string[]): void {
  if (walk.end === undefined) {
    checkLast(walk, labelOf(node));
    walk.end = { scores: new Set([walk.current]), complements: new Set(), answers: new Set() };
  }
  const { outputs } = walk.layers[walk.layers.length - 1];
  const isOne = (name: string) => {
    const found = walk.constants.get(name);
    return found !== undefined && 'tensor' in found && isScalar(found.tensor, 1);
  };
  followEnd(walk.end, node, { rows, rank: walk.shape.length, outputs, isOne });
  const head = headOf(node);
  // What is made of answers, or of another head's values, says nothing of the outputs.
  const isOfOutputs = head !== undefined && rows.includes(walk.current);
  if (isOfOutputs && walk.head !== undefined && walk.head.head !== head) {
    refuse(node, `is a second head: the outputs go into ${walk.head.by} too.`, 'Export the network with one of them.');
  }
  if (isOfOutputs && walk.head === undefined) walk.head = { head, by: operatorOf(node) };
  else walk.leftOut.push(operatorOf(node));
}

/** The only layer of a linear classifier of scikit-learn, with what it makes of its outputs. */
function addClassifier(walk: Walk, node: PlacedNode): void {
  if (walk.layers.length > 0) refuse(node, 'follows another layer.', 'Only a model of one layer is read from it.');
  if (node.inputs[0] !== walk.current) refuse(node, 'does not read what the node before it made.', READ);
  if (walk.shape.length !== 2)
    refuse(node, `classifies ${walk.shape.length} dimensions.`, 'Flatten the rows before it.');
  const { layer, head } = linearClassifier(node, walk.shape[1]);
  walk.layers.push({ ...layer, before: normsOf(walk, layer.inputs) });
  if (head !== undefined) walk.head = { head, by: operatorOf(node) };
  const [label, scores = ''] = node.outputs;
  // Where it has a head, nothing but that reads its outputs.
  walk.current = head === undefined ? scores : '';
  walk.end = { scores: new Set(scores === '' ? [] : [scores]), complements: new Set(), answers: new Set([label]) };
}

/** What a node makes of constants. */
function fold(walk: Walk, node: PlacedNode): Constant {
  const { constants } = walk;
  const op = operatorOf(node);
  if (op === 'Constant') {
    const value = constantOf(node);
    if (value === undefined) refuse(node, 'holds no dense tensor.', READ);
    if (typeof value === 'number') return { sizes: { dims: [], values: [value] } };
    return Array.isArray(value)
      ? { sizes: { dims: [value.length], values: value } }
      : { tensor: { ...value, name: node.outputs[0] }, transposed: false };
  }
  if (op === 'DequantizeLinear') return { tensor: dequantise(constants, node), transposed: false };
  const sizes = foldSizes(walk, node);
  if (sizes) return { sizes };
  const source = node.inputs.length === 1 ? constants.get(node.inputs[0]) : undefined;
  if (source && op === 'Identity') return source;
  if (source && 'tensor' in source) {
    if (op === 'Cast' && isWider(source.tensor.dataType, integerAttribute(node, 'to', 0))) return source;
    const order = integersAttribute(node, 'perm') ?? [1, 0];
    if (op === 'Transpose' && source.tensor.dims.length === 2 && `${order}` === '1,0') {
      return { ...source, transposed: !source.transposed };
    }
  }
  const advice = /[Qq]uantize/.test(op) ? adviceOn(node) : undefined;
  refuse(node, 'computes on constants.', advice ?? 'Export with constant folding, or take the weights as safetensors.');
}

function gemm(walk: Walk, node: PlacedNode): void {
  const [rows, weight, bias = ''] = node.inputs;
  if (rows !== walk.current) refuse(node, 'has its weight on the left.', 'Export layers as rows times weight.');
  if (integerAttribute(node, 'transA', 0) !== 0)
    refuse(node, 'transposes the rows.', 'Export layers as rows times weight.');
  addLayer(walk, node, weight, integerAttribute(node, 'transB', 0) !== 0, floatAttribute(node, 'alpha', 1));
  if (bias !== '') ownBias(walk, node, bias, floatAttribute(node, 'beta', 1));
}

function matMul(walk: Walk, node: PlacedNode): void {
  if (node.inputs[0] !== walk.current)
    refuse(node, 'has its weight on the left.', 'Export layers as rows times weight.');
  addLayer(walk, node, node.inputs[1], false, 1);
}

/** @throws InputError for a layer that cannot follow those before it */
function requireNext({ layers, active, picture }: Walk, node: PlacedNode): void {
  if (layers.length > 0 && !active) {
    refuse(
      node,
      'follows a layer without a Relu between.',
      'Two such layers are one: multiply them, or train with ReLU.',
    );
  }
  const most = picture === undefined ? MAX_LAYERS : NETWORK_LAYERS;
  if (layers.length === most) refuse(node, `is layer ${most + 1}.`, `A network has at most ${most} layers.`);
}

/** A convolution, whose bias is an input of its own. */
function convolve(walk: Walk, node: PlacedNode): void {
  const [rows, name, bias = ''] = node.inputs;
  if (rows !== walk.current) refuse(node, 'has its weight on the left.', READ);
  const { tensor, transposed } = constantTensor(walk, node, name);
  if (transposed || tensor.dims.length !== 4) {
    refuse(
      node,
      `has weights of ${tensor.dims.length} dimensions.`,
      'Only convolutions over lines and columns are read.',
    );
  }
  requireNext(walk, node);
  const picture = readConvolution(walk, node, tensor);
  const [outputs, inputs] = tensor.dims;
  const bare = { bias: undefined, weightFactor: 1, biasFactor: 1, before: normsOf(walk, picture.channels), after: [] };
  walk.layers.push({ weight: tensor, orientation: 'out-in', inputs, outputs, picture, ...bare });
  madePictures(walk, picture, outputs);
  walk.active = false;
  if (bias !== '') ownBias(walk, node, bias, 1);
}

function addLayer(walk: Walk, node: PlacedNode, name: string, transB: boolean, weightFactor: number): void {
  const weight = constantTensor(walk, node, name);
  const { layers, shape } = walk;
  requireNext(walk, node);
  if (shape.length !== 2 || weight.tensor.dims.length !== 2) {
    refuse(
      node,
      `multiplies ${shape.length} dimensions by ${weight.tensor.dims.length}.`,
      'Flatten the rows before it.',
    );
  }
  const orientation = transB === weight.transposed ? 'in-out' : 'out-in';
  const [first, second] = weight.tensor.dims;
  const [inputs, outputs] = orientation === 'in-out' ? [first, second] : [second, first];
  if (shape[1] !== undefined && shape[1] !== inputs) {
    throw new FileFormatError(`${labelOf(node)} takes rows of ${inputs}, not ${shape[1]}.`);
  }
  const picture = readDense(walk, node);
  const bare = { bias: undefined, biasFactor: 1, before: normsOf(walk, inputs, picture), after: [] };
  layers.push({
    weight: weight.tensor,
    orientation,
    inputs,
    outputs,
    weightFactor,
    ...(picture && { picture }),
    ...bare,
  });
  walk.shape = [shape[0], outputs];
  if (picture !== undefined) {
    walk.picture = { channels: outputs, side: 1, order: 'CHW', pooled: false, averaged: false, flat: true };
  }
  walk.active = false;
}

function checkLast(walk: Walk, what: string): void {
  const { layers, active } = walk;
  requireRead(walk, what);
  if (layers.length === 0) {
    throw new InputError(`${what} comes to its end without a layer.`, { hint: READ });
  }
  if (active) {
    throw new InputError(`${what} comes after a Relu on the last layer, which no network here has.`, {
      hint: 'Outputs are not cut at 0: export the network without its last Relu.',
    });
  }
}
