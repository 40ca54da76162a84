import { loadMnist } from '../../scripts/data/mnist.ts';
import { openProver } from '../../scripts/proving/openProver.ts';
import { dataCapacity, seedCapacity, trainCapacity } from '../../src/model/capacity.ts';
import type { Weights } from '../../src/model/weights.ts';
import type { ProofResult, Prover } from '../../src/proof/prover.ts';
import { isVerified, verifyProof } from '../../src/proof/verify.ts';
import type { Origin } from '../../src/registry/statement.ts';
import { seedWeights } from '../../src/training/seed.ts';
import { trainSegment } from '../../src/training/trainer.ts';
import { runMeasurement, timed } from '../support/child.ts';

export interface ProveTask {
  program: 'data' | 'seed' | 'train';
  widths: number[];
  /** Rows of the shard; absent for `seed`. */
  rows: number;
}

export interface ProveFigures {
  /** One proof, commitments included, keys loaded. */
  seconds: number;
  cpuSeconds: number;
  stages: { name: string; seconds: number }[];
  /** Reading keys and powers of tau. */
  openSeconds: number;
  /** Native training of the segment; absent for `data` and `seed`. */
  trainSeconds?: number;
  verifySeconds: number;
}

/** Batch 16 and real rate lr * B / 2^8 = 1/4 (design section 1). */
const STEP = { lr: 4, batch: 16 };
const ORIGIN: Origin = {
  chainId: 31337n,
  registry: '0x0000000000000000000000000000000000000001',
  trainer: '0x0000000000000000000000000000000000000002',
};
const REQUEST = { seed: 20261121n, requestId: 1n };

await runMeasurement(async ({ program, widths, rows }: ProveTask): Promise<ProveFigures> => {
  const shape = { inputs: widths[0], outputs: widths[widths.length - 1], rows, kind: 'classes' as const };
  const capacity = {
    data: () => dataCapacity(shape),
    seed: () => seedCapacity(widths),
    train: () => trainCapacity(widths, rows),
  };
  const size = 2 ** Math.max(...Object.values(capacity[program]()));
  const opened = await timed(() => openProver([program], size));
  const { prover, keys, powers } = opened.value;

  const parent = program === 'data' ? undefined : seedWeights(widths, REQUEST.seed, 1n);
  const shard = program === 'seed' ? undefined : await mnistShard(widths[0], rows);
  const work = task(prover, { parent, shard });
  const proved = await timed(work.prove);
  const { statement, proof, stages } = proved.value;
  const { vkey } = keys[program]!;
  const verified = await timed(() => verifyProof(ORIGIN, statement, proof, { vkey, srs: powers }));
  if (!isVerified(verified.value)) throw new Error(`the proof of ${program} does not verify`);
  return {
    seconds: proved.seconds,
    cpuSeconds: proved.cpuSeconds,
    stages: stages.map(({ name, seconds }) => ({ name, seconds })),
    openSeconds: opened.seconds,
    ...(work.trainSeconds !== undefined && { trainSeconds: work.trainSeconds }),
    verifySeconds: verified.seconds,
  };
});

/** The first rows of MNIST: 7x7 means for 49 inputs, all pixels for 784. */
async function mnistShard(inputs: number, rows: number) {
  const mnist = await loadMnist({ pooled: inputs === 49 });
  if (mnist.inputs !== inputs) throw new Error(`MNIST has no form with ${inputs} inputs`);
  return mnist.train.shard({ first: 0, rows }, 2n);
}

type MnistShard = Awaited<ReturnType<typeof mnistShard>>;

function task(
  prover: Prover,
  { parent, shard }: { parent: Weights | undefined; shard: MnistShard | undefined },
): { prove: () => Promise<ProofResult>; trainSeconds?: number } {
  if (parent === undefined) return { prove: () => prover.proveData(ORIGIN, shard!) };
  if (shard === undefined) return { prove: () => prover.proveSeed(ORIGIN, parent, REQUEST) };
  const began = performance.now();
  const { child, trace } = trainSegment(parent, shard, { ...STEP, salt: 3n });
  const trainSeconds = (performance.now() - began) / 1000;
  return { prove: () => prover.proveTrain(ORIGIN, { parent, child, shard, ...STEP, trace }), trainSeconds };
}
