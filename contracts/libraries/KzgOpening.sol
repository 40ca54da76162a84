// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

import {IVerifiers} from "../interfaces/IVerifiers.sol";
import {Challenges, G1Point, Points, Proof, Srs} from "../interfaces/Proof.sol";

/// @title The opening check: ties the evaluations that a circuit saw to the commitments
/// @notice Two-level square-root KZG (design section 6.5). With g = sum over the oracles of eta^i C_i it checks
///     g - s + gamma T                  = tau^C  T
///     p' + theta s - s'' + gamma2 T2   = tau^C2 T2
///     s'' - e2 G + z pi                = tau    pi
/// joined by 1, kappa, kappa^2, in one call of the pairing.
library KzgOpening {
    /// @dev Order of the scalar field.
    uint256 private constant R = 0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001;
    /// @dev Order of the base field.
    uint256 private constant P = 0x30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd47;

    // The generator of G2 as the precompiled pairing wants it, imaginary parts first.
    uint256 private constant G2_X1 = 11559732032986387107991004021392285783925812861821192530917403151452391805634;
    uint256 private constant G2_X0 = 10857046999023057135944570762232829481370756359578518086990519993285655852781;
    uint256 private constant G2_Y1 = 4082367875863433681332203403145435568316851327593401208105741076214120093531;
    uint256 private constant G2_Y0 = 8495653923123431417604973247489272438418190587263600148770280649306958101930;

    /// @notice Rejects a point that is malformed, off the curve or the point at infinity.
    /// @dev The group's cofactor is 1: on the curve means in the group. (0, 0), the encoding of infinity, is off the
    /// curve. Honest commitments carry blinding and are never infinity.
    function requirePoint(uint256 x, uint256 y) internal pure {
        bool valid;
        assembly ("memory-safe") {
            valid := and(and(lt(x, P), lt(y, P)), eq(mulmod(y, y, P), addmod(mulmod(x, mulmod(x, x, P), P), 3, P)))
        }
        if (!valid) revert IVerifiers.InvalidPoint(x, y);
    }

    /// @notice Rejects a proof of which any commitment is not a finite point of the curve.
    function requirePoints(Points calldata points) internal pure {
        _requirePoint(points.trace);
        _requirePoint(points.helper);
        _requirePoint(points.rows);
        _requirePoint(points.columns);
        _requirePoint(points.quotient);
        _requirePoint(points.columns2);
        _requirePoint(points.quotient2);
        _requirePoint(points.opening);
    }

    /// @notice Whether `srs` consists of three different finite points of G2's group of order r.
    /// @dev The pairing validates its points even beside infinity. That they are powers of one secret is checked by
    /// the setup, off chain.
    function isUsable(Srs memory srs) internal view returns (bool usable) {
        if (_isInfinity(srs.tau) || _isInfinity(srs.tauC) || _isInfinity(srs.tauC2)) return false;
        bytes memory pairs = abi.encodePacked(
            uint256(0), uint256(0), srs.tau, uint256(0), uint256(0), srs.tauC, uint256(0), uint256(0), srs.tauC2
        );
        assembly ("memory-safe") {
            // Burning the deployment's gas on malformed points would hide the reason, hence the limit.
            let success := staticcall(400000, 0x08, add(pairs, 0x20), mload(pairs), 0x00, 0x20)
            usable := and(success, eq(mload(0x00), 1))
        }
        bytes32 first = keccak256(abi.encode(srs.tau));
        bytes32 second = keccak256(abi.encode(srs.tauC));
        bytes32 third = keccak256(abi.encode(srs.tauC2));
        return usable && first != second && second != third && first != third;
    }

    /// @notice Whether the commitments open as the challenges say.
    /// @dev All points must be on the curve (`requirePoint`) and all scalars below r: neither is checked here.
    /// @param srs the ceremony's powers in G2
    /// @param commitments x and y of the statement's commitments, in the program's opening order; trace and helper follow.
    /// (0, 0), infinity, is the zero polynomial and skipped: only the contract itself may put it, and not in the first place
    /// @param kappa the random weight of the three equations, derived from everything else
    function holds(Srs memory srs, uint256[] memory commitments, Proof calldata proof, uint256 kappa)
        internal
        view
        returns (bool valid)
    {
        Points calldata points = proof.points;
        Challenges calldata challenges = proof.challenges;
        assembly ("memory-safe") {
            // Scratch: [at, at + 0x40) the sum, [at + 0x40, at + 0xa0) a point and its factor.
            // An addition then reads 0x80 bytes from `at`, a multiplication 0x60 bytes from `at + 0x40`.
            // Later the pairing's input of four pairs, 0x300 bytes, at the same place.
            let at := mload(0x40)
            let term := add(at, 0x40)

            // sum := sum + factor * (the point at `term`)
            function addTimes(base, factor) -> ok {
                let point := add(base, 0x40)
                mstore(add(base, 0x80), factor)
                ok := staticcall(gas(), 0x07, point, 0x60, point, 0x40)
                ok := and(staticcall(gas(), 0x06, base, 0x80, base, 0x40), ok)
            }
            // sum := factor * sum + (the point at `term`), one step of Horner's rule
            function timesAdd(base, factor) -> ok {
                let point := add(base, 0x40)
                // The factor takes the place of the point's x for a moment.
                let x := mload(point)
                mstore(point, factor)
                ok := staticcall(gas(), 0x07, base, 0x60, base, 0x40)
                mstore(point, x)
                ok := and(staticcall(gas(), 0x06, base, 0x80, base, 0x40), ok)
            }

            let eta := calldataload(challenges)
            let kappa2 := mulmod(kappa, kappa, R)

            // 1. g by Horner's rule, from the last oracle to the first: helper, trace, the statement's own.
            calldatacopy(at, add(points, 0x40), 0x40)
            calldatacopy(term, points, 0x40)
            valid := timesAdd(at, eta)
            let first := add(commitments, 0x20)
            let factor := eta
            for { let c := add(first, shl(5, mload(commitments))) } gt(c, first) {} {
                c := sub(c, 0x40)
                switch or(mload(c), mload(add(c, 0x20)))
                case 0 {
                    factor := mulmod(factor, eta, R)
                }
                default {
                    mcopy(term, c, 0x40)
                    valid := and(timesAdd(at, factor), valid)
                    factor := eta
                }
            }

            // 2. The other points: p' kappa + s (kappa theta - 1) + T gamma + s'' (kappa^2 - kappa) + T2 kappa gamma2
            //    + pi kappa^2 z - G kappa^2 e2.
            calldatacopy(term, add(points, 0x80), 0x40)
            valid := and(addTimes(at, kappa), valid)
            calldatacopy(term, add(points, 0xc0), 0x40)
            valid := and(addTimes(at, addmod(mulmod(kappa, calldataload(add(challenges, 0x40)), R), sub(R, 1), R)), valid)
            calldatacopy(term, add(points, 0x100), 0x40)
            valid := and(addTimes(at, calldataload(add(challenges, 0x20))), valid)
            calldatacopy(term, add(points, 0x140), 0x40)
            valid := and(addTimes(at, addmod(kappa2, sub(R, kappa), R)), valid)
            calldatacopy(term, add(points, 0x180), 0x40)
            valid := and(addTimes(at, mulmod(kappa, calldataload(add(challenges, 0x60)), R)), valid)
            calldatacopy(term, add(points, 0x1c0), 0x40)
            valid := and(addTimes(at, mulmod(kappa2, calldataload(add(challenges, 0x80)), R)), valid)
            mstore(term, 1)
            mstore(add(term, 0x20), 2)
            valid := and(addTimes(at, mulmod(kappa2, sub(R, calldataload(add(challenges, 0xa0))), R)), valid)

            // 3. e(sum, G2) e(-T, [tau^C]) e(-kappa T2, [tau^C2]) e(-kappa^2 pi, [tau]) = 1
            mstore(add(at, 0x40), G2_X1)
            mstore(add(at, 0x60), G2_X0)
            mstore(add(at, 0x80), G2_Y1)
            mstore(add(at, 0xa0), G2_Y0)

            calldatacopy(add(at, 0xc0), add(points, 0x100), 0x40)
            mstore(add(at, 0xe0), sub(P, mload(add(at, 0xe0))))
            mcopy(add(at, 0x100), mload(add(srs, 0x20)), 0x80)

            calldatacopy(add(at, 0x180), add(points, 0x180), 0x40)
            mstore(add(at, 0x1c0), sub(R, kappa))
            valid := and(staticcall(gas(), 0x07, add(at, 0x180), 0x60, add(at, 0x180), 0x40), valid)
            mcopy(add(at, 0x1c0), mload(add(srs, 0x40)), 0x80)

            calldatacopy(add(at, 0x240), add(points, 0x1c0), 0x40)
            mstore(add(at, 0x280), sub(R, kappa2))
            valid := and(staticcall(gas(), 0x07, add(at, 0x240), 0x60, add(at, 0x240), 0x40), valid)
            mcopy(add(at, 0x280), mload(srs), 0x80)

            valid := and(staticcall(gas(), 0x08, at, 0x300, 0x00, 0x20), valid)
            valid := and(eq(mload(0x00), 1), valid)
        }
    }

    function _requirePoint(G1Point calldata point) private pure {
        requirePoint(point.x, point.y);
    }

    function _isInfinity(uint256[4] memory point) private pure returns (bool) {
        return point[0] | point[1] | point[2] | point[3] == 0;
    }
}
