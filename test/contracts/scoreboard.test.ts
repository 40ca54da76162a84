import assert from 'node:assert/strict';
import { afterEach, before, beforeEach, describe, it } from 'node:test';
import { type Address, encodeAbiParameters, type Hex, keccak256, toHex, zeroAddress } from 'viem';
import type { Proof } from '../../src/argument/types.ts';
import { encodeShape, encodeShard, type ShardShape } from '../../src/model/shape.ts';
import { registryCall } from '../../src/registry/calls.ts';
import { ascending, datasetId, modelId } from '../../src/registry/ids.ts';
import { proofArgument } from '../../src/registry/programs/targets.ts';
import { NO_SCHEMA } from '../../src/registry/schemas.ts';
import { claimOf, resultId } from '../../src/registry/statement.ts';
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

const WIDTHS = [5, 4, 3];
const SHARD: ShardShape = { inputs: 5, outputs: 3, rows: 16, kind: 'classes' };
const URI = 'ipfs://test rows';
const SCORE = 6n;
const NONE = toHex(0, { size: 32 });
const [REGRESSION, CLASSES] = [0, 1];
const [NO_MEASURE, ROWS_RIGHT, SQUARED_ERROR] = [0, 1, 2];

let fixture: RegistryFixture;
let model: Model;
let child: Model;
let first: Registered;
let second: Registered;
let errors: Registered;
let snapshot: unknown;

const idOf = ({ statement }: { statement: Parameters<typeof resultId>[0] }) => resultId(statement);
const shardIds = (...shards: Registered[]) => ascending(shards.map(idOf));

before(async () => {
  fixture = await RegistryFixture.create();
  first = await fixture.registerShard(SHARD);
  second = await fixture.registerShard({ ...SHARD, rows: 9 });
  errors = await fixture.registerShard({ ...SHARD, kind: 'regression' });
  model = await fixture.seedModel(WIDTHS);
  child = await fixture.trainModel(model as never, first);
});
beforeEach(async () => {
  snapshot = await fixture.chain.request('evm_snapshot');
});
afterEach(async () => {
  await fixture.chain.request('evm_revert', snapshot);
});

/** Lists shards and makes them a benchmark. */
async function openBenchmark(...shards: Registered[]): Promise<Hex> {
  const args = [shardIds(...shards), URI];
  await fixture.datasets.send('registerDataset', args, fixture.alice);
  const id = await fixture.scoreboard.simulate('openBenchmark', [fixture.alice, ...args]);
  await fixture.scoreboard.send('openBenchmark', [fixture.alice, ...args]);
  return id;
}

async function score(of: Model, shard: Registered, result: bigint, prover = fixture.alice): Promise<void> {
  await fixture.submit(scoreClaim(of, shard, result), prover);
}

async function rank(of: Model, benchmark: Hex, ranker = fixture.alice): Promise<bigint> {
  const place = await fixture.scoreboard.simulate('rank', [idOf(of), benchmark], ranker);
  await fixture.scoreboard.send('rank', [idOf(of), benchmark], ranker);
  return place;
}

const attemptRank = (of: Hex, benchmark: Hex) => fixture.scoreboard.simulate('rank', [of, benchmark]);

describe('score', () => {
  it('records result and prover, and says so', async () => {
    const receipt = await fixture.submit(scoreClaim(model, first, 11n), fixture.bob);
    const schemas = { modelSchema: NO_SCHEMA, shardSchema: NO_SCHEMA };
    const args = { model: idOf(model), shard: idOf(first), prover: fixture.bob, result: 11n, rows: 16n, ...schemas };
    assert.deepEqual(fixture.events(receipt)[0], { eventName: 'Scored', args });
    const resultOn = (shard: Registered) => fixture.scoreboard.read('resultOf', [idOf(model), idOf(shard)]);
    assert.deepEqual(await resultOn(first), { prover: fixture.bob, value: 11n, ...schemas });
    assert.deepEqual(await resultOn(second), { prover: zeroAddress, value: 0n, ...schemas });
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

    it('with ResultOutOfRange beyond 2^52, which no rows can reach', async () => {
      await score(model, errors, 2n ** 52n);
      for (const result of [2n ** 52n + 1n, 2n ** 64n, 2n ** 256n - 1n]) {
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
  it('is a registered dataset, and opens once', async () => {
    const ids = shardIds(first, second);
    const dataset = datasetId(fixture.alice, ids, URI);
    await reverts(fixture.scoreboard.simulate('openBenchmark', [fixture.alice, ids, URI]), 'UnknownDataset', [dataset]);
    const id = await openBenchmark(first, second);
    assert.equal(id, await fixture.scoreboard.read('benchmarkId', [dataset, zeroAddress, 0n]));
    assert.equal(id, idOfBenchmark(dataset, zeroAddress, 0n));
    assert.deepEqual(await fixture.scoreboard.read('benchmark', [id]), {
      dataset,
      kind: CLASSES,
      rows: 25n,
      shards: 2n,
      closingBlock: 0n,
      entries: 0n,
    });
    assert.deepEqual(await fixture.scoreboard.read('shardsOf', [id]), ids);
    await reverts(fixture.scoreboard.simulate('openBenchmark', [fixture.alice, ids, URI]), 'BenchmarkExists', [id]);
  });

  it('says in an event which shards it has', async () => {
    const args = [shardIds(errors), URI];
    await fixture.datasets.send('registerDataset', args, fixture.alice);
    const receipt = await fixture.scoreboard.send('openBenchmark', [fixture.alice, ...args]);
    const dataset = datasetId(fixture.alice, shardIds(errors), URI);
    const event = {
      id: idOfBenchmark(dataset, zeroAddress, 0n),
      dataset,
      shardIds: shardIds(errors),
      closingBlock: 0n,
    };
    assert.deepEqual(fixture.events(receipt), [{ eventName: 'BenchmarkOpened', args: event }]);
  });

  it('has at most 256 shards', async () => {
    const ids = Array.from({ length: 257 }, (_, i) => toHex(i + 1, { size: 32 }));
    await reverts(fixture.scoreboard.simulate('openBenchmark', [fixture.alice, ids, URI]), 'TooManyShards', [257n]);
    await reverts(fixture.scoreboard.simulate('openBenchmark', [fixture.alice, ids.slice(1), URI]), 'UnknownDataset', [
      datasetId(fixture.alice, ids.slice(1), URI),
    ]);
  });

  it('answers with zeros while there is none', async () => {
    const { rows, dataset } = await fixture.scoreboard.read('benchmark', [NONE]);
    assert.deepEqual([rows, dataset], [0n, NONE]);
    assert.deepEqual(await fixture.scoreboard.read('leaderboard', [NONE]), []);
    assert.equal(await fixture.scoreboard.read('leader', [NONE]), NONE);
    assert.equal((await fixture.scoreboard.read('scoreOf', [idOf(model), NONE])).measure, NO_MEASURE);
    assert.equal((await fixture.scoreboard.read('best', [idOf(model), NONE])).ranker, zeroAddress);
  });
});

describe('rank', () => {
  it('adds up each shard once and returns all it takes to judge the sum', async () => {
    const benchmark = await openBenchmark(first, second);
    await score(model, first, 11n);
    await score(model, second, 7n, fixture.bob);
    assert.equal(await rank(model, benchmark, fixture.bob), 1n);
    const dataset = datasetId(fixture.alice, shardIds(first, second), URI);
    const standing = { model: idOf(model), value: 18n, rows: 25n, kind: CLASSES, dataset, ranker: fixture.bob };
    assert.deepEqual(await fixture.scoreboard.read('best', [idOf(model), benchmark]), standing);
    assert.deepEqual(await fixture.scoreboard.read('leaderboard', [benchmark]), [standing]);
    assert.equal(await fixture.scoreboard.read('leader', [benchmark]), idOf(model));
    const scored = await fixture.scoreboard.read('scoreOf', [idOf(model), benchmark]);
    assert.deepEqual(scored, { measure: ROWS_RIGHT, value: 18n, rows: 25n });
  });

  it('says in an event what was entered', async () => {
    const benchmark = await openBenchmark(first);
    await score(model, first, 11n);
    const receipt = await fixture.scoreboard.send('rank', [idOf(model), benchmark], fixture.bob);
    const args = { benchmark, model: idOf(model), ranker: fixture.bob, value: 11n, place: 1n };
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
    await score(child, first, 10n);
    assert.equal(await rank(model, benchmark), 1n);
    assert.equal(await rank(child, benchmark), 2n);
    await score(child, first, 11n);
    assert.equal(await rank(child, benchmark), 1n);
    assert.equal(await fixture.scoreboard.read('leader', [benchmark]), idOf(child));
  });

  it('puts less error first', async () => {
    const benchmark = await openBenchmark(errors);
    await score(model, errors, 900n);
    await score(child, errors, 700n);
    assert.equal(await rank(model, benchmark), 1n);
    assert.equal(await rank(child, benchmark), 1n);
    const board = await fixture.scoreboard.read('leaderboard', [benchmark]);
    assert.deepEqual(
      board.map(({ value, kind }: { value: bigint; kind: number }) => [value, kind]),
      [
        [700n, REGRESSION],
        [900n, REGRESSION],
      ],
    );
    const { measure } = await fixture.scoreboard.read('scoreOf', [idOf(model), benchmark]);
    assert.equal(measure, SQUARED_ERROR);
  });

  it('reverts with UnknownModel and UnknownBenchmark', async () => {
    const benchmark = await openBenchmark(first);
    const nobody = toHex(5, { size: 32 });
    await reverts(attemptRank(nobody, benchmark), 'UnknownModel', [nobody]);
    await reverts(attemptRank(idOf(model), nobody), 'UnknownBenchmark', [nobody]);
  });
});

describe('a sealed benchmark', () => {
  // Alice commits to shards that only she knows; the model is there already, the late one comes after the closing block.
  async function sealed(blocks: bigint) {
    const { chain, scoreboard } = fixture;
    // What Alice keeps secret: here made on a copy of the chain that is then discarded.
    const outer = await chain.request('evm_snapshot');
    const secret = await fixture.registerShard(SHARD);
    await chain.request('evm_revert', outer);
    const dataset = datasetId(fixture.alice, shardIds(secret), URI);
    const closing = (await chain.read.getBlockNumber()) + blocks;
    const id = await scoreboard.simulate('sealBenchmark', [dataset, closing], fixture.alice);
    const receipt = await scoreboard.send('sealBenchmark', [dataset, closing], fixture.alice);
    return { secret, dataset, closing, id, receipt };
  }

  async function reveal(secret: Registered): Promise<void> {
    await fixture.submit(secret);
    await fixture.datasets.send('registerDataset', [shardIds(secret), URI], fixture.alice);
  }

  const unseal = (closing: bigint, shards: Hex[], sealer: Address = fixture.alice) =>
    [sealer, closing, fixture.alice, shards, URI] as const;

  it('counts models registered up to the closing block, and no later ones', async () => {
    const { secret, dataset, closing, id } = await sealed(30n);
    const inTime = await fixture.trainModel(model as never, first);
    const block = await fixture.chain.read.getBlockNumber();
    // Setting what the verifier expects takes a block, registering the next.
    await fixture.chain.mine(Number(closing - block) - 2);
    const last = await fixture.trainModel(model as never, first);
    assert.equal((await fixture.registry.read('node', [idOf(last)])).blockNumber, closing);
    await fixture.chain.mine(2);
    const late = await fixture.trainModel(model as never, first);
    await reveal(secret);
    await fixture.scoreboard.send('unsealBenchmark', unseal(closing, shardIds(secret)), fixture.bob);
    for (const [i, of] of [model, inTime, last].entries()) {
      await score(of, secret, 9n - BigInt(i));
      assert.equal(await rank(of, id), BigInt(i + 1));
    }
    await score(late, secret, 16n);
    const { blockNumber } = await fixture.registry.read('node', [idOf(late)]);
    await reverts(attemptRank(idOf(late), id), 'ModelTooLate', [idOf(late), blockNumber, closing]);
    const { closingBlock, dataset: listed } = await fixture.scoreboard.read('benchmark', [id]);
    assert.deepEqual([closingBlock, listed], [closing, dataset]);
  });

  it('takes its shards as an open benchmark too, whose ranks are apart', async () => {
    const { secret, closing, id } = await sealed(5n);
    await fixture.chain.mine(6);
    await reveal(secret);
    await fixture.scoreboard.send('unsealBenchmark', unseal(closing, shardIds(secret)));
    await fixture.scoreboard.send('openBenchmark', [fixture.alice, shardIds(secret), URI]);
    const late = await fixture.trainModel(model as never, first);
    await score(late, secret, 16n);
    await rank(late, idOfBenchmark(datasetId(fixture.alice, shardIds(secret), URI), zeroAddress, 0n));
    assert.equal(await fixture.scoreboard.read('leader', [id]), NONE);
  });

  it('says in events that it is sealed and that it opens', async () => {
    const { secret, dataset, closing, id, receipt } = await sealed(5n);
    const args = { id, sealer: fixture.alice, dataset, closingBlock: closing };
    assert.deepEqual(fixture.events(receipt), [{ eventName: 'BenchmarkSealed', args }]);
    assert.equal(id, idOfBenchmark(dataset, fixture.alice, closing));
    await fixture.chain.mine(6);
    await reveal(secret);
    const opened = await fixture.scoreboard.send('unsealBenchmark', unseal(closing, shardIds(secret)));
    const event = { id, dataset, shardIds: shardIds(secret), closingBlock: closing };
    assert.deepEqual(fixture.events(opened), [{ eventName: 'BenchmarkOpened', args: event }]);
  });

  it('reverts with StillSealed until it is opened', async () => {
    const { closing, id } = await sealed(5n);
    await reverts(attemptRank(idOf(model), id), 'StillSealed', [id, closing]);
    assert.equal((await fixture.scoreboard.read('benchmark', [id])).rows, 0n);
  });

  it('reverts with SealBroken when a shard was registered up to the closing block', async () => {
    const { secret, dataset, closing } = await sealed(50n);
    await fixture.submit(secret);
    const early = await fixture.chain.read.getBlockNumber();
    await fixture.datasets.send('registerDataset', [shardIds(secret), URI], fixture.alice);
    await fixture.chain.mine(60);
    const call = fixture.scoreboard.simulate('unsealBenchmark', unseal(closing, shardIds(secret)));
    await reverts(call, 'SealBroken', [dataset, early]);
  });

  it('reverts with SealBroken when a shard was registered in the closing block', async () => {
    const { secret, dataset, closing } = await sealed(50n);
    await fixture.chain.mine(Number(closing - (await fixture.chain.read.getBlockNumber())) - 2);
    const { blockNumber } = await fixture.submit(secret);
    assert.equal(blockNumber, closing);
    await fixture.datasets.send('registerDataset', [shardIds(secret), URI], fixture.alice);
    const call = fixture.scoreboard.simulate('unsealBenchmark', unseal(closing, shardIds(secret)));
    await reverts(call, 'SealBroken', [dataset, closing]);
  });

  it('reverts with SealBroken when one of its shards is older than the seal', async () => {
    const { chain, datasets, scoreboard, registry } = fixture;
    const outer = await chain.request('evm_snapshot');
    const secret = await fixture.registerShard(SHARD);
    await chain.request('evm_revert', outer);
    const ids = shardIds(secret, first);
    const closing = (await chain.read.getBlockNumber()) + 3n;
    await scoreboard.send('sealBenchmark', [datasetId(fixture.alice, ids, URI), closing], fixture.alice);
    await chain.mine(6);
    await fixture.submit(secret);
    await datasets.send('registerDataset', [ids, URI], fixture.alice);
    const { blockNumber } = await registry.read('shard', [idOf(first)]);
    const call = scoreboard.simulate('unsealBenchmark', unseal(closing, ids));
    await reverts(call, 'SealBroken', [datasetId(fixture.alice, ids, URI), blockNumber]);
  });

  it('reverts with UnknownBenchmark for another sealer, closing block or list of shards', async () => {
    const { secret, dataset, closing } = await sealed(5n);
    await fixture.chain.mine(6);
    await reveal(secret);
    const ids = shardIds(secret);
    for (const [by, block, list] of [
      [fixture.bob, closing, ids],
      [fixture.alice, closing + 1n, ids],
      [fixture.alice, closing, shardIds(secret, first)],
    ] as const) {
      const id = idOfBenchmark(datasetId(fixture.alice, list, URI), by, block);
      await reverts(fixture.scoreboard.simulate('unsealBenchmark', unseal(block, list, by)), 'UnknownBenchmark', [id]);
    }
    assert.equal(dataset, datasetId(fixture.alice, ids, URI));
  });

  it('reverts with UnknownDataset until its dataset is registered, with BenchmarkExists when opened again', async () => {
    const { secret, dataset, closing, id } = await sealed(5n);
    await fixture.chain.mine(6);
    await fixture.submit(secret);
    const args = unseal(closing, shardIds(secret));
    await reverts(fixture.scoreboard.simulate('unsealBenchmark', args), 'UnknownDataset', [dataset]);
    await fixture.datasets.send('registerDataset', [shardIds(secret), URI], fixture.alice);
    await fixture.scoreboard.send('unsealBenchmark', args);
    await reverts(fixture.scoreboard.simulate('unsealBenchmark', args), 'BenchmarkExists', [id]);
  });

  it('cannot be sealed for a closing block that is past or beyond 64 bits, nor twice', async () => {
    const { dataset, closing, id } = await sealed(5n);
    await reverts(fixture.scoreboard.simulate('sealBenchmark', [dataset, closing], fixture.alice), 'BenchmarkExists', [
      id,
    ]);
    const past = (await fixture.chain.read.getBlockNumber()) - 1n;
    await reverts(fixture.scoreboard.simulate('sealBenchmark', [dataset, past]), 'ClosingBlockPassed', [past]);
    await fixture.scoreboard.simulate('sealBenchmark', [dataset, 2n ** 64n - 1n]);
    for (const far of [2n ** 64n, 2n ** 256n - 1n]) {
      await reverts(fixture.scoreboard.simulate('sealBenchmark', [dataset, far]), 'ClosingBlockTooFar', [far]);
    }
  });
});

function idOfBenchmark(dataset: Hex, sealer: Address, closingBlock: bigint): Hex {
  const types = [{ type: 'bytes32' }, { type: 'address' }, { type: 'uint256' }] as const;
  return keccak256(encodeAbiParameters(types, [dataset, sealer, closingBlock]));
}
