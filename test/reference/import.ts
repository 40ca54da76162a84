// Program import (protocol, section 9): reference prover, and what its verifier knows.

import { NUMBERING } from '../../src/generated/numbering.ts';
import { type Random, squares } from './algebra.ts';
import type { Claim } from './argument.ts';
import { pointAt, positions, ReferenceBatch, term, times } from './batch.ts';
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
import { LAYERS, layersOf } from './sizes.ts';
import {
  countLimbs,
  type Inputs,
  LIMB_BITS,
  lookupHelper,
  place,
  real,
  shift,
  slotBits,
  type Tensors,
  tableHelper,
} from './tensors.ts';
import {
  addRange,
  committed,
  eqHere,
  KINDS,
  type LimbView,
  limbsOf,
  limbView,
  realAt,
  traceLimbs,
  variables,
  WHICH,
} from './weight-limbs.ts';

const { oracles: O, squares: SQ, trace: T, helper: H, relations: R, evaluations: E, claims: C } = NUMBERING.import;
const NUMBERS = [
  { evals: ['w1', 'w2', 'hW', 'W'], range: R.rangeW, padding: R.paddingW },
  { evals: ['c1', 'c2', 'hb', 'b'], range: R.rangeb, padding: R.paddingb },
] as const;
/** SHA-256 of a file that was never read. */
const SOURCE = 0x5ace5ace5acen;
const OF_BIAS = /^(c1|c2|hb)_/;

function batch(v: LimbView, c: Challenges, { evals1: e }: ReferenceMessages, add: AddRelation): void {
  const { beta, squares: tau, point } = c;
  for (const l of LAYERS)
    for (const which of WHICH) {
      const { evals, range: inRange, padding } = NUMBERS[which];
      const values = evals.map((name) => e[E[name](l)]);
      addRange(v, { l, which, index: inRange(l), logUp: R.logUp }, { beta, tau, point }, values, add);
      const at = variables(v, l, which);
      add(padding(l), at, eqHere(at, tau, point) * values[3] * (1n - realAt(v, l, which, point)));
    }
  addTable(beta, tau, point, e[E.g], e[E.mult], R, add);
}

function claims(v: LimbView, { point }: Challenges, { evals1: e }: ReferenceMessages): Claim[] {
  const out: Claim[] = Array.from({ length: C.count });
  for (const l of LAYERS)
    for (const which of WHICH) {
      const at = pointAt(variables(v, l, which), point);
      NUMBERS[which].evals.forEach((name, i) => {
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

export const IMPORT: VerifiedProgram<LimbView> = {
  program: 'import',
  rounds: 24,
  degree: 5,
  view: (inputs) => limbView(inputs, { trace: T.names, helper: H.names }, OF_BIAS),
  claimed: () => ({}),
  batch,
  claims,
};

/** Proves weights to be an import, whatever they are. */
export function proveImport(weights: ReferenceWeights, random: Random, hooks: Hooks<ReferenceWeights> = {}): Reference {
  hooks.run?.(weights);
  const layers = layersOf(weights.widths);

  // 1. layouts and statement
  const of = (name: string, bias: RegExp): [string, number] => {
    const layer = layers.find(({ l }) => name.endsWith(`_${l}`));
    return [name, layer ? layer.high + (bias.test(name) ? 0 : layer.low) : LIMB_BITS];
  };
  const there = (name: string) => !/_\d$/.test(name) || layers.some(({ l }) => name.endsWith(`_${l}`));
  const placedOf = (names: readonly string[]) =>
    place(
      names.filter(there).map((name) => of(name, OF_BIAS)),
      names,
    );
  const places = {
    model: placedModel(weights.widths),
    trace: shift(placedOf(T.names), hooks.moved?.trace ?? 0),
    helper: shift(placedOf(H.names), hooks.moved?.helper ?? 0),
  };
  hooks.slots?.({ ...places.model.slots, ...places.trace.slots, ...places.helper.slots });
  const own: Inputs = {
    ...modelInputs(weights, places.model),
    traceOffset: slotBits(places.trace.slots, T.names),
    helperOffset: slotBits(places.helper.slots, H.names),
  };
  const proof = new ReferenceRun('import', random, hooks as Hooks<never>, {
    parameters: [own.shape as bigint],
    extra: [SOURCE, 0n],
    statement: { model: modelOracle(weights, places.model) },
  });

  // 2. trace
  const kinds = layers.flatMap(({ l, own: k, rows, columns, low, high }) =>
    WHICH.map((which) => ({
      l,
      which,
      value: which === 0 ? weights.W[k] : weights.b[k],
      mask: which === 0 ? real(rows, high).flatMap((r) => real(columns, low).map((c) => r * c)) : real(rows, high),
      at: positions(which === 0 ? low : 0, high),
    })),
  );
  const tensors: Tensors = {};
  for (const { l, which, value } of kinds) traceLimbs(tensors, which, l, value);
  hooks.trace?.(tensors);
  const limbs = kinds.map(({ l, which, value }) => {
    const [one, two] = KINDS[which].limbs.map((name) => tensors[`${name}_${l}`]);
    return limbsOf(value, one, two);
  });
  const lookups = kinds.map(({ l, which }, i) => {
    const index = NUMBERS[which].range(l);
    return { index, limbs: looked(index, limbs[i]) };
  });
  const mult = countLimbs(sharing(lookups).flatMap((lookup) => lookup.limbs));
  hooks.multiplicities?.(mult);
  const beta = proof.commit('trace', committed('trace', places.trace, { ...tensors, mult }, random));

  // 3. helper
  const helpers: Tensors = {};
  kinds.forEach(({ l, which }, i) => {
    helpers[`${KINDS[which].range}_${l}`] = lookupHelper(beta, ...lookups[i].limbs);
  });
  helpers.g = tableHelper(beta, mult);
  hooks.helper?.(helpers, beta, tensors);
  const tau = squares(proof.commit('helper', committed('helper', places.helper, helpers, random)), SQ.count);

  // 4. batch
  const relations = new ReferenceBatch();
  const shares = kinds.map(({ l, which, value, mask, at }, i) => {
    const h = helpers[`${KINDS[which].range}_${l}`];
    relations.lookup(NUMBERS[which].range(l), at, tau, beta, h, limbs[i]);
    relations.zero(NUMBERS[which].padding(l), at, tau, [term(value), times(-1n, value, mask)]);
    return { index: NUMBERS[which].range(l), at, h };
  });
  relations.logUp(R, tau, beta, { g: helpers.g, mult, helpers: shares });
  return proveOneBatch(proof, IMPORT, own, {
    beta,
    squares: tau,
    batch: relations,
    evaluate: (point, e) => {
      for (const { l, which, value, at } of kinds) {
        const [one, two, h, x] = NUMBERS[which].evals;
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
