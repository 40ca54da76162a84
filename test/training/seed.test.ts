import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { poseidon2 } from 'poseidon-lite/poseidon2';
import { CapacityError } from '../../src/errors/CapacityError.ts';
import { InputError } from '../../src/errors/InputError.ts';
import { checkWeights } from '../../src/model/weights.ts';
import { SEED_MODULI } from '../../src/numbers/constants.ts';
import { R } from '../../src/numbers/field.ts';
import { seedNumbers, seedTrace, seedWeights, weightsFromSeedTrace } from '../../src/training/seed.ts';

const bits = (n: number) => Math.ceil(Math.log2(n));
const shapes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 2, maxLength: 5 });
const seeds = fc.bigInt({ min: 0n, max: R - 1n });

/** A value of two limbs. */
const whole = (low: Int32Array, high: Int32Array, x: number) => low[x] + 2 ** 16 * high[x];

describe('seedTrace', () => {
  it('satisfies v (x + off + 1) = factor + q u and w = q - 1 - v in limbs at every padded index (protocol section 6)', () => {
    fc.assert(
      fc.property(shapes, seeds, (widths, seed) => {
        const { layers } = seedTrace(widths, seed);
        assert.equal(layers.length, widths.length - 1);
        layers.forEach(({ q, off, factor, ...limbs }, l) => {
          const { v0, v1, w0, w1, u0, u1 } = limbs;
          assert.equal(q, SEED_MODULI[bits(widths[l])]);
          for (const limb of Object.values(limbs)) {
            assert.equal(limb.length, 2 ** (bits(widths[l]) + bits(widths[l + 1])));
            assert.ok(limb.every((value) => value >= 0 && value < 2 ** 16));
          }
          for (let x = 0; x < v0.length; x++) {
            const [v, u, w] = [whole(v0, v1, x), whole(u0, u1, x), whole(w0, w1, x)];
            assert.ok(v > 0 && v < q);
            assert.equal(BigInt(v) * BigInt(x + off + 1), BigInt(factor) + BigInt(q) * BigInt(u));
            assert.equal(w, q - 1 - v);
          }
        });
      }),
    );
  });

  it('holds at a large index and offset, and refuses what is too large', () => {
    let seed = 0n;
    while (seedNumbers(seed, 4).off < 2 ** 26 - 2 ** 18) seed++;
    const [{ q, off, factor, v0, v1, u0, u1 }] = seedTrace([4096, 512], seed).layers;
    const x = v0.length - 1;
    assert.ok(x + off + 1 < q);
    assert.equal(BigInt(whole(v0, v1, x)) * BigInt(x + off + 1), BigInt(factor) + BigInt(q) * BigInt(whole(u0, u1, x)));
    assert.throws(() => seedTrace([4096, 4096], seed), CapacityError);
  });

  it('takes 52 bits of Poseidon(seed, 0) for each circuit layer, layers counted from the output', () => {
    const digest = poseidon2([1n, 0n]);
    for (const layer of [1, 2, 3, 4]) {
      const own = (digest >> BigInt(52 * (layer - 1))) % 2n ** 52n;
      const { off, factor } = seedNumbers(1n, layer);
      assert.equal(BigInt(off), own % 2n ** 26n);
      assert.equal(BigInt(factor), 1n + own / 2n ** 26n);
    }
    const numbers = ({ off, factor }: { off: number; factor: number }) => ({ off, factor });
    assert.deepEqual(
      seedTrace([2, 2, 2, 2], 1n).layers.map(numbers),
      [2, 3, 4].map((layer) => seedNumbers(1n, layer)),
    );
    assert.deepEqual(numbers(seedTrace([2, 2], 1n).layers[0]), seedNumbers(1n, 4));
  });

  it('refuses seeds outside the field', () => {
    for (const seed of [-1n, R]) assert.throws(() => seedTrace([2, 2], seed), InputError);
  });
});

describe('seedWeights', () => {
  it('is v - (q - 1)/2 on real entries, 0 on padding, biases 0', () => {
    fc.assert(
      fc.property(shapes, seeds, (widths, seed) => {
        const weights = seedWeights({ widths, head: 'squared error' }, seed, 5n);
        checkWeights(weights);
        assert.deepEqual(weightsFromSeedTrace({ widths, head: 'squared error' }, seedTrace(widths, seed), 5n), weights);
        seedTrace(widths, seed).layers.forEach(({ q, v0, v1 }, l) => {
          const { W, b } = weights.layers[l];
          const stride = W.length / b.length;
          assert.ok(b.every((x) => x === 0n));
          W.forEach((value, x) => {
            const real = x % stride < widths[l] && Math.floor(x / stride) < widths[l + 1];
            assert.equal(value, real ? BigInt(whole(v0, v1, x)) - BigInt(q - 1) / 2n : 0n);
          });
        });
      }),
    );
  });

  it('spreads evenly over +-1/sqrt(2^a)', () => {
    const { W } = seedWeights({ widths: [784, 128], head: 'squared error' }, 123456789n, 0n).layers[0];
    const bound = 2 ** 32 / 32; // a = 10
    const real = [...W].filter((w) => w !== 0n).map((w) => Number(w) / bound);
    assert.ok(real.length > 784 * 128 - 10);
    assert.ok(real.every((w) => Math.abs(w) <= 1));
    const mean = real.reduce((sum, w) => sum + w, 0) / real.length;
    const square = real.reduce((sum, w) => sum + w * w, 0) / real.length;
    assert.ok(Math.abs(mean) < 0.01, `mean ${mean}`);
    assert.ok(Math.abs(square - 1 / 3) < 0.01, `variance ${square}`);
  });

  it('differs with the seed', () => {
    assert.notDeepEqual(
      seedWeights({ widths: [4, 4], head: 'squared error' }, 1n, 0n),
      seedWeights({ widths: [4, 4], head: 'squared error' }, 2n, 0n),
    );
  });
});
