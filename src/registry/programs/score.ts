import { encodeFunctionData } from 'viem';
import type { Commitment } from '../../argument/types.ts';
import { InputError } from '../../errors/InputError.ts';
import { scoreboardAbi } from '../../generated/abi.ts';
import type { Head } from '../../model/head.ts';
import { decodeShape, decodeShard, encodeShape, encodeShard, type ShardShape } from '../../model/shape.ts';
import { scoreId } from '../ids.ts';
import { namedModel, namedShard, type ProgramDefinition } from './definition.ts';
import { readCommitment, readModelShape, readShard } from './readers.ts';
import { checkFit, checkModelCommitment, checkShape, checkShardCommitment } from './sizes.ts';
import { callOf, proofOf } from './targets.ts';

/** The model has this result on the shard; its registry is the scoreboard. */
export interface ScoreStatement {
  program: 'score';
  /** n_0 .. n_L */
  widths: number[];
  head: Head;
  model: Commitment;
  shard: ShardShape;
  shardCommitment: Commitment;
  /** classes, labels: rows proved right; regression: sum of squared errors, 2 * fa fraction bits */
  result: bigint;
}

/** Scoreboard.MAX_RESULT: 2^12 rows of 2^12 outputs, each less than 2^14 off. */
const MAX_RESULT = 2n ** 52n;

export const score: ProgramDefinition<ScoreStatement> = {
  program: 'score',
  parameters: ({ widths, head, shard, result }) => [encodeShape({ widths, head }), encodeShard(shard), result],
  // All that it says is in the parameters and commitments.
  extra: () => [],
  oracles: ({ model, shardCommitment }) => [model, shardCommitment],
  subject(statement) {
    const model = namedModel(statement.model, statement);
    const shard = namedShard(statement.shardCommitment, statement.shard);
    return { id: scoreId(model.id, shard.id), model, shard, parents: [], result: statement.result };
  },
  facts: ({ widths, head, shard, result }) => ({
    widths: widths.join('-'),
    head,
    rows: shard.rows,
    kind: shard.kind,
    result,
  }),
  leavesOpen: ({ shard }) =>
    shard.kind !== 'regression'
      ? 'How many rows are right at most: the result is a lower bound, since a prover may leave rows out.'
      : 'Anything about other rows: the sum of squared errors is of this shard alone.',

  check({ widths, head, model, shard, shardCommitment, result }) {
    checkShape({ widths, head });
    checkFit({ widths, head }, shard);
    checkResult(result, shard);
    checkModelCommitment('model', model, widths);
    checkShardCommitment(shardCommitment, shard);
  },
  read(file) {
    file.keys(['widths', 'head', 'model', 'shard', 'shardCommitment', 'result']);
    return {
      program: 'score',
      ...readModelShape(file),
      model: readCommitment(file.at('model')),
      shard: readShard(file.at('shard')),
      shardCommitment: readCommitment(file.at('shardCommitment')),
      result: file.at('result').natural(2n ** 256n),
    };
  },

  functionName: 'score',
  call({ widths, head, model, shard, shardCommitment, result }, proof) {
    const claim = {
      model,
      shape: encodeShape({ widths, head }),
      shard: shardCommitment,
      descriptor: encodeShard(shard),
      result,
    };
    const args = [claim, proof] as const;
    return callOf('score', args, encodeFunctionData({ abi: scoreboardAbi, functionName: 'score', args }));
  },
  decode(call) {
    if (call.functionName !== 'score') return undefined;
    const [{ model, shape, shard, descriptor, result }, proof] = call.args;
    const statement: ScoreStatement = {
      program: 'score',
      ...decodeShape(shape),
      model: [...model],
      shard: decodeShard(descriptor),
      shardCommitment: [...shard],
      result,
    };
    return { statement, proof: proofOf(proof) };
  },

  intent: 'Register a score',
  requestFields: [
    { name: 'model', type: 'bytes32' },
    { name: 'shard', type: 'bytes32' },
    { name: 'result', type: 'uint256' },
  ],
  request: ({ widths, head, model, shard, shardCommitment, result }) => ({
    model: namedModel(model, { widths, head }).id,
    shard: namedShard(shardCommitment, shard).id,
    result,
  }),

  event({ widths, head, model, shard, shardCommitment, result }) {
    const names = { model: namedModel(model, { widths, head }).id, shard: namedShard(shardCommitment, shard).id };
    return { name: 'Scored', args: { ...names, result } };
  },
};

/** ResultOutOfRange. No row counts twice, though the contract leaves that to the proof. */
function checkResult(result: bigint, { kind, rows }: ShardShape): void {
  if (result > MAX_RESULT) throw new InputError(`A result is at most 2^52, not ${result}.`);
  if (kind !== 'regression' && result > BigInt(rows))
    throw new InputError(`Of ${rows} rows, ${result} cannot be right.`);
}
