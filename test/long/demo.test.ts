import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Hex } from 'viem';
import { connect } from '../../scripts/chain/client.ts';
import { developmentAccount } from '../../scripts/chain/keys.ts';
import { DEPLOYMENT_FILE } from '../../scripts/chain/pageDeployment.ts';
import { readTree } from '../../scripts/chain/readRegistry.ts';
import { readLeaderboard } from '../../scripts/chain/readScoreboard.ts';
import { accuracyOf } from '../../scripts/demo/accuracy.ts';
import { MODELS as SCENARIO_MODELS } from '../../scripts/demo/scenario.ts';
import { readShardFile, readWeightsFile } from '../../scripts/files/models.ts';
import { modelCardsAbi } from '../../src/generated/abi.ts';
import { descentProcess, temporaryFolder } from '../cli/cli.ts';

const ROWS = 16;
const MODELS = ['start', 'first', 'second', 'tuned', 'branch', 'merged'];

/** The demo as `npm run demo -- --keep-node` runs it, with 16 rows a shard: real proofs, verifiers and node. */
describe('the demo', () => {
  const { folder, remove } = temporaryFolder();
  const child = descentProcess(['demo', '--rows', `${ROWS}`, '--runs', folder, '--keep-node', '--json']);
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  // biome-ignore lint/suspicious/noExplicitAny: a document as a script would read it
  let result: any;
  before(async () => {
    let stdout = '';
    let stderr = '';
    child.stderr?.on('data', (data) => {
      stderr += data;
    });
    result = await new Promise((resolve, reject) => {
      child.stdout?.on('data', (data) => {
        stdout += data;
        if (stdout.endsWith('}\n')) resolve(JSON.parse(stdout));
      });
      child.once('close', () => reject(new Error(`it ended before its result: ${stderr}`)));
    });
  });
  after(() => {
    child.kill('SIGKILL');
    remove();
  });

  // biome-ignore lint/suspicious/noExplicitAny: see above
  const step = (kind: string, key: string) => result.steps.find((it: any) => it.kind === kind && it.key === key);
  const idOf = (key: string): Hex => result.steps.find((it: { key: string }) => it.key === key).id;
  const weights = (key: string) => readWeightsFile(join(folder, 'demo', key, 'model.safetensors'));
  const exam = () => readShardFile(join(folder, 'demo', 'exam', 'shard-0.safetensors'));

  it('proves four shards, a seed, four trainings, a merge and six scores', () => {
    const kinds = result.steps.map(({ kind }: { kind: string }) => kind);
    const count = (kind: string) => kinds.filter((it: string) => it === kind).length;
    assert.deepEqual(['data', 'seed', 'train', 'merge', 'score'].map(count), [4, 1, 4, 1, 6]);
  });

  it('leaves a tree in which the merge has a parent of Alice and one of Bob', async () => {
    const nodes = await readTree(await connect(result.rpc), result.registry);
    assert.deepEqual(new Set(nodes.map(({ id }) => id)), new Set(MODELS.map(idOf)));
    const merged = nodes.find(({ kind }) => kind === 'merge')!;
    assert.deepEqual(merged.merge?.parents, [idOf('second'), idOf('branch')]);
    assert.deepEqual(merged.merge?.coefficients, [
      [2 ** 13, 2 ** 13],
      [2 ** 13, 2 ** 13],
    ]);
    const trainers = merged.merge?.parents.map((id) => nodes.find((node) => node.id === id)?.trainer);
    assert.deepEqual(
      trainers,
      [1, 2].map((index) => developmentAccount(index).address),
    );
  });

  it('ranks the best model of each trainer by what it gets right of the exam', async () => {
    const board = await readLeaderboard(await connect(result.rpc), result.scoreboard, result.benchmark);
    const standings = board.map(({ model, value, rows }) => ({ model, right: Number(value), rows }));
    assert.deepEqual(result.leaderboard, standings);
    const rightOf = (key: string) => ROWS * accuracyOf(weights(key), [exam()]);
    for (const trainer of ['Alice', 'Bob']) {
      const keys = SCENARIO_MODELS.filter((model) => model.trainer === trainer).map(({ key }) => key);
      const places = keys.flatMap((key) => standings.filter(({ model }) => model === idOf(key)));
      assert.equal(places.length, 1, `one place for ${trainer}`);
      const key = keys.find((each) => idOf(each) === places[0].model)!;
      assert.deepEqual(places[0], { model: idOf(key), right: Math.max(...keys.map(rightOf)), rows: ROWS });
      assert.equal(rightOf(key), places[0].right);
    }
    assert.equal(standings.length, 2);
    const right = standings.map((standing) => standing.right);
    assert.deepEqual(
      right,
      [...right].sort((a, b) => b - a),
    );
  });

  it('names every model on its card', async () => {
    const { client } = await connect(result.rpc);
    for (const { key, title } of SCENARIO_MODELS) {
      const card = { address: result.cards, abi: modelCardsAbi, functionName: 'card', args: [idOf(key)] } as const;
      assert.deepEqual(await client.readContract(card), [title, '']);
    }
  });

  it('measures each model before and after', () => {
    assert.deepEqual(step('seed', 'start').accuracy.before, []);
    assert.deepEqual(step('train', 'tuned').accuracy.before, [step('train', 'second').accuracy.after]);
    assert.deepEqual(
      step('merge', 'merged').accuracy.before,
      ['second', 'branch'].map((key) => step('train', key).accuracy.after),
    );
  });

  it('tells the page of its chain while that runs, and ends with it', async () => {
    const told = JSON.parse(readFileSync(DEPLOYMENT_FILE, 'utf8'));
    const { rpc, registry, scoreboard, chainId } = result;
    assert.deepEqual(
      [told.rpc, told.registry, told.scoreboard, told.chainId, told.devKeys],
      [rpc, registry, scoreboard, chainId, true],
    );
    assert.deepEqual(Object.keys(told.people), ['Alice', 'Bob']);
    child.kill('SIGTERM');
    assert.equal(await ended, 0);
    assert.equal(existsSync(DEPLOYMENT_FILE), false);
    await assert.rejects(connect(rpc), /No node answers/);
  });
});
