import { count } from '../lib/format.ts';

/** The network as columns of dots: as many layers as it has, heights as the logarithm of the widths. */
export function Widths({ widths, parameters }: { widths: number[]; parameters: number }) {
  const most = Math.max(...widths.map(dots));
  const gap = 56;
  const columns = widths.map((width, l) => ({ width, x: 12 + l * gap, n: dots(width) }));
  const y = (n: number, k: number) => ((k - (n - 1) / 2) * 9 + (most * 9) / 2) | 0;
  return (
    <figure>
      <svg
        viewBox={`0 0 ${24 + gap * (widths.length - 1)} ${most * 9 + 6}`}
        height={most * 9 + 6}
        aria-hidden="true"
        className="max-w-full"
      >
        <path d={wires(columns, y)} stroke="var(--color-line)" strokeWidth="0.7" />
        {columns.map(({ x, n }) => (
          <path key={x} d={knots(x, n, y)} fill="currentColor" />
        ))}
      </svg>
      <figcaption className="mt-2">
        <span className="figure">{widths.join(' – ')}</span>{' '}
        <span className="text-soft">units, {count(parameters)} parameters</span>
      </figcaption>
    </figure>
  );
}

function dots(width: number): number {
  return Math.max(1, Math.min(10, Math.round(1.3 * Math.log2(width) - 0.5)));
}

interface Column {
  x: number;
  n: number;
}

/** All lines between neighbouring columns. */
function wires(columns: Column[], y: (n: number, k: number) => number): string {
  return columns
    .slice(1)
    .flatMap(({ x, n }, l) =>
      Array.from({ length: n }, (_, i) =>
        Array.from(
          { length: columns[l].n },
          (_, j) => `M${columns[l].x} ${y(columns[l].n, j) + 3}L${x} ${y(n, i) + 3}`,
        ).join(''),
      ),
    )
    .join('');
}

/** A column of dots. */
function knots(x: number, n: number, y: (n: number, k: number) => number): string {
  const r = 2.6;
  const dot = (k: number) => `M${x - r} ${y(n, k) + 3}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0`;
  return Array.from({ length: n }, (_, k) => dot(k)).join('');
}
