import { join } from 'node:path';
import type { Address, Hex, LocalAccount } from 'viem';
import type { Chain } from '../chain/client.ts';
import { readWeightsFile } from '../files/models.ts';
import { fileHash } from '../files/read.ts';
import { rangesOf } from '../files/source.ts';
import { loadTable, rowsTaken, type TableInputs } from '../files/tables.ts';
import type { ProvedStep, ProvingStep } from '../runs/proveAll.ts';
import type { Run } from '../runs/run.ts';
import type { ShardEntry } from '../runs/shards.ts';
import { within } from '../runs/within.ts';
import { type Output, withoutProgress } from '../terminal/output.ts';
import { dataRun } from './dataRun.ts';
import { type Evaluation, evaluateModel } from './evaluation.ts';
import type { FitPlan } from './fitPlan.ts';
import { askBeforeTraining, type RegisteredTraining, registerAll } from './registerAll.ts';
import { registerScores, type ShardScore, scoreAll } from './scoreAll.ts';
import { trainAll } from './trainAll.ts';
import { shardEntry, type Training } from './trainingPlan.ts';

/** Where a fit is proved and registered. */
export interface FitContext {
  chain: Chain;
  registry: Address;
  /** Where its result is registered; undefined: it is computed only. */
  scoreboard: Address | undefined;
  account: LocalAccount;
  /** Proofs at a time. */
  jobs: number;
  output: Output;
}

export interface FitOutcome {
  training: Training;
  registered: RegisteredTraining;
  /** Of the model on the shards that were held out; what was registered of it stands at the same place. */
  scores: ShardScore[];
  scored: (ProvedStep | undefined)[];
  evaluation: Evaluation;
  /** Id of the model in the registry. */
  model: Hex;
}

/**
 * Trains by a plan from a seed drawn on chain, proves and registers all of it, and scores the model on the rows held out. Begun again,
 * it goes on where it was.
 */
export async function fitRun(run: Run, plan: FitPlan, context: FitContext): Promise<FitOutcome> {
  const { chain, registry, scoreboard, account, output } = context;
  const folder = join(run.folder, 'training');
  return within(folder, 'trainAll', plan.training, async (training) => {
    await askBeforeTraining(training, plan.training, context);
    const validation = plan.validation && (await makeShards(run, 'validation', plan.validation, output));
    const held = await makeShards(run, 'held-out', plan.heldOut, output);
    const made = await trainAll(training, plan.training, {
      test: validation?.shards ?? [],
      seedContext: { chain, registry, account },
      otherSchema: false,
      output,
    });
    const more = held.folders.map((path, k): ProvingStep => {
      return { label: `held out ${k + 1}`, program: 'data', folder: path };
    });
    const registered = await registerAll(training, plan.training, made, { ...context, keepEvery: undefined, more });
    const scoring = { ...fileHash('model', made.model), shards: held.shards };
    const { scores, scored } = await within(join(run.folder, 'score'), 'scoreAll', scoring, async (part) => {
      const scores = await scoreAll(part, scoring, output);
      const scored =
        scoreboard === undefined ? [] : await registerScores(part, scoring, scores, { ...context, scoreboard });
      return { scores, scored };
    });
    const evaluation = await evaluateHeldOut(made.model, plan.heldOut);
    return { training: made, registered, scores, scored, evaluation, model: registered.segments.at(-1)!.proof.id };
  });
}

/** One data run a shard below the fit, so that they can be proved side by side. */
async function makeShards(
  run: Run,
  name: string,
  inputs: TableInputs,
  output: Output,
): Promise<{ folders: string[]; shards: ShardEntry[] }> {
  const { last: _, ...each } = inputs;
  const folders: string[] = [];
  for (const [k, { first, rows }] of rangesOf(inputs).entries()) {
    const own = { ...each, offset: first, rows, count: 1 } as TableInputs;
    const folder = join(run.folder, `${name}-${String(k + 1).padStart(3, '0')}`);
    // What is to be said of the table is said where the rows of the training are made.
    await within(folder, 'data', own, (part) =>
      dataRun(part, own, { ...withoutProgress(output), note() {}, warn() {} }),
    );
    folders.push(folder);
  }
  return { folders, shards: folders.map(shardEntry) };
}

async function evaluateHeldOut(model: string, inputs: TableInputs): Promise<Evaluation> {
  const { table, description } = await loadTable(inputs);
  const range = { first: inputs.offset, rows: rowsTaken(inputs) };
  return evaluateModel(readWeightsFile(model), table, description.schema, range);
}
