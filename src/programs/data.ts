import { Claims } from '../argument/claims.ts';
import type { Vec } from '../argument/kernels.ts';
import { LookupTable, multiplicities } from '../argument/lookup.ts';
import { open } from '../argument/opening.ts';
import type { Session } from '../argument/session.ts';
import { poly } from '../argument/sumcheck.ts';
import { encodeShard } from '../model/shape.ts';
import type { Shard } from '../model/shard.ts';
import { ceilLog2 } from '../numbers/bits.ts';
import { ACTIVATION_BITS, LIMB_BITS, SIGNED_LIMIT, SIZE_BITS } from '../numbers/constants.ts';
import { inverse, mod, squaresOf } from '../numbers/field.ts';
import { Batch, term, times } from './batch.ts';
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
  sendOracle,
  slottedOracle,
  slotView,
  tensorPoly,
} from './common.ts';
import { addTableClaims } from './layers.ts';
import { shardOracle } from './oracles.ts';

const TRACE_SLOTS = ['mult'];
const HELPER_SLOTS = ['hX', 'hY', 'g'];
const ONE = 1n << BigInt(ACTIVATION_BITS);

/**
 * Program data (design 7.6, protocol section 5): the shard's inputs and targets are in range, padding is zero, and with `kind` classes every row's target is
 * one-hot. The statement h_0 must bind the commitment to `shardOracle(shard)`.
 */
export async function proveData(session: Session, shard: Shard): Promise<ArgumentResult> {
  const { kernels: k } = session.backend;
  const sigma = ceilLog2(shard.rows);
  const tensors = [
    { name: 'X', data: shard.X, real: shard.inputs, bits: ceilLog2(shard.inputs) },
    { name: 'Y', data: shard.Y, real: shard.outputs, bits: ceilLog2(shard.outputs) },
  ];
  const classes = shard.kind === 'classes' ? 1n : 0n;

  // 1. trace: the multiplicities of the lookups
  session.stage('trace');
  const oracle = shardOracle(k, shard);
  const limbs = tensors.map((t) => t.data.map((v) => v + SIGNED_LIMIT));
  const trace = slottedOracle(k, [
    { name: 'mult', log2: LIMB_BITS },
    { name: 'blinding', log2: BLINDING_BITS },
  ]);
  putTensor(k, trace, 'mult', multiplicities(LIMB_BITS, limbs));
  blindTrace(k, trace);
  const { point: tracePoint, challenge: beta } = await sendOracle(session, trace, TRACE_SLOTS);

  // 2. helper: inverses of the lookups
  session.stage('lookups');
  const helper = slottedOracle(k, [
    ...tensors.map((t) => ({ name: `h${t.name}`, log2: sigma + t.bits })),
    { name: 'g', log2: LIMB_BITS },
    { name: 'blinding', log2: 0 },
  ]);
  const table = new LookupTable(k, beta, LIMB_BITS);
  tensors.forEach((t, i) => {
    table.putHelper(slotView(k, helper, `h${t.name}`), limbs[i]);
  });
  table.putTable(slotView(k, helper, 'g'), slotView(k, trace, 'mult'));
  blindHelper(k, helper);
  const { point: helperPoint, challenge: x } = await sendOracle(session, helper, HELPER_SLOTS);

  // 3. the batch: every relation is one instance
  session.stage('sumcheck');
  const tau = squaresOf(x, BATCH_VARIABLES);
  const batch = new Batch(k, table, beta, tau);
  tensors.forEach((t, i) => {
    const eq = batch.eq(sigma, t.bits);
    const value = tensorPoly(k, slotView(k, oracle, t.name), sigma, t.bits);
    const h = tensorPoly(k, slotView(k, helper, `h${t.name}`), sigma, t.bits);
    const padding = poly(k.fromIntegers(paddingMask(shard.rows, sigma, t.real, t.bits)), eq.positions);
    batch.add(i, [term(eq, value, padding)]);
    if (t.name === 'Y') batch.add(2, [times(classes, eq, value, value), times(-classes * ONE, eq, value)]);
    batch.addLookup(3 + i, eq, h, [limbs[i]]);
    batch.evaluate(i, value);
    batch.evaluate(2 + i, h);
  });
  batch.addTable(5, 4, slotView(k, helper, 'g'), slotView(k, trace, 'mult'));
  const batch1 = batch.prove(session, session.absorb([session.nonce[0]]), 6, 3);
  const rho = batch1.point;
  const evals1 = batch.evaluations(6);

  // 4. the claims: six evaluations, and the row sums of the labels
  const claims = new Claims(session.absorb(evals1), 7);
  tensors.forEach((t, i) => {
    const point = join(rho, sigma, rho.slice(SIZE_BITS), t.bits);
    claims.add(i, evals1[i], [{ oracle: 0, offset: oracle.slots[t.name].offset, point }]);
    claims.add(2 + i, evals1[2 + i], [{ oracle: 2, offset: helper.slots[`h${t.name}`].offset, point }]);
  });
  addTableClaims(
    claims,
    4,
    evals1,
    rho,
    { oracle: 2, offset: helper.slots.g.offset },
    { oracle: 1, offset: trace.slots.mult.offset },
  );
  // the all-ones weight over the classes is 2^a eq(1/2, .. 1/2; .)
  const { bits } = tensors[1];
  const everyClass = [...tau.slice(0, sigma), ...new Array<bigint>(bits).fill(inverse(2n))];
  claims.add(6, classes * ONE * validRows(k.eqTable(tau.slice(0, sigma)), shard.rows), [
    { oracle: 0, offset: oracle.slots.Y.offset, point: everyClass, coefficient: classes << BigInt(bits) },
  ]);

  const opened = await open(session, [oracle, trace, helper], claims);
  return finish(session, tracePoint, helperPoint, opened, {
    shard: encodeShard(shard),
    inputs1: BigInt(shard.inputs - 1),
    outputs1: BigInt(shard.outputs - 1),
    rows1: BigInt(shard.rows - 1),
    classes,
    shardOffset: offsetBits(oracle, ['X', 'Y']),
    traceOffset: offsetBits(trace, TRACE_SLOTS),
    helperOffset: offsetBits(helper, HELPER_SLOTS),
    batch1: batch1.messages,
    evals1,
  });

  /** The extension of [s < rows] at the point of the eq table. */
  function validRows(eq: Vec, rows: number): bigint {
    return mod(k.sum(k.view(eq, 0, rows)));
  }
}

/** 1 on padding rows and features, 0 on real ones, as [feature, s] with s low. */
function paddingMask(rows: number, sigma: number, real: number, bits: number): Int32Array {
  const S = 2 ** sigma;
  const mask = new Int32Array(S * 2 ** bits).fill(1);
  for (let j = 0; j < real; j++) mask.fill(0, j * S, j * S + rows);
  return mask;
}
