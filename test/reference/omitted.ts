// What a mutant of an argument leaves out of its prover and its verifier alike, for the circuits' mutants (test/mutants).
// A relation or a claim that is left out has the weight 0; a limb that is left out is read as 0, which is in the table.

import type { Value } from './tensors.ts';

export interface Omission {
  relations?: number;
  relations2?: number;
  claims?: number;
  /** which limb of which lookup */
  limb?: { relation: number; at: number };
  /** a lookup whose helper is left out of the LogUp sum */
  share?: number;
}

let omission: Omission = {};

/** Runs something while a mutant's term is left out. */
export async function omitting<T>(what: Omission, run: () => T | Promise<T>): Promise<T> {
  omission = what;
  try {
    return await run();
  } finally {
    omission = {};
  }
}

/** The weights of a batch, or of the claims. */
export const weighted = (kind: 'relations' | 'relations2' | 'claims', weights: bigint[]): bigint[] => {
  const left = omission[kind];
  return left === undefined ? weights : weights.with(left, 0n);
};

/** The limbs of a lookup. */
export const looked = <T extends Value>(relation: number, limbs: T[]): T[] => {
  const { limb } = omission;
  return limb?.relation === relation ? limbs.with(limb.at, zero(limbs[limb.at])) : limbs;
};

const zero = <T extends Value>(limb: T): T => (typeof limb === 'bigint' ? 0n : limb.map(zero)) as T;

/** Those of the lookups that have a share in the LogUp sum. */
export const sharing = <T extends { index: number }>(lookups: readonly T[]): T[] =>
  lookups.filter(({ index }) => index !== omission.share);
