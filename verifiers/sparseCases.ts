// The honest runs of sparseMerge that the verifier in Python is tried on.
import type { Commitment } from '../src/argument/types.ts';
import { parseNetwork } from '../src/model/network.ts';
import type { NetworkWeights } from '../src/model/networkWeights.ts';
import { type SparseName, sparsePlan } from '../src/model/sparse/choice.ts';
import { sparseMerge } from '../src/model/sparse/merge.ts';
import type { Weights } from '../src/model/weights.ts';
import { proveSparseMerge } from '../src/programs/sparse/sparseMerge.ts';
import type { MergeStatement } from '../src/registry/programs/merge.ts';
import { randomSource, someModel } from '../test/support/models.ts';
import { randomNetworkWeights } from '../test/training/networkCases.ts';
import { stated } from './cases.ts';
import type { Case } from './run.ts';

interface Choice {
  method: SparseName;
  /** how many models are merged into the base */
  tasks: number;
  normalize?: boolean;
}

const LAMBDA = 0.75;

function merged(name: string, parentsOf: (count: number) => (Weights | NetworkWeights)[], choice: Choice): Case {
  const { method, tasks, normalize = method === 'ties' } = choice;
  return {
    name: `sparseMerge-${name}-${method}-${tasks}${normalize ? '-mean' : '-sum'}`,
    make: async (commit) => {
      const parents = parentsOf(1 + tasks);
      const layers = parents[0].layers.map((_, l) => l);
      const each = (value: (task: number) => number) =>
        Array.from({ length: tasks }, (_, i) => layers.map(() => value(i)));
      const plan = sparsePlan(parents, {
        method,
        weights: each((i) => 0.5 + i / 4),
        densities: each((i) => (normalize ? 0.5 : 0.75 - i / 8)),
        lambdas: layers.map(() => LAMBDA),
        normalize,
        rescale: method !== 'ties',
        seed: 2n ** 200n + 777n,
      });
      const merge = sparseMerge(plan, 1234n);
      const committed: Commitment[] = [];
      for (const parent of parents) committed.push(await commit.model(parent));
      const { child, counts } = merge;
      const shape = 'network' in child ? { network: child.network } : { widths: [...child.widths], head: child.head };
      const statement: MergeStatement = {
        program: 'merge',
        ...shape,
        child: await commit.model(child),
        parents: committed,
        coefficients: plan.coefficients.map((row) => [...row]),
        sparse: { method: plan.method, counts },
      };
      return { stated: stated(statement), argument: (session) => proveSparseMerge(session, { plan, merge }) };
    },
  };
}

function dense(widths: number[], choice: Choice): Case {
  const parents = (count: number) => Array.from({ length: count }, (_, i) => someModel(widths, 20 + i, BigInt(90 + i)));
  return merged(widths.join('-'), parents, choice);
}

function pictures(text: string, choice: Choice): Case {
  const network = parseNetwork(text, 'softmax');
  const parents = (count: number) =>
    Array.from({ length: count }, (_, i) => randomNetworkWeights(network, randomSource(7 + i), 2 ** 40));
  return merged(text, parents, choice);
}

/** Made without the curve. */
export const SPARSE_ARGUMENTS: Case[] = [
  dense([1, 1], { method: 'ties', tasks: 1 }),
  dense([3, 2], { method: 'ties', tasks: 4 }),
  dense([3, 5, 2, 4, 3], { method: 'ties', tasks: 2, normalize: false }),
  dense([5, 4, 3], { method: 'dare_ties', tasks: 3 }),
  dense([4, 3, 3], { method: 'dare_ties', tasks: 2, normalize: true }),
  dense([5, 4, 3], { method: 'dare_linear', tasks: 4 }),
  pictures('6x6x1-a2-c3k2p1-a2-c2k2p1-4-2', { method: 'ties', tasks: 2 }),
  pictures('5x5x2-c2k2-c2k2-c3k1s2-4-5-2', { method: 'dare_ties', tasks: 3 }),
  pictures('2x2x1-c1k2-1', { method: 'dare_linear', tasks: 1 }),
];

/** Proved with Groth16 and opened; by default none. */
export const SPARSE_PROOFS: Case[] = [
  dense([3, 4, 2], { method: 'ties', tasks: 2 }),
  pictures('6x6x1-a2-c3k2p1-a2-c2k2p1-4-2', { method: 'dare_ties', tasks: 2 }),
];
