// A registry with models of every kind in a chain of thousands of blocks, to be read through a provider.
import type { Hex } from 'viem';
import { modelCardsAbi } from '../../../src/generated/abi.ts';
import { ascending } from '../../../src/registry/ids.ts';
import { NO_RULES } from '../../../src/registry/rules.ts';
import { resultId } from '../../../src/registry/statement.ts';
import type { Upstream } from '../../support/nodeProxy.ts';
import { Contract, testChain } from './chain.ts';
import { type Registered, RegistryFixture, scoreClaim, type Trained, trainClaim } from './registryFixture.ts';

const WIDTHS = [4, 3, 2];
const SHARD = { inputs: 4, outputs: 2, rows: 16, kind: 'classes' } as const;
const URI = 'ipfs://rows';

export class ServedRegistry {
  readonly fixture: RegistryFixture;
  readonly cards: Contract;
  readonly shard: Registered;
  /** Ids of all models, in the order of their registration. */
  readonly models: Hex[] = [];
  benchmark: Hex = '0x';
  #last: Trained;

  /** @param apart blocks between one registration and the next */
  static async create(apart: number): Promise<ServedRegistry> {
    const chain = await testChain();
    await chain.mine(apart);
    const fixture = await RegistryFixture.create(chain);
    const address = await chain.deploy(
      'ModelCards',
      [fixture.registry, fixture.trainers, fixture.relay].map((one) => one.address),
    );
    const cards = new Contract(chain, address, modelCardsAbi as never);
    const shard = await fixture.registerShard(SHARD);
    await chain.mine(apart);
    const seed = await fixture.seedModel(WIDTHS);
    await chain.mine(apart);
    const imported = await fixture.importModel(WIDTHS);
    await chain.mine(apart);
    const merged = await fixture.mergeModels([seed, imported]);
    await chain.mine(apart);
    const last = await fixture.trainModel(merged, shard);
    const made = new ServedRegistry(fixture, cards, shard, last);
    for (const { statement } of [seed, imported, merged, last]) made.models.push(resultId(statement));
    await made.#rank();
    await chain.mine(apart);
    return made;
  }

  private constructor(fixture: RegistryFixture, cards: Contract, shard: Registered, last: Trained) {
    this.fixture = fixture;
    this.cards = cards;
    this.shard = shard;
    this.#last = last;
  }

  get upstream(): Upstream {
    return (method, params) => this.fixture.chain.request(method, ...params);
  }

  get shardId(): Hex {
    return resultId(this.shard.statement);
  }

  /** What the command line takes from the environment. */
  env(rpc: string): Record<string, string> {
    const { registry, datasets, scoreboard } = this.fixture;
    return {
      DESCENT_RPC: rpc,
      DESCENT_REGISTRY: registry.address,
      DESCENT_DATASETS: datasets.address,
      DESCENT_SCOREBOARD: scoreboard.address,
      DESCENT_CARDS: this.cards.address,
    };
  }

  /** Registers one more child of the last model, in a block of its own. */
  async grow(): Promise<Hex> {
    const child = trainClaim(this.#last, this.shard);
    await this.fixture.submit(child);
    this.#last = child;
    const id = resultId(child.statement);
    this.models.push(id);
    return id;
  }

  async #rank(): Promise<void> {
    const { fixture, cards } = this;
    const args = [ascending([this.shardId]), URI];
    await fixture.datasets.send('registerDataset', args, fixture.alice);
    this.benchmark = await fixture.scoreboard.simulate(
      'openBenchmark',
      [fixture.alice, ...args, NO_RULES],
      fixture.alice,
    );
    await fixture.scoreboard.send('openBenchmark', [fixture.alice, ...args, NO_RULES], fixture.alice);
    await fixture.submit(scoreClaim(this.#last, this.shard, 11n));
    await fixture.scoreboard.send('rank', [this.models.at(-1), this.benchmark, []]);
    await cards.send('writeCard', [this.models.at(-1), 'The last one', ''], fixture.alice);
  }
}
