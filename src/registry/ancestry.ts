import type { Hex } from 'viem';

/** A node as far as its lineage goes. */
export interface LineageNode {
  id: Hex;
  /** all of them, not only the first */
  parents: readonly Hex[];
  /** what it was trained on, segment by segment; none for seeds, imports and merges */
  trainings?: readonly { shard: Hex; rows: number; steps: number }[];
}

/** Steps of a training: the last batch of a pass may be short. */
export function stepsOf({ rows, batch, passes }: { rows: number; batch: number; passes: number }): number {
  return Math.ceil(rows / batch) * passes;
}

/** Gives a node by its id; undefined where it is not known. */
export type NodeOf = (id: Hex) => LineageNode | undefined;

/** Sums over a node and everything that it descends from, through all parents of every merge. */
export interface Ancestry {
  /** nodes above it, each once */
  ancestors: number;
  /** links from a child to a parent, its own included: a merge has one for each parent */
  edges: number;
  /** nodes without parents: seeds and declared imports, itself included */
  origins: number;
  /** steps of all training edges, all passes, each edge once */
  steps: number;
  /** rows of all segments of training edges: a shard that two segments used counts twice, its passes once */
  rowsUsed: number;
  /** rows of the different shards: a shard that two segments used counts once */
  rows: number;
  /** different shards */
  shards: number;
  /** ancestors that `nodeOf` does not know: then all sums are lower bounds */
  unknown: number;
}

/** The ancestors of a node, nearest first, each once, without itself. O(nodes and edges above it). */
export function ancestorsOf(id: Hex, nodeOf: NodeOf): Hex[] {
  const seen = new Set([id]);
  // A set is walked in the order in which it grows.
  for (const at of seen) for (const parent of nodeOf(at)?.parents ?? []) seen.add(parent);
  seen.delete(id);
  return [...seen];
}

/** The sums over a node and all its ancestors. */
export function sumAncestry(id: Hex, nodeOf: NodeOf): Ancestry {
  const ancestors = ancestorsOf(id, nodeOf);
  const sums: Ancestry = {
    ancestors: ancestors.length,
    edges: 0,
    origins: 0,
    steps: 0,
    rowsUsed: 0,
    rows: 0,
    shards: 0,
    unknown: 0,
  };
  const shards = new Set<Hex>();
  for (const at of [id, ...ancestors]) {
    const node = nodeOf(at);
    if (!node) {
      sums.unknown++;
      continue;
    }
    sums.edges += node.parents.length;
    if (node.parents.length === 0) sums.origins++;
    for (const { shard, rows, steps } of node.trainings ?? []) {
      sums.steps += steps;
      sums.rowsUsed += rows;
      if (!shards.has(shard)) sums.rows += rows;
      shards.add(shard);
    }
  }
  sums.shards = shards.size;
  return sums;
}

/**
 * The shards that a node or any of its ancestors was trained on. The same rows registered a second time are another
 * shard, which nothing on chain can recognise.
 */
export function shardsUsedBy(id: Hex, nodeOf: NodeOf): Set<Hex> {
  const used = new Set<Hex>();
  for (const at of [id, ...ancestorsOf(id, nodeOf)]) {
    for (const { shard } of nodeOf(at)?.trainings ?? []) used.add(shard);
  }
  return used;
}
