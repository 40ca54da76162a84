import { loadMnist } from '../../scripts/files/mnist.ts';
import { openProver } from '../../scripts/runs/openProver.ts';
import { layerCount, parseShape } from '../../src/model/anyShape.ts';
import type { Head } from '../../src/model/head.ts';
import { mergeWeights } from '../../src/model/merge.ts';
import { averageCoefficients } from '../../src/model/merge-recipes.ts';
import { type Network, parseNetwork } from '../../src/model/network.ts';
import { type AnyWeights, networkSides } from '../../src/model/networkWeights.ts';
import { makeShard, type Shard } from '../../src/model/shard.ts';
import { type SparseName, sparsePlan } from '../../src/model/sparse/choice.ts';
import { sparseMerge } from '../../src/model/sparse/merge.ts';
import { ceilLog2 } from '../../src/numbers/bits.ts';
import type { ProofResult, Prover } from '../../src/proof/prover.ts';
import { isVerified, verifyProof } from '../../src/proof/verify.ts';
import type { Program } from '../../src/registry/programs/list.ts';
import { NO_SCHEMA } from '../../src/registry/schemas.ts';
import type { StatementContext } from '../../src/registry/statement.ts';
import { forwardPass, forwardTrace } from '../../src/training/forward.ts';
import { modelOfSeed } from '../../src/training/seed.ts';
import { trainSegment } from '../../src/training/trainer.ts';
import { logisticRows } from '../../test/support/logistic.ts';
import { someShard } from '../../test/support/models.ts';
import { runMeasurement, StageTimer, type StageTiming, timed } from '../support/child.ts';
import { circuitOfTask } from '../support/circuitOfTask.ts';
import { networkOf } from '../support/networkOf.ts';

export interface ProveTask {
  program: Program;
  widths: number[];
  /** In place of the widths, as people write it. */
  network?: string;
  /** Rows of the shard; 0 where there is none. */
  rows: number;
  /** Of a merge; with `sparse` the first is the base. */
  parents?: number;
  /** The method of a merge that leaves entries out; the average unless told. */
  sparse?: SparseName;
  /** Squared error unless told. */
  head?: Head;
}

export interface ProveFigures {
  /** One proof, commitments included, keys loaded. */
  seconds: number;
  cpuSeconds: number;
  stages: StageTiming[];
  /** Reading keys and powers of tau. */
  openSeconds: number;
  /** The work that is proved: training, merging, the forward pass; absent for `data`, `seed` and `import`. */
  nativeSeconds?: number;
  verifySeconds: number;
}

/** Batch 16 and real rate lr * B / 2^12 = 1/4 (design section 1). */
const STEP = { lr: 64, batch: 16, passes: 1 };
const CONTEXT: StatementContext = {
  chainId: 31337n,
  registry: '0x0000000000000000000000000000000000000001',
  trainer: '0x0000000000000000000000000000000000000002',
};
const REQUEST = { seed: 20261121n, requestId: 1n, secret: `0x${'5e'.repeat(32)}` } as const;
const SOURCE = `0x${'5e'.repeat(32)}` as const;

await runMeasurement(async (task: ProveTask): Promise<ProveFigures> => {
  const circuit = circuitOfTask(task);
  const opened = await timed(() => openProver([circuit]));
  const { prover, keys, powers } = opened.value;

  const { prove, nativeSeconds } = await prepare(prover, task);
  const timer = new StageTimer();
  const proved = await timed(() => prove(timer.next));
  const stages = timer.end();
  const { statement, proof } = proved.value;
  const { vkey } = keys[circuit]!;
  const verified = await timed(() => verifyProof(CONTEXT, statement, proof, { vkey, srs: powers }));
  if (!isVerified(verified.value)) throw new Error(`the proof of ${task.program} does not verify`);
  return {
    seconds: proved.seconds,
    cpuSeconds: proved.cpuSeconds,
    stages,
    openSeconds: opened.seconds,
    ...(nativeSeconds !== undefined && { nativeSeconds }),
    verifySeconds: verified.seconds,
  };
});

/** The first rows of MNIST: 7x7 means for 49 inputs, all pixels for 784. Of one layer rows that a logistic regression labels. */
async function shardOf({ widths: [inputs, ...rest], network, rows, head }: ProveTask): Promise<Shard> {
  if (network !== undefined) return pictureShard(parseNetwork(network, head!), rows);
  if (rest.length === 1) return logisticShard(inputs, rows, head);
  const mnist = await loadMnist({ pooled: inputs === 49 });
  if (mnist.inputs !== inputs) throw new Error(`MNIST has no form with ${inputs} inputs`);
  return mnist.train.shard({ first: 0, rows }, 2n);
}

function logisticShard(inputs: number, rows: number, head: Head | undefined): Shard {
  const { features, labels } = logisticRows(inputs, rows);
  const range = { first: 0, rows };
  if (head === 'sigmoid') return makeShard({ kind: 'labels', inputs, outputs: 1, features, labels }, range, 2n);
  return makeShard({ kind: 'classes', inputs, outputs: 2, features, labels }, range, 2n);
}

/** MNIST's pictures, or random ones of another size. */
async function pictureShard(network: Network, rows: number): Promise<Shard> {
  const range = { first: 0, rows };
  if (network.channels === 1 && network.side === 28) {
    return (await loadMnist({ pooled: false, picture: true })).train.shard(range, 2n);
  }
  const { inputs, outputs } = networkSides(network);
  return someShard([inputs, outputs], rows);
}

/** A shard, and one of as many rows none of which it has: every first input is another. */
function distinct(shard: Shard): [Shard, Shard] {
  const S = 2 ** ceilLog2(shard.rows);
  const own = (first: number): Shard => {
    const X = shard.X.slice();
    for (let s = 0; s < shard.rows; s++) X[s] = first + s;
    return { ...shard, X };
  };
  return [own(0), own(S)];
}

/** Half of what the tasks change, each with half its weight. What a mask keeps is not scaled up, so that no child leaves the range. */
async function prepareSparse(prover: Prover, parents: AnyWeights[], method: SparseName): Promise<Prepared> {
  const { layers } = parents[0];
  const rows = () => parents.slice(1).map(() => layers.map(() => 0.5));
  const merged = await timed(() => {
    const choice = { method, weights: rows(), densities: rows(), lambdas: layers.map(() => 1), seed: 0n };
    const plan = sparsePlan(parents, { ...choice, normalize: method === 'ties', rescale: false });
    return { plan, merge: sparseMerge(plan, 3n) };
  });
  const { value: witness, seconds: nativeSeconds } = merged;
  return { prove: (onStage) => prover.proveSparseMerge(CONTEXT, witness, onStage), nativeSeconds };
}

interface Prepared {
  prove(onStage: (name: string) => void): Promise<ProofResult>;
  nativeSeconds?: number;
}

async function prepare(prover: Prover, task: ProveTask): Promise<Prepared> {
  const { program, head = 'squared error' } = task;
  const shape = parseShape(networkOf(task), head);
  const weights = (k = 0) => modelOfSeed(shape, REQUEST.seed + BigInt(k), BigInt(1 + k));
  switch (program) {
    case 'data': {
      const shard = await shardOf(task);
      return { prove: (onStage) => prover.proveData(CONTEXT, shard, NO_SCHEMA, onStage) };
    }
    case 'seed': {
      const start = weights();
      return { prove: (onStage) => prover.proveSeed(CONTEXT, start, REQUEST, onStage) };
    }
    case 'import': {
      const model = weights();
      return { prove: (onStage) => prover.proveImport(CONTEXT, model, { source: SOURCE }, onStage) };
    }
    case 'train': {
      const [parent, shard] = [weights(), await shardOf(task)];
      const trained = await timed(() => trainSegment(parent, shard, { ...STEP, salt: 3n }));
      const witness = { parent, shard, ...STEP, ...trained.value };
      return { prove: (onStage) => prover.proveTrain(CONTEXT, witness, onStage), nativeSeconds: trained.seconds };
    }
    case 'merge': {
      const parents = Array.from({ length: task.parents! }, (_, k) => weights(k));
      if (task.sparse) return prepareSparse(prover, parents, task.sparse);
      const coefficients = averageCoefficients(
        layerCount(shape),
        parents.map(() => 1),
      );
      const merged = await timed(() => mergeWeights(parents, coefficients, 3n));
      const witness = { parents, coefficients, merge: merged.value };
      return { prove: (onStage) => prover.proveMerge(CONTEXT, witness, onStage), nativeSeconds: merged.seconds };
    }
    case 'infer': {
      const [model, shard] = [weights(), await shardOf(task)];
      const passed = await timed(() => forwardPass(model, shard));
      const outputs = { shown: true, salt: 5n };
      const witness = { model, shard, inputs: 'public' as const, outputs, forward: { trace: passed.value } };
      return { prove: (onStage) => prover.proveInfer(CONTEXT, witness, onStage), nativeSeconds: passed.seconds };
    }
    case 'disjoint': {
      const [first, second] = distinct(await shardOf(task));
      return { prove: (onStage) => prover.proveDisjoint(CONTEXT, { first, second }, onStage) };
    }
    case 'subset': {
      const shard = await shardOf(task);
      const list = { registrar: CONTEXT.trainer, shardIds: [], uri: '' };
      return { prove: (onStage) => prover.proveSubset(CONTEXT, { shard, sets: [shard], list }, onStage) };
    }
    case 'score': {
      const [model, shard] = [weights(), await shardOf(task)];
      const passed = await timed(() => forwardTrace(model, shard));
      const witness = { model, shard, forward: passed.value };
      return { prove: (onStage) => prover.proveScore(CONTEXT, witness, onStage), nativeSeconds: passed.seconds };
    }
  }
}
