import type { Hex } from 'viem';
import { InputError } from '../../src/errors/InputError.ts';
import {
  dataCapacity,
  importCapacity,
  mergeCapacity,
  scoreCapacity,
  seedCapacity,
  trainCapacity,
} from '../../src/model/capacity.ts';
import { mergeWeights } from '../../src/model/merge.ts';
import { schemaHash } from '../../src/model/schema.ts';
import type { Weights } from '../../src/model/weights.ts';
import type { ProofResult, Prover } from '../../src/proof/prover.ts';
import type { Program } from '../../src/registry/programs/list.ts';
import type { Origin } from '../../src/registry/statement.ts';
import { forwardTrace } from '../../src/training/forward.ts';
import { trainSegment } from '../../src/training/trainer.ts';
import { readShardFile, readWeightsFile } from '../files/models.ts';
import { commandLine } from '../terminal/invocation.ts';
import type { Run } from './run.ts';

/** A statement that a run claims, read from its files and ready to be proved. */
export interface RunTask {
  /** Of the edge file: <name>.edge.json. */
  name: string;
  program: Program;
  /** Entries of the largest oracle: how many powers of tau the proof takes. */
  size: number;
  prove(prover: Prover, onStage: (name: string) => void): Promise<ProofResult>;
}

/** What a train run was started with: full paths, and the SHA-256 that the files had. */
export interface TrainInputs {
  [key: string]: string | number;
  parent: string;
  parentSha256: string;
  shard: string;
  shardSha256: string;
  lr: number;
  batch: number;
}

/** What a merge run was started with. */
export interface MergeInputs {
  [key: string]: string | number[] | { parent: string; parentSha256: string }[];
  parents: { parent: string; parentSha256: string }[];
  recipe: 'average' | 'task' | 'slerp' | 'stack' | 'coefficients';
  /** of `coefficients` those of all layers, one layer after another */
  numbers: number[];
}

/** What a score run was started with. */
export interface ScoreInputs {
  [key: string]: string;
  model: string;
  modelSha256: string;
  shard: string;
  shardSha256: string;
}

/** Whether a run was started for rows of another schema than its model's. */
export function takesOtherSchema(inputs: unknown): boolean {
  return (inputs as { otherSchema?: unknown } | null)?.otherSchema === 'yes';
}

/** Names of the statements of a run; each is read with `openTask` when its turn comes. @throws InputError */
export function taskNames(run: Run): string[] {
  if (run.kind === 'training' || run.kind === 'scoring') throw ofManyRuns(run);
  if (run.kind === 'data') return (run.data('data') as { shards: string[] }).shards;
  run.data(run.kind);
  return [run.kind];
}

/** @throws InputError, FileFormatError, CapacityError when the run's files do not make a statement. */
export function openTask(run: Run, name: string, origin: Origin): RunTask {
  switch (run.kind) {
    case 'training':
    case 'scoring':
      throw ofManyRuns(run);
    case 'data': {
      const shard = readShardFile(run.file('data', name));
      return {
        name,
        program: 'data',
        size: largest(dataCapacity(shard)),
        prove: (prover, onStage) => prover.proveData(origin, shard, schemaHash(shard.schema), onStage),
      };
    }
    case 'seed': {
      const { seed, requestId } = run.data('seed') as { seed: string; requestId: string };
      const weights = readWeightsFile(run.file('seed', 'model'));
      const request = { seed: BigInt(seed), requestId: BigInt(requestId) };
      return {
        name,
        program: 'seed',
        size: largest(seedCapacity(weights.widths)),
        prove: (prover, onStage) => prover.proveSeed(origin, weights, request, onStage),
      };
    }
    case 'train':
      return openTraining(run, name, origin);
    case 'import': {
      const { source } = run.data('import') as { source: Hex };
      const weights = readWeightsFile(run.file('import', 'model'));
      return {
        name,
        program: 'import',
        size: largest(importCapacity(weights.widths)),
        prove: (prover, onStage) =>
          prover.proveImport(origin, weights, { source, schema: schemaHash(weights.schema) }, onStage),
      };
    }
    case 'merge':
      return openMerge(run, name, origin);
    case 'score': {
      const inputs = run.inputs as ScoreInputs;
      const model = readWeightsFile(inputs.model, inputs.modelSha256);
      const shard = readShardFile(inputs.shard, inputs.shardSha256);
      return {
        name,
        program: 'score',
        size: largest(scoreCapacity(model.widths, shard.rows)),
        prove: (prover, onStage) => {
          onStage('forward pass');
          return prover.proveScore(origin, { model, shard, forward: forwardTrace(model, shard) }, onStage);
        },
      };
    }
  }
}

function ofManyRuns(run: Run): InputError {
  return new InputError(`The run ${run.name} is of many statements.`, {
    hint: `Run its ${commandLine('train')} or ${commandLine('score')} again with a contract and a key: that proves and registers them all.`,
  });
}

/** The trace is not stored: training again takes a second, and shows that the run's files belong together. */
function openTraining(run: Run, name: string, origin: Origin): RunTask {
  const { lr, batch, ...inputs } = run.inputs as TrainInputs;
  const child = readWeightsFile(run.file('train', 'model'));
  const parent = readWeightsFile(inputs.parent, inputs.parentSha256);
  const shard = readShardFile(inputs.shard, inputs.shardSha256);
  return {
    name,
    program: 'train',
    size: largest(trainCapacity(parent.widths, shard.rows)),
    prove: (prover, onStage) => {
      onStage('training');
      const { trace, child: again } = trainSegment(parent, shard, { lr, batch, salt: child.salt });
      requireSame(run, again, child);
      return prover.proveTrain(origin, { parent, child, shard, lr, batch, trace }, onStage);
    },
  };
}

/** The remainders are not stored: merging again shows that the run's files belong together. */
function openMerge(run: Run, name: string, origin: Origin): RunTask {
  const { coefficients } = run.data('merge') as { coefficients: number[][] };
  const child = readWeightsFile(run.file('merge', 'model'));
  const parents = (run.inputs as MergeInputs).parents.map((file) => readWeightsFile(file.parent, file.parentSha256));
  return {
    name,
    program: 'merge',
    size: largest(mergeCapacity(child.widths)),
    prove: (prover, onStage) => {
      onStage('merging');
      const merge = mergeWeights(parents, coefficients, child.salt);
      requireSame(run, merge.child, child);
      return prover.proveMerge(origin, { parents, coefficients, merge }, onStage);
    },
  };
}

function requireSame(run: Run, made: Weights, stored: Weights): void {
  const same = made.layers.every(({ W, b }, l) => sameArray(W, stored.layers[l].W) && sameArray(b, stored.layers[l].b));
  if (same) return;
  throw new InputError(`The weights of the run ${run.name} do not follow from its inputs.`, {
    hint: `Delete ${run.folder} and make it again.`,
  });
}

function largest(capacity: Record<string, number>): number {
  return 2 ** Math.max(...Object.values(capacity));
}

function sameArray(a: BigInt64Array, b: BigInt64Array): boolean {
  return a.length === b.length && a.every((value, k) => value === b[k]);
}
