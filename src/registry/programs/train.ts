import { encodeFunctionData } from 'viem';
import type { Point } from '../../argument/types.ts';
import { modelRegistryAbi } from '../../generated/abi.ts';
import {
  checkSegment,
  decodeShape,
  decodeShard,
  encodeSegment,
  encodeShape,
  encodeShard,
  type ShardShape,
} from '../../model/shape.ts';
import { namedModel, namedShard, ONLY_FOLLOWS, type ProgramDefinition } from './definition.ts';
import { readPoint, readShard, readWidths } from './readers.ts';
import { checkFit, checkNotParent, checkShape } from './sizes.ts';
import { callOf, proofOf } from './targets.ts';

/** The child is the parent after one run over the shard. */
export interface TrainStatement {
  program: 'train';
  /** n_0 .. n_L */
  widths: number[];
  parent: Point;
  shard: ShardShape;
  shardCommitment: Point;
  /** 1..2^16, in units of 2^-8 on the mean gradient of a batch */
  learningRate: number;
  /** rows per step, a power of two */
  batch: number;
  child: Point;
}

export const train: ProgramDefinition<TrainStatement> = {
  program: 'train',
  parameters: ({ widths, shard, learningRate, batch }) => [
    encodeShape(widths),
    encodeSegment({ lr: learningRate, batch }, shard),
  ],
  extra: ({ shard }) => [encodeShard(shard)],
  oracles: ({ parent, child, shardCommitment }) => [parent, child, shardCommitment],
  subject({ widths, parent, shard, shardCommitment, learningRate, batch, child }) {
    const model = namedModel(child, widths);
    return {
      id: model.id,
      model,
      parents: [namedModel(parent, widths).id],
      shard: namedShard(shardCommitment, shard),
      training: { learningRate, batch },
    };
  },
  facts: ({ widths, shard, learningRate, batch }) => ({
    widths: widths.join('-'),
    rows: shard.rows,
    learningRate,
    batch,
  }),
  leavesOpen: () => ONLY_FOLLOWS,

  check({ widths, parent, shard, learningRate, batch, child }) {
    checkShape(widths);
    checkFit(widths, shard);
    // LearningRateOutOfRange, RowsNotPowerOfTwo, UnsupportedBatch
    checkSegment({ lr: learningRate, rows: shard.rows, batch });
    checkNotParent(child, [parent]);
  },
  read(file) {
    file.keys(['widths', 'parent', 'shard', 'shardCommitment', 'learningRate', 'batch', 'child']);
    return {
      program: 'train',
      widths: readWidths(file.at('widths')),
      parent: readPoint(file.at('parent')),
      shard: readShard(file.at('shard')),
      shardCommitment: readPoint(file.at('shardCommitment')),
      learningRate: file.at('learningRate').integer(),
      batch: file.at('batch').integer(),
      child: readPoint(file.at('child')),
    };
  },

  functionName: 'train',
  call({ widths, parent, shard, shardCommitment, learningRate, batch, child }, proof) {
    const edge = {
      parent,
      shape: encodeShape(widths),
      shard: shardCommitment,
      descriptor: encodeShard(shard),
      learningRate: BigInt(learningRate),
      batch: BigInt(batch),
      child,
    };
    const args = [edge, proof] as const;
    return callOf('train', args, encodeFunctionData({ abi: modelRegistryAbi, functionName: 'train', args }));
  },
  decode(call) {
    if (call.functionName !== 'train') return undefined;
    const [{ parent, shape, shard, descriptor, learningRate, batch, child }, proof] = call.args;
    const statement: TrainStatement = {
      program: 'train',
      widths: decodeShape(shape),
      parent,
      shard: decodeShard(descriptor),
      shardCommitment: shard,
      learningRate: Number(learningRate),
      batch: Number(batch),
      child,
    };
    return { statement, proof: proofOf(proof) };
  },

  intent: 'Register a trained model',
  requestFields: [
    { name: 'parent', type: 'bytes32' },
    { name: 'shard', type: 'bytes32' },
    { name: 'learningRate', type: 'uint256' },
    { name: 'batch', type: 'uint256' },
    { name: 'child', type: 'bytes32' },
  ],
  request({ widths, parent, shard, shardCommitment, learningRate, batch, child }) {
    return {
      parent: namedModel(parent, widths).id,
      shard: namedShard(shardCommitment, shard).id,
      learningRate: BigInt(learningRate),
      batch: BigInt(batch),
      child: namedModel(child, widths).id,
    };
  },

  event({ widths, parent, shard, shardCommitment, learningRate, batch, child }) {
    const names = { child: namedModel(child, widths).id, parent: namedModel(parent, widths).id };
    const { id } = namedShard(shardCommitment, shard);
    return { name: 'Trained', args: { ...names, shard: id, learningRate, batch } };
  },
};
