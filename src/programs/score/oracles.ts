import { type LookupGroup, multiplicities } from '../../argument/lookup.ts';
import type { Oracle } from '../../argument/oracle.ts';
import { LIMB_BITS } from '../../numbers/constants.ts';
import type { ForwardTrace } from '../../training/forward.ts';
import type { SegmentTrace } from '../../training/trace.ts';
import { blindTrace, slottedOracle } from '../common.ts';
import type { LayerSizes } from '../layerSizes.ts';

export const HIDDEN = ['A', 'V', 'm', 'R0', 'R1'] as const;
/** Tensors of the output's size, and with an entry a row, that every score has. */
export const OUTPUT = ['Q', 'U0', 'U1', 'B', 'G', 'P', 'K'] as const;
export const ROWS = ['L', 'N', 'c', 't', 'H', 'p', 'LP'] as const;

/** Three limbs of a layer that are looked up together. */
export interface LayerGroup extends LookupGroup {
  l: number;
}

/** A group for each hidden layer, (V - m, R0, R1), and the output's (Q', U0, U1). */
export function layerGroups({ trace }: Pick<ForwardTrace, 'trace'>, { first, last }: LayerSizes): LayerGroup[] {
  const { Q, U0, U1 } = trace.output;
  return [
    ...trace.hidden.map((t, i) => ({
      l: first + i,
      slot: `h_${first + i}`,
      limbs: [t.V.map((v, j) => v - t.m[j]), t.R0, t.R1],
    })),
    { l: last, slot: 'hQ', limbs: [Q, U0, U1] },
  ];
}

/** What the results look up: (G, K, 0) and (H, S, 0). Without counts K is 0, and S is without softmax. */
export function resultGroups({ score: { G, K, H, pairs } }: ForwardTrace): LookupGroup[] {
  const nothing = new Int32Array(H.length);
  return [
    { slot: 'hG', limbs: [G, K, new Int32Array(G.length)] },
    { slot: 'hS', limbs: [H, pairs?.softmax?.S ?? nothing, nothing] },
  ];
}

/** The trace oracle. @param looked all limbs that are looked up */
export function scoreTrace({ trace, score }: ForwardTrace, first: number, looked: readonly Int32Array[]): Oracle {
  const { pairs } = score;
  const output = { ...trace.output, ...score };
  const tensors: [string, Int32Array][] = [
    ...hiddenTensors(trace, first),
    ...[...OUTPUT, ...ROWS].map((n): [string, Int32Array] => [n, output[n]]),
    ...(pairs ? [['E', pairs.E] as [string, Int32Array]] : []),
    ...Object.entries(pairs?.softmax ?? {}),
    ['mult', multiplicities(LIMB_BITS, looked)],
    ...(pairs ? [['mult2', multiplicities(LIMB_BITS, [pairs.index])] as [string, Int32Array]] : []),
  ];
  return tracedOracle(tensors);
}

/** The tensors of the hidden layers, the first of which is `first`. */
export function hiddenTensors(trace: SegmentTrace, first: number): [string, Int32Array][] {
  return trace.hidden.flatMap((t, i) => HIDDEN.map((n): [string, Int32Array] => [`${n}_${first + i}`, t[n]]));
}

/** A blinded oracle of tensors. */
export function tracedOracle(tensors: readonly [string, Int32Array][]): Oracle {
  const oracle = slottedOracle(tensors.map(([name, data]) => ({ name, log2: Math.log2(data.length) })));
  for (const [name, data] of tensors) oracle.put(name, data);
  blindTrace(oracle);
  return oracle;
}
