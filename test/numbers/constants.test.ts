import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  ACTIVATION_BITS,
  ADDRESS_BITS,
  DELTA_BITS,
  FRACTION_BITS,
  LIMB_BITS,
  RATE_BITS,
  SEED_MODULI,
  SEED_OFFSET_BITS,
  SIZE_BITS,
} from '../../src/numbers/constants.ts';

function isPrime(n: number): boolean {
  for (let d = 2; d * d <= n; d++) if (n % d === 0) return false;
  return n > 1;
}

describe('constants', () => {
  it('makes a weight update an exact subtraction: f = fa + fd + s = 2c', () => {
    assert.equal(FRACTION_BITS, ACTIVATION_BITS + DELTA_BITS + RATE_BITS);
    assert.equal(FRACTION_BITS, 2 * LIMB_BITS);
  });
});

describe('SEED_MODULI', () => {
  it('holds for a = 0..12 the largest prime q with q^2 <= 2^58 / 2^max(a, 2)', () => {
    assert.equal(SEED_MODULI.length, SIZE_BITS + 1);
    SEED_MODULI.forEach((q, a) => {
      const bound = 2n ** BigInt(58 - Math.max(a, 2));
      assert.ok(isPrime(q), `${q}`);
      assert.ok(BigInt(q) ** 2n <= bound, `q(${a}) is too large`);
      for (let next = q + 1; BigInt(next) ** 2n <= bound; next++)
        assert.ok(!isPrime(next), `${next} is a larger prime`);
    });
  });

  it('leaves v unique: q < 2^28, and index + off + 1 < q', () => {
    for (const q of SEED_MODULI) {
      assert.ok(q < 2 ** FRACTION_BITS);
      assert.ok(2 ** ADDRESS_BITS - 1 + (2 ** SEED_OFFSET_BITS - 1) + 1 < q);
    }
  });
});
