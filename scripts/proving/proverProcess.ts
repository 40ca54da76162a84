// A process of the prover pool: proves one run after the other, ends when the parent lets go or dies.
import { DescentError } from '../../src/errors/DescentError.ts';
import { Run } from '../runs/run.ts';
import type { Output } from '../terminal/output.ts';
import { proverSource } from './openProver.ts';
import { proveRun } from './proveRun.ts';
import type { ProveReply, ProveRequest } from './proverPool.ts';

const reply = (message: ProveReply) => process.send?.(message);
const { source } = proverSource();

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

process.on('disconnect', () => process.exit(0));
process.on('message', async ({ folder, origin }: ProveRequest) => {
  try {
    const run = Run.open(folder);
    try {
      reply({ edges: await proveRun(run, { ...origin, chainId: BigInt(origin.chainId) }, output, source) });
    } finally {
      run.close();
    }
  } catch (error) {
    const known = error instanceof DescentError ? error : new DescentError(String((error as Error).stack ?? error));
    const { shortMessage, code, exit, hint, details } = known;
    reply({ error: { message: shortMessage, code, exit, hint, details } });
  }
});
