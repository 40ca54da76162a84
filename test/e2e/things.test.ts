// Pages of trainers, datasets, shards, benchmarks and bounties: each with a title, a picture for links and a twin in JSON.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { encodeFunctionData, type Hex, zeroAddress, zeroHash } from 'viem';
import { bountyBoardAbi } from '../../src/generated/abi.ts';
import { datasetId } from '../../src/registry/ids.ts';
import { short } from '../../web/lib/format.ts';
import { proquint } from '../../web/lib/proquint.ts';
import { ENS_NAME, URI } from './support/scenario.ts';
import { leave, openTestBed, type TestBed } from './support/testBed.ts';

let testBed: TestBed;
before(async () => {
  testBed = await openTestBed();
});

const read = (path: string) => fetch(`${testBed.server.origin}${path}`);
const html = async (path: string) => (await (await read(path)).text()).replace(/<script.*?<\/script>/gs, '');
const text = async (path: string) => (await html(path)).replace(/<[^>]*>/g, '');
const json = async (path: string) => (await read(path)).json();
const dataset = () => datasetId(testBed.ledger.alice.account.address, [...testBed.scenario.shards].sort(), URI);

/** The page has a title, a picture, and a link to the same as JSON. */
async function isWhole(path: string, title: RegExp): Promise<void> {
  const page = await html(path);
  assert.match(/<title>(.*?)<\/title>/.exec(page)?.[1] ?? '', title);
  assert.ok(
    page.includes(`<link rel="alternate" type="application/json" href="${testBed.server.origin}/api${path}"`),
    path,
  );
  const picture = /<meta property="og:image" content="([^"]+)"/.exec(page)?.[1];
  assert.ok(picture, 'a picture');
  const { pathname, search } = new URL(picture);
  const response = await read(`${pathname}${search}`);
  assert.equal(response.headers.get('content-type'), 'image/png');
  assert.deepEqual([...new Uint8Array(await response.arrayBuffer()).slice(1, 4)], [0x50, 0x4e, 0x47]);
}

describe('the page of a trainer', () => {
  it('has its models, their scores, its data and what it is owed', async () => {
    const { address } = testBed.ledger.alice.account;
    const { models, benchmark, shards } = testBed.scenario;
    const path = `/trainer/${address}`;
    await isWhole(path, /^Trainer Alice 0x/);
    const page = await html(path);
    for (const { id } of [models[0], models[1], models[9]]) assert.ok(page.includes(`href="/model/${id}"`), id);
    for (const id of [shards[0], shards[1]]) assert.ok(page.includes(`href="/shard/${id}"`));
    assert.ok(!page.includes(`href="/shard/${shards[2]}"`), 'Bob owns the third');
    assert.ok(page.includes(`href="/dataset/${dataset()}"`) && page.includes(`href="/benchmark/${benchmark}"`));
    assert.ok(page.includes(ENS_NAME));
    const session = await testBed.open();
    await session.page.goto(`${testBed.server.origin}${path}`);
    await session.page.getByTestId('credit-now').getByText('Share of its next models: 5.00 %').waitFor();
    await leave(session);
    const twin = await json(`/api${path}`);
    assert.equal(twin.models.total, 4);
    assert.equal(twin.chainId, 31337);
    assert.equal('rpc' in twin || 'config' in twin, false);
  });

  it('is there for any address, and for nothing else', async () => {
    assert.match(await text(`/trainer/0x${'12'.repeat(20)}`), /It has registered no model\./);
    assert.equal((await read('/trainer/alice')).status, 404);
    assert.equal((await read('/api/trainer/alice')).status, 404);
  });

  it('is where every name of a person leads', async () => {
    const session = await testBed.open();
    const { page } = session;
    await page.goto(testBed.server.origin);
    await page.getByRole('link', { name: /^Bob/ }).first().click();
    await page.waitForURL(`**/trainer/${testBed.ledger.bob.account.address}`);
    await page.getByRole('heading', { name: 'Bob', level: 1 }).waitFor();
    await leave(session);
  });
});

describe('the pages of data', () => {
  it('tell of a dataset who registered it, its shards and who was trained on it', async () => {
    const { models, shards } = testBed.scenario;
    const path = `/dataset/${dataset()}`;
    await isWhole(path, /^Dataset “ipfs:/);
    const page = await html(path);
    for (const id of shards) assert.ok(page.includes(`href="/shard/${id}"`));
    assert.ok(page.includes(`href="/model/${models[1].id}"`) && !page.includes(`href="/model/${models[9].id}"`));
    assert.match(await text(path), /Nobody says that these rows are its own\.None of this is proved\./);
    assert.equal((await json(`/api${path}`)).trainedOn.total, 7);
  });

  it('tell of a shard its owner, schema, lists, benchmarks and who was trained on it', async () => {
    const { models, shards, seen } = testBed.scenario;
    const path = `/shard/${shards[2]}`;
    await isWhole(path, /^Shard 0x/);
    const page = await html(path);
    for (const link of [
      `/trainer/${testBed.ledger.bob.account.address}`,
      `/dataset/${dataset()}`,
      `/benchmark/${seen}`,
    ])
      assert.ok(page.includes(`href="${link}"`), link);
    assert.ok(page.includes(`href="/model/${models[3].id}"`));
    assert.match(await text(path), /64 rows, 49 inputs, 10 classes/);
    assert.match(await text(path), /No fact about its rows is recorded/);
  });

  it('do not exist for what is not registered', async () => {
    for (const thing of ['dataset', 'shard', 'benchmark'])
      for (const path of [`/${thing}/0x${'12'.repeat(32)}`, `/${thing}/x`, `/api/${thing}/0x${'12'.repeat(32)}`])
        assert.equal((await read(path)).status, 404, path);
  });
});

describe('the page of a benchmark', () => {
  it('has its terms, results, shards and dataset; of a sealed one what is known', async () => {
    const { models, benchmark } = testBed.scenario;
    const path = `/benchmark/${benchmark}`;
    await isWhole(path, /^Benchmark “https:/);
    const page = await html(path);
    for (const { id } of [models[1], models[10]]) assert.ok(page.includes(`href="/model/${id}"`));
    assert.match(await text(path), /Who may enterAny model whose network fits/);
    assert.match(await text(path), /SealedNo: its rows could have been trained on/);
    const twin = await json(`/api${path}`);
    assert.equal(twin.board.entries.length, 4);
    assert.ok(page.includes(`href="/dataset/${twin.dataset.id}"`));
    const { benchmarks } = await json(`/api/trainer/${testBed.ledger.bob.account.address}`);
    const sealed = benchmarks.newest.find((one: { sealed?: object }) => one.sealed);
    assert.match(
      await text(`/benchmark/${sealed.id}`),
      /Yes, still closed.*Its shards are not known until it is opened/,
    );
  });
});

describe('the page of a bounty', () => {
  it('has its prize, terms and state, and leads to its benchmark and its funder', async () => {
    const { ledger, scenario } = testBed;
    const { bob, chain, place } = ledger;
    const { timestamp } = await chain.client.getBlock();
    const conditions = {
      ancestor: scenario.seed.id,
      leastPart: 0n,
      mostMerges: 1n,
      undeclared: true,
      noForeign: true,
      registeredAfter: 0n,
      registeredBefore: 0n,
      minimalVersions: 0n,
      disjointFrom: zeroHash,
      attestedBy: zeroAddress,
    };
    const terms = { benchmark: scenario.benchmark, threshold: 64n, deadline: timestamp + 100_000n, conditions };
    const snapshot = await ledger.command<Hex>('evm_snapshot');
    const data = encodeFunctionData({ abi: bountyBoardAbi, functionName: 'fund', args: [terms] });
    await ledger.sendEther(bob, data, place.bountyBoard, 10n ** 17n);
    const count = { address: place.bountyBoard, abi: bountyBoardAbi, functionName: 'bountyCount' } as const;
    const id = await chain.client.readContract(count);
    const path = `/bounty/${id}`;
    for (let tries = 0; tries < 20 && (await read(path)).status !== 200; tries++)
      await new Promise((resolve) => setTimeout(resolve, 500));
    await isWhole(path, new RegExp(`^Bounty ${id}: 0.1 ETH`));
    const page = await html(path);
    for (const link of [
      `/benchmark/${scenario.benchmark}`,
      `/trainer/${bob.account.address}`,
      `/model/${scenario.seed.id}`,
    ])
      assert.ok(page.includes(`href="${link}"`), link);
    assert.match(await text(path), /At least 64 of 64 rows right/);
    assert.equal((await json(`/api${path}`)).bounty.state, 'open');
    assert.ok((await html(`/benchmark/${scenario.benchmark}`)).includes(`href="${path}"`));
    await testBed.revert(snapshot);
    assert.equal((await read(path)).status, 404);
  });
});

describe('the twin of a model', () => {
  it('has what its page has', async () => {
    const [, { id }] = testBed.scenario.models;
    await isWhole(`/model/${id}`, /^“Digits, first steps”/);
    const twin = await json(`/api/model/${id}?benchmark=${testBed.scenario.benchmark}`);
    assert.equal(twin.model.id, id);
    assert.equal(twin.result.benchmark, testBed.scenario.benchmark);
    assert.ok((await html(`/model/${id}`)).includes(proquint(id)) && short(id).startsWith('0x'));
  });
});
