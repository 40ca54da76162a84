// A layered drawing of an acyclic graph: parents above children, few crossings, made for speed rather than beauty.

export interface LayoutNode {
  id: string;
  /** ids of parents; those not among the nodes are ignored */
  parents: readonly string[];
}

export interface Spot {
  x: number;
  y: number;
  layer: number;
}

export interface LayoutOptions {
  /** between centres of neighbours in a layer */
  spacing: number;
  /** between layers */
  rise: number;
  /** how often the order is improved, down and up */
  sweeps: number;
}

export const DEFAULT_LAYOUT: LayoutOptions = { spacing: 216, rise: 132, sweeps: 6 };

interface Item {
  up: number[];
  down: number[];
  layer: number;
  order: number;
  x: number;
}

/**
 * Places nodes: the layer is the longest way from a node without parents, the order within a layer follows the
 * barycentres of neighbours, and places follow the order with neighbours' means as wishes. Edges over several layers
 * count as chains of empty places, so that they get room. O(sweeps * (nodes + edges + empty places)).
 * @returns centres by id. Nodes on a circle, which cannot be registered, are left out.
 */
export function layoutGraph(nodes: readonly LayoutNode[], options: Partial<LayoutOptions> = {}): Map<string, Spot> {
  const { spacing, rise, sweeps } = { ...DEFAULT_LAYOUT, ...options };
  const { items, ids } = build(nodes);
  const layers = intoLayers(items);
  for (let sweep = 0; sweep < sweeps; sweep++) {
    const down = sweep % 2 === 0;
    const order = down ? layers.slice(1) : layers.slice(0, -1).reverse();
    for (const layer of order) reorder(items, layer, down ? 'up' : 'down');
  }
  place(items, layers, spacing);
  const spots = new Map<string, Spot>();
  ids.forEach((id, k) => {
    if (items[k].layer >= 0) spots.set(id, { x: items[k].x, y: items[k].layer * rise, layer: items[k].layer });
  });
  return spots;
}

function build(nodes: readonly LayoutNode[]): { items: Item[]; ids: string[] } {
  const index = new Map(nodes.map(({ id }, k) => [id, k]));
  const ids = nodes.map(({ id }) => id);
  const parents = nodes.map((node) =>
    [...new Set(node.parents)].map((id) => index.get(id)).filter((k) => k !== undefined),
  );
  const items: Item[] = nodes.map(() => ({ up: [], down: [], layer: -1, order: 0, x: 0 }));
  const children: number[][] = nodes.map(() => []);
  const waiting = parents.map((list) => list.length);
  parents.forEach((list, k) => {
    for (const parent of list) children[parent].push(k);
  });
  // 1. longest ways, in topological order
  const queue = waiting.flatMap((count, k) => (count === 0 ? [k] : []));
  for (let at = 0; at < queue.length; at++) {
    const k = queue[at];
    items[k].layer = Math.max(0, ...parents[k].map((parent) => items[parent].layer + 1));
    for (const child of children[k]) if (--waiting[child] === 0) queue.push(child);
  }
  // 2. a node without parents moves down to just above its first child
  for (const k of queue) {
    if (parents[k].length > 0 || children[k].length === 0) continue;
    items[k].layer = Math.max(0, Math.min(...children[k].map((child) => items[child].layer)) - 1);
  }
  // 3. long edges as chains of empty places
  parents.forEach((list, k) => {
    if (items[k].layer < 0) return;
    for (const parent of list) {
      let above = parent;
      for (let layer = items[parent].layer + 1; layer < items[k].layer; layer++) {
        items.push({ up: [above], down: [], layer, order: 0, x: 0 });
        items[above].down.push(items.length - 1);
        above = items.length - 1;
      }
      items[above].down.push(k);
      items[k].up.push(above);
    }
  });
  return { items, ids };
}

/** Items by layer; the first order is that of a walk from the top, which keeps families together. */
function intoLayers(items: Item[]): number[][] {
  const layers: number[][] = [];
  const seen = new Uint8Array(items.length);
  const visit = (start: number) => {
    const stack = [start];
    while (stack.length > 0) {
      const k = stack.pop()!;
      if (seen[k]) continue;
      seen[k] = 1;
      layers[items[k].layer] ??= [];
      const layer = layers[items[k].layer];
      items[k].order = layer.length;
      layer.push(k);
      for (let c = items[k].down.length - 1; c >= 0; c--) stack.push(items[k].down[c]);
    }
  };
  items.forEach((item, k) => {
    if (item.layer >= 0 && item.up.length === 0) visit(k);
  });
  for (let l = 0; l < layers.length; l++) layers[l] ??= [];
  return layers;
}

function reorder(items: Item[], layer: number[], side: 'up' | 'down'): void {
  const wish = new Map<number, number>();
  for (const k of layer) {
    const neighbours = items[k][side];
    wish.set(k, neighbours.length === 0 ? items[k].order : mean(neighbours, (n) => items[n].order));
  }
  layer.sort((a, b) => wish.get(a)! - wish.get(b)! || items[a].order - items[b].order);
  layer.forEach((k, order) => {
    items[k].order = order;
  });
}

/** Wishes are the means of neighbours; what overlaps is spread around the mean of its wishes. */
function place(items: Item[], layers: number[][], spacing: number): void {
  for (const layer of layers) {
    layer.forEach((k, order) => {
      items[k].x = (order - (layer.length - 1) / 2) * spacing;
    });
  }
  const passes: ('up' | 'down')[] = ['up', 'down', 'up', 'down', 'up'];
  for (const side of passes) {
    const order = side === 'up' ? layers : [...layers].reverse();
    for (const layer of order) {
      const wishes = layer.map((k) => {
        const neighbours = items[k][side];
        return neighbours.length === 0 ? items[k].x : mean(neighbours, (n) => items[n].x);
      });
      spread(wishes, spacing).forEach((x, at) => {
        items[layer[at]].x = x;
      });
    }
  }
}

/** The places nearest to the wishes (least squares) that keep the order and a distance: pool adjacent violators. */
export function spread(wishes: readonly number[], spacing: number): number[] {
  const blocks: { sum: number; count: number }[] = [];
  wishes.forEach((wish, k) => {
    let block = { sum: wish - k * spacing, count: 1 };
    while (blocks.length > 0) {
      const before = blocks[blocks.length - 1];
      if (before.sum / before.count <= block.sum / block.count) break;
      blocks.pop();
      block = { sum: before.sum + block.sum, count: before.count + block.count };
    }
    blocks.push(block);
  });
  const places: number[] = [];
  for (const { sum, count } of blocks) {
    for (let k = 0; k < count; k++) places.push(sum / count + places.length * spacing);
  }
  return places;
}

function mean(list: readonly number[], value: (k: number) => number): number {
  let sum = 0;
  for (const k of list) sum += value(k);
  return sum / list.length;
}
