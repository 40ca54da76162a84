import { join } from 'node:path';
import type { Command } from 'commander';
import { getAddress } from 'viem';
import { PROGRAMS } from '../../src/registry/programs/list.ts';
import type { Destination } from '../runs/programs/runProgram.ts';
import { isProgram } from '../runs/programs/table.ts';
import { proveHere } from '../runs/proveHere.ts';
import type { ProvedEdge } from '../runs/proveRun.ts';
import { Run } from '../runs/run.ts';
import { runFolder } from '../runs/runFolder.ts';
import { commandLine } from '../terminal/invocation.ts';
import { formatSeconds, type Output } from '../terminal/output.ts';
import {
  type AheadOptions,
  type CommonOptions,
  nextOptions,
  openRegistry,
  openScoreboard,
  outputOf,
  type ScoreboardOptions,
  type StatementOptions,
  trainerOf,
  withAhead,
  withCommon,
  withScoreboard,
  withStatement,
} from './options.ts';

export function addProveCommand(program: Command): void {
  withAhead(withCommon(withScoreboard(withStatement(program.command('prove')))))
    .description('prove a run for one registry (a score: scoreboard) and one trainer; writes *.edge.json')
    .argument('<run>', 'name or folder of a run of data, seed, import, train, merge or score')
    .action(async (name: string, options: CommonOptions & ScoreboardOptions & AheadOptions) => {
      const output = outputOf(options);
      const run = Run.open(runFolder(options.runs, name));
      try {
        const isScore = isProgram(run.kind) && PROGRAMS[run.kind].registers === 'result';
        const context = isScore ? await scoreContextOf(options) : await contextOf(options);
        printEdges(run, await proveHere(run, context, output, options), output, {}, nextOptions(options));
      } finally {
        run.close();
      }
    });
}

/** Chain, registry and trainer of the options. @throws InputError, DescentError (chain) */
export async function contextOf(options: StatementOptions): Promise<Destination> {
  const { chain, registry } = await openRegistry(options);
  const trainer = trainerOf(options, chain.id);
  return { chainId: BigInt(chain.id), registry: getAddress(registry), trainer: getAddress(trainer), chain };
}

/** Chain, scoreboard and prover of the options. @throws InputError, DescentError (chain) */
export async function scoreContextOf(options: ScoreboardOptions): Promise<Destination> {
  const { chain, scoreboard } = await openScoreboard(options);
  const trainer = trainerOf(options, chain.id);
  return { chainId: BigInt(chain.id), registry: getAddress(scoreboard), trainer: getAddress(trainer), chain };
}

/** The result of everything that proves. @param next options that the next command needs too */
export function printEdges(
  run: Run,
  edges: ProvedEdge[],
  output: Output,
  more: Record<string, unknown> = {},
  next: readonly string[] = [],
): void {
  const files = edges.map((edge) => ({ ...edge, file: join(run.folder, edge.file) }));
  const lines = files.flatMap(({ file, id, seconds }) => [
    `Proved ${id} in ${formatSeconds(seconds)}.`,
    `edge     ${file}`,
    `next     ${commandLine('submit', file, ...next)}`,
  ]);
  output.result({ run: run.folder, ...more, edges: files }, lines.join('\n'));
}
