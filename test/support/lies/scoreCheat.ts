// A cheat on program score: a 3-3-3 network (circuit layers 3 and 4) on 3 rows of 4, one hidden layer. Classes: the label of
// every row is 0. Labels: those of every row are 0 and 2.

import { inverse, mod, Random, range } from '../../reference/algebra.ts';
import { type ReferenceWeights, randomWeights } from '../../reference/models.ts';
import type { Reference } from '../../reference/run.ts';
import { proveScore, type ScoreHooks } from '../../reference/score.ts';
import type { Measured, Stated } from '../../reference/score-run.ts';
import { type ReferenceShard, randomShard } from '../../reference/shards.ts';
import type { ReferenceHead } from '../../reference/sizes.ts';
import { type Tensors, UNIT } from '../../reference/tensors.ts';

/** Rows with padding; the padded class. */
export const [ROWS, PADDED] = [4, 3];
/** A bias that moves a logit by one. */
export const LOGIT = 2n ** 23n;

export type Kind = 'classes' | 'regression' | 'labels';
export const KINDS: readonly Kind[] = ['classes', 'regression', 'labels'];

export interface Statement {
  weights: ReferenceWeights;
  shard: ReferenceShard;
}

export interface ScoreCheat {
  name: string;
  kind?: Kind;
  head?: ReferenceHead;
  change?: (s: Statement) => void;
  hooks?: ScoreHooks;
  stated?: Stated;
  /** what is false: relations, or claims */
  relations?: number[];
  claims?: number[];
  /** the one check of the circuit that fails; with `both` the other too */
  fails: 'batch' | 'reduction';
  both?: boolean;
  /** what the contract refuses, where all checks of the circuit are made to hold */
  contract?: string[];
}

export function proveCheat({
  kind = 'classes',
  head = kind === 'labels' ? 'sigmoid' : 'squared error',
  change = () => {},
  hooks = {},
  stated = {},
}: Partial<ScoreCheat>): Reference {
  const random = new Random(31);
  const weights = { ...randomWeights([3, 3, 3], 2 ** 31, random), head };
  const of = { classes: kind === 'classes', labels: kind === 'labels' };
  const shard = randomShard({ inputs: 3, outputs: 3, rows: 3, ...of }, random);
  const ones = kind === 'labels' ? [0, 8] : [0];
  if (kind !== 'regression') shard.Y = range(16).map((at) => (ones.some((i) => at >= i && at < i + 3) ? UNIT : 0n));
  change({ weights, shard });
  return proveScore(weights, shard, random, hooks, stated);
}

/** Logits that are the same in every row. */
export const logits =
  (...values: bigint[]) =>
  ({ weights }: Statement): void => {
    weights.W[1].fill(0n);
    values.forEach((v, i) => {
      weights.b[1][i] = v * LOGIT;
    });
  };

export const set =
  (at: number, value: bigint) =>
  (tensor: bigint[]): void => {
    tensor[at] = value;
  };
export const add =
  (at: number, value: bigint) =>
  (tensor: bigint[]): void => {
    tensor[at] += value;
  };

/** Sum of all helpers less those of the tables. */
export function total(helpers: Tensors): bigint {
  let sum = 0n;
  for (const [name, values] of Object.entries(helpers))
    for (const v of values) sum += name === 'g' || name === 'g2' ? -v : v;
  return mod(sum);
}

type Told = Omit<ScoreCheat, 'name' | 'relations' | 'claims' | 'fails'>;
export const relation = (name: string, index: number, told: Told): ScoreCheat => ({
  name,
  relations: [index],
  fails: 'batch',
  ...told,
});
export const claim = (name: string, index: number, told: Told): ScoreCheat => ({
  name,
  claims: [index],
  fails: 'reduction',
  ...told,
});

/** A limb that is none: the LogUp sum is false, or else the lookup that is forged for it, or the table. */
export const unlisted = (
  name: string,
  { logUp, lookup, table }: { logUp: number; lookup: number; table: number },
  { helper, at, limb }: { helper: string; at: number; limb: Measured },
  told: Told,
): ScoreCheat[] => {
  const withHelper = (change: ScoreHooks['helper']): Told => ({ ...told, hooks: { ...told.hooks, helper: change } });
  return [
    relation(name, logUp, told),
    relation(
      `${name}, its lookup forged so that the sum is right`,
      lookup,
      withHelper((helpers, beta, traced) => {
        helpers[helper][at] = mod(helpers[helper][at] - inverse(beta - traced[limb][at]));
      }),
    ),
    relation(
      `${name}, the table forged so that the sum is right`,
      table,
      withHelper((helpers) => {
        helpers.g[7] = mod(helpers.g[7] + total(helpers));
      }),
    ),
  ];
};
