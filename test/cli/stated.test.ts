// What people are told of columns and classes, which are stated and not proved, and of what is not read.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { encodeEventTopics, formatLog, type Hex, padHex, type RpcLog } from 'viem';
import { modelRegistryAbi } from '../../src/generated/abi.ts';
import { ascending, datasetId } from '../../src/registry/ids.ts';
import { NO_RULES } from '../../src/registry/rules.ts';
import { MIXED_SCHEMA, NO_SCHEMA } from '../../src/registry/schemas.ts';
import { resultId } from '../../src/registry/statement.ts';
import { boardOf } from '../../web/lib/chain/boards.ts';
import { applyLogs } from '../../web/lib/chain/events.ts';
import type { RawLog } from '../../web/lib/chain/scan.ts';
import { Store } from '../../web/lib/chain/store.ts';
import type { ChainConfig } from '../../web/lib/chain/types.ts';
import { dataClaim, type Model, type Registered, scoreClaim } from '../contracts/support/registryFixture.ts';
import { ServedRegistry } from '../contracts/support/servedRegistry.ts';
import { type NodeProxy, startNodeProxy } from '../support/nodeProxy.ts';
import { descent, document, temporaryFolder } from './cli.ts';

const WIDTHS = [4, 3, 2];
const SHARD = { inputs: 4, outputs: 2, rows: 16, kind: 'classes' } as const;
const [CATS, DOGS]: Hex[] = [padHex('0xca', { size: 32 }), padHex('0xd0', { size: 32 })];

describe('a registry whose models state their columns and classes', () => {
  const { folder, remove } = temporaryFolder();
  let served: ServedRegistry;
  let proxy: NodeProxy;
  const shards = {} as Record<'cats' | 'dogs' | 'mixed' | 'silent', Registered>;
  const models = {} as Record<'cats' | 'dogs' | 'mixed' | 'turned', Model>;
  before(async () => {
    served = await ServedRegistry.create(1);
    proxy = await startNodeProxy(served.upstream);
    const { fixture } = served;
    for (const [name, schema] of [
      ['cats', CATS],
      ['dogs', DOGS],
      ['mixed', MIXED_SCHEMA],
      ['silent', NO_SCHEMA],
    ] as const) {
      shards[name] = await fixture.registerShard(SHARD, fixture.alice, schema);
    }
    models.cats = await fixture.trainModel(await fixture.seedModel(WIDTHS), shards.cats);
    models.dogs = await fixture.trainModel(await fixture.seedModel(WIDTHS), shards.dogs);
    models.mixed = await fixture.mergeModels([models.cats, models.dogs]);
    models.turned = await fixture.trainModel(models.cats, shards.dogs);
  });
  after(async () => {
    await proxy?.close();
    remove();
  });
  const call = (...args: string[]) =>
    descent(args, { env: { ...served.env(proxy.rpc), XDG_CACHE_HOME: join(folder, 'cache') } });
  const idOf = (one: Model | Registered) => resultId(one.statement);

  /** Opens a benchmark of one shard and ranks models on it. */
  async function ranked(shard: Registered, ...some: Model[]): Promise<Hex> {
    const { datasets, scoreboard, alice } = served.fixture;
    const list = [ascending([idOf(shard)]), 'rows'];
    await datasets.send('registerDataset', list, alice);
    const args = [alice, ...list, NO_RULES];
    const benchmark = await scoreboard.simulate('openBenchmark', args);
    await scoreboard.send('openBenchmark', args);
    for (const [k, model] of some.entries()) {
      await served.fixture.submit(scoreClaim(model, shard, BigInt(5 + k)));
      await scoreboard.send('rank', [idOf(model), benchmark, []]);
    }
    return benchmark;
  }

  it('show tells the schema of models and shards, and where training changed it', async () => {
    const shown = async (one: Model | Registered) => {
      const { schema, otherSchemaThanParent } = document(await call('show', idOf(one), '--json'));
      return [schema, otherSchemaThanParent];
    };
    const mixed = 'mixed: of parents with different ones';
    assert.deepEqual(await shown(shards.cats), [CATS, undefined]);
    assert.deepEqual(await shown(shards.silent), ['not stated', undefined]);
    assert.deepEqual(await shown(models.cats), [CATS, undefined]);
    assert.deepEqual(await shown(models.mixed), [mixed, undefined]);
    assert.deepEqual(await shown(models.turned), [DOGS, CATS]);
  });

  it('leaderboard sets a mixed merge apart also on rows that state the schema of one', async () => {
    const board = document(await call('leaderboard', await ranked(shards.mixed, models.mixed), '--json'));
    assert.deepEqual(board.standings, []);
    assert.deepEqual([board.apart[0].model, board.apart[0].sameSchema], [idOf(models.mixed), false]);
  });

  it('leaderboard counts what states no columns and classes', async () => {
    const { code, stdout, stderr } = await call('leaderboard', await ranked(shards.silent, models.cats, models.turned));
    assert.equal(code, 0, stderr);
    assert.match(stdout, /do not state their columns and classes: 2\. Nothing shows/);
    assert.match(stdout, /Further models of the same trainers, who have one place each: 1 /);
  });

  it('the page shows no benchmark of shards whose events it has not read, and no result of such a model', async () => {
    const { registry, datasets, scoreboard, alice } = served.fixture;
    const secret = dataClaim(SHARD);
    const dataset = datasetId(alice, [idOf(secret)], 'rows');
    const closing = BigInt((await served.upstream('eth_blockNumber', [])) as Hex) + 1n;
    const { timestamp } = await served.fixture.chain.read.getBlock();
    const seal = [dataset, closing, timestamp + 86_400n, NO_RULES];
    const sealed = await scoreboard.simulate('sealBenchmark', seal, alice);
    await scoreboard.send('sealBenchmark', seal, alice);
    await served.fixture.submit(secret, alice);
    await datasets.send('registerDataset', [[idOf(secret)], 'rows'], alice);
    await scoreboard.send('unsealBenchmark', [alice, alice, [idOf(secret)], 'rows'], alice);
    const config = {
      registry: registry.address,
      datasets: datasets.address,
      scoreboard: scoreboard.address,
    };
    const address = Object.values(config);
    const logs = (await served.upstream('eth_getLogs', [{ address, fromBlock: '0x0' }])) as RpcLog[];
    const topicOf = (eventName: 'ShardRegistered' | 'ModelRegistered') =>
      encodeEventTopics({ abi: modelRegistryAbi, eventName })[0];
    const boardWithout = (topic?: Hex, id = served.benchmark) => {
      const store = new Store();
      const read = logs.filter(({ topics }) => topics[0] !== topic).map((log) => formatLog(log));
      applyLogs(store, config as ChainConfig, read as RawLog[]);
      return store.benchmark(id) && boardOf(store, id);
    };
    const whole = boardWithout();
    assert.deepEqual([whole?.benchmark.rows, whole?.apart.length], [SHARD.rows, 1]);
    assert.equal(boardWithout(topicOf('ShardRegistered')), undefined);
    assert.equal(boardWithout(undefined, sealed)?.benchmark.sealed?.opened, true);
    assert.equal(boardWithout(topicOf('ShardRegistered'), sealed), undefined, 'it is not closed any more');
    const { entries, apart } = boardWithout(topicOf('ModelRegistered'))!;
    assert.deepEqual([entries, apart], [[], []]);
  });

  it('leaderboard does not deny what stands before the first block that it reads', async () => {
    await served.fixture.chain.mine(1);
    const head = Number(await served.upstream('eth_blockNumber', []));
    const later = await call('leaderboard', '--from-block', `${head}`);
    assert.match(later.stdout, new RegExp(`no benchmarks since block ${head}`));
    assert.match(later.stderr, /Events before block \d+ are not read/);
    const { code, stderr } = await call('leaderboard', served.benchmark, '--from-block', `${head}`);
    assert.equal(code, 2);
    assert.match(
      stderr,
      new RegExp(`knows no benchmark ${served.benchmark} that was sealed or opened since block ${head}`),
    );
  });
});
