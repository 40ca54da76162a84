import { MERGE_ONE } from './merge.ts';
import type { AnyWeights } from './networkWeights.ts';
import type { LayerWeights } from './weights.ts';

/** Parents of a merge that hold the same numbers. */
export interface EqualParents {
  /** Places among the parents, from 1, at least two. */
  parents: number[];
  /** Layers that are equal, from 1; all of them: the models differ in their salts at most. */
  layers: number[];
}

/**
 * Parents that are equal, whole or in some layers. Each group is named once, for the layers that all of it shares;
 * models that are equal as a whole are not named again for a layer with the same others.
 * @param parents of one shape
 */
export function findEqualParents(parents: readonly AnyWeights[]): EqualParents[] {
  const groups = new Map<string, EqualParents>();
  parents[0].layers.forEach((_, l) => {
    const seen: number[][] = [];
    parents.forEach((parent, i) => {
      const group = seen.find(([first]) => isSameLayer(parents[first].layers[l], parent.layers[l]));
      if (group) group.push(i);
      else seen.push([i]);
    });
    for (const group of seen.filter(({ length }) => length > 1)) {
      const key = group.join();
      const found = groups.get(key) ?? { parents: group.map((i) => i + 1), layers: [] };
      found.layers.push(l + 1);
      groups.set(key, found);
    }
  });
  return [...groups.values()];
}

function isSameLayer(x: LayerWeights, y: LayerWeights): boolean {
  return x.W.every((value, k) => value === y.W[k]) && x.b.every((value, k) => value === y.b[k]);
}

/** The factor of a parent as it takes effect: one for all layers, or one for each where they differ. */
export function factorsOf(coefficients: readonly (readonly number[])[], parent: number): number[] {
  const factors = coefficients.map((row) => row[parent] / MERGE_ONE);
  return factors.every((factor) => factor === factors[0]) ? [factors[0]] : factors;
}
