// Parts of the tree, with what the visitor asks of the models in it.
import type { Hex } from 'viem';
import { sumOf } from '../training.ts';
import type { Store } from './store.ts';
import type { Graph, GraphNode, GraphScore, Model, ModelFilter, Neighbourhood, Result } from './types.ts';

/** Part of the tree, breadth first from the focus, or the newest nodes; of either those that pass the filter, and the focus. */
export function graphOf(store: Store, question: Neighbourhood): Graph {
  const { focus, benchmark, limit, filter = {} } = question;
  const passes = (model: Model) => model.id === focus || passesFilter(store, model, filter, benchmark);
  const { models, truncated } = focus ? around(store, { ...question, focus }) : newest(store, limit, passes);
  const chosen = models.filter(passes);
  const shown = new Set(chosen.map(({ id }) => id));
  const nodes = chosen.map((model) => graphNode(store, model, shown, benchmark));
  nodes.sort((a, b) => a.block - b.block || a.depth - b.depth);
  return { ...(focus && { focus }), ...(benchmark && { benchmark }), nodes, total: store.size, truncated };
}

function passesFilter(store: Store, model: Model, filter: ModelFilter, benchmark: Hex | undefined): boolean {
  const { kind, trainer, declared, scored, since, until } = filter;
  const { timestamp } = model;
  if (kind !== undefined && model.kind !== kind) return false;
  if (trainer !== undefined && model.trainer !== trainer) return false;
  if (declared !== undefined && model.declared !== declared) return false;
  if (scored && !(benchmark && store.result(model.id, benchmark))) return false;
  if (since === undefined && until === undefined) return true;
  // Of a model whose time is not read yet it is not known.
  return timestamp !== undefined && (since ?? 0) <= timestamp && timestamp < (until ?? Number.POSITIVE_INFINITY);
}

function newest(store: Store, limit: number, passes: (model: Model) => boolean) {
  const models = store.newest(limit + 1, passes);
  return { models: models.slice(0, limit), truncated: models.length > limit };
}

function around(store: Store, { focus, hops, direction, limit }: Neighbourhood & { focus: Hex }) {
  const ids = new Set<Hex>();
  if (!store.model(focus)) return { models: [], truncated: false };
  ids.add(focus);
  let truncated = false;
  // Up and down apart: otherwise two hops from a node with many children would be its siblings.
  const walks: ((id: Hex) => readonly Hex[])[] = [];
  if (direction !== 'descendants') walks.push((id) => store.model(id)!.parents.map((parent) => parent.id));
  if (direction !== 'ancestors') walks.push((id) => store.childIds(id));
  const frontiers = walks.map(() => [focus]);
  for (let hop = 0; hop < hops; hop++) {
    walks.forEach((next, w) => {
      const reached: Hex[] = [];
      for (const id of frontiers[w]) {
        for (const other of next(id)) {
          if (ids.has(other) || !store.model(other)) continue;
          if (ids.size >= limit) {
            truncated = true;
            continue;
          }
          ids.add(other);
          reached.push(other);
        }
      }
      frontiers[w] = reached;
    });
  }
  return { models: [...ids].map((id) => store.model(id)!), truncated };
}

function graphNode(store: Store, model: Model, shown: ReadonlySet<Hex>, benchmark: Hex | undefined): GraphNode {
  const { id, kind, trainer, widths, network, head, depth, declared, isForeign, block, timestamp, name } = model;
  const parents = model.parents.map((parent) => parent.id).filter((parent) => shown.has(parent));
  const result = benchmark && store.result(id, benchmark);
  return {
    id,
    kind,
    trainer,
    widths,
    head,
    depth,
    declared,
    isForeign,
    block,
    parents,
    hiddenParents: model.parents.length - parents.length,
    hiddenChildren: store.childIds(id).filter((child) => !shown.has(child)).length,
    rows: sumOf(model.trainings ?? []).rows,
    ...(network && { network }),
    ...(timestamp !== undefined && { timestamp }),
    ...(result && { score: graphScore(result) }),
    ...(name && { name }),
  };
}

function graphScore({ right, error, rows, trainedRows, sameSchema, unread }: Result): GraphScore {
  return { right, error, rows, trainedRows, sameSchema, unread };
}
