import { InputError } from '../errors/InputError.ts';
import { ACTIVATION_BITS, LIMB_BITS } from '../numbers/constants.ts';
import { mod } from '../numbers/field.ts';
import type { Head } from './head.ts';
import type { ShardKind } from './shardKind.ts';

/** What one proof of a score states (protocol section 11). With `counts` null no counts are stated. */
export interface Measures {
  /** classes, labels: at least so many rows right; regression: sum of squared errors, 2 fa fraction bits */
  result: bigint;
  /** softmax, sigmoid: log-loss of all rows at most, 16 fraction bits (see `lossPerRow`); squared error: 0 */
  loss: bigint;
  /** regression: sum of absolute errors, fa fraction bits; else 0 */
  absolute: bigint;
  /** places that count as top, 1..n_4 */
  k: number;
  /** classes: at least so many rows whose label is among the k highest; labels: with fewer than k labels wrong; regression: 0 */
  top: bigint;
  /** classes: C(i, j), rows of label i taken for class j, row by row; labels: C(j), rows with label j right; each at least */
  counts: Uint16Array | null;
}

/** The rows that are measured. */
export interface MeasuredRows {
  kind: ShardKind;
  head: Head;
  rows: number;
  outputs: number;
}

/** Places that count as top unless told. */
const TOP = 5;
/** Classes and labels up to which counts are stated. */
const MOST_COUNTED = { classes: 32, labels: 1024, regression: 0 } as const;
/** Bytes of the longest counts. */
export const MAX_COUNTS_BYTES = 2 * Math.max(MOST_COUNTED.classes ** 2, MOST_COUNTED.labels);
/** x^(4096 i + j) is the weight of a count (protocol section 11). */
const ROW_WEIGHT = 4096n;

/** Places that count as top unless told: 5, fewer where there are as few outputs; at least 1. */
export function defaultTop(outputs: number): number {
  return Math.max(1, Math.min(TOP, outputs - 1));
}

/** @throws InputError unless k is in 1..outputs */
export function checkTop(k: number, outputs: number): void {
  if (Number.isInteger(k) && k >= 1 && k <= outputs) return;
  throw new InputError(`Of ${outputs} outputs, the ${k} highest do not exist.`, {
    hint: `Give a whole number from 1 to ${outputs}.`,
  });
}

/** How many counts a score states: classes^2, or labels; 0 where it states none. */
export function countsLength(kind: ShardKind, outputs: number): number {
  if (outputs > MOST_COUNTED[kind]) return 0;
  return kind === 'classes' ? outputs ** 2 : outputs;
}

/** Two bytes each, big endian; empty where none are stated. */
export function countsBytes(counts: Uint16Array | null): Uint8Array {
  const bytes = new Uint8Array(2 * (counts?.length ?? 0));
  const view = new DataView(bytes.buffer);
  counts?.forEach((count, i) => {
    view.setUint16(2 * i, count);
  });
  return bytes;
}

/** The counts of `countsBytes`; null of none. @throws InputError for half a count */
export function countsOf(bytes: Uint8Array): Uint16Array | null {
  if (bytes.length % 2 !== 0)
    throw new InputError(`Counts have two bytes each, so they are not ${bytes.length} bytes.`);
  if (bytes.length === 0) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Uint16Array.from({ length: bytes.length / 2 }, (_, i) => view.getUint16(2 * i));
}

/** Sum of all counts, 0 of none. */
export function countsSum(counts: Uint16Array | null): number {
  return counts?.reduce((sum, count) => sum + count, 0) ?? 0;
}

/** What all counts sum to at most: rows of classes, labels of all rows. */
export function mostCounted({ kind, rows, outputs }: Pick<MeasuredRows, 'kind' | 'rows' | 'outputs'>): number {
  return kind === 'classes' ? rows : rows * outputs;
}

/** The signal `counts`: sum C(i, j) x^(4096 i + j) of classes, sum C(j) x^j of labels; 0 of none. */
export function countsAt(kind: ShardKind, counts: Uint16Array | null, x: bigint): bigint {
  if (counts === null) return 0n;
  const inRow = kind === 'classes' ? Math.sqrt(counts.length) : counts.length;
  let rowWeight = 1n; // x^4096
  if (kind === 'classes') {
    rowWeight = x;
    for (let power = 1n; power < ROW_WEIGHT; power *= 2n) rowWeight = mod(rowWeight * rowWeight);
  }
  let sum = 0n;
  for (let from = counts.length - inRow; from >= 0; from -= inRow) {
    let row = 0n;
    for (let j = inRow - 1; j >= 0; j--) row = mod(row * x + BigInt(counts[from + j]));
    sum = mod(sum * rowWeight + row);
  }
  return sum;
}

/**
 * Log-loss of a row in nats at most. Softmax's powers are rounded, so that its proved sum may lack n_4 / 2 units a row (protocol
 * section 11). Null with squared error.
 */
export function lossPerRow(loss: bigint, { head, rows, outputs }: MeasuredRows): number | null {
  if (head === 'squared error') return null;
  const rounding = head === 'softmax' ? (outputs * rows) / 2 : 0;
  return (Number(loss) + rounding) / 2 ** LIMB_BITS / rows;
}

/** Mean of the absolute errors of all outputs; null unless regression. */
export function meanAbsoluteError(absolute: bigint, { kind, rows, outputs }: MeasuredRows): number | null {
  return kind === 'regression' ? Number(absolute) / 2 ** ACTIVATION_BITS / rows / outputs : null;
}

/** Mean over rows of the squared error, summed over outputs; null unless regression. */
export function squaredErrorPerRow(result: bigint, { kind, rows }: MeasuredRows): number | null {
  return kind === 'regression' ? Number(result) / 4 ** ACTIVATION_BITS / rows : null;
}

/** Of the places that some models' scores count as top, above one, those that most have; of several the smallest. */
export function commonPlaces(all: readonly (readonly { k: number }[])[]): number | undefined {
  const models = new Map<number, number>();
  for (const tops of all) for (const { k } of tops) if (k > 1) models.set(k, (models.get(k) ?? 0) + 1);
  return [...models].sort(([a, m], [b, n]) => n - m || a - b)[0]?.[0];
}

/** A number that is at most this, with a few digits: rounded up. */
export function atMost(value: number): string {
  const text = value.toPrecision(4);
  if (Number(text) >= value) return text;
  return (Number(text) + 10 ** (Math.floor(Math.log10(value)) - 3)).toPrecision(4);
}

/** A share of rows that is at least this, in percent: rounded down, so that 100.0 % are all. */
export function atLeastPercent(count: number, rows: number): string {
  return `${(Math.floor((1000 * count) / rows) / 10).toFixed(1)} %`;
}

/**
 * What a head's log-loss is called. A sigmoid has one for every output, of classes too, and what is proved is their sum: no number to
 * compare with a softmax's.
 */
export function lossName(head: Head): string {
  return head === 'sigmoid' ? 'log-loss of all outputs' : 'log-loss';
}

/** Every measure in a reader's words, with what it bounds. With k = 1 the top says what the result says. */
export function measuredTexts(
  { result, loss, absolute, k, top }: Omit<Measures, 'counts'>,
  of: MeasuredRows,
): string[] {
  const count = (value: bigint | number) => value.toLocaleString('en-US');
  const ofRows = `of ${count(of.rows)} rows`;
  const perRow = lossPerRow(loss, of);
  const logLoss = perRow === null ? [] : [`${lossName(of.head)} at most ${atMost(perRow)} a row (natural logarithm)`];
  const atTop = (what: string) => (k <= 1 ? [] : [`${what} in at least ${count(top)} ${ofRows}`]);
  switch (of.kind) {
    case 'regression':
      return [
        `squared error ${squaredErrorPerRow(result, of)?.toPrecision(4)} a row`,
        `absolute error ${meanAbsoluteError(absolute, of)?.toPrecision(4)} on average`,
      ];
    case 'labels':
      return [
        `all labels right in at least ${count(result)} ${ofRows}`,
        ...atTop(`fewer than ${k} labels wrong`),
        ...logLoss,
      ];
    case 'classes':
      return [`at least ${count(result)} ${ofRows} right`, ...atTop(`label among the top ${k}`), ...logLoss];
  }
}

/**
 * The counts in a reader's words; nothing of none. Counts of classes that sum to the rows are exact. How many rows a label has is not
 * proved, so what is not shown is told of all rows.
 */
export function countedTexts({ counts }: Pick<Measures, 'counts'>, of: MeasuredRows): string[] {
  if (counts === null) return [];
  const all = mostCounted(of);
  const left = all - countsSum(counts);
  const count = (value: number) => value.toLocaleString('en-US');
  if (of.kind === 'labels') return [`how often each label is right: ${count(all - left)} of ${count(all)} at least`];
  const what = 'how many rows of each class are taken for which';
  if (left === 0) return [`${what}, exactly`];
  return [`${what}; ${count(left)} ${left === 1 ? 'row' : 'rows'} not shown (ties, or left out by who proved it)`];
}
