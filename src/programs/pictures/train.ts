import { outer } from '../../argument/axisSums.ts';
import { rowSums } from '../../argument/integers.ts';
import type { Vec } from '../../argument/kernels.ts';
import { type Grids, placeSums } from '../../argument/placeSums.ts';
import type { LayerGeometry } from '../../model/network.ts';
import { pointOf, positions } from '../axes.ts';
import type { Tensor } from '../tensors.ts';
import type { BatchContext, LayerTensors, SecondBatch, TrainLayers } from '../train/batchContext.ts';
import { channelsOf } from '../train/context.ts';
import { eqOfPlaces, pixelPoint, placesOfTaps, readingOf, readPictures } from './kernel.ts';
import { PictureSecondBatch } from './secondBatch.ts';
import { type LayerAtPlaces, picturesAt, takeSides, weightsAtInputs, weightsAtOutputs } from './tensors.ts';

/** Layers of convolutional networks (protocol section 12). */
export class PictureTrainLayers implements TrainLayers {
  readonly #c: BatchContext;
  readonly #made: Record<number, LayerAtPlaces> = {};

  constructor(context: BatchContext) {
    this.#c = context;
  }

  forward(l: number): LayerTensors & { biasSum: bigint } {
    const { k, axes, sizes, layers, rows, tau } = this.#c;
    const { W, D, input: before } = layers[l];
    const geometry = sizes.geometry[l];
    const { side, kernel } = geometry.logs;
    const eqOutputs = k.eqTable(channelsOf(this.#c, l, tau));
    const weights = weightsAtOutputs(k, W, eqOutputs);
    const deltas = picturesAt(this.#c, D, side, eqOutputs);
    const input = { ...before, data: readPictures(geometry, before.data, 2 ** before.rowBits) };
    this.#made[l] = { geometry, input, deltas };
    const [x, y] = [pointOf(axes, [0, side], tau), pointOf(axes, [0, 0, side], tau)].map((point) =>
      k.fromBigints(eqOfPlaces(geometry, point)),
    );
    const atPlaces = outer(k, rows.eqBatch, outer(k, x, y));
    const grids: Grids = { shifted: 'integers', integers: 2 ** geometry.logs.read, elements: 2 ** side };
    const biasSum = k.sum(k.contractLow(deltas, rows.later));
    return {
      weights,
      later: this.#sumsOfSteps(input, atPlaces, geometry, grids),
      gradients: this.#sumsOfSteps(input, deltas, geometry, grids),
      features: positions(axes, [0, kernel, kernel, sizes.widthBits(l - 1)]),
      biasSum,
    };
  }

  backward(l: number): LayerTensors {
    const { k, axes, sizes, layers, rows, tau } = this.#c;
    const { W, D } = layers[l + 1];
    const { geometry, input } = this.#made[l + 1];
    const { side, read, kernel } = geometry.logs;
    const eqInputs = k.eqTable(channelsOf(this.#c, l, tau));
    const pixels = picturesAt(this.#c, input, read, eqInputs);
    this.#made[l + 1].pixels = pixels;
    const { side: before } = sizes.geometry[l].logs;
    const [ofX, ofY] = [pointOf(axes, [0, before], tau), pointOf(axes, [0, 0, before], tau)].map((point) =>
      placesOfTaps(geometry, pixelPoint(geometry, point)),
    );
    const later = k.raw(2 ** (sizes.widthBits(l + 1) + 2 * kernel) * rows.eqSteps.len);
    k.scoped(() => {
      const ofSteps = k.raw(D.data.length / rows.eqBatch.len);
      rowSums(k, ofSteps, D.data, rows.eqBatch);
      k.put(later, takeSides(k, ofSteps, { y: ofY, x: ofX }, rows.eqSteps.len));
    });
    const grids: Grids = { shifted: 'elements', integers: 2 ** side, elements: 2 ** read };
    return {
      weights: weightsAtInputs(k, W, eqInputs, 4 ** kernel),
      later,
      gradients: this.#sumsOfSteps(D, pixels, geometry, grids),
      features: positions(axes, [0, kernel, kernel, sizes.widthBits(l + 1)]),
    };
  }

  second(rho: readonly bigint[], sums: readonly bigint[]): SecondBatch {
    return new PictureSecondBatch(this.#c, this.#made, rho, sums);
  }

  /** Sums over places and rows of every step; of what is the same in every pass, made once where `e` is too. */
  #sumsOfSteps({ data, rowBits }: Tensor, e: Vec, layer: LayerGeometry, grids: Grids): Vec {
    const { k, sizes } = this.#c;
    const batch = 2 ** sizes.batchBits;
    const ofStep = e.len > grids.elements ** 2 * batch;
    const counted = ofStep ? sizes.traceBits : rowBits;
    const steps = 2 ** (counted - sizes.batchBits);
    const sums = placeSums(k, data, e, readingOf(layer), grids, { rows: 2 ** rowBits, batch, steps });
    return counted === sizes.traceBits ? sums : k.repeatEach(sums, 2 ** (sizes.traceBits - counted), steps);
  }
}
