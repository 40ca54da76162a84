import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { InputError } from '../../src/errors/InputError.ts';
import { TrainingRangeError } from '../../src/errors/TrainingRangeError.ts';
import type { Head } from '../../src/model/head.ts';
import { defaultTop, lossPerRow, type Measures } from '../../src/model/measures.ts';
import { emptyShard, type Shard } from '../../src/model/shard.ts';
import type { ShardKind } from '../../src/model/shardKind.ts';
import { scoreTrace } from '../../src/training/scoreTrace.ts';
import { expTable, lossTable } from '../../src/training/tables.ts';
import { PAIRS } from './helpers.ts';

/** A shard and logits of its rows, by row, both with fa fraction bits; padded rows have the logits `padding`. */
interface Scored {
  kind: ShardKind;
  head: Head;
  logits: number[][];
  targets: number[][];
  padding?: number[];
}

function traceOf({ kind, head, logits, targets, padding }: Scored, k?: number) {
  const [rows, outputs] = [logits.length, logits[0].length];
  const shard: Shard = emptyShard({ inputs: 1, outputs, rows, kind }, 1n);
  const S = 2 ** Math.ceil(Math.log2(rows));
  const Q = new Int32Array(shard.Y.length).fill(2 ** 15);
  for (let i = 0; i < outputs; i++) {
    for (let s = 0; s < S; s++) Q[i * S + s] = 2 ** 15 + (logits[s] ?? padding ?? logits[0])[i];
    for (let s = 0; s < rows; s++) shard.Y[i * S + s] = targets[s][i];
  }
  return scoreTrace({ Q, shard, head, layer: 2 }, k);
}

/** The measures by their definitions, in big integers. */
function measuresOf({ kind, head, logits, targets }: Scored, k: number): Omit<Measures, 'k'> {
  const rows = logits.map((q, s) => ({ q, y: targets[s], label: targets[s].findIndex((y) => y !== 0) }));
  const outputs = logits[0].length;
  const count = (holds: (row: (typeof rows)[number]) => boolean) => BigInt(rows.filter(holds).length);
  const sum = (of: (row: (typeof rows)[number], i: number) => bigint) =>
    rows.reduce((total, row) => row.q.reduce((part, _, i) => part + of(row, i), total), 0n);
  const loss = rows.reduce((total, { q, y, label }) => total + lossOf(head, q, y, label), 0n);
  if (kind === 'regression') {
    const error = ({ q, y }: { q: number[]; y: number[] }, i: number) => BigInt(q[i]) - BigInt(y[i]);
    const size = (x: bigint) => (x < 0n ? -x : x);
    const result = sum((row, i) => error(row, i) ** 2n);
    return { result, absolute: sum((row, i) => size(error(row, i))), loss: 0n, top: 0n, counts: null };
  }
  if (kind === 'labels') {
    const isWrong = (q: number, y: number) => (y === 0 ? q >= 0 : q <= 0);
    const wrong = ({ q, y }: { q: number[]; y: number[] }) => q.filter((v, i) => isWrong(v, y[i])).length;
    return {
      result: count((row) => wrong(row) === 0),
      top: count((row) => wrong(row) < k),
      counts: Uint16Array.from({ length: outputs }, (_, i) => Number(count(({ q, y }) => !isWrong(q[i], y[i])))),
      loss,
      absolute: 0n,
    };
  }
  const notBelow = ({ q, label }: { q: number[]; label: number }) =>
    q.filter((v, i) => i !== label && v >= q[label]).length;
  const counts = new Uint16Array(outputs ** 2);
  for (const { q, label } of rows) {
    const best = q.indexOf(Math.max(...q));
    if (q.lastIndexOf(Math.max(...q)) === best) counts[label * outputs + best]++;
  }
  return {
    result: count((row) => notBelow(row) === 0),
    top: count((row) => notBelow(row) < k),
    counts: outputs <= 32 ? counts : null,
    loss,
    absolute: 0n,
  };
}

function lossOf(head: Head, q: number[], y: number[], label: number): bigint {
  if (head === 'squared error') return 0n;
  if (head === 'sigmoid') {
    const table = lossTable();
    return q.reduce((sum, v, i) => sum + BigInt(table[2 ** 15 + (y[i] === 0 ? v : -v)]), 0n);
  }
  const table = expTable();
  const sumAt = (z: number) => q.reduce((sum, v) => sum + BigInt(table[z - v]), 0n);
  let z = Math.max(...q);
  while (sumAt(z) > 65536n) z++;
  return 128n * BigInt(z - q[label]) - (65536n - sumAt(z));
}

const logit = fc.oneof(
  fc.integer({ min: -3, max: 3 }),
  fc.integer({ min: -1500, max: 1500 }),
  fc.integer({ min: -(2 ** 14), max: 2 ** 14 }),
);

const scored: fc.Arbitrary<Scored> = fc
  .record({
    pair: fc.constantFrom(...PAIRS),
    rows: fc.integer({ min: 1, max: 12 }),
    outputs: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.constantFrom(31, 32, 33)),
  })
  .chain(({ pair, rows, outputs }) => {
    const head = pair[0];
    const kind = pair[1];
    const table = <T>(entry: fc.Arbitrary<T>) =>
      fc.array(fc.array(entry, { minLength: outputs, maxLength: outputs }), { minLength: rows, maxLength: rows });
    const targets =
      kind === 'classes'
        ? fc
            .array(fc.nat(outputs - 1), { minLength: rows, maxLength: rows })
            .map((labels) => labels.map((label) => Array.from({ length: outputs }, (_, i) => (i === label ? 512 : 0))))
        : table(kind === 'labels' ? fc.constantFrom(0, 512) : logit);
    return fc.record({ kind: fc.constant(kind), head: fc.constant(head), logits: table(logit), targets });
  });

describe('what a score measures', () => {
  it('is what its definitions say, of all heads and kinds, ties included', () => {
    fc.assert(
      fc.property(scored, fc.nat(8), (of, pick) => {
        const k = 1 + (pick % of.logits[0].length);
        const { measures } = traceOf(of, k);
        assert.deepEqual(measures, { ...measuresOf(of, k), k });
      }),
      { numRuns: 300 },
    );
  });

  it('takes 5 places as top, fewer where there are as few outputs, one for regression', () => {
    assert.deepEqual([1, 2, 3, 6, 10].map(defaultTop), [1, 1, 2, 5, 5]);
    const of = (kind: ShardKind, head: Head) =>
      traceOf({ kind, head, logits: [[1, 2, 3, 4]], targets: [[512, 0, 0, 0]] }).measures.k;
    assert.deepEqual([of('classes', 'softmax'), of('labels', 'sigmoid'), of('regression', 'squared error')], [3, 3, 1]);
  });

  it('has places from one to the number of outputs', () => {
    const row: Scored = { kind: 'classes', head: 'softmax', logits: [[1, 2, 3]], targets: [[512, 0, 0]] };
    assert.equal(traceOf(row, 3).measures.top, 1n);
    for (const k of [0, 4, 1.5, Number.NaN]) {
      assert.throws(
        () => traceOf(row, k),
        (error) => error instanceof InputError && /from 1 to 3/.test(error.hint ?? ''),
      );
    }
  });

  it('counts a row among the top k where others are as high, only if these are fewer than k', () => {
    const row: Scored = { kind: 'classes', head: 'softmax', logits: [[7, 7, 7, 1]], targets: [[512, 0, 0, 0]] };
    assert.deepEqual(
      [1, 2, 3].map((k) => traceOf(row, k).measures.top),
      [0n, 0n, 1n],
    );
    assert.equal(
      traceOf(row).measures.counts?.some((count) => count > 0),
      false,
    );
  });

  it('has a log-loss above that of floats, by little', () => {
    fc.assert(
      fc.property(
        scored.filter(({ head }) => head !== 'squared error'),
        ({ padding: _, ...of }) => {
          const { head, kind, logits, targets } = of;
          const [rows, outputs] = [logits.length, logits[0].length];
          const real = logits.reduce((sum, q, s) => sum + floatLoss(head, q, targets[s]), 0) / rows;
          const proved = lossPerRow(traceOf(of).measures.loss, { head, kind, rows, outputs })!;
          // softmax: both roundings of its powers, and what is lost by 1 - a instead of ln; sigmoid: one unit an output
          const most = head === 'softmax' ? outputs + (128 + outputs) ** 2 / 2 ** 17 : outputs;
          assert.ok(proved >= real - 1e-9 && proved <= real + most / 2 ** 16 + 1e-9, `${proved} for ${real}`);
        },
      ),
      { numRuns: 200 },
    );
  });
});

function floatLoss(head: Head, q: number[], y: number[]): number {
  if (head === 'softmax') {
    const most = Math.max(...q);
    const sum = q.reduce((total, v) => total + Math.exp((v - most) / 512), 0);
    return Math.log(sum) + (most - q[y.findIndex((v) => v !== 0)]) / 512;
  }
  return q.reduce((sum, v, i) => {
    const wrong = (y[i] === 0 ? v : -v) / 512;
    return sum + Math.max(wrong, 0) + Math.log1p(Math.exp(-Math.abs(wrong)));
  }, 0);
}

describe('a log-loss beyond its tables is an error', () => {
  const violationOf = (of: Scored) => {
    try {
      traceOf(of);
    } catch (error) {
      assert.ok(error instanceof TrainingRangeError, String(error));
      return error;
    }
    throw new Error('nothing is out of range');
  };

  it('a logit of -64 where the label is set, of classes too, and no other', () => {
    const logits = [
      [0, 1],
      [5, -(2 ** 15)],
    ];
    for (const kind of ['labels', 'classes'] as const) {
      const error = violationOf({
        kind,
        head: 'sigmoid',
        logits,
        targets: [
          [512, 0],
          [0, 512],
        ],
      });
      assert.match(error.message, /output at layer 2, row 1, unit 1 is -64 \(-32768\); the proof allows more than -64/);
      assert.ok(error.isAtStart);
    }
    const { measures } = traceOf({
      kind: 'labels',
      head: 'sigmoid',
      logits,
      targets: [
        [512, 0],
        [512, 0],
      ],
    });
    assert.equal(measures.loss, BigInt(lossTable()[2 ** 15] + lossTable()[2 ** 15 + 1] + lossTable()[2 ** 15 - 5] + 1));
    traceOf({ kind: 'labels', head: 'sigmoid', logits: [[1 - 2 ** 15]], targets: [[512]] });
  });

  it('logits of softmax that are 128 apart, where the log of the sum is above the largest', () => {
    const [high, low] = [2 ** 15 - 1, -(2 ** 15)];
    const targets = [[0, 512, 0]];
    const { measures } = traceOf({ kind: 'classes', head: 'softmax', logits: [[low, high, 0]], targets });
    assert.equal(measures.loss, 0n);
    const error = violationOf({ kind: 'classes', head: 'softmax', logits: [[low, high, high]], targets });
    assert.match(error.message, /distance to the log of the sum of exponentials at layer 2, row 0, unit 0 is 128.69/);
    assert.match(error.message, /the proof allows less than 128/);
  });

  it('rows that fill up a shard, which have no number', () => {
    const [high, low] = [2 ** 15 - 1, -(2 ** 15)];
    const error = violationOf({
      kind: 'classes',
      head: 'softmax',
      logits: [
        [0, 0, 0],
        [1, 1, 1],
        [2, 2, 2],
      ],
      targets: [
        [512, 0, 0],
        [512, 0, 0],
        [512, 0, 0],
      ],
      padding: [low, high, high],
    });
    assert.match(error.message, /at layer 2, unit 0 is/);
  });
});
