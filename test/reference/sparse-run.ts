// What a sparse merge comes to, entry by entry (protocol, section 15): written from the formulas of TIES and DARE.

import { mod, range, zeros } from './algebra.ts';
import { hash } from './argument.ts';
import { placedModel, type ReferenceWeights } from './models.ts';
import { layersOf } from './sizes.ts';
import { floorDiv, type Tensors, weightLimbs } from './tensors.ts';

export const UNIT = 2n ** 14n;
export const ROUND = 2n ** 13n;
/** The least prime above 2^64. */
export const MODULUS = 2n ** 64n + 13n;
const ABSENT = 2;

export interface SparseChoice {
  /** trim and elect signs */
  signs: boolean;
  /** the mean of those that agree */
  normalize: boolean;
  /** T of each task where a seed draws masks */
  kept?: readonly bigint[];
  seed?: bigint;
}

/** A slot of the model: its number of twelve, and its name in the dense layout. */
export interface RunSlot {
  number: number;
  name: string;
  offset: number;
  log2: number;
}

/** What a prover of a sparse merge holds before it commits; hooks may change anything. */
export interface SparseRun {
  widths: number[];
  parents: ReferenceWeights[];
  child: ReferenceWeights;
  slots: RunSlot[];
  log2: number;
  kappa: bigint;
  rho: bigint;
  nu: bigint;
  kept: bigint[];
  seed: bigint;
  /** [layer of six][task] */
  a: bigint[][];
  named: bigint[];
  thresholds: bigint[];
  counts: bigint[];
  vectors: { child: bigint[]; parents: bigint[][] };
  /** of each task, entry by entry */
  steps: { coefficient: bigint[][]; threshold: bigint[][] };
  tensors: Tensors;
}

export function maskNumbers(seed: bigint): { offset: bigint; factor: bigint } {
  const digest = hash.poseidon2([mod(seed), 2n]);
  return { offset: digest % 2n ** 26n, factor: 1n + ((digest >> 26n) % 2n ** 64n) };
}

const powerMod = (base: bigint, exponent: bigint, m: bigint): bigint => {
  let r = 1n;
  for (let b = base % m, e = exponent; e > 0n; e >>= 1n, b = (b * b) % m) if (e & 1n) r = (r * b) % m;
  return r;
};

/** The number that a seed draws at an address. */
export function drawnAt(seed: bigint, x: number): bigint {
  const { offset, factor } = maskNumbers(seed);
  return (factor * powerMod(BigInt(x) + offset + 1n, MODULUS - 2n, MODULUS)) % MODULUS;
}

const limbOf = (value: bigint, k: number) => BigInt.asUintN(16, value >> BigInt(16 * k));

/** The slots of a dense model. */
export function slotsOf(widths: readonly number[]): RunSlot[] {
  const { offsets } = placedModel(widths);
  return layersOf(widths).flatMap(({ l, low, high }) =>
    (['W', 'b'] as const).map((kind, k) => ({
      number: 2 * (l + ABSENT - 1) + k,
      name: `${kind}_${l}`,
      offset: offsets[`${kind}_${l}`],
      log2: k === 0 ? low + high : high,
    })),
  );
}

export function vectorOf({ widths, W, b }: Pick<ReferenceWeights, 'widths' | 'W' | 'b'>, log2: number): bigint[] {
  const out = zeros(2 ** log2);
  const { offsets } = placedModel(widths);
  for (const { l, own } of layersOf(widths)) {
    W[own].forEach((v, x) => {
      out[offsets[`W_${l}`] + x] = v;
    });
    b[own].forEach((v, x) => {
      out[offsets[`b_${l}`] + x] = v;
    });
  }
  return out;
}

/** The child's tensors from its vector. */
function childOf(like: ReferenceWeights, vector: readonly bigint[], salt: bigint): ReferenceWeights {
  const { offsets } = placedModel(like.widths);
  const take = (name: string, length: number) => vector.slice(offsets[name], offsets[name] + length);
  const layers = layersOf(like.widths);
  return {
    ...like,
    W: layers.map(({ l, own }) => take(`W_${l}`, like.W[own].length)),
    b: layers.map(({ l, own }) => take(`b_${l}`, like.b[own].length)),
    salt,
  };
}

/**
 * The base and what is merged into it.
 * @param a of the tasks, [layer of the network][task], over 2^14; @param thresholds by slot of twelve and task, 4 n + i - 1
 */
export function sparseRun(
  parents: ReferenceWeights[],
  a: readonly (readonly bigint[])[],
  { signs, normalize, kept = [], seed = 0n }: SparseChoice,
  thresholds: readonly bigint[] = zeros(48),
): SparseRun {
  const { widths } = parents[0];
  const slots = slotsOf(widths);
  const log2 = Math.max(...slots.map(({ offset }) => Math.floor(Math.log2(offset || 1)))) + 1;
  const tasks = range(parents.length - 1);
  const absent = 6 - a.length;
  const run: SparseRun = {
    widths,
    parents,
    child: parents[0],
    slots,
    log2,
    kappa: signs ? 1n : 0n,
    rho: kept.length > 0 ? 1n : 0n,
    nu: normalize ? 1n : 0n,
    kept: range(4).map((i) => kept[i] ?? 0n),
    seed,
    a: range(6).map((l) => range(4).map((i) => a[l - absent]?.[i] ?? 0n)),
    named: range(4).map((i) => (i < tasks.length ? 1n : 0n)),
    thresholds: [...thresholds],
    counts: zeros(48),
    vectors: { child: [], parents: parents.map((p) => vectorOf(p, log2)) },
    steps: { coefficient: [], threshold: [] },
    tensors: {},
  };
  mergedEntries(run);
  return run;
}

/** What is known of an entry when a bit of it is decided. */
export interface EntryState {
  name: 'v' | 'm' | 's' | 'c' | 'k' | 'o' | 'z' | 'quotient';
  /** index of the task, of what belongs to one; of the limb, of what is drawn */
  i: number;
  x: number;
  honest: bigint;
  /** whether the entry is of the model, and no padding behind it */
  inSlot: boolean;
  d: bigint[];
  theta: bigint[];
  m: bigint[];
  c: bigint[];
  agreed: bigint;
}

/** A cheat: what takes the place of what is honest; all that follows from it follows. */
export type Lied = (entry: EntryState) => bigint;

/** Limbs of a number, the last as large or as negative as the number makes it. */
function putLimbs(t: Tensors, names: readonly string[], x: number, value: bigint): void {
  names.forEach((name, k) => {
    const rest = value >> BigInt(16 * k);
    t[name][x] = k < names.length - 1 ? BigInt.asUintN(16, rest) : rest;
  });
}

const namesOf = (run: SparseRun): string[] => [
  ...range(run.parents.length - 1).flatMap((i) =>
    [
      ...(run.kappa === 1n ? ['s', 'c', 'k', 'a0', 'a1', 'a2', 'b0', 'b1', 'b2'] : []),
      ...(run.rho === 1n ? ['m', 't'] : []),
    ].map((name) => `${name}_${i + 1}`),
  ),
  ...(run.rho === 1n ? ['v0', 'v1', 'v2', 'v3', 'u0', 'u1'] : []),
  ...(run.kappa === 1n ? ['o', 'e0', 'e1', 'e2', 'e3'] : []),
  ...(run.nu === 1n ? ['z'] : []),
  ...['r0', 'r1', 'y0', 'y1', 'w1', 'w2'],
];

/** Fills in all that follows from the parents and the statement. */
export function mergedEntries(run: SparseRun, lied: Lied = ({ honest }) => honest): void {
  const size = 2 ** run.log2;
  const tasks = range(run.parents.length - 1);
  const places = range(size).map((x) => run.slots.find(({ offset, log2 }) => x >= offset && x < offset + 2 ** log2));
  run.steps = {
    coefficient: tasks.map((i) => places.map((slot) => (slot ? run.a[slot.number >> 1][i] : 0n))),
    threshold: tasks.map((i) => places.map((slot) => (slot ? run.thresholds[4 * slot.number + i] : 0n))),
  };
  run.counts = zeros(48);
  run.tensors = Object.fromEntries(namesOf(run).map((name) => [name, zeros(size)]));
  run.vectors.child = range(size).map((x) => mergedEntry(run, x, places[x], lied));
  run.child = childOf(run.parents[0], run.vectors.child, 5n);
}

function mergedEntry(run: SparseRun, x: number, slot: RunSlot | undefined, lied: Lied): bigint {
  const { kappa, rho, nu, tensors: t } = run;
  const [base, ...own] = run.vectors.parents.map((v) => v[x]);
  const d = own.map((p) => p - base);
  const theta = run.steps.threshold.map((values) => values[x]);
  const a = run.steps.coefficient.map((values) => values[x]);
  const at: EntryState = {
    name: 'm',
    i: 0,
    x,
    honest: 0n,
    inSlot: slot !== undefined,
    d,
    theta,
    m: [],
    c: [],
    agreed: 0n,
  };
  const decide = (name: EntryState['name'], honest: bigint, i = 0) => lied({ ...at, name, i, honest });
  const put = (name: string, value: bigint) => {
    t[name][x] = value;
  };

  // 1. the mask of the seed
  if (rho === 1n) {
    const { offset, factor } = maskNumbers(run.seed);
    const v = drawnAt(run.seed, x);
    const drawn = range(4).map((k) => decide('v', limbOf(v, k), k));
    drawn.forEach((limb, k) => {
      put(`v${k}`, limb);
    });
    putLimbs(t, ['u0', 'u1'], x, (v * (BigInt(x) + offset + 1n) - factor) / MODULUS);
    d.forEach((_, i) => {
      const [limb, T] = [drawn[i], run.kept[i]];
      at.m[i] = decide('m', limb < T ? 1n : 0n, i);
      put(`m_${i + 1}`, at.m[i]);
      put(`t_${i + 1}`, (2n * at.m[i] - 1n) * (T - limb) - at.m[i]);
    });
  }

  // 2. trim and elect
  let takes = at.m;
  if (kappa === 1n) {
    const s = d.map((v, i) => {
      const G = rho === 1n ? at.m[i] : 1n;
      const sign = decide('s', v > 0n ? 1n : 0n, i);
      const plain = (2n * sign - 1n) * v;
      const size = v < 0n ? -v : v;
      at.c[i] = decide('c', G === 1n && size > theta[i] ? 1n : 0n, i);
      put(`s_${i + 1}`, sign);
      put(`c_${i + 1}`, at.c[i]);
      const [A, B] = ['a', 'b'].map((name) => [0, 1, 2].map((k) => `${name}${k}_${i + 1}`));
      putLimbs(t, A, x, plain - at.c[i]);
      putLimbs(t, B, x, G * ((2n * at.c[i] - 1n) * (plain - theta[i]) - at.c[i]));
      if (slot) run.counts[4 * slot.number + i] += at.c[i];
      return sign;
    });
    const S = d.reduce((sum, v, i) => sum + a[i] * at.c[i] * v, 0n);
    const o = decide('o', S >= 0n ? 1n : 0n);
    put('o', o);
    putLimbs(t, ['e0', 'e1', 'e2', 'e3'], x, (2n * o - 1n) * S - 1n + o);
    takes = at.c.map((c, i) => decide('k', (c + c * (2n * s[i] - 1n) * (2n * o - 1n)) / 2n, i));
    takes.forEach((k, i) => {
      put(`k_${i + 1}`, k);
    });
  }

  // 3. the rounded quotient
  at.agreed = a.reduce((sum, v, i) => sum + v * takes[i], 0n);
  const N = a.reduce((sum, v, i) => sum + v * takes[i] * d[i], 0n);
  const z = nu === 1n ? decide('z', at.agreed === 0n ? 1n : 0n) : 0n;
  if (nu === 1n) put('z', z);
  const D = nu === 1n ? at.agreed + z : 1n;
  const raised = (nu === 1n ? a.reduce((sum, v) => sum + v, 0n) : 1n) * N + ROUND * D;
  const quotient = decide('quotient', D === 0n ? 0n : floorDiv(raised, UNIT * D));
  const rest = raised - quotient * UNIT * D;
  putLimbs(t, ['r0', 'r1'], x, rest);
  putLimbs(t, ['y0', 'y1'], x, UNIT * D - 1n - rest);
  const [, w1, w2] = weightLimbs(base + quotient);
  put('w1', w1);
  put('w2', w2);
  return base + quotient;
}
