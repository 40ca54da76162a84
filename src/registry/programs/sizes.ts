// Rules that several programs share. The contracts' errors of the same meaning stand beside each.

import type { Commitment } from '../../argument/types.ts';
import { InputError } from '../../errors/InputError.ts';
import type { Layout } from '../../model/layout.ts';
import { encodeShape, encodeShard, modelLayout, type ShardShape, shardLayout } from '../../model/shape.ts';
import { ADDRESS_BITS, CHUNK_SIZE } from '../../numbers/constants.ts';

/** UnsupportedDepth, UnsupportedSize, OracleTooLarge */
export function checkShape(widths: readonly number[]): void {
  encodeShape(widths);
  checkEntries('model', modelLayout(widths));
}

/** UnsupportedSize, OracleTooLarge */
export function checkShard(shard: ShardShape): void {
  encodeShard(shard);
  checkEntries('shard', shardLayout(shard));
}

/** A descriptor says nothing of the salt, for which there has to be room too. */
function checkEntries(what: string, { log2 }: Layout): void {
  if (log2 > ADDRESS_BITS) throw new InputError(`The ${what} has more than 2^${ADDRESS_BITS} entries with its salt.`);
}

/** InputsDiffer, OutputsDiffer */
export function checkFit(widths: readonly number[], shard: ShardShape): void {
  checkShard(shard);
  const [inputs, outputs] = [widths[0], widths[widths.length - 1]];
  if (inputs !== shard.inputs)
    throw new InputError(`The model takes ${inputs} inputs, the rows of the shard have ${shard.inputs}.`);
  if (outputs !== shard.outputs)
    throw new InputError(`The model has ${outputs} outputs, the rows of the shard have ${shard.outputs}.`);
}

/** ChunkCountMismatch */
export function checkModelCommitment(what: string, commitment: Commitment, widths: readonly number[]): void {
  checkCommitment(what, commitment, modelLayout(widths));
}

/** ChunkCountMismatch */
export function checkShardCommitment(commitment: Commitment, shard: ShardShape): void {
  checkCommitment('shard', commitment, shardLayout(shard));
}

function checkCommitment(what: string, commitment: Commitment, { slots }: Layout): void {
  const entries = Object.values(slots).reduce((sum, { log2 }) => sum + 2 ** log2, 0);
  const chunks = Math.max(1, Math.ceil(entries / CHUNK_SIZE));
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
