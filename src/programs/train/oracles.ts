import type { LookupGroup } from '../../argument/lookup.ts';
import type { Oracle } from '../../argument/oracle.ts';
import { HIDDEN_ARRAYS, OUTPUT_ARRAYS, type SegmentTrace } from '../../training/trace.ts';
import { blindTrace, slottedOracle } from '../common.ts';
import { headGroups } from './heads.ts';

/** Two groups for each hidden layer, (V - m, T', R0) and (R1, S0, S1), the output's (Q', U0, U1), and those of its head. */
export function lookupGroups(trace: SegmentTrace, first: number): LookupGroup[] {
  const { hidden, output } = trace;
  return [
    ...hidden.flatMap((t, i) => [
      { slot: `hA_${first + i}`, limbs: [t.V.map((v, j) => v - t.m[j]), t.T, t.R0] },
      { slot: `hB_${first + i}`, limbs: [t.R1, t.S0, t.S1] },
    ]),
    { slot: 'hQ', limbs: [output.Q, output.U0, output.U1] },
    ...headGroups(trace),
  ];
}

/**
 * The trace oracle.
 * @param first the circuit layer of the network's first layer
 * @param delta slot of the output's delta
 * @param mult2 how often each entry of a function is looked up, where one is
 */
export function trainTrace(
  t: SegmentTrace,
  first: number,
  delta: 'D4' | 'D6',
  mult: Int32Array,
  mult2?: Int32Array,
): Oracle {
  const { P, softmax } = t.output;
  const tensors: [string, Int32Array][] = [
    ...t.hidden.flatMap((h, i) => HIDDEN_ARRAYS.map((n): [string, Int32Array] => [`${n}_${first + i}`, h[n]])),
    ...OUTPUT_ARRAYS.map((n): [string, Int32Array] => [n === 'D4' ? delta : n, t.output[n]]),
    ...(P ? [['P', P] as [string, Int32Array]] : []),
    ...(softmax ? Object.entries(softmax) : []),
    ['mult', mult],
    ...(mult2 ? [['mult2', mult2] as [string, Int32Array]] : []),
  ];
  const oracle = slottedOracle(tensors.map(([name, data]) => ({ name, log2: Math.log2(data.length) })));
  for (const [name, data] of tensors) oracle.put(name, data);
  blindTrace(oracle);
  return oracle;
}
