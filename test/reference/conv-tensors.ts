// What layers read, as tables and at points (protocol, section 12). Tensors are (s; x; y; c) with s lowest, what a layer
// reads is (s; x; y; dx; dy; c).

import { eqAt, eqTable, mod, range, zeros } from './algebra.ts';
import type { Geometry } from './conv-geometry.ts';

/** [st y + d - p = u][d < K] of numbers; of a flat layer [d = u]. */
export const isRead = (g: Pick<Geometry, 'st' | 'p' | 'K' | 'flat'>, d: number, u: number, y: number): boolean =>
  g.flat ? d === u : d < g.K && g.st * y + d - g.p === u;

/** a_l(d, u; y) by all corners. */
export function kernelByCorners(g: Geometry, d: readonly bigint[], u: readonly bigint[], y: readonly bigint[]): bigint {
  const [D, U, Y] = [d, u, y].map(eqTable);
  let total = 0n;
  for (const [i, ofD] of D.entries())
    for (const [k, ofY] of Y.entries())
      for (const [j, ofU] of U.entries()) if (isRead(g, i, j, k)) total = mod(total + mod(ofD * ofY) * ofU);
  return total;
}

/** a_l(d, u; y) as a table over u. */
export function kernelOverU(g: Geometry, d: readonly bigint[], y: readonly bigint[]): bigint[] {
  const [D, Y] = [d, y].map(eqTable);
  return range(2 ** g.nu).map((u) => {
    let total = 0n;
    for (const [i, ofD] of D.entries())
      for (const [k, ofY] of Y.entries()) if (isRead(g, i, u, k)) total = mod(total + ofD * ofY);
    return total;
  });
}

/** a_l(d, u; y) as a table over y, of a d or of a point d. */
export function kernelOverY(g: Geometry, d: readonly bigint[], u: readonly bigint[]): bigint[] {
  const [D, U] = [d, u].map(eqTable);
  return range(2 ** g.n).map((y) => {
    let total = 0n;
    for (const [i, ofD] of D.entries())
      for (const [j, ofU] of U.entries()) if (isRead(g, i, j, y)) total = mod(total + ofD * ofU);
    return total;
  });
}

/** What the automaton of the protocol makes of a_l(d, u; y). */
export function kernelAt(g: Geometry, d: readonly bigint[], u: readonly bigint[], y: readonly bigint[]): bigint {
  const eqNumber = (at: readonly bigint[], value: number) =>
    at.reduce((v, z, t) => mod(v * ((value >> t) & 1 ? z : 1n - z)), 1n);
  if (g.flat)
    return eqAt(
      ...([d, u].map((z) => range(Math.max(d.length, u.length)).map((t) => z[t] ?? 0n)) as [bigint[], bigint[]]),
    );
  let L = new Map<number, bigint>();
  for (let e = -3; e <= 4; e++) {
    const tap = e + g.p;
    L.set(e, tap >= 0 && tap < g.K ? eqNumber(d, tap) : 0n);
  }
  for (let t = 0; t < 7; t++) {
    const [own, below] = [t < 6 ? (y[t] ?? 0n) : 0n, t > 0 ? (y[t - 1] ?? 0n) : 0n];
    const Y = mod(own + BigInt(g.st - 1) * (below - own));
    const ofU = t < 6 ? (u[t] ?? 0n) : 0n;
    const q = mod(Y * ofU);
    const at = (e: number) => L.get(e) ?? 0n;
    const next = new Map<number, bigint>();
    const bound = t === 0 ? 2 : 1;
    for (let m = -bound; m <= bound; m++)
      next.set(m, mod(at(2 * m) + (ofU - q) * (at(2 * m + 1) - at(2 * m)) + (Y - q) * (at(2 * m - 1) - at(2 * m))));
    L = next;
  }
  return L.get(0)!;
}

/** f as (low; middle; high): the middle summed with weights. */
export function contract(f: readonly bigint[], low: number, weights: readonly bigint[]): bigint[] {
  const block = low * weights.length;
  const out = zeros(f.length / weights.length);
  weights.forEach((w, m) => {
    if (w === 0n) return;
    for (let h = 0; h < f.length / block; h++)
      for (let x = 0; x < low; x++) {
        const v = f[h * block + m * low + x];
        if (v !== 0n) out[h * low + x] += w * v;
      }
  });
  return out.map(mod);
}

/** Weights over two groups of variables, the first low. */
export const outer = (low: readonly bigint[], high: readonly bigint[]): bigint[] =>
  high.flatMap((h) => low.map((v) => mod(v * h)));

/** In_l of what stands before a layer, (s; v; u; c): the sums over 2x2 pixels, or itself. */
export function pool(g: Geometry, before: readonly bigint[], rows: number): readonly bigint[] {
  if (!g.pooled) return before;
  const [side, wide] = [2 ** g.nu, 2 ** (g.nu + 1)];
  const channels = before.length / (rows * wide * wide);
  const at = (c: number, y: number, x: number, s: number) => before[((c * wide + y) * wide + x) * rows + s];
  return range(channels).flatMap((c) =>
    range(side).flatMap((u) =>
      range(side).flatMap((v) =>
        range(rows).map(
          (s) =>
            at(c, 2 * u, 2 * v, s) +
            at(c, 2 * u, 2 * v + 1, s) +
            at(c, 2 * u + 1, 2 * v, s) +
            at(c, 2 * u + 1, 2 * v + 1, s),
        ),
      ),
    ),
  );
}

/** Whether tap d of place y reads u; axis 0 is x, 1 is y. */
export type Reads = (axis: 0 | 1, d: number, u: number, y: number) => boolean;

/** IN_l of what a layer reads: at every tap of every place. */
export function taken(
  g: Geometry,
  In: readonly bigint[],
  rows: number,
  reads: Reads = (_, d, u, y) => isRead(g, d, u, y),
): bigint[] {
  const [side, taps, places] = [2 ** g.nu, 2 ** g.d, 2 ** g.n];
  const channels = In.length / (rows * side * side);
  const out = zeros(channels * taps * taps * places * places * rows);
  const from = ([0, 1] as const).map((axis) =>
    range(taps).map((d) => range(places).map((y) => range(side).find((u) => reads(axis, d, u, y)))),
  );
  let at = 0;
  for (let c = 0; c < channels; c++)
    for (let dy = 0; dy < taps; dy++)
      for (let dx = 0; dx < taps; dx++)
        for (let y = 0; y < places; y++)
          for (let x = 0; x < places; x++, at += rows) {
            const [u, v] = [from[1][dy][y], from[0][dx][x]];
            if (u === undefined || v === undefined) continue;
            const start = ((c * side + u) * side + v) * rows;
            for (let s = 0; s < rows; s++) out[at + s] = In[start + s];
          }
  return out;
}

/** Nested values as a padded tensor (s; x; y; c). */
export function padded(g: Pick<Geometry, 'c' | 'n'>, maps: readonly bigint[][][][], rows: number): bigint[] {
  return range(2 ** g.c).flatMap((c) =>
    range(2 ** g.n).flatMap((y) =>
      range(2 ** g.n).flatMap((x) => range(rows).map((s) => maps[c]?.[y]?.[x]?.[s] ?? 0n)),
    ),
  );
}

/** Nested weights as a padded tensor (dx; dy; c; i). */
export const paddedWeights = (
  g: Pick<Geometry, 'c' | 'd'>,
  before: Pick<Geometry, 'c'>,
  W: readonly bigint[][][][],
): bigint[] =>
  range(2 ** g.c).flatMap((i) =>
    range(2 ** before.c).flatMap((c) =>
      range(2 ** g.d).flatMap((dy) => range(2 ** g.d).map((dx) => W[i]?.[c]?.[dy]?.[dx] ?? 0n)),
    ),
  );
