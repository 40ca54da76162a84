import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { createPublicClient, encodeEventTopics, http } from 'viem';
import { deployRegistry } from '../../scripts/chain/deploy.ts';
import { scoreboardAbi } from '../../src/generated/abi.ts';
import { clientReads } from '../../src/registry/clientReads.ts';
import { NO_RULES } from '../../src/registry/rules.ts';
import { readStoredEdge } from '../../src/registry/storedEdge.ts';
import { descent, document, temporaryFolder } from '../cli/cli.ts';
import { ServedRegistry } from '../contracts/support/servedRegistry.ts';
import { type NodeProxy, type Refusal, startNodeProxy } from '../support/nodeProxy.ts';

/** What providers say when 500 blocks are the most they give. */
const REFUSALS: Record<string, Refusal> = {
  'BSC, PublicNode': { code: -32000, message: 'exceed maximum block range: 500' },
  'Infura by results': { code: -32005, message: 'query returned more than 10000 results' },
  'Infura by range': { code: -32602, message: 'range 1000000 exceeds limit of 500' },
  Alchemy: {
    code: -32602,
    message: 'Log response size exceeded. this block range should work: [0x0, 0x1f3]',
    status: undefined,
  },
  'Alchemy, free': {
    code: -32600,
    message: 'Under the Free tier plan, you can make eth_getLogs requests with up to a 500 block range.',
  },
  Geth: { code: -32000, message: 'query returned more than 10000 results' },
  QuickNode: { code: -32614, message: 'eth_getLogs is limited to a 500 range' },
  Ankr: { code: -32600, message: 'block range is too wide' },
  dRPC: { code: 35, message: 'ranges over 500 blocks are not supported on freetier' },
  BSC: { code: -32005, message: 'limit exceeded' },
  'a gateway': { status: 413, body: '<html>413 Request Entity Too Large</html>' },
};

describe('a provider that gives few blocks at once', () => {
  const { folder, remove } = temporaryFolder();
  let served: ServedRegistry;
  let proxy: NodeProxy;
  let runs = 0;
  before(async () => {
    served = await ServedRegistry.create(1_500);
    proxy = await startNodeProxy(served.upstream);
  });
  after(async () => {
    await proxy?.close();
    remove();
  });
  beforeEach(() => {
    for (const name of Object.keys(proxy.faults)) delete proxy.faults[name as keyof NodeProxy['faults']];
    proxy.asked.clear();
    proxy.spans.length = 0;
  });

  /** With a cache of its own, unless it names one. */
  const call = (args: string[], cache = `cache-${runs++}`) =>
    descent(args, { env: { ...served.env(proxy.rpc), XDG_CACHE_HOME: join(folder, cache) } });
  const idsOf = ({ nodes }: { nodes: { id: string }[] }) => nodes.map(({ id }) => id);

  for (const [name, refusal] of Object.entries(REFUSALS)) {
    it(`as ${name}: tree reads all models`, async () => {
      proxy.faults.most = { blocks: 500, refusal };
      assert.deepEqual(idsOf(document(await call(['tree', '--json']))), served.models);
      assert.ok(
        proxy.spans.some((span) => span > 500),
        'it asked for more at first',
      );
    });
  }

  it('every command that reads logs reads them', async () => {
    proxy.faults.most = { blocks: 500, refusal: REFUSALS['a gateway'] };
    const [last] = served.models.slice(-1);
    const shown = document(await call(['show', last, '--json']));
    assert.deepEqual([shown.id, shown.kind, shown.name], [last, 'train', 'The last one']);
    assert.equal(document(await call(['show', served.shardId, '--json'])).what, 'shard');
    const { benchmarks } = document(await call(['leaderboard', '--json']));
    assert.deepEqual([benchmarks[0].id, benchmarks[0].uri], [served.benchmark, 'ipfs://rows']);
    const { apart } = document(await call(['leaderboard', served.benchmark, '--json']));
    assert.deepEqual([apart[0].model, apart[0].value, apart[0].trainedShards], [last, '11', 1]);
    const tree = document(await call(['tree', '--json']));
    assert.equal(tree.nodes.at(-1).name, 'The last one');
    const key = ['--account', '1', '--runs', join(folder, 'runs')];
    const board = ['benchmark', 'open', served.shardId, '--uri', 'ipfs://rows', ...key, '--json'];
    assert.deepEqual(document(await call(board)).sent, false);
    const card = document(await call(['card', last, '--name', 'The last one', ...key, '--json']));
    assert.equal(card.transaction, undefined);
    const verified = await call(['verify', last]);
    assert.doesNotMatch(verified.stdout + verified.stderr, /could not be read|no events/);
  });

  it('deploy finds the block of a registry that stands', async () => {
    const first = await startNodeProxy(served.upstream);
    const made = await deployRegistry(first.rpc).finally(() => first.close());
    await served.fixture.chain.mine(2_000);
    proxy.faults.most = { blocks: 500, refusal: REFUSALS.BSC };
    const found = document(await call(['deploy', '--account', '0', '--json']));
    assert.deepEqual([found.registry, found.block, found.transaction], [made.registry, made.block, made.transaction]);
    proxy.faults.prunedBefore = made.block + 1_000;
    const pruned = document(await call(['deploy', '--account', '0', '--json']));
    assert.equal(pruned.block, made.block);
  });

  it('begins at the registry’s block where old state is kept, at block 0 with a note where it is not', async () => {
    const { registry } = served.fixture;
    const [made] = await served.fixture.chain.read.getLogs({ address: registry.address, fromBlock: 0n });
    proxy.faults.codeSince = Number(made.blockNumber);
    document(await call(['tree', '--json']));
    const head = Number(await served.upstream('eth_blockNumber', []));
    const spanned = proxy.spans.reduce((sum, span) => sum + span, 0);
    // Names are read from there as well.
    assert.equal(spanned, 2 * (head - Number(made.blockNumber) + 1));
    delete proxy.faults.codeSince;
    proxy.faults.prunedBefore = head - 128;
    const { code, stderr, stdout } = await call(['tree']);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /does not tell since when the registry stands: events are read from block 0/);
    assert.ok(stdout.includes(served.models[0].slice(0, 8)), stdout);
  });

  it('keeps what it read and asks only for what is new; a damaged cache is read anew', async () => {
    const first = document(await call(['tree', '--json'], 'kept'));
    proxy.spans.length = 0;
    const id = await served.grow();
    const second = document(await call(['tree', '--json'], 'kept'));
    assert.deepEqual(idsOf(second), [...idsOf(first), id]);
    assert.ok(
      proxy.spans.every((span) => span <= 200),
      `${proxy.spans}`,
    );
    const logs = join(folder, 'kept', 'descent', 'logs');
    for (const name of readdirSync(logs))
      writeFileSync(join(logs, name), readFileSync(join(logs, name)).subarray(0, 90));
    assert.deepEqual(idsOf(document(await call(['tree', '--json'], 'kept'))), idsOf(second));
  });

  it('does not tell what one node said as the answer of another', async () => {
    await served.fixture.chain.mine(100);
    const [ranked] = encodeEventTopics({ abi: scoreboardAbi, eventName: 'Ranked' });
    // Ten more rows right than there were.
    const liar = await startNodeProxy(async (method, params) => {
      const answer = await served.upstream(method, params);
      if (method !== 'eth_getLogs') return answer;
      return (answer as { topics: string[]; data: string }[]).map((log) =>
        log.topics[0] === ranked ? { ...log, data: moreRight(log.data) } : log,
      );
    });
    const ask = (rpc: string) => {
      const env = { ...served.env(rpc), XDG_CACHE_HOME: join(folder, 'shared') };
      return descent(['leaderboard', served.benchmark, '--json'], { env });
    };
    try {
      for (const [rpc, value] of [
        [liar.rpc, '21'],
        [liar.rpc, '21'],
        [proxy.rpc, '11'],
      ]) {
        assert.equal(document(await ask(rpc)).apart[0].value, value);
      }
    } finally {
      await liar.close();
    }
  });

  /** Event data whose second word, the value, is greater by ten. */
  const moreRight = (data: string) => {
    const value = (BigInt(`0x${data.slice(66, 130)}`) + 10n).toString(16).padStart(64, '0');
    return `${data.slice(0, 66)}${value}${data.slice(130)}`;
  };

  it('drops from the cache what a reorganisation took', async () => {
    const { chain } = served.fixture;
    const before = [...served.models];
    const snapshot = await chain.request('evm_snapshot');
    const lost = await served.grow();
    await chain.mine(100);
    assert.ok(idsOf(document(await call(['tree', '--json'], 'forked'))).includes(lost));
    await chain.request('evm_revert', snapshot);
    served.models.length = before.length;
    await chain.request('evm_increaseTime', 7);
    await chain.mine(150);
    assert.deepEqual(idsOf(document(await call(['tree', '--json'], 'forked'))), before);
  });

  it('waits where it is asked too often, and names it where it lasts', async () => {
    const refusal = { status: 429, headers: { 'retry-after': '1' }, body: 'slow down' };
    proxy.faults.refuse = { times: 2, refusal, method: 'eth_getLogs' };
    assert.deepEqual(idsOf(document(await call(['tree', '--json']))), served.models);
    const always = { ...refusal, headers: { 'retry-after': '0' } };
    proxy.faults.refuse = { times: 1_000_000, refusal: always, method: 'eth_getLogs' };
    const { code, stderr } = await call(['tree']);
    assert.equal(code, 5);
    assert.match(stderr, /HTTP 429/);
    proxy.faults.refuse = undefined;
  });
});

describe('a node behind a balancer that lags five blocks', () => {
  const { folder, remove } = temporaryFolder();
  let served: ServedRegistry;
  let proxy: NodeProxy;
  before(async () => {
    served = await ServedRegistry.create(20);
    proxy = await startNodeProxy(served.upstream);
  });
  after(async () => {
    await proxy?.close();
    remove();
  });
  const call = (...args: string[]) =>
    descent(args, { env: { ...served.env(proxy.rpc), XDG_CACHE_HOME: join(folder, 'cache') } });

  it('tree and leaderboard miss nothing of the last blocks', async () => {
    for (let k = 0; k < 3; k++) await served.grow();
    proxy.faults.lag = 5;
    const { nodes } = document(await call('tree', '--json'));
    assert.deepEqual(
      nodes.map(({ id }: { id: string }) => id),
      served.models,
    );
    const uri = 'ipfs://more rows';
    const { datasets, scoreboard, alice } = served.fixture;
    await datasets.send('registerDataset', [[served.shardId], uri], alice);
    await scoreboard.send('openBenchmark', [alice, [served.shardId], uri, NO_RULES]);
    assert.equal(document(await call('leaderboard', '--json')).benchmarks.length, 2);
    const last = served.models.at(-1)!;
    assert.equal(document(await call('show', last, '--json')).id, last);
    // It finds the event and the proof of the last block; the verifiers of this registry check nothing.
    const { stderr } = await call('verify', last);
    assert.match(stderr, /The proof of this train cannot be checked with the keys that are here/);
    const client = createPublicClient({ transport: http(proxy.rpc) });
    const reads = clientReads(client, 31337);
    // Its own call data holds the call: nothing has to be told from others.
    const stored = await readStoredEdge(reads, served.fixture.registry.address, last, () => assert.fail('one call'));
    assert.equal(stored.statement.program, 'train');
  });
});
