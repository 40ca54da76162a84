import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { evaluateModel } from '../../scripts/actions/evaluation.ts';
import { SCHEMA_FORMAT, type Schema } from '../../src/model/schema.ts';
import type { Transform } from '../../src/model/transforms.ts';
import { zeroWeights } from '../../src/model/weights.ts';
import { descent, document, refusalOf, temporaryFolder } from './cli.ts';

describe('descent fit', () => {
  const { folder, remove } = temporaryFolder();
  after(remove);
  const runs = ['--runs', join(folder, 'runs')];
  const file = (name: string, content: string) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  // Two clouds of 20 points, and a number that follows from both columns.
  const points = Array.from({ length: 40 }, (_, r) => {
    const side = r % 2;
    const [a, b] = [side * 30 + ((r * 7) % 11), 5 - side * 4 + ((r * 3) % 5)];
    return { a, b, name: side === 0 ? 'near' : 'far', sum: 100 + 2 * a - b };
  });
  const csv = file('points.csv', `a,b,name\n${points.map(({ a, b, name }) => `${a},${b},${name}`).join('\n')}\n`);
  file('numbers.csv', `a,b,sum\n${points.map(({ a, b, sum }) => `${a},${b},${sum}`).join('\n')}\n`);
  const result = async (...args: string[]) => document(await descent(['fit', ...args, '--json', ...runs]));

  it('chooses by trials and says what the proofs would take; nothing is proved', async () => {
    const args = [csv, '--label', 'name', '--run', 'points'];
    const made = await result(...args);
    assert.deepEqual(made.rows, { training: 32, validation: 0, heldOut: 8 });
    const [best] = made.best;
    assert.deepEqual([best.settings, best.rows, best.right], [made.settings, 32, 32], 'clouds that lie apart');
    assert.deepEqual([made.settings.head, made.settings.smoothing], ['softmax', 0]);
    assert.deepEqual(
      made.costs.proofs.map(({ program, count }: { program: string; count: number }) => [program, count]),
      [
        ['seed', 1],
        ['data', 1],
        ['data', 1],
        ['train', made.settings.epochs],
      ],
    );
    assert.ok(made.costs.gas > 2_500_000 && made.costs.seconds > 5);
    assert.deepEqual(await result(...args), made, 'the same again, from what was kept');
    const other = await result(csv, '--label', 'name', '--run', 'again');
    assert.deepEqual([other.settings, other.best], [made.settings, made.best], 'nothing is random');
  });

  it('repeats the rows of rare classes in the training alone, as was said, and keeps that', async () => {
    const rows = Array.from({ length: 50 }, (_, r) => `${r % 7},${(r * 3) % 5},${r % 10 === 0 ? 'rare' : 'usual'}`);
    const rare = file('rare.csv', `a,b,name\n${rows.join('\n')}\n`);
    const said = [rare, '--label', 'name', '--hidden', 'none', '--scale', 'standard', '--batch', '8'];
    const made = await result(...said, '--class-weights', 'rare=4', '--run', 'weights');
    const { times, classes, rows: trained } = made.classWeights;
    assert.deepEqual(
      [classes, times],
      [
        ['rare', 'usual'],
        [4, 1],
      ],
    );
    const plain = await result(...said, '--run', 'plain');
    assert.deepEqual(made.rows, plain.rows, 'rows of the table');
    const found = (trained - 40) / 3;
    assert.ok(Number.isInteger(found) && found > 0 && found <= 5, `${trained} rows with repeats`);
    assert.equal(made.costs.proofs[1].what, `${trained} rows to train on`);
    assert.equal(made.best[0].rows, trained, 'the trials weigh alike');
    assert.match(readFileSync(made.config, 'utf8'), /^class-weights:\n {2}- rare=4$/m);
    assert.deepEqual((await result('--config', made.config, '--run', 'weighed')).classWeights, made.classWeights);
    for (const [args, message] of [
      [[csv, '--label', 'name', '--class-weights', 'other=2'], /There is no class "other"/],
      [[csv, '--targets', 'a', '--ignore', 'name', '--class-weights', 'balanced'], /these rows have none/],
    ] as const) {
      const { code, said } = await refusalOf(['fit', ...args, ...runs]);
      assert.equal(code, 2);
      assert.match(said, message);
    }
  });

  it('writes its choices to a file that gives them back, edited or not', async () => {
    const made = await result(csv, '--label', 'name', '--run', 'first');
    const back = await result('--config', made.config, '--run', 'second');
    assert.deepEqual([back.settings, back.tried, back.costs], [made.settings, 0, made.costs]);
    const text = readFileSync(made.config, 'utf8');
    assert.match(text, /^head: softmax$/m);
    const edited = file(
      'edited.yml',
      `${text.replace(/hidden: .*/, 'hidden: 5-4').replace(/lr: .*/, 'lr: 0.5')}smoothing: 0.05\n`,
    );
    const other = await result('--config', edited, '--batch', '4', '--run', 'third');
    assert.deepEqual(other.settings, { ...made.settings, smoothing: 0.05, hidden: [5, 4], lr: 0.5, batch: 4 });
    const told = await descent(['fit', '--config', edited, '--batch', '4', '--run', 'third', ...runs]);
    assert.match(told.stderr, /^targets +0\.9502 for the right class, 0\.0498 for each wrong one$/m);
    // What is left out is found by trials again.
    const open = file('open.yml', text.replace(/lr: .*\n/, ''));
    const tried = await result('--config', open, '--run', 'fourth');
    assert.ok(tried.tried > 1);
    assert.deepEqual({ ...tried.settings, lr: 0 }, { ...made.settings, lr: 0 });
    // What was edited in the run's folder stays.
    writeFileSync(made.config, `# mine\n${text}`);
    await result(csv, '--label', 'name', '--run', 'first');
    assert.match(readFileSync(made.config, 'utf8'), /^# mine/);
  });

  it('reads descent.yml where it stands, and paths from the folder of the file', async () => {
    mkdirSync(join(folder, 'project'));
    file('project/descent.yml', 'table: ../numbers.csv\ntargets: [sum]\nheld-out: 10\nearly-stop: 2\nhidden: none\n');
    const made = await result('--config', join(folder, 'project', 'descent.yml'), '--run', 'project');
    assert.deepEqual(made.rows, { training: 24, validation: 6, heldOut: 10 });
    assert.deepEqual([made.settings.hidden, made.settings.head], [[], 'squared error']);
    assert.ok(made.best[0].error < 0.1, 'a line through all points');
    assert.equal(made.settings.epochs, 4, 'segments after which it can end');
  });

  it('trains labels with sigmoid, one output for each', async () => {
    const rows = points.map(({ a, b }) => `${a},${b},${a > 20 ? 1 : 0},${b > 3}`);
    const table = file('labels.csv', `a,b,wide,high\n${rows.join('\n')}\n`);
    const settings = ['--hidden', 'none', '--batch', '8', '--lr', '0.5', '--scale', 'standard'];
    const made = await result(table, '--labels', 'wide', 'high', ...settings, '--run', 'labels');
    assert.deepEqual([made.settings.head, made.shape], ['sigmoid', { inputs: 2, outputs: 2 }]);
    assert.ok(made.best[0].right >= 30, `${made.best[0].right} of 32`);
    assert.match(readFileSync(made.config, 'utf8'), /^labels:\n {2}- wide\n {2}- high$/m);
    const back = await result('--config', made.config, '--run', 'labels-again');
    assert.deepEqual([back.settings, back.tried], [made.settings, 0]);
  });

  const base = ['fit', csv, '--label', 'name'];
  const config = (name: string, content: string) => ['fit', '--config', file(`${name}.yml`, content)];
  const cases: { name: string; args: string[]; says: RegExp; code?: number }[] = [
    { name: 'no table', args: ['fit'], says: /Which table\?[\s\S]*table: data\.csv/ },
    { name: 'a table that is not there', args: ['fit', join(folder, 'no.csv')], says: /no\.csv: it does not exist/ },
    { name: 'a name that says nothing', args: ['fit', 'rows.dat'], says: /rows\.dat holds is not clear[\s\S]*\.csv/ },
    { name: 'no column to predict', args: ['fit', csv], says: /Which column is to be predicted[\s\S]*--label/ },
    { name: 'more rows than there are', args: [...base, '--rows', '41'], says: /has 40 rows, not 41/ },
    { name: 'all rows held out', args: [...base, '--held-out', '40'], says: /leave 0 to train on[\s\S]*--held-out/ },
    { name: 'a share above 1', args: [...base, '--held-out', '1.5'], says: /a share above 0 and below 1/ },
    {
      name: 'a head that does not go with the rows',
      args: config('l', 'table: numbers.csv\ntargets: [sum]\nhead: softmax\n'),
      says: /softmax does not go with rows of regression[\s\S]*squared error/,
    },
    { name: 'a network without widths', args: [...base, '--hidden', '8-'], says: /one to three widths/ },
    { name: 'a rate that is too small', args: [...base, '--lr', '0.00001', '--batch', '8'], says: /too small.*8 rows/ },
    {
      name: 'a rate at which all values leave the range',
      args: [...base, '--head', 'squared-error', '--lr', '60'],
      says: /Whatever was tried left the range[\s\S]*--lr/,
    },
    { name: 'an unknown setting', args: config('a', 'label: name\nlrr: 1\n'), says: /a\.yml, line 2.*"lrr"/ },
    { name: 'a name that is nearly one', args: config('b', 'heldOut: 3\n'), says: /line 1[\s\S]*called held-out/ },
    { name: 'a setting twice', args: config('c', 'lr: 1\nlr: 2\n'), says: /c\.yml: Line 2/, code: 3 },
    { name: 'a value that is none', args: config('d', 'batch: many\n'), says: /d\.yml, line 1: batch is "many"/ },
    { name: 'a list for one value', args: config('e', 'lr: [1, 2]\n'), says: /line 1: lr is one value/ },
    { name: 'a map for a value', args: config('f', 'lr:\n  a: 1\n'), says: /Line 1: lr is no value/, code: 3 },
    { name: 'what is no YAML', args: config('g', 'lr: [1\n'), says: /g\.yml: Line 2/, code: 3 },
    { name: 'a list of settings', args: config('h', '- lr\n'), says: /does not map names/, code: 3 },
    { name: 'a choice that is none', args: config('i', 'schedule: linear\n'), says: /constant, cosine, step/ },
    { name: 'a flag that is no flag', args: config('k', 'label: true\n'), says: /label is a value[\s\S]*quotes/ },
  ];
  for (const { name, args, says, code = 2 } of cases) {
    it(`refuses ${name}`, async () => {
      const refused = await refusalOf([...args, ...runs, '--quiet', '--run', 'refused']);
      assert.match(refused.said + refused.error.message, says);
      assert.equal(refused.code, code, refused.said);
    });
  }
});

describe('the figures of a model on rows with answers', () => {
  const common = { format: SCHEMA_FORMAT, decimal: '.', missing: 'refuse' } as const;
  const one = 1n << 32n;

  it('are a confusion matrix, precision, recall and F1 of classes, with ties counted as wrong', () => {
    // Outputs x, -x and 0: positive is a, negative b, and at 0 all are alike.
    const weights = zeroWeights({ widths: [1, 3], head: 'squared error' }, 0n);
    const stride = weights.layers[0].W.length / weights.layers[0].b.length;
    weights.layers[0].W[0] = one;
    weights.layers[0].W[stride] = -one;
    const features = Float32Array.from([9, 1, 2, -1, -2, 0, 3]);
    const table = { inputs: 1, outputs: 3, features, kind: 'classes', labels: [2, 0, 0, 1, 0, 2, 2] } as const;
    const schema: Schema = { ...common, columns: ['x'], transforms: [], kind: 'classes', classes: ['a', 'b', 'c'] };
    const made = evaluateModel(weights, table, schema, {
      first: 1,
      rows: 6,
    });
    assert.deepEqual(made, {
      kind: 'classes',
      rows: 6,
      right: 3,
      classes: [
        { name: 'a', rows: 3, precision: 2 / 4, recall: 2 / 3, f1: 4 / 7 },
        { name: 'b', rows: 1, precision: 1 / 2, recall: 1, f1: 2 / 3 },
        { name: 'c', rows: 2, precision: null, recall: 0, f1: 0 },
      ],
      confusion: [
        [2, 1, 0],
        [0, 1, 0],
        [2, 0, 0],
      ],
    });
  });

  it('are R2 and errors in the units of the file', () => {
    // The output is x; targets stand for 10 y + 100.
    const weights = zeroWeights({ widths: [1, 1], head: 'squared error' }, 0n);
    weights.layers[0].W[0] = one;
    const [features, targets] = [Float32Array.from([1, 2, 3, 4]), Float32Array.from([1, 2, 3, 6])];
    const table = { inputs: 1, outputs: 1, features, kind: 'regression', targets } as const;
    const targetTransforms: Transform[] = [{ name: 'columns', offset: [100], factor: [0.1] }];
    const schema: Schema = {
      ...common,
      columns: ['x'],
      transforms: [],
      kind: 'regression',
      targets: ['y'],
      targetTransforms,
    };
    const made = evaluateModel(weights, table, schema, {
      first: 0,
      rows: 4,
    });
    assert.ok(made.kind === 'regression');
    const [{ name, r2, meanAbsoluteError, rootMeanSquaredError }] = made.targets;
    assert.equal(name, 'y');
    for (const [found, expected] of [
      [r2, 1 - 400 / 1400],
      [meanAbsoluteError, 5],
      [rootMeanSquaredError, 10],
    ]) {
      assert.ok(Math.abs(found! - expected!) < 1e-4, `${found} is not ${expected}`);
    }
  });
});
