import { type Address, type Hex, keccak256 } from 'viem';
import { lineageAuditAbi, modelRegistryAbi, scoreboardAbi } from '../generated/abi.ts';
import { encodeAnyShape, formatShape } from '../model/anyShape.ts';
import { countsBytes, type Measures } from '../model/measures.ts';
import type { ShardShape } from '../model/shape.ts';
import type { ChainLog, ChainReads, LogFilter, MeasuresRecord, ShardRecord } from './chainReads.ts';
import type { Check } from './check.ts';
import { findInference } from './checkInference.ts';
import type { Acceptance } from './checkVerifier.ts';
import { decodeLogs, firstDifference, topicsOf } from './contractEvents.ts';
import { drawnSeed } from './drawnSeed.ts';
import type { Edge } from './edge.ts';
import type { NamedModel, NamedShard, StatedEvent, Subject } from './programs/definition.ts';
import { definitionOf } from './programs/definitions.ts';
import { NODE_KINDS, PROGRAMS } from './programs/list.ts';
import { statedEvents } from './registered.ts';
import { secretHash, subjectOf } from './statement.ts';

/** An edge; of a training edge of a run, its segments in order. */
export type EdgeSegments = readonly [Edge, ...Edge[]];

/** What an edge names: of several segments, the last one's model and the first one's parent. */
export function subjectOfEdge(segments: EdgeSegments): Subject {
  return { ...subjectOf(lastOf(segments).statement), parents: subjectOf(segments[0].statement).parents };
}

function lastOf(segments: EdgeSegments): Edge {
  return segments[segments.length - 1];
}

/** Where an edge is looked up. */
export interface Place {
  reads: ChainReads;
  registry: Address;
  /** the contract that the edge was sent to: the registry, for a score the scoreboard, for an inference that of inferences, for a fact about rows the audit */
  contract: Address;
}

/** What the chain has of an edge. */
export interface Registration {
  checks: Check[];
  /** whether the edge, or another one of the same result, is registered */
  isRegistered: boolean;
  acceptance: Acceptance;
  /** block of its registration */
  block?: bigint;
}

/**
 * Looks an edge up: its record, and its own event word for word.
 * @param segments the edge; of a training edge of a run, all segments in order
 */
export async function findRegistration(segments: EdgeSegments, place: Place): Promise<Registration> {
  const edge = lastOf(segments);
  const subject = subjectOfEdge(segments);
  switch (PROGRAMS[edge.statement.program].registers) {
    case 'shard':
      return findShard(edge, subject, place);
    case 'model':
      return findModel(segments, subject, place);
    case 'result':
      return findScore(edge, subject, place);
    case 'inference':
      return findInference(edge, { ...place, inferences: place.contract });
    case 'fact':
      return findFact(edge, subject, place);
  }
}

async function findModel(segments: EdgeSegments, subject: Subject, { reads, registry }: Place): Promise<Registration> {
  const { statement, context } = lastOf(segments);
  const { id, parents: claimed } = subject;
  const node = await reads.node(registry, id);
  if (node === undefined) return unregistered('model', id);
  const kind = (NODE_KINDS as readonly string[]).indexOf(statement.program);
  const [stored, schema, trainings, logs] = await Promise.all([
    reads.parents(registry, id),
    reads.schemaOf(registry, id),
    reads.segmentsOf(registry, id),
    logsOf(reads, { address: registry, topics: [], from: node.blockNumber, to: node.blockNumber }),
  ]);
  const record = ((): Check => {
    const about = 'record';
    if (node.kind !== kind) {
      const says = `The registry holds ${id} as a node of kind ${NODE_KINDS[node.kind]}, not ${statement.program}.`;
      return { about, holds: false, says };
    }
    const inRun = `${id} as the end of ${trainings} trainings of one edge`;
    if (statement.program === 'train' && trainings > 1n && segments.length === 1) {
      const says = `The registry holds ${inRun}, from ${stored.join()}: the file of their run shows whether this is the last.`;
      return { about, holds: 'open', says };
    }
    if (statement.program === 'train' && trainings !== BigInt(segments.length)) {
      return { about, holds: false, says: `The registry holds ${inRun}, not of ${segments.length}.` };
    }
    if (lower(stored) !== lower(claimed)) {
      const names = (ids: readonly string[]) => ids.join(', ') || 'no parent';
      return { about, holds: false, says: `The registry names ${names(stored)}, not ${names(claimed)}.` };
    }
    if (subject.schema !== undefined && schema !== subject.schema) {
      return { about, holds: false, says: `The registry holds the schema ${schema}, not ${subject.schema}.` };
    }
    return sameSender(`model ${id}`, node.trainer, context.trainer);
  })();
  const depth = (await depthOf(claimed, { reads, registry, contract: registry })) ?? node.depth;
  const expected = [
    registeredEvent(subject, { trainer: context.trainer, kind, depth }),
    ...statedEvents(segments.map((segment) => segment.statement)),
  ];
  const check: Check =
    record.holds === 'open'
      ? { about: 'event', holds: 'open', says: 'Its events are those of the whole run.' }
      : checkEvents(expected, logs, registry, node);
  return {
    checks: [record, check],
    isRegistered: true,
    acceptance: { version: node.version },
    block: node.blockNumber,
  };
}

/** One more than the first parent's, where that one is registered. */
export async function depthOf([parent]: readonly Hex[], { reads, registry }: Place): Promise<bigint | undefined> {
  if (parent === undefined) return 0n;
  const node = await reads.node(registry, parent);
  return node && node.depth + 1n;
}

/** What the registry says of every model. */
export function registeredEvent(
  subject: Subject,
  node: { trainer: Address; kind: number; depth: bigint },
): StatedEvent {
  const { id, commitment, shape } = modelIn(subject);
  return { name: 'ModelRegistered', args: { id, ...node, shape: encodeAnyShape(shape), commitment } };
}

function modelIn({ model }: Subject): NamedModel {
  if (model === undefined) throw new RangeError('an edge without a model');
  return model;
}

function measuresIn({ measures }: Subject): Measures {
  if (measures === undefined) throw new RangeError('an edge without a score');
  return measures;
}

function shardIn({ shard }: Subject): NamedShard {
  if (shard === undefined) throw new RangeError('an edge without a shard');
  return shard;
}

async function findShard(
  { statement, context }: Edge,
  subject: Subject,
  { reads, registry }: Place,
): Promise<Registration> {
  const { id, shape: claimed } = shardIn(subject);
  const stored = await reads.shard(registry, id);
  if (stored === undefined) return unregistered('shard', id);
  const { blockNumber } = stored;
  const logs = await logsOf(reads, { address: registry, topics: [], from: blockNumber, to: blockNumber });
  const isOther = stored.schema !== subject.schema;
  const difference = isOther ? `schema ${stored.schema}, not ${subject.schema}` : shapeDifference(stored, claimed);
  const record: Check =
    difference === undefined
      ? sameSender(`shard ${id}`, stored.owner, context.trainer)
      : { about: 'record', holds: false, says: `The registry says of shard ${id}: ${difference}.` };
  const { name, args } = definitionOf(statement).event(statement);
  const expected = [{ name, args: { ...args, owner: context.trainer } }];
  return {
    checks: [record, checkEvents(expected, logs, registry, stored)],
    isRegistered: true,
    acceptance: { version: stored.version },
    block: blockNumber,
  };
}

/** What a score measures is replaced by better ones, part by part, but the event of each score stays. */
async function findScore(
  { statement, context }: Edge,
  subject: Subject,
  { reads, registry, contract }: Place,
): Promise<Registration> {
  const { id: model } = modelIn(subject);
  const { id: shard } = shardIn(subject);
  const measures = measuresIn(subject);
  const { result } = measures;
  const [node, stored, best] = await Promise.all([
    reads.node(registry, model),
    reads.shard(registry, shard),
    reads.result(contract, model, shard),
  ]);
  if (best === undefined || node === undefined || stored === undefined) return unregistered('result', subject.id);
  const from = node.blockNumber > stored.blockNumber ? node.blockNumber : stored.blockNumber;
  const { name, args } = definitionOf(statement).event(statement);
  const topics = topicsOf(scoreboardAbi, name, { model, shard });
  const found = decodeLogs(scoreboardAbi, await logsOf(reads, { address: contract, topics, from }), contract);
  const said = { ...args, prover: context.trainer };
  const own = found.find((event) => firstDifference(event.args, said) === undefined);
  const isBest = best.value === result && sameAddress(best.prover, context.trainer);
  if (own === undefined) {
    const held = isBest && areHeld(measures, await reads.measures(contract, model, shard, measures.k));
    const says = held
      ? 'The scoreboard holds what it measures, but the node gives no event that says the same.'
      : `The scoreboard holds another score, of result ${best.value}, proved by ${best.prover}.`;
    return {
      checks: [
        { about: 'record', holds: held ? true : 'open', says },
        { about: 'event', holds: 'open', says: 'The node gives no event of this score.' },
      ],
      isRegistered: held,
      acceptance: {},
    };
  }
  const block = own.log.blockNumber;
  const now = isBest
    ? 'Its result is the best by now.'
    : `The best result by now is ${best.value}, proved by ${best.prover}.`;
  return {
    checks: [
      { about: 'record', holds: true, says: `The scoreboard accepted this score in block ${block}. ${now}` },
      { about: 'event', holds: true, says: `Its event in block ${block} says the same, word for word.` },
    ],
    isRegistered: true,
    acceptance: { block },
    block,
  };
}

/** A fact is kept with whoever showed it first; a later proof of the same is refused. */
async function findFact(
  { statement, context }: Edge,
  subject: Subject,
  { reads, contract }: Place,
): Promise<Registration> {
  const key = subject.fact;
  const stored = key && (await reads.fact(contract, key));
  if (stored === undefined) return unregistered('fact', subject.id);
  const { blockNumber, prover, version } = stored;
  const logs = await logsOf(reads, { address: contract, topics: [], from: blockNumber, to: blockNumber });
  const { name, args } = definitionOf(statement).event(statement);
  const said = { ...args, prover: context.trainer };
  const told = decodeLogs(lineageAuditAbi, logs, contract).some(
    (event) => event.name === name && firstDifference(event.args, said) === undefined,
  );
  const isOwn = sameAddress(prover, context.trainer);
  const holds = isOwn ? true : 'open';
  const says = isOwn
    ? `The audit holds the fact, shown by ${prover} in block ${blockNumber}.`
    : `The audit holds the fact, shown by ${prover} in block ${blockNumber}, not by ${context.trainer}.`;
  const event: Check = told
    ? { about: 'event', holds: true, says: `Its event in block ${blockNumber} says the same, word for word.` }
    : { about: 'event', holds: 'open', says: `The node gives no event ${name} of it in block ${blockNumber}.` };
  return {
    checks: [{ about: 'record', holds, says }, event],
    isRegistered: true,
    acceptance: { version },
    block: blockNumber,
  };
}

/** Whether the scoreboard holds every measure that a score states. */
function areHeld({ loss, absolute, top, counts }: Measures, held: MeasuresRecord): boolean {
  return (
    (held.hasLoss ? held.loss : 0n) === loss &&
    (held.hasAbsolute ? held.absolute : 0n) === absolute &&
    held.top === top &&
    (counts === null || held.countsHash === keccak256(countsBytes(counts)))
  );
}

/** Nodes refuse questions for logs more often than any other: then there are none, and what they would say is open. */
export async function logsOf(reads: ChainReads, filter: LogFilter): Promise<ChainLog[]> {
  return reads.logs(filter).catch(() => []);
}

export function unregistered(what: 'model' | 'shard' | 'result' | 'fact', id: Hex): Registration {
  const says = `The ${what} ${id} is not registered.`;
  return {
    checks: [
      { about: 'record', holds: 'open', says },
      { about: 'event', holds: 'open', says: 'There is no event of it, since it is not registered.' },
    ],
    isRegistered: false,
    acceptance: {},
  };
}

/** Compares the events of a registration with what the edge says. */
export function checkEvents(
  expected: readonly StatedEvent[],
  logs: readonly ChainLog[],
  registry: Address,
  { blockNumber }: { blockNumber: bigint },
): Check {
  const about = 'event';
  const decoded = decodeLogs(modelRegistryAbi, logs, registry).filter(({ log }) => log.blockNumber === blockNumber);
  const where = `in block ${blockNumber}`;
  let last: ChainLog | undefined;
  for (const { name, args } of expected) {
    const subject = Object.keys(args)[0];
    const event = decoded.find(
      (other) =>
        other.name === name &&
        lower(other.args[subject]) === lower(args[subject]) &&
        lower(other.args.segment) === lower(args.segment),
    );
    if (event === undefined) {
      return { about, holds: 'open', says: `The node gives no event ${name} of it ${where}.` };
    }
    if (last !== undefined && event.log.transactionHash !== last.transactionHash) {
      return { about, holds: 'open', says: `The node gives its events ${where} by two transactions.` };
    }
    last = event.log;
    const difference = firstDifference(event.args, args);
    if (difference !== undefined) {
      const { name: argument, found, expected: claimed } = difference;
      const says = `The event ${name} ${where} says ${argument} ${found}; the edge says ${claimed}.`;
      return { about, holds: false, says };
    }
  }
  const names = [...new Set(expected.map(({ name }) => name))].join(' and ');
  const words = expected.length === 1 ? `Its event ${names} ${where} says` : `Its events ${names} ${where} say`;
  return { about, holds: true, says: `${words} the same, word for word.` };
}

export function sameSender(what: string, stored: Address, claimed: Address): Check {
  return sameAddress(stored, claimed)
    ? { about: 'record', holds: true, says: `The registry holds ${what}, sent by ${stored}.` }
    : { about: 'record', holds: false, says: `The registry has ${what} from ${stored}, not from ${claimed}.` };
}

/** Whether every parent, or the scored model, is registered. @param isRegistered whether the edge itself is */
export async function checkModels(
  about: 'parents' | 'model',
  ids: readonly Hex[],
  { reads, registry }: Place,
  isRegistered: boolean,
): Promise<Check> {
  const found = await Promise.all(ids.map((id) => reads.node(registry, id)));
  const missing = ids.filter((_, k) => found[k] === undefined);
  const what = about === 'parents' ? (ids.length === 1 ? 'parent' : 'parents') : 'model';
  if (missing.length === 0) return { about, holds: true, says: `The registry holds its ${what} ${ids.join(', ')}.` };
  const says = `The registry does not hold its ${what} ${missing.join(', ')}.`;
  return { about, holds: 'open', says: isRegistered ? `${says} The node contradicts itself.` : says };
}

/** Whether the shard is registered, so that its rows were proved to be well formed. */
export async function checkShard(subject: Subject, { reads, registry }: Place, isRegistered: boolean): Promise<Check> {
  const about = 'shard';
  const { id, shape } = shardIn(subject);
  const stored: ShardRecord | undefined = await reads.shard(registry, id);
  if (stored === undefined) {
    const says = `The registry does not hold its shard ${id}: nobody proved that its rows are well formed.`;
    return { about, holds: 'open', says: isRegistered ? `${says} The node contradicts itself.` : says };
  }
  const difference = shapeDifference(stored, shape);
  return difference === undefined
    ? { about, holds: true, says: `The registry holds its shard ${id}, of ${stored.owner}.` }
    : { about, holds: false, says: `The registry says of its shard ${id}: ${difference}.` };
}

/** Whether the chain drew the seed for the trainer and the shape that the edge names. */
export async function checkRequest(
  subject: Subject,
  trainer: Address,
  { reads, registry }: Place,
  isRegistered: boolean,
): Promise<Check> {
  if (subject.request === undefined) throw new RangeError('an edge without a request');
  const { id: requestId, seed, secret } = subject.request;
  const { shape } = modelIn(subject);
  const about = 'request';
  const request = await reads.seedRequest(registry, requestId);
  const no = (says: string): Check => ({ about, holds: false, says });
  if (request === undefined) return no(`Nobody asked the registry for seed ${requestId}: the chain did not draw it.`);
  if (!sameAddress(request.trainer, trainer)) {
    return no(`Seed request ${requestId} is of ${request.trainer}, not of ${trainer}.`);
  }
  if (request.shape !== encodeAnyShape(shape)) {
    return no(`Seed request ${requestId} is for another shape than ${formatShape(shape)}.`);
  }
  if (request.secretHash !== secretHash(secret)) {
    return no(`Seed request ${requestId} holds the hash of another secret.`);
  }
  if (isRegistered) {
    return request.used
      ? { about, holds: true, says: `Seed request ${requestId} is of its trainer and shape, and it is used.` }
      : { about, holds: 'open', says: `Seed request ${requestId} is not used. The node contradicts itself.` };
  }
  if (request.used) return no(`Seed request ${requestId} has made another model.`);
  const drawn = await drawnSeed(reads, request, requestId, secret);
  if (drawn === undefined) {
    return { about, holds: 'open', says: `The chain gives no seed for request ${requestId}: too early, or too late.` };
  }
  return drawn === seed
    ? { about, holds: true, says: `The chain drew this seed for request ${requestId}.` }
    : no(`The chain drew another seed for request ${requestId}.`);
}

function shapeDifference(stored: ShardShape, claimed: ShardShape): string | undefined {
  for (const name of ['inputs', 'outputs', 'rows', 'kind'] as const) {
    if (stored[name] !== claimed[name]) return `${name} ${stored[name]}, not ${claimed[name]}`;
  }
  return undefined;
}

export function sameAddress(a: Address, b: Address): boolean {
  return lower(a) === lower(b);
}

function lower(value: unknown): string {
  return String(value).toLowerCase();
}

/** What is not proved of a model's descent. Undefined where the registry does not hold it. */
export interface Origins {
  /** an import above it is only declared */
  declared: boolean | undefined;
  /** a program of another proof system made it or a model above it */
  foreign: boolean | undefined;
}

/** What a registry tells of the descent of an edge's model, or of its parents while it is not registered. */
export async function originsOf(segments: EdgeSegments, at: Place): Promise<Origins> {
  const { model, parents } = subjectOfEdge(segments);
  if (model === undefined) return { declared: undefined, foreign: undefined };
  return (await told(model.id, at)) ?? originsAbove(parents, at);
}

async function told(id: Hex, { reads, registry }: Place): Promise<Origins | undefined> {
  const node = await reads.node(registry, id);
  return node && { declared: node.declared, foreign: await reads.isForeign(registry, id) };
}

/** What a registry tells of the descent of some models together. */
export async function originsAbove(above: readonly Hex[], at: Place): Promise<Origins> {
  const parents = await Promise.all(above.map((id) => told(id, at)));
  const known = parents.length > 0 && parents.every((parent) => parent !== undefined);
  const any = (mark: keyof Origins) => parents.some((parent) => parent?.[mark]) || (known ? false : undefined);
  return { declared: any('declared'), foreign: any('foreign') };
}
