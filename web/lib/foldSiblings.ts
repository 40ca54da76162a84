import type { GraphNode } from './chain/types.ts';
import { shapeText } from './format.ts';

/** Siblings drawn as one. */
export interface Group {
  id: string;
  members: GraphNode[];
}

/** Fewer than this stay apart. */
const SMALLEST_GROUP = 3;

/**
 * Folds siblings that look alike (same parents, kind, trainer and shape, nothing descends from them) into groups.
 * @param open groups that stay unfolded
 * @param keep nodes that are never folded
 */
export function foldSiblings(
  nodes: readonly GraphNode[],
  open: ReadonlySet<string>,
  keep: ReadonlySet<string>,
): { single: GraphNode[]; groups: Group[] } {
  const isParent = new Set(nodes.flatMap((node) => node.parents));
  const families = new Map<string, GraphNode[]>();
  const single: GraphNode[] = [];
  for (const node of nodes) {
    const foldable =
      node.parents.length > 0 && node.hiddenChildren === 0 && !isParent.has(node.id) && !keep.has(node.id);
    if (!foldable) {
      single.push(node);
      continue;
    }
    const key = [...node.parents, node.kind, node.trainer, shapeText(node), node.head].join(' ');
    families.set(key, [...(families.get(key) ?? []), node]);
  }
  const groups: Group[] = [];
  for (const members of families.values()) {
    const id = `group ${members[0].id}`;
    if (members.length < SMALLEST_GROUP || open.has(id)) single.push(...members);
    else groups.push({ id, members });
  }
  return { single, groups };
}
