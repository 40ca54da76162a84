import { type Hex, hexToBytes, keccak256, type RpcLog } from 'viem';
import { nodeAnswer } from '../errors/nodeAnswer.ts';
import { type Pause, sleep, waitBefore } from '../errors/patience.ts';

/** A block, as far as readers of logs need to know it. */
export interface Head {
  number: number;
  hash: Hex;
  /** 2,048 bits; undefined on chains without */
  logsBloom?: Hex;
}

/** What readers of logs ask a node for. Every function throws what the client throws. */
export interface LogNode {
  /** Logs of the contracts that are read, in blocks `from` to `to`, both included. */
  getLogs(from: number, to: number): Promise<RpcLog[]>;
  /** Those of one block. A node that does not know the block fails, where a range would come back empty. */
  getLogsOf(block: Hex): Promise<RpcLog[]>;
  /** A block by number, or the newest; undefined where the node has none. */
  getBlock(number: number | 'latest'): Promise<Head | undefined>;
  /** How many models the registry holds after a block; fails where the node does not have it. */
  nodeCount?(block: number): Promise<number>;
}

/** Blocks of the first question; providers differ in what they allow. */
const FIRST_RANGE = 5_000;
const LARGEST_RANGE = 100_000;
/** So many answers later, a range that was refused is tried again: the events may lie thinner there. */
const FORGET_AFTER = 64;

/**
 * All logs in a range of blocks, in order. What the node refuses is asked for in smaller parts, those that it names where it
 * does; what it answers lets the next part be larger. A node that is busy, behind or away for a moment is waited for.
 * @param onChunk called with each part's logs and its last block
 * @param pace what is known of the ranges that the node takes; learns more
 * @throws the node's error when it stays busy or away, or when it refuses a single block
 */
export async function scanLogs(
  getLogs: LogNode['getLogs'],
  { from, to }: { from: number; to: number },
  onChunk: (logs: RpcLog[], last: number) => void,
  pause: Pause = sleep,
  pace: Pace = new Pace(),
): Promise<void> {
  let asked = 1;
  for (let first = from; first <= to; ) {
    const last = Math.min(to, first + pace.range - 1);
    let logs: RpcLog[];
    try {
      logs = await getLogs(first, last);
    } catch (error) {
      const answer = nodeAnswer(error);
      const wait = waitBefore(answer, asked);
      if (wait !== undefined) {
        asked++;
        await pause(wait);
        continue;
      }
      const isHopeless = ['busy', 'silent', 'forbidden', 'page', 'unreadable'].includes(answer.trouble);
      if (isHopeless || last === first) throw error;
      pace.refused(last - first + 1, answer.most);
      continue;
    }
    asked = 1;
    pace.answered(last - first + 1);
    onChunk(logs, last);
    first = last + 1;
  }
}

/** How many blocks to ask for: halved or as the node says where it refuses, doubled up to what it refused where it answers. */
export class Pace {
  range: number;
  #good = 0;
  #ceiling = Number.POSITIVE_INFINITY;
  #answers = 0;

  constructor(range = FIRST_RANGE) {
    this.range = range;
  }

  refused(size: number, most: number | undefined): void {
    this.#answers = 0;
    if (most !== undefined && most < size) {
      this.#ceiling = most + 1;
      this.range = most;
      return;
    }
    this.#ceiling = size;
    if (this.#good >= size) this.#good = 0;
    this.range = this.#good > 0 ? this.#good : Math.max(1, Math.floor(size / 2));
  }

  answered(size: number): void {
    this.#good = Math.max(this.#good, size);
    if (++this.#answers >= FORGET_AFTER) {
      this.#answers = 0;
      this.#ceiling = Number.POSITIVE_INFINITY;
    }
    const doubled = this.range * 2;
    const next = doubled < this.#ceiling ? doubled : Math.floor((this.range + this.#ceiling) / 2);
    // Close to what was refused, each step would gain little and cost a refusal.
    if (next - this.range > this.range / 16) this.range = Math.min(LARGEST_RANGE, next);
  }
}

/** Whether a block may hold logs of a contract: a bloom filter says no for sure, or perhaps. */
export function mayHoldLogs(bloom: Hex, contract: Hex): boolean {
  const bits = hexToBytes(bloom);
  const hash = hexToBytes(keccak256(contract));
  return [0, 2, 4].every((at) => {
    const bit = ((hash[at] << 8) | hash[at + 1]) & 2047;
    return (bits[255 - (bit >> 3)] & (1 << (bit & 7))) !== 0;
  });
}

/** Logs come in the order of the chain. */
export function compareLogs(a: RpcLog, b: RpcLog): number {
  return Number(a.blockNumber) - Number(b.blockNumber) || Number(a.logIndex) - Number(b.logIndex);
}
