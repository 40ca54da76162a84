import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { DescentError } from '../../../../src/errors/DescentError.ts';
import { readFloatModel } from '../../../../src/model/import/floatModel.ts';
import { attribute, bytesField, floats, intField, node, onnx, tensor } from '../../../support/onnx.ts';

const [UINT8, INT8, INT32] = [2, 3, 6];
const bytes8 = (name: string, type: number, dims: number[], values: number[]) =>
  tensor(name, type, dims, bytesField(9, Uint8Array.from(values)));
const INITIALIZERS = [
  floats('w', [3, 2], [1, -2, 3, 4, -5, 6]),
  floats('v', [2, 2], [1, 2, -3, 4]),
  floats('b', [2], [0.5, -1]),
  floats('two', [2], [1, 2]),
  floats('other', [2], [3, 4]),
  floats('three', [3], [1, 2, 3]),
  floats('negative', [2], [1, -2]),
  floats('matrix', [1, 2], [1, 2]),
  floats('s', [], [0.5]),
  floats('infinite', [], [Number.POSITIVE_INFINITY]),
  bytes8('q', INT8, [3, 2], [1, 255, 2, 254, 3, 253]),
  bytes8('short', INT8, [3, 2], [1, 2]),
  bytes8('cube', INT8, [3, 2, 1], [1, 2, 3, 4, 5, 6]),
  bytes8('z', INT8, [], [1]),
  bytes8('zu', UINT8, [], [1]),
  bytes8('z2', INT8, [2], [1, 2]),
  tensor('huge', INT8, [2 ** 30, 2 ** 20], bytesField(9, new Uint8Array(1))),
  tensor('packed', UINT8, [3, 2], bytesField(5, Uint8Array.of(1, 2, 3, 4, 5, 6))),
  tensor('beyond', UINT8, [3, 2], bytesField(5, Uint8Array.of(0x80, 2, 2, 3, 4, 5, 6))),
  tensor('wide', INT32, [2], bytesField(9, new Uint8Array(Int32Array.of(-4, 70000).buffer))),
  tensor('outside', INT8, [3, 2], intField(14, 1)),
];
const read = (...nodes: Uint8Array[]) =>
  readFloatModel([{ name: 'a.onnx', bytes: onnx({ nodes, initializers: INITIALIZERS }) }]);
const first = (...nodes: Uint8Array[]) => read(...nodes).model.layers[0];
const norm = (from: string, to: string, parts = ['two', 'b', 'other', 'two'], ...attributes: Uint8Array[]) =>
  node('BatchNormalization', [from, ...parts], [to], ...attributes);
const dequantise = (inputs: string[], ...attributes: Uint8Array[]) =>
  node('DequantizeLinear', inputs, ['d'], ...attributes);
const last = node('MatMul', ['x', 'd'], ['y']);

describe('a BatchNormalization in a graph', () => {
  it('becomes part of the layer before it', () => {
    const epsilon = attribute.f('epsilon', 2);
    const { weight, bias } = first(node('MatMul', ['x', 'w'], ['h']), norm('h', 'y', undefined, epsilon));
    const factor = [1 / Math.sqrt(3), 2 / Math.sqrt(4)];
    [1, 3, -5].forEach((w, j) => {
      assert.equal(weight[j], w * factor[0]);
    });
    assert.deepEqual([...bias], [0.5 - 3 * factor[0], -1 - 4 * factor[1]]);
  });

  const refused: [string, Uint8Array[], RegExp][] = [
    [
      'in training mode',
      [node('MatMul', ['x', 'w'], ['h']), norm('h', 'y', undefined, attribute.i('training_mode', 1))],
      /in training mode/,
    ],
    [
      'that gives its statistics',
      [
        node('MatMul', ['x', 'w'], ['h']),
        node('BatchNormalization', ['h', 'two', 'b', 'other', 'two'], ['y', 'm', 'v']),
      ],
      /in training mode/,
    ],
    [
      'of another width',
      [node('MatMul', ['x', 'w'], ['h']), norm('h', 'y', ['three', 'three', 'three', 'three'])],
      /four vectors of 2/,
    ],
    [
      'of a matrix',
      [node('MatMul', ['x', 'w'], ['h']), norm('h', 'y', ['two', 'matrix', 'other', 'two'])],
      /four vectors of 2/,
    ],
    [
      'that lacks a part',
      [node('MatMul', ['x', 'w'], ['h']), norm('h', 'y', ['two', 'b', 'other'])],
      /four vectors|no constant tensor/,
    ],
    [
      'of parts that nobody made',
      [node('MatMul', ['x', 'w'], ['h']), norm('h', 'y', ['nobody', 'b', 'other', 'two'])],
      /nobody/,
    ],
    [
      'of a negative variance',
      [node('MatMul', ['x', 'w'], ['h']), norm('h', 'y', ['two', 'b', 'two', 'negative'])],
      /is -2, which is no variance/,
    ],
    [
      'between two Relus',
      [node('MatMul', ['x', 'w'], ['h']), node('Relu', ['h'], ['r']), norm('r', 'n'), node('Relu', ['n'], ['y'])],
      /follows another Relu/,
    ],
    [
      'after the last Relu',
      [node('MatMul', ['x', 'w'], ['h']), node('Relu', ['h'], ['r']), norm('r', 'y')],
      /Relu on the last layer/,
    ],
    ['of the input that no layer takes', [norm('x', 'y', ['three', 'three', 'three', 'three'])], /without a layer/],
    [
      'of an attribute that is not known',
      [node('MatMul', ['x', 'w'], ['h']), norm('h', 'y', undefined, attribute.i('spatial', 0))],
      /"spatial"/,
    ],
  ];
  for (const [name, nodes, message] of refused) {
    it(`is refused ${name}`, () => {
      assert.throws(
        () => read(...nodes),
        (error: unknown) => error instanceof DescentError && message.test(error.message),
      );
    });
  }
});

describe('a DequantizeLinear of constants', () => {
  it('is (x - zero) * scale, for the whole tensor or along an axis', () => {
    assert.deepEqual([...first(dequantise(['q', 's']), last).weight], [0.5, 1, 1.5, -0.5, -1, -1.5]);
    assert.deepEqual([...first(dequantise(['q', 's', 'z']), last).weight], [0, 0.5, 1, -1, -1.5, -2]);
    const along = first(dequantise(['q', 'two', 'z2'], attribute.i('axis', -1)), last);
    assert.deepEqual([...along.weight], [0, 1, 2, -6, -8, -10]);
    const rows = first(dequantise(['q', 'three'], attribute.i('axis', 0)), last);
    assert.deepEqual([...rows.weight], [1, 4, 9, -1, -4, -9]);
    assert.deepEqual([...first(dequantise(['packed', 's']), last).weight], [0.5, 1.5, 2.5, 1, 2, 3]);
    const bias = first(node('MatMul', ['x', 'w'], ['h']), dequantise(['wide', 's']), node('Add', ['h', 'd'], ['y']));
    assert.deepEqual([...bias.bias], [-2, 35000]);
  });

  const refused: [string, Uint8Array[], RegExp][] = [
    ['in blocks', [dequantise(['q', 's'], attribute.i('block_size', 2)), last], /kind of quantisation/],
    ['to another type', [dequantise(['q', 's'], attribute.i('output_dtype', 10)), last], /kind of quantisation/],
    ['of floats', [dequantise(['w', 's']), last], /kind of quantisation/],
    ['without a scale', [dequantise(['q']), last], /lacks its scale/],
    ['of a scale that is not finite', [dequantise(['q', 'infinite']), last], /"infinite"/],
    ['of too many scales', [dequantise(['q', 'three']), last], /3 scales for a tensor \[3,2\]/],
    ['along an axis that is not there', [dequantise(['q', 'two'], attribute.i('axis', 7)), last], /along axis 7/],
    ['of a matrix of scales', [dequantise(['q', 'matrix']), last], /2 scales/],
    ['of a zero point of another type', [dequantise(['q', 's', 'zu']), last], /another type/],
    ['of zero points of another number', [dequantise(['q', 's', 'z2']), last], /different sizes/],
    ['of fewer values than its shape says', [dequantise(['short', 's']), last], /has not the 6 values/],
    ['of values beyond its type', [dequantise(['beyond', 's']), last], /6 values of its type/],
    ['of three dimensions', [dequantise(['cube', 's']), last], /3 dimensions/],
    ['of more numbers than there can be', [dequantise(['huge', 's']), last], /more than a network has weights/],
    ['of values in another file', [dequantise(['outside', 's']), last], /values are in another file/],
    ['of rows', [node('DequantizeLinear', ['x', 's'], ['y'])], /Export the float model, before quantisation/],
    [
      'of what was quantised in the graph',
      [node('QuantizeLinear', ['w', 's'], ['e']), dequantise(['e', 's']), last],
      /computes on constants[\s\S]*before quantisation/,
    ],
  ];
  for (const [name, nodes, message] of refused) {
    it(`is refused ${name}`, () => {
      assert.throws(
        () => read(...nodes),
        (error: unknown) => error instanceof DescentError && message.test(error.message),
      );
    });
  }
});

describe('what a graph states', () => {
  it('cannot be stated otherwise', () => {
    const nodes = [node('MatMul', ['x', 'w'], ['y'])];
    const file = { name: 'a.onnx', bytes: onnx({ nodes, initializers: INITIALIZERS }) };
    for (const norms of [{ place: 'none' as const }, { epsilon: 1 }]) {
      assert.throws(() => readFloatModel([file], { norms }), /--batch-norm and --epsilon/);
    }
  });
});

describe('damaged models', () => {
  const FILES = join(import.meta.dirname, '..', '..', '..', 'corpus', 'models');
  for (const name of ['bn-first-and-last.safetensors', 'onnx-bn-first.onnx', 'onnx-weights-int8-channels.onnx']) {
    it(`give a model or a DescentError, nothing else: ${name}`, () => {
      const good = new Uint8Array(readFileSync(join(FILES, name)));
      const change = fc.record({ at: fc.nat(good.length - 1), value: fc.nat(255) });
      fc.assert(
        fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), fc.nat(good.length), (changes, cut) => {
          const bytes = good.slice(0, changes.length === 4 ? cut : good.length);
          for (const { at, value } of changes) if (at < bytes.length) bytes[at] = value;
          try {
            readFloatModel([{ name, bytes }]);
          } catch (error) {
            assert.ok(error instanceof DescentError, String(error));
          }
        }),
        { numRuns: 1000 },
      );
    });
  }
});
