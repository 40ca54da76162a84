import type { Kernels, Vec } from '../argument/kernels.ts';
import type { OpeningMessages, OpeningResult } from '../argument/opening.ts';
import type { Oracle, Session, Stage } from '../argument/session.ts';
import { type Poly, poly, range } from '../argument/sumcheck.ts';
import type { Point, ProofPoints, ProofSignals } from '../argument/types.ts';
import { layout, type Slot, type SlotSize } from '../model/layout.ts';
import { ADDRESS_BITS, SIZE_BITS } from '../numbers/constants.ts';
import { randomElement } from '../numbers/field.ts';

/** Variables of a program's first batch: row bits 0..11 (or column bits), feature bits 12..23. */
export const SUMCHECK_VARIABLES = 2 * SIZE_BITS;

/** Where the five blinding entries stand in their slot of 2^12 (design section 9, protocol section 8). */
export const BLINDING_BITS = 12;
export const BLINDING_ENTRIES: readonly number[] = [0, 65, 130, 2048 + 195, 2048 + 260];

export type CircuitValue = bigint | readonly CircuitValue[];
/** Input signals of a circuit by name. */
export type CircuitInputs = Record<string, CircuitValue>;

/** What a program's prover hands to Groth16 and to the edge. */
export interface ArgumentResult {
  inputs: CircuitInputs;
  points: ProofPoints;
  signals: ProofSignals;
  stages: Stage[];
}

/** An oracle with named slots. */
export interface SlottedOracle extends Oracle {
  slots: Record<string, Slot>;
}

/** A zero oracle with room for the slots, laid out canonically. */
export function slottedOracle(k: Kernels, sizes: readonly SlotSize[]): SlottedOracle {
  const { slots, log2 } = layout(sizes);
  const used = Math.max(...Object.values(slots).map((s) => s.offset + 2 ** s.log2));
  return { vec: k.zeros(2 ** log2), used, slots };
}

/** The part of an oracle's vector that holds a slot. */
export function slotView(k: Kernels, oracle: SlottedOracle, name: string): Vec {
  const { offset, log2 } = oracle.slots[name];
  return k.view(oracle.vec, offset, offset + 2 ** log2);
}

/** Writes a tensor of integers into its slot. */
export function putTensor(k: Kernels, oracle: SlottedOracle, name: string, tensor: Int32Array | BigInt64Array): void {
  const view = slotView(k, oracle, name);
  if (tensor.length !== view.len) throw new RangeError(`${name} has ${tensor.length} entries, its slot ${view.len}`);
  k.putIntegers(view, tensor);
}

/** The blinding entries of a trace, in its slot `blinding`. */
export function blindTrace(k: Kernels, trace: SlottedOracle): void {
  const view = slotView(k, trace, 'blinding');
  for (const at of BLINDING_ENTRIES) k.set(view, at, randomElement());
}

/** The random entry of a helper, in its slot `blinding`. */
export function blindHelper(k: Kernels, helper: SlottedOracle): void {
  k.set(slotView(k, helper, 'blinding'), 0, randomElement());
}

/** `ADDRESS_BITS` bits of the offset of each named slot, lowest first; 0 for a slot that is not there (an absent layer). */
export function offsetBits(oracle: { slots: Record<string, Slot> }, names: readonly string[]): bigint[][] {
  return names.map((name) => {
    const offset = oracle.slots[name]?.offset ?? 0;
    return range(0, ADDRESS_BITS).map((t) => BigInt((offset >> t) & 1));
  });
}

/** Offsets packed 11 to a field element, first lowest: the layout words of protocol section 3. */
export function layoutWords(oracle: SlottedOracle, names: readonly string[]): bigint[] {
  const words: bigint[] = [];
  names.forEach((name, i) => {
    const at = Math.floor(i / 11);
    words[at] = (words[at] ?? 0n) + (BigInt(oracle.slots[name]?.offset ?? 0) << BigInt(ADDRESS_BITS * (i % 11)));
  });
  return words;
}

/** Commits to a trace or helper and absorbs it with its layout (protocol section 3). */
export async function sendOracle(
  session: Session,
  oracle: SlottedOracle,
  names: readonly string[],
): Promise<{ point: Point; challenge: bigint }> {
  const point = await session.commit(oracle.vec, oracle.used);
  return { point, challenge: session.absorb([session.send(point), ...layoutWords(oracle, names)]) };
}

/** Positions of a tensor with `low` bits in the row part and `high` bits in the feature part of the first batch. */
export function positions(low: number, high: number): number[] {
  return [...range(0, low), ...range(SIZE_BITS, high)];
}

/** A copy of a slot as a polynomial of the first batch (the sumcheck consumes it). */
export function tensorPoly(k: Kernels, view: Vec, low: number, high: number): Poly {
  return poly(k.copy(view), positions(low, high));
}

/** A point whose first `low` coordinates come from a[0..], the next `high` from b[0..]. */
export function join(a: readonly bigint[], low: number, b: readonly bigint[], high: number): bigint[] {
  return [...a.slice(0, low), ...b.slice(0, high)];
}

/** Ends a program: inputs that all circuits share, with those of the program. */
export function finish(
  session: Session,
  trace: Point,
  helper: Point,
  opened: OpeningResult,
  own: CircuitInputs,
): ArgumentResult {
  session.stage();
  const messages: OpeningMessages & CircuitInputs = { ...opened.messages };
  return {
    inputs: { h: session.h, nonce: session.nonce, ...messages, ...own },
    points: { trace, helper, ...opened.points },
    signals: opened.signals,
    stages: session.stages,
  };
}
