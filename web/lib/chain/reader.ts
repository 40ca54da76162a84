import type { Address, Hex, PublicClient } from 'viem';
import { modelRegistryAbi, trainersAbi } from '../../../src/generated/abi.ts';
import { LogHistory, type News } from '../../../src/registry/logHistory.ts';
import { logNodeOf } from '../../../src/registry/logNode.ts';
import type { LogNode } from '../../../src/registry/logs.ts';
import { clientOf } from './client.ts';
import { type MissingConfig, readConfig } from './config.ts';
import { readCredits, readSplit } from './credit.ts';
import type { Credit, Split } from './creditTypes.ts';
import { errorInWords } from './errors.ts';
import { applyLogs } from './events.ts';
import { asLog } from './scan.ts';
import { loadSnapshot, type Snapshot, saveSnapshot } from './snapshot.ts';
import { Store } from './store.ts';
import type { ChainConfig, Status } from './types.ts';

/** The node is asked for news at most this often, however many visitors there are. */
const FRESH_MS = 1_500;
/** And at most this often when somebody asks for a node that is not known. */
const SOONEST_MS = 200;
/** Nodes whose time is read in one call. */
const TIMES_AT_ONCE = 400;
/** Models whose credit is kept. */
const MOST_CREDITS = 1_000;
/** Models whose schema is kept. */
const MOST_SCHEMAS = 10_000;
/** In wei: what a split is shown for. */
const ONE_ETHER = 10n ** 18n;
/** A first look waits this long at most for a large registry, a later one so long for news; the reading goes on behind. */
const FIRST_LOOK_MS = 8_000;
const LATER_LOOK_MS = 3_000;
/** What was read is kept on disk when so much more of it is there, or after so long. */
const GROWTH = 1.1;
const KEEP_MS = 600_000;

/** One registry as this server knows it: everything up to a block, kept in memory, extended when somebody looks. */
export class Reader {
  readonly config: ChainConfig;
  readonly client: PublicClient;
  #store = new Store();
  readonly #history: LogHistory;
  readonly #node: LogNode;
  readonly #credits = new Map<Hex, { block: number; answer: Promise<Credit[] | undefined> }>();
  readonly #schemas = new Map<Hex, Hex>();
  #head = 0;
  #answeredAt = 0;
  #lookedAt = 0;
  #problem: string | undefined;
  #running: Promise<void> | undefined;
  /** what an earlier process read, until the node has said that it is on the chain */
  #untold: Snapshot | undefined;
  #kept = { logs: 0, at: 0 };
  #isWhole = false;

  constructor(config: ChainConfig) {
    this.config = config;
    this.client = clientOf(config);
    const contracts = this.#contracts;
    this.#untold = loadSnapshot(config, contracts);
    const options = { contracts, registry: config.registry, start: () => config.block };
    this.#history = new LogHistory(options, this.#untold?.history);
    this.#kept = { logs: this.#history.logs.length, at: Date.now() };
    this.#node = logNodeOf(this.client, contracts, config.registry);
  }

  get #scanned(): number {
    return this.#untold === undefined ? (this.#history.read ?? this.config.block - 1) : this.config.block - 1;
  }

  get #contracts(): Address[] {
    const { registry, datasets, scoreboard, cards, creditVault, bountyBoard, statuses, attestations } = this.config;
    const { inferences, audit } = this.config;
    return [
      registry,
      datasets,
      scoreboard,
      cards,
      creditVault,
      bountyBoard,
      statuses,
      attestations,
      inferences,
      audit,
    ].filter((contract) => contract !== undefined);
  }

  get store(): Store {
    return this.#store;
  }

  get status(): Status {
    return {
      head: this.#head,
      scanned: this.#scanned,
      answeredAt: this.#answeredAt,
      first: this.config.block,
      whole: this.#isWhole,
      ...(this.#problem && { problem: this.#problem }),
    };
  }

  /** Reads what is new, unless that was done a moment ago. Never throws: what went wrong is in `status`. */
  async refresh(patience = FRESH_MS): Promise<void> {
    if (Date.now() - this.#lookedAt < patience) return;
    this.#running ??= this.#read().finally(() => {
      this.#lookedAt = Date.now();
      this.#running = undefined;
    });
    const longest = this.#lookedAt === 0 ? FIRST_LOOK_MS : LATER_LOOK_MS;
    await Promise.race([this.#running, new Promise((resolve) => setTimeout(resolve, longest))]);
  }

  /** What a model was paid and is owed, as of the block that was read last; undefined where the vault does not answer. */
  credits(id: Hex): Promise<Credit[] | undefined> {
    const { creditVault } = this.config;
    if (!creditVault) return Promise.resolve(undefined);
    const known = this.#credits.get(id);
    if (known?.block === this.#scanned) return known.answer;
    const answer = readCredits(this.client, creditVault, this.#store, id).catch(() => undefined);
    if (this.#credits.size >= MOST_CREDITS) this.#credits.clear();
    this.#credits.set(id, { block: this.#scanned, answer });
    return answer;
  }

  /** What would become of one payment to a model, as of the block that was read last; undefined as `credits`. */
  async split(id: Hex): Promise<Split | undefined> {
    const { creditVault } = this.config;
    return creditVault && readSplit(this.client, creditVault, id, ONE_ETHER).catch(() => undefined);
  }

  /** Who acts for a trainer: the trainer itself where nobody says otherwise. */
  async keyOf(trainer: Address): Promise<Address> {
    const { trainers: address } = this.config;
    if (!address) return trainer;
    const call = { address, abi: trainersAbi, functionName: 'keyOf', args: [trainer] } as const;
    return this.client.readContract(call).catch(() => trainer);
  }

  /** The schema of a model or a shard, which stays as it is; undefined where the node does not answer. */
  async schema(id: Hex, of: 'model' | 'shard' = 'model'): Promise<Hex | undefined> {
    const known = this.#schemas.get(id);
    if (known !== undefined) return known;
    const call = { address: this.config.registry, abi: modelRegistryAbi, args: [id] } as const;
    const hash = await (of === 'model'
      ? this.client.readContract({ ...call, functionName: 'schemaOf' })
      : this.client.readContract({ ...call, functionName: 'shard' }).then(({ schema }) => schema)
    ).catch(() => undefined);
    if (this.#schemas.size >= MOST_SCHEMAS) this.#schemas.clear();
    if (hash !== undefined) this.#schemas.set(id, hash);
    return hash;
  }

  async #read(): Promise<void> {
    try {
      const node = this.#node;
      const head = await this.#history.update(
        {
          ...node,
          getBlock: async (number) => {
            // What is wrong is said at once: it may be asked again for a while.
            const block = await node.getBlock(number).catch((error) => this.#fail(error));
            if (number === 'latest' && block) this.#answered(block.number);
            return block;
          },
        },
        (news) => this.#apply(news),
      );
      this.#tellSaved();
      this.#answered(head.number);
      this.#isWhole = true;
      await this.#readTimes();
      this.#problem = undefined;
      void this.#keep();
    } catch (error) {
      await this.#fail(error).catch(() => undefined);
    }
  }

  async #fail(error: unknown): Promise<never> {
    this.#problem = (await errorInWords(error)).title;
    throw error;
  }

  /** A node behind a balancer may be further than the one that answers now. */
  #answered(head: number): void {
    this.#head = Math.max(head, this.#history.read ?? 0);
    this.#answeredAt = Date.now();
  }

  /** What came late or was replaced changes the order: then all is told again. */
  #apply({ added, rewritten }: News): void {
    if (!rewritten) {
      this.#tellSaved();
      applyLogs(this.#store, this.config, added.map(asLog));
      return;
    }
    this.#untold = undefined;
    const store = new Store();
    applyLogs(store, this.config, this.#history.logs.map(asLog));
    store.setTimestamps(this.#store.timestamps());
    this.#store = store;
    this.#credits.clear();
    this.#schemas.clear();
  }

  /** Puts what an earlier process read into the store: the history has found its last block on the chain by now. */
  #tellSaved(): void {
    const saved = this.#untold;
    if (saved === undefined) return;
    this.#untold = undefined;
    applyLogs(this.#store, this.config, saved.history.logs.map(asLog));
    this.#store.setTimestamps(saved.times);
  }

  async #keep(): Promise<void> {
    const { length } = this.#history.logs;
    const isDue =
      length > this.#kept.logs * GROWTH || (length > this.#kept.logs && Date.now() - this.#kept.at > KEEP_MS);
    if (!isDue) return;
    this.#kept = { logs: length, at: Date.now() };
    const history = await this.#history.settled(this.#node).catch(() => undefined);
    if (history) await saveSnapshot(this.config, this.#contracts, { history, times: this.#store.timestamps() });
  }

  async #readTimes(): Promise<void> {
    for (let ids = this.#store.untimed(TIMES_AT_ONCE); ids.length > 0; ids = this.#store.untimed(TIMES_AT_ONCE)) {
      const nodes = await this.client.multicall({
        contracts: ids.map((id) => ({
          address: this.config.registry,
          abi: modelRegistryAbi,
          functionName: 'node' as const,
          args: [id] as const,
        })),
        allowFailure: false,
        // Works on chains without the Multicall3 contract as well.
        deployless: true,
      });
      this.#store.setTimestamps(new Map(ids.map((id, k) => [id, Number(nodes[k].timestamp)])));
    }
  }
}

const holder = globalThis as { descentReader?: { key: string; reader: Reader } };

/**
 * The reader of the configured registry, up to date, or why there is none.
 * @param wanted a node that somebody asks for: where it is not known yet, the chain is asked once more, because its
 * transaction may be a moment old
 * @param soon answers with what is known, while the chain is asked for news
 */
export async function openReader(wanted?: Hex, soon = false): Promise<Reader | MissingConfig> {
  const config = readConfig();
  if ('missing' in config) return config;
  const key = JSON.stringify(config);
  if (holder.descentReader?.key !== key) holder.descentReader = { key, reader: new Reader(config) };
  const { reader } = holder.descentReader;
  const reading = reader.refresh();
  if (!soon || reader.store.size === 0) await reading;
  if (wanted && !reader.store.model(wanted)) await reader.refresh(SOONEST_MS);
  return reader;
}
