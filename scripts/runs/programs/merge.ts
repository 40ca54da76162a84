import { mergeCapacity, sparseCapacity } from '../../../src/model/capacity.ts';
import { mergeWeights } from '../../../src/model/merge.ts';
import { isNetworkWeights, shapeOf } from '../../../src/model/networkWeights.ts';
import { type SparseChoice, type SparseName, sparsePlan } from '../../../src/model/sparse/choice.ts';
import { sparseMerge } from '../../../src/model/sparse/merge.ts';
import { circuitOf } from '../../../src/registry/programs/list.ts';
import { readWeightsFile } from '../../files/models.ts';
import { requireModel } from '../registered.ts';
import type { Run } from '../run.ts';
import { type RunProgram, requireSame } from './runProgram.ts';

/** What a merge run was started with. */
export interface MergeInputs {
  [key: string]: string | number[] | { parent: string; parentSha256: string }[];
  parents: { parent: string; parentSha256: string }[];
  recipe: 'average' | 'task' | 'slerp' | 'stack' | 'coefficients' | SparseName;
  /** of `coefficients` those of all layers, one layer after another; of TIES and DARE the weights of one task after another */
  numbers: number[];
}

/** What TIES and DARE are told beside parents and seed. */
export interface SparseNumbers {
  recipe: SparseName;
  numbers: number[];
  /** of one task after another, layer by layer, as the weights in `numbers` */
  densities: number[];
  /** by layer */
  lambdas: number[];
  normalize: 'yes' | 'no';
  rescale: 'yes' | 'no';
}

/** The inputs of a run of TIES or DARE. */
export interface SparseInputs extends MergeInputs, SparseNumbers {
  recipe: SparseName;
  numbers: number[];
  seed: string;
}

function isSparse(inputs: MergeInputs): inputs is SparseInputs {
  return 'densities' in inputs;
}

/** What a sparse merge was started with; undefined for other merges. @param layers of the parents */
export function sparseChoiceOf(inputs: MergeInputs, layers: number): SparseChoice | undefined {
  if (!isSparse(inputs)) return undefined;
  const { recipe, numbers, densities, lambdas, normalize, rescale, seed } = inputs;
  const rows = (list: readonly number[]) =>
    Array.from({ length: inputs.parents.length - 1 }, (_, i) => list.slice(i * layers, (i + 1) * layers));
  return {
    method: recipe,
    weights: rows(numbers),
    densities: rows(densities),
    lambdas,
    normalize: normalize === 'yes',
    rescale: rescale === 'yes',
    seed: BigInt(seed),
  };
}

export const merge: RunProgram = {
  weight: 1.4,
  // The remainders are not stored: merging again shows that the run's files belong together.
  open(run, _, context) {
    const inputs = run.inputs as MergeInputs;
    const child = readWeightsFile(run.file('merge', 'model'));
    const parents = inputs.parents.map((file) => readWeightsFile(file.parent, file.parentSha256));
    const choice = sparseChoiceOf(inputs, child.layers.length);
    if (choice !== undefined) return openSparse(run, { child, parents, choice, context });
    const { coefficients } = run.data('merge') as { coefficients: number[][] };
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

type Opened = ReturnType<RunProgram['open']>;
type Weights = ReturnType<typeof readWeightsFile>;

function openSparse(
  run: Run,
  {
    child,
    parents,
    choice,
    context,
  }: { child: Weights; parents: Weights[]; choice: SparseChoice; context: Parameters<RunProgram['open']>[2] },
): Opened {
  sparseCapacity(shapeOf(child), parents.length - 1);
  return {
    circuit: 'sparseMerge',
    prove: (prover, onStage) => {
      onStage('merging');
      const plan = sparsePlan(parents, choice);
      const made = sparseMerge(plan, child.salt);
      requireSame(run, made.child, child);
      return prover.proveSparseMerge(context, { plan, merge: made }, onStage);
    },
  };
}
