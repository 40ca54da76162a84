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
import { encodeShape } from '../model/shape.ts';
import type { Weights } from '../model/weights.ts';
import { LIMB_BITS, MODEL_BITS } from '../numbers/constants.ts';
import { mod, squaresOf } from '../numbers/field.ts';
import { type ArgumentResult, finish, offsetBits, sendOracle } from './common.ts';
import { lookupHelper, sendHelper } from './helper.ts';
import { addTableClaims, limbTrace, modelPoly, type RangedTensor, rangedTensors, tensorPoint } from './layers.ts';
import { absentOracle, layerNames, modelOracle, modelParameters } from './oracles.ts';
import { SumcheckBatch } from './sumcheckBatch.ts';

const { oracles: O, squares: Q, trace: T, helper: H, relations: R, evaluations: E, claims: C } = NUMBERING.merge;

/** What the numbers of W and of b are called. */
const NAMES = {
  W: { range: R.rangeW, rest: R.restW, limbs: ['w1', 'w2'], h: 'hW', k: 'kW', child: 'W', sum: 'MW' },
  b: { range: R.rangeb, rest: R.restb, limbs: ['c1', 'c2'], h: 'hb', k: 'kb', child: 'b', sum: 'Mb' },
} as const;

/** The table has 2^16 entries, a remainder 2^14 values. */
const REST_SCALE = 2 ** LIMB_BITS / MERGE_ONE;

/** A tensor of the child with four times the remainders of its rounding, which are looked up, and its slots in the helper. */
type MergeTensor = RangedTensor & { rest: Int32Array; h: string; k: string };

interface MergeContext {
  k: Kernels;
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
  parents: readonly Weights[];
  /** [layer 1..L][parent], integers over 2^14 in (-2^17, 2^17) */
  coefficients: readonly (readonly number[])[];
  /** mergeWeights(parents, coefficients) */
  merge: Merge;
}

/**
 * Program merge (design 7.4, protocol section 10): the child is the rounded combination of its parents. The statement must bind the commitments to child and
 * parents.
 * @throws RangeError for a child weight outside [-2^47, 2^47)
 */
export async function proveMerge(
  session: Session,
  { parents, coefficients, merge }: MergeWitness,
): Promise<ArgumentResult> {
  const { kernels: k } = session.backend;
  const { widths } = parents[0];
  checkMerge(parents, coefficients);
  const factors = circuitCoefficients(coefficients);
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
  const context = { k, tensors, child, parents: parentOracles, factors, trace, helper };
  const batch = mergeSumcheckBatch(context, new SumcheckBatch(k, table, beta, squaresOf(x, Q.count)));
  const batch1 = batch.prove(session, [], R.logUp, 5);
  const points = tensors.map((t) => tensorPoint(batch1.point, t));
  const evals1 = batch.evaluations(E.count);
  evaluateModels(context, points, evals1);

  // 4. the claims
  const claims = mergeClaims(context, session.absorb(evals1), evals1, points, batch1.point);
  const absent = range(parents.length, MAX_PARENTS - parents.length).map(absentOracle);
  const opened = await open(session, [child, ...parentOracles, ...absent, trace, helper], claims);
  const shape = encodeShape(merge.child);
  const packed = packCoefficients(coefficients);
  return finish(session, { trace: tracePoints, helper: helperPoints }, opened, [shape, ...packed], {
    shape,
    coefficients: packed,
    factors: factors.map((row) => row.map((a) => BigInt(a + MERGE_LIMIT))),
    ...modelParameters(merge.child),
    modelOffset: offsetBits(child, layerNames(widths), MODEL_BITS),
    traceOffset: offsetBits(trace, T.names),
    helperOffset: offsetBits(helper, H.names),
    batch1: batch1.messages,
    evals1,
  });
}

function mergeTensors(merge: Merge): MergeTensor[] {
  return rangedTensors(merge.child).map((t, i) => ({
    ...t,
    rest: merge.rest[i >> 1][t.kind].map((rest) => REST_SCALE * rest),
    h: `${NAMES[t.kind].h}_${t.l}`,
    k: `${NAMES[t.kind].k}_${t.l}`,
  }));
}

function mergeSumcheckBatch({ k, tensors, trace, helper }: MergeContext, batch: SumcheckBatch): SumcheckBatch {
  for (const t of tensors) {
    const names = NAMES[t.kind];
    const eq = batch.eq(t.low, t.high);
    const [h, own] = [t.h, t.k].map((slot) => modelPoly(k, helper, t, slot));
    const [, l1, l2] = batch.addLookup(names.range(t.l), eq, h, t.limbs);
    batch.addLookup(names.rest(t.l), eq, own, [t.rest]);
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
  { k, tensors, child, parents, factors }: MergeContext,
  points: readonly (readonly bigint[])[],
  evals1: bigint[],
): void {
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
  { tensors, child, parents, factors, trace, helper }: MergeContext,
  challenge: bigint,
  evals1: readonly bigint[],
  points: readonly (readonly bigint[])[],
  rho: readonly bigint[],
): Claims {
  const claims = new Claims(challenge, C.count);
  tensors.forEach((t, i) => {
    const names = NAMES[t.kind];
    const point = points[i];
    const evaluation = (name: Exclude<keyof typeof E, 'count' | 'names' | 'g' | 'mult'>, terms: ClaimTerm[]) =>
      claims.add(C[name](t.l), evals1[E[name](t.l)], terms);
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
  addTableClaims(
    claims,
    E,
    evals1,
    rho,
    { oracle: O.helper, offset: helper.slots.g.offset },
    { oracle: O.trace, offset: trace.slots.mult.offset },
  );
  return claims;
}
