import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { parseManifest } from '../../src/model/manifest.ts';
import { sameSchema } from '../../src/model/schema.ts';
import { shardLabel } from '../../src/model/shard.ts';
import { readShard } from '../../src/model/shardFile.ts';
import { zeroWeights } from '../../src/model/weights.ts';
import { readWeights, writeWeights } from '../../src/model/weightsFile.ts';
import { npy, npyHeader } from '../corpus/files.ts';
import { descent, document, temporaryFolder } from './cli.ts';

const TABLES = join(import.meta.dirname, '..', 'corpus', 'tables');

describe('tables and their schemas', () => {
  const { folder, remove } = temporaryFolder();
  after(remove);
  const runs = ['--runs', join(folder, 'runs')];
  const bytesOf = (path: string) => new Uint8Array(readFileSync(path));
  const file = (name: string, content: Uint8Array | string) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const parent = file('parent.safetensors', writeWeights(zeroWeights({ widths: [4, 3], head: 'squared error' }, 7n)));
  const iris = readFileSync(join(TABLES, 'iris-sorted.csv'), 'utf8');
  const renamed = file('renamed.csv', iris.replaceAll('virginica', 'lily'));
  const result = async (...args: string[]) => document(await descent([...args, '--json', ...runs]));
  const said = (...args: string[]) => descent([...args, ...runs]);
  const options = ['--label', 'species', '--scale', 'standard'];

  it('take all rows of a small table where nobody says how many rows, shuffled where they are sorted', async () => {
    const { code, stderr } = await said('data', '--csv', join(TABLES, 'iris-sorted.csv'), ...options, '--run', 'iris');
    assert.equal(code, 0, stderr);
    assert.match(stderr, /sorted by what is predicted: they are shuffled with seed 1/);
    const shard = readShard(bytesOf(join(folder, 'runs', 'iris', 'shard-0.safetensors')));
    assert.deepEqual(
      [shard.rows, new Set([0, 1, 2, 3, 4, 5, 6, 7].map((row) => shardLabel(shard, row))).size],
      [150, 3],
    );
    const manifest = parseManifest(readFileSync(join(folder, 'runs', 'iris', 'dataset.json'), 'utf8'));
    assert.deepEqual([manifest.shuffle, manifest.reading], [1, { label: 'species' }]);
    assert.ok(sameSchema(shard.schema!, manifest.schema));
  });

  it('are made like others without naming a column, whatever the order of theirs', async () => {
    const like = ['--like', join(folder, 'runs', 'iris', 'dataset.json')];
    const rest = await result(
      'data',
      '--csv',
      join(TABLES, 'iris-sorted.csv'),
      ...like,
      '--offset',
      '128',
      '--rows',
      '22',
    );
    const first = readShard(bytesOf(rest.shards[0]));
    const [head, ...lines] = iris.trim().split('\n');
    const turned = [head, ...lines].map((line) => line.split(',').reverse().join()).map((line, k) => `${k},${line}`);
    const other = file('turned.csv', turned.join('\n'));
    const again = await result('data', '--csv', other, ...like, '--offset', '128', '--rows', '22', '--run', 'turned');
    const second = readShard(bytesOf(again.shards[0]));
    assert.deepEqual({ ...second, salt: 0n }, { ...first, salt: 0n });
    const { code, stderr } = await said('data', '--csv', renamed, ...like, '--rows', '22');
    assert.equal(code, 2);
    assert.match(stderr, /label "lily" is none of the 3 classes[\s\S]*"virginica"[\s\S]*"lily"/);
  });

  it('give their schema to the model that is trained on them, and keep it from rows of another', async () => {
    await result('data', '--csv', renamed, ...options, '--run', 'renamed');
    const [own, other] = ['iris', 'renamed'].map((run) => join(folder, 'runs', run, 'shard-0.safetensors'));
    const { model } = await result('train', '--parent', parent, '--shard', own, '--lr', '0.0625', '--batch', '8');
    const { schema } = readWeights(bytesOf(model));
    assert.ok(sameSchema(schema!, readShard(bytesOf(own)).schema!));
    assert.equal((await result('score', '--model', model, '--shard', own)).rows, 150);
    for (const args of [
      ['score', '--model', model, '--shard', other],
      ['score', '--model', model, '--shards', own, other],
      ['train', '--parent', model, '--shard', other, '--lr', '0.0625', '--batch', '8'],
      ['train', '--parent', model, '--shards', own, other, '--lr', '0.0625', '--batch', '8'],
      ['train', '--parent', parent, '--shards', own, other, '--lr', '0.0625', '--batch', '8'],
      ['train', '--parent', model, '--shards', own, '--test', other, '--lr', '0.0625', '--batch', '8', '--run', 'test'],
    ]) {
      const { code, stderr } = await said(...args);
      assert.equal(code, 2, args.join(' '));
      assert.match(
        stderr,
        /other classes[\s\S]*--like[\s\S]*--other-schema[\s\S]*\* +virginica +versicolor/,
        args.join(' '),
      );
    }
    const anyway = await said('score', '--model', model, '--shards', other, '--other-schema');
    assert.equal(anyway.code, 0, anyway.stderr);
    assert.match(anyway.stderr, /warning: .*other classes[\s\S]*virginica +versicolor/);
    const trained = await result(
      'train',
      '--parent',
      model,
      '--shard',
      other,
      '--lr',
      '0.0625',
      '--batch',
      '8',
      '--other-schema',
    );
    assert.ok(sameSchema(readWeights(bytesOf(trained.model)).schema!, readShard(bytesOf(other)).schema!));
  });

  it('are trained on whole where nobody says how many rows', async () => {
    const table = ['--csv', join(TABLES, 'tab.csv'), '--label', 'tree', '--scale', 'standard', '--delimiter', '\\t'];
    const small = file('small.safetensors', writeWeights(zeroWeights({ widths: [2, 3], head: 'squared error' }, 7n)));
    const made = await result('train', '--parent', small, ...table, '--lr', '0.125', '--batch', '4', '--run', 'whole');
    assert.deepEqual([made.segments.length, made.totals.rows], [1, 10]);
    const parts = ['--rows-per-shard', '4', '--run', 'parts'];
    const two = await result('train', '--parent', small, ...table, '--lr', '0.125', '--batch', '4', ...parts);
    assert.deepEqual([two.segments.length, two.totals.rows], [3, 10]);
  });

  it('name the column of a value that is too large', async () => {
    const large = file('large.csv', 'width,height,tree\n1,2,oak\n3,70,elm\n');
    const { code, stderr } = await said('data', '--csv', large, '--label', 'tree', '--rows', '2');
    assert.equal(code, 2);
    assert.match(stderr, /Line 3 has 70 in column "height" of the prepared table, outside \[-64, 64\)[\s\S]*--scale/);
  });

  it('are told of in the document as in the text', async () => {
    const sorted = ['--csv', join(TABLES, 'iris-sorted.csv'), ...options];
    const shuffled = /sorted by what is predicted/;
    const first = ['--rows', '100', '--run', 'told'];
    const data = await result('data', ...sorted, ...first);
    assert.match(data.notes.join('\n'), shuffled);
    assert.deepEqual(data.warnings, []);
    assert.deepEqual(await result('data', ...sorted, ...first), data, 'also where nothing is left to do');
    const two = await result('data', ...sorted, '--count', '2', '--run', 'halves');
    assert.deepEqual(two.shards.length, 2);
  });

  it('are shown with the file that carries them', async () => {
    const shown = await result('show', join(folder, 'runs', 'iris', 'shard-0.safetensors'));
    assert.match(shown.schema, /^0x[0-9a-f]{64}$/);
    assert.match(shown.features, /^sepal length \(cm\), /);
    assert.deepEqual([shown.prepared, shown.classes], ['columns', 'setosa, versicolor, virginica']);
    assert.equal((await result('show', parent)).schema, undefined);
  });

  it('of arrays lie in a folder of their own for each file of answers, and lack values as those of columns do', async () => {
    const arrays = (name: string, shape: number[], data: number[]) =>
      file(name, npy(npyHeader('<f8', shape), new Uint8Array(Float64Array.from(data).buffer)));
    const rows = arrays('x.npy', [4, 2], [1, 2, Number.NaN, 4, 5, 6, 7, 8]);
    const answers = [arrays('y.npy', [4], [0, 1, 0, 1]), arrays('z.npy', [4], [1, 1, 0, 0])];
    const of = (k: number) => ['data', '--npy', rows, '--answers', answers[k], '--rows', '2'];
    const { code, stderr } = await said(...of(0));
    assert.equal(code, 2);
    assert.match(
      stderr,
      /Row 1 has no value in column 0\.\s+Leave such rows out with --missing drop, or take the mean/,
    );
    const made = [await result(...of(0), '--missing', 'drop'), await result(...of(1), '--missing', 'mean')];
    assert.notEqual(made[0].run, made[1].run);
    const many = await said(...of(0), '--rows', '8', '--missing', 'drop', '--run', 'many');
    assert.match(many.stderr, /Rows 0\.\.7, on which .* not in a table of 3 rows\.\s+Take fewer rows/);
  });

  it('keep what was said of missing values and words for other rows', async () => {
    const words = ['--csv', join(TABLES, 'words-missing.csv'), '--label', 'tree', '--one-hot', 'colour'];
    await result('data', ...words, '--missing', 'mean', '--rows', '8', '--run', 'words');
    const like = ['--like', join(folder, 'runs', 'words', 'dataset.json'), '--rows', '2', '--run', 'likewise'];
    const rows = file('rows.csv', 'colour,height,tree\nred,,oak\n,1,elm\n');
    const { shards } = await result('data', '--csv', rows, ...like);
    const { inputs, X } = readShard(bytesOf(shards[0]));
    assert.deepEqual([inputs, X[2], X[4]], [3, 0, 512]);
  });
});
