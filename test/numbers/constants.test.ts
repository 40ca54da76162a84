import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  ACTIVATION_BITS,
  ADDRESS_BITS,
  CHUNK_BITS,
  CHUNK_COORDINATES,
  COLUMN_BITS,
  COLUMN2_BITS,
  DELTA_BITS,
  FRACTION_BITS,
  LIMB_BITS,
  MAX_LAYERS,
  MODEL_BITS,
  NETWORK_SEED_BITS,
  NETWORK_SEED_MODULI,
  RATE_BITS,
  SEED_FACTOR_BITS,
  SEED_MODULI,
  SEED_OFFSET_BITS,
  SHARD_ENTRY_BITS,
  SIZE_BITS,
  WEIGHT_LIMIT_BITS,
} from '../../src/numbers/constants.ts';

/** Holds q to be the largest prime with q^2 <= 2^66 / 2^max(a, 2). */
function checkModulus(q: number, a: number): void {
  const bound = 2n ** BigInt(66 - Math.max(a, 2));
  assert.ok(isPrime(q), `${q}`);
  assert.ok(BigInt(q) ** 2n <= bound, `q(${a}) is too large`);
  for (let next = q + 1; BigInt(next) ** 2n <= bound; next++) assert.ok(!isPrime(next), `${next} is a larger prime`);
}

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
  it('holds for a = 0..12 the largest prime q with q^2 <= 2^66 / 2^max(a, 2)', () => {
    assert.equal(SEED_MODULI.length, SIZE_BITS + 1);
    SEED_MODULI.forEach(checkModulus);
  });

  it('leaves v unique: q < 2^32, index + off + 1 < q, 0 < factor < q', () => {
    for (const q of SEED_MODULI) {
      assert.ok(q < 2 ** FRACTION_BITS);
      assert.ok(2 ** MODEL_BITS - 1 + (2 ** SEED_OFFSET_BITS - 1) + 1 < q);
      assert.ok(2 ** SEED_FACTOR_BITS < q);
    }
  });

  it('goes on to fan-ins of 2^16 in convolutional networks, of which six layers share a digest', () => {
    assert.equal(NETWORK_SEED_MODULI.length, 17);
    NETWORK_SEED_MODULI.forEach(checkModulus);
    for (const q of NETWORK_SEED_MODULI) {
      assert.ok(2 ** MODEL_BITS - 1 + (2 ** NETWORK_SEED_BITS - 1) + 1 < q);
      assert.ok(2 ** NETWORK_SEED_BITS < q);
    }
    assert.ok(6 * 2 * NETWORK_SEED_BITS <= 254);
  });

  it('needs the bits of one digest: four layers of 52 bits each', () => {
    assert.ok(MAX_LAYERS * (SEED_OFFSET_BITS + SEED_FACTOR_BITS) <= 254);
  });
});

describe('sizes', () => {
  it('make a chunk 256 rows of level 1, and level 2 a square', () => {
    assert.equal(CHUNK_BITS - COLUMN_BITS, 8);
    assert.equal(COLUMN_BITS, 2 * COLUMN2_BITS);
    assert.equal(CHUNK_COORDINATES, 8);
  });

  it('let a shard and a model of the largest shape be addressed', () => {
    assert.ok(MODEL_BITS <= ADDRESS_BITS && 2 * SIZE_BITS + 1 <= SHARD_ENTRY_BITS && SHARD_ENTRY_BITS <= ADDRESS_BITS);
  });

  it('make a weight three limbs', () => {
    assert.equal(WEIGHT_LIMIT_BITS + 1, 3 * LIMB_BITS);
  });
});
