import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DescentError } from '../../../../src/errors/DescentError.ts';
import { floatForward, readAnyFloatModel } from '../../../../src/model/import/floatModel.ts';
import {
  attribute,
  bytesField,
  floats,
  integers,
  nameless as node,
  onnx,
  tensor,
  value,
} from '../../../support/onnx.ts';
import { number, torchConv } from '../../../support/onnxPictures.ts';
import { runOnnxTensor } from '../../../support/onnxRuntime.ts';

// Sizes that a graph computes of its input, and what it does to each feature: the same as ONNX Runtime computes.

const { i, ints, t } = attribute;
const INT32 = 6;
const INITIALIZERS = [
  floats(
    'w',
    [6, 2],
    Array.from({ length: 12 }, (_, k) => number(k)),
  ),
  floats('v', [2, 2], [0.5, -2, 1.5, 1]),
  floats('b', [2], [0.5, -0.25]),
  floats('row', [1, 2], [2, -3]),
  floats('one', [1], [1.5]),
  floats('scalar', [], [-0.5]),
  floats('column', [2, 1], [1, 2]),
  floats('three', [3], [1, 2, 3]),
  floats('half', [], [0.5]),
  integers('0', [0], []),
  integers('1', [1], []),
  integers('2', [2], []),
  integers('3', [3], []),
  integers('-1', [-1], []),
  integers('[0]', [0]),
  integers('[1]', [1]),
  integers('[2]', [2]),
  integers('[3]', [3]),
  integers('[-1]', [-1]),
  integers('[6]', [6]),
  integers('[8]', [8]),
  integers('[0,1]', [0, 1]),
  integers('[2,1]', [2, 1]),
  integers('[-9]', [-9]),
  integers('[9]', [9]),
  integers('[2,-1]', [2, -1]),
  tensor('short', INT32, [2], bytesField(9, new Uint8Array(Int32Array.of(-1, 6).buffer))),
];

const shape = (to: string) => node('Shape', ['x'], [to]);
const last = (from = 'k', to = 'y') => node('MatMul', [from, 'w'], [to]);
const reshaped = (sizes: string) => [node('Reshape', ['x', sizes], ['k']), last()];

/** Graphs over x of [rows, 2, 3]. */
const SIZES: [string, Uint8Array[], number?][] = [
  [
    'x.view(x.size(0), -1)',
    [
      shape('s'),
      node('Gather', ['s', '0'], ['n']),
      node('Unsqueeze', ['n', '[0]'], ['u']),
      node('Concat', ['u', '[-1]'], ['c'], i('axis', 0)),
      ...reshaped('c'),
    ],
  ],
  [
    'x.view(-1, x.size(1) * x.size(2))',
    [
      shape('s'),
      node('Gather', ['s', '1'], ['a']),
      node('Gather', ['s', '-1'], ['d']),
      node('Mul', ['a', 'd'], ['m']),
      node('Unsqueeze', ['m', '[0]'], ['u']),
      node('Concat', ['[-1]', 'u'], ['c'], i('axis', 0)),
      ...reshaped('c'),
    ],
  ],
  [
    'the number of rows by a Slice, of 32 bits',
    [
      shape('s'),
      node('Cast', ['s'], ['e'], i('to', INT32)),
      node('Slice', ['e', '[0]', '[1]', '[0]'], ['n']),
      node('Cast', ['n'], ['m'], i('to', 7)),
      node('Concat', ['m', '[6]'], ['c'], i('axis', 0)),
      ...reshaped('c'),
    ],
  ],
  [
    'a Slice as it was before',
    [
      shape('s'),
      node('Slice', ['s'], ['n'], ints('starts', [0]), ints('ends', [1]), ints('axes', [0])),
      node('Concat', ['n', '[6]'], ['c'], i('axis', 0)),
      ...reshaped('c'),
    ],
    9,
  ],
  [
    'a list that is turned round',
    [
      node('Slice', ['[2,1]', '[-1]', '[-9]', '[0]', '[-1]'], ['r']),
      node('Slice', ['r', '[1]', '[9]'], ['n']),
      node('Mul', ['n', '[3]'], ['m']),
      node('Concat', ['[-1]', 'm'], ['c'], i('axis', 0)),
      ...reshaped('c'),
    ],
  ],
  [
    'sums, quotients and differences',
    [
      shape('s'),
      node('Gather', ['s', '[2,1]'], ['g']),
      node('Add', ['g', '2'], ['a']),
      node('Div', ['a', '2'], ['d']),
      node('Sub', ['d', '[-1]'], ['e']),
      node('Slice', ['e', '[0]', '[1]'], ['f']),
      node('Mul', ['f', '[2]'], ['h']),
      node('Concat', ['[-1]', 'h'], ['c'], i('axis', 0)),
      ...reshaped('c'),
    ],
  ],
  [
    'a matrix of sizes that is cut and turned',
    [
      node('ConstantOfShape', ['[2]'], ['z'], t('value', integers('', [6]))),
      node('Concat', ['[-1]', 'z', '[-1]'], ['c'], i('axis', 0)),
      node('Reshape', ['c', '[2,-1]'], ['m']),
      node('Transpose', ['m'], ['n'], ints('perm', [1, 0])),
      node('Slice', ['n', '[0]', '[1]', '[0]'], ['o']),
      node('Reshape', ['o', '[-1]'], ['p']),
      ...reshaped('p'),
    ],
  ],
  [
    'sizes that are stated',
    [node('Identity', ['short'], ['k2']), node('Cast', ['k2'], ['c'], i('to', 7)), ...reshaped('c')],
  ],
  [
    'a single size without its dimension',
    [
      shape('s'),
      node('Slice', ['s', '[0]', '[1]'], ['n']),
      node('Squeeze', ['n', '[0]'], ['m']),
      node('Unsqueeze', ['m', '[0]'], ['u']),
      node('Concat', ['u', '[6]'], ['c'], i('axis', 0)),
      ...reshaped('c'),
    ],
  ],
  [
    'a part of the shape that the operator takes',
    [node('Shape', ['x'], ['n'], i('end', 1)), node('Concat', ['n', '[6]'], ['c'], i('axis', 0)), ...reshaped('c')],
  ],
];

const flat = node('Reshape', ['x', 'flat'], ['k']);
const hidden = [flat, last('k', 'h')];
const behind = [...hidden, node('Relu', ['h'], ['r'])];
const end = (from: string) => node('Gemm', [from, 'v', 'b'], ['y']);

/** What is done to each feature, of a layer before its Relu or behind it. */
const FEATURES: [string, Uint8Array[]][] = [
  ['a factor of each feature', [...hidden, node('Mul', ['h', 'b'], ['y'])]],
  ['a factor that comes first, of one row', [...hidden, node('Mul', ['row', 'h'], ['y'])]],
  ['one factor of all', [...hidden, node('Mul', ['h', 'scalar'], ['y'])]],
  [
    'a factor, and an offset that is no bias',
    [...hidden, node('Mul', ['h', 'one'], ['m']), node('Add', ['m', 'b'], ['y'])],
  ],
  ['two biases', [...hidden, node('Add', ['h', 'b'], ['m']), node('Add', ['m', 'row'], ['y'])]],
  [
    'a normalisation in its parts',
    [...hidden, node('Sub', ['h', 'b'], ['m']), node('Mul', ['m', 'row'], ['n']), node('Add', ['n', 'one'], ['y'])],
  ],
  [
    'a normalisation in its parts behind the Relu',
    [
      ...behind,
      node('Sub', ['r', 'b'], ['m']),
      node('Mul', ['m', 'row'], ['n']),
      node('Add', ['n', 'one'], ['o']),
      end('o'),
    ],
  ],
  ['an offset behind the Relu', [...behind, node('Add', ['scalar', 'r'], ['m']), end('m')]],
];

const REFUSED: [string, Uint8Array[], RegExp][] = [
  [
    'the number of rows in a sum',
    [shape('s'), node('Add', ['s', '1'], ['c']), ...reshaped('c')],
    /\(Add\) computes with the number of rows/,
  ],
  ['rows in another place', [shape('s'), ...reshaped('s')], /\(Reshape\) makes \[rows,2,3\] of/],
  [
    'rows as features',
    [shape('s'), node('Slice', ['s', '[0]', '[2]'], ['c']), ...reshaped('c')],
    /\(Reshape\) makes \[rows,2\] of/,
  ],
  [
    'a size that is not there',
    [shape('s'), node('Gather', ['s', '3'], ['n']), ...reshaped('n')],
    /takes a size that is not there/,
  ],
  [
    'sizes by nothing',
    [shape('s'), node('Gather', ['s', '1'], ['a']), node('Div', ['a', '0'], ['n']), ...reshaped('n')],
    /\(Div\) makes no short list/,
  ],
  [
    'a list that is too long',
    [node('ConstantOfShape', ['[1]'], ['z']), ...reshaped('z')],
    /\(ConstantOfShape\) makes no short list/,
  ],
  [
    'lists of different lengths',
    [shape('s'), node('Mul', ['[0,1]', 's'], ['n']), ...reshaped('n')],
    /computes with the number of rows/,
  ],
  [
    'lists of other lengths',
    [node('Concat', ['[0,1]', '[2]'], ['n'], i('axis', 0)), node('Mul', ['[0,1]', 'n'], ['m']), ...reshaped('m')],
    /computes with 2 and 3 sizes/,
  ],
  [
    'sizes as floats',
    [shape('s'), node('Cast', ['s'], ['f'], i('to', 1)), ...reshaped('f')],
    /\(Cast\) makes floats of sizes/,
  ],
  [
    'sizes of several dimensions in a list',
    [shape('s'), node('Unsqueeze', ['s', '[0]'], ['u']), ...reshaped('u')],
    /\(Unsqueeze\) changes the dimensions/,
  ],
  [
    'a step of two',
    [node('Slice', ['short', '[0]', '[2]', '[0]', '[2]'], ['n']), ...reshaped('n')],
    /\(Slice\) cuts sizes along another axis/,
  ],
  ['the shape of what was padded', [node('Pad', ['x', 'pads'], ['k'])], /pads 3 dimensions/],
  [
    'a factor before the first layer',
    [flat, node('Mul', ['k', 'half'], ['m']), last('m')],
    /\(Mul\) multiplies values that are not those of a layer/,
  ],
  [
    'a difference before the first layer',
    [flat, node('Sub', ['k', 'half'], ['m']), last('m')],
    /\(Sub\) subtracts from values/,
  ],
  ['rows that are subtracted', [...hidden, node('Sub', ['b', 'h'], ['y'])], /\(Sub\) subtracts the rows/],
  ['a quotient', [...hidden, node('Div', ['h', 'b'], ['y'])], /\(Div\) is not read/],
  ['a factor of each row', [...hidden, node('Mul', ['h', 'column'], ['y'])], /multiplies \[2,1\] to rows of 2/],
  ['factors of other features', [...hidden, node('Mul', ['h', 'three'], ['y'])], /multiplies \[3\] to rows of 2/],
  ['a factor that rows make', [...hidden, node('Mul', ['h', 'h'], ['y'])], /no constant tensor as "h"/],
  ['factors behind the last Relu', [...behind, node('Mul', ['r', 'b'], ['y'])], /Relu on the last layer/],
  [
    'a Relu behind them',
    [...behind, node('Mul', ['r', 'b'], ['m']), node('Relu', ['m'], ['n']), end('n')],
    /follows another Relu/,
  ],
];

const build = (nodes: Uint8Array[], opset = 17) =>
  onnx({
    nodes,
    initializers: [...INITIALIZERS, integers('flat', [-1, 6]), integers('pads', [0, 1, 0, 0, 1, 0])],
    inputs: [value('x', [undefined, 2, 3])],
    opsets: [['', opset]],
  });
const ROWS = 4;
const rows = Float32Array.from({ length: 6 * ROWS }, (_, k) => number(k + 77));

describe('what a graph computes of constants and of each feature', () => {
  const cases = [...SIZES, ...FEATURES.map(([name, nodes]) => [name, nodes] as const)];
  for (const [name, nodes, opset] of cases as typeof SIZES) {
    it(`is read as ONNX Runtime computes it: ${name}`, async () => {
      const bytes = build(nodes, opset);
      const { y } = await runOnnxTensor(bytes, rows, [ROWS, 2, 3]);
      const found = floatForward(readAnyFloatModel([{ name: 'a.onnx', bytes }]).model, rows);
      assert.equal(found.length, y.length);
      y.forEach((one, k) => {
        assert.ok(Math.abs(one - found[k]) < 1e-6, `${k}: ${found[k]}, not ${one}`);
      });
    });
  }

  for (const [name, nodes, message] of REFUSED) {
    it(`is refused: ${name}`, () => {
      assert.throws(
        () => readAnyFloatModel([{ name: 'a.onnx', bytes: build(nodes) }]),
        (error: unknown) => error instanceof DescentError && message.test(error.message),
      );
    });
  }
});

describe('zeros by a Pad', () => {
  const parts = {
    initializers: [
      floats(
        'a.weight',
        [2, 1, 3, 3],
        Array.from({ length: 18 }, (_, k) => number(k)),
      ),
      floats('a.bias', [2], [0.1, -0.1]),
      floats(
        'w',
        [2 * 36, 2],
        Array.from({ length: 144 }, (_, k) => number(k + 40)),
      ),
      floats('zero', [], [0]),
      floats('half', [], [0.5]),
      floats('channels', [1, 2, 1, 1], [2, 3]),
      integers('pads', [0, 0, 2, 1, 0, 0, 0, 1]),
      integers('rest', [0, 0, 0, 0, 0, 0, 0, 0]),
      integers('channel', [0, 1, 1, 1, 0, 0, 1, 1]),
      integers('negative', [0, 0, -1, -1, 0, 0, 3, 3]),
      integers('axes', [2, 3]),
      integers('last', [2, 1, 0, 1]),
    ],
    inputs: [value('x', [undefined, 1, 6, 6])],
  };
  const pad = (...inputs: string[]) => node('Pad', ['x', ...inputs], ['p']);
  const rest = (...between: Uint8Array[]) => [
    ...between,
    torchConv([between.length > 0 ? 'q' : 'p', 'a.weight', 'a.bias'], 'a', 3),
    node('Relu', ['a'], ['b']),
    node('Flatten', ['b'], ['c']),
    node('MatMul', ['c', 'w'], ['y']),
  ];
  const pictures = Float32Array.from({ length: 2 * 36 }, (_, k) => number(k + 9));
  const laidOut = Float32Array.from({ length: 2 * 64 }, (_, k) => {
    const [row, y, x] = [Math.floor(k / 64), Math.floor(k / 8) % 8, k % 8];
    return y < 6 && x < 6 ? pictures[36 * row + 6 * y + x] : 0;
  });

  for (const [name, nodes, opset] of [
    ['stated', [pad('pads'), ...rest()], 17],
    ['with a value', [pad('pads', 'zero'), ...rest(node('Identity', ['p'], ['q']))], 17],
    ['as it was before', [node('Pad', ['x'], ['p'], ints('pads', [0, 0, 2, 1, 0, 0, 0, 1])), ...rest()], 10],
  ] as [string, Uint8Array[], number][]) {
    it(`are those of the next convolution: ${name}`, async () => {
      const bytes = onnx({ nodes, ...parts, opsets: [['', opset]] });
      const { y } = await runOnnxTensor(bytes, pictures, [2, 1, 6, 6]);
      const found = floatForward(readAnyFloatModel([{ name: 'a.onnx', bytes }]).model, laidOut);
      assert.equal(found.length, y.length);
      y.forEach((one, k) => {
        assert.ok(Math.abs(one - found[k]) < 1e-5, `${k}: ${found[k]}, not ${one}`);
      });
    });
  }

  const refused: [string, Uint8Array[], RegExp][] = [
    ['other values', [pad('pads', 'half'), ...rest()], /something else than zeros/],
    [
      'another mode',
      [node('Pad', ['x', 'pads'], ['p'], attribute.s('mode', 'reflect')), ...rest()],
      /something else than zeros/,
    ],
    ['chosen axes', [pad('last', '', 'axes'), ...rest()], /something else than zeros/],
    ['channels of zeros', [pad('channel'), ...rest()], /pads 4 dimensions by \[0,1,1,1/],
    ['fewer pixels', [pad('negative'), ...rest()], /pads 4 dimensions by/],
    ['two of them', [pad('pads'), ...rest(node('Pad', ['p', 'rest'], ['q']))], /zeros around them/],
    [
      'an average',
      [pad('pads'), ...rest(node('GlobalAveragePool', ['p'], ['q']))],
      /\(GlobalAveragePool\) reads pictures with zeros/,
    ],
    [
      'their shape',
      [pad('pads'), node('Shape', ['p'], ['s']), ...rest()],
      /\(Shape\) takes sizes that the graph does not state/,
    ],
    [
      'padding that depends on the size',
      [
        pad('pads'),
        node('Conv', ['p', 'a.weight'], ['y'], attribute.s('auto_pad', 'SAME_UPPER'), ints('kernel_shape', [3, 3])),
      ],
      /padded twice/,
    ],
  ];
  for (const [name, nodes, message] of refused) {
    it(`are refused: ${name}`, () => {
      const opsets: [string, number][] = [['', name === 'chosen axes' ? 18 : 17]];
      assert.throws(
        () => readAnyFloatModel([{ name: 'a.onnx', bytes: onnx({ nodes, ...parts, opsets }) }]),
        (error: unknown) => error instanceof DescentError && message.test(error.message),
      );
    });
  }
});
