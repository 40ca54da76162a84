// The whole lineage of a node as the page draws and sums it.
import type { Hex } from 'viem';
import type { Store } from './store.ts';
import type { Ancestor, Lineage } from './types.ts';

/** Nodes that are drawn at most: the nearest ones, and origins. */
const NEAREST = 12;
const ORIGINS = 3;

/** What a node descends from. @param id of a node that the store knows */
export function lineageOf(store: Store, id: Hex): Lineage {
  const ancestors = store.ancestors(id).filter((ancestor) => store.model(ancestor));
  const inOrder = (ids: Hex[]) => ids.sort((a, b) => store.place(a) - store.place(b));
  const origins = inOrder([id, ...ancestors].filter((ancestor) => store.model(ancestor)!.parents.length === 0));
  const all = ancestors.length < NEAREST + ORIGINS;
  const shown = new Set([id, ...(all ? ancestors : ancestors.slice(0, NEAREST - 1))]);
  if (!all) {
    const more = origins.filter((origin) => !shown.has(origin));
    for (const origin of more.slice(0, ORIGINS)) shown.add(origin);
  }
  const nodes = inOrder([...shown]).map((at): Ancestor => {
    const { kind, trainings, name, parents } = store.model(at)!;
    const drawn = parents.map((parent) => parent.id).filter((parent) => shown.has(parent));
    const hiddenParents = parents.length - drawn.length;
    return { id: at, kind, parents: drawn, hiddenParents, ...(trainings && { trainings }), ...(name && { name }) };
  });
  return {
    nodes,
    hidden: ancestors.length + 1 - nodes.length,
    sums: store.ancestry(id),
    declaredOrigins: origins.filter((origin) => store.model(origin)!.kind === 'import').length,
  };
}
