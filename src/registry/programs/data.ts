import { encodeFunctionData, type Hex } from 'viem';
import type { Commitment } from '../../argument/types.ts';
import { modelRegistryAbi } from '../../generated/abi.ts';
import { encodeShard, type ShardKind, type ShardShape } from '../../model/shape.ts';
import { namedShard, type ProgramDefinition } from './definition.ts';
import { readCommitment, readShard } from './readers.ts';
import { checkShard, checkShardCommitment } from './sizes.ts';
import { callOf, proofOf } from './targets.ts';

/** A committed shard is well formed. What its columns mean is stated, not proved. */
export interface DataStatement {
  program: 'data';
  shard: ShardShape;
  /** 32 bytes, the hash of what the columns are said to mean; `NO_SCHEMA` where nothing is stated */
  schema: Hex;
  commitment: Commitment;
}

/** Values of the contract's enum ShardKind. */
const KIND_NUMBERS = { regression: 0, classes: 1, labels: 2 } as const;

/** The kind of a value of the contract's enum. */
export function shardKindOf(value: number): ShardKind {
  return value === KIND_NUMBERS.classes ? 'classes' : value === KIND_NUMBERS.labels ? 'labels' : 'regression';
}

export const data: ProgramDefinition<DataStatement> = {
  program: 'data',
  parameters: ({ shard }) => [encodeShard(shard)],
  extra: ({ schema }) => [BigInt(schema)],
  oracles: ({ commitment }) => [commitment],
  subject({ commitment, shard: shape, schema }) {
    const shard = namedShard(commitment, shape);
    return { id: shard.id, shard, parents: [], schema };
  },
  facts: ({ shard }) => ({ ...shard }),
  leavesOpen: () =>
    'That the rows are good, lawful or what their owner says: only that they are well formed and fixed.',

  check({ shard, commitment }) {
    checkShard(shard);
    checkShardCommitment(commitment, shard);
  },
  read(file) {
    file.keys(['shard', 'schema', 'commitment']);
    return {
      program: 'data',
      shard: readShard(file.at('shard')),
      schema: file.at('schema').hex(32),
      commitment: readCommitment(file.at('commitment')),
    };
  },

  functionName: 'registerShard',
  call({ shard: { inputs, outputs, rows, kind }, schema, commitment }, proof) {
    const sizes = [BigInt(inputs), BigInt(outputs), BigInt(rows), KIND_NUMBERS[kind]] as const;
    const args = [...sizes, schema, commitment, proof] as const;
    const data = encodeFunctionData({ abi: modelRegistryAbi, functionName: 'registerShard', args });
    return callOf('registerShard', args, data);
  },
  decode(call) {
    if (call.functionName !== 'registerShard') return undefined;
    const [inputs, outputs, rows, kind, schema, commitment, proof] = call.args;
    const shard: ShardShape = {
      inputs: Number(inputs),
      outputs: Number(outputs),
      rows: Number(rows),
      kind: shardKindOf(kind),
    };
    return { statement: { program: 'data', shard, schema, commitment: [...commitment] }, proof: proofOf(proof) };
  },

  intent: 'Register a shard of data',
  requestFields: [
    { name: 'inputs', type: 'uint256' },
    { name: 'outputs', type: 'uint256' },
    { name: 'rows', type: 'uint256' },
    { name: 'kind', type: 'uint8' },
    { name: 'schema', type: 'bytes32' },
    { name: 'shard', type: 'bytes32' },
  ],
  request({ shard: { inputs, outputs, rows, kind }, schema, commitment }) {
    const { id } = namedShard(commitment, { inputs, outputs, rows, kind });
    const sizes = { inputs: BigInt(inputs), outputs: BigInt(outputs), rows: BigInt(rows) };
    return { ...sizes, kind: KIND_NUMBERS[kind], schema, shard: id };
  },

  event({ shard, schema, commitment }) {
    const { id } = namedShard(commitment, shard);
    return { name: 'ShardRegistered', args: { id, descriptor: encodeShard(shard), schema, commitment } };
  },
};
