import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import type { Address } from 'viem';
import { abiOf, Contract, reverts, type TestChain, testChain } from './support/chain.ts';

const TRAINER: Address = '0xFFfFfFffFFfffFFfFFfFFFFFffFFFffffFfFFFfF';
const TRAIN = 3;

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
});
