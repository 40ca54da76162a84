import { LookupTable } from '../../argument/lookup.ts';
import { open } from '../../argument/opening.ts';
import type { Session } from '../../argument/session.ts';
import { NUMBERING } from '../../generated/numbering.ts';
import { countsAt } from '../../model/measures.ts';
import { isNetworkWeights } from '../../model/networkWeights.ts';
import { encodeShard } from '../../model/shape.ts';
import { LIMB_BITS } from '../../numbers/constants.ts';
import { squaresOf } from '../../numbers/field.ts';
import { functionTable } from '../../training/tables.ts';
import { DENSE, PICTURES } from '../axes.ts';
import { type ArgumentResult, finish, offsetBits, sendOracle } from '../common.ts';
import { lookupHelper, sendHelper } from '../helper.ts';
import { modelInputs, modelOracle, shardOracle, tablesOracle } from '../oracles.ts';
import { PICTURE_LAYERS } from '../pictures/score.ts';
import { scoreClaims } from './claims.ts';
import {
  type ScoreLookups,
  type ScoreNumbers,
  type ScoreOracles,
  type ScoreProgram,
  type ScoreWitness,
  scoreSizes,
} from './context.ts';
import { DENSE_LAYERS } from './layers.ts';
import { layerGroups, resultGroups, scoreTrace } from './oracles.ts';
import { scoreEvaluations, scoreSumcheckBatch } from './sumcheckBatch.ts';

/** The argument, and the challenge x at which the contract evaluates the counts. */
export interface ScoreResult extends ArgumentResult {
  point: bigint;
}

/**
 * Programs score (design 7.5, protocol section 11) and, of convolutional networks, convScore (section 12): the forward pass of a committed model on a committed shard, and what its outputs are worth beside the
 * labels. The statement must bind the commitments to model and shard, the measures and the hash of the counts.
 */
export function proveScore(session: Session, w: ScoreWitness): Promise<ScoreResult> {
  const dense: ScoreProgram = { numbers: NUMBERING.score, axes: DENSE, layers: DENSE_LAYERS };
  const ofNetworks: ScoreProgram = { numbers: NUMBERING.convScore, axes: PICTURES, layers: PICTURE_LAYERS };
  return prove(session, w, isNetworkWeights(w.model) ? ofNetworks : dense);
}

async function prove(session: Session, w: ScoreWitness, program: ScoreProgram): Promise<ScoreResult> {
  const { squares: Q, trace: T, helper: H, relations: R } = program.numbers;
  const { kernels: k } = session.backend;
  const sizes = scoreSizes(w);
  const { pairs } = w.forward.score;

  // 1. trace: every intermediate of the forward pass, and what shows the results
  session.stage('trace');
  const model = modelOracle(w.model);
  const shard = shardOracle(w.shard);
  const groups = layerGroups(w.forward, sizes);
  const lookedUp = [...groups, ...resultGroups(w.forward)];
  const looked = lookedUp.flatMap(({ limbs }) => limbs);
  const trace = scoreTrace(w.forward, sizes.first, looked);
  const { points: tracePoints, challenge: beta } = await sendOracle(session, trace, T.names);

  // 2. helper: inverses of the lookups, also of pairs, which alpha joins
  session.stage('lookups');
  const alpha = session.absorb([0n]);
  const lookups: ScoreLookups = { beta, alpha, table: new LookupTable(k, beta, LIMB_BITS) };
  if (pairs) {
    const column = functionTable(pairs.softmax ? 'EXP' : 'LOSS');
    lookups.pairs = { column, table: new LookupTable(k, beta, LIMB_BITS, { alpha, values: column }) };
  }
  const pairGroups = pairs && { groups: [{ slot: 'hF', limbs: [pairs.index] }], table: lookups.pairs!.table };
  const made = lookupHelper(k, lookups.table, lookedUp, trace, pairGroups);
  const { points: helperPoints, challenge: x } = await sendHelper(session, made, H.names);

  // 3. the batch
  session.stage('sumcheck');
  const oracles = { model, shard, trace, helper: made.oracle, tables: tablesOracle() };
  const context = { ...program, k, witness: w, sizes, oracles, tau: squaresOf(x, Q.count) };
  const mark = k.mark();
  const batch = scoreSumcheckBatch(context, groups, lookups);
  const { sums } = batch;
  const batch1 = batch.batch.prove(session, sums, R.logUp, 5);
  const evals1 = scoreEvaluations(context, batch, lookups, batch1.point);
  k.release(mark);

  // 4. the claims
  const claims = scoreClaims(session.absorb(evals1), { ...context, sums, evals1, rho: batch1.point });
  const opened = await open(session, [model, shard, trace, made.oracle, oracles.tables], claims);
  const { inputs, parameters } = publicInputs(w, oracles);
  const counts = countsAt(w.shard.kind, w.forward.measures.counts, x);
  const ended = finish(session, { trace: tracePoints, helper: helperPoints }, opened, [...parameters, x, counts], {
    ...inputs,
    ...sizeInputs(w, oracles, program.numbers),
    sums,
    batch1: batch1.messages,
    evals1,
  });
  return { ...ended, point: x };
}

/** The statement's parameters in order, and as inputs of the circuit. */
function publicInputs({ model, shard, forward: { measures } }: ScoreWitness, oracles: ScoreOracles) {
  const { result, loss, absolute, k, top } = measures;
  const said = { shard: encodeShard(shard), result, loss, absolute, k: BigInt(k), top };
  const { inputs, parameters } = modelInputs(model, oracles.model);
  return { inputs: { ...inputs, ...said }, parameters: [...parameters, ...Object.values(said)] };
}

/** The circuit's inputs that say how large everything is and where it stands. */
function sizeInputs(w: ScoreWitness, { shard, trace, helper }: ScoreOracles, numbers: ScoreNumbers) {
  const { classes, labels } = scoreSizes(w);
  return {
    inputs1: BigInt(w.shard.inputs - 1),
    outputs1: BigInt(w.shard.outputs - 1),
    rows1: BigInt(w.shard.rows - 1),
    classes,
    labels,
    shardOffset: offsetBits(shard, NUMBERING.shared.shard.names),
    traceOffset: offsetBits(trace, numbers.trace.names),
    helperOffset: offsetBits(helper, numbers.helper.names),
  };
}
