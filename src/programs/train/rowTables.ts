import type { Kernels, Vec } from '../../argument/kernels.ts';
import type { TrainSizes } from './context.ts';

/** Tables over rows of the trace, at the point r_s of the zero-checks. */
export interface RowTables {
  /** eq(r_b, b), eq(r_k, k), and eq(r_s, s) of both */
  eqBatch: Vec;
  eqSteps: Vec;
  eqRows: Vec;
  /** LT(k(s), r_k) for every row s */
  later: Vec;
}

export function rowTables(k: Kernels, { batchBits, traceBits }: TrainSizes, rs: readonly bigint[]): RowTables {
  const eqSteps = k.eqTable(rs.slice(batchBits, traceBits));
  const later = k.copy(eqSteps); // LT(k, r_k) is the sum of eq(r_k, k') over later steps k'
  k.exclusiveSums(later, later.len, 'end');
  return {
    eqBatch: k.eqTable(rs.slice(0, batchBits)),
    eqSteps,
    eqRows: k.eqTable(rs.slice(0, traceBits)),
    later: k.repeatEach(later, 2 ** batchBits),
  };
}

/** eq(rho_k, k(s)) and LT(rho_k, k(s)) for every row s of the trace. */
export function stepTables(
  k: Kernels,
  { batchBits, traceBits }: TrainSizes,
  rho: readonly bigint[],
): { step: Vec; after: Vec } {
  const step = k.eqTable(rho.slice(batchBits, traceBits));
  const after = k.copy(step); // LT(rho_k, k) is the sum of eq(rho_k, k') over earlier steps k'
  k.exclusiveSums(after, after.len, 'start');
  const ofRows = (v: Vec) => k.repeatEach(v, 2 ** batchBits);
  return { step: ofRows(step), after: ofRows(after) };
}
