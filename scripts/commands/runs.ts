import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { InputError } from '../../src/errors/InputError.ts';
import { listRuns, type RunSummary } from '../runs/inspect.ts';
import { alignColumns } from '../terminal/drawTree.ts';
import { commandLine } from '../terminal/invocation.ts';
import { type CommonOptions, outputOf, withCommon } from './options.ts';

export function addRunsCommand(program: Command): void {
  withCommon(program.command('runs'))
    .description('list the runs: what each has come to, its accuracy, the gas it took')
    .action((options: CommonOptions) => {
      const output = outputOf(options);
      const folder = resolve(options.runs);
      if (!existsSync(folder)) {
        throw new InputError(`There is no folder ${folder}, so there are no runs.`, {
          hint: 'Go to the folder in which you began, or name the folder of runs with --runs.',
        });
      }
      const { runs, damaged } = listRuns(folder);
      for (const path of damaged) output.warn(`${path} holds a damaged run.json.`);
      const lines = runs.length === 0 ? `${folder} holds no runs yet.` : renderRuns(runs);
      output.result({ folder, runs: runs.map(document) }, lines);
    });
}

function document({ stages: _stages, ...run }: RunSummary) {
  return run;
}

function renderRuns(runs: RunSummary[]): string {
  const rows = runs.map((run) => [
    run.name,
    run.kind,
    describeProgress(run),
    describeAccuracy(run),
    run.gas === 0 ? '-' : run.gas.toLocaleString('en-US'),
    run.at === undefined ? '' : run.at.slice(0, 16).replace('T', ' '),
  ]);
  const table = alignColumns([['run', 'kind', 'state', 'right', 'gas', 'last stage (UTC)'], ...rows]);
  return `${table}\n\n'Registered' is what this folder sent and saw accepted. ${commandLine('show', '<run>')} tells more.`;
}

export function describeProgress({ progress, inUseBy }: RunSummary): string {
  return inUseBy === undefined ? progress : `${progress}, in use by process ${inUseBy}`;
}

/** 92.6 % (training rows) */
export function describeAccuracy({ accuracy, accuracyOf }: RunSummary): string {
  return accuracy === undefined ? '-' : `${(100 * accuracy).toFixed(1)} % (${accuracyOf})`;
}
