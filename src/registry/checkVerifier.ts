import { type Address, concat } from 'viem';
import type { ChainReads, KeyRecord } from './chainReads.ts';
import type { Check } from './check.ts';
import { type SrsPowers, samePowers } from './opening.ts';
import { CIRCUITS, type Circuit } from './programs/list.ts';
import { keyData, keyHash, type VerificationKey } from './verificationKey.ts';

/** Which key accepted a registration, as far as the chain tells. */
export interface Acceptance {
  /** of a node or shard: the version that it stores */
  version?: bigint;
  /** of a result, of which no version is stored: the block of its registration */
  block?: bigint;
}

/** What is here: a program's verification key and the powers of tau. */
export interface KeysHere {
  vkey: VerificationKey;
  srs: SrsPowers;
}

/** The key that accepted an edge, or would accept it now. */
export interface AcceptingKey extends KeyRecord {
  version: bigint;
}

/**
 * The key of the version that accepted an edge; the one that counts now where nothing was accepted yet.
 * @returns a sentence where the chain does not tell
 */
export async function acceptingKey(
  reads: ChainReads,
  verifiers: Address,
  circuit: Circuit,
  { version, block }: Acceptance,
): Promise<AcceptingKey | string> {
  const newest = await reads.versionOf(verifiers, CIRCUITS[circuit]);
  if (newest === 0n) return `The registry has no key for ${circuit}.`;
  if (version !== undefined && (version < 1n || version > newest)) {
    return `The node contradicts itself: version ${version} accepted it, of ${newest} versions.`;
  }
  const wanted = version ?? (block === undefined ? newest : await versionAt(reads, verifiers, circuit, newest, block));
  if (wanted === undefined) return `The program has ${newest} versions, and the node does not tell which accepted it.`;
  const record = await reads.keyRecord(verifiers, CIRCUITS[circuit], wanted);
  if (record === undefined) return `The node contradicts itself: it knows of no version ${wanted} of ${newest}.`;
  return { ...record, version: wanted };
}

/** The newest version that counted when a block was made. */
async function versionAt(
  reads: ChainReads,
  verifiers: Address,
  circuit: Circuit,
  newest: bigint,
  block: bigint,
): Promise<bigint | undefined> {
  if (newest === 1n) return 1n;
  const time = await reads.timeOf(block);
  if (time === undefined) return undefined;
  for (let version = newest; version > 0n; version--) {
    const record = await reads.keyRecord(verifiers, CIRCUITS[circuit], version);
    if (record === undefined) return undefined;
    if (record.countsFrom <= time) return version;
  }
  return undefined;
}

/** Whether that key is the one here, by its hash and by the words that the chain keeps. */
export async function checkKey(
  reads: ChainReads,
  circuit: Circuit,
  found: AcceptingKey | string,
  { vkey }: KeysHere,
): Promise<Check> {
  const about = 'key';
  if (typeof found === 'string') return { about, holds: 'open', says: found };
  const name = `The registry's key for ${circuit}, version ${found.version},`;
  if (found.keyHash !== keyHash(vkey)) {
    return { about, holds: 'open', says: `${name} is ${found.keyHash}, another one than the key here.` };
  }
  // The code of the contract that holds the words: a byte that stops, then the words.
  const code = await reads.code(found.pointer);
  return code.toLowerCase() === concat(['0x00', keyData(vkey)])
    ? { about, holds: true, says: `${name} is the one here, word for word.` }
    : {
        about,
        holds: 'open',
        says: `${name} is said to be the one here, but its words at ${found.pointer} are others.`,
      };
}

/** Whether the contract checks openings with the powers of tau that are here, and proofs of train with their tables. */
export async function checkPowers(reads: ChainReads, verifiers: Address, { srs }: KeysHere): Promise<Check> {
  const same = samePowers(srs, await reads.srs(verifiers));
  return {
    about: 'powers',
    holds: same ? true : 'open',
    says: `The registry checks openings with ${same ? 'the same powers of tau' : 'other powers of tau than those here'}.`,
  };
}
