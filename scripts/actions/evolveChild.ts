import { join } from 'node:path';
import type { Address, Hex, LocalAccount } from 'viem';
import { InputError } from '../../src/errors/InputError.ts';
import type { Shard } from '../../src/model/shard.ts';
import { fitnessOf } from '../../src/training/fitness.ts';
import { type Chain, requireChainId } from '../chain/client.ts';
import { readBenchmarks } from '../chain/readScoreboard.ts';
import { readShardFile, readWeightsFile } from '../files/models.ts';
import { fileHash } from '../files/read.ts';
import { createCommitter } from '../runs/commit.ts';
import { fileId } from '../runs/fileIds.ts';
import type { MergeInputs } from '../runs/programs/merge.ts';
import { type ProvedStep, proveAll } from '../runs/proveAll.ts';
import { createProverPool } from '../runs/proverPool.ts';
import { requireModel, requireShard } from '../runs/registered.ts';
import type { Run } from '../runs/run.ts';
import type { ShardEntry } from '../runs/shards.ts';
import { within } from '../runs/within.ts';
import type { Output } from '../terminal/output.ts';
import { counted } from '../terminal/plural.ts';
import { worthOf } from './evolveRun.ts';
import type { EvolveInputs, SearchOutcome, Worth } from './evolveTypes.ts';
import { type MergeOutcome, mergeRun } from './mergeRun.ts';
import { registerScores, type ScoringContext, type ScoringInputs, type ShardScore, scoreAll } from './scoreAll.ts';

/** The run of the winner, a run of merge below that of the search. */
export function childFolder(run: Run): string {
  return join(run.folder, 'child');
}

/** The run of merge whose child the search found, as `descent merge --coefficients` makes it. */
export async function mergeWinner(
  run: Run,
  { parents }: EvolveInputs,
  { winner }: SearchOutcome,
  output: Output,
): Promise<MergeOutcome & { model: string; inputs: MergeInputs }> {
  const inputs: MergeInputs = { parents, recipe: 'coefficients', numbers: winner.coefficients.flat() };
  return within(childFolder(run), 'merge', inputs, async (part) => {
    const outcome = await mergeRun(part, inputs, output);
    return { ...outcome, model: part.file('merge', 'model'), inputs };
  });
}

/** Where a child is registered. */
export interface EvolvePlace {
  chain: Chain;
  registry: Address;
  /** Where its results are; undefined: nowhere. */
  scoreboard: Address | undefined;
  /** In which it is ranked. */
  benchmark: Hex | undefined;
  account: LocalAccount;
}

/**
 * Asks, before minutes of searching, for what would make the chain refuse the child or its results.
 * @throws DescentError (chain) for parents, or shards held out for a scoreboard, that are not registered; InputError where a shard
 * of the benchmark is not held out
 */
export async function askBeforeSearch(
  run: Run,
  { parents }: EvolveInputs,
  heldOut: readonly ShardEntry[],
  { chain, registry, scoreboard, benchmark, output }: Omit<EvolvePlace, 'account'> & { output: Output },
): Promise<void> {
  await requireChainId(chain);
  output.progress.stage('ask the chain');
  const committer = createCommitter();
  try {
    for (const { parent, parentSha256 } of parents) {
      const id = await fileId(run, parentSha256, () => committer.model(readWeightsFile(parent, parentSha256)));
      await requireModel(chain, registry, { id, file: parent }, 'parent');
    }
    if (scoreboard === undefined) return;
    const held: Hex[] = [];
    for (const { shard, shardSha256 } of heldOut) {
      const id = await fileId(run, shardSha256, () => committer.shard(readShardFile(shard, shardSha256)));
      await requireShard(chain, registry, { id, file: shard });
      held.push(id);
    }
    if (benchmark === undefined) return;
    const known = (await readBenchmarks(chain, scoreboard)).find(({ id }) => id === benchmark);
    const missing = known?.shards.find((id) => !held.includes(id));
    if (known === undefined) throw new InputError(`The scoreboard knows no benchmark ${benchmark}.`);
    if (missing !== undefined) {
      throw new InputError(`The shard ${missing} of the benchmark is not held out.`, {
        hint: 'Name the files of all its shards with --held-out.',
      });
    }
  } finally {
    output.progress.done();
    await committer.close();
  }
}

/** Proves the merge and registers it. */
export async function registerWinner(run: Run, place: EvolvePlace, output: Output): Promise<ProvedStep> {
  const pool = createProverPool(1);
  try {
    const step = { label: 'merge', program: 'merge', folder: childFolder(run) } as const;
    const [proved] = await proveAll([step], { ...place, contract: place.registry, pool, output });
    return proved;
  } finally {
    pool.close();
  }
}

/** The winner on the rows held out, its parents beside it; what was registered of it stands at the place of the shard. */
export interface HeldOutOutcome {
  scores: ShardScore[];
  scored: (ProvedStep | undefined)[];
  /** Measured, not proved. */
  parents: Worth[];
}

/** @param context where the results are proved and registered; undefined: nowhere */
export async function scoreWinner(
  run: Run,
  { parents, otherSchema }: EvolveInputs,
  { model, heldOut }: { model: string; heldOut: ShardEntry[] },
  { context, output }: { context: ScoringContext | undefined; output: Output },
): Promise<HeldOutOutcome> {
  const scoring: ScoringInputs = {
    ...fileHash('model', model),
    shards: heldOut,
    ...(otherSchema !== undefined && { otherSchema }),
  };
  const worths = await run.stage(`parents on ${heldOut.map(({ shardSha256 }) => shardSha256).join(' ')}`, async () => {
    output.progress.stage(`measure ${counted(parents.length, 'parent')} on the rows held out`);
    const shards: Shard[] = heldOut.map(({ shard, shardSha256 }) => readShardFile(shard, shardSha256));
    const found = parents.map((file) => worthOf(fitnessOf(readWeightsFile(file.parent, file.parentSha256), shards)));
    output.progress.done();
    return found;
  });
  return within(join(run.folder, 'held-out'), 'scoreAll', scoring, async (part) => {
    const scores = await scoreAll(part, scoring, output);
    const scored = context === undefined ? [] : await registerScores(part, scoring, scores, context);
    return { scores, scored, parents: worths };
  });
}
