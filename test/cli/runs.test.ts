import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { counted } from '../../scripts/terminal/plural.ts';
import { readTensors, writeTensors } from '../../src/model/safetensors.ts';
import { descent, document, refusalOf, smallInputs, temporaryFolder } from './cli.ts';

describe('descent runs and descent show', () => {
  const { folder, remove } = temporaryFolder();
  after(remove);
  const { weights, shard } = smallInputs(folder);
  const runs = join(folder, 'my runs');
  const rate = ['--lr-units', '4', '--batch', '2'];
  const call = (...args: string[]) => descent([...args, '--runs', runs]);
  const prove =
    'prove train for 31337 0x00000000000000000000000000000000000000aa 0x00000000000000000000000000000000000000bb';
  const ID = `0x${'07'.repeat(32)}`;

  before(async () => {
    const one = ['train', '--parent', weights, '--shard', shard, ...rate];
    for (const name of ['made', 'proved', 'registered']) assert.equal((await call(...one, '--run', name)).code, 0);
    assert.equal((await call('train', '--parent', weights, '--shards', shard, ...rate, '--run', 'many')).code, 0);
    assert.equal((await call('score', '--model', weights, '--shard', shard, '--run', 'scored')).code, 0);
    // What a proof and an accepted transaction leave in a folder.
    for (const name of ['proved', 'registered']) {
      const path = join(runs, name, 'run.json');
      const state = JSON.parse(readFileSync(path, 'utf8'));
      const files = { edge: { name: 'train.edge.json', bytes: 1, sha256: '' } };
      state.stages[prove] = { at: '2020-01-01T00:00:00.000Z', seconds: 3, files, data: { id: ID, seconds: 3 } };
      writeFileSync(path, JSON.stringify(state));
    }
    const sent = { chainId: 31337, hash: `0x${'09'.repeat(32)}`, accepted: { gas: 701_350, block: 7 } };
    writeFileSync(join(runs, 'registered', 'train.edge.json.tx'), JSON.stringify(sent));
    mkdirSync(join(runs, 'transactions'));
    mkdirSync(join(runs, 'damaged'));
    writeFileSync(join(runs, 'damaged', 'run.json'), '{');
  });

  it('tell of each run its state, what it got right and the gas it took', async () => {
    const { code, stdout, stderr } = await call('runs');
    assert.equal(code, 0, stderr);
    assert.match(stderr, /warning: .*damaged holds a damaged run\.json/);
    const row = (name: string) => stdout.split('\n').find((line) => line.startsWith(`${name} `)) ?? '';
    assert.match(row('made'), /^made +train +made +- +- +\d{4}-/);
    assert.match(row('proved'), /train +proved +- +- /);
    assert.match(row('registered'), /train +registered +- +701,350 +\d{4}-/);
    assert.match(row('many'), /trainAll +made/);
    assert.match(row('scored'), /score +made/);
    assert.doesNotMatch(stdout, /transactions/);
  });

  it('take a transaction for the edge’s only if it was sent after the edge was proved, on its chain', async () => {
    const journal = join(runs, 'registered', 'train.edge.json.tx');
    const text = readFileSync(journal, 'utf8');
    const state = async () => {
      const listed = document(await call('runs', '--json'));
      return listed.runs.find(({ name }: { name: string }) => name === 'registered').progress;
    };
    utimesSync(journal, new Date('2019-01-01'), new Date('2019-01-01'));
    assert.equal(await state(), 'proved', 'it is of an earlier edge under the same name');
    writeFileSync(journal, text.replace('31337', '1'));
    assert.equal(await state(), 'proved');
    writeFileSync(journal, text);
    assert.equal(await state(), 'registered');
  });

  it('name what keeps a folder from other inputs, and the rate as its options do', async () => {
    const { stderr, code } = await call(
      ...['train', '--parent', weights, '--shard', shard, '--lr-units', '5', '--batch', '2', '--run', 'made'],
    );
    assert.equal(code, 2);
    assert.match(stderr, /its learning rate in units \(--lr-units\) is 4, not 5/);
    const { rate: real, lrUnits, lr, batch } = document(await call('show', 'made', '--json'));
    assert.deepEqual([real, lrUnits, lr, batch], [0.001953125, 4, undefined, 2]);
  });

  it('as one document too', async () => {
    const listed = document(await call('runs', '--json'));
    assert.equal(listed.folder, runs);
    const registered = listed.runs.find(({ name }: { name: string }) => name === 'registered');
    assert.deepEqual([registered.progress, registered.gas, registered.edges[0].id], ['registered', 701_350, ID]);
    assert.equal(registered.edges[0].accepted.block, 7);
    assert.equal(listed.runs.find(({ name }: { name: string }) => name === 'many').parts, 1);
  });

  it('count right answers of classes: of scores, of test rows before those that were trained on', async () => {
    const path = join(runs, 'scored', 'run.json');
    const state = JSON.parse(readFileSync(path, 'utf8'));
    state.stages.score.data = { ...state.stages.score.data, rows: 8, right: 6 };
    writeFileSync(path, JSON.stringify(state));
    const many = join(runs, 'many', 'run.json');
    const training = JSON.parse(readFileSync(many, 'utf8'));
    const test = (accuracy: number) => ({ at: '2029-01-01T00:00:00.000Z', seconds: 1, files: {}, data: { accuracy } });
    training.stages['test 2 on aa'] = test(0.25);
    training.stages['test 10 on aa'] = test(0.5);
    writeFileSync(many, JSON.stringify(training));
    const { stdout } = await call('runs');
    assert.match(stdout, /scored +score +made +75\.0 % \(score\)/);
    assert.match(stdout, /many +trainAll +made +50\.0 % \(test rows\)/);
  });

  it('say whose work a run is while a process holds it', async () => {
    writeFileSync(join(runs, 'made', 'run.lock'), '1');
    assert.match((await call('runs')).stdout, /made, in use by process 1 /);
    writeFileSync(join(runs, 'made', 'run.lock'), String(2 ** 22 + 1));
    assert.doesNotMatch((await call('runs')).stdout, /in use/);
  });

  it('show a run by name or folder, a weights file and a shard file', async () => {
    const before = readdirSync(join(runs, 'registered'));
    for (const what of ['registered', join(runs, 'registered')]) {
      const { stdout, stderr } = await call('show', what);
      assert.match(stdout, /^what +run$/m, stderr);
      assert.match(stdout, /^state +registered$/m);
      assert.match(stdout, /accepted in block 7 for 701,350 gas/);
      assert.match(stdout, /model\.safetensors/);
    }
    assert.deepEqual(readdirSync(join(runs, 'registered')), before, 'nothing is locked or left');
    assert.equal(document(await call('show', weights, '--json')).widths, '4-3-2');
    assert.equal(document(await call('show', shard, '--json')).rows, 8);
    assert.equal(document(await call('show', 'registered', '--json')).kind, 'train');
    const { tensors, metadata } = readTensors(new Uint8Array(readFileSync(weights)));
    const other = join(folder, 'other-head.safetensors');
    writeFileSync(other, writeTensors({ tensors, metadata: new Map([...metadata, ['head', 'hinge']]) }));
    const { said } = await refusalOf(['show', other]);
    assert.match(said, /other-head\.safetensors: The weights file holds an impossible model[\s\S]*not "hinge"/);
  });

  it('say what is missing: the folder, or the run in it', async () => {
    const missing = await refusalOf(['runs', '--runs', join(folder, 'nowhere')]);
    assert.match(missing.said, /There is no folder .*nowhere/);
    const none = await refusalOf(['show', 'nothing', '--runs', runs]);
    assert.match(none.said, /There is no run and no file nothing[\s\S]*descent runs lists the runs/);
    const noFolder = await refusalOf(['prove', 'x', '--runs', join(folder, 'nowhere')]);
    assert.match(noFolder.said, /There is no run in .*: the folder .*nowhere does not exist/);
    mkdirSync(join(folder, 'empty'));
    assert.match((await descent(['runs', '--runs', join(folder, 'empty')])).stdout, /holds no runs yet/);
  });

  it('count in words that fit the number', () => {
    assert.deepEqual(
      [0, 1, 2, 1024].map((n) => counted(n, 'row')),
      ['0 rows', '1 row', '2 rows', '1,024 rows'],
    );
  });
});
