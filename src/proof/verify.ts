import type { Proof } from '../argument/types.ts';
import { MAX_CHUNKS } from '../numbers/constants.ts';
import { R } from '../numbers/field.ts';
import type { SrsPowers } from '../registry/opening.ts';
import { type ClaimedProof, groth16Holds, openingHolds, proofsHold } from '../registry/pairing.ts';
import type { Statement } from '../registry/programs/definitions.ts';
import {
  chunkBitsOf,
  circuitFor,
  kappaOf,
  opensTables,
  oraclesOf,
  publicSignals,
  type StatementContext,
  signalsOf,
} from '../registry/statement.ts';
import type { VerificationKey } from '../registry/verificationKey.ts';

const GROTH16_WORDS = 8;

/** What the contract checks of a proof, one by one. */
export interface Verification {
  /** every signal and their digest are below r, there is at least one chunk of everything and no coordinate too many or too few */
  canonical: boolean;
  groth16: boolean;
  opening: boolean;
}

/** What proofs are checked against. */
export interface VerifyingKeys {
  vkey: VerificationKey;
  srs: SrsPowers;
}

/** A statement with its proof, claimed somewhere by somebody. */
export interface Claimed {
  context: StatementContext;
  statement: Statement;
  proof: Proof;
}

/**
 * Verifies a proof of a statement off chain, as the contract does: the Groth16 proof over the public signals that follow from the statement, and the KZG
 * opening of its commitments. Malformed proofs fail, they do not throw.
 */
export function verifyProof(
  context: StatementContext,
  statement: Statement,
  proof: Proof,
  { vkey, srs }: VerifyingKeys,
): Verification {
  const claimed = claimedProof({ context, statement, proof });
  if (claimed === undefined) return { canonical: false, groth16: false, opening: false };
  const { commitments, opensTables } = claimed;
  return {
    canonical: true,
    groth16: groth16Holds(vkey, claimed.publicSignals, proof.groth16),
    opening: openingHolds(srs, commitments, proof.points, proof.challenges, kappaOfAll([claimed]), opensTables),
  };
}

/**
 * Verifies proofs of one program off chain by one product of pairings, as the contract does with those of a run: all hold or
 * the answer is no. Malformed proofs fail, they do not throw.
 */
export function verifyProofs(claims: readonly Claimed[], { vkey, srs }: VerifyingKeys): boolean {
  const proofs = claims.map(claimedProof).filter((proof) => proof !== undefined);
  if (proofs.length !== claims.length || new Set(claims.map(({ statement }) => circuitFor(statement))).size !== 1)
    return false;
  return proofsHold(vkey, srs, proofs, kappaOfAll(proofs));
}

/** Whether all of it holds. */
export function isVerified(v: Verification): boolean {
  return v.canonical && v.groth16 && v.opening;
}

/** Undefined where a contract would refuse it before any pairing. */
function claimedProof({ context, statement, proof }: Claimed): ClaimedProof | undefined {
  const { challenges, points, groth16 } = proof;
  const chunks = [points.trace.length, points.helper.length];
  if (groth16.length !== GROTH16_WORDS) return undefined;
  if (!chunks.every((count) => count >= 1 && count <= MAX_CHUNKS)) return undefined;
  if (challenges.chunk.length !== 1 + chunkBitsOf(statement, points)) return undefined;
  const signals = signalsOf(context, statement, proof);
  if (![challenges.digest, ...signals].every((signal) => signal >= 0n && signal < R)) return undefined;
  return {
    commitments: oraclesOf(statement),
    opensTables: opensTables(statement.program),
    proof,
    publicSignals: publicSignals(challenges.digest, signals),
  };
}

function kappaOfAll(proofs: readonly ClaimedProof[]): bigint {
  return kappaOf(
    proofs.map(({ proof: { groth16, points }, publicSignals: [, , fold] }) => ({
      fold,
      groth16,
      opening: points.opening,
    })),
  );
}
