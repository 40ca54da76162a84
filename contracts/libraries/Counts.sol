// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IModelRegistry} from "../interfaces/IModelRegistry.sol";
import {IScoreboard} from "../interfaces/IScoreboard.sol";
import {ScalarField} from "./ScalarField.sol";

/// @title Counts by label and predicted class, as one score states them
/// @notice Two bytes each, the first byte highest. Of classes the rows of label i that are shown to be predicted as class j, row
/// by row of i; of labels the rows with label j right. The circuit has the counts as a polynomial at a point (protocol,
/// section 11): the weight of a count is x^(4096 i + j), of labels x^j.
library Counts {
    /// @dev Most classes, and most labels, whose counts are taken: they are sent and evaluated one by one.
    uint256 private constant MAX_CLASSES = 32;
    uint256 private constant MAX_LABELS = 1024;
    /// @dev log2 4096
    uint256 private constant ROW_BITS = 12;

    /// @notice What the circuit says of counts, and their sum.
    /// @param outputs of the shard, which are its classes or labels
    /// @param rows of the shard
    /// @param point x; one of r or more gives no number that counts, since the verifiers take none
    /// @return value at the point, modulo r; 0 of no counts
    /// @return sum of all counts
    function evaluate(
        bytes calldata counts,
        IModelRegistry.ShardKind kind,
        uint256 outputs,
        uint256 rows,
        uint256 point
    ) internal pure returns (uint256 value, uint256 sum) {
        if (counts.length == 0) return (0, 0);
        bool classes = kind == IModelRegistry.ShardKind.Classes;
        uint256 lines = _linesOf(kind, outputs);
        uint256 expected = 2 * lines * outputs;
        if (counts.length != expected) revert IScoreboard.WrongCountsLength(counts.length, expected);
        uint256 power = classes ? _powerOfRow(point) : 0;
        uint256 order = ScalarField.R;
        assembly ("memory-safe") {
            // Horner's rule from the last count to the first. A word that ends with a count begins 30 bytes before it.
            let at := sub(add(counts.offset, counts.length), 0x20)
            for {} lines { lines := sub(lines, 1) } {
                let line := 0
                for { let first := sub(at, shl(1, outputs)) } gt(at, first) { at := sub(at, 2) } {
                    let count := and(calldataload(at), 0xffff)
                    sum := add(sum, count)
                    line := addmod(mulmod(line, point, order), count, order)
                }
                value := addmod(mulmod(value, power, order), line, order)
            }
        }
        uint256 most = classes ? rows : rows * outputs;
        if (sum > most) revert IScoreboard.CountsOutOfRange(sum, most);
    }

    /// @notice What a statement binds of counts: their hash, 0 of none.
    function hash(bytes calldata counts) internal pure returns (bytes32) {
        return counts.length == 0 ? bytes32(0) : keccak256(counts);
    }

    /// @dev How many lines of `outputs` counts there are; 0 where none are taken.
    function _linesOf(IModelRegistry.ShardKind kind, uint256 outputs) private pure returns (uint256) {
        if (kind == IModelRegistry.ShardKind.Classes) return outputs > MAX_CLASSES ? 0 : outputs;
        return kind == IModelRegistry.ShardKind.Labels && outputs <= MAX_LABELS ? 1 : 0;
    }

    /// @dev x^4096
    function _powerOfRow(uint256 point) private pure returns (uint256 power) {
        power = point;
        for (uint256 bit = 0; bit < ROW_BITS; ++bit) {
            power = mulmod(power, power, ScalarField.R);
        }
    }
}
