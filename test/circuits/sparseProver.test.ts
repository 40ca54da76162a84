import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { Kernels } from '../../src/argument/kernels.ts';
import { type Network, parseNetwork } from '../../src/model/network.ts';
import {
  type AnyWeights,
  isRealEntry,
  kernelSizes,
  presentLayers,
  zeroNetworkWeights,
} from '../../src/model/networkWeights.ts';
import { type SparsePlan, sparseMerge, thresholdsOf } from '../../src/model/sparse/merge.ts';
import { KEPT_ONE, type SparseMethod } from '../../src/model/sparse/method.ts';
import { zeroWeights } from '../../src/model/weights.ts';
import { proveSparseMerge } from '../../src/programs/sparse/sparseMerge.ts';
import { Random, range } from '../reference/algebra.ts';
import { type Judge, judgeOf } from '../reference/circuit.ts';
import { argue } from '../support/argument.ts';

const PARAMETERS = ['slots', 'method', 'seed', 'counts', 'coefficients'];
const ONE = 2 ** 14;
const TIES: SparseMethod = { signs: true, normalize: true, kept: [], seed: 0n };
const random = new Random(71);
const draw = (bound: number) => BigInt(random.below(2 * bound + 1) - bound);

const PICTURES: Network = parseNetwork('6x6x1-c3k3p1-a2-c2k2-3', 'softmax');

/** A base and tasks that differ from it in some entries. */
function parentsOf(shape: readonly number[] | Network, tasks: number, bound = 2 ** 40): AnyWeights[] {
  const zero = (): AnyWeights =>
    'side' in shape ? zeroNetworkWeights(shape, 3n) : zeroWeights({ widths: [...shape], head: 'softmax' }, 3n);
  const base = zero();
  const sizes = 'side' in shape ? presentLayers(shape) : undefined;
  const fill = (weights: AnyWeights, value: (l: number, kind: 'W' | 'b', x: number) => bigint) => {
    weights.layers.forEach((layer, l) => {
      for (const kind of ['W', 'b'] as const)
        for (const x of range(layer[kind].length)) {
          if (sizes !== undefined) {
            const { real, bits } = kernelSizes(sizes[l], sizes[l + 1]);
            const own = kind === 'W' ? [real, bits] : [real.slice(3), bits.slice(3)];
            if (!isRealEntry(x, own[0], own[1])) continue;
          } else {
            const widths = shape as readonly number[];
            const columns = layer.W.length / layer.b.length;
            const [i, j] = kind === 'W' ? [Math.floor(x / columns), x % columns] : [x, 0];
            if (i >= widths[l + 1] || j >= widths[l]) continue;
          }
          layer[kind][x] = value(l, kind, x);
        }
    });
    return weights;
  };
  fill(base, () => draw(bound));
  return [
    base,
    ...range(tasks).map(() =>
      fill(zero(), (l, kind, x) => base.layers[l][kind][x] + (random.below(4) === 0 ? 0n : draw(bound / 4))),
    ),
  ];
}

describe('the prover of program sparseMerge', () => {
  let judge: Judge;
  let kernels: Kernels;
  before(async () => {
    judge = await judgeOf('sparseMerge');
    kernels = await Kernels.load();
  });
  const accepts = async (plan: SparsePlan) => {
    const merge = sparseMerge(plan, 9n);
    const { inputs, expected } = await argue(kernels, PARAMETERS, (session) =>
      proveSparseMerge(session, { plan, merge }),
    );
    assert.deepEqual(await judge.outputs(inputs), expected);
  };
  const planOf = (parents: AnyWeights[], method: SparseMethod, weights: number[], density = 0.5): SparsePlan => ({
    parents,
    coefficients: parents[0].layers.map(() => [ONE, ...weights]),
    method,
    thresholds: thresholdsOf(
      parents,
      weights.map(() => parents[0].layers.map(() => (method.signs ? density : 1))),
    ),
  });

  for (const [name, shape, method, weights] of [
    ['TIES of 2', [3, 2], TIES, [8192, 8192]],
    ['TIES of 4', [5, 4, 3], TIES, [5000, 3000, 1, 9000]],
    ['trimming of 1', [1, 1], TIES, [ONE]],
    ['TIES without normalisation', [2, 3, 3, 1], { ...TIES, normalize: false }, [8192, 20000, 7]],
    ['dare_linear', [3, 5, 2, 4, 3], { signs: false, normalize: false, kept: [32768, 6000], seed: 77n }, [ONE, 9000]],
    [
      'dare_ties',
      [4, 4, 2],
      { signs: true, normalize: false, kept: [32768, 32768, 20000, 65536], seed: 5n },
      [1, 2, 9000, 7],
    ],
    [
      'dare_ties, normalised',
      [4, 4, 2],
      { signs: true, normalize: true, kept: [9000, 9000], seed: 6n },
      [40000, 40000],
    ],
    ['TIES of pictures', PICTURES, TIES, [8192, 8192]],
    ['dare_linear of pictures', PICTURES, { signs: false, normalize: false, kept: [KEPT_ONE / 2], seed: 8n }, [ONE]],
  ] as [string, number[] | Network, SparseMethod, number[]][])
    it(`satisfies the circuit: ${name}`, () => accepts(planOf(parentsOf(shape, weights.length), method, weights)));
});
