import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TrainingRangeError } from '../../src/errors/TrainingRangeError.ts';
import { parseNetwork } from '../../src/model/network.ts';
import { checkNetworkWeights, networkSides, presentLayers } from '../../src/model/networkWeights.ts';
import { forwardOutputs, forwardPass } from '../../src/training/forward.ts';
import { TrainerMachine } from '../../src/training/machine.ts';
import { predictRows } from '../../src/training/predict.ts';
import { evaluate, trainSegment, trainTrial } from '../../src/training/trainer.ts';
import { convTrain } from '../reference/conv-trainer.ts';
import { random, randomShard } from './helpers.ts';
import {
  eachPlace,
  NETWORK_CASES,
  type NetworkCase,
  nameOf,
  networkCase,
  randomNetworkWeights,
  toReferenceModel,
  toReferenceRows,
} from './networkCases.ts';

const settings = ({ lr, batch, passes = 1, smoothing = 0 }: NetworkCase) => ({ lr, batch, passes, smoothing });

function run(c: NetworkCase, { weights, shard } = networkCase(c)) {
  const { lr, batch, passes, smoothing } = settings(c);
  return convTrain(weights.network, toReferenceModel(weights), toReferenceRows(shard), {
    lr: BigInt(lr),
    batch,
    passes,
    head: weights.network.head,
    smoothing: BigInt(smoothing),
  });
}

function failure(train: () => unknown): TrainingRangeError {
  try {
    train();
  } catch (error) {
    if (error instanceof TrainingRangeError) return error;
    throw error;
  }
  return assert.fail('nothing left its range');
}

describe('the trainer of convolutional networks', () => {
  for (const c of NETWORK_CASES) {
    it(`equals the rule in big integers: ${nameOf(c)}`, () => {
      const { weights, shard } = networkCase(c);
      const expected = run(c);
      const { child, trace } = trainSegment(weights, shard, { ...settings(c), salt: 5n });
      assert.deepEqual(toReferenceModel(child), expected.model);
      checkNetworkWeights(child);
      eachPlace(weights.network, trace, expected, (value, of, what, at) => {
        if (value !== of) assert.fail(`${what} is ${value}, not ${of}, at ${JSON.stringify(at)}`);
      });
    });
  }

  it('gives the same child without a trace', () => {
    for (const c of NETWORK_CASES) {
      const { weights, shard } = networkCase(c);
      const { child } = trainSegment(weights, shard, { ...settings(c), salt: weights.salt });
      assert.deepEqual(trainTrial(weights, shard, settings(c)).child, child);
    }
  });

  it('computes T on the whole padded grid, and has A = D = 0 and a rest of a half beside the places', () => {
    // one step: the parent's weights made every T
    const c = { network: '5x5x1-c2k3p1-c3k3s2p1-2', rows: 2, batch: 2, lr: 1, kind: 'regression' } as const;
    const { weights, shard } = networkCase(c);
    const { trace } = trainSegment(weights, shard, { ...settings(c), salt: 1n });
    const [, first, second] = presentLayers(weights.network);
    const { W } = toReferenceModel(weights);
    const [S, grid, next] = [2, 2 ** first.logs.side, 2 ** second.logs.side];
    let beyond = 0;
    for (let at = 0; at < trace.hidden[0].A.length; at++) {
      const s = at % S;
      const x = Math.floor(at / S) % grid;
      const y = Math.floor(at / S / grid) % grid;
      const channel = Math.floor(at / S / grid / grid);
      let e = 0n;
      for (let i = 0; i < second.channels; i++)
        for (let v = 0; v < second.side; v++)
          for (let u = 0; u < second.side; u++) {
            const [dy, dx] = [y - 2 * v + 1, x - 2 * u + 1];
            const w = W[1][i][channel]?.[dy]?.[dx] ?? 0n;
            e += w * BigInt(trace.hidden[1].D[((i * next + v) * next + u) * S + s]);
          }
      const { A, V, D, m, T, R0, R1, S0, S1 } = trace.hidden[0];
      const sum = ((BigInt(T[at]) - 32768n) << 32n) + BigInt(S0[at]) + (BigInt(S1[at]) << 16n) - (1n << 31n);
      assert.equal(sum, e);
      if (x < first.side && y < first.side && channel < first.channels) continue;
      assert.deepEqual([A[at], V[at], D[at], m[at], R0[at], R1[at]], [0, 0, 0, 0, 0, 32768]);
      if (e !== 0n) beyond++;
    }
    assert.ok(beyond > 0, 'some sums reach beyond the places');
  });

  it('has the same forward pass for scores, predictions and evaluation', () => {
    for (const c of NETWORK_CASES.filter(({ passes = 1 }) => passes === 1)) {
      const { weights, shard } = networkCase(c);
      const once = trainSegment(weights, shard, { ...settings(c), batch: 2 ** Math.ceil(Math.log2(c.rows)), salt: 1n });
      const { hidden, output } = forwardPass(weights, shard);
      hidden.forEach(({ A, V, m, R0, R1, T }, l) => {
        const of = once.trace.hidden[l];
        assert.deepEqual({ A, V, m, R0, R1 }, { A: of.A, V: of.V, m: of.m, R0: of.R0, R1: of.R1 });
        assert.equal(T.length, 0);
      });
      assert.deepEqual(output.Q, once.trace.output.Q);
      assert.deepEqual(forwardOutputs(weights, shard), output.Q);
      const { loss, right } = evaluate(weights, shard);
      assert.equal(loss, once.loss);
      if (right !== undefined) assert.equal(right / c.rows, once.accuracy);
    }
  });

  it('predicts more rows than it computes at once', () => {
    const network = parseNetwork('4x4x1-c2k3s2p1-2', 'softmax');
    const weights = randomNetworkWeights(network, random(3));
    const rows = 1100;
    const shard = randomShard({ ...networkSides(network), rows, kind: 'regression' }, random(4));
    const features = new Float64Array(rows * 16);
    for (let s = 0; s < rows; s++) for (let j = 0; j < 16; j++) features[16 * s + j] = shard.X[2048 * j + s] / 512;
    const Q = forwardOutputs(weights, shard);
    const found = predictRows(weights, features, (j) => `feature ${j}`);
    assert.deepEqual(
      [...found],
      Array.from({ length: 2 * rows }, (_, k) => (Q[2048 * (k % 2) + (k >> 1)] - 32768) / 512),
    );
  });

  it('adds up the sums of a pixel exactly beyond 2^53', () => {
    const machine = new TrainerMachine();
    // 3x3 places of a kernel of side 3 with padding 1: the pixel in the middle is read by all nine
    const [places, stride] = [9, 12];
    const sums = machine.allocateParts(places * stride);
    const pixels = machine.allocateParts(16);
    const largest = 2 ** 53 - 1;
    const [hi, lo] = [sums.hi, sums.lo].map((at) => machine.viewDoubles(at, places * stride));
    for (let q = 0; q < places; q++) {
      const tap = 3 * (2 - Math.floor(q / 3)) + (2 - (q % 3));
      hi[q * stride + tap] = q < 8 ? largest : -largest;
      lo[q * stride + tap] = q < 4 ? -largest : largest - q;
    }
    machine.run.scatterPatches(pixels.hi, pixels.lo, 16, 1, 4, 3, 1, 1, 3, 1, 0, places, sums.hi, sums.lo, stride);
    assert.equal(machine.view64(pixels.hi, 16)[5], 7n * BigInt(largest));
    assert.equal(machine.view64(pixels.lo, 16)[5], BigInt(largest) - 30n);
  });

  it('names layer, channel, place and row of a value out of range', () => {
    const c: NetworkCase = { network: '4x4x1-c2k3p1-3', rows: 4, batch: 2, lr: 1 };
    const { weights, shard } = networkCase(c);
    weights.layers[0].b[1] = 2n ** 40n;
    assert.throws(
      () => trainSegment(weights, shard, { ...settings(c), salt: 1n }),
      (error) =>
        error instanceof TrainingRangeError &&
        /The activation at layer 1, step 0, row 0, channel 1, column 0, line 0 is/.test(error.message),
    );
  });

  it('names the weight that leaves its range, with its exact value', () => {
    for (const text of ['4x4x1-c2k2-3', '4x4x1-a2-c2k2-3']) {
      const c: NetworkCase = { network: text, rows: 16, batch: 16, lr: 65536, kind: 'regression' };
      const { weights, shard } = networkCase(c);
      for (let at = 0; at < shard.X.length; at++) shard.X[at] = Math.abs(30 * shard.X[at]);
      shard.Y.fill(30000, 0, 3 * 16);
      const last = weights.layers[1].W;
      for (let at = 0; at < last.length; at++) last[at] >>= 2n;
      const { model } = run(c, { weights, shard });
      const error = failure(() => trainSegment(weights, shard, { ...settings(c), salt: 1n }));
      const { quantity, layer, unit, value } = error.violation;
      const own = quantity === 'bias' ? [model.b[layer - 1][unit]] : model.W[layer - 1][unit].flat(2);
      assert.ok(own.includes(value), `${quantity} ${value}`);
      assert.ok(value >= 2n ** 47n || value < -(2n ** 47n));
    }
  });

  it('refuses a rate whose sixteenth is no whole number where pixels are averaged', () => {
    const c = { ...NETWORK_CASES[4], lr: 8 };
    const { weights, shard } = networkCase(c);
    assert.throws(() => trainSegment(weights, shard, { ...settings(c), salt: 1n }), /a multiple of 16, not 8/);
  });

  it('refuses pictures of another size', () => {
    const { weights } = networkCase(NETWORK_CASES[1]);
    const { shard } = networkCase(NETWORK_CASES[0]);
    assert.throws(
      () => trainSegment(weights, shard, { lr: 1, batch: 1, salt: 1n }),
      /A 5x5x2-c3k3-4 network cannot use a shard of 16 inputs and 3 outputs, but one of 128 and 4/,
    );
  });
});
