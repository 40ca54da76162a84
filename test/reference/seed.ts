// Program seed (protocol, section 6): reference prover, and what its verifier knows. Layers in the circuit's numbering, absent
// ones zero.

import { NUMBERING } from '../../src/generated/numbering.ts';
import { inverse, log2Up, mod, type Random, range, squares, zeros } from './algebra.ts';
import { type Claim, hash } from './argument.ts';
import { pointAt, positions, ReferenceBatch, type Share, term, times } from './batch.ts';
import { chunksOf, salted } from './commitments.ts';
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
  place,
  shift,
  slotBits,
  type Tensors,
  tableHelper,
} from './tensors.ts';
import { committed, eqHere, type LimbView, limbView, realAt, variables } from './weight-limbs.ts';

const { oracles: O, squares: SQ, trace: T, helper: H, relations: R, evaluations: E, claims: C } = NUMBERING.seed;
export const LIMBS = ['v0', 'v1', 'w1', 'u0', 'u1'] as const;
const [OFFSET_BITS, STRIDE] = [26n, 52n];

export type SeedLayer = Record<(typeof LIMBS)[number] | 'w0' | 'W', bigint[]> & {
  b: bigint[];
  q: bigint;
  offset: bigint;
  factor: bigint;
};

/** What a seed prover holds before it commits; hooks may change anything. */
export interface SeedRun {
  widths: number[];
  head?: ReferenceHead;
  seed: bigint;
  n: number[];
  p: bigint[];
  a: number[];
  /** by layer 1..4, as the circuit sees them, with the presence as a factor; entry 0 is unused */
  layers: SeedLayer[];
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
const modulusOf = (a: number): bigint => {
  if (!moduli.has(a)) moduli.set(a, seedModulus(a));
  return moduli.get(a)!;
};

const powerMod = (base: bigint, exponent: bigint, m: bigint): bigint => {
  let r = 1n;
  for (let b = base % m, e = exponent; e > 0n; e >>= 1n, b = (b * b) % m) if (e & 1n) r = (r * b) % m;
  return r;
};

/** off_l and factor_l of circuit layer l. */
export function seedNumbers(seed: bigint, layer: number): { offset: bigint; factor: bigint } {
  const digest = hash.poseidon2([mod(seed), 0n]) >> (STRIDE * BigInt(layer - 1));
  const low = 2n ** OFFSET_BITS;
  return { offset: digest % low, factor: 1n + ((digest >> OFFSET_BITS) % low) };
}

export function seedRun(widths: number[], seed: bigint): SeedRun {
  const { n, p } = aligned(widths);
  const a = n.map(log2Up);
  const layers = range(5).map((l): SeedLayer => {
    const size = l === 0 ? 0 : 2 ** (a[l] + a[l - 1]);
    const [v0, v1, w0, w1, u0, u1, W] = range(7).map(() => zeros(size));
    const numbers = l === 0 ? { offset: 0n, factor: 0n } : seedNumbers(seed, l);
    const b = zeros(l === 0 ? 0 : 2 ** a[l]);
    const layer: SeedLayer = { v0, v1, w0, w1, u0, u1, W, b, q: l === 0 ? 0n : modulusOf(a[l - 1]), ...numbers };
    if (!p[l]) return layer;
    drawLayer(layer, n[l], n[l - 1]);
    return layer;
  });
  return { widths, seed, n, p, a, layers };
}

/** Fills a layer with the numbers of its offset and factor; W on its real rows and columns. */
export function drawLayer(layer: SeedLayer, rows: number, columns: number): void {
  const { q, offset, factor, W } = layer;
  const padded = 2 ** log2Up(columns);
  for (let x = 0; x < W.length; x++) {
    const v = (factor * powerMod(BigInt(x) + offset + 1n, q - 2n, q)) % q;
    setValue(layer, x, v);
    if (Math.floor(x / padded) < rows && x % padded < columns) W[x] = v - (q - 1n) / 2n;
  }
}

/** Writes v and what follows from it; a false v keeps its quotient rounded down. */
export function setValue(layer: SeedLayer, x: number, v: bigint): void {
  const u = (v * (BigInt(x) + layer.offset + 1n) - layer.factor) / layer.q;
  const w = layer.q - 1n - v;
  [layer.v0[x], layer.v1[x]] = [v % LIMB, v / LIMB];
  [layer.u0[x], layer.u1[x]] = [u % LIMB, u / LIMB];
  [layer.w0[x], layer.w1[x]] = [w % LIMB, w / LIMB];
}

type View = LimbView & { seed: bigint };

function batch(v: View, c: Challenges, { evals1: e }: ReferenceMessages, add: AddRelation): void {
  const { beta, squares: tau, point } = c;
  for (const l of LAYERS) {
    const p = v.p[l];
    const at = variables(v, l, 0);
    const eq = eqHere(at, tau, point);
    const q = modulusOf(v.a[l - 1]);
    const { offset, factor } = seedNumbers(v.seed, l);
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
    add(R.weights(l), at, eq * mod(e[E.W(l)] - realAt(v, l, 0, point) * (value - p * (q - 1n) * inverse(2n))));
  }
  addTable(beta, tau, point, e[E.g], e[E.mult], R, add);
}

function claims(v: View, { squares: tau, point }: Challenges, { evals1: e }: ReferenceMessages): Claim[] {
  const out: Claim[] = Array.from({ length: C.count });
  for (const l of LAYERS) {
    const at = pointAt(variables(v, l, 0), point);
    for (const x of LIMBS) out[C[x](l)] = claimOf(e[E[x](l)], claimTerm(O.trace, v.trace[`${x}_${l}`], at));
    for (const x of ['hA', 'hB'] as const)
      out[C[x](l)] = claimOf(e[E[x](l)], claimTerm(O.helper, v.helper[`${x}_${l}`], at));
    out[C.W(l)] = claimOf(e[E.W(l)], claimTerm(O.model, v.slots[`W_${l}`], at));
    out[C.bias(l)] = claimOf(0n, claimTerm(O.model, v.slots[`b_${l}`], tau.slice(12, 12 + v.a[l])));
  }
  const table = point.slice(0, LIMB_BITS);
  out[C.g] = claimOf(e[E.g], claimTerm(O.helper, v.helper.g, table));
  out[C.mult] = claimOf(e[E.mult], claimTerm(O.trace, v.trace.mult, table));
  return out;
}

export const SEED: VerifiedProgram<View> = {
  program: 'seed',
  rounds: 24,
  degree: 5,
  view: (inputs) => ({
    ...limbView(inputs, { trace: T.names, helper: H.names }, /^none/),
    seed: element(inputs, 'seed'),
  }),
  claimed: () => ({}),
  batch,
  claims,
};

/** Proves a run, honest or not. */
export function proveSeed(random: Random, run: SeedRun, hooks: Hooks<SeedRun> = {}): Reference {
  hooks.run?.(run);
  const { n, p, a, layers } = run;
  const present = LAYERS.filter((l) => p[l] !== 0n);

  // 1. layouts and statement
  const placedOf = (names: readonly string[]): Placed => {
    const there = names.filter((name) => !/_\d$/.test(name) || p[Number(name.slice(-1))] !== 0n);
    const sized = there.map((name): [string, number] => {
      const l = Number(name.slice(-1));
      return [name, /_\d$/.test(name) ? a[l] + a[l - 1] : LIMB_BITS];
    });
    return place(sized, names);
  };
  const places = {
    model: modelLayout(n, p),
    trace: shift(placedOf(T.names), hooks.moved?.trace ?? 0),
    helper: shift(placedOf(H.names), hooks.moved?.helper ?? 0),
  };
  hooks.slots?.({ ...places.model.slots, ...places.trace.slots, ...places.helper.slots });
  const own: Inputs = {
    ...shapeInputs(n, p, places.model.slots, headBits(run.head ?? 'squared error')),
    seed: mod(run.seed),
    traceOffset: slotBits(places.trace.slots, T.names),
    helperOffset: slotBits(places.helper.slots, H.names),
  };
  /** the circuit sees a tensor times its layer's presence */
  const stored = (l: number, t: readonly bigint[]) => (p[l] === 1n ? [...t] : t.map((v) => v * inverse(p[l])));
  const weights: Tensors = {};
  for (const l of present) {
    weights[`W_${l}`] = stored(l, layers[l].W);
    weights[`b_${l}`] = stored(l, layers[l].b);
  }
  const model = oracleOf(places.model, weights, salted(random.element(), chunksOf(places.model.length)));
  const proof = new ReferenceRun('seed', random, hooks as Hooks<never>, {
    parameters: [own.shape as bigint, own.seed as bigint],
    extra: [1n],
    statement: { model },
  });

  // 2. trace and helper
  const tensors: Tensors = {};
  for (const l of present) for (const x of LIMBS) tensors[`${x}_${l}`] = stored(l, layers[l][x]);
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
    Object.entries(seen).map(([name, t]) => [name, name === 'g' ? t : stored(Number(name.slice(-1)), t)]),
  );
  const tau = squares(proof.commit('helper', committed('helper', places.helper, helpers, random)), SQ.count);

  // 3. batch
  const relations = new ReferenceBatch();
  const shares: Share[] = [];
  for (const l of present) {
    const at = positions(a[l - 1], a[l]);
    const { q, offset, factor, W, ...t } = layers[l];
    const v = t.v0.map((x, i) => x + LIMB * t.v1[i]);
    const u = t.u0.map((x, i) => x + LIMB * t.u1[i]);
    // w0 is virtual: what the circuit derives from q, v and w1
    const w0 = t.w1.map((w, i) => q - 1n - v[i] - LIMB * w);
    const columns = 2 ** a[l - 1];
    const mask = v.map((_, x) => (Math.floor(x / columns) < n[l] && x % columns < n[l - 1] ? 1n : 0n));
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
  return proveOneBatch(proof, SEED, own, {
    beta,
    squares: tau,
    batch: relations,
    evaluate: (point, e) => {
      for (const l of present) {
        const at = pointAt(positions(a[l - 1], a[l]), point);
        for (const x of LIMBS) e[E[x](l)] = evaluateAt(layers[l][x], at);
        for (const x of ['hA', 'hB'] as const) e[E[x](l)] = evaluateAt(seen[`${x}_${l}`], at);
        e[E.W(l)] = evaluateAt(layers[l].W, at);
      }
      e[E.g] = evaluateAt(seen.g, point.slice(0, LIMB_BITS));
      e[E.mult] = evaluateAt(mult, point.slice(0, LIMB_BITS));
    },
  });
}
