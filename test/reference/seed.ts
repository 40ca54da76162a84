// Reference prover of program seed (protocol, section 6). Layers in the circuit's numbering, absent ones zero.

import * as poseidon from 'poseidon-lite';
import { NUMBERING } from '../../src/generated/numbering.ts';
import { eqTable, evaluate, inverse, log2Up, mod, powers, type Random, range, squares, sum, zeros } from './algebra.ts';
import {
  type Claim,
  digests,
  type Instance,
  layout,
  layoutWords,
  open,
  ReferenceTranscript,
  type Slot,
  sumcheck,
  type Table,
  table,
} from './argument.ts';
import { type Hooks, LIMB, type Proved, slotOf, tableEntries, vector } from './common.ts';

const { oracles: O, trace: T, helper: H, relations: R, evaluations: E, claims: C } = NUMBERING.seed;
const { digests: DIGEST, nonces: NONCE, model: MODEL } = NUMBERING.shared;
const LAYERS = [1, 2, 3, 4];
export const LIMBS = ['v0', 'v1', 'w1', 'u0', 'u1'] as const;
export type SeedLayer = Record<(typeof LIMBS)[number] | 'w0' | 'W', bigint[]> & {
  b: bigint[];
  q: bigint;
  offset: bigint;
};

/** What a seed prover holds before it commits; hooks may change anything. */
export interface SeedRun {
  widths: number[];
  seed: bigint;
  n: number[];
  p: bigint[];
  a: number[];
  /** by layer 1..4, as the circuit sees them, with the presence as a factor; entry 0 is unused */
  layers: SeedLayer[];
}

/** The largest prime not above 2^29 / sqrt(2^max(a, 2)), by trial division. */
export function seedModulus(a: number): bigint {
  let q = BigInt(Math.floor(2 ** 29 / Math.sqrt(2 ** Math.max(a, 2))));
  const isPrime = (n: bigint) => {
    for (let d = 2n; d * d <= n; d++) if (n % d === 0n) return false;
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

export const seedOffset = (seed: bigint, layer: number): bigint =>
  (poseidon as unknown as { poseidon2: (i: bigint[]) => bigint }).poseidon2([seed, BigInt(layer)]) & (2n ** 21n - 1n);

export function seedRun(widths: number[], seed: bigint): SeedRun {
  const L = widths.length - 1;
  const n = [...Array<number>(5 - L).fill(widths[0]), ...widths.slice(1)];
  const p = range(5).map((l) => (l > 4 - L ? 1n : 0n));
  const a = n.map(log2Up);
  const layers = range(5).map((l): SeedLayer => {
    const size = l === 0 ? 0 : 2 ** (a[l] + a[l - 1]);
    const layer: SeedLayer = {
      v0: zeros(size),
      v1: zeros(size),
      w0: zeros(size),
      w1: zeros(size),
      u0: zeros(size),
      u1: zeros(size),
      W: zeros(size),
      b: zeros(l === 0 ? 0 : 2 ** a[l]),
      q: l === 0 ? 0n : modulusOf(a[l - 1]),
      offset: seedOffset(seed, l),
    };
    if (!p[l]) return layer;
    for (let x = 0; x < size; x++) {
      const index = BigInt(x) + layer.offset + 1n;
      setValue(layer, x, powerMod(index, layer.q - 2n, layer.q));
      const [i, j] = [x >> a[l - 1], x & (2 ** a[l - 1] - 1)];
      if (i < n[l] && j < n[l - 1]) layer.W[x] = layer.v0[x] + LIMB * layer.v1[x] - (layer.q - 1n) / 2n;
    }
    return layer;
  });
  return { widths, seed, n, p, a, layers };
}

/** Writes v and what follows from it; a false v keeps its quotient rounded down. */
export function setValue(layer: SeedLayer, x: number, v: bigint): void {
  const u = (v * (BigInt(x) + layer.offset + 1n) - 1n) / layer.q;
  const w = layer.q - 1n - v;
  [layer.v0[x], layer.v1[x]] = [v % LIMB, v / LIMB];
  [layer.u0[x], layer.u1[x]] = [u % LIMB, u / LIMB];
  [layer.w0[x], layer.w1[x]] = [w % LIMB, w / LIMB];
}

/** Circuit inputs for a run, honest or not. */
export function proveSeed(random: Random, run: SeedRun, hooks: Hooks<SeedRun> = {}): Proved {
  hooks.run?.(run);
  const { n, p, a, layers } = run;
  const { h, nonce } = digests(random);
  const send = hooks.message ?? ((_: string, m: bigint[]) => m);
  const present = LAYERS.filter((l) => p[l] !== 0n);
  const size = (l: number) => a[l] + a[l - 1];

  // 1. layouts, multiplicities, model and trace
  const layouts = {
    model: layout([
      ...present.flatMap((l): [string, number][] => [
        [`W_${l}`, size(l)],
        [`b_${l}`, a[l]],
      ]),
      ['salt', 0],
    ]),
    trace: layout([
      ...present.flatMap((l) => LIMBS.map((x): [string, number] => [`${x}_${l}`, size(l)])),
      ['mult', 14],
    ]),
    helper: layout([
      ...present.flatMap((l) => ['A', 'B'].map((x): [string, number] => [`h${x}_${l}`, size(l)])),
      ['g', 14],
      ['random', 0],
    ]),
  };
  const slots: Record<string, Slot> = {};
  const place = (name: string, which: keyof typeof layouts, log2: number, l?: number) => {
    slots[name] = slotOf(layouts[which].offsets[name] ?? 0, l ? Number(p[l]) * log2 : log2, l ? p[l] : 1n);
  };
  for (const l of LAYERS) {
    place(`W_${l}`, 'model', size(l), l);
    place(`b_${l}`, 'model', a[l], l);
    for (const x of LIMBS) place(`${x}_${l}`, 'trace', size(l), l);
    for (const x of ['A', 'B']) place(`h${x}_${l}`, 'helper', size(l), l);
  }
  place('mult', 'trace', 14);
  place('g', 'helper', 14);
  hooks.slots?.(slots);
  const groups = (l: number) =>
    [
      ['v0', 'v1', 'w0'],
      ['w1', 'u0', 'u1'],
    ].map((names) => names.map((x) => layers[l][x as 'v0']));
  const mult = zeros(2 ** 14);
  for (const l of present) for (const v of groups(l).flat(2)) if (v >= 0n && v < LIMB) mult[Number(v)] += p[l];
  hooks.multiplicities?.(mult);
  const stored = (l: number, t: readonly bigint[]) => (p[l] === 1n ? [...t] : t.map((v) => v * inverse(p[l])));
  const oracles = [
    vector(layouts.model.length, [
      ...present.flatMap((l): [number, bigint[]][] => [
        [layouts.model.offsets[`W_${l}`], stored(l, layers[l].W)],
        [layouts.model.offsets[`b_${l}`], stored(l, layers[l].b)],
      ]),
      [layouts.model.offsets.salt, [random.element()]],
    ]),
    vector(layouts.trace.length, [
      ...present.flatMap((l) =>
        LIMBS.map((x): [number, bigint[]] => [layouts.trace.offsets[`${x}_${l}`], stored(l, layers[l][x])]),
      ),
      [layouts.trace.offsets.mult, mult],
    ]),
  ];

  // 2. challenges and helper
  const transcript = new ReferenceTranscript(h[DIGEST.statement]);
  const traceOffset = T.names.map((name) => slots[name].bits);
  const helperOffset = H.names.map((name) => slots[name].bits);
  const beta = transcript.absorb([h[DIGEST.trace], ...layoutWords(traceOffset)]);
  const helpers = LAYERS.map((l) =>
    (p[l] ? groups(l) : []).map(([x, y, z]) =>
      x.map((_, i) => mod(p[l] * sum([x, y, z].map((t) => inverse(beta - t[i]))))),
    ),
  );
  const g = mult.map((m, k) => (mod(m) === 0n ? 0n : mod(m * inverse(beta - BigInt(k)))));
  oracles.push(
    vector(layouts.helper.length, [
      ...present.flatMap((l) =>
        ['A', 'B'].map((x, i): [number, bigint[]] => [
          layouts.helper.offsets[`h${x}_${l}`],
          stored(l, helpers[l - 1][i]),
        ]),
      ),
      [layouts.helper.offsets.g, g],
      [layouts.helper.offsets.random, [random.element()]],
    ]),
  );
  hooks.oracles?.(oracles);
  const tau = squares(
    transcript.absorb([h[DIGEST.helper], ...layoutWords(helperOffset)]),
    NUMBERING.seed.squares.count,
  );
  const lambda = powers(transcript.absorb([nonce[NONCE.lambda]]), R.count);

  // 3. batch 1
  const instances: Instance[] = [];
  const evaluated: [number, Table | readonly bigint[], number[]][] = [];
  for (const l of present) {
    const at = [...range(a[l - 1]), ...range(a[l]).map((t) => 12 + t)];
    const T = (t: readonly bigint[]) => table(at, t);
    const { q, offset, W, ...limbs } = layers[l];
    const eq = T(eqTable(at.map((t) => tau[t])));
    const v = limbs.v0.map((x, i) => x + LIMB * limbs.v1[i]);
    const u = limbs.u0.map((x, i) => x + LIMB * limbs.u1[i]);
    // w0 is virtual: what the circuit derives from q, v and w1
    const w0 = limbs.w1.map((w, i) => q - 1n - v[i] - LIMB * w);
    const real = v.map((_, x) => (x >> a[l - 1] < n[l] && (x & (2 ** a[l - 1] - 1)) < n[l - 1] ? 1n : 0n));
    const add = (i: number, terms: Instance['terms']) => instances.push({ weight: lambda[i], positions: at, terms });
    [
      [limbs.v0, limbs.v1, w0],
      [limbs.w1, limbs.u0, limbs.u1],
    ].forEach((group, i) => {
      const [x, y, z] = group.map((t) => T(t.map((e) => beta - e)));
      const helper = T(helpers[l - 1][i]);
      add(i === 0 ? R.groupA(l) : R.groupB(l), [
        { coefficient: 1n, factors: [eq, helper, x, y, z] },
        ...[
          [x, y],
          [x, z],
          [y, z],
        ].map((f) => ({ coefficient: -p[l], factors: [eq, ...f] })),
      ]);
      add(R.logUp, [{ coefficient: 1n, factors: [helper] }]);
    });
    add(R.sequence(l), [
      { coefficient: 1n, factors: [eq, T(v), T(v.map((_, x) => BigInt(x) + offset + 1n))] },
      { coefficient: -1n, factors: [eq, T(u.map((x) => p[l] + q * x))] },
    ]);
    add(R.weights(l), [
      { coefficient: 1n, factors: [eq, T(W)] },
      { coefficient: -1n, factors: [eq, T(real), T(v.map((x) => x - p[l] * ((q - 1n) / 2n)))] },
    ]);
    for (const x of LIMBS) evaluated.push([E[x](l), limbs[x], at]);
    const [hA, hB] = helpers[l - 1];
    evaluated.push([E.hA(l), hA, at], [E.hB(l), hB, at], [E.W(l), W, at]);
  }
  instances.push(...tableEntries(tau.slice(0, 14), beta, g, mult, lambda[R.table], lambda[R.logUp]));
  const batch1 = sumcheck(instances, 24, 5, transcript, (round, m) => send(`batch1 ${round}`, m));
  const evals = zeros(E.count);
  for (const [i, t, at] of evaluated)
    evals[i] = evaluate(
      (t as bigint[]).map(mod),
      at.map((k) => batch1.point[k]),
    );
  evals[E.g] = evaluate(g, batch1.point.slice(0, 14));
  evals[E.mult] = evaluate(mult.map(mod), batch1.point.slice(0, 14));
  const evals1 = send('evals1', evals);

  // 4. claims
  const rho = transcript.absorb(evals1);
  const claims: Claim[] = [];
  const claim = (i: number, value: bigint, oracle: number, slot: string, point: readonly bigint[]) => {
    claims[i] = { value, terms: [{ oracle, slot: slots[slot], point, coefficient: 1n }] };
  };
  for (const l of LAYERS) {
    const point = p[l] ? [...batch1.point.slice(0, a[l - 1]), ...batch1.point.slice(12, 12 + a[l])] : [];
    for (const x of LIMBS) claim(C[x](l), evals1[E[x](l)], O.trace, `${x}_${l}`, point);
    for (const x of ['hA', 'hB'] as const) claim(C[x](l), evals1[E[x](l)], O.helper, `${x}_${l}`, point);
    claim(C.W(l), evals1[E.W(l)], O.model, `W_${l}`, point);
    claim(C.bias(l), 0n, O.model, `b_${l}`, tau.slice(12, 12 + a[l]));
  }
  claim(C.g, evals1[E.g], O.helper, 'g', batch1.point.slice(0, 14));
  claim(C.mult, evals1[E.mult], O.trace, 'mult', batch1.point.slice(0, 14));
  const verifier = new ReferenceTranscript(transcript.state);
  const opened = open(oracles, claims, transcript, { rho, h, nonce, interfere: send });
  for (const message of opened.reduce) verifier.absorb(message);
  const { state } = verifier;

  const modelOffset = MODEL.names.map((name) => slots[name].bits);
  const shape =
    sum(n.map((v, l) => BigInt(v - 1) * 2n ** BigInt(12 * l))) +
    sum([1, 2, 3].map((l) => p[l] * 2n ** BigInt(59 + l))) +
    sum(modelOffset.flatMap((o, i) => o.map((b, t) => b * 2n ** BigInt(63 + 22 * i + t))));
  return {
    state,
    opened,
    inputs: {
      h,
      shape: mod(shape),
      seed: run.seed,
      widths1: n.map((v) => mod(BigInt(v - 1))),
      present: p.slice(1, 4),
      modelOffset,
      traceOffset,
      helperOffset,
      nonce,
      batch1: batch1.messages,
      evals1,
      ...opened,
    },
  };
}
