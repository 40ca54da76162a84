// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IVerifiers} from "../interfaces/IVerifiers.sol";
import {Challenges} from "../interfaces/Proof.sol";

/// @title The scalar field of BN254: the field of circuits, challenges and signals
library ScalarField {
    /// @dev The field's order r.
    uint256 internal constant R = 0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001;
    /// @dev Words of `Challenges` before its list.
    uint256 private constant CHALLENGES = 7;

    /// @notice A hash as a field element: its remainder modulo r. Only for hashes; outside values are never reduced.
    function fromHash(bytes32 hash) internal pure returns (uint256) {
        return uint256(hash) % R;
    }

    /// @notice Rejects a value that is not the canonical representative of a field element.
    function requireCanonical(uint256 value) internal pure {
        if (value >= R) revert IVerifiers.SignalNotInField(value);
    }

    /// @notice Rejects values of which any is not canonical.
    function requireCanonical(uint256[] calldata values) internal pure {
        uint256 first;
        assembly ("memory-safe") {
            first := values.offset
        }
        _requireCanonical(first, values.length);
    }

    /// @notice Rejects challenges of which any is not canonical.
    function requireCanonical(Challenges calldata challenges) internal pure {
        uint256 first;
        bool valid;
        assembly ("memory-safe") {
            function areBelow(at, order) -> both {
                both := and(lt(calldataload(at), order), lt(calldataload(add(at, 0x20)), order))
            }
            first := challenges
            valid := and(areBelow(first, R), areBelow(add(first, 0x40), R))
            valid := and(valid, and(areBelow(add(first, 0x80), R), lt(calldataload(add(first, 0xc0)), R)))
        }
        // Which one it is only matters to whoever reads the error.
        if (!valid) _requireCanonical(first, CHALLENGES);
        requireCanonical(challenges.chunk);
    }

    function _requireCanonical(uint256 first, uint256 count) private pure {
        unchecked {
            uint256 end = first + 32 * count;
            for (; first < end; first += 32) {
                uint256 value;
                assembly ("memory-safe") {
                    value := calldataload(first)
                }
                requireCanonical(value);
            }
        }
    }
}
