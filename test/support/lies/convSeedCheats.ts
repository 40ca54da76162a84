// Cheats on program convSeed: numbers of another seed, order, fan or place.

import { Random } from '../../reference/algebra.ts';
import { type ConvNetwork, fanOf, NETWORK_LAYERS } from '../../reference/conv-geometry.ts';
import { type ConvSeedRun, convSeedNumbers, convSeedRun, proveConvSeed, redraw } from '../../reference/conv-weights.ts';
import type { Hooks, Reference } from '../../reference/run.ts';
import { modulusOf, seedNumbers } from '../../reference/seed.ts';
import { conv, flat } from '../networks.ts';

export interface ConvSeedCheat {
  name: string;
  run?: (run: ConvSeedRun) => void;
  hooks?: Hooks<ConvSeedRun>;
  fails: string[];
  contract?: string[];
}

const SEED = 0x1234567n;
/** Circuit layers 4, 5 and 6; a kernel of three taps, a pooled layer, padded channels. */
const NETWORK: ConvNetwork = {
  channels: 1,
  side: 4,
  layers: [conv(3, 3, { padding: 1 }), conv(2, 2, { pooled: true }), flat(3)],
};

export const proveConvSeedCheat = ({ run: change, hooks }: Omit<ConvSeedCheat, 'name' | 'fails'>): Reference =>
  proveConvSeed(new Random(4), convSeedRun(NETWORK, SEED), { ...hooks, run: change });

const [BATCH, REDUCTION] = [['batch'], ['reduction']];
/** A layer drawn by other numbers. */
const drawn = (l: number, numbers: Partial<ReturnType<typeof seedNumbers> & { q: bigint }>) => (run: ConvSeedRun) => {
  Object.assign(run.layers[l], numbers);
  redraw(run, run.layers[l], l);
};
/** Layer l is drawn by another fan, which is what its layout says. */
const fanned = (l: number, fan: number) => (run: ConvSeedRun) => {
  run.fans = NETWORK_LAYERS.map((k) => (k === l ? fan : fanOf(run.geometry, k)));
  drawn(l, { q: modulusOf(fan) })(run);
};

export const CONV_SEED_CHEATS: ConvSeedCheat[] = [
  { name: 'numbers of program seed', run: drawn(5, seedNumbers(SEED, 5 - 1)), fails: BATCH },
  { name: "another layer's numbers", run: drawn(5, convSeedNumbers(SEED, 6)), fails: BATCH },
  { name: "another seed's numbers", run: (r) => (r.seed += 1n), fails: BATCH },
  { name: 'numbers of another modulus than stated', run: drawn(5, { q: modulusOf(4) }), fails: BATCH },
  {
    name: 'kernels with lines for columns',
    run: ({
      layers: {
        4: { W },
      },
    }) => ([W[1], W[4]] = [W[4], W[1]]),
    fails: BATCH,
  },
  ...(
    [
      ['column', 3],
      ['line', 3 * 4],
      ['unit', 3 * 16],
    ] as const
  ).map(
    ([what, at]): ConvSeedCheat => ({
      name: `a weight on a padded ${what}`,
      run: ({ layers: { 4: layer } }) => (layer.W[at] = 1n),
      fails: BATCH,
    }),
  ),
  {
    name: 'a weight on a padded channel',
    run: ({ layers: { 5: layer } }) => (layer.W[3 * 4] = 1n),
    fails: BATCH,
  },
  { name: 'a bias', run: ({ layers: { 4: layer } }) => (layer.b[1] = 1n), fails: REDUCTION },
  { name: 'a bias on padding', run: ({ layers: { 4: layer } }) => (layer.b[3] = 1n), fails: REDUCTION },
  { name: 'the fan of a pooled layer as if it were not', run: fanned(5, 4), fails: [], contract: ['layout_2'] },
  { name: 'a greater fan', run: fanned(4, 5), fails: [], contract: ['layout_2'] },
  { name: 'models that do not begin at 0', hooks: { moved: { model: 64 } }, fails: [], contract: ['layout_2'] },
];
