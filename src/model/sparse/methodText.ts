import { checkMethod, KEPT_ONE, methodName, type SparseMethod, unpackMethod } from './method.ts';

const WORD_DIGITS = 64;
const NAMES = { ties: 'TIES', dare_ties: 'DARE with elected signs', dare_linear: 'DARE' } as const;

/**
 * The method of a sparse merge as the registry's event has it, in words.
 * Whoever merges wrote them: words that say no method must not keep readers from the other models.
 * @param method seven words as hex; @param tasks parents but the base
 */
export function methodText(method: string, tasks: number): string {
  const own = methodOf(method, tasks);
  if (own === undefined) return 'a sparse merge by a method that is not known here';
  const masks = own.kept.map((share) => Number((share / KEPT_ONE).toFixed(4))).join(', ');
  return [
    NAMES[methodName(own)],
    ...(own.kept.length > 0 ? [`masks of seed ${own.seed} keep ${masks}`] : []),
    ...(own.normalize ? ['normalized'] : []),
  ].join(', ');
}

function methodOf(method: string, tasks: number): SparseMethod | undefined {
  const word = (k: number) => BigInt(`0x${method.slice(2 + k * WORD_DIGITS, 2 + (k + 1) * WORD_DIGITS)}`);
  try {
    const own = unpackMethod(word(0), word(1), tasks);
    checkMethod(own, tasks);
    return own;
  } catch {
    return undefined;
  }
}
