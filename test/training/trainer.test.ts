import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { CapacityError } from '../../src/errors/CapacityError.ts';
import { InputError } from '../../src/errors/InputError.ts';
import { TrainingRangeError } from '../../src/errors/TrainingRangeError.ts';
import { emptyShard, type Shard } from '../../src/model/shard.ts';
import { type Weights, zeroWeights } from '../../src/model/weights.ts';
import { evaluate, realLearningRate, trainSegment } from '../../src/training/trainer.ts';
import { referenceTrain } from '../reference/integer-trainer.ts';
import { type Case, cases, expectedTrace, randomCase, toMatrix, toReference } from './helpers.ts';

function compare(c: Case): void {
  const { weights, shard } = randomCase(c);
  const before = structuredClone({ weights, shard });
  const data = { X: toMatrix(shard.X, shard.inputs, c.rows), Y: toMatrix(shard.Y, shard.outputs, c.rows) };
  const run = referenceTrain(toReference(weights), data, { lr: BigInt(c.lr), batch: c.batch });
  const leaves =
    run.Q.slice(0, -1).some((Q) => Q.flat().some((q) => q <= -16384n || q >= 16384n)) ||
    [...run.T, run.Q[run.Q.length - 1]].some((T) => T.flat().some((t) => t < -8192n || t >= 8192n));
  if (leaves) {
    assert.throws(() => trainSegment(weights, shard, { lr: c.lr, batch: c.batch, salt: 77n }), TrainingRangeError);
    return;
  }
  const { child, trace } = trainSegment(weights, shard, { lr: c.lr, batch: c.batch, salt: 77n });
  assert.deepEqual(toReference(child), run.model);
  assert.deepEqual(trace, expectedTrace(c.widths, c.rows, run));
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
    ['batches of one', { rows: 16, batch: 1 }],
    ['batches of two', { rows: 16, batch: 2 }],
    ['one output, one input, no hidden layer', { widths: [1, 1] }],
    ['no padding', { widths: [8, 4, 2] }],
    ['much padding', { widths: [9, 17, 5] }],
    ['four layers', { widths: [3, 5, 7, 2, 9] }],
    ['a width of one in the middle', { widths: [4, 1, 4] }],
    ['a wide layer', { widths: [65, 130, 3] }],
  ];
  for (const [name, change] of edge) {
    it(`equals the reference: ${name}`, () => {
      compare({ widths: [5, 6, 3], rows: 8, batch: 4, lr: 3, kind: 'classes', seed: 4711, ...change });
    });
  }

  it('leaves padding weights zero', () => {
    const { weights, shard } = randomCase({ widths: [5, 6, 3], rows: 8, batch: 4, lr: 3, kind: 'regression', seed: 9 });
    const { child } = trainSegment(weights, shard, { lr: 3, batch: 4, salt: 1n });
    const { W, b } = child.layers[0];
    for (let i = 0; i < 8; i++) {
      for (let j = 0; j < 8; j++) if (i >= 6 || j >= 5) assert.equal(W[i * 8 + j], 0n);
      if (i >= 6) assert.equal(b[i], 0n);
    }
  });

  it('reports progress, loss before each step, and accuracy only for classes', () => {
    const { weights, shard } = randomCase({ widths: [4, 3], rows: 8, batch: 2, lr: 1, kind: 'classes', seed: 3 });
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
    const regression = randomCase({ widths: [4, 3], rows: 8, batch: 2, lr: 1, kind: 'regression', seed: 3 });
    const none = trainSegment(regression.weights, regression.shard, { lr: 1, batch: 2, salt: 1n });
    assert.equal(none.accuracy, undefined);
  });
});

describe('ranges', () => {
  /** One layer, one weight w, one input x: Q = round(w x). */
  function tiny(widths: number[], fill: (weights: Weights, shard: Shard) => void): { weights: Weights; shard: Shard } {
    const weights = zeroWeights(widths, 0n);
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

  it('accepts outputs from -2^13 to 2^13 - 1 and names the first beyond', () => {
    for (const [q, ok] of [
      [8191, true],
      [-8192, true],
      [8192, false],
      [-8193, false],
    ] as const) {
      const { weights, shard } = tiny([1, 1], (w) => {
        w.layers[0].b[0] = BigInt(q) << 19n;
      });
      shard.Y.fill(Math.max(-8192, Math.min(8191, q))); // no error to learn from, so the later steps stay put
      const run = () => trainSegment(weights, shard, { lr: 1, batch: 1, salt: 0n });
      if (ok) {
        const { trace } = run();
        assert.equal(trace.output.Q[0], q + 8192);
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
      assert.match(message, /output at layer 1, step 0, row 0, unit 0 is -?16(\.\d+)? \(-?819[23]\)/);
      // At the first step no rate has had an effect.
      assert.match(hint!, /as they are[\s\S]*--logits 1/);
      assert.equal(exitCode, 4);
      assert.equal(code, 'TRAINING_RANGE');
    }
  });

  it('accepts hidden sums up to 2^14 - 1 in absolute value', () => {
    for (const [q, ok] of [
      [16383, true],
      [-16383, true],
      [16384, false],
      [-16384, false],
    ] as const) {
      const { weights, shard } = tiny([1, 2, 1], (w) => {
        w.layers[0].b[1] = BigInt(q) << 19n;
      });
      const run = () => trainSegment(weights, shard, { lr: 1, batch: 2, salt: 0n });
      if (ok) {
        const { trace } = run();
        assert.equal(trace.hidden[0].V[4], 16383);
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

  it('accepts back-propagated errors from -2^13 to 2^13 - 1, also of inactive units', () => {
    // E = w (4 (Q - Y)) with Q = 0: Y = -2048 gives D = 8192, so T = round(w 8192 / 2^28).
    for (const [t, ok] of [
      [8191, true],
      [-8192, true],
      [8192, false],
      [-8193, false],
    ] as const) {
      const { weights, shard } = tiny([1, 1, 1], (w, s) => {
        w.layers[1].W[0] = BigInt(t) << 15n;
        s.Y[2] = -2048;
      });
      const run = () => trainSegment(weights, shard, { lr: 1, batch: 1, salt: 0n });
      if (ok) {
        assert.equal(run().trace.hidden[0].T[2], t + 8192);
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

  it('names a weight or bias that leaves [-64, 64)', () => {
    const { weights, shard } = tiny([2, 1], (_, s) => {
      s.X[4] = 8191;
      s.Y[0] = 8191;
    });
    const weight = violationOf(() => trainSegment(weights, shard, { lr: 128, batch: 1, salt: 0n })).violation;
    assert.deepEqual(weight, {
      quantity: 'weight',
      layer: 1,
      step: 0,
      unit: 0,
      value: 128n * 4n * 8191n * 8191n,
      real: (128 * 4 * 8191 ** 2) / 2 ** 28,
    });
    shard.X.fill(0);
    const bias = violationOf(() => trainSegment(weights, shard, { lr: 65536, batch: 1, salt: 0n })).violation;
    assert.equal(bias.quantity, 'bias');
    assert.equal(bias.value, 65536n * 512n * 4n * 8191n);
    assert.equal(bias.step, 0);
  });

  it('computes exactly at the largest sums the comment in the kernel allows', () => {
    // 4096 inputs of -16 with weights of -64 and just below 64, cancelling to 0: partial sums reach 2^59.
    const inputs = 4096;
    const weights = zeroWeights([inputs, 1], 0n);
    for (let j = 0; j < inputs; j++) weights.layers[0].W[j] = j < inputs / 2 ? -(2n ** 34n) : 2n ** 34n - 1n;
    weights.layers[0].b[0] = 0n;
    const shard = emptyShard({ inputs, outputs: 1, rows: 1, kind: 'regression' }, 0n);
    shard.X.fill(-8192);
    const z = 8192n * 2048n; // the sum: 2048 * 2^34 * 2^13 - 2048 (2^34 - 1) 2^13
    const { trace } = trainSegment(weights, shard, { lr: 1, batch: 1, salt: 0n });
    assert.equal(BigInt(trace.output.Q[0] - 8192), (z + 2n ** 27n) >> 28n);
    assert.equal(BigInt(trace.output.U0[0]) + 2n ** 14n * BigInt(trace.output.U1[0]), (z + 2n ** 27n) % 2n ** 28n);
  });

  it('computes the largest backward sum exactly', () => {
    // 4096 outputs with |D| = 4 * 16383 and |w| = 64; half cancel, and 2^62 is reached on the way.
    const outputs = 4096;
    const weights = zeroWeights([1, 1, outputs], 0n);
    const shard = emptyShard({ inputs: 1, outputs, rows: 1, kind: 'regression' }, 0n);
    const { W, b } = weights.layers[1];
    for (let i = 0; i < outputs; i++) {
      W[i] = i < outputs / 2 ? -(2n ** 34n) : 2n ** 34n - 1n;
      b[i] = 8191n << 19n;
      shard.Y[i] = -8192;
    }
    const d = 4n * 16383n;
    const e = -(2048n * d);
    const { trace } = trainSegment(weights, shard, { lr: 1, batch: 1, salt: 0n });
    assert.equal(BigInt(trace.hidden[0].T[0] - 8192), (e + 2n ** 27n) >> 28n);
    assert.equal(BigInt(trace.hidden[0].S0[0]), BigInt.asUintN(14, e + 2n ** 27n));
  });
});

describe('arguments', () => {
  const { weights, shard } = randomCase({ widths: [4, 3, 2], rows: 8, batch: 2, lr: 1, kind: 'classes', seed: 5 });
  const train = (change: Partial<{ lr: number; batch: number; salt: bigint }>, s = shard, w = weights) =>
    trainSegment(w, s, { lr: 1, batch: 2, salt: 0n, ...change });

  it('refuses rates, batches and salts outside the protocol', () => {
    for (const lr of [0, -1, 65537, 1.5, Number.NaN]) assert.throws(() => train({ lr }), InputError);
    for (const batch of [0, 3, 16, 1.5]) assert.throws(() => train({ batch }), InputError);
    assert.throws(() => train({ salt: -1n }), InputError);
    assert.throws(() => train({ salt: 2n ** 254n }), InputError);
  });

  it('refuses a shard of other widths, of a row count that is no power of two, or with padding', () => {
    const other = emptyShard({ inputs: 5, outputs: 2, rows: 8, kind: 'regression' }, 0n);
    assert.throws(() => train({}, other), /4-3-2 network cannot use/);
    const odd = emptyShard({ inputs: 4, outputs: 2, rows: 6, kind: 'regression' }, 0n);
    assert.throws(() => train({}, odd), /power of two/);
    const dirty = emptyShard({ inputs: 3, outputs: 2, rows: 8, kind: 'regression' }, 0n);
    dirty.X[3 * 8] = 1;
    assert.throws(() => train({}, dirty, zeroWeights([3, 2], 0n)), /padding/);
  });

  it('refuses weights that are no model', () => {
    const bad = structuredClone(weights);
    bad.layers[0].W[3 * 4] = 1n;
    assert.throws(() => train({}, shard, bad), /padding/);
    bad.layers[0].W[3 * 4] = 0n;
    bad.layers[1].b[0] = 2n ** 34n;
    assert.throws(() => train({}, shard, bad), /64/);
  });

  it('says before training which oracle is too large', () => {
    const big = emptyShard({ inputs: 1, outputs: 1, rows: 4096, kind: 'regression' }, 0n);
    const wide = zeroWeights([1, 1024, 1], 0n);
    assert.throws(
      () => trainSegment(wide, big, { lr: 1, batch: 16, salt: 0n }),
      (error: unknown) =>
        error instanceof CapacityError && error.oracle === 'trace' && /fewer than 4096 rows/.test(error.hint!),
    );
  });
});

describe('evaluate', () => {
  it('scores a shard of any row count with strict wins', () => {
    const weights = zeroWeights([1, 3], 0n);
    const rows = 131;
    const shard = emptyShard({ inputs: 1, outputs: 3, rows, kind: 'classes' }, 0n);
    for (let s = 0; s < rows; s++) shard.Y[(s % 3) * 256 + s] = 512;
    assert.deepEqual(evaluate(weights, shard), { right: 0, rows, loss: 1 }, 'ties count as wrong');
    weights.layers[0].b[1] = 1n << 19n;
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
        let squares = 0;
        let right = 0;
        for (let s = 0; s < rows; s++) {
          const row = outputs.map((q) => Number(q[s]));
          const target = data.Y.map((y) => Number(y[s]));
          row.forEach((q, i) => {
            squares += ((q - target[i]) / 512) ** 2;
          });
          const label = target.indexOf(512);
          if (c.kind === 'classes' && row.every((q, i) => i === label || q < row[label])) right++;
        }
        const result = evaluate(weights, shard);
        assert.equal(result.right, c.kind === 'classes' ? right : undefined);
        assert.ok(Math.abs(result.loss - squares / rows) < 1e-9 * (1 + squares));
      }),
      { numRuns: 60 },
    );
  });
});

describe('realLearningRate', () => {
  it('is lr * B / 2^8', () => {
    assert.equal(realLearningRate({ lr: 4, batch: 16 }), 0.25);
  });
});
