import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { MERGE_LIMIT, mergeWeights } from '../../src/model/merge.ts';
import { type Weights, zeroWeights } from '../../src/model/weights.ts';
import { WEIGHT_LIMIT } from '../../src/numbers/constants.ts';

const MOST = WEIGHT_LIMIT - 1n;
const weight = fc.oneof(fc.constantFrom(-WEIGHT_LIMIT, MOST, 0n, -1n), fc.bigInt({ min: -WEIGHT_LIMIT, max: MOST }));
const factor = fc.oneof(
  fc.constantFrom(1 - MERGE_LIMIT, MERGE_LIMIT - 1, 0, 1 << 14),
  fc.integer({ min: 1 - MERGE_LIMIT, max: MERGE_LIMIT - 1 }),
);

/** A model 1-1: one weight and one bias. */
function model(W: bigint, b: bigint): Weights {
  const weights = zeroWeights({ widths: [1, 1], head: 'squared error' }, 0n);
  weights.layers[0].W[0] = W;
  weights.layers[0].b[0] = b;
  return weights;
}

describe('mergeWeights', () => {
  it('is exact over all weights and coefficients: 2^14 x = M + 2^13 - rest, or refused', () => {
    const parents = fc.array(fc.tuple(weight, weight, factor), { minLength: 2, maxLength: 8 });
    let refused = 0;
    fc.assert(
      fc.property(parents, (all) => {
        const sums = [0, 1].map((k) =>
          all.reduce((sum, parent) => sum + (parent[k] as bigint) * BigInt(parent[2]), 0n),
        );
        const expected = sums.map((sum) => (sum + (1n << 13n)) >> 14n);
        const run = () =>
          mergeWeights(
            all.map(([W, b]) => model(W, b)),
            [all.map(([, , a]) => a)],
            7n,
          );
        if (expected.some((x) => x < -WEIGHT_LIMIT || x > MOST)) {
          refused++;
          assert.throws(run, /merged model is .*, outside \[-2\^15, 2\^15\)/);
          return;
        }
        const { child, rest } = run();
        assert.deepEqual([child.layers[0].W[0], child.layers[0].b[0]], expected);
        [rest[0].W[0], rest[0].b[0]].forEach((own, k) => {
          assert.equal(BigInt(own), sums[k] + (1n << 13n) - (expected[k] << 14n));
          assert.ok(own >= 0 && own < 2 ** 14);
        });
      }),
      { numRuns: 2000 },
    );
    assert.ok(refused > 100, `${refused} of 2000 are out of range`);
  });

  it('keeps sums apart that would leave 64 bits on the way', () => {
    const top = MERGE_LIMIT - 1;
    const parents = [MOST, MOST, MOST, MOST, MOST, MOST, MOST, MOST].map((x) => model(x, -x));
    const coefficients = [[top, top, top, top, -top, -top, -top, 1 - top]];
    const { child } = mergeWeights(parents, coefficients, 0n);
    assert.equal(child.layers[0].W[0], (MOST + (1n << 13n)) >> 14n);
  });
});
