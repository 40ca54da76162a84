import { randomSource } from '../support/models.ts';
import { proveShapes, type TestShape } from '../support/shapes.ts';

/** One layer, one of everything, all four layers, no padding, much padding, one output, B = 1, K = 1; then random ones. */
const FIXED: TestShape[] = [
  [[1, 1], 1, 1],
  [[3, 2], 2, 2],
  [[4, 4, 4], 8, 2],
  [[5, 9, 1], 4, 1],
  [[17, 3, 33, 2], 4, 4],
  [[2, 3, 5, 2, 7], 16, 4],
  [[1, 1, 1, 1, 1], 2, 1],
  [[49, 32, 10], 64, 8],
];
const random = randomSource(20261121);
const below = (n: number) => Math.floor(random() * n);
const RANDOM: TestShape[] = Array.from({ length: 5 }, () => {
  const widths = Array.from({ length: 2 + below(4) }, () => 1 + below(20));
  const batch = below(4);
  return [widths, 2 ** (batch + below(4)), 2 ** batch];
});
proveShapes([...FIXED, ...RANDOM]);
