import { Claims, type ClaimTerm } from '../argument/claims.ts';
import type { Kernels } from '../argument/kernels.ts';
import { LookupTable } from '../argument/lookup.ts';
import { open } from '../argument/opening.ts';
import type { Oracle } from '../argument/oracle.ts';
import type { Session } from '../argument/session.ts';
import { range } from '../argument/sumcheck.ts';
import { NUMBERING } from '../generated/numbering.ts';
import {
  checkMerge,
  circuitCoefficients,
  MAX_PARENTS,
  MERGE_LIMIT,
  MERGE_ONE,
  type Merge,
  packCoefficients,
} from '../model/merge.ts';
import { NETWORK_LAYERS } from '../model/network.ts';
import { type AnyWeights, isNetworkWeights } from '../model/networkWeights.ts';
import { LIMB_BITS, MAX_LAYERS } from '../numbers/constants.ts';
import { mod, squaresOf } from '../numbers/field.ts';
import { type Axes, pointOf } from './axes.ts';
import { type ArgumentResult, finish, offsetBits, sendOracle } from './common.ts';
import { lookupHelper, sendHelper } from './helper.ts';
import { addTableClaims, limbTrace, modelPoly, type RangedTensor, rangedTensors, weightAxes } from './layers.ts';
import { absentOracle, modelInputs, modelOracle } from './oracles.ts';
import { SumcheckBatch } from './sumcheckBatch.ts';

type MergeNumbers = typeof NUMBERING.merge | typeof NUMBERING.convMerge;

/** What the numbers of W and of b are called. */
const NAMES = {
  W: { range: 'rangeW', rest: 'restW', limbs: ['w1', 'w2'], h: 'hW', k: 'kW', child: 'W', sum: 'MW' },
  b: { range: 'rangeb', rest: 'restb', limbs: ['c1', 'c2'], h: 'hb', k: 'kb', child: 'b', sum: 'Mb' },
} as const;

/** The table has 2^16 entries, a remainder 2^14 values. */
const REST_SCALE = 2 ** LIMB_BITS / MERGE_ONE;

/** A tensor of the child with four times the remainders of its rounding, which are looked up, and its slots in the helper. */
type MergeTensor = RangedTensor & { rest: Int32Array; h: string; k: string };

interface MergeContext {
  k: Kernels;
  numbers: MergeNumbers;
  axes: Axes;
  tensors: readonly MergeTensor[];
  child: Oracle;
  parents: readonly Oracle[];
  /** a_(i,l), [layer l - 1][parent i] */
  factors: readonly (readonly number[])[];
  trace: Oracle;
  helper: Oracle;
}

export interface MergeWitness {
  /** 2..8 models of one shape */
  parents: readonly AnyWeights[];
  /** [layer 1..L][parent], integers over 2^14 in (-2^17, 2^17) */
  coefficients: readonly (readonly number[])[];
  /** mergeWeights(parents, coefficients) */
  merge: Merge<AnyWeights>;
}

/**
 * Programs merge (design 7.4, protocol section 10) and, of convolutional networks, convMerge (section 12): the child is the rounded combination of its parents. The statement must bind the commitments to child and
 * parents.
 * @throws RangeError for a child weight outside [-2^47, 2^47)
 */
export function proveMerge(session: Session, witness: MergeWitness): Promise<ArgumentResult> {
  if (isNetworkWeights(witness.merge.child)) return proveSum(session, witness, NUMBERING.convMerge, NETWORK_LAYERS);
  return proveSum(session, witness, NUMBERING.merge, MAX_LAYERS);
}

async function proveSum(
  session: Session,
  { parents, coefficients, merge }: MergeWitness,
  numbers: MergeNumbers,
  layers: number,
): Promise<ArgumentResult> {
  const { squares: Q, trace: T, helper: H, relations: R, evaluations: E } = numbers;
  const { kernels: k } = session.backend;
  const axes = weightAxes(merge.child);
  checkMerge(parents, coefficients);
  const factors = circuitCoefficients(coefficients, layers);
  const tensors = mergeTensors(merge);

  // 1. trace (the remainder follows from the weights, like the lowest limb)
  session.stage('trace');
  const child = modelOracle(merge.child);
  const parentOracles = parents.map(modelOracle);
  const rests = tensors.map((t) => t.rest);
  const trace = limbTrace(tensors, rests);
  const { points: tracePoints, challenge: beta } = await sendOracle(session, trace, T.names);

  // 2. helper: inverses of the lookups
  session.stage('lookups');
  const table = new LookupTable(k, beta, LIMB_BITS);
  const groups = tensors.flatMap((t) => [
    { slot: t.h, limbs: t.limbs },
    { slot: t.k, limbs: [t.rest] },
  ]);
  const looked = lookupHelper(k, table, groups, trace);
  const { points: helperPoints, challenge: x } = await sendHelper(session, looked, H.names);
  const helper = looked.oracle;

  // 3. the batch
  session.stage('sumcheck');
  const context = { k, numbers, axes, tensors, child, parents: parentOracles, factors, trace, helper };
  const batch = mergeSumcheckBatch(context, new SumcheckBatch(k, table, beta, squaresOf(x, Q.count), axes));
  const batch1 = batch.prove(session, [], R.logUp, 5);
  const points = tensors.map((t) => pointOf(axes, t.bits, batch1.point));
  const evals1 = batch.evaluations(E.count);
  evaluateModels(context, points, evals1);

  // 4. the claims
  const claims = mergeClaims(context, session.absorb(evals1), evals1, points, batch1.point);
  const absent = range(parents.length, MAX_PARENTS - parents.length).map(absentOracle);
  const opened = await open(session, [child, ...parentOracles, ...absent, trace, helper], claims);
  const { parameters, inputs } = modelInputs(merge.child, child);
  const packed = packCoefficients(coefficients, layers);
  return finish(session, { trace: tracePoints, helper: helperPoints }, opened, [...parameters, ...packed], {
    ...inputs,
    coefficients: packed,
    factors: factors.map((row) => row.map((a) => BigInt(a + MERGE_LIMIT))),
    traceOffset: offsetBits(trace, T.names),
    helperOffset: offsetBits(helper, H.names),
    batch1: batch1.messages,
    evals1,
  });
}

function mergeTensors(merge: Merge<AnyWeights>): MergeTensor[] {
  return rangedTensors(merge.child).map((t, i) => ({
    ...t,
    rest: merge.rest[i >> 1][t.kind].map((rest) => REST_SCALE * rest),
    h: `${NAMES[t.kind].h}_${t.l}`,
    k: `${NAMES[t.kind].k}_${t.l}`,
  }));
}

function mergeSumcheckBatch(c: MergeContext, batch: SumcheckBatch): SumcheckBatch {
  const { k, axes, tensors, trace, helper } = c;
  const { relations: R, evaluations: E } = c.numbers;
  for (const t of tensors) {
    const names = NAMES[t.kind];
    const eq = batch.eq(...t.bits);
    const [h, own] = [t.h, t.k].map((slot) => modelPoly(k, helper, t, axes, slot));
    const [, l1, l2] = batch.addLookup(R[names.range](t.l), eq, h, t.limbs);
    batch.addLookup(R[names.rest](t.l), eq, own, [t.rest]);
    [l1, l2].forEach((limb, i) => {
      batch.evaluateLimb(E[names.limbs[i]](t.l), limb);
    });
    batch.evaluate(E[names.h](t.l), h);
    batch.evaluate(E[names.k](t.l), own);
  }
  batch.addTable(R.table, E, helper.field(k, 'g'), trace.values(k, 'mult'));
  return batch;
}

/** Evaluates the child and sum_i a_i x_i of the parents, of which no relation speaks by itself. */
function evaluateModels(
  { k, numbers, tensors, child, parents, factors }: MergeContext,
  points: readonly (readonly bigint[])[],
  evals1: bigint[],
): void {
  const { evaluations: E } = numbers;
  const valueAt = (oracle: Oracle, slot: string, point: readonly bigint[]) =>
    k.scoped(() => k.evaluate(oracle.values(k, slot), point));
  tensors.forEach(({ l, kind, slot }, i) => {
    const names = NAMES[kind];
    evals1[E[names.child](l)] = valueAt(child, slot, points[i]);
    evals1[E[names.sum](l)] = mod(
      parents.reduce((sum, oracle, j) => sum + BigInt(factors[l - 1][j]) * valueAt(oracle, slot, points[i]), 0n),
    );
  });
}

function mergeClaims(
  { numbers, tensors, child, parents, factors, trace, helper }: MergeContext,
  challenge: bigint,
  evals1: readonly bigint[],
  points: readonly (readonly bigint[])[],
  rho: readonly bigint[],
): Claims {
  const { oracles: O, evaluations: E, claims: C } = numbers;
  const claims = new Claims(challenge, C.count);
  tensors.forEach((t, i) => {
    const names = NAMES[t.kind];
    const point = points[i];
    const evaluation = (
      name: (typeof names)['limbs'][number] | (typeof names)['h' | 'k' | 'child' | 'sum'],
      terms: ClaimTerm[],
    ) => claims.add(C[name](t.l), evals1[E[name](t.l)], terms);
    names.limbs.forEach((name, j) => {
      evaluation(name, [{ oracle: O.trace, offset: trace.slots[t.slots[j]].offset, point }]);
    });
    evaluation(names.h, [{ oracle: O.helper, offset: helper.slots[t.h].offset, point }]);
    evaluation(names.k, [{ oracle: O.helper, offset: helper.slots[t.k].offset, point }]);
    evaluation(names.child, [{ oracle: O.child, offset: child.slots[t.slot].offset, point }]);
    evaluation(
      names.sum,
      parents.map((oracle, j) => ({
        oracle: O.parent(j),
        offset: oracle.slots[t.slot].offset,
        point,
        coefficient: BigInt(factors[t.l - 1][j]),
      })),
    );
  });
  addTableClaims(claims, numbers, evals1, rho, { trace, helper });
  return claims;
}
