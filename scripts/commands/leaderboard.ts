import type { Command } from 'commander';
import { type Address, formatEther, type Hex } from 'viem';
import { DescentError } from '../../src/errors/DescentError.ts';
import { rulesInWords } from '../../src/registry/rules.ts';
import { type Assessment, assessResults, inWords, marksOf, standsApart } from '../actions/assessResults.ts';
import { type BoardMeasures, boardMeasures, measureColumns } from '../actions/boardMeasures.ts';
import type { Chain } from '../chain/client.ts';
import { readLineage } from '../chain/readLineage.ts';
import { sumMeasures } from '../chain/readMeasures.ts';
import { registryOf } from '../chain/readPlaces.ts';
import { readResults, type StoredResult } from '../chain/readResults.ts';
import { type ListedBenchmark, type ListedSeal, readBenchmarks } from '../chain/readScoreboard.ts';
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
      const board = await judged(chain, scoreboard, benchmark);
      output.result({ benchmark, ...board }, render(benchmark, board));
    });
}

function lineOf({ id, isOpen, shards, seal, closingBlock, rules, uri }: ListedBenchmark): string[] {
  const state = isOpen ? counted(shards.length, 'shard') : (seal?.state ?? '');
  const until = closingBlock === undefined ? 'all models' : `models up to block ${closingBlock}`;
  return [id, state, [until, ...rulesInWords(rules, inEther)].join(', '), printable(uri ?? '')];
}

const inEther = (wei: bigint) => `${formatEther(wei)} Ether`;

/** Who opened it, who may enter, and how it was sealed. */
function factsOf({ opener, rules, seal, closingBlock, isOpen }: ListedBenchmark): string[] {
  const conditions = rulesInWords(rules, inEther);
  return [
    `${seal ? 'sealed' : 'opened'} by ${opener}`,
    `enter    ${conditions.length === 0 ? 'any model whose network fits' : conditions.join(', ')}`,
    ...(seal ? [`seal     models registered up to block ${closingBlock}; ${sealInWords(seal, isOpen)}`] : []),
  ];
}

function sealInWords({ state, openBy, bond, isBurned }: ListedSeal, isOpen: boolean): string {
  const by = new Date(openBy * 1000).toISOString();
  const left = bond === 0n ? 'no bond' : `a bond of ${inEther(bond)}`;
  if (isOpen) return isBurned ? `opened after ${by}, so that its bond was burned` : `open; ${left} was left for that`;
  if (state === 'sealed') return `still sealed, to be opened by ${by}; ${left} is lost otherwise`;
  return `overdue: it should have been opened by ${by}; ${isBurned ? 'its bond was burned' : `${left}, which anybody can burn`}`;
}

type JudgedStanding = Omit<StoredResult, 'benchmark'> & Assessment & BoardMeasures & { place: number };

interface JudgedBoard {
  /** What can be compared: the best of each trainer, who has one place. */
  standings: JudgedStanding[];
  /** Further models of the same trainers; they have no place. */
  further: Omit<JudgedStanding, 'place'>[];
  /** What cannot be compared. */
  apart: JudgedStanding[];
}

/** The standings that can be compared, and apart from them those that cannot, each placed among its own. */
async function judged(chain: Chain, scoreboard: Address, { id, shards }: ListedBenchmark): Promise<JudgedBoard> {
  const list = await readResults(chain, scoreboard, { benchmark: id });
  const nodeOf = await readLineage(chain, await registryOf(chain, scoreboard));
  const models = list.map(({ model }) => model);
  const judgements = await assessResults(chain, scoreboard, { models, shards, nodeOf });
  const measures = await sumMeasures(chain, scoreboard, shards);
  const all = list.map(({ benchmark: _same, ...result }, k) => {
    return { ...result, ...judgements[k], ...boardMeasures(measures.get(result.model), result) };
  });
  const placed = (some: typeof all) => some.map((result, k): JudgedStanding => ({ place: k + 1, ...result }));
  const comparable = all.filter((one) => !standsApart(one));
  const isBest = ({ trainer }: Pick<StoredResult, 'trainer'>, k: number) =>
    comparable.findIndex((other) => other.trainer === trainer) === k;
  const standings = placed(comparable.filter(isBest));
  return { standings, further: comparable.filter((one, k) => !isBest(one, k)), apart: placed(all.filter(standsApart)) };
}

function render(benchmark: ListedBenchmark, { standings, further, apart }: JudgedBoard): string {
  const { isOpen, shards, uri } = benchmark;
  const what = isOpen ? `${counted(shards.length, 'shard')}, ${printable(uri ?? '')}` : (benchmark.seal?.state ?? '');
  const head = [what, ...factsOf(benchmark)].join('\n');
  if (!isOpen) return `${head}\nIts rows are not published yet.`;
  const [first] = [...standings, ...apart];
  if (first === undefined) return `${head}\nNo model is ranked yet.`;
  const value = first.kind === 'regression' ? ['squared error', 'a row'] : ['rows right', 'share'];
  const tableOf = (some: JudgedStanding[]) => {
    const { head: columns, cells } = measureColumns(some);
    const lines = some.map((standing, k) => {
      const { place, model, value, rows, kind, ranker } = standing;
      const figures = [...inWords(value, rows, kind), ...cells(k)];
      return [`${place}`, model as Hex, ...figures, ranker as Hex, marksOf(standing).join('; ')];
    });
    return alignColumns([['', 'model', ...value, ...columns, 'ranked by', ''], ...lines]);
  };
  const trained = apart.filter(({ trainedShards }) => trainedShards > 0).length;
  const other = apart.filter(({ sameSchema }) => sameSchema === false).length;
  const silent = [...standings, ...further, ...apart].filter(({ sameSchema }) => sameSchema === undefined).length;
  return [
    head,
    '',
    standings.length === 0 ? 'No result can be compared yet.' : tableOf(standings),
    ...(apart.length === 0
      ? []
      : ['', `Set apart, ${apart.length} of ${standings.length + apart.length} results:`, tableOf(apart)]),
    ...(further.length === 0
      ? []
      : ['', `Further models of the same trainers, who have one place each: ${further.length} (--json lists them).`]),
    '',
    `Of models that were trained on these rows, themselves or an ancestor: ${trained}. With other columns or classes: ${other}.`,
    `Of models or rows that do not state their columns and classes: ${silent}. Nothing shows that those are the same.`,
    'What a model was trained on before it was imported cannot be recognised, nor rows registered again as another shard.',
  ].join('\n');
}
