import { memo, useMemo } from 'react';
import { type Drawing, type Link, NODE_SIZE, tileOf } from './drawing.ts';

interface Props {
  drawing: Drawing;
  /** the ids of a chosen family, if any: its lines are marked, the others step back */
  lineage: ReadonlySet<string> | undefined;
  /** of a line, in pixels at full size */
  width: number;
}

/** All edges of the drawing, a path for each tile: thousands of elements would be slow. */
export const Lines = memo(function Lines({ drawing, lineage, width }: Props) {
  const curves = useMemo(() => curvesOf(drawing), [drawing]);
  const tiles = useMemo(() => {
    const paths = new Map<string, string>();
    for (const { tile, path } of curves.values()) paths.set(tile, (paths.get(tile) ?? '') + path);
    return [...paths];
  }, [curves]);
  const marked =
    lineage &&
    drawing.links
      .filter(({ from, to }) => lineage.has(from) && lineage.has(to))
      .map((link) => curves.get(link)?.path ?? '')
      .join('');
  return (
    <svg
      aria-hidden="true"
      className="pointer-events-none absolute top-0 left-0 -z-10 size-px overflow-visible"
      fill="none"
    >
      <g className={`stroke-rule ${lineage ? 'opacity-35' : ''}`} strokeWidth={width}>
        {tiles.map(([tile, path]) => (
          <path key={tile} d={path} />
        ))}
      </g>
      {marked && <path d={marked} className="stroke-mark" strokeWidth={2 * width} />}
    </svg>
  );
});

function curvesOf({ items, links }: Drawing): Map<Link, { tile: string; path: string }> {
  const places = new Map(items.map((item) => [item.id, item]));
  const curves = new Map<Link, { tile: string; path: string }>();
  for (const link of links) {
    const [from, to] = [places.get(link.from), places.get(link.to)];
    if (!from || !to) continue;
    const [x, y] = [from.x, from.y + NODE_SIZE.height];
    const middle = (y + to.y) / 2;
    curves.set(link, {
      tile: tileOf((x + to.x) / 2, middle),
      path: `M${x} ${y}C${x} ${middle} ${to.x} ${middle} ${to.x} ${to.y}`,
    });
  }
  return curves;
}
