import { foldAlike } from '../../lib/alike.ts';
import type { Graph, GraphNode } from '../../lib/chain/types.ts';
import { layoutGraph } from '../../lib/layout.ts';

/** An item of the drawing: a node, or several alike in one place. */
export interface DrawnItem {
  id: string;
  node: GraphNode;
  members?: GraphNode[];
  x: number;
  y: number;
  layer: number;
}

export interface Drawing {
  items: DrawnItem[];
  links: { from: string; to: string }[];
}

/** What is drawn of a graph, and where. @param open groups that stay unfolded @param keep nodes never folded */
export function draw(graph: Graph, open: ReadonlySet<string>, keep: ReadonlySet<string>): Drawing {
  const { single, groups } = foldAlike(graph.nodes, open, keep);
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
