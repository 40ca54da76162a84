// What leaderboard and comparison say of the measures that scores prove beside the result.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import type { Locator } from 'playwright-core';
import { atMost, lossPerRow } from '../../src/model/measures.ts';
import { parseEdge } from '../../src/registry/edge.ts';
import { leave, openTestBed, type TestBed } from './support/testBed.ts';

let testBed: TestBed;
before(async () => {
  testBed = await openTestBed();
});

/** Places in the scenario: the last is a softmax, the others are not. */
const [FIRST, TUNED, MERGED, SOFTMAX] = [1, 3, 9, 10];
const ROWS = 64;

/** What the score of a model on the first benchmark states. */
function stated(place: number) {
  const { id } = testBed.scenario.models[place];
  const { statement } = parseEdge(
    readFileSync(join(testBed.ledger.folder, `score-${id.slice(2, 8)}.edge.json`), 'utf8'),
  );
  if (statement.program !== 'score' || statement.counts === null) assert.fail('no score with counts');
  const { loss, top, k, counts } = statement;
  const of = { kind: 'classes', head: 'softmax', rows: ROWS, outputs: 10 } as const;
  return { id, top: Number(top), k, counts: [...counts], loss: lossPerRow(loss, of)! };
}

const share = (rows: number) => `${(Math.floor((1000 * rows) / ROWS) / 10).toFixed(1)} %`;
const boardPath = () => `${testBed.server.origin}/leaderboard?benchmark=${testBed.scenario.benchmark}`;

/** The cells of a column, line by line. */
async function column(table: Locator, name: string): Promise<string[]> {
  const heads = await table.getByRole('columnheader').allInnerTexts();
  const place = heads.findIndex((text) => text.toLowerCase().startsWith(name.toLowerCase()));
  assert.ok(place >= 0, `${name} among ${heads}`);
  const cells = await table.locator(`tbody tr > :nth-child(${place + 1})`).allInnerTexts();
  return cells.map((text) => text.replace(/\s+/g, ' ').trim());
}

describe('a leaderboard', () => {
  it('has a column for each measure, and says where one is not stated', async () => {
    const session = await testBed.open();
    const { page } = session;
    await page.goto(boardPath());
    const table = page.getByRole('region', { name: 'Scores', exact: true }).getByRole('table');
    const losses = await column(table, 'Log-loss');
    // Squared error has none.
    assert.deepEqual(losses.toSorted(), [`${atMost(stated(SOFTMAX).loss)} at most`, ...Array(3).fill('not stated')]);
    const tops = [FIRST, TUNED, MERGED, SOFTMAX].map((place) => `${share(stated(place).top)} at least`);
    assert.deepEqual((await column(table, 'Top 5')).toSorted(), tops.toSorted());
    const meanings = await page.getByTestId('meanings').innerText();
    assert.match(meanings, /^Log-loss: the mean over the rows, by the natural logarithm\. Top 5: rows whose label/);
    await leave(session);
  });

  it('is sorted by a measure, the best first or last, and what is not stated stays below', async () => {
    const session = await testBed.open();
    const { page } = session;
    await page.goto(boardPath());
    const table = page.getByRole('region', { name: 'Scores', exact: true }).getByRole('table');
    const head = (name: string) => table.getByRole('columnheader', { name });
    const shares = async () => (await column(table, 'Top 5')).map((text) => Number.parseFloat(text));
    const ascending = (await shares()).toSorted((a, b) => a - b);
    await head('Top 5').getByRole('button').click();
    assert.equal(await head('Top 5').getAttribute('aria-sort'), 'descending');
    assert.deepEqual(await shares(), ascending.toReversed());
    await head('Top 5').getByRole('button').click();
    assert.equal(await head('Top 5').getAttribute('aria-sort'), 'ascending');
    assert.deepEqual(await shares(), ascending);
    for (const order of ['ascending', 'descending']) {
      await head('Log-loss').getByRole('button').click();
      assert.equal(await head('Log-loss').getAttribute('aria-sort'), order);
      const losses = await column(table, 'Log-loss');
      assert.match(losses[0], /at most$/);
      assert.deepEqual(losses.slice(1), Array(3).fill('not stated'));
    }
    await leave(session);
  });

  it('shows and sorts by one class where that is asked for', async () => {
    const session = await testBed.open();
    const { page } = session;
    await page.goto(boardPath());
    const table = page.getByRole('region', { name: 'Scores', exact: true }).getByRole('table');
    await page.getByLabel('One measure more').selectOption({ label: 'Class 7 right, at least' });
    await table.getByRole('columnheader', { name: 'Class 7 right' }).getByRole('button').click();
    const right = [FIRST, TUNED, MERGED, SOFTMAX].map((place) => stated(place).counts[77]);
    assert.deepEqual(
      await column(table, 'Class 7 right'),
      right.toSorted((a, b) => b - a).map((rows) => `${rows} at least`),
    );
    await page.getByLabel('One measure more').selectOption({ label: 'none' });
    assert.equal(await table.getByRole('columnheader', { name: 'Class 7 right' }).count(), 0);
    assert.deepEqual(await column(table, 'Rank'), ['1', '2', '3', '4']);
    await leave(session);
  });

  it('has the same as JSON and as a table', async () => {
    const { id, loss, top, counts } = stated(SOFTMAX);
    const api = `${testBed.server.origin}/api/leaderboard/${testBed.scenario.benchmark}`;
    const { entries } = await (await fetch(api)).json();
    const entry = entries.find(({ model }: { model: string }) => model === id);
    assert.deepEqual(
      [entry.logLoss, entry.absoluteError, entry.tops, entry.rightBy],
      [loss, null, [{ k: 5, rows: top }], counts.filter((_, place) => place % 11 === 0)],
    );
    const [names, ...lines] = (await (await fetch(`${api}?format=csv`)).text()).trim().split('\n');
    const place = (name: string) => names.split(',').indexOf(name);
    const cellsOf = (model: string) => {
      const cells = lines.map((line) => line.split(',')).find((some) => some[place('model')] === model)!;
      assert.equal(cells.length, names.split(',').length);
      return ['logLoss', 'absoluteError', 'topPlaces', 'topRows'].map((name) => cells[place(name)]);
    };
    assert.deepEqual(cellsOf(id), [String(loss), '', '5', String(top)]);
    assert.deepEqual(cellsOf(stated(FIRST).id), ['', '', '5', String(stated(FIRST).top)]);
  });
});

describe('a comparison', () => {
  const comparePath = (a: string, b: string, benchmark: string) =>
    `${testBed.server.origin}/compare?a=${a}&b=${b}&benchmark=${benchmark}`;

  it('has the measures of both models, says what is not stated, and sets both confusion matrices side by side', async () => {
    const [first, softmax] = [stated(FIRST), stated(SOFTMAX)];
    const session = await testBed.open();
    const { page } = session;
    await page.goto(comparePath(first.id, softmax.id, testBed.scenario.benchmark));
    const cells = (name: RegExp) => page.getByRole('row', { name }).getByRole('cell').allInnerTexts();
    assert.deepEqual(await cells(/^Log-loss/), ['not stated', `at most ${atMost(softmax.loss)} a row`]);
    assert.deepEqual(
      await cells(/^Top 5/),
      [first, softmax].map(({ top }) => `at least ${top} of ${ROWS} rows`),
    );
    const confusion = page.getByRole('region', { name: 'Confusion', exact: true });
    const tables = confusion.getByRole('table');
    assert.equal(await tables.count(), 2);
    for (const [place, { counts }] of [first, softmax].entries()) {
      const numbers = tables.nth(place).getByRole('cell').filter({ hasText: /\d/ });
      assert.deepEqual(await numbers.allInnerTexts(), counts.map(String));
    }
    await leave(session);
  });

  it('says that a model without a score on the benchmark states none of it', async () => {
    const { models, seen, benchmark } = testBed.scenario;
    const session = await testBed.open();
    const { page } = session;
    const [first, merged] = [models[FIRST].id, models[MERGED].id];
    await page.goto(comparePath(first, merged, seen));
    const top = page.getByRole('row', { name: /^Top 5/ }).getByRole('cell');
    assert.match((await top.allInnerTexts()).join('; '), /^at least \d+ of 64 rows; not stated$/);
    const confusion = page.getByRole('region', { name: 'Confusion', exact: true });
    assert.equal(await confusion.getByRole('table').count(), 1);
    await confusion.getByText('not stated').waitFor();
    // Neither has a score: no line, no matrix.
    await page.goto(comparePath(models[0].id, models[2].id, benchmark));
    await page.getByRole('row', { name: /^Registered/ }).waitFor();
    assert.equal(await page.getByRole('row', { name: /^Top/ }).count(), 0);
    assert.equal(await confusion.count(), 0);
    await leave(session);
  });
});
