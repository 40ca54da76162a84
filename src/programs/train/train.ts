import { LookupTable, multiplicities } from '../../argument/lookup.ts';
import { open } from '../../argument/opening.ts';
import type { Session } from '../../argument/session.ts';
import { sumcheck } from '../../argument/sumcheck.ts';
import { encodeSegment, encodeShape } from '../../model/shape.ts';
import { LIMB_BITS, SIZE_BITS } from '../../numbers/constants.ts';
import { squaresOf } from '../../numbers/field.ts';
import { type ArgumentResult, finish, offsetBits, sendOracle, slotView } from '../common.ts';
import { layerNames, modelOracle, modelParameters, shardOracle } from '../oracles.ts';
import { FirstBatch, SecondBatch } from './batch.ts';
import { trainClaims } from './claims.ts';
import { rowTables, type TrainWitness, trainLayers, trainSizes } from './context.ts';
import { HELPER_SLOTS, hiddenLimbs, outputLimbs, TRACE_SLOTS, trainHelper, trainTrace } from './oracles.ts';

/**
 * Program train (design 7.1, protocol section 7): child = parent after SGD with steps of `batch` rows and rate `lr` over the whole shard, whose rows number
 * a power of two. The statement h_0 must bind the commitments to parent, child and shard.
 */
export async function proveTrain(session: Session, w: TrainWitness): Promise<ArgumentResult> {
  const { kernels: k } = session.backend;
  const { widths } = w.parent;
  const sizes = trainSizes(w);
  const lr = BigInt(w.lr);

  // 1. trace: every intermediate of the run
  session.stage('trace');
  const parent = modelOracle(k, w.parent);
  const child = modelOracle(k, w.child);
  const shard = shardOracle(k, w.shard);
  const limbs = [...w.trace.hidden.flatMap(hiddenLimbs), outputLimbs(w.trace.output)];
  const trace = trainTrace(k, w.trace, sizes.first, multiplicities(LIMB_BITS, limbs.flat()));
  session.stage('commit to the trace');
  const { point: tracePoint, challenge: beta } = await sendOracle(session, trace, TRACE_SLOTS);

  // 2. helper: inverses of the lookups
  session.stage('lookups');
  const table = new LookupTable(k, beta, LIMB_BITS);
  const helper = trainHelper(k, limbs, sizes.first, table, slotView(k, trace, 'mult'));
  const { point: helperPoint, challenge: x } = await sendOracle(session, helper, HELPER_SLOTS);
  const squares = squaresOf(x, 61);
  const challenges = {
    beta,
    ri: squares.slice(0, 12),
    rj: squares.slice(12, 24),
    rs: squares.slice(24, 24 + sizes.sigma),
    tau: squares.slice(36, 60),
    mu: squares[60],
  };

  // 3. first batch: the six sums of each layer, zero-checks, lookups
  session.stage('sumcheck: tables');
  const oracles = { parent, child, shard, trace, helper };
  const layers = trainLayers(k, sizes, oracles);
  const context = { ...challenges, k, sizes, layers, rows: rowTables(k, sizes, challenges.rs), oracles, table, limbs };
  const first = new FirstBatch(context);
  session.stage('sumcheck');
  const lambda = session.absorb([...first.sums, session.nonce[0]]);
  const batch1 = first.prove(session, lambda);
  const rho = batch1.point;
  const evals1 = first.evaluations(rho);

  // 4. second batch: the sums over steps inside P and P'
  session.stage('sumcheck: second batch');
  const second = new SecondBatch(context, rho, evals1, session.absorb(evals1));
  const batch2 = sumcheck(k, second.instances, SIZE_BITS, 3, session.absorb);
  const evals2 = second.evaluations();
  const zeta = [...challenges.rs.slice(0, sizes.batchBits), ...batch2.point.slice(sizes.batchBits, sizes.sigma)];

  // 5. claims and opening
  const claims = trainClaims(session.absorb(evals2), {
    ...challenges,
    sizes,
    oracles,
    lr,
    sums: first.sums,
    evals1,
    evals2,
    rho,
    zeta,
  });
  const opened = await open(session, [parent, child, shard, trace, helper], claims);
  return finish(session, tracePoint, helperPoint, opened, {
    shape: encodeShape(widths),
    seg: encodeSegment(w, w.shard),
    ...modelParameters(widths),
    modelOffset: offsetBits(parent, layerNames(widths)),
    rows1: BigInt(w.shard.rows - 1),
    batchRows1: BigInt(w.batch - 1),
    lr,
    shardOffset: offsetBits(shard, ['X', 'Y']),
    traceOffset: offsetBits(trace, TRACE_SLOTS),
    helperOffset: offsetBits(helper, HELPER_SLOTS),
    sums: first.sums,
    batch1: batch1.messages,
    evals1,
    batch2: batch2.messages,
    evals2,
  });
}
