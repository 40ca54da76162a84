// What the page's server answers to programs: each path of its OpenAPI description, lists page by page, feed, sitemap, badges.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { datasetId } from '../../src/registry/ids.ts';
import { OPEN_API } from '../../web/lib/openApi.ts';
import { pathsOfRoutes } from './support/routes.ts';
import { URI } from './support/scenario.ts';
import { openTestBed, type TestBed } from './support/testBed.ts';

let testBed: TestBed;
before(async () => {
  testBed = await openTestBed();
});

const ask = (path: string, headers: Record<string, string> = {}) =>
  fetch(`${testBed.server.origin}${path}`, { headers });
const json = async (path: string) => (await ask(path)).json();

/** A value for each parameter of a path that the scenario has. */
function filled(path: string): string {
  const { models, benchmark, shards } = testBed.scenario;
  const { address } = testBed.ledger.alice.account;
  const values: Record<string, string> = {
    '/api/bounty/{id}': '1',
    '/api/dataset/{id}': datasetId(address, [...shards].sort(), URI),
    '/api/shard/{id}': shards[0],
    '/api/benchmark/{id}': benchmark,
    '/api/leaderboard/{benchmark}': benchmark,
    '/api/trainer/{address}': address,
    '/api/credit/{trainer}': address,
  };
  const query =
    path === '/api/ways' ? `?from=${models[1].id}&to=${models[0].id}` : path === '/api/search' ? '?q=al' : '';
  return `${path.replace(/\{\w+\}/, values[path] ?? models[1].id)}${query}`;
}

describe('the API', () => {
  it('describes itself as OpenAPI: each path there is, with what it answers', async () => {
    const described = (await json('/api')) as typeof OPEN_API;
    assert.deepEqual(described, JSON.parse(JSON.stringify(OPEN_API)));
    const paths = Object.keys(described.paths);
    const own = paths.filter((path) => path.startsWith('/api'));
    assert.deepEqual(own.sort(), pathsOfRoutes());
    const ajv = new Ajv2020({ strict: false });
    for (const [path, { get }] of Object.entries(OPEN_API.paths)) {
      if (path === '/api/bounty/{id}') continue;
      const response = await ask(filled(path));
      assert.equal(response.status, 200, path);
      assert.equal(response.headers.get('access-control-allow-origin'), '*', path);
      const [[type, { schema }]] = Object.entries(get.responses[200].content) as [string, { schema?: object }][];
      assert.equal(response.headers.get('content-type')?.split(';')[0], type, path);
      if (schema) assert.ok(ajv.validate(schema, await response.json()), `${path}: ${ajv.errorsText()}`);
    }
  });

  it('gives lists page by page, and every model once', async () => {
    for (const list of ['models', 'trainers', 'datasets', 'benchmarks', `lineage/${testBed.scenario.models[9].id}`]) {
      const keys: string[] = [];
      let after = '';
      let total = 0;
      do {
        const page = await json(`/api/${list}?limit=2${after && `&after=${after}`}`);
        assert.ok(page.items.length <= 2);
        keys.push(...page.items.map(({ id, trainer }: { id?: string; trainer: string }) => id ?? trainer));
        ({ next: after = '', total } = page);
      } while (after);
      assert.equal(keys.length, total, list);
      assert.equal(new Set(keys).size, total, list);
      assert.ok(total > 0, list);
    }
    const all = await json('/api/models?limit=500');
    for (const { id } of testBed.scenario.models) assert.ok(all.items.some((model: { id: string }) => model.id === id));
    const lineage = await json(`/api/lineage/${testBed.scenario.models[1].id}`);
    assert.deepEqual(
      lineage.items.map(({ id }: { id: string }) => id),
      [testBed.scenario.models[1].id, testBed.scenario.models[0].id],
    );
  });

  it('answers 404 for what is not there, for cursors that nobody gave and for paths that are no text', async () => {
    for (const path of [
      `/api/model/0x${'12'.repeat(32)}`,
      '/api/model/1',
      `/api/lineage/0x${'12'.repeat(32)}`,
      `/api/models?after=0x${'12'.repeat(32)}`,
      '/api/trainers?after=x',
      '/api/leaderboard/1',
      '/api/model/%E0%A4%A',
      '/model/%E0%A4%A',
      '/%ff',
    ])
      assert.equal((await ask(path)).status, 404, path);
    assert.match(await (await ask('/nowhere/at-all')).text(), /\/nowhere\/at-all/);
  });

  it('sends nothing again that the caller has', async () => {
    for (const path of ['/api/models', '/feed.xml', `/api/badge/${testBed.scenario.models[1].id}`, '/api']) {
      const etag = (await ask(path)).headers.get('etag');
      assert.ok(etag);
      const again = await ask(path, { 'if-none-match': `"x", W/${etag}` });
      assert.deepEqual([again.status, await again.text()], [304, ''], path);
      assert.equal((await ask(path, { 'if-none-match': '"x"' })).status, 200);
    }
  });

  it('has a feed, a sitemap, robots.txt and badges', async () => {
    const { models } = testBed.scenario;
    const feed = await (await ask('/feed.xml')).text();
    const sitemap = await (await ask('/sitemap.xml')).text();
    for (const { id } of models) {
      assert.ok(feed.includes(`/model/${id}"/>`) && sitemap.includes(`/model/${id}</loc>`), id);
    }
    assert.equal((feed.match(/<entry>/g) ?? []).length, (feed.match(/<updated>20\d\d-/g) ?? []).length - 1);
    assert.match(await (await ask('/robots.txt')).text(), /^Sitemap: http.*\/sitemap\.xml$/m);
    const badge = await ask(`/api/badge/${models[1].id}`);
    assert.equal(badge.headers.get('content-type'), 'image/svg+xml');
    assert.match(await badge.text(), /dev keys: proves nothing/);
    const unknown = await ask(`/api/badge/0x${'12'.repeat(32)}`);
    assert.equal(unknown.status, 404);
    assert.match(await unknown.text(), /not registered here/);
  });
});
