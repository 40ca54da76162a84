// What happens in the world before the page is looked at.
import type { Hex } from 'viem';
import type { Shard } from '../../../src/model/shard.ts';
import type { Edge } from '../../../src/registry/edge.ts';
import type { Made, World } from './world.ts';

export interface Story {
  seed: Made;
  /** registered models in their order */
  models: Made[];
  shards: { shard: Shard; edge: Edge; id: Hex }[];
  dataset: Hex;
  /** proved by Bob, not registered */
  waiting: Made;
  /** proved by Bob, not registered either */
  spare: Made;
}

const ROWS = 64;

/** Alice seeds and trains, Bob goes on from her models; two of Bob's edges are left for the tests to submit. */
export async function playStory(world: World, uri: string): Promise<Story> {
  const { alice, bob } = world;
  const shards: Story['shards'] = [];
  for (const [k, by] of [alice, alice, bob].entries()) {
    const shard = await world.digits(k, ROWS);
    const made = await world.proveShard(by, shard, `shard-${k}`);
    await world.submit(by, made.edge);
    shards.push({ shard, ...made });
  }
  const dataset = await world.listDataset(alice, shards, uri);
  const seed = await world.makeSeed(alice, 'start');
  await world.submit(alice, seed.edge);
  const models = [seed];
  const register = async (by: typeof alice, parent: Made, shard: number, name: string, lr?: number) => {
    const made = await world.train(by, parent.weights, shards[shard].shard, name, lr);
    await world.submit(by, made.edge);
    models.push(made);
    return made;
  };
  const first = await register(alice, seed, 0, 'first');
  const second = await register(alice, first, 1, 'second');
  await register(bob, second, 2, 'tuned');
  await register(bob, first, 2, 'branch');
  // alike siblings, which the tree draws as one
  for (const lr of [8, 12, 20]) await register(bob, seed, 2, `rate-${lr}`, lr);
  const waiting = await world.train(bob, second.weights, shards[0].shard, 'waiting');
  const spare = await world.train(bob, second.weights, shards[1].shard, 'spare');
  return { seed, models, shards, dataset, waiting, spare };
}
