/** The demo's cast: who signs with which development account. */
export const CAST = { Alice: 1, Bob: 2 } as const;
export type Person = keyof typeof CAST;

/** A shard of MNIST's training half: `rows` rows from row `place * rows` on. */
export interface StoryShard {
  key: string;
  owner: Person;
  place: number;
}

/** A training edge. Parents and shards are named by their keys; 'start' is the seed. */
export interface StoryEdge {
  key: string;
  trainer: Person;
  parent: string;
  shard: string;
  what: string;
}

export const SHARDS: readonly StoryShard[] = [
  { key: 'alice-1', owner: 'Alice', place: 0 },
  { key: 'alice-2', owner: 'Alice', place: 1 },
  { key: 'bob-1', owner: 'Bob', place: 2 },
];

export const SEED = { key: 'start', trainer: 'Alice' as Person };

export const EDGES: readonly StoryEdge[] = [
  { key: 'first', trainer: 'Alice', parent: 'start', shard: 'alice-1', what: 'Alice trains her random start' },
  { key: 'second', trainer: 'Alice', parent: 'first', shard: 'alice-2', what: 'and goes on with more digits' },
  {
    key: 'tuned',
    trainer: 'Bob',
    parent: 'second',
    shard: 'bob-1',
    what: "Bob fine-tunes Alice's model on his digits",
  },
  { key: 'branch', trainer: 'Bob', parent: 'first', shard: 'bob-1', what: 'and tries the same from an older model' },
];

/** Learning rate and batch of every edge: 8 * 8 / 256 = 0.25 on the mean gradient. */
export const TRAINING = { lr: 8, batch: 8 };

/** Hidden units between the 7x7 pixels and the ten digits. */
export const WIDTHS = [49, 32, 10];
