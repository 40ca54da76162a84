import { type Address, type Hex, type Log, parseEventLogs, zeroAddress } from 'viem';
import { DescentError } from '../../src/errors/DescentError.ts';
import { nodeAnswer } from '../../src/errors/nodeAnswer.ts';
import { modelRegistryAbi, scoreboardAbi } from '../../src/generated/abi.ts';
import { type AnyShape, decodeAnyShape } from '../../src/model/anyShape.ts';
import type { ShardShape } from '../../src/model/shape.ts';
import { methodText } from '../../src/model/sparse/methodText.ts';
import { shardKindOf } from '../../src/registry/programs/data.ts';
import type { Training } from '../../src/registry/programs/definition.ts';
import { NODE_KINDS, type NodeKind } from '../../src/registry/programs/list.ts';
import { type Chain, shortMessage } from './client.ts';
import { type LogOptions, noEvents, readGas, readLogs, readLogsOfModel } from './readLogs.ts';

/** A node of the tree with the edge that made it, as the chain's events tell it. */
export interface ModelNode {
  id: Hex;
  kind: NodeKind;
  trainer: Address;
  /** Edges to the seed or import. */
  depth: number;
  shape: AnyShape;
  /** The first one; undefined for a seed or import. */
  parent: Hex | undefined;
  /** How a merge node came to be. */
  /** `method` in words, of a merge by TIES or DARE */
  merge: { parents: readonly Hex[]; coefficients: readonly (readonly number[])[]; method?: string } | undefined;
  /** How a foreign node came to be: what vouches that it follows from its parents. */
  foreign: ForeignMaking | undefined;
  /** Whether a foreign program made it or an ancestor, as far as the events that were read tell. */
  isForeign: boolean;
  /** SHA-256 of the file that an import is said to come from. */
  source: Hex | undefined;
  /** How a train node came to be, segment by segment; empty for others. */
  trainings: readonly (Training & { shard: Hex })[];
  transaction: Hex;
  block: number;
  /** Gas of the transaction that registered it. */
  gas: number;
}

/** A foreign program and what it is said to have made a model of. */
export interface ForeignMaking {
  program: number;
  adapter: Address;
  parents: readonly Hex[];
}

export interface StoredShard extends ShardShape {
  id: Hex;
  owner: Address;
  /** What its columns are said to mean; zero where nothing is stated. */
  schema: Hex;
}

/** All nodes, in the order of their registration. @throws DescentError (chain) */
export async function readTree(chain: Chain, registry: Address, options: LogOptions = {}): Promise<ModelNode[]> {
  return translateErrors(async () => {
    const logs = await readLogs(chain, registry, { ...options, registry });
    return nodesOf(chain, logs);
  });
}

async function nodesOf(chain: Chain, logs: Log[]): Promise<ModelNode[]> {
  const events = parseEventLogs({ abi: modelRegistryAbi, logs, strict: true });
  const named = <N extends (typeof events)[number]['eventName']>(name: N) =>
    events.filter((event): event is Extract<typeof event, { eventName: N }> => event.eventName === name);
  const registered = named('ModelRegistered');
  const edges = grouped(named('Trained').map(({ args }) => args));
  const merges = new Map(named('Merged').map(({ args }) => [args.child, args]));
  const methods = new Map(named('MergedSparsely').map(({ args }) => [args.child, args.method]));
  const foreigners = new Map(named('Foreign').map(({ args }) => [args.child, args]));
  const marked = new Set<Hex>();
  const sources = new Map(named('Declared').map(({ args }) => [args.id, args.source]));
  const gas = await readGas(chain, [...new Set(registered.map((event) => event.transactionHash!))]);
  return registered.map(({ args, transactionHash, blockNumber }): ModelNode => {
    const segments = edges.get(args.id) ?? [];
    const merge = merges.get(args.id);
    const foreign = foreigners.get(args.id);
    // Parents come first.
    const above = merge?.parents ?? segments.slice(0, 1).map(({ parent }) => parent);
    if (foreign !== undefined || above.some((id) => marked.has(id))) marked.add(args.id);
    return {
      id: args.id,
      kind: NODE_KINDS[args.kind],
      trainer: args.trainer,
      depth: Number(args.depth),
      shape: decodeAnyShape(args.shape),
      parent: segments[0]?.parent ?? merge?.firstParent ?? foreign?.parents[0],
      merge: merge && {
        parents: merge.parents,
        coefficients: merge.coefficients,
        method: methodOf(methods.get(args.id), merge.parents.length - 1),
      },
      foreign: foreign && {
        program: Number(foreign.program),
        adapter: foreign.adapter,
        parents: foreign.parents,
      },
      isForeign: marked.has(args.id),
      source: sources.get(args.id),
      trainings: segments.map(({ shard, learningRate, batch, passes, smoothing }) => ({
        shard,
        learningRate: Number(learningRate),
        batch: Number(batch),
        passes: Number(passes),
        smoothing: Number(smoothing),
      })),
      transaction: transactionHash!,
      block: Number(blockNumber),
      gas: gas.get(transactionHash!)!,
    };
  });
}

/** The method of a merge by TIES or DARE in words; undefined of other merges. */
function methodOf(method: Hex | undefined, tasks: number): string | undefined {
  return method === undefined ? undefined : methodText(method, tasks);
}

/** One node with its place in the tree, or undefined. @throws DescentError (chain) */
export async function readModel(chain: Chain, registry: Address, id: Hex) {
  return translateErrors(async () => {
    const call = { address: registry, abi: modelRegistryAbi } as const;
    const node = await chain.client.readContract({ ...call, functionName: 'node', args: [id] });
    if (node.trainer === zeroAddress) return undefined;
    const logs = await readLogsOfModel(chain, registry, id, node.blockNumber);
    const found = await nodesOf(chain, logs);
    if (found.length === 0) throw noEvents(id, node.blockNumber);
    const schema = await chain.client.readContract({ ...call, functionName: 'schemaOf', args: [id] });
    const isForeign = await chain.client.readContract({ ...call, functionName: 'isForeign', args: [id] });
    const [changed] = parseEventLogs({ abi: modelRegistryAbi, logs, eventName: 'SchemaChanged' });
    const children: Hex[] = [];
    for (let cursor: Hex = `0x${'0'.repeat(64)}`; ; ) {
      const [page, next] = await chain.client.readContract({
        ...call,
        functionName: 'children',
        args: [id, cursor, 100n],
      });
      children.push(...page);
      if (BigInt(next) === 0n) break;
      cursor = next;
    }
    const registeredAt = new Date(Number(node.timestamp) * 1000).toISOString();
    return {
      ...found[0],
      isForeign,
      declared: node.declared,
      registeredAt,
      children,
      schema,
      schemaOfParent: changed?.args.from,
    };
  });
}

/** The segments of the edge to a model, as the registry stores them; none where it is no training edge. @throws DescentError (chain) */
export async function readTrainings(chain: Chain, registry: Address, id: Hex): Promise<(Training & { shard: Hex })[]> {
  return translateErrors(async () => {
    const call = { address: registry, abi: modelRegistryAbi } as const;
    const count = await chain.client.readContract({ ...call, functionName: 'segmentsOf', args: [id] });
    const trainings: (Training & { shard: Hex })[] = [];
    for (let segment = 0n; segment < count; segment++) {
      const stored = await chain.client.readContract({ ...call, functionName: 'trainingOf', args: [id, segment] });
      const { shard, learningRate, batch, passes, smoothing } = stored;
      const numbers = { learningRate: Number(learningRate), batch: Number(batch), passes: Number(passes) };
      trainings.push({ shard, ...numbers, smoothing: Number(smoothing) });
    }
    return trainings;
  });
}

/** Whether a node has this id. @throws DescentError (chain) */
export async function isModel(chain: Chain, registry: Address, id: Hex): Promise<boolean> {
  return translateErrors(async () => {
    const call = { address: registry, abi: modelRegistryAbi, functionName: 'kindOf', args: [id] } as const;
    return (await chain.client.readContract(call)) !== 0;
  });
}

/** One shard, or undefined. @throws DescentError (chain) */
export async function readShard(chain: Chain, registry: Address, id: Hex): Promise<StoredShard | undefined> {
  return translateErrors(async () => {
    const shard = await chain.client.readContract({
      address: registry,
      abi: modelRegistryAbi,
      functionName: 'shard',
      args: [id],
    });
    if (shard.owner === zeroAddress) return undefined;
    return {
      id,
      owner: shard.owner,
      schema: shard.schema,
      inputs: Number(shard.inputs),
      outputs: Number(shard.outputs),
      rows: Number(shard.rows),
      kind: shardKindOf(shard.kind),
    };
  });
}

/** A model's result on a shard, or undefined. @throws DescentError (chain) */
export async function readResult(
  chain: Chain,
  scoreboard: Address,
  model: Hex,
  shard: Hex,
): Promise<{ prover: Address; value: bigint; modelSchema: Hex; shardSchema: Hex } | undefined> {
  return translateErrors(async () => {
    const call = { address: scoreboard, abi: scoreboardAbi, functionName: 'resultOf', args: [model, shard] } as const;
    const result = await chain.client.readContract(call);
    return result.prover === zeroAddress ? undefined : result;
  });
}

/** Errors of the node as one of ours; ours as they are. */
export async function translateErrors<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    if (cause instanceof DescentError) throw cause;
    const { says, hint } = nodeAnswer(cause);
    throw new DescentError(['The registry could not be read.', says].join(' ').trim(), {
      cause,
      details: shortMessage(cause),
      code: 'READ_FAILED',
      exit: 'chain',
      ...(hint && { hint }),
    });
  }
}

/** Events by the child that they are of, in their order. */
function grouped<E extends { child: Hex }>(events: readonly E[]): Map<Hex, E[]> {
  const groups = new Map<Hex, E[]>();
  for (const event of events) groups.set(event.child, [...(groups.get(event.child) ?? []), event]);
  return groups;
}
