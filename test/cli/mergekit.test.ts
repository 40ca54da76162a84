// Recipes in the form of mergekit's own examples (arcee-ai/mergekit, examples/ and README.md), on models of this registry.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { mergekitNumbers, mergekitParents } from '../../scripts/actions/mergekitRecipe.ts';
import { readMergekit } from '../../scripts/files/mergekit.ts';
import { writeWeights } from '../../src/model/weightsFile.ts';
import { seedWeights } from '../../src/training/seed.ts';
import { descent, document, refusalOf, temporaryFolder } from './cli.ts';

const ONE = 2 ** 14;
const LAYERS = 3;
/** Ten times ten times ten names of one list. */
const MANY_NAMES = `a: &a [${Array(10).fill(1)}]
b: &b [${Array(10).fill('*a')}]
c: &c [${Array(10).fill('*b')}]
merge_method: [${Array(10).fill('*c')}]
`;

describe('a recipe of mergekit', () => {
  const { folder, remove } = temporaryFolder();
  after(remove);
  const runs = ['--runs', join(folder, 'runs')];
  for (const [k, name] of ['orca', 'wizard', 'platypus'].entries()) {
    const weights = seedWeights({ widths: [4, 5, 3, 2], head: 'squared error' }, BigInt(k + 1), BigInt(k + 10));
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, 'model.safetensors'), writeWeights(weights));
  }
  const model = (name: string) => join(folder, name, 'model.safetensors');
  let count = 0;
  const write = (text: string) => {
    const path = join(folder, `recipe-${count++}.yml`);
    writeFileSync(path, text);
    return path;
  };
  const numbersOf = (text: string, layers = LAYERS) => {
    const path = write(text);
    const recipe = readMergekit(path);
    return { parents: mergekitParents(recipe), ...mergekitNumbers(path, recipe, layers), notes: recipe.notes };
  };
  const rowsOf = ({ numbers, parents }: { numbers: number[]; parents: string[] }) =>
    Array.from({ length: LAYERS }, (_, l) => numbers.slice(l * parents.length, (l + 1) * parents.length));

  const LINEAR = `models:
  - model: orca
    parameters:
      weight: 1.0
  - model: wizard
    parameters:
      weight: 0.3
  - model: platypus/model.safetensors
    parameters:
      weight: 0.5
merge_method: linear
dtype: float16
`;
  const TASK = `base_model: orca
models:
  - model: wizard
    parameters:
      weight: 0.5
  - model: platypus
    parameters:
      weight: -0.25
merge_method: task_arithmetic
`;
  const SLERP = `slices:
  - sources:
      - model: orca
        layer_range: [0, 3]
      - model: wizard
        layer_range: [0, 3]
merge_method: slerp
base_model: orca
parameters:
  t: 0.25
dtype: bfloat16
`;

  it('linear: weights are normalized unless it says otherwise', () => {
    const made = numbersOf(LINEAR);
    assert.deepEqual(made.parents, ['orca', 'wizard', 'platypus'].map(model));
    assert.equal(made.recipe, 'coefficients');
    for (const row of rowsOf(made)) {
      assert.equal(
        row.reduce((sum, a) => sum + a, 0),
        ONE,
      );
      for (const [k, weight] of [1, 0.3, 0.5].entries()) assert.ok(Math.abs(row[k] - (ONE * weight) / 1.8) < 1);
    }
    assert.deepEqual(made.notes, ['dtype: float16 is not followed: weights here are integers.']);
    const plain = numbersOf(`${LINEAR}parameters:\n  normalize: false\n`);
    assert.deepEqual(rowsOf(plain)[2], [ONE, Math.round(0.3 * ONE), ONE / 2]);
  });

  it('linear: a list of weights goes evenly from the first layer to the last', () => {
    const made = numbersOf(
      LINEAR.replace('weight: 0.3', 'weight: [0, 1]').replace('weight: 0.5', 'weight: [1, 0.5, 0.5, 0.5, 0]') +
        'parameters:\n  normalize: false\n',
    );
    assert.deepEqual(rowsOf(made), [
      [ONE, 0, ONE],
      [ONE, ONE / 2, ONE / 2],
      [ONE, ONE, 0],
    ]);
  });

  it('task_arithmetic: the base gets what its tasks leave, and normalize and lambda are followed', () => {
    const made = numbersOf(TASK);
    assert.deepEqual(made.parents, ['orca', 'wizard', 'platypus'].map(model));
    for (const row of rowsOf(made)) assert.deepEqual(row, [0.75 * ONE, 0.5 * ONE, -0.25 * ONE]);
    const scaled = numbersOf(`${TASK}parameters:\n  normalize: true\n  lambda: 0.5\n  int8_mask: true\n`);
    for (const row of rowsOf(scaled)) assert.deepEqual(row, [0.5 * ONE, ONE, -0.5 * ONE]);
    const listed = TASK.replace('models:\n', 'models:\n  - model: orca\n');
    assert.deepEqual(numbersOf(listed).numbers, made.numbers, 'a base among the models has no task');
  });

  it('slerp: t is one number, a list over the layers, or entries of which a filter chooses', () => {
    assert.deepEqual(numbersOf(SLERP), {
      parents: ['orca', 'wizard'].map(model),
      recipe: 'slerp',
      numbers: [0.25],
      notes: ['dtype: bfloat16 is not followed: weights here are integers.'],
    });
    assert.deepEqual(numbersOf(SLERP.replace('0.25', '[0, 0.5, 0.3, 0.7, 1]')).numbers, [0, 0.3, 1]);
    const filtered = SLERP.replace(
      't: 0.25',
      't:\n    - filter: layer2\n      value: [0, 0.5, 1]\n    - filter: "*"\n      value: 0.75',
    );
    assert.deepEqual(numbersOf(filtered).numbers, [0.75, 0.5, 0.75]);
    const later = SLERP.replaceAll('[0, 3]', '[0, 1]').replace(
      'merge_method',
      `  - sources:
      - model: orca
        layer_range: [1, 3]
      - model: wizard
        layer_range: [1, 3]
    parameters:
      t: [0.5, 1]
merge_method`,
    );
    assert.deepEqual(numbersOf(later).numbers, [0.25, 0.5, 1], 'a list belongs to the layers of its slice');
    const swapped = SLERP.replace('base_model: orca', 'base_model: wizard');
    assert.deepEqual(numbersOf(swapped).parents, ['wizard', 'orca'].map(model), 't of 0 is the base');
  });

  it('is merged by the command, as its factors would be', async () => {
    const merge = async (...args: string[]) => document(await descent(['merge', ...args, '--json', ...runs]));
    const made = await merge('--recipe', write(TASK));
    assert.deepEqual(made.coefficients[0], [0.75 * ONE, 0.5 * ONE, -0.25 * ONE]);
    const parents = ['--parents', ...['orca', 'wizard', 'platypus'].map(model)];
    const task = await merge(...parents, '--task', '0.5', '-0.25');
    assert.deepEqual(task.coefficients, made.coefficients);
    const slerp = await merge('--recipe', write(SLERP));
    const again = await merge('--parents', model('orca'), model('wizard'), '--slerp', '0.25');
    assert.deepEqual([slerp.coefficients, slerp.run], [again.coefficients, again.run]);
  });

  const method = (name: string) => LINEAR.replace('merge_method: linear', `merge_method: ${name}\nbase_model: orca`);
  const refused: [what: string, text: string, says: RegExp][] = [
    ...['model_stock', 'breadcrumbs', 'della', 'passthrough', 'ranked_ties'].map((name): [string, string, RegExp] => [
      `the method ${name}`,
      method(name),
      new RegExp(`merge_method: ${name} is not here`),
    ]),
    [
      'a density',
      TASK.replace('weight: 0.5', 'weight: 0.5\n      density: 0.53'),
      /models\[0\]\.parameters\.density: only ties, dare_linear and dare_ties leave/,
    ],
    ['a tokenizer', `${LINEAR}tokenizer_source: union\n`, /tokenizer_source: models here have no tokenizer/],
    ['an unknown key', `${LINEAR}colour: red\n`, /colour: this key is not known here/],
    [
      'a filter on names that no tensor has',
      SLERP.replace('0.25', '\n    - filter: self_attn\n      value: [0, 0.5, 1]\n    - value: 0.5'),
      /parameters\.t\[0\]\.filter: no tensor is called "self_attn"[\s\S]*layer1\.weight, layer1\.bias/,
    ],
    [
      'a filter that parts weights from biases',
      SLERP.replace('0.25', '\n    - filter: bias\n      value: 1\n    - value: 0.5'),
      /parameters\.t: it is 0\.5 for the weights of layer 1 and 1 for its biases/,
    ],
    [
      "entries by mergekit's older pattern",
      SLERP.replace('0.25', '\n    - pattern: mlp\n      value: 0.5'),
      /parameters\.t\[0\]\.pattern: this key is not known/,
    ],
    ['a t beyond 1', SLERP.replace('0.25', '1.5'), /parameters\.t: it must be in 0\.\.1, not 1\.5/],
    ['no t', SLERP.replace('t: 0.25', ''), /parameters\.t: slerp needs it/],
    ['no base for slerp', SLERP.replace('base_model: orca\n', ''), /base_model: slerp needs it/],
    [
      'a third model for slerp',
      SLERP.replace('base_model: orca', 'base_model: platypus'),
      /between base_model and one other/,
    ],
    ['layers that are left out', SLERP.replaceAll('[0, 3]', '[0, 2]'), /slices: they hold 2 of 3 layers/],
    [
      'layers in another place',
      SLERP.replace('[0, 3]', '[1, 3]'),
      /slices\[0\]\.sources: sources have one layer_range/,
    ],
    ['a model without a weight', LINEAR.replace('weight: 0.3', 'normalize: true'), /weight: \S*wizard\S* has none/],
    ['weights that sum to 0', LINEAR.replace('0.3', '-1.5'), /weight: the weights of layer 1 sum to 0/],
    [
      'a factor beyond 8',
      TASK.replace('0.5', '9'),
      /models\[0\]\.parameters\.weight: factors of a merge lie in \(-8, 8\)/,
    ],
    [
      'a model that is no file',
      LINEAR.replace('wizard', 'WizardLM/WizardLM-13B'),
      /models\[1\]\.model: there is no file/,
    ],
    ['a method that is a map', 'merge_method: {toString: 1}\n', /merge_method: a map is not here/],
    ['a model that has no end', LINEAR.replace('wizard', '/dev/zero'), /models\[1\]\.model: there is no file/],
    ['a weight that is a word', LINEAR.replace('0.3', 'much'), /models\[1\]\.parameters\.weight: it must be a number/],
    ['models and slices', `${LINEAR}slices: []\n`, /models: a recipe has either models or slices/],
    ['a base that linear does not name', `${TASK.replace('task_arithmetic', 'linear')}`, /linear has no base/],
  ];
  for (const [what, text, says] of refused) {
    it(`with ${what} is refused by its key`, async () => {
      const { code, said } = await refusalOf(['merge', '--recipe', write(text), ...runs]);
      assert.equal(code, 2, said);
      assert.match(said, says);
      assert.equal(said.match(/^descent: /gm)?.length, 1, said);
    });
  }

  it('that is none is refused', async () => {
    for (const [text, says] of [
      ['models: [', /Line 1/],
      ['- 1\n', /no recipe of mergekit/],
      ['label: species\n', /it has no merge_method/],
      [MANY_NAMES, /It cannot be read: Excessive alias count/],
      [`merge_method: ties\n${'# '.padEnd(2 ** 17, '-')}`, /recipes take less/],
    ] as const) {
      const { code, said } = await refusalOf(['merge', '--recipe', write(text), ...runs]);
      assert.equal(code, 3, said);
      assert.match(said, says);
    }
    const both = await refusalOf(['merge', '--recipe', write(LINEAR), '--average', ...runs]);
    assert.match(both.said, /leave out --average/);
    assert.match((await refusalOf(['merge', '--average', ...runs])).said, /Which parents/);
  });
});
