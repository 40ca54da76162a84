import { type Abi, type Address, type Hex, toFunctionSelector } from 'viem';
import { DescentError } from '../errors/DescentError.ts';
import { modelRegistryAbi, relayAbi } from '../generated/abi.ts';
import { decodeAnyShape } from '../model/anyShape.ts';
import { callWithin, type ProvedCall, type ProvedSegments, readProvedCalls } from './calldata.ts';
import type { CallFrame, ChainReads, SentTransaction } from './chainReads.ts';
import { type DecodedLog, decodeLogs, firstDifference } from './contractEvents.ts';
import { type ForeignStatement, readForeignCall } from './foreign.ts';
import type { DrawnSeed } from './programs/definition.ts';
import { ALL_DEFINITIONS } from './programs/definitions.ts';
import { PROGRAMS } from './programs/list.ts';
import { areToldBy } from './registered.ts';
import { resultId } from './statement.ts';

/** A registration as its transaction carries it; statement and proof are those of its last segment. */
export interface StoredEdge extends ProvedCall {
  /** all segments of a training edge in order, one of anything else */
  segments: ProvedSegments;
  /** of a foreign child: who vouches for its descent, and with what; its statement is that of its range */
  foreign?: ForeignMaking;
  trainer: Address;
  transaction: Hex;
  block: bigint;
}

/** How a foreign child came to be. */
interface ForeignMaking extends Pick<ForeignStatement, 'program' | 'parents' | 'foreignProof'> {
  /** as the registry's event names it */
  adapter?: Address;
}

/** What a call registers. */
interface FoundCall {
  segments: ProvedSegments;
  foreign?: ForeignMaking;
}

interface Registration {
  trainer: Address;
  transaction: Hex;
  block: bigint;
  drawn?: DrawnSeed;
  /** the registry's events of its block */
  events: DecodedLog[];
}

/** Whether the proof of an edge that was found holds with the keys that are here. */
export type Holds = (edge: StoredEdge) => Promise<boolean>;

/** Calls of the registry, and of its relay, that carry a proof of a model or a shard. */
const PROVED = [
  ...ALL_DEFINITIONS.filter(({ program }) => PROGRAMS[program].registers !== 'result').map(
    ({ functionName }): string => functionName,
  ),
  'mergeSparsely',
  'trainMany',
  'registerForeign',
];
/** A transaction may hold many calls, and each try takes time. */
const MAX_TRIES = 500;
const MAX_FRAMES = 5_000;
/** Each takes about a second to check. */
const MAX_PROOFS = 8;
/** Digits of the longest such call, and some more: a segment of a run takes about 4,000. */
const MAX_CALL = 1 << 20;

/**
 * The statement and proof that registered a model or shard, from its transaction: its own call data, what a relay or any
 * other contract carried, as far as the node or the call data shows it.
 * @param holds asked of calls that are only found somewhere in the call data. Whoever carries a registration can put
 * other calls of the same id beside it, which were never made; one whose proof does not hold says nothing of the model
 * @throws DescentError UNKNOWN_ID, NO_EVENTS, or NO_CALL_DATA where the proof cannot be read from the transaction
 */
export async function readStoredEdge(reads: ChainReads, registry: Address, id: Hex, holds: Holds): Promise<StoredEdge> {
  const found = (await findModel(reads, registry, id)) ?? (await findShard(reads, registry, id));
  if (found === undefined) {
    throw new DescentError(`The registry ${registry} knows neither a model nor a shard ${id}.`, {
      code: 'UNKNOWN_ID',
      exit: 'usage',
    });
  }
  const { drawn, events, ...rest } = found;
  const [sent, relay] = await Promise.all([reads.transaction(found.transaction), reads.relayOf(registry)]);
  const carriesIt: Reader = (call) => {
    const data = callWithin(call, registry, relay);
    return data && provedCall(data, id, drawn);
  };
  const made = carriesIt(sent) ?? searchTrace(await reads.trace(found.transaction), carriesIt);
  if (made !== undefined) return storedEdge(made, events, rest);
  let proofs = 0;
  for (const call of searchCallData(sent.input, [registry, relay], carriesIt)) {
    if (!isTold(events, call)) continue;
    if (++proofs > MAX_PROOFS) break;
    const edge = storedEdge(call, events, rest);
    if (await holds(edge)) return edge;
  }
  throw new DescentError(`The transaction ${found.transaction} registered ${id} through another contract.`, {
    code: 'NO_CALL_DATA',
    exit: 'chain',
    hint:
      `Its call data ${proofs === 0 ? 'does not hold the proof' : 'holds no proof of it that holds with the keys here'}, ` +
      'and this node does not trace transactions. ' +
      'Ask a node that offers debug_traceTransaction, or ask the trainer for the edge file.',
  });
}

function storedEdge(
  { segments, foreign }: FoundCall,
  events: readonly DecodedLog[],
  registration: Pick<StoredEdge, 'trainer' | 'transaction' | 'block'>,
): StoredEdge {
  const last = lastOf(segments);
  if (foreign === undefined) return { ...last, segments, ...registration };
  const adapter = foreignEvent(events, resultId(last.statement))?.args.adapter as Address | undefined;
  return { ...last, segments, foreign: { ...foreign, ...(adapter && { adapter }) }, ...registration };
}

/** Whether the registry's events say the same as a call that was found. */
function isTold(events: readonly DecodedLog[], { segments, foreign }: FoundCall): boolean {
  if (foreign === undefined) return areToldBy(events, segments);
  const { program, parents } = foreign;
  const said = foreignEvent(events, resultId(lastOf(segments).statement))?.args;
  return said !== undefined && firstDifference(pick(said), { program, parents }) === undefined;
}

const pick = ({ program, parents }: Record<string, unknown>) => ({ program, parents });

function foreignEvent(events: readonly DecodedLog[], id: Hex): DecodedLog | undefined {
  return events.find(({ name, args }) => name === 'Foreign' && String(args.child).toLowerCase() === id.toLowerCase());
}

function lastOf(segments: ProvedSegments): ProvedCall {
  return segments[segments.length - 1];
}

async function findModel(reads: ChainReads, registry: Address, id: Hex): Promise<Registration | undefined> {
  const node = await reads.node(registry, id);
  if (node === undefined) return undefined;
  const block = node.blockNumber;
  const events = decodeLogs(
    modelRegistryAbi,
    await reads.logs({ address: registry, topics: [], from: block, to: block }),
    registry,
  );
  const logs = events.filter(({ args }) => String(args.id).toLowerCase() === id.toLowerCase());
  const registered = logs.find(({ name }) => name === 'ModelRegistered');
  if (registered === undefined) throw noEvent(id, block);
  const seeded = logs.find(({ name }) => name === 'Seeded');
  const shape = decodeAnyShape(registered.args.shape as bigint);
  const drawn = seeded && { shape, seed: seeded.args.seed as bigint };
  const { transactionHash: transaction } = registered.log;
  return { trainer: node.trainer, block, transaction, events, ...(drawn && { drawn }) };
}

async function findShard(reads: ChainReads, registry: Address, id: Hex): Promise<Registration | undefined> {
  const shard = await reads.shard(registry, id);
  if (shard === undefined) return undefined;
  const block = shard.blockNumber;
  const logs = await reads.logs({ address: registry, topics: [], from: block, to: block });
  const events = decodeLogs(modelRegistryAbi, logs, registry);
  const event = events.find(
    ({ name, args }) => name === 'ShardRegistered' && String(args.id).toLowerCase() === id.toLowerCase(),
  );
  if (event === undefined) throw noEvent(id, block);
  return { trainer: shard.owner, block, transaction: event.log.transactionHash, events };
}

function noEvent(id: Hex, block: bigint): DescentError {
  return new DescentError(`The node has no events of block ${block}, in which ${id} was registered.`, {
    code: 'NO_EVENTS',
    exit: 'chain',
    hint: 'Ask a node that keeps old blocks (--rpc).',
  });
}

/** What of the call that these bytes begin with registers this id. */
function provedCall(data: Hex, id: Hex, drawn: DrawnSeed | undefined): FoundCall | undefined {
  const isIt = ({ segments }: FoundCall) => resultId(lastOf(segments).statement).toLowerCase() === id.toLowerCase();
  const foreign = readForeignCall(data);
  if (foreign !== undefined) {
    const { statement, ...made } = foreign.made;
    const call = { segments: [{ statement, proof: foreign.proof }], foreign: made };
    return isIt(call) ? call : undefined;
  }
  try {
    return readProvedCalls(data, drawn)
      .map((segments) => ({ segments }))
      .find(isIt);
  } catch {
    return undefined;
  }
}

type Reader = (call: SentTransaction) => FoundCall | undefined;

/** Looks through all calls of a transaction that were not undone. */
function searchTrace(top: CallFrame | undefined, carriesIt: Reader): FoundCall | undefined {
  const pending = top ? [top] : [];
  for (let k = 0; k < pending.length && k < MAX_FRAMES; k++) {
    const { type, to, input, error, calls } = pending[k];
    if (error !== undefined) continue;
    const call = type === 'CALL' && to !== undefined ? carriesIt({ to, input }) : undefined;
    if (call !== undefined) return call;
    pending.push(...(calls ?? []));
  }
  return undefined;
}

/** Looks for the call anywhere in the call data, where a wallet or a batch may have wrapped it; each that is found. */
function* searchCallData(
  input: Hex,
  [registry, relay]: readonly [registry: Address, relay: Address],
  carriesIt: Reader,
): Generator<FoundCall> {
  let tries = 0;
  for (const { to, selector } of [...selectorsOf(modelRegistryAbi, registry), ...selectorsOf(relayAbi, relay)]) {
    for (let at = input.indexOf(selector, 2); at >= 0; at = input.indexOf(selector, at + 1)) {
      // A byte is two digits.
      if (at % 2 !== 0) continue;
      if (++tries > MAX_TRIES) return;
      const call = carriesIt({ to, input: `0x${input.slice(at, at + MAX_CALL)}` });
      if (call !== undefined) yield call;
    }
  }
}

/** First four bytes of the calls that carry a proof, as digits. */
function selectorsOf(abi: Abi, to: Address): { to: Address; selector: string }[] {
  return abi
    .filter((entry) => entry.type === 'function')
    .filter(({ name }) => PROVED.includes(name))
    .map((entry) => ({ to, selector: toFunctionSelector(entry).slice(2) }));
}
