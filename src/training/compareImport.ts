import { type AnyFloatModel, floatForward } from '../model/import/floatModel.ts';
import type { AnyWeights } from '../model/networkWeights.ts';
import type { Shard } from '../model/shard.ts';
import { shardLabel } from '../model/shard.ts';
import { ceilLog2 } from '../numbers/bits.ts';
import { ACTIVATION_BITS, SIGNED_LIMIT } from '../numbers/constants.ts';
import { forwardOutputs } from './forward.ts';

/** A float model and the one that was imported from it, on rows with their answers. */
export interface Comparison {
  rows: number;
  /** Greatest difference of an output, and root of the mean of their squares. */
  max: number;
  rms: number;
  /** Of classes and labels: rows with the same answer, which is a class or all labels of the row. */
  same: number | null;
  /** Of classes and labels: rows right. */
  right: Both | null;
  /** Of classes: rows that the most frequent class alone gets right. */
  mostFrequent: number | null;
  /** Of labels: how many there are on all rows, those right, and those that the more frequent value of each gets right. */
  labels: (Both & { all: number; mostFrequent: number }) | null;
  /** Of regressions: 1 - squared error / variance around the mean of each target; null too when no target varies. */
  r2: Both | null;
}

// An alias, so that a run can keep it: an interface may get more fields.
type Both = { float: number; imported: number };

/** Outputs of both models, row-major. */
interface Outputs {
  floats: Float64Array;
  imported: Float64Array;
}

/**
 * @param model as read and scaled
 * @param weights of the same network in fixed point
 * @param shard rows that fit it
 * @throws TrainingRangeError where a value of the fixed-point network leaves its range
 */
export function compareImport(model: AnyFloatModel, weights: AnyWeights, shard: Shard): Comparison {
  const { rows, outputs, kind } = shard;
  const sigma = ceilLog2(rows);
  const floats = floatForward(model, rowsOf(shard));
  const Q = forwardOutputs(weights, shard);
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
  const none = { same: null, right: null, mostFrequent: null, labels: null, r2: null };
  switch (kind) {
    case 'classes':
      return { ...error, ...none, ...compareClasses({ floats, imported }, shard) };
    case 'labels':
      return { ...error, ...none, ...compareLabels({ floats, imported }, shard) };
    case 'regression':
      return { ...error, ...none, r2: r2Of(floats, imported, shard) };
  }
}

function compareClasses(
  { floats, imported }: Outputs,
  shard: Shard,
): Pick<Comparison, 'same' | 'right' | 'mostFrequent'> {
  const { rows, outputs } = shard;
  const labels = Array.from({ length: rows }, (_, s) => shardLabel(shard, s));
  const counts = labels.reduce((sums, label) => sums.set(label, (sums.get(label) ?? 0) + 1), new Map<number, number>());
  const answersOf = (values: Float64Array) =>
    labels.map((_, s) => answerOf(values.subarray(s * outputs, (s + 1) * outputs)));
  const [ours, theirs] = [answersOf(imported), answersOf(floats)];
  const right = (answers: number[][]) => answers.filter((best, s) => best.length === 1 && best[0] === labels[s]).length;
  return {
    same: ours.filter(([first], s) => first === theirs[s][0]).length,
    right: { float: right(theirs), imported: right(ours) },
    mostFrequent: Math.max(...counts.values()),
  };
}

/** A label is right where its output has the sign that it says, as in a score. */
function compareLabels({ floats, imported }: Outputs, shard: Shard): Pick<Comparison, 'same' | 'right' | 'labels'> {
  const { rows, outputs, Y } = shard;
  const sigma = ceilLog2(rows);
  const signs = Int8Array.from(floats, (_, k) =>
    Y[((k % outputs) << sigma) + Math.floor(k / outputs)] === 0 ? -1 : 1,
  );
  const allOfRow = (holds: (k: number) => boolean) =>
    Array.from({ length: rows }, (_, s) =>
      Array.from({ length: outputs }, (_, i) => s * outputs + i).every(holds),
    ).filter(Boolean).length;
  const isRight = (values: Float64Array) => (k: number) => Math.sign(values[k]) === signs[k];
  const count = (values: Float64Array) => values.filter((_, k) => isRight(values)(k)).length;
  const ones = new Int32Array(outputs);
  signs.forEach((sign, k) => {
    if (sign > 0) ones[k % outputs]++;
  });
  return {
    same: allOfRow((k) => Math.sign(floats[k]) === Math.sign(imported[k])),
    right: { float: allOfRow(isRight(floats)), imported: allOfRow(isRight(imported)) },
    labels: {
      all: rows * outputs,
      float: count(floats),
      imported: count(imported),
      mostFrequent: ones.reduce((sum, n) => sum + Math.max(n, rows - n), 0),
    },
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
export function doubtOf({ rows, right, mostFrequent, labels, r2 }: Comparison): string | undefined {
  if (labels !== null) {
    const { all, imported, mostFrequent: alone } = labels;
    if (alone === all) return 'No label varies, so the rows cannot show whether the model is read right.';
    if (isAboveChance(imported, alone, all)) return undefined;
    return `${imported} of ${all} labels right is no better than chance: the more frequent value of each alone gives ${alone}.`;
  }
  if (right !== null && mostFrequent !== null) {
    if (mostFrequent === rows) return 'All rows are of one class, so they cannot show whether the model is read right.';
    if (isAboveChance(right.imported, mostFrequent, rows)) return undefined;
    return `${right.imported} of ${rows} rows right is no better than chance: the most frequent class alone gives ${mostFrequent}.`;
  }
  if (r2 === null) return 'The targets do not vary, so they cannot show whether the model is read right.';
  return r2.imported > 0 ? undefined : `R2 is ${r2.imported.toFixed(3)}: the mean of the targets alone gives 0.`;
}

/** Two standard deviations above what is right without looking. */
function isAboveChance(right: number, alone: number, all: number): boolean {
  const share = alone / all;
  return right > alone + 2 * Math.sqrt(all * share * (1 - share));
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
