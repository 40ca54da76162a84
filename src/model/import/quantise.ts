import { InputError } from '../../errors/InputError.ts';
import { FRACTION_BITS, WEIGHT_LIMIT } from '../../numbers/constants.ts';
import { type LayerTensor, layerTensors, pad } from '../layerTensors.ts';
import { type AnyWeights, type NetworkWeights, zeroNetworkWeights } from '../networkWeights.ts';
import { type LayerWeights, type Weights, zeroWeights } from '../weights.ts';
import type { FloatLayer } from './floatLayer.ts';
import { type AnyFloatModel, type FloatModel, isFloatNetwork } from './floatModel.ts';
import type { FloatNetwork } from './floatNetwork.ts';
import { indexOf } from './floats.ts';

/** How far the fixed-point values of one tensor are from its floats. */
export interface QuantisationError {
  /** `layer1.weight`, `layer1.bias`, .. */
  tensor: string;
  entries: number;
  /** Greatest |w - w'|; at most 2^-33 by rounding, 2^-31 of a layer that reads averages. */
  max: number;
  /** Root of the mean of (w - w')^2. */
  rms: number;
  /** Greatest |w|. */
  largest: number;
}

const LIMIT = Number(WEIGHT_LIMIT);

/** A model in fixed point and how far it is from its floats. */
interface Quantised<W extends AnyWeights> {
  weights: W;
  errors: QuantisationError[];
}

/**
 * Rounds every weight and bias to f = 32 fraction bits (weights of a layer that reads averages to 30), halves upwards.
 * @param salt fresh random element of F
 * @throws InputError naming tensor, index and value of a weight outside [-2^15, 2^15), the protocol's range (of averages
 * [-2^17, 2^17))
 */
export function quantiseModel(model: FloatModel, salt: bigint): Quantised<Weights>;
export function quantiseModel(model: FloatNetwork, salt: bigint): Quantised<NetworkWeights>;
export function quantiseModel(model: AnyFloatModel, salt: bigint): Quantised<AnyWeights>;
export function quantiseModel(model: AnyFloatModel, salt: bigint): Quantised<AnyWeights> {
  const { layers } = model;
  const shape = isFloatNetwork(model) ? model.network : { widths: model.widths, head: 'squared error' as const };
  const weights: AnyWeights = 'side' in shape ? zeroNetworkWeights(shape, salt) : zeroWeights(shape, salt);
  const tensors = layerTensors(shape);
  const errors = layers.flatMap((layer, l) => quantiseLayer(`layer${l + 1}`, layer, tensors[l], weights.layers[l]));
  return { weights, errors };
}

function quantiseLayer(
  name: string,
  { weight, bias }: FloatLayer,
  tensor: LayerTensor,
  { W, b }: LayerWeights,
): QuantisationError[] {
  const matrix = quantiseTensor(`${name}.weight`, weight, tensor.shape, tensor.fractionBits);
  const vector = quantiseTensor(`${name}.bias`, bias, [tensor.outputs], FRACTION_BITS);
  pad(matrix.values, tensor, W);
  b.set(vector.values);
  return [matrix.error, vector.error];
}

function quantiseTensor(
  tensor: string,
  values: Float64Array,
  shape: readonly number[],
  fractionBits: number,
): { values: BigInt64Array; error: QuantisationError } {
  const one = 2 ** fractionBits;
  const out = new BigInt64Array(values.length);
  let [max, squares, largest] = [0, 0, 0];
  for (let k = 0; k < values.length; k++) {
    const x = values[k];
    const fixed = Math.floor(x * one + 0.5);
    if (!(fixed >= -LIMIT && fixed < LIMIT)) {
      throw new InputError(
        `Entry [${indexOf(k, shape)}] of ${tensor} is ${x}; weights lie in [-${LIMIT / one}, ${LIMIT / one}).`,
        {
          hint: 'Scale the layer down and the next one up by the same power of two: with ReLU the function stays.',
          docs: 'argument.md#1-numbers',
        },
      );
    }
    out[k] = BigInt(fixed);
    const error = Math.abs(fixed / one - x);
    max = Math.max(max, error);
    squares += error * error;
    largest = Math.max(largest, Math.abs(x));
  }
  const rms = Math.sqrt(squares / values.length);
  return { values: out, error: { tensor, entries: values.length, max, rms, largest } };
}
