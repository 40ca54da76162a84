import { type Hex, hexToBytes } from 'viem';
import { InputError } from '../../../src/errors/InputError.ts';
import { type RowRecord, recordOf } from '../../../src/model/record.ts';
import { commonRow } from '../../../src/model/rows.ts';
import type { Shard } from '../../../src/model/shard.ts';
import { registryOf } from '../../chain/readPlaces.ts';
import { readShardFile } from '../../files/models.ts';
import { requireShard } from '../registered.ts';
import type { RunProgram } from './runProgram.ts';

/** What a run of a comparison was started with: another shard, or the bytes of a record. */
export type DisjointInputs = {
  [key: string]: string;
  shard: string;
  shardSha256: string;
} & ({ other: string; otherSha256: string } | { record: Hex });

export const disjoint: RunProgram = {
  weight: 1.5,
  open(run, _, context) {
    const { first, second } = compareRows(run.inputs as DisjointInputs);
    return {
      circuit: 'disjoint',
      prove: (prover, onStage) => prover.proveDisjoint(context, { first, second }, onStage),
    };
  },
  async ask(run, { where: { chain, registry: audit }, ahead, shard }) {
    if (ahead) return;
    const inputs = run.inputs as DisjointInputs;
    const registry = await registryOf(chain, audit);
    await requireShard(chain, registry, await shard(inputs.shard, inputs.shardSha256));
    if ('otherSha256' in inputs) await requireShard(chain, registry, await shard(inputs.other, inputs.otherSha256));
  },
};

/** Both sides, which have no row in common. @throws InputError naming a row that both have */
export function compareRows(inputs: DisjointInputs): { first: Shard; second: Shard | RowRecord } {
  const first = readShardFile(inputs.shard, inputs.shardSha256);
  const second = secondOf(inputs);
  requireSameInputs(inputs.shard, first.inputs, second instanceof Int32Array ? second.length : second.inputs);
  const common = commonRow(first, second);
  if (common !== undefined) throw sharedRow(inputs, common);
  return { first, second };
}

function secondOf(inputs: DisjointInputs) {
  if ('otherSha256' in inputs) return readShardFile(inputs.other, inputs.otherSha256);
  return recordOf(hexToBytes(inputs.record as Hex)) as RowRecord;
}

function requireSameInputs(file: string, inputs: number, others: number): void {
  if (inputs === others) return;
  throw new InputError(`Rows of ${file} have ${inputs} inputs, what they are compared with has ${others}.`);
}

/** @returns the error that names both rows, counted from 1 */
function sharedRow(inputs: DisjointInputs, common: { first: number; second: number }): InputError {
  const hint = 'A row is the same where all its inputs are, whatever its label: there is nothing to prove.';
  const own = `row ${common.first + 1} of ${inputs.shard}`;
  return 'otherSha256' in inputs
    ? new InputError(`The shards have a row in common: ${own} is row ${common.second + 1} of ${inputs.other}.`, {
        hint,
      })
    : new InputError(`The record is ${own}.`, { hint });
}
