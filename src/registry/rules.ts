// What a contract refuses whatever its state and whatever the proof: a statement that breaks one of these was never registered
// and never will be. The contracts' errors of the same meaning stand beside each rule.

import type { Point } from '../argument/types.ts';
import { InputError } from '../errors/InputError.ts';
import type { Layout } from '../model/layout.ts';
import { checkCoefficients, MAX_PARENTS, MIN_PARENTS } from '../model/merge.ts';
import { checkSegment, encodeShape, encodeShard, modelLayout, type ShardShape, shardLayout } from '../model/shape.ts';
import { ADDRESS_BITS } from '../numbers/constants.ts';
import { R } from '../numbers/field.ts';
import type { MergeStatement, Statement } from './statement.ts';

/** Scoreboard.MAX_RESULT: 2^12 rows of 2^12 outputs, each less than 2^14 off. */
const MAX_RESULT = 2n ** 52n;

/**
 * Checks all that follows from the statement alone: sizes, shapes of model and shard, rates, parents, the range of a result.
 * @throws InputError naming what does not fit
 */
export function checkStatement(statement: Statement): void {
  switch (statement.program) {
    case 'data':
      checkShard(statement.shard);
      return;
    case 'seed':
      checkShape(statement.widths);
      // UnknownSeedRequest: the registry numbers them from 1.
      if (statement.requestId < 1n) throw new InputError('Requests for seeds are numbered from 1, not from 0.');
      if (statement.seed >= R) throw new InputError('A seed is below the order of the field.');
      return;
    case 'train':
      checkShape(statement.widths);
      checkFit(statement.widths, statement.shard);
      // LearningRateOutOfRange, RowsNotPowerOfTwo, UnsupportedBatch
      checkSegment({ lr: statement.learningRate, rows: statement.shard.rows, batch: statement.batch });
      checkNotParent(statement.child, [statement.parent]);
      return;
    case 'import':
      checkShape(statement.widths);
      return;
    case 'merge':
      checkShape(statement.widths);
      checkParents(statement);
      return;
    case 'score':
      checkShape(statement.widths);
      checkFit(statement.widths, statement.shard);
      checkResult(statement.result, statement.shard);
      return;
  }
}

/** UnsupportedDepth, UnsupportedSize, OracleTooLarge */
function checkShape(widths: readonly number[]): void {
  encodeShape(widths);
  checkEntries('model', modelLayout(widths));
}

/** UnsupportedSize, OracleTooLarge */
function checkShard(shard: ShardShape): void {
  encodeShard(shard);
  checkEntries('shard', shardLayout(shard));
}

/** A descriptor says nothing of the salt, for which there has to be room too. */
function checkEntries(what: string, { log2 }: Layout): void {
  if (log2 > ADDRESS_BITS) throw new InputError(`The ${what} has more than 2^${ADDRESS_BITS} entries with its salt.`);
}

/** InputsDiffer, OutputsDiffer */
function checkFit(widths: readonly number[], shard: ShardShape): void {
  checkShard(shard);
  const [inputs, outputs] = [widths[0], widths[widths.length - 1]];
  if (inputs !== shard.inputs)
    throw new InputError(`The model takes ${inputs} inputs, the rows of the shard have ${shard.inputs}.`);
  if (outputs !== shard.outputs)
    throw new InputError(`The model has ${outputs} outputs, the rows of the shard have ${shard.outputs}.`);
}

/** ResultOutOfRange. No row counts twice, though the contract leaves that to the proof. */
function checkResult(result: bigint, { kind, rows }: ShardShape): void {
  if (result > MAX_RESULT) throw new InputError(`A result is at most 2^52, not ${result}.`);
  if (kind === 'classes' && result > BigInt(rows)) throw new InputError(`Of ${rows} rows, ${result} cannot be right.`);
}

/** UnsupportedParents, CoefficientsMismatch, CoefficientOutOfRange, ParentTwice, ParentWithoutPart */
function checkParents({ widths, parents, coefficients, child }: MergeStatement): void {
  const count = parents.length;
  if (count < MIN_PARENTS || count > MAX_PARENTS)
    throw new InputError(`A merge has ${MIN_PARENTS} to ${MAX_PARENTS} parents, not ${count}.`);
  checkCoefficients(coefficients, widths.length - 1, count);
  parents.forEach((parent, i) => {
    const first = parents.findIndex((other) => isSame(other, parent));
    if (first !== i) throw new InputError(`Parents ${first + 1} and ${i + 1} of the merge are the same model.`);
    if (coefficients.every((row) => row[i] === 0))
      throw new InputError(`Parent ${i + 1} of the merge has no part in it: all its coefficients are 0.`);
  });
  checkNotParent(child, parents);
}

/** ModelExists: the parents are registered. */
function checkNotParent(child: Point, parents: readonly Point[]): void {
  if (parents.some((parent) => isSame(parent, child)))
    throw new InputError('The child is its own parent: both have the same commitment.');
}

function isSame(a: Point, b: Point): boolean {
  return a.x === b.x && a.y === b.y;
}
