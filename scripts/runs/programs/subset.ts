import type { Address, Hex } from 'viem';
import { InputError } from '../../../src/errors/InputError.ts';
import { missingRow } from '../../../src/model/rows.ts';
import type { Shard } from '../../../src/model/shard.ts';
import { MAX_SETS } from '../../../src/numbers/constants.ts';
import { registryOf } from '../../chain/readPlaces.ts';
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
    const { shard, sets } = findRows(inputs);
    const named = { ...list, registrar: list.registrar as Address, shardIds: list.shardIds as Hex[] };
    return {
      circuit: 'subset',
      prove: (prover, onStage) => prover.proveSubset(context, { shard, sets, list: named }, onStage),
    };
  },
  async ask(run, { where: { chain, registry: audit }, ahead, shard }) {
    if (ahead) return;
    const inputs = run.inputs as SubsetInputs;
    const registry = await registryOf(chain, audit);
    for (const { shard: file, shardSha256 } of [inputs, ...inputs.sets]) {
      await requireShard(chain, registry, await shard(file, shardSha256));
    }
  },
};

/** The shard and the sets that have all its rows. @throws InputError naming a row that none has, or for other columns */
export function findRows(inputs: Pick<SubsetInputs, 'shard' | 'shardSha256' | 'sets'>): {
  shard: Shard;
  sets: Shard[];
} {
  const shard = readShardFile(inputs.shard, inputs.shardSha256);
  const sets = inputs.sets.map((set) => readShardFile(set.shard, set.shardSha256));
  if (sets.length > MAX_SETS)
    throw new InputError(`Rows are looked for in ${MAX_SETS} shards at most, not ${sets.length}.`);
  const family = ({ inputs: columns, outputs, kind }: Shard) => `${columns} inputs and ${outputs} outputs (${kind})`;
  const other = sets.findIndex((set) => family(set) !== family(shard));
  if (other >= 0) {
    const said = `${inputs.sets[other].shard} has rows of ${family(sets[other])}, ${inputs.shard} of ${family(shard)}.`;
    throw new InputError(said);
  }
  const missing = missingRow(shard, sets);
  if (missing === undefined) return { shard, sets };
  const hint = 'A row is the same where its inputs and its label are.';
  throw new InputError(`Row ${missing + 1} of ${inputs.shard} is in none of the files given.`, { hint });
}
