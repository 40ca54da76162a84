import { requireChainId } from '../chain/client.ts';
import { describeFunds, GAS_AT_MOST, readFunds } from '../chain/funds.ts';
import { readShardFile, readWeightsFile } from '../files/models.ts';
import type { Output } from '../terminal/output.ts';
import { createCommitter } from './commit.ts';
import { fileId } from './fileIds.ts';
import type { Destination } from './programs/runProgram.ts';
import { runProgramOf } from './programs/table.ts';
import type { Run } from './run.ts';

/**
 * Asks the chain, before minutes of proving, for all that would make it refuse the edge: its number, the seed's request,
 * registered parents and shards. Warns where the trainer could not pay.
 * @param ahead parents and shards may be registered later
 * @throws InputError, DescentError (chain)
 */
export async function askChain(run: Run, where: Destination, output: Output, ahead = false): Promise<void> {
  output.progress.stage('ask the chain');
  await requireChainId(where.chain);
  const committer = createCommitter();
  try {
    await runProgramOf(run)?.ask?.(run, {
      where,
      ahead,
      committer,
      model: async (file, hash) => ({
        id: await fileId(run, hash, () => committer.model(readWeightsFile(file, hash))),
        file,
      }),
      shard: async (file, hash) => ({
        id: await fileId(run, hash, () => committer.shard(readShardFile(file, hash))),
        file,
      }),
    });
  } finally {
    await committer.close();
  }
  output.progress.done();
  await warnOfFunds(run, where, output);
}

async function warnOfFunds(run: Run, { chain, trainer }: Destination, output: Output): Promise<void> {
  if (!(run.kind in GAS_AT_MOST)) return;
  const funds = await readFunds(chain, trainer, GAS_AT_MOST[run.kind as keyof typeof GAS_AT_MOST]);
  if (funds.held >= funds.needed) return;
  output.warn(
    `${describeFunds(funds)}. Fund it before you submit the edge, or sign it (submit --sign) and let another pay.`,
  );
}
