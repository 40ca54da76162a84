import { poseidon2 } from 'poseidon-lite/poseidon2';
import { InputError } from '../../errors/InputError.ts';
import { inverse } from '../../numbers/field.ts';

/** q: the least prime above 2^64, so that of four limbs no two values are equal modulo q. */
export const MASK_MODULUS = 2n ** 64n + 13n;
/** What is hashed with the seed, after 0 and 1 of the weights' sequences. */
const MASK_DOMAIN = 2n;

/** off and factor of the sequence of a seed: v (x + off + 1) = factor modulo q (protocol section 15). */
export function maskNumbers(seed: bigint): { off: bigint; factor: bigint } {
  const digest = poseidon2([seed, MASK_DOMAIN]);
  return { off: BigInt.asUintN(26, digest), factor: 1n + BigInt.asUintN(64, digest >> 26n) };
}

/** Four limbs of the sequence at every address, each the draw of one task, and the two limbs of the quotient u. */
export interface MaskSequence {
  v: [Int32Array, Int32Array, Int32Array, Int32Array];
  u: [Int32Array, Int32Array];
}

/**
 * The sequence of a seed over 2^log2 addresses.
 * @throws InputError where a value has more than four limbs, which one of 2^60 has
 */
export function maskSequence(seed: bigint, log2: number): MaskSequence {
  const count = 2 ** log2;
  const { off, factor } = maskNumbers(seed);
  const inverses = inversesFrom(off + 1n, count);
  const sequence: MaskSequence = {
    v: [0, 1, 2, 3].map(() => new Int32Array(count)) as MaskSequence['v'],
    u: [new Int32Array(count), new Int32Array(count)],
  };
  const word = new BigUint64Array(1);
  const limbs = new Uint16Array(word.buffer);
  for (let x = 0; x < count; x++) {
    const v = (factor * inverses[x]) % MASK_MODULUS;
    if (v >> 64n !== 0n) {
      throw new InputError(`This seed draws no mask: its value at ${x} has more than 64 bits.`, {
        hint: 'Take another seed. One of 2^60 values is so.',
      });
    }
    word[0] = v;
    for (let k = 0; k < 4; k++) sequence.v[k][x] = limbs[k];
    const u = Number((v * (BigInt(x) + off + 1n) - factor) / MASK_MODULUS);
    sequence.u[0][x] = u & 0xffff;
    sequence.u[1][x] = u >>> 16;
  }
  return sequence;
}

/** 1 / first, 1 / (first + 1), .. modulo q, by one inversion. */
function inversesFrom(first: bigint, count: number): bigint[] {
  const products = new Array<bigint>(count);
  let product = 1n;
  for (let x = 0; x < count; x++) {
    products[x] = product;
    product = (product * (first + BigInt(x))) % MASK_MODULUS;
  }
  let rest = inverse(product, MASK_MODULUS);
  for (let x = count - 1; x >= 0; x--) {
    products[x] = (products[x] * rest) % MASK_MODULUS;
    rest = (rest * (first + BigInt(x))) % MASK_MODULUS;
  }
  return products;
}
