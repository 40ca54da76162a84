import type { Kernels } from '../../argument/kernels.ts';
import type { LookupGroup, LookupTable } from '../../argument/lookup.ts';
import { type Poly, poly } from '../../argument/sumcheck.ts';
import type { EvaluationNumber, RelationNumber, SumcheckBatch } from '../sumcheckBatch.ts';
import type { TrainChallenges, TrainLayer, TrainOracles, TrainSizes, TrainWitness } from './context.ts';
import type { RowTables } from './rowTables.ts';

/** Everything the batches are built from. */
export interface BatchContext extends TrainChallenges {
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
