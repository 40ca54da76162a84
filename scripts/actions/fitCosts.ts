import { availableParallelism } from 'node:os';
import { shapeSides } from '../../src/model/anyShape.ts';
import {
  type Capacity,
  dataCapacity,
  scoreCapacity,
  scoreElements,
  seedCapacity,
  trainCapacity,
  trainElements,
} from '../../src/model/capacity.ts';
import { GAS_AT_MOST, runGas } from '../chain/funds.ts';
import { rangesOf, type SourceInputs } from '../files/source.ts';
import { rowsTaken } from '../files/tables.ts';
import type { FitPlan } from './fitPlan.ts';
import { furtherChunks, type Measured, proofCost } from './proofCosts.ts';

/** What some proofs of one program take. */
export interface Cost {
  what: string;
  program: Measured;
  count: number;
  /** Of one processor core. */
  seconds: number;
  /** Of memory, for one proof at a time. */
  bytes: number;
  /** At most. */
  gas: number;
}

/** Everything that a fit proves and sends, before any of it is begun. @param scored whether results are registered too */
export function costsOf({ shape, rows, training, heldOut, segments }: FitPlan, scored: boolean): Cost[] {
  const sides = shapeSides(shape);
  const shapeOf = (count: number) => ({
    ...sides,
    rows: count,
    kind: 'regression' as const,
  });
  const shards = rangesOf(training.source as SourceInputs);
  const tests = rangesOf(heldOut);
  const [each, test] = [shards[0].rows, tests[0].rows];
  const proofs = (program: Measured, count: number, sizes: Capacity, elements?: number) => {
    const { seconds, bytes, gas } = proofCost(program, sizes, elements);
    return { program, count, seconds: count * seconds, bytes, gas: count * gas };
  };
  const seed = proofs('seed', 1, seedCapacity(shape));
  const { passes, batch } = training;
  const sizes = trainCapacity(shape, each, passes);
  const train = proofs('train', segments, sizes, trainElements(shape, { rows: each, passes, batch }));
  const score = proofs('score', tests.length, scoreCapacity(shape, test), scoreElements(shape, test));
  return [
    { what: 'seed', ...seed, gas: GAS_AT_MOST.requestSeed + seed.gas },
    {
      what: `${rowsTaken(training.source as SourceInputs)} rows to train on`,
      ...proofs('data', shards.length, dataCapacity(shapeOf(each))),
    },
    { what: `${rows.heldOut} rows held out`, ...proofs('data', tests.length, dataCapacity(shapeOf(test))) },
    { what: 'training', ...train, gas: runGas(segments, 1, furtherChunks('train', sizes)) },
    ...(scored ? [{ what: 'score on the rows held out', ...score }] : []),
  ];
}

/**
 * Sums over all, the time on all cores, which every proof uses, and the memory of so many proofs side by side.
 * @param jobs proofs at a time
 */
export function totalOf(
  costs: readonly Cost[],
  jobs: number,
  cores = availableParallelism(),
): { count: number; seconds: number; bytes: number; gas: number } {
  const sum = (value: (cost: Cost) => number) => costs.reduce((total, cost) => total + value(cost), 0);
  // Proofs of one kind follow one another, the largest of them side by side.
  const together = costs.map(({ count, bytes }) => Math.min(count, jobs) * bytes);
  return {
    count: sum(({ count }) => count),
    seconds: sum(({ seconds }) => seconds) / cores,
    bytes: Math.max(...together),
    gas: sum(({ gas }) => gas),
  };
}
