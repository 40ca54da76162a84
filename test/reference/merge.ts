// Program merge (protocol, section 10): reference prover, and what its verifier knows. Program convMerge is the same of other
// tensors.

import { NUMBERING } from '../../src/generated/numbering.ts';
import { mod, type Random, range, squares } from './algebra.ts';
import type { Claim } from './argument.ts';
import { pointAt, ReferenceBatch } from './batch.ts';
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
import { elements, rows } from './sizes.ts';
import {
  countLimbs,
  floorDiv,
  type Inputs,
  LIMB_BITS,
  lookupHelper,
  type Placed,
  slotBits,
  type Tensors,
  tableHelper,
} from './tensors.ts';
import {
  addRange,
  committed,
  DENSE,
  type DenseView,
  denseView,
  denseWeighed,
  eqHere,
  limbPlaces,
  limbsOf,
  traceLimbs,
  type Weighed,
  type WeightKind,
  type WeightView,
  WHICH,
} from './weight-limbs.ts';

export type Merges = 'merge' | 'convMerge';
const evalsOf = [
  ['w1', 'w2', 'hW', 'kW', 'W', 'MW'],
  ['c1', 'c2', 'hb', 'kb', 'b', 'Mb'],
] as const;
/** Numbers of W (0) and of b (1): evaluations of the limbs, helpers, value and sum M; the relations. */
const numbersOf = (program: Merges) => {
  const { relations: R } = NUMBERING[program];
  return [
    { evals: evalsOf[0], range: R.rangeW, rest: R.restW },
    { evals: evalsOf[1], range: R.rangeb, rest: R.restb },
  ] as const;
};
export const OF_MERGED_BIAS = /^(c1|c2|hb|kb)_/;
/** Coefficients have 14 fraction bits; a remainder below 2^14 is looked up times 4. */
const SCALE = 2n ** 14n;
const STRETCH = 4n;
const [FIELD, HALF] = [18n, 2n ** 17n];
export const PARENTS = 8;

/** a[l][i] of layer l + 1 of the network and parent i. */
export type Coefficients = readonly (readonly bigint[])[];

/** sum of a_i x_i, entry by entry. */
const combine = (a: readonly bigint[], tensors: readonly (readonly bigint[])[]): bigint[] =>
  tensors[0].map((_, at) => tensors.reduce((s, t, i) => s + a[i] * t[at], 0n));

/** round(sum_i a_(i,l) W_i / 2^14), biases likewise; everything else is the first parent's. */
export function mergeModels<Model extends Values>(parents: readonly Model[], a: Coefficients, salt: bigint): Model {
  const merged = (l: number, tensors: bigint[][]) => combine(a[l], tensors).map((m) => floorDiv(m + SCALE / 2n, SCALE));
  return {
    ...parents[0],
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

/** Circuit inputs of coefficients: 8 fields for each of the circuit's layers, a = 0 where there is none. */
export function coefficientInputs(a: Coefficients, layers = 4): { factors: bigint[][]; coefficients: bigint[] } {
  const absent = layers - a.length;
  const factors = range(layers).map((l) =>
    range(PARENTS).map((i) => (l < absent ? 0n : (a[l - absent][i] ?? 0n)) + HALF),
  );
  return { factors, coefficients: factors.map((f) => f.reduce((s, v, i) => s + v * 2n ** BigInt(18 * i), 0n)) };
}

export type MergeView = WeightView & { a8: bigint[][]; failed: string[] };

/** The coefficients of the private fields, by layer, and what is wrong with them. */
export function mergeView<V extends WeightView & { failed: string[] }>(model: V, inputs: Inputs): V & MergeView {
  const factors = rows(inputs, 'factors');
  const failed = [...model.failed];
  if (factors.flat().some((v) => mod(v) >= 2n ** FIELD)) failed.push('factors');
  const packed = factors.map((f) => mod(f.reduce((s, v, i) => s + v * 2n ** (FIELD * BigInt(i)), 0n)));
  elements(inputs, 'coefficients').forEach((word, l) => {
    if (packed[l] !== mod(word)) failed.push(`coefficients_${l + 1}`);
  });
  return { ...model, failed, a8: [[], ...factors.map((f) => f.map((v) => v - HALF))] };
}

/** The verifier's side of a merge. */
export function mergeProgram<V extends MergeView>(
  program: Merges,
  kind: WeightKind<V>,
  view: (inputs: Inputs) => V & { failed: string[] },
): VerifiedProgram<V> {
  const { oracles: O, relations: R, evaluations: E, claims: C } = NUMBERING[program];
  const numbers = numbersOf(program);

  function batch(v: V, c: Challenges, { evals1: e }: ReferenceMessages, add: AddRelation): void {
    const { beta, squares: tau, point } = c;
    for (const l of kind.layers)
      for (const which of WHICH) {
        const { evals, range: inRange, rest } = numbers[which];
        const [one, two, h, k, value, M] = evals.map((name) => e[E[name](l)]);
        const at = kind.variables(v, l, which);
        const lookup = { at, present: v.p[l], index: inRange(l), logUp: R.logUp };
        addRange(lookup, { beta, tau, point }, [one, two, h, value], add);
        const remainder = M + (v.p[l] * SCALE) / 2n - SCALE * value;
        add(rest(l), at, eqHere(at, tau, point) * mod(k * (beta - STRETCH * remainder) - v.p[l]));
        add(R.logUp, at, k);
      }
    addTable(beta, tau, point, e[E.g], e[E.mult], R, add);
  }

  function claims(v: V, { point }: Challenges, { evals1: e }: ReferenceMessages): Claim[] {
    const out: Claim[] = Array.from({ length: C.count });
    for (const l of kind.layers)
      for (const which of WHICH) {
        const at = pointAt(kind.variables(v, l, which), point);
        const [one, two, h, k, x, M] = numbers[which].evals;
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

  return { program, rounds: kind.rounds, degree: 5, view, claimed: () => ({}), batch, claims };
}

const NAMES = { trace: NUMBERING.merge.trace.names, helper: NUMBERING.merge.helper.names };

export const MERGE: VerifiedProgram<DenseView & MergeView> = mergeProgram<DenseView & MergeView>(
  'merge',
  DENSE,
  (inputs) => mergeView(denseView(inputs, NAMES, OF_MERGED_BIAS), inputs),
);

/** What a merge says. */
export interface MergeStatement {
  child: ReferenceWeights;
  parents: ReferenceWeights[];
  a: bigint[][];
}

/** W and b of a model, layers of the network. */
export type Values = Pick<ReferenceWeights, 'W' | 'b'>;

export interface MergeHooks<Statement = MergeStatement> extends Hooks<Statement> {
  /** what the prover's sums M are made of, where it cheats: else the parents and coefficients of the statement */
  merged?: { parents?: readonly Values[]; a?: Coefficients };
}

/** Proves a child to be the merge of its parents, whatever it is. */
export function proveMerge(
  child: ReferenceWeights,
  parents: readonly ReferenceWeights[],
  a: Coefficients,
  random: Random,
  hooks: MergeHooks = {},
): Reference {
  const weighed = denseWeighed(child.widths);
  const places = { model: placedModel(child.widths), ...limbPlaces(weighed, NAMES, OF_MERGED_BIAS, hooks.moved) };
  hooks.slots?.({ ...places.model.slots, ...places.trace.slots, ...places.helper.slots });
  const own: Inputs = {
    ...modelInputs(child, places.model),
    ...coefficientInputs(a),
    traceOffset: slotBits(places.trace.slots, NAMES.trace),
    helperOffset: slotBits(places.helper.slots, NAMES.helper),
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
  const used = { parents: hooks.merged?.parents ?? parents, a: hooks.merged?.a ?? a };
  return proveMerged(MERGE, proof, own, { weighed, child, used, places, random, hooks: hooks as Hooks });
}

/** The proof of a merge from its trace on. */
export function proveMerged<V extends MergeView>(
  verified: VerifiedProgram<V>,
  proof: ReferenceRun,
  own: Inputs,
  {
    weighed,
    child,
    used,
    places,
    random,
    hooks,
  }: {
    weighed: readonly Weighed[];
    child: Values;
    used: { parents: readonly Values[]; a: Coefficients };
    places: Record<'trace' | 'helper', Placed>;
    random: Random;
    hooks: Hooks;
  },
): Reference {
  const program = verified.program as Merges;
  const { squares: SQ, relations: R, evaluations: E } = NUMBERING[program];
  const numbers = numbersOf(program);
  const first = weighed[0].l;

  // 1. trace: the limbs of the child
  const kinds = weighed.map(({ l, which, at }) => {
    const of = (m: Values) => (which === 0 ? m.W : m.b)[l - first];
    const value = of(child);
    const M = combine(used.a[l - first], used.parents.map(of));
    const remainder = M.map((m, x) => STRETCH * (m + SCALE / 2n - SCALE * value[x]));
    return { l, which, value, M, at, remainder, names: numbers[which].evals.map((name) => `${name}_${l}`) };
  });
  const tensors: Tensors = {};
  for (const { l, which, value } of kinds) traceLimbs(tensors, which, l, value);
  hooks.trace?.(tensors);
  const limbs = kinds.map(({ value, names }) => limbsOf(value, tensors[names[0]], tensors[names[1]]));
  const lookups = kinds.flatMap(({ l, which, remainder }, i) => {
    const [index, rest] = [numbers[which].range(l), numbers[which].rest(l)];
    return [
      { index, limbs: looked(index, limbs[i]) },
      { index: rest, limbs: [remainder] },
    ];
  });
  const mult = countLimbs(sharing(lookups).flatMap((lookup) => lookup.limbs));
  hooks.multiplicities?.(mult);
  const beta = proof.commit('trace', committed('trace', places.trace, { ...tensors, mult }, random));

  // 2. helper
  const helpers: Tensors = {};
  kinds.forEach(({ names }, i) => {
    helpers[names[2]] = lookupHelper(beta, ...lookups[2 * i].limbs);
    helpers[names[3]] = lookupHelper(beta, ...lookups[2 * i + 1].limbs);
  });
  helpers.g = tableHelper(beta, mult);
  hooks.helper?.(helpers, beta, tensors);
  const tau = squares(proof.commit('helper', committed('helper', places.helper, helpers, random)), SQ.count);

  // 3. batch
  const relations = new ReferenceBatch();
  const shares = kinds.flatMap(({ l, which, names, at, remainder }, i) => {
    relations.lookup(numbers[which].range(l), at, tau, beta, helpers[names[2]], limbs[i]);
    relations.lookupOne(numbers[which].rest(l), at, tau, beta, helpers[names[3]], remainder);
    return [
      { index: numbers[which].range(l), at, h: helpers[names[2]] },
      { index: numbers[which].rest(l), at, h: helpers[names[3]] },
    ];
  });
  relations.logUp(R, tau, beta, { g: helpers.g, mult, helpers: shares });
  return proveOneBatch(proof, verified, own, {
    beta,
    squares: tau,
    batch: relations,
    evaluate: (point, e) => {
      for (const { l, which, names, value, M, at } of kinds) {
        const all = [tensors[names[0]], tensors[names[1]], helpers[names[2]], helpers[names[3]], value, M];
        numbers[which].evals.forEach((name, i) => {
          e[E[name](l)] = evaluateAt(all[i], pointAt(at, point));
        });
      }
      e[E.g] = evaluateAt(helpers.g, point.slice(0, LIMB_BITS));
      e[E.mult] = evaluateAt(mult, point.slice(0, LIMB_BITS));
    },
  });
}
