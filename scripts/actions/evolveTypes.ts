import type { Coefficients } from '../../src/model/merge-recipes.ts';
import type { Json } from '../runs/run.ts';
import type { ShardEntry } from '../runs/shards.ts';

/** What a search was started with. */
export interface EvolveInputs {
  [key: string]: Json;
  parents: { parent: string; parentSha256: string }[];
  dev: ShardEntry[];
  generations: number;
  /** Candidates of a generation. */
  population: number;
  seed: number;
  // otherSchema: 'yes', where it was said
}

/** What a model is worth on the dev rows, as JSON has it: `Fitness` with its error as decimal digits. */
export interface Worth {
  [key: string]: Json;
  right: number | null;
  error: string;
}

/** A generation without its candidates. */
export interface GenerationFigures {
  [key: string]: Json;
  generation: number;
  /** Of the best candidate; null where none could be proved. */
  best: Worth | null;
  /** Means over the candidates that can be proved: rows right and error. */
  mean: { right: number | null; error: number } | null;
  outOfRange: number;
}

export interface SearchOutcome {
  [key: string]: Json;
  shape: string;
  head: string;
  kind: string;
  /** Dev rows. */
  rows: number;
  outputs: number;
  /** In the order of the parents. */
  parents: Worth[];
  /** Of the plain average; null where it cannot be proved. */
  average: Worth | null;
  winner: { [key: string]: Json; generation: number; coefficients: Coefficients; worth: Worth };
  /** Whether the winner is better than every parent. */
  beats: boolean;
  generations: GenerationFigures[];
  /** Children measured. */
  measured: number;
}
