import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { CapacityError } from '../../src/errors/CapacityError.ts';
import { InputError } from '../../src/errors/InputError.ts';
import { TrainingRangeError } from '../../src/errors/TrainingRangeError.ts';
import { emptyShard, type Shard } from '../../src/model/shard.ts';
import { type Weights, zeroWeights } from '../../src/model/weights.ts';
import { evaluate, realLearningRate, type TrainOptions, trainSegment } from '../../src/training/trainer.ts';
import { referenceTrain } from '../reference/integer-trainer.ts';
import { type Case, cases, expectedTrace, PAIRS, random, randomCase, toMatrix, toReference } from './helpers.ts';

function compare(c: Case): void {
  const { weights, shard } = randomCase(c);
  const before = structuredClone({ weights, shard });
  const S = 2 ** Math.ceil(Math.log2(c.rows));
  const data = { X: toMatrix(shard.X, shard.inputs, S), Y: toMatrix(shard.Y, shard.outputs, S), rows: c.rows };
  const { lr, batch, passes, head, smoothing } = c;
  const settings = { lr: BigInt(lr), batch, passes, head, smoothing: BigInt(smoothing) };
  const run = referenceTrain(toReference(weights), data, settings);
  const leaves =
    run.Q.slice(0, -1).some((Q) => Q.flat().some((q) => q <= -65536n || q >= 65536n)) ||
    [...run.T, run.Q[run.Q.length - 1]].some((T) => T.flat().some((t) => t < -32768n || t >= 32768n));
  if (leaves) {
    assert.throws(() => trainSegment(weights, shard, { lr, batch, passes, smoothing, salt: 77n }), TrainingRangeError);
    return;
  }
  const { child, trace } = trainSegment(weights, shard, { lr, batch, passes, smoothing, salt: 77n });
  assert.deepEqual(toReference(child), run.model);
  assert.deepEqual(trace, expectedTrace(c.widths, passes * S, run, head));
  assert.equal(child.salt, 77n);
  assert.deepEqual({ weights, shard }, before, 'arguments unchanged');
}

describe('trainSegment', () => {
  it('equals the big-integer reference on random shapes', () => {
    fc.assert(fc.property(cases, compare), { numRuns: 200 });
  });

  const edge: [string, Partial<Case>][] = [
    ['one row', { rows: 1, batch: 1 }],
    ['one step', { rows: 16, batch: 16 }],
    ['one step of fewer rows', { rows: 11, batch: 16 }],
    ['one row, many passes', { rows: 1, batch: 1, passes: 64 }],
    ['150 rows, steps of 16, 32 passes', { rows: 150, batch: 16, passes: 32 }],
    ['steps of padding alone', { rows: 9, batch: 2, passes: 2 }],
    ['batches of one', { rows: 16, batch: 1 }],
    ['batches of two', { rows: 16, batch: 2 }],
    ['one output, one input, no hidden layer', { widths: [1, 1] }],
    ['no padding', { widths: [8, 4, 2] }],
    ['much padding', { widths: [9, 17, 5] }],
    ['four layers', { widths: [3, 5, 7, 2, 9] }],
    ['a width of one in the middle', { widths: [4, 1, 4] }],
    ['a wide layer', { widths: [65, 130, 3] }],
    ['one output of a hidden layer', { widths: [4, 3, 1], rows: 5 }],
    ['many outputs', { widths: [4, 3, 130], rows: 5, smoothing: 15 }],
  ];
  for (const [name, change] of edge)
    for (const [head, kind] of PAIRS)
      it(`equals the reference: ${name}, ${head} on ${kind}`, () => {
        const c = { widths: [5, 6, 3], rows: 8, batch: 4, passes: 1, lr: 3, smoothing: 100, seed: 4711, ...change };
        compare({ ...c, head, kind, smoothing: head === 'squared error' ? 0 : c.smoothing });
      });

  it('leaves padding weights zero', () => {
    const { weights, shard } = randomCase({ widths: [5, 6, 3], rows: 8, kind: 'regression', seed: 9 });
    const { child } = trainSegment(weights, shard, { lr: 3, batch: 4, salt: 1n });
    const { W, b } = child.layers[0];
    for (let i = 0; i < 8; i++) {
      for (let j = 0; j < 8; j++) if (i >= 6 || j >= 5) assert.equal(W[i * 8 + j], 0n);
      if (i >= 6) assert.equal(b[i], 0n);
    }
  });

  it('reports progress, loss before each step, and accuracy only for classes', () => {
    const { weights, shard } = randomCase({ widths: [4, 3], rows: 8, kind: 'classes', seed: 3 });
    const steps: number[] = [];
    const result = trainSegment(weights, shard, { lr: 1, batch: 2, salt: 1n }, (p) => {
      assert.equal(p.steps, 4);
      steps.push(p.step);
    });
    assert.deepEqual(steps, [1, 2, 3, 4]);
    assert.ok(result.accuracy !== undefined && result.accuracy * 8 === Math.round(result.accuracy * 8));
    const one = trainSegment(weights, shard, { lr: 1, batch: 8, salt: 1n });
    const untouched = evaluate(weights, shard);
    assert.equal(one.loss, untouched.loss, 'a single step is scored before its update');
    assert.equal(one.accuracy, untouched.right! / 8);
    const regression = randomCase({ widths: [4, 3], rows: 8, kind: 'regression', seed: 3 });
    const none = trainSegment(regression.weights, regression.shard, { lr: 1, batch: 2, salt: 1n });
    assert.equal(none.accuracy, undefined);
  });
});

describe('ranges', () => {
  /** One layer, one weight w, one input x: Q = round(w x). */
  function tiny(widths: number[], fill: (weights: Weights, shard: Shard) => void): { weights: Weights; shard: Shard } {
    const weights = zeroWeights({ widths, head: 'squared error' }, 0n);
    const outputs = widths[widths.length - 1];
    const shard = emptyShard({ inputs: widths[0], outputs, rows: 4, kind: 'regression' }, 0n);
    fill(weights, shard);
    return { weights, shard };
  }
  const violationOf = (run: () => unknown) => {
    try {
      run();
    } catch (error) {
      assert.ok(error instanceof TrainingRangeError, String(error));
      return error;
    }
    assert.fail('nothing was thrown');
  };

  it('accepts outputs from -2^15 to 2^15 - 1 and names the first beyond', () => {
    for (const [q, ok] of [
      [32767, true],
      [-32768, true],
      [32768, false],
      [-32769, false],
    ] as const) {
      const { weights, shard } = tiny([1, 1], (w) => {
        w.layers[0].b[0] = BigInt(q) << 23n;
      });
      shard.Y.fill(Math.max(-32768, Math.min(32767, q))); // no error to learn from, so the later steps stay put
      const run = () => trainSegment(weights, shard, { lr: 1, batch: 1, salt: 0n });
      if (ok) {
        const { trace } = run();
        assert.equal(trace.output.Q[0], q + 32768);
        continue;
      }
      const { violation, hint, message, exitCode, code } = violationOf(run);
      assert.deepEqual(violation, {
        quantity: 'output',
        layer: 1,
        step: 0,
        unit: 0,
        row: 0,
        value: BigInt(q),
        real: q / 512,
      });
      assert.match(message, /output at layer 1, step 0, row 0, unit 0 is -?64(\.\d+)? \(-?3276[89]\)/);
      // At the first step no rate has had an effect.
      assert.match(hint!, /as they are[\s\S]*--logits 1/);
      assert.equal(exitCode, 4);
      assert.equal(code, 'TRAINING_RANGE');
    }
  });

  it('names no row where a row of zeros that fills up the shard leaves the range', () => {
    // a bias of 64 that the real rows' inputs take back
    const weights = zeroWeights({ widths: [1, 1], head: 'squared error' }, 0n);
    weights.layers[0].b[0] = 1n << 38n;
    weights.layers[0].W[0] = -(1n << 32n);
    const shard = emptyShard({ inputs: 1, outputs: 1, rows: 3, kind: 'regression' }, 0n);
    shard.X.fill(512, 0, 3);
    shard.Y.fill(32767 - 511, 0, 3);
    const { violation } = violationOf(() => trainSegment(weights, shard, { lr: 1, batch: 4, salt: 0n }));
    assert.deepEqual(violation, {
      quantity: 'output',
      layer: 1,
      step: 0,
      unit: 0,
      row: undefined,
      value: 32768n,
      real: 64,
    });
  });

  it('accepts hidden sums up to 2^16 - 1 in absolute value', () => {
    for (const [q, ok] of [
      [65535, true],
      [-65535, true],
      [65536, false],
      [-65536, false],
    ] as const) {
      const { weights, shard } = tiny([1, 2, 1], (w) => {
        w.layers[0].b[1] = BigInt(q) << 23n;
      });
      const run = () => trainSegment(weights, shard, { lr: 1, batch: 2, salt: 0n });
      if (ok) {
        const { trace } = run();
        assert.equal(trace.hidden[0].V[4], 65535);
        assert.equal(trace.hidden[0].m[4], q > 0 ? 1 : 0);
        continue;
      }
      const { violation } = violationOf(run);
      assert.deepEqual(violation, {
        quantity: 'activation',
        layer: 1,
        step: 0,
        unit: 1,
        row: 0,
        value: BigInt(q),
        real: q / 512,
      });
    }
  });

  it('accepts back-propagated errors from -2^15 to 2^15 - 1, also of inactive units', () => {
    // E = w (4 (Q - Y)) with Q = 0: Y = -2048 gives D = 8192, so T = round(w 8192 / 2^32).
    for (const [t, ok] of [
      [32767, true],
      [-32768, true],
      [32768, false],
      [-32769, false],
    ] as const) {
      const { weights, shard } = tiny([1, 1, 1], (w, s) => {
        w.layers[1].W[0] = BigInt(t) << 19n;
        s.Y[2] = -2048;
      });
      const run = () => trainSegment(weights, shard, { lr: 1, batch: 1, salt: 0n });
      if (ok) {
        assert.equal(run().trace.hidden[0].T[2], t + 32768);
        continue;
      }
      assert.deepEqual(violationOf(run).violation, {
        quantity: 'delta',
        layer: 1,
        step: 2,
        unit: 0,
        row: 2,
        value: BigInt(t),
        real: t / 2048,
      });
    }
  });

  it('names a weight or bias that leaves [-2^15, 2^15)', () => {
    const { weights, shard } = tiny([2, 1], (_, s) => {
      s.X[4] = 32767;
      s.Y[0] = 32767;
    });
    const weight = violationOf(() => trainSegment(weights, shard, { lr: 65536, batch: 1, salt: 0n })).violation;
    assert.deepEqual(weight, {
      quantity: 'weight',
      layer: 1,
      step: 0,
      unit: 0,
      value: 65536n * 4n * 32767n * 32767n,
      real: (65536 * 4 * 32767 ** 2) / 2 ** 32,
    });
    const rows = 64;
    const far = emptyShard({ inputs: 2, outputs: 1, rows, kind: 'regression' }, 0n);
    far.Y.fill(32767);
    const run = () =>
      trainSegment(zeroWeights({ widths: [2, 1], head: 'squared error' }, 0n), far, {
        lr: 65536,
        batch: rows,
        salt: 0n,
      });
    const bias = violationOf(run).violation;
    assert.equal(bias.quantity, 'bias');
    assert.equal(bias.value, 65536n * 512n * 4n * 32767n * BigInt(rows));
    assert.equal(bias.step, 0);
  });

  it('computes exactly at the largest sums the comment in the kernel allows', () => {
    // 4096 inputs of -64 with weights of -2^15 and just below 2^15, cancelling to little: partial sums reach 2^73.
    const inputs = 4096;
    const weights = zeroWeights({ widths: [inputs, 1], head: 'squared error' }, 0n);
    for (let j = 0; j < inputs; j++) weights.layers[0].W[j] = j < inputs / 2 ? -(2n ** 47n) : 2n ** 47n - 1n;
    const shard = emptyShard({ inputs, outputs: 1, rows: 1, kind: 'regression' }, 0n);
    shard.X.fill(-32768);
    const z = 32768n * 2048n; // the sum: 2048 * 2^47 * 2^15 - 2048 (2^47 - 1) 2^15
    const { trace } = trainSegment(weights, shard, { lr: 1, batch: 1, salt: 0n });
    assert.equal(BigInt(trace.output.Q[0] - 32768), (z + 2n ** 31n) >> 32n);
    assert.equal(BigInt(trace.output.U0[0]) + 2n ** 16n * BigInt(trace.output.U1[0]), (z + 2n ** 31n) % 2n ** 32n);
  });

  it('computes the largest backward sum exactly', () => {
    // 4096 outputs with |D| = 4 * 65535 and |w| about 2^15; half cancel, and 2^76 is reached on the way. The lower parts of the
    // weights are as large as they can be, and all of one sign.
    const outputs = 4096;
    const low = 2n ** 23n - 1n;
    const weights = zeroWeights({ widths: [1, 1, outputs], head: 'squared error' }, 0n);
    const shard = emptyShard({ inputs: 1, outputs, rows: 1, kind: 'regression' }, 0n);
    const { W, b } = weights.layers[1];
    for (let i = 0; i < outputs; i++) {
      W[i] = (i < outputs / 2 ? -(2n ** 47n) : 2n ** 47n - 2n ** 24n) + low;
      b[i] = 32767n << 23n;
      shard.Y[i] = -32768;
    }
    const d = 4n * 65535n;
    const e = 2048n * d * (2n * low - 2n ** 24n);
    const { trace } = trainSegment(weights, shard, { lr: 1, batch: 1, salt: 0n });
    assert.equal(BigInt(trace.hidden[0].T[0] - 32768), (e + 2n ** 31n) >> 32n);
    assert.equal(BigInt(trace.hidden[0].S0[0]), BigInt.asUintN(16, e + 2n ** 31n));
    assert.equal(BigInt(trace.hidden[0].S1[0]), BigInt.asUintN(16, (e + 2n ** 31n) >> 16n));
  });

  it('equals the reference with weights, inputs and rates of any size', () => {
    const next = random(20261128);
    const any = (bits: number) => BigInt(Math.floor((next() - 0.5) * 2 ** 40)) * 2n ** BigInt(bits - 40);
    for (let run = 0; run < 40; run++) {
      const widths = [3, 6, 2];
      const weights = zeroWeights({ widths, head: 'squared error' }, 0n);
      // columns whose weights almost cancel, so that huge ones still give sums in range
      const [first, second] = weights.layers;
      for (let i = 0; i < 6; i++) {
        const w = any(46) + BigInt(Math.floor(next() * 2 ** 20));
        for (let j = 0; j < 2; j++) first.W[i * 4 + j] = j === 0 ? w : -w + BigInt(Math.floor(next() * 2 ** 24));
        first.W[i * 4 + 2] = BigInt(Math.floor((next() - 0.5) * 2 ** 30));
        for (let k = 0; k < 2; k++) second.W[k * 8 + i] = BigInt(Math.floor((next() - 0.5) * 2 ** 31));
      }
      const shard = emptyShard({ inputs: 3, outputs: 2, rows: 7, kind: 'regression' }, 0n);
      for (let s = 0; s < 7; s++) {
        const x = Math.floor((next() - 0.5) * 65536);
        [shard.X[s], shard.X[8 + s], shard.X[16 + s]] = [x, x, Math.floor((next() - 0.5) * 65536)];
        for (let i = 0; i < 2; i++) shard.Y[8 * i + s] = Math.floor((next() - 0.5) * 4096);
      }
      const data = { X: toMatrix(shard.X, 3, 8), Y: toMatrix(shard.Y, 2, 8), rows: 7 };
      // one step: what follows such a step would leave the ranges
      const expected = referenceTrain(toReference(weights), data, { lr: 65536n, batch: 8 });
      const { child, trace } = trainSegment(weights, shard, { lr: 65536, batch: 8, salt: 0n });
      assert.deepEqual(toReference(child), expected.model);
      assert.deepEqual(trace, expectedTrace(widths, 8, expected, 'squared error'));
    }
  });
});

describe('arguments', () => {
  const { weights, shard } = randomCase({ widths: [4, 3, 2], rows: 8, kind: 'classes', seed: 5 });
  const train = (change: Partial<TrainOptions>, s = shard, w = weights) =>
    trainSegment(w, s, { lr: 1, batch: 2, salt: 0n, ...change });

  it('refuses rates, batches and salts outside the protocol', () => {
    for (const lr of [0, -1, 65537, 1.5, Number.NaN]) assert.throws(() => train({ lr }), InputError);
    for (const batch of [0, 3, 16, 1.5]) assert.throws(() => train({ batch }), InputError);
    assert.throws(() => train({ salt: -1n }), InputError);
    assert.throws(() => train({ salt: 2n ** 254n }), InputError);
  });

  it('refuses a shard of other widths, passes that are too many or no power of two, or padding', () => {
    const other = emptyShard({ inputs: 5, outputs: 2, rows: 8, kind: 'regression' }, 0n);
    assert.throws(() => train({}, other), /4-3-2 network cannot use/);
    for (const passes of [0, 3, 1.5, 4096]) assert.throws(() => train({ passes }), /power of two in 1..2048/);
    const dirty = emptyShard({ inputs: 3, outputs: 2, rows: 8, kind: 'regression' }, 0n);
    dirty.X[3 * 8] = 1;
    assert.throws(() => train({}, dirty, zeroWeights({ widths: [3, 2], head: 'squared error' }, 0n)), /padding/);
  });

  it('refuses a head that does not go with the rows, and smoothing that leaves no target', () => {
    const softmax = { ...weights, head: 'softmax' } as const;
    const numbers = emptyShard({ inputs: 4, outputs: 2, rows: 8, kind: 'regression' }, 0n);
    assert.throws(() => train({}, numbers, softmax), /softmax does not go with rows of regression/);
    assert.throws(() => evaluate(softmax, numbers), /softmax does not go with rows of regression/);
    assert.throws(() => train({ smoothing: 1 }), /takes no smoothing/);
    assert.throws(() => train({ smoothing: 256 }, shard, softmax), /0..255/);
    assert.doesNotThrow(() => train({ smoothing: 255 }, shard, softmax));
  });

  it('refuses weights that are no model', () => {
    const bad = structuredClone(weights);
    bad.layers[0].W[3 * 4] = 1n;
    assert.throws(() => train({}, shard, bad), /padding/);
    bad.layers[0].W[3 * 4] = 0n;
    bad.layers[1].b[0] = 2n ** 47n;
    assert.throws(() => train({}, shard, bad), /32768/);
  });

  it('says before training which oracle is too large', () => {
    const big = emptyShard({ inputs: 1, outputs: 1, rows: 4096, kind: 'regression' }, 0n);
    const refused = (hidden: number, passes: number, hint: RegExp) =>
      assert.throws(
        () =>
          trainSegment(zeroWeights({ widths: [1, hidden, 1], head: 'squared error' }, 0n), big, {
            lr: 1,
            batch: 16,
            passes,
            salt: 0n,
          }),
        (error: unknown) => error instanceof CapacityError && error.oracle === 'trace' && hint.test(error.hint!),
      );
    refused(2048, 1, /^Use shards of fewer than 4096 rows/);
    refused(1024, 4, /^Make fewer passes at once/);
  });
});

describe('evaluate', () => {
  it('scores a shard of any row count with strict wins', () => {
    const weights = zeroWeights({ widths: [1, 3], head: 'squared error' }, 0n);
    const rows = 131;
    const shard = emptyShard({ inputs: 1, outputs: 3, rows, kind: 'classes' }, 0n);
    for (let s = 0; s < rows; s++) shard.Y[(s % 3) * 256 + s] = 512;
    assert.deepEqual(evaluate(weights, shard), { right: 0, rows, loss: 1 }, 'ties count as wrong');
    weights.layers[0].b[1] = 1n << 23n;
    assert.equal(evaluate(weights, shard).right, Math.ceil((rows - 1) / 3));
  });

  it('equals the forward pass of the reference, row by row', () => {
    fc.assert(
      fc.property(cases, fc.integer({ min: 1, max: 70 }), (c, rows) => {
        const { weights, shard } = randomCase({ ...c, rows });
        const S = 2 ** Math.ceil(Math.log2(rows));
        const data = { X: toMatrix(shard.X, shard.inputs, S), Y: toMatrix(shard.Y, shard.outputs, S) };
        const Q = referenceTrain(toReference(weights), data, { lr: 0n, batch: S }).Q;
        const outputs = Q[Q.length - 1];
        let [loss, right] = [0, 0];
        for (let s = 0; s < rows; s++) {
          const row = outputs.map((q) => Number(q[s]) / 512);
          const target = data.Y.map((y) => Number(y[s]) / 512);
          const label = target.indexOf(1);
          const others = c.kind === 'labels' ? row.every((q, i) => q * (2 * target[i] - 1) > 0) : undefined;
          if (others ?? row.every((q, i) => i === label || q < row[label])) right++;
          const powers = row.map(Math.exp);
          if (c.head === 'softmax') loss -= Math.log(powers[label] / powers.reduce((a, b) => a + b));
          row.forEach((q, i) => {
            if (c.head === 'squared error') loss += (q - target[i]) ** 2;
            if (c.head === 'sigmoid') loss += Math.log(1 + powers[i]) - target[i] * q;
          });
        }
        const result = evaluate(weights, shard);
        assert.equal(result.right, c.kind === 'regression' ? undefined : right);
        assert.ok(Math.abs(result.loss - loss / rows) < 1e-9 * (1 + loss));
      }),
      { numRuns: 60 },
    );
  });
});

describe('realLearningRate', () => {
  it('is lr * B / 2^12', () => {
    assert.equal(realLearningRate({ lr: 64, batch: 16 }), 0.25);
  });
});
