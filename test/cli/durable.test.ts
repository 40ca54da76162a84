import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { makeFolders, removeTemporaryFiles, writeDurably } from '../../scripts/files/durable.ts';
import { lockFolder } from '../../scripts/runs/lock.ts';
import { Run } from '../../scripts/runs/run.ts';
import { temporaryFolder } from './cli.ts';

// No process has this number: it is above the greatest that Linux gives.
const DEAD = 2 ** 22 + 1;

describe('durable writes', () => {
  const { folder, remove } = temporaryFolder();
  after(remove);

  it('make missing folders, replace the file and leave nothing else', () => {
    const path = join(folder, 'a', 'b', 'file');
    writeDurably(path, 'old');
    writeDurably(path, new Uint8Array([110, 101, 119]));
    assert.equal(readFileSync(path, 'utf8'), 'new');
    assert.deepEqual(readdirSync(join(folder, 'a', 'b')), ['file']);
  });

  it('end where a folder cannot be made', { timeout: 10_000 }, () => {
    assert.equal(makeFolders(join(folder, 'e', 'f', 'g')), join(folder, 'e'));
    assert.equal(makeFolders(join(folder, 'e', 'f')), undefined);
    writeFileSync(join(folder, 'e', 'file'), '');
    assert.throws(() => makeFolders(join(folder, 'e', 'file', 'x')), /ENOTDIR/);
    assert.throws(() => makeFolders(join(folder, 'e', 'file')), /EEXIST/);
    // Linux says of a folder below /proc that it is missing, whatever is made above it.
    if (process.platform === 'linux') assert.throws(() => makeFolders('/proc/descent/x'), /ENOENT/);
  });

  it('keep the old file and clean up when they fail', () => {
    const path = join(folder, 'c', 'file');
    mkdirSync(path, { recursive: true });
    assert.throws(() => writeDurably(path, 'a folder is in the way'));
    assert.deepEqual(readdirSync(join(folder, 'c')), ['file']);
  });

  it('that were killed are removed, other files are not', () => {
    const place = join(folder, 'd');
    mkdirSync(place);
    for (const name of ['.file.123.tmp', 'file.tmp', '.hidden', 'file']) writeFileSync(join(place, name), '');
    removeTemporaryFiles(place);
    assert.deepEqual(readdirSync(place).sort(), ['.hidden', 'file', 'file.tmp']);
  });
});

describe('a run folder', () => {
  const { folder, remove } = temporaryFolder();
  after(remove);

  it('does a stage once, and again when its file is gone', async () => {
    const place = join(folder, 'once');
    let calls = 0;
    const work = async (run: Run) =>
      run.stage('work', async (put) => {
        put('result', 'result.txt', `${++calls}`);
        return { calls };
      });
    const first = Run.start(place, 'train', { lr: 1 });
    assert.deepEqual(await work(first), { calls: 1 });
    first.close();
    const second = Run.open(place);
    assert.deepEqual(await work(second), { calls: 1 });
    writeFileSync(second.file('work', 'result'), 'changed');
    assert.deepEqual(await work(second), { calls: 2 });
    second.close();
  });

  it('does not record a stage that failed', async () => {
    const run = Run.start(join(folder, 'failed'), 'train', {});
    await assert.rejects(
      run.stage('work', () => Promise.reject(new Error('no'))),
      /no/,
    );
    assert.equal(run.isDone('work'), false);
    assert.throws(() => run.data('work'), /has not reached the stage 'work'/);
    run.close();
  });

  it('is refused for another kind, other inputs or a damaged state', async () => {
    const place = join(folder, 'other');
    const run = Run.start(place, 'train', { lr: 1 });
    await run.stage('work', async () => ({}));
    run.close();
    assert.throws(() => Run.start(place, 'seed', { lr: 1 }), /a train run, not a seed run/);
    assert.throws(() => Run.start(place, 'train', { lr: 2 }), /its learning rate in units (.*) is 1, not 2/);
    writeFileSync(join(place, 'run.json'), '{"format":');
    assert.throws(() => Run.open(place), /is not JSON/);
    writeFileSync(join(place, 'run.json'), '{"format": "other"}');
    assert.throws(() => Run.open(place), /not a run of this version/);
  });

  it('makes room for other inputs as long as it has done nothing', () => {
    const place = join(folder, 'nothing');
    Run.start(place, 'train', { lr: 0 }).close();
    const run = Run.start(place, 'train', { lr: 1 });
    assert.deepEqual(run.inputs, { lr: 1 });
    run.close();
    assert.deepEqual(Run.open(place).inputs, { lr: 1 });
  });

  it('belongs to one process at a time; the lock of a dead process is taken over', () => {
    const place = join(folder, 'locked');
    mkdirSync(place);
    writeFileSync(join(place, 'run.lock'), '1');
    assert.throws(() => Run.start(place, 'train', {}), /in use by process 1/);
    writeFileSync(join(place, 'run.lock'), String(DEAD));
    lockFolder(place)();
    assert.deepEqual(readdirSync(place), []);
  });
});
