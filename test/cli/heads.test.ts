import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Head } from '../../src/model/head.ts';
import { readShard } from '../../src/model/shardFile.ts';
import { readWeights, writeWeights } from '../../src/model/weightsFile.ts';
import { seedWeights } from '../../src/training/seed.ts';
import { trainSegment } from '../../src/training/trainer.ts';
import { runOnnx } from '../support/onnxRuntime.ts';
import { descent, document, refusalOf, temporaryFolder } from './cli.ts';

const ONNX = join(import.meta.dirname, '..', 'model', 'import', 'onnx', 'files');
const bytesOf = (path: string) => new Uint8Array(readFileSync(path));

describe('networks with softmax and sigmoid', () => {
  const { folder, remove } = temporaryFolder();
  after(remove);
  const runs = ['--runs', join(folder, 'runs')];
  const file = (name: string, content: Uint8Array | string) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const result = async (...args: string[]) => document(await descent([...args, '--json', ...runs]));
  const start = (name: string, widths: number[], head: Head) =>
    file(`${name}.safetensors`, writeWeights(seedWeights({ widths, head }, 5n, 1n)));
  const rows = Array.from({ length: 64 }, (_, k) => [((k * 37) % 64) / 8 - 4, ((k * 23) % 64) / 8 - 4]);
  const kindOf = ([x, y]: number[]) => (x + y > 1 ? 'high' : x - y > 1 ? 'right' : 'low');
  const table = file(
    'points.csv',
    `x,y,kind,east,north\n${rows.map(([x, y]) => `${x},${y},${kindOf([x, y])},${x > 0 ? 1 : 0},${y > 0}`).join('\n')}\n`,
  );
  const source = ['--csv', table, '--rows', '64', '--shuffle', 'none'];
  let [labels, classes]: string[] = [];

  before(async () => {
    const labelled = ['--labels', 'east', 'north', '--ignore', 'kind', '--run', 'labels'];
    [labels] = (await result('data', ...source, ...labelled)).shards;
    const classed = ['--label', 'kind', '--ignore', 'east', 'north', '--run', 'classes'];
    [classes] = (await result('data', ...source, ...classed)).shards;
  });

  it('take rows with columns of labels, which a manifest hands on', async () => {
    const shard = readShard(bytesOf(labels));
    assert.deepEqual([shard.kind, shard.outputs], ['labels', 2]);
    rows.forEach(([x, y], s) => {
      assert.deepEqual([shard.Y[s], shard.Y[64 + s]], [x > 0 ? 512 : 0, y > 0 ? 512 : 0]);
    });
    const like = ['--like', join(folder, 'runs', 'labels', 'dataset.json'), '--offset', '32', '--rows', '32'];
    const [rest] = (await result('data', '--csv', table, ...like, '--run', 'rest')).shards;
    assert.deepEqual([...readShard(bytesOf(rest)).Y.subarray(0, 32)], [...shard.Y.subarray(32, 64)]);
    const shown = await result('show', labels);
    assert.deepEqual([shown.kind, shown.labels], ['labels', 'east, north']);
  });

  it('are trained with smoothed targets, told, exported and scored: sigmoid', async () => {
    const parent = start('sigmoid', [2, 8, 2], 'sigmoid');
    const train = ['train', '--lr', '0.5', '--batch', '8', '--smoothing', '0.05'];
    const one = [...train, '--parent', parent, '--shard', labels, '--passes', '32'];
    const made = await result(...one, '--run', 'first');
    assert.deepEqual([made.shape, made.head, made.smoothing], ['2-8-2', 'sigmoid', 102]);
    const { child } = trainSegment(readWeights(bytesOf(parent)), readShard(bytesOf(labels)), {
      ...{ lr: made.rate.units, batch: 8, passes: 32, smoothing: 102 },
      salt: 0n,
    });
    const model = readWeights(bytesOf(made.model));
    assert.deepEqual([model.head, model.layers], ['sigmoid', child.layers]);
    const text = await descent([...one, '--run', 'first', ...runs]);
    assert.match(text.stdout, /^Trained 2-8-2 sigmoid on 64 rows, 32 times, in 256 steps: mean cross-entropy \d/m);
    assert.match(
      text.stdout,
      /^targets {2}102\/2048 of smoothing: 0.9502 for the right value, 0.0498 for the wrong one$/m,
    );

    const told = await result('predict', made.model, table);
    const score = await result('score', '--model', made.model, '--shard', labels);
    const rights = rows.filter(([x, y], s) => {
      const { labels: found } = told.rows[s];
      return found.includes('east') === x > 0 && found.includes('north') === y > 0;
    });
    assert.deepEqual([score.kind, score.right, score.squaredError], ['labels', rights.length, null]);
    assert.ok(score.right > 55, `${score.right} of 64`);
    const { file: onnx } = await result('export', made.model, '--to', 'onnx');
    const found = await runOnnx(bytesOf(onnx), rows.flat(), 2);
    told.rows.forEach(({ probabilities }: { probabilities: number[] }, s: number) => {
      assert.ok(probabilities.every((p, i) => Math.abs(p - found.probabilities[2 * s + i]) < 0.005));
    });
    const csv = await descent(['predict', made.model, table, '--quiet']);
    const [head, first] = csv.stdout.split('\n');
    assert.equal(head, 'row,east,north,probability east,probability north');
    assert.match(first, /^0,[01],[01],[\d.]+,[\d.]+$/);
    const facts = await result('show', made.model);
    assert.deepEqual([facts.head, facts.labels], ['sigmoid', 'east, north']);
  });

  it('are trained in many segments, told and exported: softmax', async () => {
    const parent = start('softmax', [2, 8, 3], 'softmax');
    const train = ['train', '--lr', '0.5', '--batch', '8', '--smoothing', '0.1', '--passes', '16'];
    const many = [...train, '--parent', parent, '--shards', classes, '--test', classes, '--epochs', '2'];
    const made = await result(...many, '--run', 'many');
    assert.deepEqual([made.head, made.smoothing], ['softmax', 102]);
    assert.ok(made.segments[1].test.accuracy > 0.85 && made.segments[1].test.loss < made.before.loss);
    assert.match(readFileSync(made.curve, 'utf8'), /mean cross-entropy/);
    const told = await result('predict', made.model, table);
    const { file: onnx } = await result('export', made.model, '--to', 'onnx');
    const found = await runOnnx(bytesOf(onnx), rows.flat(), 2);
    told.rows.forEach(({ class: name, probabilities }: { class: string; probabilities: number[] }, s: number) => {
      assert.equal(name, told.names[probabilities.indexOf(Math.max(...probabilities))]);
      assert.ok(probabilities.every((p, i) => Math.abs(p - found.probabilities[3 * s + i]) < 0.005));
    });
    const again = await result('import', '--from', onnx, '--data', classes, '--run', 'again');
    assert.deepEqual([again.head, again.headFrom, again.factors], ['softmax', 'Softmax', [1, 1]]);
  });

  it('are imported from scikit-learn, and from files that name no head with --head', async () => {
    const binary = await result('import', '--from', join(ONNX, 'sklearn-binary.onnx'), '--run', 'binary');
    assert.deepEqual(
      [binary.shape, binary.head, readWeights(bytesOf(binary.model)).head],
      ['4-5-1', 'sigmoid', 'sigmoid'],
    );
    const logistic = await result('import', '--from', join(ONNX, 'sklearn-logistic.onnx'), '--run', 'logistic');
    assert.deepEqual([logistic.head, logistic.headFrom], ['softmax', 'ai.onnx.ml.LinearClassifier']);
    const { file: floats } = await result('export', start('plain', [2, 3], 'softmax'), '--to', 'safetensors');
    const said = await result('import', '--from', floats, '--head', 'softmax', '--data', classes, '--run', 'said');
    assert.deepEqual([said.head, said.headFrom, said.factors], ['softmax', null, [1]]);
    assert.equal(said.assumed.length, 1, 'the ReLU alone');
    const { file: signs } = await result('export', start('signs', [2, 2], 'sigmoid'), '--to', 'onnx');
    const told = await descent(['import', '--from', signs, '--data', labels, '--run', 'signs', ...runs]);
    assert.match(told.stdout, /^right {4}\d+ of 64 in floats, \d+ of 64 imported, each with all of its labels$/m);
    assert.match(told.stdout, /^labels {3}\d+ of 128 in floats, .*; the more frequent value of each alone: \d+$/m);
    assert.doesNotMatch(told.stdout + told.stderr, /R2|less certain/);
    const scale = ['--data', labels, '--logits', '0.01', '--run', 'smaller'];
    const smaller = await descent(['import', '--from', signs, ...scale, ...runs]);
    assert.match(smaller.stdout, /^scaled {3}layers by 0\.\d+: probabilities are less certain than those of the file/m);
  });

  const cases: { name: string; args: () => string[]; says: RegExp }[] = [
    {
      name: 'labels for a network with squared error',
      args: () => ['train', '--parent', start('a', [2, 2], 'squared error'), '--shard', labels],
      says: /squared error does not go with rows of labels[\s\S]*Take a network with sigmoid/,
    },
    {
      name: 'labels for a network with softmax, in many segments',
      args: () => ['train', '--parent', start('b', [2, 2], 'softmax'), '--shards', labels],
      says: /softmax does not go with rows of labels[\s\S]*sigmoid/,
    },
    {
      name: 'a smoothing for squared error',
      args: () => ['train', '--parent', start('c', [2, 3], 'squared error'), '--shard', classes, '--smoothing', '0.1'],
      says: /takes no smoothing[\s\S]*softmax or sigmoid/,
    },
    {
      name: 'a smoothing that is no share',
      args: () => ['train', '--parent', start('d', [2, 3], 'softmax'), '--shard', classes, '--smoothing', '5'],
      says: /from 0 to below 1/,
    },
    {
      name: 'a head for a parent that has one',
      args: () => ['train', '--parent', start('e', [2, 3], 'softmax'), '--shard', classes, '--head', 'softmax'],
      says: /--head is for --seed/,
    },
  ];
  for (const { name, args, says } of cases) {
    it(`refuse ${name}`, async () => {
      const refused = await refusalOf([
        ...args(),
        '--lr',
        '0.5',
        '--batch',
        '8',
        ...runs,
        '--quiet',
        '--run',
        'refused',
      ]);
      assert.match(refused.said + refused.error.message, says);
      assert.equal(refused.code, 2, refused.said);
    });
  }

  it('refuse a head that is none, columns that are no labels, rows of another head, and parents of two heads', async () => {
    const refusals: [string[], RegExp][] = [
      [['seed', '--shape', '2-2', '--head', 'squared error'], /Allowed choices are squared-error, softmax, sigmoid/],
      [['data', ...source, '--labels', 'x', '--ignore', 'kind'], /as label "x"; a label is 0 or 1/],
      [['data', ...source, '--labels'], /--labels names the columns/],
      [['data', '--npy', table, '--labels', 'x'], /--labels stands alone/],
      [['score', '--model', start('f', [2, 2], 'squared error'), '--shard', labels], /does not go with rows of labels/],
      [
        ['import', '--from', join(ONNX, 'sklearn-binary.onnx'), '--head', 'squared-error'],
        /ends with Sigmoid: its head is sigmoid/,
      ],
      [
        ['merge', '--parents', start('g', [2, 2], 'softmax'), start('h', [2, 2], 'sigmoid'), '--average'],
        /one head: softmax and sigmoid differ/,
      ],
    ];
    for (const [args, says] of refusals) {
      const { said, error } = await refusalOf([...args, ...runs, '--quiet', '--run', 'refused']);
      assert.match(said + error.message, says);
    }
  });
});
