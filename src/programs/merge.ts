import { Claims, type ClaimTerm } from '../argument/claims.ts';
import { LookupTable } from '../argument/lookup.ts';
import { open } from '../argument/opening.ts';
import type { Session } from '../argument/session.ts';
import { range } from '../argument/sumcheck.ts';
import {
  checkMerge,
  circuitCoefficients,
  MAX_PARENTS,
  MERGE_LIMIT,
  type Merge,
  packCoefficients,
} from '../model/merge.ts';
import { encodeShape } from '../model/shape.ts';
import type { Weights } from '../model/weights.ts';
import { LIMB_BITS } from '../numbers/constants.ts';
import { mod, squaresOf } from '../numbers/field.ts';
import { Batch } from './batch.ts';
import {
  type ArgumentResult,
  BATCH_VARIABLES,
  blindHelper,
  finish,
  offsetBits,
  type SlottedOracle,
  sendOracle,
  slottedOracle,
  slotView,
} from './common.ts';
import {
  addTableClaims,
  LIMB_TRACE_SLOTS,
  layerSlots,
  limbTrace,
  modelPoly,
  rangedTensors,
  tensorPoint,
} from './layers.ts';
import { layerNames, modelOracle, modelParameters } from './oracles.ts';

const HELPER_SLOTS = [...layerSlots(['hW', 'kW', 'hb', 'kb']), 'g'];
/** Oracles: child, eight parents, trace, helper. */
const [CHILD, PARENTS, TRACE, HELPER] = [0, 1, 1 + MAX_PARENTS, 2 + MAX_PARENTS];

export interface MergeWitness {
  /** 2..8 models of one shape */
  parents: readonly Weights[];
  /** [layer 1..L][parent], integers over 2^14 in (-2^17, 2^17) */
  coefficients: readonly (readonly number[])[];
  /** mergeWeights(parents, coefficients) */
  merge: Merge;
}

/**
 * Program merge (design 7.4, protocol section 10): the child is the rounded combination of its parents. The statement must bind the commitments to child and
 * parents.
 * @throws RangeError for a child weight outside (-2^41, 2^41)
 */
export async function proveMerge(
  session: Session,
  { parents, coefficients, merge }: MergeWitness,
): Promise<ArgumentResult> {
  const { kernels: k } = session.backend;
  const { widths } = parents[0];
  checkMerge(parents, coefficients);
  const factors = circuitCoefficients(coefficients);
  const tensors = rangedTensors(merge.child).map((t, i) => ({
    ...t,
    rest: merge.rest[i >> 1][t.kind],
    h: `h${t.kind}_${t.l}`,
    k: `k${t.kind}_${t.l}`,
  }));

  // 1. trace (the remainder follows from the weights, like the lowest limb)
  session.stage('trace');
  const child = modelOracle(k, merge.child);
  const parentOracles = parents.map((p) => modelOracle(k, p));
  const trace = limbTrace(
    k,
    tensors,
    tensors.map((t) => t.rest),
  );
  const { point: tracePoint, challenge: beta } = await sendOracle(session, trace, LIMB_TRACE_SLOTS);

  // 2. helper: inverses of the lookups
  session.stage('lookups');
  const helper = slottedOracle(k, [
    ...tensors.flatMap((t) => [t.h, t.k].map((name) => ({ name, log2: t.low + t.high }))),
    { name: 'g', log2: LIMB_BITS },
    { name: 'blinding', log2: 0 },
  ]);
  const table = new LookupTable(k, beta, LIMB_BITS);
  for (const t of tensors) {
    table.putHelper(slotView(k, helper, t.h), ...t.limbs);
    table.putHelper(slotView(k, helper, t.k), t.rest);
  }
  table.putTable(slotView(k, helper, 'g'), slotView(k, trace, 'mult'));
  blindHelper(k, helper);
  const { point: helperPoint, challenge: x } = await sendOracle(session, helper, HELPER_SLOTS);

  // 3. the batch
  session.stage('sumcheck');
  const batch = new Batch(k, table, beta, squaresOf(x, BATCH_VARIABLES));
  /** number of the first evaluation of a tensor */
  const first = (t: { l: number; kind: 'W' | 'b' }) => 12 * (t.l - 1) + (t.kind === 'b' ? 6 : 0);
  for (const t of tensors) {
    const bias = t.kind === 'b' ? 4 : 0;
    const eq = batch.eq(t.low, t.high);
    const [h, own] = [t.h, t.k].map((slot) => modelPoly(k, helper, t, slot));
    const [, l1, l2] = batch.addLookup(bias + t.l - 1, eq, h, t.limbs);
    batch.addLookup(8 + bias + t.l - 1, eq, own, [t.rest]);
    batch.evaluateLimb(first(t), l1);
    batch.evaluateLimb(first(t) + 1, l2);
    batch.evaluate(first(t) + 2, h);
    batch.evaluate(first(t) + 3, own);
  }
  batch.addTable(16, 48, slotView(k, helper, 'g'), slotView(k, trace, 'mult'));
  const batch1 = batch.prove(session, session.absorb([session.nonce[0]]), 17, 5);
  const rho = batch1.point;
  const evals1 = batch.evaluations(50);
  const parentTerms = (t: (typeof tensors)[number], point: readonly bigint[]): ClaimTerm[] =>
    parentOracles.map((oracle, i) => ({
      oracle: PARENTS + i,
      offset: oracle.slots[t.slot].offset,
      point,
      coefficient: BigInt(factors[t.l - 1][i]),
    }));
  const valueAt = (oracle: SlottedOracle, slot: string, point: readonly bigint[]) =>
    k.evaluate(slotView(k, oracle, slot), point);
  const points = tensors.map((t) => tensorPoint(rho, t));
  tensors.forEach((t, i) => {
    evals1[first(t) + 4] = valueAt(child, t.slot, points[i]);
    evals1[first(t) + 5] = mod(
      parentOracles.reduce(
        (sum, oracle, j) => sum + BigInt(factors[t.l - 1][j]) * valueAt(oracle, t.slot, points[i]),
        0n,
      ),
    );
  });

  // 4. the claims
  const claims = new Claims(session.absorb(evals1), 50);
  tensors.forEach((t, i) => {
    const point = points[i];
    const slots = [
      ...t.slots.map((name) => ({ oracle: TRACE, offset: trace.slots[name].offset })),
      ...[t.h, t.k].map((name) => ({ oracle: HELPER, offset: helper.slots[name].offset })),
      { oracle: CHILD, offset: child.slots[t.slot].offset },
    ];
    slots.forEach((slot, j) => {
      claims.add(first(t) + j, evals1[first(t) + j], [{ ...slot, point }]);
    });
    claims.add(first(t) + 5, evals1[first(t) + 5], parentTerms(t, point));
  });
  addTableClaims(
    claims,
    48,
    evals1,
    rho,
    { oracle: HELPER, offset: helper.slots.g.offset },
    { oracle: TRACE, offset: trace.slots.mult.offset },
  );

  const absent = range(parents.length, MAX_PARENTS - parents.length).map(() => ({
    vec: k.zeros(1),
    used: 0,
    slots: {},
  }));
  const opened = await open(session, [child, ...parentOracles, ...absent, trace, helper], claims);
  return finish(session, tracePoint, helperPoint, opened, {
    shape: encodeShape(widths),
    coefficients: packCoefficients(coefficients),
    factors: factors.map((row) => row.map((a) => BigInt(a + MERGE_LIMIT))),
    ...modelParameters(widths),
    modelOffset: offsetBits(child, layerNames(widths)),
    traceOffset: offsetBits(trace, LIMB_TRACE_SLOTS),
    helperOffset: offsetBits(helper, HELPER_SLOTS),
    batch1: batch1.messages,
    evals1,
  });
}
