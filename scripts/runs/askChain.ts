import type { Address, Hex } from 'viem';
import { DescentError } from '../../src/errors/DescentError.ts';
import { InputError } from '../../src/errors/InputError.ts';
import { modelRegistryAbi } from '../../src/generated/abi.ts';
import { isSameSchema, MIXED_SCHEMA } from '../../src/registry/schemas.ts';
import type { Origin } from '../../src/registry/statement.ts';
import { type Chain, requireChainId } from '../chain/client.ts';
import { describeFunds, GAS_AT_MOST, readFunds } from '../chain/funds.ts';
import { isModel, readShard, translateErrors } from '../chain/readRegistry.ts';
import { registryOfScoreboard } from '../chain/readScoreboard.ts';
import { readShardFile, readWeightsFile } from '../files/models.ts';
import { commandLine } from '../terminal/invocation.ts';
import type { Output } from '../terminal/output.ts';
import { type Committer, createCommitter } from './commit.ts';
import { fileId } from './fileIds.ts';
import type { Run } from './run.ts';
import { type MergeInputs, type ScoreInputs, type TrainInputs, takesOtherSchema } from './runTasks.ts';

/** Where a proof goes, and the chain to ask. */
export interface Destination extends Origin {
  chain: Chain;
}

/**
 * Asks the chain, before minutes of proving, for all that would make it refuse the edge: its number, the seed's request,
 * registered parents and shards. Warns where the trainer could not pay.
 * @param ahead parents and shards may be registered later
 * @throws InputError, DescentError (chain)
 */
export async function askChain(run: Run, where: Destination, output: Output, ahead = false): Promise<void> {
  output.progress.stage('ask the chain');
  await requireChainId(where.chain);
  if (run.kind === 'seed') await requireRequest(run, where);
  else if (!ahead) await requireInputs(run, where);
  output.progress.done();
  await warnOfFunds(run, where, output);
}

async function requireRequest(run: Run, { chain, registry, trainer }: Destination): Promise<void> {
  const inputs = run.inputs as { chainId: number; registry: string; trainer: string };
  const differs =
    inputs.chainId !== chain.id
      ? `chain ${inputs.chainId}`
      : inputs.registry.toLowerCase() !== registry.toLowerCase()
        ? `the registry ${inputs.registry}`
        : undefined;
  if (differs !== undefined) {
    throw new InputError(`The seed of the run ${run.name} was drawn for ${differs}.`, {
      hint: `Draw another: ${commandLine('seed')}.`,
    });
  }
  const { requestId } = run.data('seed') as { requestId: string };
  const call = { address: registry, abi: modelRegistryAbi, functionName: 'seedRequest' } as const;
  const request = await translateErrors(() => chain.client.readContract({ ...call, args: [BigInt(requestId)] }));
  if (request.trainer.toLowerCase() === trainer.toLowerCase()) return;
  const isNone = BigInt(request.trainer) === 0n;
  throw new DescentError(
    isNone
      ? `The registry ${registry} knows no seed request ${requestId}.`
      : `The seed request ${requestId} is of ${request.trainer}, not of ${trainer}.`,
    { code: 'UNKNOWN_REQUEST', exit: 'chain', hint: `Draw another seed: ${commandLine('seed')}.` },
  );
}

/** @throws DescentError (chain) when a parent or shard of the run is not registered, or a shard is of another owner */
async function requireInputs(run: Run, { chain, registry, trainer }: Destination): Promise<void> {
  const committer = createCommitter();
  const model = (file: string, hash: string) =>
    fileId(run, hash, () => committer.model(readWeightsFile(file, hash))).then((id) => ({ id, file }));
  const shard = (file: string, hash: string) =>
    fileId(run, hash, () => committer.shard(readShardFile(file, hash))).then((id) => ({ id, file }));
  try {
    if (run.kind === 'train') {
      const { parent, parentSha256, shard: rows, shardSha256 } = run.inputs as TrainInputs;
      const pair = { model: await model(parent, parentSha256), shard: await shard(rows, shardSha256) };
      await requireModel(chain, registry, pair.model, 'parent');
      await requireShard(chain, registry, pair.shard);
      if (!takesOtherSchema(run.inputs)) await requireChainSchema(chain, registry, pair);
    } else if (run.kind === 'merge') {
      for (const { parent, parentSha256 } of (run.inputs as MergeInputs).parents) {
        await requireModel(chain, registry, await model(parent, parentSha256), 'parent');
      }
    } else if (run.kind === 'score') {
      const { model: file, modelSha256, shard: rows, shardSha256 } = run.inputs as ScoreInputs;
      const lineage = await registryOfScoreboard(chain, registry);
      const pair = { model: await model(file, modelSha256), shard: await shard(rows, shardSha256) };
      await requireModel(chain, lineage, pair.model, 'model');
      await requireShard(chain, lineage, pair.shard);
      if (!takesOtherSchema(run.inputs)) await requireChainSchema(chain, lineage, pair);
    } else if (run.kind === 'data' && (run.inputs as { source?: string }).source === 'files') {
      await requireOwn(run, committer, { chain, registry, trainer });
    }
  } finally {
    await committer.close();
  }
}

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

/** A shard has one owner: who registered it first. */
async function requireOwn(
  run: Run,
  committer: Committer,
  { chain, registry, trainer }: Pick<Destination, 'chain' | 'registry' | 'trainer'>,
): Promise<void> {
  for (const key of (run.data('data') as { shards: string[] }).shards) {
    const file = run.file('data', key);
    const owner = (await readShard(chain, registry, await committer.shard(readShardFile(file))))?.owner;
    if (owner === undefined || owner.toLowerCase() === trainer.toLowerCase()) continue;
    throw new DescentError(`${owner} has registered the shard ${file} already.`, {
      code: 'ShardExists',
      exit: 'chain',
    });
  }
}

function unknown(registry: Address, what: string, id: Hex, file: string): DescentError {
  return new DescentError(`The registry ${registry} does not know the ${what} ${id} (${file}).`, {
    code: what === 'shard' ? 'UNKNOWN_SHARD' : what === 'parent' ? 'UNKNOWN_PARENT' : 'UNKNOWN_MODEL',
    exit: 'chain',
    hint: `Submit its edge first: ${commandLine('submit', '<its edge>')}. With --ahead a single edge is proved nevertheless.`,
  });
}

async function warnOfFunds(run: Run, { chain, trainer }: Destination, output: Output): Promise<void> {
  if (!(run.kind in GAS_AT_MOST)) return;
  const funds = await readFunds(chain, trainer, GAS_AT_MOST[run.kind as keyof typeof GAS_AT_MOST]);
  if (funds.held >= funds.needed) return;
  output.warn(
    `${describeFunds(funds)}. Fund it before you submit the edge, or sign it (submit --sign) and let another pay.`,
  );
}
