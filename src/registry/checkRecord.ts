import type { Address, Hex } from 'viem';
import { modelRegistryAbi, scoreboardAbi } from '../generated/abi.ts';
import { encodeShape, encodeShard, type ShardShape } from '../model/shape.ts';
import type { ChainLog, ChainReads, LogFilter, NodeRecord, ShardRecord } from './chainReads.ts';
import type { Check } from './check.ts';
import type { Acceptance, Moment } from './checkVerifier.ts';
import { type DecodedLog, decodeLogs, firstDifference, topicsOf } from './contractEvents.ts';
import type { Edge } from './edge.ts';
import { modelId, parentIds, resultId, shardId } from './ids.ts';
import type { ScoreStatement, SeedStatement, Statement } from './statement.ts';

/** Values of the contract's enum Kind. */
const KINDS = ['none', 'seed', 'import', 'train', 'merge'];

/** Where an edge is looked up. */
export interface Place {
  reads: ChainReads;
  registry: Address;
  /** the contract that the edge was sent to: the registry, for a score the scoreboard */
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

/** Looks an edge up: its record, and its own event word for word. */
export async function findRegistration(edge: Edge, place: Place): Promise<Registration> {
  const { statement } = edge;
  if (statement.program === 'data') return findShard(edge, statement.shard, place);
  if (statement.program === 'score') return findScore(edge, statement, place);
  return findModel(edge, place);
}

async function findModel(edge: Edge, { reads, registry }: Place): Promise<Registration> {
  const { statement, origin } = edge;
  const id = resultId(statement);
  const node = await reads.node(registry, id);
  if (node === undefined) return unregistered('model', id);
  const kind = KINDS.indexOf(statement.program);
  const claimed = parentIds(statement);
  const [stored, schema, logs] = await Promise.all([
    reads.parents(registry, id),
    reads.schemaOf(registry, id),
    logsOf(reads, { address: registry, topics: [], from: node.blockNumber, to: node.blockNumber }),
  ]);
  const record = ((): Check => {
    const about = 'record';
    if (node.kind !== kind) {
      const says = `The registry holds ${id} as a node of kind ${KINDS[node.kind]}, not ${statement.program}.`;
      return { about, holds: false, says };
    }
    if (lower(stored) !== lower(claimed)) {
      const names = (ids: readonly string[]) => ids.join(', ') || 'no parent';
      return { about, holds: false, says: `The registry names ${names(stored)}, not ${names(claimed)}.` };
    }
    if (statement.program === 'import' && schema !== statement.schema) {
      return { about, holds: false, says: `The registry holds the schema ${schema}, not ${statement.schema}.` };
    }
    return sameSender(`model ${id}`, node.trainer, origin.trainer);
  })();
  const depth = await depthOf(statement, { reads, registry, contract: registry });
  const { check, moment } = checkEvents(expectedOfModel(edge, id, kind, depth ?? node.depth), logs, registry, node);
  return {
    checks: [record, check],
    isRegistered: true,
    acceptance: { version: node.version, ...(moment && { moment }) },
    block: node.blockNumber,
  };
}

/** One more than the first parent's, where that one is registered. */
async function depthOf(statement: Statement, { reads, registry }: Place): Promise<bigint | undefined> {
  const [parent] = parentIds(statement);
  if (parent === undefined) return 0n;
  const node = await reads.node(registry, parent);
  return node && node.depth + 1n;
}

type Expected = { name: string; args: Record<string, unknown> }[];

function expectedOfModel({ statement, origin }: Edge, id: Hex, kind: number, depth: bigint): Expected {
  const { program } = statement;
  if (program === 'data' || program === 'score') return [];
  const commitment = program === 'train' || program === 'merge' ? statement.child : statement.commitment;
  const shape = encodeShape(statement.widths);
  const registered = {
    name: 'ModelRegistered',
    args: { id, trainer: origin.trainer, kind, depth, shape, commitment },
  };
  return [registered, ownEventOf(statement)];
}

/** The event that the registry emits of a statement alone; of a shard without its owner. @throws RangeError of a score */
export function ownEventOf(statement: Statement): Expected[number] {
  const id = resultId(statement);
  const [firstParent] = parentIds(statement);
  switch (statement.program) {
    case 'data': {
      const { shard, schema, commitment } = statement;
      return { name: 'ShardRegistered', args: { id, descriptor: encodeShard(shard), schema, commitment } };
    }
    case 'seed':
      return { name: 'Seeded', args: { id, requestId: statement.requestId, seed: statement.seed } };
    case 'import':
      return { name: 'Declared', args: { id, source: statement.source } };
    case 'train': {
      const { learningRate, batch } = statement;
      const shard = shardId(statement.shardCommitment, encodeShard(statement.shard));
      return { name: 'Trained', args: { child: id, parent: firstParent, shard, learningRate, batch } };
    }
    case 'merge': {
      const { coefficients } = statement;
      return { name: 'Merged', args: { child: id, firstParent, parents: parentIds(statement), coefficients } };
    }
    case 'score':
      throw new RangeError('a result is no event of the registry');
  }
}

async function findShard(edge: Edge, claimed: ShardShape, { reads, registry }: Place): Promise<Registration> {
  const { statement, origin } = edge;
  if (statement.program !== 'data') throw new RangeError('not a shard');
  const id = resultId(statement);
  const stored = await reads.shard(registry, id);
  if (stored === undefined) return unregistered('shard', id);
  const { blockNumber } = stored;
  const logs = await logsOf(reads, { address: registry, topics: [], from: blockNumber, to: blockNumber });
  const isOther = stored.schema !== statement.schema;
  const difference = isOther ? `schema ${stored.schema}, not ${statement.schema}` : shapeDifference(stored, claimed);
  const record: Check =
    difference === undefined
      ? sameSender(`shard ${id}`, stored.owner, origin.trainer)
      : { about: 'record', holds: false, says: `The registry says of shard ${id}: ${difference}.` };
  const { name, args } = ownEventOf(statement);
  const expected = [{ name, args: { ...args, owner: origin.trainer } }];
  const { check, moment } = checkEvents(expected, logs, registry, stored);
  return {
    checks: [record, check],
    isRegistered: true,
    acceptance: moment ? { moment } : {},
    block: blockNumber,
  };
}

/** Results are replaced by better ones, but the event of each stays. */
async function findScore(
  { origin }: Edge,
  statement: ScoreStatement,
  { reads, registry, contract }: Place,
): Promise<Registration> {
  const model = modelId(statement.model, encodeShape(statement.widths));
  const shard = shardId(statement.shardCommitment, encodeShard(statement.shard));
  const [node, modelSchema, stored, best] = await Promise.all([
    reads.node(registry, model),
    reads.schemaOf(registry, model),
    reads.shard(registry, shard),
    reads.result(contract, model, shard),
  ]);
  if (best === undefined || node === undefined || stored === undefined)
    return unregistered('result', resultId(statement));
  const from = node.blockNumber > stored.blockNumber ? node.blockNumber : stored.blockNumber;
  const topics = topicsOf(scoreboardAbi, 'Scored', { model, shard });
  const found = decodeLogs(scoreboardAbi, await logsOf(reads, { address: contract, topics, from }), contract);
  const said = { prover: origin.trainer, result: statement.result, rows: statement.shard.rows };
  const args = { model, shard, ...said, modelSchema, shardSchema: stored.schema };
  const own = found.find((event) => firstDifference(event.args, args) === undefined);
  const isBest = best.value === statement.result && sameAddress(best.prover, origin.trainer);
  if (own === undefined) {
    const says = isBest
      ? 'The scoreboard holds this result, but the node gives no event that says the same.'
      : `The scoreboard holds another result, ${best.value}, proved by ${best.prover}.`;
    return {
      checks: [
        { about: 'record', holds: isBest ? true : 'open', says },
        { about: 'event', holds: 'open', says: 'The node gives no event of this result.' },
      ],
      isRegistered: isBest,
      acceptance: {},
    };
  }
  const block = own.log.blockNumber;
  const now = isBest ? 'It is the best by now.' : `The best by now is ${best.value}, proved by ${best.prover}.`;
  return {
    checks: [
      { about: 'record', holds: true, says: `The scoreboard accepted this result in block ${block}. ${now}` },
      { about: 'event', holds: true, says: `Its event in block ${block} says the same, word for word.` },
    ],
    isRegistered: true,
    acceptance: { moment: momentOf(own.log) },
    block,
  };
}

/** Nodes refuse questions for logs more often than any other: then there are none, and what they would say is open. */
async function logsOf(reads: ChainReads, filter: LogFilter): Promise<ChainLog[]> {
  return reads.logs(filter).catch(() => []);
}

function unregistered(what: 'model' | 'shard' | 'result', id: Hex): Registration {
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
function checkEvents(
  expected: Expected,
  logs: readonly ChainLog[],
  registry: Address,
  { blockNumber }: { blockNumber: bigint },
): { check: Check; moment?: Moment } {
  const about = 'event';
  const decoded = decodeLogs(modelRegistryAbi, logs, registry).filter(({ log }) => log.blockNumber === blockNumber);
  const where = `in block ${blockNumber}`;
  let last: ChainLog | undefined;
  for (const { name, args } of expected) {
    const subject = Object.keys(args)[0];
    const event = decoded.find((other) => other.name === name && lower(other.args[subject]) === lower(args[subject]));
    if (event === undefined) {
      return { check: { about, holds: 'open', says: `The node gives no event ${name} of it ${where}.` } };
    }
    if (last !== undefined && event.log.transactionHash !== last.transactionHash) {
      return { check: { about, holds: 'open', says: `The node gives its events ${where} by two transactions.` } };
    }
    last = event.log;
    const difference = firstDifference(event.args, args);
    if (difference !== undefined) {
      const { name: argument, found, expected: claimed } = difference;
      const says = `The event ${name} ${where} says ${argument} ${found}; the edge says ${claimed}.`;
      return { check: { about, holds: false, says }, moment: momentOf(event.log) };
    }
  }
  const names = expected.map(({ name }) => name).join(' and ');
  const words = expected.length === 1 ? `Its event ${names} ${where} says` : `Its events ${names} ${where} say`;
  return {
    check: { about, holds: true, says: `${words} the same, word for word.` },
    ...(last && { moment: momentOf(last) }),
  };
}

function momentOf({ blockNumber, logIndex }: DecodedLog['log']): Moment {
  return { block: blockNumber, logIndex };
}

function sameSender(what: string, stored: Address, claimed: Address): Check {
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
export async function checkShard(
  statement: Statement,
  { reads, registry }: Place,
  isRegistered: boolean,
): Promise<Check> {
  if (statement.program !== 'train' && statement.program !== 'score') throw new RangeError('an edge without a shard');
  const about = 'shard';
  const id = shardId(statement.shardCommitment, encodeShard(statement.shard));
  const stored: ShardRecord | undefined = await reads.shard(registry, id);
  if (stored === undefined) {
    const says = `The registry does not hold its shard ${id}: nobody proved that its rows are well formed.`;
    return { about, holds: 'open', says: isRegistered ? `${says} The node contradicts itself.` : says };
  }
  const difference = shapeDifference(stored, statement.shard);
  return difference === undefined
    ? { about, holds: true, says: `The registry holds its shard ${id}, of ${stored.owner}.` }
    : { about, holds: false, says: `The registry says of its shard ${id}: ${difference}.` };
}

/** Whether the chain drew the seed for the trainer and the shape that the edge names. */
export async function checkRequest(
  { widths, requestId, seed }: SeedStatement,
  trainer: Address,
  { reads, registry }: Place,
  isRegistered: boolean,
): Promise<Check> {
  const about = 'request';
  const request = await reads.seedRequest(registry, requestId);
  const no = (says: string): Check => ({ about, holds: false, says });
  if (request === undefined) return no(`Nobody asked the registry for seed ${requestId}: the chain did not draw it.`);
  if (!sameAddress(request.trainer, trainer)) {
    return no(`Seed request ${requestId} is of ${request.trainer}, not of ${trainer}.`);
  }
  if (request.shape !== encodeShape(widths)) {
    return no(`Seed request ${requestId} is for another shape than ${widths.join('-')}.`);
  }
  if (isRegistered) {
    return request.used
      ? { about, holds: true, says: `Seed request ${requestId} is of its trainer and shape, and it is used.` }
      : { about, holds: 'open', says: `Seed request ${requestId} is not used. The node contradicts itself.` };
  }
  if (request.used) return no(`Seed request ${requestId} has made another model.`);
  const drawn = await reads.seedOf(registry, requestId);
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

function sameAddress(a: Address, b: Address): boolean {
  return lower(a) === lower(b);
}

function lower(value: unknown): string {
  return String(value).toLowerCase();
}

/** Whether an import above a model is only declared; undefined where the registry does not hold it. */
export async function isDeclared({ statement }: Edge, { reads, registry }: Place): Promise<boolean | undefined> {
  const { program } = statement;
  if (program === 'data') return undefined;
  const ids = program === 'score' ? [modelId(statement.model, encodeShape(statement.widths))] : [resultId(statement)];
  const nodes: (NodeRecord | undefined)[] = await Promise.all(ids.map((id) => reads.node(registry, id)));
  if (nodes[0] !== undefined) return nodes[0].declared;
  const parents = await Promise.all(parentIds(statement).map((id) => reads.node(registry, id)));
  if (parents.some((node) => node?.declared)) return true;
  return parents.length > 0 && parents.every((node) => node !== undefined) ? false : undefined;
}
