import { axisSums } from '../../argument/axisSums.ts';
import { columnSums } from '../../argument/integers.ts';
import type { Kernels, Vec } from '../../argument/kernels.ts';
import type { LayerGeometry } from '../../model/network.ts';

/** Tables for both sides of a picture, rows of the new side's entries. */
export interface Sides {
  y: readonly (readonly bigint[])[];
  x: readonly (readonly bigint[])[];
}

/** [.., y, x, inner] of a tensor [.., v, u, inner] whose sides have as many entries as the rows of the tables. */
export function takeSides(k: Kernels, tensor: Vec, { y, x }: Sides, inner: number): Vec {
  const side = x[0].length;
  const lines = axisSums(k, tensor, k.fromBigints(x.flat()), side, inner);
  return axisSums(k, lines, k.fromBigints(y.flat()), side, x.length * inner);
}

/** sum_i eq(i) W[i, j] for all j below i. */
export function weightsAtOutputs(k: Kernels, W: BigInt64Array, eq: Vec): Vec {
  const out = k.zeros(W.length / eq.len);
  columnSums(k, out, W, eq, out.len);
  return out;
}

/** sum_c eq(c) W[i, c, tap] for all taps and outputs, taps low. */
export function weightsAtInputs(k: Kernels, W: BigInt64Array, eq: Vec, taps: number): Vec {
  const block = taps * eq.len;
  const out = k.zeros(W.length / eq.len);
  for (let i = 0; i * block < W.length; i++) {
    columnSums(k, k.view(out, i * taps, (i + 1) * taps), W.subarray(i * block, (i + 1) * block), eq, taps);
  }
  return out;
}

/** 1 at places [y, x], 0 beyond; undefined where all are. */
export function placeMask(k: Kernels, { side, logs }: LayerGeometry): Vec | undefined {
  const grid = 2 ** logs.side;
  if (side === grid) return undefined;
  const mask = Int32Array.from({ length: grid ** 2 }, (_, at) => (at % grid < side && at < side * grid ? 1 : 0));
  return k.fromIntegers(mask);
}
