import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { inverse, mod, P, power, R, rootOfUnity } from '../../src/numbers/field.ts';

describe('inverse', () => {
  it('gives 1 when multiplied, modulo R and modulo P, also of negative numbers', () => {
    for (const modulus of [R, P]) {
      fc.assert(
        fc.property(fc.bigInt({ min: -modulus * 3n, max: modulus * 3n }), (x) => {
          if (x % modulus === 0n) return;
          const found = inverse(x, modulus);
          assert.ok(found > 0n && found < modulus);
          assert.equal((((x * found) % modulus) + modulus) % modulus, 1n);
        }),
      );
      assert.throws(() => inverse(modulus, modulus), RangeError);
    }
    assert.equal(inverse(2n), (R + 1n) / 2n, 'R unless told');
  });
});

describe('rootOfUnity', () => {
  it('has exactly the order that was asked for', () => {
    for (let log2 = 1; log2 <= 28; log2++) {
      const root = rootOfUnity(log2);
      assert.equal(power(root, 1n << BigInt(log2 - 1)), mod(-1n), `2^${log2}`);
      assert.equal(mod(root * root), rootOfUnity(log2 - 1), `the square of the root of order 2^${log2}`);
    }
    assert.equal(rootOfUnity(0), 1n);
  });

  it('is that of snarkjs', () => {
    // F1.w[28] of ffjavascript.
    assert.equal(rootOfUnity(28), 19103219067921713944291392827692070036145651957329286315305642004821462161904n);
  });

  it('refuses orders that F does not have, before it computes anything', () => {
    for (const log2 of [29, -1, Number.NaN]) assert.throws(() => rootOfUnity(log2), RangeError);
  });
});
