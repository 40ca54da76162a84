import type { Kernels, Vec } from '../../argument/kernels.ts';
import { type Poly, poly, range } from '../../argument/sumcheck.ts';
import type { Shard } from '../../model/shard.ts';
import type { Weights } from '../../model/weights.ts';
import { ceilLog2 } from '../../numbers/bits.ts';
import { ACTIVATION_BITS, DELTA_BITS, MAX_LAYERS, SIZE_BITS } from '../../numbers/constants.ts';
import type { SegmentTrace } from '../../training/trace.ts';
import { type SlottedOracle, slotView, tensorPoly } from '../common.ts';
import { type LayerSizes, layerSizes, modelSlot } from '../layerSizes.ts';
import { HALF } from '../powers.ts';

/** D_L = Q_SCALE (Q_L - Y) */
export const Q_SCALE = 1n << BigInt(DELTA_BITS - ACTIVATION_BITS);

export interface TrainWitness {
  parent: Weights;
  child: Weights;
  shard: Shard;
  /** integer in [1, 2^16] */
  lr: number;
  /** rows of one step, a power of two up to the shard's rows */
  batch: number;
  trace: SegmentTrace;
}

/** Sizes of a run; sigma counts rows s = k B + b. */
export interface TrainSizes extends LayerSizes {
  /** log2 of the rows in a step */
  batchBits: number;
  /** rows of a step, steps */
  B: number;
  K: number;
}

export function trainSizes({ parent: { widths }, shard, batch }: TrainWitness): TrainSizes {
  const sizes = layerSizes(widths, shard);
  const batchBits = ceilLog2(batch);
  return { ...sizes, batchBits, B: 2 ** batchBits, K: 2 ** (sizes.sigma - batchBits) };
}

export interface TrainOracles {
  parent: SlottedOracle;
  child: SlottedOracle;
  shard: SlottedOracle;
  trace: SlottedOracle;
  helper: SlottedOracle;
}

/** The squares of x by their use (protocol section 7). */
export interface TrainChallenges {
  beta: bigint;
  ri: readonly bigint[];
  rj: readonly bigint[];
  /** sigma coordinates */
  rs: readonly bigint[];
  tau: readonly bigint[];
  mu: bigint;
}

/** A layer with the tensors its relations speak of: as committed, and as polynomials of the first batch. */
export interface TrainLayer {
  /** log2 of the padded widths of input and output */
  in: number;
  out: number;
  /** the parent's */
  W: Vec;
  /** In_l: A_(l-1), or X */
  input: Vec;
  inputPoly: Poly;
  /** D_l; that of the last layer is virtual, Q_SCALE (Q_L - Y) */
  D: Vec;
  DPoly: Poly;
}

/** All layers of a run by circuit number. */
export function trainLayers(
  k: Kernels,
  sizes: TrainSizes,
  { parent, shard, trace }: TrainOracles,
): Record<number, TrainLayer> {
  const { first, sigma, widthBits } = sizes;
  const scaled = k.sub(k.addConst(slotView(k, trace, 'Q'), -HALF), slotView(k, shard, 'Y'));
  const out: Record<number, TrainLayer> = {};
  for (const l of sizes.layers) {
    const input = l === first ? slotView(k, shard, 'X') : slotView(k, trace, `A_${l - 1}`);
    const D = l === MAX_LAYERS ? k.scale(scaled, Q_SCALE) : slotView(k, trace, `D_${l}`);
    out[l] = {
      in: widthBits(l - 1),
      out: widthBits(l),
      W: slotView(k, parent, modelSlot(sizes, 'W', l)),
      input,
      inputPoly: tensorPoly(k, input, sigma, widthBits(l - 1)),
      D,
      DPoly: tensorPoly(k, D, sigma, widthBits(l)),
    };
  }
  return out;
}

/** eq tables over the row variables, shared by both batches. */
export interface RowTables {
  /** eq(r_s, s) */
  eqRows: Vec;
  /** eq(r_b, b), eq(r_k, k) */
  eqBatch: Vec;
  eqSteps: Vec;
  /** LT~(k(s), r_k) for every row s */
  lt: Poly;
}

export function rowTables(k: Kernels, { batchBits, sigma, B, K }: TrainSizes, rs: readonly bigint[]): RowTables {
  const eqSteps = k.eqTable(rs.slice(batchBits));
  const later = k.copy(eqSteps); // LT~(k, r_k) is the sum of eq(r_k, k') over later steps k'
  k.exclusiveSums(later, K, 'end');
  return {
    eqRows: k.eqTable(rs),
    eqBatch: k.eqTable(rs.slice(0, batchBits)),
    eqSteps,
    lt: poly(k.repeatEach(later, B), rowPositions(sigma)),
  };
}

/** Positions in the first batch of a polynomial over the rows alone, or over the features alone. */
export const rowPositions = (sigma: number): number[] => range(0, sigma);
export const featurePositions = (bits: number): number[] => range(SIZE_BITS, bits);
