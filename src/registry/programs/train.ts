import { encodeFunctionData } from 'viem';
import type { Commitment } from '../../argument/types.ts';
import { modelRegistryAbi } from '../../generated/abi.ts';
import { checkPooledRate, decodeAnyShape, encodeAnyShape, shapeParameters } from '../../model/anyShape.ts';
import { checkSmoothing } from '../../model/head.ts';
import { checkSegment, decodeShard, encodeSegment, encodeShard, type ShardShape } from '../../model/shape.ts';
import {
  namedModel,
  namedShard,
  ONLY_FOLLOWS,
  type ProgramDefinition,
  type ShapeFields,
  type StatedEvent,
  shapeFacts,
  shapeFields,
  shapeOf,
} from './definition.ts';
import { readCommitment, readModelShape, readShard, requireShapeAnd, writtenShape } from './readers.ts';
import { checkFit, checkModelCommitment, checkNotParent, checkShape, checkShardCommitment } from './sizes.ts';
import { callOf, proofOf } from './targets.ts';

/** The child is the parent after some passes over the shard. */
export type TrainStatement = ShapeFields & {
  program: 'train';
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
};

export const train: ProgramDefinition<TrainStatement> = {
  program: 'train',
  parameters(statement) {
    const { shard, learningRate, batch, passes, smoothing } = statement;
    return [
      ...shapeParameters(shapeOf(statement)),
      encodeSegment({ lr: learningRate, batch, passes, smoothing }, shard),
    ];
  },
  extra: ({ shard }) => [encodeShard(shard)],
  oracles: ({ parent, child, shardCommitment }) => [parent, child, shardCommitment],
  subject(statement) {
    const { parent, shard, shardCommitment, learningRate, batch, passes, smoothing, child } = statement;
    const model = namedModel(child, statement);
    return {
      id: model.id,
      model,
      parents: [namedModel(parent, statement).id],
      shard: namedShard(shardCommitment, shard),
      training: { learningRate, batch, passes, smoothing },
    };
  },
  facts(statement) {
    const { shard, learningRate, batch, passes, smoothing } = statement;
    return { ...shapeFacts(statement), rows: shard.rows, learningRate, batch, passes, smoothing };
  },
  leavesOpen: () => ONLY_FOLLOWS,

  check(statement) {
    const { parent, shard, shardCommitment, learningRate, batch, passes, smoothing, child } = statement;
    const shape = shapeOf(statement);
    checkShape(shape);
    checkFit(shape, shard);
    // LearningRateOutOfRange, UnsupportedBatch, UnsupportedPasses
    checkSegment({ lr: learningRate, rows: shard.rows, batch, passes, smoothing });
    // PooledLearningRate
    checkPooledRate(shape, learningRate);
    // SmoothingOutOfRange
    checkSmoothing(shape.head, shard.outputs, smoothing);
    checkModelCommitment('parent', parent, shape);
    checkModelCommitment('child', child, shape);
    checkShardCommitment(shardCommitment, shard);
    checkNotParent(child, [parent]);
  },
  written: writtenShape,
  read(file) {
    const integers = ['learningRate', 'batch', 'passes', 'smoothing'];
    requireShapeAnd(file, ['parent', 'shard', 'shardCommitment', ...integers, 'child']);
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
  call(statement, proof) {
    const { parent, shard, shardCommitment, learningRate, batch, passes, smoothing, child } = statement;
    const edge = {
      parent,
      shape: encodeAnyShape(shapeOf(statement)),
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
      ...shapeFields(decodeAnyShape(shape)),
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
  request(statement) {
    const { parent, shard, shardCommitment, learningRate, batch, passes, smoothing, child } = statement;
    return {
      parent: namedModel(parent, statement).id,
      shard: namedShard(shardCommitment, shard).id,
      learningRate: BigInt(learningRate),
      batch: BigInt(batch),
      passes: BigInt(passes),
      smoothing: BigInt(smoothing),
      child: namedModel(child, statement).id,
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
