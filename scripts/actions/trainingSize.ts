import { availableParallelism } from 'node:os';
import { shapeSides } from '../../src/model/anyShape.ts';
import { dataCapacity, seedCapacity, trainCapacity, trainElements } from '../../src/model/capacity.ts';
import { GAS_AT_MOST, runGas } from '../chain/funds.ts';
import { readShardFile } from '../files/models.ts';
import { rangesOf } from '../files/source.ts';
import { formatSeconds } from '../terminal/output.ts';
import { counted } from '../terminal/plural.ts';
import { furtherChunks, proofCost } from './proofCosts.ts';
import { modelOf, type TrainingInputs } from './trainingPlan.ts';

/** From so many segments on, a run is begun only where somebody said yes. */
export const MANY_SEGMENTS = 100;

/** How many segments a training run has. */
export function segmentsOf({ source, shards, epochs }: TrainingInputs): number {
  return epochs * (shards?.length ?? rangesOf(source!).length);
}

/**
 * What a training run takes in all, in one sentence: proofs, time and gas, by the sizes of its network and its first shard.
 * @throws InputError, CapacityError where no proof takes so much
 */
export function describeSize(inputs: TrainingInputs): string {
  const { source, shards: given, seed, epochs, passes, batch } = inputs;
  const segments = segmentsOf(inputs);
  const shards = segments / epochs;
  const shape = modelOf(inputs);
  const rows = source === null ? readShardFile(given![0].shard, given![0].shardSha256).rows : rangesOf(source)[0].rows;
  const sizes = trainCapacity(shape, rows, passes, batch);
  const train = proofCost('train', sizes, trainElements(shape, { rows, passes, batch }));
  // A shard that was given is somebody's own to prove, unless the registry lacks it.
  const data = proofCost('data', dataCapacity({ ...shapeSides(shape), rows, kind: 'regression' }));
  const drawn = seed === null ? undefined : proofCost('seed', seedCapacity(shape));
  const seconds = segments * train.seconds + shards * data.seconds + (drawn?.seconds ?? 0);
  const gas =
    runGas(segments, segments, furtherChunks('train', sizes)) +
    shards * data.gas +
    (drawn === undefined ? 0 : GAS_AT_MOST.requestSeed + drawn.gas);
  const cores = availableParallelism();
  const proofs = counted(segments + shards + (drawn === undefined ? 0 : 1), 'proof');
  return `This run has ${counted(segments, 'segment')}. To register it takes up to ${proofs}, about ${formatSeconds(seconds / cores)} on ${counted(cores, 'core')}, and up to ${gas.toLocaleString('en-US')} gas.`;
}
