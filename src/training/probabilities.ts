import type { Head } from '../model/head.ts';
import { ACTIVATION_BITS, DELTA_BITS, SIGNED_LIMIT } from '../numbers/constants.ts';
import { expTable, sigmoidTable } from './tables.ts';

/**
 * What the head of a network makes of its outputs, as a proof of its training does: multiples of 2^-11. Those of softmax sum to 1 up to
 * rounding.
 * @param logits row-major, multiples of 2^-9 in [-64, 64)
 * @param outputs a row
 * @returns row-major; undefined with squared error, whose outputs are no probabilities
 */
export function probabilitiesOf(head: Head, logits: Float64Array, outputs: number): Float64Array | undefined {
  if (head === 'squared error') return undefined;
  const fixed = Int32Array.from(logits, (x) => Math.round(x * 2 ** ACTIVATION_BITS));
  const out = new Float64Array(fixed.length);
  if (head === 'sigmoid') {
    const table = sigmoidTable();
    fixed.forEach((q, k) => {
      out[k] = table[q + SIGNED_LIMIT] / 2 ** DELTA_BITS;
    });
    return out;
  }
  const table = expTable();
  for (let at = 0; at < fixed.length; at += outputs) {
    const row = fixed.subarray(at, at + outputs);
    const most = row.reduce((a, b) => Math.max(a, b));
    const e = row.map((q) => table[most - q]);
    const sum = e.reduce((a, b) => a + b, 0);
    e.forEach((v, i) => {
      out[at + i] = Math.floor((2 ** (DELTA_BITS + 1) * v + sum) / (2 * sum)) / 2 ** DELTA_BITS;
    });
  }
  return out;
}
