import { type Address, encodeFunctionData, getAddress, type Hex } from 'viem';
import type { Commitment } from '../../argument/types.ts';
import { InputError } from '../../errors/InputError.ts';
import { lineageAuditAbi } from '../../generated/abi.ts';
import { decodeShard, encodeShard, type ShardShape } from '../../model/shape.ts';
import { MAX_SETS } from '../../numbers/constants.ts';
import type { DatasetList } from '../attestation.ts';
import { ascending, datasetId, factId } from '../ids.ts';
import type { JsonReader } from '../jsonReader.ts';
import { type NamedShard, namedShard, type ProgramDefinition } from './definition.ts';
import { readCommitment, readShard } from './readers.ts';
import { checkShard, checkShardCommitment } from './sizes.ts';
import { callOf, proofOf } from './targets.ts';

/** A shard with its commitment. */
export interface CommittedShard {
  shape: ShardShape;
  commitment: Commitment;
}

/** Every row of a shard, inputs and labels, is a row of some shards of a dataset; its registry is the audit. */
export interface SubsetStatement {
  program: 'subset';
  shard: ShardShape;
  shardCommitment: Commitment;
  /** 1..16 shards of the dataset, in the order of its list */
  sets: CommittedShard[];
  list: DatasetList;
}

/** Shards that a dataset lists and bytes of its text, at most, as far as files may say. */
const MAX_LISTED = 4096;
const MAX_URI = 256;

export const subset: ProgramDefinition<SubsetStatement> = {
  program: 'subset',
  parameters({ shard, sets }) {
    const absent = new Array<bigint>(Math.max(0, MAX_SETS - sets.length)).fill(0n);
    return [encodeShard(shard), BigInt(sets.length), ...sets.map(({ shape }) => encodeShard(shape)), ...absent];
  },
  extra: ({ list }) => [BigInt(datasetOf(list))],
  oracles({ shardCommitment, sets }) {
    const absent = new Array<Commitment>(Math.max(0, MAX_SETS - sets.length)).fill([]);
    return [shardCommitment, ...sets.map(({ commitment }) => commitment), ...absent];
  },
  subject({ shard, shardCommitment, sets, list }) {
    const own = namedShard(shardCommitment, shard);
    const dataset = datasetOf(list);
    const fact = { about: 'subset', shard: own.id, other: dataset } as const;
    return { id: factId('subset', own.id, dataset), shard: own, others: sets.map(named), fact, parents: [] };
  },
  facts: ({ shard, shardCommitment, sets, list }) => ({
    shard: namedShard(shardCommitment, shard).id,
    rows: shard.rows,
    dataset: datasetOf(list),
    sets: sets.map((set) => named(set).id),
  }),
  leavesOpen: () => 'That the dataset is whose it is said to be: whether a source attests it is asked when it matters.',

  check({ shard, shardCommitment, sets, list }) {
    checkShard(shard);
    checkShardCommitment(shardCommitment, shard);
    // WrongSetCount
    if (sets.length < 1 || sets.length > MAX_SETS)
      throw new InputError(`Rows are looked for in 1 to ${MAX_SETS} shards, not ${sets.length}.`);
    const wanted = familyOf(shard);
    for (const { shape, commitment } of sets) {
      checkShard(shape);
      checkShardCommitment(commitment, shape);
      // ShardsOfDifferentFamilies
      if (familyOf(shape) !== wanted)
        throw new InputError(`Rows of ${wanted} cannot be compared with rows of ${familyOf(shape)}.`);
    }
    // NotInDataset
    const places = sets.map((set) => list.shardIds.indexOf(named(set).id));
    if (places.some((place, i) => place < 0 || (i > 0 && place <= places[i - 1])))
      throw new InputError('The sets are no shards of the dataset, or not in the order of its list.');
  },
  read(file) {
    file.keys(['shard', 'shardCommitment', 'sets', 'list']);
    return {
      program: 'subset',
      shard: readShard(file.at('shard')),
      shardCommitment: readCommitment(file.at('shardCommitment')),
      sets: file
        .at('sets')
        .list(MAX_SETS)
        .map((set) => {
          set.keys(['shape', 'commitment']);
          return { shape: readShard(set.at('shape')), commitment: readCommitment(set.at('commitment')) };
        }),
      list: readList(file.at('list')),
    };
  },

  functionName: 'recordSubset',
  call({ shard, shardCommitment, sets, list }, proof) {
    const claim = {
      shard: shardCommitment,
      descriptor: encodeShard(shard),
      list,
      sets: sets.map(({ commitment }) => commitment),
      descriptors: sets.map(({ shape }) => encodeShard(shape)),
    };
    const args = [claim, proof] as const;
    return callOf(
      'recordSubset',
      args,
      encodeFunctionData({ abi: lineageAuditAbi, functionName: 'recordSubset', args }),
    );
  },
  decode(call) {
    if (call.functionName !== 'recordSubset') return undefined;
    const [{ shard, descriptor, list, sets, descriptors }, proof] = call.args;
    const statement: SubsetStatement = {
      program: 'subset',
      shard: decodeShard(descriptor),
      shardCommitment: [...shard],
      sets: sets.map((commitment, i) => ({ shape: decodeShard(descriptors[i]), commitment: [...commitment] })),
      list: { ...list, shardIds: [...list.shardIds] },
    };
    return { statement, proof: proofOf(proof) };
  },

  event({ shard, shardCommitment, list }) {
    return { name: 'SubsetShown', args: { shard: namedShard(shardCommitment, shard).id, dataset: datasetOf(list) } };
  },
};

const named = ({ shape, commitment }: CommittedShard): NamedShard => namedShard(commitment, shape);

function datasetOf({ registrar, shardIds, uri }: DatasetList): Hex {
  return datasetId(registrar, shardIds, uri);
}

const familyOf = ({ inputs, outputs, kind }: ShardShape): string => `${inputs} inputs and ${outputs} outputs (${kind})`;

function readList(file: JsonReader): DatasetList {
  file.keys(['registrar', 'shardIds', 'uri']);
  const shardIds = file
    .at('shardIds')
    .list(MAX_LISTED)
    .map((id) => id.hex(32));
  if (ascending(shardIds).join() !== shardIds.join()) file.at('shardIds').fail('must ascend');
  const registrar = file.at('registrar').hex(20);
  return {
    registrar: file.guard(() => getAddress(registrar)) as Address,
    shardIds,
    uri: file.at('uri').string(MAX_URI),
  };
}
