// Groth16 verification keys as data: what contracts hold of them. gamma is the generator of G2 in every key.
import { concat, type Hex, keccak256, numberToHex } from 'viem';
import type { Point } from '../argument/types.ts';
import { FileFormatError } from '../errors/FileFormatError.ts';
import { G2_GENERATOR, type G2Words, isG2Point, isPoint } from './points.ts';

/** c, v and fold: every program has as many public signals. */
export const PUBLIC_SIGNALS = 3;
/** alpha (2), beta (4), delta (4), IC_0 .. IC_3 (8). */
export const KEY_WORDS = 18;

export interface VerificationKey {
  alpha: Point;
  beta: G2Words;
  delta: G2Words;
  /** IC_0 .. IC_3 */
  IC: readonly Point[];
}

/** The words that contracts keep: alpha, beta, delta, IC_0 .. IC_3; points of G2 as x1, x0, y1, y0. */
export function keyWords({ alpha, beta, delta, IC }: VerificationKey): bigint[] {
  return [...[alpha].flatMap(coordinates), ...beta, ...delta, ...IC.flatMap(coordinates)];
}

/** keccak256 of the words, by which files and contracts name a key. */
export function keyHash(key: VerificationKey): Hex {
  return keccak256(keyData(key));
}

/** The words one after the other, 576 bytes. */
export function keyData(key: VerificationKey): Hex {
  return concat(keyWords(key).map((word) => numberToHex(word, { size: 32 })));
}

/** The key of these words. @throws FileFormatError unless they are 18 and all points finite points of their groups */
export function keyOfWords(words: readonly bigint[]): VerificationKey {
  if (words.length !== KEY_WORDS)
    throw new FileFormatError(`A verification key has ${KEY_WORDS} words, not ${words.length}.`);
  const point = (from: number): Point => ({ x: words[from], y: words[from + 1] });
  const point2 = (from: number): G2Words => [words[from], words[from + 1], words[from + 2], words[from + 3]];
  return checked({ alpha: point(0), beta: point2(2), delta: point2(6), IC: [10, 12, 14, 16].map(point) });
}

/**
 * The key in a file as snarkjs writes it.
 * @throws FileFormatError for anything else, another number of public signals, or a gamma that is not the generator
 */
export function parseVerificationKey(file: unknown): VerificationKey {
  const { nPublic, IC, vk_alpha_1, vk_beta_2, vk_gamma_2, vk_delta_2 } = (file ?? {}) as Record<string, unknown>;
  if (nPublic !== PUBLIC_SIGNALS || !Array.isArray(IC) || IC.length !== PUBLIC_SIGNALS + 1)
    throw new FileFormatError(
      `A verification key of Descent has ${PUBLIC_SIGNALS} public signals, not ${String(nPublic)}.`,
      { hint: 'Keys of an earlier version hold no proofs of this one. Make them anew: npm run setup.' },
    );
  const gamma = parsePoint2(vk_gamma_2, 'vk_gamma_2');
  if (gamma.some((word, k) => word !== G2_GENERATOR[k]))
    throw new FileFormatError('vk_gamma_2 of the verification key is not the generator of G2.');
  return checked({
    alpha: parsePoint(vk_alpha_1, 'vk_alpha_1'),
    beta: parsePoint2(vk_beta_2, 'vk_beta_2'),
    delta: parsePoint2(vk_delta_2, 'vk_delta_2'),
    IC: IC.map((point, i) => parsePoint(point, `IC[${i}]`)),
  });
}

function checked(key: VerificationKey): VerificationKey {
  const isGood = [key.alpha, ...key.IC].every(isPoint) && isG2Point(key.beta) && isG2Point(key.delta);
  if (!isGood) throw new FileFormatError('A point of the verification key is not a finite point of its group.');
  return key;
}

function parsePoint(value: unknown, name: string): Point {
  const [x, y] = numbers(Array.isArray(value) ? value.slice(0, 2) : [], 2, name);
  return { x, y };
}

function parsePoint2(value: unknown, name: string): G2Words {
  const parts = Array.isArray(value) ? value.slice(0, 2).flat() : [];
  const [x0, x1, y0, y1] = numbers(parts, 4, name);
  return [x1, x0, y1, y0];
}

function numbers(values: readonly unknown[], count: number, name: string): bigint[] {
  if (values.length !== count || !values.every((value) => /^\d{1,78}$/.test(String(value))))
    throw new FileFormatError(`${name} of the verification key is not a point in decimal numbers.`);
  return values.map((value) => BigInt(value as string));
}

function coordinates({ x, y }: Point): bigint[] {
  return [x, y];
}
