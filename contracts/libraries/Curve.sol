// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IVerifiers} from "../interfaces/IVerifiers.sol";
import {G1Point} from "../interfaces/Proof.sol";

/// @title The groups of BN254, by the precompiled contracts
/// @notice A malformed point makes a precompiled contract burn all the gas it is given. So points of G1 are checked before,
/// and a pairing gets a limit of its own, for the one thing that is not checked before: whether a point is in G2.
library Curve {
    /// @dev Order of the base field.
    uint256 internal constant P = 0x30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd47;

    // The generator of G2 as the precompiled pairing wants it, imaginary parts first.
    uint256 internal constant G2_X1 = 11559732032986387107991004021392285783925812861821192530917403151452391805634;
    uint256 internal constant G2_X0 = 10857046999023057135944570762232829481370756359578518086990519993285655852781;
    uint256 internal constant G2_Y1 = 4082367875863433681332203403145435568316851327593401208105741076214120093531;
    uint256 internal constant G2_Y0 = 8495653923123431417604973247489272438418190587263600148770280649306958101930;

    /// @notice Rejects a point that is malformed, off the curve or the point at infinity.
    /// @dev The group's cofactor is 1: on the curve means in the group. (0, 0), the encoding of infinity, is off the
    /// curve. Honest commitments carry blinding and are never infinity.
    function requirePoint(uint256 x, uint256 y) internal pure {
        if (!isPoint(x, y)) revert IVerifiers.InvalidPoint(x, y);
    }

    /// @notice Rejects points of which any is malformed, off the curve or infinity.
    /// @param place of the first in the call data; the others follow it
    function requirePoints(uint256 place, uint256 count) internal pure {
        bool valid = true;
        assembly ("memory-safe") {
            let end := add(place, shl(6, count))
            for { let at := place } lt(at, end) { at := add(at, 0x40) } {
                let x := calldataload(at)
                let y := calldataload(add(at, 0x20))
                let curve := eq(mulmod(y, y, P), addmod(mulmod(x, mulmod(x, x, P), P), 3, P))
                valid := and(valid, and(and(lt(x, P), lt(y, P)), curve))
            }
        }
        // Which one it is only matters to whoever reads the error.
        if (!valid) _reject(place);
    }

    /// @notice Whether this is a finite point of the curve with coordinates below the base field's order.
    function isPoint(uint256 x, uint256 y) internal pure returns (bool valid) {
        assembly ("memory-safe") {
            valid := and(and(lt(x, P), lt(y, P)), eq(mulmod(y, y, P), addmod(mulmod(x, mulmod(x, x, P), P), 3, P)))
        }
    }

    /// @notice Whether these are different finite points of G2's group of order r, each as x1, x0, y1, y0.
    function areG2Points(uint256[4][] memory points) internal view returns (bool) {
        // The pairing validates points even beside infinity: the product of such pairs is one.
        bytes memory pairs;
        for (uint256 i = 0; i < points.length; ++i) {
            uint256[4] memory point = points[i];
            if (point[0] | point[1] | point[2] | point[3] == 0) return false;
            for (uint256 j = 0; j < i; ++j) {
                if (keccak256(abi.encode(points[j])) == keccak256(abi.encode(point))) return false;
            }
            pairs = bytes.concat(pairs, abi.encode(0, 0, point));
        }
        return pairingIsOne(pairs);
    }

    /// @notice sum := sum + scalar * point. The point must be on the curve, the scalar is taken modulo r.
    /// @dev Nothing but a lack of gas makes the precompiled contracts fail then.
    /// @param sum x and y of the sum, then three words for the term: together what the precompiled contracts read
    function addTimes(uint256[5] memory sum, G1Point calldata point, uint256 scalar) internal view {
        bool done;
        assembly ("memory-safe") {
            let term := add(sum, 0x40)
            calldatacopy(term, point, 0x40)
            mstore(add(sum, 0x80), scalar)
            done := staticcall(gas(), 0x07, term, 0x60, term, 0x40)
            done := and(staticcall(gas(), 0x06, sum, 0x80, sum, 0x40), done)
        }
        if (!done) revert IVerifiers.NotEnoughGas(7_000, gasleft());
    }

    /// @notice The same for a term: x, y and scalar stand at a place in memory.
    function addTerm(uint256[5] memory sum, uint256 place) internal view {
        bool done;
        assembly ("memory-safe") {
            done := staticcall(gas(), 0x07, place, 0x60, add(sum, 0x40), 0x40)
            done := and(staticcall(gas(), 0x06, sum, 0x80, sum, 0x40), done)
        }
        if (!done) revert IVerifiers.NotEnoughGas(7_000, gasleft());
    }

    /// @notice Puts scalar * point at a place in memory that has room for three words.
    function putTimes(uint256 place, uint256 x, uint256 y, uint256 scalar) internal view {
        bool done;
        assembly ("memory-safe") {
            mstore(place, x)
            mstore(add(place, 0x20), y)
            done := 1
            if iszero(eq(scalar, 1)) {
                mstore(add(place, 0x40), scalar)
                done := staticcall(gas(), 0x07, place, 0x60, place, 0x40)
            }
        }
        if (!done) revert IVerifiers.NotEnoughGas(7_000, gasleft());
    }

    /// @notice The same for a point given by its coordinates.
    function addTimes(uint256[5] memory sum, uint256 x, uint256 y, uint256 scalar) internal view {
        assembly ("memory-safe") {
            mstore(add(sum, 0x40), x)
            mstore(add(sum, 0x60), y)
        }
        _addTimes(sum, scalar);
    }

    /// @notice Gas that a pairing of `count` pairs is given: half as much again as it costs, for dearer gas schedules.
    function pairingGas(uint256 count) internal pure returns (uint256) {
        return (45_000 + 34_000 * count) * 3 / 2;
    }

    /// @notice Whether the product of the pairings is one. False too where a point is malformed.
    /// @dev Reverts with NotEnoughGas where less gas is left than the pairing is to be given, so that false never means
    /// that.
    /// @param pairs six words for each: x, y of a point of G1, x1, x0, y1, y0 of a point of G2
    function pairingIsOne(bytes memory pairs) internal view returns (bool isOne) {
        uint256 limit = pairingGas(pairs.length / 0xc0);
        // A call is given at most 63/64 of what is left.
        uint256 needed = limit + limit / 63 + 2_000;
        uint256 left = gasleft();
        if (left < needed) revert IVerifiers.NotEnoughGas(needed, left);
        assembly ("memory-safe") {
            isOne := staticcall(limit, 0x08, add(pairs, 0x20), mload(pairs), 0x00, 0x20)
            isOne := and(isOne, eq(mload(0x00), 1))
        }
    }

    /// @dev Reverts with the first that is no point, of which there must be one.
    function _reject(uint256 place) private pure {
        (uint256 x, uint256 y) = _pointAt(place);
        while (isPoint(x, y)) {
            place += 64;
            (x, y) = _pointAt(place);
        }
        revert IVerifiers.InvalidPoint(x, y);
    }

    function _pointAt(uint256 place) private pure returns (uint256 x, uint256 y) {
        assembly ("memory-safe") {
            x := calldataload(place)
            y := calldataload(add(place, 0x20))
        }
    }

    /// @dev The point stands behind the sum.
    function _addTimes(uint256[5] memory sum, uint256 scalar) private view {
        bool done = true;
        assembly ("memory-safe") {
            let term := add(sum, 0x40)
            if iszero(eq(scalar, 1)) {
                mstore(add(sum, 0x80), scalar)
                done := staticcall(gas(), 0x07, term, 0x60, term, 0x40)
            }
            done := and(staticcall(gas(), 0x06, sum, 0x80, sum, 0x40), done)
        }
        if (!done) revert IVerifiers.NotEnoughGas(7_000, gasleft());
    }
}
