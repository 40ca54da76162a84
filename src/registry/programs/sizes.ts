// Rules that several programs share. The contracts' errors of the same meaning stand beside each.

import type { Commitment } from '../../argument/types.ts';
import { InputError } from '../../errors/InputError.ts';
import { type AnyShape, encodeAnyShape, shapeLayout, shapeSides } from '../../model/anyShape.ts';
import { checkFit as checkHeadFits } from '../../model/head.ts';
import type { Layout } from '../../model/layout.ts';
import { encodeShard, type ShardShape, shardLayout } from '../../model/shape.ts';
import { CHUNK_SIZE, MODEL_BITS, SHARD_ENTRY_BITS } from '../../numbers/constants.ts';

/** MalformedShape, OracleTooLarge; of a network all of its errors */
export function checkShape(shape: AnyShape): void {
  encodeAnyShape(shape);
  checkEntries('model', shapeLayout(shape), MODEL_BITS);
}

/** UnsupportedSize, OracleTooLarge */
export function checkShard(shard: ShardShape): void {
  encodeShard(shard);
  checkEntries('shard', shardLayout(shard), SHARD_ENTRY_BITS);
}

function checkEntries(what: string, layout: Layout, bits: number): void {
  if (entriesOf(layout) > 2 ** bits) throw new InputError(`The ${what} has more than 2^${bits} entries.`);
}

function entriesOf({ slots }: Layout): number {
  return Object.values(slots).reduce((sum, { log2 }) => sum + 2 ** log2, 0);
}

/** InputsDiffer, OutputsDiffer, HeadUnfit */
export function checkFit(shape: AnyShape, shard: ShardShape): void {
  checkShard(shard);
  checkHeadFits(shape.head, shard.kind);
  const { inputs, outputs } = shapeSides(shape);
  if (inputs !== shard.inputs)
    throw new InputError(`The model takes ${inputs} inputs, the rows of the shard have ${shard.inputs}.`);
  if (outputs !== shard.outputs)
    throw new InputError(`The model has ${outputs} outputs, the rows of the shard have ${shard.outputs}.`);
}

/** WrongPointCount */
export function checkModelCommitment(what: string, commitment: Commitment, shape: AnyShape): void {
  checkCommitment(what, commitment, shapeLayout(shape));
}

/** WrongPointCount */
export function checkShardCommitment(commitment: Commitment, shard: ShardShape): void {
  checkCommitment('shard', commitment, shardLayout(shard));
}

export function checkCommitment(what: string, commitment: Commitment, layout: Layout): void {
  const chunks = Math.max(1, Math.ceil(entriesOf(layout) / CHUNK_SIZE));
  if (commitment.length !== chunks)
    throw new InputError(`The commitment of the ${what} has ${chunks} points, not ${commitment.length}.`);
}

/** ModelExists: the parents are registered. */
export function checkNotParent(child: Commitment, parents: readonly Commitment[]): void {
  if (parents.some((parent) => isSame(parent, child)))
    throw new InputError('The child is its own parent: both have the same commitment.');
}

export function isSame(a: Commitment, b: Commitment): boolean {
  return a.length === b.length && a.every(({ x, y }, k) => x === b[k].x && y === b[k].y);
}
