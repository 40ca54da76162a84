/** The people of the demo: who signs with which development account. */
export const PEOPLE = { Alice: 1, Bob: 2 } as const;
export type Person = keyof typeof PEOPLE;

/** A shard: `rows` rows of a half of MNIST from row `place * rows` on. */
export interface ScenarioShard {
  key: string;
  owner: Person;
  half: 'train' | 'test';
  place: number;
  what: string;
}

/** A model. Parents and shards are named by their keys. */
interface ScenarioModel {
  key: string;
  /** Its name on its card. */
  title: string;
  trainer: Person;
  what: string;
}

export interface ScenarioEdge extends ScenarioModel {
  parent: string;
  shard: string;
}

export interface ScenarioMerge extends ScenarioModel {
  parents: readonly string[];
}

/** The digits on which all models are ranked. Nobody trains on them. */
export const TEST_SHARD: ScenarioShard = {
  key: 'exam',
  owner: 'Bob',
  half: 'test',
  place: 0,
  what: 'Bob registers test digits for the leaderboard.',
};

export const SHARDS: readonly ScenarioShard[] = [
  { key: 'alice-1', owner: 'Alice', half: 'train', place: 0, what: 'Alice registers digits of hers.' },
  { key: 'alice-2', owner: 'Alice', half: 'train', place: 1, what: 'She registers more.' },
  { key: 'bob-1', owner: 'Bob', half: 'train', place: 2, what: 'Bob registers his digits. Alice never sees them.' },
  TEST_SHARD,
];

export const SEED: ScenarioModel = {
  key: 'start',
  title: "Alice's start",
  trainer: 'Alice',
  what: 'Alice starts with random weights, drawn by the chain.',
};

export const EDGES: readonly ScenarioEdge[] = [
  {
    key: 'first',
    title: "Alice's first",
    trainer: 'Alice',
    parent: 'start',
    shard: 'alice-1',
    what: 'She trains on her digits.',
  },
  {
    key: 'second',
    title: "Alice's second",
    trainer: 'Alice',
    parent: 'first',
    shard: 'alice-2',
    what: 'She goes on with more digits.',
  },
  {
    key: 'tuned',
    title: "Bob's fine-tune",
    trainer: 'Bob',
    parent: 'second',
    shard: 'bob-1',
    what: 'Bob goes on from there with his digits.',
  },
  {
    key: 'branch',
    title: "Bob's branch",
    trainer: 'Bob',
    parent: 'first',
    shard: 'bob-1',
    what: 'He tries the same from an older model.',
  },
];

/** Their average, weight by weight. */
export const MERGE: ScenarioMerge = {
  key: 'merged',
  title: 'Alice and Bob, merged',
  trainer: 'Alice',
  parents: ['second', 'branch'],
  what: "Alice averages her model 'second' and Bob's 'branch'.",
};

/** Every model in the order of the tree; each is scored on the test shard by its own trainer. */
export const MODELS: readonly ScenarioModel[] = [SEED, ...EDGES, MERGE];

/** Names of the models by their keys. */
export const TITLES: ReadonlyMap<string, string> = new Map(MODELS.map(({ key, title }) => [key, title]));

/** Learning rate and batch of every edge: 8 * 8 / 256 = 0.25 on the mean gradient. */
export const TRAINING = { lr: 128, batch: 8, passes: 1 };

/** Hidden units between the 7x7 pixels and the ten digits. */
export const WIDTHS = [49, 32, 10];
