// What SECURITY.md says a training edge does not show, shown: both edges below are honest runs that a proof would cover.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { emptyShard, type Shard } from '../../src/model/shard.ts';
import type { Weights } from '../../src/model/weights.ts';
import { trainSegment } from '../../src/training/trainer.ts';
import { random, randomCase, randomWeights } from './helpers.ts';

/** Output i of row s before the first step, fa fraction bits. */
function outputsOf(weights: Weights, shard: Shard): Int32Array {
  const { trace } = trainSegment(weights, shard, { lr: 1, batch: shard.rows, salt: 1n });
  return trace.output.Q.map((q) => q - 32768);
}

describe('a training edge does not show', () => {
  it('effort: rows whose targets are the outputs of the model leave it as it is', () => {
    const { weights, shard } = randomCase({
      widths: [5, 6, 3],
      rows: 8,
      kind: 'regression',
      seed: 4711,
    });
    const idle: Shard = { ...shard, Y: outputsOf(weights, shard) };
    for (let i = shard.outputs; i < 4; i++) idle.Y.fill(0, i * 8, (i + 1) * 8);
    const { child } = trainSegment(weights, idle, { lr: 64, batch: 2, salt: 5n });
    assert.deepEqual(child.layers, weights.layers);
  });

  it('where weights come from: one step over chosen rows makes any network of one layer', () => {
    const [inputs, outputs, lr, v] = [3, 2, 128, 1 << 12];
    const wanted = { W: [0.5, -0.25, 0.75, -0.9, 0.1, 0.3], b: [0.05, -0.1] };
    const seed = randomWeights([inputs, outputs], random(7));
    // row j has feature j alone, the last row has none and moves the biases
    const shard = emptyShard({ inputs, outputs, rows: 4, kind: 'regression' }, 3n);
    for (let j = 0; j < inputs; j++) shard.X[j * 4 + j] = v;
    const Q = outputsOf(seed, shard);
    const [{ W, b }] = seed.layers;
    for (let i = 0; i < outputs; i++) {
      let sum = 0;
      const target = (s: number, delta: number) => {
        const D = 4 * Math.round(delta / 4);
        sum += D;
        shard.Y[i * 4 + s] = Q[i * 4 + s] - D / 4;
      };
      for (let j = 0; j < inputs; j++) {
        target(j, -(wanted.W[i * inputs + j] * 2 ** 32 - Number(W[i * 4 + j])) / (lr * v));
      }
      target(3, -(wanted.b[i] * 2 ** 32 - Number(b[i])) / (lr * 2 ** 9) - sum);
    }
    const { child } = trainSegment(seed, shard, { lr, batch: 4, salt: 9n });
    for (let i = 0; i < outputs; i++) {
      for (let j = 0; j < inputs; j++) {
        const reached = Number(child.layers[0].W[i * 4 + j]) / 2 ** 32;
        assert.ok(Math.abs(reached - wanted.W[i * inputs + j]) < 2 ** -11, `weight ${i}, ${j}: ${reached}`);
      }
      const bias = Number(child.layers[0].b[i]) / 2 ** 32;
      assert.ok(Math.abs(bias - wanted.b[i]) < 2 ** -11, `bias ${i}: ${bias}`);
    }
  });
});
