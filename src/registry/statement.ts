import { type Address, concat, encodeAbiParameters, type Hex, keccak256, numberToHex, stringToHex } from 'viem';
import { chunkBits, chunkSignals } from '../argument/chunkPoint.ts';
import { digestOf } from '../argument/transcript.ts';
import type { Commitment, Point, Proof, ProofPoints, ProofSignals } from '../argument/types.ts';
import { mod, R } from '../numbers/field.ts';
import type { Subject } from './programs/definition.ts';
import { definitionOf, type Statement } from './programs/definitions.ts';
import { CIRCUITS, type Circuit, circuitOf, type Program } from './programs/list.ts';

/** keccak256("descent.statement.v3") */
export const DOMAIN = keccak256(stringToHex('descent.statement.v3'));

/** Where and by whom a statement is claimed: a proof is worth nothing elsewhere or to anyone else. */
export interface StatementContext {
  chainId: bigint;
  /** the contract that the proof is sent to: the registry, for scores the scoreboard, for inferences that of inferences */
  registry: Address;
  /** the sender of the transaction */
  trainer: Address;
}

/** A statement as `IVerifiers` takes it. */
export interface Claim {
  parameters: bigint[];
  extra: bigint[];
  /** all chunks of the oracles that the statement opens, in opening order */
  commitments: Point[];
  /** how many chunks each of them has, 8 bits each, the first lowest; 0 for an absent parent */
  chunks: bigint;
}

/** What a statement names. @throws InputError for sizes that no circuit takes */
export function subjectOf(statement: Statement): Subject {
  return definitionOf(statement).subject(statement);
}

/** Id of what a statement registers: a shard, a model or a result. @throws InputError as `subjectOf` */
export function resultId(statement: Statement): Hex {
  return subjectOf(statement).id;
}

/** The circuit that proves a statement, which decides about its key and its number. */
export function circuitFor(statement: Statement): Circuit {
  if (statement.program === 'merge' && statement.sparse !== undefined) return 'sparseMerge';
  return circuitOf(statement.program, 'network' in statement && statement.network !== undefined);
}

/**
 * Checks all that follows from the statement alone: sizes, shapes of model and shard, chunks of commitments, rates, parents,
 * the range of a result. What breaks one of these rules was never registered and never will be.
 * @throws InputError naming what does not fit
 */
export function checkStatement(statement: Statement): void {
  definitionOf(statement).check(statement);
}

/**
 * The public parameters of a program, in order: those that h_0 binds, then those that it does not.
 * @throws InputError for sizes that no circuit takes
 */
export function parametersOf(statement: Statement): bigint[] {
  return [...boundParametersOf(statement), ...(definitionOf(statement).late?.(statement) ?? [])];
}

/** Those of them that h_0 binds: all but the last two of a score. @throws InputError as `parametersOf` */
export function boundParametersOf(statement: Statement): bigint[] {
  return definitionOf(statement).parameters(statement);
}

/** What h_0 binds and the circuit does not read, in order (protocol section 2). @throws InputError as `parametersOf` */
export function extraOf(statement: Statement): bigint[] {
  return definitionOf(statement).extra(statement);
}

/** The commitments that the statement opens, in the program's opening order; without points for an absent parent. */
export function oraclesOf(statement: Statement): Commitment[] {
  return definitionOf(statement).oracles(statement);
}

/** Whether proofs of a program open the tables of functions (protocol section 1), behind trace and helper. */
export function opensTables(program: Program): boolean {
  return program === 'train' || program === 'score';
}

/** All their points in order, as h_0 binds them. */
export function commitmentsOf(statement: Statement): Point[] {
  return oraclesOf(statement).flat();
}

/** A statement as the contracts check it. @throws InputError as `parametersOf` */
export function claimOf(statement: Statement): Claim {
  const oracles = oraclesOf(statement);
  return {
    parameters: parametersOf(statement),
    extra: extraOf(statement),
    commitments: oracles.flat(),
    chunks: oracles.reduce((packed, points, k) => packed | (BigInt(points.length) << BigInt(8 * k)), 0n),
  };
}

/** h_0 (protocol section 2). */
export function statementDigest(context: StatementContext, statement: Statement): bigint {
  const bound = [...boundParametersOf(statement), ...extraOf(statement)];
  return digest(context, CIRCUITS[circuitFor(statement)], bound, commitmentsOf(statement));
}

/** h_0 from its raw parts: the twin of `Statement.digest`. @param parameters those of the circuit that it binds, and the extra ones */
export function digest(
  { chainId, registry, trainer }: StatementContext,
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
      [DOMAIN, chainId, registry, trainer, BigInt(program), parameters, coordinatesOf(commitments)],
    ),
  );
}

/** keccak256 of plain 32-byte words, modulo r: how h_k and fold are made (protocol section 2). */
export function hashWords(values: readonly bigint[]): bigint {
  return fieldFromHash(words(values));
}

/** h_k = keccak256(h_(k-1), x and y of each point) mod r. */
export function nextDigest(previous: bigint, points: readonly Point[]): bigint {
  return fieldFromHash(words([previous, ...coordinatesOf(points)]));
}

/** h_0 .. h_5 of a proof. */
export function digestsOf(h0: bigint, points: ProofPoints): bigint[] {
  const sent = [points.trace, points.helper, [points.rows], [points.columns, points.quotient], [points.quotient2]];
  const h = [h0];
  for (const message of sent) h.push(nextDigest(h[h.length - 1], message));
  return h;
}

/**
 * The circuit's signals sigma: its outputs, h_0 .. h_5, the program's parameters.
 * @param bits b, from the chunks of all vectors of the proof: whoever judges it computes b and takes it from nobody
 * @throws RangeError unless the proof says b coordinates of the chunk
 */
export function circuitSignals(
  { eta, gamma, theta, gamma2, z, e2, chunk }: ProofSignals,
  bits: number,
  digests: readonly bigint[],
  parameters: readonly bigint[],
): bigint[] {
  return [eta, gamma, theta, gamma2, z, e2, ...chunkSignals(chunk, bits), ...digests, ...parameters];
}

/** b of a proof of the statement: how many coordinates name a chunk of its longest vector (protocol section 4). */
export function chunkBitsOf(statement: Statement, { trace, helper }: Pick<ProofPoints, 'trace' | 'helper'>): number {
  return chunkBits([...oraclesOf(statement), trace, helper].map(({ length }) => length));
}

/** The signals sigma of a claimed statement, as the contract makes them. @throws RangeError as `circuitSignals` */
export function signalsOf(
  context: StatementContext,
  statement: Statement,
  proof: Pick<Proof, 'points'> & { challenges: ProofSignals },
): bigint[] {
  const h = digestsOf(statementDigest(context, statement), proof.points);
  return circuitSignals(proof.challenges, chunkBitsOf(statement, proof.points), h, parametersOf(statement));
}

/** c of the signals, as the circuit computes it: Poseidon over sigma. The contracts are given it. */
export function signalDigest(signals: readonly bigint[]): bigint {
  return digestOf(signals);
}

/** fold = keccak256(c, sigma) mod r. */
export function foldOf(c: bigint, signals: readonly bigint[]): bigint {
  return fieldFromHash(words([c, ...signals]));
}

/** v = sum sigma_i fold^i. */
export function foldedValue(signals: readonly bigint[], fold: bigint): bigint {
  return signals.reduceRight((v, signal) => mod(v * fold + signal), 0n);
}

/** Groth16's public signals c, v, fold. @param c `challenges.digest` of a proof */
export function publicSignals(c: bigint, signals: readonly bigint[]): [c: bigint, v: bigint, fold: bigint] {
  const fold = foldOf(c, signals);
  return [c, foldedValue(signals, fold), fold];
}

/** What kappa binds of one proof: the words w_n of protocol section 4. */
export interface JoinedProof {
  fold: bigint;
  groth16: readonly bigint[];
  opening: Point;
}

/** kappa, which joins the equations of all proofs of one call. */
export function kappaOf(proofs: readonly JoinedProof[]): bigint {
  return fieldFromHash(words(proofs.flatMap(({ fold, groth16, opening }) => [fold, ...groth16, opening.x, opening.y])));
}

/** The hash of a secret that a request for a seed holds. @param secret 32 bytes */
export function secretHash(secret: Hex): Hex {
  return keccak256(secret);
}

/** The seed of a request: keccak256(abi.encode(hash of the seed's block, trainer, requestId, secret)) mod r. */
export function seedFrom(blockHash: Hex, trainer: Address, requestId: bigint, secret: Hex): bigint {
  return fieldFromHash(
    encodeAbiParameters(
      [{ type: 'bytes32' }, { type: 'address' }, { type: 'uint256' }, { type: 'bytes32' }],
      [blockHash, trainer, requestId, secret],
    ),
  );
}

function coordinatesOf(points: readonly Point[]): bigint[] {
  return points.flatMap(({ x, y }) => [x, y]);
}

function words(values: readonly bigint[]): Hex {
  return concat(values.map((value) => numberToHex(value, { size: 32 })));
}

function fieldFromHash(data: Hex): bigint {
  return BigInt(keccak256(data)) % R;
}
