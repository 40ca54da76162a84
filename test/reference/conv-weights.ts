// The weights of convolutional networks (protocol, section 12): programs convSeed, convImport and convMerge, which are those
// of dense networks on other tensors.

import { NUMBERING } from '../../src/generated/numbering.ts';
import { leAt, mod, type Random, range } from './algebra.ts';
import { chunksOf, type Oracle, salted } from './commitments.ts';
import {
  type ConvNetwork,
  fanOf,
  type Geometry,
  geometryOf,
  NETWORK_LAYERS,
  type NetworkView,
  networkInputs,
  networkLayout,
  networkView,
  OUTPUT,
} from './conv-geometry.ts';
import { importProgram, OF_IMPORTED_BIAS, proveImported, SOURCE } from './import.ts';
import {
  type Coefficients,
  coefficientInputs,
  type MergeHooks,
  type MergeView,
  mergeProgram,
  mergeView,
  OF_MERGED_BIAS,
  PARENTS,
  proveMerged,
  type Values,
} from './merge.ts';
import { absentOracle } from './models.ts';
import { type Hooks, type Reference, ReferenceRun, type VerifiedProgram } from './run.ts';
import {
  blankLayer,
  drawEntries,
  modulusOf,
  OF_NO_BIAS,
  proveSeeded,
  type SeedLayer,
  type SeedLayers,
  seedNumbers,
  seedOracle,
  seedProgram,
} from './seed.ts';
import { element, headBits, type ReferenceHead } from './sizes.ts';
import { type Inputs, oracleOf, type Placed, real, shift, slotBits, type Tensors } from './tensors.ts';
import {
  limbPlaces,
  limbSlots,
  type Names,
  type Weighed,
  type WeightKind,
  type WeightView,
  WHICH,
  type Which,
} from './weight-limbs.ts';

const [COLUMN, LINE, CHANNEL, UNIT] = [0, 6, 12, 24];

/** Positions of dx, dy, c and i of a tensor of weights, or of i alone. */
export function weightVariables(geometry: readonly Geometry[], l: number, which: Which): number[] {
  const from = (first: number, count: number) => range(count).map((t) => first + t);
  const { d, c } = geometry[l];
  const units = from(UNIT, c);
  if (which === 1) return units;
  return [...from(COLUMN, d), ...from(LINE, d), ...from(CHANNEL, geometry[l - 1].c), ...units];
}

export type ConvView = NetworkView & WeightView;

export const CONV: WeightKind<ConvView> = {
  layers: NETWORK_LAYERS,
  rounds: 36,
  variables: ({ geometry }, l, which) => weightVariables(geometry, l, which),
  real: ({ geometry }, l, which, point) => {
    const { d, K, c, C } = geometry[l];
    const before = geometry[l - 1];
    const at = (first: number, count: number, size: number) => leAt(size, point.slice(first, first + count));
    const units = at(UNIT, c, C);
    if (which === 1) return units;
    const taps = mod(at(COLUMN, d, K) * at(LINE, d, K));
    return mod(mod(taps * at(CHANNEL, before.c, before.C)) * units);
  },
};

export const convView = (inputs: Inputs, names: Names, ofBias: RegExp): ConvView => {
  const network = networkView(inputs);
  const blank: ConvView = { ...network, trace: {}, helper: {} };
  return { ...blank, ...limbSlots(inputs, blank, CONV, names, ofBias) };
};

/** The tensors of a network, of present layers. */
export const convWeighed = (geometry: readonly Geometry[]): Weighed[] =>
  NETWORK_LAYERS.filter((l) => geometry[l].present !== 0n).flatMap((l) => {
    const [g, before] = [geometry[l], geometry[l - 1]];
    const units = real(g.C, g.c);
    const taps = real(g.K, g.d).flatMap((y) => real(g.K, g.d).map((x) => x * y));
    const inputs = real(before.C, before.c).flatMap((c) => taps.map((t) => t * c));
    return WHICH.map((which) => ({
      l,
      which,
      at: weightVariables(geometry, l, which),
      mask: which === 1 ? units : units.flatMap((i) => inputs.map((j) => i * j)),
    }));
  });

/** W[l] (dx; dy; c; i) and b[l] of layer l + 1 of a network, padded with zeros. */
export interface ConvWeights extends Values {
  network: ConvNetwork;
  salt: bigint;
}

/** Weights of at most `bound` in absolute value on real entries. */
export function randomConvWeights(network: ConvNetwork, bound: number, random: Random): ConvWeights {
  const [W, b]: bigint[][][] = [[], []];
  for (const { which, mask } of convWeighed(geometryOf(network)))
    (which === 0 ? W : b).push(mask.map((m) => m * BigInt(random.below(2 * bound + 1) - bound)));
  return { network, W, b, salt: random.element() };
}

export const copyOfConv = ({ network, W, b, salt }: ConvWeights): ConvWeights => ({
  network,
  W: W.map((v) => [...v]),
  b: b.map((v) => [...v]),
  salt,
});

export function convOracle({ W, b, salt }: ConvWeights, placed: Placed): Oracle {
  const tensors: Tensors = {};
  W.forEach((_, own) => {
    const l = OUTPUT - W.length + own + 1;
    [tensors[`W_${l}`], tensors[`b_${l}`]] = [W[own], b[own]];
  });
  return oracleOf(placed, tensors, salted(salt, chunksOf(placed.length)));
}

/** What every program of weights begins with. `inputs` are those of the network and where trace and helper are. */
function begin(
  geometry: readonly Geometry[],
  { head = 'squared error', fans }: { head?: ReferenceHead; fans?: readonly number[] },
  weighed: readonly Weighed[],
  names: Names,
  ofBias: RegExp,
  hooks: Hooks<never>,
) {
  const model = shift(networkLayout(geometry), hooks.moved?.model ?? 0);
  const places = { model, ...limbPlaces(weighed, names, ofBias, hooks.moved) };
  hooks.slots?.({ ...places.model.slots, ...places.trace.slots, ...places.helper.slots });
  const inputs: Inputs = {
    ...networkInputs(geometry, places.model.slots, headBits(head), fans),
    traceOffset: slotBits(places.trace.slots, names.trace),
    helperOffset: slotBits(places.helper.slots, names.helper),
  };
  return { places, inputs, parameters: [inputs.shape as bigint, ...(inputs.layout as bigint[])] };
}

// --- convSeed

const SEED_NAMES = { trace: NUMBERING.convSeed.trace.names, helper: NUMBERING.convSeed.helper.names };
/** off_l and factor_l have 20 bits each of the digest number 1. */
const OWN_NUMBERS = { digest: 1n, bits: 20n };
export const convSeedNumbers = (seed: bigint, l: number) => seedNumbers(seed, l, OWN_NUMBERS);

/** What a prover of convSeed holds before it commits; hooks may change anything. */
export interface ConvSeedRun extends SeedLayers {
  geometry: Geometry[];
  head?: ReferenceHead;
  seed: bigint;
  /** the fans that it states, where they are not those of the geometry */
  fans?: number[];
}

export function convSeedRun(network: ConvNetwork, seed: bigint): ConvSeedRun {
  const geometry = geometryOf(network);
  const layers = [blankLayer(0, 0, 0n, { offset: 0n, factor: 0n })];
  for (const l of NETWORK_LAYERS)
    layers[l] = blankLayer(
      2 ** weightVariables(geometry, l, 0).length,
      2 ** geometry[l].c,
      modulusOf(fanOf(geometry, l)),
      convSeedNumbers(seed, l),
    );
  for (const { l, which, mask } of convWeighed(geometry))
    if (which === 0) drawEntries(layers[l], (x) => mask[x] === 1n);
  return { geometry, head: network.head, seed, p: geometry.map(({ present }) => present), layers };
}

/** W of a layer drawn again, after a change of what it is drawn by. */
export function redraw({ geometry }: ConvSeedRun, layer: SeedLayer, l: number): void {
  const { mask } = convWeighed(geometry).find((w) => w.l === l && w.which === 0)!;
  drawEntries(layer, (x) => mask[x] === 1n);
}

export const CONV_SEED: VerifiedProgram<ConvView & { seed: bigint }> = seedProgram<ConvView & { seed: bigint }>(
  'convSeed',
  CONV,
  (inputs) => ({ ...convView(inputs, SEED_NAMES, OF_NO_BIAS), seed: element(inputs, 'seed') }),
  (v, l) => ({ q: modulusOf(v.fans[l]), ...convSeedNumbers(v.seed, l) }),
);

/** Proves a run, honest or not. */
export function proveConvSeed(random: Random, run: ConvSeedRun, hooks: Hooks<ConvSeedRun> = {}): Reference {
  hooks.run?.(run);
  const weighed = convWeighed(run.geometry).filter(({ which }) => which === 0);
  const { places, inputs, parameters } = begin(
    run.geometry,
    run,
    weighed,
    SEED_NAMES,
    OF_NO_BIAS,
    hooks as Hooks<never>,
  );
  const own = { ...inputs, seed: mod(run.seed) };
  const proof = new ReferenceRun('convSeed', random, hooks as Hooks<never>, {
    parameters: [...parameters, own.seed],
    extra: [1n],
    statement: { model: seedOracle(run, places.model, random) },
  });
  return proveSeeded(CONV_SEED, proof, own, { run, weighed, places, random, hooks: hooks as Hooks });
}

// --- convImport

const IMPORT_NAMES = { trace: NUMBERING.convImport.trace.names, helper: NUMBERING.convImport.helper.names };

export const CONV_IMPORT: VerifiedProgram<ConvView> = importProgram<ConvView>('convImport', CONV, (inputs) =>
  convView(inputs, IMPORT_NAMES, OF_IMPORTED_BIAS),
);

/** Proves weights to be an import, whatever they are. */
export function proveConvImport(weights: ConvWeights, random: Random, hooks: Hooks<ConvWeights> = {}): Reference {
  hooks.run?.(weights);
  const geometry = geometryOf(weights.network);
  const weighed = convWeighed(geometry);
  const { head } = weights.network;
  const begun = begin(geometry, { head }, weighed, IMPORT_NAMES, OF_IMPORTED_BIAS, hooks as Hooks<never>);
  const { places, inputs, parameters } = begun;
  const proof = new ReferenceRun('convImport', random, hooks as Hooks<never>, {
    parameters,
    extra: [SOURCE, 0n],
    statement: { model: convOracle(weights, places.model) },
  });
  const absent = OUTPUT - weights.W.length;
  const values = weighed.map(({ l, which }) => (which === 0 ? weights.W : weights.b)[l - absent - 1]);
  return proveImported(CONV_IMPORT, proof, inputs, { weighed, values, places, random, hooks: hooks as Hooks });
}

// --- convMerge

const MERGE_NAMES = { trace: NUMBERING.convMerge.trace.names, helper: NUMBERING.convMerge.helper.names };

export const CONV_MERGE: VerifiedProgram<ConvView & MergeView> = mergeProgram<ConvView & MergeView>(
  'convMerge',
  CONV,
  (inputs) => mergeView(convView(inputs, MERGE_NAMES, OF_MERGED_BIAS), inputs),
);

/** What a merge says. */
export interface ConvMergeStatement {
  child: ConvWeights;
  parents: ConvWeights[];
  a: bigint[][];
}

/** Proves a child to be the merge of its parents, whatever it is. */
export function proveConvMerge(
  child: ConvWeights,
  parents: readonly ConvWeights[],
  a: Coefficients,
  random: Random,
  hooks: MergeHooks<ConvMergeStatement> = {},
): Reference {
  const geometry = geometryOf(child.network);
  const weighed = convWeighed(geometry);
  const { head } = child.network;
  const begun = begin(geometry, { head }, weighed, MERGE_NAMES, OF_MERGED_BIAS, hooks as Hooks<never>);
  const { places, inputs, parameters } = begun;
  const own: Inputs = { ...inputs, ...coefficientInputs(a, OUTPUT) };
  const statement: Record<string, Oracle> = { child: convOracle(child, places.model) };
  for (const i of range(PARENTS))
    statement[`parent_${i}`] =
      i < parents.length ? convOracle(parents[i], places.model) : absentOracle(places.model.slots);
  const proof = new ReferenceRun('convMerge', random, hooks as Hooks<never>, {
    parameters: [...parameters, ...(own.coefficients as bigint[])],
    extra: [],
    statement,
  });
  const used = { parents: hooks.merged?.parents ?? parents, a: hooks.merged?.a ?? a };
  return proveMerged(CONV_MERGE, proof, own, { weighed, child, used, places, random, hooks: hooks as Hooks });
}
