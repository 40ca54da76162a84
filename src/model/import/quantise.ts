import { InputError } from '../../errors/InputError.ts';
import { FRACTION_BITS, WEIGHT_LIMIT } from '../../numbers/constants.ts';
import { type Weights, zeroWeights } from '../weights.ts';
import type { FloatModel } from './floatModel.ts';
import { indexOf } from './floats.ts';

/** How far the fixed-point values of one tensor are from its floats. */
export interface QuantisationError {
  /** `layer1.weight`, `layer1.bias`, .. */
  tensor: string;
  entries: number;
  /** Greatest |w - w'|; at most 2^-33 by rounding. */
  max: number;
  /** Root of the mean of (w - w')^2. */
  rms: number;
  /** Greatest |w|. */
  largest: number;
}

const ONE = 2 ** FRACTION_BITS;
const LIMIT = Number(WEIGHT_LIMIT);

/**
 * Rounds every weight and bias to f = 32 fraction bits, halves upwards.
 * @param salt fresh random element of F
 * @throws InputError naming tensor, index and value of a weight outside [-2^15, 2^15), the protocol's range
 */
export function quantiseModel(
  { widths, layers }: FloatModel,
  salt: bigint,
): { weights: Weights; errors: QuantisationError[] } {
  const weights = zeroWeights({ widths, head: 'squared error' }, salt);
  const errors = layers.flatMap(({ weight, bias }, l) => {
    const { W, b } = weights.layers[l];
    const [rows, columns] = [widths[l + 1], widths[l]];
    return [
      quantiseTensor(`layer${l + 1}.weight`, weight, [rows, columns], W, W.length / b.length),
      quantiseTensor(`layer${l + 1}.bias`, bias, [rows], b, 1),
    ];
  });
  return { weights, errors };
}

/** Writes row i of the tensor to out[i * stride..]. */
function quantiseTensor(
  tensor: string,
  values: Float64Array,
  shape: readonly number[],
  out: BigInt64Array,
  stride: number,
): QuantisationError {
  const columns = shape[1] ?? 1;
  let [max, squares, largest] = [0, 0, 0];
  for (let k = 0; k < values.length; k++) {
    const x = values[k];
    const fixed = Math.floor(x * ONE + 0.5);
    if (!(fixed >= -LIMIT && fixed < LIMIT)) {
      throw new InputError(
        `Entry [${indexOf(k, shape)}] of ${tensor} is ${x}; weights lie in [-${LIMIT / ONE}, ${LIMIT / ONE}).`,
        {
          hint: 'Scale the layer down and the next one up by the same power of two: with ReLU the function stays.',
          docs: 'argument.md#1-numbers',
        },
      );
    }
    out[Math.floor(k / columns) * stride + (k % columns)] = BigInt(fixed);
    const error = Math.abs(fixed / ONE - x);
    max = Math.max(max, error);
    squares += error * error;
    largest = Math.max(largest, Math.abs(x));
  }
  return { tensor, entries: values.length, max, rms: Math.sqrt(squares / values.length), largest };
}
