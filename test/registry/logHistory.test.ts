import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { type Hex, keccak256, numberToHex, padHex, type RpcLog, toEventSelector, toHex } from 'viem';
import { modelRegistryAbi } from '../../src/generated/abi.ts';
import { type HistoryOptions, LogHistory, type News, type SavedHistory } from '../../src/registry/logHistory.ts';
import type { Head, LogNode } from '../../src/registry/logs.ts';

const REGISTRY: Hex = padHex('0xc0de', { size: 20 });
const REGISTERED = toEventSelector(
  modelRegistryAbi.find((item) => item.type === 'event' && item.name === 'ModelRegistered')!,
);

/** A chain of blocks, some with a model; and nodes of it that are behind. */
class FakeChain implements LogNode {
  /** Salt of each block's hash: another salt is another block. */
  blocks: { salt: number; model: boolean }[] = [{ salt: 0, model: false }];
  /** Blocks of which eth_getLogs knows nothing, for so many answers. */
  hidden = { last: 0, answers: 0 };
  /** Blocks by which `latest` is behind. */
  behind = 0;
  asked: [number, number][] = [];

  grow(count: number, models: number[] = [], salt = 0): void {
    for (let k = 1; k <= count; k++) this.blocks.push({ salt, model: models.includes(k) });
  }

  get head(): number {
    return this.blocks.length - 1;
  }

  hash(number: number): Hex {
    return keccak256(toHex(`${number} ${this.blocks.slice(0, number + 1).reduce((sum, { salt }) => sum + salt, 0)}`));
  }

  getLogs = async (from: number, to: number): Promise<RpcLog[]> => {
    this.asked.push([from, to]);
    const hides = this.hidden.answers > 0;
    if (hides) this.hidden.answers--;
    const last = hides ? this.head - this.hidden.last : this.head;
    const numbers = Array.from({ length: Math.max(0, Math.min(to, last) - from + 1) }, (_, k) => from + k);
    return numbers.filter((number) => this.blocks[number].model).map((number) => this.#log(number));
  };

  getLogsOf = async (): Promise<RpcLog[]> => [];

  getBlock = async (number: number | 'latest'): Promise<Head | undefined> => {
    const at = number === 'latest' ? this.head - this.behind : number;
    return at > this.head - this.behind ? undefined : { number: at, hash: this.hash(at) };
  };

  nodeCount = async (block: number): Promise<number> =>
    this.blocks.slice(0, block + 1).filter(({ model }) => model).length;

  #log(number: number): RpcLog {
    return {
      address: REGISTRY,
      topics: [REGISTERED],
      data: '0x',
      blockNumber: numberToHex(number),
      blockHash: this.hash(number),
      transactionHash: this.hash(number),
      transactionIndex: '0x0',
      logIndex: '0x0',
      removed: false,
    };
  }
}

describe('a history of logs', () => {
  let chain: FakeChain;
  let told: News[];
  beforeEach(() => {
    chain = new FakeChain();
    told = [];
  });

  const open = (more: Partial<HistoryOptions> = {}, saved?: SavedHistory) =>
    new LogHistory(
      { contracts: [REGISTRY], registry: REGISTRY, start: () => 0, ...more },
      saved,
      async () => undefined,
    );
  const update = (history: LogHistory) => history.update(chain, (news) => told.push(news));
  const blocksOf = (history: LogHistory) => history.logs.map(({ blockNumber }) => Number(blockNumber));

  it('asks again where a node behind a balancer gave none of the last logs', async () => {
    const history = open();
    chain.grow(200, [3, 197, 199]);
    chain.hidden = { last: 5, answers: 2 };
    await update(history);
    assert.deepEqual(blocksOf(history), [3, 197, 199]);
    assert.deepEqual([history.read, chain.asked.length], [200, 3]);
    assert.deepEqual(chain.asked.at(-1), [137, 200], 'only the end');
  });

  it('asks for everything again where the end is not what is missing', async () => {
    const history = open();
    chain.grow(200, [3, 190]);
    chain.hidden = { last: 199, answers: 5 };
    await update(history);
    assert.deepEqual(blocksOf(history), [3, 190]);
    assert.deepEqual(chain.asked.at(-1), [0, 200]);
  });

  it('says how many models are missing, believes none of it, and goes on when the node has them', async () => {
    const history = open();
    chain.grow(80, [3]);
    await update(history);
    chain.grow(5, [2, 4]);
    chain.hidden = { last: 5, answers: 100 };
    await assert.rejects(update(history), /does not give the events of 2 of the 3 models .* at block 85/);
    assert.equal(history.read, 80);
    chain.hidden.answers = 0;
    await update(history);
    assert.deepEqual(blocksOf(history), [3, 82, 84]);
    assert.equal(history.read, 85);
  });

  it('tells that the beginning changed when logs come late', async () => {
    const history = open({ registry: undefined });
    chain.grow(20, [3, 18]);
    chain.hidden = { last: 17, answers: 0 };
    const getLogs = chain.getLogs;
    chain.getLogs = async (from, to) => (await getLogs(from, to)).filter(({ blockNumber }) => blockNumber !== '0x3');
    await update(history);
    chain.getLogs = getLogs;
    chain.grow(1);
    await update(history);
    assert.deepEqual(blocksOf(history), [3, 18]);
    assert.equal(told.at(-1)?.rewritten, true);
  });

  it('keeps what it has while a node that is further back answers', async () => {
    const history = open();
    chain.grow(50, [3, 48]);
    await update(history);
    chain.behind = 10;
    await update(history);
    assert.deepEqual([blocksOf(history), history.read], [[3, 48], 50]);
  });

  it('drops what a reorganisation replaced, and no more', async () => {
    const history = open();
    chain.grow(300, [3, 150, 290]);
    await update(history);
    chain.blocks.length = 201;
    chain.grow(110, [40], 1);
    chain.asked.length = 0;
    await update(history);
    assert.deepEqual(blocksOf(history), [3, 150, 240]);
    assert.equal(Math.min(...chain.asked.map(([from]) => from)), 151);
  });

  it('begins anew on another chain, at its own first block', async () => {
    const starts: number[] = [];
    const history = open({
      start: ({ number }) => {
        starts.push(number);
        return 0;
      },
    });
    chain.grow(30, [3]);
    await update(history);
    chain.blocks = [{ salt: 7, model: false }];
    chain.grow(10, [5]);
    await update(history);
    assert.deepEqual(blocksOf(history), [5]);
    assert.deepEqual(starts, [30, 10]);
  });

  it('keeps settled blocks alone, goes on from them, and drops those that are not on the chain', async () => {
    const history = open();
    chain.grow(300, [3, 290]);
    await update(history);
    const saved = await history.settled(chain);
    assert.deepEqual([saved?.read.number, saved?.logs.length], [236, 1]);
    const next = open({}, saved);
    chain.asked.length = 0;
    await update(next);
    assert.deepEqual(blocksOf(next), [3, 290]);
    assert.deepEqual(chain.asked, [[237, 300]]);
    chain.blocks[2].salt = 1;
    const forked = open({}, saved);
    await update(forked);
    assert.deepEqual(
      forked.logs.map(({ blockHash }) => blockHash),
      [chain.hash(3), chain.hash(290)],
    );
  });

  it('that begins later on purpose misses no model of before, where the node can count them', async () => {
    chain.grow(300, [3, 100, 290]);
    const history = open({ start: () => 50, partial: true });
    await update(history);
    assert.deepEqual([blocksOf(history), history.missing, chain.asked.length], [[100, 290], 0, 1]);
    const count = chain.nodeCount;
    chain.nodeCount = async (block) => {
      if (block < 299) throw new Error('missing trie node');
      return count(block);
    };
    const pruned = open({ start: () => 50, partial: true });
    await update(pruned);
    assert.deepEqual([blocksOf(pruned), pruned.missing], [[100, 290], 1]);
  });
});
