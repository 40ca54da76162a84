// A process of the prover pool: proves one run after the other, ends when the parent lets go or dies.
import { DescentError } from '../../src/errors/DescentError.ts';
import { Run } from '../runs/run.ts';
import type { Output } from '../terminal/output.ts';
import { openProver, type ProverHandle } from './openProver.ts';
import { proveRun } from './proveRun.ts';
import type { ProveReply, ProveRequest } from './proverPool.ts';

let prover: ProverHandle | undefined;
const reply = (message: ProveReply) => process.send?.(message);

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
    prover ??= await openProver(['data', 'seed', 'train']);
    const run = Run.open(folder);
    try {
      reply({ edges: await proveRun(run, { ...origin, chainId: BigInt(origin.chainId) }, output, prover) });
    } finally {
      run.close();
    }
  } catch (error) {
    const known = error instanceof DescentError ? error : new DescentError(String((error as Error).stack ?? error));
    const { shortMessage, code, exit, hint, details } = known;
    reply({ error: { message: shortMessage, code, exit, hint, details } });
  }
});
