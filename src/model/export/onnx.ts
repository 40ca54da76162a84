import { PbfWriter } from 'pbf';
import type { Head } from '../head.ts';
import type { NetworkLayer } from '../network.ts';
import { type AnyWeights, headOf, isNetworkWeights, modelSides } from '../networkWeights.ts';
import { pictureOf, rawWidth, type Schema } from '../schema.ts';
import { bytesOfFloats, floatLayers } from './floatLayers.ts';
import { inverseSteps, type OnnxStep, transformSteps, unpaddingSteps } from './onnxSteps.ts';

/** Versions that runtimes have read since 2022. */
const [IR_VERSION, OPSET] = [8, 17];
const [FLOAT, INT64] = [1, 7];

/** What makes probabilities of the outputs. */
const HEAD_NODES: Record<Head, 'Softmax' | 'Sigmoid' | undefined> = {
  'squared error': undefined,
  softmax: 'Softmax',
  sigmoid: 'Sigmoid',
};

export interface OnnxExport {
  /** Takes features as the network has them, in place of raw rows: leaves out the scaling of the schema. */
  scaled: boolean;
  /** Kept as metadata_props. */
  metadata: Readonly<Record<string, string>>;
}

/**
 * The network as an ONNX model in 32-bit floats. Input `features` [rows, n]: with a schema the raw numbers of its columns
 * in their order, words as 0 and 1; the scaling is part of the graph. Without it, a convolutional network takes pictures
 * [rows, channels, lines, columns]. Outputs of classes: `logits` [rows, classes] and
 * `class` [rows], the number of the greatest; of labels `logits` [rows, labels]; with a head of softmax or sigmoid also
 * `probabilities`, of the same shape. Of targets: `targets` [rows, targets] in original units.
 * @throws InputError when the weights break their ranges, or for a target transform without inverse
 */
export function writeOnnx(weights: AnyWeights, { scaled, metadata }: OnnxExport): Uint8Array<ArrayBuffer> {
  const { schema } = weights;
  const head = headOf(weights);
  const graph = new Graph();
  const applied = schema !== undefined && !scaled ? schema : undefined;
  addLayers(graph, weights, graph.chain('features', stepsBefore(weights, applied)));
  const { outputs: last } = modelSides(weights);
  const after = applied?.kind === 'regression' ? inverseSteps(applied.targetTransforms) : [];
  const isClasses = schema?.kind === 'classes';
  const name = schema?.kind === 'regression' ? 'targets' : 'logits';
  graph.node('Identity', [graph.chain('outputs', after)], name, []);
  const operator = HEAD_NODES[head];
  if (operator !== undefined) {
    graph.node(operator, [name], 'probabilities', operator === 'Softmax' ? [integerAttribute('axis', 1)] : []);
  }
  if (isClasses) {
    graph.node('ArgMax', [name], 'class', [integerAttribute('axis', 1), integerAttribute('keepdims', 0)]);
  }
  return graph.model({
    inputs: [value('features', FLOAT, applied === undefined ? inputSizes(weights) : [rawWidth(applied)])],
    outputs: [
      value(name, FLOAT, [last]),
      ...(operator === undefined ? [] : [value('probabilities', FLOAT, [last])]),
      ...(isClasses ? [value('class', INT64, [])] : []),
    ],
    metadata,
  });
}

/** What raw rows go through before the first layer. */
function stepsBefore(weights: AnyWeights, schema: Schema | undefined): OnnxStep[] {
  if (schema === undefined) return [];
  const width = rawWidth(schema);
  if (!isNetworkWeights(weights)) return transformSteps(schema.transforms, width);
  if (pictureOf(schema) !== undefined) return transformSteps(schema.transforms, width, true);
  return [...transformSteps(schema.transforms, width), ...unpaddingSteps(weights.network)];
}

/** Sizes of what the network takes, behind the rows. */
function inputSizes(weights: AnyWeights): number[] {
  if (!isNetworkWeights(weights)) return [weights.widths[0]];
  const { channels, side } = weights.network;
  return [channels, side, side];
}

/** The layers, from the value `current` to `outputs`. */
function addLayers(graph: Graph, weights: AnyWeights, input: string): void {
  const layers = floatLayers(weights);
  let current = input;
  let isPicture = isNetworkWeights(weights);
  layers.forEach(({ shape, weight, bias, outputs }, l) => {
    const name = `layer${l + 1}`;
    const own = isNetworkWeights(weights) ? weights.network.layers[l] : undefined;
    graph.tensor(`${name}.weight`, shape, weight);
    graph.tensor(`${name}.bias`, [outputs], bias);
    const last = l === layers.length - 1;
    const made = last ? 'outputs' : `${name}.sum`;
    if (own?.pooled) {
      graph.node('AveragePool', [current], `${name}.averages`, [
        integersAttribute('kernel_shape', [2, 2]),
        integersAttribute('strides', [2, 2]),
      ]);
      current = `${name}.averages`;
    }
    const isConvolution = own !== undefined && !own.flat;
    if (isPicture && !isConvolution) {
      graph.node('Flatten', [current], `${name}.row`, [integerAttribute('axis', 1)]);
      current = `${name}.row`;
    }
    const inputs = [current, `${name}.weight`, `${name}.bias`];
    if (isConvolution) graph.node('Conv', inputs, made, convolution(own));
    else graph.node('Gemm', inputs, made, [integerAttribute('transB', 1)]);
    isPicture &&= isConvolution;
    current = last ? made : `${name}.relu`;
    if (!last) graph.node('Relu', [made], current, []);
  });
}

function convolution({ kernel = 1, stride = 1, padding = 0 }: NetworkLayer): Uint8Array[] {
  return [
    integersAttribute('kernel_shape', [kernel, kernel]),
    integersAttribute('strides', [stride, stride]),
    integersAttribute('pads', [padding, padding, padding, padding]),
  ];
}

/** What the input of an export is, for people. */
export function describeOnnxInput(weights: AnyWeights, scaled: boolean): string {
  const { schema } = weights;
  const what = isNetworkWeights(weights) ? 'pictures [rows, channels, lines, columns]' : 'features';
  if (schema === undefined) return `${what} as the network takes them: the model has no schema`;
  if (scaled) return `${what} after the scaling of the schema`;
  return 'raw numbers of the columns of the schema, in their order: the scaling is part of the graph';
}

type Write = (pbf: PbfWriter) => void;

/** A message of these fields. */
function message(...writes: Write[]): Uint8Array {
  const pbf = new PbfWriter();
  for (const write of writes) write(pbf);
  return pbf.finish();
}

const bytesField = (field: number, bytes: Uint8Array) => (pbf: PbfWriter) => pbf.writeBytesField(field, bytes);
const textField = (field: number, text: string) => (pbf: PbfWriter) => pbf.writeStringField(field, text);
const intField = (field: number, value: number) => (pbf: PbfWriter) => pbf.writeVarintField(field, value);

function integerAttribute(name: string, value: number): Uint8Array {
  return message(textField(1, name), intField(3, value), intField(20, 2));
}

function integersAttribute(name: string, values: readonly number[]): Uint8Array {
  return message(textField(1, name), ...values.map((value) => intField(8, value)), intField(20, 7));
}

/** ValueInfoProto: rows of any number, of such sizes. */
function value(name: string, type: number, sizes: readonly number[]): Uint8Array {
  const rows = bytesField(1, message(textField(2, 'rows')));
  const shape = message(rows, ...sizes.map((size) => bytesField(1, message(intField(1, size)))));
  return message(
    textField(1, name),
    bytesField(2, message(bytesField(1, message(intField(1, type), bytesField(2, shape))))),
  );
}

/** Nodes and constants as they are made. */
class Graph {
  #nodes: Uint8Array[] = [];
  #tensors: Uint8Array[] = [];

  tensor(name: string, dims: readonly number[], values: Float32Array): void {
    const sizes = dims.map((n) => intField(1, n));
    this.#tensors.push(message(...sizes, intField(2, FLOAT), textField(8, name), bytesField(9, bytesOfFloats(values))));
  }

  integers(name: string, values: readonly number[]): void {
    const bytes = new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
    this.#tensors.push(
      message(intField(1, values.length), intField(2, INT64), textField(8, name), bytesField(9, bytes)),
    );
  }

  node(op: string, inputs: readonly string[], output: string, attributes: readonly Uint8Array[]): void {
    this.#nodes.push(
      message(
        ...inputs.map((name) => textField(1, name)),
        textField(2, output),
        textField(3, output),
        textField(4, op),
        ...attributes.map((attribute) => bytesField(5, attribute)),
      ),
    );
  }

  /** Steps one after the other. @returns the value that the last one makes */
  chain(start: string, steps: readonly OnnxStep[]): string {
    return steps.reduce((current, { op, constants = [], lists = [], attributes = {} }, k) => {
      const output = `${start}.${k + 1}`;
      const names = constants.map(({ dims, values }, n) => {
        this.tensor(`${output}.c${n}`, dims, Float32Array.from(values));
        return `${output}.c${n}`;
      });
      const shapes = lists.map((list, n) => {
        this.integers(`${output}.s${n}`, list);
        return `${output}.s${n}`;
      });
      const written = Object.entries(attributes).map(([name, value]) =>
        typeof value === 'number' ? integerAttribute(name, value) : integersAttribute(name, value),
      );
      if (op === 'Where') {
        this.node('IsNaN', [current], `${output}.missing`, []);
        this.node('Where', [`${output}.missing`, ...names, current], output, []);
      } else this.node(op, [current, ...names, ...shapes], output, written);
      return output;
    }, start);
  }

  model({
    inputs,
    outputs,
    metadata,
  }: {
    inputs: Uint8Array[];
    outputs: Uint8Array[];
    metadata: Readonly<Record<string, string>>;
  }): Uint8Array<ArrayBuffer> {
    const graph = message(
      ...this.#nodes.map((node) => bytesField(1, node)),
      textField(2, 'network'),
      ...this.#tensors.map((tensor) => bytesField(5, tensor)),
      ...inputs.map((one) => bytesField(11, one)),
      ...outputs.map((one) => bytesField(12, one)),
    );
    const props = Object.entries(metadata).map(([key, text]) =>
      bytesField(14, message(textField(1, key), textField(2, text))),
    );
    const bytes = message(
      intField(1, IR_VERSION),
      textField(2, 'descent'),
      bytesField(7, graph),
      bytesField(8, message(textField(1, ''), intField(2, OPSET))),
      ...props,
    );
    return Uint8Array.from(bytes);
  }
}
