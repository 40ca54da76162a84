import { encodeFunctionData, type Hex } from 'viem';
import type { Proof } from '../argument/types.ts';
import { modelRegistryAbi, scoreboardAbi } from '../generated/abi.ts';
import { checkCoefficients } from '../model/merge.ts';
import { encodeShape, encodeShard } from '../model/shape.ts';
import type { Statement } from './statement.ts';

/** Values of the contract's enum ShardKind. */
export const SHARD_KINDS = { regression: 0, classes: 1 } as const;

/** The functions that take a proof; `score` is the scoreboard's, the others are the registry's. */
export type ProvedFunction = 'registerShard' | 'seed' | 'train' | 'importModel' | 'merge' | 'score';

/** Anything a call's arguments are made of, before they are encoded. */
export type CallArgument =
  | bigint
  | number
  | string
  | readonly CallArgument[]
  | { readonly [name: string]: CallArgument };

/** A call of the registry or of the scoreboard that registers a proved statement. */
export interface RegistryCall {
  functionName: ProvedFunction;
  args: readonly CallArgument[];
  data: Hex;
}

/** The call that registers what the proof shows. @throws InputError for sizes that no circuit takes */
export function registryCall(statement: Statement, proof: Proof): RegistryCall {
  const sent = proofArgument(proof);
  switch (statement.program) {
    case 'data': {
      const { inputs, outputs, rows, kind } = statement.shard;
      const args = [
        BigInt(inputs),
        BigInt(outputs),
        BigInt(rows),
        SHARD_KINDS[kind],
        statement.schema,
        statement.commitment,
        sent,
      ] as const;
      return call(
        'registerShard',
        args,
        encodeFunctionData({ abi: modelRegistryAbi, functionName: 'registerShard', args }),
      );
    }
    case 'seed': {
      const args = [statement.requestId, statement.commitment, sent] as const;
      return call('seed', args, encodeFunctionData({ abi: modelRegistryAbi, functionName: 'seed', args }));
    }
    case 'train': {
      const edge = {
        parent: statement.parent,
        shape: encodeShape(statement.widths),
        shard: statement.shardCommitment,
        descriptor: encodeShard(statement.shard),
        learningRate: BigInt(statement.learningRate),
        batch: BigInt(statement.batch),
        child: statement.child,
      };
      const args = [edge, sent] as const;
      return call('train', args, encodeFunctionData({ abi: modelRegistryAbi, functionName: 'train', args }));
    }
    case 'import': {
      const args = [statement.widths, statement.source, statement.schema, statement.commitment, sent] as const;
      return call(
        'importModel',
        args,
        encodeFunctionData({ abi: modelRegistryAbi, functionName: 'importModel', args }),
      );
    }
    case 'merge': {
      const { parents, coefficients, child } = statement;
      const shape = encodeShape(statement.widths);
      checkCoefficients(coefficients, statement.widths.length - 1, parents.length);
      const args = [{ parents, shape, coefficients, child }, sent] as const;
      return call('merge', args, encodeFunctionData({ abi: modelRegistryAbi, functionName: 'merge', args }));
    }
    case 'score': {
      const claim = {
        model: statement.model,
        shape: encodeShape(statement.widths),
        shard: statement.shardCommitment,
        descriptor: encodeShard(statement.shard),
        result: statement.result,
      };
      const args = [claim, sent] as const;
      return call('score', args, encodeFunctionData({ abi: scoreboardAbi, functionName: 'score', args }));
    }
  }
}

/** A proof as the contract's struct. @throws RangeError unless groth16 has eight words */
export function proofArgument({ groth16, points, signals }: Proof) {
  if (groth16.length !== 8) throw new RangeError(`a Groth16 proof has 8 words, not ${groth16.length}`);
  const [ax, ay, bx1, bx0, by1, by0, cx, cy] = groth16;
  return { groth16: [ax, ay, bx1, bx0, by1, by0, cx, cy] as const, points, challenges: signals };
}

// The ABI types name their tuples' fields, so they are plain records of the same values.
function call(functionName: ProvedFunction, args: readonly unknown[], data: Hex): RegistryCall {
  return { functionName, args: args as readonly CallArgument[], data };
}
