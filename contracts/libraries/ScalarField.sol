// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IVerifiers} from "../interfaces/IVerifiers.sol";

/// @title The scalar field of BN254: the field of circuits, challenges and signals
library ScalarField {
    /// @dev The field's order r.
    uint256 internal constant R = 0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001;

    /// @notice A hash as a field element: its remainder modulo r. Only for hashes; outside values are never reduced.
    function fromHash(bytes32 hash) internal pure returns (uint256) {
        return uint256(hash) % R;
    }

    /// @notice Rejects values of which any is not canonical.
    /// @param place of the first in the call data; the others follow it
    function requireCanonical(uint256 place, uint256 count) internal pure {
        bool valid = true;
        assembly ("memory-safe") {
            let end := add(place, shl(5, count))
            for { let at := place } lt(at, end) { at := add(at, 0x20) } { valid := and(valid, lt(calldataload(at), R)) }
        }
        // Which one it is only matters to whoever reads the error.
        if (!valid) _reject(place);
    }

    /// @notice Rejects challenges of which any of the first seven words is not canonical: all but the list.
    /// @param place of the challenges in the call data
    function requireCanonicalChallenges(uint256 place) internal pure {
        bool valid;
        assembly ("memory-safe") {
            function areBelow(at, order) -> both {
                both := and(lt(calldataload(at), order), lt(calldataload(add(at, 0x20)), order))
            }
            valid := and(areBelow(place, R), areBelow(add(place, 0x40), R))
            valid := and(valid, and(areBelow(add(place, 0x80), R), lt(calldataload(add(place, 0xc0)), R)))
        }
        if (!valid) _reject(place);
    }

    /// @dev Reverts with the first that is not canonical, of which there must be one.
    function _reject(uint256 place) private pure {
        uint256 value = _valueAt(place);
        while (value < R) {
            place += 32;
            value = _valueAt(place);
        }
        revert IVerifiers.SignalNotInField(value);
    }

    function _valueAt(uint256 place) private pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := calldataload(place)
        }
    }
}
