import { makeShard, type Shard } from '../../src/model/shard.ts';
import type { Weights } from '../../src/model/weights.ts';
import { seedTrace, weightsFromSeedTrace } from '../../src/training/seed.ts';

/** Small deterministic numbers (mulberry32), so that a failing shape can be repeated. */
export function randomSource(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Seeded weights of a shape, with biases that are not zero. */
export function someModel(widths: readonly number[], seed = 7, salt = 11n): Weights {
  const weights = weightsFromSeedTrace({ widths, head: 'squared error' }, seedTrace(widths, BigInt(seed)), salt);
  const random = randomSource(seed);
  weights.layers.forEach(({ b }, l) => {
    for (let i = 0; i < widths[l + 1]; i++) b[i] = BigInt(Math.floor((random() - 0.5) * 2 ** 27));
  });
  return weights;
}

/** A shard of random rows that fits the shape. */
export function someShard(widths: readonly number[], rows: number, kind: Shard['kind'] = 'classes', seed = 3): Shard {
  const random = randomSource(seed);
  const [inputs, outputs] = [widths[0], widths[widths.length - 1]];
  const features = Float32Array.from({ length: rows * inputs }, () => random() * 2 - 1);
  const table =
    kind === 'classes'
      ? { inputs, outputs, features, kind, labels: Array.from({ length: rows }, () => Math.floor(random() * outputs)) }
      : kind === 'labels'
        ? {
            inputs,
            outputs,
            features,
            kind,
            labels: Array.from({ length: rows * outputs }, () => Math.round(random())),
          }
        : {
            inputs,
            outputs,
            features,
            kind,
            targets: Float32Array.from({ length: rows * outputs }, () => random() - 0.5),
          };
  return makeShard(table, { first: 0, rows }, 5n);
}
