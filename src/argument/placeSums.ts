import type { Kernels, Vec } from './kernels.ts';

/** Integers that are copied into the kernels' memory at once. */
const PIECE = 1 << 22;

/** How a layer's places read a picture (protocol section 12): place y reads stride y + d - padding for its taps d < kernel. */
export interface Reading {
  /** taps that are summed, of 2^bits */
  kernel: number;
  bits: number;
  stride: number;
  padding: number;
  /** places each way */
  side: number;
}

/** Which of the two stands at what is read, the other at the places, and how large their grids are. */
export interface Grids {
  shifted: 'integers' | 'elements';
  integers: number;
  elements: number;
}

/** Rows of the integers, and of a step; steps of all passes. */
export interface StepRows {
  rows: number;
  batch: number;
  steps: number;
}

/**
 * out[(c, dy, dx)][k] = sum over places (y, x) and rows b of a step of data[c][..][(k, b) mod rows] e[..][(k, b)], where what is shifted is read
 * at the place's taps and 0 outside of its grid; taps from `kernel` on are 0.
 * @param data [c][v][u][row], integers below 2^18 in absolute value
 * @param e [y][x][row] over all steps, or [y][x][b], the same in each
 */
export function placeSums(
  k: Kernels,
  data: Int32Array,
  e: Vec,
  { kernel, bits, stride, padding, side }: Reading,
  grids: Grids,
  { rows, batch, steps }: StepRows,
): Vec {
  const picture = grids.integers ** 2 * rows;
  const channels = data.length / picture;
  const out = k.zeros(channels * 4 ** bits * steps);
  const ofStep = e.len === grids.elements ** 2 * steps * batch;
  if (!ofStep && e.len !== grids.elements ** 2 * batch) throw new RangeError(`${e.len} elements are no rows of places`);
  k.scoped(() => {
    const words = k.words([
      ...[kernel, bits, stride, padding, side, grids.integers, grids.elements],
      ...[rows, steps, batch, grids.shifted === 'elements' ? 1 : 0, ofStep ? 1 : 0],
    ]);
    const atOnce = Math.max(1, Math.floor(PIECE / picture));
    const [one, r2] = k.constants;
    for (let first = 0; first < channels; first += atOnce) {
      const count = Math.min(atOnce, channels - first);
      const own = out.ptr + first * 4 ** bits * steps * 32;
      k.withIntegers(data.subarray(first * picture, (first + count) * picture), (at) =>
        k.parts(count * kernel ** 2, (side ** 2 * batch * steps) / 8, (from, to) => [
          ...(['placeSums', own, at, e.ptr, words, from, to, one, r2] as const),
        ]),
      );
    }
  });
  return out;
}
