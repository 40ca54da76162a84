// What a person is told of lineages and scores, on a chain where one benchmark holds rows that a model was trained on.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { parseEdge } from '../../src/registry/edge.ts';
import { benchmarkName } from '../../web/lib/names.ts';
import { proquint } from '../../web/lib/proquint.ts';
import { descent } from '../cli/cli.ts';
import { SEEN_URI } from './support/scenario.ts';
import { leave, openTestBed, type TestBed } from './support/testBed.ts';

let testBed: TestBed;
before(async () => {
  testBed = await openTestBed();
});

const PATIENCE = 120_000;

/** The edge file of a model's score on the first benchmark. */
const scoreFile = (model: string) => join(testBed.ledger.folder, `score-${model.slice(2, 8)}.edge.json`);

/** What it states. */
function scoreStatement(model: string) {
  const { statement } = parseEdge(readFileSync(scoreFile(model), 'utf8'));
  if (statement.program !== 'score' || statement.counts === null) assert.fail('no score with counts');
  return { ...statement, counts: statement.counts };
}

/** Places in the scenario. */
const [SEED, FIRST, SECOND, TUNED, BRANCH, MERGED] = [0, 1, 2, 3, 4, 9];
const html = async (path: string) => (await fetch(`${testBed.server.origin}${path}`)).text();

describe('the lineage of a merge', () => {
  it('is drawn and summed over both parents on its page, in its picture and in its description', async () => {
    const { models } = testBed.scenario;
    const { id } = models[MERGED];
    const session = await testBed.open();
    const { page } = session;
    await page.goto(`${testBed.server.origin}/model/${id}`);
    const lineage = page.getByTestId('lineage');
    for (const k of [SEED, FIRST, SECOND, TUNED, BRANCH])
      assert.equal(await lineage.locator(`a[href="/model/${models[k].id}"]`).count(), 1, `model ${k}`);
    // Four training edges of 8 steps on 64 rows; tuned and branch used one shard.
    assert.equal(
      await page.getByTestId('lineage-sums').innerText(),
      '5 ancestors, 6 edges and 1 origin. 32 training steps used 256 rows. With each shard counted once, these are 192 rows of 3 shards.',
    );
    await leave(session);
    assert.ok((await html(`/model/${id}`)).includes('network with 5 ancestors by 6 edges'));
  });

  it('counts on both sides when it is compared', async () => {
    const { models } = testBed.scenario;
    const session = await testBed.open();
    const { page } = session;
    await page.goto(`${testBed.server.origin}/compare?a=${models[MERGED].id}&b=${models[TUNED].id}`);
    const cells = async (name: string) => (await page.getByRole('row', { name }).innerText()).split(/\s+/).slice(-2);
    assert.deepEqual(await cells('Steps in all'), ['32', '24']);
    assert.deepEqual(await cells('Rows, each use'), ['256', '192']);
    assert.deepEqual(await cells('Rows, each shard once'), ['192', '192']);
    assert.deepEqual(await cells('Edges'), ['6', '3']);
    const only = page.getByRole('region', { name: 'Only the first’s' });
    assert.ok((await only.innerText()).includes(proquint(models[BRANCH].id)));
    await page.goto(`${testBed.server.origin}/compare?a=${models[MERGED].id}&b=0x${'12'.repeat(32)}`);
    await page.getByText(/^No model 0x1212…1212 is registered here/).waitFor();
    await leave(session);
  });
});

describe('scores', () => {
  it('are shown nowhere until a benchmark is chosen, and then with its name', async () => {
    const { models, benchmark } = testBed.scenario;
    const { id } = models[TUNED];
    for (const path of ['/', '/leaderboard', `/model/${id}`]) assert.doesNotMatch(await html(path), /\d\d\.\d %/, path);
    assert.doesNotMatch(await html('/api/graph'), /"score"/);
    const name = benchmarkName({ id: benchmark, uri: 'https://example.org/digits/test' });
    for (const path of ['/', '/leaderboard', `/model/${id}`]) {
      const text = await html(`${path}?benchmark=${benchmark}`);
      assert.match(text, /\d+\.\d %/, path);
      assert.ok(text.includes(name), path);
    }
    assert.match(
      await html(`/model/${id}?benchmark=0x${'12'.repeat(32)}`),
      /The benchmark that the link names is not here/,
    );
  });

  it('on rows that were trained on are flagged and ranked apart on every page, and counted', async () => {
    const { models, seen } = testBed.scenario;
    const session = await testBed.open();
    const { page } = session;
    await page.goto(`${testBed.server.origin}/leaderboard?benchmark=${seen}`);
    assert.match(
      await page.getByTestId('kinds').innerText(),
      /^1 result that can be compared\. 1 result is set apart: 1 of models that were trained on these rows\./,
    );
    const apart = page.getByRole('region', { name: 'Set apart', exact: true });
    await apart.getByText('trained on these rows', { exact: true }).waitFor();
    assert.equal(await apart.locator(`a[href="/model/${models[TUNED].id}"]`).count(), 1);
    const ranked = page.getByRole('region', { name: 'Scores', exact: true });
    assert.equal(await ranked.locator('tbody tr').count(), 1);
    assert.equal(await ranked.getByTestId('mark').count(), 0);

    await page.goto(`${testBed.server.origin}/?benchmark=${seen}`);
    await page.getByText('1 result of models that were trained on these rows').waitFor();
    assert.equal(await page.getByTestId('board-top').locator('li').count(), 1);

    await page.goto(`${testBed.server.origin}/model/${models[TUNED].id}?benchmark=${seen}`);
    await page.getByTestId('score').getByText('trained on these rows', { exact: true }).waitFor();
    assert.ok((await page.getByTestId('score').innerText()).includes(SEEN_URI));

    await page.goto(`${testBed.server.origin}/compare?a=${models[FIRST].id}&b=${models[TUNED].id}&benchmark=${seen}`);
    assert.equal(
      await page
        .getByRole('row', { name: /^Score/ })
        .getByTestId('mark')
        .count(),
      1,
    );

    await page.goto(`${testBed.server.origin}/tree?view=table&benchmark=${seen}`);
    const row = page.getByRole('row').filter({ has: page.locator(`a[href="/model/${models[TUNED].id}"]`) });
    await row.getByText('trained on these rows', { exact: true }).waitFor();
    await page.goto(`${testBed.server.origin}/tree?benchmark=${seen}`);
    const daggers = page.locator('.react-flow__node').filter({ hasText: '†' });
    await daggers.first().waitFor();
    assert.equal(await daggers.count(), 1);
    await leave(session);

    const json = JSON.parse(await html(`/api/leaderboard/${seen}`));
    const plain = (list: { model: string; trainedOnTheseRows: boolean }[]) =>
      list.map(({ model, trainedOnTheseRows }) => [model, trainedOnTheseRows]);
    assert.deepEqual(plain(json.entries), [[models[FIRST].id, false]]);
    assert.deepEqual(plain(json.apart), [[models[TUNED].id, true]]);
    assert.match(
      await html(`/model/${models[TUNED].id}?benchmark=${seen}`),
      /rows right on [^<]*, but trained on these rows\./,
    );
  });

  it('have their measures beside them: rows on top, and a confusion matrix whose numbers are those of the proof', async () => {
    const { models, benchmark } = testBed.scenario;
    const { id } = models[FIRST];
    const { top, k, counts } = scoreStatement(id);
    const list = Array.from({ length: 100 }, (_, at) => counts[at]);
    const session = await testBed.open();
    const { page } = session;
    await page.goto(`${testBed.server.origin}/model/${id}?benchmark=${benchmark}`);
    const said = page.getByTestId('measures');
    assert.equal(k, 5);
    await said.getByText(`label among the 5 highest in at least ${top} of 64 rows`).waitFor();
    // With squared error there is no log-loss.
    assert.equal(await said.getByText('Log-loss').count(), 0);
    const table = said.getByRole('table', { name: /by label.* predicted class/ });
    assert.deepEqual(await table.getByRole('cell').filter({ hasText: /\d/ }).allInnerTexts(), list.map(String));
    const lines = await table.getByRole('rowheader').allInnerTexts();
    assert.deepEqual(lines, ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
    const hidden = 64 - list.reduce((sum, value) => sum + value, 0);
    const shown =
      hidden === 0 ? 'All 64 rows are shown' : `${hidden} of 64 rows ${hidden === 1 ? 'is' : 'are'} not shown`;
    assert.ok((await said.innerText()).includes(shown));
    // They belong to a chosen benchmark, as the score does.
    await page.goto(`${testBed.server.origin}/model/${id}`);
    await page.getByText('No benchmark is chosen.').waitFor();
    assert.equal(await said.count(), 0);
    await leave(session);
  });

  it('are decoded from an edge file with all that it states', async () => {
    const { id } = testBed.scenario.models[FIRST];
    const { result, top, counts } = scoreStatement(id);
    const session = await testBed.open();
    const { page } = session;
    await page.goto(`${testBed.server.origin}/verify`);
    await page.getByTestId('file').setInputFiles(scoreFile(id));
    const says = page.getByRole('region', { name: 'What it says' });
    await says.getByText(`at least ${result} of 64 rows right`).waitFor();
    await says.getByText(`label among the 5 highest in at least ${top} of 64 rows`).waitFor();
    const cells = says.getByRole('table').getByRole('cell').filter({ hasText: /\d/ });
    assert.deepEqual(await cells.allInnerTexts(), [...counts].map(String));
    await page.locator('[data-check=event][data-state=good]').waitFor({ timeout: PATIENCE });
    await leave(session);
  });

  it('change with the benchmark that is chosen in the tree, and the link keeps it', async () => {
    const { models, benchmark, seen } = testBed.scenario;
    const session = await testBed.open();
    const { page } = session;
    await page.goto(`${testBed.server.origin}/tree`);
    const scored = page.locator('.react-flow__node').filter({ hasText: /\d %/ });
    await page.locator('.react-flow__node').first().waitFor();
    assert.equal(await scored.count(), 0);
    const choose = async (id: string, nodes: number) => {
      await page.getByLabel('Benchmark', { exact: true }).selectOption(id);
      await page.waitForFunction(
        (wanted) =>
          Array.from(document.querySelectorAll('.react-flow__node')).filter(({ textContent }) =>
            /\d %/.test(textContent ?? ''),
          ).length === wanted,
        nodes,
      );
    };
    await choose(benchmark, 4);
    assert.ok(page.url().endsWith(`/tree?benchmark=${benchmark}`));
    await choose(seen, 2);
    assert.ok((await page.getByTestId('scores-of').innerText()).includes(SEEN_URI));
    await choose('none', 0);
    await page.goto(`${testBed.server.origin}/model/${models[TUNED].id}/tree?benchmark=${seen}`);
    await scored.nth(1).waitFor();
    await leave(session);
  });
});

describe('the command line on the same chain', () => {
  const run = async (...args: string[]) => {
    const { rpc, registry, scoreboard } = testBed.ledger.place;
    const env = { DESCENT_RPC: rpc, DESCENT_REGISTRY: registry, DESCENT_SCOREBOARD: scoreboard };
    const { code, stdout, stderr } = await descent(args, { env });
    assert.equal(code, 0, stderr);
    return stdout;
  };

  it('ranks apart who was trained on the rows, and counts them', async () => {
    const { models, seen, benchmark } = testBed.scenario;
    const { standings, apart } = JSON.parse(await run('leaderboard', seen, '--json'));
    const plain = (list: { place: number; model: string; trainedShards: number }[]) =>
      list.map(({ place, model, trainedShards }) => [place, model, trainedShards]);
    assert.deepEqual(plain(standings), [[1, models[FIRST].id, 0]]);
    assert.deepEqual(plain(apart), [[1, models[TUNED].id, 1]]);
    const text = await run('leaderboard', seen);
    assert.match(text, /Set apart, 1 of 2 results:.*trained on these rows/s);
    assert.match(text, /themselves or an ancestor: 1\./);
    assert.match(await run('leaderboard', benchmark), /themselves or an ancestor: 0\./);
  });

  it('shows the sums over both parents of a merge, and results with their benchmarks', async () => {
    const { models, seen, benchmark } = testBed.scenario;
    const merged = JSON.parse(await run('show', models[MERGED].id, '--json'));
    const { ancestors, edges, origins, steps, rowsUsed, rowsOfDifferentShards, shards } = merged;
    assert.deepEqual(
      [ancestors, edges, origins, steps, rowsUsed, rowsOfDifferentShards, shards],
      [5, 6, 1, 32, 256, 192, 3],
    );
    assert.equal(merged.parent, undefined, 'no parent before the other');
    const tuned: string[] = JSON.parse(await run('show', models[TUNED].id, '--json')).results;
    const of = (id: string) => tuned.find((line) => line.includes(id))!;
    assert.match(of(seen), /^\d+ of 64 rows right .* "https:.*the real one"; trained on these rows$/);
    assert.doesNotMatch(of(benchmark), /trained on/);
  });
});
