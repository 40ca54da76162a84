import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { InputError } from '../../../src/errors/InputError.ts';
import { type MappingOptions, mapLayers } from '../../../src/model/import/mapping.ts';

type Shapes = Record<string, number[]>;

const map = (shapes: Shapes, options?: MappingOptions) =>
  mapLayers(new Map(Object.entries(shapes).map(([name, shape]) => [name, { shape }])), options);

/** Names of the weights in order, and the widths. */
const summary = (shapes: Shapes, options?: MappingOptions) => {
  const layers = map(shapes, options);
  return [layers.map(({ weight }) => weight), [layers[0].inputs, ...layers.map(({ outputs }) => outputs)]];
};

describe('mapLayers', () => {
  it('knows the names of common frameworks', () => {
    const cases: [Shapes, string[]][] = [
      [{ '10.bias': [3], '10.weight': [3, 5], '2.weight': [5, 4], '2.bias': [5] }, ['2.weight', '10.weight']],
      [
        { 'layers.0.weight': [5, 4], 'layers.0.bias': [5], 'layers.1.weight': [3, 5], 'layers.1.bias': [3] },
        ['layers.0.weight', 'layers.1.weight'],
      ],
      [
        { 'model.fc2.weight': [3, 5], 'model.fc2.bias': [3], 'model.fc1.weight': [5, 4], 'model.fc1.bias': [5] },
        ['model.fc1.weight', 'model.fc2.weight'],
      ],
      [{ 'layer1.weight': [5, 4], 'layer1.bias': [5], 'layer2.weight': [3, 5] }, ['layer1.weight', 'layer2.weight']],
      [
        { 'classifier.weight': [3, 5], 'classifier.bias': [3], 'hidden.weight': [5, 4], 'hidden.bias': [5] },
        ['hidden.weight', 'classifier.weight'],
      ],
      [
        { 'dense/kernel:0': [4, 5], 'dense/bias:0': [5], 'dense_1/kernel:0': [5, 3], 'dense_1/bias:0': [3] },
        ['dense/kernel:0', 'dense_1/kernel:0'],
      ],
      [
        { 'params.Dense_0.kernel': [4, 5], 'params.Dense_0.bias': [5], 'params.Dense_1.kernel': [5, 3] },
        ['params.Dense_0.kernel', 'params.Dense_1.kernel'],
      ],
      [{ coefs_0: [4, 5], intercepts_0: [5], coefs_1: [5, 3], intercepts_1: [3] }, ['coefs_0', 'coefs_1']],
      [{ W1: [5, 4], b1: [5], W2: [3, 5], b2: [3] }, ['W1', 'W2']],
      [{ W1: [4, 5], b1: [5], W2: [5, 3], b2: [3] }, ['W1', 'W2']],
    ];
    for (const [shapes, order] of cases) assert.deepEqual(summary(shapes), [order, [4, 5, 3]], JSON.stringify(shapes));
    assert.deepEqual(summary({ weight: [3, 4], bias: [3] }), [['weight'], [4, 3]]);
  });

  it('reads square layers by the convention of their names, and asks where there is none', () => {
    const square = (name: string) => ({ [`a.${name}`]: [4, 4], 'a.bias': [4] });
    assert.equal(map(square('weight'))[0].orientation, 'out-in');
    assert.equal(map(square('kernel'))[0].orientation, 'in-out');
    assert.throws(() => map(square('W')), /in 2 ways/);
    assert.equal(map(square('W'), { orientation: 'in-out' })[0].orientation, 'in-out');
    assert.equal(map(square('weight'), { orientation: 'in-out' })[0].orientation, 'in-out');
  });

  it('asks when the order of the layers is open', () => {
    const shapes = { 'x.weight': [4, 4], 'y.weight': [4, 4], 'z.weight': [2, 4] };
    assert.throws(
      () => map(shapes),
      (error: unknown) => {
        assert.ok(error instanceof InputError);
        assert.match(
          error.message,
          /in 2 ways[\s\S]*explicit mapping[\s\S]*"x.weight" \[4,4\], "y.weight" \[4,4\], "z.weight"/,
        );
        return true;
      },
    );
    const layers = [{ weight: 'y.weight' }, { weight: 'x.weight' }, { weight: 'z.weight' }];
    assert.deepEqual(summary(shapes, { layers }), [
      ['y.weight', 'x.weight', 'z.weight'],
      [4, 4, 4, 2],
    ]);
  });

  it('takes an explicit mapping as it is, of names of any kind', () => {
    const shapes = { p: [4, 5], q: [5], r: [3, 5], s: [3], unrelated: [9, 9, 9] };
    const layers = [
      { weight: 'p', bias: 'q', orientation: 'in-out' as const },
      { weight: 'r', bias: 's', orientation: 'out-in' as const },
    ];
    assert.deepEqual(summary(shapes, { layers }), [
      ['p', 'r'],
      [4, 5, 3],
    ]);
    assert.throws(() => map(shapes, { layers: [{ weight: 't' }] }), /names "t", which is not there/);
    assert.throws(() => map(shapes, { layers: layers.toReversed() }), /do not make a network/);
    assert.throws(() => map(shapes, { layers: [] }), /0 layers/);
  });

  const refused: [string, Shapes, RegExp][] = [
    ['no tensors', {}, /0 layers[\s\S]*no tensors/],
    ['five layers', Object.fromEntries([0, 1, 2, 3, 4].map((k) => [`${k}.weight`, [2, 2]])), /5 layers/],
    ['numbers in an order that does not fit', { '0.weight': [3, 5], '1.weight': [5, 4] }, /do not make a network/],
    ['weights the other way round', { '0.weight': [4, 5], '1.weight': [5, 3] }, /state the orientation/],
    ['a bias of another length', { '0.weight': [3, 4], '0.bias': [4] }, /do not make a network/],
    ['a bias alone', { '0.weight': [3, 4], '1.bias': [3] }, /bias "1.bias" has no weight/],
    ['two biases of a layer', { '0.weight': [3, 4], '0.bias': [3], '0.b': [3] }, /two biases/],
    ['two weights of a layer', { '0.weight': [3, 4], '0.kernel': [4, 3] }, /two weights/],
    ['a convolution', { '0.weight': [8, 3, 5, 5], '0.bias': [8] }, /do not make a network/],
    ['a normalisation of rows', { '0.weight': [3, 4], 'bn.weight': [3], 'bn.bias': [3] }, /"bn.weight" is a vector/],
    ['statistics', { '0.weight': [3, 4], 'bn.running_mean': [3] }, /"bn.running_mean" is neither/],
    ['a name of a megabyte', { ['_'.repeat(1e6)]: [3, 4] }, /neither/],
  ];
  for (const [name, shapes, message] of refused) {
    it(`refuses ${name}`, () => {
      assert.throws(
        () => map(shapes),
        (error: unknown) => error instanceof InputError && message.test(error.message) && error.message.length < 5000,
      );
    });
  }

  it('gives layers that chain, or an InputError, for any names and shapes', () => {
    const word = fc.constantFrom('fc', 'weight', 'bias', 'kernel', 'W', 'b', '0', '1', '2', '.', '_', '/', ':0');
    const name = fc.array(word, { minLength: 1, maxLength: 5 }).map((words) => words.join(''));
    const shape = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(fc.dictionary(name, shape, { maxKeys: 6 }), (shapes) => {
        try {
          const layers = map(shapes);
          layers.slice(1).forEach((layer, l) => {
            assert.equal(layer.inputs, layers[l].outputs);
          });
        } catch (error) {
          assert.ok(error instanceof InputError, String(error));
        }
      }),
      { numRuns: 2000 },
    );
  });
});
