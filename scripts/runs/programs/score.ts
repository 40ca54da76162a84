import { InputError } from '../../../src/errors/InputError.ts';
import { scoreCapacity } from '../../../src/model/capacity.ts';
import { isNetworkWeights, shapeOf } from '../../../src/model/networkWeights.ts';
import type { ShardKind } from '../../../src/model/shardKind.ts';
import { circuitOf } from '../../../src/registry/programs/list.ts';
import { forwardTrace } from '../../../src/training/forward.ts';
import { registryOf } from '../../chain/readPlaces.ts';
import { readShardFile, readWeightsFile } from '../../files/models.ts';
import { requireChainSchema, requireModel, requireShard } from '../registered.ts';
import type { Json } from '../run.ts';
import { type RunProgram, takesOtherSchema } from './runProgram.ts';

/** What a score run was started with. */
export interface ScoreInputs {
  [key: string]: string;
  model: string;
  modelSha256: string;
  shard: string;
  shardSha256: string;
  // otherSchema: 'yes', and top, the places that count as top, where they were said
}

/**
 * Places that count as top, where they were said.
 * @throws InputError for real numbers, which have none
 */
export function placesOf({ top }: Record<string, Json>, kind: ShardKind): number | undefined {
  if (top === undefined) return undefined;
  if (kind !== 'regression') return Number(top);
  throw new InputError('Real numbers have no places, so that none of them is among the highest.', {
    hint: 'Leave --top out: it is for classes and labels.',
  });
}

export const score: RunProgram = {
  weight: 1.5,
  open(run, _, context) {
    const inputs = run.inputs as ScoreInputs;
    const model = readWeightsFile(inputs.model, inputs.modelSha256);
    const shard = readShardFile(inputs.shard, inputs.shardSha256);
    scoreCapacity(shapeOf(model), shard.rows);
    return {
      circuit: circuitOf('score', isNetworkWeights(model)),
      prove: (prover, onStage) => {
        onStage('forward pass');
        const forward = forwardTrace(model, shard, placesOf(inputs, shard.kind));
        return prover.proveScore(context, { model, shard, forward }, onStage);
      },
    };
  },
  async ask(run, { where: { chain, registry: scoreboard }, ahead, model, shard }) {
    if (ahead) return;
    const { model: file, modelSha256, shard: rows, shardSha256 } = run.inputs as ScoreInputs;
    const registry = await registryOf(chain, scoreboard);
    const pair = { model: await model(file, modelSha256), shard: await shard(rows, shardSha256) };
    await requireModel(chain, registry, pair.model, 'model');
    await requireShard(chain, registry, pair.shard);
    if (!takesOtherSchema(run.inputs)) await requireChainSchema(chain, registry, pair);
  },
};
