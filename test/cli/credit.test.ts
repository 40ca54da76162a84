// What a model is paid, and what becomes of it, by commands against a chain.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Address, type Hex, parseEther, zeroAddress } from 'viem';
import { creditVaultAbi } from '../../src/generated/abi.ts';
import { resultId } from '../../src/registry/statement.ts';
import { Contract, testChain } from '../contracts/support/chain.ts';
import { deploy, sendValue } from '../contracts/support/money.ts';
import { type Model, mergeClaim, RegistryFixture, trainClaim } from '../contracts/support/registryFixture.ts';
import { type NodeProxy, startNodeProxy } from '../support/nodeProxy.ts';
import { descent, document, temporaryFolder } from './cli.ts';

const WIDTHS = [4, 3, 2];
const SHARD = { inputs: 4, outputs: 2, rows: 16, kind: 'classes' } as const;
const ALICE = ['--account', '1'];
const BOB = ['--account', '2'];
const CAROL = ['--account', '3'];
const ANYWHERE = `0x${'00'.repeat(18)}beef` as Address;
const UNKNOWN = `0x${'ab'.repeat(32)}`;

describe('credit', () => {
  const { folder, remove } = temporaryFolder();
  let made: RegistryFixture;
  let vault: Contract;
  let proxy: NodeProxy;
  let alice: Address;
  let bob: Address;
  let carol: Address;
  let first: Hex;
  let second: Hex;
  let merged: Hex;
  let unpayable: Hex;

  // Alice's seed takes 20 % on two ways. Bob's merge, which has no share, is joined from Alice's two children of the seed (no share
  // either). Carol's models take 50 % each, so that the third of them in a line cannot be paid.
  before(async () => {
    made = await RegistryFixture.create(await testChain());
    ({ alice, bob } = made);
    carol = made.chain.accounts[3];
    vault = await deployVault(made);
    proxy = await startNodeProxy((method, params) => made.chain.request(method, ...params));
    const shard = await made.registerShard(SHARD);
    await done('credit', 'share', '20', ...ALICE);
    const seed = await made.seedModel(WIDTHS);
    await done('credit', 'share', '0', ...ALICE);
    const [one, two] = [await made.trainModel(seed, shard), await made.trainModel(seed, shard, { passes: 2 })];
    const merge = mergeClaim([one, two]);
    await made.submit(merge, bob);
    await done('credit', 'share', '50', ...CAROL);
    let last: Model = await made.seedModel(WIDTHS, carol);
    for (let k = 0; k < 2; k++) {
      const claim = trainClaim(last, shard);
      await made.submit(claim, carol);
      last = claim;
    }
    [first, second, merged, unpayable] = [seed, two, merge, last].map(({ statement }) => resultId(statement));
  });
  after(async () => {
    await proxy?.close();
    remove();
  });

  const env = () => ({
    DESCENT_RPC: proxy.rpc,
    DESCENT_REGISTRY: made.registry.address,
    DESCENT_CREDIT_VAULT: vault.address,
    XDG_CACHE_HOME: join(folder, 'cache'),
  });
  const call = (...args: string[]) => descent([...args, '--runs', join(folder, 'runs')], { env: env() });
  const done = async (...args: string[]) => document(await call(...args, '--json'));
  async function refused(code: number, says: RegExp, ...args: string[]): Promise<void> {
    const { code: exit, stderr } = await call(...args);
    assert.match(stderr, says);
    assert.equal(exit, code, stderr);
  }
  const balance = (address: Address) => made.chain.read.getBalance({ address });

  it('splits an amount before it is paid', async () => {
    const { payouts, left } = await done('credit', 'split', merged, '--amount', '10');
    assert.deepEqual(payouts, [
      { node: merged, account: bob, ways: '1', amount: String(parseEther('6')) },
      { node: first, account: alice, ways: '2', amount: String(parseEther('4')) },
    ]);
    assert.equal(left, '0');
    const { stdout } = await call('credit', 'split', merged);
    assert.match(
      stdout,
      new RegExp(`^0\\.6 ETH +${bob} +for the model\\n0\\.4 ETH +${alice} +for ${first}, by 2 ways\\n$`),
    );
  });

  it('pays, shows, claims all ways, collects and withdraws', async () => {
    const nothing = await done('credit', 'show', ...ALICE);
    assert.deepEqual([nothing.owed, nothing.missing], [[], []]);
    assert.equal((await done('credit', 'pay', merged, '--amount', '1', ...CAROL)).sent, true);
    const [owed] = (await done('credit', 'show', ...ALICE)).owed;
    const fifth = String(parseEther('0.2'));
    assert.deepEqual(owed, {
      token: zeroAddress,
      symbol: 'ETH',
      decimals: 18,
      ready: '0',
      collectable: [],
      claimable: [
        { ancestor: first, model: merged, steps: [], amount: fifth },
        { ancestor: first, model: merged, steps: [merged, second], amount: fifth },
      ],
    });
    const { stdout } = await call('credit', 'show', '--trainer', bob);
    assert.match(stdout, new RegExp(`collectable +0\\.6 ETH of ${merged}`));

    const claimed = await done('credit', 'claim', ...ALICE);
    assert.deepEqual(
      [claimed.credited.map(({ amount }: { amount: string }) => amount), claimed.transactions.length],
      [[String(parseEther('0.4'))], 1],
    );
    assert.deepEqual((await done('credit', 'claim', ...ALICE)).transactions, []);
    assert.equal(await vault.read('credit', [alice, zeroAddress]), parseEther('0.4'));
    // Anybody can claim for Bob.
    await done('credit', 'claim', '--trainer', bob, ...CAROL);
    assert.equal(await vault.read('credit', [bob, zeroAddress]), parseEther('0.6'));

    const before = await balance(ANYWHERE);
    assert.equal((await done('credit', 'withdraw', '--to', ANYWHERE, ...ALICE)).to.toLowerCase(), ANYWHERE);
    assert.equal((await balance(ANYWHERE)) - before, parseEther('0.4'));
    await refused(5, /NothingOwed[\s\S]*descent credit claim/, 'credit', 'withdraw', ...ALICE);
  });

  it('sends what is owed to where the trainer wants it, for anybody', async () => {
    await sendValue(vault, 'pay', [merged], parseEther('2'));
    await done('credit', 'claim', ...BOB);
    const owed = await vault.read('credit', [bob, zeroAddress]);
    assert.ok(owed >= parseEther('1.2'));
    await done('credit', 'payout', ANYWHERE, ...BOB);
    assert.equal((await done('credit', 'show', ...BOB)).payout.toLowerCase(), ANYWHERE);
    await refused(2, /acts for the trainer/, 'credit', 'withdraw', '--trainer', bob, '--to', carol, ...CAROL);
    const before = await balance(ANYWHERE);
    await done('credit', 'withdraw', '--trainer', bob, ...CAROL);
    assert.equal((await balance(ANYWHERE)) - before, owed);
    await refused(5, /NotTheKey/, 'credit', 'payout', carol, '--trainer', bob, ...CAROL);
    const trainers = ['--trainers', made.trainers.address];
    assert.equal((await done('credit', 'payout', zeroAddress, ...trainers, ...BOB)).payout, bob);
    await refused(5, /not a contract of trainers/, 'credit', 'payout', bob, '--trainers', vault.address, ...BOB);
  });

  it('claims and withdraws tokens apart from Ether', async () => {
    const token = await deploy(made.chain, 'HostileToken');
    await token.send('mint', [carol, 1_000n]);
    await vault.send('payToken', [merged, token.address, 1_000n], carol);
    const { owed } = await done('credit', 'show', ...ALICE);
    const { claimable } = owed.find((one: { token: Address }) => one.token === token.address);
    assert.deepEqual(
      claimable.map(({ amount }: { amount: string }) => amount),
      ['200', '200'],
    );
    await done('credit', 'claim', ...ALICE);
    await done('credit', 'withdraw', '--token', token.address, ...ALICE);
    assert.equal(await token.read('balanceOf', [alice]), 400n);
  });

  it('lowers a share, and only down', async () => {
    const { share, before } = await done('credit', 'lower', first, '12.5', ...ALICE);
    assert.deepEqual([share, before], [1_250, 2_000]);
    assert.equal(await vault.read('shareOf', [first]), 1_250n);
    await refused(5, /ShareNotLower/, 'credit', 'lower', first, '13', ...ALICE);
    await refused(5, /NotTheKey/, 'credit', 'lower', first, '1', ...BOB);
    await refused(2, /two decimals/, 'credit', 'lower', first, '1.255', ...ALICE);
  });

  it('chooses a share from 0 to 50 %, once', async () => {
    assert.equal((await done('credit', 'share', '7.25', ...BOB)).sent, true);
    assert.equal((await done('credit', 'share', '7.25', ...BOB)).sent, false);
    assert.equal(await made.registry.read('chosenShare', [bob]), 725n);
    await refused(2, /at most 50 %, not 51 %/, 'credit', 'share', '51', ...BOB);
    await refused(2, /percentage/, 'credit', 'share', 'all', ...BOB);
  });

  it('refuses models that cannot be paid, unknown ones and no money', async () => {
    await refused(5, /StackTooHigh[\s\S]*more than the whole/, 'credit', 'pay', unpayable, '--amount', '1', ...BOB);
    await refused(5, /StackTooHigh/, 'credit', 'split', unpayable);
    for (const verb of [
      ['pay', UNKNOWN, '--amount', '1', ...BOB],
      ['split', UNKNOWN],
      ['lower', UNKNOWN, '1', ...BOB],
    ])
      await refused(2, /knows no model/, 'credit', ...verb);
    await refused(2, /more than 0/, 'credit', 'pay', merged, '--amount', '0', ...BOB);
    await refused(2, /Not an amount/, 'credit', 'pay', merged, '--amount', '1e3', ...BOB);
  });

  it('asks for the vault, and says what stands in its place', async () => {
    const none = await descent(['credit', 'show', ...ALICE], { env: { DESCENT_RPC: proxy.rpc } });
    assert.equal(none.code, 2);
    assert.match(none.stderr, /Which credit vault[\s\S]*DESCENT_CREDIT_VAULT/);
    const wrong = ['credit', 'show', '--credit-vault', made.trainers.address, ...ALICE];
    await refused(5, /is not a credit vault: it is a contract of trainers[\s\S]*--credit-vault/, ...wrong);
  });
});

async function deployVault({ chain, registry, trainers, relay }: RegistryFixture): Promise<Contract> {
  const args = [registry, trainers, relay].map(({ address }) => address);
  return new Contract(chain, await chain.deploy('CreditVault', args), creditVaultAbi);
}
