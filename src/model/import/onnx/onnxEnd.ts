import type { Head } from '../../head.ts';
import { show } from '../../json.ts';
import { floatAttribute, integerAttribute, operatorOf, type PlacedNode, refuse, textAttribute } from './onnxNode.ts';
import { floatBytes } from './onnxTensor.ts';

/** What is read, for hints. */
export const READ =
  'Read are Gemm, MatMul and Add, Conv, AveragePool, Relu, BatchNormalization, and what changes no row (Flatten, Reshape, Squeeze, Identity, Dropout, Cast).';

/** Operators that people meet most, and what to do about them. */
const ADVICE: [RegExp, string][] = [
  [
    /^(Global)?(Max|Lp)Pool$/,
    'The only pooling is an average: train with AveragePool over 2x2 pixels, or with convolutions of stride 2.',
  ],
  [/^ConvTranspose$/, 'Pictures only become smaller: Conv and AveragePool are read.'],
  [/^(Tanh|Gelu|Elu|Selu|LeakyRelu|PRelu|Softplus|HardSigmoid|HardSwish|Erf|Clip)$/, 'The only activation is ReLU.'],
  [/^(Div|Pow|ai\.onnx\.ml\.(Scaler|Normalizer|Imputer))$/, 'Scale the data before, not inside the network.'],
  [
    /[Qq]uantize|Integer|^QLinear|NBits/,
    'It rounds rows between the layers, which no proof here does. Export the float model, before quantisation; quantised weights alone are read.',
  ],
  [/^com\.microsoft\./, 'Take the model as it was exported, without the optimisations of a runtime.'],
];

/** What to do about an operator that is not read. */
export function adviceOn(node: PlacedNode): string {
  return ADVICE.find(([pattern]) => pattern.test(operatorOf(node)))?.[1] ?? READ;
}

/** What operators make of the outputs of a network. */
const HEADS: Record<string, Head> = { Softmax: 'softmax', LogSoftmax: 'softmax', Sigmoid: 'sigmoid' };

/**
 * How a network says its answer: values that order the classes as the last layer does, what a single one of them lacks to 1, and
 * what is made of them.
 */
export interface End {
  scores: Set<string>;
  complements: Set<string>;
  answers: Set<string>;
}

/** Where the end of a network stands. */
interface EndPlace {
  /** Inputs of the node that depend on the graph's input. */
  rows: string[];
  /** Dimensions of the last layer's outputs, and how many it gives. */
  rank: number;
  outputs: number;
  /** Whether a value is the constant 1. */
  isOne: (name: string) => boolean;
}

/** Whether a node begins what comes after the last layer. */
export function beginsEnd(node: PlacedNode): boolean {
  return headOf(node) !== undefined || operatorOf(node) === 'ArgMax';
}

/** The head that a node stands for. */
export function headOf(node: PlacedNode): Head | undefined {
  const op = operatorOf(node);
  return Object.hasOwn(HEADS, op) ? HEADS[op] : undefined;
}

/**
 * Notes what a node after the last layer makes.
 * @throws InputError when it may change a decision
 */
export function followEnd(end: End, node: PlacedNode, place: EndPlace): void {
  const { rows, rank } = place;
  const op = operatorOf(node);
  const [output] = node.outputs;
  if (rows.every((name) => end.scores.has(name))) {
    if (keepsOrder(node)) {
      // Before opset 13 the default is 1, then the last: of rows of scores the same.
      if (headOf(node) === 'softmax') checkAxis(node, 1, rank);
      end.scores.add(output);
      return;
    }
    // As scikit-learn has two classes: 1 - p before the p of a single output.
    if (op === 'Sub' && place.outputs === 1 && place.isOne(node.inputs[0])) {
      end.complements.add(output);
      return;
    }
    if (op === 'ArgMax') checkArgMax(node, rank);
    if (op === 'ArgMax' || op === 'ai.onnx.ml.ZipMap' || isHalf(node)) {
      end.answers.add(output);
      return;
    }
  } else if (op === 'Concat' && node.inputs.length === 2 && end.complements.has(rows[0]) && end.scores.has(rows[1])) {
    checkAxis(node, 0, rank);
    end.scores.add(output);
    return;
  } else if (rows.every((name) => end.answers.has(name)) && isRelabelling(node, rows)) {
    end.answers.add(output);
    return;
  }
  refuse(
    node,
    `reads ${show(rows[0])} after the last layer and may change the answer.`,
    op === 'Gemm' || op === 'MatMul'
      ? 'The only activation between layers is ReLU.'
      : 'After the last layer only Softmax, LogSoftmax, Sigmoid and ArgMax are read; export without the rest.',
  );
}

/** Whether the greatest of the values that a node makes is that of those it takes. */
function keepsOrder(node: PlacedNode): boolean {
  const op = operatorOf(node);
  const isNormal = op === 'ai.onnx.ml.Normalizer' && textAttribute(node, 'norm', 'MAX') === 'L1';
  // Whole numbers of probabilities are all 0.
  const isFloat = op === 'Cast' && floatBytes(integerAttribute(node, 'to', 0)) !== undefined;
  return headOf(node) !== undefined || op === 'Identity' || isFloat || isNormal;
}

/** Whether a node asks which probabilities are above a half. */
function isHalf(node: PlacedNode): boolean {
  return operatorOf(node) === 'ai.onnx.ml.Binarizer' && floatAttribute(node, 'threshold', 0) === 0.5;
}

/** Whether a node only gives answers another name or form. */
function isRelabelling(node: PlacedNode, rows: string[]): boolean {
  const op = operatorOf(node);
  if (op === 'ai.onnx.ml.ArrayFeatureExtractor') return node.inputs[1] === rows[0] && rows.length === 1;
  return ['Identity', 'Cast', 'Reshape', 'Squeeze'].includes(op);
}

function checkArgMax(node: PlacedNode, rank: number): void {
  checkAxis(node, 0, rank);
  if (integerAttribute(node, 'select_last_index', 0) === 0) return;
  refuse(node, 'answers the last of equal classes.', 'Here it is the first: export it without select_last_index.');
}

function checkAxis(node: PlacedNode, absent: number, rank: number): void {
  const axis = integerAttribute(node, 'axis', absent);
  if (rank !== 2 || (axis !== 1 && axis !== -1)) {
    refuse(node, `works along axis ${axis}, not along the classes of each row.`, 'Export it with axis 1.');
  }
}
