// What a score measures beside its result: each kept for itself, the best one proved.
import assert from 'node:assert/strict';
import { afterEach, before, beforeEach, describe, it } from 'node:test';
import fc from 'fast-check';
import { type Hex, keccak256, toHex } from 'viem';
import type { Head } from '../../src/model/head.ts';
import { countsBytes, countsSum, type Measures } from '../../src/model/measures.ts';
import type { ShardShape } from '../../src/model/shape.ts';
import { R } from '../../src/numbers/field.ts';
import { registryCall } from '../../src/registry/calls.ts';
import { resultId } from '../../src/registry/statement.ts';
import { reverts } from './support/chain.ts';
import { type Model, type Registered, RegistryFixture, type Scored, scoreClaim } from './support/registryFixture.ts';

const WIDTHS = [5, 4, 3];
const SHARD: ShardShape = { inputs: 5, outputs: 3, rows: 16, kind: 'classes' };
const SCORE = 6n;
const NO_HASH = toHex(0n, { size: 32 });
const NOTHING = { hasLoss: false, loss: 0n, hasAbsolute: false, absolute: 0n, counted: 0n, countsHash: NO_HASH };
/** Of 16 rows, 11 on the diagonal. */
const COUNTS = Uint16Array.of(4, 0, 1, 1, 3, 0, 0, 2, 4);

type Changes = Parameters<typeof scoreClaim>[3];

let fixture: RegistryFixture;
let classes: Registered;
let labels: Registered;
let numbers: Registered;
const models = {} as Record<Head, Model>;
let snapshot: unknown;

const idOf = ({ statement }: { statement: Parameters<typeof resultId>[0] }) => resultId(statement);
const hashOf = (counts: Uint16Array) => keccak256(countsBytes(counts));
const measuresOf = (of: Model, shard: Registered) => fixture.scoreboard.read('measuresOf', [idOf(of), idOf(shard)]);
const resultOf = async (of: Model, shard: Registered) =>
  (await fixture.scoreboard.read('resultOf', [idOf(of), idOf(shard)])).value;
const topOf = (of: Model, shard: Registered, k: number) =>
  fixture.scoreboard.read('topOf', [idOf(of), idOf(shard), BigInt(k)]);
const submit = (of: Model, shard: Registered, result: bigint, changes?: Changes, by = fixture.alice) =>
  fixture.submit(scoreClaim(of, shard, result, changes), by);
const attempt = (of: Model, shard: Registered, result: bigint, changes?: Changes) =>
  fixture.attempt(scoreClaim(of, shard, result, changes));

before(async () => {
  fixture = await RegistryFixture.create();
  classes = await fixture.registerShard(SHARD);
  labels = await fixture.registerShard({ ...SHARD, kind: 'labels' });
  numbers = await fixture.registerShard({ ...SHARD, kind: 'regression' });
  for (const head of ['squared error', 'softmax', 'sigmoid'] as const) {
    models[head] = await fixture.seedModel(WIDTHS, fixture.alice, head);
  }
});
beforeEach(async () => {
  snapshot = await fixture.chain.request('evm_snapshot');
});
afterEach(async () => {
  await fixture.chain.request('evm_revert', snapshot);
});

describe('the measures of a score', () => {
  it('are zero where nothing was proved', async () => {
    assert.deepEqual(await measuresOf(models.softmax, classes), NOTHING);
    assert.equal(await topOf(models.softmax, classes, 2), 0n);
  });

  it('are kept and said in an event, whatever the proof states', async () => {
    const changes = { loss: 77_000n, k: 2, top: 14n, counts: COUNTS, point: R - 5n };
    const receipt = await submit(models.softmax, classes, 11n, changes, fixture.bob);
    const names = { model: idOf(models.softmax), shard: idOf(classes), prover: fixture.bob };
    const [scored, measured, ...others] = fixture.events(receipt);
    assert.deepEqual(others, []);
    assert.deepEqual([scored.eventName, (scored.args as { result: bigint }).result], ['Scored', 11n]);
    const said = { result: 11n, loss: 77_000n, absolute: 0n, k: 2n, top: 14n, counts: toHex(countsBytes(COUNTS)) };
    assert.deepEqual(measured, { eventName: 'Measured', args: { ...names, ...said } });
    const counted = { counted: 15n, countsHash: hashOf(COUNTS) };
    assert.deepEqual(await measuresOf(models.softmax, classes), {
      ...NOTHING,
      hasLoss: true,
      loss: 77_000n,
      ...counted,
    });
    assert.deepEqual(await Promise.all([1, 2, 3].map((k) => topOf(models.softmax, classes, k))), [0n, 14n, 0n]);
    // They are of this model and this shard alone.
    assert.deepEqual(await measuresOf(models.sigmoid, classes), NOTHING);
    assert.deepEqual(await measuresOf(models.softmax, labels), NOTHING);
    assert.equal(await topOf(models.sigmoid, classes, 2), 0n);
  });

  it('of regression have an absolute error, and no log-loss', async () => {
    await submit(models['squared error'], numbers, 5_000n, { absolute: 400n });
    const known = { ...NOTHING, hasAbsolute: true, absolute: 400n };
    assert.deepEqual(await measuresOf(models['squared error'], numbers), known);
    // It is exact: no other can be proved, and none takes its place.
    await submit(models['squared error'], numbers, 4_999n, { absolute: 399n });
    assert.deepEqual(await measuresOf(models['squared error'], numbers), known);
    await reverts(attempt(models['squared error'], numbers, 4_999n, { absolute: 1n }), 'NotBetter', [4_999n, 4_999n]);
  });

  it('of regression have an absolute error though it is 0', async () => {
    await submit(models['squared error'], numbers, 0n);
    assert.deepEqual(await measuresOf(models['squared error'], numbers), { ...NOTHING, hasAbsolute: true });
  });

  it('of a model with softmax or sigmoid have a log-loss though it is 0', async () => {
    for (const [head, shard] of [
      ['softmax', classes],
      ['sigmoid', classes],
      ['sigmoid', labels],
    ] as const) {
      await submit(models[head], shard, 1n);
      assert.deepEqual(await measuresOf(models[head], shard), { ...NOTHING, hasLoss: true });
      await reverts(attempt(models[head], shard, 1n), 'NotBetter', [1n, 1n]);
    }
  });

  it('of a model with squared error have no log-loss, and of classes and labels no absolute error', async () => {
    await submit(models['squared error'], classes, 1n, { loss: 9n, absolute: 8n });
    assert.deepEqual(await measuresOf(models['squared error'], classes), NOTHING);
    const call = attempt(models['squared error'], classes, 1n, { loss: 1n, absolute: 1n });
    await reverts(call, 'NotBetter', [1n, 1n]);
    await submit(models.sigmoid, labels, 1n, { loss: 9n, absolute: 8n });
    assert.deepEqual(await measuresOf(models.sigmoid, labels), { ...NOTHING, hasLoss: true, loss: 9n });
  });
});

describe('a further score', () => {
  const known = { loss: 50_000n, k: 2, top: 12n, counts: COUNTS };
  beforeEach(() => submit(models.softmax, classes, 9n, known));
  const state = async () => ({
    result: await resultOf(models.softmax, classes),
    top: await topOf(models.softmax, classes, 2),
    ...(await measuresOf(models.softmax, classes)),
  });
  const before = {
    ...NOTHING,
    ...{ result: 9n, top: 12n, hasLoss: true, loss: 50_000n, counted: 15n, countsHash: hashOf(COUNTS) },
  };
  /** Worse than `known` in every part. */
  const worse = { loss: 60_000n, k: 2, top: 3n, counts: null };
  const all16 = Uint16Array.of(4, 0, 1, 1, 3, 0, 0, 2, 5);

  it('is refused with NotBetter where no part is better', async () => {
    for (const changes of [
      worse,
      known,
      { ...worse, top: 12n },
      { ...worse, loss: 50_000n },
      { ...worse, counts: COUNTS },
    ]) {
      await reverts(attempt(models.softmax, classes, 9n, changes), 'NotBetter', [9n, 9n]);
      await reverts(attempt(models.softmax, classes, 3n, changes), 'NotBetter', [3n, 9n]);
    }
    // Other counts of the same sum are no better either.
    const other = Uint16Array.of(15, 0, 0, 0, 0, 0, 0, 0, 0);
    await reverts(attempt(models.softmax, classes, 9n, { ...worse, counts: other }), 'NotBetter', [9n, 9n]);
    assert.deepEqual(await state(), before);
  });

  for (const [what, result, changes, after] of [
    ['result', 10n, worse, { result: 10n }],
    ['log-loss', 3n, { ...worse, loss: 49_999n }, { loss: 49_999n }],
    ['top', 3n, { ...worse, top: 13n }, { top: 13n }],
    ['counts', 3n, { ...worse, counts: all16 }, { counted: 16n, countsHash: hashOf(all16) }],
  ] as [string, bigint, Changes, object][]) {
    it(`with a better ${what} changes nothing else, and is said in full`, async () => {
      const receipt = await submit(models.softmax, classes, result, changes, fixture.bob);
      assert.deepEqual(await state(), { ...before, ...after });
      const names = fixture.events(receipt).map(({ eventName }) => eventName);
      assert.deepEqual(names, what === 'result' ? ['Scored', 'Measured'] : ['Measured']);
      const [{ args }] = fixture.events(receipt).slice(-1) as { args: { result: bigint; loss: bigint } }[];
      assert.deepEqual([args.result, args.loss], [result, changes?.loss]);
      const { prover } = await fixture.scoreboard.read('resultOf', [idOf(models.softmax), idOf(classes)]);
      assert.equal(prover, what === 'result' ? fixture.bob : fixture.alice);
    });
  }

  it('may have another number of places that count as top: each has its own best', async () => {
    await submit(models.softmax, classes, 3n, { ...worse, k: 1, top: 1n });
    await submit(models.softmax, classes, 3n, { ...worse, k: 3, top: 15n });
    await submit(models.softmax, classes, 3n, { ...worse, k: 3, top: 16n });
    assert.deepEqual(await Promise.all([1, 2, 3].map((k) => topOf(models.softmax, classes, k))), [1n, 12n, 16n]);
    assert.deepEqual(await state(), before);
    await reverts(attempt(models.softmax, classes, 3n, { ...worse, k: 1, top: 1n }), 'NotBetter', [3n, 9n]);
  });

  it('is better without any row on top only in something else', async () => {
    await reverts(attempt(models.softmax, classes, 9n, { ...worse, k: 1, top: 0n }), 'NotBetter', [9n, 9n]);
    await reverts(attempt(models.softmax, classes, 9n, { ...worse, k: 0, top: 0n }), 'NotBetter', [9n, 9n]);
    await submit(models.softmax, classes, 10n, { ...worse, k: 0, top: 0n });
    assert.deepEqual(await state(), { ...before, result: 10n });
  });
});

describe('any scores one after the other', () => {
  const measures = fc.record({
    result: fc.bigInt({ min: 0n, max: 5n }),
    loss: fc.bigInt({ min: 0n, max: 5n }),
    k: fc.integer({ min: 1, max: 3 }),
    top: fc.bigInt({ min: 0n, max: 5n }),
    counts: fc.option(
      fc.array(fc.nat(1), { minLength: 9, maxLength: 9 }).map((list) => Uint16Array.from(list)),
      { nil: null },
    ),
  });
  type Some = Pick<Measures, 'result' | 'loss' | 'k' | 'top' | 'counts'>;

  for (const [name, head] of [
    ['with softmax', 'softmax'],
    ['with squared error', 'squared error'],
  ] as const) {
    it(`leave the best of each part that was taken, of a model ${name}, and none is worse than before`, async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(measures, { minLength: 1, maxLength: 8 }), async (scores) => {
          const start = await fixture.chain.request('evm_snapshot');
          const best = { result: -1n, loss: 2n ** 64n, tops: [0n, 0n, 0n], counted: 0n, hash: NO_HASH as Hex };
          for (const score of scores) {
            const { result, ...changes }: Some = score;
            const counted = BigInt(countsSum(score.counts));
            const isLoss = head === 'softmax' && score.loss < best.loss;
            const isBetter =
              result > best.result || isLoss || score.top > best.tops[score.k - 1] || counted > best.counted;
            if (isBetter) await submit(models[head], classes, result, changes);
            else await reverts(attempt(models[head], classes, result, changes), 'NotBetter', [result, best.result]);
            if (result > best.result) best.result = result;
            if (isLoss) best.loss = score.loss;
            if (score.top > best.tops[score.k - 1]) best.tops[score.k - 1] = score.top;
            if (counted > best.counted) [best.counted, best.hash] = [counted, hashOf(score.counts!)];
            assert.equal(await resultOf(models[head], classes), best.result);
            assert.deepEqual(await measuresOf(models[head], classes), {
              ...NOTHING,
              ...(head === 'softmax' && { hasLoss: true, loss: best.loss }),
              counted: best.counted,
              countsHash: best.hash,
            });
            assert.deepEqual(await Promise.all([1, 2, 3].map((k) => topOf(models[head], classes, k))), best.tops);
          }
          await fixture.chain.request('evm_revert', start);
        }),
        { numRuns: 20 },
      );
    });
  }
});

describe('a score reverts', () => {
  function raw({ statement, proof }: Scored, changes: object): Promise<unknown> {
    const [claim, argument] = registryCall(statement, proof).args;
    return fixture.scoreboard.simulate('score', [{ ...(claim as object), ...changes }, argument], fixture.alice);
  }

  it('with LossOutOfRange and AbsoluteOutOfRange from 2^64 on, and takes what is below', async () => {
    const greatest = 2n ** 64n - 1n;
    await submit(models.softmax, classes, 1n, { loss: greatest });
    assert.equal((await measuresOf(models.softmax, classes)).loss, greatest);
    await submit(models['squared error'], numbers, 1n, { absolute: greatest });
    assert.equal((await measuresOf(models['squared error'], numbers)).absolute, greatest);
    for (const value of [2n ** 64n, 2n ** 256n - 1n]) {
      await reverts(raw(scoreClaim(models.softmax, classes, 2n), { loss: value }), 'LossOutOfRange', [value]);
      const other = scoreClaim(models['squared error'], numbers, 0n);
      await reverts(raw(other, { absolute: value }), 'AbsoluteOutOfRange', [value]);
    }
  });

  it('with TopOutOfRange for more places than outputs, more rows than there are, or rows on no place', async () => {
    await submit(models.softmax, classes, 1n, { k: 3, top: 16n });
    await submit(models.sigmoid, classes, 1n, { k: 0, top: 0n });
    const claim = scoreClaim(models.softmax, classes, 2n);
    for (const [k, top] of [
      [4n, 0n],
      [4n, 3n],
      [2n ** 255n, 1n],
      [0n, 1n],
      [2n, 17n],
      [2n, 2n ** 16n + 1n],
    ]) {
      await reverts(raw(claim, { k, top }), 'TopOutOfRange', [k, top]);
    }
  });

  it('with WrongCountsLength and CountsOutOfRange for counts that cannot be of these rows', async () => {
    const claim = scoreClaim(models.softmax, classes, 2n);
    await reverts(raw(claim, { counts: `0x${'00'.repeat(6)}` }), 'WrongCountsLength', [6n, 18n]);
    await reverts(raw(claim, { counts: `0x${'0002'.repeat(9)}` }), 'CountsOutOfRange', [18n, 16n]);
    const ofLabels = scoreClaim(models.sigmoid, labels, 2n);
    await reverts(raw(ofLabels, { counts: `0x${'00'.repeat(18)}` }), 'WrongCountsLength', [18n, 6n]);
    await reverts(raw(ofLabels, { counts: '0x001000100011' }), 'CountsOutOfRange', [49n, 48n]);
    const regression = scoreClaim(models['squared error'], numbers, 2n);
    await reverts(raw(regression, { counts: '0x0000' }), 'WrongCountsLength', [2n, 0n]);
  });

  it('with ProofRejected when any measure, the counts or the point is not that of the proof', async () => {
    const changes = { loss: 5n, absolute: 0n, k: 2, top: 6n, counts: COUNTS, point: 9n };
    const claim = scoreClaim(models.softmax, classes, 5n, changes);
    await fixture.expect(claim, fixture.alice);
    await raw(claim, {});
    for (const change of [
      { loss: 4n },
      { absolute: 1n },
      { k: 1n },
      { top: 7n },
      { point: 10n },
      { point: 9n + R },
      { counts: '0x' },
      { counts: toHex(countsBytes(COUNTS.with(0, 3))) },
      // The same sum at the point 1 is not the same hash.
      { counts: toHex(countsBytes(COUNTS.with(0, 3).with(1, 1))) },
    ]) {
      await reverts(raw(claim, change), 'ProofRejected', [SCORE]);
    }
  });

  it('with ProofRejected when counts agree at the point but are not those that were hashed', async () => {
    // At 1 every polynomial of the same sum has the same value.
    const claim = scoreClaim(models.softmax, classes, 5n, { counts: COUNTS, point: 1n });
    await fixture.expect(claim, fixture.alice);
    await raw(claim, {});
    const others = toHex(countsBytes(COUNTS.with(0, 3).with(1, 1)));
    await reverts(raw(claim, { counts: others }), 'ProofRejected', [SCORE]);
  });
});

describe('counts of one class, of 32 classes and of 1024 labels', () => {
  it('are taken with the value that the twin computes', async () => {
    for (const [kind, outputs, length] of [
      ['classes', 1, 1],
      ['classes', 32, 1024],
      ['labels', 1024, 1024],
    ] as const) {
      const shape: ShardShape = { inputs: 5, outputs, rows: 16, kind };
      const shard = await fixture.registerShard(shape);
      const model = await fixture.seedModel([5, outputs], fixture.alice, 'sigmoid');
      const counts = new Uint16Array(length).fill(1, length - Math.min(16, length));
      const point = R - 12_345n;
      await submit(model, shard, 1n, { counts, point });
      const { counted, countsHash } = await measuresOf(model, shard);
      assert.deepEqual([counted, countsHash], [BigInt(Math.min(16, length)), hashOf(counts)]);
    }
  });

  it('of 33 classes and of 1025 labels are not', async () => {
    for (const [kind, outputs, length] of [
      ['classes', 33, 33 ** 2],
      ['labels', 1025, 1025],
    ] as const) {
      const shard = await fixture.registerShard({ inputs: 5, outputs, rows: 16, kind });
      const model = await fixture.seedModel([5, outputs], fixture.alice, 'sigmoid');
      await submit(model, shard, 1n);
      const { statement, proof } = scoreClaim(model, shard, 2n);
      const [claim, argument] = registryCall(statement, proof).args;
      const stated = { ...(claim as object), counts: `0x${'00'.repeat(2 * length)}` };
      const call = fixture.scoreboard.simulate('score', [stated, argument], fixture.alice);
      await reverts(call, 'WrongCountsLength', [BigInt(2 * length), 0n]);
    }
  });
});
