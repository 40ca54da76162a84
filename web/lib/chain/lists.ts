// Lists of the API, a page at a time. A cursor is the last key of the page before, so that what is registered meanwhile shifts nothing.
import type { Address, Hex } from 'viem';
import type { MissingConfig } from './config.ts';
import type { Dataset } from './dataTypes.ts';
import { withReader } from './queries.ts';
import type { Store } from './store.ts';
import type { Benchmark, ChainConfig, Model } from './types.ts';

/** Which page of a list is asked for. */
export interface PageQuestion {
  /** the last key of the page before; undefined: the first page */
  after?: string;
  limit: number;
}

export interface ListPage<T> {
  config: ChainConfig;
  items: T[];
  /** of the whole list */
  total: number;
  /** cursor of the next page; undefined on the last one */
  next?: string;
}

/** A list, or that there is nothing to read from; undefined where the cursor or what the list is of is unknown. */
type ListAnswer<T> = Promise<ListPage<T> | MissingConfig | undefined>;

/** The newest first. */
export const readModels = (question: PageQuestion): ListAnswer<Model> =>
  readList(question, newestModels, (store, id) => store.model(id)!);

/** With the number of their models; who registered a model last is first. */
export const readTrainers = (question: PageQuestion): ListAnswer<{ trainer: Address; models: number }> =>
  readList(
    question,
    (store) => [...store.trainers].reverse(),
    (store, trainer) => ({ trainer, models: store.modelsOf(trainer).length }),
  );

/** The newest first. */
export const readDatasets = (question: PageQuestion): ListAnswer<Dataset> =>
  readList(
    question,
    (store) => store.datasets.map(({ id }) => id).reverse(),
    (store, id) => store.dataset(id)!,
  );

/** The newest first. */
export const readBenchmarks = (question: PageQuestion): ListAnswer<Benchmark> =>
  readList(
    question,
    (store) => store.benchmarkIds.reverse(),
    (store, id) => store.benchmark(id)!,
  );

/** A model and all that it descends from, nearest first. */
export const readLineage = (id: Hex, question: PageQuestion): ListAnswer<Model> =>
  readList(
    question,
    (store) => (store.model(id) ? [id, ...store.ancestors(id).filter((at) => store.model(at))] : undefined),
    (store, at) => store.model(at)!,
    id,
  );

/** The newest first, at most so many. */
export const readNewest = (count: number): Promise<{ config: ChainConfig; models: Model[] } | MissingConfig> =>
  withReader(({ config, store }) => ({ config, models: store.newest(count) }));

function newestModels(store: Store): Hex[] {
  return store.newest(store.size).map(({ id }) => id);
}

function readList<K extends string, T>(
  { after, limit }: PageQuestion,
  keysOf: (store: Store) => K[] | undefined,
  itemOf: (store: Store, key: K) => T,
  wanted?: Hex,
): ListAnswer<T> {
  return withReader(({ config, store }) => {
    const keys = keysOf(store);
    const from = after === undefined ? 0 : ((keys as string[] | undefined)?.indexOf(after) ?? -1) + 1;
    if (!keys || (after !== undefined && from === 0)) return undefined;
    const shown = keys.slice(from, from + limit);
    return {
      config,
      items: shown.map((key) => itemOf(store, key)),
      total: keys.length,
      ...(from + limit < keys.length && { next: shown[shown.length - 1] }),
    };
  }, wanted);
}
