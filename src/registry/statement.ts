import {
  type Address,
  concat,
  encodeAbiParameters,
  type Hex,
  keccak256,
  numberToHex,
  stringToHex,
  zeroHash,
} from 'viem';
import type { Point, ProofPoints, ProofSignals } from '../argument/types.ts';
import { NUMBERING } from '../generated/numbering.ts';
import { MAX_PARENTS, packCoefficients } from '../model/merge.ts';
import { encodeSegment, encodeShape, encodeShard, type ShardShape } from '../model/shape.ts';
import { R } from '../numbers/field.ts';

/** Numbers of the programs (protocol section 2). */
export const PROGRAMS = { data: 1, seed: 2, train: 3, import: 4, merge: 5, score: 6 } as const;
export type Program = keyof typeof PROGRAMS;

const { outputs: OUTPUTS, digests: DIGESTS } = NUMBERING.shared;

/** keccak256("descent.statement.v2") */
export const DOMAIN = keccak256(stringToHex('descent.statement.v2'));

/** The schema of rows or models of which none is stated. */
export const NO_SCHEMA: Hex = zeroHash;
/** keccak256("descent.schema.mixed"): the schema of a merge whose parents have different ones */
export const MIXED_SCHEMA = keccak256(stringToHex('descent.schema.mixed'));

/** A committed shard is well formed. What its columns mean is stated, not proved. */
export interface DataStatement {
  program: 'data';
  shard: ShardShape;
  /** 32 bytes, the hash of what the columns are said to mean; `NO_SCHEMA` where nothing is stated */
  schema: Hex;
  commitment: Point;
}

/** A committed model has exactly the weights that the seed determines. */
export interface SeedStatement {
  program: 'seed';
  /** The request on chain that the seed belongs to. */
  requestId: bigint;
  /** n_0 .. n_L */
  widths: number[];
  seed: bigint;
  commitment: Point;
}

/** The child is the parent after one run over the shard. */
export interface TrainStatement {
  program: 'train';
  /** n_0 .. n_L */
  widths: number[];
  parent: Point;
  shard: ShardShape;
  shardCommitment: Point;
  /** 1..2^16, in units of 2^-8 on the mean gradient of a batch */
  learningRate: number;
  /** rows per step, a power of two */
  batch: number;
  child: Point;
}

/** A committed model has weights in range and zero padding. Where they come from is declared, not proved. */
export interface ImportStatement {
  program: 'import';
  /** n_0 .. n_L */
  widths: number[];
  commitment: Point;
  /** SHA-256 of the file that the weights are said to come from */
  source: Hex;
  /** 32 bytes, the hash of what inputs and outputs are said to mean; `NO_SCHEMA` where nothing is stated */
  schema: Hex;
}

/** The child is the rounded sum of its parents, each layer with its own coefficients. */
export interface MergeStatement {
  program: 'merge';
  /** n_0 .. n_L */
  widths: number[];
  child: Point;
  /** 2..8, the first line's first */
  parents: Point[];
  /** [layer 1..L][parent], integers over 2^14 in (-2^17, 2^17) */
  coefficients: number[][];
}

/** The model has this result on the shard; its registry is the scoreboard. */
export interface ScoreStatement {
  program: 'score';
  /** n_0 .. n_L */
  widths: number[];
  model: Point;
  shard: ShardShape;
  shardCommitment: Point;
  /** classes: rows proved right; regression: sum of squared errors, 2 * fa fraction bits */
  result: bigint;
}

export type Statement =
  | DataStatement
  | SeedStatement
  | TrainStatement
  | ImportStatement
  | MergeStatement
  | ScoreStatement;

/** Where and by whom a statement is claimed: a proof is worth nothing elsewhere or to anyone else. */
export interface Origin {
  chainId: bigint;
  /** the contract that the proof is sent to: the registry, for scores the scoreboard */
  registry: Address;
  /** the sender of the transaction */
  trainer: Address;
}

/** The public parameter signals of a program, in order. @throws InputError for sizes that no circuit takes */
export function parametersOf(statement: Statement): bigint[] {
  switch (statement.program) {
    case 'data':
      return [encodeShard(statement.shard)];
    case 'seed':
      return [encodeShape(statement.widths), statement.seed];
    case 'train': {
      const segment = { lr: statement.learningRate, batch: statement.batch };
      return [encodeShape(statement.widths), encodeSegment(segment, statement.shard)];
    }
    case 'import':
      return [encodeShape(statement.widths)];
    case 'merge':
      return [encodeShape(statement.widths), ...packCoefficients(statement.coefficients)];
    case 'score':
      return [encodeShape(statement.widths), encodeShard(statement.shard), statement.result];
  }
}

/** What h_0 binds and the circuit does not read, in order (protocol section 2). @throws InputError as `parametersOf` */
export function extraOf(statement: Statement): bigint[] {
  switch (statement.program) {
    case 'data':
      return [BigInt(statement.schema)];
    case 'seed':
      return [statement.requestId];
    case 'train':
      return [encodeShard(statement.shard)];
    case 'import':
      return [BigInt(statement.source), BigInt(statement.schema)];
    // All that they say is in the parameters and commitments.
    case 'merge':
    case 'score':
      return [];
  }
}

/** The commitments that the statement opens, in the program's opening order; undefined for an absent parent. */
export function oraclesOf(statement: Statement): (Point | undefined)[] {
  switch (statement.program) {
    case 'train':
      return [statement.parent, statement.child, statement.shardCommitment];
    case 'merge':
      return [statement.child, ...Array.from({ length: MAX_PARENTS }, (_, i) => statement.parents[i])];
    case 'score':
      return [statement.model, statement.shardCommitment];
    default:
      return [statement.commitment];
  }
}

/** The same as h_0 binds them: an absent parent is the point at infinity, (0, 0). */
export function commitmentsOf(statement: Statement): Point[] {
  return oraclesOf(statement).map((point) => point ?? { x: 0n, y: 0n });
}

/** h_0 (protocol section 2). */
export function statementDigest(origin: Origin, statement: Statement): bigint {
  const bound = [...parametersOf(statement), ...extraOf(statement)];
  return digest(origin, PROGRAMS[statement.program], bound, commitmentsOf(statement));
}

/** h_0 from its raw parts: the twin of `Statement.digest`. @param parameters those of the circuit and the extra ones */
export function digest(
  { chainId, registry, trainer }: Origin,
  program: number,
  parameters: readonly bigint[],
  commitments: readonly Point[],
): bigint {
  return fieldFromHash(
    encodeAbiParameters(
      [
        { type: 'bytes32' },
        { type: 'uint256' },
        { type: 'address' },
        { type: 'address' },
        { type: 'uint256' },
        { type: 'uint256[]' },
        { type: 'uint256[]' },
      ],
      [DOMAIN, chainId, registry, trainer, BigInt(program), parameters, commitments.flatMap(({ x, y }) => [x, y])],
    ),
  );
}

/** h_k = keccak256(abi.encode(h_(k-1), x, y of each point)) mod r. */
export function nextDigest(previous: bigint, points: readonly Point[]): bigint {
  return fieldFromHash(words([previous, ...points.flatMap(({ x, y }) => [x, y])]));
}

/** h_0 .. h_5 of a proof. */
export function digestsOf(h0: bigint, points: ProofPoints): bigint[] {
  const sent = [
    [points.trace],
    [points.helper],
    [points.rows],
    [points.columns, points.quotient],
    [points.columns2, points.quotient2],
  ];
  const h = [h0];
  for (const message of sent) h.push(nextDigest(h[h.length - 1], message));
  return h;
}

/** The circuit's public signals: six outputs, h_0 .. h_5, the program's parameters. */
export function publicSignals(
  signals: ProofSignals,
  digests: readonly bigint[],
  parameters: readonly bigint[],
): bigint[] {
  return [...OUTPUTS.names.map((name) => signals[name]), ...digests, ...parameters];
}

/** All public signals of a claimed statement, as the contract makes them. */
export function signalsOf(
  origin: Origin,
  statement: Statement,
  proof: { points: ProofPoints; signals: ProofSignals },
): bigint[] {
  const h = digestsOf(statementDigest(origin, statement), proof.points);
  return publicSignals(proof.signals, h, parametersOf(statement));
}

/** kappa: keccak256 of the words h_5, every public signal, pi.x, pi.y, modulo r. */
export function kappaOf(all: readonly bigint[], opening: Point): bigint {
  const h5 = all[OUTPUTS.count + DIGESTS.columns2];
  return fieldFromHash(words([h5, ...all, opening.x, opening.y]));
}

/** The seed of a request: keccak256(abi.encode(hash of the seed's block, trainer, requestId)) mod r. */
export function seedFrom(blockHash: Hex, trainer: Address, requestId: bigint): bigint {
  return fieldFromHash(
    encodeAbiParameters(
      [{ type: 'bytes32' }, { type: 'address' }, { type: 'uint256' }],
      [blockHash, trainer, requestId],
    ),
  );
}

function words(values: readonly bigint[]): Hex {
  return concat(values.map((value) => numberToHex(value, { size: 32 })));
}

function fieldFromHash(data: Hex): bigint {
  return BigInt(keccak256(data)) % R;
}
