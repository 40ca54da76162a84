import { DescentError } from '../../../src/errors/DescentError.ts';
import { dataCapacity } from '../../../src/model/capacity.ts';
import { schemaHash } from '../../../src/model/schema.ts';
import { readShard } from '../../chain/readRegistry.ts';
import { readShardFile } from '../../files/models.ts';
import type { Run } from '../run.ts';
import type { Asked, RunProgram } from './runProgram.ts';

export const data: RunProgram = {
  weight: 1,
  taskNames: shardsOf,
  firstTask: 'shard-0',
  open(run, name, context) {
    const shard = readShardFile(run.file('data', name));
    dataCapacity(shard);
    return {
      circuit: 'data',
      prove: (prover, onStage) => prover.proveData(context, shard, schemaHash(shard.schema), onStage),
    };
  },
  async ask(run, asked) {
    if (!asked.ahead && (run.inputs as { source?: string }).source === 'files') await requireOwn(run, asked);
  },
};

function shardsOf(run: Run): string[] {
  return (run.data('data') as { shards: string[] }).shards;
}

/** A shard has one owner: who registered it first. */
async function requireOwn(run: Run, { committer, where: { chain, registry, trainer } }: Asked): Promise<void> {
  for (const key of shardsOf(run)) {
    const file = run.file('data', key);
    const owner = (await readShard(chain, registry, await committer.shard(readShardFile(file))))?.owner;
    if (owner === undefined || owner.toLowerCase() === trainer.toLowerCase()) continue;
    throw new DescentError(`${owner} has registered the shard ${file} already.`, {
      code: 'ShardExists',
      exit: 'chain',
    });
  }
}
