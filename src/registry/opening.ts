import { FileFormatError } from '../errors/FileFormatError.ts';
import { type G2Words, isG2Point } from './points.ts';

/** The ceremony's powers in G2 that openings are checked against. */
export interface SrsPowers {
  /** whether the secret is the public development constant */
  devKeys: boolean;
  /** [tau]_2 */
  tau: G2Words;
  /** [tau^C]_2, C = 2^10 */
  tauC: G2Words;
}

/** Reads src/generated/srs.json. @throws FileFormatError unless it holds two finite points of the group */
export function parseSrs(file: unknown): SrsPowers {
  const { devKeys, tauG2, tauCG2 } = (file ?? {}) as Record<string, unknown>;
  if (typeof devKeys !== 'boolean')
    throw new FileFormatError('The file of powers does not say whether it is for dev keys.');
  return { devKeys, tau: parseG2(tauG2, 'tauG2'), tauC: parseG2(tauCG2, 'tauCG2') };
}

/** Whether a contract checks openings with the same powers. */
export function samePowers(ours: SrsPowers, onChain: { [name in 'tau' | 'tauC']: readonly bigint[] }): boolean {
  return (['tau', 'tauC'] as const).every((name) => ours[name].every((word, k) => word === onChain[name][k]));
}

function parseG2(value: unknown, name: string): G2Words {
  if (!Array.isArray(value) || value.length !== 4 || !value.every((word) => /^\d{1,78}$/.test(String(word)))) {
    throw new FileFormatError(`${name} must be four decimal numbers.`);
  }
  const [x1, x0, y1, y0] = value.map((word) => BigInt(word as string));
  const words: G2Words = [x1, x0, y1, y0];
  if (!isG2Point(words)) throw new FileFormatError(`${name} is not a point of G2.`);
  return words;
}
