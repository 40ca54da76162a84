import { encodeFunctionData, type Hex, hexToBytes, keccak256, toHex } from 'viem';
import type { Commitment } from '../../argument/types.ts';
import { InputError } from '../../errors/InputError.ts';
import { scoreboardAbi } from '../../generated/abi.ts';
import { decodeAnyShape, encodeAnyShape, shapeParameters } from '../../model/anyShape.ts';
import {
  countsAt,
  countsBytes,
  countsLength,
  countsOf,
  countsSum,
  MAX_COUNTS_BYTES,
  type Measures,
  mostCounted,
} from '../../model/measures.ts';
import { decodeShard, encodeShard, type ShardShape } from '../../model/shape.ts';
import { R } from '../../numbers/field.ts';
import { scoreId } from '../ids.ts';
import {
  namedModel,
  namedShard,
  type ProgramDefinition,
  type ShapeFields,
  shapeFacts,
  shapeFields,
  shapeOf,
} from './definition.ts';
import { readCommitment, readModelShape, readShard, requireShapeAnd, writtenShape } from './readers.ts';
import { checkFit, checkModelCommitment, checkShape, checkShardCommitment } from './sizes.ts';
import { callOf, proofOf } from './targets.ts';

/** The model has these results on the shard; its registry is the scoreboard. */
export type ScoreStatement = ShapeFields &
  Measures & {
    program: 'score';
    model: Commitment;
    shard: ShardShape;
    shardCommitment: Commitment;
    /** the challenge x of the proof, at which the circuit has the counts as a polynomial; h_0 does not bind it */
    point: bigint;
  };

/** Scoreboard.RESULT_LIMIT: 2^12 rows of 2^12 outputs, each less than 2^16 off. */
const RESULT_LIMIT = 2n ** 56n;
/** Loss and absolute error stand in words of 64 bits. */
const MAX_SUM = 2n ** 64n;

export const score: ProgramDefinition<ScoreStatement> = {
  program: 'score',
  parameters(statement) {
    const { shard, result, loss, absolute, k, top } = statement;
    return [...shapeParameters(shapeOf(statement)), encodeShard(shard), result, loss, absolute, BigInt(k), top];
  },
  late: ({ shard, counts, point }) => [point, countsAt(shard.kind, counts, point)],
  extra: (statement) => [BigInt(countedOf(statement))],
  oracles: ({ model, shardCommitment }) => [model, shardCommitment],
  subject(statement) {
    const model = namedModel(statement.model, statement);
    const shard = namedShard(statement.shardCommitment, statement.shard);
    return { id: scoreId(model.id, shard.id), model, shard, parents: [], measures: measuresOf(statement) };
  },
  facts(statement) {
    const { shard, result, loss, absolute, k, top, counts } = statement;
    return {
      ...shapeFacts(statement),
      rows: shard.rows,
      kind: shard.kind,
      result,
      ...(shapeOf(statement).head !== 'squared error' && { loss }),
      ...(shard.kind === 'regression' ? { absolute } : { k, top }),
      ...(counts && { counted: countsSum(counts) }),
    };
  },
  leavesOpen: ({ shard }) =>
    shard.kind !== 'regression'
      ? 'How many rows are right at most, and how small the log-loss is: a prover may leave rows out, and state a greater loss.'
      : 'Anything about other rows: the sums of errors are of this shard alone.',

  check(statement) {
    const { model, shard, shardCommitment, point } = statement;
    const shape = shapeOf(statement);
    checkShape(shape);
    checkFit(shape, shard);
    checkResult(statement.result, shard);
    checkMeasures(statement, shard);
    if (point >= R) throw new InputError('The point of a score is below the order of the field.');
    checkModelCommitment('model', model, shape);
    checkShardCommitment(shardCommitment, shard);
  },
  written: (statement) => ({ ...writtenShape(statement), counts: toHex(countsBytes(statement.counts)) }),
  read(file) {
    requireShapeAnd(file, ['model', 'shard', 'shardCommitment', 'point', ...MEASURES]);
    return {
      program: 'score',
      ...readModelShape(file),
      model: readCommitment(file.at('model')),
      shard: readShard(file.at('shard')),
      shardCommitment: readCommitment(file.at('shardCommitment')),
      result: file.at('result').natural(2n ** 256n),
      loss: file.at('loss').natural(2n ** 256n),
      absolute: file.at('absolute').natural(2n ** 256n),
      k: file.at('k').integer(),
      top: file.at('top').natural(2n ** 256n),
      counts: file.guard(() => countsOf(hexToBytes(file.at('counts').bytes(MAX_COUNTS_BYTES)))),
      point: file.at('point').natural(R),
    };
  },

  functionName: 'score',
  call(statement, proof) {
    const { model, shard, shardCommitment, result, loss, absolute, k, top, counts, point } = statement;
    const claim = {
      model,
      shape: encodeAnyShape(shapeOf(statement)),
      shard: shardCommitment,
      descriptor: encodeShard(shard),
      result,
      loss,
      absolute,
      k: BigInt(k),
      top,
      counts: toHex(countsBytes(counts)),
      point,
    };
    const args = [claim, proof] as const;
    return callOf('score', args, encodeFunctionData({ abi: scoreboardAbi, functionName: 'score', args }));
  },
  decode(call) {
    if (call.functionName !== 'score') return undefined;
    const [{ model, shape, shard, descriptor, k, counts, ...said }, proof] = call.args;
    const statement: ScoreStatement = {
      program: 'score',
      ...shapeFields(decodeAnyShape(shape)),
      model: [...model],
      shard: decodeShard(descriptor),
      shardCommitment: [...shard],
      ...said,
      k: Number(k),
      counts: countsOf(hexToBytes(counts)),
    };
    return { statement, proof: proofOf(proof) };
  },

  intent: 'Register a score',
  requestFields: [
    { name: 'model', type: 'bytes32' },
    { name: 'shard', type: 'bytes32' },
    { name: 'result', type: 'uint256' },
    { name: 'loss', type: 'uint256' },
    { name: 'absolute', type: 'uint256' },
    { name: 'k', type: 'uint256' },
    { name: 'top', type: 'uint256' },
    { name: 'counted', type: 'bytes32' },
  ],
  request(statement) {
    const { result, loss, absolute, k, top } = statement;
    return { ...idsIn(statement), result, loss, absolute, k: BigInt(k), top, counted: countedOf(statement) };
  },

  // Of every score that is taken; Scored is only of a better result.
  event(statement) {
    const { result, loss, absolute, k, top, counts } = statement;
    const said = { result, loss, absolute, k, top, counts: toHex(countsBytes(counts)) };
    return { name: 'Measured', args: { ...idsIn(statement), ...said } };
  },
};

const MEASURES = ['result', 'loss', 'absolute', 'k', 'top', 'counts'] as const satisfies (keyof Measures)[];

/** What a score measures, without of what. */
export function measuresOf({ result, loss, absolute, k, top, counts }: Measures): Measures {
  return { result, loss, absolute, k, top, counts };
}

/** What h_0 binds of the counts: their hash, 0 where none are stated. */
function countedOf({ counts }: ScoreStatement): Hex {
  return counts === null ? toHex(0n, { size: 32 }) : keccak256(countsBytes(counts));
}

function idsIn(statement: ScoreStatement) {
  const { model, shard, shardCommitment } = statement;
  return { model: namedModel(model, statement).id, shard: namedShard(shardCommitment, shard).id };
}

/** ResultOutOfRange. No row counts twice, though the contract leaves that to the proof. */
function checkResult(result: bigint, { kind, rows }: ShardShape): void {
  if (result >= RESULT_LIMIT) throw new InputError(`A result is below 2^56, not ${result}.`);
  if (kind !== 'regression' && result > BigInt(rows))
    throw new InputError(`Of ${rows} rows, ${result} cannot be right.`);
}

/**
 * LossOutOfRange, AbsoluteOutOfRange, TopOutOfRange, WrongCountsLength, CountsOutOfRange. That no label is right in more rows than
 * there are is left to the proof by the contract too.
 */
function checkMeasures({ loss, absolute, k, top, counts }: Measures, shard: ShardShape): void {
  const { kind, rows, outputs } = shard;
  if (loss >= MAX_SUM) throw new InputError(`A log-loss is below 2^64, not ${loss}.`);
  if (absolute >= MAX_SUM) throw new InputError(`A sum of absolute errors is below 2^64, not ${absolute}.`);
  if (!Number.isInteger(k) || k < 0 || k > outputs)
    throw new InputError(`Of ${outputs} outputs, the ${k} highest do not exist.`);
  if (top > BigInt(k === 0 ? 0 : rows))
    throw new InputError(`Of ${rows} rows, ${top} cannot be among the ${k} highest.`);
  if (counts === null) return;
  const expected = countsLength(kind, outputs);
  if (counts.length !== expected) {
    const taken = expected === 0 ? 'none are taken' : `there are ${expected}`;
    throw new InputError(`Of ${outputs} outputs for ${kind}, ${taken}, not ${counts.length} counts.`);
  }
  const [sum, most] = [countsSum(counts), mostCounted(shard)];
  if (sum > most) throw new InputError(`Counts of ${rows} rows sum to ${most} at most, not ${sum}.`);
  const label = counts.findIndex((count) => count > rows);
  if (label >= 0) throw new InputError(`Of ${rows} rows, ${counts[label]} cannot have label ${label} right.`);
}
