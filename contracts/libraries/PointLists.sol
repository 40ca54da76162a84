// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {G1Point} from "../interfaces/Proof.sol";

/// @title Lists of points for a claim, put together from call data
library PointLists {
    uint256 private constant COUNT_BITS = 8;

    /// @notice Copies points into a list, all at once.
    /// @param list a new one; its places from `from` on, as many as there are points
    /// @return next the place behind them
    function put(G1Point[] memory list, uint256 from, G1Point[] calldata points) internal pure returns (uint256 next) {
        next = from + points.length;
        uint256 point;
        assembly ("memory-safe") {
            // A list in memory holds the places of its points, which need not follow one another; here they do.
            point := mload(0x40)
            let size := shl(6, points.length)
            calldatacopy(point, points.offset, size)
            mstore(0x40, add(point, size))
        }
        for (uint256 i = from; i < next; ++i) {
            assembly ("memory-safe") {
                mstore(add(add(list, 0x20), shl(5, i)), point)
                point := add(point, 0x40)
            }
        }
    }

    /// @notice An empty list with room for points that are put into it. Unlike `new`, it makes no points to be thrown away.
    function withRoom(uint256 count) internal pure returns (G1Point[] memory list) {
        assembly ("memory-safe") {
            list := mload(0x40)
            mstore(list, count)
            mstore(0x40, add(list, add(0x20, shl(5, count))))
        }
    }

    /// @notice How many points an oracle has, at its place in `Claim.chunks`.
    /// @param points fewer than 2^8
    function countAt(uint256 oracle, uint256 points) internal pure returns (uint256) {
        return points << (COUNT_BITS * oracle);
    }
}
