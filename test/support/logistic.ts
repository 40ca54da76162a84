// Rows whose labels a known logistic regression draws, so that what can be learnt of them is known.
import { randomSource } from './models.ts';

export interface LogisticRows {
  inputs: number;
  rows: number;
  /** Row-major. */
  features: Float32Array;
  /** 0 or 1. */
  labels: Uint8Array;
  /** How many of the last `tests` rows the regression that drew the labels gets right: nobody does better but by luck. */
  best(tests: number): number;
}

/**
 * @param spread how far the margins lie apart: the greater, the fewer labels are against their odds
 * @param correlated share of each feature that it has in common with its neighbour
 */
export function logisticRows(inputs: number, rows: number, { spread = 3, correlated = 0.5, seed = 20261129 } = {}) {
  const random = randomSource(seed);
  // Sums of four are close enough to a normal distribution; their deviation is 1.
  const normal = () => (random() + random() + random() + random() - 2) * Math.sqrt(3);
  const weights = Float64Array.from({ length: inputs }, () => (normal() * spread) / Math.sqrt(inputs));
  const features = new Float32Array(rows * inputs);
  const labels = new Uint8Array(rows);
  const likely = new Uint8Array(rows);
  for (let r = 0; r < rows; r++) {
    let [margin, before] = [0, 0];
    for (let j = 0; j < inputs; j++) {
      const own = normal();
      const x = correlated * before + Math.sqrt(1 - correlated ** 2) * own;
      before = x;
      features[r * inputs + j] = x;
      margin += weights[j] * x;
    }
    likely[r] = margin > 0 ? 1 : 0;
    labels[r] = random() < 1 / (1 + Math.exp(-margin)) ? 1 : 0;
  }
  const best = (tests: number) =>
    labels.subarray(rows - tests).reduce((sum, label, k) => sum + (label === likely[rows - tests + k] ? 1 : 0), 0);
  return { inputs, rows, features, labels, best } satisfies LogisticRows;
}
