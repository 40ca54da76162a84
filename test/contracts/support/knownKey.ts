// Proofs for a Groth16 key whose secrets are known: no circuit is needed, and none is shown to hold. What a contract checks
// of them is what it checks of real ones.
import type { Address } from 'viem';
import type { Commitment, Proof, ProofPoints, ProofSignals } from '../../../src/argument/types.ts';
import { inverse, mod, power } from '../../../src/numbers/field.ts';
import { circuitSignals, digest, digestsOf, publicSignals } from '../../../src/registry/statement.ts';
import { keyOfWords, type VerificationKey } from '../../../src/registry/verificationKey.ts';
import {
  C,
  C2,
  chunkWeight,
  chunkWords,
  elements,
  g2PointOf,
  type Opened,
  pointOf,
  type Sizes,
  TABLES,
  TAU,
  valueAtTau,
} from './knownTau.ts';

/** Scalars behind the points of a key: IC_k is inputs[k] times the generator. */
export interface KeySecrets {
  alpha: bigint;
  beta: bigint;
  delta: bigint;
  inputs: readonly bigint[];
}

export interface KnownKey {
  secrets: KeySecrets;
  /** the 18 words that contracts keep */
  words: bigint[];
  key: VerificationKey;
}

export function knownKey(seed: bigint): KnownKey {
  const [alpha, beta, delta, ...inputs] = elements(seed, 7);
  return keyOfSecrets({ alpha, beta, delta, inputs });
}

export function keyOfSecrets(secrets: KeySecrets): KnownKey {
  const g1 = (scalar: bigint) => {
    const { x, y } = pointOf(scalar);
    return [x, y];
  };
  const { alpha, beta, delta, inputs } = secrets;
  const words = [...g1(alpha), ...g2PointOf(beta), ...g2PointOf(delta), ...inputs.flatMap(g1)];
  return { secrets, words, key: keyOfWords(words) };
}

export const TEST_KEY = knownKey(77n);

/** Where, by whom and for which program a statement is made. */
export interface Maker {
  chainId: bigint;
  registry: Address;
  trainer: Address;
  program: number;
}

/** A statement with its commitments by oracle: an absent parent of a merge has none. */
export interface Stated {
  parameters: bigint[];
  extra: bigint[];
  oracles: Commitment[];
}

/**
 * How many of a program's parameters, the last ones, h_0 does not bind: of a score, x and the counts at x, of an inference x and what is
 * public at x, of disjoint r and the record at r.
 */
export function lateOf(program: number): number {
  if ([12, 13].includes(program)) return 3;
  return [6, 11, 14].includes(program) ? 2 : 0;
}

/** The contract's struct. */
export function claimArgument({ parameters, extra, oracles }: Stated) {
  const chunks = oracles.reduce((packed, points, o) => packed | (BigInt(points.length) << BigInt(8 * o)), 0n);
  return { parameters, extra, commitments: oracles.flat(), chunks };
}

/** A Groth16 proof of three public signals, by the key's secrets. @param seed decides A and B */
export function simulatedGroth16(
  { alpha, beta, delta, inputs }: KeySecrets,
  signals: readonly bigint[],
  seed: bigint,
): bigint[] {
  const [a, b] = elements(seed, 2);
  const input = [1n, ...signals].reduce((sum, signal, k) => sum + signal * inputs[k], 0n);
  const c = mod(mod(a * b - alpha * beta - input) * inverse(delta));
  const [A, C3] = [pointOf(a), pointOf(c)];
  return [A.x, A.y, ...g2PointOf(b), C3.x, C3.y];
}

/** c, v and fold of a statement with these commitments and challenges, for as many coordinates of the chunk as these name. */
export function publicSignalsOf(maker: Maker, stated: Stated, points: ProofPoints, signals: ProofSignals, c: bigint) {
  const { parameters, extra, oracles } = stated;
  const bound = parameters.slice(0, parameters.length - lateOf(maker.program));
  const h0 = digest(maker, maker.program, [...bound, ...extra], oracles.flat());
  return publicSignals(c, circuitSignals(signals, signals.chunk.length - 1, digestsOf(h0, points), parameters));
}

/** The whole proof around an opening: Groth16 holds for exactly this statement, these points and challenges. */
export function proofAround(
  maker: Maker,
  stated: Stated,
  { points, signals }: Opened,
  { seed, key = TEST_KEY }: { seed: bigint; key?: KnownKey },
): Proof {
  const [c] = elements(seed + 50n, 1);
  const groth16 = simulatedGroth16(key.secrets, publicSignalsOf(maker, stated, points, signals, c), seed);
  return { groth16, points, challenges: { ...signals, digest: c } };
}

/**
 * An opening by scalars alone: every point is a known multiple of the generator. Quick, where polynomials do not matter.
 * @param oracles [oracle][chunk] scalars of the statement's commitments
 * @param words what is said of chunks, if not as many words as there have to be
 */
export function openScalars(
  oracles: readonly (readonly bigint[])[],
  seed: bigint,
  sizes: Sizes = {},
  words?: bigint[],
): Opened {
  const [eta, gamma, theta, gamma2, z, e2, rows, columns, quotient2] = elements(seed, 9);
  const trace = elements(seed + 1n, sizes.trace ?? 1);
  const helper = elements(seed + 2n, sizes.helper ?? 1);
  const counts = [...oracles, trace, helper].map(({ length }) => length);
  const chunk = words ?? chunkWords(seed + 50n, counts);
  const tables = sizes.tables ? [[valueAtTau(TABLES)]] : [];
  const g = [...oracles, trace, helper, ...tables].reduce(
    (sum, chunks, o) =>
      chunks.reduce((part, s, h) => mod(part + s * power(eta, BigInt(o)) * chunkWeight(chunk, h)), sum),
    0n,
  );
  const over = (value: bigint, divisor: bigint) => mod(mod(value) * inverse(mod(divisor)));
  const points: ProofPoints = {
    trace: trace.map(pointOf),
    helper: helper.map(pointOf),
    rows: pointOf(rows),
    columns: pointOf(columns),
    quotient: pointOf(over(g - columns, power(TAU, BigInt(C)) - gamma)),
    quotient2: pointOf(quotient2),
    opening: pointOf(over(rows + theta * columns - (power(z, BigInt(C2)) - gamma2) * quotient2 - e2, TAU - z)),
  };
  return { points, signals: { eta, gamma, theta, gamma2, z, e2, chunk } };
}
