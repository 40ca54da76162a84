// Cheats on what is new with convolutional networks (protocol, section 12): kernels, strides, paddings, pooling, masks,
// rates, layouts. Each goes on honestly after its lie.

import { inverse, mod, Random } from '../../reference/algebra.ts';
import { type ConvNetwork, type Geometry, geometryOf } from '../../reference/conv-geometry.ts';
import { isRead } from '../../reference/conv-tensors.ts';
import { type ConvTrainHooks, proveConvTrain } from '../../reference/conv-train.ts';
import {
  type ConvDeviation,
  type ConvTrainRun,
  type ConvTrainShape,
  randomConvTrain,
  trainConv,
} from '../../reference/conv-train-run.ts';
import type { Reference } from '../../reference/run.ts';
import { conv, flat } from '../networks.ts';

/** A cheat, what the circuit's checks say to it, and what the contract refuses beside the openings. */
export interface ConvCheat {
  name: string;
  network?: ConvNetwork;
  shape?: Partial<ConvTrainShape>;
  /** parent, rows and geometry, before it is trained */
  parent?: (run: ConvTrainRun) => void;
  deviation?: ConvDeviation;
  /** the run, before it is proved */
  run?: (run: ConvTrainRun) => void;
  hooks?: Omit<ConvTrainHooks, 'run'>;
  fails: string[];
  contract?: string[];
}

/** Sides 3 (padded to 4), 3, 2, 1: circuit layers 4, 5 and 6. */
export const PLAIN: ConvNetwork = { channels: 1, side: 3, layers: [conv(2, 3, { padding: 1 }), conv(2, 2), flat(2)] };
/** Sides 6 (padded to 8), 6, 3 after pooling, 2, 1. */
export const POOLED: ConvNetwork = {
  channels: 1,
  side: 6,
  layers: [conv(2, 3, { padding: 1 }), conv(2, 2, { pooled: true }), flat(2)],
};
/** A kernel of 4, or of 3 where that is stated, which makes the same side; circuit layers 5 and 6. */
export const TAPS: ConvNetwork = { channels: 1, side: 4, layers: [conv(2, 4, { padding: 1, stride: 2 }), flat(2)] };
/** Of a side that is a power of two; circuit layers 5 and 6. */
export const WHOLE: ConvNetwork = { channels: 1, side: 4, layers: [conv(2, 3, { padding: 1 }), flat(2)] };
/** A flat layer of more taps than a kernel has. */
const WIDE: ConvNetwork = { channels: 1, side: 6, layers: [conv(1, 1), flat(2)] };
/** A first layer that could be left out. */
export const IDLE: ConvNetwork = { channels: 1, side: 3, layers: [conv(1, 1), conv(2, 2), flat(2)] };
const SHAPE = { rows: 2, batch: 1, lr: 48 };
/** Rows of the trace. */
const ROWS = 2;

export function proveConvCheat({
  network = PLAIN,
  shape,
  parent,
  deviation,
  run: change,
  hooks,
}: Omit<ConvCheat, 'name' | 'fails'>): Reference {
  // a seed by which layers have active units
  const random = new Random(1);
  const run = randomConvTrain(random, { ...SHAPE, network, ...shape });
  parent?.(run);
  trainConv(run, deviation);
  return proveConvTrain(random, run, { ...hooks, run: change });
}

/** Fields of layer l in a geometry, without what follows from them. */
export const changed = (geometry: Geometry[], l: number, fields: Partial<Geometry>): Geometry[] =>
  geometry.with(l, { ...geometry[l], ...fields });

/** A geometry that is not what is stated: sums that are made by what is trained, or by what is stated. */
function unlike(
  name: string,
  {
    network = PLAIN,
    l,
    fields,
    contract,
  }: { network?: ConvNetwork; l: number; fields: Partial<Geometry>; contract: string[] },
  [asTrained, asStated]: [string[], string[]],
): ConvCheat[] {
  const state = (r: ConvTrainRun) => {
    r.stated = changed(r.geometry, l, fields);
  };
  const rest = { network, contract };
  return [
    { name: `${name}, sums by what was trained`, run: state, fails: asTrained, ...rest },
    {
      name: `${name}, sums by what is stated`,
      run: (r) => {
        state(r);
        r.proved = r.stated;
      },
      fails: asStated,
      ...rest,
    },
  ];
}

const [REDUCTION, BATCH, BATCH2, BOTH] = [['reduction'], ['batch'], ['batch 2'], ['batch 2', 'reduction']];

const STATED: ConvCheat[] = [
  ...unlike('another stride than trained', { l: 5, fields: { st: 2 }, contract: ['shape: side of 5'] }, [
    BOTH,
    REDUCTION,
  ]),
  ...unlike('another padding than trained', { l: 4, fields: { p: 0 }, contract: ['shape: side of 4'] }, [
    REDUCTION,
    REDUCTION,
  ]),
  ...unlike(
    'another padding than trained, of a layer whose deltas go on',
    { l: 5, fields: { p: 1 }, contract: ['shape: side of 5'] },
    [BOTH, REDUCTION],
  ),
  ...unlike('a convolution that is said to be flat', { l: 5, fields: { flat: true }, contract: ['shape: flat 5'] }, [
    BOTH,
    REDUCTION,
  ]),
  {
    // the automaton has taps up to the fifth beyond the padding
    name: 'a flat layer that is said to be a convolution of six taps',
    network: WIDE,
    run: (r) => {
      r.stated = changed(r.geometry, 6, { flat: false });
    },
    fails: BOTH,
    contract: ['shape: an output that is not flat', 'shape: kernel of 6'],
  },
  ...unlike('taps beyond the kernel that train', { network: TAPS, l: 5, fields: { K: 3 }, contract: [] }, [
    REDUCTION,
    REDUCTION,
  ]),
  {
    name: 'a pooled layer that is said not to be, sums by what is stated',
    network: POOLED,
    run: (r) => {
      r.stated = changed(r.geometry, 5, { pooled: false, R: 6, nu: 3 });
      r.proved = r.stated;
    },
    fails: REDUCTION,
    contract: ['shape: side of 5'],
  },
  {
    name: 'a layer that is said to be absent',
    network: IDLE,
    run: (r) => {
      r.stated = changed(r.geometry, 4, { present: 0n });
      r.proved = r.stated;
    },
    fails: REDUCTION,
  },
];

/** Reads one place further on along an axis. */
export const shifted =
  (layer: number, along: 0 | 1) =>
  (g: Geometry, l: number, axis: 0 | 1, d: number, u: number, y: number): boolean =>
    isRead(g, d, l === layer && axis === along ? u - 1 : u, y);
/** Reads the last place where there is none before the first. */
export const wrapped =
  (layer: number) =>
  (g: Geometry, l: number, _: 0 | 1, d: number, u: number, y: number): boolean => {
    const place = g.st * y + d - g.p;
    return l !== layer || g.flat ? isRead(g, d, u, y) : d < g.K && (place + 2 ** g.nu) % 2 ** g.nu === u;
  };
const trainedBy =
  (reads: ReturnType<typeof wrapped>, ...phases: string[]): ConvDeviation['reads'] =>
  (g, { l, axis, phase }, d, u, y) =>
    phases.length === 0 || phases.includes(phase) ? reads(g, l, axis, d, u, y) : isRead(g, d, u, y);

const KERNELS: ConvCheat[] = [
  ...([0, 1] as const).flatMap((axis): ConvCheat[] => [
    {
      name: `a kernel that is applied one pixel off along axis ${axis}`,
      deviation: { reads: trainedBy(shifted(4, axis)) },
      fails: REDUCTION,
    },
    {
      name: `a kernel that is applied one pixel off along axis ${axis}, with sums to match`,
      deviation: { reads: trainedBy(shifted(4, axis)) },
      hooks: { reads: shifted(4, axis) },
      fails: REDUCTION,
    },
    {
      name: `a later kernel that is applied one pixel off along axis ${axis}, with sums to match`,
      deviation: { reads: trainedBy(shifted(5, axis), 'forward', 'update') },
      hooks: { reads: shifted(5, axis) },
      fails: REDUCTION,
    },
  ]),
  {
    name: 'deltas that go back one pixel off',
    deviation: { reads: trainedBy(shifted(5, 0), 'backward') },
    fails: REDUCTION,
  },
  {
    name: 'deltas that go back as if the padding were another, with sums to match',
    deviation: {
      reads: (g, { l, phase }, d, u, y) => isRead(l === 5 && phase === 'backward' ? { ...g, p: 1 } : g, d, u, y),
    },
    hooks: { deltas: changed(geometryOf(PLAIN), 5, { p: 1 }) },
    fails: BATCH2,
  },
  {
    name: 'a kernel that reads the last line before the first',
    network: WHOLE,
    deviation: { reads: trainedBy(wrapped(5)) },
    fails: REDUCTION,
  },
  {
    name: 'a kernel that reads the last line before the first, with sums to match',
    network: WHOLE,
    deviation: { reads: trainedBy(wrapped(5)) },
    hooks: { reads: wrapped(5) },
    fails: REDUCTION,
  },
  {
    name: 'kernels of the child with lines for columns',
    run: ({ childW, geometry: { 4: g } }) => {
      const side = 2 ** g.d;
      childW[4] = childW[4].map((_, x) => {
        const [dx, dy] = [x % side, Math.floor(x / side) % side];
        return childW[4][x - dx - dy * side + dx * side + dy];
      });
    },
    fails: REDUCTION,
  },
  {
    name: 'an antisymmetric change of a kernel',
    run: ({ childW: { 4: W } }) => ([W[1], W[4]] = [W[1] + 7n, W[4] - 7n]),
    fails: REDUCTION,
  },
  { name: 'a child that is trained beyond the kernel', run: ({ childW }) => (childW[4][3] = 1n), fails: REDUCTION },
  {
    name: 'a child that is trained beyond the kernel of a layer of which that is padding of lines',
    run: ({ childW }) => (childW[4][4 * 3] = 1n),
    fails: REDUCTION,
  },
];

/** The first entry of a tensor of layer 4 at a place beyond the side: x = 3, y = 0. */
const BEYOND = 3 * ROWS;
const everywhere =
  (l: number): ConvDeviation['mask'] =>
  (at, y, x) =>
    at === l || (y < (at === 5 ? 2 : at === 4 ? 3 : 1) && x < (at === 5 ? 2 : at === 4 ? 3 : 1));
const alone =
  (x: number, change: (t: Record<'A' | 'V' | 'm' | 'D' | 'T', bigint[]>, x: number) => void) =>
  (t: Record<'A' | 'V' | 'm' | 'D' | 'T', bigint[]>, at: number, l: number): void => {
    if (l === 4 && at === x) change(t, x);
  };
const MASKS: ConvCheat[] = [
  { name: 'values beyond the side', deviation: { mask: everywhere(4) }, fails: REDUCTION },
  {
    name: 'values beyond the side, no mask in the sums, and no biases',
    shape: { batch: 2 },
    parent: (r) => r.b[4].fill(0n),
    deviation: { mask: everywhere(4) },
    hooks: { mask: (l, mask) => l === 4 && mask.fill(1n) },
    fails: BATCH2,
  },
  {
    name: 'values beyond the side, no mask in the sums',
    deviation: { mask: everywhere(4) },
    hooks: { mask: (l, mask) => l === 4 && mask.fill(1n) },
    fails: BOTH,
  },
  {
    name: 'no mask in the sums alone',
    hooks: { mask: (l, mask) => l === 4 && mask.fill(1n) },
    fails: BOTH,
  },
  {
    name: 'biases beyond the side',
    deviation: {
      mask: everywhere(4),
      reads: (g, { l }, d, u, y) => isRead(g, d, u, y) && (l !== 4 || y < g.N),
    },
    fails: REDUCTION,
  },
  {
    name: 'a place beyond the side that trains',
    deviation: { delta: alone(BEYOND, (t, x) => (t.D[x] = 5n)) },
    fails: BATCH,
  },
  {
    name: 'a place beyond the side that is said to be active',
    deviation: { forward: alone(BEYOND, (t, x) => (t.m[x] = 1n)) },
    fails: BATCH,
  },
  {
    name: 'a place beyond the side that has a value',
    deviation: { forward: alone(BEYOND, (t, x) => ([t.m[x], t.V[x], t.A[x]] = [1n, 9n, 9n])) },
    fails: REDUCTION,
  },
];

const POOLS: ConvCheat[] = (
  [
    [
      'a sum of four pixels that is off by one',
      { read: (l, { u, v }, value) => (l === 5 && u + v === 0 ? value + 1n : value) },
    ],
    ['one pixel twice instead of two', { pixels: (_, u) => [2 * u, 2 * u] }],
    ['pixels of the next place', { pixels: (_, u) => [2 * u + 1, (2 * u + 2) % 8] }],
    ['the average instead of the sum', { read: (l, _, value) => (l === 5 ? value / 4n : value) }],
    ['deltas that go to the next pixel', { below: (l, pixel) => (l === 5 ? (pixel + 1) >> 1 : pixel) }],
    ['deltas that go to one of four', { below: (l, pixel) => (l !== 5 ? pixel : pixel % 2 === 0 ? pixel >> 1 : -1) }],
    ['the whole rate for pooled weights', { rate: () => 48n }],
    ['a sixteenth of the rate for biases too', { rate: (_, l) => (l === 5 ? 3n : 48n) }],
    ['a sixteenth of the rate for all weights', { rate: (_, __, what) => (what === 'W' ? 3n : 48n) }],
    ['a quarter of the rate for pooled weights', { rate: (_, l, what) => (l === 5 && what === 'W' ? 12n : 48n) }],
  ] as [string, ConvDeviation][]
).map(([name, deviation]) => ({ name, network: POOLED, deviation, fails: REDUCTION }));

/** What the circuit takes, because the contract makes the words. */
const WORDS: ConvCheat[] = [
  { name: 'models that do not begin at 0', hooks: { moved: { model: 64 } }, fails: [], contract: ['layout_2'] },
  { name: 'another fan than the layers have', hooks: { fans: [0, 0, 0, 5, 4, 3] }, fails: [], contract: ['layout_2'] },
  {
    name: 'a fan of an absent layer',
    hooks: { fans: [2, 0, 0, 4, 3, 3] },
    fails: [],
    contract: ['layout_1'],
  },
  {
    name: 'a rate that is no multiple of 16 where a layer is pooled',
    network: POOLED,
    // of one step, so that nothing is computed from weights that are fractions in the field
    shape: { batch: 2, lr: 5 },
    deviation: { rate: (_, l, what) => (l === 5 && what === 'W' ? mod(5n * inverse(16n)) : 5n) },
    fails: [],
    contract: ['rate'],
  },
];

export const CONV_CHEATS: ConvCheat[] = [...STATED, ...KERNELS, ...MASKS, ...POOLS, ...WORDS];
