import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { P } from '../../src/numbers/field.ts';
import { abiOf, Contract, reverts, testChain } from './support/chain.ts';
import { TEST_KEY } from './support/knownKey.ts';
import { elements, pointOf, TEST_SRS, twistPointOutsideGroup } from './support/knownTau.ts';

const STRANGER = pointOf(123456789n);

describe('Curve', () => {
  let harness: Contract;

  before(async () => {
    const chain = await testChain();
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

  describe('areG2Points', () => {
    const are = (...points: readonly (readonly bigint[])[]) => harness.read('areG2Points', [points]);
    const { tau, tauC, tauC2 } = TEST_SRS;

    it('is true for different points of the group', async () => {
      assert.equal(await are(tau, tauC, tauC2), true);
    });

    it('is false when any point is infinity, off the curve, off the group or not canonical', async () => {
      for (const bad of [
        [0n, 0n, 0n, 0n],
        [1n, 2n, 3n, 4n],
        [tau[0] + P, tau[1], tau[2], tau[3]],
        elements(1n, 4),
        twistPointOutsideGroup(),
      ]) {
        assert.equal(await are(bad, tauC, tauC2), false);
        assert.equal(await are(tau, bad, tauC2), false);
        assert.equal(await are(tau, tauC, bad), false);
      }
    });

    it('is false when any two points are equal', async () => {
      assert.equal(await are(tau, tau, tauC2), false);
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
  });
});
