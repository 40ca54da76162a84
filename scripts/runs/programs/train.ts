import { trainCapacity } from '../../../src/model/capacity.ts';
import { isNetworkWeights, shapeOf } from '../../../src/model/networkWeights.ts';
import { circuitOf } from '../../../src/registry/programs/list.ts';
import { trainSegment } from '../../../src/training/trainer.ts';
import { readShardFile, readWeightsFile } from '../../files/models.ts';
import { requireChainSchema, requireModel, requireShard } from '../registered.ts';
import { type RunProgram, requireSame, takesOtherSchema } from './runProgram.ts';

/** What a train run was started with: full paths, and the SHA-256 that the files had. */
export interface TrainInputs {
  [key: string]: string | number;
  parent: string;
  parentSha256: string;
  shard: string;
  shardSha256: string;
  lr: number;
  batch: number;
  /** times that the segment goes through the shard, a power of two */
  passes: number;
  /** Target of a wrong class in units of 2^-11. */
  smoothing: number;
}

export const train: RunProgram = {
  weight: 2,
  // The trace is not stored: training again takes a second, and shows that the run's files belong together.
  open(run, _, context) {
    const { lr, batch, passes, smoothing, ...inputs } = run.inputs as TrainInputs;
    const segment = { lr, batch, passes, smoothing };
    const child = readWeightsFile(run.file('train', 'model'));
    const parent = readWeightsFile(inputs.parent, inputs.parentSha256);
    const shard = readShardFile(inputs.shard, inputs.shardSha256);
    trainCapacity(shapeOf(parent), shard.rows, passes, batch);
    return {
      circuit: circuitOf('train', isNetworkWeights(parent)),
      prove: (prover, onStage) => {
        onStage('training');
        const { trace, child: again } = trainSegment(parent, shard, { ...segment, salt: child.salt });
        requireSame(run, again, child);
        return prover.proveTrain(context, { parent, child, shard, ...segment, trace }, onStage);
      },
    };
  },
  async ask(run, { where: { chain, registry }, ahead, model, shard }) {
    if (ahead) return;
    const { parent, parentSha256, shard: rows, shardSha256 } = run.inputs as TrainInputs;
    const pair = { model: await model(parent, parentSha256), shard: await shard(rows, shardSha256) };
    await requireModel(chain, registry, pair.model, 'parent');
    await requireShard(chain, registry, pair.shard);
    if (!takesOtherSchema(run.inputs)) await requireChainSchema(chain, registry, pair);
  },
};
