import { Claims, type ClaimTerm } from '../argument/claims.ts';
import { LookupTable, multiplicities } from '../argument/lookup.ts';
import { open } from '../argument/opening.ts';
import type { Session } from '../argument/session.ts';
import { poly, range } from '../argument/sumcheck.ts';
import { encodeShape, encodeShard } from '../model/shape.ts';
import type { Shard } from '../model/shard.ts';
import type { Weights } from '../model/weights.ts';
import { ceilLog2 } from '../numbers/bits.ts';
import { ACTIVATION_BITS, FRACTION_BITS, LIMB_BITS, SIGNED_LIMIT, SIZE_BITS } from '../numbers/constants.ts';
import { inverse, mod, squaresOf } from '../numbers/field.ts';
import type { ForwardTrace } from '../training/forward.ts';
import { Batch, minus, term, times } from './batch.ts';
import {
  type ArgumentResult,
  BLINDING_BITS,
  blindHelper,
  blindTrace,
  finish,
  join,
  offsetBits,
  positions,
  putTensor,
  type SlottedOracle,
  sendOracle,
  slottedOracle,
  slotView,
  tensorPoly,
} from './common.ts';
import { addTableClaims } from './layers.ts';
import { layerNames, modelOracle, modelParameters, shardOracle } from './oracles.ts';

const F = 1n << BigInt(FRACTION_BITS);
const FA = 1n << BigInt(ACTIVATION_BITS);
const LIMB = 1n << BigInt(LIMB_BITS);
const HALF = BigInt(SIGNED_LIMIT);
const HIDDEN = ['A', 'V', 'm', 'R0', 'R1'] as const;
const OUTPUT = ['Q', 'U0', 'U1'] as const;
const TRACE_SLOTS = [...range(1, 3).flatMap((h) => HIDDEN.map((n) => `${n}${h}`)), ...OUTPUT, 'G', 'L', 'c', 'mult'];
const HELPER_SLOTS = ['h1', 'h2', 'h3', 'h4', 'hG', 'g'];
/** Positions of the oracles in the opening. */
const [MODEL, SHARD, TRACE, HELPER] = [0, 1, 2, 3];

export interface ScoreWitness {
  model: Weights;
  shard: Shard;
  /** forwardTrace(model, shard) */
  forward: ForwardTrace;
}

/**
 * Program score (design 7.5, protocol section 11): the forward pass of a committed model on a committed shard, and its public result. The statement must bind
 * the commitments to model and shard, and the result.
 */
export async function proveScore(session: Session, { model, shard, forward }: ScoreWitness): Promise<ArgumentResult> {
  const { kernels: k } = session.backend;
  const { widths } = model;
  const first = 6 - widths.length;
  const layers = range(first, widths.length - 1);
  const hidden = layers.slice(0, -1);
  const bits = (l: number) => ceilLog2(widths[l - first + 1]);
  const sigma = ceilLog2(shard.rows);
  const classes = shard.kind === 'classes' ? 1n : 0n;
  const { output } = forward.trace;

  // 1. trace
  session.stage('trace');
  const modelOracle_ = modelOracle(k, model);
  const shardOracle_ = shardOracle(k, shard);
  const groups = [
    ...forward.trace.hidden.map((t, i) => ({ l: first + i, limbs: [t.V.map((v, j) => v - t.m[j]), t.R0, t.R1] })),
    { l: 4, limbs: [output.Q, output.U0, output.U1] },
  ];
  const tensors: [string, Int32Array][] = [
    ...forward.trace.hidden.flatMap((t, i) => HIDDEN.map((n): [string, Int32Array] => [`${n}${first + i}`, t[n]])),
    ...OUTPUT.map((n): [string, Int32Array] => [n, output[n]]),
    ['G', forward.margin],
    ['L', forward.labelled],
    ['c', forward.right],
    ['mult', multiplicities(LIMB_BITS, [...groups.flatMap((g) => g.limbs), forward.margin])],
  ];
  const trace = slottedOracle(k, [
    ...tensors.map(([name, data]) => ({ name, log2: Math.log2(data.length) })),
    { name: 'blinding', log2: BLINDING_BITS },
  ]);
  for (const [name, data] of tensors) putTensor(k, trace, name, data);
  blindTrace(k, trace);
  const { point: tracePoint, challenge: beta } = await sendOracle(session, trace, TRACE_SLOTS);

  // 2. helper
  session.stage('lookups');
  const helper = slottedOracle(k, [
    ...groups.map(({ l }) => ({ name: `h${l}`, log2: sigma + bits(l) })),
    { name: 'hG', log2: sigma + bits(4) },
    { name: 'g', log2: LIMB_BITS },
    { name: 'blinding', log2: 0 },
  ]);
  const table = new LookupTable(k, beta, LIMB_BITS);
  for (const { l, limbs } of groups) table.putHelper(slotView(k, helper, `h${l}`), ...limbs);
  table.putHelper(slotView(k, helper, 'hG'), forward.margin);
  table.putTable(slotView(k, helper, 'g'), slotView(k, trace, 'mult'));
  blindHelper(k, helper);
  const { point: helperPoint, challenge: x } = await sendOracle(session, helper, HELPER_SLOTS);
  const squares = squaresOf(x, 48);
  const [ri, rs, tau] = [squares.slice(0, 12), squares.slice(12, 12 + sigma), squares.slice(24, 48)];

  // 3. the batch
  session.stage('sumcheck');
  const batch = new Batch(k, table, beta, tau);
  const tensor = (oracle: SlottedOracle, name: string, high: number) =>
    tensorPoly(k, slotView(k, oracle, name), sigma, high);
  const sums = new Array<bigint>(7).fill(0n);
  const inputOf = (l: number) => (l === first ? slotView(k, shardOracle_, 'X') : slotView(k, trace, `A${l - 1}`));
  const eqRows = k.eqTable(rs);
  for (const l of layers) {
    const features = range(SIZE_BITS, bits(l - 1));
    const Wi = poly(
      k.contractHigh(slotView(k, modelOracle_, `W${l - first + 1}`), k.eqTable(ri.slice(0, bits(l)))),
      features,
    );
    const inputAtS = poly(k.contractLow(inputOf(l), eqRows), features);
    sums[l - 1] = k.dot(Wi.vec, inputAtS.vec);
    batch.add(l - 1, [term(Wi, inputAtS)], sums[l - 1]);
    batch.evaluate(l - 1, Wi);
    batch.evaluate(3 + l, inputAtS);
  }
  for (const { l, limbs } of groups) {
    const eq = batch.eq(sigma, bits(l));
    const h = tensor(helper, `h${l}`, bits(l));
    const denominators = batch.addLookup(11 + l, eq, h, limbs);
    batch.evaluate(29 + l, h);
    if (l === 4) {
      denominators.forEach((p, i) => {
        batch.evaluateLimb(23 + i, p);
      });
      continue;
    }
    const [A, V, m] = ['A', 'V', 'm'].map((n) => tensor(trace, `${n}${l}`, bits(l)));
    batch.add(6 + 2 * (l - 1), [term(eq, m, m), minus(eq, m)]);
    batch.add(7 + 2 * (l - 1), [term(eq, A), minus(eq, m, V)]);
    const at = 8 + 5 * (l - 1);
    [A, V, m].forEach((p, i) => {
      batch.evaluate(at + i, p);
    });
    batch.evaluateLimb(at + 3, denominators[1]);
    batch.evaluateLimb(at + 4, denominators[2]);
  }

  // 3b. the result: rows right, or the squared error
  const at = positions(sigma, bits(4));
  const eq = batch.eq(sigma, bits(4));
  const eqLabel = batch.eq(sigma, 0);
  const Q = poly(k.fromIntegers(output.Q.map((v) => v - SIGNED_LIMIT)), at);
  const Y = tensor(shardOracle_, 'Y', bits(4));
  const G = tensor(trace, 'G', bits(4));
  const L = tensor(trace, 'L', 0);
  const c = tensor(trace, 'c', 0);
  const hG = tensor(helper, 'hG', bits(4));
  const S = 2 ** sigma;
  const valid = poly(k.fromIntegers(Int32Array.from({ length: S }, (_, s) => (s < shard.rows ? 1 : 0))), L.positions);
  const invalid = poly(k.constMinus(1n, valid.vec), L.positions);
  const real = poly(
    k.fromIntegers(Int32Array.from({ length: S << bits(4) }, (_, i) => (i < S * shard.outputs ? 1 : 0))),
    at,
  );
  sums[4] = k.sum(c.vec);
  const difference = k.sub(Q.vec, Y.vec);
  sums[5] = k.scoped(() => k.sum(k.contractLow(k.mul(difference, difference), valid.vec)));
  sums[6] = k.scoped(() => k.dot(L.vec, eqLabel.vec));
  const D = poly(difference, at);
  batch.add(4, [term(c)], sums[4]);
  batch.add(5, [term(D, D, valid)], sums[5]);
  const [gDenominator] = batch.addLookup(16, eq, hG, [forward.margin]);
  batch.add(17, [
    times(classes, eq, G),
    times(-classes, eq, real, c, L),
    times(classes, eq, real, c, Q),
    times(classes, eq, real, c),
    times(-classes * inverse(FA), eq, real, c, Y),
  ]);
  batch.add(18, [term(eqLabel, c, c), minus(eqLabel, c)]);
  batch.add(19, [term(eqLabel, c, invalid)]);
  batch.add(20, [times(classes, Y, Q, eqLabel)], mod(classes * FA * sums[6]));
  batch.evaluateLimb(26, gDenominator);
  [Y, L, c].forEach((p, i) => {
    batch.evaluate(27 + i, p);
  });
  batch.evaluate(34, hG);
  batch.addTable(21, 35, slotView(k, helper, 'g'), slotView(k, trace, 'mult'));
  const batch1 = batch.prove(session, session.absorb([...sums, session.nonce[0]]), 22, 5);
  const rho = batch1.point;
  const evals1 = batch.evaluations(37);

  // 4. the claims
  const claims = new Claims(session.absorb(evals1), 42);
  const rhoF = rho.slice(SIZE_BITS);
  const rhoS = rho.slice(0, sigma);
  const inTrace = (name: string, point: readonly bigint[], coefficient = 1n): ClaimTerm => ({
    oracle: TRACE,
    offset: trace.slots[name].offset,
    point,
    coefficient,
  });
  const inHelper = (name: string, point: readonly bigint[]): ClaimTerm => ({
    oracle: HELPER,
    offset: helper.slots[name].offset,
    point,
  });
  const atRho = range(0, 5).map((l) => (l >= first - 1 ? join(rhoS, sigma, rhoF, bits(l)) : []));
  for (const l of layers) {
    const W = modelOracle_.slots[`W${l - first + 1}`];
    claims.add(l - 1, evals1[l - 1], [
      { oracle: MODEL, offset: W.offset, point: join(rhoF, bits(l - 1), ri, bits(l)) },
    ]);
    const point = join(rs, sigma, rhoF, bits(l - 1));
    claims.add(3 + l, evals1[3 + l], [
      l === first ? { oracle: SHARD, offset: shardOracle_.slots.X.offset, point } : inTrace(`A${l - 1}`, point),
    ]);
    claims.add(29 + l, evals1[29 + l], [inHelper(`h${l}`, atRho[l])]);
    // forward: phi1 + 2^fa b = 2^f Q + R0 + 2^c R1 - 2^(f-1); hidden Q = 2 A - V, output Q = Q' - 2^13
    const si = join(rs, sigma, ri, bits(l));
    const rounded =
      l < 4
        ? [
            inTrace(`A${l}`, si, -2n * F),
            inTrace(`V${l}`, si, F),
            inTrace(`R0${l}`, si, -1n),
            inTrace(`R1${l}`, si, -LIMB),
          ]
        : [inTrace('Q', si, -F), inTrace('U0', si, -1n), inTrace('U1', si, -LIMB)];
    const b = modelOracle_.slots[`b${l - first + 1}`];
    claims.add(37 + l, mod(-sums[l - 1] - F / 2n - (l < 4 ? 0n : F * HALF)), [
      { oracle: MODEL, offset: b.offset, point: ri.slice(0, bits(l)), coefficient: FA },
      ...rounded,
    ]);
  }
  for (const l of hidden)
    HIDDEN.forEach((name, i) => {
      const index = 8 + 5 * (l - 1) + i;
      claims.add(index, evals1[index], [inTrace(`${name}${l}`, atRho[l])]);
    });
  ['Q', 'U0', 'U1', 'G'].forEach((name, i) => {
    claims.add(23 + i, evals1[23 + i], [inTrace(name, atRho[4])]);
  });
  claims.add(27, evals1[27], [{ oracle: SHARD, offset: shardOracle_.slots.Y.offset, point: atRho[4] }]);
  claims.add(28, evals1[28], [inTrace('L', rhoS)]);
  claims.add(29, evals1[29], [inTrace('c', rhoS)]);
  claims.add(34, evals1[34], [inHelper('hG', atRho[4])]);
  addTableClaims(claims, 35, evals1, rho, inHelper('g', []), inTrace('mult', []));
  claims.add(37, sums[6], [inTrace('L', tau.slice(0, sigma))]);

  const opened = await open(session, [modelOracle_, shardOracle_, trace, helper], claims);
  return finish(session, tracePoint, helperPoint, opened, {
    shape: encodeShape(widths),
    shard: encodeShard(shard),
    result: forward.result,
    ...modelParameters(widths),
    modelOffset: offsetBits(modelOracle_, layerNames(widths)),
    inputs1: BigInt(shard.inputs - 1),
    outputs1: BigInt(shard.outputs - 1),
    rows1: BigInt(shard.rows - 1),
    classes,
    shardOffset: offsetBits(shardOracle_, ['X', 'Y']),
    traceOffset: offsetBits(trace, TRACE_SLOTS),
    helperOffset: offsetBits(helper, HELPER_SLOTS),
    sums,
    batch1: batch1.messages,
    evals1,
  });
}
