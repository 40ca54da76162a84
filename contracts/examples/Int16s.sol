// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

/// @title Example: the bytes of public inputs and outputs
/// @notice Two bytes a value, the first byte highest, two's complement, in units of 2^-9 (see IInferences).
library Int16s {
    /// @notice The values as bytes.
    function pack(int16[] memory values) internal pure returns (bytes memory packed) {
        packed = new bytes(2 * values.length);
        for (uint256 k = 0; k < values.length; ++k) {
            uint16 word = uint16(values[k]);
            packed[2 * k] = bytes1(uint8(word >> 8));
            packed[2 * k + 1] = bytes1(uint8(word));
        }
    }

    /// @notice One of them.
    function at(bytes calldata packed, uint256 k) internal pure returns (int16) {
        return int16(uint16(bytes2(packed[2 * k:2 * k + 2])));
    }
}
