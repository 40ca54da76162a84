import { InputError } from '../errors/InputError.ts';
import { checkPooledRate } from '../model/anyShape.ts';
import { trainCapacity } from '../model/capacity.ts';
import { checkFit, checkSmoothing } from '../model/head.ts';
import {
  type AnyWeights,
  checkNetworkWeights,
  checkPictures,
  headOf,
  isNetworkWeights,
  modelSides,
  shapeOf,
  shapeText,
} from '../model/networkWeights.ts';
import { checkSalt } from '../model/salt.ts';
import { checkSegment } from '../model/shape.ts';
import { checkShard, type Shard } from '../model/shard.ts';
import { checkWeights, type Weights } from '../model/weights.ts';
import { ceilLog2 } from '../numbers/bits.ts';
import { RATE_BITS } from '../numbers/constants.ts';
import type { TrainerNetwork } from './network.ts';
import { placeNetwork } from './placeNetwork.ts';
import { type Score, scoreRows } from './score.ts';
import type { SegmentTrace } from './trace.ts';

export interface TrainOptions {
  /** Integer in [1, 2^16]; see `realLearningRate`. */
  lr: number;
  /** Rows of one step, a power of two up to the shard's padded rows. The last step of a pass may have fewer. */
  batch: number;
  /** How often the shard is gone through, a power of two; 1 unless told. */
  passes?: number;
  /** Target of a wrong class in units of 2^-11 (`checkSmoothing`); 0 unless told. */
  smoothing?: number;
  /** Fresh random element of F for the child. */
  salt: bigint;
}

export interface TrainProgress {
  /** Steps done of `steps`. */
  step: number;
  steps: number;
  /** Over the rows of the pass so far, before the step that used them. */
  loss: number;
  accuracy: number | undefined;
}

export interface TrainResult<W extends AnyWeights = Weights> {
  child: W;
  trace: SegmentTrace;
  /** Mean over the rows of the loss (`Score`) in the last pass, each row before the step that used it. */
  loss: number;
  /** Share of rows right (`Score`), likewise; undefined for regression. */
  accuracy: number | undefined;
}

export interface Evaluation {
  /** Rows right (`Score`); undefined for regression. */
  right: number | undefined;
  rows: number;
  /** Mean over the rows of the loss (`Score`): squared error in real units, or cross-entropy in nats. */
  loss: number;
}

/** Rows of one forward pass of `evaluate`. */
const EVALUATION_BATCH = 64;

/** The real learning rate on the mean gradient (design section 1): lr * B / 2^s. */
export function realLearningRate({ lr, batch }: { lr: number; batch: number }): number {
  return (lr * batch) / 2 ** RATE_BITS;
}

/**
 * Trains one segment: `passes` over the shard's rows in order (row s = k * batch + b in step k of a pass), in integers, bit for
 * bit as design section 1. Where the rows are no multiple of the batch, the last step of a pass has fewer. The trace has
 * passes * 2^sigma rows: the padded ones are computed as rows of zeros, and have no delta. Synchronous: run it in a worker where
 * that matters.
 * @param weights not changed.
 * @returns the child with the given salt and the schema of the shard (or of the weights, where the shard has none), and the trace the prover commits to.
 * @throws InputError, CapacityError before anything is computed; TrainingRangeError when a value leaves its range.
 */
export function trainSegment<W extends AnyWeights>(
  weights: W,
  shard: Shard,
  { salt, ...options }: TrainOptions,
  onProgress?: (progress: TrainProgress) => void,
): TrainResult<W> {
  checkSalt(salt);
  const traceRows = (options.passes ?? 1) * 2 ** ceilLog2(shard.rows);
  const { network, ...result } = goThrough(weights, shard, options, { traceRows, onProgress });
  const schema = shard.schema ?? weights.schema;
  const child = { ...network.weights(salt), ...(schema && { schema }) };
  return { child, trace: network.trace(), ...result };
}

/**
 * The same training without its trace, for trials: the child has the weights that `trainSegment` gives it, and the parent's salt.
 * @throws as `trainSegment`, at the same step
 */
export function trainTrial<W extends AnyWeights>(
  weights: W,
  shard: Shard,
  options: Omit<TrainOptions, 'salt'>,
): Omit<TrainResult<W>, 'trace'> {
  const { network, ...result } = goThrough(weights, shard, options, { traceRows: options.batch });
  return { child: network.weights(weights.salt), ...result };
}

/** All steps of a segment. Where the trace has no room for all rows, each step takes the place of the one before. */
function goThrough<W extends AnyWeights>(
  weights: W,
  shard: Shard,
  { lr, batch, passes = 1, smoothing = 0 }: Omit<TrainOptions, 'salt'>,
  { traceRows, onProgress }: { traceRows: number; onProgress?: (progress: TrainProgress) => void },
): { network: TrainerNetwork<W>; loss: number; accuracy: number | undefined } {
  checkSegment({ lr, batch, rows: shard.rows, passes, smoothing });
  const head = headOf(weights);
  checkFit(head, shard.kind);
  checkSmoothing(head, shard.outputs, smoothing);
  checkPair(weights, shard);
  checkPooledRate(shapeOf(weights), lr);
  trainCapacity(shapeOf(weights), shard.rows, passes, batch);
  const padded = 2 ** ceilLog2(shard.rows);
  const network = placeNetwork(weights, shard, { batch, traceRows, smoothing });
  const stepsOfPass = Math.ceil(shard.rows / batch);
  let total: Score = { right: 0, loss: 0 };
  const summary = (rows: number) => ({
    loss: total.loss / rows,
    accuracy: shard.kind === 'regression' ? undefined : total.right / rows,
  });
  for (let pass = 0; pass < passes; pass++) {
    total = { right: 0, loss: 0 };
    for (let first = 0; first < padded; first += batch) {
      const step = pass * stepsOfPass + first / batch;
      const rows = { first, batch, at: (pass * padded + first) % traceRows, step };
      network.forward(rows);
      network.backward(rows, lr);
      const count = Math.min(batch, shard.rows - first);
      if (count <= 0) continue;
      add(total, scoreRows(network.outputs(), ceilLog2(traceRows), shard, { first, count, at: rows.at }, head));
      onProgress?.({ step: step + 1, steps: passes * stepsOfPass, ...summary(first + count) });
    }
  }
  return { network, ...summary(shard.rows) };
}

/**
 * The same integer forward pass over any number of rows, weights fixed.
 * @throws InputError; TrainingRangeError when a value leaves its range (its `row` is the row of the shard).
 */
export function evaluate(weights: AnyWeights, shard: Shard): Evaluation {
  const head = headOf(weights);
  checkFit(head, shard.kind);
  checkPair(weights, shard);
  const batch = Math.min(EVALUATION_BATCH, shard.rows);
  const network = placeNetwork(weights, shard, { batch, traceRows: batch, isTrained: false });
  const traceBits = ceilLog2(batch);
  const total: Score = { right: 0, loss: 0 };
  for (let first = 0; first < shard.rows; first += batch) {
    const count = Math.min(batch, shard.rows - first);
    network.forward({ first, batch: count, at: 0 });
    add(total, scoreRows(network.outputs(), traceBits, shard, { first, count, at: 0 }, head));
  }
  return {
    right: shard.kind === 'regression' ? undefined : total.right,
    rows: shard.rows,
    loss: total.loss / shard.rows,
  };
}

export function checkPair(weights: AnyWeights, shard: Shard): void {
  const { inputs, outputs } = modelSides(weights);
  if (shard.inputs !== inputs || shard.outputs !== outputs) {
    const needs = isNetworkWeights(weights) ? `, but one of ${inputs} and ${outputs}` : '';
    throw new InputError(
      `A ${shapeText(weights)} network cannot use a shard of ${shard.inputs} inputs and ${shard.outputs} outputs${needs}.`,
    );
  }
  if (isNetworkWeights(weights)) {
    checkPictures(weights.network, shard.schema);
    checkNetworkWeights(weights);
  } else checkWeights(weights);
  checkShard(shard);
}

function add(total: Score, score: Score): void {
  total.right += score.right;
  total.loss += score.loss;
}
