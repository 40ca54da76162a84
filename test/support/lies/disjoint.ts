// For each relation and each claim of program disjoint a proof of which nothing else is false.

import { NUMBERING } from '../../../src/generated/numbering.ts';
import { inverse, mod, Random, range } from '../../reference/algebra.ts';
import { type DataRun, type DataShape, randomData } from '../../reference/data.ts';
import { type DisjointRun, proveDisjoint } from '../../reference/disjoint.ts';
import type { Lie } from '../../reference/lies.ts';
import type { AnyHooks, Hooks, Reference } from '../../reference/run.ts';

const { relations: R, evaluations: E } = NUMBERING.disjoint;
const SIDES = ['A', 'B'] as const;

export const FIRST: DataShape = { inputs: 3, outputs: 2, rows: 3, classes: true };
export const SECOND: DataShape = { inputs: 3, outputs: 1, rows: 5, classes: false };

/** Two shards without a common row, or what a change makes of them. */
export function provenDisjoint(hooks: AnyHooks = {}, change: (run: ShardsRun) => void = () => {}): Reference {
  const random = new Random(21);
  const run: ShardsRun = { first: randomData(random, FIRST), second: randomData(random, SECOND) };
  change(run);
  return proveDisjoint(random, run, hooks as Hooks<DisjointRun>);
}

/** A shard and a record that is none of its rows, or what a change makes of them. */
export function provenAbsent(
  hooks: AnyHooks = {},
  change: (run: { first: DataRun; second: { record: bigint[] } }) => void = () => {},
): Reference {
  const random = new Random(22);
  const run = { first: randomData(random, FIRST), second: { record: [-5n, 0n, 32767n] } };
  change(run);
  return proveDisjoint(random, run, hooks as Hooks<DisjointRun>);
}

export interface ShardsRun {
  first: DataRun;
  second: DataRun;
}

/** Row t of the second shard becomes row s of the first. */
export const shareRow =
  (s: number, t: number) =>
  ({ first, second }: ShardsRun): void => {
    const [S, T] = [2 ** first.sigma, 2 ** second.sigma];
    for (const j of range(first.inputs)) second.X[j * T + t] = first.X[j * S + s];
  };

/** Two neighbours of a tree get other values of the same product, so that what is above them stays. */
const bent = (tree: string, at: number): AnyHooks => ({
  helper: (trees) => {
    trees[tree][at] = mod(trees[tree][at] * 3n);
    trees[tree][at + 1] = mod(trees[tree][at + 1] * inverse(3n));
  },
});

/** U A + V B = 1 by one evaluation, of shards that share a row. */
const closed = (index: number): AnyHooks => ({
  message: (stage, e) => {
    if (stage !== 'evals1') return e;
    const [own, other] = [
      [E.U, E.productA],
      [E.V, E.productB],
    ].toSorted((a, b) => Number(b.includes(index as never)) - Number(a.includes(index as never)));
    const factor = own.find((at) => at !== index)!;
    return e.with(index, mod((1n - e[other[0]] * e[other[1]]) * inverse(e[factor])));
  },
});

const leaf = (side: 'A' | 'B') => bent(`tree${side}`, 0);

export const DISJOINT_LIES: Lie[] = [
  ...SIDES.flatMap((side): Lie[] => [
    {
      name: `leaf${side}`,
      prove: () => provenDisjoint(leaf(side)),
      relations: [R[`leaf${side}`]],
      fails: 'batch',
    },
    {
      name: `node${side}`,
      prove: () => provenDisjoint(bent(`tree${side}`, 2 ** 12)),
      relations: [R[`node${side}`]],
      fails: 'batch',
    },
  ]),
  { name: 'a row that both have', prove: () => provenDisjoint({}, shareRow(2, 4)), fails: 'coprime' },
  ...E.names.map((name, index): Lie => {
    const isProduct = ['U', 'V', 'productA', 'productB'].includes(name);
    const relation = R[`leaf${name.endsWith('A') ? 'A' : 'B'}`];
    return {
      name: `the claim on evaluation ${name}`,
      prove: () =>
        isProduct
          ? provenDisjoint(closed(index), shareRow(0, 1))
          : provenDisjoint({ ...leaf(name.endsWith('A') ? 'A' : 'B'), repair: { evals1: index } }),
      relations: isProduct ? [] : [relation],
      claims: [index],
      fails: 'reduction',
    };
  }),
];
