import type { Hex } from 'viem';
import type { Commitment, Proof } from '../../argument/types.ts';
import { type AnyShape, encodeAnyShape, formatShape, isNetworkShape } from '../../model/anyShape.ts';
import type { Head } from '../../model/head.ts';
import type { Measures } from '../../model/measures.ts';
import type { Network } from '../../model/network.ts';
import { encodeShard, type ShardShape } from '../../model/shape.ts';
import { modelId, shardId } from '../ids.ts';
import type { JsonReader } from '../jsonReader.ts';
import type { Program } from './list.ts';
import type { CallArgument, ProofArgument, RegistryCall, TargetCall, TargetFunction } from './targets.ts';

/** What a statement says of its model's shape: widths n_0 .. n_L and head of a perceptron, or a convolutional network. */
export type ShapeFields =
  | { widths: number[]; head: Head; network?: undefined }
  | { network: Network; widths?: undefined; head?: undefined };

/** What the registry drew for a seed: a call only names the request. */
export interface DrawnSeed {
  shape: AnyShape;
  seed: bigint;
}

/** A model that a statement names. */
export interface NamedModel {
  id: Hex;
  commitment: Commitment;
  shape: AnyShape;
}

/** A shard that a statement names. */
export interface NamedShard {
  id: Hex;
  commitment: Commitment;
  shape: ShardShape;
}

/** What a fact about a shard's rows is kept under: it and another shard, the hash of a record, or a dataset. */
export interface FactKey {
  about: 'disjoint' | 'absent' | 'subset';
  shard: Hex;
  other: Hex;
}

/** How a model was trained on one shard: the integers of a segment. */
export interface Training {
  /** 1..2^16, in units of 2^-12 on the mean gradient of a batch, times the batch */
  learningRate: number;
  /** rows per step, a power of two */
  batch: number;
  /** times that the shard was gone through, a power of two */
  passes: number;
  /** target of a wrong class in units of 2^-11; 0 with squared error */
  smoothing: number;
}

/** What a statement names, for whoever looks it up on a chain, compares files with it or tells people of it. */
export interface Subject {
  /** of what it registers: a shard, a model, a result or a fact about rows */
  id: Hex;
  /** the model that it makes or scores; none of a shard */
  model?: NamedModel;
  /** the shard that it registers, trains on or scores on */
  shard?: NamedShard;
  /** further shards that its rows are compared with */
  others?: readonly NamedShard[];
  /** of a fact about rows, under what the audit keeps it */
  fact?: FactKey;
  /** ids of the parents of a model, the first one first */
  parents: readonly Hex[];
  /** what its columns are said to mean, where the statement itself says so */
  schema?: Hex;
  /** of a model that was trained: the integers of the statement */
  training?: Training;
  /** of a score */
  measures?: Measures;
  /** that the chain drew the seed of a model for */
  request?: { id: bigint; seed: bigint; secret: Hex };
}

/** An event of a contract, or a part of one. */
export interface StatedEvent {
  name: string;
  args: Record<string, unknown>;
}

/** A field of a struct that is signed (EIP-712). */
export interface RequestField {
  name: string;
  type: string;
}

/**
 * All that the library knows of a program, besides its argument and its circuit. Functions that read or derive throw InputError
 * for sizes that no circuit takes.
 */
export interface ProgramDefinition<S extends { program: Program }> {
  program: S['program'];

  /** The public parameter signals of the circuit that h_0 binds, in order. */
  parameters(statement: S): bigint[];
  /** Those behind them that h_0 does not bind, since they are known only later (protocol section 2). */
  late?(statement: S): bigint[];
  /** What h_0 binds and the circuit does not read, in order (protocol section 2). */
  extra(statement: S): bigint[];
  /** The commitments that the statement opens, in the program's opening order; without points for an absent parent. */
  oracles(statement: S): Commitment[];
  subject(statement: S): Subject;
  /** What is printed of an edge file besides id, context and keys, by its name. */
  facts(statement: S): Record<string, unknown>;
  /** What a proof of it does not show, as a sentence. */
  leavesOpen(statement: S): string;

  /**
   * What a contract refuses whatever its state and whatever the proof. The contracts' errors of the same meaning stand beside
   * each rule. @throws InputError naming what does not fit
   */
  check(statement: S): void;
  /** Fields of the statement that an edge file does not spell as they are. */
  written?(statement: S): Record<string, unknown>;
  /** The statement in an edge file that anyone may have written. @throws FileFormatError naming the place */
  read(file: JsonReader): S;

  /** The function that takes its proof. */
  functionName: TargetFunction;
  call(statement: S, proof: ProofArgument): RegistryCall;
  /** The inverse of `call`. @returns undefined for a call of another function @throws FileFormatError for a seed that nobody drew */
  decode(call: TargetCall, drawn: DrawnSeed | undefined): { statement: S; proof: Proof } | undefined;

  /** What a wallet says of the request, in at most 30 characters. This and the next two: where the relay carries proofs of it. */
  intent?: string;
  /** What a trainer signs for the relay, besides registry, trainer, nonce and deadline. Models and shards stand there by their ids. */
  requestFields?: readonly RequestField[];
  request?(statement: S): Record<string, CallArgument>;

  /** The event of the contract that says it, as far as the statement alone decides it. */
  event(statement: S): StatedEvent;
}

/** What a proof leaves open of a model that was made of others. */
export const ONLY_FOLLOWS = 'That the result is good: only that it follows from what it names.';

/** The shape that a statement speaks of. */
export function shapeOf({ network, widths, head }: ShapeFields): AnyShape {
  return network ?? { widths, head };
}

/** The same as a statement has it. */
export function shapeFields(shape: AnyShape): ShapeFields {
  return isNetworkShape(shape) ? { network: shape } : { widths: [...shape.widths], head: shape.head };
}

/** What is printed of a shape. */
export function shapeFacts(fields: ShapeFields): Record<string, unknown> {
  const shape = shapeOf(fields);
  return { [isNetworkShape(shape) ? 'network' : 'widths']: formatShape(shape), head: shape.head };
}

export function namedModel(commitment: Commitment, fields: ShapeFields): NamedModel {
  const shape = shapeOf(fields);
  return { id: modelId(commitment, encodeAnyShape(shape)), commitment, shape };
}

export function namedShard(commitment: Commitment, shape: ShardShape): NamedShard {
  return { id: shardId(commitment, encodeShard(shape)), commitment, shape };
}
