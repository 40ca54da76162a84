import type { Command } from 'commander';
import type { Hex } from 'viem';
import { DescentError } from '../../src/errors/DescentError.ts';
import { ACTIVATION_BITS } from '../../src/numbers/constants.ts';
import { type ListedBenchmark, readBenchmarks, readLeaderboard, type Standing } from '../chain/readScoreboard.ts';
import { parseId } from '../files/ids.ts';
import { alignColumns } from '../terminal/drawTree.ts';
import { commandLine } from '../terminal/invocation.ts';
import {
  type CommonOptions,
  openScoreboard,
  outputOf,
  type ScoreboardOptions,
  withCommon,
  withRpc,
  withScoreboard,
} from './options.ts';

export function addLeaderboardCommand(program: Command): void {
  withScoreboard(withRpc(withCommon(program.command('leaderboard'))))
    .description('print the leaderboard of a benchmark, or list the benchmarks')
    .argument('[benchmark]', 'its id')
    .action(async (name: string | undefined, options: CommonOptions & ScoreboardOptions) => {
      const id = name === undefined ? undefined : parseId(name, 'benchmark');
      const { chain, scoreboard } = await openScoreboard(options);
      const benchmarks = await readBenchmarks(chain, scoreboard);
      const output = outputOf(options);
      if (id === undefined) {
        const text = benchmarks.length === 0 ? 'There are no benchmarks yet.' : alignColumns(benchmarks.map(lineOf));
        return output.result({ benchmarks }, text);
      }
      const benchmark = benchmarks.find((known) => known.id === id);
      if (benchmark === undefined) {
        throw new DescentError(`The scoreboard ${scoreboard} knows no benchmark ${id}.`, {
          code: 'UNKNOWN_ID',
          exit: 'usage',
          hint: `${commandLine('leaderboard')} lists those it knows.`,
        });
      }
      const standings = await readLeaderboard(chain, scoreboard, id);
      output.result({ benchmark, standings }, render(benchmark, standings));
    });
}

function lineOf({ id, isOpen, shards, closingBlock, uri }: ListedBenchmark): string[] {
  const state = isOpen ? `${shards.length} shards` : 'sealed';
  const until = closingBlock === undefined ? 'all models' : `models up to block ${closingBlock}`;
  return [id, state, until, uri ?? ''];
}

function render(benchmark: ListedBenchmark, standings: Standing[]): string {
  const head = lineOf(benchmark).slice(1).filter(Boolean).join(', ');
  if (!benchmark.isOpen) return `${head}\nIts rows are not published yet.`;
  if (standings.length === 0) return `${head}\nNo model is ranked yet.`;
  const rows = standings.map(({ place, model, value, rows, kind, ranker }) => [
    `${place}`,
    model as Hex,
    ...describe(value, rows, kind),
    ranker as Hex,
  ]);
  const value = standings[0].kind === 'classes' ? ['rows right', 'share'] : ['squared error', 'a row'];
  return `${head}\n\n${alignColumns([['', 'model', ...value, 'ranked by'], ...rows])}`;
}

function describe(value: bigint, rows: number, kind: Standing['kind']): [string, string] {
  if (kind === 'classes') return [`${value} of ${rows}`, `${((100 * Number(value)) / rows).toFixed(1)} %`];
  const sum = Number(value) / 4 ** ACTIVATION_BITS;
  return [sum.toPrecision(6), (sum / rows).toPrecision(4)];
}
