import { LookupTable, multiplicities } from '../../argument/lookup.ts';
import { open } from '../../argument/opening.ts';
import type { Session } from '../../argument/session.ts';
import { NUMBERING } from '../../generated/numbering.ts';
import { encodeForm, inputOffset, valuesAt } from '../../model/inference.ts';
import { isNetworkWeights } from '../../model/networkWeights.ts';
import { bitsOf } from '../../numbers/bits.ts';
import { ADDRESS_BITS, LIMB_BITS, SIGNED_LIMIT } from '../../numbers/constants.ts';
import { squaresOf } from '../../numbers/field.ts';
import { DENSE, PICTURES } from '../axes.ts';
import { type ArgumentResult, finish, offsetBits, sendOracle } from '../common.ts';
import { lookupHelper, sendHelper } from '../helper.ts';
import { layerSizes } from '../layerSizes.ts';
import { inputOracle, modelInputs, modelOracle, outputOracle } from '../oracles.ts';
import { PICTURE_LAYERS } from '../pictures/score.ts';
import { DENSE_LAYERS } from '../score/layers.ts';
import { hiddenTensors, layerGroups, tracedOracle } from '../score/oracles.ts';
import { inferClaims } from './claims.ts';
import {
  formOf,
  type InferContext,
  type InferWitness,
  inputSide,
  inputValues,
  isRanged,
  outputSide,
  outputTensor,
  outputValues,
} from './context.ts';
import { inferEvaluations, inferSumcheckBatch } from './sumcheckBatch.ts';

/** The argument, and the challenge x at which the contract evaluates what is public. */
export interface InferResult extends ArgumentResult {
  point: bigint;
}

/**
 * Programs infer (protocol section 13) and, of convolutional networks, convInfer: the forward pass of a committed model on committed
 * rows. The statement must bind the commitments to model, inputs and outputs, the form, and the hashes of what is public.
 */
export function proveInfer(session: Session, w: InferWitness): Promise<InferResult> {
  return isNetworkWeights(w.model)
    ? prove(session, w, { numbers: NUMBERING.convInfer, axes: PICTURES, layers: PICTURE_LAYERS })
    : prove(session, w, { numbers: NUMBERING.infer, axes: DENSE, layers: DENSE_LAYERS });
}

async function prove(
  session: Session,
  w: InferWitness,
  program: Pick<InferContext, 'numbers' | 'axes' | 'layers'>,
): Promise<InferResult> {
  const { squares: Q, trace: T, helper: H, relations: R } = program.numbers;
  const { kernels: k } = session.backend;
  const sizes = layerSizes(w.model, w.shard);

  // 1. trace: every intermediate of the forward pass
  session.stage('trace');
  const O = outputTensor(w);
  const model = modelOracle(w.model);
  const [input, output] = [inputOracle(w.shard, w.inputs === 'shard'), outputOracle(O, w.outputs.salt)];
  const groups = layerGroups(w.forward, sizes);
  const limb = { slot: 'hX', limbs: [w.shard.X.map((v) => v + SIGNED_LIMIT)] };
  const lookedUp = isRanged(w) ? [...groups, limb] : groups;
  const { Q: logits, U0, U1 } = w.forward.trace.output;
  const trace = tracedOracle([
    ...hiddenTensors(w.forward.trace, sizes.first),
    ['Q', logits],
    ['U0', U0],
    ['U1', U1],
    [
      'mult',
      multiplicities(
        LIMB_BITS,
        lookedUp.flatMap(({ limbs }) => limbs),
      ),
    ],
  ]);
  const { points: tracePoints, challenge: beta } = await sendOracle(session, trace, T.names);

  // 2. helper: inverses of the lookups
  session.stage('lookups');
  const lookups = { beta, table: new LookupTable(k, beta, LIMB_BITS) };
  const made = lookupHelper(k, lookups.table, lookedUp, trace);
  const { points: helperPoints, challenge: x } = await sendHelper(session, made, H.names);

  // 3. the batch
  session.stage('sumcheck');
  const oracles = { model, input, output, trace, helper: made.oracle };
  const tau = squaresOf(x, Q.count);
  const context: InferContext = { ...program, k, witness: w, sizes, oracles, tau, lookups, O };
  const mark = k.mark();
  const { batch, sums } = inferSumcheckBatch(context, groups);
  const batch1 = batch.prove(session, sums, R.logUp, 5);
  const evals1 = inferEvaluations(context, batch, batch1.point);
  k.release(mark);

  // 4. the claims, those of public vectors too
  const inputs = w.inputs === 'public' ? valuesAt(inputValues(w), inputSide(context).places, x) : 0n;
  const outputs = w.outputs.shown ? valuesAt(outputValues(w), outputSide(context).places, x) : 0n;
  const proved = { ...context, sums, evals1, rho: batch1.point, inputs, outputs };
  const claims = inferClaims(session.absorb(evals1), proved);
  const opened = await open(session, [model, input, output, trace, made.oracle], claims);
  const said = modelInputs(w.model, model);
  const form = encodeForm(formOf(w));
  const signals = [...said.parameters, form, x, inputs, outputs];
  const ended = finish(session, { trace: tracePoints, helper: helperPoints }, opened, signals, {
    ...said.inputs,
    ...{ form, inputs, outputs },
    ...formInputs(w),
    traceOffset: offsetBits(trace, T.names),
    helperOffset: offsetBits(made.oracle, H.names),
    sums,
    batch1: batch1.messages,
    evals1,
  });
  return { ...ended, point: x };
}

/** The circuit's inputs that are fields of the form. */
function formInputs(w: InferWitness) {
  const bit = (is: boolean) => (is ? 1n : 0n);
  return {
    rows1: BigInt(w.shard.rows - 1),
    inputOffset: bitsOf(inputOffset(formOf(w)), ADDRESS_BITS),
    showIn: bit(w.inputs === 'public'),
    showOut: bit(w.outputs.shown),
    ranged: bit(isRanged(w)),
  };
}
