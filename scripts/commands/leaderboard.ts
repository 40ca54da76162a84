import type { Command } from 'commander';
import type { Address, Hex } from 'viem';
import { DescentError } from '../../src/errors/DescentError.ts';
import { type Assessment, assessResults, inWords, marksOf, standsApart } from '../actions/assessResults.ts';
import { type BoardMeasures, boardMeasures, measureColumns } from '../actions/boardMeasures.ts';
import type { Chain } from '../chain/client.ts';
import { readLineage } from '../chain/readLineage.ts';
import { sumMeasures } from '../chain/readMeasures.ts';
import { readResults, type StoredResult } from '../chain/readResults.ts';
import { type ListedBenchmark, readBenchmarks, registryOfScoreboard } from '../chain/readScoreboard.ts';
import { parseId } from '../runs/ids.ts';
import { alignColumns } from '../terminal/drawTree.ts';
import { commandLine } from '../terminal/invocation.ts';
import { counted } from '../terminal/plural.ts';
import { printable } from '../terminal/printable.ts';
import {
  type CommonOptions,
  type FromBlockOptions,
  openScoreboard,
  outputOf,
  type ScoreboardOptions,
  withCommon,
  withFromBlock,
  withRpc,
  withScoreboard,
} from './options.ts';

type LeaderboardOptions = CommonOptions & ScoreboardOptions & FromBlockOptions;

export function addLeaderboardCommand(program: Command): void {
  withFromBlock(withScoreboard(withRpc(withCommon(program.command('leaderboard')))))
    .description('print the leaderboard of a benchmark, or list the benchmarks')
    .argument('[benchmark]', 'its id')
    .action(async (name: string | undefined, options: LeaderboardOptions) => {
      const id = name === undefined ? undefined : parseId(name, 'benchmark');
      const { chain, scoreboard } = await openScoreboard(options);
      const output = outputOf(options);
      const benchmarks = await readBenchmarks(chain, scoreboard, { fromBlock: options.fromBlock, output });
      const { fromBlock = 0 } = options;
      if (fromBlock > 0) {
        output.warn(
          `Events before block ${fromBlock} are not read: benchmarks, results and marks of before are missing.`,
        );
      }
      if (id === undefined) {
        const none =
          fromBlock > 0 ? `There are no benchmarks since block ${fromBlock}.` : 'There are no benchmarks yet.';
        const text = benchmarks.length === 0 ? none : alignColumns(benchmarks.map(lineOf));
        return output.result({ benchmarks }, text);
      }
      const benchmark = benchmarks.find((known) => known.id === id);
      if (benchmark === undefined) {
        const where = fromBlock > 0 ? ` that was sealed or opened since block ${fromBlock}` : '';
        throw new DescentError(`The scoreboard ${scoreboard} knows no benchmark ${id}${where}.`, {
          code: 'UNKNOWN_ID',
          exit: 'usage',
          hint: `${commandLine('leaderboard')} lists those it knows.`,
        });
      }
      const { standings, apart } = await judged(chain, scoreboard, benchmark);
      output.result({ benchmark, standings, apart }, render(benchmark, standings, apart));
    });
}

function lineOf({ id, isOpen, shards, closingBlock, uri }: ListedBenchmark): string[] {
  const state = isOpen ? counted(shards.length, 'shard') : 'sealed';
  const until = closingBlock === undefined ? 'all models' : `models up to block ${closingBlock}`;
  return [id, state, until, printable(uri ?? '')];
}

type JudgedStanding = Omit<StoredResult, 'benchmark'> & Assessment & BoardMeasures & { place: number };

/** The standings that can be compared, and apart from them those that cannot, each placed among its own. */
async function judged(chain: Chain, scoreboard: Address, { id, shards }: ListedBenchmark) {
  const list = await readResults(chain, scoreboard, { benchmark: id });
  const nodeOf = await readLineage(chain, await registryOfScoreboard(chain, scoreboard));
  const models = list.map(({ model }) => model);
  const judgements = await assessResults(chain, scoreboard, { models, shards, nodeOf });
  const measures = await sumMeasures(chain, scoreboard, shards);
  const all = list.map(({ benchmark: _same, ...result }, k) => {
    return { ...result, ...judgements[k], ...boardMeasures(measures.get(result.model), result) };
  });
  const placed = (some: typeof all) => some.map((result, k): JudgedStanding => ({ place: k + 1, ...result }));
  return { standings: placed(all.filter((one) => !standsApart(one))), apart: placed(all.filter(standsApart)) };
}

function render(benchmark: ListedBenchmark, standings: JudgedStanding[], apart: JudgedStanding[]): string {
  const head = lineOf(benchmark).slice(1).filter(Boolean).join(', ');
  if (!benchmark.isOpen) return `${head}\nIts rows are not published yet.`;
  const [first] = [...standings, ...apart];
  if (first === undefined) return `${head}\nNo model is ranked yet.`;
  const value = first.kind === 'regression' ? ['squared error', 'a row'] : ['rows right', 'share'];
  const tableOf = (some: JudgedStanding[]) => {
    const { head, cells } = measureColumns(some);
    const lines = some.map((standing, k) => {
      const { place, model, value, rows, kind, ranker } = standing;
      const figures = [...inWords(value, rows, kind), ...cells(k)];
      return [`${place}`, model as Hex, ...figures, ranker as Hex, marksOf(standing).join('; ')];
    });
    return alignColumns([['', 'model', ...value, ...head, 'ranked by', ''], ...lines]);
  };
  const trained = apart.filter(({ trainedShards }) => trainedShards > 0).length;
  const other = apart.filter(({ sameSchema }) => sameSchema === false).length;
  const silent = [...standings, ...apart].filter(({ sameSchema }) => sameSchema === undefined).length;
  return [
    head,
    '',
    standings.length === 0 ? 'No result can be compared yet.' : tableOf(standings),
    ...(apart.length === 0
      ? []
      : ['', `Set apart, ${apart.length} of ${standings.length + apart.length} results:`, tableOf(apart)]),
    '',
    `Of models that were trained on these rows, themselves or an ancestor: ${trained}. With other columns or classes: ${other}.`,
    `Of models or rows that do not state their columns and classes: ${silent}. Nothing shows that those are the same.`,
    'What a model was trained on before it was imported cannot be recognised, nor rows registered again as another shard.',
  ].join('\n');
}
