import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { type Tensor, writeTensors } from '../../src/model/safetensors.ts';
import type { Schema } from '../../src/model/schema.ts';
import { makeShard } from '../../src/model/shard.ts';
import { writeShard } from '../../src/model/shardFile.ts';
import { readWeights } from '../../src/model/weightsFile.ts';
import { descent, document, refusalOf, temporaryFolder } from './cli.ts';

const FILES = join(import.meta.dirname, '..', 'corpus', 'models');
const model = (name: string) => join(FILES, name);

describe('what an import says', () => {
  const { folder, remove } = temporaryFolder();
  after(remove);
  const runs = ['--runs', join(folder, 'runs')];
  const schema: Schema = {
    format: 'descent-schema/1',
    kind: 'classes',
    columns: 13,
    decimal: '.',
    missing: 'refuse',
    transforms: [],
    classes: ['0', '1', '2'],
  };
  const wine: { features: number[]; labels: number[] } = JSON.parse(readFileSync(model('wine.json'), 'utf8'));
  const table = { inputs: 13, outputs: 3, features: Float32Array.from(wine.features) };
  const shard = join(folder, 'wine.safetensors');
  writeFileSync(
    shard,
    writeShard(makeShard({ ...table, kind: 'classes', labels: wine.labels }, { first: 0, rows: 64 }, 5n, schema)),
  );
  const numbers = join(folder, 'numbers.safetensors');
  const targets = Float32Array.from(wine.labels.flatMap((label) => [0, 1, 2].map((k) => (k === label ? 4 : -4))));
  writeFileSync(numbers, writeShard(makeShard({ ...table, kind: 'regression', targets }, { first: 0, rows: 64 }, 5n)));

  let runsMade = 0;
  const imported = async (name: string, ...options: string[]) => {
    const run = `run-${runsMade++}`;
    const { code, stdout, stderr } = await descent([
      'import',
      '--from',
      model(name),
      '--run',
      run,
      ...options,
      ...runs,
    ]);
    assert.equal(code, 0, stderr);
    return { stdout, stderr };
  };

  it('is what descent root means, too: that says so on stderr, and prints the same document', async () => {
    const args = ['--from', model('square.safetensors'), '--run', 'former', '--json', ...runs];
    const former = await descent(['root', ...args]);
    assert.equal(former.code, 0, former.stderr);
    assert.equal(former.stderr.match(/descent root is called descent import now/g)?.length, 1, former.stderr);
    const state = join(folder, 'runs', 'former', 'run.json');
    assert.equal(JSON.parse(readFileSync(state, 'utf8')).kind, 'import');
    // The run goes on where the version that called it root has left it.
    const old = readFileSync(state, 'utf8').replaceAll('"import"', '"root"');
    assert.notEqual(old, readFileSync(state, 'utf8'));
    writeFileSync(state, old);
    const { code, stdout, stderr } = await descent(['import', ...args]);
    assert.equal(code, 0, stderr);
    assert.deepEqual(JSON.parse(stdout), JSON.parse(former.stdout));
    assert.doesNotMatch(stderr, /descent root/);
    const listed = JSON.parse((await descent(['runs', '--json', ...runs])).stdout);
    assert.match(JSON.stringify(listed), /"kind":"import"/);
    assert.doesNotMatch((await descent(['--help'])).stdout, /\broot\b/);
  });

  it('tells how many rows of --data come out right, and takes their schema', async () => {
    const { stdout, stderr } = await imported('sklearn-names.safetensors', '--data', shard);
    assert.match(stdout, /^right {4}64 of 64 in floats, 64 of 64 imported; the most frequent class alone: 25$/m);
    assert.doesNotMatch(stderr, /warning/);
    const path = /^weights {2}(.*)$/m.exec(stdout)![1];
    assert.deepEqual(readWeights(new Uint8Array(readFileSync(path))).schema, schema);
  });

  it('warns where the arrays were scrambled by their writer', async () => {
    const { stdout, stderr } = await imported('sklearn-scrambled.safetensors', '--data', shard);
    const [, right] = /^right {4}(\d+) of 64 in floats/m.exec(stdout)!;
    assert.ok(Number(right) < 34, right);
    assert.match(
      stderr,
      /warning: \d+ of 64 rows right is no better than chance: the most frequent class alone gives 25\./,
    );
    assert.match(stderr, /scrambled or turned arrays/);
  });

  it('compares a network of another activation with the labels and says what is assumed', async () => {
    const { stdout } = await imported('tanh.safetensors', '--data', shard);
    assert.match(
      stdout,
      /^assumed {2}a ReLU after every layer but the last, and arrays in row-major order: the file states neither$/m,
    );
    assert.match(stdout, /^right {4}\d+ of 64 in floats/m);
  });

  it('tells R2 of a regression and warns where the mean is better', async () => {
    const { stdout, stderr } = await imported('sklearn-scrambled.safetensors', '--data', numbers);
    assert.match(stdout, /^R2 {7}-?\d+\.\d{4} in floats, -?\d+\.\d{4} imported$/m);
    assert.match(stderr, /warning: R2 is -\d+\.\d+: the mean of the targets alone gives 0/);
  });

  it('says without --data that nothing was compared', async () => {
    const { stdout } = await imported('bn-before-relu.safetensors');
    assert.match(stdout, /^compared with nothing: --data <shard> tells/m);
    assert.match(stdout, /^folded {3}the normalisation 1 after layer 1 into its weights$/m);
    assert.match(stdout, /^assumed {2}an epsilon of 1e-5 in the normalisations/m);
    const graph = await imported('onnx-unchanged.onnx');
    assert.match(graph.stdout, /^dropped {2}Flatten, Identity, Dropout \(2 times\): no row changes$/m);
    assert.doesNotMatch(graph.stdout, /^assumed {2}a ReLU/m, 'a graph states its activations');
    assert.match(graph.stdout, /^assumed {2}squared error as the head: .*--head softmax/m);
    const said = await imported('onnx-unchanged.onnx', '--head', 'softmax');
    assert.match(said.stdout, /^Imported \d+(-\d+)+ softmax from/m);
    assert.doesNotMatch(said.stdout, /^assumed/m);
    const quantised = await imported('onnx-weights-int8.onnx');
    assert.match(quantised.stdout, /^folded {3}the quantised tensor w0 into the floats that it stands for$/m);
  });

  it('warns of square weights, and of normalisations that were left out', async () => {
    const square = await imported('square.safetensors');
    assert.match(square.stdout, /^assumed {2}that row i of the square weights of layer 1, 2 belongs to output i/m);
    assert.match(square.stderr, /warning: The weights fit the other way round as well/);
    const stated = await imported('square.safetensors', '--orientation', 'out-in');
    assert.doesNotMatch(stated.stdout + stated.stderr, /square weights|other way round/);
    const inside = await imported('square-inside.safetensors');
    assert.match(inside.stdout, /square weights of layer 2 /);
    assert.doesNotMatch(inside.stderr, /warning/);
    const without = await imported('bn-open.safetensors', '--batch-norm', 'none');
    assert.match(without.stderr, /warning: Batch normalisations were left out: 3\.running_mean/);
    assert.match(without.stdout, /^not used 3\.running_mean$/m);
  });

  it('puts all of it into the document too', async () => {
    const made = document(
      await descent(['import', '--from', model('onnx-bn-first.onnx'), '--run', 'document', '--json', ...runs]),
    );
    assert.equal(made.folded.length, 2);
    assert.match(made.folded[0], /^the normalisation Node .* before layer 1 into its weights$/);
    assert.match(made.assumed.join(), /^squared error as the head/);
    assert.deepEqual([made.head, made.headFrom, made.doubts, made.onData], ['squared error', null, [], null]);
  });

  it('shows names of tensors without what could rule a terminal', async () => {
    const name = '\u001b[2Jfc.weight';
    const weight: Tensor = { dtype: 'F32', shape: [1, 2], data: new Uint8Array(8) };
    const path = join(folder, 'escape.safetensors');
    writeFileSync(path, writeTensors({ tensors: new Map([[name, weight]]), metadata: new Map() }));
    const { stdout } = await descent(['import', '--from', path, '--run', 'escape', ...runs]);
    assert.match(stdout, /\\u\{1b\}\[2Jfc\.weight/);
    assert.equal(stdout.includes('\u001b'), false);
  });

  it('refuses an adapter', async () => {
    const { code, said } = await refusalOf(['import', '--from', model('adapter-lora.safetensors'), '--quiet', ...runs]);
    assert.equal(code, 2);
    assert.match(said, /low-rank adapter[\s\S]*merge_and_unload/);
  });
});
