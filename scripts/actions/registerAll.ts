import type { Address, Hex, LocalAccount } from 'viem';
import { type Chain, requireChainId } from '../chain/client.ts';
import { GAS_AT_MOST, requireFunds } from '../chain/funds.ts';
import { readShard } from '../chain/readRegistry.ts';
import { readShardFile, readWeightsFile } from '../files/models.ts';
import { type Committer, createCommitter } from '../runs/commit.ts';
import { fileId } from '../runs/fileIds.ts';
import { type ProvedStep, type ProvingStep, proveAll } from '../runs/proveAll.ts';
import { createProverPool } from '../runs/proverPool.ts';
import { requireModel } from '../runs/registered.ts';
import { Run } from '../runs/run.ts';
import { type Output, withoutProgress } from '../terminal/output.ts';
import { copyInputs, dataRun } from './dataRun.ts';
import { subfolder, type Training, type TrainingInputs } from './trainingPlan.ts';

export interface RegisterContext {
  chain: Chain;
  registry: Address;
  account: LocalAccount;
  /** Proofs at a time. */
  jobs: number;
  /** After every so many segments the model is registered too; undefined: only the last. */
  keepEvery: number | undefined;
  /** What else is proved and registered, before the segments: shards on which the model will be scored. */
  more?: readonly ProvingStep[];
  output: Output;
}

/** What a training run has on chain. */
export interface RegisteredTraining {
  seed: ProvedStep | undefined;
  /** By the place of the shard in the list; undefined where it was registered before. */
  shards: (ProvedStep | undefined)[];
  more: ProvedStep[];
  segments: ProvedStep[];
}

/**
 * Proves everything of a training run side by side and registers it in order: the seed, the shards, then all segments in as few
 * transactions as the gas of one allows. Given shards that the registry knows are not proved again.
 * @throws DescentError when the parent is not registered, a proof fails, or the chain refuses
 */
export async function registerAll(
  run: Run,
  inputs: TrainingInputs,
  training: Training,
  context: RegisterContext,
): Promise<RegisteredTraining> {
  const { output, keepEvery, more = [] } = context;
  const known = await lookUp(run, inputs, context);
  const seed: ProvingStep[] =
    training.seedFolder === undefined ? [] : [{ label: 'seed', program: 'seed', folder: training.seedFolder }];
  const shards = await shardSteps(run, training, known, output);
  const steps = [...seed, ...shards.filter((step) => step !== undefined), ...more];
  for (const { number, folder } of training.segments) {
    const keep = number === training.segments.length || (keepEvery !== undefined && number % keepEvery === 0);
    steps.push({ label: `segment ${number}`, program: 'train', folder, keep });
  }
  const pool = createProverPool(context.jobs);
  try {
    const proved = await proveAll(steps, { ...context, contract: context.registry, pool });
    const byFolder = new Map(proved.map((step) => [step.folder, step]));
    return {
      seed: seed[0] && byFolder.get(seed[0].folder),
      shards: shards.map((step) => step && byFolder.get(step.folder)),
      more: more.map(({ folder }) => byFolder.get(folder)!),
      segments: training.segments.map(({ folder }) => byFolder.get(folder)!),
    };
  } finally {
    pool.close();
  }
}

/** Asks, before minutes of training, for what would make the chain refuse the first edges. @throws DescentError (chain) */
export async function askBeforeTraining(
  run: Run,
  inputs: TrainingInputs,
  context: Pick<RegisterContext, 'chain' | 'registry' | 'account' | 'output'>,
): Promise<void> {
  await requireChainId(context.chain);
  const first = inputs.seed === null ? GAS_AT_MOST.train : GAS_AT_MOST.requestSeed + GAS_AT_MOST.seed;
  await requireFunds(context.chain, context.account.address, first);
  await lookUp(run, inputs, context);
}

/** Which of the given shards the registry knows. @throws DescentError when it does not know the given parent */
export async function lookUp(
  run: Run,
  inputs: TrainingInputs,
  { chain, registry, output }: Pick<RegisterContext, 'chain' | 'registry' | 'output'>,
): Promise<boolean[]> {
  const committer = createCommitter();
  try {
    output.progress.stage('look up what is registered');
    if (inputs.parent !== null) {
      const id = await fileId(run, inputs.parentSha256!, () => modelIdOf(committer, inputs));
      await requireModel(chain, registry, { id, file: inputs.parent }, 'parent');
    }
    const knownShards: boolean[] = [];
    for (const { shard, shardSha256 } of inputs.shards ?? []) {
      const id = await fileId(run, shardSha256, () => committer.shard(readShardFile(shard, shardSha256)));
      knownShards.push((await readShard(chain, registry, id)) !== undefined);
    }
    output.progress.done();
    return knownShards;
  } finally {
    await committer.close();
  }
}

function modelIdOf(committer: Committer, { parent, parentSha256 }: TrainingInputs): Promise<Hex> {
  return committer.model(readWeightsFile(parent!, parentSha256!));
}

/** The shards that are to be proved: those that were made, and copies of those given that the registry lacks. */
async function shardSteps(
  run: Run,
  training: Training,
  known: boolean[],
  output: Output,
): Promise<(ProvingStep | undefined)[]> {
  const steps: (ProvingStep | undefined)[] = [];
  for (const [k, { shard }] of training.shards.entries()) {
    const label = `shard ${k + 1}`;
    if (training.shardFolders !== undefined) {
      steps.push({ label, program: 'data', folder: training.shardFolders[k] });
    } else if (known[k]) {
      steps.push(undefined);
    } else {
      const folder = subfolder.shard(run.folder, k);
      await run.stage(`copy shard ${k + 1}`, async () => {
        const copy = Run.start(folder, 'data', copyInputs([shard]));
        try {
          await dataRun(copy, copyInputs([shard]), withoutProgress(output));
        } finally {
          copy.close();
        }
        return null;
      });
      steps.push({ label, program: 'data', folder });
    }
  }
  return steps;
}
