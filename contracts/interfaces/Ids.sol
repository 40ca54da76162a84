// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @dev keccak256 of the words x, y of every point of the commitment, then the shape: one id means one model of one shape, everywhere.
type ModelId is bytes32;

/// @dev keccak256 of the words x, y of every point of the commitment, then the descriptor.
type ShardId is bytes32;

/// @dev keccak256(abi.encode(registrar, shardIds, uri)).
type DatasetId is bytes32;

/// @dev keccak256(abi.encode(dataset, opener, closingBlock, keccak256(abi.encode(rules)))).
type BenchmarkId is bytes32;

using {equalModels as ==} for ModelId global;

function equalModels(ModelId a, ModelId b) pure returns (bool) {
    return ModelId.unwrap(a) == ModelId.unwrap(b);
}
