import type { Hex } from 'viem';
import type { Run } from './run.ts';

/** The id of a file of the run's inputs, computed once a run. */
export async function fileId(run: Run, fileSha256: string, compute: () => Promise<Hex>): Promise<Hex> {
  const { id } = await run.stage(`id of ${fileSha256}`, async () => ({ id: await compute() }));
  return id;
}
