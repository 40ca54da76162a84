import { type Json, Run, type RunKind } from './run.ts';

/** Work in a run folder, which is free again after it: the runs of which a larger one consists. */
export async function within<T>(
  folder: string,
  kind: RunKind,
  inputs: { [key: string]: Json },
  work: (run: Run) => Promise<T>,
): Promise<T> {
  const run = Run.start(folder, kind, inputs);
  try {
    return await work(run);
  } finally {
    run.close();
  }
}
