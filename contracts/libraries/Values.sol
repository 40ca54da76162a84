// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IInferences} from "../interfaces/IInferences.sol";
import {Network} from "./Network.sol";
import {ScalarField} from "./ScalarField.sol";
import {Shape} from "./Shape.sol";

/// @title Public inputs and outputs of inferences
/// @notice Two bytes a value, the first byte highest, two's complement, row after row. So each is in [-2^15, 2^15), which is all
/// that the argument asks of it. The circuit has them as a polynomial at a point (protocol, section 13): of value j of row s the
/// weight is x^(j + 4096 s), of a pixel x^(column + 64 line + 4096 channel + 2^24 s).
library Values {
    /// @dev log2 of how far lines, channels and rows stand apart in the exponents.
    uint256 private constant LINE_BITS = 6;
    uint256 private constant CHANNEL_BITS = 12;
    uint256 private constant PICTURE_BITS = 24;
    bytes1 private constant PUBLIC = 0x01;

    /// @notice The value at the point of public inputs of a model of this shape.
    /// @param point x; one of r or more gives no number that counts, since the verifiers take none
    function evaluateInputs(bytes calldata values, uint256 shape, uint256 rows, uint256 point)
        internal
        pure
        returns (uint256)
    {
        if (!Network.isNetwork(shape)) return _plain(values, Shape.modelInputs(shape), rows, point);
        (uint256 channels, uint256 side) = (Network.channelsOf(shape), Network.sideOf(shape));
        _requireLength(values, rows * channels * side * side);
        unchecked {
            uint256 line = _power(point, (1 << LINE_BITS) - side);
            uint256 channel = _power(point, (1 << CHANNEL_BITS) - (side << LINE_BITS));
            uint256 row = rows == 1 ? 0 : _power(point, (1 << PICTURE_BITS) - (channels << CHANNEL_BITS));
            uint256 end = _end(values);
            uint256 value;
            uint256 size = 2 * side;
            for (; rows != 0; --rows) {
                value = mulmod(value, row, ScalarField.R);
                for (uint256 c = channels; c != 0; --c) {
                    value = mulmod(value, channel, ScalarField.R);
                    for (uint256 y = side; y != 0; --y) {
                        value = _run(mulmod(value, line, ScalarField.R), end, size, point);
                        end -= size;
                    }
                }
            }
            return value;
        }
    }

    /// @notice The same of public outputs.
    function evaluateOutputs(bytes calldata values, uint256 shape, uint256 rows, uint256 point)
        internal
        pure
        returns (uint256)
    {
        return _plain(values, Shape.modelOutputs(shape), rows, point);
    }

    /// @notice What a statement binds of public values: their hash.
    function hash(bytes calldata values) internal pure returns (bytes32) {
        return keccak256(values);
    }

    /// @notice What names public values. Commitments are named by hashes of whole words, so that no values have the name of one:
    /// a byte stands before them.
    function id(bytes calldata values) internal pure returns (bytes32) {
        return keccak256(bytes.concat(PUBLIC, values));
    }

    /// @dev Rows of `width` values.
    function _plain(bytes calldata values, uint256 width, uint256 rows, uint256 point)
        private
        pure
        returns (uint256 value)
    {
        _requireLength(values, rows * width);
        unchecked {
            uint256 row = rows == 1 ? 0 : _power(point, (1 << CHANNEL_BITS) - width);
            uint256 end = _end(values);
            uint256 size = 2 * width;
            for (; rows != 0; --rows) {
                value = _run(mulmod(value, row, ScalarField.R), end, size, point);
                end -= size;
            }
        }
    }

    /// @dev Horner's rule from the last value to the first.
    /// @param end a word in call data that ends with the last value
    /// @param size of the values in bytes
    function _run(uint256 value, uint256 end, uint256 size, uint256 point) private pure returns (uint256) {
        uint256 order = ScalarField.R;
        assembly ("memory-safe") {
            // A limb from 2^15 on stands for itself less 2^16. One by one until a multiple of four is left, then four of each word.
            let borrow := sub(order, 0x10000)
            let first := sub(end, size)
            for { let odd := sub(end, and(size, 6)) } gt(end, odd) { end := sub(end, 2) } {
                let limb := and(calldataload(end), 0xffff)
                value := addmod(mulmod(value, point, order), add(limb, mul(gt(limb, 0x7fff), borrow)), order)
            }
            for {} gt(end, first) { end := sub(end, 8) } {
                let word := calldataload(end)
                let limb := and(word, 0xffff)
                value := addmod(mulmod(value, point, order), add(limb, mul(gt(limb, 0x7fff), borrow)), order)
                limb := and(shr(16, word), 0xffff)
                value := addmod(mulmod(value, point, order), add(limb, mul(gt(limb, 0x7fff), borrow)), order)
                limb := and(shr(32, word), 0xffff)
                value := addmod(mulmod(value, point, order), add(limb, mul(gt(limb, 0x7fff), borrow)), order)
                limb := and(shr(48, word), 0xffff)
                value := addmod(mulmod(value, point, order), add(limb, mul(gt(limb, 0x7fff), borrow)), order)
            }
        }
        return value;
    }

    /// @dev A word that ends with a value begins 30 bytes before it.
    function _end(bytes calldata values) private pure returns (uint256 end) {
        assembly ("memory-safe") {
            end := sub(add(values.offset, values.length), 0x20)
        }
    }

    function _requireLength(bytes calldata values, uint256 count) private pure {
        unchecked {
            if (values.length != 2 * count) revert IInferences.WrongValuesLength(values.length, 2 * count);
        }
    }

    /// @param exponent below 2^25
    function _power(uint256 point, uint256 exponent) private pure returns (uint256 power) {
        power = 1;
        for (; exponent != 0; exponent >>= 1) {
            if (exponent & 1 == 1) power = mulmod(power, point, ScalarField.R);
            point = mulmod(point, point, ScalarField.R);
        }
    }
}
