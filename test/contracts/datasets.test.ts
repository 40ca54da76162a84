import assert from 'node:assert/strict';
import { afterEach, before, beforeEach, describe, it } from 'node:test';
import { type Address, encodeFunctionData, type Hex, sha256, toHex } from 'viem';
import { datasetsAbi } from '../../src/generated/abi.ts';
import type { ShardShape } from '../../src/model/shape.ts';
import { ascending, datasetId } from '../../src/registry/ids.ts';
import { NO_RULES } from '../../src/registry/rules.ts';
import { resultId } from '../../src/registry/statement.ts';
import { Contract, reverts } from './support/chain.ts';
import { dataClaim, RegistryFixture } from './support/registryFixture.ts';

const SHARD: ShardShape = { inputs: 5, outputs: 3, rows: 16, kind: 'classes' };
const URI = 'ipfs://digits';
const UNKNOWN = `0x${'ff'.repeat(32)}` as const;

let fixture: RegistryFixture;
let snapshot: unknown;

before(async () => {
  fixture = await RegistryFixture.create();
});
beforeEach(async () => {
  snapshot = await fixture.chain.request('evm_snapshot');
});
afterEach(async () => {
  await fixture.chain.request('evm_revert', snapshot);
});

async function shardIds(...shards: ShardShape[]): Promise<Hex[]> {
  const ids: Hex[] = [];
  for (const shard of shards) ids.push(resultId((await fixture.registerShard(shard)).statement));
  return ascending(ids);
}

/** A dataset of one shard of Bob's. */
async function listed(uri = URI): Promise<{ id: Hex; list: readonly [Hex[], string] }> {
  const list = [await shardIds(SHARD), uri] as const;
  await fixture.datasets.send('registerDataset', list, fixture.bob);
  return { id: datasetId(fixture.bob, ...list), list };
}

/** Hands the rights of a trainer on to another account. */
async function handOn(trainer: Address, key: Address): Promise<void> {
  await fixture.trainers.send('offerKey', [trainer, key], trainer);
  await fixture.trainers.send('acceptKey', [trainer], key);
}

describe('registerDataset', () => {
  const register = (ids: readonly Hex[], uri = 'ipfs://digits') =>
    fixture.datasets.simulate('registerDataset', [ids, uri], fixture.bob);

  it('records registrar, number of shards and rows under the id of its content', async () => {
    const firstBlock = (await fixture.chain.read.getBlockNumber()) + 2n;
    const ids = await shardIds(SHARD, SHARD, { ...SHARD, rows: 9 });
    const id = datasetId(fixture.bob, ids, 'ipfs://digits');
    assert.equal(await register(ids), id);
    const receipt = await fixture.datasets.send('registerDataset', [ids, 'ipfs://digits'], fixture.bob);
    assert.deepEqual(await fixture.datasets.read('dataset', [id]), {
      registrar: fixture.bob,
      shards: 3n,
      rows: 41n,
      firstBlock,
      isRevoked: false,
    });
    const args = { id, registrar: fixture.bob, shardIds: ids, rows: 41n, uri: 'ipfs://digits' };
    assert.deepEqual(fixture.events(receipt), [{ eventName: 'DatasetRegistered', args }]);
  });

  it('answers with zeros for an unknown dataset', async () => {
    const nobody = '0x0000000000000000000000000000000000000000';
    assert.deepEqual(await fixture.datasets.read('dataset', [datasetId(fixture.bob, [], '')]), {
      registrar: nobody,
      shards: 0n,
      rows: 0n,
      firstBlock: 0n,
      isRevoked: false,
    });
  });

  it('reverts with DatasetExists for the same registrar, shards and text, but takes another text', async () => {
    const ids = await shardIds(SHARD);
    await fixture.datasets.send('registerDataset', [ids, 'ipfs://digits'], fixture.bob);
    await reverts(register(ids), 'DatasetExists', [datasetId(fixture.bob, ids, 'ipfs://digits')]);
    assert.equal(await register(ids, 'ipfs://others'), datasetId(fixture.bob, ids, 'ipfs://others'));
  });

  it('cannot be taken by another registrar: theirs of the same shards and text is another dataset', async () => {
    const ids = await shardIds(SHARD);
    await fixture.datasets.send('registerDataset', [ids, 'ipfs://digits'], fixture.alice);
    await fixture.datasets.send('registerDataset', [ids, 'ipfs://digits'], fixture.bob);
    for (const registrar of [fixture.alice, fixture.bob]) {
      const id = datasetId(registrar, ids, 'ipfs://digits');
      assert.equal((await fixture.datasets.read('dataset', [id])).registrar, registrar);
    }
  });

  it('reverts with EmptyDataset without shards', async () => {
    await reverts(register([]), 'EmptyDataset');
  });

  it('reverts with UnknownShard when any shard is not registered', async () => {
    const [known] = await shardIds(SHARD);
    const unknown = `0x${'ff'.repeat(32)}` as Hex;
    await reverts(register([unknown]), 'UnknownShard', [unknown]);
    await reverts(register([known, unknown]), 'UnknownShard', [unknown]);
  });

  it('reverts with ShardsNotAscending when shards are out of order or listed twice', async () => {
    const [first, second] = await shardIds(SHARD, SHARD);
    await reverts(register([second, first]), 'ShardsNotAscending', [second, first]);
    await reverts(register([first, first]), 'ShardsNotAscending', [first, first]);
  });

  it('reverts with ShardsOfDifferentFamilies when inputs, outputs or kind differ', async () => {
    for (const other of [
      { ...SHARD, inputs: 6 },
      { ...SHARD, outputs: 4 },
      { ...SHARD, kind: 'regression' as const },
      { ...SHARD, kind: 'labels' as const },
    ]) {
      const [first, second] = await shardIds(SHARD, other);
      await reverts(register([first, second]), 'ShardsOfDifferentFamilies', [first, second]);
    }
    const [first, second] = await shardIds({ ...SHARD, kind: 'labels' }, { ...SHARD, kind: 'regression' });
    await reverts(register([first, second]), 'ShardsOfDifferentFamilies', [first, second]);
    await register(await shardIds({ ...SHARD, kind: 'labels' }, { ...SHARD, kind: 'labels', rows: 3 }));
  });
});

describe('publish', () => {
  const archive = sha256(toHex('rows'));

  it('records where the rows are, keeps what was said before and gives it in parts', async () => {
    const { id } = await listed();
    const said: { archive: Hex; blockNumber: bigint; uri: string }[] = [];
    for (const k of [0, 1, 2]) {
      const uri = `https://example.org/${k}`;
      const receipt = await fixture.datasets.send('publish', [id, uri, archive], fixture.bob);
      assert.deepEqual(fixture.events(receipt), [
        { eventName: 'DatasetPublished', args: { id, by: fixture.bob, uri, archive } },
      ]);
      said.push({ archive, blockNumber: receipt.blockNumber, uri });
    }
    assert.equal(await fixture.datasets.read('publicationCount', [id]), 3n);
    for (const [from, count] of [
      [0n, 3n],
      [0n, 2n],
      [1n, 1n],
      [1n, 2n ** 256n - 1n],
      [2n, 1n],
      [3n, 1n],
      [2n ** 256n - 1n, 2n ** 256n - 1n],
      [0n, 0n],
    ]) {
      const expected = said.filter((_, k) => BigInt(k) >= from && BigInt(k) - from < count);
      assert.deepEqual(await fixture.datasets.read('publications', [id, from, count]), expected, `${from} ${count}`);
    }
  });

  it('is done by the key that took over the rights of the registrar, and no longer by the registrar', async () => {
    const { id } = await listed();
    await handOn(fixture.bob, fixture.alice);
    await reverts(fixture.datasets.simulate('publish', [id, URI, archive], fixture.bob), 'NotTheRegistrar', [
      id,
      fixture.bob,
    ]);
    const receipt = await fixture.datasets.send('publish', [id, URI, archive], fixture.alice);
    assert.equal((fixture.events(receipt)[0].args as { by: Address }).by, fixture.alice);
  });

  it('reverts with NotTheRegistrar for others, the owner of the shards among them, and where there is no dataset', async () => {
    const { id } = await listed();
    const publish = (one: Hex, by: Address) => fixture.datasets.simulate('publish', [one, URI, archive], by);
    await reverts(publish(id, fixture.alice), 'NotTheRegistrar', [id, fixture.alice]);
    await reverts(publish(UNKNOWN, fixture.bob), 'NotTheRegistrar', [UNKNOWN, fixture.bob]);
  });

  it('reverts with NotTheRegistrar for the address zero where there is no dataset', async () => {
    const zero: Address = '0x0000000000000000000000000000000000000000';
    const call = fixture.datasets.simulate('publish', [UNKNOWN, URI, archive], zero);
    await reverts(call, 'NotTheRegistrar', [UNKNOWN, zero]);
  });

  it('takes an address of 256 bytes and reverts with UriTooLong for one more', async () => {
    const { id } = await listed();
    const publish = (length: number) =>
      fixture.datasets.simulate('publish', [id, 'x'.repeat(length), archive], fixture.bob);
    await publish(256);
    await reverts(publish(257), 'UriTooLong', [257n]);
  });

  it('goes on after the dataset was revoked', async () => {
    const { id } = await listed();
    await fixture.datasets.send('revoke', [id], fixture.bob);
    await fixture.datasets.send('publish', [id, 'https://example.org/why', archive], fixture.bob);
  });
});

describe('revoke', () => {
  it('is recorded once and for good', async () => {
    const { id } = await listed();
    assert.equal(await fixture.datasets.read('isRevoked', [id]), false);
    const receipt = await fixture.datasets.send('revoke', [id], fixture.bob);
    assert.deepEqual(fixture.events(receipt), [{ eventName: 'DatasetRevoked', args: { id, by: fixture.bob } }]);
    assert.equal(await fixture.datasets.read('isRevoked', [id]), true);
    const { registrar, isRevoked } = await fixture.datasets.read('dataset', [id]);
    assert.deepEqual({ registrar, isRevoked }, { registrar: fixture.bob, isRevoked: true });
    await reverts(fixture.datasets.simulate('revoke', [id], fixture.bob), 'RevokedDataset', [id]);
  });

  it('does not touch a dataset of the same shards with another text or of another registrar', async () => {
    const { id, list } = await listed();
    const [shards, uri] = list;
    await fixture.datasets.send('registerDataset', [shards, 'ipfs://others'], fixture.bob);
    await fixture.datasets.send('registerDataset', list, fixture.alice);
    await fixture.datasets.send('revoke', [id], fixture.bob);
    for (const other of [datasetId(fixture.bob, shards, 'ipfs://others'), datasetId(fixture.alice, shards, uri)])
      assert.equal(await fixture.datasets.read('isRevoked', [other]), false);
  });

  it('reverts with NotTheRegistrar for others and for a registrar who handed on its rights', async () => {
    const { id } = await listed();
    await reverts(fixture.datasets.simulate('revoke', [id], fixture.alice), 'NotTheRegistrar', [id, fixture.alice]);
    await handOn(fixture.bob, fixture.alice);
    await reverts(fixture.datasets.simulate('revoke', [id], fixture.bob), 'NotTheRegistrar', [id, fixture.bob]);
    await fixture.datasets.send('revoke', [id], fixture.alice);
  });
});

describe('a benchmark on a revoked dataset', () => {
  const tomorrow = async () => (await fixture.chain.read.getBlock()).timestamp + 86_400n;

  it('can be neither opened nor sealed: RevokedDataset', async () => {
    const { id, list } = await listed();
    await fixture.datasets.send('revoke', [id], fixture.bob);
    const open = fixture.scoreboard.simulate('openBenchmark', [fixture.bob, ...list, NO_RULES]);
    await reverts(open, 'RevokedDataset', [id]);
    const closing = (await fixture.chain.read.getBlockNumber()) + 9n;
    const seal = fixture.scoreboard.simulate('sealBenchmark', [id, closing, await tomorrow(), NO_RULES]);
    await reverts(seal, 'RevokedDataset', [id]);
  });

  it('that was sealed before cannot be opened: RevokedDataset', async () => {
    const secret = dataClaim(SHARD);
    const list = [[resultId(secret.statement)], URI] as const;
    const id = datasetId(fixture.bob, ...list);
    const closing = (await fixture.chain.read.getBlockNumber()) + 1n;
    await fixture.scoreboard.send('sealBenchmark', [id, closing, await tomorrow(), NO_RULES], fixture.bob);
    await fixture.submit(secret, fixture.bob);
    await fixture.datasets.send('registerDataset', list, fixture.bob);
    const unseal = () =>
      fixture.scoreboard.simulate('unsealBenchmark', [fixture.bob, fixture.bob, ...list], fixture.bob);
    await unseal();
    await fixture.datasets.send('revoke', [id], fixture.bob);
    await reverts(unseal(), 'RevokedDataset', [id]);
  });

  it('that was open before stays', async () => {
    const { id, list } = await listed();
    const args = [fixture.bob, ...list, NO_RULES];
    const benchmark = await fixture.scoreboard.simulate('openBenchmark', args);
    await fixture.scoreboard.send('openBenchmark', args);
    await fixture.datasets.send('revoke', [id], fixture.bob);
    assert.equal((await fixture.scoreboard.read('benchmark', [benchmark])).dataset, id);
  });
});

describe('the contract of datasets', () => {
  it('names its registry, who acts for trainers, and ids of datasets that are not listed', async () => {
    const { datasets, registry, trainers, bob } = fixture;
    assert.equal(await datasets.read('registry', []), registry.address);
    assert.equal(await datasets.read('trainers', []), trainers.address);
    const list = [[UNKNOWN], URI] as const;
    assert.equal(await datasets.read('datasetId', [bob, ...list]), datasetId(bob, ...list));
  });

  it('takes from the relay whom it speaks for, and from nobody else', async () => {
    const relay = fixture.chain.accounts[5];
    const args = [fixture.registry.address, fixture.trainers.address, relay];
    const datasets = new Contract(fixture.chain, await fixture.chain.deploy('Datasets', args), datasetsAbi);
    const list = [await shardIds(SHARD), URI] as const;
    const data = encodeFunctionData({ abi: datasetsAbi, functionName: 'registerDataset', args: list });
    for (const by of [fixture.alice, relay]) {
      const tail: Hex = `${data}${fixture.bob.slice(2)}`;
      await fixture.chain.wallet.sendTransaction({ account: by, to: datasets.address, data: tail, chain: null });
    }
    const registrars = await Promise.all(
      [fixture.alice, relay, fixture.bob].map(
        async (by) => (await datasets.read('dataset', [datasetId(by, ...list)])).shards,
      ),
    );
    assert.deepEqual(registrars, [1n, 0n, 1n]);
  });
});
