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
  /** on which three models are ranked */
  benchmark: Hex;
  /** proved by Bob, not registered */
  waiting: Made;
  /** proved by Bob, not registered either */
  spare: Made;
}

const ROWS = 64;
/** Where the dataset says that it can be read about. */
export const URI = 'ipfs://bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi';
const TEST_URI = 'https://example.org/digits/test';

/** Alice seeds and trains, Bob goes on from her models; two of Bob's edges are left for the tests to submit. */
export async function playStory(world: World): Promise<Story> {
  const { alice, bob } = world;
  const shards: Story['shards'] = [];
  for (const [k, by] of [alice, alice, bob].entries()) {
    const shard = await world.digits(k, ROWS);
    const made = await world.proveShard(by, shard, `shard-${k}`);
    await world.submit(by, made.edge);
    shards.push({ shard, ...made });
  }
  const dataset = await world.listDataset(alice, shards, URI);
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
  const tuned = await register(bob, second, 2, 'tuned');
  const branch = await register(bob, first, 2, 'branch');
  // alike siblings, which the tree draws as one
  for (const lr of [8, 12, 20]) await register(bob, seed, 2, `rate-${lr}`, lr);
  const root = await world.makeRoot(bob, 'imported');
  const merged = await world.merge(alice, [tuned.weights, branch.weights], 'merged');
  for (const [by, made] of [
    [bob, root],
    [alice, merged],
  ] as const) {
    await world.submit(by, made.edge);
    models.push(made);
  }
  const benchmark = await rankSome(world, [first, tuned, merged]);
  const waiting = await world.train(bob, second.weights, shards[0].shard, 'waiting');
  const spare = await world.train(bob, second.weights, shards[1].shard, 'spare');
  return { seed, models, shards, dataset, benchmark, waiting, spare };
}

/** Proves what some models get right of rows that none of them saw. */
async function rankSome(world: World, models: readonly Made[]): Promise<Hex> {
  const { alice } = world;
  const shard = await world.digits(9, ROWS);
  const made = await world.proveShard(alice, shard, 'test-shard');
  await world.submit(alice, made.edge);
  await world.listDataset(alice, [{ shard, ...made }], TEST_URI);
  const benchmark = await world.openBenchmark(alice, [made.id], TEST_URI);
  for (const { id, weights } of models) {
    const { edge } = await world.score(alice, weights, shard, `score-${id.slice(2, 8)}`);
    await world.submit(alice, edge);
    await world.rank(alice, id, benchmark);
  }
  return benchmark;
}
