// What the page's server keeps on disk of what it has read: the next start goes on from there, and believes nothing that is not on the chain.
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { Reader } from '../../web/lib/chain/reader.ts';
import { type Crowd, startCrowd } from './support/crowd.ts';

/** Fifty a block; blocks that are not settled yet are not kept. */
const MODELS = 10_000;
const UNSETTLED_MODELS = 64 * 50;

describe('a snapshot of what was read', { concurrency: false }, () => {
  let crowd: Crowd;
  let folder: string;
  before(async () => {
    crowd = await startCrowd(MODELS);
  });
  after(async () => {
    delete process.env.DESCENT_SNAPSHOTS;
    await crowd?.close();
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'descent-snapshots-'));
    process.env.DESCENT_SNAPSHOTS = folder;
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const open = () =>
    new Reader({
      chainId: 31337,
      chainName: 'Local chain',
      rpc: crowd.rpc,
      registry: crowd.registry,
      block: 1,
      devKeys: true,
      people: {},
    });
  const file = () => join(folder, readdirSync(folder)[0]);
  /** Reads all, and waits until it is kept. */
  async function readAll(): Promise<Reader> {
    const reader = open();
    while (!reader.status.whole) await reader.refresh(0);
    for (let tries = 0; readdirSync(folder).filter((name) => name.endsWith('.json')).length === 0; tries++) {
      assert.ok(tries < 200, 'nothing was kept');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return reader;
  }

  it('is gone on from: only what is newer is asked for, and all is the same', async (t) => {
    const first = await readAll();
    crowd.asked.length = 0;
    const begun = performance.now();
    const second = open();
    await second.refresh(0);
    const seconds = (performance.now() - begun) / 1000;
    t.diagnostic(`${MODELS} models after ${seconds.toFixed(2)} s`);
    assert.ok(second.status.whole);
    assert.deepEqual(second.store.totals, first.store.totals);
    assert.deepEqual(second.store.newest(MODELS), first.store.newest(MODELS));
    const ranges = crowd.asked.filter(([method]) => method === 'eth_getLogs').map(([, params]) => params[0]);
    const blocks = MODELS / 50;
    for (const { fromBlock } of ranges as { fromBlock: string }[]) {
      assert.ok(Number(fromBlock) > blocks - 2 * 64, `asked from block ${Number(fromBlock)} on`);
    }
  });

  it('is dropped where it is damaged, of another form, or its last block is not on the chain', async () => {
    await readAll();
    const good = readFileSync(file(), 'utf8');
    const [history, times] = good.split('\n');
    const saved = JSON.parse(history);
    const forged = { ...saved, logs: saved.logs.slice(0, 100), read: { ...saved.read, hash: `0x${'12'.repeat(32)}` } };
    for (const text of [good.slice(0, 5_000), 'null', '{}', `${JSON.stringify(forged)}\n${times}\n`, `${history}\nx`]) {
      writeFileSync(file(), text);
      const reader = open();
      while (!reader.status.whole) await reader.refresh(0);
      assert.equal(reader.store.size, MODELS);
    }
  });

  it('is not told before the node has said that its last block is on the chain', async () => {
    await readAll();
    crowd.faults.silent = true;
    const reader = open();
    await reader.refresh(0);
    assert.deepEqual([reader.store.size, reader.status.scanned, reader.status.whole], [0, 0, false]);
    crowd.faults.silent = false;
    while (!reader.status.whole) await reader.refresh(0);
    assert.equal(reader.store.size, MODELS);
  });

  it('holds no block that a reorganisation may still reach', async () => {
    await readAll();
    const { read, logs } = JSON.parse(readFileSync(file(), 'utf8').split('\n')[0]);
    assert.ok(read.number <= MODELS / 50 + 1 - 64);
    assert.ok(logs.length < 2 * (MODELS - UNSETTLED_MODELS) + 200);
  });
});
