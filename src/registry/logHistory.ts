import { type Hex, type RpcLog, toEventSelector } from 'viem';
import { DescentError } from '../errors/DescentError.ts';
import { type Pause, patiently, sleep } from '../errors/patience.ts';
import { modelRegistryAbi } from '../generated/abi.ts';
import { compareLogs, type Head, type LogNode, mayHoldLogs, Pace, scanLogs } from './logs.ts';

/** Blocks at the end of the chain that are read again each time, because a node behind a balancer may have been behind. */
export const UNSETTLED = 64;
/** Blocks at the end whose bloom filters are compared with the logs that came. */
const CHECKED_BLOOMS = 16;
/** Times that missing logs are asked for: at first those of the end of the chain, then all. */
const ASK_END = 4;
const ASK_ALL = 2;
const WAIT_MS = 300;
/** Times that a read begins anew because the chain changed meanwhile. */
const MOST_RESTARTS = 5;

const REGISTERED = toEventSelector(
  modelRegistryAbi.find((item) => item.type === 'event' && item.name === 'ModelRegistered')!,
);

export interface HistoryOptions {
  contracts: readonly Hex[];
  /** Whose models are counted, one of the contracts; undefined: nothing is counted. */
  registry?: Hex;
  /** Where the events begin; asked when nothing is known yet. */
  start: (head: Head) => Promise<number> | number;
  /** The start may lie behind the first models, and what the node does not give is only counted. */
  partial?: boolean;
}

/** What survives between two processes: all logs up to a block. */
export interface SavedHistory {
  /** Where the events begin. */
  start: number;
  read: { number: number; hash: Hex };
  logs: RpcLog[];
  /** Blocks that the node took in one question at last. */
  range?: number;
}

/** New logs, in the order of the chain. */
export interface News {
  added: RpcLog[];
  /** What was told before is not the beginning any more: a reorganisation, or logs that came late. */
  rewritten: boolean;
}

/**
 * All logs of some contracts, kept and extended. Compared with the chain by the hash of the last block: what a
 * reorganisation replaced is dropped. A node behind a balancer that lags answers with no logs and no error; therefore the
 * models are counted against the registry's own count at the same block, and the bloom filters of the last blocks say where
 * logs are missing.
 */
export class LogHistory {
  readonly #options: HistoryOptions;
  readonly #pause: Pause;
  readonly #pace: Pace;
  #logs: RpcLog[] = [];
  #keys = new Set<string>();
  #start: number | undefined;
  #read: { number: number; hash: Hex | undefined } | undefined;
  /** With `partial`: models that the node does not give, or of before the start where it does not know how many those are. */
  missing = 0;

  constructor(options: HistoryOptions, saved?: SavedHistory, pause: Pause = sleep) {
    this.#options = options;
    this.#pause = pause;
    this.#pace = new Pace(saved?.range);
    if (saved) {
      this.#start = saved.start;
      this.#read = saved.read;
      this.#put(saved.logs);
    }
  }

  get logs(): readonly RpcLog[] {
    return this.#logs;
  }

  get isPartial(): boolean {
    return this.#options.partial === true;
  }

  /** The last block up to which the logs are here, or undefined. */
  get read(): number | undefined {
    return this.#read?.number;
  }

  /** What can be kept for later: blocks that no lag and hardly a reorganisation reaches; undefined while there are none. */
  async settled(node: LogNode): Promise<SavedHistory | undefined> {
    const number = (this.#read?.number ?? 0) - UNSETTLED;
    if (number < (this.#start ?? 0)) return undefined;
    const block = await node.getBlock(number);
    if (block === undefined) return undefined;
    const logs = this.#logs.filter((log) => blockOf(log) <= number);
    return { start: this.#start ?? 0, read: { number, hash: block.hash }, logs, range: this.#pace.range };
  }

  /**
   * Reads what is new.
   * @param onNews called while it is read; after an error the logs up to `read` are right, and more of them came
   * @returns the newest block of the node, which may be older than `read` where the node lags
   * @throws DescentError LOGS_MISSING where the node does not give all; the node's error
   */
  async update(node: LogNode, onNews: (news: News) => void = () => undefined): Promise<Head> {
    for (let restarts = 0; ; restarts++) {
      const head = await patiently(() => existing(node, 'latest'), this.#pause);
      if (head.number === this.#read?.number && head.hash === this.#read.hash) return head;
      const isBehind = await this.#dropReplaced(node, head, onNews);
      if (isBehind) return head;
      this.#start ??= await this.#options.start(head);
      await this.#extend(node, head, onNews);
      if (await this.#isOn(node, head)) {
        this.#read = { number: head.number, hash: head.hash };
        return head;
      }
      if (restarts >= MOST_RESTARTS) throw unsteady(head);
      await this.#pause(WAIT_MS);
    }
  }

  async #extend(node: LogNode, head: Head, onNews: (news: News) => void): Promise<void> {
    const before = this.#read;
    const next = before === undefined ? this.#start! : before.number + 1;
    const tell = (logs: RpcLog[]) => onNews(this.#put(logs));
    const scan = (from: number) =>
      scanLogs(
        node.getLogs,
        { from: Math.max(this.#start!, from), to: head.number },
        (logs, last) => {
          if (last > (this.#read?.number ?? -1)) this.#read = { number: last, hash: undefined };
          tell(logs);
        },
        this.#pause,
        this.#pace,
      );
    await scan(Math.min(next, head.number - UNSETTLED + 1));
    try {
      await this.#fillByBlooms(node, { from: Math.max(next, head.number - CHECKED_BLOOMS + 1), head }, onNews);
      await this.#fillByCount(node, head, scan);
    } catch (error) {
      // Not all up to here is known to be here: it is read again next time.
      this.#read = before;
      throw error;
    }
  }

  /** Asks for missing models until they are as many as the registry counts at the same block. */
  async #fillByCount(node: LogNode, head: Head, scan: (from: number) => Promise<void>): Promise<void> {
    const { nodeCount } = node;
    if (this.#options.registry === undefined || nodeCount === undefined) return;
    const count = await patiently(() => nodeCount(head.number), this.#pause);
    const expected = count - (await this.#earlier(nodeCount));
    for (let asked = 0; this.#count(head.number) < expected; asked++) {
      const missing = expected - this.#count(head.number);
      if (asked === ASK_END && this.#options.partial) {
        this.missing = missing;
        return;
      }
      if (asked === ASK_END + ASK_ALL) throw incomplete(missing, count, head);
      await this.#pause(WAIT_MS * 2 ** asked);
      await scan(asked < ASK_END ? head.number - UNSETTLED + 1 : 0);
    }
    this.missing = 0;
  }

  /** Models from before the start, which a partial history does without, where the node knows how many there were. */
  async #earlier(nodeCount: (block: number) => Promise<number>): Promise<number> {
    if (!this.#options.partial || this.#start! === 0) return 0;
    return nodeCount(this.#start! - 1).catch(() => 0);
  }

  /** Blocks whose bloom filter names a contract of which no log came are asked for by hash: a node that lacks them fails. */
  async #fillByBlooms(node: LogNode, { from, head }: { from: number; head: Head }, onNews: (news: News) => void) {
    const numbers = Array.from({ length: Math.max(0, head.number - from + 1) }, (_, k) => from + k);
    const blocks = await patiently(
      () => Promise.all(numbers.map((number) => (number === head.number ? head : existing(node, number)))),
      this.#pause,
    );
    for (const block of blocks) {
      if (block.number < this.#start!) continue;
      const { logsBloom, hash, number } = block;
      const isStrange = (log: RpcLog) => blockOf(log) === number && log.blockHash !== hash;
      if (this.#logs.some(isStrange)) onNews(this.#replace(this.#logs.filter((log) => !isStrange(log))));
      if (logsBloom === undefined) continue;
      const present = new Set(
        this.#logs.filter((log) => log.blockHash === hash).map(({ address }) => address.toLowerCase()),
      );
      const lacks = this.#options.contracts.some(
        (contract) => !present.has(contract.toLowerCase()) && mayHoldLogs(logsBloom, contract),
      );
      if (lacks) onNews(this.#put(await patiently(() => node.getLogsOf(hash), this.#pause)));
    }
  }

  /** Drops what is not on the chain any more. @returns whether the node has not come as far as what is here */
  async #dropReplaced(node: LogNode, head: Head, onNews: (news: News) => void): Promise<boolean> {
    if (this.#read === undefined) return false;
    const { number, hash } = this.#read;
    if (head.number >= number) {
      if (
        hash === undefined
          ? await this.#isOn(node, this.#checkpoints().at(-1))
          : await this.#isOn(node, { number, hash })
      )
        return false;
    } else {
      const known = this.#checkpoints().filter((point) => point.number <= head.number);
      if (known.length > 0 && (await this.#isOn(node, known.at(-1)))) return true;
    }
    const points = this.#checkpoints();
    let kept = 0;
    for (let end = points.length; kept < end; ) {
      const middle = (kept + end) >> 1;
      if (points[middle].number <= head.number && (await this.#isOn(node, points[middle]))) kept = middle + 1;
      else end = middle;
    }
    this.#read = kept === 0 ? undefined : points[kept - 1];
    if (kept === 0) this.#start = undefined;
    const last = this.#read?.number ?? -1;
    onNews(this.#replace(this.#logs.filter((log) => blockOf(log) <= last)));
    return false;
  }

  /** The node says that it has come as far as this block. */
  async #isOn(node: LogNode, point: { number: number; hash: Hex } | undefined): Promise<boolean> {
    if (point === undefined) return true;
    return (await patiently(() => existing(node, point.number), this.#pause)).hash === point.hash;
  }

  #replace(logs: RpcLog[]): News {
    this.#logs = [];
    this.#keys = new Set();
    this.#put(logs);
    return { added: [], rewritten: true };
  }

  /** Blocks whose hash the logs tell, ascending. */
  #checkpoints(): { number: number; hash: Hex }[] {
    const points = new Map<number, Hex>();
    for (const log of this.#logs) points.set(blockOf(log), log.blockHash!);
    return [...points].map(([number, hash]) => ({ number, hash }));
  }

  #put(logs: readonly RpcLog[]): News {
    const added = logs.filter((log) => !log.removed && !this.#keys.has(keyOf(log))).sort(compareLogs);
    const last = this.#logs.at(-1);
    for (const log of added) {
      this.#keys.add(keyOf(log));
      this.#logs.push(log);
    }
    const rewritten = last !== undefined && added.length > 0 && compareLogs(added[0], last) < 0;
    if (rewritten) this.#logs.sort(compareLogs);
    return { added, rewritten };
  }

  #count(last: number): number {
    const registry = this.#options.registry?.toLowerCase();
    return this.#logs.filter(
      (log) => log.topics[0] === REGISTERED && log.address.toLowerCase() === registry && blockOf(log) <= last,
    ).length;
  }
}

/** A block that the node must have. Behind a balancer another node may answer that has not. */
async function existing(node: LogNode, number: number | 'latest'): Promise<Head> {
  const block = await node.getBlock(number);
  if (block === undefined) throw new Error(`header not found: ${number}`);
  return block;
}

const blockOf = (log: RpcLog) => Number(log.blockNumber);
const keyOf = (log: RpcLog) => `${log.blockHash} ${log.logIndex}`;

function incomplete(missing: number, count: number, { number }: Head): DescentError {
  return new DescentError(
    `The node does not give the events of ${missing} of the ${count} models that the registry holds at block ${number}.`,
    {
      code: 'LOGS_MISSING',
      exit: 'chain',
      hint: 'It lags, has forgotten old blocks, or the first block to read is too late. Try again, or use another node.',
    },
  );
}

function unsteady({ number }: Head): DescentError {
  return new DescentError(`The chain changes its blocks up to ${number} again and again.`, {
    code: 'UNSTEADY_CHAIN',
    exit: 'chain',
    hint: 'Try again in a moment.',
  });
}
