import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readFloatModel } from '../../../../src/model/import/floatModel.ts';
import { attribute, floats, node, type OnnxParts, onnx } from '../../../support/onnx.ts';

const INITIALIZERS = [
  floats('w', [3, 2], [1, -2, 3, 4, -5, 6]),
  floats('b', [2], [0.5, -1]),
  floats('v', [2, 2], [1, 2, -3, 4]),
  floats('u', [2, 1], [1, 2]),
  floats('unit', [], [1]),
  floats('half', [], [0.5]),
];
const read = (nodes: Uint8Array[], parts: Omit<OnnxParts, 'nodes'> = {}) =>
  readFloatModel([{ name: 'm.onnx', bytes: onnx({ nodes, initializers: INITIALIZERS, ...parts }) }]);

const { f, i, s } = attribute;
const start = [node('Gemm', ['x', 'w', 'b'], ['h']), node('Relu', ['h'], ['r'])];
const network = (...end: Uint8Array[]) => [
  ...start,
  node('MatMul', ['r', 'v'], [end.length === 0 ? 'y' : 'z']),
  ...end,
];
/** A network of one output, and 1 - p before its p, as scikit-learn has two classes. */
const single = (one: string, axis: number) => [
  ...start,
  node('MatMul', ['r', 'u'], ['z']),
  node('Sigmoid', ['z'], ['p']),
  node('Sub', [one, 'p'], ['q']),
  node('Concat', ['q', 'p'], ['y'], i('axis', axis)),
];

describe('the end of a graph', () => {
  it('is a head, and what changes no decision is left out', () => {
    const answers: [Uint8Array[], string | undefined, string[], string[]?][] = [
      [network(), undefined, []],
      [network(node('Softmax', ['z'], ['y'])), 'softmax', []],
      [network(node('LogSoftmax', ['z'], ['y'], i('axis', 1))), 'softmax', []],
      [network(node('Sigmoid', ['z'], ['y'])), 'sigmoid', []],
      [network(node('ArgMax', ['z'], ['y'], i('axis', -1))), undefined, ['ArgMax']],
      [network(node('Softmax', ['z'], ['y'])), 'softmax', [], ['z', 'y']],
      [
        network(
          node('Softmax', ['z'], ['p']),
          node('ArgMax', ['p'], ['a'], i('axis', 1)),
          node('Cast', ['a'], ['y'], i('to', 1)),
        ),
        'softmax',
        ['ArgMax', 'Cast'],
        ['y', 'p'],
      ],
      [
        network(node('ArgMax', ['z'], ['a'], i('axis', 1)), node('Softmax', ['z'], ['y'])),
        'softmax',
        ['ArgMax'],
        ['a', 'y'],
      ],
      [
        network(node('Sigmoid', ['z'], ['p']), node('ai.onnx.ml:Binarizer', ['p'], ['y'], f('threshold', 0.5))),
        'sigmoid',
        ['ai.onnx.ml.Binarizer'],
      ],
      // The first says what the outputs are; a second changes no decision.
      [network(node('Sigmoid', ['z'], ['p']), node('Softmax', ['p'], ['y'])), 'sigmoid', ['Softmax']],
    ];
    answers.push([single('unit', 1), 'sigmoid', ['Sub', 'Concat']]);
    for (const [nodes, head, leftOut, outputs] of answers) {
      const found = read(nodes, outputs && { outputs });
      assert.deepEqual([found.head?.head, found.leftOut], [head, leftOut]);
    }
    const wider = [node('Softmax', ['z'], ['p']), node('Cast', ['p'], ['y'], i('to', 11))];
    assert.deepEqual(read(network(...wider)).leftOut, ['Cast'], 'to doubles');
    assert.equal(read(network(node('Softmax', ['z'], ['y'])), { opsets: [['', 12]] }).head?.by, 'Softmax', 'axis 1');
  });

  const refused: [string, RegExp, Uint8Array[]][] = [
    [
      'two heads of the same outputs',
      /\(Sigmoid\) is a second head: the outputs go into Softmax too[\s\S]*one of them/,
      network(node('Softmax', ['z'], ['p']), node('Sigmoid', ['z'], ['y'])),
    ],
    [
      'probabilities cut to whole numbers',
      /\(Cast\) reads "p" after the last layer/,
      network(node('Softmax', ['z'], ['p']), node('Cast', ['p'], ['y'], i('to', 7))),
    ],
    [
      'what two outputs lack to 1',
      /\(Sub\) reads "p" after the last layer/,
      network(node('Sigmoid', ['z'], ['p']), node('Sub', ['unit', 'p'], ['y'])),
    ],
    [
      'a threshold other than a half',
      /\(ai\.onnx\.ml\.Binarizer\) reads "p" after/,
      network(node('Sigmoid', ['z'], ['p']), node('ai.onnx.ml:Binarizer', ['p'], ['y'], f('threshold', 0.25))),
    ],
    [
      'probabilities divided by the greatest',
      /\(ai\.onnx\.ml\.Normalizer\) reads "p" after/,
      network(node('Softmax', ['z'], ['p']), node('ai.onnx.ml:Normalizer', ['p'], ['y'])),
    ],
    [
      'a linear classifier after a layer',
      /\(ai\.onnx\.ml\.LinearClassifier\) follows another layer/,
      network(node('ai.onnx.ml:LinearClassifier', ['z'], ['a', 'y'])),
    ],
    [
      'a linear classifier with PROBIT',
      /makes PROBIT of its scores.*\n.*NONE, SOFTMAX and LOGISTIC/,
      [node('ai.onnx.ml:LinearClassifier', ['x'], ['a', 'y'], s('post_transform', 'PROBIT'))],
    ],
    [
      'a linear classifier without numbers',
      /has 0 coefficients and 0 intercepts for rows of 3/,
      [node('ai.onnx.ml:LinearClassifier', ['x'], ['a', 'y'])],
    ],
    ['a half less the probability', /\(Sub\) reads "p" after the last layer/, single('half', 1)],
    ['both of two classes in one column', /\(Concat\) works along axis 0/, single('unit', 0)],
  ];
  for (const [name, message, nodes] of refused) {
    it(`is refused: ${name}`, () => {
      assert.throws(() => read(nodes), { message });
    });
  }
});
