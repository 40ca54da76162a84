import type { Address, Hex } from 'viem';
import { DescentError } from '../../src/errors/DescentError.ts';
import { modelRegistryAbi } from '../../src/generated/abi.ts';
import { isSameSchema, MIXED_SCHEMA } from '../../src/registry/schemas.ts';
import type { Chain } from '../chain/client.ts';
import { isModel, readShard, translateErrors } from '../chain/readRegistry.ts';
import { commandLine } from '../terminal/invocation.ts';

interface Named {
  id: Hex;
  file: string;
}

export async function requireModel(chain: Chain, registry: Address, { id, file }: Named, what: string): Promise<void> {
  if (!(await isModel(chain, registry, id))) throw unknown(registry, what, id, file);
}

export async function requireShard(chain: Chain, registry: Address, { id, file }: Named): Promise<void> {
  if ((await readShard(chain, registry, id)) === undefined) throw unknown(registry, 'shard', id, file);
}

/**
 * Compares what the registry has of a model's line and of rows: the files may be older, or say something else.
 * @throws DescentError (chain) where both state a schema and they differ
 */
export async function requireChainSchema(
  chain: Chain,
  registry: Address,
  { model, shard }: { model: Named; shard: Named },
): Promise<void> {
  const call = { address: registry, abi: modelRegistryAbi } as const;
  const [ofModel, ofShard] = await translateErrors(async () => [
    await chain.client.readContract({ ...call, functionName: 'schemaOf', args: [model.id] }),
    (await chain.client.readContract({ ...call, functionName: 'shard', args: [shard.id] })).schema,
  ]);
  if (isSameSchema(ofModel, ofShard) !== false) return;
  throw new DescentError(`The registry has another schema for ${model.file} than for the rows of ${shard.file}.`, {
    code: 'OTHER_SCHEMA',
    exit: 'chain',
    hint: 'Take rows that were made with --like of the training rows; --other-schema goes on all the same.',
    details:
      ofModel === MIXED_SCHEMA
        ? 'The model is a merge of lines that were trained on rows of different schemas.'
        : `The schema of the model is ${ofModel}, that of the rows ${ofShard}.`,
  });
}

function unknown(registry: Address, what: string, id: Hex, file: string): DescentError {
  return new DescentError(`The registry ${registry} does not know the ${what} ${id} (${file}).`, {
    code: what === 'shard' ? 'UNKNOWN_SHARD' : what === 'parent' ? 'UNKNOWN_PARENT' : 'UNKNOWN_MODEL',
    exit: 'chain',
    hint: `Submit its edge first: ${commandLine('submit', '<its edge>')}. With --ahead a single edge is proved nevertheless.`,
  });
}
