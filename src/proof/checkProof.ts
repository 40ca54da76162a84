import { type Hex, numberToHex } from 'viem';
import { InputError } from '../errors/InputError.ts';
import type { Check } from '../registry/check.ts';
import type { Edge } from '../registry/edge.ts';
import type { SrsPowers } from '../registry/opening.ts';
import { statementDigest } from '../registry/statement.ts';
import { type VerificationKey, verifyProof } from './verify.ts';

/** The keys of an edge's program, as they are installed here. */
export interface InstalledKeys {
  vkey: VerificationKey;
  srs: SrsPowers;
  /** keccak256 of the key's file */
  verificationKey: Hex;
  /** whether the key's secret is public */
  devKeys: boolean;
}

/**
 * What the proof itself shows: its statement, its Groth16 part, its openings, and what the keys are worth.
 * @throws InputError for an edge of other keys, which cannot be checked with those here
 */
export async function checkProof(edge: Edge, keys: InstalledKeys): Promise<Check[]> {
  const { context, statement, proof } = edge;
  if (edge.verificationKey !== keys.verificationKey) {
    throw new InputError(
      `The edge is proved with the key ${edge.verificationKey}; the key here is ${keys.verificationKey}.`,
      { hint: 'Verify it with the installation that holds its keys.' },
    );
  }
  const { canonical, groth16, opening } = await verifyProof(context, statement, proof, keys);
  const digest = numberToHex(statementDigest(context, statement), { size: 32 });
  return [
    {
      about: 'digest',
      holds: true,
      says: `The statement's digest ${digest} binds a proof that holds to chain ${context.chainId}, contract ${context.registry} and sender ${context.trainer}.`,
    },
    {
      about: 'signals',
      holds: canonical,
      says: canonical
        ? 'Every public signal is below the order of the field.'
        : 'A public signal is not below the order of the field.',
    },
    {
      about: 'groth16',
      holds: groth16,
      says: `The Groth16 proof ${groth16 ? 'holds' : 'does not hold'} with the key of program ${statement.program}, ${keys.verificationKey}.`,
    },
    {
      about: 'opening',
      holds: opening,
      says: opening
        ? 'The commitments open to the values that the proof was checked with.'
        : 'The commitments do not open to the values that the proof was checked with.',
    },
    checkWorth(edge, keys),
  ];
}

/** What a proof by these keys is worth; the file must not say otherwise. */
function checkWorth(edge: Edge, keys: InstalledKeys): Check {
  const about = 'keys';
  if (edge.devKeys !== keys.devKeys) {
    const [claims, are] = [edge.devKeys, keys.devKeys].map((dev) => (dev ? 'development keys' : 'no development keys'));
    return { about, holds: false, says: `The file says ${claims}; these are ${are}.` };
  }
  return keys.devKeys
    ? {
        about,
        holds: 'open',
        says: 'The keys are development keys, whose secret is public: anybody could forge this proof.',
      }
    : { about, holds: true, says: 'The keys are not development keys.' };
}
