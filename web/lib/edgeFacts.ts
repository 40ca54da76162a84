import type { Hex } from 'viem';
import type { Edge } from '../../src/registry/edge.ts';
import type { Program } from '../../src/registry/programs/list.ts';
import { subjectOf } from '../../src/registry/statement.ts';
import type { Training } from './chain/types.ts';
import { trainingOf } from './training.ts';

/** What an edge file says, for people. */
export interface EdgeFacts {
  id: Hex;
  kind: Program;
  trainer: string;
  chainId: string;
  registry: string;
  devKeys: boolean;
  widths?: number[];
  parents?: string[];
  shard?: { id?: string; rows: number; inputs: number; outputs: number; kind: string };
  training?: Training;
  /** of a score: rows right, or the sum of squared errors in units of 2^-18 */
  result?: string;
  /** hostile until shown otherwise */
  metadata: Record<string, string>;
}

export function edgeFacts({ statement, context, devKeys, metadata }: Edge): EdgeFacts {
  const { id, model, shard, parents, result, training } = subjectOf(statement);
  // Of a score, what comes before the result is the model.
  const before = result === undefined ? parents : [model!.id];
  return {
    id,
    kind: statement.program,
    trainer: context.trainer,
    chainId: context.chainId.toString(),
    registry: context.registry,
    devKeys,
    metadata,
    ...(model && { widths: [...model.widths] }),
    ...(before.length > 0 && { parents: [...before] }),
    ...(shard && { shard: { ...shard.shape, id: shard.id } }),
    ...(shard &&
      training && { training: trainingOf(shard.id, shard.shape.rows, training.learningRate, training.batch) }),
    ...(result !== undefined && { result: result.toString() }),
  };
}
