import { poseidon2 } from 'poseidon-lite/poseidon2';
import { InputError } from '../errors/InputError.ts';
import { type AnyShape, isNetworkShape } from '../model/anyShape.ts';
import { seedCapacity } from '../model/capacity.ts';
import { NETWORK_LAYERS, type Network } from '../model/network.ts';
import {
  type AnyWeights,
  isRealEntry,
  kernelSizes,
  type NetworkWeights,
  presentLayers,
  zeroNetworkWeights,
} from '../model/networkWeights.ts';
import { circuitLayer, type ModelShape, widthBits } from '../model/shape.ts';
import { type Weights, zeroWeights } from '../model/weights.ts';
import {
  LIMB_BITS,
  NETWORK_SEED_BITS,
  NETWORK_SEED_MODULI,
  SEED_FACTOR_BITS,
  SEED_MODULI,
  SEED_OFFSET_BITS,
} from '../numbers/constants.ts';
import { R } from '../numbers/field.ts';
import { TrainerMachine } from './machine.ts';

/** The generator's values of one layer over the whole padded index x = i 2^a_(l-1) + j (protocol section 6), in 16-bit limbs. */
export interface SeedLayerTrace {
  /** Prime modulus. */
  q: number;
  off: number;
  factor: number;
  /** v (x + off + 1) = factor + q u, v = v0 + 2^16 v1 and so on; w = q - 1 - v. */
  v0: Int32Array;
  v1: Int32Array;
  w0: Int32Array;
  w1: Int32Array;
  u0: Int32Array;
  u1: Int32Array;
}

export interface SeedTrace {
  /** layers[l - 1] is layer l of the network. */
  layers: SeedLayerTrace[];
}

/**
 * The generator's values for a seed.
 * @param shape of a model of either kind, or widths
 * @param seed element of F.
 * @throws InputError, CapacityError for shapes the programs `seed` and `convSeed` cannot address.
 */
export function seedTrace(shape: readonly number[] | AnyShape, seed: bigint): SeedTrace {
  if (seed < 0n || seed >= R) throw new InputError('A seed is an element of the scalar field, in [0, r).');
  seedCapacity(shape);
  const layers = sequences(shape, seed).map(({ count, q, off, factor }): SeedLayerTrace => {
    const machine = new TrainerMachine();
    const out = machine.allocate(6 * 4 * count);
    machine.run.seedLayer(BigInt(q), BigInt(off), BigInt(factor), count, out, 4 * count);
    const [v0, v1, w0, w1, u0, u1] = [0, 1, 2, 3, 4, 5].map((k) => machine.view32(out + k * 4 * count, count).slice());
    return { q, off, factor, v0, v1, w0, w1, u0, u1 };
  });
  return { layers };
}

/** What makes each layer's sequence. */
function sequences(shape: readonly number[] | AnyShape, seed: bigint) {
  if ('side' in shape) {
    const layers = presentLayers(shape);
    return layers.slice(1).map((layer, l) => {
      const count = 2 ** kernelSizes(layers[l], layer).bits.reduce((sum, bits) => sum + bits, 0);
      const number = l + 1 + NETWORK_LAYERS - shape.layers.length;
      return { count, q: NETWORK_SEED_MODULI[layer.fan], ...networkSeedNumbers(seed, number) };
    });
  }
  const widths = 'widths' in shape ? shape.widths : shape;
  const a = widthBits(widths);
  return a.slice(1).map((bits, l) => ({
    count: 2 ** (bits + a[l]),
    q: SEED_MODULI[a[l]],
    ...seedNumbers(seed, circuitLayer(widths, l + 1)),
  }));
}

/** off and factor of a circuit layer (1..4): its 52 bits of the one digest. */
export function seedNumbers(seed: bigint, layer: number): { off: number; factor: number } {
  const digest = poseidon2([seed, 0n]) >> BigInt((SEED_OFFSET_BITS + SEED_FACTOR_BITS) * (layer - 1));
  return {
    off: Number(BigInt.asUintN(SEED_OFFSET_BITS, digest)),
    factor: 1 + Number(BigInt.asUintN(SEED_FACTOR_BITS, digest >> BigInt(SEED_OFFSET_BITS))),
  };
}

/** off and factor of a circuit layer (1..6) of a convolutional network: its 40 bits of the one digest (protocol section 12). */
export function networkSeedNumbers(seed: bigint, layer: number): { off: number; factor: number } {
  const digest = poseidon2([seed, 1n]) >> BigInt(2 * NETWORK_SEED_BITS * (layer - 1));
  return {
    off: Number(BigInt.asUintN(NETWORK_SEED_BITS, digest)),
    factor: 1 + Number(BigInt.asUintN(NETWORK_SEED_BITS, digest >> BigInt(NETWORK_SEED_BITS))),
  };
}

/**
 * The genesis weights of a seed: v - (q - 1)/2 on real entries, 0 on padding, biases 0 (protocol section 6).
 * @param salt fresh random element of F.
 * @throws as `seedTrace`.
 */
export function seedWeights(shape: ModelShape, seed: bigint, salt: bigint): Weights {
  return weightsFromSeedTrace(shape, seedTrace(shape.widths, seed), salt);
}

/** As `seedWeights`, from a trace that is already there. */
export function weightsFromSeedTrace(shape: ModelShape, { layers }: SeedTrace, salt: bigint): Weights {
  const { widths } = shape;
  const weights = zeroWeights(shape, salt);
  layers.forEach(({ q, v0, v1 }, l) => {
    const { W, b } = weights.layers[l];
    const stride = W.length / b.length;
    const half = (q - 1) / 2;
    for (let i = 0; i < widths[l + 1]; i++) {
      for (let j = 0; j < widths[l]; j++) {
        const x = i * stride + j;
        W[x] = BigInt(v0[x] + v1[x] * 2 ** LIMB_BITS - half);
      }
    }
  });
  return weights;
}

/** As `seedWeights`, of a convolutional network (protocol section 12). */
export function networkSeedWeights(network: Network, seed: bigint, salt: bigint): NetworkWeights {
  return networkFromSeedTrace(network, seedTrace(network, seed), salt);
}

/** The genesis weights of a seed, of a shape of either kind. @throws as `seedTrace` */
export function modelOfSeed(shape: AnyShape, seed: bigint, salt: bigint): AnyWeights {
  return isNetworkShape(shape) ? networkSeedWeights(shape, seed, salt) : seedWeights(shape, seed, salt);
}

/** As `networkSeedWeights`, from a trace that is already there. */
export function networkFromSeedTrace(network: Network, { layers }: SeedTrace, salt: bigint): NetworkWeights {
  const weights = zeroNetworkWeights(network, salt);
  const sizes = presentLayers(network);
  layers.forEach(({ q, v0, v1 }, l) => {
    const { W } = weights.layers[l];
    const { real, bits } = kernelSizes(sizes[l], sizes[l + 1]);
    const half = (q - 1) / 2;
    for (let x = 0; x < W.length; x++) {
      if (isRealEntry(x, real, bits)) W[x] = BigInt(v0[x] + v1[x] * 2 ** LIMB_BITS - half);
    }
  });
  return weights;
}
