import type { Command } from 'commander';
import { InputError } from '../../src/errors/InputError.ts';
import type { Coefficients } from '../../src/model/merge-recipes.ts';
import { type EqualParents, factorsOf } from '../../src/model/mergeEffect.ts';
import { mergekitNumbers, mergekitParents } from '../actions/mergekitRecipe.ts';
import { type MergeOutcome, mergeRun } from '../actions/mergeRun.ts';
import { readMergekit } from '../files/mergekit.ts';
import { readWeightsFile } from '../files/models.ts';
import { fileHash, sha256 } from '../files/read.ts';
import type { MergeInputs } from '../runs/programs/merge.ts';
import { proveHere } from '../runs/proveHere.ts';
import { Run } from '../runs/run.ts';
import { runFolder } from '../runs/runFolder.ts';
import { alignColumns } from '../terminal/drawTree.ts';
import { commandLine } from '../terminal/invocation.ts';
import type { Output } from '../terminal/output.ts';
import {
  type AheadOptions,
  type CommonOptions,
  nextOptions,
  outputOf,
  type StatementOptions,
  withAhead,
  withCommon,
  withStatement,
} from './options.ts';
import { contextOf, printEdges } from './prove.ts';

interface MergeOptions extends AheadOptions, CommonOptions, StatementOptions {
  parents?: string[];
  recipe?: string;
  average?: string[] | true;
  task?: string[];
  slerp?: string[];
  stack?: string[];
  coefficients?: string;
  run?: string;
}

const RECIPES = ['average', 'task', 'slerp', 'stack', 'coefficients'] as const;

export function addMergeCommand(program: Command): void {
  withAhead(withCommon(withStatement(program.command('merge'))))
    .description('merge models of one shape into a child and, with --registry, prove it')
    .option('--parents <weights...>', 'weights files (model.safetensors), 2 to 8')
    .option(
      '--recipe <file>',
      'recipe of mergekit (YAML) that names parents and factors: linear, task_arithmetic or slerp',
    )
    .option('--average [weights...]', 'weighted average: a number for each parent, or none for equal parts')
    .option('--task <factors...>', 'first parent + sum of factor * (parent - first): a factor for each other parent')
    .option('--slerp <t...>', 'spherical interpolation of two parents, 0..1, for all layers or for each')
    .option('--stack <parents...>', 'parent (1, 2, ..) that each layer is taken from, first layer first')
    .option(
      '--coefficients <rows>',
      'as a registry tells them: integers over 2^14, parents parted by "," and layers by "/"; =, for one may be negative',
    )
    .option('--run <name>', 'name of the run folder (default: made of the inputs)')
    .action(async (options: MergeOptions) => {
      const output = outputOf(options);
      const context = options.registry === undefined ? undefined : await contextOf(options);
      const inputs = options.recipe === undefined ? inputsOf(options) : recipeInputs(options.recipe, options, output);
      const run = Run.start(runFolder(options.runs, options.run ?? defaultName(inputs)), 'merge', inputs);
      try {
        const outcome = await mergeRun(run, inputs, output);
        const model = run.file('merge', 'model');
        if (context !== undefined) {
          output.note(describeMerge(outcome, inputs));
          printEdges(
            run,
            await proveHere(run, context, output, options),
            output,
            { model, ...outcome },
            nextOptions(options),
          );
          return;
        }
        const lines = [`weights  ${model}`, `next     ${commandLine('prove', run.folder, '--registry', '<address>')}`];
        output.result({ run: run.folder, model, ...outcome }, [describeMerge(outcome, inputs), ...lines].join('\n'));
      } finally {
        run.close();
      }
    });
}

function inputsOf(options: MergeOptions): MergeInputs {
  const chosen = RECIPES.filter((recipe) => options[recipe] !== undefined);
  if (chosen.length !== 1) {
    throw new InputError('How are the parents to be merged?', {
      hint: 'Give one of --average, --task, --slerp, --stack, --coefficients and --recipe.',
    });
  }
  if (options.parents === undefined) throw new InputError('Which parents?', { hint: 'Give --parents.' });
  const [recipe] = chosen;
  const given = options[recipe];
  const parents = listParents(options.parents);
  const texts = typeof given === 'string' ? rowsOf(given, parents.length) : given;
  return {
    parents,
    recipe,
    numbers: Array.isArray(texts) ? texts.map((text) => parseNumber(text, recipe)) : parents.map(() => 1),
  };
}

/** What a recipe of mergekit comes to. @throws InputError naming the key that cannot be followed */
function recipeInputs(path: string, options: MergeOptions, output: Output): MergeInputs {
  const other = (['parents', ...RECIPES] as const).find((name) => options[name] !== undefined);
  if (other !== undefined) throw new InputError(`--recipe says parents and factors: leave out --${other}.`);
  const recipe = readMergekit(path);
  const parents = listParents(mergekitParents(recipe));
  const { layers } = readWeightsFile(parents[0].parent, parents[0].parentSha256);
  const made = mergekitNumbers(path, recipe, layers.length);
  for (const note of recipe.notes) output.note(`note: ${path}: ${note}`);
  return { parents, recipe: made.recipe, numbers: made.numbers };
}

/** Parents as a run remembers them. @throws InputError where one cannot be read or is given twice */
export function listParents(files: readonly string[]): MergeInputs['parents'] {
  const parents = files.map((file) => fileHash('parent', file));
  const twice = parents.find(({ parentSha256 }, k) => parents.findIndex((p) => p.parentSha256 === parentSha256) < k);
  if (twice !== undefined) throw new InputError(`The parent ${twice.parent} is given twice.`);
  return parents;
}

/** Coefficients one after another. */
function rowsOf(text: string, parents: number): string[] {
  const rows = text.split('/').map((row) => row.split(','));
  const wrong = rows.findIndex((row) => row.length !== parents);
  if (wrong >= 0) {
    throw new InputError(
      `Layer ${wrong + 1} of --coefficients has ${rows[wrong].length} numbers for ${parents} parents.`,
      {
        hint: 'Two layers and two parents: --coefficients=8192,8192/16384,0',
      },
    );
  }
  return rows.flat();
}

function parseNumber(text: string, recipe: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) {
    throw new InputError(`${JSON.stringify(text)} is not a number (--${recipe}).`);
  }
  return value;
}

function defaultName({ parents, recipe, numbers }: MergeInputs): string {
  // Of many layers too long for a folder's name.
  const short = recipe === 'coefficients' ? [sha256(new TextEncoder().encode(numbers.join())).slice(0, 8)] : numbers;
  return ['merge', recipe, ...short, ...parents.map(({ parentSha256 }) => parentSha256.slice(0, 8))].join('-');
}

/** What the merge is about, said before anything is proved of it. */
export function describeMerge({ shape, recipe, coefficients, equal }: MergeOutcome, { parents }: MergeInputs): string {
  const rows = parents.map(({ parent }, i) => {
    const factors = factorsOf(coefficients, i);
    const perLayer = factors.map((factor, l) => `${factor} in layer ${l + 1}`).join(', ');
    return [`parent ${i + 1}`, factors.length === 1 ? `${factors[0]}` : perLayer, parent];
  });
  return [
    `Merged ${parents.length} models of ${shape} (${recipe}). Each parent takes effect with the factor`,
    alignColumns(rows),
    ...equal.map((group) => describeEqual(group, coefficients)),
  ].join('\n');
}

function describeEqual({ parents, layers }: EqualParents, coefficients: Coefficients): string {
  const names = `Parents ${parents.join(', ').replace(/, (?=\d+$)/, ' and ')}`;
  if (layers.length < coefficients.length) {
    return `${names} are equal in layer${layers.length > 1 ? 's' : ''} ${layers.join(', ')}.`;
  }
  const sums = coefficients.map((row) => [parents.reduce((sum, parent) => sum + row[parent - 1], 0)]);
  return `${names} hold the same weights, only their salts differ: together they have the factor ${factorsOf(sums, 0).join(', ')}.`;
}
