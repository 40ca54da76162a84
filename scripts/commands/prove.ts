import { join } from 'node:path';
import type { Command } from 'commander';
import { getAddress } from 'viem';
import type { Destination } from '../proving/askChain.ts';
import type { ProvedEdge } from '../proving/proveRun.ts';
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
    .argument('<run>', 'name or folder of a run of data, seed, root, train, merge or score')
    .action(async (name: string, options: CommonOptions & ScoreboardOptions & AheadOptions) => {
      const output = outputOf(options);
      const run = Run.open(runFolder(options.runs, name));
      try {
        const origin = run.kind === 'score' ? await scoreOriginOf(options) : await originOf(options);
        printEdges(run, await proveHere(run, origin, output, options), output, {}, nextOptions(options));
      } finally {
        run.close();
      }
    });
}

/** Chain, registry and trainer of the options. @throws InputError, DescentError (chain) */
export async function originOf(options: StatementOptions): Promise<Destination> {
  const { chain, registry } = await openRegistry(options);
  const trainer = trainerOf(options, chain.id);
  return { chainId: BigInt(chain.id), registry: getAddress(registry), trainer: getAddress(trainer), chain };
}

/** Chain, scoreboard and prover of the options. @throws InputError, DescentError (chain) */
export async function scoreOriginOf(options: ScoreboardOptions): Promise<Destination> {
  const { chain, scoreboard } = await openScoreboard(options);
  const trainer = trainerOf(options, chain.id);
  return { chainId: BigInt(chain.id), registry: getAddress(scoreboard), trainer: getAddress(trainer), chain };
}

/**
 * Proves a run in this process, after the chain was asked for all that would make it refuse the edge.
 * @throws as `askChain` and `proveRun`
 */
export async function proveHere(
  run: Run,
  where: Destination,
  output: Output,
  { ahead = false } = {},
): Promise<ProvedEdge[]> {
  const { chainId, registry, trainer } = where;
  const origin = { chainId, registry, trainer };
  // imported here because loading the curve library takes longer than most commands
  const { proverSource } = await import('../proving/openProver.ts');
  const { isProved, proveRun } = await import('../proving/proveRun.ts');
  if (!isProved(run, origin)) {
    const { askChain } = await import('../proving/askChain.ts');
    await askChain(run, where, output, ahead);
  }
  const { source, close } = proverSource();
  try {
    return await proveRun(run, origin, output, source);
  } finally {
    await close();
  }
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
