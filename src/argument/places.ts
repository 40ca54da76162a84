/** Places of the values of a lookup among points. */
export interface Places {
  /** Values 0..65535 that stand at the points from number `at` on. */
  columns: readonly { at: number; values: Int32Array }[];
  /** Further, value v counts times[v] at point at + v. */
  table?: { at: number; times: Int32Array };
}

/** Additions that a full-size scalar takes. */
const SCALAR_ADDITIONS = 19;

/** About the additions that `Curve.lookups` makes for each of the `count` values. */
export function lookupCosts({ columns, table }: Places, count: number): Uint32Array {
  const costs = new Uint32Array(count);
  for (const { values } of columns) for (const v of values) costs[v]++;
  for (let v = 0; v < count; v++) {
    // doubling and adding takes an addition and a half for each bit
    if (table) costs[v] += 1.5 * (32 - Math.clz32(table.times[v]));
    if (costs[v] > 0) costs[v] += SCALAR_ADDITIONS;
  }
  return costs;
}

/**
 * Whether `Curve.lookups` takes fewer additions than a sum with a scalar of its own for each of `entries` points.
 * @param tables places of the `count` values of each
 */
export function lookupsPay(tables: readonly { places: Places; count: number }[], entries: number): boolean {
  const costs = tables.map(({ places, count }) => lookupCosts(places, count).reduce((sum, cost) => sum + cost, 0));
  return costs.reduce((sum, cost) => sum + cost, 0) < SCALAR_ADDITIONS * entries;
}

/** Limits of at most `parts` ranges of about the same cost. */
export function balancedLimits(costs: Uint32Array, parts: number): number[] {
  const total = costs.reduce((sum, cost) => sum + cost, 0);
  const limits = [0];
  let sum = 0;
  costs.forEach((cost, i) => {
    if (i > 0 && limits.length < parts && sum >= (total * limits.length) / parts) limits.push(i);
    sum += cost;
  });
  return [...limits, costs.length];
}
