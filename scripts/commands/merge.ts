import type { Command } from 'commander';
import { InputError } from '../../src/errors/InputError.ts';
import type { Coefficients } from '../../src/model/merge-recipes.ts';
import { type EqualParents, factorsOf } from '../../src/model/mergeEffect.ts';
import { isSparseName, SPARSE_METHODS, SPARSE_USUAL, type SparseName } from '../../src/model/sparse/choice.ts';
import { R } from '../../src/numbers/field.ts';
import { mergekitNumbers, mergekitParents, mergekitSparse } from '../actions/mergekitRecipe.ts';
import { type MergeOutcome, mergeRun } from '../actions/mergeRun.ts';
import { readMergekit } from '../files/mergekit.ts';
import { readWeightsFile } from '../files/models.ts';
import { fileHash, sha256 } from '../files/read.ts';
import type { MergeInputs, SparseInputs } from '../runs/programs/merge.ts';
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
  method?: string;
  base?: string;
  density?: string[];
  weights?: string[];
  lambda?: string;
  normalize?: boolean;
  seed?: string;
  run?: string;
}

const RECIPES = ['average', 'task', 'slerp', 'stack', 'coefficients'] as const;

export function addMergeCommand(program: Command): void {
  withAhead(withCommon(withStatement(program.command('merge'))))
    .description('merge models of one shape into a child and, with --registry, prove it')
    .option('--parents <weights...>', 'weights files (model.safetensors), 2 to 8')
    .option(
      '--recipe <file>',
      'recipe of mergekit (YAML) that names parents and factors: linear, task_arithmetic, slerp, ties, dare_linear or dare_ties',
    )
    .option('--average [weights...]', 'weighted average: a number for each parent, or none for equal parts')
    .option('--task <factors...>', 'first parent + sum of factor * (parent - first): a factor for each other parent')
    .option('--slerp <t...>', 'spherical interpolation of two parents, 0..1, for all layers or for each')
    .option('--stack <parents...>', 'parent (1, 2, ..) that each layer is taken from, first layer first')
    .option(
      '--coefficients <rows>',
      'as a registry tells them: integers over 2^14, parents parted by "," and layers by "/"; =, for one may be negative',
    )
    .option(
      '--method <name>',
      `leave entries of the changes out: ${SPARSE_METHODS.join(', ')}; needs --base and --density`,
    )
    .option('--base <weights>', 'weights file of the model that the --parents of --method were made from')
    .option(
      '--density <shares...>',
      'of --method: share of the entries that is kept, 0..1, one for all parents or for each',
    )
    .option('--weights <numbers...>', 'of --method: weight of each parent (default: 1 each)')
    .option('--lambda <number>', 'of --method: factor of all that is added to the base (default: 1)')
    .option('--normalize', 'of --method: take the mean of those that agree (usual with ties)')
    .option('--no-normalize', 'of --method: take their sum (usual with dare_ties)')
    .option(
      '--seed <integer>',
      'of dare_linear and dare_ties, by --method or --recipe: seed of the masks, a number that is public',
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

/** TIES and DARE as the options say them. */
function sparseInputs(options: MergeOptions): SparseInputs {
  const { method = '', base, parents, density } = options;
  if (!isSparseName(method)) {
    throw new InputError(`--method is ${SPARSE_METHODS.join(', ')}, not ${JSON.stringify(method)}.`);
  }
  const other = RECIPES.find((name) => options[name] !== undefined);
  if (other !== undefined) throw new InputError(`--method says how parents are merged: leave out --${other}.`);
  if (base === undefined || parents === undefined) {
    throw new InputError('What is merged?', { hint: 'Give --base and, of what was made from it, --parents.' });
  }
  if (density === undefined) throw new InputError('How much of the changes is kept?', { hint: 'Give --density.' });
  const files = listParents([base, ...parents]);
  const { layers } = readWeightsFile(files[0].parent, files[0].parentSha256);
  const each = (texts: readonly string[], name: string) => {
    const numbers = texts.map((text) => parseNumber(text, name));
    if (numbers.length !== 1 && numbers.length !== parents.length) {
      throw new InputError(
        `--${name} takes one number, or one for each of ${parents.length} parents, not ${numbers.length}.`,
      );
    }
    return parents.flatMap((_, i) => layers.map(() => numbers[numbers.length === 1 ? 0 : i]));
  };
  return {
    parents: files,
    recipe: method,
    numbers: each(options.weights ?? ['1'], 'weights'),
    densities: each(density, 'density'),
    lambdas: layers.map(() => parseNumber(options.lambda ?? '1', 'lambda')),
    normalize: (options.normalize ?? SPARSE_USUAL[method].normalize) ? 'yes' : 'no',
    rescale: SPARSE_USUAL[method].rescale ? 'yes' : 'no',
    seed: seedOf(method, options.seed),
  };
}

/** The seed of the masks; of ties 0. */
function seedOf(method: SparseName, seed: string | undefined): string {
  if (method === 'ties' && seed !== undefined) throw new InputError('ties draws nothing: leave out --seed.');
  if (method === 'ties') return '0';
  if (seed !== undefined) return parseSeed(seed);
  throw new InputError(`${method} draws masks from a seed.`, {
    hint: 'Give --seed, a number that everybody may know: mergekit has it outside of the recipe, too.',
  });
}

/** A seed as a number below the order of the field. */
export function parseSeed(text: string): string {
  const value = /^(\d+|0x[0-9a-fA-F]+)$/.test(text) ? BigInt(text) : R;
  if (value < R) return `${value}`;
  throw new InputError(`A seed is a natural number below the order of the field, not ${JSON.stringify(text)}.`);
}

function inputsOf(options: MergeOptions): MergeInputs {
  if (options.method !== undefined) return sparseInputs(options);
  const chosen = RECIPES.filter((recipe) => options[recipe] !== undefined);
  if (chosen.length !== 1) {
    throw new InputError('How are the parents to be merged?', {
      hint: 'Give one of --average, --task, --slerp, --stack, --coefficients, --method and --recipe.',
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
function recipeInputs(path: string, options: MergeOptions, output: Output): MergeInputs | SparseInputs {
  const other = (['parents', 'method', 'base', ...RECIPES] as const).find((name) => options[name] !== undefined);
  if (other !== undefined) throw new InputError(`--recipe says parents and factors: leave out --${other}.`);
  const recipe = readMergekit(path);
  const parents = listParents(mergekitParents(recipe));
  const { layers } = readWeightsFile(parents[0].parent, parents[0].parentSha256);
  for (const note of recipe.notes) output.note(`note: ${path}: ${note}`);
  const { method } = recipe;
  if (isSparseName(method)) {
    const made = mergekitSparse(path, recipe, method, layers.length);
    return { parents, ...made, seed: seedOf(method, options.seed) };
  }
  if (options.seed !== undefined) throw new InputError(`${method} draws nothing: leave out --seed.`);
  const made = mergekitNumbers(path, recipe, layers.length);
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

function defaultName(inputs: MergeInputs): string {
  const { parents, recipe, numbers } = inputs;
  // Of many layers too long for a folder's name.
  const isLong = recipe === 'coefficients' || isSparseName(recipe);
  const short = isLong
    ? [sha256(new TextEncoder().encode(isSparseName(recipe) ? JSON.stringify(inputs) : numbers.join())).slice(0, 8)]
    : numbers;
  return ['merge', recipe, ...short, ...parents.map(({ parentSha256 }) => parentSha256.slice(0, 8))].join('-');
}

/** What the merge is about, said before anything is proved of it. */
export function describeMerge(
  { shape, recipe, coefficients, equal, kept }: MergeOutcome,
  { parents }: MergeInputs,
): string {
  const rows = parents.map(({ parent }, i) => {
    const factors = factorsOf(coefficients, i);
    const perLayer = factors.map((factor, l) => `${factor} in layer ${l + 1}`).join(', ');
    return [`parent ${i + 1}`, factors.length === 1 ? `${factors[0]}` : perLayer, parent];
  });
  const effect = isSparseName(recipe)
    ? 'Added to the first is what the others change of it, with the factor'
    : 'Each parent takes effect with the factor';
  return [
    `Merged ${parents.length} models of ${shape} (${recipe}). ${effect}`,
    alignColumns(rows),
    ...kept.map(({ entries, of }, i) => `Of parent ${i + 2}, ${entries} of ${of} changes are kept.`),
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
