import { Claims } from '../argument/claims.ts';
import { LookupTable, multiplicities } from '../argument/lookup.ts';
import { open } from '../argument/opening.ts';
import type { Session } from '../argument/session.ts';
import { poly, range } from '../argument/sumcheck.ts';
import { circuitLayer, encodeShape, widthBits } from '../model/shape.ts';
import type { Weights } from '../model/weights.ts';
import { LIMB_BITS, MAX_LAYERS, SIZE_BITS } from '../numbers/constants.ts';
import { squaresOf } from '../numbers/field.ts';
import type { SeedTrace } from '../training/seed.ts';
import { Batch, minus, term, times } from './batch.ts';
import {
  type ArgumentResult,
  BATCH_VARIABLES,
  BLINDING_BITS,
  blindHelper,
  blindTrace,
  finish,
  join,
  offsetBits,
  putTensor,
  type SlottedOracle,
  sendOracle,
  slottedOracle,
  slotView,
  tensorPoly,
} from './common.ts';
import { addTableClaims } from './layers.ts';
import { layerNames, modelOracle, modelParameters } from './oracles.ts';

const PER_LAYER = ['v0', 'v1', 'w1', 'u0', 'u1'] as const;
const CIRCUIT_LAYERS = range(1, MAX_LAYERS);
const TRACE_SLOTS = [...CIRCUIT_LAYERS.flatMap((l) => PER_LAYER.map((n) => `${n}_${l}`)), 'mult'];
const HELPER_SLOTS = [...CIRCUIT_LAYERS.flatMap((l) => [`hA_${l}`, `hB_${l}`]), 'g'];
const LIMB = 1n << BigInt(LIMB_BITS);

const low = (x: Int32Array): Int32Array => x.map((v) => v & (2 ** LIMB_BITS - 1));
const high = (x: Int32Array): Int32Array => x.map((v) => v >> LIMB_BITS);

/**
 * Program seed (design 7.2, protocol section 6): the weights are the sequence of the public seed on real entries and 0 elsewhere, all biases 0. The statement
 * must bind the commitment to `modelOracle(weights)`.
 * @param sequences the generator's values, `seedTrace(widths, seed).layers`
 */
export async function proveSeed(
  session: Session,
  weights: Weights,
  seed: bigint,
  sequences: SeedTrace['layers'],
): Promise<ArgumentResult> {
  const { kernels: k } = session.backend;
  const { widths } = weights;
  const a = widthBits(widths);
  const layers = sequences.map((sequence, i) => ({
    /** circuit layer */
    l: circuitLayer(widths, i + 1),
    name: `${i + 1}`,
    rows: widths[i + 1],
    columns: widths[i],
    low: a[i],
    high: a[i + 1],
    W: weights.layers[i].W,
    sequence,
    limbs: [low(sequence.v), high(sequence.v), low(sequence.w), high(sequence.w), low(sequence.u), high(sequence.u)],
  }));

  // 1. trace: limbs and multiplicities
  session.stage('trace');
  const model = modelOracle(k, weights);
  const trace = slottedOracle(k, [
    ...layers.flatMap((L) => PER_LAYER.map((n) => ({ name: `${n}_${L.l}`, log2: L.low + L.high }))),
    { name: 'mult', log2: LIMB_BITS },
    { name: 'blinding', log2: BLINDING_BITS },
  ]);
  for (const { l, limbs } of layers) {
    const [v0, v1, , w1, u0, u1] = limbs;
    [v0, v1, w1, u0, u1].forEach((limb, i) => {
      putTensor(k, trace, `${PER_LAYER[i]}_${l}`, limb);
    });
  }
  putTensor(
    k,
    trace,
    'mult',
    multiplicities(
      LIMB_BITS,
      layers.flatMap((L) => L.limbs),
    ),
  );
  blindTrace(k, trace);
  const { point: tracePoint, challenge: beta } = await sendOracle(session, trace, TRACE_SLOTS);

  // 2. helper: inverses of the lookups, in groups of three
  session.stage('lookups');
  const helper = slottedOracle(k, [
    ...layers.flatMap((L) => ['hA', 'hB'].map((n) => ({ name: `${n}_${L.l}`, log2: L.low + L.high }))),
    { name: 'g', log2: LIMB_BITS },
    { name: 'blinding', log2: 0 },
  ]);
  const table = new LookupTable(k, beta, LIMB_BITS);
  const groups = (limbs: readonly Int32Array[]) => [
    [limbs[0], limbs[1], limbs[2]],
    [limbs[3], limbs[4], limbs[5]],
  ];
  for (const { l, limbs } of layers)
    groups(limbs).forEach((group, i) => {
      table.putHelper(slotView(k, helper, HELPER_SLOTS[2 * (l - 1) + i]), ...group);
    });
  table.putTable(slotView(k, helper, 'g'), slotView(k, trace, 'mult'));
  blindHelper(k, helper);
  const { point: helperPoint, challenge: x } = await sendOracle(session, helper, HELPER_SLOTS);

  // 3. the batch
  session.stage('sumcheck');
  const tau = squaresOf(x, BATCH_VARIABLES);
  const tauHigh = tau.slice(SIZE_BITS);
  const batch = new Batch(k, table, beta, tau);
  for (const L of layers) {
    const eq = batch.eq(L.low, L.high);
    const tensor = (oracle: SlottedOracle, name: string) => tensorPoly(k, slotView(k, oracle, name), L.low, L.high);
    const [v0, v1, u0, u1] = ['v0', 'v1', 'u0', 'u1'].map((n) => tensor(trace, `${n}_${L.l}`));
    const [hA, hB] = ['hA', 'hB'].map((n) => tensor(helper, `${n}_${L.l}`));
    const W = tensor(model, `W${L.name}`);
    const q = BigInt(L.sequence.q);
    const index = poly(k.fromIntegers(Int32Array.from(L.sequence.v, (_, i) => i + L.sequence.off + 1)), eq.positions);
    const mask = poly(k.fromIntegers(realMask(L)), eq.positions);
    const [A, B] = groups(L.limbs);
    batch.addLookup(L.l - 1, eq, hA, A);
    const [w1] = batch.addLookup(3 + L.l, eq, hB, B);
    batch.add(7 + L.l, [
      term(eq, v0, index),
      times(LIMB, eq, v1, index),
      minus(eq),
      times(-q, eq, u0),
      times(-q * LIMB, eq, u1),
    ]);
    batch.add(11 + L.l, [term(eq, W), minus(eq, mask, v0), times(-LIMB, eq, mask, v1), times((q - 1n) / 2n, eq, mask)]);
    const at = 8 * (L.l - 1);
    batch.evaluate(at, v0);
    batch.evaluate(at + 1, v1);
    batch.evaluateLimb(at + 2, w1);
    [u0, u1, hA, hB, W].forEach((p, i) => {
      batch.evaluate(at + 3 + i, p);
    });
  }
  batch.addTable(16, 32, slotView(k, helper, 'g'), slotView(k, trace, 'mult'));
  const batch1 = batch.prove(session, session.absorb([session.nonce[0]]), 17, 5);
  const rho = batch1.point;
  const evals1 = batch.evaluations(34);

  // 4. the claims
  const claims = new Claims(session.absorb(evals1), 38);
  for (const L of layers) {
    const point = join(rho, L.low, rho.slice(SIZE_BITS), L.high);
    const at = 8 * (L.l - 1);
    const slots = [
      ...PER_LAYER.map((n) => ({ oracle: 1, slot: trace.slots[`${n}_${L.l}`] })),
      ...['hA', 'hB'].map((n) => ({ oracle: 2, slot: helper.slots[`${n}_${L.l}`] })),
    ];
    [...slots, { oracle: 0, slot: model.slots[`W${L.name}`] }].forEach(({ oracle, slot }, i) => {
      claims.add(at + i, evals1[at + i], [{ oracle, offset: slot.offset, point }]);
    });
    claims.add(33 + L.l, 0n, [
      { oracle: 0, offset: model.slots[`b${L.name}`].offset, point: tauHigh.slice(0, L.high) },
    ]);
  }
  addTableClaims(
    claims,
    32,
    evals1,
    rho,
    { oracle: 2, offset: helper.slots.g.offset },
    { oracle: 1, offset: trace.slots.mult.offset },
  );

  const opened = await open(session, [model, trace, helper], claims);
  return finish(session, tracePoint, helperPoint, opened, {
    shape: encodeShape(widths),
    seed,
    ...modelParameters(widths),
    modelOffset: offsetBits(model, layerNames(widths)),
    traceOffset: offsetBits(trace, TRACE_SLOTS),
    helperOffset: offsetBits(helper, HELPER_SLOTS),
    batch1: batch1.messages,
    evals1,
  });
}

/** 1 on real entries [i, j], j low, of a padded matrix. */
function realMask(L: { rows: number; columns: number; low: number; high: number }): Int32Array {
  const mask = new Int32Array(2 ** (L.low + L.high));
  for (let i = 0; i < L.rows; i++) mask.fill(1, i * 2 ** L.low, i * 2 ** L.low + L.columns);
  return mask;
}
