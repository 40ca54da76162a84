import { shapeSides } from '../../src/model/anyShape.ts';
import { dataCapacity, scoreCapacity, seedCapacity, trainCapacity } from '../../src/model/capacity.ts';
import { CHUNK_BITS } from '../../src/numbers/constants.ts';
import type { Program } from '../../src/registry/programs/list.ts';
import { GAS_AT_MOST, runGas } from '../chain/funds.ts';
import { rangesOf, type SourceInputs } from '../files/source.ts';
import { rowsTaken } from '../files/tables.ts';
import type { FitPlan } from './fitPlan.ts';

/** What some proofs of one program take. */
export interface Cost {
  what: string;
  program: Program;
  count: number;
  /** Of one processor core. */
  seconds: number;
  /** At most. */
  gas: number;
}

/** Seconds of one core that a proof takes whatever its size, and for each 2^20 entries of its oracles: about those of bench/README.md. */
const SECONDS: Record<'seed' | 'data' | 'train' | 'score', { base: number; each: number }> = {
  seed: { base: 6.5, each: 2 },
  data: { base: 5.5, each: 2 },
  train: { base: 9, each: 2.5 },
  score: { base: 7, each: 2.5 },
};

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
  const each = shards[0].rows;
  const proofs = (program: keyof typeof SECONDS, count: number, sizes: Record<string, number>) => {
    const { base, each } = SECONDS[program];
    const entries = Object.values(sizes).reduce((sum, log2) => sum + 2 ** log2, 0);
    return { program, count, seconds: count * (base + (each * entries) / 2 ** 20), gas: count * GAS_AT_MOST[program] };
  };
  const seed = proofs('seed', 1, seedCapacity(shape));
  const sizes = trainCapacity(shape, each, training.passes);
  const train = proofs('train', segments, sizes);
  const score = proofs('score', tests.length, scoreCapacity(shape, tests[0].rows));
  return [
    { what: 'seed', ...seed, gas: GAS_AT_MOST.requestSeed + seed.gas },
    {
      what: `${rowsTaken(training.source as SourceInputs)} rows to train on`,
      ...proofs('data', shards.length, dataCapacity(shapeOf(each))),
    },
    { what: `${rows.heldOut} rows held out`, ...proofs('data', tests.length, dataCapacity(shapeOf(tests[0].rows))) },
    { what: 'training', ...train, gas: runGas(segments, 1, chunksOf(sizes)) },
    ...(scored ? [{ what: 'score on the rows held out', ...score }] : []),
  ];
}

/** Of the five oracles of a segment: its child is as large as its parent. */
function chunksOf({ model, ...others }: Record<string, number>): number {
  return [model, model, ...Object.values(others)].reduce((sum, log2) => sum + 2 ** Math.max(0, log2 - CHUNK_BITS), 0);
}

/** Sums over all, and the time with so many proofs side by side. */
export function totalOf(costs: readonly Cost[], jobs: number): { count: number; seconds: number; gas: number } {
  const sum = (value: (cost: Cost) => number) => costs.reduce((total, cost) => total + value(cost), 0);
  return {
    count: sum(({ count }) => count),
    seconds: sum(({ seconds }) => seconds) / jobs,
    gas: sum(({ gas }) => gas),
  };
}
