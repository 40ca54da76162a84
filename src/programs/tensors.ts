import { columnSums, rowSums, stepSums } from '../argument/integers.ts';
import type { Kernels, Vec } from '../argument/kernels.ts';

/**
 * A tensor of integers [feature, row] with the row low, of 2^rowBits rows. With fewer rows than the trace it is the same in every pass (X and Y).
 */
export interface Tensor {
  data: Int32Array;
  rowBits: number;
}

/** sum_i eq(i) t(i; s) for every row s of the trace. */
export function atFeature(k: Kernels, { data, rowBits }: Tensor, eq: Vec, traceBits: number): Vec {
  const out = k.raw(2 ** traceBits);
  k.scoped(() => {
    const once = k.zeros(2 ** rowBits);
    columnSums(k, once, data, eq, 2 ** rowBits);
    for (let at = 0; at < out.len; at += once.len) k.put(k.view(out, at, at + once.len), once);
  });
  return out;
}

/** sum_b eq(b) t(j; b, k) for every feature j and every step k of all passes, k low. */
export function atRowOfStep(k: Kernels, { data, rowBits }: Tensor, eq: Vec, traceBits: number): Vec {
  const once = k.raw(data.length / eq.len);
  rowSums(k, once, data, eq);
  return rowBits === traceBits ? once : k.repeatEach(once, 2 ** (traceBits - rowBits), 2 ** rowBits / eq.len);
}

/** sum_b d(b, k) t(j; b, k) for every feature j and every step k of all passes, k low; d has a value for every row of the trace. */
export function productsOfSteps(k: Kernels, { data, rowBits }: Tensor, d: Vec, batchBits: number): Vec {
  const features = data.length / 2 ** rowBits;
  const out = k.raw((features * d.len) / 2 ** batchBits);
  stepSums(k, out, data, d, { rows: 2 ** rowBits, batch: 2 ** batchBits });
  return out;
}

/** The tensor at a point of the trace's rows and its features. */
export function valueAt(k: Kernels, t: Tensor, rows: readonly bigint[], features: readonly bigint[]): bigint {
  return k.scoped(() => {
    const at = atFeature(k, t, k.eqTable(features), t.rowBits);
    return k.dot(at, k.eqTable(rows.slice(0, t.rowBits)));
  });
}
