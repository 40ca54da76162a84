import assert from 'node:assert/strict';
import { afterEach, before, beforeEach, describe, it } from 'node:test';
import type { Hex } from 'viem';
import { datasetId } from '../../src/registry/ids.ts';
import { benchmarkId, NO_RULES } from '../../src/registry/rules.ts';
import { Boards, DAY, idOf, NONE, SEAL, type Sealed, SHARD, shardIds, URI, WIDTHS } from './support/boards.ts';
import { reverts } from './support/chain.ts';
import { type Model, type Registered, RegistryFixture } from './support/registryFixture.ts';

const FIVE_YEARS = 5n * 365n * DAY;
const BURNED = '0x000000000000000000000000000000000000dEaD';
const BOND = 10n ** 18n;
const [NO_MEASURE, ROWS_RIGHT] = [0, 1];

let fixture: RegistryFixture;
let boards: Boards;
let model: Model;
let first: Registered;
let snapshot: unknown;

before(async () => {
  fixture = await RegistryFixture.create();
  boards = new Boards(fixture);
  first = await fixture.registerShard(SHARD);
  model = await fixture.seedModel(WIDTHS);
});
beforeEach(async () => {
  snapshot = await fixture.chain.request('evm_snapshot');
});
afterEach(async () => {
  await fixture.chain.request('evm_revert', snapshot);
});

const attemptUnseal = (sealed: Pick<Sealed, 'secret' | 'by'>) =>
  fixture.scoreboard.simulate('unsealBenchmark', boards.unsealArgs(sealed));

describe('a sealed benchmark', () => {
  it('counts models registered up to the closing block, and no later ones', async () => {
    const sealed = await boards.seal({ blocks: 40n });
    const { secret, dataset, closing, id } = sealed;
    const inTime = await fixture.trainModel(model as never, first);
    // Setting what the verifier expects takes a block, registering the next.
    await fixture.chain.mine(Number(closing - (await fixture.chain.read.getBlockNumber())) - 2);
    const last = await fixture.trainModel(model as never, first);
    assert.equal((await fixture.registry.read('node', [idOf(last)])).blockNumber, closing);
    await fixture.chain.mine(2);
    const late = await fixture.trainModel(model as never, first);
    await boards.reveal(sealed);
    await boards.unseal(sealed, fixture.bob);
    for (const [of, points] of [
      [model, 7n],
      [inTime, 8n],
      [last, 9n],
    ] as const) {
      await boards.score(of, secret, points);
      assert.equal(await boards.rank(of, id), 1n);
    }
    await boards.score(late, secret, 16n);
    const { blockNumber } = await fixture.registry.read('node', [idOf(late)]);
    await reverts(boards.attempt(idOf(late), id), 'ModelTooLate', [idOf(late), blockNumber, closing]);
    const { closingBlock, dataset: listed, opener } = await fixture.scoreboard.read('benchmark', [id]);
    assert.deepEqual([closingBlock, listed, opener], [closing, dataset, fixture.alice]);
  });

  it('is readable while it is sealed, but for what nobody knows', async () => {
    const rules = { ...NO_RULES, undeclared: true, fee: 9n };
    const { id, dataset, closing, openBy } = await boards.seal({ bond: BOND, rules });
    assert.deepEqual(await fixture.scoreboard.read('sealOf', [id]), {
      state: SEAL.sealed,
      sealer: fixture.alice,
      dataset,
      closingBlock: closing,
      openBy,
      openedAt: 0n,
      bond: BOND,
    });
    assert.equal(await fixture.scoreboard.read('sealedBy', [dataset, fixture.alice]), id);
    assert.equal(await fixture.scoreboard.read('sealedBy', [dataset, fixture.bob]), NONE);
    assert.deepEqual(await fixture.scoreboard.read('rulesOf', [id]), rules);
    assert.deepEqual(await fixture.scoreboard.read('boardOf', [id]), {
      measure: NO_MEASURE,
      rows: 0n,
      openedAt: 0n,
      openBy,
      dataset,
    });
    assert.equal(
      (await fixture.scoreboard.read('benchmark', [id])).opener,
      '0x0000000000000000000000000000000000000000',
    );
    assert.deepEqual(await fixture.scoreboard.read('shardsOf', [id]), []);
    await reverts(boards.attempt(idOf(model), id), 'StillSealed', [id, closing]);
  });

  it('answers with zeros where there is no seal', async () => {
    const open = await boards.open([first]);
    for (const id of [NONE, open]) {
      const { state, sealer, bond } = await fixture.scoreboard.read('sealOf', [id]);
      assert.deepEqual([state, sealer, bond], [SEAL.none, '0x0000000000000000000000000000000000000000', 0n]);
    }
  });

  it('takes its shards as an open benchmark too, whose ranks are apart', async () => {
    const sealed = await boards.seal();
    await boards.reveal(sealed);
    await boards.unseal(sealed);
    const open = await boards.open([sealed.secret]);
    assert.notEqual(open, sealed.id);
    const late = await fixture.trainModel(model as never, first);
    await boards.score(late, sealed.secret, 16n);
    await boards.rank(late, open);
    assert.equal(await fixture.scoreboard.read('leader', [sealed.id]), NONE);
  });

  it('says in events that it is sealed, how, and that it opens', async () => {
    const rules = { ...NO_RULES, sameSchema: true, ancestor: idOf(model) };
    const sealed = await boards.seal({ bond: 5n, rules });
    const { secret, dataset, closing, openBy, id, receipt } = sealed;
    const args = { id, sealer: fixture.alice, dataset, closingBlock: closing, openBy, bond: 5n, rules };
    assert.deepEqual(fixture.events(receipt), [{ eventName: 'BenchmarkSealed', args }]);
    assert.equal(id, benchmarkId(dataset, fixture.alice, closing, rules));
    await boards.reveal(sealed);
    const opened = fixture.events(await boards.unseal(sealed, fixture.bob));
    const named = { id, opener: fixture.alice, dataset, shardIds: shardIds(secret), closingBlock: closing, rules };
    assert.deepEqual(opened, [
      { eventName: 'BenchmarkOpened', args: named },
      { eventName: 'BondReturned', args: { id, sealer: fixture.alice, bond: 5n } },
    ]);
    const { timestamp } = await fixture.chain.read.getBlock();
    const board = { measure: ROWS_RIGHT, rows: 16n, openedAt: timestamp, openBy, dataset };
    assert.deepEqual(await fixture.scoreboard.read('boardOf', [id]), board);
  });

  it('reverts with SealBroken when a shard was registered up to the closing block, or in it', async () => {
    const sealed = await boards.seal({ blocks: 50n });
    const { chain, datasets } = fixture;
    const outer = await chain.request('evm_snapshot');
    for (const before of [40, 2]) {
      await chain.mine(Number(sealed.closing - (await chain.read.getBlockNumber())) - before);
      const { blockNumber } = await fixture.submit(sealed.secret);
      assert.equal(blockNumber, sealed.closing - BigInt(before) + 2n);
      await datasets.send('registerDataset', [shardIds(sealed.secret), URI], fixture.alice);
      await chain.mine(60);
      await reverts(attemptUnseal(sealed), 'SealBroken', [sealed.dataset, blockNumber]);
      if (before === 40) await chain.request('evm_revert', outer);
    }
  });

  it('reverts with SealBroken when one of its shards is older than the seal', async () => {
    const { chain, scoreboard, registry } = fixture;
    const outer = await chain.request('evm_snapshot');
    const secret = await fixture.registerShard(SHARD);
    await chain.request('evm_revert', outer);
    const ids = shardIds(secret, first);
    const dataset = datasetId(fixture.alice, ids, URI);
    const closing = (await chain.read.getBlockNumber()) + 3n;
    const args = [dataset, closing, (await boards.now()) + DAY, NO_RULES];
    await scoreboard.send('sealBenchmark', args, fixture.alice);
    await chain.mine(6);
    await fixture.submit(secret);
    await boards.list([secret, first]);
    const { blockNumber } = await registry.read('shard', [idOf(first)]);
    const call = scoreboard.simulate('unsealBenchmark', [fixture.alice, fixture.alice, ids, URI]);
    await reverts(call, 'SealBroken', [dataset, blockNumber]);
  });

  it('reverts with NotSealed for another sealer or list of shards, and for what was only opened', async () => {
    const sealed = await boards.seal();
    await boards.reveal(sealed);
    const [ids, both] = [shardIds(sealed.secret), shardIds(sealed.secret, first)];
    await boards.open([sealed.secret], {}, fixture.bob);
    for (const [by, list] of [
      [fixture.bob, ids],
      [fixture.alice, both],
    ] as const) {
      const call = fixture.scoreboard.simulate('unsealBenchmark', [by, fixture.alice, list, URI]);
      await reverts(call, 'NotSealed', [datasetId(fixture.alice, list, URI), by]);
    }
  });

  it('reverts with UnknownDataset until its dataset is registered, with BenchmarkExists when opened again', async () => {
    const sealed = await boards.seal();
    await fixture.chain.mine(6);
    await fixture.submit(sealed.secret);
    await reverts(attemptUnseal(sealed), 'UnknownDataset', [sealed.dataset]);
    await boards.list([sealed.secret]);
    await boards.unseal(sealed);
    await reverts(attemptUnseal(sealed), 'BenchmarkExists', [sealed.id]);
  });

  it('cannot have more than 256 shards', async () => {
    const ids = Array.from({ length: 257 }, (_, i) => `0x${(i + 1).toString(16).padStart(64, '0')}` as Hex);
    const dataset = datasetId(fixture.alice, ids, URI);
    const args = [dataset, 1_000_000n, (await boards.now()) + DAY, NO_RULES];
    await fixture.scoreboard.send('sealBenchmark', args, fixture.alice);
    const call = fixture.scoreboard.simulate('unsealBenchmark', [fixture.alice, fixture.alice, ids, URI]);
    await reverts(call, 'TooManyShards', [257n]);
  });

  it('cannot be sealed for a closing block that is past or beyond 64 bits', async () => {
    const { dataset } = await boards.seal();
    const openBy = (await boards.now()) + DAY;
    const attempt = (closing: bigint) =>
      fixture.scoreboard.simulate('sealBenchmark', [dataset, closing, openBy, NO_RULES], fixture.bob);
    const past = (await fixture.chain.read.getBlockNumber()) - 1n;
    await reverts(attempt(past), 'ClosingBlockPassed', [past]);
    await attempt(2n ** 64n - 1n);
    for (const far of [2n ** 64n, 2n ** 256n - 1n]) await reverts(attempt(far), 'ClosingBlockTooFar', [far]);
  });

  it('must be opened in the future, within five years', async () => {
    const { dataset, closing } = await boards.seal({ blocks: 1000n });
    const time = (await boards.now()) + 1000n;
    const attempt = async (openBy: bigint) => {
      await boards.at(time);
      return fixture.scoreboard.send('sealBenchmark', [dataset, closing, openBy, NO_RULES], fixture.bob);
    };
    for (const openBy of [time + 2n * FIVE_YEARS, 2n ** 255n, 0n]) {
      await reverts(attempt(openBy), 'OpenByOutOfRange', [openBy]);
    }
    const { chain, scoreboard } = fixture;
    await chain.mine(1);
    const now = await boards.now();
    const sealAt = (openBy: bigint) =>
      scoreboard.chain.read.simulateContract({
        address: scoreboard.address,
        abi: scoreboard.abi,
        functionName: 'sealBenchmark',
        args: [dataset, closing, openBy, NO_RULES],
        account: fixture.bob,
        blockTag: 'latest',
      });
    // A call of the latest block sees that block's time.
    await sealAt(now + 1n);
    await sealAt(now + FIVE_YEARS);
    for (const openBy of [now, now + FIVE_YEARS + 1n]) await reverts(sealAt(openBy), 'OpenByOutOfRange', [openBy]);
  });

  it('can be sealed once by each account, whatever the closing block and the rules', async () => {
    const { id, dataset, closing, openBy } = await boards.seal();
    const rules = { ...NO_RULES, undeclared: true };
    for (const args of [
      [dataset, closing, openBy, NO_RULES],
      [dataset, closing + 1n, openBy, NO_RULES],
      [dataset, closing, openBy, rules],
    ]) {
      await reverts(fixture.scoreboard.simulate('sealBenchmark', args, fixture.alice), 'SealExists', [id]);
    }
    const other = await fixture.scoreboard.simulate('sealBenchmark', [dataset, closing, openBy, NO_RULES], fixture.bob);
    assert.equal(other, benchmarkId(dataset, fixture.bob, closing));
  });

  it('is neither sealed nor opened on a dataset that its registrar revoked', async () => {
    const sealed = await boards.seal({ bond: BOND });
    await boards.reveal(sealed);
    await fixture.datasets.send('revoke', [sealed.dataset], fixture.alice);
    await reverts(attemptUnseal(sealed), 'RevokedDataset', [sealed.dataset]);
    const args = [sealed.dataset, sealed.closing + 99n, sealed.openBy, NO_RULES];
    await reverts(fixture.scoreboard.simulate('sealBenchmark', args, fixture.bob), 'RevokedDataset', [sealed.dataset]);
    await boards.at(sealed.openBy + 1n);
    await fixture.chain.mine(1);
    await fixture.scoreboard.send('burnBond', [sealed.id]);
    assert.equal(await boards.stateOf(sealed.id), SEAL.forfeited);
  });
});

describe('the bond of a seal', () => {
  it('is kept while it is sealed, and owed to the sealer once it is opened in time, whoever opens it', async () => {
    const sealed = await boards.seal({ bond: BOND });
    assert.equal(await boards.balance(fixture.scoreboard.address), BOND);
    assert.equal(await boards.owed(fixture.alice), 0n);
    await boards.reveal(sealed);
    await boards.at(sealed.openBy);
    await boards.unseal(sealed, fixture.bob);
    assert.equal(await boards.now(), sealed.openBy);
    assert.deepEqual(
      [await boards.owed(fixture.alice), await boards.owed(fixture.bob), await boards.stateOf(sealed.id)],
      [BOND, 0n, SEAL.open],
    );
    assert.equal((await fixture.scoreboard.read('sealOf', [sealed.id])).bond, BOND);
  });

  it('can be left out', async () => {
    const sealed = await boards.seal();
    await boards.reveal(sealed);
    assert.deepEqual(
      fixture.events(await boards.unseal(sealed)).map(({ eventName }) => eventName),
      ['BenchmarkOpened'],
    );
    assert.equal(await boards.owed(fixture.alice), 0n);
  });

  it('is burned when the time is over, for whoever asks, once', async () => {
    const { id, openBy } = await boards.seal({ bond: BOND });
    await reverts(fixture.scoreboard.simulate('burnBond', [id]), 'NothingForfeited', [id]);
    const before = await boards.balance(BURNED);
    await boards.at(openBy + 1n);
    await fixture.chain.mine(1);
    assert.equal(await boards.stateOf(id), SEAL.overdue);
    const receipt = await fixture.scoreboard.send('burnBond', [id], fixture.bob);
    const args = { id, sealer: fixture.alice, bond: BOND };
    assert.deepEqual(fixture.events(receipt), [{ eventName: 'BondBurned', args }]);
    assert.deepEqual(
      [await boards.balance(BURNED), await boards.balance(fixture.scoreboard.address)],
      [before + BOND, 0n],
    );
    assert.equal(await boards.stateOf(id), SEAL.forfeited);
    await reverts(fixture.scoreboard.simulate('burnBond', [id]), 'NothingForfeited', [id]);
  });

  it('is not burned in the last second in which it can be opened', async () => {
    const { id, openBy } = await boards.seal({ bond: BOND });
    await boards.at(openBy);
    await fixture.chain.mine(1);
    assert.equal(await boards.now(), openBy);
    assert.equal(await boards.stateOf(id), SEAL.sealed);
    // A call of the latest block sees that block's time.
    const call = fixture.scoreboard.read('burnBond', [id]);
    await reverts(call, 'NothingForfeited', [id]);
  });

  it('is burned when it is opened late, which still opens it', async () => {
    const sealed = await boards.seal({ bond: BOND });
    await boards.reveal(sealed);
    await boards.at(sealed.openBy + 1n);
    const names = fixture.events(await boards.unseal(sealed)).map(({ eventName }) => eventName);
    assert.deepEqual(names, ['BenchmarkOpened', 'BondBurned']);
    assert.deepEqual([await boards.balance(BURNED), await boards.owed(fixture.alice)], [BOND, 0n]);
    const { state, openedAt, bond } = await fixture.scoreboard.read('sealOf', [sealed.id]);
    assert.deepEqual([state, openedAt, bond], [SEAL.open, sealed.openBy + 1n, BOND]);
    await boards.score(model, sealed.secret, 9n);
    assert.equal(await boards.rank(model, sealed.id), 1n);
    await reverts(fixture.scoreboard.simulate('burnBond', [sealed.id]), 'NothingForfeited', [sealed.id]);
  });

  it('is burned once, where it was burned before it was opened late', async () => {
    const sealed = await boards.seal({ bond: BOND });
    const other = await boards.seal({ bond: BOND, by: fixture.bob });
    await boards.reveal(sealed);
    await boards.at(sealed.openBy + 1n);
    await fixture.chain.mine(1);
    await fixture.scoreboard.send('burnBond', [sealed.id]);
    const names = fixture.events(await boards.unseal(sealed)).map(({ eventName }) => eventName);
    assert.deepEqual(names, ['BenchmarkOpened']);
    assert.deepEqual([await boards.balance(BURNED), await boards.owed(fixture.alice)], [BOND, 0n]);
    assert.equal(await boards.balance(fixture.scoreboard.address), BOND);
    assert.equal((await fixture.scoreboard.read('sealOf', [other.id])).bond, BOND);
  });

  it('cannot be burned where there is none: no benchmark, an open one, a seal without a bond', async () => {
    const open = await boards.open([first]);
    const { id, openBy } = await boards.seal();
    await boards.at(openBy + 1n);
    await fixture.chain.mine(1);
    assert.equal(await boards.stateOf(id), SEAL.overdue);
    for (const none of [NONE, open, id]) {
      await reverts(fixture.scoreboard.simulate('burnBond', [none]), 'NothingForfeited', [none]);
    }
  });
});
