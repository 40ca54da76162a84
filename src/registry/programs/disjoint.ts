import { encodeFunctionData, type Hex, hexToBytes, keccak256, toHex } from 'viem';
import type { Commitment } from '../../argument/types.ts';
import { InputError } from '../../errors/InputError.ts';
import { lineageAuditAbi } from '../../generated/abi.ts';
import { checkRecord, type RowRecord, recordAt, recordBytes, recordOf, recordShape } from '../../model/record.ts';
import { decodeShard, encodeShard, type ShardShape } from '../../model/shape.ts';
import { MAX_SIZE } from '../../numbers/constants.ts';
import { R } from '../../numbers/field.ts';
import { factId } from '../ids.ts';
import { type NamedShard, namedShard, type ProgramDefinition } from './definition.ts';
import { readCommitment, readPoints, readShard } from './readers.ts';
import { checkShard, checkShardCommitment } from './sizes.ts';
import { callOf, proofOf } from './targets.ts';

/** No row of a shard has the inputs of a row of another, or of a record; its registry is the audit. */
export interface DisjointStatement {
  program: 'disjoint';
  shard: ShardShape;
  shardCommitment: Commitment;
  /** the second shard; of a record the one row that stands for it */
  other: ShardShape;
  /** no points where there is a record */
  otherCommitment: Commitment;
  /** the record in place of a second shard */
  record: RowRecord | null;
  /** the challenge r of the proof, at which the record is a polynomial; h_0 does not bind it */
  point: bigint;
}

/** What a record is known by: the hash of its bytes, zero of none. */
export function recordHash(record: RowRecord | null): Hex {
  return record === null ? toHex(0n, { size: 32 }) : keccak256(recordBytes(record));
}

export const disjoint: ProgramDefinition<DisjointStatement> = {
  program: 'disjoint',
  parameters: ({ shard, other }) => [encodeShard(shard), encodeShard(other)],
  late: ({ record, point }) => [point, record === null ? 0n : recordAt(record, point)],
  extra: ({ record }) => [BigInt(recordHash(record))],
  oracles: ({ shardCommitment, otherCommitment }) => [shardCommitment, otherCommitment],
  subject(statement) {
    const { shard, other } = sidesOf(statement);
    const against = other?.id ?? recordHash(statement.record);
    const fact = { about: other ? 'disjoint' : 'absent', shard: shard.id, other: against } as const;
    return { id: factId('disjoint', shard.id, against), shard, ...(other && { others: [other] }), fact, parents: [] };
  },
  facts(statement) {
    const { shard, other } = sidesOf(statement);
    const { inputs, rows } = statement.shard;
    return {
      shard: shard.id,
      inputs,
      rows,
      ...(other ? { other: other.id, otherRows: statement.other.rows } : { record: recordHash(statement.record) }),
    };
  },
  leavesOpen: ({ record }) =>
    record === null
      ? 'Rows that are alike: two that differ by one unit in one input are two rows. That the schemas are true.'
      : 'Rows that are like the record: one that differs by one unit in one input is another row.',

  check({ shard, shardCommitment, other, otherCommitment, record, point }) {
    checkShard(shard);
    checkShardCommitment(shardCommitment, shard);
    if (point >= R) throw new InputError('The point of a comparison is below the order of the field.');
    // ShardsOfDifferentFamilies, WrongRecordLength
    if (shard.inputs !== other.inputs)
      throw new InputError(`Rows of ${shard.inputs} inputs cannot be compared with rows of ${other.inputs}.`);
    if (record === null) {
      checkShard(other);
      checkShardCommitment(otherCommitment, other);
      return;
    }
    checkRecord(record);
    if (encodeShard(recordShape(record)) !== encodeShard(other) || otherCommitment.length > 0)
      throw new InputError('A record stands for one row without a commitment.');
  },
  written: ({ record }) => ({ record: record === null ? '0x' : toHex(recordBytes(record)) }),
  read(file) {
    file.keys(['shard', 'shardCommitment', 'other', 'otherCommitment', 'record', 'point']);
    const bytes = file.at('record').bytes(2 * MAX_SIZE);
    const record = bytes === '0x' ? null : file.guard(() => recordOf(hexToBytes(bytes)));
    return {
      program: 'disjoint',
      shard: readShard(file.at('shard')),
      shardCommitment: readCommitment(file.at('shardCommitment')),
      other: readShard(file.at('other')),
      otherCommitment: readPoints(file.at('otherCommitment')),
      record,
      point: file.at('point').natural(R),
    };
  },

  // of a record the contract has another function, which `call` takes
  functionName: 'recordDisjoint',
  call({ shard, shardCommitment, other, otherCommitment, record, point }, proof) {
    if (record !== null) {
      const claim = {
        shard: shardCommitment,
        descriptor: encodeShard(shard),
        record: toHex(recordBytes(record)),
        point,
      };
      const args = [claim, proof] as const;
      const data = encodeFunctionData({ abi: lineageAuditAbi, functionName: 'recordAbsent', args });
      return callOf('recordAbsent', args, data);
    }
    const claim = {
      first: shardCommitment,
      firstDescriptor: encodeShard(shard),
      second: otherCommitment,
      secondDescriptor: encodeShard(other),
      point,
    };
    const args = [claim, proof] as const;
    return callOf(
      'recordDisjoint',
      args,
      encodeFunctionData({ abi: lineageAuditAbi, functionName: 'recordDisjoint', args }),
    );
  },
  decode(call) {
    if (call.functionName === 'recordAbsent') {
      const [{ shard, descriptor, record, point }, proof] = call.args;
      const own = recordOf(hexToBytes(record));
      const statement: DisjointStatement = {
        program: 'disjoint',
        shard: decodeShard(descriptor),
        shardCommitment: [...shard],
        other: recordShape(own),
        otherCommitment: [],
        record: own,
        point,
      };
      return { statement, proof: proofOf(proof) };
    }
    if (call.functionName !== 'recordDisjoint') return undefined;
    const [{ first, firstDescriptor, second, secondDescriptor, point }, proof] = call.args;
    const statement: DisjointStatement = {
      program: 'disjoint',
      shard: decodeShard(firstDescriptor),
      shardCommitment: [...first],
      other: decodeShard(secondDescriptor),
      otherCommitment: [...second],
      record: null,
      point,
    };
    return { statement, proof: proofOf(proof) };
  },

  event(statement) {
    const { shard, other } = sidesOf(statement);
    return other
      ? { name: 'DisjointShown', args: { first: shard.id, second: other.id } }
      : { name: 'AbsentShown', args: { shard: shard.id, record: recordHash(statement.record) } };
  },
};

/** Both shards; only the first where there is a record. */
function sidesOf({ shard, shardCommitment, other, otherCommitment, record }: DisjointStatement): {
  shard: NamedShard;
  other?: NamedShard;
} {
  const first = namedShard(shardCommitment, shard);
  return record === null ? { shard: first, other: namedShard(otherCommitment, other) } : { shard: first };
}
