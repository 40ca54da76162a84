import { encodeFunctionData } from 'viem';
import type { Commitment } from '../../argument/types.ts';
import { modelRegistryAbi } from '../../generated/abi.ts';
import { checkSmoothing, type Head } from '../../model/head.ts';
import {
  checkSegment,
  decodeShape,
  decodeShard,
  encodeSegment,
  encodeShape,
  encodeShard,
  type ShardShape,
} from '../../model/shape.ts';
import { namedModel, namedShard, ONLY_FOLLOWS, type ProgramDefinition, type StatedEvent } from './definition.ts';
import { readCommitment, readModelShape, readShard } from './readers.ts';
import { checkFit, checkModelCommitment, checkNotParent, checkShape, checkShardCommitment } from './sizes.ts';
import { callOf, proofOf } from './targets.ts';

/** The child is the parent after some passes over the shard. */
export interface TrainStatement {
  program: 'train';
  /** n_0 .. n_L */
  widths: number[];
  head: Head;
  parent: Commitment;
  shard: ShardShape;
  shardCommitment: Commitment;
  /** 1..2^16, in units of 2^-12 on the mean gradient of a batch, times the batch */
  learningRate: number;
  /** rows per step, a power of two */
  batch: number;
  /** times that the shard is gone through, a power of two */
  passes: number;
  /** target of a wrong class in units of 2^-11; 0 with squared error */
  smoothing: number;
  child: Commitment;
}

export const train: ProgramDefinition<TrainStatement> = {
  program: 'train',
  parameters: ({ widths, head, shard, learningRate, batch, passes, smoothing }) => [
    encodeShape({ widths, head }),
    encodeSegment({ lr: learningRate, batch, passes, smoothing }, shard),
  ],
  extra: ({ shard }) => [encodeShard(shard)],
  oracles: ({ parent, child, shardCommitment }) => [parent, child, shardCommitment],
  subject({ widths, head, parent, shard, shardCommitment, learningRate, batch, passes, smoothing, child }) {
    const model = namedModel(child, { widths, head });
    return {
      id: model.id,
      model,
      parents: [namedModel(parent, { widths, head }).id],
      shard: namedShard(shardCommitment, shard),
      training: { learningRate, batch, passes, smoothing },
    };
  },
  facts: ({ widths, head, shard, learningRate, batch, passes, smoothing }) => ({
    widths: widths.join('-'),
    head,
    rows: shard.rows,
    learningRate,
    batch,
    passes,
    smoothing,
  }),
  leavesOpen: () => ONLY_FOLLOWS,

  check({ widths, head, parent, shard, shardCommitment, learningRate, batch, passes, smoothing, child }) {
    checkShape({ widths, head });
    checkFit({ widths, head }, shard);
    // LearningRateOutOfRange, UnsupportedBatch, UnsupportedPasses
    checkSegment({ lr: learningRate, rows: shard.rows, batch, passes, smoothing });
    // SmoothingOutOfRange
    checkSmoothing(head, shard.outputs, smoothing);
    checkModelCommitment('parent', parent, widths);
    checkModelCommitment('child', child, widths);
    checkShardCommitment(shardCommitment, shard);
    checkNotParent(child, [parent]);
  },
  read(file) {
    file.keys([
      'widths',
      'head',
      'parent',
      'shard',
      'shardCommitment',
      'learningRate',
      'batch',
      'passes',
      'smoothing',
      'child',
    ]);
    return {
      program: 'train',
      ...readModelShape(file),
      parent: readCommitment(file.at('parent')),
      shard: readShard(file.at('shard')),
      shardCommitment: readCommitment(file.at('shardCommitment')),
      learningRate: file.at('learningRate').integer(),
      batch: file.at('batch').integer(),
      passes: file.at('passes').integer(),
      smoothing: file.at('smoothing').integer(),
      child: readCommitment(file.at('child')),
    };
  },

  functionName: 'train',
  call({ widths, head, parent, shard, shardCommitment, learningRate, batch, passes, smoothing, child }, proof) {
    const edge = {
      parent,
      shape: encodeShape({ widths, head }),
      shard: shardCommitment,
      descriptor: encodeShard(shard),
      learningRate: BigInt(learningRate),
      batch: BigInt(batch),
      passes: BigInt(passes),
      smoothing: BigInt(smoothing),
      child,
    };
    const args = [edge, proof] as const;
    return callOf('train', args, encodeFunctionData({ abi: modelRegistryAbi, functionName: 'train', args }));
  },
  decode(call) {
    if (call.functionName !== 'train') return undefined;
    const [{ parent, shape, shard, descriptor, learningRate, batch, passes, smoothing, child }, proof] = call.args;
    const statement: TrainStatement = {
      program: 'train',
      ...decodeShape(shape),
      parent: [...parent],
      shard: decodeShard(descriptor),
      shardCommitment: [...shard],
      learningRate: Number(learningRate),
      batch: Number(batch),
      passes: Number(passes),
      smoothing: Number(smoothing),
      child: [...child],
    };
    return { statement, proof: proofOf(proof) };
  },

  intent: 'Register a trained model',
  requestFields: [
    { name: 'parent', type: 'bytes32' },
    { name: 'shard', type: 'bytes32' },
    { name: 'learningRate', type: 'uint256' },
    { name: 'batch', type: 'uint256' },
    { name: 'passes', type: 'uint256' },
    { name: 'smoothing', type: 'uint256' },
    { name: 'child', type: 'bytes32' },
  ],
  request({ widths, head, parent, shard, shardCommitment, learningRate, batch, passes, smoothing, child }) {
    return {
      parent: namedModel(parent, { widths, head }).id,
      shard: namedShard(shardCommitment, shard).id,
      learningRate: BigInt(learningRate),
      batch: BigInt(batch),
      passes: BigInt(passes),
      smoothing: BigInt(smoothing),
      child: namedModel(child, { widths, head }).id,
    };
  },

  event: (statement) => trainedEvents([statement])[0],
};

/** What the registry says of a training edge: one event for each segment, with the ends of the edge. */
export function trainedEvents(segments: readonly TrainStatement[]): StatedEvent[] {
  const [first, last] = [segments[0], segments[segments.length - 1]];
  const ends = { child: namedModel(last.child, last).id, parent: namedModel(first.parent, first).id };
  return segments.map(({ shardCommitment, shard, learningRate, batch, passes, smoothing }, segment) => {
    const { id } = namedShard(shardCommitment, shard);
    return { name: 'Trained', args: { ...ends, shard: id, learningRate, batch, passes, smoothing, segment } };
  });
}
