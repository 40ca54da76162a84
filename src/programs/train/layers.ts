import { columnSums, rowSums } from '../../argument/integers.ts';
import type { Vec } from '../../argument/kernels.ts';
import { positions } from '../axes.ts';
import { atFeature, atRowOfStep, productsOfSteps, type Tensor } from '../tensors.ts';
import type { AtOutputs, BatchContext, LayerTensors, SecondBatch, TrainLayers } from './batchContext.ts';
import { channelsOf } from './context.ts';
import { SecondSumcheckBatch } from './secondBatch.ts';

/** Layers of dense networks (protocol section 7). */
export class DenseTrainLayers implements TrainLayers {
  readonly #c: BatchContext;
  readonly #atOutputs: AtOutputs = { D: {}, input: {} };

  constructor(context: BatchContext) {
    this.#c = context;
  }

  forward(l: number): LayerTensors & { biasSum: bigint } {
    const { k, sizes, layers, rows, tau } = this.#c;
    const { W, input, D } = layers[l];
    const eqOutputs = k.eqTable(channelsOf(this.#c, l, tau));
    const weights = k.zeros(2 ** layers[l].in);
    columnSums(k, weights, W, eqOutputs, weights.len);
    const deltas = atFeature(k, D, eqOutputs, sizes.traceBits);
    this.#atOutputs.D[l] = deltas;
    return { ...this.#tensors(weights, input, deltas, l - 1), biasSum: k.dot(deltas, rows.later) };
  }

  backward(l: number): LayerTensors {
    const { k, sizes, layers, tau } = this.#c;
    const next = layers[l + 1];
    const eqInputs = k.eqTable(channelsOf(this.#c, l, tau));
    const weights = k.raw(2 ** next.out);
    rowSums(k, weights, next.W, eqInputs);
    const inputs = atFeature(k, next.input, eqInputs, sizes.traceBits);
    this.#atOutputs.input[l + 1] = inputs;
    return this.#tensors(weights, next.D, inputs, l + 1);
  }

  second(rho: readonly bigint[], sums: readonly bigint[]): SecondBatch {
    return new SecondSumcheckBatch(this.#c, rho, this.#atOutputs, sums);
  }

  #tensors(weights: Vec, tensor: Tensor, perRow: Vec, l: number): LayerTensors {
    const { k, axes, sizes, rows } = this.#c;
    return {
      weights,
      later: atRowOfStep(k, tensor, rows.eqBatch, sizes.traceBits),
      gradients: productsOfSteps(k, tensor, perRow, sizes.batchBits),
      features: positions(axes, [0, ...sizes.bits(l)]),
    };
  }
}
