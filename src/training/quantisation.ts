import { InputError } from '../errors/InputError.ts';
import { type FloatModel, floatForward } from '../model/import/floatModel.ts';
import { type Shard, shardRowBits } from '../model/shard.ts';
import type { Weights } from '../model/weights.ts';
import { ACTIVATION_BITS } from '../numbers/constants.ts';
import { forwardPass } from './forward.ts';
import { outputAt } from './network.ts';

/** How a quantised model behaves on data, beside the float model it was made of. */
export interface QuantisationReport {
  rows: number;
  /** Rows whose largest output (the first, if several are equal) is another one than in floats. */
  changed: number;
  /** Rows whose largest output in fixed point is shared by several; a score counts them as wrong. */
  ties: number;
  /** Greatest and root mean square difference of an output, in real units. */
  maxDifference: number;
  rmsDifference: number;
  /** Rows right in floats (first of the largest) and in fixed point (strictly largest); undefined for regression. */
  right: { float: number; fixed: number } | undefined;
}

/**
 * Runs both models on the rows of a shard: the float model in doubles on the shard's (quantised) inputs, the other as
 * the proofs do.
 * @throws InputError when they do not fit; TrainingRangeError when a value of the fixed-point pass leaves its range
 * (`fitToRanges` helps)
 */
export function compareOnShard(model: FloatModel, weights: Weights, shard: Shard): QuantisationReport {
  if (model.widths.join() !== weights.widths.join()) {
    throw new InputError(`Networks of ${model.widths.join('-')} and ${weights.widths.join('-')} cannot be compared.`);
  }
  const Q = forwardPass(weights, shard).output.Q;
  const floats = floatForward(model, shardInputs(shard));
  const { rows, outputs } = shard;
  const sigma = shardRowBits(shard);
  const report = { rows, changed: 0, ties: 0, maxDifference: 0, rmsDifference: 0 };
  const right = { float: 0, fixed: 0 };
  let squares = 0;
  for (let s = 0; s < rows; s++) {
    const fixed = Array.from({ length: outputs }, (_, i) => outputAt(Q, (i << sigma) + s) / 2 ** ACTIVATION_BITS);
    const float = floats.subarray(s * outputs, (s + 1) * outputs);
    const [best, floatBest] = [fixed.indexOf(Math.max(...fixed)), float.indexOf(Math.max(...float))];
    const tie = fixed.lastIndexOf(fixed[best]) !== best;
    if (best !== floatBest) report.changed++;
    if (tie) report.ties++;
    fixed.forEach((x, i) => {
      const difference = Math.abs(x - float[i]);
      report.maxDifference = Math.max(report.maxDifference, difference);
      squares += difference * difference;
    });
    if (shard.kind === 'classes') {
      if (shard.Y[(floatBest << sigma) + s] !== 0) right.float++;
      if (!tie && shard.Y[(best << sigma) + s] !== 0) right.fixed++;
    }
  }
  report.rmsDifference = Math.sqrt(squares / (rows * outputs));
  return { ...report, right: shard.kind === 'classes' ? right : undefined };
}

/** The features of a shard as real numbers, row-major. */
function shardInputs(shard: Shard): Float64Array {
  const { inputs, rows, X } = shard;
  const sigma = shardRowBits(shard);
  return Float64Array.from(
    { length: rows * inputs },
    (_, k) => X[((k % inputs) << sigma) + Math.floor(k / inputs)] / 2 ** ACTIVATION_BITS,
  );
}
