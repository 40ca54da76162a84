// What a registry says of a model and all that it descends from, as papers about it tell.
import type { Address, Hex } from 'viem';
import { modelRegistryAbi, verifiersAbi } from '../../../src/generated/abi.ts';
import { type AnyShape, isNetworkShape } from '../../../src/model/anyShape.ts';
import { acceptingKey } from '../../../src/registry/checkVerifier.ts';
import { clientReads, unlessRefused } from '../../../src/registry/clientReads.ts';
import type { Training } from '../../../src/registry/programs/definition.ts';
import { type Circuit, circuitOf, type NodeKind } from '../../../src/registry/programs/list.ts';
import type { Chain } from '../../chain/client.ts';
import type { LogOptions } from '../../chain/readLogs.ts';
import { type ForeignMaking, type ModelNode, readTree, translateErrors } from '../../chain/readRegistry.ts';

/** Where a registry stands. */
export interface Place {
  chainId: number;
  registry: Address;
  /** Whether any of its keys is for development: then anybody can forge its proofs. */
  devKeys: boolean;
}

/** How a model came to be, as the registry has it. */
export interface EdgeFacts {
  id: Hex;
  program: NodeKind;
  /** all of them, in the order of the statement */
  parents: readonly Hex[];
  trainings: readonly (Training & { shard: Hex })[];
  coefficients: readonly (readonly number[])[] | undefined;
  foreign: ForeignMaking | undefined;
  isForeign: boolean;
  /** SHA-256 of the file that an import is said to come from */
  source: Hex | undefined;
  shape: AnyShape;
  trainer: Address;
  depth: number;
  transaction: Hex;
  block: number;
  /** seconds */
  registeredAt: number;
  /** of the key that accepted the proof; null where the registry does not tell */
  key: { version: number; keyHash: Hex | null };
}

/** A model with everything above it. */
export interface LineageFacts {
  place: Place;
  /** The model first, then its ancestors, nearest first. */
  edges: [EdgeFacts, ...EdgeFacts[]];
  /** ancestors of which no event was read */
  unread: number;
  /** Origins that are imports: where their numbers come from is declared. */
  declared: boolean;
  foreign: boolean;
  /** all shards of all trainings, in the order of the edges */
  shards: Hex[];
}

/** Nodes that are asked about at once. */
const AT_ONCE = 8;

/** @throws DescentError (chain) */
export async function readPlace(chain: Chain, registry: Address): Promise<Place & { verifiers: Address }> {
  const reads = clientReads(chain.client, chain.id);
  return translateErrors(async () => {
    const verifiers = (await reads.verifiersOf(registry))!;
    const call = { address: verifiers, abi: verifiersAbi, functionName: 'devKeys' } as const;
    return { chainId: chain.id, registry, verifiers, devKeys: await chain.client.readContract(call) };
  });
}

/** All models of a registry, by id. @throws DescentError (chain) */
export async function readNodes(
  chain: Chain,
  registry: Address,
  options: LogOptions = {},
): Promise<Map<Hex, ModelNode>> {
  return new Map((await readTree(chain, registry, options)).map((node) => [node.id, node]));
}

/** The parents of a model, all of them. */
export function parentsOf({ merge, foreign, parent }: ModelNode): readonly Hex[] {
  return merge?.parents ?? foreign?.parents ?? (parent === undefined ? [] : [parent]);
}

/**
 * A model's lineage; undefined where the registry does not know the model.
 * @throws DescentError (chain)
 */
export async function readLineageFacts(
  chain: Chain,
  registry: Address,
  id: Hex,
  nodes: ReadonlyMap<Hex, ModelNode>,
): Promise<LineageFacts | undefined> {
  if (!nodes.has(id)) return undefined;
  const { verifiers, ...place } = await readPlace(chain, registry);
  const seen = new Set([id]);
  const found: ModelNode[] = [];
  // A set is walked in the order in which it grows.
  for (const at of seen) {
    const node = nodes.get(at);
    if (node === undefined) continue;
    found.push(node);
    for (const parent of parentsOf(node)) seen.add(parent);
  }
  const keys = new Map<string, Promise<Hex | null>>();
  const edges: EdgeFacts[] = [];
  for (let k = 0; k < found.length; k += AT_ONCE) {
    const some = found.slice(k, k + AT_ONCE);
    edges.push(...(await Promise.all(some.map((node) => edgeOf(chain, { registry, verifiers }, node, keys)))));
  }
  const [first, ...above] = edges;
  return {
    place,
    edges: [first, ...above],
    unread: seen.size - found.length,
    declared: edges.some(({ program }) => program === 'import'),
    foreign: edges.some(({ program }) => program === 'foreign'),
    shards: [...new Set(edges.flatMap(({ trainings }) => trainings.map(({ shard }) => shard)))],
  };
}

async function edgeOf(
  chain: Chain,
  { registry, verifiers }: { registry: Address; verifiers: Address },
  node: ModelNode,
  keys: Map<string, Promise<Hex | null>>,
): Promise<EdgeFacts> {
  const { id, kind, trainings, merge, foreign, isForeign, source, shape, trainer, depth, transaction, block } = node;
  const call = { address: registry, abi: modelRegistryAbi, functionName: 'node', args: [id] } as const;
  return translateErrors(async () => {
    const record = await chain.client.readContract(call);
    const version = Number(record.version);
    // What a foreign program makes is proved to be in range as an import is.
    const ofKind = circuitOf(kind === 'foreign' || kind === 'none' ? 'import' : kind, isNetworkShape(shape));
    const circuit = merge?.method === undefined ? ofKind : 'sparseMerge';
    const name = `${circuit} ${version}`;
    const hash = keys.get(name) ?? hashOfKey(chain, verifiers, circuit, record.version);
    keys.set(name, hash);
    return {
      id,
      program: kind,
      parents: parentsOf(node),
      trainings,
      coefficients: merge?.coefficients,
      foreign,
      isForeign,
      source: kind === 'import' ? source : undefined,
      shape,
      trainer,
      depth,
      transaction,
      block,
      registeredAt: Number(record.timestamp),
      key: { version, keyHash: await hash },
    };
  });
}

async function hashOfKey(chain: Chain, verifiers: Address, circuit: Circuit, version: bigint): Promise<Hex | null> {
  const reads = clientReads(chain.client, chain.id);
  const found = await unlessRefused(acceptingKey(reads, verifiers, circuit, { version }));
  return found === undefined || typeof found === 'string' ? null : found.keyHash;
}

/** A model's name in files of other formats. */
export function urnOf(
  { chainId, registry }: Place,
  what: 'model' | 'shard' | 'dataset' | 'benchmark',
  id: Hex,
): string {
  return `urn:descent:eip155:${chainId}:${registry}:${what}:${id}`;
}
