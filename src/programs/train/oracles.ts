import type { Kernels, Vec } from '../../argument/kernels.ts';
import type { LookupTable } from '../../argument/lookup.ts';
import { LIMB_BITS } from '../../numbers/constants.ts';
import type { SegmentTrace } from '../../training/trace.ts';
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

/** Three limbs of a layer that are looked up together. */
export interface LookupGroup {
  /** slot in the helper */
  slot: string;
  limbs: Int32Array[];
}

/** Two groups for each hidden layer, (V - m, T', R0) and (R1, S0, S1), and the output's (Q', U0, U1). */
export function lookupGroups({ hidden, output }: SegmentTrace, first: number): LookupGroup[] {
  return [
    ...hidden.flatMap((t, i) => [
      { slot: `hA_${first + i}`, limbs: [t.V.map((v, j) => v - t.m[j]), t.T, t.R0] },
      { slot: `hB_${first + i}`, limbs: [t.R1, t.S0, t.S1] },
    ]),
    { slot: 'hQ', limbs: [output.Q, output.U0, output.U1] },
  ];
}

/** The trace oracle; `first` is the circuit layer of the network's first layer. */
export function trainTrace(k: Kernels, t: SegmentTrace, first: number, mult: Int32Array): SlottedOracle {
  const tensors: [string, Int32Array][] = [
    ...t.hidden.flatMap((h, i) => HIDDEN.map((n): [string, Int32Array] => [`${n}_${first + i}`, h[n]])),
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

/** The inverses of all lookups: the groups and the table. */
export function trainHelper(k: Kernels, groups: readonly LookupGroup[], table: LookupTable, mult: Vec): SlottedOracle {
  const oracle = slottedOracle(k, [
    ...groups.map(({ slot, limbs }) => ({ name: slot, log2: Math.log2(limbs[0].length) })),
    { name: 'g', log2: LIMB_BITS },
    { name: 'blinding', log2: 0 },
  ]);
  for (const { slot, limbs } of groups) table.putHelper(slotView(k, oracle, slot), ...limbs);
  table.putTable(slotView(k, oracle, 'g'), mult);
  blindHelper(k, oracle);
  return oracle;
}
