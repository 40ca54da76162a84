// Numbers and hashes of blocks: the opcode, the history contract of EIP-2935 where it can be believed, Arbitrum.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { encodeAbiParameters, type Hex, keccak256, toHex, zeroHash } from 'viem';
import { NO_RULES } from '../../src/registry/rules.ts';
import { resultId, seedFrom } from '../../src/registry/statement.ts';
import { abiOf, Contract, reverts, type TestChain, testChain } from './support/chain.ts';
import { HISTORY, installHistory, recordHash } from './support/history.ts';
import { RegistryFixture } from './support/registryFixture.ts';

const ARB_SYS = '0x0000000000000000000000000000000000000064';
const WIDTHS = [4, 3, 2];

const made = (number: bigint) => toHex(number + 0xabcd0000n, { size: 32 });
/** The hash that the mock of ArbSys tells. */
const arbHash = (number: bigint): Hex =>
  keccak256(encodeAbiParameters([{ type: 'string' }, { type: 'uint256' }], ['block of Arbitrum', number]));

async function installArbSys(chain: TestChain): Promise<void> {
  const code = await chain.read.getCode({ address: await chain.deploy('ArbSys') });
  await chain.request('hardhat_setCode', ARB_SYS, code);
}

async function freshHarness(options?: Parameters<typeof testChain>[0]) {
  const chain = await testChain(options);
  return { chain, harness: new Contract(chain, await chain.deploy('Harness'), await abiOf('Harness')) };
}

describe('the hash of a block', () => {
  it('is known of past blocks and not of those to come', async () => {
    const { chain, harness } = await freshHarness();
    await chain.mine(3);
    const head = await chain.read.getBlock();
    const past = await chain.read.getBlock({ blockNumber: head.number - 2n });
    assert.equal(await harness.read('blockHash', [past.number]), past.hash);
    assert.equal(await harness.read('blockHash', [head.number + 5n]), zeroHash);
    assert.equal(await harness.read('blockNumber'), head.number);
  });

  for (const [where, hardfork] of [
    ['the history contract fails, as that of Hardhat does', 'prague'],
    ['there is no history contract', 'cancun'],
  ]) {
    it(`is known for 256 blocks where ${where}`, async () => {
      const { chain, harness } = await freshHarness({ hardfork });
      assert.equal((await chain.read.getCode({ address: HISTORY })) === undefined, hardfork === 'cancun');
      await chain.mine(400);
      const head = await chain.read.getBlockNumber();
      assert.notEqual(await harness.read('blockHash', [head - 250n]), zeroHash);
      assert.equal(await harness.read('blockHash', [head - 300n]), zeroHash);
    });
  }
});

describe('the history contract', () => {
  let chain: TestChain;
  let harness: Contract;
  let head: bigint;
  before(async () => {
    ({ chain, harness } = await freshHarness());
    await chain.mine(9_000);
    await installHistory(chain);
    head = await chain.read.getBlockNumber();
    for (const age of [300n, 8_191n, 8_192n]) await recordHash(chain, head - age, made(head - age));
  });
  const hashOf = (number: bigint): Promise<Hex> => harness.read('blockHash', [number]);
  /** Writes the hash of the block before the one in which calls run, as the chain's system call would. */
  const feed = async (hash?: Hex) => recordHash(chain, head - 1n, hash ?? (await chain.read.getBlock()).parentHash);

  it('is not believed where it does not know the newest block that the chain knows', async () => {
    assert.equal(await hashOf(head - 300n), zeroHash);
    await feed(made(1n));
    assert.equal(await hashOf(head - 300n), zeroHash);
  });

  it('is believed, 8191 blocks back, where it agrees with the chain', async () => {
    await feed();
    assert.equal(await hashOf(head - 300n), made(head - 300n));
    assert.equal(await hashOf(head - 8_191n), made(head - 8_191n));
    assert.equal(await hashOf(head - 8_192n), zeroHash);
  });

  it('is not asked for blocks that the chain knows itself, or that are to come', async () => {
    const block = await chain.read.getBlock({ blockNumber: head - 100n });
    await recordHash(chain, head - 100n, made(7n));
    assert.equal(await hashOf(head - 100n), block.hash);
    for (const number of [head + 1n, head + 5n, 2n ** 255n]) assert.equal(await hashOf(number), zeroHash);
  });

  it('may answer too little, or not be there', async () => {
    await chain.request('hardhat_setCode', HISTORY, '0x60016000f3');
    assert.equal(await hashOf(head - 300n), zeroHash);
    await chain.request('hardhat_setCode', HISTORY, '0x');
    assert.equal(await hashOf(head - 300n), zeroHash);
  });
});

describe('on a chain of Arbitrum', () => {
  it('numbers and hashes of blocks are those of the chain itself', async () => {
    const { chain, harness } = await freshHarness();
    await installArbSys(chain);
    const number: bigint = await harness.read('blockNumber');
    assert.equal(number % 4n, 0n);
    assert.ok(number > 1_000_000n);
    assert.equal(await harness.read('blockHash', [number - 1n]), arbHash(number - 1n));
    assert.equal(await harness.read('blockHash', [number - 256n]), arbHash(number - 256n));
    for (const unknown of [number - 257n, number, number + 1n]) {
      assert.equal(await harness.read('blockHash', [unknown]), zeroHash);
    }
    assert.equal(await harness.read('blockHash', [3n]), zeroHash);
  });

  it('the history contract is believed where it agrees with ArbSys', async () => {
    const { chain, harness } = await freshHarness();
    await installArbSys(chain);
    // Answers every question with 42, then with the hash that ArbSys tells of the newest block.
    const number: bigint = await harness.read('blockNumber');
    await chain.request('hardhat_setCode', HISTORY, `0x7f${made(42n).slice(2)}5f5260205ff3`);
    assert.equal(await harness.read('blockHash', [number - 1_000n]), zeroHash);
    await chain.request('hardhat_setCode', HISTORY, `0x7f${arbHash(number - 1n).slice(2)}5f5260205ff3`);
    assert.equal(await harness.read('blockHash', [number - 1_000n]), arbHash(number - 1n));
  });

  it('a registry records its blocks, draws seeds by its hashes and closes benchmarks by its numbers', async () => {
    const chain = await testChain();
    await installArbSys(chain);
    const fixture = await RegistryFixture.create(chain);
    const requestId = await fixture.requestSeed(WIDTHS);
    const asked = 4n * (await chain.read.getBlockNumber()) + 1_000_000n;
    const { seedBlock } = await fixture.registry.read('seedRequest', [requestId]);
    assert.equal(seedBlock, asked + 1n);
    await chain.mine(1);
    const seed = await fixture.seedOf(requestId);
    assert.equal(seed, seedFrom(arbHash(seedBlock), fixture.alice, requestId, fixture.secretOf(requestId)));
    await fixture.registry.send('fixSeed', [requestId]);
    await chain.mine(100);
    assert.equal(await fixture.seedOf(requestId), seed);
    const claim = await fixture.seedClaim(requestId, WIDTHS);
    await fixture.submit(claim);
    const here = 4n * (await chain.read.getBlockNumber()) + 1_000_000n;
    assert.equal((await fixture.registry.read('node', [resultId(claim.statement)])).blockNumber, here);
    const shard = await fixture.registerShard({ inputs: 4, outputs: 2, rows: 16, kind: 'classes' });
    assert.equal((await fixture.registry.read('shard', [resultId(shard.statement)])).blockNumber, here + 8n);
    const { timestamp } = await chain.read.getBlock();
    const seal = (closing: bigint) =>
      fixture.scoreboard.simulate('sealBenchmark', [zeroHash, closing, timestamp + 86_400n, NO_RULES]);
    await reverts(seal(here), 'ClosingBlockPassed', [here]);
    await seal(here + 100n);
  });

  it('is told by an answer of one word: anything else at that address is no ArbSys', async () => {
    const { chain, harness } = await freshHarness();
    // The last one reverts with a word.
    for (const code of ['0xfe', '0x60016000f3', '0x', '0x5f5ffd', '0x60205ffd']) {
      await chain.request('hardhat_setCode', ARB_SYS, code);
      assert.ok((await harness.read('blockNumber')) < 1_000_000n);
    }
  });
});
