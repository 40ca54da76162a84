// What the pages of trainers, datasets, shards, benchmarks and bounties show, and what a search finds.
import type { Address } from 'viem';
import type { Attestation, Dataset, ListedDataset, Shard } from './dataTypes.ts';
import type { Inference, Newest, ShardFacts } from './factTypes.ts';
import type { Bounty, BountyView } from './moneyTypes.ts';
import type { Benchmark, Board, ChainConfig, Model, Named, Result, StatedSchema } from './types.ts';

/** A result with what it is of. */
export interface NamedResult {
  model: Named;
  benchmark: Benchmark;
  result: Result;
}

/** A bounty with its benchmark, where that is known. */
export interface NamedBounty {
  bounty: Bounty;
  on?: Benchmark;
}

/** All that an address has done. */
export interface TrainerView {
  config: ChainConfig;
  trainer: Address;
  /** who acts for it */
  key: Address;
  /** its primary ENS name */
  name?: string;
  models: Newest<Model>;
  /** of its models */
  results: Newest<NamedResult>;
  shards: Newest<Shard>;
  /** that it registered */
  datasets: Newest<Dataset>;
  /** datasets that it says are its own */
  attested: Newest<{ dataset: Dataset; attestation: Attestation }>;
  /** that it opened or sealed */
  benchmarks: Newest<Benchmark>;
  /** that it funded */
  bounties: Newest<NamedBounty>;
}

export interface DatasetView {
  config: ChainConfig;
  dataset: Dataset;
  notes: ListedDataset;
  /** as many as are shown */
  shards: Newest<Shard>;
  /** models whose own training used a shard of it */
  trainedOn: Newest<Model>;
  benchmarks: Newest<Benchmark>;
}

export interface ShardView {
  config: ChainConfig;
  shard: Shard;
  /** undefined where the node did not answer */
  schema?: StatedSchema;
  datasets: Newest<Dataset>;
  benchmarks: Newest<Benchmark>;
  trainedOn: Newest<Model>;
  /** undefined where no audit is known */
  facts?: ShardFacts;
  /** undefined where no contract of inferences is known */
  inferences?: Newest<Inference>;
}

export interface BenchmarkView {
  config: ChainConfig;
  board: Board;
  /** none while it is sealed */
  shards: Newest<Shard>;
  /** undefined where it is not registered yet */
  dataset?: Dataset;
  bounties: Newest<NamedBounty>;
}

export interface OneBounty {
  config: ChainConfig;
  bounty: BountyView;
}

/** A model that a search found. */
export type SearchHit = Named & Pick<Model, 'trainer'>;

/** A trainer that a search found, with the name under which it is known, if any. */
export interface TrainerHit {
  trainer: Address;
  name?: string;
  models: number;
}

/** What a text may mean. */
export interface Found {
  models: Newest<SearchHit>;
  trainers: Newest<TrainerHit>;
  datasets: Newest<Dataset>;
  benchmarks: Newest<Benchmark>;
  shards: Newest<Shard>;
}
