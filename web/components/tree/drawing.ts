import type { GraphNode } from '../../lib/chain/types.ts';

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
