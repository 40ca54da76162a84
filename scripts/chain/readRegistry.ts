import { type Address, type Hex, zeroAddress } from 'viem';
import { DescentError } from '../../src/errors/DescentError.ts';
import { modelRegistryAbi, scoreboardAbi } from '../../src/generated/abi.ts';
import { decodeShape, type ShardShape } from '../../src/model/shape.ts';
import { type Chain, shortMessage } from './client.ts';

/** Names of the contract's enum Kind, in its order. */
const KINDS = ['none', 'seed', 'root', 'train', 'merge'] as const;
export type NodeKind = (typeof KINDS)[number];

/** A node of the tree with the edge that made it, as the chain's events tell it. */
export interface ModelNode {
  id: Hex;
  kind: NodeKind;
  trainer: Address;
  /** Edges to the seed or root. */
  depth: number;
  /** Real widths n_0..n_L. */
  widths: number[];
  /** The first one; undefined for a seed or root. */
  parent: Hex | undefined;
  /** How a merge node came to be. */
  merge: { parents: readonly Hex[]; coefficients: readonly (readonly number[])[] } | undefined;
  /** SHA-256 of the file that a root is said to come from. */
  source: Hex | undefined;
  /** How a train node came to be. */
  training: { shard: Hex; learningRate: number; batch: number } | undefined;
  transaction: Hex;
  block: number;
  /** Gas of the transaction that registered it. */
  gas: number;
}

export interface StoredShard extends ShardShape {
  id: Hex;
  owner: Address;
}

const RECEIPTS_AT_ONCE = 16;

/** All nodes from a block on, in the order of their registration. @throws DescentError (chain) */
export async function readTree(chain: Chain, registry: Address, fromBlock: bigint): Promise<ModelNode[]> {
  return translateErrors(async () => {
    const query = { address: registry, abi: modelRegistryAbi, fromBlock, strict: true } as const;
    const [registered, trained, merged, declared] = await Promise.all([
      chain.client.getContractEvents({ ...query, eventName: 'ModelRegistered' }),
      chain.client.getContractEvents({ ...query, eventName: 'Trained' }),
      chain.client.getContractEvents({ ...query, eventName: 'Merged' }),
      chain.client.getContractEvents({ ...query, eventName: 'Declared' }),
    ]);
    const edges = new Map(trained.map(({ args }) => [args.child, args]));
    const merges = new Map(merged.map(({ args }) => [args.child, args]));
    const sources = new Map(declared.map(({ args }) => [args.id, args.source]));
    const gas = await readGas(chain, [...new Set(registered.map((event) => event.transactionHash))]);
    return registered.map(({ args, transactionHash, blockNumber }): ModelNode => {
      const edge = edges.get(args.id);
      const merge = merges.get(args.id);
      return {
        id: args.id,
        kind: KINDS[args.kind],
        trainer: args.trainer,
        depth: Number(args.depth),
        widths: decodeShape(args.shape),
        parent: edge?.parent ?? merge?.firstParent,
        merge: merge && { parents: merge.parents, coefficients: merge.coefficients },
        source: sources.get(args.id),
        training: edge && {
          shard: edge.shard,
          learningRate: Number(edge.learningRate),
          batch: Number(edge.batch),
        },
        transaction: transactionHash,
        block: Number(blockNumber),
        gas: gas.get(transactionHash)!,
      };
    });
  });
}

/** One node with its place in the tree, or undefined. @throws DescentError (chain) */
export async function readModel(chain: Chain, registry: Address, id: Hex) {
  return translateErrors(async () => {
    const call = { address: registry, abi: modelRegistryAbi } as const;
    const node = await chain.client.readContract({ ...call, functionName: 'node', args: [id] });
    if (node.trainer === zeroAddress) return undefined;
    const [found] = (await readTree(chain, registry, node.blockNumber)).filter((other) => other.id === id);
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
    return { ...found, registeredAt: new Date(Number(node.timestamp) * 1000).toISOString(), children };
  });
}

/** Whether a node has this id. @throws DescentError (chain) */
export async function isModel(chain: Chain, registry: Address, id: Hex): Promise<boolean> {
  return translateErrors(async () => {
    const call = { address: registry, abi: modelRegistryAbi, functionName: 'kindOf', args: [id] } as const;
    return (await chain.client.readContract(call)) !== 0;
  });
}

/** Whether a root above a model is only declared; undefined for no model. @throws DescentError (chain) */
export async function isDeclared(chain: Chain, registry: Address, id: Hex): Promise<boolean | undefined> {
  return translateErrors(async () => {
    const call = { address: registry, abi: modelRegistryAbi, functionName: 'node', args: [id] } as const;
    const { trainer, declared } = await chain.client.readContract(call);
    return trainer === zeroAddress ? undefined : declared;
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
      inputs: Number(shard.inputs),
      outputs: Number(shard.outputs),
      rows: Number(shard.rows),
      kind: shard.kind === 1 ? 'classes' : 'regression',
    };
  });
}

/** A model's result on a shard, or undefined. @throws DescentError (chain) */
export async function readResult(
  chain: Chain,
  scoreboard: Address,
  model: Hex,
  shard: Hex,
): Promise<{ prover: Address; value: bigint } | undefined> {
  return translateErrors(async () => {
    const call = { address: scoreboard, abi: scoreboardAbi, functionName: 'resultOf', args: [model, shard] } as const;
    const result = await chain.client.readContract(call);
    return result.prover === zeroAddress ? undefined : result;
  });
}

async function readGas(chain: Chain, hashes: Hex[]): Promise<Map<Hex, number>> {
  const gas = new Map<Hex, number>();
  for (let k = 0; k < hashes.length; k += RECEIPTS_AT_ONCE) {
    const some = hashes.slice(k, k + RECEIPTS_AT_ONCE);
    const receipts = await Promise.all(some.map((hash) => chain.client.getTransactionReceipt({ hash })));
    for (const receipt of receipts) gas.set(receipt.transactionHash, Number(receipt.gasUsed));
  }
  return gas;
}

/** Errors of the node as one of ours; ours as they are. */
export async function translateErrors<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    if (cause instanceof DescentError) throw cause;
    throw new DescentError('The registry could not be read.', {
      cause,
      details: shortMessage(cause),
      code: 'READ_FAILED',
      exit: 'chain',
    });
  }
}
