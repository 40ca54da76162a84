import assert from 'node:assert/strict';
import { afterEach, before, beforeEach, describe, it } from 'node:test';
import { encodeAbiParameters, type Hex, keccak256, toHex, zeroAddress } from 'viem';
import type { Proof } from '../../src/argument/types.ts';
import { encodeShape, encodeShard } from '../../src/model/shape.ts';
import { registryCall } from '../../src/registry/calls.ts';
import { datasetId, modelId } from '../../src/registry/ids.ts';
import { proofArgument } from '../../src/registry/programs/targets.ts';
import { benchmarkId, NO_RULES } from '../../src/registry/rules.ts';
import { NO_SCHEMA } from '../../src/registry/schemas.ts';
import { claimOf, resultId } from '../../src/registry/statement.ts';
import { requirePinnedGas } from '../support/gas.ts';
import { Boards, idOf, NONE, SHARD, shardIds, URI, WIDTHS } from './support/boards.ts';
import { reverts } from './support/chain.ts';
import {
  type Model,
  oracle,
  pointOf,
  proofOf,
  type Registered,
  RegistryFixture,
  type Scored,
  scoreClaim,
} from './support/registryFixture.ts';

const SCORE = 6n;
const [REGRESSION, CLASSES] = [0, 1];
const [NO_MEASURE, ROWS_RIGHT, SQUARED_ERROR] = [0, 1, 2];
const NOT_STATED = 0;

let fixture: RegistryFixture;
let boards: Boards;
let model: Model;
let child: Model;
/** Bob's, as all others are Alice's */
let bobs: Model;
let first: Registered;
let second: Registered;
let errors: Registered;
let snapshot: unknown;

before(async () => {
  fixture = await RegistryFixture.create();
  boards = new Boards(fixture);
  first = await fixture.registerShard(SHARD);
  second = await fixture.registerShard({ ...SHARD, rows: 9 });
  errors = await fixture.registerShard({ ...SHARD, kind: 'regression' });
  model = await fixture.seedModel(WIDTHS);
  child = await fixture.trainModel(model as never, first);
  bobs = await fixture.seedModel(WIDTHS, fixture.bob);
});
beforeEach(async () => {
  snapshot = await fixture.chain.request('evm_snapshot');
});
afterEach(async () => {
  await fixture.chain.request('evm_revert', snapshot);
});

const openBenchmark = (...shards: Registered[]) => boards.open(shards);
const score: Boards['score'] = (...args) => boards.score(...args);
const rank: Boards['rank'] = (...args) => boards.rank(...args);
const attemptRank: Boards['attempt'] = (...args) => boards.attempt(...args);

describe('score', () => {
  it('records result and prover, and says so', async () => {
    const receipt = await fixture.submit(scoreClaim(model, first, 11n), fixture.bob);
    const schemas = { modelSchema: NO_SCHEMA, shardSchema: NO_SCHEMA };
    const args = { model: idOf(model), shard: idOf(first), prover: fixture.bob, result: 11n, rows: 16n, ...schemas };
    assert.deepEqual(fixture.events(receipt)[0], { eventName: 'Scored', args });
    const resultOn = (shard: Registered) => fixture.scoreboard.read('resultOf', [idOf(model), idOf(shard)]);
    const compared = { ...schemas, schemas: NOT_STATED };
    assert.deepEqual(await resultOn(first), { prover: fixture.bob, value: 11n, ...compared });
    assert.deepEqual(await resultOn(second), { prover: zeroAddress, value: 0n, ...compared });
  });

  it('keeps the greatest number of right rows, whoever proves it', async () => {
    await score(model, first, 3n, fixture.bob);
    await score(model, first, 12n);
    for (const result of [12n, 11n, 0n]) {
      await reverts(fixture.attempt(scoreClaim(model, first, result)), 'NotBetter', [result, 12n]);
    }
    assert.equal((await fixture.scoreboard.read('resultOf', [idOf(model), idOf(first)])).value, 12n);
  });

  it('keeps the least error', async () => {
    await score(model, errors, 5000n);
    await score(model, errors, 4999n);
    await reverts(fixture.attempt(scoreClaim(model, errors, 5000n)), 'NotBetter', [5000n, 4999n]);
    await reverts(fixture.attempt(scoreClaim(model, errors, 4999n)), 'NotBetter', [4999n, 4999n]);
  });

  it('takes no right row at all as a result', async () => {
    await score(model, first, 0n);
    assert.equal((await fixture.scoreboard.read('resultOf', [idOf(model), idOf(first)])).prover, fixture.alice);
  });

  describe('reverts', () => {
    function raw({ statement, proof }: Scored, changes: object, sent: Proof = proof): Promise<unknown> {
      const [claim] = registryCall(statement, proof).args;
      const changed = { ...(claim as object), ...changes };
      return fixture.scoreboard.simulate('score', [changed, proofArgument(sent)], fixture.alice);
    }

    it('with UnknownModel when the model is not registered, or under another shape', async () => {
      const claim = scoreClaim(model, first, 5n);
      const stranger = [pointOf()];
      await reverts(raw(claim, { model: stranger }), 'UnknownModel', [
        modelId(stranger, encodeShape({ widths: WIDTHS, head: 'squared error' })),
      ]);
      const shape = encodeShape({ widths: [5, 3, 3], head: 'squared error' });
      await reverts(raw(claim, { shape }), 'UnknownModel', [modelId(model.oracle.commitment, shape)]);
    });

    it('with UnknownShard when program data has not proved the shard', async () => {
      const claim = scoreClaim(model, first, 5n);
      const data = oracle();
      const statement = { ...first.statement, commitment: data.commitment };
      const proof = proofOf();
      await reverts(raw(claim, { shard: data.commitment }, proof), 'UnknownShard', [resultId(statement)]);
      const descriptor = encodeShard({ ...SHARD, rows: 15 });
      const id = await fixture.registry.read('shardId', [first.oracle.commitment, descriptor]);
      await reverts(raw(claim, { descriptor }), 'UnknownShard', [id]);
    });

    it('with InputsDiffer and OutputsDiffer when the shard does not fit the model', async () => {
      const wide = await fixture.registerShard({ ...SHARD, inputs: 6 });
      const more = await fixture.registerShard({ ...SHARD, outputs: 4 });
      await reverts(fixture.attempt(scoreClaim(model, wide, 1n)), 'InputsDiffer', [5n, 6n]);
      await reverts(fixture.attempt(scoreClaim(model, more, 1n)), 'OutputsDiffer', [3n, 4n]);
    });

    it('with ResultOutOfRange from 2^56 on, which no rows can reach', async () => {
      // 2^12 rows of 2^12 outputs, each of them off by the whole range of 16 bits.
      const most = 2n ** 24n * (2n ** 16n - 1n) ** 2n;
      await score(model, errors, most);
      for (const result of [2n ** 56n, 2n ** 64n, 2n ** 256n - 1n]) {
        await reverts(raw(scoreClaim(model, errors, 1n), { result }), 'ResultOutOfRange', [result]);
      }
    });

    it('with ProofRejected when result, model, shard or sender are not those of the proof', async () => {
      const claim = scoreClaim(model, first, 5n);
      await fixture.expect(claim, fixture.alice);
      for (const changes of [
        { result: 6n },
        { model: child.oracle.commitment },
        { shard: second.oracle.commitment, descriptor: encodeShard(second.statement.shard) },
      ]) {
        await reverts(raw(claim, changes), 'ProofRejected', [SCORE]);
      }
      await reverts(fixture.call(claim, fixture.bob), 'ProofRejected', [SCORE]);
    });

    it('with ProofRejected when the proof was made for the registry instead of the scoreboard', async () => {
      const claim = scoreClaim(model, first, 5n);
      const args = [
        fixture.registry.address,
        fixture.alice,
        SCORE,
        claimOf(claim.statement),
        proofArgument(claim.proof),
      ];
      await fixture.verifiers.send('expect', args);
      await reverts(fixture.call(claim), 'ProofRejected', [SCORE]);
    });
  });
});

describe('a benchmark', () => {
  const args = (ids: Hex[], rules = NO_RULES) => [fixture.alice, ids, URI, rules];
  const attempt = (ids: Hex[], by = fixture.alice) => fixture.scoreboard.simulate('openBenchmark', args(ids), by);

  it('is a registered dataset, and its opener opens it once', async () => {
    const ids = shardIds(first, second);
    const dataset = datasetId(fixture.alice, ids, URI);
    await reverts(attempt(ids), 'UnknownDataset', [dataset]);
    const id = await openBenchmark(first, second);
    assert.equal(id, await fixture.scoreboard.read('benchmarkId', [dataset, fixture.alice, 0n, NO_RULES]));
    const { timestamp } = await fixture.chain.read.getBlock();
    assert.deepEqual(await fixture.scoreboard.read('benchmark', [id]), {
      dataset,
      opener: fixture.alice,
      kind: CLASSES,
      rows: 25n,
      shards: 2n,
      closingBlock: 0n,
      entries: 0n,
      openedAt: timestamp,
    });
    assert.deepEqual(await fixture.scoreboard.read('shardsOf', [id]), ids);
    assert.equal(await fixture.scoreboard.read('datasets'), fixture.datasets.address);
    assert.equal(await fixture.scoreboard.read('trainers'), fixture.trainers.address);
    assert.deepEqual(await fixture.scoreboard.read('rulesOf', [id]), NO_RULES);
    assert.equal((await fixture.scoreboard.read('sealOf', [id])).state, 0);
    const board = { measure: ROWS_RIGHT, rows: 25n, openedAt: timestamp, openBy: 0n, dataset };
    assert.deepEqual(await fixture.scoreboard.read('boardOf', [id]), board);
    await reverts(attempt(ids), 'BenchmarkExists', [id]);
  });

  it('names its opener: who opens the same dataset with the same rules gets another id, and takes none', async () => {
    const ids = shardIds(first);
    await boards.list([first]);
    const squatted = await fixture.scoreboard.simulate('openBenchmark', args(ids), fixture.bob);
    await fixture.scoreboard.send('openBenchmark', args(ids), fixture.bob);
    const own = await attempt(ids);
    assert.notEqual(own, squatted);
    const dataset = datasetId(fixture.alice, ids, URI);
    assert.deepEqual(
      [own, squatted],
      [fixture.alice, fixture.bob].map((by) => benchmarkId(dataset, by, 0n)),
    );
    await fixture.scoreboard.send('openBenchmark', args(ids), fixture.alice);
    assert.equal((await fixture.scoreboard.read('benchmark', [own])).opener, fixture.alice);
  });

  it('has an id of dataset, opener, closing block and the hash of its rules', async () => {
    const rules = { ...NO_RULES, undeclared: true, fee: 7n };
    const words = encodeAbiParameters(
      [{ type: 'bool' }, { type: 'bool' }, { type: 'bool' }, { type: 'bytes32' }, { type: 'uint256' }],
      [true, false, false, NONE, 7n],
    );
    const types = [{ type: 'bytes32' }, { type: 'address' }, { type: 'uint256' }, { type: 'bytes32' }] as const;
    const parts = [idOf(first), fixture.bob, 5n] as const;
    const expected = keccak256(encodeAbiParameters(types, [...parts, keccak256(words)]));
    assert.equal(await fixture.scoreboard.read('benchmarkId', [...parts, rules]), expected);
    assert.equal(benchmarkId(...parts, rules), expected);
  });

  it('says in an event which shards and rules it has, and who opened it', async () => {
    await boards.list([errors]);
    const rules = { ...NO_RULES, noForeign: true, ancestor: idOf(model), fee: 3n };
    const receipt = await fixture.scoreboard.send('openBenchmark', args(shardIds(errors), rules), fixture.bob);
    const dataset = datasetId(fixture.alice, shardIds(errors), URI);
    const event = {
      id: benchmarkId(dataset, fixture.bob, 0n, rules),
      opener: fixture.bob,
      dataset,
      shardIds: shardIds(errors),
      closingBlock: 0n,
      rules,
    };
    assert.deepEqual(fixture.events(receipt), [{ eventName: 'BenchmarkOpened', args: event }]);
  });

  it('has at most 256 shards', async () => {
    const ids = Array.from({ length: 257 }, (_, i) => toHex(i + 1, { size: 32 }));
    await reverts(attempt(ids), 'TooManyShards', [257n]);
    await reverts(attempt(ids.slice(1)), 'UnknownDataset', [datasetId(fixture.alice, ids.slice(1), URI)]);
  });

  it('cannot be opened on a dataset that its registrar revoked; one that is open stays', async () => {
    const id = await openBenchmark(first);
    const dataset = datasetId(fixture.alice, shardIds(first), URI);
    await fixture.datasets.send('revoke', [dataset], fixture.alice);
    await reverts(attempt(shardIds(first), fixture.bob), 'RevokedDataset', [dataset]);
    await score(model, first, 11n);
    assert.equal(await rank(model, id), 1n);
  });

  it('answers with zeros while there is none', async () => {
    const { rows, dataset } = await fixture.scoreboard.read('benchmark', [NONE]);
    assert.deepEqual([rows, dataset], [0n, NONE]);
    assert.deepEqual(await fixture.scoreboard.read('leaderboard', [NONE]), []);
    assert.equal(await fixture.scoreboard.read('leader', [NONE]), NONE);
    assert.equal((await fixture.scoreboard.read('scoreOf', [idOf(model), NONE])).measure, NO_MEASURE);
    assert.equal((await fixture.scoreboard.read('best', [idOf(model), NONE])).ranker, zeroAddress);
    assert.deepEqual(await fixture.scoreboard.read('rulesOf', [NONE]), NO_RULES);
    assert.deepEqual(await fixture.scoreboard.read('boardOf', [NONE]), {
      measure: NO_MEASURE,
      rows: 0n,
      openedAt: 0n,
      openBy: 0n,
      dataset: NONE,
    });
  });
});

describe('rank', () => {
  it('adds up each shard once and returns all it takes to judge the sum', async () => {
    const benchmark = await openBenchmark(first, second);
    await score(model, first, 11n);
    await score(model, second, 7n, fixture.bob);
    assert.equal(await rank(model, benchmark, { by: fixture.bob }), 1n);
    const dataset = datasetId(fixture.alice, shardIds(first, second), URI);
    const sum = { value: 18n, rows: 25n, kind: CLASSES, dataset, ranker: fixture.bob };
    const standing = { model: idOf(model), trainer: fixture.alice, ...sum };
    assert.deepEqual(await fixture.scoreboard.read('best', [idOf(model), benchmark]), standing);
    assert.deepEqual(await fixture.scoreboard.read('leaderboard', [benchmark]), [standing]);
    assert.equal(await fixture.scoreboard.read('leader', [benchmark]), idOf(model));
    const scored = await fixture.scoreboard.read('scoreOf', [idOf(model), benchmark]);
    assert.deepEqual(scored, { measure: ROWS_RIGHT, value: 18n, rows: 25n });
  });

  it('says in an event what was entered', async () => {
    const benchmark = await openBenchmark(first);
    await score(model, first, 11n);
    const receipt = await fixture.scoreboard.send('rank', [idOf(model), benchmark, []], fixture.bob);
    const entered = { ranker: fixture.bob, value: 11n, place: 1n, fee: 0n };
    const args = { benchmark, model: idOf(model), trainer: fixture.alice, ...entered };
    assert.deepEqual(fixture.events(receipt), [{ eventName: 'Ranked', args }]);
  });

  it('does not count a shard twice when it is proved again', async () => {
    const benchmark = await openBenchmark(first, second);
    await score(model, first, 3n);
    await score(model, first, 11n);
    await reverts(attemptRank(idOf(model), benchmark), 'NotScored', [idOf(model), idOf(second)]);
    await score(model, second, 0n);
    await rank(model, benchmark);
    assert.equal((await fixture.scoreboard.read('best', [idOf(model), benchmark])).value, 11n);
  });

  it("does not count another benchmark's shard, nor another model's result", async () => {
    const benchmark = await openBenchmark(first);
    await score(model, second, 9n);
    await score(child, first, 16n);
    await reverts(attemptRank(idOf(model), benchmark), 'NotScored', [idOf(model), idOf(first)]);
  });

  it('improves with a better result and refuses the same again', async () => {
    const benchmark = await openBenchmark(first, second);
    await score(model, first, 3n);
    await score(model, second, 2n);
    await rank(model, benchmark);
    await reverts(attemptRank(idOf(model), benchmark), 'NotBetter', [5n, 5n]);
    await score(model, first, 4n);
    await rank(model, benchmark);
    assert.equal((await fixture.scoreboard.read('benchmark', [benchmark])).entries, 1n);
    assert.equal((await fixture.scoreboard.read('best', [idOf(model), benchmark])).value, 6n);
  });

  it('puts more right rows first, and of equals the earlier', async () => {
    const benchmark = await openBenchmark(first);
    await score(model, first, 10n);
    await score(bobs, first, 10n);
    assert.equal(await rank(model, benchmark), 1n);
    assert.equal(await rank(bobs, benchmark), 2n);
    await score(bobs, first, 11n);
    assert.equal(await rank(bobs, benchmark), 1n);
    assert.equal(await fixture.scoreboard.read('leader', [benchmark]), idOf(bobs));
  });

  it('puts less error first', async () => {
    const benchmark = await openBenchmark(errors);
    await score(model, errors, 900n);
    await score(bobs, errors, 700n);
    assert.equal(await rank(model, benchmark), 1n);
    assert.equal(await rank(bobs, benchmark), 1n);
    const board = await fixture.scoreboard.read('leaderboard', [benchmark]);
    assert.deepEqual(
      board.map(({ value, kind }: { value: bigint; kind: number }) => [value, kind]),
      [
        [700n, REGRESSION],
        [900n, REGRESSION],
      ],
    );
    for (const read of ['scoreOf', 'boardOf'] as const) {
      const args = read === 'scoreOf' ? [idOf(model), benchmark] : [benchmark];
      assert.equal((await fixture.scoreboard.read(read, args)).measure, SQUARED_ERROR);
    }
  });

  it('reverts with UnknownModel and UnknownBenchmark', async () => {
    const benchmark = await openBenchmark(first);
    const nobody = toHex(5, { size: 32 });
    await reverts(attemptRank(nobody, benchmark), 'UnknownModel', [nobody]);
    await reverts(attemptRank(idOf(model), nobody), 'UnknownBenchmark', [nobody]);
  });
});

describe('a place on a leaderboard', () => {
  const modelsOn = async (benchmark: Hex): Promise<Hex[]> =>
    (await fixture.scoreboard.read('leaderboard', [benchmark])).map(({ model: id }: { model: Hex }) => id);

  it("is a trainer's best model's, whatever else it enters", async () => {
    const benchmark = await openBenchmark(first);
    await score(model, first, 10n);
    assert.equal(await rank(model, benchmark), 1n);
    for (const [points, place, leader] of [
      [9n, 0n, model],
      [10n, 0n, model],
      [12n, 1n, child],
    ] as const) {
      await score(child, first, points);
      assert.equal(await rank(child, benchmark), place);
      assert.deepEqual(await modelsOn(benchmark), [idOf(leader)]);
    }
    // What is off the board is still a proven score, which a bounty can pay.
    const { value } = await fixture.scoreboard.read('scoreOf', [idOf(model), benchmark]);
    assert.equal(value, 10n);
    await score(model, first, 13n);
    assert.equal(await rank(model, benchmark), 1n);
    assert.deepEqual(await modelsOn(benchmark), [idOf(model)]);
  });

  it('does not depend on who has a model ranked', async () => {
    const benchmark = await openBenchmark(first);
    for (const [of, by] of [
      [model, fixture.bob],
      [bobs, fixture.bob],
    ] as const) {
      await score(of, first, 10n);
      await rank(of, benchmark, { by });
    }
    assert.deepEqual(await modelsOn(benchmark), [idOf(model), idOf(bobs)]);
  });

  it('costs what is pinned', async () => {
    const benchmark = await openBenchmark(first);
    const gasOf = async (of: Model, points: bigint) => {
      await score(of, first, points);
      return Number((await fixture.scoreboard.send('rank', [idOf(of), benchmark, []])).gasUsed);
    };
    const measured = {
      'rank, the first of a board': await gasOf(model, 10n),
      'rank, a further trainer': await gasOf(bobs, 9n),
      "rank, a trainer's better model": await gasOf(child, 12n),
      "rank, a trainer's model that is no better": await gasOf(await fixture.seedModel(WIDTHS), 5n),
    };
    requirePinnedGas(measured, 300);
  });

  it('is one of 32, which 32 copies of one model under other salts do not fill', async () => {
    const benchmark = await openBenchmark(first);
    for (let copy = 0; copy < 32; copy++) {
      const salted = await fixture.importModel(WIDTHS);
      await score(salted, first, 15n);
      await rank(salted, benchmark);
    }
    assert.equal((await fixture.scoreboard.read('benchmark', [benchmark])).entries, 1n);
    await score(bobs, first, 3n);
    assert.equal(await rank(bobs, benchmark), 2n);
  });
});
