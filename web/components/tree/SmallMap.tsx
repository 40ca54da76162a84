import { Panel, useReactFlow, useStore } from '@xyflow/react';
import { memo, type PointerEvent, useMemo, useRef } from 'react';
import type { Kind } from '../../lib/chain/types.ts';
import { boundsOf, type Drawing, NODE_SIZE } from './drawing.ts';

const SIZE = { width: 200, height: 150 };
/** A small tree is not blown up: pixels of the drawing to one of the map, at least. */
const LEAST_SCALE = 9;

const FILLS: Record<Kind, string> = {
  seed: 'fill-seed',
  import: 'fill-import',
  train: 'fill-train',
  merge: 'fill-merge',
  foreign: 'fill-foreign',
};

/** The whole drawing in a corner with the part that is seen framed; pressing or dragging moves there. */
export function SmallMap({ drawing }: { drawing: Drawing }) {
  const flow = useReactFlow();
  const [x, y, zoom] = useStore((state) => state.transform);
  const seen = { width: useStore((state) => state.width) / zoom, height: useStore((state) => state.height) / zoom };
  const map = useRef<SVGSVGElement>(null);
  const box = useMemo(() => roomy(boundsOf(drawing)), [drawing]);
  const moveTo = (event: PointerEvent) => {
    const at = map.current!.getBoundingClientRect();
    flow.setCenter(
      box.x + ((event.clientX - at.x) / at.width) * box.width,
      box.y + ((event.clientY - at.y) / at.height) * box.height,
      { zoom },
    );
  };
  const viewBox = `${box.x} ${box.y} ${box.width} ${box.height}`;
  const frame = `M${-x / zoom} ${-y / zoom}h${seen.width}v${seen.height}h${-seen.width}z`;
  return (
    <Panel position="bottom-right" className="max-md:hidden!">
      <div className="relative border border-line bg-sheet" style={SIZE}>
        <Dots drawing={drawing} viewBox={viewBox} />
        <svg
          ref={map}
          role="img"
          aria-label="Small map of the tree"
          viewBox={viewBox}
          className="absolute inset-0 size-full cursor-pointer touch-none"
          onPointerDown={(event) => {
            event.currentTarget.setPointerCapture(event.pointerId);
            moveTo(event);
          }}
          onPointerMove={(event) => {
            if (event.buttons & 1) moveTo(event);
          }}
        >
          <path
            d={`M${box.x} ${box.y}h${box.width}v${box.height}h${-box.width}z${frame}`}
            fillRule="evenodd"
            fill="light-dark(rgb(20 32 31 / 0.12), rgb(0 0 0 / 0.45))"
          />
          <path d={frame} className="fill-none stroke-mark" strokeWidth={1.5} vectorEffect="non-scaling-stroke" />
        </svg>
      </div>
    </Panel>
  );
}

/** Apart from the frame, so that moving paints nothing of it again. */
const Dots = memo(function Dots({ drawing, viewBox }: { drawing: Drawing; viewBox: string }) {
  const paths = useMemo(() => {
    const { width, height } = NODE_SIZE;
    const byKind: Partial<Record<Kind, string>> = {};
    for (const { node, x, y } of drawing.items) {
      byKind[node.kind] = `${byKind[node.kind] ?? ''}M${x - width / 2} ${y}h${width}v${height}h${-width}z`;
    }
    return Object.entries(byKind) as [Kind, string][];
  }, [drawing]);
  return (
    <svg aria-hidden="true" viewBox={viewBox} className="absolute inset-0 size-full will-change-transform">
      {paths.map(([kind, path]) => (
        <path key={kind} d={path} className={FILLS[kind]} />
      ))}
    </svg>
  );
});

/** The box with a margin, in the shape of the map. */
function roomy(box: ReturnType<typeof boundsOf>) {
  const scale = Math.max(LEAST_SCALE, (1.1 * box.width) / SIZE.width, (1.1 * box.height) / SIZE.height);
  const [width, height] = [SIZE.width * scale, SIZE.height * scale];
  return { x: box.x - (width - box.width) / 2, y: box.y - (height - box.height) / 2, width, height };
}
