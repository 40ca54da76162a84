import { type LookupGroup, multiplicities } from '../../argument/lookup.ts';
import type { Oracle } from '../../argument/oracle.ts';
import { LIMB_BITS, MAX_LAYERS } from '../../numbers/constants.ts';
import type { ForwardTrace } from '../../training/forward.ts';
import { blindTrace, slottedOracle } from '../common.ts';
import type { ScoreSizes } from './context.ts';

export const HIDDEN = ['A', 'V', 'm', 'R0', 'R1'] as const;
export const OUTPUT = ['Q', 'U0', 'U1'] as const;

/** Three limbs of a layer that are looked up together. */
export interface LayerGroup extends LookupGroup {
  l: number;
}

/** A group for each hidden layer, (V - m, R0, R1), and the output's (Q', U0, U1). */
export function lookupGroups({ trace }: ForwardTrace, { first }: ScoreSizes): LayerGroup[] {
  const { Q, U0, U1 } = trace.output;
  return [
    ...trace.hidden.map((t, i) => ({
      l: first + i,
      slot: `h_${first + i}`,
      limbs: [t.V.map((v, j) => v - t.m[j]), t.R0, t.R1],
    })),
    { l: MAX_LAYERS, slot: 'hQ', limbs: [Q, U0, U1] },
  ];
}

export function scoreTrace(forward: ForwardTrace, { first }: ScoreSizes, groups: readonly LayerGroup[]): Oracle {
  const { hidden, output } = forward.trace;
  const tensors: [string, Int32Array][] = [
    ...hidden.flatMap((t, i) => HIDDEN.map((n): [string, Int32Array] => [`${n}_${first + i}`, t[n]])),
    ...OUTPUT.map((n): [string, Int32Array] => [n, output[n]]),
    ['G', forward.margin],
    ['L', forward.labelled],
    ['c', forward.right],
    ['mult', multiplicities(LIMB_BITS, [...groups.flatMap((g) => g.limbs), forward.margin])],
  ];
  const trace = slottedOracle(tensors.map(([name, data]) => ({ name, log2: Math.log2(data.length) })));
  for (const [name, data] of tensors) trace.put(name, data);
  blindTrace(trace);
  return trace;
}
