import type { LookupGroup } from '../../argument/lookup.ts';
import type { Oracle } from '../../argument/oracle.ts';
import { HIDDEN_ARRAYS, OUTPUT_ARRAYS, type SegmentTrace } from '../../training/trace.ts';
import { blindTrace, slottedOracle } from '../common.ts';

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
export function trainTrace(t: SegmentTrace, first: number, mult: Int32Array): Oracle {
  const tensors: [string, Int32Array][] = [
    ...t.hidden.flatMap((h, i) => HIDDEN_ARRAYS.map((n): [string, Int32Array] => [`${n}_${first + i}`, h[n]])),
    ...OUTPUT_ARRAYS.map((n): [string, Int32Array] => [n, t.output[n]]),
    ['mult', mult],
  ];
  const oracle = slottedOracle(tensors.map(([name, data]) => ({ name, log2: Math.log2(data.length) })));
  for (const [name, data] of tensors) oracle.put(name, data);
  blindTrace(oracle);
  return oracle;
}
