// What the pages of trainers, datasets, shards, benchmarks and bounties ask for, and their twins in JSON.
import { cache } from 'react';
import { type Address, type Hex, isAddressEqual } from 'viem';
import { factsOfShard } from './audits.ts';
import { measuredBoardOf } from './boards.ts';
import { readBounties } from './bounties.ts';
import type { MissingConfig } from './config.ts';
import { listedWithNotes } from './datasets.ts';
import { ensName } from './ens.ts';
import type { Newest } from './factTypes.ts';
import type { Bounty } from './moneyTypes.ts';
import { newestOf } from './newest.ts';
import type { BenchmarkView, DatasetView, NamedBounty, OneBounty, ShardView, TrainerView } from './pageTypes.ts';
import { withReader } from './queries.ts';
import { describeStated } from './schemas.ts';
import type { Store } from './store.ts';
import { named } from './trainerCredit.ts';
import type { Model } from './types.ts';

/** Sources of a dataset that its own page names. */
const MOST_SOURCES = 50;

type Answer<T> = Promise<T | MissingConfig | undefined>;

/** All that an address has done, which may be nothing. */
export const readTrainer = cache(async (trainer: Address): Promise<TrainerView | MissingConfig> => {
  return withReader(async (reader) => {
    const { config, store, client } = reader;
    const [key, name] = await Promise.all([reader.keyOf(trainer), ensName(client, config, trainer)]);
    const is = (address: Address | undefined) => address !== undefined && isAddressEqual(address, trainer);
    const attested = store.dealings.attestedBy(trainer).flatMap(({ dataset: id, attestation }) => {
      const dataset = store.dataset(id);
      return dataset ? [{ dataset, attestation }] : [];
    });
    return {
      config,
      trainer,
      key,
      ...(name && { name }),
      models: modelsOf(store, store.modelsOf(trainer)),
      results: newestOf(resultsOf(store, trainer)),
      shards: newestOf(store.shards.filter(({ owner }) => is(owner))),
      datasets: newestOf(store.datasets.filter(({ registrar }) => is(registrar))),
      attested: newestOf(attested),
      benchmarks: newestOf(store.benchmarks(({ by }) => is(by))),
      bounties: bountiesOf(store, ({ funder }) => is(funder)),
    };
  });
});

/** Undefined where there is no such dataset. */
export const readDataset = cache(async (id: Hex): Answer<DatasetView> => {
  return withReader(({ config, store }) => {
    const dataset = store.dataset(id);
    if (!dataset) return undefined;
    return {
      config,
      dataset,
      notes: listedWithNotes(store, dataset, config.attestations, MOST_SOURCES),
      shards: newestOf(dataset.shards.flatMap((shard) => store.shard(shard) ?? [])),
      trainedOn: modelsOf(store, [...new Set(dataset.shards.flatMap((shard) => store.trainedOn(shard)))]),
      benchmarks: newestOf(store.benchmarks((benchmark) => benchmark.dataset === id)),
    };
  });
});

/** Undefined where there is no such shard. */
export const readShard = cache(async (id: Hex): Answer<ShardView> => {
  return withReader(async (reader) => {
    const { config, store } = reader;
    const shard = store.shard(id);
    if (!shard) return undefined;
    const schema = await reader.schema(id, 'shard');
    return {
      config,
      shard,
      ...(schema && { schema: describeStated(schema) }),
      datasets: newestOf(store.datasetsOf(id)),
      benchmarks: newestOf(store.benchmarks((benchmark) => store.shardsOf(benchmark.id).includes(id))),
      trainedOn: modelsOf(store, store.trainedOn(id)),
      ...(config.audit && { facts: factsOfShard(store, id) }),
      ...(config.inferences && { inferences: newestOf(store.facts.inferencesOf(id)) }),
    };
  });
});

/** Undefined where there is no such benchmark. */
export const readBenchmark = cache(async (id: Hex): Answer<BenchmarkView> => {
  return withReader(({ config, store }) => {
    const benchmark = store.benchmark(id);
    if (!benchmark) return undefined;
    const dataset = store.dataset(benchmark.dataset);
    return {
      config,
      board: measuredBoardOf(store, id),
      shards: newestOf(store.shardsOf(id).flatMap((shard) => store.shard(shard) ?? [])),
      ...(dataset && { dataset }),
      bounties: bountiesOf(store, (bounty) => bounty.benchmark === id),
    };
  });
});

/** Undefined where there is no such bounty. */
export const readBounty = cache(async (id: string): Answer<OneBounty> => {
  return withReader(async ({ config, client, store }) => {
    const known = store.dealings.bounties.find((bounty) => bounty.id === id);
    if (!known || !config.bountyBoard) return undefined;
    const [bounty] = await readBounties(client, config.bountyBoard, store, [known]).catch(() => []);
    return bounty ? { config, bounty } : { missing: 'The bounty board does not answer.' };
  });
});

/** @param ids of models, in any order */
function modelsOf(store: Store, ids: readonly Hex[]): Newest<Model> {
  const { newest, total } = newestOf([...ids].sort((a, b) => store.place(a) - store.place(b)));
  return { newest: newest.flatMap((id) => store.model(id) ?? []), total };
}

/** The results of a trainer's models, the oldest first. */
function resultsOf(store: Store, trainer: Address) {
  return store
    .modelsOf(trainer)
    .flatMap((id) =>
      store.benchmarkIdsOf(id).flatMap((on) => {
        const [model, benchmark, result] = [store.model(id), store.benchmark(on), store.result(id, on)];
        return model && benchmark && result ? [{ model: named(model), benchmark, result }] : [];
      }),
    )
    .sort((a, b) => a.result.block - b.result.block);
}

function bountiesOf(store: Store, filter: (bounty: Bounty) => boolean): Newest<NamedBounty> {
  const { newest, total } = newestOf(store.dealings.bounties.filter(filter));
  return {
    newest: newest.map((bounty) => {
      const on = store.benchmark(bounty.benchmark);
      return { bounty, ...(on && { on }) };
    }),
    total,
  };
}
