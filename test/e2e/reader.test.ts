import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { PublicClient } from 'viem';
import { type RawLog, scanLogs } from '../../web/lib/chain/scan.ts';

/** A node that holds a log in every seventh block and answers for at most so many blocks at once. */
function nodeOf(most: number) {
  const asked: number[] = [];
  const getLogs = async ({ fromBlock, toBlock }: { fromBlock: bigint; toBlock: bigint }) => {
    const range = Number(toBlock - fromBlock) + 1;
    asked.push(range);
    if (range > most) throw new Error('query returned more than it may');
    return Array.from({ length: range }, (_, k) => fromBlock + BigInt(k))
      .filter((block) => block % 7n === 0n)
      .map((blockNumber) => ({ blockNumber }));
  };
  return { client: { getLogs } as unknown as PublicClient, asked };
}

async function scan(most: number, to: number) {
  const { client, asked } = nodeOf(most);
  const blocks: number[] = [];
  const ends: number[] = [];
  await scanLogs(client, [], { from: 1, to }, (logs: RawLog[], last) => {
    blocks.push(...logs.map(({ blockNumber }) => Number(blockNumber)));
    ends.push(last);
  });
  return { blocks, ends, asked };
}

describe('reading events', () => {
  it('finds every log once and in order, whatever range the node allows', async () => {
    for (const most of [1, 10, 4_999, 1_000_000]) {
      const { blocks, ends } = await scan(most, 3_000);
      assert.deepEqual(
        blocks,
        Array.from({ length: Math.floor(3_000 / 7) }, (_, k) => 7 * (k + 1)),
      );
      assert.equal(ends.at(-1), 3_000);
    }
  });

  it('asks for more at once where the node answers', async () => {
    const { asked } = await scan(1_000_000, 500_000);
    assert.ok(asked.length < 10, `${asked.length} questions`);
  });

  it('passes on what the node says about a single block that it cannot read', async () => {
    await assert.rejects(scan(0, 10), /more than it may/);
  });
});
