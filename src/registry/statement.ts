import { type Address, concat, encodeAbiParameters, type Hex, keccak256, numberToHex, stringToHex } from 'viem';
import type { Point, ProofPoints, ProofSignals } from '../argument/types.ts';
import { NUMBERING } from '../generated/numbering.ts';
import { R } from '../numbers/field.ts';
import type { Subject } from './programs/definition.ts';
import { definitionOf, type Statement } from './programs/definitions.ts';
import { PROGRAMS } from './programs/list.ts';

const { outputs: OUTPUTS, digests: DIGESTS } = NUMBERING.shared;

/** keccak256("descent.statement.v2") */
export const DOMAIN = keccak256(stringToHex('descent.statement.v2'));

/** Where and by whom a statement is claimed: a proof is worth nothing elsewhere or to anyone else. */
export interface StatementContext {
  chainId: bigint;
  /** the contract that the proof is sent to: the registry, for scores the scoreboard */
  registry: Address;
  /** the sender of the transaction */
  trainer: Address;
}

/** What a statement names. @throws InputError for sizes that no circuit takes */
export function subjectOf(statement: Statement): Subject {
  return definitionOf(statement).subject(statement);
}

/** Id of what a statement registers: a shard, a model or a result. @throws InputError as `subjectOf` */
export function resultId(statement: Statement): Hex {
  return subjectOf(statement).id;
}

/**
 * Checks all that follows from the statement alone: sizes, shapes of model and shard, rates, parents, the range of a result.
 * What breaks one of these rules was never registered and never will be.
 * @throws InputError naming what does not fit
 */
export function checkStatement(statement: Statement): void {
  definitionOf(statement).check(statement);
}

/** The public parameter signals of a program, in order. @throws InputError for sizes that no circuit takes */
export function parametersOf(statement: Statement): bigint[] {
  return definitionOf(statement).parameters(statement);
}

/** What h_0 binds and the circuit does not read, in order (protocol section 2). @throws InputError as `parametersOf` */
export function extraOf(statement: Statement): bigint[] {
  return definitionOf(statement).extra(statement);
}

/** The commitments that the statement opens, in the program's opening order; undefined for an absent parent. */
export function oraclesOf(statement: Statement): (Point | undefined)[] {
  return definitionOf(statement).oracles(statement);
}

/** The same as h_0 binds them: an absent parent is the point at infinity, (0, 0). */
export function commitmentsOf(statement: Statement): Point[] {
  return oraclesOf(statement).map((point) => point ?? { x: 0n, y: 0n });
}

/** h_0 (protocol section 2). */
export function statementDigest(context: StatementContext, statement: Statement): bigint {
  const bound = [...parametersOf(statement), ...extraOf(statement)];
  return digest(context, PROGRAMS[statement.program].id, bound, commitmentsOf(statement));
}

/** h_0 from its raw parts: the twin of `Statement.digest`. @param parameters those of the circuit and the extra ones */
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
  context: StatementContext,
  statement: Statement,
  proof: { points: ProofPoints; signals: ProofSignals },
): bigint[] {
  const h = digestsOf(statementDigest(context, statement), proof.points);
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
