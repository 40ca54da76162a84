import type { Address, Hex } from 'viem';
import type { ChainReads } from './chainReads.ts';
import {
  type ChainAbout,
  type Check,
  chainChecksOf,
  FOREIGN_CHAIN_CHECKS,
  openChecks,
  type TrainedOnRows,
} from './check.ts';
import { checkAdapter, findForeign } from './checkForeign.ts';
import {
  checkModels,
  checkRequest,
  checkShard,
  type EdgeSegments,
  findRegistration,
  type Origins,
  originsAbove,
  originsOf,
  type Place,
  type Registration,
  sameAddress,
  subjectOfEdge,
} from './checkRecord.ts';
import { type StatedSchemas, statedSchemas } from './checkSchemas.ts';
import { trainedOnRows } from './checkTrained.ts';
import { acceptingKey, checkKey, checkPowers, type KeysHere } from './checkVerifier.ts';
import type { Edge } from './edge.ts';
import type { EdgeRun } from './edgeRun.ts';
import type { ForeignEdge } from './foreignEdge.ts';
import type { Statement } from './programs/definitions.ts';
import { PROGRAMS, type Surrounding, TARGETS } from './programs/list.ts';
import { edgesOf } from './programs/trainMany.ts';
import { circuitFor, subjectOf } from './statement.ts';

/** The contracts that whoever asks trusts, as far as he named them. */
export interface Trusted {
  registry?: Address | undefined;
  scoreboard?: Address | undefined;
  inferences?: Address | undefined;
  audit?: Address | undefined;
}

/** What a chain says of an edge. */
export interface ChainFindings {
  /** one of each that `chainChecksOf` names, in that order */
  checks: Check[];
  /** what is not proved of the model's descent; undefined where the chain does not tell */
  origins: Origins | undefined;
  schemas: StatedSchemas;
  /** of a score, whether the model has seen the rows; undefined where the chain does not tell */
  trainedOnRows?: TrainedOnRows | undefined;
  /** of a foreign child, the adapter of its program; undefined where the chain does not tell */
  adapter?: Address | undefined;
}

/**
 * All checks of an edge against a chain, for the command line and the page. What cannot be read is open, never false.
 * @param keys those of the edge's circuit here
 */
export function checkOnChain(edge: Edge, reads: ChainReads, trusted: Trusted, keys: KeysHere): Promise<ChainFindings> {
  return checkSegments([edge], reads, trusted, keys);
}

/** The same of a foreign child; of `origins`, what its parents descend from. */
export function checkForeignOnChain(
  child: ForeignEdge,
  reads: ChainReads,
  trusted: Trusted,
  keys: KeysHere,
): Promise<ChainFindings> {
  return checkSegments([child.range], reads, trusted, keys, child);
}

/** The same of every edge that a run makes, in order. */
export async function checkRunOnChain(
  { edges, keep }: EdgeRun,
  reads: ChainReads,
  trusted: Trusted,
  keys: KeysHere,
): Promise<ChainFindings[]> {
  const findings: ChainFindings[] = [];
  for (const [first, ...others] of edgesOf(edges, keep)) {
    findings.push(await checkSegments([first, ...others], reads, trusted, keys));
  }
  return findings;
}

async function checkSegments(
  segments: EdgeSegments,
  reads: ChainReads,
  trusted: Trusted,
  keys: KeysHere,
  child?: ForeignEdge,
): Promise<ChainFindings> {
  const edge = segments[segments.length - 1];
  const abouts = child === undefined ? chainChecksOf(edge.statement.program) : FOREIGN_CHAIN_CHECKS;
  const found = new Map<ChainAbout, Check>();
  let origins: Origins | undefined;
  let schemas: StatedSchemas = {};
  let trained: TrainedOnRows | undefined;
  let adapter: Address | undefined;
  const say = (...checks: Check[]) => {
    for (const check of checks) found.set(check.about as ChainAbout, check);
  };
  const finish = (reason: string): ChainFindings => {
    const rest = openChecks(
      abouts.filter((about) => !found.has(about)),
      reason,
    );
    say(...rest);
    const checks = abouts.map((about) => found.get(about)!);
    return { origins, schemas, trainedOnRows: trained, adapter, checks };
  };
  try {
    const place = await placeOf(edge, reads, trusted);
    say(place.check);
    if (place.registry === undefined || place.verifiers === undefined) return finish('it is not to be found there.');
    const at: Place = { reads, registry: place.registry, contract: edge.context.registry };
    adapter = child && (await reads.adapterOf(at.registry, BigInt(child.program)));
    const registration = await (child ? findForeign(child, adapter, at) : findRegistration(segments, at));
    say(...registration.checks);
    say(...(await checkWith(segments, child, adapter, at, registration)));
    const circuit = circuitFor(edge.statement);
    const key = await acceptingKey(reads, place.verifiers, circuit, registration.acceptance);
    say(await checkKey(reads, circuit, key, keys), await checkPowers(reads, place.verifiers, keys));
    origins = await (child ? originsAbove(child.parents, at) : originsOf(segments, at));
    schemas = await statedSchemas(edge.statement, at);
    trained = await trainedOnRows(edge.statement, at);
    return finish('the node did not tell.');
  } catch (error) {
    return finish(`the node did not answer (${reasonOf(error)}).`);
  }
}

interface FoundPlace {
  check: Check;
  registry?: Address;
  verifiers?: Hex;
}

/** Whether the edge is for a contract that stands on this chain and is the trusted one. */
async function placeOf({ context, statement }: Edge, reads: ChainReads, trusted: Trusted): Promise<FoundPlace> {
  const about = 'contract';
  const what = TARGETS[PROGRAMS[statement.program].registers];
  const wanted = trusted[what];
  const inWords = what === 'inferences' ? 'contract of inferences' : what;
  const name = `${context.registry} on chain ${context.chainId}`;
  const no = (says: string): FoundPlace => ({ check: { about, holds: false, says } });
  if (context.chainId !== reads.chainId) return no(`The edge is for ${name}; the node is of chain ${reads.chainId}.`);
  if (wanted !== undefined && !sameAddress(wanted, context.registry)) {
    return no(`The edge is for ${name}, not for the ${inWords} ${wanted}.`);
  }
  if ((await reads.code(context.registry)) === '0x') {
    return { check: { about, holds: 'open', says: `There is no contract at ${name}.` } };
  }
  const registry = what === 'registry' ? context.registry : await reads.registryOf(context.registry);
  const verifiers = registry && (await reads.verifiersOf(registry));
  if (registry === undefined || verifiers === undefined) return no(`The contract ${name} is no ${inWords}.`);
  if (trusted.registry !== undefined && !sameAddress(trusted.registry, registry)) {
    return no(`The ${inWords} ${context.registry} is of registry ${registry}, not of ${trusted.registry}.`);
  }
  const check: Check =
    wanted === undefined
      ? {
          about,
          holds: 'open',
          says: `The edge is for the ${inWords} ${name}, which it names itself: anybody can deploy one. Name yours (--${what}).`,
        }
      : { about, holds: true, says: `The edge is for the ${inWords} ${name}, as it should be.` };
  return { check, registry, verifiers };
}

/** What must be there for the edge, or the foreign child, to mean something. */
async function checkWith(
  segments: EdgeSegments,
  child: ForeignEdge | undefined,
  adapter: Address | undefined,
  at: Place,
  { isRegistered }: Registration,
): Promise<Check[]> {
  if (child === undefined) return checkAround(segments, at, isRegistered);
  const parents = await checkModels('parents', child.parents, at, isRegistered);
  return [parents, checkAdapter(child.program, adapter, isRegistered)];
}

/** What must be registered for the edge to mean something. */
async function checkAround(segments: EdgeSegments, at: Place, isRegistered: boolean): Promise<Check[]> {
  const { statement, context } = segments[0];
  const subject = subjectOfEdge(segments);
  const checks: Record<Surrounding, () => Promise<Check>> = {
    request: () => checkRequest(subject, context.trainer, at, isRegistered),
    parents: () => checkModels('parents', subject.parents, at, isRegistered),
    model: () => checkModels('model', subject.model ? [subject.model.id] : [], at, isRegistered),
    shard: async () => (needsNoShard(statement) ? NO_SHARD : checkShards(segments, at, isRegistered)),
  };
  return Promise.all(PROGRAMS[statement.program].asks.map((about) => checks[about]()));
}

/** An inference may have other inputs than a registered shard. */
function needsNoShard(statement: Statement): boolean {
  return statement.program === 'infer' && statement.shard === null;
}

const NO_SHARD: Check = {
  about: 'shard',
  holds: true,
  says: 'It needs no shard: its inputs are public, or committed with their range proved.',
};

/** The shard of every segment; the first finding that is not good speaks for all. */
async function checkShards(segments: EdgeSegments, at: Place, isRegistered: boolean): Promise<Check> {
  const subjects = new Map(segments.map(({ statement }) => [subjectOf(statement).shard?.id, subjectOf(statement)]));
  // what is compared with the shard must be registered as it is
  for (const { statement } of segments) {
    const { others = [], ...subject } = subjectOf(statement);
    for (const other of others) subjects.set(other.id, { ...subject, shard: other });
  }
  const found: Check[] = [];
  for (const subject of subjects.values()) found.push(await checkShard(subject, at, isRegistered));
  const bad = found.find(({ holds }) => holds === false) ?? found.find(({ holds }) => holds !== true);
  if (bad !== undefined || found.length === 1) return bad ?? found[0];
  return { about: 'shard', holds: true, says: `The registry holds its ${found.length} shards.` };
}

/** First line of an error, which may be pages long and name the node's URL. */
function reasonOf(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'shortMessage' in error) return String(error.shortMessage);
  return error instanceof Error ? error.message.split('\n')[0] : String(error);
}
