import { InputError } from '../../src/errors/InputError.ts';
import { mergeCapacity, sparseCapacity } from '../../src/model/capacity.ts';
import { checkAlike, checkMerge, mergeWeights } from '../../src/model/merge.ts';
import {
  averageCoefficients,
  type Coefficients,
  exactCoefficients,
  slerpCoefficients,
  stackCoefficients,
  taskCoefficients,
} from '../../src/model/merge-recipes.ts';
import { type EqualParents, findEqualParents } from '../../src/model/mergeEffect.ts';
import { type AnyWeights, headOf, shapeOf, shapeText } from '../../src/model/networkWeights.ts';
import { type Schema, sameSchema } from '../../src/model/schema.ts';
import { type SparseChoice, sparsePlan } from '../../src/model/sparse/choice.ts';
import { sparseMerge } from '../../src/model/sparse/merge.ts';
import { MAX_TASKS } from '../../src/model/sparse/method.ts';
import { modelVector } from '../../src/model/sparse/vector.ts';
import { writeWeights } from '../../src/model/weightsFile.ts';
import { randomElement } from '../../src/numbers/field.ts';
import { labelOf, readWeightsFile } from '../files/models.ts';
import { type MergeInputs, sparseChoiceOf } from '../runs/programs/merge.ts';
import type { Json, Run } from '../runs/run.ts';
import type { Output } from '../terminal/output.ts';
import { counted } from '../terminal/plural.ts';

export interface MergeOutcome {
  [key: string]: Json;
  shape: string;
  recipe: string;
  /** [layer 1..L][parent], integers over 2^14. */
  coefficients: Coefficients;
  /** Parents that hold the same numbers. */
  equal: (EqualParents & { [key: string]: Json })[];
  /** Of TIES and DARE_TIES: entries that are kept of each task, of how many. */
  kept: { [key: string]: Json; entries: number; of: number }[];
}

/** Stage `merge` of a run: child weights with a fresh salt, and the coefficients that the proof is about. */
export function mergeRun(run: Run, inputs: MergeInputs, output: Output): Promise<MergeOutcome> {
  return run.stage('merge', async (put) => {
    const parents = inputs.parents.map((file) => readWeightsFile(file.parent, file.parentSha256));
    output.progress.stage(`merge ${counted(parents.length, 'model')} of ${labelOf(parents[0])}`);
    checkAlike(parents);
    const equal = findEqualParents(parents).map((group) => ({ ...group }));
    requireDifferent(parents, equal);
    const choice = sparseChoiceOf(inputs, parents[0].layers.length);
    const { child, coefficients, kept } =
      choice === undefined ? mergedWhole(parents, inputs) : mergedSparsely(parents, choice);
    const schema = commonSchema(parents, output);
    if (schema !== undefined) child.schema = schema;
    put('model', 'model.safetensors', writeWeights(child));
    output.progress.done();
    return { shape: shapeText(child), head: headOf(child), recipe: inputs.recipe, coefficients, equal, kept };
  });
}

interface Merged {
  child: AnyWeights;
  coefficients: Coefficients;
  kept: MergeOutcome['kept'];
}

function mergedWhole(parents: readonly AnyWeights[], inputs: MergeInputs): Merged {
  const coefficients = coefficientsOf(parents, inputs);
  checkMerge(parents, coefficients);
  mergeCapacity(shapeOf(parents[0]));
  return { child: mergeWeights(parents, coefficients, randomElement()).child, coefficients, kept: [] };
}

/** TIES and DARE. */
function mergedSparsely(parents: readonly AnyWeights[], choice: SparseChoice): Merged {
  const tasks = parents.length - 1;
  const shape = shapeOf(parents[0]);
  sparseCapacity(shape, tasks);
  const plan = sparsePlan(parents, choice);
  const { child, counts } = sparseMerge(plan, randomElement());
  const entries = modelVector(shape).slots.reduce((sum, { real }) => sum + real, 0);
  const keptOf = (i: number) => counts.filter((_, n) => n % MAX_TASKS === i).reduce((sum, count) => sum + count, 0);
  return {
    child,
    coefficients: plan.coefficients.map((row) => [...row]),
    kept: Array.from({ length: plan.method.signs ? tasks : 0 }, (_, i) => ({ entries: keptOf(i), of: entries })),
  };
}

/** The schema of the parents that have one; undefined, with a warning, where two differ. */
function commonSchema(parents: readonly AnyWeights[], output: Output): Schema | undefined {
  const known = parents.flatMap(({ schema }, i) => (schema === undefined ? [] : [{ schema, parent: i + 1 }]));
  const other = known.find(({ schema }) => !sameSchema(schema, known[0].schema));
  if (other === undefined) return known[0]?.schema;
  output.warn(
    `Parents ${known[0].parent} and ${other.parent} were trained on rows of different schemas: the child has none.`,
  );
  return undefined;
}

/** Two files of one model, such as a copy with other metadata, have one commitment: the registry refuses them. */
function requireDifferent(parents: readonly AnyWeights[], equal: readonly EqualParents[]): void {
  const layers = parents[0].layers.length;
  for (const group of equal.filter((one) => one.layers.length === layers)) {
    const salts = group.parents.map((parent) => parents[parent - 1].salt);
    const twice = salts.findIndex((salt, k) => salts.indexOf(salt) < k);
    if (twice < 0) continue;
    throw new InputError(
      `Parents ${group.parents[salts.indexOf(salts[twice])]} and ${group.parents[twice]} are one model.`,
      { hint: 'Give each parent once.' },
    );
  }
}

function coefficientsOf(parents: readonly AnyWeights[], { recipe, numbers }: MergeInputs): Coefficients {
  const layers = parents[0].layers.length;
  switch (recipe) {
    case 'average':
      requireCount(recipe, numbers, parents.length, 'one number for each parent');
      return averageCoefficients(layers, numbers);
    case 'task':
      requireCount(recipe, numbers, parents.length - 1, 'one factor for each parent but the first');
      return taskCoefficients(layers, numbers);
    case 'slerp':
      return slerpCoefficients(parents, numbers.length === 1 ? numbers[0] : numbers);
    case 'stack':
      requireCount(recipe, numbers, layers, 'one parent for each layer');
      requireParents(numbers, parents.length);
      return stackCoefficients(
        parents.length,
        numbers.map((parent) => parent - 1),
      );
    case 'coefficients':
      return exactCoefficients(
        layers,
        parents.length,
        Array.from({ length: numbers.length / parents.length }, (_, l) =>
          numbers.slice(l * parents.length, (l + 1) * parents.length),
        ),
      );
    default:
      throw new InputError(`A merge by ${recipe} needs densities.`);
  }
}

function requireCount(recipe: string, numbers: readonly number[], count: number, what: string): void {
  if (numbers.length !== count) {
    throw new InputError(`--${recipe} takes ${what}: ${count}, not ${numbers.length}.`);
  }
}

/** People count parents from 1, the library from 0: its own message would name another. */
function requireParents(numbers: readonly number[], parents: number): void {
  const wrong = numbers.find((parent) => !Number.isInteger(parent) || parent < 1 || parent > parents);
  if (wrong !== undefined) throw new InputError(`--stack names parent ${wrong}; parents are 1..${parents}.`);
}
