// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IModelRegistry} from "../interfaces/IModelRegistry.sol";
import {G1Point} from "../interfaces/Proof.sol";

/// @title Claims, encoded as IVerifiers takes them
/// @notice Points go from call data to where they are sent from at once: structs of them would be put into memory twice. What is
/// encoded grows at the end of memory, so nothing else may be put there until all is.
library Claims {
    uint256 private constant COUNT_BITS = 8;
    uint256 private constant TWICE_COUNT_BITS = 16;

    /// @notice What a single claim is put into.
    function begin() internal pure returns (bytes memory claims) {
        assembly ("memory-safe") {
            claims := mload(0x40)
            mstore(claims, 0)
            mstore(0x40, add(claims, 0x20))
        }
    }

    /// @notice What a list of claims is put into: how many there are, and room for the place of each.
    function beginList(uint256 count) internal pure returns (bytes memory claims) {
        assembly ("memory-safe") {
            claims := mload(0x40)
            let size := add(0x20, shl(5, count))
            mstore(claims, size)
            mstore(add(claims, 0x20), count)
            mstore(0x40, add(claims, add(0x20, size)))
        }
    }

    /// @notice Says that claim i of a list comes next. Each is said once, the first one first.
    function place(bytes memory claims, uint256 i) internal pure {
        assembly ("memory-safe") {
            // Places count from behind the number of claims.
            mstore(add(claims, add(0x40, shl(5, i))), sub(mload(claims), 0x20))
        }
    }

    /// @notice Puts a claim without its points, which follow by `add`.
    /// @param chunks how many points each oracle has, as in `Claim`
    /// @param points of all oracles together
    function open(
        bytes memory claims,
        uint256[] memory parameters,
        uint256[] memory extra,
        uint256 chunks,
        uint256 points
    ) internal pure {
        assembly ("memory-safe") {
            let at := add(add(claims, 0x20), mload(claims))
            let ofParameters := shl(5, add(mload(parameters), 1))
            let ofExtra := shl(5, add(mload(extra), 1))
            // Places of parameters, extra and points, then the chunks.
            mstore(at, 0x80)
            mstore(add(at, 0x20), add(0x80, ofParameters))
            mstore(add(at, 0x40), add(0x80, add(ofParameters, ofExtra)))
            mstore(add(at, 0x60), chunks)
            at := add(at, 0x80)
            mcopy(at, parameters, ofParameters)
            at := add(at, ofParameters)
            mcopy(at, extra, ofExtra)
            at := add(at, ofExtra)
            mstore(at, points)
            at := add(at, 0x20)
            mstore(claims, sub(at, add(claims, 0x20)))
            mstore(0x40, at)
        }
    }

    /// @notice Puts the points of an oracle behind what is there.
    function add(bytes memory claims, G1Point[] calldata points) internal pure {
        assembly ("memory-safe") {
            let at := add(add(claims, 0x20), mload(claims))
            let size := shl(6, points.length)
            calldatacopy(at, points.offset, size)
            mstore(claims, add(mload(claims), size))
            mstore(0x40, add(at, size))
        }
    }

    /// @notice Puts the claim of a training at once: runs have many. Parent and child must have as many points.
    /// @param parameters those of all trainings of a shape; the last one is filled in here
    /// @param segment the last parameter
    /// @param descriptor of the shard, the one extra word
    function addTraining(
        bytes memory claims,
        uint256[] memory parameters,
        uint256 segment,
        uint256 descriptor,
        G1Point[] calldata parent,
        G1Point[] calldata child,
        G1Point[] calldata shard
    ) internal pure {
        if (child.length != parent.length) revert IModelRegistry.WrongPointCount(child.length, parent.length);
        assembly ("memory-safe") {
            let at := add(add(claims, 0x20), mload(claims))
            let count := shl(5, mload(parameters))
            mstore(add(parameters, count), segment)
            mstore(at, 0x80)
            mstore(add(at, 0x20), add(0xa0, count))
            mstore(add(at, 0x40), add(0xe0, count))
            mstore(add(at, 0x60), or(or(parent.length, shl(COUNT_BITS, child.length)), shl(TWICE_COUNT_BITS, shard.length)))
            at := add(at, 0x80)
            mcopy(at, parameters, add(count, 0x20))
            at := add(at, add(count, 0x20))
            mstore(at, 1)
            mstore(add(at, 0x20), descriptor)
            mstore(add(at, 0x40), add(add(parent.length, child.length), shard.length))
            at := add(at, 0x60)
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

    /// @notice How many points an oracle has, at its place in `Claim.chunks`.
    /// @param points fewer than 2^8
    function countAt(uint256 oracle, uint256 points) internal pure returns (uint256) {
        return points << (COUNT_BITS * oracle);
    }
}
