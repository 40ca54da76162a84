import type { Hex } from 'viem';
import { encodeShape, encodeShard } from '../../src/model/shape.ts';
import type { Edge } from '../../src/registry/edge.ts';
import { modelId, shardId } from '../../src/registry/ids.ts';
import { resultId } from '../../src/registry/statement.ts';
import type { Kind, Training } from './chain/types.ts';
import { trainingOf } from './training.ts';

/** What an edge file says, for people. */
export interface EdgeFacts {
  id: Hex;
  kind: Kind | 'data' | 'score';
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

export function edgeFacts({ statement, origin, devKeys, metadata }: Edge): EdgeFacts {
  const id = resultId(statement);
  const common = {
    id,
    trainer: origin.trainer,
    chainId: origin.chainId.toString(),
    registry: origin.registry,
    devKeys,
    metadata,
  };
  switch (statement.program) {
    case 'data':
      return { ...common, kind: 'data', shard: { ...statement.shard, id } };
    case 'train': {
      const { widths, shard, learningRate, batch } = statement;
      const shardKey = shardId(statement.shardCommitment, encodeShard(shard));
      return {
        ...common,
        kind: 'train',
        widths,
        parents: [modelId(statement.parent, encodeShape(widths))],
        shard: { ...shard, id: shardKey },
        training: trainingOf(shardKey, shard.rows, learningRate, batch),
      };
    }
    case 'seed':
    case 'import':
      return { ...common, kind: statement.program, widths: statement.widths };
    case 'merge': {
      const { widths, parents } = statement;
      return {
        ...common,
        kind: 'merge',
        widths,
        parents: parents.map((parent) => modelId(parent, encodeShape(widths))),
      };
    }
    case 'score': {
      const { widths, shard, shardCommitment } = statement;
      const parents = [modelId(statement.model, encodeShape(widths))];
      const shardKey = shardId(shardCommitment, encodeShard(shard));
      return {
        ...common,
        kind: 'score',
        widths,
        parents,
        result: statement.result.toString(),
        shard: { ...shard, id: shardKey },
      };
    }
  }
}
