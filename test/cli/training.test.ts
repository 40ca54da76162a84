import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { drawCurves } from '../../scripts/actions/trainingCurve.ts';
import { readShard } from '../../src/model/shardFile.ts';
import { readWeights, writeWeights } from '../../src/model/weightsFile.ts';
import { seedWeights } from '../../src/training/seed.ts';
import { evaluate, trainSegment } from '../../src/training/trainer.ts';
import { descent, document, refusalOf, smallInputs, temporaryFolder } from './cli.ts';

describe('training in many segments', () => {
  const { folder, remove } = temporaryFolder();
  after(remove);
  const { weights, shard } = smallInputs(folder);
  const runs = ['--runs', join(folder, 'runs')];
  const bytesOf = (path: string) => new Uint8Array(readFileSync(path));
  const file = (name: string, content: Uint8Array | string) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const start = file(
    'start.safetensors',
    writeWeights(seedWeights({ widths: [2, 3, 2], head: 'squared error' }, 5n, 1n)),
  );
  const rows = Array.from({ length: 16 }, (_, r) => `${r},${15 - r},${r < 8 ? 'low' : 'high'}`);
  const csv = file('points.csv', `a,b,name\n${rows.join('\n')}\n`);
  const source = ['--csv', csv, '--label', 'name', '--scale', 'min-max'];
  const rate = ['--lr-units', '4', '--batch', '2'];

  const result = async (...args: string[]) => document(await descent([...args, '--json', ...runs]));
  /** A run of data of the same rows, some with the opposite class. */
  const otherRows = async (run: string, isTurned: (r: number) => boolean) => {
    const turn = (row: string) => row.replace(/low|high/, (name) => (name === 'low' ? 'high' : 'low'));
    const csv = file(`${run}.csv`, `a,b,name\n${rows.map((row, r) => (isTurned(r) ? turn(row) : row)).join('\n')}\n`);
    const taken = ['--rows', '16', '--shuffle', 'none', '--run', run];
    await result('data', '--csv', csv, '--label', 'name', '--scale', 'min-max', ...taken);
  };

  it('takes every shard of a source once an epoch, in order, and is what one segment after the other gives', async () => {
    // Scaled by the rows that are trained on: other numbers would be another schema.
    const scaled = ['--rows', '16', '--fit-rows', '8', '--run', 'tests'];
    const tests = (await result('data', ...source, ...scaled)).shards[0];
    const options = ['--parent', start, ...source, '--rows', '8', '--rows-per-shard', '4', '--epochs', '2', ...rate];
    const made = await result('train', ...options, '--test', 'tests', '--run', 'many');
    assert.deepEqual(
      made.segments.map(({ number, epoch, shard, rows }: Record<string, number>) => [number, epoch, shard, rows]),
      [
        [1, 1, 0, 4],
        [2, 1, 1, 4],
        [3, 2, 0, 4],
        [4, 2, 1, 4],
      ],
    );
    assert.match(made.notes.join(), /sorted by what is predicted: they are shuffled/);
    assert.deepEqual(made.warnings, []);
    const shards = made.shards.map(({ file }: { file: string }) => readShard(bytesOf(file)));
    assert.notEqual(shards[0].salt, shards[1].salt);
    let model = readWeights(bytesOf(start));
    for (const { shard, training, test } of made.segments) {
      const step = trainSegment(model, shards[shard], { lr: 4, batch: 2, salt: 7n });
      assert.deepEqual(training, { loss: step.loss, accuracy: step.accuracy });
      model = step.child;
      const { right, loss } = evaluate(model, readShard(bytesOf(tests)));
      assert.deepEqual(test, { loss, accuracy: right! / 16 });
    }
    assert.deepEqual(readWeights(bytesOf(made.model)).layers, model.layers);
    const before = bytesOf(made.model);
    assert.deepEqual(await result('train', ...options, '--test', 'tests', '--run', 'many'), made);
    assert.deepEqual(bytesOf(made.model), before, 'nothing is made again');
    const curve = readFileSync(made.curve, 'utf8');
    assert.match(curve, /rows right, %/);
    assert.match(curve, /mean squared error/);
    assert.equal(curve.match(/<polyline/g)?.length, 4, 'two lines in each of two panels');
  });

  it('gives each segment the rate of the schedule', async () => {
    const options = ['--parent', start, ...source, '--rows', '8', '--epochs', '4', '--lr-units', '40', '--batch', '2'];
    const made = await result('train', ...options, '--schedule', 'cosine', '--run', 'cosine');
    assert.deepEqual(
      made.segments.map(({ lr }: { lr: number }) => lr),
      [40, 34, 20, 6],
    );
    const shard = readShard(bytesOf(made.shards[0].file));
    let model = readWeights(bytesOf(start));
    for (const lr of [40, 34, 20, 6]) model = trainSegment(model, shard, { lr, batch: 2, salt: 7n }).child;
    assert.deepEqual(readWeights(bytesOf(made.model)).layers, model.layers);
  });

  it('warns before anything is proved where the loss grew', async () => {
    await otherRows('turned', () => true);
    const options = [...source, '--rows', '16', '--epochs', '4', '--lr-units', '100', '--batch', '2'];
    const said = async (...args: string[]) => {
      const answer = await descent(['train', ...options, ...args, '--json', ...runs]);
      const { warnings, model } = document(answer);
      return { stderr: answer.stderr, warnings, model };
    };
    const better = await said('--parent', start, '--run', 'better');
    assert.doesNotMatch(better.stderr, /The loss grew/);
    assert.deepEqual(better.warnings, []);
    const worse = await said('--parent', better.model, '--test', 'turned', '--run', 'worse');
    assert.match(worse.stderr, /warning: The loss grew \([\d.]+ in the last segment, [\d.]+ in the first\): stop here/);
    assert.equal(worse.warnings.length, 1);
  });

  it('ends early where the test rows get no better, and keeps the best', async () => {
    // Half of the rows say the opposite: more training makes them worse from some segment on.
    await otherRows('others', (r) => r % 2 === 0);
    const options = [
      '--parent',
      start,
      ...source,
      '--rows',
      '16',
      '--epochs',
      '12',
      '--lr-units',
      '100',
      '--batch',
      '2',
    ];
    const all = await result('train', ...options, '--test', 'others', '--run', 'all');
    const losses: number[] = all.segments.map(({ test }: { test: { loss: number } }) => test.loss);
    const best = losses.findIndex((loss, k) => losses.slice(k + 1, k + 3).every((later) => later >= loss));
    assert.ok(best >= 0 && best < 9, `${losses}`);
    const early = ['train', ...options, '--test', 'others', '--early-stop', '2', '--run', 'early'];
    const made = await result(...early);
    assert.equal(made.segments.length, best + 1);
    const layersOf = (path: string) => readWeights(bytesOf(path)).layers;
    assert.deepEqual(layersOf(made.model), layersOf(join(all.segments[best].folder, 'model.safetensors')));
    assert.deepEqual(await result(...early), made);
  });

  it('says which rate would have worked', async () => {
    const options = ['--parent', start, ...source, '--rows', '16', '--epochs', '3', '--batch', '2'];
    const refused = await descent(['train', ...options, '--lr', '30', '--run', 'fast', ...runs]);
    assert.equal(refused.code, 4, refused.stderr);
    const [, rate] =
      /With --lr ([\d.]+) (?:this segment stays|the segments up to this one stay) in range/.exec(refused.stderr) ?? [];
    assert.ok(rate !== undefined, refused.stderr);
    assert.equal((await result('train', ...options, '--lr', rate, '--run', 'slower')).segments.length, 3);
  });

  it('takes shard files and runs of data', async () => {
    await result('data', '--shard-file', shard, '--run', 'one');
    const made = await result('train', '--parent', weights, '--shards', 'one', ...rate, '--run', 'of-a-run');
    assert.equal(made.segments.length, 1);
    assert.equal(made.segments[0].training.accuracy, null);
    assert.doesNotMatch(readFileSync(made.curve, 'utf8'), /rows right/);
  });

  it('leaves nothing behind when a row is out of range', async () => {
    const bad = file('bad.csv', `a,b,name\n${[...rows.slice(0, 15), '99,1,low'].join('\n')}\n`);
    const options = ['--csv', bad, '--label', 'name', '--rows', '16', '--rows-per-shard', '4', ...rate];
    const refused = await descent(['train', '--parent', start, ...options, '--run', 'bad', ...runs]);
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /Line 17 has 99 in column "a" of the prepared table/);
    const again = await result(
      'train',
      '--parent',
      start,
      ...source,
      '--rows',
      '4',
      '--rows-per-shard',
      '4',
      ...rate,
      '--run',
      'bad',
    );
    assert.equal(again.segments.length, 1, 'the name is free for other rows');
  });

  const base = ['train', '--parent', weights, ...rate];
  const cases: { name: string; args: string[]; says: RegExp }[] = [
    { name: 'no rows', args: base, says: /On which rows/ },
    { name: 'two kinds of rows', args: [...base, '--shard', shard, '--mnist'], says: /On which rows/ },
    { name: 'no weights', args: ['train', '--shards', shard, ...rate], says: /From which weights/ },
    {
      name: 'weights and a seed',
      args: [...base, '--seed', '4-3-2', '--shards', shard],
      says: /either --parent or --seed/,
    },
    {
      name: 'a seed without a chain',
      args: ['train', '--seed', '4-3-2', '--shards', shard, ...rate],
      says: /drawn on chain/,
    },
    {
      name: 'a seed for one segment',
      args: ['train', '--seed', '4-3-2', '--shard', shard, ...rate],
      says: /Which parent/,
    },
    {
      name: 'epochs for one segment',
      args: [...base, '--shard', shard, '--epochs', '2'],
      says: /--epochs is for many/,
    },
    {
      name: 'a schedule for one segment',
      args: [...base, '--shard', shard, '--schedule', 'step'],
      says: /--schedule is for many/,
    },
    {
      name: 'early stopping without rows to measure on',
      args: [...base, '--shards', shard, '--early-stop', '2'],
      says: /On which rows is the training to be stopped/,
    },
    { name: 'a source without --rows', args: [...base, '--mnist'], says: /How many rows/ },
    {
      name: 'rows of shards that exist',
      args: [...base, '--shards', shard, '--rows', '8'],
      says: /--rows is for a source/,
    },
    { name: 'a shard twice', args: [...base, '--shards', shard, shard], says: /given twice/ },
    { name: 'a run that is not there', args: [...base, '--shards', 'nothing'], says: /no run/ },
    {
      name: 'a shard of another width',
      args: ['train', '--parent', start, '--shards', shard, ...rate],
      says: /2-3-2.*4 inputs/,
    },
    {
      name: 'a test of another width',
      args: [...base, '--mnist', '--rows', '1024', '--test', shard],
      says: /784 inputs/,
    },
    {
      name: 'a batch above the rows',
      args: ['train', '--parent', weights, '--shards', shard, '--lr-units', '1', '--batch', '16'],
      says: /1\.\.8/,
    },
  ];
  for (const { name, args, says } of cases) {
    it(`refuses ${name}`, async () => {
      const { code: exit, said } = await refusalOf([...args, ...runs, '--quiet', '--run', 'refused']);
      assert.equal(exit, 2, said);
      assert.match(said, says);
    });
  }

  it('begins a run of very many segments only with --yes, and says before what it takes', async () => {
    const many = [...['train', '--parent', weights, '--shards', shard, ...rate], '--epochs', '5000', ...runs];
    const { code, stderr } = await descent([...many, '--run', 'huge']);
    assert.equal(code, 2, stderr);
    assert.match(stderr, /5,000 segments.*up to 5,001 proofs, about \d+ h \d+ min on \d+ cores?,.*gas/);
    assert.match(stderr, /--yes/);
    assert.equal(existsSync(join(folder, 'runs', 'huge')), false);
    const wrong = [...many, '--batch', '16', '--run', 'refused'];
    const said = await descent([...wrong, '--yes']);
    assert.match(said.stderr, /1\.\.8, not 16/);
    assert.doesNotMatch(said.stderr, /5,000/);
  });

  it('says how a run of many segments is proved', async () => {
    await result('train', '--parent', weights, '--shards', shard, ...rate, '--run', 'later');
    const refused = await descent(['prove', 'later', ...runs]);
    assert.match(refused.stderr, /Which registry/);
  });
});

describe('the curve', () => {
  const panel = (ys: number[]) => ({
    label: 'a < b',
    format: String,
    series: [{ name: 'x & y', colour: 1 as const, points: ys.map((y, k) => ({ x: k + 1, y })) }],
  });

  it('is well formed whatever is in it', () => {
    for (const ys of [[1], [0, 0], [5, 5, 5], [1e-9, 2e-9], Array.from({ length: 200 }, (_, k) => k)]) {
      const svg = drawCurves('t <1>', 'rows', [panel(ys)]);
      assert.doesNotMatch(svg, /NaN|Infinity|undefined/);
      assert.match(svg, /a &lt; b/);
      assert.match(svg, /x &amp; y/);
      assert.equal(svg.match(/<circle/g)?.length ?? 0, ys.length > 80 ? 0 : ys.length);
      for (const [, x, y] of svg.matchAll(/(?:points="| )(-?[\d.]+),(-?[\d.]+)/g)) {
        assert.ok(Number(x) >= 0 && Number(x) <= 760 && Number(y) >= 0 && Number(y) <= 400, `${x},${y}`);
      }
    }
  });

  it('follows the mode of its reader', () => {
    assert.match(drawCurves('t', 'rows', [panel([1, 2])]), /prefers-color-scheme: dark/);
  });
});
