// TIES and DARE in floating point, as mergekit has them (generalized_task_arithmetic, sparsify) and as their papers say.

export interface FloatChoice {
  method: 'ties' | 'dare_linear' | 'dare_ties';
  weights: readonly number[];
  densities: readonly number[];
  lambda: number;
  normalize: boolean;
  /** of task i at entry x, where masks are drawn */
  mask?: (i: number, x: number) => boolean;
}

/** One tensor of the child; entries of padding are left out. */
export function mergedFloats(
  base: readonly number[],
  tasks: readonly (readonly number[])[],
  { method, weights, densities, lambda, normalize, mask }: FloatChoice,
): number[] {
  const deltas = tasks.map((task, i) => {
    const delta = task.map((value, x) => value - base[x]);
    if (method !== 'ties') return delta.map((v, x) => (mask?.(i, x) ? v / densities[i] : 0));
    const count = Math.trunc(densities[i] * delta.length);
    const largest = delta.map((v, x) => [Math.abs(v), x]).sort(([a], [b]) => b - a);
    const kept = new Set(largest.slice(0, count).map(([, x]) => x));
    return delta.map((v, x) => (kept.has(x) ? v : 0));
  });
  return base.map((value, x) => {
    const weighted = deltas.map((delta, i) => delta[x] * weights[i]);
    const sum = weighted.reduce((a, b) => a + b, 0);
    const elected = sum >= 0 ? 1 : -1;
    const takes = weighted.map((v) => method === 'dare_linear' || Math.sign(v) === elected);
    const mixed = weighted.reduce((total, v, i) => total + (takes[i] ? v : 0), 0);
    const divisor = weights.reduce((total, w, i) => total + (takes[i] ? w : 0), 0);
    return value + (lambda * mixed) / (normalize && divisor !== 0 ? divisor : 1);
  });
}
