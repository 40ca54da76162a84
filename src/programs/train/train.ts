import { LookupTable, multiplicities } from '../../argument/lookup.ts';
import { open } from '../../argument/opening.ts';
import type { Session } from '../../argument/session.ts';
import { NUMBERING } from '../../generated/numbering.ts';
import { encodeSegment } from '../../model/shape.ts';
import { LIMB_BITS } from '../../numbers/constants.ts';
import { squaresOf } from '../../numbers/field.ts';
import { type ArgumentResult, finish, offsetBits, sendOracle } from '../common.ts';
import { lookupHelper, sendHelper } from '../helper.ts';
import { modelInputs, modelOracle, shardOracle, tablesOracle } from '../oracles.ts';
import type { BatchContext } from './batchContext.ts';
import { trainClaims } from './claims.ts';
import { type TrainOracles, type TrainWitness, trainLayers, trainSizes } from './context.ts';
import { FirstSumcheckBatch } from './firstBatch.ts';
import { lookedPairs } from './heads.ts';
import { lookupGroups, trainTrace } from './oracles.ts';
import { rowTables } from './rowTables.ts';
import { SecondSumcheckBatch } from './secondBatch.ts';

const { squares: Q, trace: T, helper: H } = NUMBERING.train;

/**
 * Program train (design 7.1, protocol section 7): child = parent after SGD with steps of `batch` rows and rate `lr`, `passes` times over the whole shard. The
 * statement h_0 must bind the commitments to parent, child and shard.
 */
export async function proveTrain(session: Session, w: TrainWitness): Promise<ArgumentResult> {
  const { kernels: k } = session.backend;
  const sizes = trainSizes(w);

  // 1. trace: every intermediate of the run
  session.stage('trace');
  const parent = modelOracle(w.parent);
  const child = modelOracle(w.child);
  const shard = shardOracle(w.shard);
  const groups = lookupGroups(w.trace, sizes.first);
  const limbs = groups.flatMap((group) => group.limbs);
  const looked2 = lookedPairs(w);
  const mult2 = looked2 && multiplicities(LIMB_BITS, looked2.group.limbs);
  const trace = trainTrace(w.trace, sizes.first, multiplicities(LIMB_BITS, limbs), mult2);
  session.stage('commit to the trace');
  const { points: tracePoints, challenge: beta } = await sendOracle(session, trace, T.names);

  // 2. helper: inverses of the lookups, also of pairs, which alpha joins
  session.stage('lookups');
  const alpha = session.absorb([0n]);
  const table = new LookupTable(k, beta, LIMB_BITS);
  const pairs = looked2 && {
    table: new LookupTable(k, beta, LIMB_BITS, { alpha, values: looked2.column }),
    groups: [looked2.group],
    column: looked2.column,
  };
  const looked = lookupHelper(k, table, groups, trace, pairs);
  const { points: helperPoints, challenge: x } = await sendHelper(session, looked, H.names);
  const squares = squaresOf(x, Q.count);
  const cut = ({ from, to }: { from: number; to: number }) => squares.slice(from, to);
  const challenges = { beta, alpha, ri: cut(Q.ri), rs: cut(Q.rs), mu: cut(Q.mu)[0] };

  // 3. both batches: sums of each layer, zero-checks, lookups; then what the first leaves, as sums over rows
  const helper = looked.oracle;
  const oracles = { parent, child, shard, trace, helper, tables: tablesOracle() };
  const mark = k.mark();
  session.stage('sumcheck: tables');
  const rows = rowTables(k, sizes, challenges.rs);
  const layers = trainLayers(sizes, w);
  const proved = proveSums(session, {
    ...challenges,
    k,
    witness: w,
    sizes,
    layers,
    rows,
    oracles,
    table,
    groups,
    pairs,
  });
  k.release(mark);

  // 4. claims and opening
  const claims = trainClaims(session.absorb(proved.evals2), {
    ...challenges,
    head: w.parent.head,
    sizes,
    oracles,
    lr: BigInt(w.lr),
    ...proved.points,
    ...proved,
  });
  const opened = await open(session, [parent, child, shard, trace, helper, oracles.tables], claims);
  const { sums, batch1, evals1, sums2, batch2, evals2 } = proved;
  const { parameters, inputs } = modelInputs(w.parent, parent);
  const seg = encodeSegment(w, w.shard);
  return finish(session, { trace: tracePoints, helper: helperPoints }, opened, [...parameters, seg], {
    ...inputs,
    seg,
    ...sizeInputs(w, oracles),
    sums,
    batch1,
    evals1,
    sums2,
    batch2,
    evals2,
  });
}

/** Step 3: what is sent, and the points where it ends. */
function proveSums(session: Session, context: BatchContext) {
  const first = new FirstSumcheckBatch(context);
  session.stage('sumcheck');
  const batch1 = first.prove(session);
  const rho = batch1.point;
  const evals1 = first.evaluations(rho);
  session.stage('sumcheck: second batch');
  const second = new SecondSumcheckBatch(context, rho, first.atOutputs, first.sums);
  const batch2 = second.prove(session, evals1);
  return {
    sums: first.sums,
    batch1: batch1.messages,
    evals1,
    sums2: second.sums,
    batch2: batch2.messages,
    evals2: second.evaluations(),
    points: { rho, zeta: batch2.point },
  };
}

/** The circuit's inputs that say how large everything is and where it stands. */
function sizeInputs(w: TrainWitness, { shard, trace, helper }: TrainOracles) {
  return {
    lr: BigInt(w.lr),
    rows1: BigInt(w.shard.rows - 1),
    batchRows1: BigInt(w.batch - 1),
    traceRows1: BigInt(2 ** trainSizes(w).traceBits - 1),
    shardOffset: offsetBits(shard, NUMBERING.shared.shard.names),
    smoothing: BigInt(w.smoothing ?? 0),
    traceOffset: offsetBits(trace, T.names),
    helperOffset: offsetBits(helper, H.names),
  };
}
