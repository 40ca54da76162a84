import { join } from 'node:path';
import { type AnyShape, parseShape } from '../../src/model/anyShape.ts';
import type { Head } from '../../src/model/head.ts';
import { type AnyWeights, shapeOf } from '../../src/model/networkWeights.ts';
import { type Schedule, scheduledUnits } from '../../src/training/schedule.ts';
import { readWeightsFile } from '../files/models.ts';
import { fileHash } from '../files/read.ts';
import type { SourceInputs } from '../files/source.ts';
import type { Json } from '../runs/run.ts';
import type { ShardEntry } from '../runs/shards.ts';

/** What a run of many segments was started with; the same continues it. */
export interface TrainingInputs {
  [key: string]: Json;
  /** Weights file to start from; null for a seed. */
  parent: string | null;
  parentSha256: string | null;
  /** Shape of the network whose seed is drawn, such as 49-32-10 or 28x28x1-c8k5s2p2-10; null for a parent. */
  seed: string | null;
  /** Rows that are made into shards; null where there are shards already. */
  source: SourceInputs | null;
  shards: ShardEntry[] | null;
  epochs: number;
  lr: number;
  batch: number;
  /** times that a segment goes through its shard, a power of two */
  passes: number;
}

/** What a run may have besides; absent where it has not. */
export interface TrainingExtras {
  /** How `lr` changes from segment to segment. */
  schedule?: Exclude<Schedule, 'constant'>;
  /** Segments without progress on the test rows after which it ends; the best becomes the last. */
  earlyStop?: number;
  /** Of the network whose seed is drawn, unless squared error. */
  head?: Exclude<Head, 'squared error'>;
  /** Target of a wrong class in units of 2^-11, above 0. */
  smoothing?: number;
}

/** The network whose seed is drawn; undefined where there is a parent. */
export function seedShapeOf(inputs: TrainingInputs): AnyShape | undefined {
  const { head = 'squared error' } = inputs as TrainingExtras;
  return inputs.seed === null ? undefined : parseShape(inputs.seed, head);
}

/** The weights that a run starts from, where it draws no seed. */
export function readParent({ parent, parentSha256 }: TrainingInputs): AnyWeights {
  return readWeightsFile(parent!, parentSha256!);
}

/** The network that is trained. */
export function modelOf(inputs: TrainingInputs): AnyShape {
  return seedShapeOf(inputs) ?? shapeOf(readParent(inputs));
}

/** Units of the rate of segment 1, 2, .. of `total`. @param step units of which it is a multiple (`rateStep`) */
export function rateOfSegment(inputs: TrainingInputs, number: number, total: number, step: number): number {
  const { schedule = 'constant' } = inputs as TrainingExtras;
  return scheduledUnits(schedule, inputs.lr, number - 1, total, step);
}

/** Stage of a run in which is recorded how many of its segments are kept. */
export const KEPT_STAGE = 'kept segments';

/** Mean loss of the head and share of right answers, null for regression. */
export interface Measured {
  [key: string]: number | null;
  loss: number;
  accuracy: number | null;
}

/** One segment that is trained. */
export interface Segment {
  /** 1, 2, .. */
  number: number;
  /** 1.. */
  epoch: number;
  /** Place of its shard in the list, 0.. */
  shard: number;
  folder: string;
  rows: number;
  /** Units of its learning rate. */
  lr: number;
  /** On its rows, each before the step that used it. */
  training: Measured;
  /** On the rows of --test, after the segment. */
  test: Measured | undefined;
  seconds: number;
}

/** A training run on disk. */
export interface Training {
  shape: string;
  head: Head;
  /** Target of a wrong class in units of 2^-11. */
  smoothing: number;
  /** Folder of the run that drew the seed, if any. */
  seedFolder: string | undefined;
  /** Weights the first segment starts from. */
  parent: string;
  shards: ShardEntry[];
  /** Folders of the runs that made the shards; undefined where the shards were given. */
  shardFolders: string[] | undefined;
  /** What was decided about the table that the shards were made of, one sentence each. */
  notes: string[];
  warnings: string[];
  /** Before the first segment, on the rows of --test. */
  before: Measured | undefined;
  segments: Segment[];
  /** Weights of the last segment. */
  model: string;
}

/** Folders below that of the training run. Numbers are written so that the folders sort. */
export const subfolder = {
  seed: (folder: string) => join(folder, 'seed'),
  shard: (folder: string, k: number) => join(folder, `shard-${pad(k + 1)}`),
  segment: (folder: string, number: number) => join(folder, `segment-${pad(number)}`),
};

export function modelFile(folder: string): string {
  return join(folder, 'model.safetensors');
}

/** File and hash of the one shard of a data run. */
export function shardEntry(folder: string): ShardEntry {
  return fileHash('shard', join(folder, 'shard-0.safetensors'));
}

function pad(number: number): string {
  return String(number).padStart(3, '0');
}
