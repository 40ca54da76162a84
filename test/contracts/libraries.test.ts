import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { type Address, toHex } from 'viem';
import { abiOf, Contract, reverts, type TestChain, testChain } from './support/chain.ts';
import { HISTORY, installHistory, recordHash } from './support/history.ts';

const TRAINER: Address = '0xFFfFfFffFFfffFFfFFfFFFFFffFFFffffFfFFFfF';
const TRAIN = 3;
const NO_HASH = toHex(0, { size: 32 });

describe('small libraries', () => {
  let chain: TestChain;
  let harness: Contract;

  before(async () => {
    chain = await testChain();
    harness = new Contract(chain, await chain.deploy('Harness'), await abiOf('Harness'));
  });

  describe('NodeHead', () => {
    it('gives back what it was made of', async () => {
      const block = await chain.read.getBlock();
      for (const [number, declared, version] of [
        [1n, false, 1n],
        [2n ** 32n - 1n, true, 255n],
      ]) {
        const [trainer, kind, ...rest] = await harness.read('head', [TRAINER, TRAIN, number, declared, version]);
        assert.deepEqual([trainer, kind, ...rest.slice(0, 3)], [TRAINER, TRAIN, number, declared, version]);
        assert.ok(rest[3] >= block.timestamp && rest[3] < block.timestamp + 100n);
      }
    });
  });

  describe('NodeLine', () => {
    it('reverts with TooDeep beyond 24 bits', async () => {
      const line = (depth: bigint) => depth << 160n;
      await harness.read('childLine', [1n, line(2n ** 24n - 2n), 0n, false]);
      await reverts(harness.read('childLine', [1n, line(2n ** 24n - 1n), 0n, false]), 'TooDeep', [2n ** 24n]);
    });
  });

  describe('BlockHash', () => {
    it('knows past blocks and not those to come', async () => {
      await chain.mine(3);
      const head = await chain.read.getBlock();
      const past = await chain.read.getBlock({ blockNumber: head.number - 2n });
      assert.equal(await harness.read('blockHash', [past.number]), past.hash);
      assert.equal(await harness.read('blockHash', [head.number + 5n]), NO_HASH);
    });

    it('reaches 8191 blocks back where the chain has the history contract of EIP-2935', async () => {
      const { chain, harness } = await freshHarness();
      await chain.mine(9_000);
      const head = await chain.read.getBlockNumber();
      await installHistory(chain);
      const hash = (number: bigint) => toHex(number + 0xabcd0000n, { size: 32 });
      for (const age of [300n, 8_191n, 8_192n]) await recordHash(chain, head - age, hash(head - age));
      assert.equal(await harness.read('blockHash', [head - 300n]), hash(head - 300n));
      assert.equal(await harness.read('blockHash', [head - 8_191n]), hash(head - 8_191n));
      assert.equal(await harness.read('blockHash', [head - 8_192n]), NO_HASH);
      assert.equal(await harness.read('blockHash', [head + 5n]), NO_HASH);
    });

    it('knows only 256 blocks where the history contract fails, as that of Hardhat does', async () => {
      const { chain, harness } = await freshHarness();
      await chain.mine(400);
      const head = await chain.read.getBlockNumber();
      assert.notEqual(await harness.read('blockHash', [head - 250n]), NO_HASH);
      assert.equal(await harness.read('blockHash', [head - 300n]), NO_HASH);
    });

    it('knows only 256 blocks where there is no history contract', async () => {
      const { chain, harness } = await freshHarness({ hardfork: 'cancun' });
      assert.equal(await chain.read.getCode({ address: HISTORY }), undefined);
      await chain.mine(400);
      const head = await chain.read.getBlockNumber();
      assert.notEqual(await harness.read('blockHash', [head - 250n]), NO_HASH);
      assert.equal(await harness.read('blockHash', [head - 300n]), NO_HASH);
    });
  });
});

async function freshHarness(options?: Parameters<typeof testChain>[0]) {
  const chain = await testChain(options);
  return { chain, harness: new Contract(chain, await chain.deploy('Harness'), await abiOf('Harness')) };
}
