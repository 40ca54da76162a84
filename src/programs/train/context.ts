import type { Oracle } from '../../argument/oracle.ts';
import type { NUMBERING } from '../../generated/numbering.ts';
import type { AnyWeights } from '../../model/networkWeights.ts';
import type { Shard } from '../../model/shard.ts';
import { ceilLog2 } from '../../numbers/bits.ts';
import { ACTIVATION_BITS, DELTA_BITS } from '../../numbers/constants.ts';
import type { SegmentTrace } from '../../training/trace.ts';
import { type Axes, pointOf } from '../axes.ts';
import { type LayerSizes, layerSizes } from '../layerSizes.ts';
import type { Tensor } from '../tensors.ts';

/** D_L = Q_SCALE (Q_L - Y) on real rows */
export const Q_SCALE = 1n << BigInt(DELTA_BITS - ACTIVATION_BITS);

export type TrainNumbers = typeof NUMBERING.train | typeof NUMBERING.convTrain;

/** What differs between training of dense and of convolutional networks. */
export interface TrainProgram {
  numbers: TrainNumbers;
  axes: Axes;
}

export interface TrainWitness {
  parent: AnyWeights;
  child: AnyWeights;
  shard: Shard;
  /** integer in [1, 2^16] */
  lr: number;
  /** rows of one step, a power of two up to the shard's padded rows */
  batch: number;
  /** passes over the shard, a power of two; 1 unless told */
  passes?: number;
  /** target of a wrong class in units of 2^-11; 0 unless told */
  smoothing?: number;
  trace: SegmentTrace;
}

/** Sizes of a run; sigma counts the rows of the shard, traceBits those of the trace, s = (b, k): k is the step, all passes counted through. */
export interface TrainSizes extends LayerSizes {
  traceBits: number;
  /** log2 of the rows in a step */
  batchBits: number;
}

export function trainSizes({ parent, shard, batch, passes = 1 }: TrainWitness): TrainSizes {
  const sizes = layerSizes(parent, shard);
  return { ...sizes, traceBits: sizes.sigma + ceilLog2(passes), batchBits: ceilLog2(batch) };
}

export interface TrainOracles {
  parent: Oracle;
  child: Oracle;
  shard: Oracle;
  trace: Oracle;
  helper: Oracle;
  tables: Oracle;
}

/** The squares of x by their use (protocol section 7), beta and alpha. */
export interface TrainChallenges {
  beta: bigint;
  alpha: bigint;
  /** the zero-checks' point, over all axes */
  tau: readonly bigint[];
  mu: bigint;
}

/** The coordinates of a point for a row's entries in layer l. */
export function entriesOf(
  { axes, sizes }: Pick<TrainProgram, 'axes'> & { sizes: LayerSizes },
  l: number,
  point: readonly bigint[],
): bigint[] {
  return pointOf(axes, [0, ...sizes.bits(l)], point);
}

/** Those for its channels, in dense networks all. */
export function channelsOf(
  { axes, sizes }: Pick<TrainProgram, 'axes'> & { sizes: LayerSizes },
  l: number,
  point: readonly bigint[],
): bigint[] {
  const from = axes.slice(0, -1).reduce((sum, bits) => sum + bits, 0);
  return point.slice(from, from + sizes.widthBits(l));
}

/** Name of the output's delta, D_4 or D_6. */
export function outputDelta({ evaluations: E, claims: C }: TrainNumbers) {
  return 'D6' in E && 'D6' in C
    ? ({ slot: 'D6', evaluation: E.D6, claim: C.D6 } as const)
    : ({
        slot: 'D4',
        evaluation: (E as typeof NUMBERING.train.evaluations).D4,
        claim: (C as typeof NUMBERING.train.claims).D4,
      } as const);
}

/** A layer with the tensors its relations speak of. */
export interface TrainLayer {
  /** log2 of the padded widths of input and output */
  in: number;
  out: number;
  /** the parent's */
  W: BigInt64Array;
  /** In_l: A_(l-1), or X */
  input: Tensor;
  D: Tensor;
}

/** All layers of a run by circuit number. */
export function trainLayers(sizes: TrainSizes, { parent, shard, trace }: TrainWitness): Record<number, TrainLayer> {
  const { first, sigma, traceBits, widthBits } = sizes;
  const out: Record<number, TrainLayer> = {};
  for (const l of sizes.layers) {
    const before = trace.hidden[l - first - 1];
    out[l] = {
      in: widthBits(l - 1),
      out: widthBits(l),
      W: parent.layers[l - first].W,
      input: before ? { data: before.A, rowBits: traceBits } : { data: shard.X, rowBits: sigma },
      D: { data: l === sizes.last ? trace.output.D4 : trace.hidden[l - first].D, rowBits: traceBits },
    };
  }
  return out;
}
