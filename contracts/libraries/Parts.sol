// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Challenges, Claim, G1Point, Points, Proof} from "../interfaces/Proof.sol";

/// @dev Where the parts of a claim and its proof stand in the call data, how many words or points a list has, and what was
/// found out about them.
struct Parts {
    uint256 parameters;
    uint256 parameterCount;
    uint256 extra;
    uint256 extraCount;
    uint256 commitments;
    uint256 commitmentCount;
    /// as in the claim
    uint256 chunks;
    uint256 groth16;
    uint256 points;
    uint256 trace;
    uint256 traceCount;
    uint256 helper;
    uint256 helperCount;
    uint256 challenges;
    uint256 chunk;
    uint256 chunkCount;
    /// the public signals beside c
    uint256 fold;
    uint256 v;
    /// place of each commitment's term
    uint256[] terms;
}

/// @title The parts of a claim and its proof, each found once
/// @notice Whenever a part is read from a claim or a proof, the compiler checks where it stands. A batch reads most parts
/// several times. So all are found here, with those checks, and kept with their places.
library PartsLibrary {
    uint256 private constant SIZE = 0x260;

    /// @notice A list of so many parts, of which each is to be written before it is read: unlike the compiler's, they are
    /// not zero.
    function listOf(uint256 count) internal pure returns (Parts[] memory list) {
        assembly ("memory-safe") {
            list := mload(0x40)
            mstore(list, count)
            let first := add(list, add(0x20, shl(5, count)))
            let parts := first
            for { let place := add(list, 0x20) } lt(place, first) { place := add(place, 0x20) } {
                mstore(place, parts)
                parts := add(parts, SIZE)
            }
            mstore(0x40, parts)
        }
    }

    function findClaim(Parts memory parts, Claim calldata claim) internal pure {
        uint256[] calldata parameters = claim.parameters;
        uint256[] calldata extra = claim.extra;
        G1Point[] calldata commitments = claim.commitments;
        uint256 chunks = claim.chunks;
        assembly ("memory-safe") {
            mstore(parts, parameters.offset)
            mstore(add(parts, 0x20), parameters.length)
            mstore(add(parts, 0x40), extra.offset)
            mstore(add(parts, 0x60), extra.length)
            mstore(add(parts, 0x80), commitments.offset)
            mstore(add(parts, 0xa0), commitments.length)
            mstore(add(parts, 0xc0), chunks)
        }
    }

    function findProof(Parts memory parts, Proof calldata proof) internal pure {
        Points calldata points_ = proof.points;
        Challenges calldata challenges_ = proof.challenges;
        G1Point[] calldata trace = points_.trace;
        G1Point[] calldata helper = points_.helper;
        uint256[] calldata chunk = challenges_.chunk;
        assembly ("memory-safe") {
            // The eight words of Groth16 stand first.
            mstore(add(parts, 0xe0), proof)
            mstore(add(parts, 0x100), points_)
            mstore(add(parts, 0x120), trace.offset)
            mstore(add(parts, 0x140), trace.length)
            mstore(add(parts, 0x160), helper.offset)
            mstore(add(parts, 0x180), helper.length)
            mstore(add(parts, 0x1a0), challenges_)
            mstore(add(parts, 0x1c0), chunk.offset)
            mstore(add(parts, 0x1e0), chunk.length)
        }
    }

    function pointsOf(Parts memory parts) internal pure returns (Points calldata points_) {
        uint256 place = parts.points;
        assembly ("memory-safe") {
            points_ := place
        }
    }

    function challengesOf(Parts memory parts) internal pure returns (Challenges calldata challenges_) {
        uint256 place = parts.challenges;
        assembly ("memory-safe") {
            challenges_ := place
        }
    }

    function groth16Of(Parts memory parts) internal pure returns (uint256[8] calldata groth16_) {
        uint256 place = parts.groth16;
        assembly ("memory-safe") {
            groth16_ := place
        }
    }
}
