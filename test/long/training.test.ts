import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { deployRegistry } from '../../scripts/chain/deploy.ts';
import { type LocalNode, startLocalNode } from '../../scripts/chain/localNode.ts';
import { descent, descentProcess, temporaryFolder } from '../cli/cli.ts';

/** A whole training run with the real prover, verifiers and node, killed and continued. */
describe('many segments in one command', () => {
  const { folder, remove } = temporaryFolder();
  const runs = ['--runs', join(folder, 'runs')];
  const table = join(folder, 'points.csv');
  const source = ['--csv', table, '--label', 'name', '--scale', 'min-max', '--rows', '8', '--rows-per-shard', '4'];
  const options = ['--seed', '2-3-2', ...source, '--lr-units', '4', '--batch', '2', '--run', 'many', '--account', '1'];
  let node: LocalNode;
  let env: Record<string, string>;
  before(async () => {
    const rows = Array.from({ length: 8 }, (_, r) => `${r},${(5 * r) % 8},${r < 4 ? 'low' : 'high'}`);
    writeFileSync(table, `a,b,name\n${rows.join('\n')}\n`);
    node = await startLocalNode();
    const { registry } = await deployRegistry(node.rpc);
    env = { DESCENT_RPC: node.rpc, DESCENT_REGISTRY: registry };
  });
  after(async () => {
    await node.close();
    remove();
  });

  /** Kills the command as soon as a file is there. */
  async function killAfter(file: string): Promise<void> {
    const child = descentProcess(['train', ...options, ...runs], { env });
    child.stdout?.resume();
    child.stderr?.resume();
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    while (child.exitCode === null && !existsSync(file)) await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(child.exitCode, null, 'it was still at work');
    child.kill('SIGKILL');
    await ended;
  }

  it('continues after kill -9 while it proves and while it registers', async () => {
    const many = join(folder, 'runs', 'many');
    await killAfter(join(many, 'segment-002', 'run.json'));
    await killAfter(join(many, 'seed', 'seed.edge.json'));
    await killAfter(join(many, 'segment-001-to-segment-002.run.json.tx'));
    assert.match(
      (await descent(['train', ...options, ...runs], { env })).stdout,
      /^1 .* s +0x[0-9a-f]{64}\n2 .* s +[\d,]+ +0x[0-9a-f]{64}$/m,
    );
    const finished = await descent(['train', ...options, '--json', ...runs], { env });
    assert.equal(finished.code, 0, finished.stderr);
    const { segments, shards, seed, totals } = JSON.parse(finished.stdout);
    assert.deepEqual([segments.length, shards.length, totals.statements], [2, 2, 5]);
    const tree = JSON.parse((await descent(['tree', '--json'], { env })).stdout);
    assert.deepEqual(
      tree.nodes.map(({ id, parent }: { id: string; parent?: string }) => [id, parent]),
      [
        [seed.proof.id, undefined],
        [segments[1].proof.id, seed.proof.id],
      ],
    );
    const transactions = [seed, ...shards, ...segments].map(({ submission }) => submission.transaction);
    assert.equal(new Set(transactions).size, 4, 'each statement was sent once, the segments together');
    assert.ok(totals.gas > 2_000_000 && totals.gas < 2_800_000, `${totals.gas} gas`);
  });

  it('says that the chain is gone, and proves nothing again when there is one', async () => {
    const parent = join(folder, 'runs', 'many', 'segment-002', 'model.safetensors');
    const more = [
      'train',
      '--parent',
      parent,
      '--shards',
      join(folder, 'runs', 'many', 'shard-001'),
      '--lr-units',
      '2',
    ];
    const args = [...more, '--batch', '4', '--run', 'more', '--account', '1', '--json', ...runs];
    const trained = await descent(args, { env: {} });
    assert.equal(trained.code, 0, trained.stderr);
    const gone = await descent(args, { env: { ...env, DESCENT_RPC: 'http://127.0.0.1:9' } });
    assert.equal(gone.code, 5);
    assert.match(gone.stderr, /No node answers/);
    const finished = await descent(args, { env });
    assert.equal(finished.code, 0, finished.stderr);
    const { shards, segments, totals } = JSON.parse(finished.stdout);
    assert.equal(shards[0].proof, undefined, 'the shard is registered already');
    assert.equal(totals.statements, 1);
    const again = JSON.parse((await descent(args, { env })).stdout);
    assert.deepEqual(again.segments, segments);
  });

  it('refuses a parent that the registry does not know before it proves', async () => {
    const other = [
      '--seed',
      '2-2-2',
      ...source,
      '--lr-units',
      '4',
      '--batch',
      '2',
      '--account',
      '1',
      '--json',
      ...runs,
    ];
    const drawn = descentProcess(['train', ...other, '--run', 'other'], { env });
    drawn.stdout?.resume();
    drawn.stderr?.resume();
    const model = join(folder, 'runs', 'other', 'segment-002', 'model.safetensors');
    while (!existsSync(model)) await new Promise((resolve) => setTimeout(resolve, 50));
    drawn.kill('SIGKILL');
    const refused = await descent(
      ['train', '--parent', model, ...source, '--lr-units', '4', '--batch', '2', '--account', '1', ...runs],
      { env },
    );
    assert.equal(refused.code, 5, refused.stderr);
    assert.match(refused.stderr, /does not know the parent 0x/);
  });
});
