import { memo, useMemo } from 'react';
import type { Kind } from '../../lib/chain/types.ts';
import { type Drawing, type DrawnItem, NODE_SIZE, tileOf } from './drawing.ts';

const { width, height } = NODE_SIZE;

/** A kind's outline from the upper left corner of its place, told apart by shape as well as by colour. */
const SHAPES: Record<Kind, { outline: string; className: string }> = {
  seed: { outline: `m30 0h${width - 60}a30 30 0 0 1 0 60h${60 - width}a30 30 0 0 1 0-60z`, className: 'fill-seed' },
  import: {
    outline: `m7 7h${width - 14}v${height - 14}h${14 - width}z`,
    className: 'fill-none stroke-import stroke-[14px] [stroke-dasharray:28_16]',
  },
  train: { outline: `h${width}v${height}h${-width}z`, className: 'fill-train' },
  merge: { outline: `m0 30l30-30h${width - 60}l30 30l-30 30h${60 - width}z`, className: 'fill-merge' },
  foreign: {
    outline: `m30 7h${width - 60}l23 23l-23 23h${60 - width}l-23-23z`,
    className: 'fill-none stroke-foreign stroke-[14px] [stroke-dasharray:28_16]',
  },
};

interface Props {
  drawing: Drawing;
  lineage: ReadonlySet<string> | undefined;
  selected: string | undefined;
}

/**
 * All models where nothing can be read: a plain mark of its kind for each, a line under it where several stand. A path
 * for each kind and tile, since hundreds of elements would be slow.
 */
export const Marks = memo(function Marks({ drawing, lineage, selected }: Props) {
  const all = useMemo(() => pathsOf(drawing.items), [drawing]);
  const marked = useMemo(
    () => lineage && pathsOf(drawing.items.filter(({ id }) => lineage.has(id))),
    [drawing, lineage],
  );
  const chosen = drawing.items.find(({ id }) => id === selected);
  return (
    <svg
      aria-hidden="true"
      className="pointer-events-none absolute top-0 left-0 size-px overflow-visible"
      data-testid="marks"
    >
      <g className={lineage ? 'opacity-45' : ''}>{all}</g>
      {marked}
      {chosen && (
        <rect
          x={chosen.x - width / 2 - 18}
          y={chosen.y - 18}
          width={width + 36}
          height={height + 36}
          className="fill-none stroke-mark stroke-[12px]"
        />
      )}
    </svg>
  );
});

function pathsOf(items: readonly DrawnItem[]) {
  const paths = new Map<string, { d: string; className: string }>();
  const add = (what: string, { x, y }: DrawnItem, outline: string, className: string) => {
    const key = `${what} ${tileOf(x, y)}`;
    paths.set(key, { d: `${paths.get(key)?.d ?? ''}M${x - width / 2} ${y}${outline}`, className });
  };
  for (const item of items) {
    const { outline, className } = SHAPES[item.node.kind];
    add(item.node.kind, item, outline, className);
    if (item.members) add('several', item, `m0 ${height + 14}h${width}`, 'stroke-rule stroke-[10px]');
  }
  return [...paths].map(([key, path]) => <path key={key} {...path} />);
}
