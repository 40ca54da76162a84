import { join } from 'node:path';
import type { Address, LocalAccount } from 'viem';
import { InputError } from '../../src/errors/InputError.ts';
import { type Chain, requireChainId } from '../chain/client.ts';
import { type KnownMeasures, readMeasures } from '../chain/readMeasures.ts';
import { registryOf } from '../chain/readPlaces.ts';
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
import { type ScoreFigures, sumFigures } from './scoreFigures.ts';
import { requireFigures, type ScoreOutcome, scoreRun } from './scoreRun.ts';

/** What a run of many scores was started with. */
export interface ScoringInputs {
  [key: string]: Json;
  model: string;
  modelSha256: string;
  shards: ShardEntry[];
  // otherSchema, top: as in ScoreInputs, where they were said
}

export interface ShardScore extends ScoreOutcome {
  shard: string;
  folder: string;
}

/** Computes a model's result on every shard, each in a run of its own below that of all. */
export async function scoreAll(run: Run, scoring: ScoringInputs, output: Output): Promise<ShardScore[]> {
  const { model, modelSha256, shards, top } = scoring;
  const otherSchema = takesOtherSchema(scoring);
  output.progress.stage(`score on ${counted(shards.length, 'shard')}`);
  const scores: ShardScore[] = [];
  for (const [k, entry] of shards.entries()) {
    const folder = join(run.folder, `score-${String(k + 1).padStart(3, '0')}`);
    const outcome = await run.stage(`score ${k + 1}`, async () => {
      const said = { ...(otherSchema && { otherSchema: 'yes' }), ...(typeof top === 'string' && { top }) };
      const inputs: ScoreInputs = { model, modelSha256, ...entry, ...said };
      const part = Run.start(folder, 'score', inputs);
      try {
        return await scoreRun(part, inputs, withoutProgress(output));
      } finally {
        part.close();
      }
    });
    requireFigures(run.folder, outcome);
    scores.push({ ...outcome, shard: entry.shard, folder });
    output.progress.update((k + 1) / shards.length);
  }
  output.progress.done();
  return scores;
}

/** The sum over shards of one kind. @throws InputError for shards of several kinds */
export function sumOf(scores: ShardScore[]): ScoreOutcome {
  const [{ shape, kind, names }] = scores;
  const other = scores.find((score) => score.kind !== kind);
  if (other !== undefined) {
    throw new InputError(`Some shards are of ${kind} and some of ${other.kind}: they have no sum.`);
  }
  return { shape, names, ...sumFigures(scores) };
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
 * Proves all results side by side and registers them; those of which the scoreboard has every part already, or a better one,
 * whoever proved it, are left out.
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
  const registry = await registryOf(chain, scoreboard);
  await requireModel(chain, registry, { id: ids.model, file: inputs.model }, 'model');
  for (const [k, id] of ids.shards.entries()) {
    const shard = { id, file: inputs.shards[k].shard };
    await requireShard(chain, registry, shard);
    if (!takesOtherSchema(inputs)) {
      await requireChainSchema(chain, registry, { model: { id: ids.model, file: inputs.model }, shard });
    }
  }
  const steps: ProvingStep[] = [];
  for (const [k, score] of scores.entries()) {
    const known = await readMeasures(chain, scoreboard, { model: ids.model, shard: ids.shards[k], k: score.k });
    if (isBetter(score, known)) steps.push({ label: `shard ${k + 1}`, program: 'score', folder: score.folder });
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

/** Whether the scoreboard would take it: some part is the first or better than what it has (IScoreboard.score). */
export function isBetter(
  { kind, head, confusion, labelsRight, ...score }: ScoreFigures,
  known: KnownMeasures,
): boolean {
  const [result, loss] = [BigInt(score.result), BigInt(score.loss)];
  const sum = (confusion?.flat() ?? labelsRight ?? []).reduce((total, count) => total + count, 0);
  return (
    known.result === undefined ||
    (kind === 'regression' ? result < known.result : result > known.result) ||
    (head !== 'squared error' && (known.loss === undefined || loss < known.loss)) ||
    (kind === 'regression' && known.absolute === undefined) ||
    BigInt(score.top) > known.top ||
    sum > known.counted
  );
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
