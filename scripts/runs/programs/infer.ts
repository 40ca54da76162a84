import { inferCapacity } from '../../../src/model/capacity.ts';
import type { InputKind } from '../../../src/model/inference.ts';
import { isNetworkWeights, shapeOf } from '../../../src/model/networkWeights.ts';
import type { Shard } from '../../../src/model/shard.ts';
import { circuitOf } from '../../../src/registry/programs/list.ts';
import { forwardPass } from '../../../src/training/forward.ts';
import { registryOf } from '../../chain/readPlaces.ts';
import { readShardFile, readWeightsFile } from '../../files/models.ts';
import { requireModel, requireShard } from '../registered.ts';
import type { Run } from '../run.ts';
import type { RunProgram } from './runProgram.ts';

/** What an inference's run was started with. */
export interface InferInputs {
  [key: string]: string;
  model: string;
  modelSha256: string;
  /** a table, or a shard file */
  rows: string;
  rowsSha256: string;
  inputs: InputKind;
  outputs: 'public' | 'committed';
  // ignore, member: how a table is read
}

/** What its stage `infer` keeps: the salt of the outputs, as decimal text; of a table the rows too, as a file. */
export interface InferKept {
  [key: string]: string | number;
  salt: string;
  rows: number;
}

/** The rows of a run whose stage is done. */
export function rowsOfRun(run: Run): Shard {
  const { inputs, rows, rowsSha256 } = run.inputs as InferInputs;
  return inputs === 'shard' ? readShardFile(rows, rowsSha256) : readShardFile(run.file('infer', 'rows'));
}

export const infer: RunProgram = {
  weight: 1.2,
  open(run, _, context) {
    const { model: file, modelSha256, inputs, outputs } = run.inputs as InferInputs;
    const { salt } = run.data('infer') as InferKept;
    const model = readWeightsFile(file, modelSha256);
    const shard = rowsOfRun(run);
    inferCapacity(shapeOf(model), shard.rows);
    return {
      circuit: circuitOf('infer', isNetworkWeights(model)),
      prove: (prover, onStage) => {
        onStage('forward pass');
        const forward = { trace: forwardPass(model, shard) };
        const shown = { shown: outputs === 'public', salt: BigInt(salt) };
        return prover.proveInfer(context, { model, shard, inputs, outputs: shown, forward }, onStage);
      },
    };
  },
  async ask(run, { where: { chain, registry: inferences }, ahead, model, shard }) {
    if (ahead) return;
    const { model: file, modelSha256, inputs, rows, rowsSha256 } = run.inputs as InferInputs;
    const registry = await registryOf(chain, inferences);
    await requireModel(chain, registry, await model(file, modelSha256), 'model');
    if (inputs === 'shard') await requireShard(chain, registry, await shard(rows, rowsSha256));
  },
};
