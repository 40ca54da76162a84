// Program sparseMerge (protocol, section 15): reference prover, and what its verifier knows.

import { NUMBERING } from '../../src/generated/numbering.ts';
import { eqAt, inverse, mod, type Random, range, squares, sum, zeros } from './algebra.ts';
import type { Claim, ClaimTerm, Slot } from './argument.ts';
import { pointAt, ReferenceBatch, type Share, type Term, term, times } from './batch.ts';
import type { Oracle } from './commitments.ts';
import { addTable } from './data.ts';
import { absentOracle, modelOracle, placedModel } from './models.ts';
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
import { MODULUS, maskNumbers, ROUND, type SparseRun, UNIT } from './sparse-run.ts';
import { GROUPS, packed, presenceOf, SLOTS, type SparseView, TASKS, view } from './sparse-view.ts';
import {
  countLimbs,
  type Inputs,
  LIMB,
  LIMB_BITS,
  lookupHelper,
  place,
  shift,
  slotBits,
  type Tensors,
  tableHelper,
} from './tensors.ts';
import { committed, limbsOf } from './weight-limbs.ts';

const { squares: SQ, relations: R, evaluations: E, claims: C, oracles: O, trace: T, helper: H } = NUMBERING.sparseMerge;
const HALF = inverse(2n);

/** The extension of [an address is in the slot], at a point of the vector. */
const insideAt = ({ bits, log2, present }: Slot, point: readonly bigint[]): bigint =>
  point.reduce((p, r, t) => (t < log2 ? p : mod(p * (bits[t] === 1n ? r : 1n - r))), present);

function batch(v: SparseView, c: Challenges, { evals1: e }: ReferenceMessages, add: AddRelation): void {
  const { beta, squares: tau, point } = c;
  const at = range(v.log2);
  const eq = eqAt(pointAt(at, tau), pointAt(at, point));
  const own = pointAt(at, point);
  const inside = v.slots.map((slot) => insideAt(slot, own));
  const valueAt = (name: string): bigint => {
    const [short, task] = name.split('_');
    if (name === 'w0') return e[E.C] + 2n ** 47n - LIMB * e[E.w1] - LIMB * LIMB * e[E.w2];
    const at = E[short as 's'];
    return typeof at === 'function' ? e[at(Number(task))] : e[at];
  };
  const limbs = (...names: string[]) => names.reduce((s, name, j) => s + valueAt(name) * LIMB ** BigInt(j), 0n);
  const put = (index: number, value: bigint) => add(index, at, mod(eq * mod(value)));
  const { kappa, rho, nu } = v;
  const all = TASKS.map((i) => {
    const named = v.named[i - 1];
    const [s, kept, k, m, t] = ['s', 'c', 'k', 'm', 't'].map((name) => valueAt(`${name}_${i}`));
    const d = e[E.P(i)] - named * e[E.B];
    const a = sum(SLOTS.map((n) => v.a[n >> 1][i - 1] * inside[n]));
    const theta = sum(SLOTS.map((n) => v.thresholds[4 * n + i - 1] * inside[n]));
    put(R.signBit(i), s * s - s);
    put(R.keptBit(i), kept * kept - kept);
    put(R.size(i), (2n * s - kappa * named) * d - kept - limbs(`a0_${i}`, `a1_${i}`, `a2_${i}`));
    const G = kappa * (m + (1n - rho) * named);
    const above = (2n * kept - 1n) * ((2n * s - 1n) * d - theta) - kept;
    put(R.trim(i), G * mod(above) - limbs(`b0_${i}`, `b1_${i}`, `b2_${i}`));
    put(R.masked(i), rho * kept * (1n - m));
    put(R.maskBit(i), m * m - m);
    put(R.draw(i), (2n * m - rho * named) * (v.kept[i - 1] - valueAt(`v${i - 1}`)) - m - t);
    put(R.agree(i), 2n * k - kept - mod(kept * (2n * s - 1n)) * (2n * e[E.o] - 1n));
    return { a, d, kept, k, takes: k + (1n - kappa) * m };
  });
  const address = sum(own.map((r, t) => r * 2n ** BigInt(t)));
  const { offset, factor } = maskNumbers(v.seed);
  put(R.sequence, limbs('v0', 'v1', 'v2', 'v3') * (address + offset + 1n) - rho * factor - MODULUS * limbs('u0', 'u1'));
  const o = e[E.o];
  put(R.electedBit, o * o - o);
  const S = sum(all.map(({ a, kept, d }) => mod(a * kept) * d));
  put(R.election, (2n * o - kappa) * mod(S) - kappa + o - limbs('e0', 'e1', 'e2', 'e3'));
  const z = e[E.z];
  const agreed = mod(sum(all.map(({ a, k }) => a * k)));
  put(R.noneBit, z * z - z);
  put(R.none, z * agreed);
  const D = 1n - nu + nu * agreed + z;
  const scale = 1n - nu + nu * sum(all.map(({ a }) => a));
  const N = mod(sum(all.map(({ a, takes, d }) => mod(a * takes) * d)));
  const remainder = limbs('r0', 'r1');
  put(R.quotient, UNIT * mod(D * (e[E.C] - e[E.B])) + remainder - mod(scale) * N - ROUND * D);
  put(R.rest, UNIT * D - 1n - remainder - limbs('y0', 'y1'));
  for (const { helper, names, flag, task, index } of GROUPS) {
    const present = (flag === 'always' ? 1n : v[flag]) * (task === undefined ? 1n : v.named[task - 1]);
    const [x, y, w] = names.map((name) => mod(beta - valueAt(name)));
    const h = valueAt(helper);
    put(index, h * mod(mod(x * y) * w) - present * (x * y + x * w + y * w));
    add(R.logUp, at, h);
  }
  addTable(beta, tau, point, e[E.g], e[E.mult], R, add);
}

function claims(v: SparseView, { point }: Challenges, { evals1: e }: ReferenceMessages): Claim[] {
  const out: Claim[] = Array.from({ length: C.count });
  const own = point.slice(0, v.log2);
  for (const [oracle, slots] of [
    [O.trace, v.trace],
    [O.helper, v.helper],
  ] as const)
    for (const [name, slot] of Object.entries(slots)) {
      const [short, task] = name.split('_');
      const at = E[short as 's'];
      const n = typeof at === 'function' ? at(Number(task)) : (at as number);
      out[n] = claimOf(
        e[n],
        claimTerm(oracle, slot, name === 'mult' || name === 'g' ? point.slice(0, LIMB_BITS) : own),
      );
    }
  const model = (oracle: number): ClaimTerm[] =>
    v.slots.map((slot) => claimTerm(oracle, slot, own.slice(0, slot.log2), insideAt(slot, own)));
  out[C.C] = claimOf(e[E.C], ...model(O.child));
  out[C.B] = claimOf(e[E.B], ...model(O.parent(0)));
  for (const i of TASKS) out[C.P(i)] = claimOf(e[E.P(i)], ...model(O.parent(i)));
  for (const n of SLOTS)
    for (const i of TASKS) {
      const { bits, log2, present } = v.slots[n];
      const c = v.trace[`c_${i}`];
      const slot = { bits: c.bits.map((b, t) => b + bits[t]), log2, present: present * c.present };
      const middle = range(log2).map(() => HALF);
      out[C.keptIn(4 * n + i)] = claimOf(v.counts[4 * n + i - 1], claimTerm(O.trace, slot, middle, 2n ** BigInt(log2)));
    }
  return out;
}

export const SPARSE_MERGE: VerifiedProgram<SparseView> = {
  program: 'sparseMerge',
  rounds: 23,
  degree: 5,
  view,
  claimed: () => ({}),
  batch,
  claims,
};

/** Circuit inputs of what is stated. */
function statedInputs(run: SparseRun, offsets: bigint[][]): Inputs {
  const { kappa, rho, nu } = run;
  const present = range(6).map((l) => (run.slots.some(({ number }) => number >> 1 === l) ? 1n : 0n));
  const logs = SLOTS.map((n) => BigInt(run.slots.find(({ number }) => number === n)?.log2 ?? 0));
  const words = [0, 1].map((k) =>
    sum(
      range(6).map((j) => {
        const n = 6 * k + j;
        const at = BigInt(57 * (j >> 1));
        const [offset, log] = j % 2 === 0 ? [0n, 46n] : [23n, 51n];
        const own = packed(offsets[n], 1) * 2n ** offset + logs[n] * 2n ** log;
        return (own + (j % 2 === 0 ? present[n >> 1] * 2n ** 56n : 0n)) * 2n ** at;
      }),
    ),
  );
  return {
    slots: words,
    method: kappa + 2n * rho + 4n * nu + packed(run.kept, 17, 3),
    seed: mod(run.seed),
    counts: range(5).map((k) => packed(run.counts.slice(10 * k, 10 * k + 10), 24)),
    coefficients: range(6).map((l) =>
      packed(
        [UNIT * present[l], ...run.a[l], 0n, 0n, 0n].map((v) => v + 2n ** 17n),
        18,
      ),
    ),
    offsets,
    logs,
    present,
    flags: [kappa, rho, nu],
    kept: run.kept,
    keptCounts: run.counts,
    tasks: run.a,
    mask: range(23).map((t) => (t < run.log2 ? 1n : 0n)),
    thresholds: run.thresholds,
  };
}

export interface SparseHooks extends Hooks<SparseRun> {
  /** circuit inputs before anything is committed */
  stated?: (inputs: Inputs) => void;
}

/** Proves a run, honest or not. */
export function proveSparseMerge(random: Random, run: SparseRun, hooks: SparseHooks = {}): Reference {
  hooks.run?.(run);
  const model = placedModel(run.widths);
  const { tensors, log2 } = run;
  const names = T.names.filter((name) => name !== 'mult');
  const v = { kappa: run.kappa, rho: run.rho, nu: run.nu, named: run.named };
  const present = (list: readonly string[]) => list.filter((name) => presenceOf(name, v) !== 0n);
  const places = {
    trace: shift(
      place([...present(names).map((n): [string, number] => [n, log2]), ['mult', LIMB_BITS]], T.names),
      hooks.moved?.trace ?? 0,
    ),
    helper: shift(
      place(
        [...present(H.names.filter((n) => n !== 'g')).map((n): [string, number] => [n, log2]), ['g', LIMB_BITS]],
        H.names,
      ),
      hooks.moved?.helper ?? 0,
    ),
  };
  hooks.slots?.({ ...model.slots, ...places.trace.slots, ...places.helper.slots });
  const offsets = SLOTS.map((n) => {
    const slot = run.slots.find(({ number }) => number === n);
    return slot === undefined ? zeros(23) : model.slots[slot.name].bits.slice(0, 23);
  });
  const own: Inputs = {
    ...statedInputs(run, offsets),
    traceOffset: slotBits(places.trace.slots, T.names),
    helperOffset: slotBits(places.helper.slots, H.names),
  };
  hooks.stated?.(own);
  const statement: Record<string, Oracle> = { child: modelOracle(run.child, model) };
  for (const i of range(5))
    statement[`parent_${i}`] = i < run.parents.length ? modelOracle(run.parents[i], model) : absentOracle(model.slots);
  const parameters = ['slots', 'method', 'seed', 'counts', 'coefficients'].flatMap((name) => own[name] as bigint);
  const proof = new ReferenceRun('sparseMerge', random, hooks as Hooks<never>, {
    parameters,
    extra: [1n],
    statement,
  });

  // 1. trace, then the thresholds
  hooks.trace?.(tensors);
  const value = (name: string) => tensors[name] ?? zeros(2 ** log2);
  const [w0, w1, w2] = limbsOf(run.vectors.child, value('w1'), value('w2'));
  const limbOf = (name: string) => (name === 'w0' ? w0 : name === 'w1' ? w1 : name === 'w2' ? w2 : value(name));
  const lookups = GROUPS.filter(({ helper }) => presenceOf(helper, v) !== 0n).map(({ helper, names: own, index }) => ({
    helper,
    index,
    limbs: looked(index, own.map(limbOf)),
  }));
  const mult = countLimbs(sharing(lookups).flatMap(({ limbs }) => limbs));
  hooks.multiplicities?.(mult);
  proof.commit('trace', committed('trace', places.trace, { ...tensors, mult }, random));
  const beta = proof.transcript.absorb(run.thresholds);

  // 2. helper
  const helpers: Tensors = Object.fromEntries(
    lookups.map(({ helper, limbs }) => [helper, lookupHelper(beta, ...limbs)]),
  );
  helpers.g = tableHelper(beta, mult);
  hooks.helper?.(helpers, beta, tensors);
  const tau = squares(proof.commit('helper', committed('helper', places.helper, helpers, random)), SQ.count);

  // 3. batch
  const relations = new ReferenceBatch();
  const at = range(log2);
  const shares: Share[] = lookups.map(({ helper, index }) => ({ index, at, h: helpers[helper] }));
  for (const { helper, index, limbs } of lookups) relations.lookup(index, at, tau, beta, helpers[helper], limbs);
  addRelations(run, (index, terms) => relations.zero(index, at, tau, terms));
  relations.logUp(R, tau, beta, { g: helpers.g, mult, helpers: shares });
  return proveOneBatch(proof, SPARSE_MERGE, own, {
    beta,
    squares: tau,
    batch: relations,
    evaluate: (point, e) => {
      const here = pointAt(at, point);
      const put = (name: string, values: readonly bigint[]) => {
        const [short, task] = name.split('_');
        const n = E[short as 's'];
        e[typeof n === 'function' ? n(Number(task)) : (n as number)] = evaluateAt(values, here);
      };
      for (const name of present(names)) put(name, value(name));
      for (const { helper } of lookups) put(helper, helpers[helper]);
      put('C', run.vectors.child);
      put('B', run.vectors.parents[0]);
      run.vectors.parents.slice(1).forEach((vector, i) => {
        put(`P_${i + 1}`, vector);
      });
      e[E.g] = evaluateAt(helpers.g, point.slice(0, LIMB_BITS));
      e[E.mult] = evaluateAt(mult, point.slice(0, LIMB_BITS));
    },
  });
}

/** Every relation that is no lookup, as sums of products of vectors. */
function addRelations(run: SparseRun, zero: (index: number, terms: Term[]) => void): void {
  const { kappa, rho, nu, tensors: t, log2 } = run;
  const ones = zeros(2 ** log2).map(() => 1n);
  const none = zeros(2 ** log2);
  const value = (name: string) => t[name] ?? none;
  const signOf = (bits: readonly bigint[]) => bits.map((b) => 2n * b - 1n);
  const limbs = (...names: string[]) =>
    none.map((_, x) => names.reduce((s, name, j) => s + value(name)[x] * LIMB ** BigInt(j), 0n));
  const [base, ...tasks] = run.vectors.parents;
  const { child } = run.vectors;
  const { coefficient, threshold } = run.steps;
  const o = value('o');
  const all = tasks.map((P, index) => {
    const i = index + 1;
    const d = P.map((p, x) => p - base[x]);
    const [s, c, k, m, tt] = ['s', 'c', 'k', 'm', 't'].map((name) => value(`${name}_${i}`));
    zero(R.signBit(i), [term(s, s), times(-1n, s)]);
    zero(R.keptBit(i), [term(c, c), times(-1n, c)]);
    zero(R.size(i), [
      term(
        s.map((b) => 2n * b - kappa),
        d,
      ),
      times(-1n, c),
      times(-1n, limbs(`a0_${i}`, `a1_${i}`, `a2_${i}`)),
    ]);
    const G = m.map((b) => kappa * (b + 1n - rho));
    zero(R.trim(i), [
      term(G, signOf(c), signOf(s), d),
      times(-1n, G, signOf(c), threshold[index]),
      times(-1n, G, c),
      times(-1n, limbs(`b0_${i}`, `b1_${i}`, `b2_${i}`)),
    ]);
    zero(R.masked(i), [
      times(
        rho,
        c,
        m.map((b) => 1n - b),
      ),
    ]);
    zero(R.maskBit(i), [term(m, m), times(-1n, m)]);
    const below = value(`v${index}`).map((v) => run.kept[index] - v);
    zero(R.draw(i), [
      term(
        m.map((b) => 2n * b - rho),
        below,
      ),
      times(-1n, m),
      times(-1n, tt),
    ]);
    zero(R.agree(i), [times(2n, k), times(-1n, c), times(-1n, c, signOf(s), signOf(o))]);
    return { a: coefficient[index], d, c, k, takes: k.map((b, x) => b + (1n - kappa) * m[x]) };
  });
  const { offset, factor } = maskNumbers(run.seed);
  const v = limbs('v0', 'v1', 'v2', 'v3');
  zero(R.sequence, [
    term(
      v,
      none.map((_, x) => BigInt(x) + offset + 1n),
    ),
    times(-rho * factor, ones),
    times(-MODULUS, limbs('u0', 'u1')),
  ]);
  zero(R.electedBit, [term(o, o), times(-1n, o)]);
  zero(R.election, [
    ...all.map(({ a, c, d }) =>
      term(
        o.map((b) => 2n * b - kappa),
        a,
        c,
        d,
      ),
    ),
    times(-kappa, ones),
    term(o),
    times(-1n, limbs('e0', 'e1', 'e2', 'e3')),
  ]);
  const z = value('z');
  zero(R.noneBit, [term(z, z), times(-1n, z)]);
  zero(
    R.none,
    all.map(({ a, k }) => term(z, a, k)),
  );
  const change = child.map((x, at) => UNIT * (x - base[at]) - ROUND);
  const total = none.map((_, x) => 1n - nu + nu * sum(coefficient.map((a) => a[x])));
  const plain = z.map((b) => 1n - nu + b);
  zero(R.quotient, [
    term(plain, change),
    ...all.map(({ a, k }) => times(nu, a, k, change)),
    term(limbs('r0', 'r1')),
    ...all.map(({ a, takes, d }) => times(-1n, total, a, takes, d)),
  ]);
  zero(R.rest, [
    times(UNIT, plain),
    ...all.map(({ a, k }) => times(nu * UNIT, a, k)),
    times(-1n, ones),
    times(-1n, limbs('r0', 'r1')),
    times(-1n, limbs('y0', 'y1')),
  ]);
}
