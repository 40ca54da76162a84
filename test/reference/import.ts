// Program import (protocol, section 9), slow and in BigInt.

import { NUMBERING } from '../../src/generated/numbering.ts';
import { evaluate, type Random, range, squares, zeros } from './algebra.ts';
import { layersOf, MODEL_SLOTS, modelOracle, type ReferenceWeights, real, shapeInputs } from './models.ts';
import {
  blinding,
  countLimbs,
  type Hooks,
  lookupHelper,
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
  term,
  times,
  weightLimbs,
} from './relations.ts';

const { oracles: O, trace: T, helper: H, relations: R, evaluations: E, claims: C } = NUMBERING.import;

/** Proves weights to be an import, whatever they are. */
export function proveImport(weights: ReferenceWeights, random: Random, hooks: Hooks = {}): Reference {
  const run = new ReferenceRun(random, hooks);
  const layers = layersOf(weights.widths);
  const model = modelOracle(weights);

  // 1. trace
  const tensors: Tensors = {};
  for (const { l, own } of layers) {
    const [w, c] = [weights.W[own].map(weightLimbs), weights.b[own].map(weightLimbs)];
    tensors[`w1_${l}`] = w.map((v) => v[1]);
    tensors[`w2_${l}`] = w.map((v) => v[2]);
    tensors[`c1_${l}`] = c.map((v) => v[1]);
    tensors[`c2_${l}`] = c.map((v) => v[2]);
  }
  hooks.trace?.(tensors);
  /** l0, l1, l2 of W (0) or b (1) */
  const limbs = (l: number, own: number, which: number): bigint[][] => {
    const value = which === 0 ? weights.W[own] : weights.b[own];
    const [one, two] = (which === 0 ? ['w1', 'w2'] : ['c1', 'c2']).map((n) => tensors[`${n}_${l}`]);
    return [value.map((x, i) => x + 2n ** 41n - 2n ** 14n * one[i] - 2n ** 28n * two[i]), one, two];
  };
  const mult = countLimbs(layers.flatMap(({ l, own }) => [...limbs(l, own, 0), ...limbs(l, own, 1)]));
  hooks.multiplicities?.(mult);
  const trace = oracleOf({ ...tensors, mult, blinding: blinding(random) });
  const beta = run.commit('trace', trace, T.names);

  // 2. helper
  const inverse: Tensors = {};
  for (const { l, own } of layers) {
    inverse[`hW_${l}`] = lookupHelper(beta, ...limbs(l, own, 0));
    inverse[`hb_${l}`] = lookupHelper(beta, ...limbs(l, own, 1));
  }
  inverse.g = tableHelper(beta, mult);
  hooks.helper?.(inverse, beta, tensors);
  const helper = oracleOf({ ...inverse, blinding: [random.element()] });
  const x = run.commit('helper', helper, H.names);

  // 3. batch
  const tau = squares(x, NUMBERING.import.squares.count);
  const lambda = run.transcript.absorb([run.nonce[NUMBERING.shared.nonces.lambda]]);
  const batch = new ReferenceBatch();
  for (const { l, own, rows, columns, low, high } of layers) {
    const [at, atBias] = [positions(low, high), positions(0, high)];
    const [realRows, realColumns] = [real(rows, high), real(columns, low)];
    const mask = realRows.flatMap((r) => realColumns.map((c) => r * c));
    const [W, b] = [weights.W[own], weights.b[own]];
    batch.lookup(R.rangeW(l), at, tau, beta, inverse[`hW_${l}`], limbs(l, own, 0));
    batch.lookup(R.rangeb(l), atBias, tau, beta, inverse[`hb_${l}`], limbs(l, own, 1));
    batch.zero(R.paddingW(l), at, tau, [term(W), times(-1n, W, mask)]);
    batch.zero(R.paddingb(l), atBias, tau, [term(b), times(-1n, b, realRows)]);
  }
  const helpers = layers.flatMap(({ l, low, high }) => [
    { at: positions(low, high), h: inverse[`hW_${l}`] },
    { at: positions(0, high), h: inverse[`hb_${l}`] },
  ]);
  batch.logUp(R, tau, beta, { g: inverse.g, mult, helpers });
  const { messages, point, missing } = batch.prove(lambda, run.transcript, hooks.interfere);

  // 4. evaluations and claims on them
  const evals = zeros(E.count);
  const named = layers.flatMap(({ l, own, low, high }) => {
    const [ofW, ofB] = [positions(low, high), positions(0, high)].map((at) => pointAt(at, point));
    const traced = (name: 'w1' | 'w2' | 'c1' | 'c2', at: bigint[]) => ({
      index: E[name](l),
      oracle: O.trace as number,
      name: `${name}_${l}`,
      tensor: tensors[`${name}_${l}`],
      at,
    });
    const helped = (name: 'hW' | 'hb', at: bigint[]) => ({
      index: E[name](l),
      oracle: O.helper as number,
      name: `${name}_${l}`,
      tensor: inverse[`${name}_${l}`],
      at,
    });
    return [
      ...[traced('w1', ofW), traced('w2', ofW), helped('hW', ofW)],
      { index: E.W(l), oracle: O.model, name: `W_${l}`, tensor: weights.W[own], at: ofW },
      ...[traced('c1', ofB), traced('c2', ofB), helped('hb', ofB)],
      { index: E.b(l), oracle: O.model, name: `b_${l}`, tensor: weights.b[own], at: ofB },
    ];
  });
  const table = point.slice(0, 14);
  named.push({ index: E.g, oracle: O.helper, name: 'g', tensor: inverse.g, at: table });
  named.push({ index: E.mult, oracle: O.trace, name: 'mult', tensor: mult, at: table });
  for (const { index, tensor, at } of named) evals[index] = evaluate(tensor, at);
  hooks.evals?.(evals, { point, lambda, beta, tau, missing });
  const rho = run.transcript.absorb(evals);
  const oracles = [model, trace, helper];
  const claims = new ReferenceClaims(oracles, C.count);
  for (const index of range(C.count)) claims.set(index, evals[index]);
  for (const { index, oracle, name, at } of named) claims.set(index, evals[index], claims.term(oracle, name, at));

  return run.finish(oracles, claims, batch, rho, {
    ...shapeInputs(weights.widths),
    modelOffset: slotBits(model, MODEL_SLOTS),
    traceOffset: slotBits(trace, T.names),
    helperOffset: slotBits(helper, H.names),
    batch1: messages,
    evals1: evals,
  });
}
