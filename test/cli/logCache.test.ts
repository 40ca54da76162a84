import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Hex, RpcLog } from 'viem';
import { loadHistory, saveHistory } from '../../scripts/chain/logCache.ts';
import { temporaryFolder } from './cli.ts';

const SOURCE = { id: 31337, rpc: 'http://127.0.0.1:8545' };
const CONTRACT: Hex = '0x00000000000000000000000000000000000000Cc';
const HASH: Hex = `0x${'5c'.repeat(32)}`;
const LOG = {
  address: CONTRACT,
  blockHash: HASH,
  transactionHash: HASH,
  topics: [HASH],
  data: '0x',
  blockNumber: '0x1',
  logIndex: '0x0',
  transactionIndex: '0x0',
  removed: false,
} as RpcLog;

describe('what was read of a contract before', () => {
  const { folder, remove } = temporaryFolder();
  const own = process.env.XDG_CACHE_HOME;
  before(() => {
    process.env.XDG_CACHE_HOME = folder;
  });
  after(() => {
    process.env.XDG_CACHE_HOME = own;
    if (own === undefined) delete process.env.XDG_CACHE_HOME;
    remove();
  });

  it('is found again, and counts as none where an event in it is of another contract', () => {
    saveHistory(SOURCE, CONTRACT, { start: 1, read: { number: 1, hash: HASH }, logs: [LOG] });
    assert.deepEqual(loadHistory(SOURCE, CONTRACT)?.logs, [LOG]);
    const logs = join(folder, 'descent', 'logs');
    const file = join(logs, readdirSync(logs)[0]);
    const saved = JSON.parse(readFileSync(file, 'utf8'));
    saved.logs[0].address = '0x00000000000000000000000000000000000000dd';
    writeFileSync(file, JSON.stringify(saved));
    assert.equal(loadHistory(SOURCE, CONTRACT), undefined);
  });
});
