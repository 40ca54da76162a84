import { LookupTable, multiplicities } from '../../argument/lookup.ts';
import { open } from '../../argument/opening.ts';
import type { Session } from '../../argument/session.ts';
import { sumcheck } from '../../argument/sumcheck.ts';
import { NUMBERING } from '../../generated/numbering.ts';
import { encodeSegment, encodeShape } from '../../model/shape.ts';
import { LIMB_BITS, MODEL_BITS, SIZE_BITS } from '../../numbers/constants.ts';
import { squaresOf } from '../../numbers/field.ts';
import { type ArgumentResult, finish, offsetBits, sendOracle, slotView } from '../common.ts';
import { layerNames, modelOracle, modelParameters, shardOracle } from '../oracles.ts';
import { trainClaims } from './claims.ts';
import { rowTables, type TrainWitness, trainLayers, trainSizes } from './context.ts';
import { lookupGroups, trainHelper, trainTrace } from './oracles.ts';
import { FirstSumcheckBatch, SecondSumcheckBatch } from './sumcheckBatches.ts';

const { squares: Q, trace: T, helper: H } = NUMBERING.train;

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
  const groups = lookupGroups(w.trace, sizes.first);
  const limbs = groups.flatMap((group) => group.limbs);
  const trace = trainTrace(k, w.trace, sizes.first, multiplicities(LIMB_BITS, limbs));
  session.stage('commit to the trace');
  const { point: tracePoint, challenge: beta } = await sendOracle(session, trace, T.names);

  // 2. helper: inverses of the lookups
  session.stage('lookups');
  const table = new LookupTable(k, beta, LIMB_BITS);
  const helper = trainHelper(k, groups, table, slotView(k, trace, 'mult'));
  const { point: helperPoint, challenge: x } = await sendOracle(session, helper, H.names);
  const squares = squaresOf(x, Q.count);
  const cut = ({ from, to }: { from: number; to: number }) => squares.slice(from, to);
  const [mu] = cut(Q.mu);
  const rs = cut(Q.rs).slice(0, sizes.sigma);
  const challenges = { beta, ri: cut(Q.ri), rj: cut(Q.rj), rs, tau: cut(Q.tau), mu };

  // 3. first batch: the six sums of each layer, zero-checks, lookups
  session.stage('sumcheck: tables');
  const oracles = { parent, child, shard, trace, helper };
  const layers = trainLayers(k, sizes, oracles);
  const context = { ...challenges, k, sizes, layers, rows: rowTables(k, sizes, challenges.rs), oracles, table, groups };
  const first = new FirstSumcheckBatch(context);
  session.stage('sumcheck');
  const batch1 = first.prove(session);
  const rho = batch1.point;
  const evals1 = first.evaluations(rho);

  // 4. second batch: the sums over steps inside P and P'
  session.stage('sumcheck: second batch');
  const second = new SecondSumcheckBatch(context, rho, evals1, session.absorb(evals1));
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
    modelOffset: offsetBits(parent, layerNames(widths), MODEL_BITS),
    rows1: BigInt(w.shard.rows - 1),
    batchRows1: BigInt(w.batch - 1),
    lr,
    shardOffset: offsetBits(shard, NUMBERING.shared.shard.names),
    traceOffset: offsetBits(trace, T.names),
    helperOffset: offsetBits(helper, H.names),
    sums: first.sums,
    batch1: batch1.messages,
    evals1,
    batch2: batch2.messages,
    evals2,
  });
}
