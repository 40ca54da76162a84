import type { Hex } from 'viem';
import { InputError } from '../../src/errors/InputError.ts';
import type { ProofResult } from '../../src/proof/prover.ts';
import { type Edge, formatEdge } from '../../src/registry/edge.ts';
import { resultId } from '../../src/registry/ids.ts';
import type { Origin, Program } from '../../src/registry/statement.ts';
import { trainSegment } from '../../src/training/trainer.ts';
import { readShardFile, readWeightsFile } from '../files/models.ts';
import type { Run } from '../runs/run.ts';
import type { Output } from '../terminal/output.ts';
import type { ProverHandle } from './openProver.ts';
import { type ProofProgress, showProof } from './stageTimes.ts';

/** One proved statement of a run, as recorded in its stage. */
export interface ProvedEdge {
  [key: string]: string | number | StageTime[];
  /** Name of the edge file in the run folder. */
  file: string;
  /** Id of what the edge registers. */
  id: Hex;
  seconds: number;
  stages: StageTime[];
}

interface StageTime {
  [key: string]: string | number;
  name: string;
  seconds: number;
}

/** Everything a statement needs to be proved. */
type Task = (prover: ProverHandle, progress: ProofProgress) => Promise<ProofResult>;

/**
 * Proves whatever the run holds for this origin and writes the edge files, which are of the last origin asked for.
 * @param prover opened for this call where none is given.
 * @throws InputError when the run has not got so far.
 */
export async function proveRun(run: Run, origin: Origin, output: Output, prover?: ProverHandle): Promise<ProvedEdge[]> {
  const tasks = tasksOf(run, origin);
  let own: ProverHandle | undefined;
  try {
    const edges: ProvedEdge[] = [];
    for (const { name, program, task } of tasks) {
      const stage = `prove ${name} for ${originKey(origin)}`;
      edges.push(
        await run.stage(stage, async (put) => {
          if (prover === undefined && own === undefined) {
            output.progress.stage('load keys');
            // imported here because loading the curve library takes longer than most commands
            const { openProver } = await import('./openProver.ts');
            own = await openProver([program]);
          }
          const handle = prover ?? own!;
          const progress = showProof(program, `prove ${name}`, output);
          const result = await task(handle, progress).finally(progress.stop);
          progress.finish(result.stages);
          const { edge, id } = edgeOf(result, origin, handle, run.name);
          const file = `${name}.edge.json`;
          put('edge', file, formatEdge(edge));
          const seconds = result.stages.reduce((sum, { seconds }) => sum + seconds, 0);
          return { file, id, seconds, stages: result.stages.map(({ name, seconds }) => ({ name, seconds })) };
        }),
      );
    }
    return edges;
  } finally {
    output.progress.done();
    await own?.close();
  }
}

function edgeOf({ statement, proof }: ProofResult, origin: Origin, handle: ProverHandle, name: string) {
  const { verificationKey, devKeys } = handle.keys[statement.program]!;
  const edge: Edge = { origin, statement, proof, verificationKey, devKeys, metadata: { name } };
  return { edge, id: resultId(statement) };
}

function originKey({ chainId, registry, trainer }: Origin): string {
  return `${chainId} ${registry} ${trainer}`;
}

function tasksOf(run: Run, origin: Origin): { name: string; program: Program; task: Task }[] {
  switch (run.kind) {
    case 'data': {
      const { shards } = run.data('data') as { shards: string[] };
      return shards.map((key) => ({
        name: key,
        program: 'data',
        task: ({ prover }, progress) =>
          prover.proveData(origin, readShardFile(run.file('data', key)), progress.onStage),
      }));
    }
    case 'seed': {
      const { seed, requestId } = run.data('seed') as { seed: string; requestId: string };
      const weights = readWeightsFile(run.file('seed', 'model'));
      const request = { seed: BigInt(seed), requestId: BigInt(requestId) };
      return [
        {
          name: 'seed',
          program: 'seed',
          task: ({ prover }, progress) => prover.proveSeed(origin, weights, request, progress.onStage),
        },
      ];
    }
    case 'train':
      return [
        { name: 'train', program: 'train', task: (handle, progress) => proveTraining(run, origin, handle, progress) },
      ];
  }
}

/** The trace is not stored: training again takes a second, and shows that the run's files belong together. */
async function proveTraining(
  run: Run,
  origin: Origin,
  { prover }: ProverHandle,
  progress: ProofProgress,
): Promise<ProofResult> {
  const {
    parent: parentFile,
    parentSha256,
    shard: shardFile,
    shardSha256,
    lr,
    batch,
  } = run.inputs as {
    parent: string;
    parentSha256: string;
    shard: string;
    shardSha256: string;
    lr: number;
    batch: number;
  };
  const child = readWeightsFile(run.file('train', 'model'));
  const parent = readWeightsFile(parentFile, parentSha256);
  const shard = readShardFile(shardFile, shardSha256);
  progress.onStage('training');
  const { trace, child: again } = trainSegment(parent, shard, { lr, batch, salt: child.salt });
  const same = again.layers.every(({ W, b }, l) => sameArray(W, child.layers[l].W) && sameArray(b, child.layers[l].b));
  if (!same) {
    throw new InputError(`The weights of the run ${run.name} do not follow from its inputs.`, {
      hint: `Delete ${run.folder} and train again.`,
    });
  }
  return prover.proveTrain(origin, { parent, child, shard, lr, batch, trace }, progress.onStage);
}

function sameArray(a: BigInt64Array, b: BigInt64Array): boolean {
  return a.length === b.length && a.every((value, k) => value === b[k]);
}
