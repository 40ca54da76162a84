import type { Address, Hex } from 'viem';
import type { ShardShape } from '../model/shape.ts';
import type { PowersOnChain } from './opening.ts';
import type { FactKey } from './programs/definition.ts';

/** A node of the registry as it is stored. */
export interface NodeRecord {
  trainer: Address;
  /** contract's enum Kind: 1 seed, 2 import, 3 train, 4 merge, 5 foreign */
  kind: number;
  depth: bigint;
  blockNumber: bigint;
  declared: boolean;
  /** of the key that accepted it, from 1 */
  version: bigint;
}

export interface ShardRecord extends ShardShape {
  owner: Address;
  /** what its columns are said to mean */
  schema: Hex;
  blockNumber: bigint;
  /** of the key that accepted its proof, from 1 */
  version: bigint;
}

export interface SeedRequest {
  trainer: Address;
  seedBlock: bigint;
  used: boolean;
  shape: bigint;
  secretHash: Hex;
  /** hash of seedBlock, once it is stored; zero before */
  blockHash: Hex;
}

/** A segment of a training edge as it is stored. */
export interface TrainingRecord {
  shard: Hex;
  learningRate: bigint;
  batch: bigint;
  passes: bigint;
  smoothing: bigint;
}

/** A verification key as it is on record. */
export interface KeyRecord {
  /** the contract whose code is a zero byte and the key's words */
  pointer: Address;
  /** the time, in seconds, from which proofs are checked against it */
  countsFrom: bigint;
  keyHash: Hex;
  circuitHash: Hex;
}

/** An event as a node gives it. */
export interface ChainLog {
  address: Address;
  topics: readonly Hex[];
  data: Hex;
  blockNumber: bigint;
  logIndex: number;
  transactionHash: Hex;
}

/** What a scoreboard holds of a model on a shard beside the result. */
export interface MeasuresRecord {
  hasLoss: boolean;
  loss: bigint;
  hasAbsolute: boolean;
  absolute: bigint;
  countsHash: Hex;
  top: bigint;
}

/** A fact about rows as the audit keeps it. */
export interface FactRecord {
  prover: Address;
  blockNumber: bigint;
  /** of the key that accepted its proof, from 1 */
  version: bigint;
}

/** Which logs: of one contract, with these topics (null: any), from one block to another, both included. */
export interface LogFilter {
  address: Address;
  topics: readonly (Hex | null)[];
  from: bigint;
  /** the newest unless given */
  to?: bigint;
}

export interface SentTransaction {
  to: Address | null;
  input: Hex;
}

/** A call within a transaction, as geth's callTracer gives it. */
export interface CallFrame {
  type: string;
  to?: Address;
  input: Hex;
  error?: string;
  calls?: CallFrame[];
}

/**
 * What is asked of a node about edges. What does not exist is undefined; whatever else fails (the node does not answer, it
 * refuses) throws.
 */
export interface ChainReads {
  chainId: bigint;
  code(address: Address): Promise<Hex>;
  /** the registry of a scoreboard or of a contract of inferences, or undefined where the contract does not answer as one */
  registryOf(scoreboard: Address): Promise<Address | undefined>;
  /** the contract that checks a registry's proofs, or undefined where the contract does not answer as a registry */
  verifiersOf(registry: Address): Promise<Address | undefined>;
  relayOf(registry: Address): Promise<Address>;
  srs(verifiers: Address): Promise<PowersOnChain>;
  /** the version of the key that checks a program's proofs now */
  versionOf(verifiers: Address, program: number): Promise<bigint>;
  keyRecord(verifiers: Address, program: number, version: bigint): Promise<KeyRecord | undefined>;
  /** when a block was made, in seconds; undefined where the node does not have it */
  timeOf(block: bigint): Promise<bigint | undefined>;
  node(registry: Address, id: Hex): Promise<NodeRecord | undefined>;
  /** whether a program of another proof system made a node or any of its ancestors; false where there is no such node */
  isForeign(registry: Address, id: Hex): Promise<boolean>;
  /** the foreign program that made a node, 0 of others */
  foreignProgramOf(registry: Address, id: Hex): Promise<bigint>;
  /** the adapter of a registry's foreign program; undefined where there is none */
  adapterOf(registry: Address, program: bigint): Promise<Address | undefined>;
  parents(registry: Address, id: Hex): Promise<readonly Hex[]>;
  schemaOf(registry: Address, id: Hex): Promise<Hex>;
  shard(registry: Address, id: Hex): Promise<ShardRecord | undefined>;
  seedRequest(registry: Address, requestId: bigint): Promise<SeedRequest | undefined>;
  /** the hash of a block; undefined where the node does not have it, or while it is not made */
  hashOf(block: bigint): Promise<Hex | undefined>;
  /** how many segments the edge to a model has, zero where it is no training edge */
  segmentsOf(registry: Address, id: Hex): Promise<bigint>;
  training(registry: Address, id: Hex, segment: bigint): Promise<TrainingRecord>;
  result(scoreboard: Address, model: Hex, shard: Hex): Promise<{ prover: Address; value: bigint } | undefined>;
  /** who recorded an inference first, or undefined where nobody did */
  inferredBy(inferences: Address, model: Hex, inputs: Hex, outputs: Hex): Promise<Address | undefined>;
  /** the best that was proved beside the result; `top` for so many places */
  measures(scoreboard: Address, model: Hex, shard: Hex, k: number): Promise<MeasuresRecord>;
  /** who showed a fact about rows first */
  fact(audit: Address, key: FactKey): Promise<FactRecord | undefined>;
  logs(filter: LogFilter): Promise<ChainLog[]>;
  transaction(hash: Hex): Promise<SentTransaction>;
  /** the calls of a transaction, or undefined where the node has no debug_traceTransaction */
  trace(hash: Hex): Promise<CallFrame | undefined>;
}
