// Everything here survives JSON: it travels from the server to the page. Numbers beyond 2^53 are decimal or 0x text.

import type { Address, Hex } from 'viem';
import type { Head } from '../../../src/model/head.ts';
import type { ShardKind } from '../../../src/model/shape.ts';
import type { Ancestry } from '../../../src/registry/ancestry.ts';
import type { NodeKind } from '../../../src/registry/programs/list.ts';
import type { Credit, Split } from './creditTypes.ts';
import type { Dispute, ListedDataset, Shard } from './dataTypes.ts';
import type { Inference, LineageFacts, Newest } from './factTypes.ts';

/**
 * How a node came to be. An import was made elsewhere: its weights are declared, not proved. Of a foreign one, an adapter to another
 * proof system says that it follows from its parents.
 */
export type Kind = Exclude<NodeKind, 'none'>;

/** Where the page reads. */
export interface ChainConfig {
  chainId: number;
  chainName: string;
  /** http(s) URL of a node that the browser can reach, too */
  rpc: string;
  registry: Address;
  /** block of the registry: its events begin here */
  block: number;
  devKeys: boolean;
  /** base URL of an explorer (EIP-3091), if the chain has one */
  explorer?: string;
  /** names that whoever runs this page gives to addresses, by lower-case address */
  people: Record<string, string>;
  /** lists of shards, where there are any */
  datasets?: Address;
  /** holds results and leaderboards, where there is one */
  scoreboard?: Address;
  /** facts about hidden rows */
  audit?: Address;
  /** pays lineages, where there is one */
  creditVault?: Address;
  /** says who acts for trainers, where there is one */
  trainers?: Address;
  /** holds what trainers say of their nodes later, and disputes, where there is one */
  statuses?: Address;
  /** proved outputs of models */
  inferences?: Address;
  /** holds what sources say of data, where there is one */
  attestations?: Address;
  /** pays for scores, where there is one */
  bountyBoard?: Address;
  /** holds what trainers say about their models, where there is one */
  cards?: Address;
  /** carries what others signed, where there is one */
  relay?: Address;
  /** the benchmark that whoever runs this page shows unless another is chosen; without one, none is shown */
  benchmark?: Hex;
  /** universal resolver of ENS, where it is not the usual one of Ethereum and Sepolia */
  ens?: Address;
}

export interface ModelParent {
  id: Hex;
  /** a merge's weight of this parent, as people say it; undefined elsewhere */
  weight?: string;
  /** a merge's coefficients of this parent, those of layer 1..L, in units of 2^-14; undefined elsewhere */
  coefficients?: number[];
  /** what its trainer calls it: hostile until shown otherwise */
  name?: string;
}

export interface Training {
  shard: Hex;
  /** the integer of the statement, in units of 2^-12 on the mean gradient */
  learningRate: number;
  /** the same as a real number: lr * batch / 2^12 */
  realRate: number;
  batch: number;
  /** how often it goes through the shard */
  passes: number;
  /** target of a wrong class in units of 2^-11 */
  smoothing: number;
  rows: number;
  steps: number;
}

export interface Model {
  id: Hex;
  kind: Kind;
  trainer: Address;
  /** edges to an origin along first parents only, as the contract counts; says nothing of other parents, nor of effort */
  depth: number;
  /** n_0 .. n_L; of a convolutional network, channels of its pictures and of its layers */
  widths: number[];
  /** a convolutional network as people write it; absent of others */
  network?: string;
  head: Head;
  parameters: number;
  shape: string;
  /** one point for each 2^18 entries */
  commitment: { x: string; y: string }[];
  parents: ModelParent[];
  /** how many nodes name it as a parent */
  children: number;
  /** the segments of a training edge, in order; undefined elsewhere */
  trainings?: Training[];
  seed?: { requestId: string; seed: string };
  /** what an import's weights were imported from */
  source?: { sha256?: Hex; uri?: string };
  /** whether a declared import is among its ancestors or it is one */
  declared: boolean;
  /** of a merge by TIES or DARE its method in words; undefined elsewhere */
  method?: string;
  /** the program and the adapter that vouch for a foreign node; undefined elsewhere */
  foreign?: { program: string; adapter: Address };
  /** whether a foreign node is among its ancestors or it is one */
  isForeign: boolean;
  /** seconds since 1970, undefined until read */
  timestamp?: number;
  block: number;
  transaction: Hex;
  /** what its trainer calls it: hostile until shown otherwise */
  name?: string;
  /** where its trainer says more: hostile, too */
  uri?: string;
}

export interface Benchmark {
  id: Hex;
  dataset: Hex;
  /** whatever the dataset's registrar wrote */
  uri: string;
  rows: number;
  kind: ShardKind;
  /** who opened it, or sealed it */
  by?: Address;
  /** sealed: committed to before its rows were registered; only models up to this block count */
  sealed?: {
    closingBlock: number;
    opened: boolean;
    /** until when it must be open, in seconds of Unix time */
    openBy: number;
    /** in wei, decimal; burned where it was not opened in time */
    bond: string;
    burned: boolean;
  };
  /** who may enter, each a part of a sentence; empty: any model */
  rules: string[];
  /** models that have a result on it */
  results: number;
}

/** Which benchmark's results a view shows: one at a time, and always by its name. */
export interface BenchmarkChoice {
  /** undefined until one is chosen: anyone can open a benchmark, so none is chosen for the visitor */
  benchmark?: Benchmark;
  /** what can be chosen, the oldest first, at most a few hundred */
  benchmarks: Benchmark[];
  /** how many there are to choose from */
  total: number;
  /** whether the link asks for a benchmark that is not here */
  unknown?: boolean;
}

export interface Score {
  model: Hex;
  benchmark: Hex;
  /** rows right: a proven lower bound; undefined for regression */
  right?: number;
  /** mean over the rows of the squared error, in real units; undefined for classes */
  error?: number;
  rows: number;
  prover: Address;
  block: number;
  timestamp?: number;
  transaction: Hex;
}

/** A score, and what keeps it from being compared with others. */
export interface Result extends Score {
  /** rows of the benchmark that are in shards which the model or an ancestor was trained on */
  trainedRows: number;
  /** whether the model's line and the rows have the same schema; undefined where either states none */
  sameSchema?: boolean;
  /** part of its lineage was not read: it may have been trained on the rows nevertheless */
  unread?: boolean;
}

/** What scores prove beside the result. */
export interface ResultMeasures {
  /** log-loss of a row by the natural logarithm, at most; undefined with squared error */
  lossPerRow?: number;
  /** of all outputs, in real units, exact; regression alone */
  meanAbsoluteError?: number;
  /** classes: rows whose label is among the k highest, at least; labels: with fewer than k labels wrong. The least k first */
  tops: { k: number; rows: number }[];
  /** classes: rows of label i predicted as class j, row by row; labels: rows with label j right. Each at least */
  counts?: number[];
}

/** The same where many models are listed. */
export interface EntryMeasures extends Omit<ResultMeasures, 'counts'> {
  /** rows of each class that are taken for it, or with each label right, at least; undefined where they are too many to list */
  rightBy?: number[];
}

/** As much of a model as a link to it takes. */
export type Named = Pick<Model, 'id' | 'kind' | 'widths' | 'network' | 'head' | 'name'>;

/** What a model's trainer says of it since it was registered, and what others dispute. */
export interface NodeStatus {
  mark: 'current' | 'deprecated' | 'withdrawn';
  /** why, in its trainer's words: hostile until shown otherwise */
  reason: string;
  /** the model that takes its place */
  successor?: Hex;
  /** whether the contract was shown that the successor descends from it */
  descends: boolean;
}

/** A line of a leaderboard. */
export interface Entry {
  /** among those it can be compared with */
  rank: number;
  model: Model;
  score: Result;
  /** share right, 0..1, with a 95 % interval (Wilson); undefined for regression */
  share?: { value: number; low: number; high: number };
  /** over its whole lineage */
  ancestry: Ancestry;
  /** beside the score; undefined where they were not asked for, or not every shard has a score of it */
  measures?: EntryMeasures;
}

export interface Board {
  benchmark: Benchmark;
  entries: Entry[];
  /** results of models that were trained on these rows or on other columns or classes: ranked by themselves */
  apart: Entry[];
}

export interface Totals {
  models: number;
  edges: number;
  trainers: number;
  /** gradient steps that are proved */
  steps: number;
  rows: number;
  shards: number;
  datasets: number;
  seeds: number;
  imports: number;
  merges: number;
}

/** What the reader knows about the chain right now. */
export interface Status {
  /** newest block of the node */
  head: number;
  /** everything up to this block is on the page */
  scanned: number;
  /** block of the registry */
  first: number;
  /** whether the chain was read to its end once */
  whole: boolean;
  /** milliseconds since 1970 when the node last answered */
  answeredAt: number;
  /** why the last attempt failed, in words */
  problem?: string;
}

/** A node of the tree as far as drawing needs it. */
export interface GraphNode {
  id: Hex;
  kind: Kind;
  trainer: Address;
  widths: number[];
  network?: string;
  head: Head;
  parents: Hex[];
  depth: number;
  declared: boolean;
  isForeign: boolean;
  /** parents and children that are not in this graph */
  hiddenParents: number;
  hiddenChildren: number;
  rows: number;
  timestamp?: number;
  block: number;
  /** on the graph's benchmark */
  score?: GraphScore;
  /** hostile until shown otherwise */
  name?: string;
}

export type GraphScore = Pick<Result, 'right' | 'error' | 'rows' | 'trainedRows' | 'sameSchema' | 'unread'>;

export interface Graph {
  focus?: Hex;
  /** whose scores the nodes show */
  benchmark?: Hex;
  nodes: GraphNode[];
  /** nodes in the whole registry */
  total: number;
  /** whether a limit cut it */
  truncated: boolean;
}

/** An error as the page shows it. */
export interface Message {
  title: string;
  /** what to do about it */
  hint?: string;
  /** the machine's own words, for a report */
  details?: string;
  /** the wallet's owner said no */
  rejected?: boolean;
}

export type TransactionState =
  | { phase: 'idle' }
  | { phase: 'waiting' }
  | { phase: 'submitted'; hash: Hex }
  | { phase: 'confirmed'; hash: Hex; block: number; gas: number; replaced?: Hex }
  | { phase: 'cancelled'; hash: Hex }
  | { phase: 'failed'; words: Message; hash?: Hex };

/** A model in the drawing of a lineage. */
export interface Ancestor extends Pick<Model, 'id' | 'kind' | 'trainings' | 'name'> {
  /** those that are drawn, too */
  parents: Hex[];
  /** parents that are not drawn */
  hiddenParents: number;
}

/** What a model descends from, through all parents of every merge. */
export interface Lineage {
  /** what is drawn: the nearest ancestors, some origins, and last the model itself; parents before children */
  nodes: Ancestor[];
  /** ancestors that are not drawn */
  hidden: number;
  /** over all of it, drawn or not */
  sums: Ancestry;
  /** origins that are declared imports */
  declaredOrigins: number;
}

/** Everything the model page shows. */
export interface ModelView {
  config: ChainConfig;
  status: Status;
  model: Model;
  lineage: Lineage;
  parents: Model[];
  children: Model[];
  shard?: Shard;
  /** lists that name the shard, at most a few: anyone can list any shard */
  datasets: ListedDataset[];
  /** how many there are */
  datasetTotal: number;
  /** among those on which it has a result */
  choice: BenchmarkChoice;
  /** on the chosen benchmark */
  result?: Result;
  /** of its scores on that benchmark's shards */
  measures?: ResultMeasures;
  /** who acts for its trainer now */
  trainerKey: Address;
  /** undefined where its trainer said nothing */
  standing?: NodeStatus;
  successor?: Named;
  /** those that were not withdrawn */
  disputes: Dispute[];
  /** undefined where there is no vault, or it did not answer */
  credits?: Credit[];
  /** what became of 1 ETH; undefined like `credits` */
  split?: Split;
  /** the models of the split, as far as they are known */
  payees?: Named[];
  /** the trainer's primary ENS name */
  trainerName?: string;
  /** undefined where the node did not answer */
  schema?: StatedSchema;
  /** undefined where no contract of inferences is known */
  inferences?: Newest<Inference>;
  /** undefined where no audit is known */
  facts?: LineageFacts;
}

/** What inputs and outputs of a model are said to mean: nothing proves it. */
export interface StatedSchema {
  /** as on chain; none where nothing was stated, mixed where a merge's parents differ */
  hash: Hex | 'none' | 'mixed';
  /** what the schema says, where this server has its text */
  text?: {
    /** columns by name, some of them; empty where they have none */
    columns: string[];
    columnTotal: number;
    kind: ShardKind;
    /** likewise of classes, labels or targets */
    outputs: string[];
    outputTotal: number;
    /** what made the rows, where they are embeddings */
    embedder?: { name: string; sha256: string | null };
    /** what each row is a picture of, where they are pictures */
    picture?: { side: number; channels: number };
  };
}

/** Models of which there may be more than are listed. */
export interface Some {
  models: Model[];
  total: number;
}

/** Two nodes side by side; undefined for one that does not exist. */
export interface Comparison {
  config: ChainConfig;
  status: Status;
  a?: ModelView;
  b?: ModelView;
  /** ids that were asked for and are not here */
  unknown: string[];
  /** among those on which either has a result */
  choice: BenchmarkChoice;
  /** the deepest first */
  common: Some;
  onlyA: Some;
  onlyB: Some;
  suggestions: Model[];
}

export type Direction = 'both' | 'ancestors' | 'descendants';

/** What is asked of the models of a view; what is missing is not asked. */
export interface ModelFilter {
  kind?: Kind;
  trainer?: Address;
  /** whether a declared import is in its lineage or it is one */
  declared?: boolean;
  /** only with a result on the view's benchmark */
  scored?: boolean;
  /** registered from then on, and before then, in seconds of Unix time */
  since?: number;
  until?: number;
}

/** Which part of the tree is asked for. */
export interface Neighbourhood {
  focus?: Hex;
  /** edges from the focus at most; without a focus, the newest nodes are taken */
  hops: number;
  direction: Direction;
  /** nodes at most */
  limit: number;
  /** whose scores are told */
  benchmark?: Hex;
  filter?: ModelFilter;
}

/** A part of the tree and which part it is: it stays the same when models are added to it. */
export interface GraphPart extends Graph {
  part: string;
}

/** Whether the visitor's own connection to the node works. */
export interface NodeTrouble {
  /** why the node cannot be asked from this browser; undefined while it answers, and before it was asked */
  trouble: Message | undefined;
  /** whether it is being asked now */
  asking: boolean;
  again(): void;
}
