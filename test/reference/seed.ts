// Program seed (protocol, section 6): reference prover, and what its verifier knows. Layers in the circuit's numbering, absent
// ones zero. Program convSeed is the same of other tensors and numbers.

import { NUMBERING } from '../../src/generated/numbering.ts';
import { inverse, log2Up, mod, type Random, range, squares, zeros } from './algebra.ts';
import { type Claim, hash } from './argument.ts';
import { pointAt, positions, ReferenceBatch, type Share, term, times } from './batch.ts';
import { chunksOf, type Oracle, salted } from './commitments.ts';
import { addTable } from './data.ts';
import { looked, sharing } from './omitted.ts';
import {
  type AddRelation,
  type Challenges,
  claimOf,
  claimTerm,
  evaluateAt,
  type Hooks,
  proveOneBatch,
  type Reference,
  type ReferenceMessages,
  ReferenceRun,
  type VerifiedProgram,
} from './run.ts';
import { aligned, element, headBits, LAYERS, modelLayout, type ReferenceHead, shapeInputs } from './sizes.ts';
import {
  type Inputs,
  LIMB,
  LIMB_BITS,
  lookupHelper,
  oracleOf,
  type Placed,
  slotBits,
  type Tensors,
  tableHelper,
} from './tensors.ts';
import {
  committed,
  DENSE,
  type DenseView,
  denseView,
  eqHere,
  limbPlaces,
  type Weighed,
  type WeightKind,
  type WeightView,
} from './weight-limbs.ts';

export const LIMBS = ['v0', 'v1', 'w1', 'u0', 'u1'] as const;
export type Seeds = 'seed' | 'convSeed';

export type SeedLayer = Record<(typeof LIMBS)[number] | 'w0' | 'W', bigint[]> & {
  b: bigint[];
  q: bigint;
  offset: bigint;
  factor: bigint;
};

/** What a seed prover holds of its layers, as the circuit sees them, with the presence as a factor; entry 0 is unused. */
export interface SeedLayers {
  p: bigint[];
  layers: SeedLayer[];
}

/** What a seed prover holds before it commits; hooks may change anything. */
export interface SeedRun extends SeedLayers {
  widths: number[];
  head?: ReferenceHead;
  seed: bigint;
  n: number[];
  a: number[];
}

/** The largest prime not above 2^33 / sqrt(2^max(a, 2)), by trial division. */
export function seedModulus(a: number): bigint {
  let q = BigInt(Math.floor(2 ** 33 / Math.sqrt(2 ** Math.max(a, 2))));
  const isPrime = (n: bigint) => {
    const small = Number(n);
    for (let d = 2; d * d <= small; d++) if (small % d === 0) return false;
    return true;
  };
  while (!isPrime(q)) q--;
  return q;
}

const moduli = new Map<number, bigint>();
export const modulusOf = (a: number): bigint => {
  if (!moduli.has(a)) moduli.set(a, seedModulus(a));
  return moduli.get(a)!;
};

const powerMod = (base: bigint, exponent: bigint, m: bigint): bigint => {
  let r = 1n;
  for (let b = base % m, e = exponent; e > 0n; e >>= 1n, b = (b * b) % m) if (e & 1n) r = (r * b) % m;
  return r;
};

/** off_l and factor_l of circuit layer l, by default those of program seed: 26 bits each of the digest number 0. */
export function seedNumbers(
  seed: bigint,
  layer: number,
  { digest: which, bits } = { digest: 0n, bits: 26n },
): { offset: bigint; factor: bigint } {
  const digest = hash.poseidon2([mod(seed), which]) >> (2n * bits * BigInt(layer - 1));
  return { offset: BigInt.asUintN(Number(bits), digest), factor: 1n + BigInt.asUintN(Number(bits), digest >> bits) };
}

export function seedRun(widths: number[], seed: bigint): SeedRun {
  const { n, p } = aligned(widths);
  const a = n.map(log2Up);
  const layers = range(5).map((l): SeedLayer => {
    if (l === 0) return blankLayer(0, 0, 0n, { offset: 0n, factor: 0n });
    const layer = blankLayer(2 ** (a[l] + a[l - 1]), 2 ** a[l], modulusOf(a[l - 1]), seedNumbers(seed, l));
    if (p[l]) drawLayer(layer, n[l], n[l - 1]);
    return layer;
  });
  return { widths, seed, n, p, a, layers };
}

/** A layer of zeros. */
export function blankLayer(
  weights: number,
  biases: number,
  q: bigint,
  numbers: { offset: bigint; factor: bigint },
): SeedLayer {
  const [v0, v1, w0, w1, u0, u1, W] = range(7).map(() => zeros(weights));
  return { v0, v1, w0, w1, u0, u1, W, b: zeros(biases), q, ...numbers };
}

/** Fills a layer with the numbers of its offset and factor; W where it is real. */
export function drawEntries(layer: SeedLayer, isReal: (x: number) => boolean): void {
  const { q, offset, factor, W } = layer;
  for (let x = 0; x < W.length; x++) {
    const v = (factor * powerMod(BigInt(x) + offset + 1n, q - 2n, q)) % q;
    setValue(layer, x, v);
    if (isReal(x)) W[x] = v - (q - 1n) / 2n;
  }
}

/** The same on real rows and columns. */
export function drawLayer(layer: SeedLayer, rows: number, columns: number): void {
  const padded = 2 ** log2Up(columns);
  drawEntries(layer, (x) => Math.floor(x / padded) < rows && x % padded < columns);
}

/** Writes v and what follows from it; a false v keeps its quotient rounded down. */
export function setValue(layer: SeedLayer, x: number, v: bigint): void {
  const u = (v * (BigInt(x) + layer.offset + 1n) - layer.factor) / layer.q;
  const w = layer.q - 1n - v;
  [layer.v0[x], layer.v1[x]] = [v % LIMB, v / LIMB];
  [layer.u0[x], layer.u1[x]] = [u % LIMB, u / LIMB];
  [layer.w0[x], layer.w1[x]] = [w % LIMB, w / LIMB];
}

/** q, off and factor of a layer, as a verifier has them. */
type NumbersOf<V> = (view: V, l: number) => { q: bigint; offset: bigint; factor: bigint };

/** The verifier's side of a seed. */
export function seedProgram<V extends WeightView>(
  program: Seeds,
  kind: WeightKind<V>,
  view: (inputs: Inputs) => V & { failed: string[] },
  numbersOf: NumbersOf<V>,
): VerifiedProgram<V> {
  const { oracles: O, relations: R, evaluations: E, claims: C } = NUMBERING[program];

  function batch(v: V, c: Challenges, { evals1: e }: ReferenceMessages, add: AddRelation): void {
    const { beta, squares: tau, point } = c;
    for (const l of kind.layers) {
      const p = v.p[l];
      const at = kind.variables(v, l, 0);
      const eq = eqHere(at, tau, point);
      const { q, offset, factor } = numbersOf(v, l);
      const [v0, v1, w1, u0, u1] = LIMBS.map((x) => e[E[x](l)]);
      const [value, u] = [v0 + LIMB * v1, u0 + LIMB * u1];
      const w0 = q - 1n - value - LIMB * w1;
      const group = (index: number, helper: bigint, limbs: bigint[]) => {
        const [x, y, z] = limbs.map((k) => mod(beta - k));
        add(index, at, eq * mod(helper * mod(x * y) * z - p * (x * y + x * z + y * z)));
        add(R.logUp, at, helper);
      };
      group(R.groupA(l), e[E.hA(l)], [v0, v1, w0]);
      group(R.groupB(l), e[E.hB(l)], [w1, u0, u1]);
      const index = at.reduce((s, t, k) => s + point[t] * 2n ** BigInt(k), 0n);
      add(R.sequence(l), at, eq * mod(value * (index + offset + 1n) - p * factor - q * u));
      const centred = value - p * (q - 1n) * inverse(2n);
      add(R.weights(l), at, eq * mod(e[E.W(l)] - kind.real(v, l, 0, point) * centred));
    }
    addTable(beta, tau, point, e[E.g], e[E.mult], R, add);
  }

  function claims(v: V, { squares: tau, point }: Challenges, { evals1: e }: ReferenceMessages): Claim[] {
    const out: Claim[] = Array.from({ length: C.count });
    for (const l of kind.layers) {
      const at = pointAt(kind.variables(v, l, 0), point);
      for (const x of LIMBS) out[C[x](l)] = claimOf(e[E[x](l)], claimTerm(O.trace, v.trace[`${x}_${l}`], at));
      for (const x of ['hA', 'hB'] as const)
        out[C[x](l)] = claimOf(e[E[x](l)], claimTerm(O.helper, v.helper[`${x}_${l}`], at));
      out[C.W(l)] = claimOf(e[E.W(l)], claimTerm(O.model, v.slots[`W_${l}`], at));
      const units = pointAt(kind.variables(v, l, 1), tau);
      out[C.bias(l)] = claimOf(0n, claimTerm(O.model, v.slots[`b_${l}`], units));
    }
    const table = point.slice(0, LIMB_BITS);
    out[C.g] = claimOf(e[E.g], claimTerm(O.helper, v.helper.g, table));
    out[C.mult] = claimOf(e[E.mult], claimTerm(O.trace, v.trace.mult, table));
    return out;
  }

  return { program, rounds: kind.rounds, degree: 5, view, claimed: () => ({}), batch, claims };
}

const NAMES = { trace: NUMBERING.seed.trace.names, helper: NUMBERING.seed.helper.names };
/** No tensor of a seed's trace is of a bias. */
export const OF_NO_BIAS = /^none/;

export const SEED: VerifiedProgram<DenseView & { seed: bigint }> = seedProgram<DenseView & { seed: bigint }>(
  'seed',
  DENSE,
  (inputs) => ({ ...denseView(inputs, NAMES, OF_NO_BIAS), seed: element(inputs, 'seed') }),
  (v, l) => ({ q: modulusOf(v.a[l - 1]), ...seedNumbers(v.seed, l) }),
);

/** Proves a run, honest or not. */
export function proveSeed(random: Random, run: SeedRun, hooks: Hooks<SeedRun> = {}): Reference {
  hooks.run?.(run);
  const { n, p, a } = run;
  const weighed = LAYERS.filter((l) => p[l] !== 0n).map((l): Weighed => {
    const [at, columns] = [positions(a[l - 1], a[l]), 2 ** a[l - 1]];
    const isReal = (x: number) => Math.floor(x / columns) < n[l] && x % columns < n[l - 1];
    return { l, which: 0, at, mask: range(2 ** at.length).map((x) => (isReal(x) ? 1n : 0n)) };
  });
  const places = { model: modelLayout(n, p), ...limbPlaces(weighed, NAMES, OF_NO_BIAS, hooks.moved) };
  hooks.slots?.({ ...places.model.slots, ...places.trace.slots, ...places.helper.slots });
  const own: Inputs = {
    ...shapeInputs(n, p, places.model.slots, headBits(run.head ?? 'squared error')),
    seed: mod(run.seed),
    traceOffset: slotBits(places.trace.slots, NAMES.trace),
    helperOffset: slotBits(places.helper.slots, NAMES.helper),
  };
  const proof = new ReferenceRun('seed', random, hooks as Hooks<never>, {
    parameters: [own.shape as bigint, own.seed as bigint],
    extra: [1n],
    statement: { model: seedOracle(run, places.model, random) },
  });
  return proveSeeded(SEED, proof, own, { run, weighed, places, random, hooks: hooks as Hooks });
}

/** The circuit sees a tensor times its layer's presence. */
const stored = (present: bigint, t: readonly bigint[]): bigint[] =>
  present === 1n ? [...t] : t.map((v) => v * inverse(present));

export function seedOracle({ p, layers }: SeedLayers, placed: Placed, random: Random): Oracle {
  const weights: Tensors = {};
  p.forEach((present, l) => {
    if (present === 0n) return;
    weights[`W_${l}`] = stored(present, layers[l].W);
    weights[`b_${l}`] = stored(present, layers[l].b);
  });
  return oracleOf(placed, weights, salted(random.element(), chunksOf(placed.length)));
}

/** The proof of a seed from its trace on. `weighed` are the weights of the present layers. */
export function proveSeeded<V extends WeightView>(
  verified: VerifiedProgram<V>,
  proof: ReferenceRun,
  own: Inputs,
  {
    run: { p, layers },
    weighed,
    places,
    random,
    hooks,
  }: {
    run: SeedLayers;
    weighed: readonly Weighed[];
    places: Record<'trace' | 'helper', Placed>;
    random: Random;
    hooks: Hooks;
  },
): Reference {
  const { squares: SQ, relations: R, evaluations: E } = NUMBERING[verified.program as Seeds];
  const present = weighed.map(({ l }) => l);

  // 1. trace and helper
  const tensors: Tensors = {};
  for (const l of present) for (const x of LIMBS) tensors[`${x}_${l}`] = stored(p[l], layers[l][x]);
  hooks.trace?.(tensors);
  const groups = (l: number) =>
    [
      { index: R.groupA(l), names: ['v0', 'v1', 'w0'] },
      { index: R.groupB(l), names: ['w1', 'u0', 'u1'] },
    ].map(({ index, names }) => ({
      index,
      limbs: looked(
        index,
        names.map((x) => layers[l][x as 'v0']),
      ),
    }));
  const mult = zeros(2 ** LIMB_BITS);
  for (const l of present)
    for (const v of sharing(groups(l)).flatMap((g) => g.limbs.flat())) if (v >= 0n && v < LIMB) mult[Number(v)] += p[l];
  hooks.multiplicities?.(mult);
  const beta = proof.commit('trace', committed('trace', places.trace, { ...tensors, mult }, random));
  /** as the circuit sees them */
  const seen: Tensors = {};
  for (const l of present)
    groups(l).forEach(({ limbs }, i) => {
      seen[`h${'AB'[i]}_${l}`] = lookupHelper(beta, ...limbs).map((v) => mod(v * p[l]));
    });
  seen.g = tableHelper(beta, mult);
  hooks.helper?.(seen, beta, tensors);
  const helpers = Object.fromEntries(
    Object.entries(seen).map(([name, t]) => [name, name === 'g' ? t : stored(p[Number(name.slice(-1))], t)]),
  );
  const tau = squares(proof.commit('helper', committed('helper', places.helper, helpers, random)), SQ.count);

  // 2. batch
  const relations = new ReferenceBatch();
  const shares: Share[] = [];
  for (const { l, at, mask } of weighed) {
    const { q, offset, factor, W, ...t } = layers[l];
    const v = t.v0.map((x, i) => x + LIMB * t.v1[i]);
    const u = t.u0.map((x, i) => x + LIMB * t.u1[i]);
    // w0 is virtual: what the circuit derives from q, v and w1
    const w0 = t.w1.map((w, i) => q - 1n - v[i] - LIMB * w);
    const [hA, hB] = [seen[`hA_${l}`], seen[`hB_${l}`]];
    relations.lookup(R.groupA(l), at, tau, beta, hA, [t.v0, t.v1, w0], p[l]);
    relations.lookup(R.groupB(l), at, tau, beta, hB, [t.w1, t.u0, t.u1], p[l]);
    shares.push({ index: R.groupA(l), at, h: hA }, { index: R.groupB(l), at, h: hB });
    const index = v.map((_, x) => BigInt(x) + offset + 1n);
    relations.zero(R.sequence(l), at, tau, [term(v, index), times(-p[l] * factor), times(-q, u)]);
    const centred = v.map((x) => x - (p[l] * (q - 1n)) / 2n);
    relations.zero(R.weights(l), at, tau, [term(W), times(-1n, mask, centred)]);
  }
  relations.logUp(R, tau, beta, { g: seen.g, mult, helpers: shares });
  return proveOneBatch(proof, verified, own, {
    beta,
    squares: tau,
    batch: relations,
    evaluate: (point, e) => {
      for (const { l, at: own } of weighed) {
        const at = pointAt(own, point);
        for (const x of LIMBS) e[E[x](l)] = evaluateAt(layers[l][x], at);
        for (const x of ['hA', 'hB'] as const) e[E[x](l)] = evaluateAt(seen[`${x}_${l}`], at);
        e[E.W(l)] = evaluateAt(layers[l].W, at);
      }
      e[E.g] = evaluateAt(seen.g, point.slice(0, LIMB_BITS));
      e[E.mult] = evaluateAt(mult, point.slice(0, LIMB_BITS));
    },
  });
}
