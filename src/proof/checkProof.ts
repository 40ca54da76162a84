import { type Hex, numberToHex } from 'viem';
import { InputError } from '../errors/InputError.ts';
import type { Check } from '../registry/check.ts';
import type { Edge } from '../registry/edge.ts';
import type { EdgeRun } from '../registry/edgeRun.ts';
import type { SrsPowers } from '../registry/opening.ts';
import { circuitFor, statementDigest } from '../registry/statement.ts';
import type { VerificationKey } from '../registry/verificationKey.ts';
import { isVerified, verifyProof, verifyProofs } from './verify.ts';

/** The keys of an edge's program, as they are installed here. */
export interface InstalledKeys {
  vkey: VerificationKey;
  srs: SrsPowers;
  /** keccak256 of the key's words */
  verificationKey: Hex;
  /** whether the key's secret is public */
  devKeys: boolean;
}

/**
 * What the proof itself shows: its statement, its Groth16 part, its openings, and what the keys are worth.
 * @throws InputError for an edge of other keys, which cannot be checked with those here
 */
export function checkProof(edge: Edge, keys: InstalledKeys): Check[] {
  const { context, statement, proof } = edge;
  requireKey(edge, keys);
  const { canonical, groth16, opening } = verifyProof(context, statement, proof, keys);
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
        ? 'Every signal is below the order of the field.'
        : 'A signal is not below the order of the field.',
    },
    {
      about: 'groth16',
      holds: groth16,
      says: `The Groth16 proof ${groth16 ? 'holds' : 'does not hold'} with the key of program ${circuitFor(statement)}, ${keys.verificationKey}.`,
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

/**
 * The same of a run: all proofs by one product of pairings, as the contract checks them. Where that fails, which proof it is.
 * @throws InputError as `checkProof`
 */
export function checkRunProofs({ edges }: EdgeRun, keys: InstalledKeys): Check[] {
  const [first] = edges;
  requireKey(first, keys);
  const { chainId, registry, trainer } = first.context;
  const all = verifyProofs(edges, keys);
  const bad = all
    ? -1
    : edges.findIndex(({ context, statement, proof }) => !isVerified(verifyProof(context, statement, proof, keys)));
  return [
    {
      about: 'digest',
      holds: true,
      says: `Its ${edges.length} proofs are bound to chain ${chainId}, contract ${registry} and sender ${trainer}.`,
    },
    {
      about: 'groth16',
      holds: all,
      says: all
        ? `All ${edges.length} proofs and their openings hold with the key of program ${circuitFor(first.statement)}, ${keys.verificationKey}.`
        : `The proof of segment ${bad + 1} of ${edges.length} does not hold with the key of program ${circuitFor(first.statement)}, ${keys.verificationKey}.`,
    },
    checkWorth(first, keys),
  ];
}

function requireKey(edge: Edge, keys: InstalledKeys): void {
  if (edge.verificationKey === keys.verificationKey) return;
  throw new InputError(
    `The edge is proved with the key ${edge.verificationKey}; the key here is ${keys.verificationKey}.`,
    { hint: 'Verify it with the installation that holds its keys.' },
  );
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
