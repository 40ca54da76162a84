// What a key without Ether asks for: it signs, somebody else pays, and the chain takes it as the key's own.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Address, type Hex, parseEther, zeroAddress, zeroHash } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { creditVaultAbi, statusesAbi } from '../../src/generated/abi.ts';
import { formatSignedRequest, parseSignedRequest } from '../../src/registry/signedRequest.ts';
import { resultId } from '../../src/registry/statement.ts';
import { Contract, testChain } from '../contracts/support/chain.ts';
import { sendValue } from '../contracts/support/money.ts';
import { RegistryFixture } from '../contracts/support/registryFixture.ts';
import { type NodeProxy, startNodeProxy } from '../support/nodeProxy.ts';
import { descent, document, temporaryFolder } from './cli.ts';

const WIDTHS = [4, 3, 2];
const SHARD = { inputs: 4, outputs: 2, rows: 16, kind: 'classes' } as const;
const ALICE = ['--account', '1'];
const CAROL = ['--account', '3'];
const SECRET: Hex = `0x${'53'.repeat(32)}`;
const KEY = privateKeyToAccount(SECRET).address;
const ANYWHERE = '0x00000000000000000000000000000000DeaDBeef' as Address;

describe('requests that a key without Ether signs', () => {
  const { folder, remove } = temporaryFolder();
  const keyFile = join(folder, 'key');
  const BY_KEY = ['--key-file', keyFile];
  let made: RegistryFixture;
  let vault: Contract;
  let statuses: Contract;
  let proxy: NodeProxy;
  let alice: Address;
  let carol: Address;
  let seed: Hex;
  let trained: Hex;
  let count = 0;

  // Alice's seed takes 20 %, her child of it is paid; the key will act for her.
  before(async () => {
    writeFileSync(keyFile, SECRET);
    made = await RegistryFixture.create(await testChain());
    const { chain, registry, trainers, relay } = made;
    alice = made.alice;
    carol = chain.accounts[3];
    const args = [registry, trainers, relay].map(({ address }) => address);
    vault = new Contract(chain, await chain.deploy('CreditVault', args), creditVaultAbi);
    statuses = new Contract(chain, await chain.deploy('Statuses', args), statusesAbi);
    proxy = await startNodeProxy((method, params) => chain.request(method, ...params));
    const shard = await made.registerShard(SHARD);
    await done('credit', 'share', '20', ...ALICE);
    const first = await made.seedModel(WIDTHS);
    const next = await made.trainModel(first, shard);
    [seed, trained] = [first, next].map(({ statement }) => resultId(statement));
    assert.equal(await chain.read.getBalance({ address: KEY }), 0n);
  });
  after(async () => {
    await proxy?.close();
    remove();
  });

  const env = () => ({
    DESCENT_RPC: proxy.rpc,
    DESCENT_REGISTRY: made.registry.address,
    DESCENT_CREDIT_VAULT: vault.address,
    DESCENT_STATUSES: statuses.address,
    XDG_CACHE_HOME: join(folder, 'cache'),
  });
  const call = (...args: string[]) => descent([...args, '--runs', join(folder, 'runs')], { env: env() });
  /** Takes back what was said, by files beside the key's. */
  const clear = async (model: Hex) => {
    const args = ['status', 'clear', model, ...BY_KEY, '--sign', '--json'];
    return document(await descent(args, { env: env(), cwd: folder }));
  };
  const done = async (...args: string[]) => document(await call(...args, '--json'));
  async function refused(code: number, says: RegExp, ...args: string[]): Promise<void> {
    const { code: exit, stderr } = await call(...args);
    assert.match(stderr, says);
    assert.doesNotMatch(stderr, /\n {4}at /);
    assert.equal(exit, code, stderr);
  }

  /** Signs with the key, and nothing is sent. @returns the file and what the command said */
  async function signed(...args: string[]) {
    const file = join(folder, `request-${++count}.signed.json`);
    const said = await done(...args, ...BY_KEY, '--sign', '--out', file);
    assert.deepEqual([said.sent, said.file], [false, file]);
    const text = readFileSync(file, 'utf8');
    assert.equal(formatSignedRequest(parseSignedRequest(text)), text);
    return { file, said, text };
  }

  /** Carol pays for it, once. */
  async function carry(file: string): Promise<void> {
    const sent = await done('submit', file, ...CAROL);
    assert.deepEqual([sent.sent, sent.trainer], [true, KEY]);
    assert.equal((await done('submit', file, ...CAROL)).sent, false);
  }

  async function carried(...args: string[]) {
    const { file, said } = await signed(...args);
    await carry(file);
    return said;
  }

  it('a key is offered, and taken by who has no Ether', async () => {
    const { trainers } = made;
    assert.equal((await done('credit', 'key', 'offer', KEY, ...ALICE)).sent, true);
    assert.equal((await done('credit', 'key', 'offer', KEY, ...ALICE)).sent, false);
    const said = await carried('credit', 'key', 'accept', '--trainer', alice);
    assert.deepEqual([said.trainer, said.key, said.before], [alice, KEY, alice]);
    assert.equal(await trainers.read('keyOf', [alice]), KEY);
    assert.equal((await done('credit', 'key', 'accept', '--trainer', alice, ...BY_KEY)).sent, false);
    await carried('credit', 'key', 'offer', carol, '--trainer', alice);
    assert.equal(await trainers.read('offeredTo', [alice]), carol);
    await carried('credit', 'key', 'offer', zeroAddress, '--trainer', alice);
    assert.equal(await trainers.read('offeredTo', [alice]), zeroAddress);
    await refused(5, /NotOffered/, 'credit', 'key', 'accept', '--trainer', alice, '--sign', ...CAROL);
  });

  it('it chooses a share, lowers one, says where money goes and withdraws it', async () => {
    await carried('credit', 'share', '12.5');
    assert.equal(await made.registry.read('chosenShare', [KEY]), 1_250n);
    const lowered = await carried('credit', 'lower', seed, '15');
    assert.deepEqual([lowered.share, lowered.before], [1_500, 2_000]);
    assert.equal(await vault.read('shareOf', [seed]), 1_500n);

    await carried('credit', 'payout', ANYWHERE, '--trainer', alice);
    assert.equal(await made.trainers.read('payoutOf', [alice]), ANYWHERE);
    const back = await carried('credit', 'payout', zeroAddress, '--trainer', alice);
    assert.equal(back.payout, KEY);
    assert.equal(await made.trainers.read('payoutOf', [alice]), KEY);

    await sendValue(vault, 'pay', [trained], parseEther('1'));
    await done('credit', 'claim', '--trainer', alice, ...CAROL);
    const owed = await vault.read('credit', [alice, zeroAddress]);
    const about = ['credit', 'withdraw', '--trainer', alice];
    await refused(2, /acts for the trainer .* the relay carries what it signs/, ...about, '--sign', ...CAROL);
    const withdrawn = await carried(...about, '--to', ANYWHERE);
    assert.deepEqual([withdrawn.to, withdrawn.amount], [ANYWHERE, String(owed)]);
    assert.ok(owed > 0n);
    assert.equal(await made.chain.read.getBalance({ address: ANYWHERE }), owed);
    assert.equal(await made.chain.read.getBalance({ address: KEY }), 0n);
    await refused(5, /NothingOwed/, ...about, '--sign', ...BY_KEY);
  });

  it('it says what became of a model, and takes it back', async () => {
    await carried('status', 'supersede', seed, trained);
    await carried('status', 'deprecate', seed, '--reason', 'too small');
    await carried('status', 'withdraw', seed, '--reason', 'far too small');
    const { mark, successor, descends } = await done('status', 'show', seed);
    assert.deepEqual([mark, successor, descends], ['withdrawn', trained, true]);
    const file = join(folder, 'both.signed.json');
    await refused(2, /Two requests are to be signed/, 'status', 'clear', seed, '--sign', '--out', file, ...BY_KEY);
    // Their names are chosen: the files stand where the command was run.
    const { files, transactions } = await clear(seed);
    assert.deepEqual([files.length, transactions], [2, []]);
    for (const one of files) await carry(join(folder, one));
    assert.equal((await done('status', 'show', seed)).mark, 'current');
    assert.deepEqual((await clear(seed)).files, []);
  });

  it('a file of which anything was changed is refused, and one that expired', async () => {
    const { text } = await signed('credit', 'lower', seed, '10');
    const file = join(folder, 'changed.signed.json');
    for (const [from, to] of [
      ['"share": "1000"', '"share": "999"'],
      [seed.slice(2), trained.slice(2)],
      ['"31337"', '"31338"'],
    ]) {
      assert.ok(text.includes(from), from);
      writeFileSync(file, text.replace(from, to));
      await refused(3, /contradicts the rest of the file/, 'submit', file, ...CAROL);
    }
    // Changed everywhere, so that the file agrees with itself, it is not what the key signed.
    const { request, signature } = parseSignedRequest(text);
    const action = { what: 'lowerShare', node: seed, share: 0n } as const;
    writeFileSync(file, formatSignedRequest({ request: { ...request, action }, signature }));
    await refused(5, /WrongSignature/, 'submit', file, ...CAROL);
    assert.equal(await vault.read('shareOf', [seed]), 1_500n);

    const { file: soon } = await signed('status', 'deprecate', trained, '--reason', 'old', '--valid-for', '1');
    await made.chain.request('evm_increaseTime', 3_700);
    await made.chain.mine(1);
    await refused(5, /Expired/, 'submit', soon, ...CAROL);
    assert.equal((await statuses.read('statusOf', [trained])).successor, zeroHash);
    assert.equal((await done('status', 'show', trained)).mark, 'current');
  });
});
