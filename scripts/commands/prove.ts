import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { type Address, getAddress } from 'viem';
import { InputError } from '../../src/errors/InputError.ts';
import { PROGRAMS } from '../../src/registry/programs/list.ts';
import type { Chain } from '../chain/client.ts';
import type { Destination } from '../runs/programs/runProgram.ts';
import { isProgram } from '../runs/programs/table.ts';
import { proveHere } from '../runs/proveHere.ts';
import type { ProvedEdge } from '../runs/proveRun.ts';
import { Run } from '../runs/run.ts';
import { runFolder } from '../runs/runFolder.ts';
import { commandLine } from '../terminal/invocation.ts';
import { formatSeconds, type Output } from '../terminal/output.ts';
import { counted } from '../terminal/plural.ts';
import {
  type AheadOptions,
  type AuditOptions,
  type CommonOptions,
  type InferencesOptions,
  nextOptions,
  openAudit,
  openInferences,
  openRegistry,
  openScoreboard,
  outputOf,
  positive,
  type ScoreboardOptions,
  type StatementOptions,
  trainerOf,
  withAhead,
  withCommon,
  withInferences,
  withScoreboard,
  withStatement,
} from './options.ts';

interface ProveOptions extends CommonOptions, ScoreboardOptions, InferencesOptions, AheadOptions {
  keepEvery?: number;
  jobs?: number;
}

export function addProveCommand(program: Command): void {
  withAhead(withCommon(withInferences(withScoreboard(withStatement(program.command('prove'))))))
    .description(
      'prove a run for one registry (a score: scoreboard; an inference: its contract) and one trainer; writes *.edge.json',
    )
    .argument(
      '<run>',
      'name or folder of a run of data, seed, import, train, merge, score or infer, or of a run of many segments',
    )
    .option('--keep-every <number>', 'many segments: the model after every so many is registered too', positive)
    .option('--jobs <number>', 'many segments: proofs at a time (default: one for each core)', positive)
    .action(async (name: string, options: ProveOptions) => {
      const output = outputOf(options);
      const run = Run.open(runFolder(options.runs, name));
      try {
        if (isProgram(run.kind) && PROGRAMS[run.kind].registers === 'fact') {
          const hint = `Run ${commandLine('audit')} again as it was begun, with --audit: that proves it.`;
          throw new InputError(`The run ${run.name} is of an audit.`, { hint });
        }
        const context = await contextOfRun(run, options);
        if (run.kind === 'trainAll') return await proveMany(run, context, options, output);
        printEdges(run, await proveHere(run, context, output, options), output, {}, nextOptions(options));
      } finally {
        run.close();
      }
    });
}

/** Where a run's proof goes. */
function contextOfRun(run: Run, options: ProveOptions): Promise<Destination> {
  const registers = isProgram(run.kind) ? PROGRAMS[run.kind].registers : undefined;
  if (registers === 'inference') return inferContextOf(options);
  return registers === 'result' ? scoreContextOf(options) : contextOf(options);
}

/** A run of many segments: nothing is sent, what it makes is for a wallet. */
async function proveMany(run: Run, where: Destination, { jobs, keepEvery }: ProveOptions, output: Output) {
  const { proveTraining } = await import('../actions/proveTraining.ts');
  const { chainId, registry, trainer } = where;
  const files = await proveTraining(
    run,
    { chainId, registry, trainer },
    { jobs: jobs ?? availableParallelism(), keepEvery, output },
  );
  const next = files.map((file) => `next     ${commandLine('submit', file)}`);
  output.result(
    { run: run.folder, files },
    `Proved ${counted(files.length, 'file')} to submit, in this order:\n${next.join('\n')}`,
  );
}

/** Chain, registry and trainer of the options. @throws InputError, DescentError (chain) */
export async function contextOf(options: StatementOptions): Promise<Destination> {
  const { chain, registry } = await openRegistry(options);
  return destination(chain, registry, options);
}

/** Chain, scoreboard and prover of the options. @throws InputError, DescentError (chain) */
export async function scoreContextOf(options: ScoreboardOptions): Promise<Destination> {
  const { chain, scoreboard } = await openScoreboard(options);
  return destination(chain, scoreboard, options);
}

/** Chain, contract of inferences and prover of the options. @throws InputError, DescentError (chain) */
export async function inferContextOf(options: InferencesOptions): Promise<Destination> {
  const { chain, inferences } = await openInferences(options);
  return destination(chain, inferences, options);
}

/** Chain, audit and prover of the options. @throws InputError, DescentError (chain) */
export async function factContextOf(options: AuditOptions): Promise<Destination> {
  const { chain, audit } = await openAudit(options);
  return destination(chain, audit, options);
}

function destination(chain: Chain, contract: Address, options: StatementOptions): Destination {
  const trainer = trainerOf(options, chain.id);
  return { chainId: BigInt(chain.id), registry: getAddress(contract), trainer: getAddress(trainer), chain };
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
