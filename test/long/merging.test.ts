// The example of merges by a recipe: what two models learned from a common base, joined by TIES and by DARE, proved and ranked.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { descent, document, temporaryFolder } from '../cli/cli.ts';
import { onChain } from '../cli/onChain.ts';

const EXAMPLES = join(import.meta.dirname, '..', '..', 'examples');
const MERGES = ['average', 'ties', 'dare'];

describe('the example of merges by a recipe', { concurrency: false }, () => {
  const { folder, remove } = temporaryFolder();
  after(remove);
  const env = onChain();
  const file = (name: string) => join(folder, `${name}.safetensors`);
  const end = (run: string) => join(folder, 'runs', run, 'segment-001', 'model.safetensors');
  const run = async (account: string, ...args: string[]) =>
    document(await descent([...args, '--account', account, '--runs', join(folder, 'runs'), '--json'], { env }));

  it('has children of TIES and DARE that are better than both parents, with recipes that anybody reads', async (test) => {
    await promisify(execFile)(process.execPath, [join(EXAMPLES, 'evolve', 'split.ts'), folder]);
    for (const name of ['ties', 'dare'])
      copyFileSync(join(EXAMPLES, 'merging', `${name}.yml`), join(folder, `${name}.yml`));
    const tests = await run('4', 'data', '--shard-file', file('tests'), '--run', 'tests');
    await run('4', 'submit', tests.edges[0].file);
    const { id: benchmark } = await run('4', 'benchmark', 'open', 'tests', '--uri', 'https://example.org/digits');

    const from = ['--seed', '49-32-10', '--head', 'softmax'];
    await run('1', 'train', ...from, '--shards', file('dev'), '--lr', '0.125', '--batch', '8', '--run', 'base');
    const tuning = ['--lr', '0.03125', '--batch', '8'];
    for (const [name, account] of [
      ['low', '1'],
      ['high', '2'],
    ])
      await run(account, 'train', '--parent', end('base'), '--shards', file(name), ...tuning, '--run', name);

    await run('3', 'merge', '--parents', end('low'), end('high'), '--average', '--run', 'average');
    await run('3', 'merge', '--recipe', join(folder, 'ties.yml'), '--run', 'ties');
    await run('3', 'merge', '--recipe', join(folder, 'dare.yml'), '--seed', '7', '--run', 'dare');
    const right: Record<string, number> = {};
    const ids: Record<string, string> = {};
    for (const name of MERGES) {
      const made = join(folder, 'runs', name);
      ids[name] = (await run('3', 'submit', join(made, 'merge.edge.json'))).id;
    }
    for (const name of ['base', 'low', 'high', ...MERGES]) {
      const model = MERGES.includes(name) ? join(folder, 'runs', name, 'model.safetensors') : end(name);
      const score = await run('3', 'score', '--model', model, '--shards', 'tests', '--benchmark', benchmark);
      right[name] = score.right;
    }
    const best = Math.max(right.base, right.low, right.high);
    for (const name of MERGES) assert.ok(right[name] > best, `${name}: ${JSON.stringify(right)}`);

    const read = async (...args: string[]) => document(await descent([...args, '--json'], { env }));
    const { standings } = await read('leaderboard', benchmark);
    assert.equal(standings[0].value, String(Math.max(...MERGES.map((name) => right[name]))));
    const shown = { ties: await read('show', ids.ties), dare: await read('show', ids.dare) };
    assert.deepEqual([shown.ties.kind, shown.ties.method], ['merge', 'TIES']);
    assert.deepEqual(shown.ties.coefficients, ['1 0.5 0.5', '1 0.5 0.5']);
    assert.match(shown.dare.method, /^DARE.*seed 7/);
    test.diagnostic(JSON.stringify(right));
  });
});
