import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import hre from 'hardhat';
import { decodeFunctionData, type Hex } from 'viem';
import { type Chain, connect } from '../../scripts/chain/client.ts';
import { firstKeys } from '../../scripts/chain/contracts.ts';
import { type Deployment, deployRegistry } from '../../scripts/chain/deploy.ts';
import { developmentAccount } from '../../scripts/chain/keys.ts';
import { type LocalNode, startLocalNode } from '../../scripts/chain/localNode.ts';
import { verifiersAbi } from '../../src/generated/abi.ts';
import { KEYS } from '../../src/generated/keys.ts';
import { descent, document, temporaryFolder } from '../cli/cli.ts';

const DAY = 86_400;
const OWNER = ['--account', '1'];

// A contract that counts what is executed is too large for a transaction.
describe('descent keys', { concurrency: false, skip: hre.globalOptions.coverage }, () => {
  const { folder, remove } = temporaryFolder();
  const owner = developmentAccount(1).address;
  let node: LocalNode;
  let chain: Chain;
  let place: Deployment;
  before(async () => {
    node = await startLocalNode();
    chain = await connect(node.rpc);
    // A registry whose keys of train and score are other programs' keys.
    const [data, seed, , imported, merge, , ...ofNetworks] = firstKeys();
    const keys = [data, seed, data, imported, merge, seed, ...ofNetworks];
    place = await deployRegistry(node.rpc, { keys, owner, delay: BigInt(3 * DAY) });
  });
  after(async () => {
    await node.close();
    remove();
  });

  const keys = (...args: string[]) =>
    descent(['keys', ...args, '--rpc', node.rpc, '--registry', place.registry, '--runs', folder]);
  const call = async (...args: string[]) => document(await keys(...args, '--json'));
  const versions = async () =>
    Object.fromEntries(
      (await call('list')).keys.map((key: Record<string, unknown>) => [
        key.program,
        [key.version, key.current, key.isBuiltHere],
      ]),
    );
  const nonce = () => chain.client.getTransactionCount({ address: owner });

  it('list the newest key of each program and whether it is the one that is built here', async () => {
    const text = await keys('list');
    assert.equal(text.code, 0, text.stderr);
    assert.match(text.stdout, new RegExp(`owned by ${owner}; a further key counts after 3 days; development keys`));
    assert.match(text.stdout, /train +1 +0x[0-9a-f]{64} +counts since \d{4}-.* another than is built here/);
    assert.match(text.stdout, new RegExp(`import +1 +${KEYS.import.hash} +counts since .* built here`));
    const { verifiers, delay } = await call('list');
    assert.deepEqual([verifiers, delay], [place.verifiersContract, 3 * DAY]);
  });

  it('add nothing with --dry-run, which says what the owner has to send', async () => {
    const before = await nonce();
    const { dryRun, added } = await call('add', '--dry-run');
    assert.equal(dryRun, true);
    assert.deepEqual(
      added.map((one: { program: string }) => one.program),
      ['train', 'score'],
    );
    const [{ call: sent, keyHash }] = added;
    assert.deepEqual([sent.to, keyHash], [place.verifiersContract, KEYS.train.hash]);
    const { functionName, args } = decodeFunctionData({ abi: verifiersAbi, data: sent.data as Hex });
    assert.deepEqual([functionName, args?.[0]], ['addKey', 3n]);
    const { words, circuit } = KEYS.train;
    assert.deepEqual(args?.[1], { words: words.map(BigInt), circuitHash: circuit });
    const text = await keys('add', 'train', '--dry-run');
    assert.match(text.stdout, /would send 1 transaction .*nothing was sent/);
    assert.match(text.stdout, /3 days after it was added/);
    assert.equal(await nonce(), before);
    assert.deepEqual((await versions()).train, [1, 1, false]);
  });

  it('are added by the owner alone', async () => {
    const { code, stderr } = await keys('add', 'train', '--account', '2');
    assert.equal(code, 5, stderr);
    assert.match(stderr, new RegExp(`Only ${owner} can add keys`));
    assert.match((await keys('add', 'sail', ...OWNER)).stderr, /There are data, seed, train/);
  });

  it('count once the delay has passed, and are not added twice', async () => {
    const text = await keys('add', 'train', ...OWNER);
    assert.equal(text.code, 0, text.stderr);
    assert.match(text.stdout, new RegExp(`Added 1 key:\\ntrain +${KEYS.train.hash} `));
    assert.match(text.stdout, /3 days after it was added/);
    assert.deepEqual((await versions()).train, [2, 1, true]);
    assert.match((await keys('list')).stdout, /train +2 .* counts from .*; until then version 1/);
    const before = await nonce();
    assert.match((await keys('add', 'train', ...OWNER)).stdout, /there already/);
    assert.equal(await nonce(), before);
    await chain.client.request({ method: 'evm_increaseTime' as never, params: [3 * DAY] as never });
    await chain.client.request({ method: 'evm_mine' as never, params: [] as never });
    assert.deepEqual((await versions()).train, [2, 2, true]);
    assert.deepEqual((await versions()).score, [1, 1, false]);
    const { added } = await call('add', ...OWNER);
    assert.deepEqual(
      added.map((one: { program: string }) => one.program),
      ['score'],
    );
  });
});
