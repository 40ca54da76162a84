import { type Hex, keccak256 } from 'viem';
import { verifiersAbi } from '../generated/abi.ts';
import { VERIFIER_CODES } from '../generated/verifierCodes.ts';
import type { ChainReads, VerifierRecord } from './chainReads.ts';
import type { Check } from './check.ts';
import { decodeLogs, topicsOf } from './contractEvents.ts';
import { type SrsPowers, samePowers } from './opening.ts';
import { PROGRAMS, type Program } from './programs/list.ts';
import { missingKeyNumbers } from './verifierCode.ts';

/** Where a registration stands in the chain: its block and the place of its event in it. */
export interface Moment {
  block: bigint;
  logIndex: number;
}

/** Which verifier accepted a registration, as far as the chain tells. */
export interface Acceptance {
  /** of a node: the version that it stores */
  version?: bigint;
  /** of a shard or result, of which no version is stored */
  moment?: Moment;
}

/** What is here: a program's verification key as snarkjs exports it, and the powers of tau. */
export interface KeysHere {
  vkey: Record<string, unknown>;
  srs: SrsPowers;
}

/** The verifier that accepted an edge, or would accept it now. */
export interface AcceptingVerifier extends VerifierRecord {
  version: bigint;
  code: Hex;
}

/**
 * The verifier of the version that accepted an edge; the newest where nothing was accepted yet.
 * @returns a sentence where the chain does not tell
 */
export async function acceptingVerifier(
  reads: ChainReads,
  verifiers: Hex,
  program: Program,
  { version, moment }: Acceptance,
): Promise<AcceptingVerifier | string> {
  const newest = await reads.versionOf(verifiers, PROGRAMS[program].id);
  if (newest === 0n) return `The registry has no verifier for ${program}.`;
  if (version !== undefined && (version < 1n || version > newest)) {
    return `The node contradicts itself: version ${version} accepted it, of ${newest} versions.`;
  }
  const wanted =
    version ?? (moment === undefined ? newest : await versionAt(reads, verifiers, program, newest, moment));
  if (wanted === undefined) return `The program has ${newest} versions, and the node does not tell which accepted it.`;
  const record = await reads.verifierAt(verifiers, PROGRAMS[program].id, wanted);
  if (record === undefined) return `The node contradicts itself: it knows of no version ${wanted} of ${newest}.`;
  return { ...record, version: wanted, code: await reads.code(record.verifier) };
}

/** The newest version that had been added before a registration. */
async function versionAt(
  reads: ChainReads,
  verifiers: Hex,
  program: Program,
  newest: bigint,
  { block, logIndex }: Moment,
): Promise<bigint | undefined> {
  if (newest === 1n) return 1n;
  const topics = topicsOf(verifiersAbi, 'VerifierAdded', { program: BigInt(PROGRAMS[program].id) });
  const logs = await reads.logs({ address: verifiers, topics, from: 0n, to: block }).catch(() => []);
  const added = decodeLogs(verifiersAbi, logs, verifiers)
    .filter(({ log }) => log.blockNumber < block || (log.blockNumber === block && log.logIndex < logIndex))
    .map(({ args }) => args.version as bigint)
    .sort((a, b) => Number(a - b));
  // Versions count from 1: a gap means that the node left some out.
  return added.length > 0 && added.every((version, k) => version === BigInt(k + 1)) ? added.at(-1) : undefined;
}

/** Whether that verifier is the one built here, or at least holds the numbers of the key here. */
export function checkKey(program: Program, found: AcceptingVerifier | string, { vkey }: KeysHere): Check {
  const about = 'key';
  if (typeof found === 'string') return { about, holds: 'open', says: found };
  const { verifier, version, codeHash, code } = found;
  const name = `The registry's verifier ${verifier}, version ${version} of program ${program},`;
  if (keccak256(code) !== codeHash) {
    return { about, holds: 'open', says: `${name} has other code than when it was added.` };
  }
  if (codeHash === VERIFIER_CODES[program]) {
    return { about, holds: true, says: `${name} is the one built here, with the same key.` };
  }
  const missing = missingKeyNumbers(vkey, code);
  return missing === 0
    ? { about, holds: 'open', says: `${name} holds the key's numbers, but is not the one built here.` }
    : { about, holds: 'open', says: `${name} lacks ${missing} numbers of the key here: it checks something else.` };
}

/** Whether the contract checks openings with the powers of tau that are here. */
export async function checkPowers(reads: ChainReads, verifiers: Hex, { srs }: KeysHere): Promise<Check> {
  const same = samePowers(srs, await reads.srs(verifiers));
  return {
    about: 'powers',
    holds: same ? true : 'open',
    says: `The registry checks openings with ${same ? 'the same powers of tau' : 'other powers of tau than those here'}.`,
  };
}
