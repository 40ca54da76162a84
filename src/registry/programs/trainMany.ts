// A chain of trainings in one transaction: each segment's parent is the child of the one before.
import { encodeFunctionData } from 'viem';
import type { Proof } from '../../argument/types.ts';
import { InputError } from '../../errors/InputError.ts';
import { modelRegistryAbi } from '../../generated/abi.ts';
import { decodeAnyShape, encodeAnyShape } from '../../model/anyShape.ts';
import { decodeShard, encodeShard } from '../../model/shape.ts';
import { namedModel, namedShard, type RequestField, shapeFields, shapeOf } from './definition.ts';
import { isSame } from './sizes.ts';
import { type CallArgument, callOf, proofArgument, proofOf, type RegistryCall, type TargetCall } from './targets.ts';
import type { TrainStatement } from './train.ts';

/** Segments of one chain, at most: the gas of a transaction ends before (EIP-7825). */
export const MAX_SEGMENTS = 128;

/** What a chain states. */
export interface TrainChain {
  /** at least one; of one shape, each one's parent the child of the one before */
  statements: readonly TrainStatement[];
  /** for each, whether its child becomes a node of its own; the last one always does */
  keep: readonly boolean[];
}

/** A chain with the proof of each segment. */
export interface ProvedChain extends TrainChain {
  proofs: readonly Proof[];
}

/** @throws InputError naming the segment that does not follow, or whose child stands there already, counted from 1 */
export function checkChain(chain: TrainChain): void {
  checkOrder(chain);
  const models = [chain.statements[0].parent];
  chain.statements.forEach(({ child }, k) => {
    if (models.some((model) => isSame(model, child)))
      throw new InputError(`The child of segment ${k + 1} occurs earlier in the run.`);
    models.push(child);
  });
}

/** What the chain demands of every run: it takes one whose training leads back to a model that is not kept. */
function checkOrder({ statements, keep }: TrainChain): void {
  if (statements.length === 0 || statements.length > MAX_SEGMENTS)
    throw new InputError(`A run has 1 to ${MAX_SEGMENTS} segments, not ${statements.length}.`);
  if (keep.length !== statements.length)
    throw new InputError(`A run says of each segment whether it is kept: of ${statements.length}, not ${keep.length}.`);
  if (!keep[keep.length - 1]) throw new InputError('The last model of a run is always kept.');
  const shape = encodeAnyShape(shapeOf(statements[0]));
  statements.forEach((statement, k) => {
    if (encodeAnyShape(shapeOf(statement)) !== shape)
      throw new InputError(`Segment ${k + 1} of the run has another shape than the first.`);
    if (k > 0 && !isSame(statement.parent, statements[k - 1].child))
      throw new InputError(`The parent of segment ${k + 1} is not the child of the one before.`);
  });
}

/** The segments of each edge that a chain registers: those up to a kept child. */
export function edgesOf<T>(segments: readonly T[], keep: readonly boolean[]): T[][] {
  const edges: T[][] = [];
  let open: T[] = [];
  segments.forEach((segment, k) => {
    open.push(segment);
    if (!keep[k]) return;
    edges.push(open);
    open = [];
  });
  return edges;
}

/** The call that registers a chain. @throws InputError as `checkChain` */
export function trainManyCall({ statements, keep, proofs }: ProvedChain): RegistryCall {
  checkChain({ statements, keep });
  if (proofs.length !== statements.length) throw new RangeError('a chain has a proof for each segment');
  const [first] = statements;
  const segments = statements.map((statement, k) => ({
    shard: statement.shardCommitment,
    descriptor: encodeShard(statement.shard),
    learningRate: BigInt(statement.learningRate),
    batch: BigInt(statement.batch),
    passes: BigInt(statement.passes),
    smoothing: BigInt(statement.smoothing),
    child: statement.child,
    keep: keep[k],
  }));
  const args = [first.parent, encodeAnyShape(shapeOf(first)), segments, proofs.map(proofArgument)] as const;
  return callOf('trainMany', args, encodeFunctionData({ abi: modelRegistryAbi, functionName: 'trainMany', args }));
}

/**
 * What a call of `trainMany` states, `trainManyCall`'s or another's.
 * @returns undefined for a call of another function
 * @throws InputError where it is no chain, or of more than MAX_SEGMENTS
 */
export function decodeTrainMany(call: TargetCall): ProvedChain | undefined {
  if (call.functionName !== 'trainMany') return undefined;
  const [first, shape, segments, proofs] = call.args;
  if (proofs.length !== segments.length || segments.length > MAX_SEGMENTS)
    throw new InputError('The call has not one proof for each segment.');
  const model = shapeFields(decodeAnyShape(shape));
  const statements = segments.map(
    (segment, k): TrainStatement => ({
      program: 'train',
      ...model,
      parent: [...(k === 0 ? first : segments[k - 1].child)],
      shard: decodeShard(segment.descriptor),
      shardCommitment: [...segment.shard],
      learningRate: Number(segment.learningRate),
      batch: Number(segment.batch),
      passes: Number(segment.passes),
      smoothing: Number(segment.smoothing),
      child: [...segment.child],
    }),
  );
  // The contract takes the last child as kept, whatever the call says of it.
  const keep = segments.map((segment, k) => segment.keep || k === segments.length - 1);
  checkOrder({ statements, keep });
  return { statements, keep, proofs: proofs.map(proofOf) };
}

/** Name of the struct that a trainer signs for the relay, and its fields besides registry, trainer, nonce and deadline. */
export const CHAIN_REQUEST = 'TrainMany';
export const CHAIN_FIELDS: readonly RequestField[] = [
  { name: 'parent', type: 'bytes32' },
  { name: 'segments', type: 'Segment[]' },
];
/** The struct within it. */
export const SEGMENT_FIELDS: readonly RequestField[] = [
  { name: 'shard', type: 'bytes32' },
  { name: 'learningRate', type: 'uint256' },
  { name: 'batch', type: 'uint256' },
  { name: 'passes', type: 'uint256' },
  { name: 'smoothing', type: 'uint256' },
  { name: 'child', type: 'bytes32' },
  { name: 'keep', type: 'bool' },
];

/** What the trainer signs of a chain. @throws InputError as `checkChain` */
export function chainRequest({ statements, keep }: TrainChain): Record<string, CallArgument> {
  checkChain({ statements, keep });
  const [first] = statements;
  return {
    parent: namedModel(first.parent, first).id,
    segments: statements.map((statement, k) => ({
      shard: namedShard(statement.shardCommitment, statement.shard).id,
      learningRate: BigInt(statement.learningRate),
      batch: BigInt(statement.batch),
      passes: BigInt(statement.passes),
      smoothing: BigInt(statement.smoothing),
      child: namedModel(statement.child, first).id,
      keep: keep[k],
    })),
  };
}
