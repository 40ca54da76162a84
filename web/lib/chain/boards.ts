// Which benchmark a view shows, and its leaderboard.
import type { Hex } from 'viem';
import { isHash } from '../format.ts';
import { listedMeasures } from '../measures.ts';
import { wilson } from '../wilson.ts';
import type { Store } from './store.ts';
import type { BenchmarkChoice, Board, ChainConfig, Entry, Result } from './types.ts';

/** Anyone can open benchmarks; a list of more could not be read. */
const MOST_LISTED = 300;

/**
 * The benchmark that a link names or, where it names none, that whoever runs the page has set. A stranger can open any
 * number of benchmarks with any name, so nothing on chain decides which one is shown.
 * @param wanted from the link: an id, or 'none'
 * @param ids those that may be chosen, the oldest first
 */
export function chooseBenchmark(
  store: Store,
  config: Pick<ChainConfig, 'benchmark'>,
  wanted: string | undefined,
  ids: readonly Hex[] = store.benchmarkIds,
): BenchmarkChoice {
  const listed = (id: Hex | undefined) => (id && ids.includes(id) ? id : undefined);
  const asked = isHash(wanted) ? (wanted.toLowerCase() as Hex) : undefined;
  const id = wanted === undefined ? listed(config.benchmark) : listed(asked);
  const first = [...new Set([config.benchmark, id].map(listed))].filter((known) => known !== undefined);
  const others = ids.slice(0, MOST_LISTED).filter((other) => !first.includes(other));
  return {
    ...(id && { benchmark: store.benchmark(id)! }),
    benchmarks: [...first, ...others].map((other) => store.benchmark(other)!),
    total: ids.length,
    ...(wanted !== undefined && wanted !== 'none' && !id && { unknown: true }),
  };
}

/** All results on a benchmark: those that can be compared, and apart from them those that cannot. */
export function boardOf(store: Store, id: Hex): Board {
  const results = store.resultsOn(id);
  const entriesOf = (some: Result[]) =>
    some
      .sort((a, b) => rankOf(b) - rankOf(a) || a.block - b.block)
      .map((score, k): Entry => {
        const model = store.model(score.model)!;
        return {
          rank: k + 1,
          model,
          score,
          ...(score.right !== undefined && { share: wilson(score.right, score.rows) }),
          ancestry: store.ancestry(model.id),
        };
      });
  return {
    benchmark: store.benchmark(id)!,
    entries: entriesOf(results.filter((result) => !standsApart(result))),
    apart: entriesOf(results.filter(standsApart)),
  };
}

/** The same with what scores measure beside the results. */
export function measuredBoardOf(store: Store, id: Hex): Board {
  const board = boardOf(store, id);
  const { kind } = board.benchmark;
  const measured = (entry: Entry): Entry => {
    const measures = store.measures(entry.model.id, id);
    return { ...entry, ...(measures && { measures: listedMeasures(measures, kind) }) };
  };
  return { ...board, entries: board.entries.map(measured), apart: board.apart.map(measured) };
}

/** Whether a result says nothing about rows that the model has not seen, or about rows like those it was made for. */
export function standsApart({ trainedRows, sameSchema }: Pick<Result, 'trainedRows' | 'sameSchema'>): boolean {
  return trainedRows > 0 || sameSchema === false;
}

/** Greater is better. */
function rankOf({ right, error, rows }: Result): number {
  return right !== undefined ? right / rows : -(error ?? Number.POSITIVE_INFINITY);
}
