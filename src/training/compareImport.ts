import { type FloatModel, floatForward } from '../model/import/floatModel.ts';
import type { Shard } from '../model/shard.ts';
import { shardLabel } from '../model/shard.ts';
import type { Weights } from '../model/weights.ts';
import { ceilLog2 } from '../numbers/bits.ts';
import { ACTIVATION_BITS, SIGNED_LIMIT } from '../numbers/constants.ts';
import { forwardPass } from './forward.ts';

/** A float model and the one that was imported from it, on rows with their answers. */
export interface Comparison {
  rows: number;
  /** Greatest difference of an output, and root of the mean of their squares. */
  max: number;
  rms: number;
  /** Of classes: rows with the same answer; rows right; rows that the most frequent class alone gets right. */
  same: number | null;
  right: { float: number; imported: number } | null;
  mostFrequent: number | null;
  /** Of regressions and labels: 1 - squared error / variance around the mean of each target; null too when no target varies. */
  r2: { float: number; imported: number } | null;
}

/**
 * @param model as read and scaled
 * @param weights of the same network in fixed point
 * @param shard rows that fit it
 * @throws TrainingRangeError where a value of the fixed-point network leaves its range
 */
export function compareImport(model: FloatModel, weights: Weights, shard: Shard): Comparison {
  const { rows, outputs, kind } = shard;
  const sigma = ceilLog2(rows);
  const floats = floatForward(model, rowsOf(shard));
  const { Q } = forwardPass(weights, shard).output;
  const imported = Float64Array.from(
    floats,
    (_, k) => (Q[((k % outputs) << sigma) + Math.floor(k / outputs)] - SIGNED_LIMIT) / 2 ** ACTIVATION_BITS,
  );
  let [max, squares] = [0, 0];
  floats.forEach((x, k) => {
    max = Math.max(max, Math.abs(x - imported[k]));
    squares += (x - imported[k]) ** 2;
  });
  const error = { rows, max, rms: Math.sqrt(squares / floats.length) };
  if (kind !== 'classes')
    return { ...error, same: null, right: null, mostFrequent: null, r2: r2Of(floats, imported, shard) };
  const labels = Array.from({ length: rows }, (_, s) => shardLabel(shard, s));
  const counts = labels.reduce((sums, label) => sums.set(label, (sums.get(label) ?? 0) + 1), new Map<number, number>());
  const answersOf = (values: Float64Array) =>
    labels.map((_, s) => answerOf(values.subarray(s * outputs, (s + 1) * outputs)));
  const [ours, theirs] = [answersOf(imported), answersOf(floats)];
  const right = (answers: number[][]) => answers.filter((best, s) => best.length === 1 && best[0] === labels[s]).length;
  return {
    ...error,
    same: ours.filter(([first], s) => first === theirs[s][0]).length,
    right: { float: right(theirs), imported: right(ours) },
    mostFrequent: Math.max(...counts.values()),
    r2: null,
  };
}

/** Rows of a shard as they are committed, row-major. */
export function rowsOf({ inputs, rows, X }: Shard): Float64Array {
  const sigma = ceilLog2(rows);
  return Float64Array.from(
    { length: rows * inputs },
    (_, k) => X[((k % inputs) << sigma) + Math.floor(k / inputs)] / 2 ** ACTIVATION_BITS,
  );
}

/**
 * What is suspicious about a comparison: results that a network without knowledge of the rows would reach as well.
 * @returns a sentence; undefined where there is nothing
 */
export function doubtOf({ rows, right, mostFrequent, r2 }: Comparison): string | undefined {
  if (right !== null && mostFrequent !== null) {
    if (mostFrequent === rows) return 'All rows are of one class, so they cannot show whether the model is read right.';
    const share = mostFrequent / rows;
    // Two standard deviations above the most frequent class.
    if (right.imported > mostFrequent + 2 * Math.sqrt(rows * share * (1 - share))) return undefined;
    return `${right.imported} of ${rows} rows right is no better than chance: the most frequent class alone gives ${mostFrequent}.`;
  }
  if (r2 === null) return 'The targets do not vary, so they cannot show whether the model is read right.';
  return r2.imported > 0 ? undefined : `R2 is ${r2.imported.toFixed(3)}: the mean of the targets alone gives 0.`;
}

/** All outputs that are greatest: a tie is no answer. */
function answerOf(values: Float64Array): number[] {
  const greatest = Math.max(...values);
  return [...values.keys()].filter((i) => values[i] === greatest);
}

function r2Of(floats: Float64Array, imported: Float64Array, { rows, outputs, Y }: Shard): Comparison['r2'] {
  const sigma = ceilLog2(rows);
  const target = (i: number, s: number) => Y[(i << sigma) + s] / 2 ** ACTIVATION_BITS;
  let [total, ours, theirs] = [0, 0, 0];
  for (let i = 0; i < outputs; i++) {
    let mean = 0;
    for (let s = 0; s < rows; s++) mean += target(i, s) / rows;
    for (let s = 0; s < rows; s++) {
      total += (target(i, s) - mean) ** 2;
      theirs += (target(i, s) - floats[s * outputs + i]) ** 2;
      ours += (target(i, s) - imported[s * outputs + i]) ** 2;
    }
  }
  return total === 0 ? null : { float: 1 - theirs / total, imported: 1 - ours / total };
}
