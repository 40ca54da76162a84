// A registry with models of every kind in a chain of thousands of blocks, to be read through a provider.
import type { Hex } from 'viem';
import { modelCardsAbi } from '../../../src/generated/abi.ts';
import { ascending } from '../../../src/registry/ids.ts';
import { resultId } from '../../../src/registry/statement.ts';
import type { Upstream } from '../../support/nodeProxy.ts';
import { Contract, testChain } from './chain.ts';
import { type Registered, scoreClaim, type Trained, trainClaim, World } from './world.ts';

const WIDTHS = [4, 3, 2];
const SHARD = { inputs: 4, outputs: 2, rows: 16, kind: 'classes' } as const;
const URI = 'ipfs://rows';

export class ServedWorld {
  readonly world: World;
  readonly cards: Contract;
  readonly shard: Registered;
  /** Ids of all models, in the order of their registration. */
  readonly models: Hex[] = [];
  benchmark: Hex = '0x';
  #last: Trained;

  /** @param apart blocks between one registration and the next */
  static async create(apart: number): Promise<ServedWorld> {
    const chain = await testChain();
    await chain.mine(apart);
    const world = await World.create(chain);
    const address = await chain.deploy('ModelCards', [world.registry.address, world.relay.address]);
    const cards = new Contract(chain, address, modelCardsAbi as never);
    const shard = await world.registerShard(SHARD);
    await chain.mine(apart);
    const seed = await world.seedModel(WIDTHS);
    await chain.mine(apart);
    const imported = await world.importModel(WIDTHS);
    await chain.mine(apart);
    const merged = await world.mergeModels([seed, imported]);
    await chain.mine(apart);
    const last = await world.trainModel(merged, shard);
    const made = new ServedWorld(world, cards, shard, last);
    for (const { statement } of [seed, imported, merged, last]) made.models.push(resultId(statement));
    await made.#rank();
    await chain.mine(apart);
    return made;
  }

  private constructor(world: World, cards: Contract, shard: Registered, last: Trained) {
    this.world = world;
    this.cards = cards;
    this.shard = shard;
    this.#last = last;
  }

  get upstream(): Upstream {
    return (method, params) => this.world.chain.request(method, ...params);
  }

  get shardId(): Hex {
    return resultId(this.shard.statement);
  }

  /** What the command line takes from the environment. */
  env(rpc: string): Record<string, string> {
    const { registry, scoreboard } = this.world;
    return {
      DESCENT_RPC: rpc,
      DESCENT_REGISTRY: registry.address,
      DESCENT_SCOREBOARD: scoreboard.address,
      DESCENT_CARDS: this.cards.address,
    };
  }

  /** Registers one more child of the last model, in a block of its own. */
  async grow(): Promise<Hex> {
    const child = trainClaim(this.#last, this.shard);
    await this.world.submit(child);
    this.#last = child;
    const id = resultId(child.statement);
    this.models.push(id);
    return id;
  }

  async #rank(): Promise<void> {
    const { world, cards } = this;
    const args = [ascending([this.shardId]), URI];
    await world.registry.send('registerDataset', args, world.alice);
    this.benchmark = await world.scoreboard.simulate('openBenchmark', args);
    await world.scoreboard.send('openBenchmark', args);
    await world.submit(scoreClaim(this.#last, this.shard, 11n));
    await world.scoreboard.send('rank', [this.models.at(-1), this.benchmark]);
    await cards.send('writeCard', [this.models.at(-1), 'The last one', ''], world.alice);
  }
}
