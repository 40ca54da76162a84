// The programs that there are. A new one is a line here and one in `definitions.ts`; the compiler names every table that lacks it.

/** Circuits, each of which has a key of its own, with their numbers in statements and in the registry (protocol section 2). */
export const CIRCUITS = {
  data: 1,
  seed: 2,
  train: 3,
  import: 4,
  merge: 5,
  score: 6,
  convSeed: 7,
  convTrain: 8,
  convImport: 9,
  convMerge: 10,
  convScore: 11,
  infer: 12,
  convInfer: 13,
  disjoint: 14,
  subset: 15,
  sparseMerge: 16,
} as const;

export type Circuit = keyof typeof CIRCUITS;

/** All circuits, in the order of their numbers. */
export const CIRCUIT_NAMES = Object.keys(CIRCUITS) as readonly Circuit[];

/** What has to be on chain for a statement to mean something, besides the statement itself. */
export type Surrounding = 'request' | 'parents' | 'model' | 'shard';

/** What is known of a program without its definition, which brings the contracts' interfaces along. */
interface Listed {
  /** the circuits that prove it: of perceptrons, of convolutional networks, and what else there is of it, of models of both kinds */
  circuits: readonly [Circuit, Circuit?, Circuit?];
  /**
   * what a proof of it registers: results on the scoreboard, inferences in a contract of their own, facts about rows with the audit, all
   * else in the registry
   */
  registers: 'shard' | 'model' | 'result' | 'inference' | 'fact';
  /** value of the contract's enum Kind, where it registers models */
  kind?: number;
  /** the struct that a trainer signs for the relay; none where the relay carries no proof of it */
  request?: string;
  /** gas of registering it, at most: test/snapshots/gas.json has the exact figures */
  gas: number;
  /** what a chain is asked about beside the record, in order */
  asks: readonly Surrounding[];
}

export const PROGRAMS = {
  data: { circuits: ['data'], registers: 'shard', request: 'RegisterShard', gas: 750_000, asks: [] },
  seed: {
    circuits: ['seed', 'convSeed'],
    registers: 'model',
    kind: 1,
    request: 'Seed',
    gas: 690_000,
    asks: ['request'],
  },
  train: {
    circuits: ['train', 'convTrain'],
    registers: 'model',
    kind: 3,
    request: 'Train',
    gas: 770_000,
    asks: ['parents', 'shard'],
  },
  import: {
    circuits: ['import', 'convImport'],
    registers: 'model',
    kind: 2,
    request: 'Import',
    gas: 700_000,
    asks: [],
  },
  merge: {
    circuits: ['merge', 'convMerge', 'sparseMerge'],
    registers: 'model',
    kind: 4,
    request: 'Merge',
    gas: 920_000,
    asks: ['parents'],
  },
  score: {
    circuits: ['score', 'convScore'],
    registers: 'result',
    request: 'Score',
    gas: 770_000,
    asks: ['model', 'shard'],
  },
  infer: { circuits: ['infer', 'convInfer'], registers: 'inference', gas: 770_000, asks: ['model', 'shard'] },
  disjoint: { circuits: ['disjoint'], registers: 'fact', gas: 640_000, asks: ['shard'] },
  subset: { circuits: ['subset'], registers: 'fact', gas: 680_000, asks: ['shard'] },
} as const satisfies Record<string, Listed>;

/** The contract that takes a proof, by what it registers. */
export const TARGETS = {
  shard: 'registry',
  model: 'registry',
  result: 'scoreboard',
  inference: 'inferences',
  fact: 'audit',
} as const;

export type Program = keyof typeof PROGRAMS;

/** Programs of which the relay carries proofs. */
export type RelayedProgram = {
  [P in Program]: (typeof PROGRAMS)[P] extends { request: string } ? P : never;
}[Program];

export function isRelayed(program: Program): program is RelayedProgram {
  return 'request' in PROGRAMS[program];
}

/** Programs that register models. */
export type ModelProgram = {
  [P in Program]: (typeof PROGRAMS)[P]['registers'] extends 'model' ? P : never;
}[Program];

export function isModelProgram(program: Program): program is ModelProgram {
  return PROGRAMS[program].registers === 'model';
}

/** All programs, in the order of their circuits' numbers. */
export const PROGRAM_NAMES = Object.keys(PROGRAMS) as readonly Program[];

/** The circuit that proves a program of models of one kind. @param isNetwork whether they are convolutional networks */
export function circuitOf(program: Program, isNetwork: boolean): Circuit {
  const [circuit, ofNetworks]: readonly [Circuit, Circuit?, Circuit?] = PROGRAMS[program].circuits;
  return (isNetwork ? ofNetworks : undefined) ?? circuit;
}

/** The program that a circuit proves. */
export function programOf(circuit: Circuit): Program {
  return PROGRAM_NAMES.find((program) => (PROGRAMS[program].circuits as readonly Circuit[]).includes(circuit))!;
}

/** How a node of the registry came to be. A foreign one is made by a program of another proof system. */
export type NodeKind = 'none' | ModelProgram | 'foreign';

/** Of the contract's enum Kind. */
export const FOREIGN_KIND = 5;

/** By value of the contract's enum Kind. */
export const NODE_KINDS: readonly NodeKind[] = nodeKinds();

function nodeKinds(): NodeKind[] {
  const kinds: NodeKind[] = ['none'];
  kinds[FOREIGN_KIND] = 'foreign';
  for (const [name, listed] of Object.entries(PROGRAMS)) {
    if (listed.registers === 'model') kinds[listed.kind] = name as ModelProgram;
  }
  return kinds;
}
