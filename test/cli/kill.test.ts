import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { readShard } from '../../src/model/shardFile.ts';
import { readWeights } from '../../src/model/weightsFile.ts';
import { type CliResult, descent, smallInputs, temporaryFolder } from './cli.ts';

const AT_ONCE = 4;

describe('kill -9', () => {
  const { folder, remove } = temporaryFolder();
  after(remove);
  const { weights, shard } = smallInputs(folder);

  /** Kills the command before every `stride`-th of its writes in turn, and lets it continue. @returns the last one. */
  async function killEverywhere(
    name: string,
    args: string[],
    stride: number,
    check: (run: string, result: CliResult) => void,
  ): Promise<number> {
    let completed: number | undefined;
    for (let first = 1; completed === undefined; first += AT_ONCE * stride) {
      const batch = Array.from({ length: AT_ONCE }, (_, k) => first + k * stride);
      const finished = await Promise.all(
        batch.map(async (operation) => {
          const run = join(folder, `${name}-${operation}`);
          const killed = await descent([...args, '--run', run], { killAt: { operation, folder: run } });
          if (killed.signal === null) {
            assert.equal(killed.code, 0, killed.stderr);
            return operation;
          }
          assert.equal(killed.signal, 'SIGKILL');
          const state = join(run, 'run.json');
          if (existsSync(state)) JSON.parse(readFileSync(state, 'utf8'));
          const resumed = await descent([...args, '--run', run, '--json']);
          assert.equal(resumed.code, 0, `killed before write ${operation}: ${resumed.stderr}`);
          check(run, resumed);
          const left = readdirSync(run).filter((file) => file.endsWith('.tmp') || file.endsWith('.lock'));
          assert.deepEqual(left, [], 'nothing of the killed process is left');
          return undefined;
        }),
      );
      completed = finished.find((operation) => operation !== undefined);
      assert.ok(first < 100, 'the command ends');
    }
    return completed - 1;
  }

  it('at any moment of training: the same command continues to the same weights', async () => {
    const args = ['train', '--parent', weights, '--shard', shard, '--lr-units', '4', '--batch', '2'];
    const reference = join(folder, 'reference');
    assert.equal((await descent([...args, '--run', reference])).code, 0);
    const { layers } = readWeights(new Uint8Array(readFileSync(join(reference, 'model.safetensors'))));
    const kills = await killEverywhere('train', args, 1, (run, result) => {
      assert.equal(JSON.parse(result.stdout).shape, '4-3-2');
      assert.deepEqual(readWeights(new Uint8Array(readFileSync(join(run, 'model.safetensors')))).layers, layers);
    });
    // run.lock; open, write, fsync, rename, open folder, fsync folder of run.json, of the weights, of run.json again; unlock
    assert.ok(kills >= 20, `it writes only ${kills} times`);
  });

  it('at any moment of a run of many segments: the same command continues to the same weights', async () => {
    const args = ['train', '--parent', weights, '--shards', shard, '--epochs', '2', '--lr-units', '4', '--batch', '2'];
    const segment = (run: string) =>
      readWeights(new Uint8Array(readFileSync(join(run, 'segment-002', 'model.safetensors')))).layers;
    const reference = join(folder, 'segments');
    assert.equal((await descent([...args, '--run', reference])).code, 0);
    const layers = segment(reference);
    const kills = await killEverywhere('segments', args, 7, (run, result) => {
      const { segments, totals } = JSON.parse(result.stdout);
      assert.deepEqual([segments.length, segments[1].epoch, totals.rows], [2, 2, 16]);
      assert.deepEqual(segment(run), layers);
    });
    assert.ok(kills >= 60, `it writes only ${kills} times`);
  });

  it('while shards are made: the same command continues', async () => {
    const kills = await killEverywhere('data', ['data', '--shard-file', shard], 3, (_run, result) => {
      const [file] = JSON.parse(result.stdout).shards;
      assert.equal(readShard(new Uint8Array(readFileSync(file))).rows, 8);
    });
    assert.ok(kills >= 20, `it writes only ${kills} times`);
  });
});
