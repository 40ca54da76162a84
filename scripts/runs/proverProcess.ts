// A process of the prover pool: proves one run after the other, ends when the parent lets go or dies.
import { DescentError } from '../../src/errors/DescentError.ts';
import type { Output } from '../terminal/output.ts';
import { RUN_IN_USE } from './lock.ts';
import { proverSource } from './openProver.ts';
import { proveRun } from './proveRun.ts';
import type { ProveReply, ProveRequest } from './proverPool.ts';
import { Run } from './run.ts';

const reply = (message: ProveReply) => process.send?.(message);
const { source } = proverSource();
/** Longer than any step of a proof that does not give way to events. */
const PATIENCE_SECONDS = 120;

const output: Output = {
  json: false,
  result() {},
  note() {},
  warn() {},
  progress: {
    stage() {},
    update: (fraction, detail = '') => reply({ progress: { fraction, detail } }),
    done() {},
  },
};

/** Opens a run that a process of a killed command may still hold: that one ends when it next looks up from its work. */
async function openWhenFree(folder: string): Promise<Run> {
  for (let waited = 0; ; waited++) {
    try {
      return Run.open(folder);
    } catch (error) {
      if (!(error instanceof DescentError) || error.code !== RUN_IN_USE || waited >= PATIENCE_SECONDS) throw error;
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
  }
}

process.on('disconnect', () => process.exit(0));
process.on('message', async ({ folder, context }: ProveRequest) => {
  try {
    const run = await openWhenFree(folder);
    try {
      reply({ edges: await proveRun(run, { ...context, chainId: BigInt(context.chainId) }, output, source) });
    } finally {
      run.close();
    }
  } catch (error) {
    const known = error instanceof DescentError ? error : new DescentError(String((error as Error).stack ?? error));
    const { shortMessage, code, exit, hint, details } = known;
    reply({ error: { message: shortMessage, code, exit, hint, details } });
  }
});
