// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IVerifiers} from "../interfaces/IVerifiers.sol";
import {Challenges, Claim, G1Point, Proof, Srs} from "../interfaces/Proof.sol";
import {Curve} from "../libraries/Curve.sol";
import {DevKeys} from "../libraries/DevKeys.sol";
import {ScalarField} from "../libraries/ScalarField.sol";
import {Statement} from "../libraries/Statement.sol";
import {VerificationKey} from "../libraries/VerificationKey.sol";

/// @title Test only: internal functions of the libraries that check proofs, callable from outside
contract ProofHarness {
    address public pointer;

    function digest(address registry, address prover, uint256 program, Claim calldata claim)
        external
        view
        returns (uint256)
    {
        return Statement.digest(registry, prover, program, claim);
    }

    /// @return all c and the signals
    function signals(uint256 h0, Claim calldata claim, Proof calldata proof)
        external
        pure
        returns (uint256[] memory all, uint256 fold, uint256 v)
    {
        all = Statement.signals(h0, claim, proof);
        (fold, v) = Statement.folded(all);
    }

    function sizesOf(uint256 program) external pure returns (uint256 parameters, uint256 oracles) {
        return Statement.sizesOf(program);
    }

    function requireCanonical(Challenges calldata challenges) external pure {
        ScalarField.requireCanonical(challenges);
    }

    function requireAllCanonical(uint256[] calldata values) external pure {
        ScalarField.requireCanonical(values);
    }

    function requirePoint(uint256 x, uint256 y) external pure {
        Curve.requirePoint(x, y);
    }

    function areG2Points(uint256[4][] calldata points) external view returns (bool) {
        return Curve.areG2Points(points);
    }

    /// @param way how the point is given: in call data, at a place in memory, by its coordinates
    /// @return x and y of start + scalar * point
    function addTimes(uint256 way, G1Point calldata start, G1Point calldata point, uint256 scalar)
        external
        view
        returns (uint256, uint256)
    {
        uint256[5] memory sum = [start.x, start.y, 0, 0, 0];
        G1Point memory copy = point;
        uint256 place;
        assembly ("memory-safe") {
            place := copy
        }
        if (way == 0) Curve.addTimes(sum, point, scalar);
        else if (way == 1) Curve.addTimes(sum, place, scalar);
        else Curve.addTimes(sum, point.x, point.y, scalar);
        return (sum[0], sum[1]);
    }

    function pairingIsOne(bytes calldata pairs) external view returns (bool) {
        return Curve.pairingIsOne(pairs);
    }

    function isUsable(uint256[18] calldata key) external view returns (bool) {
        return VerificationKey.isUsable(key);
    }

    function write(uint256[18] calldata key) external {
        pointer = VerificationKey.write(key);
    }

    /// @notice As `write`, without keeping where.
    function written(uint256[18] calldata key) external returns (address) {
        return VerificationKey.write(key);
    }

    function read(address from) external view returns (uint256[18] memory) {
        return VerificationKey.read(from);
    }

    function isDevKey(uint256[18] calldata key) external pure returns (bool) {
        return DevKeys.isKey(key);
    }

    function isDevSrs(Srs calldata srs) external pure returns (bool) {
        return DevKeys.isSrs(srs);
    }
}

/// @title Test only: a contract that hands statements to the verifiers and tells what they cost
contract ProofCaller {
    IVerifiers private immutable VERIFIERS;

    constructor(IVerifiers verifiers) {
        VERIFIERS = verifiers;
    }

    /// @notice As `verifyMany`, with the caller as prover. @param limit gas that the verifiers are given, 0: all
    function verifyMany(uint256 program, Claim[] calldata claims, Proof[] calldata proofs, uint256 limit)
        external
        view
        returns (uint256 version, uint256 gasUsed)
    {
        uint256 before = gasleft();
        version = VERIFIERS.verifyMany{gas: limit == 0 ? before : limit}(msg.sender, program, claims, proofs);
        gasUsed = before - gasleft();
    }

    /// @notice As `verify`, with the caller as prover. @param limit gas that the verifiers are given, 0: all
    function verify(uint256 program, Claim calldata claim, Proof calldata proof, uint256 limit)
        external
        view
        returns (uint256 version, uint256 gasUsed)
    {
        uint256 before = gasleft();
        version = VERIFIERS.verify{gas: limit == 0 ? before : limit}(msg.sender, program, claim, proof);
        gasUsed = before - gasleft();
    }
}
