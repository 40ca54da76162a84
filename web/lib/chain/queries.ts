// What the server's pages and routes ask for. An indexer can replace the reader behind these functions.
import type { Hex } from 'viem';
import { givenName } from '../names.ts';
import { proquint } from '../proquint.ts';
import { wilson } from '../wilson.ts';
import type { MissingConfig } from './config.ts';
import { ensName } from './ens.ts';
import { openReader, type Reader } from './reader.ts';
import type { Neighbourhood } from './store.ts';
import type {
  Board,
  ChainConfig,
  Comparison,
  Entry,
  Graph,
  Model,
  ModelView,
  Score,
  SearchHit,
  Status,
  Totals,
} from './types.ts';

export interface Home {
  config: ChainConfig;
  status: Status;
  totals: Totals;
  newest: Model[];
  board?: Board;
  /** the line of the deepest node, origin first */
  line: Model[];
}

export async function readStatus(): Promise<{ config: ChainConfig; status: Status } | MissingConfig> {
  return withReader(({ config, status }) => ({ config, status }));
}

export async function readHome(): Promise<Home | MissingConfig> {
  return withReader(({ config, status, store }) => {
    const newest = store.newest(8);
    const deepest = store.newest(500).reduce<Model | undefined>((a, b) => (a && a.depth >= b.depth ? a : b), undefined);
    const [first] = store.benchmarks();
    return {
      config,
      status,
      totals: store.totals,
      newest,
      line: deepest ? store.path(deepest.id, 40).reverse() : [],
      ...(first && { board: boardOf(store, first.id) }),
    };
  });
}

/** @returns undefined when there is no such node */
export async function readModelView(id: Hex): Promise<ModelView | MissingConfig | undefined> {
  return withReader(async (reader) => {
    const { config, status, store, client } = reader;
    const model = store.model(id);
    if (!model) return undefined;
    const [credits, trainerName] = await Promise.all([reader.credits(id), ensName(client, config, model.trainer)]);
    const shard = model.training && store.shard(model.training.shard);
    return {
      config,
      status,
      model,
      path: store.path(id, 400).reverse(),
      origins: store.origins(id),
      parents: model.parents.map((parent) => store.model(parent.id)).filter((parent) => parent !== undefined),
      children: store.children(id),
      ...(shard && { shard }),
      datasets: shard ? store.datasetsOf(shard.id) : [],
      scores: store.scoresOf(id),
      ...(credits && { credits }),
      ...(trainerName && { trainerName }),
    };
  }, id);
}

export async function readGraph(question: Neighbourhood): Promise<Graph | MissingConfig> {
  return withReader(({ store }) => store.graph(question), question.focus);
}

export async function readSearch(text: string): Promise<SearchHit[] | MissingConfig> {
  return withReader(({ store, config }) =>
    store.search(text, (model) => [
      proquint(model.id),
      config.people[model.trainer.toLowerCase()] ?? '',
      ...(givenName(model)?.split(/\s+/) ?? []),
      givenName(model) ?? '',
    ]),
  );
}

export async function readBoards(): Promise<
  { config: ChainConfig; status: Status; boards: Board[]; candidates: Model[] } | MissingConfig
> {
  return withReader(({ config, status, store }) => ({
    config,
    status,
    boards: store.benchmarks().map(({ id }) => boardOf(store, id)),
    candidates: store.newest(200),
  }));
}

export async function readComparison(a: Hex | undefined, b: Hex | undefined): Promise<Comparison | MissingConfig> {
  const views = await Promise.all([a, b].map((id) => (id ? readModelView(id) : undefined)));
  return withReader(({ config, status, store }) => {
    const [left, right] = views.map((view) => (view && 'model' in view ? view : undefined));
    const ofA = left ? new Set([left.model.id, ...store.ancestors(left.model.id).ids]) : new Set<Hex>();
    const ofB = right ? new Set([right.model.id, ...store.ancestors(right.model.id).ids]) : new Set<Hex>();
    const models = (ids: Iterable<Hex>, keep: (id: Hex) => boolean) =>
      [...ids]
        .filter(keep)
        .map((id) => store.model(id)!)
        .sort((x, y) => y.depth - x.depth)
        .slice(0, 200);
    return {
      config,
      status,
      ...(left && { a: left }),
      ...(right && { b: right }),
      common: models(ofA, (id) => ofB.has(id)),
      onlyA: models(ofA, (id) => !ofB.has(id)),
      onlyB: models(ofB, (id) => !ofA.has(id)),
      suggestions: store.newest(12),
    };
  });
}

function boardOf(store: Reader['store'], id: Hex): Board {
  const benchmark = store.benchmarks().find((other) => other.id === id)!;
  const best = new Map<Hex, Score>();
  for (const score of store.scoresOn(id)) {
    const other = best.get(score.model);
    if (!other || rankOf(score) > rankOf(other)) best.set(score.model, score);
  }
  const entries = [...best.values()]
    .sort((a, b) => rankOf(b) - rankOf(a) || a.block - b.block)
    .map((score, k): Entry => {
      const model = store.model(score.model)!;
      return {
        rank: k + 1,
        model,
        score,
        ...(score.right !== undefined && { share: wilson(score.right, score.rows) }),
        ancestors: store
          .path(model.id, 5)
          .slice(1)
          .map(({ id, name }) => ({ id, ...(name && { name }) })),
      };
    });
  return { benchmark, entries };
}

/** Greater is better. */
function rankOf({ right, error, rows }: Score): number {
  return right !== undefined ? right / rows : -(error ?? Number.POSITIVE_INFINITY);
}

async function withReader<T>(answer: (reader: Reader) => T | Promise<T>, wanted?: Hex): Promise<T | MissingConfig> {
  const reader = await openReader(wanted);
  return 'missing' in reader ? reader : answer(reader);
}
