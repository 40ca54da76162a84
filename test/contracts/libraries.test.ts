import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import type { Address } from 'viem';
import { abiOf, Contract, reverts, type TestChain, testChain } from './support/chain.ts';

const TRAINER: Address = '0xFFfFfFffFFfffFFfFFfFFFFFffFFFffffFfFFFfF';
const TRAIN = 3;
/** The highest number of a node. */
const LAST = 2n ** 32n - 1n;

describe('small libraries', () => {
  let chain: TestChain;
  let harness: Contract;
  let layout: Contract;

  before(async () => {
    chain = await testChain();
    layout = new Contract(chain, await chain.deploy('LayoutHarness'), await abiOf('LayoutHarness'));
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

    it('tells the time to the last second that 34 bits hold', async () => {
      const later = await testChain();
      const last = 2n ** 34n - 1n;
      await later.request('evm_setNextBlockTimestamp', Number(last));
      const there = new Contract(later, await later.deploy('Harness'), await abiOf('Harness'));
      assert.equal((await later.read.getBlock()).timestamp, last);
      const { timestamp } = await there.read('head', [TRAINER, TRAIN, 1n, 0n, 1n, 0n]);
      assert.equal(timestamp, last);
    });
  });

  describe('a word of fields, none of which reaches into another,', () => {
    const version = 2n ** 8n - 1n;

    it('is ShardHead', async () => {
      const whole = 2n ** 232n - 1n;
      const fields = [TRAINER, LAST, version, LAST];
      assert.deepEqual(await layout.read('shardHead', fields), [whole, ...fields]);
      const apart = [TRAINER, 0n, version, 0n];
      const word = BigInt(TRAINER) | (version << 192n);
      assert.deepEqual(await layout.read('shardHead', apart), [word, ...apart]);
    });

    it('is Step', async () => {
      const training = 2n ** 64n - 1n;
      const fields = [training, version, LAST];
      assert.deepEqual(await layout.read('step', fields), [2n ** 104n - 1n, ...fields]);
      const apart = [training, 0n, LAST];
      assert.deepEqual(await layout.read('step', apart), [training | (LAST << 72n), ...apart]);
    });
  });

  describe('NodeLine', () => {
    it('reverts with TooDeep beyond 24 bits', async () => {
      const line = (depth: bigint) => depth << 160n;
      await harness.read('childLine', [1n, line(2n ** 24n - 2n), 0n, false]);
      await reverts(harness.read('childLine', [1n, line(2n ** 24n - 1n), 0n, false]), 'TooDeep', [2n ** 24n]);
    });

    it('is a word of fields, none of which reaches into another', async () => {
      // Of the parent: its jump, its newest child, its depth, its merges and how long its jump is.
      const [parent, jump, child, depth, merges] = [LAST, LAST - 1n, LAST - 2n, 2n ** 24n - 2n, 2n ** 24n - 3n];
      const line = (bits: bigint) =>
        (jump << 32n) | (child << 96n) | (depth << 160n) | (merges << 184n) | (bits << 242n);
      const block = await chain.read.getBlockNumber();
      const word = (ownJump: bigint, bits: bigint, ofParent: bigint, ownMerges: bigint) =>
        parent |
        (ownJump << 32n) |
        (jump << 64n) |
        (child << 128n) |
        ((depth + 1n) << 160n) |
        (ownMerges << 184n) |
        (block << 208n) |
        (bits << 242n) |
        (ofParent << 247n);
      const above = (bits: bigint) => (LAST << 64n) | ((LAST - 3n) << 32n) | (bits << 242n);
      const made = (...args: [ofParent: bigint, ofJump: bigint, isMerge: boolean]) =>
        harness.read('childLine', [parent, line(args[0]), above(args[1]), args[2]]);
      assert.equal(await made(30n, 30n, true), word(LAST - 3n, 31n, 30n, merges + 1n));
      assert.equal(await made(30n, 29n, false), word(parent, 1n, 30n, merges));
    });

    it('of an origin has jumps of length 0 to itself, and the number of the block', async () => {
      const block = 2n ** 34n - 1n;
      const expected = (LAST << 32n) | (LAST << 64n) | (block << 208n);
      assert.equal(await layout.read('originLine', [LAST, block]), expected);
    });
  });
});
