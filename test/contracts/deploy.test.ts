import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import hre, { network } from 'hardhat';
import {
  type Abi,
  type Address,
  createPublicClient,
  getContractAddress,
  http,
  keccak256,
  zeroAddress,
  zeroHash,
} from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { CONTRACTS, type FirstKey } from '../../scripts/chain/contracts.ts';
import { PROXY } from '../../scripts/chain/create2.ts';
import { deployRegistry, readDeployments } from '../../scripts/chain/deploy.ts';
import { developmentAccount } from '../../scripts/chain/keys.ts';
import { DescentError } from '../../src/errors/DescentError.ts';
import {
  bountyBoardAbi,
  conditionsAbi,
  creditVaultAbi,
  dataAttestationsAbi,
  datasetsAbi,
  modelRegistryAbi,
  relayedAbi,
  scoreboardAbi,
  verifiersAbi,
} from '../../src/generated/abi.ts';
import { powersOnChain } from '../../src/registry/opening.ts';
import { CIRCUIT_NAMES, CIRCUITS } from '../../src/registry/programs/list.ts';
import { keyHash, keyOfWords } from '../../src/registry/verificationKey.ts';
import { g2PointOf, pointOf, TEST_SRS } from './support/knownTau.ts';

// The folder that a deployment reads, and keys of nobody's circuits: what they verify does not matter here. test/journey
// deploys the real ones.
const ARTIFACTS = new URL('../../artifacts/contracts/', import.meta.url).pathname;
// keccak256 of the proxy's code, the same on every chain.
const PROXY_CODE_HASH = '0x2fa86add0aed31f33a762c9d88e807c475bd51d0f52bd0955754b2608f7e4989';

/** Keys whose points are different multiples of the generators. */
const KEYS: FirstKey[] = CIRCUIT_NAMES.map((_, k) => {
  const [alpha, ...IC] = [1n, 4n, 5n, 6n, 7n].map((i) => pointOf(100n * BigInt(k) + i));
  const points = [2n, 3n].map((i) => g2PointOf(100n * BigInt(k) + i));
  const words = [alpha.x, alpha.y, ...points.flat(), ...IC.flatMap(({ x, y }) => [x, y])];
  return { words, circuitHash: `0x${`${k.toString(16)}c`.repeat(32)}` };
});

interface Node {
  rpc: string;
  close(): Promise<void>;
}

// A contract that counts what is executed is too large for a transaction.
describe('deployRegistry', { skip: hre.globalOptions.coverage }, () => {
  let root: string;
  let local: Node;
  let real: Node;
  let file: string;

  before(async () => {
    root = mkdtempSync(join(tmpdir(), 'deploy-'));
    file = join(root, 'kept', 'deployments.json');
    makeRoot(root, true);
    local = await startNode(31337);
    real = await startNode(11155111);
  });
  after(async () => {
    await Promise.all([local.close(), real.close()]);
    rmSync(root, { recursive: true });
  });

  it('deploys a contract with the keys, a registry and a scoreboard that use it, and says where', async () => {
    const made = await deployRegistry(local.rpc, { root, keys: KEYS, delay: 172_801n });
    const client = createPublicClient({ transport: http(local.rpc) });
    const registry = { address: made.registry, abi: modelRegistryAbi } as const;
    const verifiers = { address: made.verifiersContract, abi: verifiersAbi } as const;
    for (const [i, program] of CIRCUIT_NAMES.entries()) {
      const key = { ...verifiers, args: [BigInt(CIRCUITS[program]), 1n] } as const;
      assert.deepEqual(await client.readContract({ ...key, functionName: 'keyOf' }), KEYS[i].words);
      const { keyHash: hash, circuitHash } = await client.readContract({ ...key, functionName: 'keyRecordOf' });
      assert.deepEqual([hash, circuitHash], [keyHash(keyOfWords(KEYS[i].words)), KEYS[i].circuitHash]);
      assert.equal(made.keys[program], hash);
    }
    assert.equal(await client.readContract({ ...verifiers, functionName: 'delay' }), 172_801n);
    assert.equal(made.delay, 172_801);
    assert.equal(await client.readContract({ ...registry, functionName: 'verifiers' }), made.verifiersContract);
    const board = { address: made.scoreboard, abi: scoreboardAbi } as const;
    assert.equal(await client.readContract({ ...board, functionName: 'registry' }), made.registry);
    assert.deepEqual(await client.readContract({ ...registry, functionName: 'srs' }), powersOnChain(TEST_SRS));
    // The contract tells development keys and powers by their points, and these are none.
    assert.equal(await client.readContract({ ...registry, functionName: 'devKeys' }), false);
    const { chainId, devKeys, deployer } = made;
    assert.deepEqual([chainId, devKeys, deployer], [31337, true, developmentAccount(0).address]);
    for (const [name, address] of [
      ['creditVault', made.creditVault],
      ['bountyBoard', made.bountyBoard],
      ['lineageReader', made.lineageReader],
      ['statuses', made.statuses],
      ['cards', made.cards],
    ] as const) {
      const stands = { address, abi: creditVaultAbi, functionName: 'lineage' } as const;
      assert.equal(await client.readContract(stands), made.registry, name);
    }
    const reads = async (address: Address, abi: Abi, ...names: string[]) =>
      Promise.all(names.map((functionName) => client.readContract({ address, abi, functionName })));
    const { trainers, datasets, dataAttestations: attestations } = made;
    assert.deepEqual(await reads(datasets, datasetsAbi, 'registry', 'trainers'), [made.registry, trainers]);
    assert.deepEqual(await reads(attestations, dataAttestationsAbi, 'datasets', 'trainers'), [datasets, trainers]);
    assert.deepEqual(await reads(made.scoreboard, scoreboardAbi, 'datasets', 'trainers'), [datasets, trainers]);
    assert.deepEqual(await reads(made.conditions, conditionsAbi, 'attestations'), [attestations]);
    assert.deepEqual(await reads(made.bountyBoard, bountyBoardAbi, 'scores', 'conditions'), [
      made.scoreboard,
      made.conditions,
    ]);
    const receipt = await client.getTransactionReceipt({ hash: made.transaction });
    assert.deepEqual([Number(receipt.blockNumber), Number(receipt.gasUsed)], [made.block, made.gas]);
  });

  it('puts the same at the same addresses of another chain, and finds what stands', async () => {
    const account = developmentAccount(2);
    const owner = '0x00000000000000000000000000000000000000AA';
    const given = { root, keys: KEYS, account, owner, allowDevKeysOffLocal: true } as const;
    const [one, other] = [await deployRegistry(local.rpc, given), await deployRegistry(real.rpc, given)];
    assert.deepEqual([one.chainId, other.chainId], [31337, 11155111]);
    assert.deepEqual(other.contracts, one.contracts);
    const client = createPublicClient({ transport: http(real.rpc), cacheTime: 0 });
    const verifiers = { address: other.verifiersContract, abi: verifiersAbi } as const;
    assert.equal(await client.readContract({ ...verifiers, functionName: 'owner' }), owner);
    for (const address of [other.registry, other.scoreboard, other.cards]) {
      const trusted = { address, abi: relayedAbi, functionName: 'trustedForwarder' } as const;
      assert.equal(await client.readContract(trusted), other.relay);
    }
    const count = await client.getTransactionCount({ address: account.address });
    assert.deepEqual(await deployRegistry(real.rpc, given), other);
    assert.equal(await client.getTransactionCount({ address: account.address }), count);
    const changed = await deployRegistry(real.rpc, { ...given, owner: zeroAddress });
    assert.notEqual(changed.registry, other.registry);
    assert.equal(changed.relay, other.relay);
    const slower = await deployRegistry(real.rpc, { ...given, delay: 864_000n });
    assert.notEqual(slower.registry, other.registry);
  });

  it('stands at addresses that follow from the code alone, through the known proxy', async () => {
    const client = createPublicClient({ transport: http(local.rpc) });
    const { relay } = await deployRegistry(local.rpc, { root, keys: KEYS });
    const { bytecode } = JSON.parse(readFileSync(join(ARTIFACTS, 'Relay.sol', 'Relay.json'), 'utf8'));
    assert.equal(relay, getContractAddress({ opcode: 'CREATE2', from: PROXY, salt: zeroHash, bytecode }));
    assert.equal(keccak256((await client.getCode({ address: PROXY })) ?? '0x'), PROXY_CODE_HASH);
  });

  it('says where a chain does not take the proxy', async () => {
    const poor = await startNode(1337);
    const account = privateKeyToAccount(`0x${'17'.repeat(32)}`);
    await fails(deployRegistry(poor.rpc, { root, keys: KEYS, account }), 'NO_DEPLOYMENT_PROXY');
    await poor.close();
  });

  it('keeps deployments by chain id, a later one in place of an earlier', async () => {
    assert.deepEqual(readDeployments(file), {});
    const account = developmentAccount(1);
    const other = await deployRegistry(real.rpc, {
      root,
      keys: KEYS,
      account,
      deploymentsFile: file,
      allowDevKeysOffLocal: true,
    });
    await deployRegistry(local.rpc, { root, keys: KEYS, deploymentsFile: file });
    const last = await deployRegistry(local.rpc, { root, keys: KEYS, account, deploymentsFile: file });
    assert.deepEqual(readDeployments(file), { 11155111: other, 31337: last });
    assert.equal(last.deployer, account.address);
  });

  it('refuses dev keys off local chains before it sends anything', async () => {
    const client = createPublicClient({ transport: http(real.rpc), cacheTime: 0 });
    const block = await client.getBlockNumber();
    const account = developmentAccount(1);
    await fails(deployRegistry(real.rpc, { root, keys: KEYS, account }), 'DEV_KEYS_OFF_LOCAL');
    assert.equal(await client.getBlockNumber(), block);
  });

  it('takes real keys anywhere, but asks for an account that pays', async () => {
    const other = mkdtempSync(join(tmpdir(), 'deploy-'));
    makeRoot(other, false);
    await fails(deployRegistry(real.rpc, { root: other, keys: KEYS }), 'NO_ACCOUNT');
    const { devKeys } = await deployRegistry(real.rpc, { root: other, keys: KEYS, account: developmentAccount(1) });
    assert.equal(devKeys, false);
    rmSync(other, { recursive: true });
  });

  it('says what is not built', async () => {
    const empty = mkdtempSync(join(tmpdir(), 'deploy-'));
    await fails(deployRegistry(local.rpc, { root: empty, keys: KEYS }), 'NOT_BUILT', /npm run setup/);
    makeRoot(empty, true);
    rmSync(join(empty, 'artifacts', 'contracts', 'Relay.sol'), { recursive: true });
    await fails(deployRegistry(local.rpc, { root: empty, keys: KEYS }), 'NOT_BUILT', /Relay/);
    rmSync(empty, { recursive: true });
  });

  it('says what is wrong with powers that are no points', async () => {
    const path = join(root, 'src', 'generated', 'srs.json');
    const good = readFileSync(path, 'utf8');
    for (const bad of [
      {},
      { ...JSON.parse(good), tauCG2: ['1', '2', '3', '4'] },
      { ...JSON.parse(good), devKeys: 'no' },
    ]) {
      writeFileSync(path, JSON.stringify(bad));
      await fails(deployRegistry(local.rpc, { root, keys: KEYS }), 'FILE_FORMAT');
    }
    writeFileSync(path, good);
  });

  it('passes on what the constructor says', async () => {
    const path = join(root, 'src', 'generated', 'srs.json');
    const good = readFileSync(path, 'utf8');
    const powers = JSON.parse(good);
    writeFileSync(path, JSON.stringify({ ...powers, tauCG2: powers.tauG2 }));
    await fails(deployRegistry(local.rpc, { root, keys: KEYS }), 'UnusableSrs');
    writeFileSync(path, good);
    const bad = KEYS.with(2, { ...KEYS[2], words: KEYS[2].words.with(0, 1n) });
    await fails(deployRegistry(local.rpc, { root, keys: bad }), 'UnusableKey');
    await fails(deployRegistry(local.rpc, { root, keys: KEYS, delay: 172_799n }), 'DelayOutOfRange');
  });
});

function makeRoot(root: string, devKeys: boolean): void {
  const { tau, tauC, tables } = powersOnChain(TEST_SRS);
  const [tauG2, tauCG2, tablesG1] = [tau, tauC, tables].map((words) => words.map(String));
  const srs = { devKeys, tauG2, tauCG2, tablesG1 };
  mkdirSync(join(root, 'src', 'generated'), { recursive: true });
  writeFileSync(join(root, 'src', 'generated', 'srs.json'), JSON.stringify(srs));
  const contracts = join(root, 'artifacts', 'contracts');
  for (const name of CONTRACTS) {
    cpSync(join(ARTIFACTS, `${name}.sol`), join(contracts, `${name}.sol`), { recursive: true });
  }
}

async function startNode(chainId: number): Promise<Node> {
  const server = await network.createServer({ network: 'default', override: { chainId } as object }, '127.0.0.1');
  const { port } = await server.listen();
  return { rpc: `http://127.0.0.1:${port}`, close: () => server.close() };
}

async function fails(work: Promise<unknown>, code: string, message = /./): Promise<void> {
  await assert.rejects(work, (error: unknown) => {
    assert.ok(error instanceof DescentError, String(error));
    assert.equal(error.code, code);
    assert.match(error.message, message);
    return true;
  });
}
