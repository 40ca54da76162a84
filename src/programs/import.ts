import { Claims } from '../argument/claims.ts';
import { LookupTable } from '../argument/lookup.ts';
import { open } from '../argument/opening.ts';
import type { Session } from '../argument/session.ts';
import { encodeShape } from '../model/shape.ts';
import type { Weights } from '../model/weights.ts';
import { LIMB_BITS } from '../numbers/constants.ts';
import { squaresOf } from '../numbers/field.ts';
import { Batch, term } from './batch.ts';
import {
  type ArgumentResult,
  BATCH_VARIABLES,
  blindHelper,
  finish,
  offsetBits,
  sendOracle,
  slottedOracle,
  slotView,
} from './common.ts';
import {
  addTableClaims,
  entryMask,
  LIMB_TRACE_SLOTS,
  layerSlots,
  limbTrace,
  modelPoly,
  rangedTensors,
  tensorPoint,
} from './layers.ts';
import { layerNames, modelOracle, modelParameters } from './oracles.ts';

const HELPER_SLOTS = [...layerSlots(['hW', 'hb']), 'g'];

/**
 * Program import (design 7.3, protocol section 9): every weight and bias of the committed model is in range, and padding is zero. The statement must bind the
 * commitment to `modelOracle(weights)`.
 * @throws RangeError for a weight outside (-2^41, 2^41)
 */
export async function proveImport(session: Session, weights: Weights): Promise<ArgumentResult> {
  const { kernels: k } = session.backend;
  const { widths } = weights;
  const tensors = rangedTensors(weights).map((t) => ({ ...t, helper: `h${t.kind}_${t.l}` }));

  // 1. trace
  session.stage('trace');
  const model = modelOracle(k, weights);
  const trace = limbTrace(k, tensors);
  const { point: tracePoint, challenge: beta } = await sendOracle(session, trace, LIMB_TRACE_SLOTS);

  // 2. helper: inverses of the lookups
  session.stage('lookups');
  const helper = slottedOracle(k, [
    ...tensors.map((t) => ({ name: t.helper, log2: t.low + t.high })),
    { name: 'g', log2: LIMB_BITS },
    { name: 'blinding', log2: 0 },
  ]);
  const table = new LookupTable(k, beta, LIMB_BITS);
  for (const t of tensors) table.putHelper(slotView(k, helper, t.helper), ...t.limbs);
  table.putTable(slotView(k, helper, 'g'), slotView(k, trace, 'mult'));
  blindHelper(k, helper);
  const { point: helperPoint, challenge: x } = await sendOracle(session, helper, HELPER_SLOTS);

  // 3. the batch
  session.stage('sumcheck');
  const batch = new Batch(k, table, beta, squaresOf(x, BATCH_VARIABLES));
  for (const t of tensors) {
    const bias = t.kind === 'b' ? 4 : 0;
    const eq = batch.eq(t.low, t.high);
    const value = modelPoly(k, model, t);
    const h = modelPoly(k, helper, t, t.helper);
    const [, l1, l2] = batch.addLookup(bias + t.l - 1, eq, h, t.limbs);
    batch.add(8 + bias + t.l - 1, [term(eq, value, entryMask(k, t, 0, eq))]);
    const at = 8 * (t.l - 1) + bias;
    batch.evaluateLimb(at, l1);
    batch.evaluateLimb(at + 1, l2);
    batch.evaluate(at + 2, h);
    batch.evaluate(at + 3, value);
  }
  batch.addTable(16, 32, slotView(k, helper, 'g'), slotView(k, trace, 'mult'));
  const batch1 = batch.prove(session, session.absorb([session.nonce[0]]), 17, 5);
  const rho = batch1.point;
  const evals1 = batch.evaluations(34);

  // 4. the claims
  const claims = new Claims(session.absorb(evals1), 34);
  for (const t of tensors) {
    const at = 8 * (t.l - 1) + (t.kind === 'b' ? 4 : 0);
    const point = tensorPoint(rho, t);
    const slots = [
      ...t.slots.map((name) => ({ oracle: 1, offset: trace.slots[name].offset })),
      { oracle: 2, offset: helper.slots[t.helper].offset },
      { oracle: 0, offset: model.slots[t.slot].offset },
    ];
    slots.forEach((slot, i) => {
      claims.add(at + i, evals1[at + i], [{ ...slot, point }]);
    });
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
    ...modelParameters(widths),
    modelOffset: offsetBits(model, layerNames(widths)),
    traceOffset: offsetBits(trace, LIMB_TRACE_SLOTS),
    helperOffset: offsetBits(helper, HELPER_SLOTS),
    batch1: batch1.messages,
    evals1,
  });
}
