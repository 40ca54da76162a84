// Program import (protocol, section 9), slow and in BigInt.

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

const TRACE = [...range(4).flatMap((k) => ['w1', 'w2', 'c1', 'c2'].map((n) => `${n}_${k + 1}`)), 'mult'];
const HELPER = [...range(4).flatMap((k) => [`hW_${k + 1}`, `hb_${k + 1}`]), 'g'];

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
  const beta = run.commit(1, trace, TRACE);

  // 2. helper
  const inverse: Tensors = {};
  for (const { l, own } of layers) {
    inverse[`hW_${l}`] = lookupHelper(beta, ...limbs(l, own, 0));
    inverse[`hb_${l}`] = lookupHelper(beta, ...limbs(l, own, 1));
  }
  inverse.g = tableHelper(beta, mult);
  hooks.helper?.(inverse, beta, tensors);
  const helper = oracleOf({ ...inverse, blinding: [random.element()] });
  const x = run.commit(2, helper, HELPER);

  // 3. batch
  const tau = squares(x, 24);
  const lambda = run.transcript.absorb([run.nonce[0]]);
  const batch = new ReferenceBatch();
  for (const { l, own, rows, columns, low, high } of layers) {
    const [at, atBias] = [positions(low, high), positions(0, high)];
    const [realRows, realColumns] = [real(rows, high), real(columns, low)];
    const mask = realRows.flatMap((r) => realColumns.map((c) => r * c));
    const [W, b] = [weights.W[own], weights.b[own]];
    batch.lookup(l - 1, at, tau, beta, inverse[`hW_${l}`], limbs(l, own, 0));
    batch.lookup(4 + l - 1, atBias, tau, beta, inverse[`hb_${l}`], limbs(l, own, 1));
    batch.zero(8 + l - 1, at, tau, [term(W), times(-1n, W, mask)]);
    batch.zero(12 + l - 1, atBias, tau, [term(b), times(-1n, b, realRows)]);
  }
  const helpers = layers.flatMap(({ l, low, high }) => [
    { at: positions(low, high), h: inverse[`hW_${l}`] },
    { at: positions(0, high), h: inverse[`hb_${l}`] },
  ]);
  batch.logUp([16, 17], tau, beta, { g: inverse.g, mult, helpers });
  const { messages, point, missing } = batch.prove(lambda, run.transcript, hooks.interfere);

  // 4. evaluations and claims on them
  const evals = zeros(34);
  const named = layers.flatMap(({ l, own, low, high }) =>
    [
      [1, `w1_${l}`, tensors[`w1_${l}`]],
      [1, `w2_${l}`, tensors[`w2_${l}`]],
      [2, `hW_${l}`, inverse[`hW_${l}`]],
      [0, `W${l}`, weights.W[own]],
      [1, `c1_${l}`, tensors[`c1_${l}`]],
      [1, `c2_${l}`, tensors[`c2_${l}`]],
      [2, `hb_${l}`, inverse[`hb_${l}`]],
      [0, `b${l}`, weights.b[own]],
    ].map(([oracle, name, tensor], i) => ({
      index: 8 * (l - 1) + i,
      oracle: oracle as number,
      name: name as string,
      tensor: tensor as bigint[],
      at: pointAt(positions(i < 4 ? low : 0, high), point),
    })),
  );
  named.push({ index: 32, oracle: 2, name: 'g', tensor: inverse.g, at: point.slice(0, 14) });
  named.push({ index: 33, oracle: 1, name: 'mult', tensor: mult, at: point.slice(0, 14) });
  for (const { index, tensor, at } of named) evals[index] = evaluate(tensor, at);
  hooks.evals?.(evals, { point, lambda, beta, tau, missing });
  const rho = run.transcript.absorb(evals);
  const oracles = [model, trace, helper];
  const claims = new ReferenceClaims(oracles, 34);
  for (const index of range(34)) claims.set(index, evals[index]);
  for (const { index, oracle, name, at } of named) claims.set(index, evals[index], claims.term(oracle, name, at));

  return run.finish(oracles, claims, batch, rho, {
    ...shapeInputs(weights.widths),
    modelOffset: slotBits(model, MODEL_SLOTS),
    traceOffset: slotBits(trace, TRACE),
    helperOffset: slotBits(helper, HELPER),
    batch1: messages,
    evals1: evals,
  });
}
