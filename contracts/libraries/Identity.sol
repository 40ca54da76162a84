// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IBenchmarks} from "../interfaces/IBenchmarks.sol";
import {BenchmarkId, DatasetId, ModelId, ShardId} from "../interfaces/Ids.sol";
import {G1Point} from "../interfaces/Proof.sol";

/// @title Ids, derived from content
/// @notice Commitments and shapes need not be stored: a caller passes them again and the id's hash proves them.
library Identity {
    function ofModel(G1Point[] calldata commitment, uint256 shape) internal pure returns (ModelId) {
        return ModelId.wrap(_ofCommitted(commitment, shape));
    }

    function ofShard(G1Point[] calldata commitment, uint256 descriptor) internal pure returns (ShardId) {
        return ShardId.wrap(_ofCommitted(commitment, descriptor));
    }

    /// @param geometry as no model and no shard has it
    function ofVector(G1Point[] calldata commitment, uint256 geometry) internal pure returns (bytes32) {
        return _ofCommitted(commitment, geometry);
    }

    function ofDataset(address registrar, ShardId[] calldata shardIds, string calldata uri)
        internal
        pure
        returns (DatasetId)
    {
        return DatasetId.wrap(keccak256(abi.encode(registrar, shardIds, uri)));
    }

    function ofBenchmark(DatasetId dataset, address opener, uint256 closingBlock, IBenchmarks.Rules calldata rules)
        internal
        pure
        returns (BenchmarkId)
    {
        bytes32 rulesHash = keccak256(abi.encode(rules));
        return BenchmarkId.wrap(keccak256(abi.encode(dataset, opener, closingBlock, rulesHash)));
    }

    /// @dev keccak256 of the words x, y of every point, then the geometry.
    function _ofCommitted(G1Point[] calldata commitment, uint256 geometry) private pure returns (bytes32 id) {
        assembly ("memory-safe") {
            // Points are two words each, without gaps. The free memory is used and left free.
            let buffer := mload(0x40)
            let size := shl(6, commitment.length)
            calldatacopy(buffer, commitment.offset, size)
            mstore(add(buffer, size), geometry)
            id := keccak256(buffer, add(size, 0x20))
        }
    }
}
