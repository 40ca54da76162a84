import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Chain, connect } from '../../scripts/chain/client.ts';
import { deployRegistry } from '../../scripts/chain/deploy.ts';
import { developmentAccount } from '../../scripts/chain/keys.ts';
import { type LocalNode, startLocalNode } from '../../scripts/chain/localNode.ts';
import { readShard } from '../../src/model/shardFile.ts';
import { readWeights } from '../../src/model/weightsFile.ts';
import { evaluate } from '../../src/training/trainer.ts';
import { descent, document, temporaryFolder } from '../cli/cli.ts';

const ALICE = ['--account', '1'];
const BOB = ['--account', '2'];
const LIST = ['tests', '--uri', 'https://example.org/tests'];
const OPEN_BY = ['--open-by', new Date(Date.now() + 7 * 86_400_000).toISOString().slice(0, 10)];
const TERMS = [...OPEN_BY, '--bond', '0.5', '--fee', '0.01', '--undeclared', '--no-foreign'];

/** A sealed benchmark of two shards from the seal to the leaderboard, with the real prover, verifiers and node. */
describe('a benchmark', () => {
  const { folder, remove } = temporaryFolder();
  const runs = ['--runs', join(folder, 'runs')];
  const run = (...parts: string[]) => join(folder, 'runs', ...parts);
  let node: LocalNode;
  let chain: Chain;
  let env: Record<string, string>;
  let edges: { file: string; id: string }[];
  let sealed: { id: string; closingBlock: number };
  before(async () => {
    const rows = Array.from({ length: 7 }, (_, r) => `${r},${(5 * r) % 7},${r < 4 ? 'low' : 'high'}`);
    writeFileSync(join(folder, 'points.csv'), `a,b,name\n${rows.join('\n')}\n`);
    node = await startLocalNode();
    chain = await connect(node.rpc);
    const { registry, scoreboard } = await deployRegistry(node.rpc);
    env = { DESCENT_RPC: node.rpc, DESCENT_REGISTRY: registry, DESCENT_SCOREBOARD: scoreboard };
  });
  after(async () => {
    await node.close();
    remove();
  });

  const call = async (...args: string[]) => document(await descent([...args, '--json', ...runs], { env }));
  const refused = async (code: number, says: RegExp, ...args: string[]) => {
    const result = await descent([...args, ...runs], { env });
    assert.equal(result.code, code, result.stderr);
    assert.match(result.stderr, says);
  };

  it('is sealed before its shards are registered', async () => {
    const source = ['--csv', join(folder, 'points.csv'), '--label', 'name', '--scale', 'min-max'];
    ({ edges } = await call('data', ...source, '--rows', '3', '--count', '2', '--run', 'tests', ...ALICE));
    await refused(5, /not registered/, 'benchmark', 'open', ...LIST, ...ALICE);
    await refused(2, /Until when/, 'benchmark', 'seal', ...LIST, ...TERMS, ...ALICE);
    sealed = await call('benchmark', 'seal', ...LIST, ...TERMS, '--blocks', '30', ...ALICE);
    const again = ['benchmark', 'seal', ...LIST, ...OPEN_BY, '--blocks', '30', ...ALICE];
    await refused(2, /sealed these shards before/, ...again);
    const { benchmarks } = await call('leaderboard');
    assert.deepEqual(
      benchmarks.map((b: Record<string, unknown>) => [b.id, b.isOpen, b.closingBlock, b.opener]),
      [[sealed.id, false, sealed.closingBlock, developmentAccount(1).address]],
    );
    const [{ seal, rules }] = benchmarks;
    assert.deepEqual([seal.state, seal.bond], ['sealed', `${5n * 10n ** 17n}`]);
    assert.deepEqual([rules.undeclared, rules.noForeign, rules.fee], [true, true, `${10n ** 16n}`]);
    const { stdout } = await descent(['leaderboard', sealed.id, ...runs], { env });
    assert.match(
      stdout,
      /^sealed\nsealed by 0x\w+\nenter +nothing declared, no foreign programs, entry fee 0\.01 Ether\n/,
    );
    assert.match(stdout, /still sealed, to be opened by .*; a bond of 0\.5 Ether is lost otherwise/);
  });

  it('cannot be ranked on while it is sealed', async () => {
    const made = await call('seed', '--shape', '2-2', '--run', 'start', ...BOB);
    await call('submit', made.edges[0].file, ...BOB);
    await refused(
      5,
      /StillSealed/,
      'benchmark',
      'rank',
      sealed.id,
      '--model',
      made.edges[0].file,
      '--fee',
      '0.01',
      ...BOB,
    );
  });

  it('is opened when its shards are registered after the closing block, by who sealed it', async () => {
    const missing = sealed.closingBlock - Number(await chain.client.getBlockNumber());
    await chain.client.request({ method: 'hardhat_mine' as never, params: [`0x${missing.toString(16)}`] as never });
    for (const { file } of edges) await call('submit', file, ...ALICE);
    const other = ['tests', '--uri', 'https://example.org/others'];
    await refused(2, /Nobody sealed/, 'benchmark', 'unseal', ...other, ...BOB);
    // a list of shards is its lister's: nobody else can make that of the seal
    await refused(2, /Nobody sealed/, 'benchmark', 'unseal', ...LIST, ...BOB);
    const byOther = ['benchmark', 'unseal', ...LIST, '--sealer', developmentAccount(1).address, ...BOB];
    await refused(2, /Only 0x\w+ can list these shards/, ...byOther);
    const opened = await call('benchmark', 'unseal', ...edges.map(({ id }) => id), ...LIST.slice(1), ...ALICE);
    assert.deepEqual([opened.id, opened.sent, opened.isBurned], [sealed.id, true, false]);
    const paid = await call('benchmark', 'withdraw', ...ALICE);
    assert.equal(paid.amount, `${5n * 10n ** 17n}`);
    assert.equal((await call(...byOther)).sent, false);
    await refused(5, /registered already/, 'benchmark', 'seal', ...LIST, ...OPEN_BY, '--blocks', '5', ...BOB);
  });

  it('is scored shard by shard and summed, once', async () => {
    const model = run('start', 'model.safetensors');
    const rank = ['benchmark', 'rank', sealed.id, '--model', model, ...BOB];
    await refused(2, /Entering this model costs 0\.01 Ether/, ...rank);
    await refused(5, /NotScored/, ...rank, '--fee', '0.01');
    const fee = ['--fee', '0.01'];
    const options = ['--model', model, '--shards', 'tests', '--benchmark', sealed.id, '--run', 'scores', ...fee];
    const { shards, right, rows, ranked } = await call('score', ...options, ...BOB);
    const weights = readWeights(new Uint8Array(readFileSync(model)));
    const expected = shards.map(
      ({ shard }: { shard: string }) => evaluate(weights, readShard(new Uint8Array(readFileSync(shard)))).right,
    );
    assert.deepEqual(
      shards.map((s: { right: number }) => s.right),
      expected,
    );
    assert.deepEqual([rows, right], [6, expected[0] + expected[1]]);
    assert.deepEqual([ranked.sent, ranked.value, ranked.fee], [true, `${right}`, `${10n ** 16n}`]);
    const { standings } = await call('leaderboard', sealed.id);
    assert.deepEqual(
      standings.map((s: Record<string, unknown>) => [s.place, s.model, s.value, s.rows]),
      [[1, ranked.model, `${right}`, 6]],
    );
    const again = await call('score', ...options, ...BOB);
    assert.deepEqual([again.right, again.ranked.value, again.ranked.fee], [right, ranked.value, '0']);
    assert.equal((await call('leaderboard', sealed.id)).standings.length, 1);
  });

  it('is described by the list of all benchmarks; one that nobody made is unknown', async () => {
    const { benchmarks } = await call('leaderboard');
    assert.equal(benchmarks[0].uri, 'https://example.org/tests');
    assert.deepEqual([...benchmarks[0].shards].sort(), edges.map(({ id }) => id).sort());
    await refused(2, /knows no benchmark/, 'leaderboard', edges[0].id);
    await refused(2, /not the id of a benchmark/, 'leaderboard', '0x12');
  });
});
