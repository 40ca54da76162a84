import type { Graph, GraphNode } from '../../lib/chain/types.ts';
import { foldSiblings } from '../../lib/foldSiblings.ts';
import { layoutGraph } from '../../lib/layout.ts';

/** Pixels at full size. */
export const NODE_SIZE = { width: 184, height: 60 };

/** An item of the drawing: a node, or several alike in one place. */
export interface DrawnItem {
  id: string;
  node: GraphNode;
  members?: GraphNode[];
  /** its middle */
  x: number;
  /** its upper end */
  y: number;
  layer: number;
}

/** From a parent to its child, by items' ids. */
export interface Link {
  from: string;
  to: string;
}

export interface Drawing {
  items: DrawnItem[];
  links: Link[];
}

/** What is drawn of a graph, and where. @param open groups that stay unfolded @param keep nodes never folded */
export function draw(graph: Graph, open: ReadonlySet<string>, keep: ReadonlySet<string>): Drawing {
  const { single, groups } = foldSiblings(graph.nodes, open, keep);
  const all = [
    ...single.map((node) => ({ id: node.id as string, node, members: undefined, parents: node.parents })),
    ...groups.map(({ id, members }) => ({ id, node: members[0], members, parents: members[0].parents })),
  ];
  const spots = layoutGraph(all);
  const items = all.flatMap(({ id, node, members }) => {
    const spot = spots.get(id);
    return spot ? [{ id, node, ...(members && { members }), ...spot }] : [];
  });
  return { items, links: all.flatMap(({ id, parents }) => parents.map((from) => ({ from, to: id }))) };
}

/** The box around all items; without items, a point. */
export function boundsOf({ items }: Drawing): { x: number; y: number; width: number; height: number } {
  if (items.length === 0) return { x: 0, y: 0, width: 0, height: 0 };
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { x, y } of items) {
    left = Math.min(left, x - NODE_SIZE.width / 2);
    right = Math.max(right, x + NODE_SIZE.width / 2);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y + NODE_SIZE.height);
  }
  return { x: left, y: top, width: right - left, height: bottom - top };
}

/** The item drawn at a place, if any. */
export function itemAt({ items }: Drawing, place: { x: number; y: number }): DrawnItem | undefined {
  const { width, height } = NODE_SIZE;
  return items.find(({ x, y }) => Math.abs(place.x - x) <= width / 2 && place.y >= y && place.y <= y + height);
}

/** What is drawn as paths is drawn in squares of this side: what lies outside of the window then costs nothing. */
const TILE = 2_000;

/** The square in which a place lies. */
export function tileOf(x: number, y: number): string {
  return `${Math.floor(x / TILE)} ${Math.floor(y / TILE)}`;
}
