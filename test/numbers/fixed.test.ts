import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { InputError } from '../../src/errors/InputError.ts';
import { ceilLog2, isPowerOfTwo } from '../../src/numbers/bits.ts';
import { fromFixed, roundProduct, toActivation, toFixed } from '../../src/numbers/fixed.ts';

describe('toFixed', () => {
  it('rounds halves upwards', () => {
    const cases: [number, number][] = [
      [0.5, 1],
      [-0.5, 0],
      [1.5, 2],
      [-1.5, -1],
      [0.49, 0],
      [-0.51, -1],
      [-0.2, 0],
    ];
    for (const [x, expected] of cases) assert.ok(Object.is(toFixed(x, 0), expected), `${x} -> ${toFixed(x, 0)}`);
    assert.equal(toFixed(1 / 1024, 9), 1);
    assert.equal(toFixed(-1 / 1024, 9), 0);
  });

  it('stays within half a unit', () => {
    fc.assert(
      fc.property(fc.double({ min: -16, max: 16, noNaN: true }), (x) => {
        const error = fromFixed(toFixed(x, 9), 9) - x;
        assert.ok(error <= 2 ** -10 && error >= -(2 ** -10), `${x}: ${error}`);
      }),
    );
  });

  it('refuses what a double cannot hold exactly', () => {
    for (const x of [Number.NaN, Number.POSITIVE_INFINITY, 1e18]) assert.throws(() => toFixed(x, 9), InputError);
  });
});

describe('toActivation', () => {
  it('accepts [-64, 64) after rounding and nothing else', () => {
    assert.equal(toActivation(-64), -32768);
    assert.equal(toActivation(64 - 1 / 512), 32767);
    for (const x of [64, 64 - 1 / 2048, -64.002, Number.NaN, Number.POSITIVE_INFINITY]) {
      assert.throws(() => toActivation(x, 'price'), /The price is .*, outside \[-64, 64\)/, `${x}`);
    }
  });
});

describe('roundProduct', () => {
  it('leaves a remainder of two limbs: Z + 2^31 = 2^32 Q + R', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }), (z) => {
        const remainder = z + 2n ** 31n - 2n ** 32n * roundProduct(z);
        assert.ok(remainder >= 0n && remainder < 2n ** 32n);
      }),
    );
  });
});

describe('bits', () => {
  it('ceilLog2 is the smallest a with 2^a >= n', () => {
    for (let n = 1; n <= 5000; n++) {
      const a = ceilLog2(n);
      assert.ok(2 ** a >= n && (a === 0 || 2 ** (a - 1) < n));
    }
    assert.equal(ceilLog2(2 ** 31), 31);
  });

  it('isPowerOfTwo knows its edges', () => {
    assert.deepEqual([1, 2, 4096, 2 ** 31].map(isPowerOfTwo), [true, true, true, true]);
    assert.deepEqual([0, -1, 3, 4097, 0.5, Number.NaN].map(isPowerOfTwo), [false, false, false, false, false, false]);
  });
});
