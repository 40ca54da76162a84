// The honest runs of all programs that the verifier in Python is tried on.
import { toHex } from 'viem';
import type { Session } from '../src/argument/session.ts';
import type { Commitment } from '../src/argument/types.ts';
import type { Head } from '../src/model/head.ts';
import { countsBytes } from '../src/model/measures.ts';
import { mergeWeights } from '../src/model/merge.ts';
import type { Shard } from '../src/model/shard.ts';
import { proveData } from '../src/programs/data.ts';
import { proveImport } from '../src/programs/import.ts';
import { proveMerge } from '../src/programs/merge.ts';
import { proveScore } from '../src/programs/score/score.ts';
import { proveSeed } from '../src/programs/seed.ts';
import { proveTrain } from '../src/programs/train/train.ts';
import { definitionOf, type Statement } from '../src/registry/programs/definitions.ts';
import { CIRCUITS } from '../src/registry/programs/list.ts';
import type { ScoreStatement } from '../src/registry/programs/score.ts';
import { NO_SCHEMA } from '../src/registry/schemas.ts';
import { circuitFor, opensTables } from '../src/registry/statement.ts';
import { forwardTrace } from '../src/training/forward.ts';
import { seedTrace, weightsFromSeedTrace } from '../src/training/seed.ts';
import { trainSegment } from '../src/training/trainer.ts';
import { someModel, someShard } from '../test/support/models.ts';
import type { Case, Run, Stated } from './run.ts';

const WORD = `0x${'5a'.repeat(32)}` as const;

/** A statement as the dump has it. */
export function stated(statement: Statement): Stated {
  const { parameters, late, extra, oracles } = definitionOf(statement);
  return {
    program: circuitFor(statement),
    id: CIRCUITS[circuitFor(statement)],
    bound: parameters(statement),
    late: () => late?.(statement) ?? [],
    extra: extra(statement),
    oracles: oracles(statement),
    opensTables: opensTables(statement.program),
    ...(statement.program === 'score' && { given: { counts: toHex(countsBytes(statement.counts)) } }),
  };
}

function run(statement: Statement, argument: Run['argument']): Run {
  return { stated: stated(statement), argument };
}

/** What tells cases of another head apart. */
const named = (head: Head) => (head === 'squared error' ? '' : `-${head}`);

export const shapeOf = ({ inputs, outputs, rows, kind }: Shard) => ({ inputs, outputs, rows, kind });

function data(widths: number[], rows: number, kind: Shard['kind'] = 'classes'): Case {
  return {
    name: `data-${widths.join('-')}-${rows}-${kind}`,
    make: async (commit) => {
      const shard = someShard(widths, rows, kind);
      const statement = { program: 'data', shard: shapeOf(shard), schema: WORD, commitment: await commit.shard(shard) };
      return run(statement as Statement, (session) => proveData(session, shard));
    },
  };
}

function seed(widths: number[], head: Head = 'squared error'): Case {
  return {
    name: `seed-${widths.join('-')}${named(head)}`,
    make: async (commit) => {
      const drawn = 2n ** 200n + 12345n;
      const trace = seedTrace(widths, drawn);
      const weights = weightsFromSeedTrace({ widths, head }, trace, 77n);
      const statement: Statement = {
        program: 'seed',
        requestId: 3n,
        widths,
        head,
        seed: drawn,
        secret: WORD,
        commitment: await commit.model(weights),
      };
      return run(statement, (session) => proveSeed(session, weights, drawn, trace.layers));
    },
  };
}

function imported(widths: number[], head: Head = 'squared error'): Case {
  return {
    name: `import-${widths.join('-')}${named(head)}`,
    make: async (commit) => {
      const weights = { ...someModel(widths), head };
      const statement: Statement = {
        program: 'import',
        widths,
        head: weights.head,
        commitment: await commit.model(weights),
        source: WORD,
        schema: NO_SCHEMA,
      };
      return run(statement, (session) => proveImport(session, weights));
    },
  };
}

function merge(widths: number[], count: number, head: Head = 'squared error'): Case {
  return {
    name: `merge-${widths.join('-')}-${count}${named(head)}`,
    make: async (commit) => {
      const parents = Array.from({ length: count }, (_, i) => ({ ...someModel(widths, 20 + i, BigInt(90 + i)), head }));
      const coefficients = widths.slice(1).map((_, l) => parents.map((__, i) => 3000 * (i + 1) - 5000 * l));
      const merged = mergeWeights(parents, coefficients, 1234n);
      const child = await commit.model(merged.child);
      const committed: Commitment[] = [];
      for (const parent of parents) committed.push(await commit.model(parent));
      const statement: Statement = {
        program: 'merge',
        widths,
        head,
        child,
        parents: committed,
        coefficients,
      };
      return run(statement, (session) => proveMerge(session, { parents, coefficients, merge: merged }));
    },
  };
}

interface Training {
  widths: number[];
  rows: number;
  batch: number;
  passes?: number;
  lr?: number;
  kind?: Shard['kind'];
  head?: Head;
  smoothing?: number;
}

function train(training: Training): Case {
  const { widths, rows, batch, passes = 1, lr = 2, kind = 'classes', head = 'squared error', smoothing = 0 } = training;
  return {
    name: `train-${widths.join('-')}-${rows}-${batch}-${passes}-${kind}${named(head)}`,
    make: async (commit) => {
      const [parent, shard] = [{ ...someModel(widths), head }, someShard(widths, rows, kind)];
      const { child, trace } = trainSegment(parent, shard, { lr, batch, passes, smoothing, salt: 5n });
      const statement: Statement = {
        program: 'train',
        widths,
        head,
        parent: await commit.model(parent),
        shard: shapeOf(shard),
        shardCommitment: await commit.shard(shard),
        learningRate: lr,
        batch,
        passes,
        smoothing,
        child: await commit.model(child),
      };
      const witness = { parent, child, shard, trace, lr, batch, passes, smoothing };
      return run(statement, (session) => proveTrain(session, witness));
    },
  };
}

function score(
  widths: number[],
  rows: number,
  kind: Shard['kind'] = 'classes',
  head: Head = 'squared error',
  k?: number,
): Case {
  return {
    name: `score-${widths.join('-')}-${rows}-${kind}${named(head)}${k === undefined ? '' : `-${k}`}`,
    make: async (commit) => {
      const [model, shard] = [{ ...someModel(widths), head }, someShard(widths, rows, kind)];
      const forward = forwardTrace(model, shard, k);
      const statement: ScoreStatement = {
        program: 'score',
        widths,
        head,
        model: await commit.model(model),
        shard: shapeOf(shard),
        shardCommitment: await commit.shard(shard),
        ...forward.measures,
        point: 0n,
      };
      return run(statement, async (session: Session) => {
        const argued = await proveScore(session, { model, shard, forward });
        statement.point = argued.point;
        return argued;
      });
    },
  };
}

/** Made without the curve. */
export const ARGUMENTS: Case[] = [
  data([3, 2], 4),
  data([5, 3], 1, 'regression'),
  data([1, 1], 150, 'regression'),
  data([3, 5], 6, 'labels'),
  seed([3, 2]),
  seed([1, 1]),
  seed([5, 4, 7, 3, 2]),
  seed([3, 2], 'sigmoid'),
  imported([3, 2]),
  imported([3, 9, 1]),
  imported([2, 3, 5, 6, 7]),
  imported([3, 2], 'softmax'),
  merge([3, 2], 8),
  merge([3, 5, 2, 4, 3], 2),
  merge([3, 2], 2, 'sigmoid'),
  train({ widths: [1, 1], rows: 1, batch: 1, kind: 'regression' }),
  train({ widths: [5, 3], rows: 9, batch: 16 }),
  train({ widths: [9, 17, 5], rows: 9, batch: 1, passes: 2 }),
  train({ widths: [3, 5, 7, 2], rows: 11, batch: 4, passes: 2, kind: 'regression' }),
  train({ widths: [3, 5, 7, 2, 9], rows: 8, batch: 2 }),
  train({ widths: [4, 3, 3], rows: 150, batch: 16, passes: 32 }),
  train({ widths: [4, 5, 3], rows: 7, batch: 4, passes: 2, head: 'softmax', smoothing: 37 }),
  train({ widths: [3, 1], rows: 1, batch: 1, head: 'softmax' }),
  train({ widths: [3, 5, 7, 2, 9], rows: 8, batch: 2, head: 'softmax', smoothing: 227 }),
  train({ widths: [4, 5, 3], rows: 7, batch: 4, passes: 2, kind: 'labels', head: 'sigmoid', smoothing: 255 }),
  train({ widths: [5, 1], rows: 9, batch: 16, head: 'sigmoid' }),
  train({ widths: [3, 5, 7, 2, 9], rows: 8, batch: 2, kind: 'labels', head: 'sigmoid' }),
  score([1, 1], 1, 'regression'),
  score([3, 2], 9),
  score([3, 4, 5, 2], 20, 'regression'),
  score([3, 5, 7, 2, 9], 11),
  score([3, 5, 2], 9, 'labels', 'sigmoid'),
  score([3, 1], 1, 'labels', 'sigmoid'),
  score([3, 4, 5], 9, 'classes', 'softmax'),
  score([3, 1], 1, 'classes', 'softmax'),
  score([3, 4, 5], 9, 'classes', 'sigmoid', 1),
  score([3, 5, 7, 2, 9], 8, 'classes', 'softmax', 9),
  score([2, 3, 5, 6, 7], 8, 'labels', 'sigmoid', 3),
  score([3, 33], 5, 'classes', 'softmax'), // as many classes have no counts
];

/** Proved with Groth16 and opened; the first three are the default. */
export const PROOFS: Case[] = [
  train({ widths: [3, 4, 2], rows: 7, batch: 4, passes: 2, head: 'softmax', smoothing: 3 }),
  merge([3, 2], 2),
  data([128, 2], 4096), // two chunks in shard and helper
  data([3, 2], 5),
  train({ widths: [3, 4, 2], rows: 7, batch: 4, passes: 2 }),
  train({ widths: [3, 4, 2], rows: 7, batch: 4, kind: 'labels', head: 'sigmoid', smoothing: 3 }),
  seed([3, 4, 2]),
  imported([3, 4, 2]),
  score([3, 4, 2], 7),
  score([3, 4, 2], 7, 'labels', 'sigmoid'),
  score([3, 4, 3], 7, 'classes', 'softmax'),
  score([3, 4, 2], 7, 'regression'),
];
