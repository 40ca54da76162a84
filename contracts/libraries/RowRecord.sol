// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ILineageAudit} from "../interfaces/ILineageAudit.sol";
import {ScalarField} from "./ScalarField.sol";

/// @title A public record that is compared with hidden rows
/// @notice Two bytes an input, two's complement, the highest byte first. The circuit has a row as a polynomial at a point (protocol,
/// section 14): the weight of input j is r^j.
library RowRecord {
    /// @notice What the circuit would say of a row with these inputs.
    /// @param inputs of the shard
    /// @param point r; one of the field's order or more gives no number that counts, since the verifiers take none
    /// @return value at the point, modulo the field's order
    function evaluate(bytes calldata record, uint256 inputs, uint256 point) internal pure returns (uint256 value) {
        uint256 expected = 2 * inputs;
        if (record.length != expected) revert ILineageAudit.WrongRecordLength(record.length, expected);
        uint256 order = ScalarField.R;
        assembly ("memory-safe") {
            // Horner's rule from the last input to the first. A word that ends with an input begins 30 bytes before it.
            let first := sub(record.offset, 0x20)
            for { let at := sub(add(record.offset, expected), 0x20) } gt(at, first) { at := sub(at, 2) } {
                let input := signextend(1, calldataload(at))
                // A negative number is what is lacking to the order.
                value := addmod(mulmod(value, point, order), add(input, mul(order, slt(input, 0))), order)
            }
        }
    }
}
