import { GAS_AT_MOST, runGas } from '../chain/funds.ts';
import { rangesOf } from '../files/source.ts';
import { formatSeconds } from '../terminal/output.ts';
import { counted } from '../terminal/plural.ts';
import type { TrainingInputs } from './trainingPlan.ts';

/** From so many segments on, a run is begun only where somebody said yes. */
export const MANY_SEGMENTS = 100;
/** What the smallest proof of a training takes on two cores; wider networks and more rows take longer. */
const PROOF_SECONDS = 4;

/** How many segments a training run has. */
export function segmentsOf({ source, shards, epochs }: TrainingInputs): number {
  return epochs * (shards?.length ?? rangesOf(source!).length);
}

/** What a training run takes in all, in one sentence: proofs, time and gas. */
export function describeSize(inputs: TrainingInputs): string {
  const segments = segmentsOf(inputs);
  const shards = segments / inputs.epochs;
  const seeds = inputs.seed === null ? 0 : 1;
  const gas = runGas(segments) + shards * GAS_AT_MOST.data + seeds * (GAS_AT_MOST.requestSeed + GAS_AT_MOST.seed);
  const proofs = counted(segments + shards + seeds, 'proof');
  const time = formatSeconds(segments * PROOF_SECONDS);
  return `This run has ${counted(segments, 'segment')}. To register it takes up to ${proofs}, ${time} or more on two cores, and up to ${gas.toLocaleString('en-US')} gas.`;
}
