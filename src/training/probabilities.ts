import type { Head } from '../model/head.ts';

/**
 * Probabilities of the classes or labels of one row, in doubles; undefined for squared error, whose outputs are none.
 * @param outputs of the last layer, in real units
 */
export function probabilitiesOf(head: Head, outputs: ArrayLike<number>): number[] | undefined {
  const logits = Array.from(outputs);
  if (head === 'squared error') return undefined;
  if (head === 'sigmoid') return logits.map((x) => 1 / (1 + Math.exp(-x)));
  const greatest = Math.max(...logits);
  const powers = logits.map((x) => Math.exp(x - greatest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}
