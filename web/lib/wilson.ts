/** The 95 % confidence interval of a share, after Wilson: sensible for few rows and near 0 and 1 as well. */
export function wilson(right: number, rows: number): { value: number; low: number; high: number } {
  if (rows === 0) return { value: 0, low: 0, high: 1 };
  const z = 1.959964;
  const p = right / rows;
  const scale = 1 + (z * z) / rows;
  const centre = (p + (z * z) / (2 * rows)) / scale;
  const half = (z / scale) * Math.sqrt((p * (1 - p)) / rows + (z * z) / (4 * rows * rows));
  return { value: p, low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}
