import type { PublicClient } from 'viem';

/** Blocks of the first question; providers differ in what they allow. */
const FIRST_RANGE = 5_000;
const LARGEST_RANGE = 100_000;

/** The raw log of eth_getLogs as viem gives it. */
export type RawLog = Awaited<ReturnType<PublicClient['getLogs']>>[number];

/**
 * All logs of some contracts in a range of blocks, in order, asked for in chunks: a refused or failed chunk is halved, an
 * answered one lets the next be larger.
 * @param onChunk called with each chunk's logs and its last block
 * @throws the node's error when a single block cannot be read
 */
export async function scanLogs(
  client: PublicClient,
  addresses: `0x${string}`[],
  { from, to }: { from: number; to: number },
  onChunk: (logs: RawLog[], last: number) => void,
): Promise<void> {
  let range = FIRST_RANGE;
  for (let first = from; first <= to; ) {
    const last = Math.min(to, first + range - 1);
    let logs: RawLog[];
    try {
      logs = await client.getLogs({ address: addresses, fromBlock: BigInt(first), toBlock: BigInt(last) });
    } catch (error) {
      if (last === first) throw error;
      range = Math.max(1, Math.floor((last - first + 1) / 2));
      continue;
    }
    onChunk(logs, last);
    first = last + 1;
    range = Math.min(LARGEST_RANGE, range * 2);
  }
}
