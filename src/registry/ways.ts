import type { Hex } from 'viem';
import type { NodeOf } from './ancestry.ts';

/**
 * A way from a descendant up to an ancestor, as contracts take it: two ids for each merge or foreign child that is not left by
 * its first parent, the child and that parent. Empty along a first line (contracts/libraries/Ways.sol).
 */
export type Steps = readonly Hex[];

/** The ways that were found, and whether these are all. */
export interface Ways {
  ways: Steps[];
  complete: boolean;
}

/**
 * All ways from a node up to an ancestor, each once, those by first parents first. A diamond doubles their number, so there can be more
 * than anybody can list: the search ends when `limit` of them are found.
 * @param nodeOf nodes that it does not know end a way
 */
export function waysTo(from: Hex, ancestor: Hex, nodeOf: NodeOf, limit: number): Ways {
  const leads = leadingTo(from, ancestor, nodeOf);
  const ways: Steps[] = [];
  // The way that is gone on with next lies on top.
  const open: { at: Hex; steps: Steps }[] = leads.has(from) ? [{ at: from, steps: [] }] : [];
  while (open.length > 0) {
    if (ways.length === limit) return { ways, complete: false };
    const { at, steps } = open.pop()!;
    if (at === ancestor) {
      ways.push(steps);
      continue;
    }
    const parents = nodeOf(at)?.parents ?? [];
    for (let k = parents.length - 1; k >= 0; k--) {
      if (leads.has(parents[k])) open.push({ at: parents[k], steps: k === 0 ? steps : [...steps, at, parents[k]] });
    }
  }
  return { ways, complete: true };
}

/** The nodes of all ways, both ends included; empty where there is none. */
function leadingTo(from: Hex, ancestor: Hex, nodeOf: NodeOf): Set<Hex> {
  const children = new Map<Hex, Hex[]>();
  const above = new Set([from]);
  // A set is walked in the order in which it grows.
  for (const at of above) {
    if (at === ancestor) continue;
    for (const parent of nodeOf(at)?.parents ?? []) {
      above.add(parent);
      children.set(parent, [...(children.get(parent) ?? []), at]);
    }
  }
  const leads = new Set<Hex>(above.has(ancestor) ? [ancestor] : []);
  for (const at of leads) for (const child of children.get(at) ?? []) leads.add(child);
  return leads;
}
