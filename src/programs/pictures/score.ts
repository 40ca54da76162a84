import { outer } from '../../argument/axisSums.ts';
import { rowSums } from '../../argument/integers.ts';
import type { Vec } from '../../argument/kernels.ts';
import { finalValue, type Poly, poly } from '../../argument/sumcheck.ts';
import { pointOf, positions } from '../axes.ts';
import { inputOf, type PassContext, type PassLayers, rowsOf } from '../score/context.ts';
import { term, times } from '../sumcheckBatch.ts';
import { addressWeights, eqOfPlaces, isPlaceAt, pixelsOfPlaces, pixelsOfTaps, readPictures } from './kernel.ts';
import { placeMask, takeSides, weightsAtOutputs } from './tensors.ts';

/** Positions of the batch at which the place of an output stands, x and y, where no row does (protocol section 12). */
const PLACE_AXES = [6, 6];

/** Layers of convolutional networks: F1_l is a sum over taps, channels and places. */
export const PICTURE_LAYERS: PassLayers = {
  addForward(batch, c, l, sums) {
    const { k, axes, sizes, witness, numbers, tau } = c;
    const { sums: S, relations: R, evaluations: E } = numbers;
    const layer = sizes.geometry[l];
    const { side } = layer.logs;
    const [, x, y] = sidesOf(c, l, tau);
    const [taps, places] = [positions(axes, tapBits(c, l)), positions(PLACE_AXES, [side, side])];
    const eqOutputs = k.eqTable(channelsOf(c, l, tau));
    const W = poly(weightsAtOutputs(k, witness.model.layers[l - sizes.first].W, eqOutputs), taps);
    const pixels = inputPixels(c, l);
    // for every tap and channel the sum over places of eq M IN
    const [ofX, ofY] = [x, y].map((point) => pixelsOfTaps(layer, eqOfPlaces(layer, point)));
    const atPlaces = poly(takeSides(k, pixels, { y: ofY, x: ofX }, 1), taps);
    sums[S.F1(l)] = k.dot(W.vec, atPlaces.vec);
    let input: Poly | undefined;
    batch.addStaged(R.F1(l), [...places, ...taps], [term(W, atPlaces)], sums[S.F1(l)], {
      open: places.length,
      terms: (rho) => {
        input = poly(inputAt(c, l, pixels, rho), places);
        const eq = poly(outer(k, k.eqTable(x), k.eqTable(y)), places);
        const mask = placeMask(k, layer);
        return [times(finalValue(k, W), eq, ...(mask ? [poly(mask, places)] : []), input)];
      },
    });
    batch.evaluate(E.W(l), W);
    batch.evaluateBy(E.In(l), () => finalValue(k, input!));
  },

  input(c, l, rho) {
    const layer = c.sizes.geometry[l];
    const [x, y] = pointParts(PLACE_AXES, [layer.logs.side, layer.logs.side], rho);
    const [, dx, dy, channels] = pointParts(c.axes, tapBits(c, l), rho);
    const weights = [addressWeights(layer, dx, x), addressWeights(layer, dy, y)];
    return { point: [...rowsOf(c), ...channels], tables: { at: c.sizes.sigma, weights } };
  },

  weights(c, l, rho) {
    return [...pointOf(c.axes, tapBits(c, l), rho), ...channelsOf(c, l, c.tau)];
  },

  biasFactor(c, l) {
    const [, x, y] = sidesOf(c, l, c.tau);
    return isPlaceAt(c.sizes.geometry[l], y, x);
  },
};

/** Bits of dx, dy and the channels that layer l reads, on the batch's axes. */
function tapBits({ sizes }: PassContext, l: number): number[] {
  const { kernel } = sizes.geometry[l].logs;
  return [0, kernel, kernel, sizes.widthBits(l - 1)];
}

/** The coordinates of each axis. */
function pointParts(axes: readonly number[], bits: readonly number[], point: readonly bigint[]): bigint[][] {
  return bits.map((_, k) =>
    pointOf(
      axes,
      bits.map((count, other) => (other === k ? count : 0)),
      point,
    ),
  );
}

/** Rows, x, y and channels of layer l at a point. */
function sidesOf({ axes, sizes }: PassContext, l: number, point: readonly bigint[]): bigint[][] {
  return pointParts(axes, [0, ...sizes.bits(l)], point);
}

function channelsOf(c: PassContext, l: number, point: readonly bigint[]): bigint[] {
  return sidesOf(c, l, point)[3];
}

/** In_l(c; v, u; r_s): the pictures that layer l reads, at r_s. */
function inputPixels(c: PassContext, l: number): Vec {
  const { k, sizes } = c;
  const rows = 2 ** sizes.sigma;
  const data = readPictures(sizes.geometry[l], inputOf(c, l).data, rows);
  const pixels = k.raw(data.length / rows);
  rowSums(k, pixels, data, k.eqTable(rowsOf(c)));
  return pixels;
}

/** IN_l(rho as j; y, x; r_s) at every place. */
function inputAt(c: PassContext, l: number, pixels: Vec, rho: readonly bigint[]): Vec {
  const { k, sizes } = c;
  const layer = sizes.geometry[l];
  const [, dx, dy, channels] = pointParts(c.axes, tapBits(c, l), rho);
  const picture = k.contractHigh(pixels, k.eqTable(channels));
  return takeSides(k, picture, { y: pixelsOfPlaces(layer, dy), x: pixelsOfPlaces(layer, dx) }, 1);
}
