// Program merge (protocol, section 10): reference prover, and what its verifier knows.

import { NUMBERING } from '../../src/generated/numbering.ts';
import { mod, type Random, range, squares } from './algebra.ts';
import type { Claim } from './argument.ts';
import { pointAt, positions, ReferenceBatch } from './batch.ts';
import type { Oracle } from './commitments.ts';
import { addTable } from './data.ts';
import { absentOracle, modelInputs, modelOracle, placedModel, type ReferenceWeights } from './models.ts';
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
import { elements, LAYERS, layersOf, rows } from './sizes.ts';
import {
  countLimbs,
  floorDiv,
  type Inputs,
  LIMB_BITS,
  lookupHelper,
  place,
  shift,
  slotBits,
  type Tensors,
  tableHelper,
} from './tensors.ts';
import {
  addRange,
  committed,
  eqHere,
  type LimbView,
  limbsOf,
  limbView,
  traceLimbs,
  variables,
  WHICH,
} from './weight-limbs.ts';

const { oracles: O, squares: SQ, trace: T, helper: H, relations: R, evaluations: E, claims: C } = NUMBERING.merge;
/** Numbers of W (0) and of b (1): evaluations of the limbs, helpers, value and sum M; the relations. */
const NUMBERS = [
  { evals: ['w1', 'w2', 'hW', 'kW', 'W', 'MW'], range: R.rangeW, rest: R.restW },
  { evals: ['c1', 'c2', 'hb', 'kb', 'b', 'Mb'], range: R.rangeb, rest: R.restb },
] as const;
const OF_BIAS = /^(c1|c2|hb|kb)_/;
/** Coefficients have 14 fraction bits; a remainder below 2^14 is looked up times 4. */
const SCALE = 2n ** 14n;
const STRETCH = 4n;
const [FIELD, HALF] = [18n, 2n ** 17n];
const PARENTS = 8;

/** a[l][i] of layer l + 1 of the network and parent i. */
export type Coefficients = readonly (readonly bigint[])[];

/** sum of a_i x_i, entry by entry. */
const combine = (a: readonly bigint[], tensors: readonly (readonly bigint[])[]): bigint[] =>
  tensors[0].map((_, at) => tensors.reduce((s, t, i) => s + a[i] * t[at], 0n));

/** round(sum_i a_(i,l) W_i / 2^14), biases likewise. */
export function mergeModels(parents: readonly ReferenceWeights[], a: Coefficients, salt: bigint): ReferenceWeights {
  const merged = (l: number, tensors: bigint[][]) => combine(a[l], tensors).map((m) => floorDiv(m + SCALE / 2n, SCALE));
  return {
    widths: parents[0].widths,
    head: parents[0].head,
    W: parents[0].W.map((_, l) =>
      merged(
        l,
        parents.map((p) => p.W[l]),
      ),
    ),
    b: parents[0].b.map((_, l) =>
      merged(
        l,
        parents.map((p) => p.b[l]),
      ),
    ),
    salt,
  };
}

/** Circuit inputs of coefficients: 8 fields for each circuit layer, a = 0 where there is none. */
export function coefficientInputs(
  widths: readonly number[],
  a: Coefficients,
): { factors: bigint[][]; coefficients: bigint[] } {
  const factors = range(4).map(() => Array<bigint>(8).fill(2n ** 17n));
  for (const { l, own } of layersOf(widths))
    a[own].forEach((v, i) => {
      factors[l - 1][i] = v + 2n ** 17n;
    });
  return { factors, coefficients: factors.map((f) => f.reduce((s, v, i) => s + v * 2n ** BigInt(18 * i), 0n)) };
}

type View = LimbView & { a8: bigint[][] };

function view(inputs: Inputs): View {
  const model = limbView(inputs, { trace: T.names, helper: H.names }, OF_BIAS);
  const factors = rows(inputs, 'factors');
  const failed = [...model.failed];
  if (factors.flat().some((v) => mod(v) >= 2n ** FIELD)) failed.push('factors');
  const packed = factors.map((f) => mod(f.reduce((s, v, i) => s + v * 2n ** (FIELD * BigInt(i)), 0n)));
  elements(inputs, 'coefficients').forEach((word, l) => {
    if (packed[l] !== mod(word)) failed.push(`coefficients_${l + 1}`);
  });
  return { ...model, failed, a8: [[], ...factors.map((f) => f.map((v) => v - HALF))] };
}

function batch(v: View, c: Challenges, { evals1: e }: ReferenceMessages, add: AddRelation): void {
  const { beta, squares: tau, point } = c;
  for (const l of LAYERS)
    for (const which of WHICH) {
      const { evals, range: inRange, rest } = NUMBERS[which];
      const [one, two, h, k, value, M] = evals.map((name) => e[E[name](l)]);
      addRange(v, { l, which, index: inRange(l), logUp: R.logUp }, { beta, tau, point }, [one, two, h, value], add);
      const at = variables(v, l, which);
      const remainder = M + (v.p[l] * SCALE) / 2n - SCALE * value;
      add(rest(l), at, eqHere(at, tau, point) * mod(k * (beta - STRETCH * remainder) - v.p[l]));
      add(R.logUp, at, k);
    }
  addTable(beta, tau, point, e[E.g], e[E.mult], R, add);
}

function claims(v: View, { point }: Challenges, { evals1: e }: ReferenceMessages): Claim[] {
  const out: Claim[] = Array.from({ length: C.count });
  for (const l of LAYERS)
    for (const which of WHICH) {
      const at = pointAt(variables(v, l, which), point);
      const [one, two, h, k, x, M] = NUMBERS[which].evals;
      for (const name of [one, two])
        out[C[name](l)] = claimOf(e[E[name](l)], claimTerm(O.trace, v.trace[`${name}_${l}`], at));
      for (const name of [h, k])
        out[C[name](l)] = claimOf(e[E[name](l)], claimTerm(O.helper, v.helper[`${name}_${l}`], at));
      const slot = v.slots[`${x}_${l}`];
      out[C[x](l)] = claimOf(e[E[x](l)], claimTerm(O.child, slot, at));
      const parents = range(PARENTS).map((i) => claimTerm(O.parent(i), slot, at, v.a8[l][i]));
      out[C[M](l)] = claimOf(e[E[M](l)], ...parents);
    }
  const table = point.slice(0, LIMB_BITS);
  out[C.g] = claimOf(e[E.g], claimTerm(O.helper, v.helper.g, table));
  out[C.mult] = claimOf(e[E.mult], claimTerm(O.trace, v.trace.mult, table));
  return out;
}

export const MERGE: VerifiedProgram<View> = {
  program: 'merge',
  rounds: 24,
  degree: 5,
  view,
  claimed: () => ({}),
  batch,
  claims,
};

/** What a merge says. */
export interface MergeStatement {
  child: ReferenceWeights;
  parents: ReferenceWeights[];
  a: bigint[][];
}

export interface MergeHooks extends Hooks<MergeStatement> {
  /** what the prover's sums M are made of, where it cheats: else the parents and coefficients of the statement */
  merged?: { parents?: readonly ReferenceWeights[]; a?: Coefficients };
}

/** Proves a child to be the merge of its parents, whatever it is. */
export function proveMerge(
  child: ReferenceWeights,
  parents: readonly ReferenceWeights[],
  a: Coefficients,
  random: Random,
  hooks: MergeHooks = {},
): Reference {
  const layers = layersOf(child.widths);
  const used = { parents: hooks.merged?.parents ?? parents, a: hooks.merged?.a ?? a };

  // 1. layouts and statement
  const placedOf = (names: readonly string[]) =>
    place(
      names.flatMap((name): [string, number][] => {
        if (!/_\d$/.test(name)) return [[name, LIMB_BITS]];
        const layer = layers.find(({ l }) => name.endsWith(`_${l}`));
        return layer ? [[name, layer.high + (OF_BIAS.test(name) ? 0 : layer.low)]] : [];
      }),
      names,
    );
  const places = {
    model: placedModel(child.widths),
    trace: shift(placedOf(T.names), hooks.moved?.trace ?? 0),
    helper: shift(placedOf(H.names), hooks.moved?.helper ?? 0),
  };
  hooks.slots?.({ ...places.model.slots, ...places.trace.slots, ...places.helper.slots });
  const own: Inputs = {
    ...modelInputs(child, places.model),
    ...coefficientInputs(child.widths, a),
    traceOffset: slotBits(places.trace.slots, T.names),
    helperOffset: slotBits(places.helper.slots, H.names),
  };
  const statement: Record<string, Oracle> = { child: modelOracle(child, places.model) };
  for (const i of range(PARENTS))
    statement[`parent_${i}`] =
      i < parents.length ? modelOracle(parents[i], places.model) : absentOracle(places.model.slots);
  const proof = new ReferenceRun('merge', random, hooks as Hooks<never>, {
    parameters: [own.shape as bigint, ...(own.coefficients as bigint[])],
    extra: [],
    statement,
  });

  // 2. trace: the limbs of the child
  const kinds = layers.flatMap(({ l, own: k, low, high }) =>
    WHICH.map((which) => {
      const of = (m: ReferenceWeights) => (which === 0 ? m.W[k] : m.b[k]);
      const value = of(child);
      const M = combine(used.a[k], used.parents.map(of));
      const at = positions(which === 0 ? low : 0, high);
      const remainder = M.map((m, x) => STRETCH * (m + SCALE / 2n - SCALE * value[x]));
      return { l, which, value, M, at, remainder, names: NUMBERS[which].evals.map((name) => `${name}_${l}`) };
    }),
  );
  const tensors: Tensors = {};
  for (const { l, which, value } of kinds) traceLimbs(tensors, which, l, value);
  hooks.trace?.(tensors);
  const limbs = kinds.map(({ value, names }) => limbsOf(value, tensors[names[0]], tensors[names[1]]));
  const lookups = kinds.flatMap(({ l, which, remainder }, i) => {
    const [index, rest] = [NUMBERS[which].range(l), NUMBERS[which].rest(l)];
    return [
      { index, limbs: looked(index, limbs[i]) },
      { index: rest, limbs: [remainder] },
    ];
  });
  const mult = countLimbs(sharing(lookups).flatMap((lookup) => lookup.limbs));
  hooks.multiplicities?.(mult);
  const beta = proof.commit('trace', committed('trace', places.trace, { ...tensors, mult }, random));

  // 3. helper
  const helpers: Tensors = {};
  kinds.forEach(({ names }, i) => {
    helpers[names[2]] = lookupHelper(beta, ...lookups[2 * i].limbs);
    helpers[names[3]] = lookupHelper(beta, ...lookups[2 * i + 1].limbs);
  });
  helpers.g = tableHelper(beta, mult);
  hooks.helper?.(helpers, beta, tensors);
  const tau = squares(proof.commit('helper', committed('helper', places.helper, helpers, random)), SQ.count);

  // 4. batch
  const relations = new ReferenceBatch();
  const shares = kinds.flatMap(({ l, which, names, at, remainder }, i) => {
    relations.lookup(NUMBERS[which].range(l), at, tau, beta, helpers[names[2]], limbs[i]);
    relations.lookupOne(NUMBERS[which].rest(l), at, tau, beta, helpers[names[3]], remainder);
    return [
      { index: NUMBERS[which].range(l), at, h: helpers[names[2]] },
      { index: NUMBERS[which].rest(l), at, h: helpers[names[3]] },
    ];
  });
  relations.logUp(R, tau, beta, { g: helpers.g, mult, helpers: shares });
  return proveOneBatch(proof, MERGE, own, {
    beta,
    squares: tau,
    batch: relations,
    evaluate: (point, e) => {
      for (const { l, which, names, value, M, at } of kinds) {
        const all = [tensors[names[0]], tensors[names[1]], helpers[names[2]], helpers[names[3]], value, M];
        NUMBERS[which].evals.forEach((name, i) => {
          e[E[name](l)] = evaluateAt(all[i], pointAt(at, point));
        });
      }
      e[E.g] = evaluateAt(helpers.g, point.slice(0, LIMB_BITS));
      e[E.mult] = evaluateAt(mult, point.slice(0, LIMB_BITS));
    },
  });
}
