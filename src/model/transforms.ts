import { InputError } from '../errors/InputError.ts';
import { ceilLog2 } from '../numbers/bits.ts';
import { type Picture, pictureWidth, rawPlaces } from './pictures.ts';

/**
 * A step that turned raw values into a table, recorded in the dataset's manifest so that anyone with the raw files
 * gets the same rows again.
 */
export type Transform =
  /** Multiply every value. */
  | { name: 'scale'; factor: number }
  /** Subtract the mean and divide by the deviation, the same two numbers for every value. */
  | { name: 'standardise'; mean: number; deviation: number }
  /** Replace each size x size block of an image by its mean; the image's sides are multiples of `size`. */
  | { name: 'average-pool'; height: number; width: number; size: number }
  /** (x - offset[j]) * factor[j] for column j; `fitColumns` finds the numbers. */
  | { name: 'columns'; offset: number[]; factor: number[] }
  /** Values below -limit become -limit, above limit become limit. */
  | { name: 'clip'; limit: number }
  /** A missing value (not a number) of column j becomes values[j]. */
  | { name: 'fill'; values: number[] }
  /** Divide each row by its length (the root of the sum of its squares), so that it has length 1; rows of zeros stay. */
  | { name: 'unit-length' }
  /**
   * Lays a square picture out as a network reads it: (number - offset[c]) * factor[c] of channel c, line y and column x
   * becomes feature x + 2^n y + 4^n c, where 2^n is the side rounded up to a power of two; the others are 0. Comes last
   * but for `clip`.
   */
  | PictureTransform;

export interface PictureTransform extends Picture {
  name: 'picture';
  /** one for each channel */
  offset: number[];
  factor: number[];
}

/** Pixels 0..255 as 0..1. */
export const UNIT_PIXELS: Transform = { name: 'scale', factor: 1 / 255 };
/** 28 x 28 images as 7 x 7 images of block means. */
export const MNIST_POOL = { name: 'average-pool', height: 28, width: 28, size: 4 } as const satisfies Transform;
/** With the mean and deviation of MNIST's pixels; pooled images have little contrast and learn faster so. */
export const MNIST_STANDARD: Transform = { name: 'standardise', mean: 0.1307, deviation: 0.3081 };

/**
 * Applies transforms to rows of `inputs` values each.
 * @returns new rows; the argument is not changed.
 * @throws InputError when a transform does not fit.
 */
export function applyTransforms(
  values: ArrayLike<number>,
  inputs: number,
  transforms: readonly Transform[],
): { features: Float32Array; inputs: number } {
  let current: Rows = { features: Float64Array.from(values), inputs };
  for (const transform of transforms) current = applyOne(current, transform);
  return { features: Float32Array.from(current.features), inputs: current.inputs };
}

interface Rows {
  features: Float64Array;
  inputs: number;
}

function applyOne(rows: Rows, transform: Transform): Rows {
  if (transform.name === 'scale') return mapValues(rows, (x) => x * finite('factor', transform.factor));
  if (transform.name === 'average-pool') return averagePool(rows, transform);
  if (transform.name === 'columns') return mapColumns(rows, transform);
  if (transform.name === 'clip') return clip(rows, transform.limit);
  if (transform.name === 'fill') return fill(rows, transform.values);
  if (transform.name === 'unit-length') return unitLength(rows);
  if (transform.name === 'picture') return layOut(rows, transform);
  const mean = finite('mean', transform.mean);
  const deviation = finite('deviation', transform.deviation);
  if (deviation <= 0) throw new InputError(`The deviation must be positive, not ${deviation}.`);
  return mapValues(rows, (x) => (x - mean) / deviation);
}

function mapValues({ features, inputs }: Rows, change: (x: number) => number): Rows {
  return { features: features.map(change), inputs };
}

function mapColumns({ features, inputs }: Rows, { offset, factor }: { offset: number[]; factor: number[] }): Rows {
  if (offset.length !== inputs || factor.length !== inputs) {
    throw new InputError(`A transform of ${offset.length} columns does not fit rows of ${inputs} values.`);
  }
  for (const x of offset) finite('offset', x);
  for (const x of factor) finite('factor', x);
  return { features: features.map((x, k) => (x - offset[k % inputs]) * factor[k % inputs]), inputs };
}

function clip(rows: Rows, limit: number): Rows {
  if (finite('limit', limit) <= 0) throw new InputError(`The limit of a transform must be positive, not ${limit}.`);
  return mapValues(rows, (x) => Math.max(-limit, Math.min(limit, x)));
}

function fill({ features, inputs }: Rows, values: readonly number[]): Rows {
  if (values.length !== inputs) {
    throw new InputError(`A transform of ${values.length} columns does not fit rows of ${inputs} values.`);
  }
  for (const x of values) finite('value', x);
  return { features: features.map((x, k) => (Number.isNaN(x) ? values[k % inputs] : x)), inputs };
}

function unitLength({ features, inputs }: Rows): Rows {
  const lengths = rowLengths(features, inputs);
  return {
    features: features.map((x, k) => (lengths[Math.floor(k / inputs)] === 0 ? 0 : x / lengths[Math.floor(k / inputs)])),
    inputs,
  };
}

/** The length of each row: the root of the sum of its squares. */
export function rowLengths(features: ArrayLike<number>, inputs: number): Float64Array {
  const squares = new Float64Array(features.length / inputs);
  for (let k = 0; k < features.length; k++) squares[Math.floor(k / inputs)] += features[k] ** 2;
  return squares.map(Math.sqrt);
}

function finite(what: string, x: number): number {
  if (!Number.isFinite(x)) throw new InputError(`The ${what} ${x} of a transform is not finite.`);
  return x;
}

function averagePool(
  { features, inputs }: Rows,
  { height, width, size }: { height: number; width: number; size: number },
): Rows {
  const fits = [height, width, size].every((n) => Number.isInteger(n) && n > 0);
  if (!fits || height * width !== inputs || height % size !== 0 || width % size !== 0) {
    throw new InputError(`Rows of ${inputs} values cannot be pooled as ${height}x${width} images by ${size}x${size}.`);
  }
  const columns = width / size;
  const pooled = columns * (height / size);
  const rows = features.length / inputs;
  const out = new Float64Array(rows * pooled);
  for (let r = 0; r < rows; r++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const block = Math.floor(y / size) * columns + Math.floor(x / size);
        out[r * pooled + block] += features[r * inputs + y * width + x];
      }
    }
  }
  return { features: out.map((sum) => sum / (size * size)), inputs: pooled };
}

function layOut({ features, inputs }: Rows, { offset, factor, ...picture }: PictureTransform): Rows {
  const { side, channels } = picture;
  const places = rawPlaces(picture);
  if (places.length !== inputs || offset.length !== channels || factor.length !== channels) {
    throw new InputError(`Rows of ${inputs} values are no pictures of ${side}x${side}x${channels}.`);
  }
  for (const x of offset) finite('offset', x);
  for (const x of factor) finite('factor', x);
  const bits = ceilLog2(side);
  const width = pictureWidth(picture);
  const rows = features.length / inputs;
  const out = new Float64Array(rows * width);
  for (let r = 0; r < rows; r++) {
    let k = 0;
    for (let c = 0; c < channels; c++) {
      for (let y = 0; y < side; y++) {
        const line = r * width + (((c << bits) + y) << bits);
        for (let x = 0; x < side; x++) out[line + x] = (features[r * inputs + places[k++]] - offset[c]) * factor[c];
      }
    }
  }
  return { features: out, inputs: width };
}
