import { Claims, type ClaimTerm } from '../argument/claims.ts';
import { LookupTable } from '../argument/lookup.ts';
import { open } from '../argument/opening.ts';
import type { Session } from '../argument/session.ts';
import { NUMBERING } from '../generated/numbering.ts';
import { type AnyWeights, isNetworkWeights } from '../model/networkWeights.ts';
import { LIMB_BITS } from '../numbers/constants.ts';
import { squaresOf } from '../numbers/field.ts';
import { pointOf } from './axes.ts';
import { type ArgumentResult, finish, offsetBits, sendOracle } from './common.ts';
import { lookupHelper, sendHelper } from './helper.ts';
import { addTableClaims, entryMask, limbTrace, modelPoly, rangedTensors, weightAxes } from './layers.ts';
import { modelInputs, modelOracle } from './oracles.ts';
import { SumcheckBatch, term } from './sumcheckBatch.ts';

type ImportNumbers = typeof NUMBERING.import | typeof NUMBERING.convImport;

/** What the numbers of W and of b are called. */
const NAMES = {
  W: { range: 'rangeW', padding: 'paddingW', limbs: ['w1', 'w2'], helper: 'hW', value: 'W' },
  b: { range: 'rangeb', padding: 'paddingb', limbs: ['c1', 'c2'], helper: 'hb', value: 'b' },
} as const;

/**
 * Programs import (design 7.3, protocol section 9) and, of convolutional networks, convImport (section 12): every weight and bias of the committed model is in range, and padding is zero. The statement must bind the
 * commitment to `modelOracle(weights)`.
 * @throws RangeError for a weight outside [-2^47, 2^47)
 */
export function proveImport(session: Session, weights: AnyWeights): Promise<ArgumentResult> {
  return proveRanges(session, weights, isNetworkWeights(weights) ? NUMBERING.convImport : NUMBERING.import);
}

async function proveRanges(session: Session, weights: AnyWeights, numbers: ImportNumbers): Promise<ArgumentResult> {
  const { oracles: O, squares: Q, trace: T, helper: H, relations: R, evaluations: E, claims: C } = numbers;
  const { kernels: k } = session.backend;
  const axes = weightAxes(weights);
  const tensors = rangedTensors(weights).map((t) => ({ ...t, helper: `${NAMES[t.kind].helper}_${t.l}` }));

  // 1. trace
  session.stage('trace');
  const model = modelOracle(weights);
  const trace = limbTrace(tensors);
  const { points: tracePoints, challenge: beta } = await sendOracle(session, trace, T.names);

  // 2. helper: inverses of the lookups
  session.stage('lookups');
  const table = new LookupTable(k, beta, LIMB_BITS);
  const groups = tensors.map((t) => ({ slot: t.helper, limbs: t.limbs }));
  const looked = lookupHelper(k, table, groups, trace);
  const { points: helperPoints, challenge: x } = await sendHelper(session, looked, H.names);
  const helper = looked.oracle;

  // 3. the batch
  session.stage('sumcheck');
  const batch = new SumcheckBatch(k, table, beta, squaresOf(x, Q.count), axes);
  for (const t of tensors) {
    const names = NAMES[t.kind];
    const eq = batch.eq(...t.bits);
    const value = modelPoly(k, model, t, axes);
    const h = modelPoly(k, helper, t, axes, t.helper);
    const [, l1, l2] = batch.addLookup(R[names.range](t.l), eq, h, t.limbs);
    batch.add(R[names.padding](t.l), [term(eq, value, entryMask(k, t, 0, eq))]);
    [l1, l2].forEach((limb, i) => {
      batch.evaluateLimb(E[names.limbs[i]](t.l), limb);
    });
    batch.evaluate(E[names.helper](t.l), h);
    batch.evaluate(E[names.value](t.l), value);
  }
  batch.addTable(R.table, E, helper.field(k, 'g'), trace.values(k, 'mult'));
  const batch1 = batch.prove(session, [], R.logUp, 5);
  const rho = batch1.point;
  const evals1 = batch.evaluations(E.count);

  // 4. the claims
  const claims = new Claims(session.absorb(evals1), C.count);
  for (const t of tensors) {
    const names = NAMES[t.kind];
    const point = pointOf(axes, t.bits, rho);
    const evaluation = (
      name: (typeof names)['limbs'][number] | (typeof names)['helper' | 'value'],
      place: Omit<ClaimTerm, 'point'>,
    ) => claims.add(C[name](t.l), evals1[E[name](t.l)], [{ ...place, point }]);
    names.limbs.forEach((name, i) => {
      evaluation(name, { oracle: O.trace, offset: trace.slots[t.slots[i]].offset });
    });
    evaluation(names.helper, { oracle: O.helper, offset: helper.slots[t.helper].offset });
    evaluation(names.value, { oracle: O.model, offset: model.slots[t.slot].offset });
  }
  addTableClaims(claims, numbers, evals1, rho, { trace, helper });

  const opened = await open(session, [model, trace, helper], claims);
  const { parameters, inputs } = modelInputs(weights, model);
  return finish(session, { trace: tracePoints, helper: helperPoints }, opened, parameters, {
    ...inputs,
    traceOffset: offsetBits(trace, T.names),
    helperOffset: offsetBits(helper, H.names),
    batch1: batch1.messages,
    evals1,
  });
}
