import type { Kernels, Vec } from '../../argument/kernels.ts';
import type { LookupGroup, LookupTable } from '../../argument/lookup.ts';
import type { Session } from '../../argument/session.ts';
import { type Poly, poly, type SumcheckResult } from '../../argument/sumcheck.ts';
import type { EvaluationNumber, RelationNumber, SumcheckBatch } from '../sumcheckBatch.ts';
import type { TrainChallenges, TrainLayer, TrainOracles, TrainProgram, TrainSizes, TrainWitness } from './context.ts';
import type { RowTables } from './rowTables.ts';

/** Everything the batches are built from. */
export interface BatchContext extends TrainChallenges, TrainProgram {
  k: Kernels;
  witness: TrainWitness;
  sizes: TrainSizes;
  layers: Record<number, TrainLayer>;
  rows: RowTables;
  oracles: TrainOracles;
  table: LookupTable;
  groups: readonly LookupGroup[];
  /** what is looked up of a function, with its values; with squared error nothing */
  pairs?: { table: LookupTable; groups: readonly LookupGroup[]; column: Int32Array };
}

/**
 * What two sums of a layer are made of: a tensor t(j; s) of what an output reads, or of what reads a channel (then in the place of channels),
 * over its features j. Steps k are low.
 */
export interface LayerTensors {
  /** of the parent, for every feature */
  weights: Vec;
  /** sum_b eq(r_b, b) t(j; b, k) for every feature and step */
  later: Vec;
  /** the gradient of every feature and step at r */
  gradients: Vec;
  /** positions of the features */
  features: number[];
}

/** Tensors at r_i for every row of the trace, which both batches use: D_l(r_i; s), and In_l(r_i; s) of layers behind a hidden one. */
export interface AtOutputs {
  D: Record<number, Vec>;
  input: Record<number, Vec>;
}

/** The layers' part of both batches, of dense or of convolutional networks. */
export interface TrainLayers {
  /** with F3 */
  forward(l: number): LayerTensors & { biasSum: bigint };
  backward(l: number): LayerTensors;
  /** The second batch. @param rho point of the first @param sums those sent before it */
  second(rho: readonly bigint[], sums: readonly bigint[]): SecondBatch;
}

/** What the first batch leaves, as sums over rows (and places). */
export interface SecondBatch {
  sums: readonly bigint[];
  /** Runs the sumcheck. @param evals1 sent with the sums */
  prove(session: Session, evals1: readonly bigint[]): SumcheckResult;
  /** evals2 once the sumcheck is done; absent layers have 0. */
  evaluations(): bigint[];
}

/** One lookup group of limbs; returns the polynomials beta - limb. */
export function addGroup(
  batch: SumcheckBatch,
  { k, oracles, groups }: BatchContext,
  slot: string,
  { relation, evaluation, eq }: { relation: RelationNumber; evaluation: EvaluationNumber; eq: Poly },
): Poly[] {
  const group = groups.find((other) => other.slot === slot);
  if (!group) throw new RangeError(`there are no limbs for ${slot}`);
  const h = poly(oracles.helper.values(k, slot), eq.positions);
  batch.evaluate(evaluation, h);
  return batch.addLookup(relation, eq, h, group.limbs);
}
