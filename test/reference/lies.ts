// Lies of one relation or one claim, each as small as it can be: what every program's cheats are made of.

import { inverse, mod } from './algebra.ts';
import type { AnyHooks, Reference } from './run.ts';
import { LIMB, type Tensors } from './tensors.ts';

/** A cheat, what of its proof is false, and the one check of the circuit that then fails. */
export interface Lie {
  name: string;
  prove: () => Reference;
  relations?: number[];
  relations2?: number[];
  claims?: number[];
  fails: 'batch' | 'batch 2' | 'reduction' | 'coprime';
}

/** 1 / 2^c and 1 / 2^f in the field. */
export const PER_LIMB = inverse(LIMB);
export const PER_FRACTION = inverse(LIMB * LIMB);

/** The LogUp sum is false: one limb is said to occur more often. */
export const MISCOUNTED: AnyHooks = {
  multiplicities: (mult) => {
    mult[9]++;
  },
};

/** A helper is no sum of inverses, though its sum over all entries is right. */
export const forged = (name: string): AnyHooks => ({
  helper: (helpers) => {
    helpers[name][0] = mod(helpers[name][0] + 1n);
    helpers[name][1] = mod(helpers[name][1] - 1n);
  },
});

/** Proofs of which one lookup's relation is false, by the names of helper and relation. */
export const forgedLookups = (
  pairs: readonly (readonly [helper: string, relation: string])[],
  relations: readonly string[],
  prove: (hooks: AnyHooks) => Reference,
): Lie[] =>
  pairs.map(([helper, relation]) => ({
    name: relation,
    prove: () => prove(forged(helper)),
    relations: [relations.indexOf(relation)],
    fails: 'batch',
  }));

export const miscounted = (logUp: number, prove: (hooks: AnyHooks) => Reference): Lie => ({
  name: 'the LogUp sum',
  prove: () => prove(MISCOUNTED),
  relations: [logUp],
  fails: 'batch',
});

/** Adds to an entry of a message. */
export const added =
  (stage: string, index: number) =>
  (amount: bigint): AnyHooks => ({
    message: (at, m) => (at === stage ? m.with(index, mod(m[index] + amount)) : m),
  });

/** Changes an entry by 1 without leaving the range of a limb. @returns the change */
export function nudge(tensor: bigint[], x: number): bigint {
  const by = tensor[x] > 0n ? -1n : 1n;
  tensor[x] += by;
  return by;
}

/** weight y + x stays as it is where x changes by 1: y takes it, which is then no limb. */
export function absorb(tensors: Tensors, x: number, [nudged, taking]: readonly [string, string], weight: bigint): void {
  tensors[taking][x] = mod(tensors[taking][x] - nudge(tensors[nudged], x) * weight);
}

/** The same with the first repair that there is: an evaluation that enters its check as a square has one half of the time. */
function repaired(prove: (hooks: AnyHooks) => Reference, repair: Record<string, number>): Reference {
  for (let more = 1n; ; more++)
    try {
      return prove({
        repair,
        multiplicities: (mult) => {
          mult[9] += more;
        },
      });
    } catch (error) {
      if (!(error instanceof RangeError) || more === 20n) throw error;
    }
}

/** A false relation that an evaluation makes up for, for all of them: then only the claim on it is false. */
export const madeUp = (names: readonly string[], logUp: number, prove: (hooks: AnyHooks) => Reference): Lie[] =>
  names.map((name, index) => ({
    name: `the claim on evaluation ${name}`,
    prove: () => repaired(prove, { evals1: index }),
    relations: [logUp],
    claims: [index],
    fails: 'reduction',
  }));

/** The same cheat once more, with a sum that makes its false claim hold. `per` is the sum's weight in the claim. */
export function settled(
  prove: (hooks: AnyHooks) => Reference,
  claim: number,
  per: bigint,
  change: (amount: bigint) => AnyHooks,
): Reference {
  const error = prove({}).errors.get(claim);
  if (error === undefined) throw new Error(`claim ${claim} is not false`);
  return prove(change(mod(error * inverse(mod(per)))));
}

/** Adds to a sum of batch 1. */
export const summed =
  (index: number) =>
  (amount: bigint): AnyHooks => ({
    sums: (sums) => {
      sums[index] = mod(sums[index] + amount);
    },
  });

/** A hidden value with a sign that is no bit, of which all else is right: 2 A - V = Q, A = m V, and V - m is a limb. */
export function signless(at: { m: bigint; V: bigint; A?: bigint }): boolean {
  if (at.m !== 0n || at.V < 3n || at.V % 2n === 0n) return false;
  [at.m, at.V] = [(1n - at.V) / 2n, 1n];
  at.A = at.m;
  return true;
}
