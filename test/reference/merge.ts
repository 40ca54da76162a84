// Program merge (protocol, section 10), slow and in BigInt.

import { NUMBERING } from '../../src/generated/numbering.ts';
import { evaluate, type Random, range, squares, zeros } from './algebra.ts';
import { layersOf, MODEL_SLOTS, modelOracle, type ReferenceWeights, shapeInputs } from './models.ts';
import {
  blinding,
  countLimbs,
  type Hooks,
  lookupHelper,
  type NamedOracle,
  oracleOf,
  pointAt,
  positions,
  type Reference,
  ReferenceBatch,
  ReferenceClaims,
  ReferenceRun,
  slotBits,
  type Tensors,
  tableHelper,
  weightLimbs,
} from './relations.ts';

const { oracles: O, trace: T, helper: H, relations: R, evaluations: E, claims: C } = NUMBERING.merge;
/** Numbers of W (0) and of b (1): the evaluations of their limbs, helpers, value and sum M, the relations. */
const KINDS = [
  { evals: ['w1', 'w2', 'hW', 'kW', 'W', 'MW'], range: R.rangeW, rest: R.restW },
  { evals: ['c1', 'c2', 'hb', 'kb', 'b', 'Mb'], range: R.rangeb, rest: R.restb },
] as const;
const UNIT = 2n ** 14n;

const floor = (x: bigint, y: bigint): bigint => (x - (((x % y) + y) % y)) / y;

/** a[l][i] of layer l + 1 of the network and parent i. */
export type Coefficients = readonly (readonly bigint[])[];

/** sum of a_i x_i, entry by entry. */
const combine = (a: readonly bigint[], tensors: readonly (readonly bigint[])[]): bigint[] =>
  tensors[0].map((_, at) => tensors.reduce((s, t, i) => s + a[i] * t[at], 0n));

/** round(sum_i a_(i,l) W_i / 2^14), biases likewise. */
export function mergeModels(parents: readonly ReferenceWeights[], a: Coefficients, salt: bigint): ReferenceWeights {
  const merged = (l: number, tensors: bigint[][]) => combine(a[l], tensors).map((m) => floor(m + UNIT / 2n, UNIT));
  return {
    widths: parents[0].widths,
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

export interface MergeHooks extends Hooks {
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
  const run = new ReferenceRun(random, hooks);
  const layers = layersOf(child.widths);
  const childOracle = modelOracle(child);
  const absent: NamedOracle = { ...childOracle, vector: zeros(childOracle.vector.length) };
  const models = [childOracle, ...range(8).map((i) => (i < parents.length ? modelOracle(parents[i]) : absent))];
  const used = { parents: hooks.merged?.parents ?? parents, a: hooks.merged?.a ?? a };

  // 1. trace: the limbs of the child. W is which = 0, b is which = 1.
  const kinds = layers.flatMap(({ l, own, low, high }) =>
    [0, 1].map((which) => {
      const of = (m: ReferenceWeights) => (which === 0 ? m.W[own] : m.b[own]);
      const value = of(child);
      const M = combine(used.a[own], used.parents.map(of));
      return {
        l,
        which,
        value,
        M,
        remainder: M.map((m, at) => m + UNIT / 2n - UNIT * value[at]),
        at: positions(which === 0 ? low : 0, high),
        names:
          which === 0
            ? [`w1_${l}`, `w2_${l}`, `hW_${l}`, `kW_${l}`, `W_${l}`]
            : [`c1_${l}`, `c2_${l}`, `hb_${l}`, `kb_${l}`, `b_${l}`],
        own,
      };
    }),
  );
  const tensors: Tensors = {};
  for (const { value, names } of kinds) {
    const limbs = value.map(weightLimbs);
    tensors[names[0]] = limbs.map((v) => v[1]);
    tensors[names[1]] = limbs.map((v) => v[2]);
  }
  hooks.trace?.(tensors);
  const limbsOf = ({ value, names }: (typeof kinds)[number]): bigint[][] => {
    const [one, two] = [tensors[names[0]], tensors[names[1]]];
    return [value.map((x, i) => x + 2n ** 41n - UNIT * one[i] - UNIT * UNIT * two[i]), one, two];
  };
  const mult = countLimbs(kinds.flatMap((kind) => [...limbsOf(kind), kind.remainder]));
  hooks.multiplicities?.(mult);
  const trace = oracleOf({ ...tensors, mult, blinding: blinding(random) });
  const beta = run.commit('trace', trace, T.names);

  // 2. helper
  const inverse: Tensors = {};
  for (const kind of kinds) {
    inverse[kind.names[2]] = lookupHelper(beta, ...limbsOf(kind));
    inverse[kind.names[3]] = lookupHelper(beta, kind.remainder);
  }
  inverse.g = tableHelper(beta, mult);
  hooks.helper?.(inverse, beta, tensors);
  const helper = oracleOf({ ...inverse, blinding: [random.element()] });
  const x = run.commit('helper', helper, H.names);

  // 3. batch
  const tau = squares(x, NUMBERING.merge.squares.count);
  const lambda = run.transcript.absorb([run.nonce[NUMBERING.shared.nonces.lambda]]);
  const batch = new ReferenceBatch();
  for (const kind of kinds) {
    const { range: inRange, rest } = KINDS[kind.which];
    batch.lookup(inRange(kind.l), kind.at, tau, beta, inverse[kind.names[2]], limbsOf(kind));
    batch.lookupOne(rest(kind.l), kind.at, tau, beta, inverse[kind.names[3]], kind.remainder);
  }
  const helpers = kinds.flatMap(({ at, names }) => [2, 3].map((i) => ({ at, h: inverse[names[i]] })));
  batch.logUp(R, tau, beta, { g: inverse.g, mult, helpers });
  const { messages, point, missing } = batch.prove(lambda, run.transcript, hooks.interfere);

  // 4. evaluations and claims on them; M is a claim on every parent
  const evals = zeros(E.count);
  kinds.forEach(({ l, which, value, M, names, at }) => {
    const own = [tensors[names[0]], tensors[names[1]], inverse[names[2]], inverse[names[3]], value, M];
    KINDS[which].evals.forEach((name, i) => {
      evals[E[name](l)] = evaluate(own[i], pointAt(at, point));
    });
  });
  evals[E.g] = evaluate(inverse.g, point.slice(0, 14));
  evals[E.mult] = evaluate(mult, point.slice(0, 14));
  hooks.evals?.(evals, { point, lambda, beta, tau, missing });
  const rho = run.transcript.absorb(evals);
  const oracles = [...models, trace, helper];
  const claims = new ReferenceClaims(oracles, C.count);
  for (const index of range(C.count)) claims.set(index, evals[index]);
  for (const { l, which, names, at, own } of kinds) {
    const [one, two, ofRange, ofRest, value, M] = KINDS[which].evals.map((name) => E[name](l));
    const here = pointAt(at, point);
    const single = (index: number, oracle: number, name: string) =>
      claims.set(index, evals[index], claims.term(oracle, name, here));
    single(one, O.trace, names[0]);
    single(two, O.trace, names[1]);
    single(ofRange, O.helper, names[2]);
    single(ofRest, O.helper, names[3]);
    single(value, O.child, names[4]);
    claims.set(M, evals[M], ...range(8).map((i) => claims.term(O.parent(i), names[4], here, a[own][i] ?? 0n)));
  }
  claims.set(C.g, evals[E.g], claims.term(O.helper, 'g', point.slice(0, 14)));
  claims.set(C.mult, evals[E.mult], claims.term(O.trace, 'mult', point.slice(0, 14)));

  return run.finish(oracles, claims, batch, rho, {
    ...shapeInputs(child.widths),
    ...coefficientInputs(child.widths, a),
    modelOffset: slotBits(models[0], MODEL_SLOTS),
    traceOffset: slotBits(trace, T.names),
    helperOffset: slotBits(helper, H.names),
    batch1: messages,
    evals1: evals,
  });
}
