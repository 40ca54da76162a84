// The example of a search: two parents that know other digits, and the merge of them that knows most, proved and ranked.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { descent, document, temporaryFolder } from '../cli/cli.ts';
import { onChain } from '../cli/onChain.ts';

const SPLIT = join(import.meta.dirname, '..', '..', 'examples', 'evolve', 'split.ts');
const [SHAPE, GENERATIONS] = ['49-32-10', '40'];
/** Points in a hundred of the rows for tests by which examples/evolve/README.md says that the child is ahead, and some room. */
const AHEAD = 10;

describe('the example of an evolved merge', { concurrency: false }, () => {
  const { folder, remove } = temporaryFolder();
  after(remove);
  const env = onChain();
  const file = (name: string) => join(folder, `${name}.safetensors`);
  const run = async (account: string, ...args: string[]) =>
    document(await descent([...args, '--account', account, '--runs', join(folder, 'runs'), '--json'], { env }));

  it('finds a child that is better than both parents on rows for tests, proved and first of a leaderboard', async (test) => {
    const begun = performance.now();
    await promisify(execFile)(process.execPath, [SPLIT, folder]);
    const tests = await run('4', 'data', '--shard-file', file('tests'), '--run', 'tests');
    await run('4', 'submit', tests.edges[0].file);
    const { id: benchmark } = await run('4', 'benchmark', 'open', 'tests', '--uri', 'https://example.org/digits');

    const training = ['--lr', '0.125', '--batch', '8', '--passes', '2'];
    const low = await run(
      '1',
      'train',
      '--seed',
      SHAPE,
      '--head',
      'softmax',
      '--shards',
      file('low'),
      ...training,
      '--run',
      'low',
    );
    const seed = join(folder, 'runs', 'low', 'seed', 'model.safetensors');
    const high = await run('2', 'train', '--parent', seed, '--shards', file('high'), ...training, '--run', 'high');
    const ranking = ['--benchmark', benchmark];
    const parents = [
      await run('1', 'score', '--model', low.model, '--shards', 'tests', ...ranking),
      await run('2', 'score', '--model', high.model, '--shards', 'tests', ...ranking),
    ];

    const search = ['--parents', low.model, high.model, '--dev', file('dev'), '--generations', GENERATIONS];
    const notAll = [
      'evolve',
      ...search,
      '--held-out',
      file('low'),
      ...ranking,
      '--account',
      '3',
      '--run',
      join(folder, 'none'),
    ];
    const refused = await descent(notAll, { env });
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /The shard 0x\w+ of the benchmark is not held out/);
    const evolve = ['evolve', ...search, '--held-out', 'tests', ...ranking, '--run', 'evolved'];
    const child = await run('3', ...evolve);
    const right = parents.map((score) => score.right);
    assert.deepEqual(
      child.heldOut.parents.map((worth: { right: number }) => worth.right),
      right,
      'measured as proved',
    );
    assert.ok(child.beats);
    const { rows } = child.heldOut;
    assert.ok(child.heldOut.right >= Math.max(...right) + (AHEAD / 100) * rows, `${child.heldOut.right}, ${right}`);
    assert.ok(
      child.submission.gas > 0 && child.heldOut.shards[0].submission.gas > 0,
      'child and result are registered',
    );
    assert.equal(child.ranked.value, String(child.heldOut.right));
    assert.match(readFileSync(child.curve, 'utf8'), /^<svg [\s\S]*parent 2/);

    const read = async (...args: string[]) => document(await descent([...args, '--json'], { env }));
    const { standings } = await read('leaderboard', benchmark);
    assert.deepEqual([standings.length, standings[0].model], [3, child.id]);
    const { coefficients } = await read('show', child.id);
    const factors = child.winner.coefficients.map((row: number[]) => row.map((a) => a / 2 ** 14).join(' '));
    assert.deepEqual(coefficients, factors, 'anybody can read the recipe');
    const again = await run('3', ...evolve);
    assert.deepEqual([again.id, again.ranked.sent], [child.id, false], 'nothing is proved or sent twice');

    // Somebody else sends it: the edge is proved and left.
    const trainer = '0x00000000000000000000000000000000000000aa';
    const short = ['--parents', low.model, high.model, '--dev', file('dev'), '--generations', '1', '--anyway'];
    const left = ['evolve', ...short, '--trainer', trainer, '--run', join(folder, 'left'), '--json'];
    const { edges, id } = document(await descent(left, { env }));
    assert.deepEqual([edges.length, id, existsSync(edges[0].file)], [1, undefined, true]);
    const seconds = ((performance.now() - begun) / 1000).toFixed(0);
    test.diagnostic(`parents ${right.join(' and ')}, child ${child.heldOut.right} of ${rows}, ${seconds} s in all`);
  });
});
