import { Claims } from '../argument/claims.ts';
import { LookupTable, multiplicities } from '../argument/lookup.ts';
import { open } from '../argument/opening.ts';
import type { Session } from '../argument/session.ts';
import { finalValue, type Instance, type Poly, poly, range, sumcheck } from '../argument/sumcheck.ts';
import { circuitLayer, encodeShape, widthBits } from '../model/shape.ts';
import type { Weights } from '../model/weights.ts';
import { LIMB_BITS, MAX_LAYERS, SIZE_BITS } from '../numbers/constants.ts';
import { mod, powersOf, squaresOf } from '../numbers/field.ts';
import type { SeedTrace } from '../training/seed.ts';
import {
  type ArgumentResult,
  BATCH_VARIABLES,
  BLINDING_BITS,
  blindHelper,
  blindTrace,
  finish,
  join,
  layoutWords,
  offsetBits,
  positions,
  putTensor,
  slottedOracle,
  slotView,
  tensorPoly,
} from './common.ts';
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
  const tracePoint = await session.commit(trace.vec, trace.used);
  const beta = session.absorb([session.send(tracePoint), ...layoutWords(trace, TRACE_SLOTS)]);

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
  const helperPoint = await session.commit(helper.vec, helper.used);
  const x = session.absorb([session.send(helperPoint), ...layoutWords(helper, HELPER_SLOTS)]);

  // 3. the batch
  session.stage('sumcheck');
  const tau = squaresOf(x, BATCH_VARIABLES);
  const tauHigh = tau.slice(SIZE_BITS);
  const lambda = powersOf(session.absorb([session.nonce[0]]), 18);
  const instances: Instance[] = [];
  const evaluated: { index: number; value: () => bigint }[] = [];
  for (const L of layers) {
    const at = positions(L.low, L.high);
    const tensor = (oracle: typeof trace, name: string) => tensorPoly(k, slotView(k, oracle, name), L.low, L.high);
    const eq = poly(k.eqTable(join(tau, L.low, tauHigh, L.high)), at);
    const [v0, v1, u0, u1] = ['v0', 'v1', 'u0', 'u1'].map((n) => tensor(trace, `${n}_${L.l}`));
    const [hA, hB] = ['hA', 'hB'].map((n) => tensor(helper, `${n}_${L.l}`));
    const W = tensor(model, `W${L.name}`);
    const q = BigInt(L.sequence.q);
    const index = poly(k.fromIntegers(Int32Array.from(L.sequence.v, (_, i) => i + L.sequence.off + 1)), at);
    const mask = poly(k.fromIntegers(realMask(L)), at);
    const zero = (i: number, terms: Instance['terms']) =>
      instances.push({ weight: lambda[i + L.l - 1], claim: 0n, positions: at, terms });
    const denominators = groups(L.limbs).map((group) => group.map((limb) => poly(table.denominators(limb), at)));
    [hA, hB].forEach((h, i) => {
      zero(4 * i, [{ coefficient: 1n, factors: [eq, h, ...denominators[i]], lookup: true }]);
      instances.push({
        weight: lambda[17],
        claim: k.sum(h.vec),
        positions: at,
        terms: [{ coefficient: 1n, factors: [h] }],
      });
    });
    zero(8, [
      { coefficient: 1n, factors: [eq, v0, index] },
      { coefficient: LIMB, factors: [eq, v1, index] },
      { coefficient: -1n, factors: [eq] },
      { coefficient: -q, factors: [eq, u0] },
      { coefficient: -q * LIMB, factors: [eq, u1] },
    ]);
    zero(12, [
      { coefficient: 1n, factors: [eq, W] },
      { coefficient: -1n, factors: [eq, mask, v0] },
      { coefficient: -LIMB, factors: [eq, mask, v1] },
      { coefficient: (q - 1n) / 2n, factors: [eq, mask] },
    ]);
    const value = (p: Poly) => () => finalValue(k, p);
    const w1 = () => mod(beta - finalValue(k, denominators[1][0]));
    [value(v0), value(v1), w1, ...[u0, u1, hA, hB, W].map(value)].forEach((v, i) => {
      evaluated.push({ index: 8 * (L.l - 1) + i, value: v });
    });
  }
  const tableAt = range(0, LIMB_BITS);
  const eqTable = poly(k.eqTable(tau.slice(0, LIMB_BITS)), tableAt);
  const g = poly(k.copy(slotView(k, helper, 'g')), tableAt);
  const mult = poly(k.copy(slotView(k, trace, 'mult')), tableAt);
  const shifted = poly(k.copy(table.shifted), tableAt);
  instances.push(
    {
      weight: lambda[16],
      claim: 0n,
      positions: tableAt,
      terms: [
        { coefficient: 1n, factors: [eqTable, g, shifted] },
        { coefficient: -1n, factors: [eqTable, mult] },
      ],
    },
    { weight: -lambda[17], claim: k.sum(g.vec), positions: tableAt, terms: [{ coefficient: 1n, factors: [g] }] },
  );
  const batch1 = sumcheck(k, instances, BATCH_VARIABLES, 5, session.absorb);
  const rho = batch1.point;
  const evals1 = new Array<bigint>(34).fill(0n);
  for (const { index, value } of evaluated) evals1[index] = value();
  evals1[32] = finalValue(k, g);
  evals1[33] = finalValue(k, mult);

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
  const tablePoint = rho.slice(0, LIMB_BITS);
  claims.add(32, evals1[32], [{ oracle: 2, offset: helper.slots.g.offset, point: tablePoint }]);
  claims.add(33, evals1[33], [{ oracle: 1, offset: trace.slots.mult.offset, point: tablePoint }]);

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
