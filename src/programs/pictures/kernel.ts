// How layers of convolutional networks read pictures, as tables over one side (protocol section 12): a_l is 1 where place y reads
// pixel u at tap d. Sides have at most 64 entries, so these are plain numbers.

import { eqNumbers } from '../../argument/axisSums.ts';
import type { Reading } from '../../argument/placeSums.ts';
import type { LayerGeometry } from '../../model/network.ts';
import { mod } from '../../numbers/field.ts';

/** Calls `visit` for every tap, place and pixel of a side with a_l(d, u; y) = 1. */
function eachRead(
  { kernel, stride, padding, flat, logs }: LayerGeometry,
  visit: (d: number, u: number, y: number) => void,
): void {
  const taps = flat ? 2 ** logs.kernel : kernel;
  for (let y = 0; y < 2 ** logs.side; y++) {
    for (let d = 0; d < taps; d++) {
      const u = stride * y + d - padding;
      if (u >= 0 && u < 2 ** logs.read) visit(d, u, y);
    }
  }
}

/** [y][u]: sum_d eq(point, d) a_l(d, u; y). */
export function pixelsOfPlaces(layer: LayerGeometry, point: readonly bigint[]): bigint[][] {
  const ofTap = eqNumbers(point);
  const table = zeros(2 ** layer.logs.side, 2 ** layer.logs.read);
  eachRead(layer, (d, u, y) => {
    table[y][u] = mod(table[y][u] + ofTap[d]);
  });
  return table;
}

/** [d][y]: sum_u eq(point, u) a_l(d, u; y), for 2^d_l taps. */
export function placesOfTaps(layer: LayerGeometry, point: readonly bigint[]): bigint[][] {
  const ofPixel = eqNumbers(point);
  const table = zeros(2 ** layer.logs.kernel, 2 ** layer.logs.side);
  eachRead(layer, (d, u, y) => {
    table[d][y] = mod(table[d][y] + ofPixel[u]);
  });
  return table;
}

/** [d][u]: sum_y weights[y] a_l(d, u; y), for 2^d_l taps. */
export function pixelsOfTaps(layer: LayerGeometry, weights: readonly bigint[]): bigint[][] {
  const table = zeros(2 ** layer.logs.kernel, 2 ** layer.logs.read);
  eachRead(layer, (d, u, y) => {
    table[d][u] = mod(table[d][u] + weights[y]);
  });
  return table;
}

/**
 * Of an address's coordinate on a side of layer l - 1: sum_(d, y) eq(tap, d) eq(place, y) a_l(d, u; y), the weight of a claim on what layer l
 * reads. Where it reads sums of 2x2 pixels, both have their weight.
 */
export function addressWeights(layer: LayerGeometry, tap: readonly bigint[], place: readonly bigint[]): bigint[] {
  const ofPlace = eqNumbers(place);
  const ofPixel = pixelsOfPlaces(layer, tap).reduce(
    (sums, row, y) => sums.map((sum, u) => sum + ofPlace[y] * row[u]),
    new Array<bigint>(2 ** layer.logs.read).fill(0n),
  );
  return ofPixel.map(mod).flatMap((weight) => (layer.pooled ? [weight, weight] : [weight]));
}

/** [y]: sum_(d, u) eq(tap, d) eq(pixel, u) a_l(d, u; y). */
export function placesAt(layer: LayerGeometry, tap: readonly bigint[], pixel: readonly bigint[]): bigint[] {
  const ofTap = eqNumbers(tap);
  const rows = placesOfTaps(layer, pixel);
  return rows[0].map((_, y) => mod(rows.reduce((sum, row, d) => sum + ofTap[d] * row[y], 0n)));
}

/** eq(point, y) for the places y of a side, 0 beyond them. */
export function eqOfPlaces({ side }: LayerGeometry, point: readonly bigint[]): bigint[] {
  return eqNumbers(point).map((value, y) => (y < side ? value : 0n));
}

/** M_l at a point of y and of x: both are places. */
export function isPlaceAt(layer: LayerGeometry, y: readonly bigint[], x: readonly bigint[]): bigint {
  const le = (point: readonly bigint[]) => eqOfPlaces(layer, point).reduce((sum, value) => sum + value, 0n);
  return mod(le(y) * le(x));
}

/** The coordinates of r_x or r_y that stand for a pixel which layer l reads; without the lowest where it reads sums. */
export function pixelPoint({ pooled, logs }: LayerGeometry, r: readonly bigint[]): bigint[] {
  const from = pooled ? 1 : 0;
  return r.slice(from, from + logs.read);
}

/** How places read what their layer reads; a flat layer's taps beyond its kernel read zeros alone, which no sum needs. */
export function readingOf({ kernel, stride, padding, side, logs }: LayerGeometry): Reading {
  return { kernel, bits: logs.kernel, stride, padding, side };
}

/** What a layer reads of pictures [c][y][x][row] with sides of 2^bits: themselves, or the sums of 2x2 pixels. */
export function readPictures({ pooled, logs }: LayerGeometry, pictures: Int32Array, rows: number): Int32Array {
  if (!pooled) return pictures;
  const [line, half] = [2 ** (logs.read + 1) * rows, 2 ** logs.read];
  const out = new Int32Array(pictures.length / 4);
  for (let at = 0, from = 0; at < out.length; from += line) {
    for (let x = 0; x < half; x++, from += 2 * rows) {
      for (let s = from; s < from + rows; s++, at++) {
        out[at] = pictures[s] + pictures[s + rows] + pictures[s + line] + pictures[s + line + rows];
      }
    }
  }
  return out;
}

function zeros(rows: number, columns: number): bigint[][] {
  return Array.from({ length: rows }, () => new Array<bigint>(columns).fill(0n));
}
