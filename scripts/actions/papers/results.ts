import type { Address, Hex } from 'viem';
import { shapeSides } from '../../../src/model/anyShape.ts';
import { lossName, squaredErrorPerRow } from '../../../src/model/measures.ts';
import type { ShardKind } from '../../../src/model/shape.ts';
import type { NodeOf } from '../../../src/registry/ancestry.ts';
import type { Chain } from '../../chain/client.ts';
import { sumMeasures } from '../../chain/readMeasures.ts';
import { readResults, type StoredResult } from '../../chain/readResults.ts';
import { type ListedBenchmark, readBenchmarks } from '../../chain/readScoreboard.ts';
import { assessResults, marksOf } from '../assessResults.ts';
import { type BoardMeasures, boardMeasures } from '../boardMeasures.ts';

/** A number that was proved of a model on the rows of a benchmark. */
export interface Metric {
  /** as model cards name it */
  type: string;
  name: string;
  value: number;
  /** what the proof says of the value */
  bound: 'exactly' | 'at least' | 'at most';
}

/** A model's results on a benchmark, summed over its shards. */
export interface ResultFacts {
  benchmark: Hex;
  dataset: Hex;
  /** where its rows are said to be described: hostile */
  uri: string;
  rows: number;
  kind: ShardKind;
  metrics: Metric[];
  /** what keeps it from being compared with others, such as rows that it was trained on */
  marks: string[];
}

/** Results that papers tell: anyone can open a benchmark and have a model ranked there. */
export const MOST_RESULTS = 20;

/**
 * All results of a model that were entered on leaderboards.
 * @param most so many; all unless told
 * @throws DescentError (chain)
 */
export async function readResultFacts(
  chain: Chain,
  scoreboard: Address,
  { model, nodeOf, most }: { model: Hex; nodeOf: NodeOf; most?: number },
): Promise<ResultFacts[]> {
  const [results, benchmarks] = await Promise.all([
    readResults(chain, scoreboard, { model }),
    readBenchmarks(chain, scoreboard),
  ]);
  const facts: ResultFacts[] = [];
  for (const result of results.slice(0, most)) {
    const listed = benchmarks.find(({ id }) => id === result.benchmark);
    if (listed !== undefined) facts.push(await factsOf(chain, scoreboard, { result, listed, nodeOf }));
  }
  return facts;
}

async function factsOf(
  chain: Chain,
  scoreboard: Address,
  { result, listed, nodeOf }: { result: StoredResult; listed: ListedBenchmark; nodeOf: NodeOf },
): Promise<ResultFacts> {
  const { model, rows, kind, benchmark } = result;
  const { shards, dataset, uri = '' } = listed;
  const [judgement] = await assessResults(chain, scoreboard, { models: [model], shards, nodeOf });
  const summed = (await sumMeasures(chain, scoreboard, shards)).get(model);
  const outputs = summed === undefined ? 1 : shapeSides(summed.shape).outputs;
  const measures = boardMeasures(summed, { rows, kind });
  const metrics = metricsOf(result, measures, outputs);
  return { benchmark, dataset, uri, rows, kind, metrics, marks: marksOf(judgement) };
}

function metricsOf({ value, rows, kind }: StoredResult, measures: BoardMeasures, outputs: number): Metric[] {
  const { logLoss, head, absoluteError, tops } = measures;
  if (kind === 'regression') {
    const squared = squaredErrorPerRow(value, { kind, rows, head: 'squared error', outputs })!;
    return [
      { type: 'squared_error', name: 'squared error a row, summed over outputs', value: squared, bound: 'exactly' },
      ...(absoluteError === null
        ? []
        : [{ type: 'mae', name: 'mean absolute error', value: absoluteError, bound: 'exactly' } as const]),
    ];
  }
  const right = kind === 'labels' ? 'rows with all labels right' : 'accuracy';
  return [
    { type: 'accuracy', name: right, value: Number(value) / rows, bound: 'at least' },
    ...tops
      .filter(({ k }) => k > 1)
      .map((top): Metric => {
        const name = kind === 'labels' ? `rows with fewer than ${top.k} labels wrong` : `top-${top.k} accuracy`;
        return { type: `top_${top.k}_accuracy`, name, value: top.rows / rows, bound: 'at least' };
      }),
    ...(logLoss === null
      ? []
      : [{ type: 'log_loss', name: `${lossName(head!)} a row, in nats`, value: logLoss, bound: 'at most' } as const]),
  ];
}
