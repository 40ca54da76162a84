import type { Point } from '../argument/types.ts';
import { FileFormatError } from '../errors/FileFormatError.ts';
import { type G2Words, isG2Point, isPoint } from './points.ts';

/** The ceremony's powers in G2 that openings are checked against, and what they make of the tables of functions. */
export interface SrsPowers {
  /** whether the secret is the public development constant */
  devKeys: boolean;
  /** [tau]_2 */
  tau: G2Words;
  /** [tau^C]_2, C = 2^10 */
  tauC: G2Words;
  /** the commitment to the tables (protocol section 1), which proofs of train open */
  tables: Point;
}

/** The powers as a contract gives and takes them. */
export interface PowersOnChain {
  tau: readonly bigint[];
  tauC: readonly bigint[];
  /** x, y */
  tables: readonly bigint[];
}

/** Reads src/generated/srs.json. @throws FileFormatError unless it holds finite points of the groups */
export function parseSrs(file: unknown): SrsPowers {
  const { devKeys, tauG2, tauCG2, tablesG1 } = (file ?? {}) as Record<string, unknown>;
  if (typeof devKeys !== 'boolean')
    throw new FileFormatError('The file of powers does not say whether it is for dev keys.');
  const tau = parseG2(tauG2, 'tauG2');
  return { devKeys, tau, tauC: parseG2(tauCG2, 'tauCG2'), tables: parseG1(tablesG1, 'tablesG1') };
}

/** As the constructor of the contract takes them. */
export function powersOnChain({ tau, tauC, tables: { x, y } }: SrsPowers): PowersOnChain {
  return { tau, tauC, tables: [x, y] };
}

/** Whether a contract checks openings with the same powers, and proofs of train with the same tables. */
export function samePowers(ours: SrsPowers, onChain: PowersOnChain): boolean {
  const here = powersOnChain(ours);
  return (['tau', 'tauC', 'tables'] as const).every((name) => here[name].every((word, k) => word === onChain[name][k]));
}

function parseG2(value: unknown, name: string): G2Words {
  const [x1, x0, y1, y0] = parseWords(value, 4, name);
  const words: G2Words = [x1, x0, y1, y0];
  if (!isG2Point(words)) throw new FileFormatError(`${name} is not a point of G2.`);
  return words;
}

function parseG1(value: unknown, name: string): Point {
  const [x, y] = parseWords(value, 2, name);
  if (!isPoint({ x, y })) throw new FileFormatError(`${name} is not a point of G1.`);
  return { x, y };
}

function parseWords(value: unknown, count: number, name: string): bigint[] {
  if (!Array.isArray(value) || value.length !== count || !value.every((word) => /^\d{1,78}$/.test(String(word)))) {
    throw new FileFormatError(`${name} must be ${count} decimal numbers.`);
  }
  return value.map((word) => BigInt(word as string));
}
