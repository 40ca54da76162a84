import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { emptyShard } from '../../src/model/shard.ts';
import { writeShard } from '../../src/model/shardFile.ts';
import { writeWeights } from '../../src/model/weightsFile.ts';
import { seedWeights } from '../../src/training/seed.ts';
import { temporaryFolder } from './cli.ts';
import { descendants, survivors } from './processes.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const BIN = join(ROOT, 'scripts', 'descent.mjs');

/** Waits until `what` is true. */
async function until(what: () => boolean): Promise<void> {
  for (const end = Date.now() + 60_000; !what(); ) {
    assert.ok(Date.now() < end, 'it never came so far');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('kill -9 of the process that was started', () => {
  const { folder, remove } = temporaryFolder();
  after(remove);
  const place = join(folder, 'a folder');
  mkdirSync(place);
  // Some minutes of training, in pieces of which none gives way to events.
  writeFileSync(
    join(place, 'parent.safetensors'),
    writeWeights(seedWeights({ widths: [784, 64, 10], head: 'squared error' }, 1n, 2n)),
  );
  const shard = emptyShard({ inputs: 784, outputs: 10, rows: 1024, kind: 'regression' }, 3n);
  writeFileSync(join(place, 'shard.safetensors'), writeShard(shard));
  const train = (name: string) => [
    'train',
    ...[
      '--parent',
      'parent.safetensors',
      '--shards',
      'shard.safetensors',
      '--epochs',
      '500',
      '--yes',
      '--lr-units',
      '1',
      '--batch',
      '1',
      '--run',
      name,
    ],
  ];
  const start = (command: string, args: string[], env = process.env): { child: ChildProcess; said(): string } => {
    const child = spawn(command, args, { cwd: place, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (data) => {
        said += data;
      });
    }
    return { child, said: () => said };
  };

  const points = [
    { name: 'as soon as there is a child', reached: () => true },
    { name: 'when its run is in use', reached: (run: string) => existsSync(join(run, 'run.lock')) },
    { name: 'while it computes', reached: (_run: string, said: string) => said.includes('segment 1 of 500') },
  ];
  for (const [k, { name, reached }] of points.entries()) {
    it(`${name}: its children end too, and the run is free`, async () => {
      const run = join(place, 'runs', `killed-${k}`);
      const { child, said } = start(process.execPath, [BIN, ...train(`killed-${k}`)]);
      await until(() => descendants(child.pid!).length > 0 && reached(run, said()));
      const below = descendants(child.pid!);
      child.kill('SIGKILL');
      assert.deepEqual(await survivors(below, 10), [], said());
      const again = start(process.execPath, [BIN, ...train(`killed-${k}`)]);
      await until(() => again.said().includes('segment 1 of 500') || again.child.exitCode !== null);
      assert.doesNotMatch(again.said(), /in use/);
      again.child.kill('SIGKILL');
    });
  }

  it('where npm is that process, the command ends with it', async () => {
    const { child, said } = start('npm', ['--prefix', ROOT, 'run', 'descent', '--', ...train('by-npm')]);
    await until(() => said().includes('segment 1 of 500'));
    const below = descendants(child.pid!);
    assert.ok(below.length >= 2, 'the bootstrap and the command line');
    child.kill('SIGKILL');
    assert.deepEqual(await survivors(below, 10), [], said());
    const { inputs } = JSON.parse(readFileSync(join(place, 'runs', 'by-npm', 'run.json'), 'utf8'));
    assert.equal(inputs.parent, join(place, 'parent.safetensors'), 'it worked in the folder of the user');
  });
});
