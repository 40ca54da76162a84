import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Hex } from 'viem';
import { type Chain, connect } from '../../scripts/chain/client.ts';
import { developmentAccount } from '../../scripts/chain/keys.ts';
import { type LocalNode, startLocalNode } from '../../scripts/chain/localNode.ts';
import { type Journal, type SentTransaction, sendOnce } from '../../scripts/chain/transaction.ts';

const CALL = { to: '0x00000000000000000000000000000000000000aa', data: '0x1234' } as const;

class Crash extends Error {}

/** Keeps what was written in memory; crashes right after the write if asked to. */
function memoryJournal(crash = false): Journal & { sent: SentTransaction | undefined } {
  return {
    sent: undefined,
    read() {
      return this.sent;
    },
    write(sent) {
      this.sent = sent;
      if (crash) throw new Crash();
    },
  };
}

describe('a transaction is sent exactly once', () => {
  let node: LocalNode;
  let chain: Chain;
  before(async () => {
    node = await startLocalNode();
    chain = await connect(node.rpc);
  });
  after(() => node.close());

  const count = (index: number) => chain.client.getTransactionCount({ address: developmentAccount(index).address });

  it('when nothing goes wrong, and again when asked again', async () => {
    const account = developmentAccount(3);
    const journal = memoryJournal();
    const receipt = await sendOnce(chain, account, CALL, journal);
    const again = await sendOnce(chain, account, CALL, journal);
    assert.equal(again.transactionHash, receipt.transactionHash);
    assert.equal(await count(3), 1);
    const { input } = await chain.client.getTransaction({ hash: receipt.transactionHash });
    assert.equal(input, CALL.data);
  });

  it('with all the gas that a transaction may have where a tenth more than the estimate would be too much', async () => {
    const to = '0x00000000000000000000000000000000000000bb';
    // PUSH3 offset, MLOAD, STOP: memory of n words costs 3 n + n^2 / 512 gas.
    const code = (n: number): Hex => `0x62${(32 * n).toString(16).padStart(6, '0')}5100`;
    const install = (n: number) => chain.client.request({ method: 'hardhat_setCode', params: [to, code(n)] } as never);
    await install(89_400);
    const receipt = await sendOnce(chain, developmentAccount(7), { to, data: '0x' }, memoryJournal());
    const { gas } = await chain.client.getTransaction({ hash: receipt.transactionHash });
    assert.equal(gas, 2n ** 24n);
    assert.ok(receipt.gasUsed > (gas * 10n) / 11n, `${receipt.gasUsed}`);
    await install(95_000);
    const journal = memoryJournal();
    await assert.rejects(sendOnce(chain, developmentAccount(7), { to, data: '0x' }, journal));
    assert.equal(journal.sent, undefined);
    assert.equal(await count(7), 1);
  });

  it('when the process dies after signing and before sending', async () => {
    const account = developmentAccount(4);
    const dying = memoryJournal(true);
    await assert.rejects(sendOnce(chain, account, CALL, dying), Crash);
    assert.equal(await count(4), 0);
    const journal = memoryJournal();
    journal.sent = dying.sent;
    const receipt = await sendOnce(chain, account, CALL, journal);
    assert.equal(receipt.transactionHash, dying.sent?.hash);
    assert.equal(await count(4), 1);
  });

  it('when the process dies after sending', async () => {
    const account = developmentAccount(5);
    const journal = memoryJournal();
    await sendOnce(chain, account, CALL, journal);
    const revived = memoryJournal();
    revived.sent = journal.sent;
    await sendOnce(chain, account, CALL, revived);
    assert.equal(await count(5), 1);
  });

  it('and anew when another transaction took its place', async () => {
    const account = developmentAccount(6);
    const dying = memoryJournal(true);
    await assert.rejects(sendOnce(chain, account, CALL, dying), Crash);
    await sendOnce(chain, account, { ...CALL, data: '0x99' }, memoryJournal());
    const journal = memoryJournal();
    journal.sent = dying.sent;
    const receipt = await sendOnce(chain, account, CALL, journal);
    assert.notEqual(receipt.transactionHash, dying.sent?.hash);
    assert.equal(await count(6), 2);
  });

  it('and anew when the journal is of another call or another account', async () => {
    const account = developmentAccount(7);
    const journal = memoryJournal();
    const first = await sendOnce(chain, account, CALL, journal);
    const second = await sendOnce(chain, account, { ...CALL, data: '0x5678' }, journal);
    assert.notEqual(first.transactionHash, second.transactionHash);
    const third = await sendOnce(chain, developmentAccount(8), { ...CALL, data: '0x5678' }, journal);
    assert.equal(third.from, developmentAccount(8).address.toLowerCase());
  });

  it('and anew when a local chain has begun anew and forgotten everything', async () => {
    const account = developmentAccount(9);
    const journal = memoryJournal();
    for (const data of ['0x01', '0x02', '0x03'] as Hex[]) await sendOnce(chain, account, { ...CALL, data }, journal);
    const other = await startLocalNode();
    try {
      const fresh = await connect(other.rpc);
      const receipt = await sendOnce(fresh, account, { ...CALL, data: '0x03' }, journal);
      assert.equal(receipt.status, 'success');
    } finally {
      await other.close();
    }
  });
});

describe('a local chain', () => {
  it('listens on 127.0.0.1 only and is gone after close', async () => {
    const node = await startLocalNode();
    assert.match(node.rpc, /^http:\/\/127\.0\.0\.1:\d+$/);
    await connect(node.rpc);
    await node.close();
    await assert.rejects(connect(node.rpc), /No node answers/);
  });
});
