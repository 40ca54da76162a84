import type { Kernels, Vec } from '../../argument/kernels.ts';
import type { LookupTable } from '../../argument/lookup.ts';
import { range } from '../../argument/sumcheck.ts';
import { LIMB_BITS } from '../../numbers/constants.ts';
import type { HiddenTrace, OutputTrace, SegmentTrace } from '../../training/trace.ts';
import {
  BLINDING_BITS,
  blindHelper,
  blindTrace,
  putTensor,
  type SlottedOracle,
  slottedOracle,
  slotView,
} from '../common.ts';

const HIDDEN = ['A', 'V', 'm', 'D', 'T', 'R0', 'R1', 'S0', 'S1'] as const;
const OUTPUT = ['Q', 'U0', 'U1'] as const;

/** Slots whose offsets the transcript absorbs, in the order of protocol section 7. */
export const TRACE_SLOTS: readonly string[] = [
  ...range(1, 3).flatMap((h) => HIDDEN.map((n) => `${n}${h}`)),
  ...OUTPUT,
  'mult',
];
export const HELPER_SLOTS: readonly string[] = [...range(0, 7).map((g) => `h${g}`), 'g'];

/** The two lookup groups of a hidden layer: (V - m, T', R0) and (R1, S0, S1). */
export function hiddenLimbs(t: HiddenTrace): Int32Array[][] {
  return [
    [t.V.map((v, i) => v - t.m[i]), t.T, t.R0],
    [t.R1, t.S0, t.S1],
  ];
}

/** The lookup group of the output layer: (Q', U0, U1). */
export function outputLimbs(t: OutputTrace): Int32Array[] {
  return [t.Q, t.U0, t.U1];
}

/** The trace oracle; `first` is the circuit layer of the network's first layer. */
export function trainTrace(k: Kernels, t: SegmentTrace, first: number, mult: Int32Array): SlottedOracle {
  const tensors: [string, Int32Array][] = [
    ...t.hidden.flatMap((h, i) => HIDDEN.map((n): [string, Int32Array] => [`${n}${first + i}`, h[n]])),
    ...OUTPUT.map((n): [string, Int32Array] => [n, t.output[n]]),
    ['mult', mult],
  ];
  const oracle = slottedOracle(k, [
    ...tensors.map(([name, data]) => ({ name, log2: Math.log2(data.length) })),
    { name: 'blinding', log2: BLINDING_BITS },
  ]);
  for (const [name, data] of tensors) putTensor(k, oracle, name, data);
  blindTrace(k, oracle);
  return oracle;
}

/** The helper oracle of the lookup groups (two for each hidden layer, one for the output). */
export function trainHelper(
  k: Kernels,
  limbs: readonly Int32Array[][],
  first: number,
  table: LookupTable,
  mult: Vec,
): SlottedOracle {
  const groups = limbs.map((group, i) => ({
    group,
    name: HELPER_SLOTS[i < limbs.length - 1 ? 2 * (first - 1) + i : 6],
  }));
  const oracle = slottedOracle(k, [
    ...groups.map(({ group, name }) => ({ name, log2: Math.log2(group[0].length) })),
    { name: 'g', log2: LIMB_BITS },
    { name: 'blinding', log2: 0 },
  ]);
  for (const { group, name } of groups) table.putHelper(slotView(k, oracle, name), ...group);
  table.putTable(slotView(k, oracle, 'g'), mult);
  blindHelper(k, oracle);
  return oracle;
}
