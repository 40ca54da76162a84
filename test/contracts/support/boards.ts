// Benchmarks on a registry of RegistryFixture: what tests of rules, seals and leaderboards have in common.
import { type Address, type Hex, toHex } from 'viem';
import type { ShardShape } from '../../../src/model/shape.ts';
import { ascending, datasetId } from '../../../src/registry/ids.ts';
import { type BenchmarkRules, NO_RULES } from '../../../src/registry/rules.ts';
import { resultId } from '../../../src/registry/statement.ts';
import { type Model, type Registered, type RegistryFixture, scoreClaim } from './registryFixture.ts';

export const URI = 'ipfs://test rows';
export const NONE = toHex(0, { size: 32 });
export const SHARD: ShardShape = { inputs: 5, outputs: 3, rows: 16, kind: 'classes' };
export const WIDTHS = [5, 4, 3];
export const SEAL = { none: 0, sealed: 1, overdue: 2, forfeited: 3, open: 4 } as const;
export const DAY = 86_400n;

export const idOf = ({ statement }: { statement: Parameters<typeof resultId>[0] }): Hex => resultId(statement);
export const shardIds = (...shards: Registered[]): Hex[] => ascending(shards.map(idOf));

interface Ranking {
  by?: Address;
  steps?: readonly Hex[];
  value?: bigint;
}

interface Sealing {
  by?: Address;
  /** from now */
  blocks?: bigint;
  seconds?: bigint;
  bond?: bigint;
  rules?: BenchmarkRules;
}

/** A sealed benchmark and what its sealer knows. */
export interface Sealed {
  id: Hex;
  secret: Registered;
  dataset: Hex;
  closing: bigint;
  openBy: bigint;
  by: Address;
  receipt: Awaited<ReturnType<RegistryFixture['scoreboard']['send']>>;
}

export class Boards {
  readonly fixture: RegistryFixture;

  constructor(fixture: RegistryFixture) {
    this.fixture = fixture;
  }

  /** Lists shards. @returns the dataset's id */
  async list(shards: readonly Registered[], by = this.fixture.alice, uri = URI): Promise<Hex> {
    const ids = shardIds(...shards);
    await this.fixture.datasets.send('registerDataset', [ids, uri], by);
    return datasetId(by, ids, uri);
  }

  /** Lists shards as Alice and makes them a benchmark of `by`. */
  async open(
    shards: readonly Registered[],
    rules: Partial<BenchmarkRules> = {},
    by = this.fixture.alice,
  ): Promise<Hex> {
    const { alice, datasets, scoreboard } = this.fixture;
    const args = [alice, shardIds(...shards), URI, { ...NO_RULES, ...rules }];
    const { registrar } = await datasets.read('dataset', [datasetId(alice, shardIds(...shards), URI)]);
    if (registrar !== alice) await this.list(shards);
    const id = await scoreboard.simulate('openBenchmark', args, by);
    await scoreboard.send('openBenchmark', args, by);
    return id;
  }

  async score(of: Model, shard: Registered, result: bigint, prover = this.fixture.alice): Promise<void> {
    await this.fixture.submit(scoreClaim(of, shard, result), prover);
  }

  /** @returns the place */
  async rank(of: Model, benchmark: Hex, ranking: Ranking = {}): Promise<bigint> {
    const place = await this.attempt(idOf(of), benchmark, ranking);
    const { by = this.fixture.alice, steps = [], value = 0n } = ranking;
    await this.fixture.scoreboard.send('rank', [idOf(of), benchmark, steps], by, value);
    return place;
  }

  /** The same without sending. */
  attempt(of: Hex, benchmark: Hex, { by = this.fixture.alice, steps = [], value = 0n }: Ranking = {}): Promise<bigint> {
    return this.fixture.scoreboard.simulate('rank', [of, benchmark, steps], by, value);
  }

  async now(): Promise<bigint> {
    return (await this.fixture.chain.read.getBlock()).timestamp;
  }

  /** Lets the next block have a time. */
  async at(time: bigint): Promise<void> {
    await this.fixture.chain.request('evm_setNextBlockTimestamp', toHex(time));
  }

  /** Commits to a shard that only the sealer knows: it is made on a copy of the chain that is then discarded. */
  async seal({ by = this.fixture.alice, blocks = 5n, seconds = DAY, bond = 0n, rules = NO_RULES }: Sealing = {}) {
    const { chain, scoreboard } = this.fixture;
    const outer = await chain.request('evm_snapshot');
    const secret = await this.fixture.registerShard(SHARD, by);
    await chain.request('evm_revert', outer);
    const dataset = datasetId(by, shardIds(secret), URI);
    const closing = (await chain.read.getBlockNumber()) + blocks;
    const openBy = (await this.now()) + seconds;
    const args = [dataset, closing, openBy, rules];
    const id: Hex = await scoreboard.simulate('sealBenchmark', args, by, bond);
    const receipt = await scoreboard.send('sealBenchmark', args, by, bond);
    return { id, secret, dataset, closing, openBy, by, receipt } satisfies Sealed;
  }

  /** Registers what was sealed, after the closing block. */
  async reveal({ secret, by, closing }: Sealed): Promise<void> {
    const { chain } = this.fixture;
    const left = closing - (await chain.read.getBlockNumber());
    if (left > 0n) await chain.mine(Number(left));
    await this.fixture.submit(secret, by);
    await this.fixture.datasets.send('registerDataset', [shardIds(secret), URI], by);
  }

  unsealArgs({ secret, by }: Pick<Sealed, 'secret' | 'by'>) {
    return [by, by, shardIds(secret), URI] as const;
  }

  unseal(sealed: Sealed, by = sealed.by) {
    return this.fixture.scoreboard.send('unsealBenchmark', this.unsealArgs(sealed), by);
  }

  async stateOf(id: Hex): Promise<number> {
    return (await this.fixture.scoreboard.read('sealOf', [id])).state;
  }

  owed(account: Address): Promise<bigint> {
    return this.fixture.scoreboard.read('owed', [account]);
  }

  balance(address: Address): Promise<bigint> {
    return this.fixture.chain.read.getBalance({ address });
  }
}
