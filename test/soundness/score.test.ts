import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { NUMBERING } from '../../src/generated/numbering.ts';
import { mod } from '../reference/algebra.ts';
import { check, circuitOf } from '../reference/check.ts';
import { type Constraint, changed, type Judge, judgeOf } from '../reference/circuit.ts';
import { countsAt, folded } from '../reference/commitments.ts';
import { checkContract } from '../reference/run.ts';
import type { Inputs } from '../reference/tensors.ts';
import { KINDS, logits, proveCheat, type ScoreCheat, set } from '../support/lies/scoreCheat.ts';
import { FORWARD_CHEATS } from '../support/lies/scoreForward.ts';
import { RESULT_CHEATS } from '../support/lies/scoreResults.ts';

const { sums: S, relations: R, evaluations: E, claims: C, signals: SIGNAL } = NUMBERING.score;

const inScore = (text: string): Constraint => ({ file: 'programs/score.circom', template: 'Score', text });
const WHERE = { batch: inScore('batch.value ==='), reduction: inScore('finish.value ===') };
const FIELD: Constraint = {
  file: '../node_modules/circomlib/circuits/bitify.circom',
  template: 'Num2Bits',
  text: 'lc1 === in;',
};
/** Entries by which all checks of the circuit are made to hold. */
const REPAIR = { evals1: E.mult, u: NUMBERING.score.oracles.trace, u12: 0, p2: 0, s2: 0 };
const CHEATS: ScoreCheat[] = [...RESULT_CHEATS, ...FORWARD_CHEATS];
const TIE = logits(5n, 5n, 1n);

describe('program score refuses', () => {
  let judge: Judge;
  before(async () => {
    judge = await judgeOf('score');
  });

  for (const { name, relations = [], claims = [], fails, both, ...rest } of CHEATS)
    it(name, async () => {
      const { violated, inputs } = proveCheat(rest);
      assert.deepEqual(violated, { relations, relations2: [], claims });
      assert.deepEqual(circuitOf('score', inputs).failed, both ? ['batch', 'reduction'] : [fails]);
      await judge.rejects(inputs, both ? WHERE.batch : WHERE[fails]);
    });

  it('a tie counted as right with an evaluation of an absent layer that makes up for it', async () => {
    const { violated, inputs } = proveCheat({
      change: TIE,
      hooks: { after: { B: set(4, 1n) }, repair: { evals1: E.A(1) } },
    });
    assert.deepEqual(violated, { relations: [R.logUp], relations2: [], claims: [C.A(1)] });
    await judge.rejects(inputs, WHERE.reduction);
  });

  it('anything else where all checks of the circuit are made to hold: the contract does', async () => {
    const seen = new Set<string>();
    for (const { name, hooks, contract = ['opening 2'], ...rest } of CHEATS) {
      const key = `${rest.relations} ${rest.claims} ${rest.kind} ${contract}`;
      if (seen.has(key)) continue;
      seen.add(key);
      const proof = proveCheat({ ...rest, hooks: { ...hooks, repair: REPAIR } });
      await judge.outputs(proof.inputs);
      assert.deepEqual(check(proof), contract, name);
    }
    assert.ok(seen.size >= 40, `${seen.size}`);
  });

  // layers 1 and 2 are absent, 3 is hidden
  const MADE_UP: [string, number][] = [
    ['W_1', E.W(1)],
    ['W_4', E.W(4)],
    ['In_3', E.In(3)],
    ['In_4', E.In(4)],
    ...(['A', 'V', 'R0', 'R1'] as const).map((name): [string, number] => [`${name}_3`, E[name](3)]),
    ['h_3', E.h(3)],
    ...E.names
      .map((name, index): [string, number] => [name, index])
      .filter(([, index]) => index >= E.Q && index < E.h(1)),
    ...E.names.map((name, index): [string, number] => [name, index]).filter(([, index]) => index > E.h(3)),
  ];
  for (const [name, index] of MADE_UP)
    it(`evaluation ${name} made up`, async () => {
      const { violated, inputs } = proveCheat({
        head: 'softmax',
        change: logits(9n, 5n, 1n),
        hooks: { message: (stage, m) => (stage === 'evals1' ? m.with(index, m[index] + 1n) : m) },
      });
      assert.deepEqual(violated, { relations: [], relations2: [], claims: [index] });
      // the last layer's weights are 0, so what they are multiplied with is read by its claim alone
      await judge.rejects(inputs, index === E.W(1) || index === E.In(4) ? WHERE.reduction : WHERE.batch);
    });

  it('an evaluation that the head does not have', async () => {
    for (const [head, indices] of [
      ['squared error', [E.E, E.Z, E.S, E.hF, E.g2, E.mult2, E.F]],
      ['sigmoid', [E.Z, E.S]],
    ] as const)
      for (const index of indices) {
        const message = (stage: string, m: bigint[]) => (stage === 'evals1' ? m.with(index, m[index] + 1n) : m);
        const { violated, inputs } = proveCheat({ head, hooks: { message } });
        assert.deepEqual(violated, { relations: [], relations2: [], claims: [index] });
        const { failed } = circuitOf('score', inputs);
        assert.ok(failed.includes('reduction') && failed.every((f) => f === 'reduction' || f === 'batch'), `${failed}`);
        await judge.rejects(inputs);
        assert.deepEqual(check(proveCheat({ head, hooks: { message, repair: REPAIR } })), ['opening 2']);
      }
  });

  it('counts that are not those of the proof: the contract does, which has their number from them and x', () => {
    for (const kind of ['classes', 'labels'] as const) {
      const classes = kind === 'classes';
      const proof = proveCheat({ kind, change: logits(5n, 7n, 1n) });
      assert.deepEqual(check(proof), []);
      const counts = proof.counts!.with(1, proof.counts![0]).with(0, proof.counts![1]);
      assert.notDeepEqual(counts, proof.counts);
      // stated from the beginning, or put in place of others
      const stated = proveCheat({
        kind,
        change: logits(5n, 7n, 1n),
        hooks: { counts: (own) => own.splice(0, 2, ...counts.slice(0, 2)) },
      });
      assert.deepEqual(check(stated), ['counts']);
      assert.deepEqual(check({ ...proof, counts }), ['counts', 'h_0', 'h_1', 'h_2', 'h_3', 'h_4', 'h_5']);
      assert.ok(check({ ...proof, counts: [] }).includes('counts'));
      // their number at x as the signal
      const forged = stated.signals.with(SIGNAL.counts, countsAt(counts, classes, stated.signals[SIGNAL.x]));
      assert.deepEqual(checkContract(stated, forged), ['c', 'fold', 'v']);
      // another x, at which the counts have their number
      for (const one of [proof, stated]) {
        const x = mod(one.signals[SIGNAL.x] + 1n);
        const moved = one.signals.with(SIGNAL.x, x).with(SIGNAL.counts, countsAt(one.counts!, classes, x));
        assert.deepEqual(checkContract(one, moved), ['c', 'fold', 'v']);
      }
    }
  });

  it('counts said to be none, where some are proved', () => {
    const proof = proveCheat({ change: logits(5n, 7n, 1n), hooks: { counts: (counts) => counts.splice(0) } });
    assert.deepEqual(check(proof), ['counts']);
    assert.deepEqual(check(proveCheat({ change: logits(5n, 7n, 1n), stated: { counts: false } })), []);
  });

  it("an x or a number of the counts that is not the circuit's", async () => {
    const { inputs, signals } = proveCheat({ change: logits(5n, 7n, 1n) });
    const fold = inputs.fold as bigint;
    assert.deepEqual((await judge.outputs(inputs))[0], folded(signals).c);
    assert.deepEqual(circuitOf('score', inputs).signals, signals);
    for (const at of [SIGNAL.x, SIGNAL.counts]) {
      const other = signals.with(at, mod(signals[at] + 1n));
      assert.notEqual(folded(other).c, (await judge.outputs({ ...inputs, fold }))[0]);
    }
  });

  it('a result that is not the sum', async () => {
    for (const kind of KINDS) {
      const { inputs } = proveCheat({ kind, head: kind === 'classes' ? 'softmax' : undefined });
      for (const name of ['result', 'loss', 'absolute', 'top'])
        await judge.rejects(changed(inputs, name, 0), inScore(`${name} ===`));
    }
  });

  it('the number right given as a squared error, and the other way round', async () => {
    for (const kind of KINDS) {
      const { inputs } = proveCheat({ kind });
      const sums = inputs.sums as bigint[];
      const result = sums[kind === 'regression' ? S.right : S.error];
      await judge.rejects({ ...inputs, result }, inScore('result ==='));
      const other: Inputs = kind === 'regression' ? { labels: 1n } : { classes: 0n, labels: 0n };
      await judge.rejects({ ...inputs, ...other, result }, shardWord());
    }
  });

  it('rows of classes and of labels at once, which would count what is right twice', async () => {
    for (const [kind, bit] of [
      ['classes', 89n],
      ['labels', 36n],
    ] as const) {
      const { inputs } = proveCheat({ kind });
      const sums = inputs.sums as bigint[];
      const shard = (inputs.shard as bigint) + 2n ** bit;
      const result = mod(2n * sums[S.right] - sums[S.error]);
      await judge.rejects(
        { ...inputs, classes: 1n, labels: 1n, shard, result },
        { file: 'lib/sizes.circom', template: 'ShardDescriptor', text: 'classes * labels === 0' },
      );
    }
  });

  it('a class bit that is not a bit', async () => {
    const { inputs } = proveCheat({});
    const shard = (inputs.shard as bigint) + 2n ** 36n;
    const sums = inputs.sums as bigint[];
    const result = mod(sums[S.error] + 2n * (sums[S.right] - sums[S.error]));
    await judge.rejects(
      { ...inputs, classes: 2n, shard, result },
      {
        file: 'lib/sizes.circom',
        template: 'Bits',
        text: 'in[i] * (in[i] - 1) === 0',
      },
    );
  });

  it("a shard whose inputs or outputs are not the model's", async () => {
    for (const [name, at, text] of [
      ['inputs1', 0n, 'inputs1 ==='],
      ['outputs1', 12n, 'outputs1 ==='],
    ] as const) {
      const { inputs } = proveCheat({});
      const shard = (inputs.shard as bigint) + 2n ** at;
      await judge.rejects({ ...inputs, shard, [name]: (inputs[name] as bigint) + 1n }, inScore(text));
    }
  });

  it('more rows than the shard has, and more than 4096', async () => {
    const { inputs } = proveCheat({});
    await judge.rejects(changed(inputs, 'rows1', 0), shardWord());
    const far = (by: bigint): Inputs => ({
      ...inputs,
      rows1: (inputs.rows1 as bigint) + by,
      shard: (inputs.shard as bigint) + by * 2n ** 24n,
    });
    await judge.rejects(far(1n), WHERE.batch);
    await judge.rejects(far(4096n), FIELD);
  });

  it('another shape than the model was committed under', async () => {
    const { inputs } = proveCheat({});
    await judge.rejects(changed(inputs, 'shape', 0));
    const widths1 = [...(inputs.widths1 as bigint[])];
    widths1[3] = 4096n;
    const shape = (inputs.shape as bigint) + (4096n - 2n) * 2n ** 36n;
    await judge.rejects({ ...inputs, widths1, shape }, FIELD);
  });

  it('any input changed alone, or it answers with other outputs', async () => {
    // of rows of which none is among the top, k is read by the contract alone
    const { inputs } = proveCheat({ head: 'softmax', change: logits(9n, 5n, 1n) });
    const honest = await judge.outputs(inputs);
    for (const [i, name] of Object.keys(inputs)
      .filter((key) => key !== 'fold')
      .entries()) {
      // the last digest and nonce enter only z and e2, which the contract checks
      const free = name === 'h' ? 5 : name === 'nonce' ? 4 : undefined;
      if (free !== undefined) assert.notDeepEqual(await judge.outputs(changed(inputs, name, free)), honest);
      await judge.rejects(changed(inputs, name, free === undefined ? 7 * i + 3 : 1));
    }
  });
});

function shardWord(): Constraint {
  return { file: 'lib/sizes.circom', template: 'ShardDescriptor', text: 'word === shard' };
}
