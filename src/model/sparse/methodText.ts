import { KEPT_ONE, methodName, unpackMethod } from './method.ts';

const WORD_DIGITS = 64;
const NAMES = { ties: 'TIES', dare_ties: 'DARE with elected signs', dare_linear: 'DARE' } as const;

/**
 * The method of a sparse merge as the registry's event has it, in words.
 * @param method seven words as hex; @param tasks parents but the base
 * @throws InputError for words that say no method
 */
export function methodText(method: string, tasks: number): string {
  const word = (k: number) => BigInt(`0x${method.slice(2 + k * WORD_DIGITS, 2 + (k + 1) * WORD_DIGITS)}`);
  const own = unpackMethod(word(0), word(1), tasks);
  const masks = own.kept.map((share) => Number((share / KEPT_ONE).toFixed(4))).join(', ');
  return [
    NAMES[methodName(own)],
    ...(own.kept.length > 0 ? [`masks of seed ${own.seed} keep ${masks}`] : []),
    ...(own.normalize ? ['normalized'] : []),
  ].join(', ');
}
