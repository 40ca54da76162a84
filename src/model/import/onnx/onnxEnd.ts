import { show } from '../../json.ts';
import { integerAttribute, operatorOf, type PlacedNode, refuse } from './onnxNode.ts';

/** What is read, for hints. */
export const READ =
  'Read are Gemm, MatMul and Add, Relu, BatchNormalization, and what changes no row (Flatten, Reshape, Squeeze, Identity, Dropout, Cast).';

/** Operators that people meet most, and what to do about them. */
const ADVICE: [RegExp, string][] = [
  [/^Sigmoid$/, 'The only activation is ReLU. Two classes take two outputs, the greater of which is the answer.'],
  [/^(Tanh|Gelu|Elu|Selu|LeakyRelu|PRelu|Softplus|HardSigmoid|HardSwish|Erf|Clip)$/, 'The only activation is ReLU.'],
  [/^(Sub|Mul|Div|Pow|ai\.onnx\.ml\.(Scaler|Normalizer|Imputer))$/, 'Scale the data before, not inside the network.'],
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

const SCORES = ['Softmax', 'LogSoftmax'];

/** How a network says its answer: values that order the classes as the last layer does, and what is made of them. */
export interface End {
  scores: Set<string>;
  answers: Set<string>;
}

/** Whether a node begins what is left out after the last layer. */
export function beginsEnd(node: PlacedNode): boolean {
  return [...SCORES, 'ArgMax'].includes(operatorOf(node));
}

/**
 * Notes what a node after the last layer makes.
 * @param place.rows inputs of the node that depend on the graph's input
 * @param place.rank dimensions of the last layer's outputs
 * @throws InputError when it may change a decision between classes
 */
export function followEnd(end: End, node: PlacedNode, { rows, rank }: { rows: string[]; rank: number }): void {
  const op = operatorOf(node);
  const [output] = node.outputs;
  if (rows.every((name) => end.scores.has(name))) {
    if (SCORES.includes(op) || op === 'Identity' || op === 'Cast') {
      // Before opset 13 the default is 1, then the last: of rows of scores the same.
      if (SCORES.includes(op)) checkAxis(node, 1, rank);
      end.scores.add(output);
      return;
    }
    if (op === 'ArgMax') checkArgMax(node, rank);
    if (op === 'ArgMax' || op === 'ai.onnx.ml.ZipMap') {
      end.answers.add(output);
      return;
    }
  } else if (rows.every((name) => end.answers.has(name)) && isRelabelling(node, rows)) {
    end.answers.add(output);
    return;
  }
  refuse(
    node,
    `reads ${show(rows[0])} after the last layer and may change the answer.`,
    'After the last layer only Softmax, LogSoftmax and ArgMax can be left out; export without the rest.',
  );
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
