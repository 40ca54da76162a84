// Whether proofs for the key with known secrets are accepted, by the contract and by its twin.
import assert from 'node:assert/strict';
import type { Address } from 'viem';
import { proofsHold } from '../../../src/registry/pairing.ts';
import { kappaOf } from '../../../src/registry/statement.ts';
import { type Contract, reverts } from './chain.ts';
import { publicSignalsOf, TEST_KEY } from './knownKey.ts';
import { TEST_SRS } from './knownTau.ts';
import { type Made, manyArguments, oneArguments } from './verifiersFixture.ts';

/** Whether the contract accepts, as one call of many. Anything but acceptance and ProofRejected fails. */
export async function acceptsOnChain(verifiers: Contract, made: readonly Made[], by: Address): Promise<boolean> {
  const call =
    made.length === 1
      ? verifiers.read('verify', oneArguments(made[0]), by)
      : verifiers.read('verifyMany', manyArguments(made), by);
  return call.then(
    (version) => {
      assert.equal(version, 1n);
      return true;
    },
    async (error) => {
      await reverts(Promise.reject(error), 'ProofRejected', [BigInt(made[0].maker.program)]);
      return false;
    },
  );
}

/** Contract and twin must agree. */
export async function verdictOf(verifiers: Contract, made: readonly Made[], by: Address): Promise<boolean> {
  const accepted = await acceptsOnChain(verifiers, made, by);
  const claimed = made.map(({ maker, stated, proof }) => ({
    commitments: stated.oracles,
    opensTables: [3, 6, 8, 11].includes(maker.program),
    proof,
    publicSignals: publicSignalsOf(maker, stated, proof.points, proof.challenges, proof.challenges.digest),
  }));
  const joined = claimed.map(({ proof, publicSignals: [, , fold] }) => ({
    fold,
    groth16: proof.groth16,
    opening: proof.points.opening,
  }));
  assert.equal(proofsHold(TEST_KEY.key, TEST_SRS, claimed, kappaOf(joined)), accepted);
  return accepted;
}
