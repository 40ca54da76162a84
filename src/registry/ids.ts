import { encodeAbiParameters, type Hex, keccak256 } from 'viem';
import type { Point } from '../argument/types.ts';

/** Id of a model: keccak256(abi.encode(commitment.x, commitment.y, shape)). */
export function modelId(commitment: Point, shape: bigint): Hex {
  return ofCommitted(commitment, shape);
}

/** Id of a shard: keccak256(abi.encode(commitment.x, commitment.y, descriptor)). */
export function shardId(commitment: Point, descriptor: bigint): Hex {
  return ofCommitted(commitment, descriptor);
}

/** Id of a dataset. @param shardIds strictly ascending (`ascending`) */
export function datasetId(shardIds: readonly Hex[], uri: string): Hex {
  return keccak256(encodeAbiParameters([{ type: 'bytes32[]' }, { type: 'string' }], [shardIds, uri]));
}

/** Ids in the order that `registerDataset` demands, duplicates removed. */
export function ascending(ids: readonly Hex[]): Hex[] {
  return [...new Set(ids.map((id) => id.toLowerCase() as Hex))].sort();
}

/** Id of a result: keccak256(abi.encode(model, shard)). Contracts store results under both, this joins them. */
export function scoreId(model: Hex, shard: Hex): Hex {
  return keccak256(encodeAbiParameters([{ type: 'bytes32' }, { type: 'bytes32' }], [model, shard]));
}

function ofCommitted({ x, y }: Point, geometry: bigint): Hex {
  return keccak256(
    encodeAbiParameters([{ type: 'uint256' }, { type: 'uint256' }, { type: 'uint256' }], [x, y, geometry]),
  );
}
