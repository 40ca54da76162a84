// TIES and DARE by options and by recipes of mergekit, held against mergekit's formulas in floating point.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { modelVector } from '../../src/model/sparse/vector.ts';
import type { Weights } from '../../src/model/weights.ts';
import { readWeights, writeWeights } from '../../src/model/weightsFile.ts';
import { FRACTION_BITS } from '../../src/numbers/constants.ts';
import { seedWeights } from '../../src/training/seed.ts';
import { type FloatChoice, mergedFloats } from '../reference/mergekit-float.ts';
import { drawnAt } from '../reference/sparse-run.ts';
import { descent, document, refusalOf, temporaryFolder } from './cli.ts';

const SHAPE = { widths: [12, 9, 5], head: 'softmax' as const };
const ONE = 2 ** 14;
const SCALE = 2 ** FRACTION_BITS;
const SEED = 31n;

describe('TIES and DARE', () => {
  const { folder, remove } = temporaryFolder();
  after(remove);
  const runs = ['--runs', join(folder, 'runs')];
  const base = seedWeights(SHAPE, 1n, 10n);
  /** The base with other changes in each weight, as fine-tuning makes them. */
  const tuned = (seed: bigint): Weights => {
    const other = seedWeights(SHAPE, seed, seed);
    const layers = base.layers.map(({ W, b }, l) => ({
      W: W.map((v, x) => v + (other.layers[l].W[x] >> 3n)),
      b: b.map((v, x) => (x < SHAPE.widths[l + 1] ? v + (other.layers[l].W[x] >> 5n) : 0n)),
    }));
    return { ...base, layers, salt: seed };
  };
  const models = { base, first: tuned(2n), second: tuned(3n) };
  for (const [name, weights] of Object.entries(models)) {
    writeFileSync(join(folder, `${name}.safetensors`), writeWeights(weights));
  }
  const file = (name: string) => join(folder, `${name}.safetensors`);
  const given = ['--base', file('base'), '--parents', file('first'), file('second')];
  let count = 0;
  const recipe = (text: string) => {
    const path = join(folder, `recipe-${count++}.yml`);
    writeFileSync(path, text);
    return path;
  };
  const merge = async (...args: string[]) => document(await descent(['merge', ...args, '--json', ...runs]));

  /** That a child is what mergekit would make, to what its coefficients are rounded by. */
  function requireLike(path: string, choice: Omit<FloatChoice, 'mask'>): void {
    const child = readWeights(new Uint8Array(readFileSync(path)));
    const vector = modelVector(SHAPE);
    let [worst, changed] = [0, 0];
    for (const { l, kind, offset } of vector.slots) {
      const layer = l - vector.slots[0].l;
      const [rows, columns] = [SHAPE.widths[layer + 1], kind === 'W' ? SHAPE.widths[layer] : 1];
      const stride = base.layers[layer][kind].length / base.layers[layer].b.length;
      const real = Array.from({ length: rows * columns }, (_, n) => Math.floor(n / columns) * stride + (n % columns));
      const of = (weights: Weights) => real.map((x) => Number(weights.layers[layer][kind][x]) / SCALE);
      const mask = (i: number, n: number) =>
        BigInt.asUintN(16, drawnAt(SEED, offset + real[n]) >> BigInt(16 * i)) <
        BigInt(Math.round(choice.densities[i] * 65536));
      const expected = mergedFloats(of(base), [of(models.first), of(models.second)], { ...choice, mask });
      of(child as Weights).forEach((value, n) => {
        worst = Math.max(worst, Math.abs(value - expected[n]));
        if (expected[n] !== of(base)[n]) changed++;
      });
    }
    assert.ok(changed > 40, `${changed} weights are changed`);
    // changes of below 1/8, times coefficients to 2^-15 each
    assert.ok(worst < 2 ** -15, `a weight is off by ${worst}`);
  }

  it('by options are what mergekit makes: ties', async () => {
    const made = await merge(
      ...given,
      '--method',
      'ties',
      '--density',
      '0.5',
      '--weights',
      '1',
      '0.5',
      '--lambda',
      '0.9',
    );
    assert.deepEqual(made.coefficients[0], [ONE, Math.round(0.6 * ONE), Math.round(0.3 * ONE)]);
    requireLike(made.model, { method: 'ties', weights: [1, 0.5], densities: [0.5, 0.5], lambda: 0.9, normalize: true });
    // 12 * 9 / 2 + 9 / 2 + 9 * 5 / 2 + 5 / 2, each rounded down
    assert.deepEqual(
      made.kept,
      [1, 2].map(() => ({ entries: 54 + 4 + 22 + 2, of: 167 })),
    );
  });

  it('by options are what mergekit makes: ties without normalize, dare_linear and dare_ties', async () => {
    const summed = await merge(...given, '--method', 'ties', '--density', '0.3', '0.7', '--no-normalize');
    requireLike(summed.model, { method: 'ties', weights: [1, 1], densities: [0.3, 0.7], lambda: 1, normalize: false });
    const seed = ['--seed', `${SEED}`];
    const linear = await merge(...given, '--method', 'dare_linear', '--density', '0.5', '--weights', '0.5', ...seed);
    assert.deepEqual(linear.coefficients[0], [ONE, (ONE / 2) * 2, ONE]);
    requireLike(linear.model, {
      method: 'dare_linear',
      weights: [0.5, 0.5],
      densities: [0.5, 0.5],
      lambda: 1,
      normalize: false,
    });
    const elected = await merge(
      ...given,
      '--method',
      'dare_ties',
      '--density',
      '0.5',
      '0.25',
      '--weights',
      '0.5',
      '0.4',
      ...seed,
    );
    requireLike(elected.model, {
      method: 'dare_ties',
      weights: [0.5, 0.4],
      densities: [0.5, 0.25],
      lambda: 1,
      normalize: false,
    });
  });

  const models2 = `base_model: base.safetensors
models:
  - model: base.safetensors
  - model: first.safetensors
    parameters:
      density: 0.5
      weight: 0.5
  - model: second.safetensors
    parameters:
      density: 0.25
      weight: 0.3
`;
  const TIES = `${models2}merge_method: ties
parameters:
  normalize: true
  int8_mask: true
dtype: float16
`;
  const DARE = models2.replace('density: 0.25', 'density: 0.5').concat('merge_method: dare_ties\n');

  it('by recipe are what the options make', async () => {
    const made = await merge('--recipe', recipe(TIES));
    const same = await merge(...given, '--method', 'ties', '--density', '0.5', '0.25', '--weights', '0.5', '0.3');
    assert.deepEqual([made.coefficients, made.kept], [same.coefficients, same.kept]);
    requireLike(made.model, {
      method: 'ties',
      weights: [0.5, 0.3],
      densities: [0.5, 0.25],
      lambda: 1,
      normalize: true,
    });
    const dare = await merge('--recipe', recipe(DARE), '--seed', `${SEED}`);
    requireLike(dare.model, {
      method: 'dare_ties',
      weights: [0.5, 0.3],
      densities: [0.5, 0.5],
      lambda: 1,
      normalize: false,
    });
    const mean = await merge(
      '--recipe',
      recipe(`${DARE}parameters:\n  normalize: true\n  lambda: 0.5\n`),
      '--seed',
      '0x1f',
    );
    requireLike(mean.model, {
      method: 'dare_ties',
      weights: [0.5, 0.3],
      densities: [0.5, 0.5],
      lambda: 0.5,
      normalize: true,
    });
  });

  const refused: [what: string, args: string[], says: RegExp][] = [
    ['DARE without a seed', ['--recipe', recipe(DARE)], /dare_ties draws masks from a seed/],
    ['TIES with one', ['--recipe', recipe(TIES), '--seed', '1'], /ties draws nothing/],
    [
      'a seed beyond the field',
      [...given, '--method', 'dare_linear', '--density', '0.5', '--seed', `${2n ** 254n}`],
      /A seed is a natural number/,
    ],
    ['no density', [...given, '--method', 'ties'], /How much of the changes is kept/],
    ['another method', [...given, '--method', 'della', '--density', '0.5'], /--method is ties, dare_linear, dare_ties/],
    ['no base', ['--parents', file('first'), '--method', 'ties', '--density', '1'], /What is merged/],
    [
      'a negative weight',
      [...given, '--method', 'ties', '--density', '1', '--weights', '1', '-1'],
      /A weight of ties is 0 or more/,
    ],
    [
      'a factor of 8',
      [...given, '--method', 'dare_linear', '--density', '0.1', '--seed', '1'],
      /Model 1 has the factor 9\.99\d+ in layer 1/,
    ],
    [
      'another density by layer',
      ['--recipe', recipe(DARE.replace('density: 0.5', 'density: [0.5, 1]')), '--seed', '1'],
      /a mask has one for all layers/,
    ],
    [
      'two densities and a mean',
      ['--recipe', recipe(`${models2}merge_method: dare_ties\nparameters:\n  normalize: true\n`), '--seed', '1'],
      /all densities are equal/,
    ],
    [
      'a rescaled trim',
      ['--recipe', recipe(TIES.replace('int8_mask', 'rescale'))],
      /parameters\.rescale: ties does not divide/,
    ],
    [
      'a norm to rescale to',
      ['--recipe', recipe(`${DARE}parameters:\n  rescale_norm: l1\n`), '--seed', '1'],
      /rescale_norm: what a mask keeps is divided by its density/,
    ],
    [
      'a density of 0',
      ['--recipe', recipe(TIES.replace('0.25', '0'))],
      /models\[2\]\.parameters\.density: a density is in 0\.\.1 and not 0/,
    ],
    [
      'five models',
      [
        ...given,
        ...['third', 'fourth', 'fifth'].map((name, k) => {
          writeFileSync(file(name), writeWeights(tuned(BigInt(k + 5))));
          return file(name);
        }),
        '--method',
        'ties',
        '--density',
        '1',
      ],
      /merge a base with 1 to 4 models, not with 5/,
    ],
  ];
  for (const [what, args, says] of refused) {
    it(`are refused with ${what}`, async () => {
      const { code, said } = await refusalOf(['merge', ...args, ...runs]);
      assert.equal(code, 2, said);
      assert.match(said, says);
    });
  }
});
