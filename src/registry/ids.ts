import { type Address, concat, encodeAbiParameters, type Hex, keccak256, numberToHex } from 'viem';
import type { Commitment } from '../argument/types.ts';

/** Id of a model: keccak256 of x, y of every chunk of its commitment and its shape (protocol section 1). */
export function modelId(commitment: Readonly<Commitment>, shape: bigint): Hex {
  return ofCommitted(commitment, shape);
}

/** Id of a shard: keccak256 of x, y of every chunk of its commitment and its descriptor. */
export function shardId(commitment: Readonly<Commitment>, descriptor: bigint): Hex {
  return ofCommitted(commitment, descriptor);
}

/** Id of a dataset. @param registrar whoever registers it @param shardIds strictly ascending (`ascending`) */
export function datasetId(registrar: Address, shardIds: readonly Hex[], uri: string): Hex {
  return keccak256(
    encodeAbiParameters([{ type: 'address' }, { type: 'bytes32[]' }, { type: 'string' }], [registrar, shardIds, uri]),
  );
}

/** Ids in the order that `registerDataset` demands, duplicates removed. */
export function ascending(ids: readonly Hex[]): Hex[] {
  return [...new Set(ids.map((id) => id.toLowerCase() as Hex))].sort();
}

/** Id of a result: keccak256(abi.encode(model, shard)). Contracts store results under both, this joins them. */
export function scoreId(model: Hex, shard: Hex): Hex {
  return keccak256(encodeAbiParameters([{ type: 'bytes32' }, { type: 'bytes32' }], [model, shard]));
}

/** Id of an inference: keccak256(abi.encode(model, inputs, outputs)), each as in IInferences.Inference. */
export function inferenceId(model: Hex, inputs: Hex, outputs: Hex): Hex {
  const types = [{ type: 'bytes32' }, { type: 'bytes32' }, { type: 'bytes32' }] as const;
  return keccak256(encodeAbiParameters(types, [model, inputs, outputs]));
}

/** What names public inputs or outputs: a byte before them keeps the names of commitments apart, which are hashes of whole words. */
export function publicId(values: Hex): Hex {
  return keccak256(concat(['0x01', values]));
}

/** What names committed inputs or outputs: their commitment, the values of a row and the rows. */
export function committedId(commitment: Readonly<Commitment>, width: number, rows: number): Hex {
  return ofCommitted(commitment, (1n << 128n) | (BigInt(width) << 16n) | BigInt(rows));
}

/** Id of a fact about rows, for files and messages: the contract keeps facts under what they are about. @param other a shard, the hash of a record or a dataset */
export function factId(program: 'disjoint' | 'subset', shard: Hex, other: Hex): Hex {
  const types = [{ type: 'string' }, { type: 'bytes32' }, { type: 'bytes32' }] as const;
  return keccak256(encodeAbiParameters(types, [program, shard, other]));
}

function ofCommitted(commitment: Readonly<Commitment>, geometry: bigint): Hex {
  const coordinates = commitment.flatMap(({ x, y }) => [x, y]);
  return keccak256(concat([...coordinates, geometry].map((word) => numberToHex(word, { size: 32 }))));
}
