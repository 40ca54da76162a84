// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IModelRegistry} from "../interfaces/IModelRegistry.sol";
import {G1Point} from "../interfaces/Proof.sol";

/// @title Claims of trainings, encoded as IVerifiers takes them
/// @notice Points go from call data to where they are sent from at once: a list of structs would be put into memory twice.
/// What is encoded grows at the end of memory, so nothing else may be put there until all claims are.
library TrainClaims {
    /// @dev Bytes of a claim before its points: four words of its own, parameters, extra, the number of points.
    uint256 private constant HEAD = 0x140;

    /// @notice One claim.
    function one(
        G1Point[] calldata parent,
        G1Point[] calldata child,
        G1Point[] calldata shard,
        uint256 shape,
        uint256 segment,
        uint256 descriptor
    ) internal pure returns (bytes memory claim) {
        assembly ("memory-safe") {
            claim := mload(0x40)
            mstore(claim, 0)
            mstore(0x40, add(claim, 0x20))
        }
        _append(claim, parent, child, shard, shape, segment, descriptor);
    }

    /// @notice The beginning of a list: how many there are, and room for the place of each.
    function list(uint256 count) internal pure returns (bytes memory claims) {
        assembly ("memory-safe") {
            claims := mload(0x40)
            let size := add(0x20, shl(5, count))
            mstore(claims, size)
            mstore(add(claims, 0x20), count)
            mstore(0x40, add(claims, add(0x20, size)))
        }
    }

    /// @notice Appends claim i to a list. Each is appended once, the first one first.
    function append(
        bytes memory claims,
        uint256 i,
        G1Point[] calldata parent,
        G1Point[] calldata child,
        G1Point[] calldata shard,
        uint256 shape,
        uint256 segment,
        uint256 descriptor
    ) internal pure {
        assembly ("memory-safe") {
            // Places count from behind the number of claims.
            mstore(add(claims, add(0x40, shl(5, i))), sub(mload(claims), 0x20))
        }
        _append(claims, parent, child, shard, shape, segment, descriptor);
    }

    /// @dev Claim{parameters: [shape, segment], extra: [descriptor], commitments: parent, child, shard, chunks: their numbers}
    function _append(
        bytes memory claims,
        G1Point[] calldata parent,
        G1Point[] calldata child,
        G1Point[] calldata shard,
        uint256 shape,
        uint256 segment,
        uint256 descriptor
    ) private pure {
        if (child.length != parent.length) revert IModelRegistry.WrongPointCount(child.length, parent.length);
        assembly ("memory-safe") {
            let at := add(add(claims, 0x20), mload(claims))
            mstore(at, 0x80)
            mstore(add(at, 0x20), 0xe0)
            mstore(add(at, 0x40), 0x120)
            mstore(add(at, 0x60), or(or(parent.length, shl(8, child.length)), shl(16, shard.length)))
            mstore(add(at, 0x80), 2)
            mstore(add(at, 0xa0), shape)
            mstore(add(at, 0xc0), segment)
            mstore(add(at, 0xe0), 1)
            mstore(add(at, 0x100), descriptor)
            mstore(add(at, 0x120), add(add(parent.length, child.length), shard.length))
            at := add(at, HEAD)
            calldatacopy(at, parent.offset, shl(6, parent.length))
            at := add(at, shl(6, parent.length))
            calldatacopy(at, child.offset, shl(6, child.length))
            at := add(at, shl(6, child.length))
            calldatacopy(at, shard.offset, shl(6, shard.length))
            at := add(at, shl(6, shard.length))
            mstore(claims, sub(at, add(claims, 0x20)))
            mstore(0x40, at)
        }
    }
}
