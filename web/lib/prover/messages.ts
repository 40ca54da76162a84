import type { Address, Hex } from 'viem';
import type { AnyShape } from '../../../src/model/anyShape.ts';
import type { Head } from '../../../src/model/head.ts';
import type { ShardKind } from '../../../src/model/shape.ts';

/** Who claims what is proved, where. */
export interface ProverContext {
  chainId: bigint;
  registry: Address;
  trainer: Address;
}

/** What the column to be predicted holds. */
export type AnswerKind = 'classes' | 'numbers' | 'labels';

/** Rows to learn from: handwritten digits that the page brings, or the visitor's table. */
export type Source =
  /** `network`: a convolutional network that reads them, as commands take it; dense layers where there is none */
  { kind: 'digits'; network?: string } | { kind: 'csv'; bytes: Uint8Array; label: string; answers: AnswerKind };

export interface Plan {
  source: Source;
  /** rows to train on */
  rows: number;
  /** units of the hidden layer of a dense network */
  hidden: number;
  head: Head;
}

export interface Prepared {
  shape: AnyShape;
  rows: number;
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
}

export type ProverRequest =
  | { kind: 'prepare'; plan: Plan; base: string }
  | { kind: 'data'; context: ProverContext; devKeys: boolean }
  | { kind: 'seed'; context: ProverContext; devKeys: boolean; seed: bigint; requestId: bigint; secret: Hex }
  | {
      kind: 'train';
      context: ProverContext;
      devKeys: boolean;
      lr: number;
      batch: number;
      passes: number;
      /** as people want it, for heads that have one: 0.05 */
      smoothing: number;
    }
  | { kind: 'files' };

/** What a proof took and what came out. */
export interface ProvedStep {
  text: string;
  seconds: number;
  stages: { name: string; seconds: number }[];
  /** of seed and train: share of the test rows right, or the mean squared error as the baseline has it; not proved */
  measured?: number;
}

/** The visitor's own: weights and data with their salts, to go on from and to release. */
export interface OwnFiles {
  model: Uint8Array;
  shard: Uint8Array;
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
  | { prepared: Prepared }
  | { proved: ProvedStep }
  | { files: OwnFiles };
