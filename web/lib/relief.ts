// The relief of the home page: contour lines of a landscape that falls from the upper left to the lower right.

/** Width and height of the picture. */
export const RELIEF = { width: 1600, height: 900 };

const CELL = 20;
const LEVELS = 26;

/** Height at a point, about -1..1: a slope, a few hills and hollows. */
export function height(x: number, y: number): number {
  const u = x / RELIEF.width;
  const v = y / RELIEF.height;
  let h = 0.85 - 0.75 * u - 0.7 * v;
  const hills: [number, number, number, number][] = [
    [0.13, 0.2, 0.2, 0.55],
    [0.62, 0.16, 0.17, 0.62],
    [0.42, 0.62, 0.14, 0.34],
    [0.93, 0.5, 0.16, 0.5],
    [0.1, 0.85, 0.18, 0.32],
    [0.7, 0.86, 0.24, -0.6],
    [0.36, 0.34, 0.12, -0.28],
    [0.83, 0.22, 0.1, -0.3],
  ];
  for (const [a, b, radius, lift] of hills) {
    const d = ((u - a) * 1.6) ** 2 + (v - b) ** 2;
    h += lift * Math.exp(-d / (2 * radius * radius));
  }
  return h + 0.035 * Math.sin(9 * u + 5 * v) * Math.cos(7 * v - 4 * u);
}

/** Contour lines as SVG path data, one for each level, by marching squares. */
export function contours(): { level: number; path: string }[] {
  const columns = RELIEF.width / CELL;
  const rows = RELIEF.height / CELL;
  const heights = Array.from({ length: rows + 1 }, (_, r) =>
    Array.from({ length: columns + 1 }, (_, c) => height(c * CELL, r * CELL)),
  );
  const flat = heights.flat();
  const [low, high] = [Math.min(...flat), Math.max(...flat)];
  return Array.from({ length: LEVELS }, (_, k) => {
    const at = low + ((k + 0.5) / LEVELS) * (high - low);
    return { level: k, path: join(segmentsAt(heights, at)) };
  });
}

type Spot = [number, number];

function segmentsAt(heights: number[][], at: number): [Spot, Spot][] {
  const segments: [Spot, Spot][] = [];
  for (let r = 0; r + 1 < heights.length; r++) {
    for (let c = 0; c + 1 < heights[r].length; c++) {
      const corners = [heights[r][c], heights[r][c + 1], heights[r + 1][c + 1], heights[r + 1][c]];
      const spots: Spot[] = [];
      const places: Spot[] = [
        [c, r],
        [c + 1, r],
        [c + 1, r + 1],
        [c, r + 1],
      ];
      for (let e = 0; e < 4; e++) {
        const [a, b] = [corners[e], corners[(e + 1) % 4]];
        if (a < at === b < at) continue;
        const t = (at - a) / (b - a);
        const [from, to] = [places[e], places[(e + 1) % 4]];
        spots.push([CELL * (from[0] + t * (to[0] - from[0])), CELL * (from[1] + t * (to[1] - from[1]))]);
      }
      for (let s = 0; s + 1 < spots.length; s += 2) segments.push([spots[s], spots[s + 1]]);
    }
  }
  return segments;
}

/** Segments chained to lines. */
function join(segments: [Spot, Spot][]): string {
  const key = ([x, y]: Spot) => `${x.toFixed(1)} ${y.toFixed(1)}`;
  const ends = new Map<string, number[]>();
  segments.forEach((segment, k) => {
    for (const spot of segment) ends.set(key(spot), [...(ends.get(key(spot)) ?? []), k]);
  });
  const used = new Set<number>();
  const lines: string[] = [];
  const walk = (start: number, first: Spot, second: Spot) => {
    const line = [key(first)];
    let at: Spot | undefined = second;
    let k: number | undefined = start;
    while (at && k !== undefined) {
      used.add(k);
      line.push(key(at));
      const here = key(at);
      k = ends.get(here)?.find((other) => !used.has(other));
      if (k === undefined) break;
      const [a, b]: [Spot, Spot] = segments[k];
      at = key(a) === here ? b : a;
    }
    return line;
  };
  segments.forEach(([a, b], k) => {
    if (used.has(k)) return;
    const forward = walk(k, a, b);
    const backKey = ends.get(key(a))?.find((other) => !used.has(other));
    const backward =
      backKey === undefined
        ? []
        : walk(backKey, a, otherEnd(segments[backKey], a, key))
            .slice(1)
            .reverse();
    lines.push(`M${[...backward, ...forward].join('L')}`);
  });
  return lines.join('');
}

function otherEnd([a, b]: [Spot, Spot], from: Spot, key: (spot: Spot) => string): Spot {
  return key(a) === key(from) ? b : a;
}
