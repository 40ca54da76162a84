// @ts-expect-error: snarkjs has no types
import { groth16 } from 'snarkjs';
import type { Proof } from '../argument/types.ts';
import { R } from '../numbers/field.ts';
import { openingHolds, type SrsPowers } from '../registry/opening.ts';
import type { Statement } from '../registry/programs/definitions.ts';
import { kappaOf, oraclesOf, type StatementContext, signalsOf } from '../registry/statement.ts';

/** What the contract checks of a proof, one by one. */
export interface Verification {
  /** every public signal is below r */
  canonical: boolean;
  groth16: boolean;
  opening: boolean;
}

/** A verification key as snarkjs exports it. */
export type VerificationKey = Record<string, unknown>;

/**
 * Verifies a proof of a statement off chain, as the contract does: the Groth16 proof over the public signals that follow from the statement, and the KZG
 * opening of its commitments. Malformed proofs fail, they do not throw.
 */
export async function verifyProof(
  context: StatementContext,
  statement: Statement,
  proof: Proof,
  keys: { vkey: VerificationKey; srs: SrsPowers },
): Promise<Verification> {
  const signals = signalsOf(context, statement, proof);
  const canonical = signals.every((s) => s >= 0n && s < R);
  if (!canonical) return { canonical, groth16: false, opening: false };
  let holds = false;
  try {
    holds = await groth16.verify(keys.vkey, signals.map(String), snarkjsProof(proof));
  } catch {
    // a point off the curve: not a proof
  }
  const opening = openingHolds(
    keys.srs,
    oraclesOf(statement),
    proof.points,
    proof.signals,
    kappaOf(signals, proof.points.opening),
  );
  return { canonical, groth16: holds, opening };
}

/** Whether all of it holds. */
export function isVerified(v: Verification): boolean {
  return v.canonical && v.groth16 && v.opening;
}

function snarkjsProof({ groth16: [ax, ay, bx1, bx0, by1, by0, cx, cy] }: Proof): object {
  return {
    protocol: 'groth16',
    curve: 'bn128',
    pi_a: [ax, ay, 1n].map(String),
    pi_b: [[bx0, bx1].map(String), [by0, by1].map(String), ['1', '0']],
    pi_c: [cx, cy, 1n].map(String),
  };
}
