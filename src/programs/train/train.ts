import { LookupTable, multiplicities } from '../../argument/lookup.ts';
import { open } from '../../argument/opening.ts';
import type { Session } from '../../argument/session.ts';
import { NUMBERING } from '../../generated/numbering.ts';
import { headOf, isNetworkWeights } from '../../model/networkWeights.ts';
import { encodeSegment } from '../../model/shape.ts';
import { LIMB_BITS } from '../../numbers/constants.ts';
import { squaresOf } from '../../numbers/field.ts';
import { DENSE_TRAIN, PICTURES_TRAIN } from '../axes.ts';
import { type ArgumentResult, finish, offsetBits, sendOracle } from '../common.ts';
import { lookupHelper, sendHelper } from '../helper.ts';
import { modelInputs, modelOracle, shardOracle, tablesOracle } from '../oracles.ts';
import { PictureTrainLayers } from '../pictures/train.ts';
import type { BatchContext, TrainLayers } from './batchContext.ts';
import { trainClaims } from './claims.ts';
import {
  outputDelta,
  type TrainNumbers,
  type TrainOracles,
  type TrainProgram,
  type TrainWitness,
  trainLayers,
  trainSizes,
} from './context.ts';
import { FirstSumcheckBatch } from './firstBatch.ts';
import { lookedPairs } from './heads.ts';
import { DenseTrainLayers } from './layers.ts';
import { lookupGroups, trainTrace } from './oracles.ts';
import { rowTables } from './rowTables.ts';

/**
 * Programs train (design 7.1, protocol section 7) and, of convolutional networks, convTrain (section 12): child = parent after SGD with steps of `batch` rows and rate `lr`, `passes` times over the whole shard. The
 * statement h_0 must bind the commitments to parent, child and shard.
 */
export function proveTrain(session: Session, w: TrainWitness): Promise<ArgumentResult> {
  if (isNetworkWeights(w.parent)) {
    const layersOf = (c: BatchContext) => new PictureTrainLayers(c);
    return prove(session, w, { numbers: NUMBERING.convTrain, axes: PICTURES_TRAIN, layersOf });
  }
  return prove(session, w, { numbers: NUMBERING.train, axes: DENSE_TRAIN, layersOf: (c) => new DenseTrainLayers(c) });
}

async function prove(
  session: Session,
  w: TrainWitness,
  { layersOf, ...program }: TrainProgram & { layersOf: (context: BatchContext) => TrainLayers },
): Promise<ArgumentResult> {
  const { squares: Q, trace: T, helper: H } = program.numbers;
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
  const trace = trainTrace(
    w.trace,
    sizes.first,
    outputDelta(program.numbers).slot,
    multiplicities(LIMB_BITS, limbs),
    mult2,
  );
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
  const challenges = { beta, alpha, tau: squares.slice(0, Q.mu.from), mu: squares[Q.mu.from] };

  // 3. both batches: sums of each layer, zero-checks, lookups; then what the first leaves, as sums over rows
  const helper = looked.oracle;
  const oracles = { parent, child, shard, trace, helper, tables: tablesOracle() };
  const mark = k.mark();
  session.stage('sumcheck: tables');
  const rows = rowTables(k, sizes, challenges.tau);
  const layers = trainLayers(sizes, w);
  const own = { k, witness: w, sizes, layers, rows, oracles, table, groups, pairs };
  const proved = proveSums(session, { ...program, ...challenges, ...own }, layersOf);
  k.release(mark);

  // 4. claims and opening
  const claims = trainClaims(session.absorb(proved.evals2), {
    ...program,
    ...challenges,
    head: headOf(w.parent),
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
    ...sizeInputs(w, oracles, program.numbers),
    sums,
    batch1,
    evals1,
    sums2,
    batch2,
    evals2,
  });
}

/** Step 3: what is sent, and the points where it ends. */
function proveSums(session: Session, context: BatchContext, layersOf: (context: BatchContext) => TrainLayers) {
  const layers = layersOf(context);
  const first = new FirstSumcheckBatch(context, layers);
  session.stage('sumcheck');
  const batch1 = first.prove(session);
  const rho = batch1.point;
  const evals1 = first.evaluations(rho);
  session.stage('sumcheck: second batch');
  const second = layers.second(rho, first.sums);
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
function sizeInputs(w: TrainWitness, { shard, trace, helper }: TrainOracles, numbers: TrainNumbers) {
  return {
    lr: BigInt(w.lr),
    rows1: BigInt(w.shard.rows - 1),
    batchRows1: BigInt(w.batch - 1),
    traceRows1: BigInt(2 ** trainSizes(w).traceBits - 1),
    shardOffset: offsetBits(shard, NUMBERING.shared.shard.names),
    smoothing: BigInt(w.smoothing ?? 0),
    traceOffset: offsetBits(trace, numbers.trace.names),
    helperOffset: offsetBits(helper, numbers.helper.names),
  };
}
