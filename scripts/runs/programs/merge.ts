import { mergeCapacity } from '../../../src/model/capacity.ts';
import { mergeWeights } from '../../../src/model/merge.ts';
import { isNetworkWeights, shapeOf } from '../../../src/model/networkWeights.ts';
import { circuitOf } from '../../../src/registry/programs/list.ts';
import { readWeightsFile } from '../../files/models.ts';
import { requireModel } from '../registered.ts';
import { type RunProgram, requireSame } from './runProgram.ts';

/** What a merge run was started with. */
export interface MergeInputs {
  [key: string]: string | number[] | { parent: string; parentSha256: string }[];
  parents: { parent: string; parentSha256: string }[];
  recipe: 'average' | 'task' | 'slerp' | 'stack' | 'coefficients';
  /** of `coefficients` those of all layers, one layer after another */
  numbers: number[];
}

export const merge: RunProgram = {
  weight: 1.4,
  // The remainders are not stored: merging again shows that the run's files belong together.
  open(run, _, context) {
    const { coefficients } = run.data('merge') as { coefficients: number[][] };
    const child = readWeightsFile(run.file('merge', 'model'));
    const parents = (run.inputs as MergeInputs).parents.map((file) => readWeightsFile(file.parent, file.parentSha256));
    mergeCapacity(shapeOf(child));
    return {
      circuit: circuitOf('merge', isNetworkWeights(child)),
      prove: (prover, onStage) => {
        onStage('merging');
        const made = mergeWeights(parents, coefficients, child.salt);
        requireSame(run, made.child, child);
        return prover.proveMerge(context, { parents, coefficients, merge: made }, onStage);
      },
    };
  },
  async ask(run, { where: { chain, registry }, ahead, model }) {
    if (ahead) return;
    for (const { parent, parentSha256 } of (run.inputs as MergeInputs).parents) {
      await requireModel(chain, registry, await model(parent, parentSha256), 'parent');
    }
  },
};
