import { DescentError } from '../../src/errors/DescentError.ts';
import { InputError } from '../../src/errors/InputError.ts';
import { type AnyShape, formatShape, rateStep, shapeSides } from '../../src/model/anyShape.ts';
import { scoreCapacity, seedCapacity, trainCapacity } from '../../src/model/capacity.ts';
import type { Head } from '../../src/model/head.ts';
import { formatNetwork, parseNetwork } from '../../src/model/network.ts';
import { smoothingUnits } from '../../src/model/smoothing.ts';
import type { Scaling } from '../../src/model/tables/scaling.ts';
import { DEFAULT_SHUFFLE } from '../../src/model/tables/shuffle.ts';
import { MAX_SIZE } from '../../src/numbers/constants.ts';
import { nearestRate } from '../../src/training/rate.ts';
import type { Schedule } from '../../src/training/schedule.ts';
import { mostPasses } from '../../src/training/trials.ts';
import type { TableInputs } from '../files/tables.ts';
import type { Json } from '../runs/run.ts';
import type { TrainingInputs } from './trainingPlan.ts';

/** What a fit decides by trials, unless it is told. */
export interface FitSettings {
  [key: string]: Json;
  head: Head;
  /** As --smoothing takes it. */
  smoothing: number;
  scaling: Scaling;
  /** Widths of the hidden layers; of a convolutional network none, it stands in `NetworkSetting`. */
  hidden: number[];
  /** Learning rate on the mean gradient of the loss. */
  lr: number;
  batch: number;
  /** Times that a segment goes through its shard. */
  passes: number;
  /** Times that each shard is taken. */
  epochs: number;
}

/** What settings of pictures have besides; absent where the network is dense. */
export interface NetworkSetting {
  /** As `parseNetwork` reads it. */
  network?: string;
}

/** The network that settings make for rows. @throws InputError for a network that reads or says something else */
export function shapeOfSettings(
  settings: Pick<FitSettings, 'head' | 'hidden'> & NetworkSetting,
  { inputs, outputs }: { inputs: number; outputs: number },
): AnyShape {
  const { head, hidden, network } = settings;
  if (network === undefined) return { widths: [inputs, ...hidden, outputs], head };
  const shape = parseNetwork(network, head);
  const own = shapeSides(shape);
  if (own.inputs !== inputs || own.outputs !== outputs) {
    const what = own.inputs === inputs ? `has ${own.outputs} outputs` : `reads ${own.inputs} inputs`;
    const rows = own.inputs === inputs ? `${outputs}` : `${inputs}`;
    throw new InputError(`The network ${formatNetwork(shape)} ${what}; the rows have ${rows}.`);
  }
  return shape;
}

/** What a fit was started with; the same continues it. */
export interface FitInputs {
  [key: string]: Json;
  /** How the table is read; the range in it is all rows. */
  table: TableInputs;
  /** Rows at the end of the order that are kept for the score. */
  heldOut: number;
  /** What was said; the rest is found by trials. */
  given: { [name: string]: Json };
  rowsPerShard: number;
  schedule: Schedule;
  earlyStop: number | null;
  /** Weights of classes as they were said, and what they come to; null: every row counts once. */
  classWeights: ClassWeights | null;
}

export interface ClassWeights {
  [key: string]: Json;
  said: string[];
  /** How often a row of each class occurs among those that are trained on. */
  times: number[];
  classes: string[];
  /** Rows of the training, repeated ones as often as they occur. */
  rows: number;
}

/** Rows of a fit in their order: for training, for early stopping, and held out. */
export interface FitRows {
  training: number;
  /** 0 without early stopping. */
  validation: number;
  heldOut: number;
}

/** What is to be made of chosen settings. */
export interface FitPlan {
  shape: AnyShape;
  rows: FitRows;
  training: TrainingInputs;
  /** Rows on which the training is stopped early, if it is. */
  validation: TableInputs | undefined;
  heldOut: TableInputs;
  /** Segments, at most. */
  segments: number;
}

/** Features beyond +-8 become +-8 after scaling, unless something else was said: a row that is far away stays in range. */
const DEFAULT_CLIP = 8;
/** Of the rows that are not held out, every so many is for early stopping. */
const VALIDATION_SHARE = 5;

/** @throws InputError where a part would have no rows */
export function rowsOfFit({ table, heldOut, earlyStop }: FitInputs): FitRows {
  const rest = table.rows - heldOut;
  const validation = earlyStop === null ? 0 : Math.ceil(rest / VALIDATION_SHARE);
  const training = rest - validation;
  if (heldOut < 1 || training < 2) {
    throw new InputError(`The table has ${table.rows} rows: ${heldOut} held out leave ${training} to train on.`, {
      hint: 'Give another --held-out: a number of rows, or a share such as 0.2.',
    });
  }
  return { training, validation, heldOut };
}

/** How a fit reads its rows: in a new order unless it was told to keep it. */
export function sourceOfFit({ table }: FitInputs, scaling: Scaling): TableInputs {
  return { ...table, scaling, clip: table.clip ?? DEFAULT_CLIP, shuffle: table.shuffle ?? DEFAULT_SHUFFLE };
}

/** Rows of the training as it is proved, where some are repeated. */
export function rowsTrained(inputs: FitInputs): number {
  return inputs.classWeights?.rows ?? rowsOfFit(inputs).training;
}

/** Rows of a shard of training: as many as fit in a segment of these widths, or as were said. */
export function rowsOfShard(model: AnyShape, training: number, rowsPerShard: number): number {
  let rows = Math.min(rowsPerShard, training, MAX_SIZE);
  while (rows > 1 && !fits(() => trainCapacity(model, rows))) rows = Math.ceil(rows / 2);
  return rows;
}

/** The most passes of one segment of such a shard. */
export function passesOfShard(model: AnyShape, rows: number): number {
  let passes = mostPasses(rows);
  while (passes > 1 && !fits(() => trainCapacity(model, rows, passes))) passes /= 2;
  return passes;
}

/** @throws InputError, CapacityError for settings that cannot be trained with */
export function planFit(inputs: FitInputs, settings: FitSettings, shape: { inputs: number; outputs: number }): FitPlan {
  const { head, scaling, lr, batch, passes, epochs } = settings;
  const { schedule, earlyStop } = inputs;
  const model = shapeOfSettings(settings, shape);
  const rows = rowsOfFit(inputs);
  const smoothing = smoothingUnits(settings.smoothing, head, shape.outputs);
  const trained = rowsTrained(inputs);
  const each = rowsOfShard(model, trained, inputs.rowsPerShard);
  const { classWeights } = inputs;
  // The scaling is that of the rows as they are in the table.
  const repeated = classWeights !== null && { repeats: classWeights.times, fitRows: rows.training };
  const source = { ...sourceOfFit(inputs, scaling), ...repeated };
  const rest = { ...source, fitRows: rows.training };
  seedCapacity(model);
  scoreCapacity(model, Math.min(rows.heldOut, MAX_SIZE));
  const training: TrainingInputs = {
    parent: null,
    parentSha256: null,
    seed: formatShape(model),
    source: { ...source, ...rangeOf(0, trained, each) },
    shards: null,
    epochs,
    lr: nearestRate(lr, batch, rateStep(model)).units,
    batch,
    passes,
    ...(head !== 'squared error' && { head }),
    ...(smoothing > 0 && { smoothing }),
    ...(schedule !== 'constant' && { schedule }),
    ...(earlyStop !== null && { earlyStop }),
  };
  return {
    shape: model,
    rows,
    training,
    validation: rows.validation === 0 ? undefined : { ...rest, ...rangeOf(trained, rows.validation, MAX_SIZE) },
    heldOut: { ...rest, ...rangeOf(trained + rows.validation, rows.heldOut, MAX_SIZE) },
    segments: epochs * Math.ceil(trained / each),
  };
}

/** Shards of at most `most` rows; the last takes what is left. */
function rangeOf(offset: number, total: number, most: number) {
  const rows = Math.min(most, total);
  const count = Math.ceil(total / rows);
  const last = total - (count - 1) * rows;
  return { offset, rows, count, ...(last < rows && { last }) };
}

function fits(check: () => unknown): boolean {
  try {
    check();
    return true;
  } catch (error) {
    if (error instanceof DescentError) return false;
    throw error;
  }
}
