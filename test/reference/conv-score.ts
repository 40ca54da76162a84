// Program convScore (protocol, section 12): the forward pass of a network, its prover and its verifier; what outputs are
// worth is that of program score.

import { NUMBERING } from '../../src/generated/numbering.ts';
import { eqAt, leAt, mod, type Random, range, zeros } from './algebra.ts';
import type { Slot } from './argument.ts';
import { pointAt, term } from './batch.ts';
import {
  type Geometry,
  geometryOf,
  NETWORK_LAYERS,
  type NetworkView,
  networkInputs,
  networkLayout,
  networkView,
  OUTPUT,
} from './conv-geometry.ts';
import { maskOf, placesOf, total } from './conv-sums.ts';
import { isRead, pool, type Reads, taken } from './conv-tensors.ts';
import { aligned, type ConvDeviation } from './conv-train-run.ts';
import { readSide } from './conv-train-verifier.ts';
import { type ConvWeights, convOracle } from './conv-weights.ts';
import { headFactors } from './heads.ts';
import { type Challenges, evaluateAt, type Reference, type VerifiedProgram } from './run.ts';
import { type ForwardSum, proveScored, type ScoredNetwork, type ScoreHooks, scorePlaces } from './score.ts';
import { measure, roundedValue, type Scored, type Stated, scored } from './score-run.ts';
import { layerIn, type PassKind, type ScoreView, scoreProgram, scoreSizeOf, statedSums } from './score-verifier.ts';
import type { ReferenceShard } from './shards.ts';
import { element, headBits, rows, seen, shardLayout, shardView } from './sizes.ts';
import { bindHigh, bindLow, HALF_LIMB, type Inputs, shift, UNIT } from './tensors.ts';

/** First positions of x, y and channels; those of a place in a forward sum, where no row stands. */
const [X, Y, CHANNEL] = [12, 18, 24];
const [PLACE_X, PLACE_Y] = [0, 6];
const { squares: SQ, trace: T, helper: H } = NUMBERING.convScore;

const from = (first: number, count: number): number[] => range(count).map((t) => first + t);
const tensorAt = (sigma: number, g: Geometry): number[] => [
  ...range(sigma),
  ...from(X, g.n),
  ...from(Y, g.n),
  ...from(CHANNEL, g.c),
];
const placeAt = (g: Geometry): number[] => [...from(PLACE_X, g.n), ...from(PLACE_Y, g.n)];
const tapsAt = (g: Geometry, channels: number): number[] => [
  ...from(X, g.d),
  ...from(Y, g.d),
  ...from(CHANNEL, channels),
];

type View = NetworkView & ScoreView;

const pointOf = (tau: readonly bigint[]) => ({
  rs: tau.slice(SQ.rs.from, SQ.rs.to),
  rx: tau.slice(SQ.rx.from, SQ.rx.to),
  ry: tau.slice(SQ.ry.from, SQ.ry.to),
  rc: tau.slice(SQ.rc.from, SQ.rc.to),
});
const maskAt = (g: Geometry, x: readonly bigint[], y: readonly bigint[]) =>
  mod(leAt(g.N, x.slice(0, g.n)) * leAt(g.N, y.slice(0, g.n)));
const rhoOf = ({ point }: Challenges) => ({
  x: point.slice(X, Y),
  y: point.slice(Y, CHANNEL),
  c: point.slice(CHANNEL),
  /** o_x and o_y */
  place: [point.slice(PLACE_X, PLACE_Y), point.slice(PLACE_Y, X)],
});

/** What is read of a network's sizes. */
type ConvSizes = Pick<NetworkView, 'geometry'> & { shard: { sigma: number } };

export const CONV_PASS: PassKind<ConvSizes> = {
  rounds: 36,
  output: OUTPUT,
  features: CHANNEL,
  classes: ({ geometry }) => ({ count: geometry[OUTPUT].C, bits: geometry[OUTPUT].c }),
  tensorAt: ({ geometry, shard }, l) => tensorAt(shard.sigma, geometry[l]),
  sumAt: ({ geometry }, l) => [...placeAt(geometry[l]), ...tapsAt(geometry[l], geometry[l - 1].c)],
  sumFactor: ({ geometry }, l, c) => {
    const g = geometry[l];
    const { rx, ry } = pointOf(c.squares);
    const [ox, oy] = rhoOf(c).place;
    const r = [...rx.slice(0, g.n), ...ry.slice(0, g.n)];
    return mod(eqAt(r, [...ox.slice(0, g.n), ...oy.slice(0, g.n)]) * maskAt(g, ox, oy));
  },
  biasFactor: ({ geometry }, l, { squares }) => {
    const { rx, ry } = pointOf(squares);
    return maskAt(geometry[l], rx, ry);
  },
  units: ({ geometry }, l, { squares }) => pointOf(squares).rc.slice(0, geometry[l].c),
  place: ({ geometry, shard }, l, { squares }) => pointAt(tensorAt(shard.sigma, geometry[l]), squares),
  weights: ({ geometry }, l, c) => [
    ...pointAt(tapsAt(geometry[l], geometry[l - 1].c), c.point),
    ...pointOf(c.squares).rc.slice(0, geometry[l].c),
  ],
  taken: ({ geometry }, l, c) => {
    const { x, y, c: channels, place } = rhoOf(c);
    const g = geometry[l];
    return [...readSide(g, x, place[0]), ...readSide(g, y, place[1]), ...channels.slice(0, geometry[l - 1].c)];
  },
};

/** log2 of a slot of trace or helper, and the factor that it starts from. */
const sizeOf = (
  name: string,
  { sigma, geometry, heads }: { sigma: number; geometry: readonly Geometry[]; heads: readonly bigint[] },
) => {
  const g = geometry[layerIn(name, OUTPUT)];
  return scoreSizeOf(name, { sigma, layer: { bits: 2 * g.n + g.c, present: g.present }, heads });
};

function view(inputs: Inputs): View & { failed: string[] } {
  const network = networkView(inputs);
  const shard = shardView(inputs);
  const sizes = { ...network, sigma: shard.sigma };
  const slotsOf = (names: readonly string[], offsets: bigint[][]) =>
    Object.fromEntries(names.map((name, i): [string, Slot] => [name, seen(offsets[i], ...sizeOf(name, sizes))]));
  return {
    ...network,
    shard,
    k: element(inputs, 'k'),
    failed: [...network.failed, ...shard.failed, ...statedSums('convScore', inputs, shard)],
    trace: slotsOf(T.names, rows(inputs, 'traceOffset')),
    helper: slotsOf(H.names, rows(inputs, 'helperOffset')),
  };
}

export const CONV_SCORE: VerifiedProgram<View> = scoreProgram<View>('convScore', CONV_PASS, view);

export interface ConvScoreHooks
  extends Omit<ScoreHooks<{ weights: ConvWeights; shard: ReferenceShard }>, 'used'>,
    Pick<ConvDeviation, 'reads' | 'read' | 'mask'> {
  /** geometry of the forward pass, of its sums, and that is stated, where they are not the network's */
  trained?: Geometry[];
  proved?: Geometry[];
  geometry?: Geometry[];
  /** weights of the forward pass and its sums, where they are not the committed ones */
  used?: (committed: ConvWeights) => ConvWeights;
  /** what the prover's IN of a layer is made by */
  readsOfSums?: (g: Geometry, l: number, ...at: Parameters<Reads>) => boolean;
  /** changes M_l in the prover's sums, over x and y */
  masked?: (l: number, mask: bigint[]) => void;
}

/** The forward pass on the padded grids. Unit i of a layer is its place (x; y; c). */
function forwardPass(
  run: Scored,
  geometry: readonly Geometry[],
  { W, b }: { W: bigint[][]; b: bigint[][] },
  deviation: ConvScoreHooks,
): void {
  const { S, tensors, shard } = run;
  let before: readonly bigint[] = shard.X;
  for (const l of NETWORK_LAYERS) {
    const g = geometry[l];
    if (g.present === 0n) continue;
    const [side, grid, taps] = [2 ** g.n, 2 ** g.nu, 2 ** g.d];
    const channels = 2 ** geometry[l - 1].c;
    const own = ['Q', 'R0', 'R1', 'm', 'V', 'A'] as const;
    const made = Object.fromEntries(own.map((name) => [name, zeros(S * side * side * 2 ** g.c)]));
    const In = [...pool(g, before, S)].map((value, k) => {
      const [s, v, u, c] = [
        k % S,
        Math.floor(k / S) % grid,
        Math.floor(k / (S * grid)) % grid,
        Math.floor(k / (S * grid ** 2)),
      ];
      return deviation.read?.(l, { c, u, v, s }, value) ?? value;
    });
    const reads = (axis: 0 | 1, d: number, u: number, y: number) =>
      deviation.reads?.(g, { l, axis, phase: 'forward' }, d, u, y) ?? isRead(g, d, u, y);
    const pairsOf = (axis: 0 | 1) =>
      range(side).map((y) =>
        range(taps).flatMap((d) => range(grid).flatMap((u) => (reads(axis, d, u, y) ? [{ d, u }] : []))),
      );
    const [alongX, alongY] = [pairsOf(0), pairsOf(1)];
    for (const i of range(2 ** g.c))
      for (const y of range(side))
        for (const x of range(side))
          for (const s of range(S)) {
            const there = deviation.mask?.(l, y, x) ?? (y < g.N && x < g.N);
            let Z = there ? UNIT * b[l][i] : 0n;
            if (there)
              for (const { d: dy, u } of alongY[y])
                for (const { d: dx, u: v } of alongX[x])
                  for (let c = 0; c < channels; c++)
                    Z += W[l][((i * channels + c) * taps + dy) * taps + dx] * In[((c * grid + u) * grid + v) * S + s];
            const unit = (i * side + y) * side + x;
            const value = roundedValue(deviation, [l, unit, s], Z);
            for (const name of own) made[name][unit * S + s] = value[name];
          }
    before = made.A;
    if (l === OUTPUT) {
      tensors.Q = made.Q.map((q) => q + HALF_LIMB);
      [tensors.U0, tensors.U1] = [made.R0, made.R1];
    } else for (const name of ['A', 'V', 'm', 'R0', 'R1'] as const) tensors[`${name}_${l}`] = made[name];
  }
}

/** A network's pass over pictures, and its forward sums. */
export function convPass(weights: ConvWeights, shard: ReferenceShard, hooks: ConvScoreHooks, k?: number) {
  const { head = 'squared error' } = weights.network;
  const geometry = hooks.geometry ?? geometryOf(weights.network);
  const proved = hooks.proved ?? geometry;
  const { C, c } = geometry[OUTPUT];
  const run = scored(shard, { rows: C, high: c }, head, k);
  const used = aligned(hooks.used?.(weights) ?? weights);
  forwardPass(run, hooks.trained ?? proved, used, hooks);
  const { S, sigma, tensors } = run;
  const present = NETWORK_LAYERS.filter((l) => geometry[l].present !== 0n);

  const forward = (tau: readonly bigint[]) =>
    present.map((l): ForwardSum => {
      const g = proved[l];
      const r = pointOf(tau);
      const before = geometry[l - 1].present === 0n ? shard.X : tensors[`A_${l - 1}`];
      const { readsOfSums } = hooks;
      const all = taken(g, pool(g, before, S), S, readsOfSums && ((...at) => readsOfSums(g, l, ...at)));
      const IN = bindLow(all, r.rs.slice(0, sigma));
      const W = bindHigh(used.W[l], r.rc.slice(0, g.c));
      const places = 4 ** g.n;
      const perTap = (f: readonly bigint[]) => W.flatMap(() => f);
      const mask = maskOf(g);
      hooks.masked?.(l, mask);
      const rest = [perTap(placesOf(g, r)), W.flatMap((w) => Array<bigint>(places).fill(w)), IN];
      const at = tapsAt(g, proved[l - 1].c);
      return {
        l,
        at: [...placeAt(g), ...at],
        terms: [term(perTap(maskOf(g)), ...rest)],
        sum: total(perTap(mask), ...rest),
        evaluate: (point) => [
          evaluateAt(W, pointAt(at, point)),
          evaluateAt(IN, pointAt([...placeAt(g), ...at], point)),
        ],
      };
    });
  const hidden = present.filter((l) => l < OUTPUT).map((l) => ({ l, at: tensorAt(sigma, geometry[l]) }));
  return { head, geometry, run, hidden, forward, at: (l: number) => tensorAt(sigma, geometry[l]) };
}

/** Proves the score of a model on a shard of pictures, whatever it is. */
export function proveConvScore(
  weights: ConvWeights,
  shard: ReferenceShard,
  random: Random,
  hooks: ConvScoreHooks = {},
  stated: Stated = {},
): Reference {
  hooks.run?.({ weights, shard });
  const { head, geometry, run, hidden, forward, at } = convPass(weights, shard, hooks, stated.k);
  measure(run, hooks, stated.counts ?? true);
  const { sigma } = run;
  const sizes = { sigma, geometry, heads: headFactors(head) };
  const of = {
    model: shift(networkLayout(geometry), hooks.moved?.model ?? 0),
    shard: shardLayout(sigma, shard.inputs, shard.outputs),
  };
  const places = scorePlaces('convScore', (name) => sizeOf(name, sizes), of, hooks.moved);
  const network: ScoredNetwork = {
    program: 'convScore',
    run,
    hidden,
    outAt: at(OUTPUT),
    places,
    inputs: () => networkInputs(geometry, places.model.slots, headBits(head)),
    model: convOracle(weights, places.model),
    forward,
  };
  return proveScored(CONV_SCORE, network, random, hooks as unknown as ScoreHooks<never>, stated);
}
