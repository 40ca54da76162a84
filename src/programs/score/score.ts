import { LookupTable } from '../../argument/lookup.ts';
import { open } from '../../argument/opening.ts';
import type { Session } from '../../argument/session.ts';
import { NUMBERING } from '../../generated/numbering.ts';
import { encodeShape, encodeShard } from '../../model/shape.ts';
import { LIMB_BITS, MODEL_BITS } from '../../numbers/constants.ts';
import { squaresOf } from '../../numbers/field.ts';
import { type ArgumentResult, finish, offsetBits, sendOracle } from '../common.ts';
import { lookupHelper, sendHelper } from '../helper.ts';
import { layerNames, modelOracle, modelParameters, shardOracle } from '../oracles.ts';
import { scoreClaims } from './claims.ts';
import { type ScoreWitness, scoreSizes } from './context.ts';
import { lookupGroups, scoreTrace } from './oracles.ts';
import { scoreEvaluations, scoreSumcheckBatch } from './sumcheckBatch.ts';

const { squares: Q, trace: T, helper: H, relations: R } = NUMBERING.score;

/**
 * Program score (design 7.5, protocol section 11): the forward pass of a committed model on a committed shard, and its public result. The statement must bind
 * the commitments to model and shard, and the result.
 */
export async function proveScore(session: Session, w: ScoreWitness): Promise<ArgumentResult> {
  const { kernels: k } = session.backend;
  const { shard, forward } = w;
  const { widths } = w.model;
  const sizes = scoreSizes(w);

  // 1. trace: every intermediate of the forward pass
  session.stage('trace');
  const model = modelOracle(w.model);
  const rows = shardOracle(shard);
  const groups = lookupGroups(forward, sizes);
  const trace = scoreTrace(forward, sizes, groups);
  const { points: tracePoints, challenge: beta } = await sendOracle(session, trace, T.names);

  // 2. helper: inverses of the lookups
  session.stage('lookups');
  const table = new LookupTable(k, beta, LIMB_BITS);
  const looked = lookupHelper(k, table, [...groups, { slot: 'hG', limbs: [forward.margin] }], trace);
  const { points: helperPoints, challenge: x } = await sendHelper(session, looked, H.names);
  const squares = squaresOf(x, Q.count);
  const cut = ({ from, to }: { from: number; to: number }) => squares.slice(from, to);

  // 3. the batch
  session.stage('sumcheck');
  const helper = looked.oracle;
  const oracles = { model, shard: rows, trace, helper };
  const context = { k, witness: w, sizes, oracles, ri: cut(Q.ri), rs: cut(Q.rs) };
  const mark = k.mark();
  const made = scoreSumcheckBatch(context, groups, table, beta);
  const { sums } = made;
  const batch1 = made.batch.prove(session, sums, R.logUp, 5);
  const evals1 = scoreEvaluations(context, made, batch1.point);
  k.release(mark);

  // 4. the claims
  const claims = scoreClaims(session.absorb(evals1), { ...context, sums, evals1, rho: batch1.point });
  const opened = await open(session, [model, rows, trace, helper], claims);
  const parameters = { shape: encodeShape(w.model), shard: encodeShard(shard), result: forward.result };
  return finish(session, { trace: tracePoints, helper: helperPoints }, opened, Object.values(parameters), {
    ...parameters,
    ...modelParameters(w.model),
    modelOffset: offsetBits(model, layerNames(widths), MODEL_BITS),
    inputs1: BigInt(shard.inputs - 1),
    outputs1: BigInt(shard.outputs - 1),
    rows1: BigInt(shard.rows - 1),
    classes: sizes.classes,
    labels: sizes.labels,
    shardOffset: offsetBits(rows, NUMBERING.shared.shard.names),
    traceOffset: offsetBits(trace, T.names),
    helperOffset: offsetBits(helper, H.names),
    sums,
    batch1: batch1.messages,
    evals1,
  });
}
