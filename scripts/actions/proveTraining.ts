import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../src/errors/InputError.ts';
import type { StatementContext } from '../../src/registry/statement.ts';
import { rangesOf } from '../files/source.ts';
import { type ProvingStep, proveOnly } from '../runs/proveAll.ts';
import { createProverPool } from '../runs/proverPool.ts';
import type { Run } from '../runs/run.ts';
import { commandLine } from '../terminal/invocation.ts';
import type { Output } from '../terminal/output.ts';
import { KEPT_STAGE, subfolder, type TrainingExtras, type TrainingInputs } from './trainingPlan.ts';
import { segmentsOf } from './trainingSize.ts';

/**
 * Proves a training run whose segments are trained, for somebody who sends it by a wallet: its shards as edge files, its segments as
 * run files. Nothing is sent.
 * @returns the files, in the order in which they can be registered
 * @throws InputError where the run is not trained to its end
 */
export async function proveTraining(
  run: Run,
  context: StatementContext,
  { jobs, keepEvery, output }: { jobs: number; keepEvery: number | undefined; output: Output },
): Promise<string[]> {
  const inputs = run.inputs as TrainingInputs;
  const shards = inputs.shards?.length ?? rangesOf(inputs.source!).length;
  const total = run.isDone(KEPT_STAGE) ? (run.data(KEPT_STAGE) as number) : segmentsOf(inputs);
  const all = Array.from({ length: total }, (_, k) => k + 1);
  // Before it is known which segment is the best, none is the last.
  const isOpen = (inputs as TrainingExtras).earlyStop !== undefined && !run.isDone(KEPT_STAGE);
  const untrained = all.find((number) => !run.isDone(`segment ${number}`)) ?? (isOpen ? total : undefined);
  if (untrained !== undefined) {
    throw new InputError(
      `The run ${run.name} is not trained to its end: segment ${untrained} of ${total} is missing.`,
      {
        hint: `Run its ${commandLine('train')} again first.`,
      },
    );
  }
  const steps: ProvingStep[] = [];
  const seed = subfolder.seed(run.folder);
  if (existsSync(join(seed, 'run.json'))) steps.push({ label: 'seed', program: 'seed', folder: seed });
  for (let k = 0; k < shards; k++) {
    const folder = subfolder.shard(run.folder, k);
    // Shards that were given are somebody's own to prove.
    if (existsSync(join(folder, 'run.json'))) steps.push({ label: `shard ${k + 1}`, program: 'data', folder });
  }
  for (let number = 1; number <= total; number++) {
    const keep = number === total || (keepEvery !== undefined && number % keepEvery === 0);
    steps.push({ label: `segment ${number}`, program: 'train', folder: subfolder.segment(run.folder, number), keep });
  }
  const pool = createProverPool(jobs);
  try {
    return await proveOnly(steps, { context, pool, output });
  } finally {
    pool.close();
  }
}
