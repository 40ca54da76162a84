import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { CapacityError } from '../../src/errors/CapacityError.ts';
import { InputError } from '../../src/errors/InputError.ts';
import { checkWeights } from '../../src/model/weights.ts';
import { SEED_MODULI } from '../../src/numbers/constants.ts';
import { R } from '../../src/numbers/field.ts';
import { seedOffset, seedTrace, seedWeights, weightsFromSeedTrace } from '../../src/training/seed.ts';

const bits = (n: number) => Math.ceil(Math.log2(n));
const shapes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 2, maxLength: 5 });
const seeds = fc.bigInt({ min: 0n, max: R - 1n });

describe('seedTrace', () => {
  it('satisfies v (x + off + 1) = 1 + q u and w = q - 1 - v at every padded index (protocol section 6)', () => {
    fc.assert(
      fc.property(shapes, seeds, (widths, seed) => {
        const { layers } = seedTrace(widths, seed);
        assert.equal(layers.length, widths.length - 1);
        layers.forEach(({ q, off, v, u, w }, l) => {
          assert.equal(q, SEED_MODULI[bits(widths[l])]);
          assert.equal(v.length, 2 ** (bits(widths[l]) + bits(widths[l + 1])));
          for (let x = 0; x < v.length; x++) {
            assert.ok(v[x] > 0 && v[x] < q && u[x] >= 0);
            assert.equal(BigInt(v[x]) * BigInt(x + off + 1), 1n + BigInt(q) * BigInt(u[x]));
            assert.equal(w[x], q - 1 - v[x]);
          }
        });
      }),
    );
  });

  it('holds at the largest index and offset that are allowed', () => {
    const widths = [4096, 256];
    let seed = 0n;
    while (seedOffset(seed, 4) < 2 ** 21 - 2 ** 12) seed++;
    const [{ q, off, v, u }] = seedTrace([4096, 64], seed).layers;
    const x = v.length - 1;
    assert.equal(BigInt(v[x]) * BigInt(x + off + 1), 1n + BigInt(q) * BigInt(u[x]));
    assert.throws(() => seedTrace(widths, seed), CapacityError);
  });

  it('uses the low 21 bits of Poseidon(seed, circuit layer), layers counted from the output', () => {
    // circomlib: Poseidon(1, 2), a published vector of the function
    const poseidon12 = 7853200120776062878684798364095072458815029376092732009249414926327459813530n;
    assert.equal(seedOffset(1n, 2), Number(poseidon12 % 2n ** 21n));
    const { layers } = seedTrace([2, 2, 2, 2], 1n);
    assert.deepEqual(
      layers.map(({ off }) => off),
      [2, 3, 4].map((layer) => seedOffset(1n, layer)),
    );
    assert.equal(seedTrace([2, 2], 1n).layers[0].off, seedOffset(1n, 4));
  });

  it('refuses seeds outside the field', () => {
    for (const seed of [-1n, R]) assert.throws(() => seedTrace([2, 2], seed), InputError);
  });
});

describe('seedWeights', () => {
  it('is v - (q - 1)/2 on real entries, 0 on padding, biases 0', () => {
    fc.assert(
      fc.property(shapes, seeds, (widths, seed) => {
        const weights = seedWeights(widths, seed, 5n);
        checkWeights(weights);
        assert.deepEqual(weightsFromSeedTrace(widths, seedTrace(widths, seed), 5n), weights);
        seedTrace(widths, seed).layers.forEach(({ q, v }, l) => {
          const { W, b } = weights.layers[l];
          const stride = W.length / b.length;
          assert.ok(b.every((x) => x === 0n));
          W.forEach((value, x) => {
            const real = x % stride < widths[l] && Math.floor(x / stride) < widths[l + 1];
            assert.equal(value, real ? BigInt(v[x]) - BigInt(q - 1) / 2n : 0n);
          });
        });
      }),
    );
  });

  it('spreads evenly over +-1/sqrt(2^a)', () => {
    const { W } = seedWeights([784, 128], 123456789n, 0n).layers[0];
    const bound = 2 ** 28 / 32; // a = 10
    const real = [...W].filter((w) => w !== 0n).map((w) => Number(w) / bound);
    assert.ok(real.length > 784 * 128 - 10);
    assert.ok(real.every((w) => Math.abs(w) <= 1));
    const mean = real.reduce((sum, w) => sum + w, 0) / real.length;
    const square = real.reduce((sum, w) => sum + w * w, 0) / real.length;
    assert.ok(Math.abs(mean) < 0.01, `mean ${mean}`);
    assert.ok(Math.abs(square - 1 / 3) < 0.01, `variance ${square}`);
  });

  it('differs with the seed', () => {
    assert.notDeepEqual(seedWeights([4, 4], 1n, 0n), seedWeights([4, 4], 2n, 0n));
  });
});
