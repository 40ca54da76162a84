import { poseidon2 } from 'poseidon-lite/poseidon2';
import { InputError } from '../errors/InputError.ts';
import { seedCapacity } from '../model/capacity.ts';
import { circuitLayer, widthBits } from '../model/shape.ts';
import { type Weights, zeroWeights } from '../model/weights.ts';
import { SEED_MODULI, SEED_OFFSET_BITS } from '../numbers/constants.ts';
import { R } from '../numbers/field.ts';
import { TrainerMachine } from './machine.ts';

/** The generator's values of one layer over the whole padded index x = i 2^a_(l-1) + j (protocol section 6). */
export interface SeedLayerTrace {
  /** Prime modulus. */
  q: number;
  /** low 21 bits of Poseidon(seed, circuit layer). */
  off: number;
  /** (x + off + 1)^-1 mod q. */
  v: Int32Array;
  /** Quotient: v (x + off + 1) = 1 + q u. */
  u: Int32Array;
  /** q - 1 - v. */
  w: Int32Array;
}

export interface SeedTrace {
  /** layers[l - 1] is layer l of the network. */
  layers: SeedLayerTrace[];
}

/**
 * The generator's values for a seed.
 * @param seed element of F.
 * @throws InputError, CapacityError for shapes the program `seed` cannot address.
 */
export function seedTrace(widths: readonly number[], seed: bigint): SeedTrace {
  if (seed < 0n || seed >= R) throw new InputError('A seed is an element of the scalar field, in [0, r).');
  seedCapacity(widths);
  const a = widthBits(widths);
  const layers = a.slice(1).map((bits, l): SeedLayerTrace => {
    const count = 2 ** (bits + a[l]);
    const q = SEED_MODULI[a[l]];
    const off = seedOffset(seed, circuitLayer(widths, l + 1));
    const machine = new TrainerMachine();
    const [v, u, w] = [0, 0, 0].map(() => machine.allocate(4 * count));
    machine.run.seedLayer(BigInt(q), BigInt(off), count, v, u, w);
    const copy = (pointer: number) => machine.view32(pointer, count).slice();
    return { q, off, v: copy(v), u: copy(u), w: copy(w) };
  });
  return { layers };
}

/** off of a circuit layer (1..4). */
export function seedOffset(seed: bigint, layer: number): number {
  return Number(BigInt.asUintN(SEED_OFFSET_BITS, poseidon2([seed, BigInt(layer)])));
}

/**
 * The genesis weights of a seed: v - (q - 1)/2 on real entries, 0 on padding, biases 0 (protocol section 6).
 * @param salt fresh random element of F.
 * @throws as `seedTrace`.
 */
export function seedWeights(widths: readonly number[], seed: bigint, salt: bigint): Weights {
  return weightsFromSeedTrace(widths, seedTrace(widths, seed), salt);
}

/** As `seedWeights`, from a trace that is already there. */
export function weightsFromSeedTrace(widths: readonly number[], { layers }: SeedTrace, salt: bigint): Weights {
  const weights = zeroWeights(widths, salt);
  layers.forEach(({ q, v }, l) => {
    const { W, b } = weights.layers[l];
    const stride = W.length / b.length;
    const half = (q - 1) / 2;
    for (let i = 0; i < widths[l + 1]; i++) {
      for (let j = 0; j < widths[l]; j++) W[i * stride + j] = BigInt(v[i * stride + j] - half);
    }
  });
  return weights;
}
