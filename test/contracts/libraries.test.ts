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
      for (const [number, traits, version, stack] of [
        [1n, 0n, 1n, 0n],
        [5n, 1n, 255n, 1n],
        [6n, 2n, 1n, 10_000n],
        [7n, 4n, 1n, 10_001n],
        [2n ** 32n - 1n, 7n, 255n, 10_001n],
        [2n ** 32n - 1n, 0n, 0n, 2n ** 200n],
      ]) {
        const { timestamp, ...rest } = await harness.read('head', [TRAINER, TRAIN, number, traits, version, stack]);
        assert.deepEqual(rest, {
          trainer: TRAINER,
          kind: TRAIN,
          number,
          declared: (traits & 1n) === 1n,
          network: (traits & 2n) === 2n,
          foreign: (traits & 4n) === 4n,
          version,
          stack: stack > 10_000n ? 10_001n : stack,
        });
        assert.ok(timestamp >= block.timestamp && timestamp < block.timestamp + 100n);
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
