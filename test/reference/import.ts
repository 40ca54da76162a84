// Program import (protocol, section 9): reference prover, and what its verifier knows. Program convImport is the same of
// other tensors.

import { NUMBERING } from '../../src/generated/numbering.ts';
import { type Random, squares } from './algebra.ts';
import type { Claim } from './argument.ts';
import { pointAt, ReferenceBatch, term, times } from './batch.ts';
import { addTable } from './data.ts';
import { modelInputs, modelOracle, placedModel, type ReferenceWeights } from './models.ts';
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
import {
  countLimbs,
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
  KINDS,
  limbPlaces,
  limbsOf,
  traceLimbs,
  type Weighed,
  type WeightKind,
  type WeightView,
  WHICH,
} from './weight-limbs.ts';

export type Imports = 'import' | 'convImport';
const evalsOf = [
  ['w1', 'w2', 'hW', 'W'],
  ['c1', 'c2', 'hb', 'b'],
] as const;
/** Numbers of W (0) and of b (1): evaluations of the limbs, helper and value; the relations. */
const numbersOf = (program: Imports) => {
  const { relations: R } = NUMBERING[program];
  return [
    { evals: evalsOf[0], range: R.rangeW, padding: R.paddingW },
    { evals: evalsOf[1], range: R.rangeb, padding: R.paddingb },
  ] as const;
};
/** SHA-256 of a file that was never read. */
export const SOURCE = 0x5ace5ace5acen;
export const OF_IMPORTED_BIAS = /^(c1|c2|hb)_/;

/** The verifier's side of an import. */
export function importProgram<V extends WeightView>(
  program: Imports,
  kind: WeightKind<V>,
  view: (inputs: Inputs) => V & { failed: string[] },
): VerifiedProgram<V> {
  const { oracles: O, relations: R, evaluations: E, claims: C } = NUMBERING[program];
  const numbers = numbersOf(program);

  function batch(v: V, c: Challenges, { evals1: e }: ReferenceMessages, add: AddRelation): void {
    const { beta, squares: tau, point } = c;
    for (const l of kind.layers)
      for (const which of WHICH) {
        const { evals, range: inRange, padding } = numbers[which];
        const values = evals.map((name) => e[E[name](l)]);
        const at = kind.variables(v, l, which);
        const lookup = { at, present: v.p[l], index: inRange(l), logUp: R.logUp };
        addRange(lookup, { beta, tau, point }, values, add);
        add(padding(l), at, eqHere(at, tau, point) * values[3] * (1n - kind.real(v, l, which, point)));
      }
    addTable(beta, tau, point, e[E.g], e[E.mult], R, add);
  }

  function claims(v: V, { point }: Challenges, { evals1: e }: ReferenceMessages): Claim[] {
    const out: Claim[] = Array.from({ length: C.count });
    for (const l of kind.layers)
      for (const which of WHICH) {
        const at = pointAt(kind.variables(v, l, which), point);
        numbers[which].evals.forEach((name, i) => {
          const [oracle, slots] = (
            [
              [O.trace, v.trace],
              [O.trace, v.trace],
              [O.helper, v.helper],
              [O.model, v.slots],
            ] as const
          )[i];
          out[C[name](l)] = claimOf(e[E[name](l)], claimTerm(oracle, slots[`${name}_${l}`], at));
        });
      }
    const table = point.slice(0, LIMB_BITS);
    out[C.g] = claimOf(e[E.g], claimTerm(O.helper, v.helper.g, table));
    out[C.mult] = claimOf(e[E.mult], claimTerm(O.trace, v.trace.mult, table));
    return out;
  }

  return { program, rounds: kind.rounds, degree: 5, view, claimed: () => ({}), batch, claims };
}

export const IMPORT: VerifiedProgram<DenseView> = importProgram<DenseView>('import', DENSE, (inputs) =>
  denseView(inputs, { trace: NUMBERING.import.trace.names, helper: NUMBERING.import.helper.names }, OF_IMPORTED_BIAS),
);

/** Proves weights to be an import, whatever they are. */
export function proveImport(weights: ReferenceWeights, random: Random, hooks: Hooks<ReferenceWeights> = {}): Reference {
  hooks.run?.(weights);
  const weighed = denseWeighed(weights.widths);
  const { trace, helper } = NUMBERING.import;
  const names = { trace: trace.names, helper: helper.names };
  const places = { model: placedModel(weights.widths), ...limbPlaces(weighed, names, OF_IMPORTED_BIAS, hooks.moved) };
  hooks.slots?.({ ...places.model.slots, ...places.trace.slots, ...places.helper.slots });
  const own: Inputs = {
    ...modelInputs(weights, places.model),
    traceOffset: slotBits(places.trace.slots, names.trace),
    helperOffset: slotBits(places.helper.slots, names.helper),
  };
  const proof = new ReferenceRun('import', random, hooks as Hooks<never>, {
    parameters: [own.shape as bigint],
    extra: [SOURCE, 0n],
    statement: { model: modelOracle(weights, places.model) },
  });
  const absent = 5 - weights.widths.length;
  const values = weighed.map(({ l, which }) => (which === 0 ? weights.W : weights.b)[l - absent - 1]);
  return proveImported(IMPORT, proof, own, { weighed, values, places, random, hooks: hooks as Hooks });
}

/** The proof of an import from its trace on. `values` are those of the weighed tensors. */
export function proveImported<V extends WeightView>(
  verified: VerifiedProgram<V>,
  proof: ReferenceRun,
  own: Inputs,
  {
    weighed,
    values,
    places,
    random,
    hooks,
  }: {
    weighed: readonly Weighed[];
    values: readonly bigint[][];
    places: Record<'trace' | 'helper', Placed>;
    random: Random;
    hooks: Hooks;
  },
): Reference {
  const program = verified.program as Imports;
  const { squares: SQ, relations: R, evaluations: E } = NUMBERING[program];
  const numbers = numbersOf(program);
  const kinds = weighed.map((tensor, i) => ({ ...tensor, value: values[i] }));

  // 1. trace
  const tensors: Tensors = {};
  for (const { l, which, value } of kinds) traceLimbs(tensors, which, l, value);
  hooks.trace?.(tensors);
  const limbs = kinds.map(({ l, which, value }) => {
    const [one, two] = KINDS[which].limbs.map((name) => tensors[`${name}_${l}`]);
    return limbsOf(value, one, two);
  });
  const lookups = kinds.map(({ l, which }, i) => {
    const index = numbers[which].range(l);
    return { index, limbs: looked(index, limbs[i]) };
  });
  const mult = countLimbs(sharing(lookups).flatMap((lookup) => lookup.limbs));
  hooks.multiplicities?.(mult);
  const beta = proof.commit('trace', committed('trace', places.trace, { ...tensors, mult }, random));

  // 2. helper
  const helpers: Tensors = {};
  kinds.forEach(({ l, which }, i) => {
    helpers[`${KINDS[which].range}_${l}`] = lookupHelper(beta, ...lookups[i].limbs);
  });
  helpers.g = tableHelper(beta, mult);
  hooks.helper?.(helpers, beta, tensors);
  const tau = squares(proof.commit('helper', committed('helper', places.helper, helpers, random)), SQ.count);

  // 3. batch
  const relations = new ReferenceBatch();
  const shares = kinds.map(({ l, which, value, mask, at }, i) => {
    const h = helpers[`${KINDS[which].range}_${l}`];
    relations.lookup(numbers[which].range(l), at, tau, beta, h, limbs[i]);
    relations.zero(numbers[which].padding(l), at, tau, [term(value), times(-1n, value, mask)]);
    return { index: numbers[which].range(l), at, h };
  });
  relations.logUp(R, tau, beta, { g: helpers.g, mult, helpers: shares });
  return proveOneBatch(proof, verified, own, {
    beta,
    squares: tau,
    batch: relations,
    evaluate: (point, e) => {
      for (const { l, which, value, at } of kinds) {
        const [one, two, h, x] = numbers[which].evals;
        e[E[one](l)] = evaluateAt(tensors[`${one}_${l}`], pointAt(at, point));
        e[E[two](l)] = evaluateAt(tensors[`${two}_${l}`], pointAt(at, point));
        e[E[h](l)] = evaluateAt(helpers[`${h}_${l}`], pointAt(at, point));
        e[E[x](l)] = evaluateAt(value, pointAt(at, point));
      }
      e[E.g] = evaluateAt(helpers.g, point.slice(0, LIMB_BITS));
      e[E.mult] = evaluateAt(mult, point.slice(0, LIMB_BITS));
    },
  });
}
