// What a model says of rows, before any proof: examples/agent and examples/game prove it (test/long).
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { readShardFile } from '../../scripts/files/models.ts';
import { emptyShard } from '../../src/model/shard.ts';
import { writeShard } from '../../src/model/shardFile.ts';
import { zeroWeights } from '../../src/model/weights.ts';
import { writeWeights } from '../../src/model/weightsFile.ts';
import { descent, document, refusalOf, temporaryFolder } from './cli.ts';

describe('descent infer', () => {
  const { folder, remove } = temporaryFolder();
  after(remove);
  const runs = ['--runs', join(folder, 'runs')];
  const file = (name: string, content: Uint8Array | string) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const weights = zeroWeights({ widths: [2, 3], head: 'softmax' }, 5n);
  // of a and b the outputs are a, b and a - b
  for (const [at, value] of [
    [0, 1],
    [3, 1],
    [4, 1],
    [5, -1],
  ])
    weights.layers[0].W[at] = BigInt(value) * 2n ** 32n;
  const model = file('model.safetensors', writeWeights(weights));
  const table = file('rows.csv', 'a,b\n1,2\n3.5,-1\n');
  const result = async (...args: string[]) => document(await descent(['infer', model, '--json', ...args, ...runs]));

  it('tells what the model says, and keeps the rows and a salt for the proof', async () => {
    const made = await result('--rows', table);
    assert.deepEqual([made.inputs, made.outputs, made.shape], ['public', 'public', '2-3']);
    const outputs = made.predictions.rows.map(({ outputs: own }: { outputs: number[] }) => own);
    assert.deepEqual(outputs, [
      [1, 2, -1],
      [3.5, -1, 4.5],
    ]);
    const kept = readShardFile(join(made.run, 'rows.safetensors'));
    assert.deepEqual([...kept.X], [512, 1792, 1024, -512]);
    const state = readFileSync(join(made.run, 'run.json'), 'utf8');
    assert.deepEqual(await result('--rows', table), made);
    assert.equal(readFileSync(join(made.run, 'run.json'), 'utf8'), state);
  });

  it('prints the outputs, and how to prove them', async () => {
    const { code, stdout } = await descent(['infer', model, '--rows', table, ...runs]);
    assert.equal(code, 0);
    assert.match(stdout, /1,.*4\.5/);
    assert.match(stdout, /next {5}descent prove \S+ --inferences <address>/);
  });

  it('keeps what is hidden apart from what is public', async () => {
    const hidden = await result('--rows', table, '--hide-input', '--hide-output');
    assert.deepEqual([hidden.inputs, hidden.outputs], ['committed', 'committed']);
    const open = await result('--rows', table);
    assert.notEqual(hidden.run, open.run);
    assert.deepEqual(hidden.predictions, open.predictions);
  });

  it('takes the rows of a shard, whatever its labels', async () => {
    const shard = emptyShard({ inputs: 2, outputs: 3, rows: 2, kind: 'regression' }, 3n);
    shard.X.set([512, 0, 0, 512]);
    const path = file('shard.safetensors', writeShard(shard));
    const made = await result('--rows', path);
    assert.equal(made.inputs, 'shard');
    assert.ok(!existsSync(join(made.run, 'rows.safetensors')) && readdirSync(made.run).includes('run.json'));
    const { said } = await refusalOf(['infer', model, '--rows', path, '--hide-input', ...runs]);
    assert.match(said, /for tables[\s\S]*never public/);
  });

  it('refuses rows that do not fit', async () => {
    const refused = async (text: string) =>
      (await refusalOf(['infer', model, '--rows', file('bad.csv', text), ...runs])).said;
    assert.match(await refused('a\n1\n'), /has 1 features?; the model takes 2/);
    assert.match(await refused('a,b\n1,64\n'), /outside \[-64, 64\)/);
    assert.match(await refused('a,b\n1,\n2,3\n'), /lacks a value/);
    const { said } = await refusalOf(['infer', model, '--rows', table, '--inferences', '0x12', ...runs]);
    assert.match(said, /is not an address/);
  });
});
