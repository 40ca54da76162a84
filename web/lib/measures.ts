// What scores prove beside the result: the best of each part of a model on a shard, and sums over shards.
import type { Head } from '../../src/model/head.ts';
import { lossPerRow, type MeasuredRows, type Measures, meanAbsoluteError } from '../../src/model/measures.ts';
import type { ShardKind } from '../../src/model/shardKind.ts';
import type { EntryMeasures, ResultMeasures } from './chain/types.ts';

/** Classes or labels that are listed for every model of a board, at most. */
const MOST_LISTED = 32;

/** The best of each part that was proved of a model on a shard, as the scoreboard keeps it. */
export interface ShardMeasures {
  /** undefined with squared error */
  loss?: bigint;
  /** regression alone */
  absolute?: bigint;
  /** rows by the number of places that count as top */
  tops: ReadonlyMap<number, bigint>;
  counts: readonly number[] | undefined;
}

/** What is known of a model on a shard once a further score was taken. */
export function bestOf(
  known: ShardMeasures | undefined,
  { loss, absolute, k, top, counts }: Omit<Measures, 'result'>,
  { head, kind }: { head: Head; kind: ShardKind },
): ShardMeasures {
  const least = known?.loss !== undefined && known.loss < loss ? known.loss : loss;
  const error = known?.absolute ?? absolute;
  const tops = new Map(known?.tops);
  if (top > (tops.get(k) ?? 0n)) tops.set(k, top);
  const isMore = counts !== null && sumOf(counts) > sumOf(known?.counts ?? []);
  return {
    ...(head !== 'squared error' && { loss: least }),
    ...(kind === 'regression' && { absolute: error }),
    tops,
    counts: isMore ? [...counts] : known?.counts,
  };
}

/**
 * What a model's scores on some shards show of all their rows together. Of a shard without counts, or without a number of places
 * that count as top, no row is shown.
 * @returns undefined unless it has a score on each
 */
export function summed(parts: readonly (ShardMeasures | undefined)[], rows: MeasuredRows): ResultMeasures | undefined {
  const known = parts.filter((part) => part !== undefined);
  if (known.length === 0 || known.length < parts.length) return undefined;
  const total = (values: (bigint | undefined)[]) => values.reduce<bigint>((sum, value) => sum + (value ?? 0n), 0n);
  const perRow = lossPerRow(total(known.map(({ loss }) => loss)), rows);
  const error = meanAbsoluteError(total(known.map(({ absolute }) => absolute)), rows);
  const places = [...new Set(known.flatMap(({ tops }) => [...tops.keys()]))].sort((a, b) => a - b);
  const tops = places.map((k) => ({ k, rows: Number(total(known.map((part) => part.tops.get(k)))) }));
  const counts = known.map((part) => part.counts).filter((one) => one !== undefined);
  return {
    ...(perRow !== null && { lossPerRow: perRow }),
    ...(error !== null && { meanAbsoluteError: error }),
    tops,
    ...(counts.length > 0 && {
      counts: counts.reduce((sum, one) => sum.map((value, i) => value + one[i])) as number[],
    }),
  };
}

/** What of it a board has of each of its models. */
export function listedMeasures({ counts, ...measures }: ResultMeasures, kind: ShardKind): EntryMeasures {
  const size = counts === undefined ? 0 : outputsOf(counts, kind);
  if (counts === undefined || size > MOST_LISTED) return measures;
  return { ...measures, rightBy: kind === 'classes' ? counts.filter((_, at) => at % (size + 1) === 0) : [...counts] };
}

/** How many classes or labels counts are of. */
export function outputsOf(counts: readonly number[], kind: ShardKind): number {
  return kind === 'classes' ? Math.sqrt(counts.length) : counts.length;
}

/** What one score states, for people. */
export function statedMeasures(measures: Measures, rows: MeasuredRows): ResultMeasures {
  return summed([bestOf(undefined, measures, rows)], rows)!;
}

function sumOf(counts: Iterable<number>): number {
  let sum = 0;
  for (const count of counts) sum += count;
  return sum;
}
