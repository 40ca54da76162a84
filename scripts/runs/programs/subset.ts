import type { Address, Hex } from 'viem';
import { InputError } from '../../../src/errors/InputError.ts';
import { missingRow } from '../../../src/model/rows.ts';
import { registryOfScoreboard } from '../../chain/readScoreboard.ts';
import { readShardFile } from '../../files/models.ts';
import { requireShard } from '../registered.ts';
import type { RunProgram } from './runProgram.ts';

/** What a run was started with that looks for a shard's rows in shards of a dataset. */
export type SubsetInputs = {
  shard: string;
  shardSha256: string;
  /** in the order of the dataset's list */
  sets: { shard: string; shardSha256: string }[];
  list: { registrar: string; shardIds: string[]; uri: string };
};

export const subset: RunProgram = {
  weight: 3,
  open(run, _, context) {
    const { list, ...inputs } = run.inputs as SubsetInputs;
    const shard = readShardFile(inputs.shard, inputs.shardSha256);
    const sets = inputs.sets.map((set) => readShardFile(set.shard, set.shardSha256));
    const missing = missingRow(shard, sets);
    if (missing !== undefined) {
      const hint = 'A row is the same where its inputs and its label are.';
      throw new InputError(`Row ${missing + 1} of ${inputs.shard} is in none of the files given.`, { hint });
    }
    const named = { ...list, registrar: list.registrar as Address, shardIds: list.shardIds as Hex[] };
    return {
      circuit: 'subset',
      prove: (prover, onStage) => prover.proveSubset(context, { shard, sets, list: named }, onStage),
    };
  },
  async ask(run, { where: { chain, registry: audit }, ahead, shard }) {
    if (ahead) return;
    const inputs = run.inputs as SubsetInputs;
    const registry = await registryOfScoreboard(chain, audit);
    for (const { shard: file, shardSha256 } of [inputs, ...inputs.sets]) {
      await requireShard(chain, registry, await shard(file, shardSha256));
    }
  },
};
