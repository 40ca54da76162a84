import { halves } from '../argument/axisSums.ts';
import { Claims } from '../argument/claims.ts';
import type { Kernels } from '../argument/kernels.ts';
import { LookupTable, multiplicities } from '../argument/lookup.ts';
import { open } from '../argument/opening.ts';
import type { Oracle } from '../argument/oracle.ts';
import type { Session } from '../argument/session.ts';
import { NUMBERING } from '../generated/numbering.ts';
import { encodeShard } from '../model/shape.ts';
import type { Shard } from '../model/shard.ts';
import { ceilLog2 } from '../numbers/bits.ts';
import { LIMB_BITS, SIGNED_LIMIT } from '../numbers/constants.ts';
import { mod, squaresOf } from '../numbers/field.ts';
import { DENSE, pointOf, positions } from './axes.ts';
import {
  type ArgumentResult,
  blindTrace,
  finish,
  integerPoly,
  offsetBits,
  sendOracle,
  slotPoly,
  slottedOracle,
} from './common.ts';
import { lookupHelper, sendHelper } from './helper.ts';
import { addTableClaims } from './layers.ts';
import { shardOracle } from './oracles.ts';
import { FA } from './powers.ts';
import { type RelationNumber, SumcheckBatch, term, times } from './sumcheckBatch.ts';

const { oracles: O, squares: Q, trace: T, helper: H, relations: R, evaluations: E, claims: C } = NUMBERING.data;

/** X or Y of a shard with all numbers that speak of it. */
interface ShardTensor {
  slot: 'X' | 'Y';
  helper: 'hX' | 'hY';
  padding: RelationNumber;
  range: RelationNumber;
  data: Int32Array;
  /** the values as limbs, v + 2^15 */
  limb: Int32Array;
  /** real features or classes, and log2 of the padded ones */
  real: number;
  bits: number;
}

/** What the steps after the commitments work with. */
interface DataContext {
  k: Kernels;
  shard: Shard;
  /** log2 of the padded rows */
  sigma: number;
  /** 1 for one-hot labels, else 0; 1 for any number of labels a row, else 0 */
  classes: bigint;
  labels: bigint;
  tensors: ShardTensor[];
  oracle: Oracle;
  trace: Oracle;
  helper: Oracle;
  tau: readonly bigint[];
}

/**
 * Program data (design 7.6, protocol section 5): the shard's inputs and targets are in range, padding is zero, with `kind` classes every row's target is
 * one-hot, with labels each of its entries is 0 or 2^fa. The statement h_0 must bind the commitment to `shardOracle(shard)`.
 */
export async function proveData(session: Session, shard: Shard): Promise<ArgumentResult> {
  const { kernels: k } = session.backend;
  const sigma = ceilLog2(shard.rows);
  const tensors = shardTensors(shard);

  // 1. trace: the multiplicities of the lookups
  session.stage('trace');
  const oracle = shardOracle(shard);
  const trace = dataTrace(tensors);
  const { points: tracePoints, challenge: beta } = await sendOracle(session, trace, T.names);

  // 2. helper: inverses of the lookups
  session.stage('lookups');
  const table = new LookupTable(k, beta, LIMB_BITS);
  const groups = tensors.map((t) => ({ slot: t.helper, limbs: [t.limb] }));
  const looked = lookupHelper(k, table, groups, trace);
  const { points: helperPoints, challenge: x } = await sendHelper(session, looked, H.names);
  const helper = looked.oracle;

  // 3. the batch
  session.stage('sumcheck');
  const tau = squaresOf(x, Q.count);
  const [classes, labels] = [shard.kind === 'classes' ? 1n : 0n, shard.kind === 'labels' ? 1n : 0n];
  const context = { k, shard, sigma, classes, labels, tensors, oracle, trace, helper, tau };
  const batch = dataSumcheckBatch(context, table, beta);
  const batch1 = batch.prove(session, [], R.logUp, 3);
  const evals1 = batch.evaluations(E.count);

  // 4. the claims
  const claims = dataClaims(context, session.absorb(evals1), evals1, batch1.point);
  const opened = await open(session, [oracle, trace, helper], claims);
  const descriptor = encodeShard(shard);
  return finish(session, { trace: tracePoints, helper: helperPoints }, opened, [descriptor], {
    shard: descriptor,
    inputs1: BigInt(shard.inputs - 1),
    outputs1: BigInt(shard.outputs - 1),
    rows1: BigInt(shard.rows - 1),
    classes,
    labels,
    shardOffset: offsetBits(oracle, NUMBERING.shared.shard.names),
    traceOffset: offsetBits(trace, T.names),
    helperOffset: offsetBits(helper, H.names),
    batch1: batch1.messages,
    evals1,
  });
}

function shardTensors(shard: Shard): ShardTensor[] {
  const tensor = (slot: 'X' | 'Y', data: Int32Array, real: number) => ({
    slot,
    data,
    limb: data.map((v) => v + SIGNED_LIMIT),
    real,
    bits: ceilLog2(real),
  });
  return [
    { ...tensor('X', shard.X, shard.inputs), helper: 'hX', padding: R.paddingX, range: R.rangeX },
    { ...tensor('Y', shard.Y, shard.outputs), helper: 'hY', padding: R.paddingY, range: R.rangeY },
  ];
}

function dataTrace(tensors: readonly ShardTensor[]): Oracle {
  const trace = slottedOracle([{ name: 'mult', log2: LIMB_BITS }]);
  const limbs = tensors.map((t) => t.limb);
  trace.put('mult', multiplicities(LIMB_BITS, limbs));
  blindTrace(trace);
  return trace;
}

function dataSumcheckBatch(c: DataContext, table: LookupTable, beta: bigint): SumcheckBatch {
  const { k, shard, sigma, classes, labels, tensors, oracle, trace, helper, tau } = c;
  const marked = classes + labels;
  const batch = new SumcheckBatch(k, table, beta, tau);
  for (const t of tensors) {
    const eq = batch.eq(sigma, t.bits);
    const at = positions(DENSE, [sigma, t.bits]);
    const value = slotPoly(k, oracle, t.slot, at);
    const h = slotPoly(k, helper, t.helper, at);
    const padding = integerPoly(k, paddingMask(shard.rows, sigma, t.real, t.bits), at);
    batch.add(t.padding, [term(eq, value, padding)]);
    if (t.slot === 'Y') batch.add(R.label, [times(marked, eq, value, value), times(-marked * FA, eq, value)]);
    batch.addLookup(t.range, eq, h, [t.limb]);
    batch.evaluate(E[t.slot], value);
    batch.evaluate(E[t.helper], h);
  }
  batch.addTable(R.table, E, helper.field(k, 'g'), trace.values(k, 'mult'));
  return batch;
}

/** The evaluations, and the row sums of the labels. */
function dataClaims(c: DataContext, challenge: bigint, evals1: readonly bigint[], rho: readonly bigint[]): Claims {
  const { k, shard, sigma, classes, tensors, oracle, helper, tau } = c;
  const claims = new Claims(challenge, C.count);
  for (const t of tensors) {
    const point = pointOf(DENSE, [sigma, t.bits], rho);
    claims.add(C[t.slot], evals1[E[t.slot]], [{ oracle: O.shard, offset: oracle.slots[t.slot].offset, point }]);
    claims.add(C[t.helper], evals1[E[t.helper]], [{ oracle: O.helper, offset: helper.slots[t.helper].offset, point }]);
  }
  addTableClaims(claims, NUMBERING.data, evals1, rho, c);
  // the all-ones weight over the classes is 2^a eq(1/2, .. 1/2; .)
  const bits = ceilLog2(shard.outputs);
  const tauRows = tau.slice(0, sigma);
  const everyClass = [...tauRows, ...halves(bits)];
  /** the extension of [s < rows] at tau */
  const validRows = mod(k.sum(k.view(k.eqTable(tauRows), 0, shard.rows)));
  claims.add(C.rowSums, classes * FA * validRows, [
    { oracle: O.shard, offset: oracle.slots.Y.offset, point: everyClass, coefficient: classes << BigInt(bits) },
  ]);
  return claims;
}

/** 1 on padding rows and features, 0 on real ones, as [feature, s] with s low. */
function paddingMask(rows: number, sigma: number, real: number, bits: number): Int32Array {
  const S = 2 ** sigma;
  const mask = new Int32Array(S * 2 ** bits).fill(1);
  for (let j = 0; j < real; j++) mask.fill(0, j * S, j * S + rows);
  return mask;
}
