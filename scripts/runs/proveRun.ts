import type { Hex } from 'viem';
import { DescentError } from '../../src/errors/DescentError.ts';
import type { ProofResult } from '../../src/proof/prover.ts';
import { isVerified, verifyProof } from '../../src/proof/verify.ts';
import { type Edge, formatEdge } from '../../src/registry/edge.ts';
import type { StatementContext } from '../../src/registry/statement.ts';
import { resultId } from '../../src/registry/statement.ts';
import type { Output } from '../terminal/output.ts';
import type { ProverHandle, ProverSource } from './openProver.ts';
import type { RunTask } from './programs/runProgram.ts';
import type { Run } from './run.ts';
import { openTask, taskNames } from './runTasks.ts';
import { showProof } from './stageTimes.ts';

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

/**
 * Proves whatever the run holds for this context and writes the edge files, which are of the last context asked for.
 * Statements that are proved already are not proved again.
 * @throws InputError when the run has not got so far; DescentError (proof) when a proof does not verify.
 */
export async function proveRun(
  run: Run,
  context: StatementContext,
  output: Output,
  source: ProverSource,
): Promise<ProvedEdge[]> {
  const edges: ProvedEdge[] = [];
  for (const name of taskNames(run)) {
    edges.push(
      await run.stage(stageOf(name, context), async (put) => {
        const task = openTask(run, name, context);
        output.progress.stage('load keys');
        const handle = await source(task.circuit);
        const { statement, proof, stages } = await proveTask(task, handle, context, output);
        const edge: Edge = {
          context,
          statement,
          proof,
          ...handle.keys[task.circuit]!.identity,
          metadata: { name: run.name },
        };
        const file = `${name}.edge.json`;
        put('edge', file, formatEdge(edge));
        const seconds = stages.reduce((sum, { seconds }) => sum + seconds, 0);
        return {
          file,
          id: resultId(statement),
          seconds,
          stages: stages.map(({ name, seconds }) => ({ name, seconds })),
        };
      }),
    );
  }
  output.progress.done();
  return edges;
}

/** Whether everything that the run holds is proved for this context. @throws InputError when it has not got so far */
export function isProved(run: Run, context: StatementContext): boolean {
  return taskNames(run).every((name) => run.isDone(stageOf(name, context)));
}

function stageOf(name: string, { chainId, registry, trainer }: StatementContext): string {
  return `prove ${name} for ${chainId} ${registry} ${trainer}`;
}

/** Proves and then verifies as the contract will: a proof that fails there should fail here first. @throws DescentError (proof) PROOF_INVALID */
export async function proveTask(
  task: RunTask,
  handle: ProverHandle,
  context: StatementContext,
  output: Output,
): Promise<ProofResult> {
  const progress = showProof(task.program, `prove ${task.name}`, output);
  try {
    const result = await task.prove(handle.prover, progress.onStage);
    progress.onStage('verify');
    const begun = performance.now();
    const { vkey } = handle.keys[task.circuit]!;
    const verification = await verifyProof(context, result.statement, result.proof, { vkey, srs: handle.powers });
    if (!isVerified(verification)) {
      throw new DescentError('The proof does not verify.', {
        code: 'PROOF_INVALID',
        exit: 'proof',
        details: JSON.stringify(verification),
        hint: 'The keys may not belong to the circuits: run npm run build. Else this is a bug.',
      });
    }
    const stages = [...result.stages, { name: 'verify', seconds: (performance.now() - begun) / 1000 }];
    progress.finish(stages);
    return { ...result, stages };
  } finally {
    progress.stop();
  }
}
