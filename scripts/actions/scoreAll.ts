import { join } from 'node:path';
import type { Address, LocalAccount } from 'viem';
import { InputError } from '../../src/errors/InputError.ts';
import { ACTIVATION_BITS } from '../../src/numbers/constants.ts';
import { type Chain, requireChainId } from '../chain/client.ts';
import { readResult } from '../chain/readRegistry.ts';
import { registryOfScoreboard } from '../chain/readScoreboard.ts';
import { readShardFile, readWeightsFile } from '../files/models.ts';
import { createCommitter } from '../runs/commit.ts';
import { takesOtherSchema } from '../runs/programs/runProgram.ts';
import type { ScoreInputs } from '../runs/programs/score.ts';
import { type ProvedStep, type ProvingStep, proveAll } from '../runs/proveAll.ts';
import { createProverPool } from '../runs/proverPool.ts';
import { requireChainSchema, requireModel, requireShard } from '../runs/registered.ts';
import { type Json, Run } from '../runs/run.ts';
import type { ShardEntry } from '../runs/shards.ts';
import { type Output, withoutProgress } from '../terminal/output.ts';
import { counted } from '../terminal/plural.ts';
import { type ScoreOutcome, scoreRun } from './scoreRun.ts';

/** What a run of many scores was started with. */
export interface ScoringInputs {
  [key: string]: Json;
  model: string;
  modelSha256: string;
  shards: ShardEntry[];
}

export interface ShardScore extends ScoreOutcome {
  shard: string;
  folder: string;
}

/** Computes a model's result on every shard, each in a run of its own below that of all. */
export async function scoreAll(run: Run, scoring: ScoringInputs, output: Output): Promise<ShardScore[]> {
  const { model, modelSha256, shards } = scoring;
  const otherSchema = takesOtherSchema(scoring);
  output.progress.stage(`score on ${counted(shards.length, 'shard')}`);
  const scores: ShardScore[] = [];
  for (const [k, entry] of shards.entries()) {
    const folder = join(run.folder, `score-${String(k + 1).padStart(3, '0')}`);
    const outcome = await run.stage(`score ${k + 1}`, async () => {
      const inputs: ScoreInputs = { model, modelSha256, ...entry, ...(otherSchema && { otherSchema: 'yes' }) };
      const part = Run.start(folder, 'score', inputs);
      try {
        return await scoreRun(part, inputs, withoutProgress(output));
      } finally {
        part.close();
      }
    });
    scores.push({ ...outcome, shard: entry.shard, folder });
    output.progress.update((k + 1) / shards.length);
  }
  output.progress.done();
  return scores;
}

/** The sum over shards of one kind. @throws InputError for shards of several kinds */
export function sumOf(scores: ShardScore[]): ScoreOutcome {
  const [{ shape, head, kind }] = scores;
  const other = scores.find((score) => score.kind !== kind);
  if (other !== undefined) {
    throw new InputError(`Some shards are of ${kind} and some of ${other.kind}: they have no sum.`);
  }
  const isRegression = kind === 'regression';
  const rows = scores.reduce((sum, score) => sum + score.rows, 0);
  const result = scores.reduce((sum, score) => sum + BigInt(score.result), 0n);
  return {
    shape,
    head,
    kind,
    rows,
    result: result.toString(),
    right: isRegression ? null : Number(result),
    squaredError: isRegression ? Number(result) / 4 ** ACTIVATION_BITS / rows : null,
  };
}

export interface ScoringContext {
  chain: Chain;
  scoreboard: Address;
  account: LocalAccount;
  /** Proofs at a time. */
  jobs: number;
  output: Output;
}

/**
 * Proves all results side by side and registers them; those that the scoreboard has already, whoever proved them, or has
 * better ones for, are left out.
 * @returns by the place of the shard; undefined where nothing was to be proved
 */
export async function registerScores(
  run: Run,
  inputs: ScoringInputs,
  scores: ShardScore[],
  context: ScoringContext,
): Promise<(ProvedStep | undefined)[]> {
  const { chain, scoreboard, output } = context;
  const ids = await idsOf(run, inputs, output);
  await requireChainId(chain);
  const registry = await registryOfScoreboard(chain, scoreboard);
  await requireModel(chain, registry, { id: ids.model, file: inputs.model }, 'model');
  for (const [k, id] of ids.shards.entries()) {
    const shard = { id, file: inputs.shards[k].shard };
    await requireShard(chain, registry, shard);
    if (!takesOtherSchema(inputs)) {
      await requireChainSchema(chain, registry, { model: { id: ids.model, file: inputs.model }, shard });
    }
  }
  const steps: ProvingStep[] = [];
  for (const [k, { folder, result, right }] of scores.entries()) {
    const known = await readResult(chain, scoreboard, ids.model, ids.shards[k]);
    const isBetter =
      known === undefined || (right === null ? BigInt(result) < known.value : BigInt(result) > known.value);
    if (isBetter) steps.push({ label: `shard ${k + 1}`, program: 'score', folder });
  }
  if (steps.length === 0) return scores.map(() => undefined);
  const pool = createProverPool(context.jobs);
  try {
    const proved = await proveAll(steps, { ...context, contract: scoreboard, pool });
    return scores.map(({ folder }) => proved.find((step) => step.folder === folder));
  } finally {
    pool.close();
  }
}

/** Ids of the model and of the shards as the registry has them, computed once a run. */
export function idsOf(run: Run, { model, modelSha256, shards }: ScoringInputs, output: Output) {
  return run.stage('ids', async () => {
    const committer = createCommitter();
    output.progress.stage('compute ids');
    try {
      const ids = { model: await committer.model(readWeightsFile(model, modelSha256)), shards: [] as `0x${string}`[] };
      for (const { shard, shardSha256 } of shards) {
        ids.shards.push(await committer.shard(readShardFile(shard, shardSha256)));
      }
      return ids;
    } finally {
      output.progress.done();
      await committer.close();
    }
  });
}
