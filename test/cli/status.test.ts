// What trainers say about their models later, by commands against a chain.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Address, type Hex, parseEther, zeroHash } from 'viem';
import { statusesAbi } from '../../src/generated/abi.ts';
import { resultId } from '../../src/registry/statement.ts';
import { Contract, testChain } from '../contracts/support/chain.ts';
import { sendValue } from '../contracts/support/money.ts';
import { RegistryFixture } from '../contracts/support/registryFixture.ts';
import { type NodeProxy, startNodeProxy } from '../support/nodeProxy.ts';
import { descent, document, temporaryFolder } from './cli.ts';

const WIDTHS = [4, 3, 2];
const SHARD = { inputs: 4, outputs: 2, rows: 16, kind: 'classes' } as const;
const ALICE = ['--account', '1'];
const BOB = ['--account', '2'];
const UNKNOWN = `0x${'ab'.repeat(32)}`;
const SOURCE = 0;

describe('status', () => {
  const { folder, remove } = temporaryFolder();
  let made: RegistryFixture;
  let statuses: Contract;
  let proxy: NodeProxy;
  let bob: Address;
  let seed: Hex;
  let other: Hex;
  let imported: Hex;
  let merged: Hex;

  // All of Alice: a seed, its child, an import, and a merge whose first parent is the child and whose second is the import.
  before(async () => {
    made = await RegistryFixture.create(await testChain());
    ({ bob } = made);
    const { chain, registry, trainers, relay } = made;
    const args = [registry, trainers, relay].map(({ address }) => address);
    statuses = new Contract(chain, await chain.deploy('Statuses', args), statusesAbi);
    proxy = await startNodeProxy((method, params) => chain.request(method, ...params));
    const shard = await made.registerShard(SHARD);
    const first = await made.seedModel(WIDTHS);
    const trained = await made.trainModel(first, shard);
    const entered = await made.importModel(WIDTHS);
    const joined = await made.mergeModels([trained, entered]);
    const last = await made.seedModel(WIDTHS);
    [seed, imported, merged, other] = [first, entered, joined, last].map(({ statement }) => resultId(statement));
  });
  after(async () => {
    await proxy?.close();
    remove();
  });

  const env = () => ({
    DESCENT_RPC: proxy.rpc,
    DESCENT_STATUSES: statuses.address,
    XDG_CACHE_HOME: join(folder, 'cache'),
  });
  const call = (...args: string[]) => descent([...args, '--runs', join(folder, 'runs')], { env: env() });
  const done = async (...args: string[]) => document(await call(...args, '--json'));
  async function refused(code: number, says: RegExp, ...args: string[]): Promise<void> {
    const { code: exit, stderr } = await call(...args);
    assert.match(stderr, says);
    assert.equal(exit, code, stderr);
  }

  it('shows a model of which nothing was said', async () => {
    assert.deepEqual(await done('status', 'show', seed), { model: seed, mark: 'current', disputes: [] });
    assert.match((await call('status', 'show', seed)).stdout, /mark +current\ndisputes +none/);
  });

  it('supersedes, finds the way that shows descent, and tells the latest', async () => {
    const step = await done('status', 'supersede', seed, imported, ...ALICE);
    assert.deepEqual([step.sent, step.descends], [true, false]);
    assert.deepEqual((await done('status', 'supersede', imported, merged, ...ALICE)).descends, true);
    assert.equal((await done('status', 'supersede', imported, merged, ...ALICE)).sent, false);
    assert.equal((await statuses.read('statusOf', [imported])).descends, true);
    const { successor, descends, latest, latestIsLast } = await done('status', 'show', seed);
    assert.deepEqual([successor, descends, latest, latestIsLast], [imported, false, merged, true]);
    // The seed lies on the merge's first line.
    assert.equal((await done('status', 'supersede', seed, merged, ...ALICE)).descends, true);
  });

  it('deprecates and withdraws with a reason, each once, and takes it back', async () => {
    const deprecate = () => done('status', 'deprecate', seed, '--reason', 'too small', ...ALICE);
    assert.equal((await deprecate()).sent, true);
    assert.equal((await deprecate()).sent, false);
    await done('status', 'withdraw', seed, '--reason', 'it was trained on test rows\u001b[2J', ...ALICE);
    const shown = await done('status', 'show', seed);
    assert.equal(shown.mark, 'withdrawn');
    assert.match(shown.reason, /^it was trained on test rows/);
    assert.equal(shown.reason.includes('\u001b'), false);
    assert.match(shown.since, /^\d{4}-/);
    assert.equal((await done('status', 'clear', seed, ...ALICE)).transactions.length, 2);
    assert.deepEqual((await done('status', 'clear', seed, ...ALICE)).transactions, []);
    const { mark, successor } = await statuses.read('statusOf', [seed]);
    assert.deepEqual([mark, successor], [0, zeroHash]);
  });

  it('tells disputes, those that were withdrawn too', async () => {
    const bond = parseEther('0.25');
    await sendValue(statuses, 'dispute', [SOURCE, imported, 'another file'], bond, bob);
    const [line] = (await done('status', 'show', imported)).disputes;
    assert.match(line, new RegExp(`^1: its source, by ${bob} with 0\\.25 ETH on .*: another file$`));
    await made.chain.request('evm_increaseTime', 31 * 86_400);
    await made.chain.mine(1);
    await statuses.send('withdrawDispute', [1n, bob], bob);
    assert.match((await done('status', 'show', imported)).disputes[0], /, withdrawn \d{4}-.*: another file$/);
  });

  it('refuses what the contract refuses, and what it need not ask', async () => {
    await refused(5, /NotTheKeyOf/, 'status', 'deprecate', merged, '--reason', 'no', ...BOB);
    await refused(5, /NotLater[\s\S]*registered later/, 'status', 'supersede', other, merged, ...ALICE);
    await refused(2, /reason is empty/, 'status', 'withdraw', merged, '--reason', '', ...ALICE);
    await refused(2, /has 257 bytes/, 'status', 'withdraw', merged, '--reason', 'x'.repeat(257), ...ALICE);
    await done('status', 'withdraw', merged, '--reason', 'x'.repeat(256), ...ALICE);
    await refused(2, /--reason/, 'status', 'deprecate', merged, ...ALICE);
    await refused(2, /knows no model/, 'status', 'show', UNKNOWN);
    await refused(2, /knows no model/, 'status', 'supersede', merged, UNKNOWN, ...ALICE);
    const none = await descent(['status', 'show', seed], { env: { DESCENT_RPC: proxy.rpc } });
    assert.equal(none.code, 2);
    assert.match(none.stderr, /Which statuses/);
    await refused(5, /not a contract of statuses/, 'status', 'show', seed, '--statuses', made.registry.address);
  });
});
