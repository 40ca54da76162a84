import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Hex } from 'viem';
import { type Chain, connect } from '../../scripts/chain/client.ts';
import { deployRegistry } from '../../scripts/chain/deploy.ts';
import { developmentAccount } from '../../scripts/chain/keys.ts';
import { type LocalNode, startLocalNode } from '../../scripts/chain/localNode.ts';
import { modelRegistryAbi } from '../../src/generated/abi.ts';
import { formatRun, parseRun } from '../../src/registry/edgeRun.ts';
import { descent, document, temporaryFolder } from '../cli/cli.ts';

const ALICE = ['--account', '1'];
const BOB = ['--account', '2'];

/** A training run of three segments as a person has it, with the real prover, the real verifiers and a real node. */
describe('a training run of several segments', () => {
  const { folder, remove } = temporaryFolder();
  const many = join(folder, 'runs', 'many');
  const runFile = join(many, 'segment-001-to-segment-003.run.json');
  const table = join(folder, 'points.csv');
  // Eight rows, three times over, two passes each; the model after two segments is a node, and the last.
  const training = [
    ...['train', '--seed', '2-3-2', '--csv', table, '--label', 'name', '--scale', 'min-max', '--epochs', '3'],
    ...['--passes', '2', '--keep-every', '2', '--lr-units', '4', '--batch', '2', '--run', 'many', ...ALICE],
  ];
  let node: LocalNode;
  let chain: Chain;
  let registry: Hex;
  let env: Record<string, string>;
  /** ids of the models after the segments, as the command says them */
  let ids: Hex[];
  before(async () => {
    const rows = Array.from({ length: 8 }, (_, r) => `${(3 * r) % 8},${(5 * r) % 8},${r % 2 === 0 ? 'low' : 'high'}`);
    writeFileSync(table, `a,b,name\n${rows.join('\n')}\n`);
    node = await startLocalNode();
    chain = await connect(node.rpc);
    ({ registry } = await deployRegistry(node.rpc));
    env = { DESCENT_RPC: node.rpc, DESCENT_REGISTRY: registry };
  });
  after(async () => {
    await node.close();
    remove();
  });

  const call = (args: string[], killAt?: { operation: number; folder: string }) =>
    descent([...args, '--runs', join(folder, 'runs')], { env, ...(killAt && { killAt }) });
  const transactions = (index: number) =>
    chain.client.getTransactionCount({ address: developmentAccount(index).address });
  const read = (functionName: 'segmentsOf' | 'shardsOf' | 'trainingOf', ...args: unknown[]) =>
    chain.client.readContract({ address: registry, abi: modelRegistryAbi, functionName, args } as never);

  it('goes on by the same command wherever it was killed, up to its one transaction', async () => {
    for (const [operation, at] of [
      [3, join(many, 'shard-001')],
      [2, join(many, 'segment-002')],
      [1, runFile],
    ] as const) {
      assert.equal((await call(training, { operation, folder: at })).signal, 'SIGKILL', at);
    }
    assert.equal(existsSync(runFile), false);
    const sent = await transactions(1);
    assert.equal((await call(training, { operation: 1, folder: `${runFile}.tx` })).signal, 'SIGKILL');
    const { edges, keep } = parseRun(readFileSync(runFile, 'utf8'));
    assert.deepEqual([edges.length, keep], [3, [false, true, true]]);
    assert.equal(await transactions(1), sent, 'nothing of the segments was sent');
  });

  it('is refused where its file was changed, and verified where it was not', async () => {
    const changed = join(folder, 'changed.run.json');
    const run = JSON.parse(readFileSync(runFile, 'utf8'));
    writeFileSync(changed, JSON.stringify({ ...run, edges: run.edges.toReversed() }));
    assert.equal((await call(['submit', changed, ...ALICE])).code, 3, 'the file contradicts itself');
    writeFileSync(changed, JSON.stringify({ ...run, keep: [true, false] }));
    assert.equal((await call(['verify', changed])).code, 3, 'a word for each segment');
    const honest = parseRun(readFileSync(runFile, 'utf8'));
    const proofs = honest.edges.map(({ proof }) => proof);
    const edges = honest.edges.map((edge, k) => ({ ...edge, proof: proofs[k === 0 ? 1 : k] }));
    writeFileSync(changed, formatRun({ ...honest, edges }));
    assert.equal((await call(['verify', changed])).code, 4);
    const rejected = await call(['submit', changed, ...ALICE]);
    assert.equal(rejected.code, 4, rejected.stderr);
    const found = await call(['verify', runFile, '--json']);
    assert.equal(found.code, 6, found.stderr);
    assert.deepEqual([JSON.parse(found.stdout).verdict, JSON.parse(found.stdout).segments], ['holds', 3]);
    const linked = document(await call(['submit', runFile, '--link', '--site', 'https://example.org/d', '--json']));
    assert.match(linked.link, /^https:\/\/example\.org\/d\/submit#/);
  });

  it('is signed by its trainer and carried by somebody else, and the command finds it registered', async () => {
    assert.equal((await call(['submit', runFile, '--sign', ...BOB])).code, 2, 'only the trainer can sign it');
    const { file } = document(await call(['submit', runFile, '--sign', '--json', ...ALICE]));
    const sent = [await transactions(1), await transactions(2)];
    const carried = document(await call(['submit', file, '--json', ...BOB]));
    assert.deepEqual([await transactions(1), await transactions(2)], [sent[0], sent[1] + 1]);
    ids = carried.ids;
    assert.deepEqual([carried.sent, carried.kept], [true, ids.slice(1)]);
    const finished = document(await call([...training, '--json']));
    assert.deepEqual(
      finished.segments.map(({ proof, submission }: { proof: { id: Hex }; submission: { sent: boolean } }) => [
        proof.id,
        submission.sent,
      ]),
      ids.map((id) => [id, false]),
    );
    assert.equal(await transactions(1), sent[0]);
  });

  it('is two edges on chain: each names its trainings, and each is verified by its id', async () => {
    const [, between, last] = ids;
    assert.deepEqual([await read('segmentsOf', between), await read('segmentsOf', last)], [2n, 1n]);
    const shards = (await read('shardsOf', between)) as Hex[];
    const { shards: made } = document(await call([...training, '--json']));
    assert.deepEqual(shards, [made[0].proof.id, made[0].proof.id]);
    for (const [id, k] of [
      [between, 0n],
      [between, 1n],
      [last, 0n],
    ] as const) {
      assert.deepEqual(await read('trainingOf', id, k), {
        shard: shards[0],
        learningRate: 4n,
        batch: 2n,
        passes: 2n,
        smoothing: 0n,
      });
    }
    const { nodes } = document(await call(['tree', '--json']));
    assert.deepEqual(
      nodes.map(({ id, kind, trainings }: { id: Hex; kind: string; trainings?: unknown[] }) => [
        id,
        kind,
        trainings?.length ?? 0,
      ]),
      [
        [nodes[0].id, 'seed', 0],
        [between, 'train', 2],
        [last, 'train', 1],
      ],
    );
    for (const id of [between, last]) {
      const { code, stdout, stderr } = await call(['verify', id, '--json']);
      assert.deepEqual([code, JSON.parse(stdout).verdict], [6, 'holds'], stderr);
    }
    const found = await call(['verify', runFile, '--json']);
    const open = JSON.parse(found.stdout).checks.filter(({ holds }: { holds: unknown }) => holds !== true);
    assert.deepEqual(
      open.map(({ about }: { about: string }) => about),
      ['keys'],
      found.stderr,
    );
  });

  it('is proved for a wallet too: the files are made and nothing is sent', async () => {
    const last = join(many, 'segment-003', 'model.safetensors');
    const shard = join(many, 'shard-001', 'shard-0.safetensors');
    const options = ['--epochs', '2', '--lr-units', '4', '--batch', '2', '--run', 'wallet'];
    const trained = ['train', '--parent', last, '--shards', shard, ...options, '--runs', join(folder, 'runs')];
    assert.equal((await descent(trained, { env: { DESCENT_REGISTRY: '' } })).code, 0);
    const sent = await transactions(1);
    const { address } = developmentAccount(1);
    const proved = document(await call(['prove', 'wallet', '--trainer', address, '--json']));
    const file = join(folder, 'runs', 'wallet', 'segment-001-to-segment-002.run.json');
    assert.deepEqual([proved.files, await transactions(1)], [[file], sent]);
    const submitted = document(await call(['submit', file, '--json', ...ALICE]));
    assert.deepEqual([submitted.sent, submitted.kept.length], [true, 1]);
  });
});
