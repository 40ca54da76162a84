import { height, RELIEF } from './relief.ts';

/** Further down is cut off where the picture is wide. */
const LOWEST = 735;

/** A line of steepest descent over the relief, from a hill at the top to a hollow at the bottom. */
export function slope(stations: number): { path: string; stations: [number, number][] } {
  const spots: [number, number][] = [[920, 230]];
  const e = 4;
  for (let k = 0; k < 900; k++) {
    const [x, y] = spots[spots.length - 1];
    const gx = (height(x + e, y) - height(x - e, y)) / (2 * e);
    const gy = (height(x, y + e) - height(x, y - e)) / (2 * e);
    const norm = Math.hypot(gx, gy);
    if (norm < 2e-5) break;
    const next: [number, number] = [x - (4 * gx) / norm, y - (4 * gy) / norm];
    const before = spots[Math.max(0, spots.length - 6)];
    const stuck = spots.length > 8 && Math.hypot(next[0] - before[0], next[1] - before[1]) < 10;
    if (stuck || next[0] < 20 || next[0] > RELIEF.width - 20 || next[1] > LOWEST) break;
    spots.push(next);
  }
  const path = `M${spots
    .filter((_, k) => k % 4 === 0 || k === spots.length - 1)
    .map(([x, y]) => `${x.toFixed(0)} ${y.toFixed(0)}`)
    .join('L')}`;
  const chosen = Array.from(
    { length: stations },
    (_, k) => spots[Math.round((k / Math.max(1, stations - 1)) * (spots.length - 1))],
  );
  return { path, stations: chosen };
}
