import type { Hex } from 'viem';
import { push } from '../push.ts';
import type { AbsentFact, DisjointFact, Inference, SubsetFact } from './factTypes.ts';

/** What was proved of models and shards after they were registered. Each list has the oldest first. */
export class Facts {
  readonly #inferences = new Map<Hex, Inference[]>();
  readonly #disjoint = new Map<Hex, DisjointFact[]>();
  readonly #absent = new Map<Hex, AbsentFact[]>();
  readonly #subset = new Map<Hex, SubsetFact[]>();

  addInference(inference: Inference): void {
    push(this.#inferences, inference.model, inference);
    if (inference.isShard) push(this.#inferences, inference.inputs, inference);
  }

  addDisjoint(fact: DisjointFact): void {
    push(this.#disjoint, fact.first, fact);
    if (fact.second !== fact.first) push(this.#disjoint, fact.second, fact);
  }

  addAbsent(fact: AbsentFact): void {
    push(this.#absent, fact.shard, fact);
  }

  addSubset(fact: SubsetFact): void {
    push(this.#subset, fact.shard, fact);
  }

  /** Of a model, or on a shard. */
  inferencesOf(id: Hex): readonly Inference[] {
    return this.#inferences.get(id) ?? [];
  }

  disjointOf(shard: Hex): readonly DisjointFact[] {
    return this.#disjoint.get(shard) ?? [];
  }

  absentOf(shard: Hex): readonly AbsentFact[] {
    return this.#absent.get(shard) ?? [];
  }

  subsetOf(shard: Hex): readonly SubsetFact[] {
    return this.#subset.get(shard) ?? [];
  }
}
