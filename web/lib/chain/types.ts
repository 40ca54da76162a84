// Everything here survives JSON: it travels from the server to the page. Numbers beyond 2^53 are decimal or 0x text.
import type { Address, Hex } from 'viem';

/** How a node came to be. A root was made elsewhere: its weights are declared, not proved. */
export type Kind = 'seed' | 'root' | 'train' | 'merge';

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
  /** holds results and leaderboards, where there is one */
  scoreboard?: Address;
  /** pays lineages, where there is one */
  creditVault?: Address;
  /** pays for scores, where there is one */
  bountyBoard?: Address;
  /** holds what trainers say about their models, where there is one */
  cards?: Address;
  /** carries what others signed, where there is one */
  relay?: Address;
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
  /** the integer of the statement, in units of 2^-8 on the mean gradient */
  learningRate: number;
  /** the same as a real number: lr * batch / 2^8 */
  realRate: number;
  batch: number;
  rows: number;
  steps: number;
}

export interface Model {
  id: Hex;
  kind: Kind;
  trainer: Address;
  /** edges to its origin along first parents */
  depth: number;
  /** n_0 .. n_L */
  widths: number[];
  parameters: number;
  shape: string;
  commitment: { x: string; y: string };
  parents: ModelParent[];
  /** how many nodes name it as a parent */
  children: number;
  training?: Training;
  seed?: { requestId: string; seed: string };
  /** what a root's weights were imported from */
  source?: { sha256?: Hex; uri?: string };
  /** whether a declared root is among its ancestors or it is one */
  declared: boolean;
  /** seconds since 1970, undefined until read */
  timestamp?: number;
  block: number;
  transaction: Hex;
  /** what its trainer calls it: hostile until shown otherwise */
  name?: string;
  /** where its trainer says more: hostile, too */
  uri?: string;
}

export interface Shard {
  id: Hex;
  owner: Address;
  inputs: number;
  outputs: number;
  rows: number;
  kind: 'classes' | 'regression';
  block: number;
  transaction: Hex;
}

export interface Dataset {
  id: Hex;
  registrar: Address;
  shards: Hex[];
  rows: number;
  /** whatever its registrar wrote: hostile until shown otherwise */
  uri: string;
  block: number;
  transaction: Hex;
}

export interface Benchmark {
  id: Hex;
  dataset: Hex;
  /** whatever the dataset's registrar wrote */
  uri: string;
  rows: number;
  kind: 'classes' | 'regression';
  /** sealed: committed to before its rows were registered; only models up to this block count */
  sealed?: { closingBlock: number; opened: boolean };
  scores: number;
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

/** What a model was paid in one token. Amounts are decimal, in the token's smallest unit. */
export interface Credit {
  /** the zero address means Ether */
  token: Address;
  /** whatever the token says: hostile until shown otherwise */
  symbol: string;
  decimals: number;
  /** paid to it directly, ever */
  paid: string;
  /** passed up by its children, ever */
  received: string;
  /** its trainer's part of what was split, ever */
  kept: string;
  /** its parents' part of what was split, ever */
  passed: string;
  /** arrived and not split yet */
  unsplit: string;
  /** its trainer can take this now */
  earned: string;
}

/** A line of a leaderboard. */
export interface Entry {
  rank: number;
  model: Model;
  score: Score;
  /** share right, 0..1, with a 95 % interval (Wilson); undefined for regression */
  share?: { value: number; low: number; high: number };
  /** first-line ancestors, nearest first, at most a few */
  ancestors: { id: Hex; name?: string }[];
}

export interface Board {
  benchmark: Benchmark;
  entries: Entry[];
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
  roots: number;
  merges: number;
}

/** What the reader knows about the chain right now. */
export interface Status {
  /** newest block of the node */
  head: number;
  /** everything up to this block is on the page */
  scanned: number;
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
  parents: Hex[];
  depth: number;
  declared: boolean;
  /** parents and children that are not in this graph */
  hiddenParents: number;
  hiddenChildren: number;
  rows: number;
  timestamp?: number;
  block: number;
  score?: { right: number; rows: number };
  /** hostile until shown otherwise */
  name?: string;
}

export interface Graph {
  focus?: Hex;
  nodes: GraphNode[];
  /** nodes in the whole registry */
  total: number;
  /** whether a limit cut it */
  truncated: boolean;
}

/** One query of the search box. */
export interface SearchHit {
  id: Hex;
  kind: Kind;
  trainer: Address;
  widths: number[];
  /** hostile until shown otherwise */
  name?: string;
}

/** An error as the page shows it. */
export interface Words {
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
  | { phase: 'failed'; words: Words; hash?: Hex };

/** Everything the model page shows. */
export interface ModelView {
  config: ChainConfig;
  status: Status;
  model: Model;
  /** origin first, at most a few hundred */
  path: Model[];
  origins: Model[];
  parents: Model[];
  children: Model[];
  shard?: Shard;
  datasets: Dataset[];
  scores: Score[];
  /** undefined where there is no vault, or it did not answer */
  credits?: Credit[];
  /** the trainer's primary ENS name */
  trainerName?: string;
}

/** Two nodes side by side; undefined for one that does not exist. */
export interface Comparison {
  config: ChainConfig;
  status: Status;
  a?: ModelView;
  b?: ModelView;
  /** nearest first */
  common: Model[];
  onlyA: Model[];
  onlyB: Model[];
  suggestions: Model[];
}
