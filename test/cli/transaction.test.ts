import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Hex } from 'viem';
import { type Chain, connect } from '../../scripts/chain/client.ts';
import { developmentAccount } from '../../scripts/chain/keys.ts';
import { type LocalNode, startLocalNode } from '../../scripts/chain/localNode.ts';
import { type Journal, type SentTransaction, sendOnce } from '../../scripts/chain/transaction.ts';
import { type Faults, type NodeProxy, startNodeProxy, upstreamOf } from '../support/nodeProxy.ts';

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

  it('and anew when it was included but failed', async () => {
    const to = '0x00000000000000000000000000000000000000cc';
    // STOP; and PUSH0 PUSH0 REVERT.
    const install = (code: Hex) => chain.client.request({ method: 'hardhat_setCode', params: [to, code] } as never);
    const account = developmentAccount(10);
    const dying = memoryJournal(true);
    await install('0x00');
    await assert.rejects(sendOnce(chain, account, { to, data: '0x' }, dying), Crash);
    await install('0x5f5ffd');
    const journal = memoryJournal();
    journal.sent = dying.sent;
    // A local node refuses a transaction that fails, and includes it.
    await assert.rejects(sendOnce(chain, account, { to, data: '0x' }, journal), /was included but failed/);
    await install('0x00');
    const receipt = await sendOnce(chain, account, { to, data: '0x' }, journal);
    assert.equal(receipt.status, 'success');
    assert.equal(await count(10), 2);
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

// Most of the time they wait before they ask a node again: all at once, each through a proxy of its own.
describe('a transaction whose answers are lost is sent exactly once', { concurrency: true }, () => {
  const ALWAYS = 1_000_000;
  let node: LocalNode;
  const proxies: NodeProxy[] = [];
  before(async () => {
    node = await startLocalNode();
  });
  after(async () => {
    for (const proxy of proxies) await proxy.close();
    await node?.close();
  });

  /** A chain whose node answers as `under` says. */
  const faulty = async () => {
    const proxy = await startNodeProxy(upstreamOf(node.rpc));
    proxies.push(proxy);
    const under = (faults: Faults) => {
      for (const name of Object.keys(proxy.faults)) delete proxy.faults[name as keyof Faults];
      Object.assign(proxy.faults, faults);
    };
    return { chain: await connect(proxy.rpc), under };
  };

  it('where the answer to the sending is lost once', async () => {
    const { chain, under } = await faulty();
    under({ lose: { times: 1, method: 'eth_sendRawTransaction' } });
    const account = developmentAccount(3);
    const journal = memoryJournal();
    const receipt = await sendOnce(chain, account, CALL, journal);
    assert.equal(receipt.transactionHash, journal.sent?.hash);
    assert.equal(await chain.client.getTransactionCount({ address: account.address }), 1);
  });

  it('where the node is gone after it was sent: whether it was taken is said to be unknown', async () => {
    const refusal = { status: 502, body: 'Bad Gateway' };
    const refuse = { times: ALWAYS, refusal, method: 'eth_getTransactionByHash' };
    const lose = { times: ALWAYS, method: 'eth_sendRawTransaction' };
    const { chain, under } = await faulty();
    const account = developmentAccount(4);
    const journal = memoryJournal();
    under({ lose, refuse });
    const says = /It is not known whether the node took the transaction 0x[0-9a-f]{64}/;
    await assert.rejects(sendOnce(chain, account, CALL, journal), says);
    const { hash } = journal.sent!;
    under({});
    const receipt = await sendOnce(chain, account, CALL, journal);
    assert.equal(receipt.transactionHash, hash);
    assert.equal(await chain.client.getTransactionCount({ address: account.address }), 1);
  });

  it('where no receipt arrives, and it is not sent again while none can be had', async () => {
    const lose = { times: ALWAYS, method: 'eth_getTransactionReceipt' };
    const { chain, under } = await faulty();
    const account = developmentAccount(5);
    const journal = memoryJournal();
    under({ lose });
    await assert.rejects(sendOnce(chain, account, CALL, journal), /is sent, but no receipt came/);
    const { hash } = journal.sent!;
    await assert.rejects(sendOnce(chain, account, CALL, journal));
    under({});
    assert.equal((await sendOnce(chain, account, CALL, journal)).transactionHash, hash);
    assert.equal(await chain.client.getTransactionCount({ address: account.address }), 1);
  });

  it('where a node that is behind has no receipt yet', async () => {
    const { chain, under } = await faulty();
    const account = developmentAccount(6);
    const journal = memoryJournal();
    const { transactionHash } = await sendOnce(chain, account, CALL, journal);
    under({ instead: { eth_getTransactionReceipt: null } });
    const again = sendOnce(chain, account, CALL, journal);
    await new Promise((resolve) => setTimeout(resolve, 700));
    under({});
    assert.equal((await again).transactionHash, transactionHash);
  });

  it('where a node is several transactions of the account behind', async () => {
    const { chain, under } = await faulty();
    const account = developmentAccount(7);
    const journal = memoryJournal();
    for (const data of ['0x01', '0x02', '0x03'] as Hex[]) await sendOnce(chain, account, { ...CALL, data }, journal);
    const { hash } = journal.sent!;
    under({ instead: { eth_getTransactionReceipt: null, eth_getTransactionCount: '0x0' } });
    const again = sendOnce(chain, account, { ...CALL, data: '0x03' }, journal);
    await new Promise((resolve) => setTimeout(resolve, 700));
    under({});
    // Receipts are asked for with every block.
    await chain.client.request({ method: 'evm_mine' as never });
    assert.equal((await again).transactionHash, hash);
    assert.equal(journal.sent!.hash, hash);
    assert.equal(await chain.client.getTransactionCount({ address: account.address }), 3);
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
