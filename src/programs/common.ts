import { chunkSignals } from '../argument/chunkPoint.ts';
import type { Kernels } from '../argument/kernels.ts';
import type { OpeningMessages, OpeningResult } from '../argument/opening.ts';
import { Oracle } from '../argument/oracle.ts';
import { type ChunkSum, commit, type Session, type Stage } from '../argument/session.ts';
import { type Poly, poly } from '../argument/sumcheck.ts';
import { digestOf } from '../argument/transcript.ts';
import type { Commitment, ProofChallenges, ProofPoints } from '../argument/types.ts';
import { layout, type Slot, type SlotSize } from '../model/layout.ts';
import { bitsOf } from '../numbers/bits.ts';
import { ADDRESS_BITS } from '../numbers/constants.ts';
import { randomElement } from '../numbers/field.ts';

/** Where the random coefficients of a trace's first chunk stand behind its entries (design section 9, protocol section 8). */
export const BLINDING_ENTRIES: readonly number[] = [0, 33, 66, 1024 + 99, 1024 + 132];
/** Offsets of slots in one layout word (protocol section 3). */
const OFFSETS_IN_WORD = 9;

export type CircuitValue = bigint | readonly CircuitValue[];
/** Input signals of a circuit by name. */
export type CircuitInputs = Record<string, CircuitValue>;

/** What a program's prover hands to Groth16 and to the edge. */
export interface ArgumentResult {
  inputs: CircuitInputs;
  points: ProofPoints;
  challenges: ProofChallenges;
  stages: Stage[];
}

/** An empty oracle with room for the slots, laid out canonically. Its tensors are put with `put` or written through `field`. */
export function slottedOracle(sizes: readonly SlotSize[]): Oracle {
  return new Oracle(layout(sizes));
}

/** Blinds a trace (protocol section 8): five random coefficients behind its first chunk, one behind every other. */
export function blindTrace(trace: Oracle): void {
  trace.tails.forEach((tail, chunk) => {
    for (const at of chunk === 0 ? BLINDING_ENTRIES : [0]) tail.push({ at, value: randomElement() });
  });
}

/** Blinds a helper: a random coefficient behind every chunk. */
export function blindHelper(helper: Oracle): void {
  for (const tail of helper.tails) tail.push({ at: 0, value: randomElement() });
}

/**
 * Bits of the offset of each named slot, lowest first; 0 for a slot that is not there (an absent layer).
 * @param count bits of an offset: `MODEL_BITS` of them for the slots of a model
 */
export function offsetBits(
  oracle: { slots: Record<string, Slot> },
  names: readonly string[],
  count = ADDRESS_BITS,
): bigint[][] {
  return names.map((name) => bitsOf(oracle.slots[name]?.offset ?? 0, count));
}

/** Offsets packed 9 to a field element, first lowest: the layout words of protocol section 3. */
export function layoutWords(oracle: Oracle, names: readonly string[]): bigint[] {
  const words: bigint[] = [];
  names.forEach((name, i) => {
    const at = Math.floor(i / OFFSETS_IN_WORD);
    words[at] =
      (words[at] ?? 0n) + (BigInt(oracle.slots[name]?.offset ?? 0) << BigInt(ADDRESS_BITS * (i % OFFSETS_IN_WORD)));
  });
  return words;
}

/**
 * Commits to a blinded trace or helper and absorbs it with its layout (protocol section 3).
 * @param sums of its chunks, where entries are not summed one by one
 */
export async function sendOracle(
  session: Session,
  oracle: Oracle,
  names: readonly string[],
  sums?: ChunkSum,
): Promise<{ points: Commitment; challenge: bigint }> {
  const points = await commit(session.backend, oracle, sums);
  return { points, challenge: session.absorb([session.send(...points), ...layoutWords(oracle, names)]) };
}

/** The tensor in a slot as a polynomial of the first batch, made anew (the sumcheck consumes it). */
export function slotPoly(k: Kernels, oracle: Oracle, name: string, at: readonly number[]): Poly {
  return poly(oracle.values(k, name), at);
}

/** As slotPoly, of integers that stand elsewhere. */
export function integerPoly(k: Kernels, tensor: Int32Array | BigInt64Array, at: readonly number[]): Poly {
  return poly(k.fromIntegers(tensor), at);
}

/** A point whose first `low` coordinates come from a[0..], the next `high` from b[0..]. */
export function join(a: readonly bigint[], low: number, b: readonly bigint[], high: number): bigint[] {
  return [...a.slice(0, low), ...b.slice(0, high)];
}

/**
 * Ends a program: inputs that all circuits share, with those of the program; its digest and fold of all signals (protocol section 2).
 * @param parameters the program's parameters as signals, in order
 */
export function finish(
  session: Session,
  { trace, helper }: Pick<ProofPoints, 'trace' | 'helper'>,
  opened: OpeningResult,
  parameters: readonly bigint[],
  own: CircuitInputs,
): ArgumentResult {
  session.stage();
  const { eta, gamma, theta, gamma2, z, e2, chunk } = opened.challenges;
  const signals = [
    eta,
    gamma,
    theta,
    gamma2,
    z,
    e2,
    ...chunkSignals(chunk, chunk.length - 1),
    ...session.h,
    ...parameters,
  ];
  const digest = digestOf(signals);
  const messages: OpeningMessages & CircuitInputs = { ...opened.messages };
  return {
    inputs: {
      h: session.h,
      fold: session.hash([digest, ...signals]),
      nonce: session.nonce,
      ...messages,
      ...own,
    },
    points: { trace, helper, ...opened.points },
    challenges: { ...opened.challenges, digest },
    stages: session.stages,
  };
}
