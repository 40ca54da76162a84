import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Hex } from 'viem';
import { type Chain, connect } from '../../scripts/chain/client.ts';
import { type Deployment, deployRegistry } from '../../scripts/chain/deploy.ts';
import { developmentAccount } from '../../scripts/chain/keys.ts';
import { type LocalNode, startLocalNode } from '../../scripts/chain/localNode.ts';
import { readResult } from '../../scripts/chain/readRegistry.ts';
import { modelRegistryAbi } from '../../src/generated/abi.ts';
import { parseEdge } from '../../src/registry/edge.ts';
import { subjectOf } from '../../src/registry/statement.ts';
import { descent, document, temporaryFolder } from '../cli/cli.ts';

const IRIS = fileURLToPath(new URL('../corpus/tables/iris-sorted.csv', import.meta.url));
const SITE = 'https://example.org';

/** The one command from a table to a proved model, with the real prover, the real verifiers and a real node. */
describe('a fit of iris', { concurrency: false }, () => {
  const { folder, remove } = temporaryFolder();
  const runs = join(folder, 'runs');
  const at = (...path: string[]) => join(runs, 'iris', ...path);
  let node: LocalNode;
  let chain: Chain;
  let deployment: Deployment;
  before(async () => {
    node = await startLocalNode();
    chain = await connect(node.rpc);
    deployment = await deployRegistry(node.rpc);
  });
  after(async () => {
    await node.close();
    remove();
  });

  const fit = (args: string[], killAt?: { operation: number; folder: string }) => {
    const env = {
      DESCENT_RPC: node.rpc,
      DESCENT_REGISTRY: deployment.registry,
      DESCENT_SCOREBOARD: deployment.scoreboard,
      DESCENT_SITE: SITE,
    };
    // Short segments: what is tried and chosen besides is left to the command.
    const given = ['--label', 'species', '--passes', '32', '--epochs', '2', '--schedule', 'cosine', '--run', 'iris'];
    const call = ['fit', IRIS, ...given, '--account', '1', '--runs', runs, ...args];
    return descent(call, { env, ...(killAt && { killAt }) });
  };
  const sent = () => chain.client.getTransactionCount({ address: developmentAccount(1).address });

  it('says proofs, time, gas and balance first, and sends nothing', async () => {
    const { costs, funds } = document(await fit(['--dry-run', '--json']));
    assert.deepEqual(
      costs.proofs.map(({ program, count }: { program: string; count: number }) => `${count} ${program}`),
      ['1 seed', '1 data', '1 data', '2 train', '1 score'],
    );
    assert.ok(BigInt(funds.held) > BigInt(funds.needed) && BigInt(funds.needed) > 0n);
    assert.equal(await sent(), 0);
  });

  it('goes on by the same command wherever it was killed, to a model that is scored on rows it never saw', async () => {
    for (const [operation, where] of [
      [1, at('held-out-001')],
      [2, at('training', 'segment-002')],
      [1, at('score')],
    ] as const) {
      assert.equal((await fit([], { operation, folder: where })).signal, 'SIGKILL', where);
    }
    const before = await sent();
    const made = document(await fit(['--json']));
    assert.equal(await sent(), before + 1, 'the result alone was not sent yet');

    const { id, scores, evaluation, settings } = made;
    assert.ok(made.page.startsWith(`${SITE}/model/${id}`), made.page);
    const call = { address: deployment.registry, abi: modelRegistryAbi } as const;
    assert.equal(await chain.client.readContract({ ...call, functionName: 'segmentsOf', args: [id] }), 2n);
    const rates: number[] = [];
    for (const k of [0n, 1n]) {
      const training = await chain.client.readContract({ ...call, functionName: 'trainingOf', args: [id, k] });
      assert.deepEqual([Number(training.batch), Number(training.passes)], [settings.batch, 32]);
      rates.push((Number(training.learningRate) * settings.batch) / 4096);
    }
    assert.equal(rates[0], settings.lr);
    assert.ok(Math.abs(rates[1] - settings.lr / 2) <= settings.batch / 8192, 'half of a cosine');

    const [score] = scores;
    assert.deepEqual([score.rows, evaluation.rows, evaluation.right], [30, 30, score.right]);
    assert.ok(score.right >= 26, `${score.right} of 30 right`);
    assert.equal(
      evaluation.confusion.flat().reduce((sum: number, count: number) => sum + count, 0),
      30,
    );

    const again = document(await fit(['--json']));
    assert.deepEqual([again.id, again.scores[0].right, await sent()], [id, score.right, before + 1]);
    assert.ok(existsSync(made.config));
    const { statement } = parseEdge(readFileSync(join(score.folder, score.proof.file), 'utf8'));
    const stored = await readResult(chain, deployment.scoreboard, id as Hex, subjectOf(statement).shard!.id);
    assert.equal(stored?.value, BigInt(score.right));
  });
});
