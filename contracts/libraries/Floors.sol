// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @dev Versions of keys, 8 bits for each of the programs 1..5 and for sparseMerge, the first lowest: 48 bits. 0: the program does
/// not occur.
type Floors is uint256;

using FloorsLibrary for Floors global;

/// @title The least version of each program's keys on all ways to a node
/// @notice A node's floors follow from its parents' and from what its own proof rests on, so that they are kept like any other
/// property of it and no question has to walk.
library FloorsLibrary {
    uint256 internal constant BITS = 48;
    /// @dev What stands for sparseMerge in the place of a program's number.
    uint256 internal constant SPARSE = 6;

    uint256 private constant LANE = 8;
    uint256 private constant LANE_MASK = (1 << LANE) - 1;

    /// @notice The floors of something that one proof made.
    /// @param program 1..5, or SPARSE
    /// @param version below 2^8
    function only(uint256 program, uint256 version) internal pure returns (Floors) {
        return Floors.wrap(version << (LANE * (program - 1)));
    }

    /// @notice The floors of something that rests on both.
    function with(Floors a, Floors b) internal pure returns (Floors) {
        (uint256 x, uint256 y) = (Floors.unwrap(a), Floors.unwrap(b));
        if (x == y) return a;
        uint256 both = 0;
        unchecked {
            for (uint256 shift = 0; shift < BITS; shift += LANE) {
                uint256 left = (x >> shift) & LANE_MASK;
                uint256 right = (y >> shift) & LANE_MASK;
                // Of 0 and a version, the version; `- 1` puts 0 behind all.
                both |= (left - 1 < right - 1 ? left : right) << shift;
            }
        }
        return Floors.wrap(both);
    }

    /// @notice The floors of something that rests on this and on one more proof.
    /// @param program 1..5
    /// @param version below 2^8
    function withVersion(Floors floors, uint256 program, uint256 version) internal pure returns (Floors) {
        uint256 known = floors.lowest(program);
        if (known != 0 && known <= version) return floors;
        uint256 shift = LANE * (program - 1);
        return Floors.wrap((Floors.unwrap(floors) & ~(LANE_MASK << shift)) | (version << shift));
    }

    /// @notice The floor of a program, 1..5 or SPARSE; 0 for numbers that are none.
    function lowest(Floors floors, uint256 program) internal pure returns (uint256) {
        if (program == 0 || program > BITS / LANE) return 0;
        return (Floors.unwrap(floors) >> (LANE * (program - 1))) & LANE_MASK;
    }
}
