import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Chain, connect } from '../../scripts/chain/client.ts';
import { deployRegistry } from '../../scripts/chain/deploy.ts';
import { developmentAccount } from '../../scripts/chain/keys.ts';
import { type LocalNode, startLocalNode } from '../../scripts/chain/localNode.ts';
import { writeWeights } from '../../src/model/weightsFile.ts';
import { seedWeights } from '../../src/training/seed.ts';
import { descent, descentProcess, document, smallInputs, temporaryFolder } from '../cli/cli.ts';

const ALICE = ['--account', '1'];
const BOB = ['--account', '2'];

/** Everything a person does, with the command line, the real prover, the real verifiers and a real node. */
describe('from data to the tree', () => {
  const { folder, remove } = temporaryFolder();
  const inputs = smallInputs(folder);
  let node: LocalNode;
  let chain: Chain;
  let env: Record<string, string>;
  before(async () => {
    node = await startLocalNode();
    chain = await connect(node.rpc);
    const { registry } = await deployRegistry(node.rpc);
    env = { DESCENT_RPC: node.rpc, DESCENT_REGISTRY: registry };
  });
  after(async () => {
    await node.close();
    remove();
  });

  const run = (name: string) => join(folder, 'runs', name);
  const call = (...args: string[]) => descent([...args, '--runs', join(folder, 'runs')], { env });
  const transactions = (index: number) =>
    chain.client.getTransactionCount({ address: developmentAccount(index).address });

  it('a shard is proved and registered', async () => {
    const { shards, edges } = document(
      await call('data', '--shard-file', inputs.shard, '--run', 'digits', '--json', ...ALICE),
    );
    assert.equal(shards.length, 1);
    const submitted = document(await call('submit', edges[0].file, '--json', ...ALICE));
    assert.equal(submitted.sent, true);
    assert.equal(submitted.id, edges[0].id);
    const shown = document(await call('show', submitted.id, '--json'));
    assert.deepEqual(
      [shown.what, shown.rows, shown.inputs, shown.outputs, shown.kind],
      ['shard', 8, 4, 2, 'regression'],
    );
    assert.equal(shown.owner, developmentAccount(1).address);
  });

  it('a seed is drawn once, however often the command is killed while it draws', async () => {
    const args = ['seed', '--shape', '4-3-2', '--run', run('start'), ...ALICE];
    const sent = await transactions(1);
    for (let operation = 2; operation <= 23; operation += 3) {
      const { signal } = await descent(args, { env, killAt: { operation, folder: run('start') } });
      assert.equal(signal, 'SIGKILL', `write ${operation}`);
    }
    const { edges, model } = document(await descent([...args, '--json'], { env }));
    assert.equal(await transactions(1), sent + 1, 'one request');
    assert.ok(existsSync(model));
    const site = ['--site', 'https://example.org/d'];
    const made = document(await call('submit', edges[0].file, '--json', ...site, ...ALICE));
    assert.equal(made.page, `https://example.org/d/model/${made.id}`);
    assert.equal('link' in made, false, 'the link is for --link');
    const { runs } = document(await call('runs', '--json'));
    const listed = runs.find(({ name }: { name: string }) => name === 'start');
    assert.equal(listed.progress, 'registered');
    assert.ok(listed.gas > made.gas, 'the request of the seed took gas too');
    const { nodes } = document(await call('tree', '--json'));
    assert.deepEqual(
      nodes.map((node: { kind: string; id: string }) => [node.kind, node.id]),
      [['seed', edges[0].id]],
    );
  });

  it('a step is trained, its proof is killed and made again, and it hangs below the seed', async () => {
    const shard = join(run('digits'), 'shard-0.safetensors');
    const parent = join(run('start'), 'model.safetensors');
    document(
      await call(
        'train',
        '--parent',
        parent,
        '--shard',
        shard,
        '--lr-units',
        '4',
        '--batch',
        '2',
        '--run',
        'first',
        '--json',
      ),
    );
    const model = readFileSync(join(run('first'), 'model.safetensors'));

    await killWhenItSays(['prove', run('first'), ...ALICE], env, /prove train \.\.\./);
    assert.deepEqual(
      readdirSync(run('first')).filter((name) => name.endsWith('.edge.json')),
      [],
    );

    const { edges } = document(await call('prove', 'first', '--json', ...ALICE));
    assert.deepEqual(readFileSync(join(run('first'), 'model.safetensors')), model, 'the weights are the same');
    const again = document(await call('prove', 'first', '--json', ...ALICE));
    assert.deepEqual(again, JSON.parse(JSON.stringify({ run: run('first'), edges })), 'nothing is proved twice');
    document(await call('submit', edges[0].file, '--json', ...ALICE));

    const { nodes } = document(await call('tree', '--json'));
    assert.equal(nodes.length, 2);
    assert.deepEqual([nodes[1].kind, nodes[1].depth, nodes[1].parent], ['train', 1, nodes[0].id]);
    const [{ shard: taken, learningRate, batch, passes }, ...others] = nodes[1].trainings;
    assert.deepEqual([learningRate, batch, passes, others.length], [4, 2, 1, 0]);
    assert.ok(nodes[1].gas < 650_000, `${nodes[1].gas} gas`);
    assert.match((await call('tree')).stdout, /^seed 0x.*depth 0.*4-3-2.*\n└─ train 0x.*depth 1/);
    const shown = document(await call('show', nodes[0].id, '--json'));
    assert.deepEqual(shown.children, [nodes[1].id]);

    const exported = document(await call('export', join(run('first'), 'model.safetensors'), '--to', 'onnx', '--json'));
    assert.equal(exported.metadata['descent.model'], nodes[1].id);
    assert.deepEqual(JSON.parse(exported.metadata['descent.lineage']), [
      { id: nodes[1].id, parents: [nodes[0].id], shards: [taken] },
      { id: nodes[0].id, parents: [] },
    ]);
    const stranger = join(folder, 'stranger.safetensors');
    writeFileSync(stranger, writeWeights(seedWeights({ widths: [4, 3, 2], head: 'squared error' }, 9n, 9n)));
    const refused = await call('export', stranger, '--to', 'onnx');
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /does not hold the model 0x/);
  });

  it('an edge is registered once: killed before each of its writes, and again afterwards', async () => {
    const parent = join(run('first'), 'model.safetensors');
    const shard = join(run('digits'), 'shard-0.safetensors');
    await call('train', '--parent', parent, '--shard', shard, '--lr-units', '4', '--batch', '4', '--run', 'second');
    const { edges } = document(await call('prove', 'second', '--json', ...BOB));
    const sent = await transactions(2);
    // open, write, fsync, rename, open folder, fsync folder of the signed transaction
    for (let operation = 1; operation <= 6; operation++) {
      const { signal } = await descent(['submit', edges[0].file, ...BOB], {
        env,
        killAt: { operation, folder: run('second') },
      });
      assert.equal(signal, 'SIGKILL', `write ${operation}`);
    }
    const first = document(await call('submit', edges[0].file, '--json', ...BOB));
    const second = document(await call('submit', edges[0].file, '--json', ...BOB));
    assert.equal(second.transaction, first.transaction);
    assert.equal(await transactions(2), sent + 1);
    // Someone without the journal learns that it is there.
    const copy = join(folder, 'copy.edge.json');
    writeFileSync(copy, readFileSync(edges[0].file));
    assert.equal(document(await call('submit', copy, '--json', ...BOB)).sent, false);
  });

  it('an edge serves its trainer only', async () => {
    const edge = join(run('first'), 'train.edge.json');
    const foreign = await call('submit', edge, ...BOB);
    assert.equal(foreign.code, 2);
    assert.match(foreign.stderr, /was proved for 0x7099.*the key is of 0x3C44/);
  });

  it('a proof that was tampered with is rejected by the contract, with exit code 4', async () => {
    const parent = join(run('first'), 'model.safetensors');
    const shard = join(run('digits'), 'shard-0.safetensors');
    await call('train', '--parent', parent, '--shard', shard, '--lr-units', '1', '--batch', '8', '--run', 'third');
    const { edges } = document(await call('prove', 'third', '--json', ...ALICE));
    const forged = join(folder, 'forged.edge.json');
    const edge = JSON.parse(readFileSync(edges[0].file, 'utf8'));
    // (a, b, c) -> (a, b, a): every value stays a point of its curve
    const { groth16 } = edge.proof;
    groth16[6] = groth16[0];
    groth16[7] = groth16[1];
    writeFileSync(forged, JSON.stringify(edge));
    assert.equal((await call('submit', forged, ...ALICE)).code, 3, 'the file contradicts itself');
    const { formatEdge, parseEdge } = await import('../../src/registry/edge.ts');
    const honest = parseEdge(readFileSync(edges[0].file, 'utf8'));
    writeFileSync(forged, formatEdge({ ...honest, proof: { ...honest.proof, groth16: groth16.map(BigInt) } }));
    assert.equal((await call('verify', forged)).code, 4, 'a stranger sees it too');
    const rejected = await call('submit', forged, ...ALICE);
    assert.equal(rejected.code, 4, rejected.stderr);
    assert.match(rejected.stderr, /ProofRejected/);
  });

  it('a trainer signs an edge, somebody else pays for it, and the trainer has it', async () => {
    const edge = join(run('third'), 'train.edge.json');
    assert.equal((await call('submit', edge, '--sign', ...BOB)).code, 2, 'only the trainer can sign it');
    const sent = [await transactions(1), await transactions(2)];
    const { file, id, trainer } = document(await call('submit', edge, '--sign', '--json', ...ALICE));
    assert.deepEqual([file, trainer], [join(run('third'), 'train.signed.json'), developmentAccount(1).address]);
    const changed = join(folder, 'changed.signed.json');
    const request = JSON.parse(readFileSync(file, 'utf8'));
    const late = (Number(request.deadline) + 3600).toString();
    const typedData = { ...request.typedData, message: { ...request.typedData.message, deadline: late } };
    writeFileSync(changed, JSON.stringify({ ...request, deadline: late }));
    assert.equal((await call('submit', changed, ...BOB)).code, 3, 'the file contradicts itself');
    writeFileSync(changed, JSON.stringify({ ...request, deadline: late, typedData }));
    const refused = await call('submit', changed, ...BOB);
    assert.equal(refused.code, 5);
    assert.match(refused.stderr, /WrongSignature/);

    const carried = document(await call('submit', file, '--json', ...BOB));
    assert.deepEqual([carried.sent, carried.id], [true, id]);
    assert.deepEqual([await transactions(1), await transactions(2)], [sent[0], sent[1] + 1]);
    const shown = document(await call('show', id, '--json'));
    assert.equal(shown.trainer, developmentAccount(1).address);
    const found = await call('verify', id, '--json');
    assert.equal(found.code, 6, found.stderr);
    const { verdict, trainer: by } = JSON.parse(found.stdout);
    assert.deepEqual([verdict, by], ['holds', shown.trainer], 'the relay carried its proof');
    // Whoever sends it after that learns that it is there.
    const copy = join(folder, 'copy.signed.json');
    writeFileSync(copy, readFileSync(file));
    assert.equal(document(await call('submit', copy, '--json', '--account', '3')).sent, false);
  });
});

/** Starts a command and kills it as soon as it says something and has worked on for a moment. */
function killWhenItSays(args: string[], env: Record<string, string>, words: RegExp): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = descentProcess(args, { env });
    let said = '';
    child.stderr?.on('data', (data) => {
      said += data;
      if (words.test(said)) setTimeout(() => child.kill('SIGKILL'), 500);
    });
    child.on('close', (_code, signal) => {
      if (signal === 'SIGKILL') resolve();
      else reject(new Error(`it ended by itself: ${said}`));
    });
  });
}
