// Lies about weights: for each relation and each claim of the programs that seed, import and merge.

import { NUMBERING } from '../../../src/generated/numbering.ts';
import type { Imports } from '../../reference/import.ts';
import { absorb, forgedLookups, type Lie, madeUp, miscounted, nudge, PER_LIMB } from '../../reference/lies.ts';
import type { Merges, Values } from '../../reference/merge.ts';
import type { AnyHooks, Reference } from '../../reference/run.ts';
import { type SeedLayer, type SeedLayers, type Seeds, setValue } from '../../reference/seed.ts';
import { LIMB, type Tensors } from '../../reference/tensors.ts';

// --- seed

/** Padded entries of a layer's weights, by what they are padding of, and of its biases. */
export interface Padding {
  W: Record<string, number>;
  b?: number;
}

export type ProveSeed = (hooks: AnyHooks, run?: (run: SeedLayers) => void) => Reference;

/** A limb beyond its range; w0 is what is left of q - 1 - v. */
const SEED_LIMBS: [name: string, change: (layer: SeedLayer) => void][] = [
  ['v0', (t) => absorb(t as unknown as Tensors, 0, ['v1', 'v0'], LIMB)],
  ['v1', (t) => absorb(t as unknown as Tensors, 0, ['v0', 'v1'], PER_LIMB)],
  ['w0', (t) => absorb(t as unknown as Tensors, 0, ['w1', 'w0'], LIMB)],
  ['w1', (t) => absorb(t as unknown as Tensors, 0, ['w0', 'w1'], PER_LIMB)],
  ['u0', (t) => absorb(t as unknown as Tensors, 0, ['u1', 'u0'], LIMB)],
  ['u1', (t) => absorb(t as unknown as Tensors, 0, ['u0', 'u1'], PER_LIMB)],
];

/** Of a seed whose layers are all present; `padding` is by layer, the first first. */
export function seedLies(
  program: Seeds,
  layers: readonly number[],
  prove: ProveSeed,
  padding: readonly Padding[] = [],
): Lie[] {
  const { relations: R, claims: C, evaluations: E } = NUMBERING[program];
  return [
    ...layers.flatMap((l): Lie[] => {
      const lie = (
        name: string,
        change: (layer: SeedLayer) => void,
        rest: Pick<Lie, 'relations' | 'claims' | 'fails'>,
      ) => ({
        name: `${name}_${l}`,
        prove: () => prove({}, (run) => change(run.layers[l])),
        ...rest,
      });
      return [
        lie(
          'sequence',
          (layer) => {
            const v = layer.v0[0] + LIMB * layer.v1[0];
            setValue(layer, 0, v > 0n ? v - 1n : 1n);
            layer.W[0] += v > 0n ? -1n : 1n;
          },
          { relations: [R.sequence(l)], fails: 'batch' },
        ),
        ...Object.entries(padding[l - 1]?.W ?? {}).map(([what, at]) =>
          lie(`weights, ${what},`, (layer) => (layer.W[at] = 1n), { relations: [R.weights(l)], fails: 'batch' }),
        ),
        lie('weights', (layer) => (layer.W[0] += 1n), { relations: [R.weights(l)], fails: 'batch' }),
        lie('the claim bias', (layer) => (layer.b[0] = 1n), { claims: [C.bias(l)], fails: 'reduction' }),
        ...SEED_LIMBS.map(([name, change]) => lie(`limb ${name}`, change, { relations: [R.logUp], fails: 'batch' })),
        ...forgedLookups(
          [
            [`hA_${l}`, `groupA_${l}`],
            [`hB_${l}`, `groupB_${l}`],
          ],
          R.names,
          prove,
        ),
      ];
    }),
    ...forgedLookups([['g', 'table']], R.names, prove),
    miscounted(R.logUp, prove),
    ...madeUp(E.names, R.logUp, prove),
  ];
}

// --- import and merge

/** Weights of the layers of a network, all of which are present; of parents where there are some. */
export type ProveWeights = (hooks: AnyHooks, change?: (weights: Values) => void) => Reference;

/** Limbs of W and b: the lowest is what is left of the value, so it takes what another's change leaves. */
const weightLimbs = (layers: readonly number[], logUp: number, prove: ProveWeights): Lie[] =>
  layers.flatMap((l) =>
    (['W', 'b'] as const).flatMap((tensor): Lie[] => {
      const [one, two] = ['1', '2'].map((k) => `${tensor === 'W' ? 'w' : 'c'}${k}_${l}`);
      const lie = (name: string, own: () => Reference): Lie => ({
        name: `limb ${name} beyond its range`,
        prove: own,
        relations: [logUp],
        fails: 'batch',
      });
      const trace = (change: (t: Tensors) => void) => () => prove({ trace: change });
      return [
        lie(
          `below ${one}`,
          trace((t) => {
            nudge(t[one], 0);
          }),
        ),
        lie(
          one,
          trace((t) => absorb(t, 0, [two, one], LIMB)),
        ),
        // of a value that is too large
        lie(two, () =>
          prove({}, (weights) => {
            weights[tensor][l - 1][0] = 2n ** 48n;
          }),
        ),
      ];
    }),
  );

/** Of an import of which all layers are present; `padding` is by layer, the first first. */
export function importLies(
  program: Imports,
  layers: readonly number[],
  prove: ProveWeights,
  padding: readonly Padding[],
): Lie[] {
  const { relations: R, evaluations: E } = NUMBERING[program];
  return [
    ...layers.flatMap((l): Lie[] => {
      const { W, b } = padding[l - 1];
      const lie = (name: string, relation: number, change: (weights: Values) => void): Lie => ({
        name,
        prove: () => prove({}, change),
        relations: [relation],
        fails: 'batch',
      });
      return [
        ...Object.entries(W).map(([what, at]) =>
          lie(`paddingW_${l}, ${what}`, R.paddingW(l), (w) => (w.W[l - 1][at] = 1n)),
        ),
        ...(b === undefined ? [] : [lie(`paddingb_${l}`, R.paddingb(l), (w) => (w.b[l - 1][b] = 1n))]),
        ...forgedLookups(
          ['W', 'b'].map((x) => [`h${x}_${l}`, `range${x}_${l}`]),
          R.names,
          prove,
        ),
      ];
    }),
    ...forgedLookups([['g', 'table']], R.names, prove),
    miscounted(R.logUp, prove),
    ...weightLimbs(layers, R.logUp, prove),
    ...madeUp(E.names, R.logUp, prove),
  ];
}

/** Of a merge of which all layers are present. */
export function mergeLies(program: Merges, layers: readonly number[], prove: ProveWeights): Lie[] {
  const { relations: R, evaluations: E } = NUMBERING[program];
  return [
    ...layers.flatMap((l) =>
      forgedLookups(
        ['W', 'b'].flatMap((x): [string, string][] => [
          [`h${x}_${l}`, `range${x}_${l}`],
          [`k${x}_${l}`, `rest${x}_${l}`],
        ]),
        R.names,
        prove,
      ),
    ),
    ...forgedLookups([['g', 'table']], R.names, prove),
    miscounted(R.logUp, prove),
    ...weightLimbs(layers, R.logUp, prove),
    ...madeUp(E.names, R.logUp, prove),
  ];
}
