import type { Address, Hex } from 'viem';
import type { AnyShape } from '../../../src/model/anyShape.ts';
import type { Head } from '../../../src/model/head.ts';
import type { ShardKind } from '../../../src/model/shape.ts';

/** Who claims what is proved, where. */
export interface ProverContext {
  chainId: bigint;
  /** the contract that takes the proof: the registry, of a score the scoreboard */
  registry: Address;
  trainer: Address;
}

/** What is to be proved: a model from new weights, one from weights of a file, or what a model gets right. */
export type Goal = 'new' | 'further' | 'score';

/** One proof and its transaction. */
export type StepName = 'data' | 'seed' | 'train' | 'score';

/** What the column to be predicted holds. */
export type AnswerKind = 'classes' | 'numbers' | 'labels';

/** An array of numbers in a file of numpy: npy, or npz with the name of the array. */
export interface ArrayFile {
  bytes: Uint8Array;
  member?: string;
}

/** Rows to learn from: handwritten digits that the page brings, the visitor's table, or the visitor's shard file. */
export type Source =
  /** `network`: a convolutional network that reads them, as commands take it; dense layers where there is none */
  | { kind: 'digits'; network?: string }
  | { kind: 'csv' | 'parquet'; bytes: Uint8Array; label: string; answers: AnswerKind }
  | { kind: 'npy'; features: ArrayFile; labels: ArrayFile; answers: AnswerKind }
  | { kind: 'shard'; bytes: Uint8Array };

export type OwnTable = Extract<Source, { kind: 'csv' | 'parquet' | 'npy' }>;

export interface Plan {
  goal: Goal;
  source: Source;
  /** weights file that is trained further or scored; a new model has none */
  model?: Uint8Array;
  /** rows to train on; a shard file has its own */
  rows: number;
  /** units of the hidden layer of a new dense network */
  hidden: number;
  /** of a new network */
  head: Head;
}

export interface Prepared {
  goal: Goal;
  /** what is to be proved, in order */
  steps: StepName[];
  shape: AnyShape;
  rows: number;
  /** none where the rows are those of a shard file */
  testRows: number;
  kind: ShardKind;
  classes: string[];
  /** what was left out, recognised or taken one way, one sentence each */
  notes: string[];
  /**
   * Share of the test rows that always naming the most frequent class or value gets right; for numbers the mean squared error of
   * always saying the mean of the training rows, in squared standard deviations of theirs
   */
  baseline: number;
  /** id of the shard, and of the model that a file holds */
  shard: Hex;
  model?: Hex;
}

/** Files that a prover works on, as the command line reads them. Test rows are never committed, only to measure. */
export interface WorkFiles {
  shard: Uint8Array;
  test?: Uint8Array;
  /** the weights that training starts from, or that are scored */
  start?: Uint8Array;
  /** the weights after the last proved segment */
  now?: Uint8Array;
}

interface By {
  context: ProverContext;
  devKeys: boolean;
}

/** Settings of a training. */
export interface Training {
  lr: number;
  batch: number;
  passes: number;
  /** as people want it, for heads that have one: 0.05 */
  smoothing: number;
}

export type ProverRequest =
  | { kind: 'prepare'; plan: Plan; base: string }
  | { kind: 'restore'; shape: AnyShape; files: WorkFiles; base: string }
  | ({ kind: 'data' } & By)
  | ({ kind: 'seed'; seed: bigint; requestId: bigint; secret: Hex } & By)
  /** `first`: the segment starts from the start, others from where the last one ended */
  | ({ kind: 'train'; first: boolean } & By & Training)
  | ({ kind: 'score' } & By);

/** What a proof took and what came out. */
export interface ProvedStep {
  text: string;
  seconds: number;
  stages: { name: string; seconds: number }[];
  /** of seed and train: share of the test rows right, or the mean squared error as the baseline has it; not proved */
  measured?: number;
  /** the weights that came out */
  weights?: Uint8Array;
}

export interface Progress {
  /** what is being done, in words */
  stage: string;
  /** 0..1 within the stage, where it is known */
  fraction?: number;
  /** bytes of keys, circuit and powers that the prover holds; its work comes on top */
  memory: number;
}

export type ProverReply =
  | { progress: Progress }
  | { error: { title: string; hint?: string; details?: string } }
  | { prepared: { prepared: Prepared; files: WorkFiles } }
  | { restored: true }
  | { proved: ProvedStep };
