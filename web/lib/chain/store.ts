import type { Address, Hex } from 'viem';
import type { Measures } from '../../../src/model/measures.ts';
import {
  type Ancestry,
  ancestorsOf,
  type LineageNode,
  shardsUsedBy,
  sumAncestry,
} from '../../../src/registry/ancestry.ts';
import { isSameSchema } from '../../../src/registry/schemas.ts';
import { parametersOf } from '../drawnShape.ts';
import { bestOf, type ShardMeasures, summed } from '../measures.ts';
import { push } from '../push.ts';
import { sumOf } from '../training.ts';
import type { Dataset, Shard } from './dataTypes.ts';
import { Dealings } from './dealings.ts';
import { Facts } from './facts.ts';
import type { Benchmark, Model, ModelParent, Result, ResultMeasures, Score, Totals } from './types.ts';

/** A node's registration with everything its block tells about it. */
export type NewModel = Omit<Model, 'children' | 'declared' | 'isForeign' | 'parents' | 'parameters' | 'timestamp'> & {
  parents: ModelParent[];
};

/** What the chain says of the columns and classes of a model's line and of a shard; zero where nothing is stated. */
export interface SchemaPair {
  model: Hex;
  shard: Hex;
}

/** Models whose shards are remembered at once. */
const MOST_USED_SHARDS = 64;

/** All that the events told, indexed. Holds no connection and knows no encoding: an indexer could fill it as well. */
export class Store {
  readonly #models = new Map<Hex, Model>();
  readonly #order: Hex[] = [];
  readonly #children = new Map<Hex, Hex[]>();
  readonly #shards = new Map<Hex, Shard>();
  readonly #datasets = new Map<Hex, Dataset>();
  readonly #datasetsOfShard = new Map<Hex, Hex[]>();
  readonly #benchmarks = new Map<Hex, Omit<Benchmark, 'results'>>();
  readonly #shardsOfBenchmark = new Map<Hex, readonly Hex[]>();
  /** the last one of each model, by benchmark: a later one is better */
  readonly #results = new Map<Hex, Map<Hex, Result>>();
  readonly #benchmarksOfModel = new Map<Hex, Set<Hex>>();
  readonly #schemas = new Map<string, SchemaPair>();
  readonly #measures = new Map<string, ShardMeasures>();
  /** nothing of a node's lineage changes once it is registered */
  readonly #ancestries = new Map<Hex, Ancestry>();
  readonly #usedShards = new Map<Hex, ReadonlySet<Hex>>();
  readonly #places = new Map<Hex, number>();
  /** what happened to models after they were registered */
  readonly dealings = new Dealings();
  /** what was proved of them since */
  readonly facts = new Facts();
  readonly #modelsOf = new Map<Address, Hex[]>();
  /** models whose own edge used a shard */
  readonly #trainedOn = new Map<Hex, Hex[]>();
  readonly #totals: Totals = {
    models: 0,
    edges: 0,
    trainers: 0,
    steps: 0,
    rows: 0,
    shards: 0,
    datasets: 0,
    seeds: 0,
    imports: 0,
    merges: 0,
  };

  addModel(model: NewModel): void {
    if (this.#models.has(model.id)) return;
    const above = model.parents.map(({ id }) => this.#models.get(id));
    const declared = model.kind === 'import' || above.some((parent) => parent?.declared);
    const isForeign = model.kind === 'foreign' || above.some((parent) => parent?.isForeign);
    const parents = model.parents.map((parent) => {
      const known = this.#models.get(parent.id);
      return nameParent({ ...parent, id: known?.id ?? parent.id }, known?.name);
    });
    this.#models.set(model.id, {
      ...model,
      parents,
      declared,
      isForeign,
      children: 0,
      parameters: parametersOf(model),
    });
    this.#places.set(model.id, this.#order.length);
    this.#order.push(model.id);
    for (const { id } of model.parents) {
      const parent = this.#models.get(id);
      if (parent) parent.children++;
      push(this.#children, id, model.id);
    }
    push(this.#modelsOf, model.trainer, model.id);
    for (const shard of new Set(model.trainings?.map((segment) => segment.shard)))
      push(this.#trainedOn, shard, model.id);
    const totals = this.#totals;
    totals.models++;
    totals.edges += model.parents.length;
    totals.trainers = this.#modelsOf.size;
    totals.steps += sumOf(model.trainings ?? []).steps;
    if (model.kind === 'seed') totals.seeds++;
    if (model.kind === 'import') totals.imports++;
    if (model.kind === 'merge') totals.merges++;
  }

  addShard(shard: Shard): void {
    if (this.#shards.has(shard.id)) return;
    this.#shards.set(shard.id, shard);
    this.#totals.shards++;
    this.#totals.rows += shard.rows;
  }

  addDataset(dataset: Dataset): void {
    if (this.#datasets.has(dataset.id)) return;
    this.#datasets.set(dataset.id, dataset);
    for (const shard of dataset.shards) {
      push(this.#datasetsOfShard, shard, dataset.id);
    }
    this.#totals.datasets++;
  }

  /** @param shards whose rows it has, each once; none while it is sealed */
  addBenchmark(benchmark: Omit<Benchmark, 'results'>, shards: readonly Hex[]): void {
    this.#benchmarks.set(benchmark.id, benchmark);
    this.#shardsOfBenchmark.set(benchmark.id, shards);
  }

  changeBenchmark(id: Hex, change: Pick<Benchmark, 'sealed'>): void {
    const known = this.#benchmarks.get(id);
    if (known) this.#benchmarks.set(id, { ...known, ...change });
  }

  /** Forgets a benchmark of which not enough was read. */
  dropBenchmark(id: Hex): void {
    this.#benchmarks.delete(id);
  }

  /** A result on one shard tells what the chain knows of both schemas. */
  addSchemas(model: Hex, shard: Hex, schemas: SchemaPair): void {
    this.#schemas.set(`${model} ${shard}`, schemas);
  }

  /** What a score measures beside the result, of a model and a shard that are known. */
  addMeasures(model: Hex, shard: Hex, measures: Omit<Measures, 'result'>): void {
    const head = this.#models.get(model)?.head;
    const kind = this.#shards.get(shard)?.kind;
    if (head === undefined || kind === undefined) return;
    const key = `${model} ${shard}`;
    this.#measures.set(key, bestOf(this.#measures.get(key), measures, { head, kind }));
  }

  /** Anyone can rank one model on thousands of benchmarks for gas alone. */
  #shardsUsedBy(model: Hex): ReadonlySet<Hex> {
    const known = this.#usedShards.get(model);
    if (known) return known;
    const used = shardsUsedBy(model, this.nodeOf);
    if (this.#usedShards.size >= MOST_USED_SHARDS) this.#usedShards.clear();
    this.#usedShards.set(model, used);
    return used;
  }

  addScore(score: Score): void {
    const { model, benchmark } = score;
    const results = this.#results.get(benchmark) ?? new Map<Hex, Result>();
    this.#results.set(benchmark, results.set(model, { ...score, ...this.#acquaintance(model, benchmark) }));
    this.#benchmarksOfModel.set(model, (this.#benchmarksOfModel.get(model) ?? new Set()).add(benchmark));
  }

  /** How a model stands to the rows of a benchmark. */
  #acquaintance(model: Hex, benchmark: Hex): Pick<Result, 'trainedRows' | 'sameSchema' | 'unread'> {
    const shards = this.shardsOf(benchmark);
    const used = this.#shardsUsedBy(model);
    const trainedRows = shards
      .filter((shard) => used.has(shard))
      .reduce((sum, shard) => sum + (this.#shards.get(shard)?.rows ?? 0), 0);
    const pairs = shards.map((shard) => this.#schemas.get(`${model} ${shard}`));
    const stated = pairs
      .map((pair) => pair && isSameSchema(pair.model, pair.shard))
      .filter((same) => same !== undefined);
    const differ = stated.includes(false);
    const known = differ || (stated.length > 0 && stated.length === shards.length);
    const unread = this.ancestry(model).unknown > 0;
    return { trainedRows, ...(known && { sameSchema: !differ }), ...(unread && { unread }) };
  }

  /** Two empty texts remove the card. */
  setCard(id: Hex, { name, uri }: { name: string; uri: string }): void {
    const model = this.#models.get(id);
    if (!model) return;
    const { name: _name, uri: _uri, ...rest } = model;
    this.#models.set(id, { ...rest, ...(name && { name }), ...(uri && { uri }) });
    for (const child of this.#children.get(id) ?? []) {
      const known = this.#models.get(child)!;
      known.parents = known.parents.map((parent) => (parent.id === id ? nameParent(parent, name) : parent));
    }
  }

  /** Fills in when nodes were registered. */
  setTimestamps(times: ReadonlyMap<Hex, number>): void {
    for (const [id, timestamp] of times) {
      const model = this.#models.get(id);
      if (model) model.timestamp = timestamp;
    }
  }

  /** When nodes were registered, as far as it is known. */
  timestamps(): Map<Hex, number> {
    const known = [...this.#models.values()].filter((model) => model.timestamp !== undefined);
    return new Map(known.map((model) => [model.id, model.timestamp!]));
  }

  get totals(): Totals {
    return { ...this.#totals };
  }

  get size(): number {
    return this.#order.length;
  }

  model(id: Hex): Model | undefined {
    return this.#models.get(id);
  }

  shard(id: Hex): Shard | undefined {
    return this.#shards.get(id);
  }

  /** Datasets that list a shard. */
  datasetsOf(shard: Hex): Dataset[] {
    return (this.#datasetsOfShard.get(shard) ?? []).map((id) => this.#datasets.get(id)!);
  }

  /** The oldest first. */
  get shards(): Shard[] {
    return [...this.#shards.values()];
  }

  dataset(id: Hex): Dataset | undefined {
    return this.#datasets.get(id);
  }

  /** The oldest first. */
  get datasets(): Dataset[] {
    return [...this.#datasets.values()];
  }

  /** The oldest first. */
  benchmarks(filter: (benchmark: Benchmark) => boolean): Benchmark[] {
    return this.benchmarkIds.map((id) => this.benchmark(id)!).filter(filter);
  }

  benchmark(id: Hex): Benchmark | undefined {
    const benchmark = this.#benchmarks.get(id);
    return benchmark && { ...benchmark, results: this.#results.get(id)?.size ?? 0 };
  }

  /** The shards of a benchmark; none while it is sealed. */
  shardsOf(benchmark: Hex): readonly Hex[] {
    return this.#shardsOfBenchmark.get(benchmark) ?? [];
  }

  /** Ids, the oldest first. */
  get benchmarkIds(): Hex[] {
    return [...this.#benchmarks.keys()];
  }

  /** Benchmarks on which a model has a result. */
  benchmarkIdsOf(model: Hex): Hex[] {
    return [...(this.#benchmarksOfModel.get(model) ?? [])];
  }

  /** A model's best result. */
  result(model: Hex, benchmark: Hex): Result | undefined {
    return this.#results.get(benchmark)?.get(model);
  }

  /** What its scores on the benchmark's shards show beside the result. */
  measures(model: Hex, benchmark: Hex): ResultMeasures | undefined {
    const { widths, head } = this.#models.get(model) ?? {};
    const { rows, kind } = this.#benchmarks.get(benchmark) ?? {};
    const shards = this.shardsOf(benchmark);
    if (widths === undefined || head === undefined || rows === undefined || kind === undefined) return undefined;
    const parts = shards.map((shard) => this.#measures.get(`${model} ${shard}`));
    return summed(parts, { kind, head, rows, outputs: widths[widths.length - 1] });
  }

  /** The best result of every model that has one. */
  resultsOn(benchmark: Hex): Result[] {
    return [...(this.#results.get(benchmark)?.values() ?? [])];
  }

  /** The newest first. */
  newest(count: number, filter: (model: Model) => boolean = () => true): Model[] {
    const found: Model[] = [];
    for (let k = this.#order.length - 1; k >= 0 && found.length < count; k--) {
      const model = this.#models.get(this.#order[k])!;
      if (filter(model)) found.push(model);
    }
    return found;
  }

  /** The oldest first. */
  all(filter: (model: Model) => boolean): Model[] {
    return [...this.#models.values()].filter(filter);
  }

  /** The newest first, a page of them. */
  children(id: Hex, offset = 0, count = 50): Model[] {
    const ids = [...this.childIds(id)].reverse();
    return ids.slice(offset, offset + count).map((child) => this.#models.get(child)!);
  }

  /** Ids of a model's children, the oldest first. */
  childIds(id: Hex): readonly Hex[] {
    return this.#children.get(id) ?? [];
  }

  /** Ids of a trainer's models, the oldest first. */
  modelsOf(trainer: Address): readonly Hex[] {
    return this.#modelsOf.get(trainer) ?? [];
  }

  /** Who registered a model. */
  get trainers(): Address[] {
    return [...this.#modelsOf.keys()];
  }

  /** Ids of the models whose own training used a shard, the oldest first. */
  trainedOn(shard: Hex): readonly Hex[] {
    return this.#trainedOn.get(shard) ?? [];
  }

  /** Nodes without a time, at most `count`. */
  untimed(count: number): Hex[] {
    const ids: Hex[] = [];
    for (let k = this.#order.length - 1; k >= 0 && ids.length < count; k--) {
      if (this.#models.get(this.#order[k])!.timestamp === undefined) ids.push(this.#order[k]);
    }
    return ids;
  }

  /** One way from the node up to an origin, along first parents; leaves out the other parents of merges. */
  firstLine(id: Hex, limit: number): Model[] {
    const line: Model[] = [];
    for (let at = this.#models.get(id); at && line.length < limit; at = this.#models.get(at.parents[0]?.id))
      line.push(at);
    return line;
  }

  /** All ancestors, nearest first. */
  ancestors(id: Hex): Hex[] {
    return ancestorsOf(id, this.nodeOf);
  }

  /** Sums over all ancestors. */
  ancestry(id: Hex): Ancestry {
    const known = this.#ancestries.get(id);
    if (known) return known;
    const sums = sumAncestry(id, this.nodeOf);
    this.#ancestries.set(id, sums);
    return sums;
  }

  /** Which node it is: parents have lower places than their children. */
  place(id: Hex): number {
    return this.#places.get(id) ?? -1;
  }

  /** A node as far as its lineage goes. */
  readonly nodeOf = (id: Hex): LineageNode | undefined => {
    const model = this.#models.get(id);
    return (
      model && {
        id,
        parents: model.parents.map((parent) => parent.id),
        ...(model.trainings && { trainings: model.trainings }),
      }
    );
  };
}

function nameParent({ name: _name, ...parent }: ModelParent, name: string | undefined): ModelParent {
  return { ...parent, ...(name && { name }) };
}
