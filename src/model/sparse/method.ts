import { InputError } from '../../errors/InputError.ts';
import { checkCoefficients, MERGE_ONE, packCoefficients } from '../merge.ts';
import { NETWORK_LAYERS } from '../network.ts';

/** Tasks of a sparse merge: the parents behind the base. */
export const MAX_TASKS = 4;
/** Kept shares are in units of 2^-16. */
export const KEPT_BITS = 16;
export const KEPT_ONE = 2 ** KEPT_BITS;
/** Slots of a model of six layers: W and b of each (protocol section 15). */
export const SPARSE_SLOTS = 2 * NETWORK_LAYERS;
const COUNT_BITS = 24;
const COUNTS_IN_WORD = 10;
/** The coefficients of a layer sum to less: what divides them has two limbs. */
const MOST_TOGETHER = 2 ** 18;

/** How a sparse merge leaves out and joins what tasks change of a base. */
export interface SparseMethod {
  /** trim by size, then elect signs: TIES. Else all that the seed keeps is summed. */
  signs: boolean;
  /** the mean of those that agree in place of their sum; only with `signs` */
  normalize: boolean;
  /** of each task the share that the seed keeps, in 1..2^16 over 2^16; empty where nothing is drawn */
  kept: readonly number[];
  /** of the masks; 0 where nothing is drawn */
  seed: bigint;
}

/** What people call a method. */
export function methodName({
  signs,
  kept,
}: Pick<SparseMethod, 'signs' | 'kept'>): 'ties' | 'dare_ties' | 'dare_linear' {
  if (kept.length === 0) return 'ties';
  return signs ? 'dare_ties' : 'dare_linear';
}

/** The word `method` (protocol section 15). */
export function packMethod({ signs, normalize, kept }: SparseMethod): bigint {
  const flags = (signs ? 1 : 0) | (kept.length > 0 ? 2 : 0) | (normalize ? 4 : 0);
  return kept.reduce((word, share, i) => word | (BigInt(share) << BigInt(3 + 17 * i)), BigInt(flags));
}

/** The inverse of packMethod. @param tasks how many there are @throws InputError for a word that is none */
export function unpackMethod(word: bigint, seed: bigint, tasks: number): SparseMethod {
  const flag = (bit: number) => ((word >> BigInt(bit)) & 1n) === 1n;
  const share = (i: number) => Number(BigInt.asUintN(17, word >> BigInt(3 + 17 * i)));
  const kept = flag(1) ? Array.from({ length: tasks }, (_, i) => share(i)) : [];
  const method = { signs: flag(0), normalize: flag(2), kept, seed };
  if (packMethod(method) !== word) throw new InputError(`${word} says no method of a merge of ${tasks} tasks.`);
  return method;
}

/** The words of the counts: of slot 0 those of tasks 1..4, then of slot 1, and so on (protocol section 15). */
export function packCounts(counts: readonly number[]): bigint[] {
  const words = new Array<bigint>(Math.ceil((SPARSE_SLOTS * MAX_TASKS) / COUNTS_IN_WORD)).fill(0n);
  counts.forEach((count, n) => {
    words[Math.floor(n / COUNTS_IN_WORD)] |= BigInt(count) << BigInt(COUNT_BITS * (n % COUNTS_IN_WORD));
  });
  return words;
}

export function unpackCounts(words: readonly bigint[]): number[] {
  return Array.from({ length: SPARSE_SLOTS * MAX_TASKS }, (_, n) =>
    Number(
      BigInt.asUintN(COUNT_BITS, words[Math.floor(n / COUNTS_IN_WORD)] >> BigInt(COUNT_BITS * (n % COUNTS_IN_WORD))),
    ),
  );
}

/** The words of the coefficients of the circuit's six layers. */
export function packSparseCoefficients(coefficients: readonly (readonly number[])[]): bigint[] {
  return packCoefficients(coefficients, NETWORK_LAYERS);
}

/**
 * @param coefficients [layer 1..L][parent], of the base 2^14, of tasks over 2^14
 * @throws InputError naming what no sparse merge has
 */
export function checkSparse(method: SparseMethod, coefficients: readonly (readonly number[])[], layers: number): void {
  const parents = coefficients[0]?.length ?? 0;
  const tasks = parents - 1;
  if (tasks < 1 || tasks > MAX_TASKS) {
    throw new InputError(`TIES and DARE merge a base with 1 to ${MAX_TASKS} models, not with ${Math.max(0, tasks)}.`);
  }
  checkCoefficients(coefficients, layers, parents);
  coefficients.forEach(([base, ...row], l) => {
    if (base !== MERGE_ONE) throw new InputError(`The base has the coefficient 2^14 in layer ${l + 1}, not ${base}.`);
    const negative = row.find((a) => a < 0);
    if (negative !== undefined) {
      throw new InputError(`A model's weight in layer ${l + 1} is negative: ${negative / MERGE_ONE}.`, {
        hint: 'TIES and DARE take weights of 0 and more; --task takes a model away.',
      });
    }
    if (row.reduce((sum, a) => sum + a, 0) >= MOST_TOGETHER) {
      throw new InputError(`The weights of layer ${l + 1} sum to 16 or more.`, {
        hint: 'Lower the weights or lambda.',
      });
    }
  });
  const idle = Array.from({ length: tasks }, (_, i) => i + 1).find((i) => coefficients.every((row) => row[i] === 0));
  if (idle !== undefined) {
    throw new InputError(`Model ${idle} has no part in the merge: its weights are all 0.`, { hint: 'Leave it out.' });
  }
  checkMethod(method, tasks);
}

/** @throws InputError for a method that is none */
export function checkMethod({ signs, normalize, kept, seed }: SparseMethod, tasks: number): void {
  if (kept.length !== 0 && kept.length !== tasks) {
    throw new InputError(`${kept.length} densities were given for ${tasks} models.`);
  }
  const wrong = kept.find((share) => !Number.isInteger(share) || share < 1 || share > KEPT_ONE);
  if (wrong !== undefined) {
    throw new InputError(`A density is ${wrong / KEPT_ONE}; of a mask they lie in 2^-16..1.`);
  }
  if (!signs && kept.length === 0) throw new InputError('Nothing is left out: that is a sum of models (--task).');
  if (normalize && !signs) throw new InputError('Only where signs are elected is there a mean of those that agree.');
  if (kept.length === 0 && seed !== 0n) throw new InputError('A seed is for masks that are drawn.');
}
