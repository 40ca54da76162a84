// A small lineage as rows with lanes beside them, parents above children, as histories of versions are drawn.

export interface LaneNode {
  id: string;
  /** among the nodes */
  parents: readonly string[];
}

export interface Lanes {
  /** the lane of each node, 0 at the left */
  laneOf: Map<string, number>;
  /** lanes in use at once, at least 1 */
  width: number;
  links: { from: string; to: string /** the lane in which it runs */; lane: number }[];
}

/**
 * Lanes for nodes in an order in which parents come before their children. A node's links to its children run in its
 * own lane, which is free again after the last child.
 */
export function lanesOf(nodes: readonly LaneNode[]): Lanes {
  const last = new Map<string, number>();
  nodes.forEach(({ parents }, row) => {
    for (const parent of parents) last.set(parent, row);
  });
  const laneOf = new Map<string, number>();
  const takenUntil: number[] = [];
  nodes.forEach(({ id }, row) => {
    let lane = takenUntil.findIndex((until) => until <= row);
    if (lane < 0) lane = takenUntil.length;
    takenUntil[lane] = last.get(id) ?? row + 1;
    laneOf.set(id, lane);
  });
  const links = nodes.flatMap(({ id, parents }) => parents.map((from) => ({ from, to: id, lane: laneOf.get(from)! })));
  return { laneOf, width: Math.max(1, takenUntil.length), links };
}
