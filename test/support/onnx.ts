import { PbfWriter } from 'pbf';
import type { Dtype } from '../../src/model/safetensors.ts';

/** Makers of ONNX files that say whatever a test wants them to say, right or wrong. */

/** Numbers of TensorProto.DataType. */
export const TYPES = { F32: 1, I64: 7, F16: 10, F64: 11, BF16: 16 } as const satisfies Partial<Record<Dtype, number>>;

type Write = (pbf: PbfWriter) => void;

/** A message of these fields, in this order. */
export function message(...writes: Write[]): Uint8Array {
  const pbf = new PbfWriter();
  for (const write of writes) write(pbf);
  return pbf.finish().slice();
}

export const bytesField = (number: number, bytes: Uint8Array) => (pbf: PbfWriter) => pbf.writeBytesField(number, bytes);
export const textField = (number: number, text: string) => (pbf: PbfWriter) => pbf.writeStringField(number, text);
export const intField = (number: number, value: number) => (pbf: PbfWriter) => pbf.writeVarintField(number, value);

/** TensorProto; `values` writes its values and may add fields. */
export function tensor(name: string, type: number, dims: number[], ...values: Write[]): Uint8Array {
  return message(...dims.map((n) => intField(1, n)), intField(2, type), textField(8, name), ...values);
}

/** A tensor of floats in `raw_data`. */
export function floats(name: string, dims: number[], values: number[]): Uint8Array {
  return tensor(name, TYPES.F32, dims, bytesField(9, new Uint8Array(Float32Array.from(values).buffer)));
}

/** A list of 64-bit integers in `raw_data`. */
export function integers(name: string, values: number[], dims = [values.length]): Uint8Array {
  return tensor(name, TYPES.I64, dims, bytesField(9, new Uint8Array(BigInt64Array.from(values.map(BigInt)).buffer)));
}

/** AttributeProto of a float, an integer, integers or a tensor. */
export const attribute = {
  f: (name: string, value: number) =>
    message(textField(1, name), (pbf) => pbf.writeFloatField(2, value), intField(20, 1)),
  i: (name: string, value: number) => message(textField(1, name), intField(3, value), intField(20, 2)),
  s: (name: string, value: string) => message(textField(1, name), textField(4, value), intField(20, 3)),
  t: (name: string, value: Uint8Array) => message(textField(1, name), bytesField(5, value), intField(20, 4)),
  ints: (name: string, values: number[]) =>
    message(textField(1, name), ...values.map((value) => intField(8, value)), intField(20, 7)),
};

/** NodeProto; `op` may have its domain before it, as `com.microsoft:Gelu`, and is its name too. */
export function node(op: string, inputs: string[], outputs: string[], ...attributes: Uint8Array[]): Uint8Array {
  return namedNode(`a${op.split(':').at(-1)}`, op, inputs, outputs, attributes);
}

/** The same without a name: a runtime takes no two nodes of one name. */
export function nameless(op: string, inputs: string[], outputs: string[], ...attributes: Uint8Array[]): Uint8Array {
  return namedNode('', op, inputs, outputs, attributes);
}

function namedNode(
  name: string,
  op: string,
  inputs: string[],
  outputs: string[],
  attributes: Uint8Array[],
): Uint8Array {
  const [type, domain = ''] = op.split(':').reverse();
  return message(
    ...inputs.map((name) => textField(1, name)),
    ...outputs.map((name) => textField(2, name)),
    textField(3, name),
    textField(4, type),
    ...attributes.map((one) => bytesField(5, one)),
    ...(domain === '' ? [] : [textField(7, domain)]),
  );
}

/** ValueInfoProto of a tensor; an open size is given as undefined, an absent shape as null. */
export function value(name: string, shape: (number | undefined)[] | null, type: number = TYPES.F32): Uint8Array {
  const sizes = (shape ?? []).map((n) => bytesField(1, n === undefined ? textMessage('n') : message(intField(1, n))));
  const dims = shape === null ? [] : [bytesField(2, message(...sizes))];
  return message(textField(1, name), bytesField(2, message(bytesField(1, message(intField(1, type), ...dims)))));
}

const textMessage = (text: string) => message(textField(2, text));

export interface OnnxParts {
  nodes: Uint8Array[];
  initializers?: Uint8Array[];
  inputs?: Uint8Array[];
  outputs?: string[];
  opsets?: [domain: string, version: number][];
  /** More fields of ModelProto. */
  more?: Write[];
}

/** ModelProto; rows `x` of three numbers come in and `y` goes out unless said otherwise. */
export function onnx({
  nodes,
  initializers = [],
  inputs = [value('x', [undefined, 3])],
  outputs = ['y'],
  opsets = [['', 17]],
  more = [],
}: OnnxParts): Uint8Array {
  const graph = message(
    ...nodes.map((one) => bytesField(1, one)),
    textField(2, 'graph'),
    ...initializers.map((one) => bytesField(5, one)),
    ...inputs.map((one) => bytesField(11, one)),
    ...outputs.map((name) => bytesField(12, value(name, [undefined, undefined]))),
  );
  const versions = opsets.map(([domain, version]) =>
    bytesField(8, message(textField(1, domain), intField(2, version))),
  );
  return message(intField(1, 8), textField(2, 'test'), bytesField(7, graph), ...versions, ...more);
}
