import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Hex, keccak256, numberToHex, type RpcLog } from 'viem';
import { mayHoldLogs, scanLogs } from '../../src/registry/logs.ts';

const noPause = async () => undefined;

/** A node that holds a log in every seventh block and answers for at most so many blocks at once. */
function nodeOf(most: number | ((from: number, to: number) => boolean), error: object = new Error('too many blocks')) {
  const asked: number[] = [];
  let refusals = 0;
  const getLogs = async (from: number, to: number): Promise<RpcLog[]> => {
    asked.push(to - from + 1);
    if (typeof most === 'number' ? to - from + 1 > most : most(from, to)) {
      refusals++;
      throw error;
    }
    return Array.from({ length: to - from + 1 }, (_, k) => from + k)
      .filter((block) => block % 7 === 0)
      .map((block) => ({ blockNumber: numberToHex(block), logIndex: '0x0' }) as unknown as RpcLog);
  };
  return { getLogs, asked, refusals: () => refusals };
}

async function scan(node: ReturnType<typeof nodeOf>, to: number, pause = noPause as (ms: number) => Promise<unknown>) {
  const blocks: number[] = [];
  const ends: number[] = [];
  await scanLogs(
    node.getLogs,
    { from: 1, to },
    (logs, last) => {
      blocks.push(...logs.map(({ blockNumber }) => Number(blockNumber)));
      ends.push(last);
    },
    pause,
  );
  return { blocks, ends };
}

describe('reading logs', () => {
  it('finds every log once and in order, whatever range the node allows', async () => {
    for (const most of [1, 10, 500, 4_999, 1_000_000]) {
      const { blocks, ends } = await scan(nodeOf(most), 3_000);
      assert.deepEqual(
        blocks,
        Array.from({ length: Math.floor(3_000 / 7) }, (_, k) => 7 * (k + 1)),
      );
      assert.equal(ends.at(-1), 3_000);
    }
  });

  it('asks for more at once where the node answers', async () => {
    const node = nodeOf(1_000_000);
    await scan(node, 500_000);
    assert.ok(node.asked.length < 10, `${node.asked.length} questions`);
  });

  it('comes close to what the node allows and is then hardly refused any more', async () => {
    const node = nodeOf(500);
    await scan(node, 100_000);
    assert.ok(node.asked.length < 260, `${node.asked.length} questions for 200 ranges`);
    assert.ok(node.refusals() < 25, `${node.refusals()} refusals`);
  });

  it('takes the range that the node names at once', async () => {
    const node = nodeOf(500, { code: -32000, message: 'exceed maximum block range: 500' });
    await scan(node, 10_000);
    assert.deepEqual(node.asked.slice(0, 3), [5_000, 500, 500]);
    assert.equal(node.refusals(), 1);
  });

  it('asks for little where logs lie thick, and for more again behind it', async () => {
    const node = nodeOf((from, to) => from < 3_000 && to - from >= 50);
    await scan(node, 100_000);
    assert.ok(Math.max(...node.asked.slice(-3)) > 5_000, `${node.asked.slice(-3)}`);
  });

  it('waits as long as a busy node asks for, and longer each time where it does not say', async () => {
    const waits: number[] = [];
    let times = 3;
    const busy = () => times-- > 0;
    const pause = async (ms: number) => waits.push(ms);
    const said = { status: 429, headers: new Headers({ 'retry-after': '2' }) };
    await scan(nodeOf(busy, said), 100, pause);
    assert.deepEqual(waits.splice(0), [2000, 2000, 2000]);
    times = 3;
    await scan(nodeOf(busy, { status: 429 }), 100, pause);
    assert.deepEqual(waits, [400, 800, 1600]);
  });

  it('gives up on a node that stays busy or wants an hour, and on a web page at once', async () => {
    const always = (error: object) => nodeOf(() => true, error);
    const cases: [object, number][] = [
      [{ status: 429 }, 7],
      [{ status: 429, headers: new Headers({ 'retry-after': '3600' }) }, 1],
      [{ message: `Unexpected token '<', "<html>"... is not valid JSON` }, 1],
      [{ status: 401 }, 1],
    ];
    for (const [error, questions] of cases) {
      const node = always(error);
      await assert.rejects(scan(node, 1_000), (thrown) => thrown === error);
      assert.equal(node.asked.length, questions);
    }
  });

  it('passes on what the node says about a single block that it cannot read', async () => {
    await assert.rejects(scan(nodeOf(0), 10), /too many blocks/);
  });
});

describe('a bloom filter', () => {
  /** The filter of a block in which one contract logged. */
  const bloomOf = (contract: Hex): Hex => {
    const hash = Buffer.from(keccak256(contract).slice(2), 'hex');
    const bits = Buffer.alloc(256);
    for (const at of [0, 2, 4]) {
      const bit = hash.readUInt16BE(at) % 2048;
      bits[255 - Math.floor(bit / 8)] |= 2 ** (bit % 8);
    }
    return `0x${bits.toString('hex')}`;
  };

  it('names the contract that logged and hardly another', () => {
    const contracts = Array.from({ length: 50 }, (_, k) => keccak256(numberToHex(k)).slice(0, 42) as Hex);
    const bloom = bloomOf(contracts[0]);
    assert.deepEqual(
      contracts.filter((contract) => mayHoldLogs(bloom, contract)),
      [contracts[0]],
    );
  });
});
