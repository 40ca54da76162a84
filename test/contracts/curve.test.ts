import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { type BaseError, ContractFunctionRevertedError, concat, numberToHex, zeroAddress } from 'viem';
import type { Point } from '../../src/argument/types.ts';
import { P, R } from '../../src/numbers/field.ts';
import { abiOf, Contract, reverts, type TestChain, testChain } from './support/chain.ts';
import { TEST_KEY } from './support/knownKey.ts';
import { elements, g2PointOf, pointOf, TEST_SRS, twistPointOutsideGroup } from './support/knownTau.ts';

/** What `NotEnoughGas` says of a call that reverts with it: what is needed, what was left. */
async function shortOfGas(call: Promise<unknown>): Promise<readonly [bigint, bigint]> {
  const error = await call.then(
    () => assert.fail('no revert, but NotEnoughGas was expected'),
    (reason: BaseError) => reason,
  );
  const revert = error.walk((e) => e instanceof ContractFunctionRevertedError) as ContractFunctionRevertedError;
  assert.equal(revert?.data?.errorName, 'NotEnoughGas', error.message);
  return revert.data?.args as [bigint, bigint];
}

const STRANGER = pointOf(123456789n);

describe('Curve', () => {
  let chain: TestChain;
  let harness: Contract;

  before(async () => {
    chain = await testChain();
    harness = new Contract(chain, await chain.deploy('ProofHarness'), await abiOf('ProofHarness'));
  });

  describe('requirePoint', () => {
    it('accepts points of the curve', async () => {
      await harness.read('requirePoint', [1n, 2n]);
      await harness.read('requirePoint', [STRANGER.x, STRANGER.y]);
    });

    it('reverts with InvalidPoint for infinity, off the curve, and for coordinates that are not canonical', async () => {
      for (const args of [
        [0n, 0n],
        [1n, 3n],
        [1n + P, 2n],
        [1n, 2n + P],
      ]) {
        await reverts(harness.read('requirePoint', args), 'InvalidPoint', args);
      }
    });
  });

  describe('requirePoints', () => {
    const points = [pointOf(3n), pointOf(4n), pointOf(5n)];

    it('accepts lists of points of the curve', async () => {
      for (const count of [0, 1, 3]) await harness.read('requirePoints', [points.slice(0, count)]);
    });

    it('reverts with InvalidPoint for the one that is none, wherever it is', async () => {
      for (const at of points.keys()) {
        for (const [x, y] of [
          [0n, 0n],
          [1n, 3n],
          [1n + P, 2n],
          [1n, 2n + P],
        ]) {
          await reverts(harness.read('requirePoints', [points.with(at, { x, y })]), 'InvalidPoint', [x, y]);
        }
      }
    });
  });

  describe('putTimes', () => {
    it('puts a multiple of a point into memory', async () => {
      for (const [of, scalar] of [
        [7n, 11n],
        [7n, 1n],
        [7n, 0n],
        [7n, R - 1n],
        [7n, R + 2n],
        [0n, 3n],
      ]) {
        const { x, y } = pointOf(of * scalar);
        assert.deepEqual(await harness.read('putTimes', [pointOf(of), scalar]), [x, y]);
      }
    });

    it('reverts where the precompiled contract gives nothing', async () => {
      assert.equal((await shortOfGas(harness.read('putTimes', [{ x: 1n, y: 3n }, 2n])))[0], 7_000n);
    });
  });

  describe('addTimes', () => {
    const add = (way: number, start: Point, point: Point, scalar: bigint) =>
      harness.read('addTimes', [BigInt(way), start, point, scalar]);

    it('adds a multiple of a point to a sum, however the point is given', async () => {
      for (const way of [0, 1, 2]) {
        for (const [start, of, scalar] of [
          [5n, 7n, 11n],
          [0n, 7n, 1n],
          [5n, 7n, 1n],
          [5n, 7n, 0n],
          [5n, 7n, R - 1n],
          [5n, 7n, R + 2n],
          [R - 6n, 2n, 3n],
          [5n, 0n, 3n],
        ]) {
          const { x, y } = pointOf(start + of * scalar);
          assert.deepEqual(await add(way, pointOf(start), pointOf(of), scalar), [x, y]);
        }
      }
    });

    it('reverts where a precompiled contract gives nothing', async () => {
      for (const way of [0, 1, 2]) {
        for (const [start, point, scalar] of [
          [pointOf(5n), { x: 1n, y: 3n }, 2n],
          [pointOf(5n), { x: 1n, y: 3n }, 1n],
          [{ x: 1n, y: 3n }, pointOf(5n), 2n],
        ] as const) {
          assert.equal((await shortOfGas(add(way, start, point, scalar)))[0], 7_000n);
        }
      }
    });
  });

  describe('pairingIsOne', () => {
    const words = (...pairs: readonly (readonly bigint[])[]) =>
      concat(pairs.flat().map((word) => numberToHex(word, { size: 32 })));
    const pair = (a: bigint, b: bigint) => [pointOf(a).x, pointOf(a).y, ...g2PointOf(b)];

    it('tells whether the product is one', async () => {
      assert.equal(await harness.read('pairingIsOne', [words(pair(6n, 5n), pair(-10n, 3n))]), true);
      assert.equal(await harness.read('pairingIsOne', [words(pair(6n, 5n), pair(-10n, 4n))]), false);
      assert.equal(await harness.read('pairingIsOne', [words(pair(6n, 5n), pair(-10n, 3n).with(0, 1n))]), false);
      assert.equal(await harness.read('pairingIsOne', ['0x']), true);
    });

    it('reverts with NotEnoughGas, and says what it needs, where less is left than half as much again as it costs', async () => {
      for (const count of [1n, 2n, 200n]) {
        const limit = ((45_000n + 34_000n * count) * 3n) / 2n;
        const needed = limit + limit / 63n + 2_000n;
        const pairs = [words(...Array.from({ length: Number(count) }, () => [0n, 0n, 0n, 0n, 0n, 0n]))];
        const call = { address: harness.address, abi: harness.abi, functionName: 'pairingIsOne', args: pairs };
        const gas = needed + (count > 2n ? 0n : 20_000n);
        const [asked, left] = await shortOfGas(chain.read.simulateContract({ ...call, gas }));
        assert.equal(asked, needed);
        assert.ok(left < needed);
        // With just as much left as is asked for, it does.
        const { result } = await chain.read.simulateContract({ ...call, gas: gas + needed - left });
        assert.equal(result, true);
        assert.deepEqual(await shortOfGas(chain.read.simulateContract({ ...call, gas: gas + needed - left - 1n })), [
          needed,
          needed - 1n,
        ]);
      }
    });
  });

  describe('areG2Points', () => {
    const are = (...points: readonly (readonly bigint[])[]) => harness.read('areG2Points', [points]);
    const { tau, tauC } = TEST_SRS;
    const other = TEST_KEY.words.slice(2, 6);

    it('is true for different points of the group', async () => {
      assert.equal(await are(tau, tauC, other), true);
    });

    it('is false when any point is infinity, off the curve, off the group or not canonical', async () => {
      for (const bad of [
        [0n, 0n, 0n, 0n],
        [1n, 2n, 3n, 4n],
        [tau[0] + P, tau[1], tau[2], tau[3]],
        elements(1n, 4),
        twistPointOutsideGroup(),
      ]) {
        assert.equal(await are(bad, tauC, other), false);
        assert.equal(await are(tau, bad, other), false);
        assert.equal(await are(tau, tauC, bad), false);
      }
    });

    it('is false when any two points are equal', async () => {
      assert.equal(await are(tau, tau, other), false);
      assert.equal(await are(tau, tauC, tau), false);
      assert.equal(await are(tau, tauC, tauC), false);
    });
  });

  describe('VerificationKey', () => {
    it('writes a key that can be read again', async () => {
      await harness.send('write', [TEST_KEY.words]);
      assert.deepEqual(await harness.read('read', [await harness.read('pointer', [])]), TEST_KEY.words);
      assert.equal(await harness.read('isUsable', [TEST_KEY.words]), true);
    });

    it('is written with the 160,000 gas that it asks for, and not with less', async () => {
      const call = { address: harness.address, abi: harness.abi, functionName: 'written', args: [TEST_KEY.words] };
      const [needed, left] = await shortOfGas(chain.read.simulateContract({ ...call, gas: 150_000n }));
      assert.equal(needed, 160_000n);
      const gas = 150_000n + needed - left;
      assert.notEqual((await chain.read.simulateContract({ ...call, gas })).result, zeroAddress);
      const short = await shortOfGas(chain.read.simulateContract({ ...call, gas: gas - 1n }));
      assert.deepEqual(short, [needed, needed - 1n]);
    });
  });
});
