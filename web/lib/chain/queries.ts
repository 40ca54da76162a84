// What the server's pages and routes ask for. An indexer can replace the reader behind these functions.
import { cache } from 'react';
import type { Address, Hex } from 'viem';
import { waysTo } from '../../../src/registry/ways.ts';
import { factsOfLineage } from './audits.ts';
import { boardOf, chooseBenchmark, measuredBoardOf } from './boards.ts';
import { newestBounties, readBounties } from './bounties.ts';
import type { MissingConfig } from './config.ts';
import type { Split } from './creditTypes.ts';
import { listedWithNotes } from './datasets.ts';
import type { Dataset } from './dataTypes.ts';
import { ensName, findTrainer, namesOf } from './ens.ts';
import { graphOf } from './graph.ts';
import { lineageOf } from './lineage.ts';
import type { BountyView, TrainerCredit } from './moneyTypes.ts';
import { newestOf } from './newest.ts';
import type { Found } from './pageTypes.ts';
import { openReader, type Reader } from './reader.ts';
import { describeStated } from './schemas.ts';
import { searchStore } from './search.ts';
import type { Store } from './store.ts';
import { named, readTrainerCredit } from './trainerCredit.ts';
import type {
  Benchmark,
  BenchmarkChoice,
  Board,
  ChainConfig,
  Comparison,
  Graph,
  Model,
  ModelView,
  Named,
  Neighbourhood,
  Some,
  Status,
  Totals,
} from './types.ts';

/** Lists of a shard that a model's page names. */
const MOST_DATASETS = 6;
/** Anyone can list shards: of more, the newest are shown. */
const MOST_LISTED_DATASETS = 200;
/** Disputes that a model's page shows. */
const MOST_DISPUTES = 20;

export interface Home {
  config: ChainConfig;
  status: Status;
  totals: Totals;
  newest: Model[];
  choice: BenchmarkChoice;
  board?: Board;
  /** one way down to the deepest node, along first parents, origin first */
  line: Model[];
}

/** Asked once for a picture, however many of its layouts want to know. */
export const readStatus = cache(
  async (): Promise<{ config: ChainConfig; status: Status } | MissingConfig> =>
    withReader(({ config, status }) => ({ config, status })),
);

/** @param benchmark from the link: an id, or 'none' */
export async function readHome(benchmark?: string): Promise<Home | MissingConfig> {
  return withReader(({ config, status, store }) => {
    const newest = store.newest(8);
    const deepest = store.newest(500).reduce<Model | undefined>((a, b) => (a && a.depth >= b.depth ? a : b), undefined);
    const choice = chooseBenchmark(store, config, benchmark);
    return {
      config,
      status,
      totals: store.totals,
      newest,
      line: deepest ? store.firstLine(deepest.id, 40).reverse() : [],
      choice,
      ...(choice.benchmark && { board: boardOf(store, choice.benchmark.id) }),
    };
  });
}

/** @param benchmark from the link: an id, or 'none' @returns undefined when there is no such node */
export async function readModelView(id: Hex, benchmark?: string): Promise<ModelView | MissingConfig | undefined> {
  return withReader(async (reader) => {
    const { config, status, store, client } = reader;
    const model = store.model(id);
    if (!model) return undefined;
    const [credits, split, trainerKey, trainerName, schema] = await Promise.all([
      reader.credits(id),
      reader.split(id),
      reader.keyOf(model.trainer),
      ensName(client, config, model.trainer),
      reader.schema(id),
    ]);
    const choice = chooseBenchmark(store, config, benchmark, store.benchmarkIdsOf(id));
    const standing = store.dealings.standing(id);
    const successor = standing?.successor && store.model(standing.successor);
    const result = choice.benchmark && store.result(id, choice.benchmark.id);
    const measures = choice.benchmark && result && store.measures(id, choice.benchmark.id);
    const last = model.trainings?.at(-1);
    const shard = last && store.shard(last.shard);
    const shards = new Set(model.trainings?.map((segment) => segment.shard));
    const listed = [...shards].flatMap((each) => store.datasetsOf(each));
    const datasets = [...new Map(listed.map((dataset) => [dataset.id, dataset])).values()];
    return {
      config,
      status,
      model,
      lineage: lineageOf(store, id),
      parents: model.parents.map((parent) => store.model(parent.id)).filter((parent) => parent !== undefined),
      children: store.children(id),
      ...(shard && { shard }),
      datasets: datasets
        .slice(0, MOST_DATASETS)
        .map((dataset) => listedWithNotes(store, dataset, reader.config.attestations)),
      datasetTotal: datasets.length,
      choice,
      ...(result && { result }),
      ...(measures && { measures }),
      trainerKey,
      ...(standing && { standing }),
      ...(successor && { successor: named(successor) }),
      disputes: store.dealings.disputesOf(id).slice(0, MOST_DISPUTES),
      ...(credits && { credits }),
      ...(split && { split, payees: payeesOf(split, store) }),
      ...(trainerName && { trainerName }),
      ...(schema && { schema: describeStated(schema) }),
      ...(config.inferences && { inferences: newestOf(store.facts.inferencesOf(id)) }),
      ...(config.audit && { facts: factsOfLineage(store, id, choice.benchmark?.id) }),
    };
  }, id);
}

/** The models that a split names. */
function payeesOf(split: Split, store: Store): Named[] {
  if ('refused' in split) return [];
  return split.payouts.flatMap(({ node }) => store.model(node) ?? []).map(named);
}

/** What a trainer is owed; undefined where the vault does not answer or there is none. */
export async function readCreditOf(
  trainer: Address,
): Promise<{ config: ChainConfig; credit?: TrainerCredit } | MissingConfig> {
  return withReader(async ({ config, client, store }) => {
    const { registry, creditVault, trainers } = config;
    if (!creditVault || !trainers) return { config };
    const contracts = { registry, creditVault, trainers };
    const credit = await readTrainerCredit(client, contracts, store, trainer).catch(() => undefined);
    return { config, ...(credit && { credit }) };
  });
}

/** Registered datasets, the newest first, and sealed benchmarks that are not open. */
export async function readDatasets(): Promise<{ datasets: Dataset[]; seals: Benchmark[] } | MissingConfig> {
  return withReader(({ store }) => ({
    datasets: store.datasets.slice(-MOST_LISTED_DATASETS).reverse(),
    seals: store.benchmarkIds
      .map((id) => store.benchmark(id)!)
      .filter(({ sealed }) => sealed && !sealed.opened)
      .slice(-MOST_LISTED_DATASETS),
  }));
}

/** One way from a model up to another, the one by first parents first. */
export async function readWay(from: Hex, to: Hex): Promise<{ steps?: readonly Hex[] } | MissingConfig> {
  return withReader(({ store }) => {
    const [steps] = waysTo(from, to, store.nodeOf, 1).ways;
    return steps ? { steps } : {};
  }, from);
}

/** Bounties, the newest first; undefined where the board does not answer or there is none. */
export async function readBountyBoard(): Promise<
  { config: ChainConfig; bounties?: BountyView[]; benchmarks: Benchmark[] } | MissingConfig
> {
  return withReader(async ({ config, client, store }) => {
    const { bountyBoard } = config;
    const bounties =
      bountyBoard && (await readBounties(client, bountyBoard, store, newestBounties(store)).catch(() => undefined));
    const { benchmarks } = chooseBenchmark(store, config, undefined);
    return { config, benchmarks, ...(bounties && { bounties }) };
  });
}

export async function readGraph(question: Neighbourhood): Promise<Graph | MissingConfig> {
  return withReader(({ store }) => graphOf(store, question), question.focus);
}

/** What a text may mean, without waiting for the chain's news. @param most of each kind */
export async function readSearch(text: string, most: number): Promise<Found | MissingConfig> {
  return withReader(
    async ({ store, config, client }) => {
      const names = namesOf(client, config, store.trainers);
      const found = searchStore(store, config, names, text, most);
      if (Object.values(found).some(({ total }) => total > 0)) return found;
      const trainer = await findTrainer(client, config, text);
      return trainer ? searchStore(store, config, names, trainer, most) : found;
    },
    undefined,
    true,
  );
}

/** @param benchmark from the link: an id, or 'none' */
export async function readBoard(
  benchmark: string | undefined,
): Promise<{ config: ChainConfig; status: Status; choice: BenchmarkChoice; board?: Board } | MissingConfig> {
  return withReader(({ config, status, store }) => {
    const choice = chooseBenchmark(store, config, benchmark);
    return { config, status, choice, ...(choice.benchmark && { board: measuredBoardOf(store, choice.benchmark.id) }) };
  });
}

/** What the tree can show scores of. @param benchmark from the link: an id, or 'none' */
export async function readChoice(benchmark: string | undefined): Promise<BenchmarkChoice | MissingConfig> {
  return withReader(({ config, store }) => chooseBenchmark(store, config, benchmark));
}

/** @param benchmark from the link: an id, or 'none' */
export async function readComparison(
  a: Hex | undefined,
  b: Hex | undefined,
  benchmark?: string,
): Promise<Comparison | MissingConfig> {
  const views = await Promise.all([a, b].map((id) => (id ? readModelView(id, benchmark) : undefined)));
  return withReader(({ config, status, store }) => {
    const [left, right] = views.map((view) => (view && 'model' in view ? view : undefined));
    const familyOf = (view: ModelView | undefined) =>
      new Set(view && [view.model.id, ...store.ancestors(view.model.id)].filter((id) => store.model(id)));
    const [ofA, ofB] = [familyOf(left), familyOf(right)];
    const scored = [left, right].flatMap((view) => (view ? store.benchmarkIdsOf(view.model.id) : []));
    const some = (ids: Iterable<Hex>, keep: (id: Hex) => boolean): Some => {
      const models = [...ids].filter(keep).map((id) => store.model(id)!);
      return { models: models.sort((x, y) => y.depth - x.depth).slice(0, 12), total: models.length };
    };
    return {
      config,
      status,
      ...(left && { a: left }),
      ...(right && { b: right }),
      unknown: [a, b].filter((id, k) => id !== undefined && ![left, right][k]) as string[],
      choice: chooseBenchmark(store, config, benchmark, [...new Set(scored)]),
      common: some(ofA, (id) => ofB.has(id)),
      onlyA: some(ofA, (id) => !ofB.has(id)),
      onlyB: some(ofB, (id) => !ofA.has(id)),
      suggestions: store.newest(12),
    };
  });
}

/** @param wanted, soon as of `openReader` */
export async function withReader<T>(
  answer: (reader: Reader) => T | Promise<T>,
  wanted?: Hex,
  soon = false,
): Promise<T | MissingConfig> {
  const reader = await openReader(wanted, soon);
  return 'missing' in reader ? reader : answer(reader);
}
