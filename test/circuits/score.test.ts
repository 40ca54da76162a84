import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { Random, range } from '../reference/algebra.ts';
import { type Judge, judgeOf } from '../reference/circuit.ts';
import { randomWeights } from '../reference/models.ts';
import type { Reference } from '../reference/run.ts';
import { proveScore } from '../reference/score.ts';
import type { Stated } from '../reference/score-run.ts';
import { randomShard } from '../reference/shards.ts';
import type { ReferenceHead } from '../reference/sizes.ts';
import { pinned } from './pinned.ts';

describe('program score', () => {
  let judge: Judge;
  before(async () => {
    judge = await judgeOf('score');
  });

  it('has the pinned number of constraints, below 2^16', () => {
    assert.equal(judge.constraints, pinned('score'));
    assert.ok(judge.constraints < 2 ** 16);
  });

  const shapes = [
    [[3, 3], 5],
    [[1, 1], 1],
    [[4, 3, 3], 8],
    [[2, 3, 3, 1], 3],
    [[3, 5, 2, 4, 3], 6],
    [[2, 9, 4], 1],
  ] as const;
  const kinds = [
    ['classes', 'squared error'],
    ['classes', 'softmax'],
    ['classes', 'sigmoid'],
    ['labels', 'sigmoid'],
    ['regression', 'squared error'],
  ] as const;
  for (const [at, [widths, rows]] of shapes.entries()) {
    // Each shape with two kinds, each kind with two shapes or more.
    for (const [kind, head] of kinds.filter((_, k) => (k + 2 * at) % 5 < 2)) {
      it(`accepts a ${widths.join('-')} network with ${head} on ${rows} rows of ${kind}`, async () => {
        const random = new Random(rows);
        const bits = { classes: kind === 'classes', labels: kind === 'labels' };
        const shard = randomShard({ inputs: widths[0], outputs: widths[widths.length - 1], rows, ...bits }, random);
        const weights = { ...randomWeights([...widths], 2 ** 30, random), head };
        await judge.accepts(proveScore(weights, shard, random));
      });
    }
  }

  for (const [outputs, rows, head, kind] of [
    [4096, 1, 'sigmoid', 'labels'],
    [4095, 1, 'softmax', 'classes'],
    [2, 4095, 'softmax', 'classes'],
  ] as const)
    it(`accepts as many as ${outputs} ${kind} on ${rows} rows`, async () => {
      const random = new Random(10);
      const of = { classes: kind === 'classes', labels: kind === 'labels' };
      const shard = randomShard({ inputs: 1, outputs, rows, ...of }, random);
      const weights = { ...randomWeights([1, outputs], 2 ** 31, random), head };
      const counts = outputs < 100 || kind === 'labels';
      const proof = proveScore(weights, shard, random, {}, { k: outputs - 1, counts });
      if (counts) assert.ok(proof.counts!.reduce((a, b) => a + b) > BigInt(Math.max(outputs, rows) >> 2));
      await judge.accepts(proof);
    });

  /** A network whose logits are its inputs, on rows with these. */
  const identity = (
    logits: readonly (readonly bigint[])[],
    labels: readonly (readonly bigint[])[],
    { head, kind }: { head: ReferenceHead; kind: 'classes' | 'labels' | 'regression' },
    stated?: Stated,
  ): Reference => {
    const random = new Random(9);
    const [rows, n] = [logits.length, logits[0].length];
    const of = { classes: kind === 'classes', labels: kind === 'labels' };
    const shard = randomShard({ inputs: n, outputs: n, rows, ...of }, random);
    const weights = { ...randomWeights([n, n], 0, random), head };
    const [S, N] = [2 ** Math.ceil(Math.log2(rows)), 2 ** Math.ceil(Math.log2(n))];
    for (const i of range(n)) weights.W[0][i * N + i] = 2n ** 32n;
    for (const i of range(n))
      for (const s of range(rows)) [shard.X[i * S + s], shard.Y[i * S + s]] = [logits[s][i], labels[s][i]];
    return proveScore(weights, shard, random, {}, stated);
  };
  const results = ({ inputs: { result, loss, absolute, k, top }, counts }: Reference) => ({
    ...{ result, loss, absolute, k, top },
    counts,
  });

  it('counts a row right though the padded classes, which have logit 0, are above its label', async () => {
    const random = new Random(7);
    const shard = randomShard({ inputs: 2, outputs: 3, rows: 4, classes: true }, random);
    const weights = randomWeights([2, 3], 0, random);
    // every logit is negative, that of class 1 the least negative
    [weights.b[0][0], weights.b[0][1], weights.b[0][2]] = [-200n, -100n, -300n].map((q) => q * 2n ** 19n);
    for (const i of range(4)) for (const s of range(4)) shard.Y[i * 4 + s] = i === 1 ? 2n ** 9n : 0n;
    const proof = proveScore(weights, shard, random);
    assert.equal(proof.inputs.result, 4n);
    await judge.accepts(proof);
  });

  it('counts a row right where every logit has the sign of its label, and none is 0', async () => {
    const logits = [
      [5n, -7n],
      [-1n, -32768n],
      [1n, 32767n],
      [0n, -4n],
      [3n, 3n],
    ];
    const labels = [
      [512n, 0n],
      [0n, 0n],
      [512n, 512n],
      [0n, 0n],
      [512n, 0n],
    ];
    const proof = identity(logits, labels, { head: 'sigmoid', kind: 'labels' }, { k: 2 });
    // ln(1 + exp(x / 512)) in units of 2^-16, rounded up, of every logit, with the label's sign
    const loss = logits.flatMap((row, s) =>
      row.map((q, i) => Math.ceil(2 ** 16 * Math.log1p(Math.exp((Number(q) * (labels[s][i] ? -1 : 1)) / 512)))),
    );
    assert.deepEqual(results(proof), {
      result: 3n,
      loss: BigInt(loss.reduce((a, b) => a + b)),
      absolute: 0n,
      k: 2n,
      top: 5n,
      counts: [4n, 4n],
    });
    await judge.accepts(proof);
  });

  it('counts the rows whose label is among the k highest logits, ties against it, and the classes that lead', async () => {
    const onehot = (...label: number[]) => label.map((l) => range(3).map((i) => (i === l ? 512n : 0n)));
    // label first, second, tied for the second place, last, tied for the first
    const logits = [
      [700n, 0n, -9n],
      [4n, 500n, -700n],
      [300n, 500n, 300n],
      [-32768n, 5n, 6n],
      [8n, 8n, 7n],
    ];
    const proof = identity(logits, onehot(0, 0, 0, 0, 1), { head: 'softmax', kind: 'classes' }, { k: 2 });
    const loss = Number(proof.inputs.loss) / 2 ** 16;
    const exact = logits.reduce((sum, row, s) => {
      const label = Number(row[s === 4 ? 1 : 0]) / 512;
      return sum + Math.log(row.reduce((v, q) => v + Math.exp(Number(q) / 512), 0)) - label;
    }, 0);
    assert.ok(Math.abs(loss - exact) < 5 * 2 ** -16, `${loss} ${exact}`);
    assert.ok(loss >= exact - (3 * 5) / 2 ** 17);
    const { loss: _, ...others } = results(proof);
    assert.deepEqual(others, {
      result: 1n,
      absolute: 0n,
      k: 2n,
      top: 3n,
      counts: [1n, 2n, 1n, 0n, 0n, 0n, 0n, 0n, 0n],
    });
    await judge.accepts(proof);
    const first = identity(
      logits,
      onehot(0, 0, 0, 0, 1),
      { head: 'softmax', kind: 'classes' },
      { k: 1, counts: false },
    );
    assert.deepEqual([first.inputs.result, first.inputs.top, first.counts], [1n, 1n, []]);
    await judge.accepts(first);
  });

  it('adds up absolute errors as far apart as outputs and targets can be', async () => {
    const outputs = [
      [-32768n, 7n],
      [32767n, -7n],
      [0n, 0n],
    ];
    const targets = [
      [32767n, 7n],
      [-32768n, 7n],
      [0n, 1n],
    ];
    const proof = identity(outputs, targets, { head: 'squared error', kind: 'regression' });
    const result = 2n * 65535n ** 2n + 14n ** 2n + 1n;
    assert.deepEqual(results(proof), { result, loss: 0n, absolute: 131085n, k: 1n, top: 0n, counts: [] });
    await judge.accepts(proof);
  });

  it('lets a prover claim less than is right, and more than is lost', async () => {
    const random = new Random(8);
    const shard = randomShard({ inputs: 2, outputs: 2, rows: 3, classes: true }, random);
    const weights = { ...randomWeights([2, 2], 2 ** 28, random), head: 'softmax' as const };
    const honest = proveScore(weights, shard, random);
    const less = proveScore(weights, shard, random, {
      after: {
        c: (c) => c.fill(0n),
        t: (t) => t.fill(0n),
        P: (P) => P.fill(0n),
        Z: (Z) => range(3).map((s) => (Z[s] += 900n)),
      },
    });
    assert.deepEqual([less.inputs.result, less.inputs.top, less.counts], [0n, 0n, [0n, 0n, 0n, 0n]]);
    assert.ok((less.inputs.loss as bigint) > (honest.inputs.loss as bigint));
    await judge.accepts(less);
  });
});
