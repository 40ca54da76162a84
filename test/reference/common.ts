// What the reference provers of the three programs share.

import { eqTable, mod, range, zeros } from './algebra.ts';
import { bits, type Instance, type Interference, type Opening, type Slot, table } from './argument.ts';

export const LIMB = 2n ** 14n;
export const HALF_LIMB = 2n ** 13n;
export const FRACTION = 2n ** 28n;

export type Value = bigint | readonly Value[];
/** Input signals of a circuit. */
export type Inputs = Record<string, Value>;

export interface Proved {
  inputs: Inputs;
  opened: Opening;
  /** transcript state after the reduction */
  state: bigint;
}

/** Where a cheat interferes. The prover goes on honestly with what it finds. */
export interface Hooks<Run> {
  /** the layout: bits are what is claimed; placement stays */
  slots?: (slots: Record<string, Slot>) => void;
  /** tensors and sizes before anything is committed */
  run?: (run: Run) => void;
  /** what the limbs are looked up against */
  multiplicities?: (mult: bigint[]) => void;
  /** the committed vectors, before the reduction */
  oracles?: (oracles: bigint[][]) => void;
  /** a message about to be sent: 'sums', 'batch1 k', 'evals1', 'batch2 k', 'evals2', 'reduce k', 'u', 'u12', 'p2', 's2' */
  message?: Interference;
}

export const slotOf = (offset: number, log2: number, present = 1n): Slot => ({ bits: bits(offset, 22), log2, present });

/** The table's zero-check and its share of the LogUp sum. */
export function tableEntries(
  tau: readonly bigint[],
  beta: bigint,
  g: readonly bigint[],
  mult: readonly bigint[],
  check: bigint,
  share: bigint,
): Instance[] {
  const at = range(14);
  const eq = table(at, eqTable(tau));
  const G = table(at, g);
  return [
    {
      weight: check,
      positions: at,
      terms: [
        {
          coefficient: 1n,
          factors: [
            G,
            eq,
            table(
              at,
              range(2 ** 14).map((k) => beta - BigInt(k)),
            ),
          ],
        },
        { coefficient: -1n, factors: [table(at, mult), eq] },
      ],
    },
    { weight: mod(-share), positions: at, terms: [{ coefficient: 1n, factors: [G] }] },
  ];
}

/** A vector with tensors placed in it. */
export function vector(length: number, parts: readonly (readonly [number, readonly bigint[]])[]): bigint[] {
  const out = zeros(length);
  for (const [at, values] of parts)
    values.forEach((v, i) => {
      out[at + i] = mod(v);
    });
  return out;
}
