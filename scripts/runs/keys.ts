import { readFileSync } from 'node:fs';
import type { Hex } from 'viem';
import { DescentError } from '../../src/errors/DescentError.ts';
import { parseSrs, type SrsPowers } from '../../src/registry/opening.ts';
import type { Circuit } from '../../src/registry/programs/list.ts';
import { keyHash, parseVerificationKey, type VerificationKey } from '../../src/registry/verificationKey.ts';
import { keyFiles, SRS_JSON } from '../setup/paths.ts';

/** A circuit's verification key and what an edge says of it. */
export interface ProgramKey {
  vkey: VerificationKey;
  /** keccak256 of the key's words, and whether its secret is public. */
  identity: { verificationKey: Hex; devKeys: boolean };
}

/** @throws DescentError (NOT_BUILT) when the key is missing. */
export function readProgramKey(circuit: Circuit): ProgramKey {
  const vkey = parseVerificationKey(readJson(keyFiles(circuit).vkey));
  return { vkey, identity: { verificationKey: keyHash(vkey), devKeys: readPowers().devKeys } };
}

/** Powers of tau in G2, as the contract holds them. @throws DescentError (NOT_BUILT) */
export function readPowers(): SrsPowers {
  return parseSrs(readJson(SRS_JSON));
}

/** @throws DescentError (NOT_BUILT) when a file that the build makes is missing. */
export function readBuilt(path: string | URL): Uint8Array {
  try {
    return new Uint8Array(readFileSync(path));
  } catch (cause) {
    throw new DescentError(`${path} is missing.`, { cause, code: 'NOT_BUILT', hint: 'Make it with npm run build.' });
  }
}

function readJson(path: string): unknown {
  return JSON.parse(new TextDecoder().decode(readBuilt(path)));
}
