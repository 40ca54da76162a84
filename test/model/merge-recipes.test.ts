import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { InputError } from '../../src/errors/InputError.ts';
import { checkMerge, MERGE_ONE, mergeWeights } from '../../src/model/merge.ts';
import {
  averageCoefficients,
  exactCoefficients,
  slerpCoefficients,
  stackCoefficients,
  taskCoefficients,
} from '../../src/model/merge-recipes.ts';
import { type Weights, zeroWeights } from '../../src/model/weights.ts';
import { random, randomWeights } from '../training/helpers.ts';

const WIDTHS = [3, 4, 2];
const model = (seed: number) => randomWeights(WIDTHS, random(seed));
const sum = (row: readonly number[]) => row.reduce((total, a) => total + a, 0);

/** Every weight and bias of layer l as real numbers. */
function values({ layers }: Weights, l: number): number[] {
  return [...layers[l].W, ...layers[l].b].map((x) => Number(x) / 2 ** 32);
}

function assertClose(child: number[], expected: number[], within: number): void {
  assert.ok(child.length > 0);
  child.forEach((x, k) => {
    assert.ok(Math.abs(x - expected[k]) <= within, `${x} and ${expected[k]}`);
  });
}

describe('averageCoefficients', () => {
  it('sums to exactly 2^14 and is nearest to the shares', () => {
    assert.deepEqual(averageCoefficients(2, [1, 1]), [
      [8192, 8192],
      [8192, 8192],
    ]);
    assert.deepEqual(averageCoefficients(1, [1, 1, 1]), [[5462, 5461, 5461]]);
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.1, max: 100, noNaN: true }), { minLength: 2, maxLength: 8 }),
        (shares) => {
          const [row] = averageCoefficients(1, shares);
          assert.equal(sum(row), MERGE_ONE);
          row.forEach((a, i) => {
            assert.ok(Math.abs(a - (shares[i] / sum(shares)) * MERGE_ONE) < 1);
          });
        },
      ),
    );
  });

  it('gives the weighted mean of the parents', () => {
    const parents = [model(1), model(2), model(3)];
    const { child } = mergeWeights(parents, averageCoefficients(2, [2, 1, 1]), 0n);
    for (const l of [0, 1]) {
      const [x, y, z] = parents.map((parent) => values(parent, l));
      assertClose(
        values(child, l),
        x.map((_, k) => x[k] / 2 + y[k] / 4 + z[k] / 4),
        2 ** -32,
      );
    }
  });

  it('refuses other weights, and shares that round to nothing', () => {
    for (const weights of [[1], Array(9).fill(1), [0, 0], [1, -1], [1, Number.NaN], [1, Number.POSITIVE_INFINITY]]) {
      assert.throws(() => averageCoefficients(1, weights), InputError, `${weights}`);
    }
    assert.throws(() => averageCoefficients(1, [1, 1e-6]), /Parent 2 has no part/);
    assert.throws(() => averageCoefficients(0, [1, 1]), InputError);
  });
});

describe('taskCoefficients', () => {
  it('adds task vectors to the base, which keeps the rest', () => {
    const [base, x, y] = [model(1), model(2), model(3)];
    const coefficients = taskCoefficients(2, [0.5, -0.75]);
    assert.deepEqual(coefficients[0], [20480, 8192, -12288]);
    const { child } = mergeWeights([base, x, y], coefficients, 0n);
    const [b, p, q] = [base, x, y].map((parent) => values(parent, 1));
    assertClose(
      values(child, 1),
      b.map((_, k) => b[k] + 0.5 * (p[k] - b[k]) - 0.75 * (q[k] - b[k])),
      2 ** -32,
    );
  });

  it('sums to exactly 2^14 within bounds, or says which factor is too large', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -9, max: 9, noNaN: true }), { minLength: 1, maxLength: 7 }), (lambdas) => {
        try {
          const coefficients = taskCoefficients(2, lambdas);
          assert.ok(coefficients.every((row) => sum(row) === MERGE_ONE));
          checkMerge(
            Array.from({ length: lambdas.length + 1 }, () =>
              zeroWeights({ widths: WIDTHS, head: 'squared error' }, 0n),
            ),
            coefficients,
          );
        } catch (error) {
          assert.ok(error instanceof InputError && /\(-8, 8\)|no part/.test(error.message), String(error));
        }
      }),
    );
    assert.throws(() => taskCoefficients(1, [8]), /factor of a task is 8/);
    assert.throws(() => taskCoefficients(1, [-4, -4]), /left for the base is 9/);
    assert.throws(() => taskCoefficients(1, [1]), /Parent 1 has no part/);
    assert.throws(() => taskCoefficients(1, [Number.NaN]), InputError);
    assert.throws(() => taskCoefficients(1, []), /not 1/);
  });
});

describe('slerpCoefficients', () => {
  const length = (x: number[]) => Math.sqrt(x.reduce((total, v) => total + v * v, 0));

  it('turns every layer at even speed and keeps lengths between equals', () => {
    const first = model(1);
    const second = structuredClone(first);
    // The same numbers in another order: as long, in another direction.
    for (const { W, b } of second.layers) {
      W.set(Array.from(W).toReversed());
      b.set(Array.from(b).toReversed());
    }
    for (const t of [0.25, 0.5]) {
      const { child } = mergeWeights([first, second], slerpCoefficients([first, second], t), 0n);
      for (const l of [0, 1]) {
        const [x, y, c] = [first, second, child].map((w) => values(w, l));
        const angle = (p: number[], q: number[]) =>
          Math.acos(p.reduce((s, v, k) => s + v * q[k], 0) / length(p) / length(q));
        assert.ok(Math.abs(length(c) / length(x) - 1) < 1e-3);
        assert.ok(Math.abs(angle(x, c) - t * angle(x, y)) < 1e-3);
      }
    }
  });

  it('takes a t for each layer, and is symmetric', () => {
    const parents = [model(1), model(2)];
    const rows = slerpCoefficients(parents, [0.25, 1]);
    assert.deepEqual(rows[1], [0, MERGE_ONE]);
    assert.deepEqual(
      slerpCoefficients(parents.toReversed(), [0.75, 0]),
      rows.map((row) => row.toReversed()),
    );
  });

  it('is a straight line between nearly parallel layers and zeros', () => {
    const x = model(1);
    assert.deepEqual(slerpCoefficients([x, x], 0.25), Array(2).fill([12288, 4096]));
    assert.deepEqual(
      slerpCoefficients([x, zeroWeights({ widths: WIDTHS, head: 'squared error' }, 0n)], 0.5),
      Array(2).fill([8192, 8192]),
    );
    assert.equal(sum(slerpCoefficients([x, x], 0.1 / 3)[0]), MERGE_ONE);
  });

  it('refuses opposite layers, other shapes, counts and t', () => {
    const x = model(1);
    const opposite = structuredClone(x);
    for (const { W, b } of opposite.layers) {
      W.forEach((w, k) => {
        W[k] = -w;
      });
      b.forEach((w, k) => {
        b[k] = -w;
      });
    }
    assert.throws(() => slerpCoefficients([x, opposite], 0.5), /layer 1, whose parents are nearly opposite/);
    assert.throws(() => slerpCoefficients([x, randomWeights([3, 2], random(1))], 0.5), /one shape/);
    assert.throws(() => slerpCoefficients([x, x, x], 0.5), /not 3/);
    assert.throws(() => slerpCoefficients([x, x], [0.5]), /1 values of t were given for 2 layers/);
    for (const t of [-0.1, 1.1, Number.NaN]) assert.throws(() => slerpCoefficients([x, model(2)], t), /in 0..1/);
    assert.throws(() => slerpCoefficients([x, model(2)], 0), /Parent 2 has no part/);
  });
});

describe('stackCoefficients', () => {
  it('takes every layer whole from one parent', () => {
    const parents = [model(1), model(2)];
    const { child } = mergeWeights(parents, stackCoefficients(2, [1, 0]), 0n);
    assert.deepEqual(child.layers, [parents[1].layers[0], parents[0].layers[1]]);
  });

  it('refuses parents that are not there or give nothing', () => {
    for (const choice of [
      [0, 2],
      [0, -1],
      [0, 0.5],
    ])
      assert.throws(() => stackCoefficients(2, choice), /parents are 0..1/);
    assert.throws(() => stackCoefficients(2, [0, 0]), /Parent 2 has no part/);
    assert.throws(() => stackCoefficients(1, [0, 0]), /not 1/);
    assert.throws(() => stackCoefficients(2, []), InputError);
  });
});

describe('exactCoefficients', () => {
  it('takes them as they are', () => {
    const rows = [
      [-131071, 131071, 0],
      [1, 0, -1],
    ];
    assert.deepEqual(exactCoefficients(2, 3, rows), rows);
  });

  it('refuses what no registry stores', () => {
    assert.throws(() => exactCoefficients(2, 2, [[1, 2]]), /1 layers of coefficients were given for 2/);
    assert.throws(() => exactCoefficients(1, 2, [[1, 2, 3]]), /Layer 1 has 3 coefficients for 2 parents/);
    for (const wrong of [0.5, 131072, -131072, Number.NaN]) {
      assert.throws(() => exactCoefficients(1, 2, [[1, wrong]]), /A coefficient of layer 1/);
    }
    assert.throws(
      () =>
        exactCoefficients(2, 2, [
          [1, 0],
          [1, 0],
        ]),
      /Parent 2 has no part/,
    );
    assert.throws(() => exactCoefficients(1, 1, [[1]]), /not 1/);
  });
});
