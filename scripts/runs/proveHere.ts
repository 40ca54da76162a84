import type { Output } from '../terminal/output.ts';
import type { Destination } from './programs/runProgram.ts';
import type { ProvedEdge } from './proveRun.ts';
import type { Run } from './run.ts';

/**
 * Proves a run in this process, after the chain was asked for all that would make it refuse the edge.
 * @throws as `askChain` and `proveRun`
 */
export async function proveHere(
  run: Run,
  where: Destination,
  output: Output,
  { ahead = false } = {},
): Promise<ProvedEdge[]> {
  const { chainId, registry, trainer } = where;
  const context = { chainId, registry, trainer };
  // Imported here because loading the curve library takes longer than most commands.
  const { proverSource } = await import('./openProver.ts');
  const { isProved, proveRun } = await import('./proveRun.ts');
  if (!isProved(run, context)) {
    const { askChain } = await import('./askChain.ts');
    await askChain(run, where, output, ahead);
  }
  const { source, close } = proverSource();
  try {
    return await proveRun(run, context, output, source);
  } finally {
    await close();
  }
}
