import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { floatForward, readFloatModel } from '../../../../src/model/import/floatModel.ts';
import {
  attribute,
  bytesField,
  floats,
  integers,
  message,
  node,
  type OnnxParts,
  onnx,
  TYPES,
  tensor,
  textField,
  value,
} from '../../../support/onnx.ts';

const INITIALIZERS = [
  floats('w', [3, 2], [1, -2, 3, 4, -5, 6]),
  floats('wt', [2, 3], [1, 3, -5, -2, 4, 6]),
  floats('b', [2], [0.5, -1]),
  floats('v', [2, 2], [1, 2, -3, 4]),
  floats('c', [1, 2], [7, 8]),
  floats('three', [3], [1, 2, 3]),
  floats('column', [2, 1], [1, 2]),
  floats('cube', [1, 3, 2], [1, 2, 3, 4, 5, 6]),
  floats('quarter', [], [0.25]),
  integers('rows', [-1, 3]),
  integers('twos', [-1, 2]),
  integers('zeros', [0, -1]),
  integers('flat', [-1]),
  integers('one', [1]),
  integers('cubes', [-1, 3, 1]),
  floats('u', [3, 1], [1, 2, 3]),
  tensor('yes', 9, [], bytesField(9, Uint8Array.of(1))),
  tensor('no', 9, [], bytesField(9, Uint8Array.of(0))),
];

const read = (nodes: Uint8Array[], parts: Omit<OnnxParts, 'nodes'> = {}) =>
  readFloatModel([{ name: 'm.onnx', bytes: onnx({ nodes, initializers: INITIALIZERS, ...parts }) }]);

const { f, i, ints, t } = attribute;
const first = (to: string, from = 'x') => node('Gemm', [from, 'w', 'b'], [to]);
const relu = (from: string, to: string) => node('Relu', [from], [to]);
const last = (from: string, to: string) => node('Gemm', [from, 'v', 'c'], [to]);
const network = (...end: Uint8Array[]) => [first('h'), relu('h', 'r'), last('r', end.length === 0 ? 'y' : 'z'), ...end];

const ROWS = [1, -0.5, 0.25, 2, 4, -8];
/** x W + b, no second layer. */
const LINEAR = [1, -2, 3, 4, -5, 6];
const outputsOf = (weight: number[], bias: number[]) =>
  [0, 3].flatMap((at) =>
    [0, 1].map((o) => bias[o] + [0, 1, 2].reduce((sum, k) => sum + ROWS[at + k] * weight[2 * k + o], 0)),
  );

describe('what a graph may say of one layer', () => {
  const plain = outputsOf(LINEAR, [0, 0]);
  const biased = outputsOf(LINEAR, [0.5, -1]);
  const cases: [string, Uint8Array[], number[], Omit<OnnxParts, 'nodes'>?][] = [
    ['Gemm', [first('y')], biased],
    ['Gemm without a bias', [node('Gemm', ['x', 'w'], ['y'])], plain],
    ['Gemm with an absent bias', [node('Gemm', ['x', 'w', ''], ['y'])], plain],
    ['Gemm with transB', [node('Gemm', ['x', 'wt', 'b'], ['y'], i('transB', 1))], biased],
    [
      'Gemm with factors',
      [node('Gemm', ['x', 'w', 'b'], ['y'], f('alpha', 0.5), f('beta', -2))],
      outputsOf(
        LINEAR.map((w) => w / 2),
        [-1, 2],
      ),
    ],
    ['Gemm with one number as bias', [node('Gemm', ['x', 'w', 'quarter'], ['y'])], outputsOf(LINEAR, [0.25, 0.25])],
    ['MatMul', [node('MatMul', ['x', 'w'], ['y'])], plain],
    ['MatMul and Add', [node('MatMul', ['x', 'w'], ['m']), node('Add', ['m', 'b'], ['y'])], biased],
    ['Add with the bias first', [node('MatMul', ['x', 'w'], ['m']), node('Add', ['b', 'm'], ['y'])], biased],
    [
      'a bias of one row',
      [node('MatMul', ['x', 'w'], ['m']), node('Add', ['m', 'c'], ['y'])],
      outputsOf(LINEAR, [7, 8]),
    ],
    [
      'a folded Transpose',
      [node('Transpose', ['wt'], ['t'], ints('perm', [1, 0])), node('Gemm', ['x', 't', 'b'], ['y'])],
      biased,
    ],
    [
      'a folded Transpose and transB',
      [node('Transpose', ['w'], ['t']), node('Gemm', ['x', 't', 'b'], ['y'], i('transB', 1))],
      biased,
    ],
    [
      'Constant nodes',
      [node('Constant', [], ['k'], t('value', floats('', [3, 2], LINEAR))), node('MatMul', ['x', 'k'], ['y'])],
      plain,
    ],
    ['an Identity of an initializer', [node('Identity', ['b'], ['k']), node('Gemm', ['x', 'w', 'k'], ['y'])], biased],
    [
      'a wider Cast of an initializer',
      [node('Cast', ['b'], ['k'], i('to', 11)), node('Gemm', ['x', 'w', 'k'], ['y'])],
      biased,
    ],
    [
      'a Flatten',
      [node('Flatten', ['x'], ['k']), first('y', 'k')],
      biased,
      { inputs: [value('x', [undefined, 1, 3])] },
    ],
    ['a Flatten from behind', [node('Flatten', ['x'], ['k'], i('axis', -1)), first('y', 'k')], biased],
    [
      'a Reshape',
      [node('Reshape', ['x', 'rows'], ['k']), first('y', 'k')],
      biased,
      { inputs: [value('x', [undefined, 3, 1])] },
    ],
    ['a Reshape with zeros', [node('Reshape', ['x', 'zeros'], ['k']), first('y', 'k')], biased],
    [
      'a Reshape to a Constant of integers',
      [node('Constant', [], ['s'], ints('value_ints', [-1, 3])), node('Reshape', ['x', 's'], ['k']), first('y', 'k')],
      biased,
    ],
    [
      'a Squeeze',
      [node('Squeeze', ['x', 'one'], ['k']), first('y', 'k')],
      biased,
      { inputs: [value('x', [undefined, 1, 3])] },
    ],
    [
      'a Squeeze before opset 13',
      [node('Squeeze', ['x'], ['k'], ints('axes', [1])), first('y', 'k')],
      biased,
      { inputs: [value('x', [2, 1, 3])], opsets: [['ai.onnx', 11]] },
    ],
    [
      'an Identity, a Dropout and a Cast',
      [
        node('Identity', ['x'], ['k']),
        node('Dropout', ['k', '', 'no'], ['d', 'mask']),
        node('Cast', ['d'], ['l'], i('to', 11)),
        first('y', 'l'),
      ],
      biased,
    ],
    [
      'initializers among the inputs',
      [first('y')],
      biased,
      {
        inputs: [value('w', [3, 2]), value('x', [undefined, 3]), value('b', [2])],
      },
    ],
    ['an open number of features', [first('y')], biased, { inputs: [value('x', [undefined, undefined])] }],
  ];
  for (const [name, nodes, outputs, parts] of cases) {
    it(`is read: ${name}`, () => {
      const { model, leftOut } = read(nodes, parts);
      assert.deepEqual([...floatForward(model, ROWS)], outputs);
      assert.deepEqual(leftOut, []);
    });
  }

  it('is read of up to four layers, whose weights may be shared', () => {
    const four = ['h', 'i', 'j'].flatMap((name, k) => [
      k === 0 ? first(name) : last(`${'hij'[k - 1]}r`, name),
      relu(name, `${name}r`),
    ]);
    assert.deepEqual(read([...four, last('jr', 'y')]).model.widths, [3, 2, 2, 2, 2]);
    assert.throws(() => read([...four, last('jr', 'z'), relu('z', 'zr'), last('zr', 'y')]), /\(Gemm\) is layer 5/);
  });
});

describe('a graph that is another function', () => {
  const x1 = { inputs: [value('x', [undefined, 1, 3])] };
  const refused: [string, RegExp, Uint8Array[], Omit<OnnxParts, 'nodes'>?][] = [
    [
      'Sigmoid between layers',
      /Node "aGemm" \(Gemm\) reads "r" after the last layer.*\n.*activation between layers is ReLU/,
      [first('h'), node('Sigmoid', ['h'], ['r']), last('r', 'y')],
    ],
    [
      'another activation',
      /\(Tanh\) is not read.*\n.*only activation is ReLU/,
      [first('h'), node('Tanh', ['h'], ['r']), last('r', 'y')],
    ],
    [
      'an operator of a runtime',
      /\(com\.microsoft\.FusedGemm\).*\n.*without the optimisations/,
      [node('com.microsoft:FusedGemm', ['x', 'w', 'b'], ['y'])],
    ],
    [
      'an operator of another domain by the same name',
      /\(own\.Relu\) is not read/,
      [first('h'), node('own:Relu', ['h'], ['r']), last('r', 'y')],
    ],
    ['an operator named as a property of objects', /\(constructor\) is not read/, [node('constructor', ['x'], ['y'])]],
    [
      'a scaler',
      /\(ai\.onnx\.ml\.Scaler\).*\n.*before, not inside/,
      [node('ai.onnx.ml:Scaler', ['x'], ['s']), first('y', 's')],
    ],
    [
      'a ReLU at the end',
      /graph comes after a Relu on the last layer.*\n.*without its last Relu/,
      [first('h'), relu('h', 'y')],
    ],
    [
      'a ReLU before the softmax',
      /Node "aSoftmax" \(Softmax\) comes after a Relu/,
      [first('h'), relu('h', 'r'), node('Softmax', ['r'], ['y'])],
    ],
    ['a ReLU on the rows', /\(Relu\) comes before the first layer/, [relu('x', 'k'), first('y', 'k')]],
    ['no ReLU between layers', /\(Gemm\) follows a layer without a Relu/, [first('h'), last('h', 'y')]],
    [
      'a skip connection',
      /\(Add\) reads "h", which is not.*\n.*skip connections/,
      [first('h'), relu('h', 'r'), last('r', 'z'), node('Add', ['z', 'h'], ['y'])],
    ],
    ['a branch', /\(Relu\) reads "h", which is not/, [first('h'), relu('h', 'r'), relu('h', 's'), last('s', 'y')]],
    ['a value from nowhere', /\(Gemm\) reads "q", which is not/, [first('y', 'q')]],
    ['rows that are transposed', /\(Gemm\) transposes the rows/, [node('Gemm', ['x', 'w'], ['y'], i('transA', 1))]],
    ['a weight on the left', /\(MatMul\) has its weight on the left/, [node('MatMul', ['v', 'x'], ['y'])]],
    ['a weight on the left of Gemm', /\(Gemm\) has its weight on the left/, [node('Gemm', ['v', 'x'], ['y'])]],
    ['a product of the rows with themselves', /no constant tensor as "x"/, [node('MatMul', ['x', 'x'], ['y'])]],
    ['a weight of three dimensions', /multiplies 2 dimensions by 3/, [node('MatMul', ['x', 'cube'], ['y'])]],
    ['rows that are not flat', /multiplies 3 dimensions by 2.*\n.*Flatten/, [first('y')], x1],
    ['rows of another length', /takes rows of 3, not 4/, [first('y')], { inputs: [value('x', [undefined, 4])] }],
    ['a bias of another length', /adds \[3\] to rows of 2/, [node('Gemm', ['x', 'w', 'three'], ['y'])]],
    ['a bias of each row', /adds \[2,1\] to rows of 2/, [node('Gemm', ['x', 'w', 'column'], ['y'])]],
    [
      'an offset of the rows',
      /\(Add\) adds to values that are not/,
      [node('Add', ['x', 'three'], ['k']), first('y', 'k')],
    ],
    [
      'a Dropout that trains',
      /\(Dropout\) is in training mode/,
      [node('Dropout', ['x', '', 'yes'], ['k']), first('y', 'k')],
    ],
    [
      'a Cast that rounds',
      /\(Cast\) rounds values from ONNX type 1 to 10/,
      [node('Cast', ['x'], ['k'], i('to', 10)), first('y', 'k')],
    ],
    [
      'a Cast to integers',
      /\(Cast\) rounds values from ONNX type 1 to 7/,
      [node('Cast', ['x'], ['k'], i('to', 7)), first('y', 'k')],
    ],
    [
      'a Flatten of the rows too',
      /\(Flatten\) flattens from axis 0/,
      [node('Flatten', ['x'], ['k'], i('axis', 0)), first('y', 'k')],
    ],
    [
      'a Reshape to other rows',
      /\(Reshape\) makes \[-1,2\] of \[\?,3\]/,
      [node('Reshape', ['x', 'twos'], ['k']), last('k', 'y')],
    ],
    [
      'a Reshape that joins the rows',
      /\(Reshape\) makes \[-1\]/,
      [node('Reshape', ['x', 'flat'], ['k']), first('y', 'k')],
    ],
    [
      'a Reshape to nothing',
      /\(Reshape\) makes \[0,-1\]/,
      [node('Reshape', ['x', 'zeros'], ['k'], i('allowzero', 1)), first('y', 'k')],
    ],
    [
      'a Reshape of open sizes',
      /makes \[-1,3\] of \[\?,\?\]/,
      [node('Reshape', ['x', 'rows'], ['k']), first('y', 'k')],
      { inputs: [value('x', [undefined, undefined])] },
    ],
    ['a Reshape to floats', /"b" is no short list/, [node('Reshape', ['x', 'b'], ['k']), first('y', 'k')]],
    [
      'a Squeeze of whatever is 1',
      /\(Squeeze\) removes a dimension/,
      [node('Squeeze', ['x'], ['k']), first('y', 'k')],
      x1,
    ],
    [
      'a Squeeze of the rows',
      /\(Squeeze\) removes a dimension/,
      [node('Squeeze', ['x'], ['k'], ints('axes', [0])), first('y', 'k')],
      { opsets: [['', 11]] },
    ],
    [
      'a computed weight',
      /\(Mul\) computes on constants/,
      [node('Mul', ['w', 'w'], ['k']), node('MatMul', ['x', 'k'], ['y'])],
    ],
    [
      'a weight that is drawn',
      /\(RandomNormal\) computes on constants/,
      [node('RandomNormal', [], ['k']), node('MatMul', ['x', 'k'], ['y'])],
    ],
    [
      'a Transpose that is none',
      /\(Transpose\) computes on constants/,
      [node('Transpose', ['v'], ['k'], ints('perm', [0, 1])), node('Gemm', ['x', 'k'], ['y'])],
    ],
    [
      'a sparse Constant',
      /\(Constant\) holds no dense tensor/,
      [node('Constant', [], ['k']), node('MatMul', ['x', 'k'], ['y'])],
    ],
    [
      'a layer after the softmax',
      /\(Gemm\) reads "z" after the last layer/,
      [first('h'), node('Softmax', ['h'], ['z']), last('z', 'y')],
    ],
    ['a softmax over the rows', /\(Softmax\) works along axis 0/, network(node('Softmax', ['z'], ['y'], i('axis', 0)))],
    ['an answer over the rows', /\(ArgMax\) works along axis 0/, network(node('ArgMax', ['z'], ['y']))],
    [
      'the last of equal answers',
      /\(ArgMax\) answers the last of equal classes/,
      network(node('ArgMax', ['z'], ['y'], i('axis', 1), i('select_last_index', 1))),
    ],
    [
      'columns of the probabilities',
      /\(ai\.onnx\.ml\.ArrayFeatureExtractor\) reads "p"/,
      network(node('Softmax', ['z'], ['p']), node('ai.onnx.ml:ArrayFeatureExtractor', ['p', 'one'], ['y'])),
    ],
    ['a softmax of another value', /\(Softmax\) reads "h" after/, network(node('Softmax', ['h'], ['y']))],
    [
      'rows of an answer',
      /\(ai\.onnx\.ml\.ArrayFeatureExtractor\) reads "a"/,
      network(
        node('ArgMax', ['z'], ['a'], i('axis', 1)),
        node('ai.onnx.ml:ArrayFeatureExtractor', ['a', 'one'], ['y']),
      ),
    ],
    [
      'a softmax over one output of all rows',
      /\(Softmax\) works along axis 1/,
      [node('MatMul', ['x', 'u'], ['h']), node('Squeeze', ['h', 'one'], ['z']), node('Softmax', ['z'], ['y'])],
    ],
    [
      'a Cast between halves',
      /\(Cast\) rounds values from ONNX type 10 to 16/,
      [node('Cast', ['x'], ['k'], i('to', 16)), first('y', 'k')],
      { inputs: [value('x', [undefined, 3], TYPES.F16)] },
    ],
    [
      'a Squeeze of a single row',
      /\(Squeeze\) removes a dimension/,
      [node('Squeeze', ['x'], ['k'], ints('axes', [0])), first('y', 'k')],
      { inputs: [value('x', [1, 3])], opsets: [['', 11]] },
    ],
    [
      'a Squeeze of more than 1',
      /\(Squeeze\) removes a dimension/,
      [node('Squeeze', ['x', 'one'], ['k']), first('y', 'k')],
      { inputs: [value('x', [undefined, 2, 3])] },
    ],
    [
      'a Reshape to three dimensions',
      /\(Reshape\) makes \[-1,3,1\]/,
      [node('Reshape', ['x', 'cubes'], ['k']), first('y', 'k')],
    ],
    [
      'a Reshape that joins rows of open sizes',
      /\(Reshape\) makes \[-1\] of \[\?,\?\]/,
      [node('Reshape', ['x', 'flat'], ['k']), first('y', 'k')],
      { inputs: [value('x', [undefined, undefined])] },
    ],
    ['no layer', /graph comes to its end without a layer/, [node('Identity', ['x'], ['y'])]],
    ['an output inside', /output "r" is not what its last layer gives/, network(), { outputs: ['y', 'r'] }],
    ['two inputs', /has 2 inputs/, network(), { inputs: [value('x', [undefined, 3]), value('q', [1])] }],
    [
      'integers as input',
      /input "x" is not a batch of rows of floats/,
      network(),
      { inputs: [value('x', [undefined, 3], TYPES.I64)] },
    ],
    ['an input of one dimension', /not a batch of rows/, network(), { inputs: [value('x', [3])] }],
    ['an input of no stated shape', /not a batch of rows/, network(), { inputs: [value('x', null)] }],
  ];
  for (const [name, says, nodes, parts] of refused) {
    it(`is refused: ${name}`, () => assert.throws(() => read(nodes, parts), { message: says }));
  }

  it('is read where the file says twice which version of the operators it means, as skl2onnx does', () => {
    assert.deepEqual(
      read(network(), {
        opsets: [
          ['', 17],
          ['ai.onnx', 17],
        ],
      }).model,
      read(network()).model,
    );
  });

  it('is refused when the file contradicts itself or says what nobody knows', () => {
    const opsets =
      (...list: [string, number][]) =>
      () =>
        read(network(), { opsets: list });
    const named =
      (...nodes: Uint8Array[]) =>
      () =>
        read(nodes);
    const own = (domain: string) => [bytesField(25, message(textField(1, 'Relu'), textField(10, domain)))];
    for (const [attempt, says] of [
      [opsets(['', 6]), /opset 6; 7 to 26/],
      [opsets(['', 27]), /opset 27; 7 to 26/],
      [opsets(['ai.onnx.ml', 3]), /names 0 versions/],
      [opsets(['', 13], ['ai.onnx', 17]), /names 2 versions/],
      [() => read(network(), { more: own('') }), /own meaning of the operator "Relu"/],
      [() => read(network(), { more: own('ai.onnx.ml') }), /own meaning of the operator "Relu"/],
      [() => read(network(), { outputs: [] }), /no output/],
      [() => read(network(), { initializers: [...INITIALIZERS, ...INITIALIZERS] }), /Two initializers are named "w"/],
      [
        named(first('y'), node('Constant', [], ['y'], t('value', floats('', [1], [1])))),
        /Two nodes make the value "y"/,
      ],
      [named(node('Constant', [], ['w'], t('value', floats('', [3, 2], LINEAR))), first('y')), /Two nodes make/],
      [named(node('Gemm', ['x', 'w'], [])), /\(Gemm\) has no output/],
      [named(node('Gemm', ['x', 'w'], ['y'], f('alpha', Number.NaN))), /alpha of Node "aGemm" \(Gemm\) is NaN/],
      [named(node('Gemm', ['x', 'w'], ['y'], i('alpha', 1))), /alpha .* of another type/],
      [named(node('Gemm', ['x', 'w'], ['y'], i('transB', 0), i('transB', 0))), /transB .* comes twice/],
      [named(node('Gemm', ['x', 'w'], ['y'], f('alphA', 2))), /\(Gemm\) has an attribute "alphA", which is not known/],
      [
        named(first('h'), node('Relu', ['h', 'b'], ['r']), last('r', 'y')),
        /\(Relu\) has 2 inputs and 1 outputs; at most 1/,
      ],
      [named(node('Gemm', ['x', 'w'], ['y', 'more'])), /\(Gemm\) has 2 inputs and 2 outputs; at most 3 and 1/],
      [named(node('Transpose', ['w'], ['k'], ints('perm', Array(65).fill(1))), first('y')), /perm .* too long/],
    ] as const) {
      assert.throws(attempt, { message: says });
    }
    assert.deepEqual(
      read(network(), { more: own('pkg.torch') }).model.widths,
      [3, 2, 2],
      'a function of another domain',
    );
  });
});
