// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IVerifiers} from "../interfaces/IVerifiers.sol";
import {Challenges, Claim, G1Point, Proof, Srs} from "../interfaces/Proof.sol";
import {Curve} from "../libraries/Curve.sol";
import {DevKeys} from "../libraries/DevKeys.sol";
import {Parts, PartsLibrary} from "../libraries/Parts.sol";
import {ScalarField} from "../libraries/ScalarField.sol";
import {Statement} from "../libraries/Statement.sol";
import {VerificationKey} from "../libraries/VerificationKey.sol";

/// @title Test only: internal functions of the libraries that check proofs, callable from outside
contract ProofHarness {
    using PartsLibrary for Parts;

    address public pointer;

    function digest(address registry, address prover, uint256 program, Claim calldata claim)
        external
        view
        returns (uint256)
    {
        Parts memory parts;
        parts.findClaim(claim);
        return Statement.digest(registry, prover, program, parts);
    }

    /// @return all c and the signals
    function signals(uint256 h0, Claim calldata claim, Proof calldata proof)
        external
        pure
        returns (uint256[] memory all, uint256 fold, uint256 v)
    {
        Parts memory parts;
        parts.findClaim(claim);
        parts.findProof(proof);
        all = new uint256[](Statement.signalWords(parts.parameterCount));
        // What stood there before must not matter.
        for (uint256 i = 0; i < all.length; ++i) {
            all[i] = type(uint256).max;
        }
        Statement.putSignals(all, h0, parts);
        (fold, v) = Statement.folded(all);
    }

    function sizesOf(uint256 program) external pure returns (uint256 parameters, uint256 oracles) {
        return Statement.sizesOf(program);
    }

    function requireCanonical(Challenges calldata challenges) external pure {
        uint256[] calldata chunk = challenges.chunk;
        uint256 place;
        uint256 first;
        assembly ("memory-safe") {
            place := challenges
            first := chunk.offset
        }
        ScalarField.requireCanonicalChallenges(place);
        ScalarField.requireCanonical(first, chunk.length);
    }

    function requireAllCanonical(uint256[] calldata values) external pure {
        uint256 place;
        assembly ("memory-safe") {
            place := values.offset
        }
        ScalarField.requireCanonical(place, values.length);
    }

    function requirePoint(uint256 x, uint256 y) external pure {
        Curve.requirePoint(x, y);
    }

    function areG2Points(uint256[4][] calldata points) external view returns (bool) {
        return Curve.areG2Points(points);
    }

    function requirePoints(G1Point[] calldata points) external pure {
        uint256 place;
        assembly ("memory-safe") {
            place := points.offset
        }
        Curve.requirePoints(place, points.length);
    }

    /// @param way how the point is given: in call data, as a term in memory, by its coordinates
    /// @return x and y of start + scalar * point
    function addTimes(uint256 way, G1Point calldata start, G1Point calldata point, uint256 scalar)
        external
        view
        returns (uint256, uint256)
    {
        uint256[5] memory sum = [start.x, start.y, 0, 0, 0];
        uint256[3] memory term = [point.x, point.y, scalar];
        uint256 place;
        assembly ("memory-safe") {
            place := term
        }
        if (way == 0) Curve.addTimes(sum, point, scalar);
        else if (way == 1) Curve.addTerm(sum, place);
        else Curve.addTimes(sum, point.x, point.y, scalar);
        return (sum[0], sum[1]);
    }

    /// @return x and y of scalar * point
    function putTimes(G1Point calldata point, uint256 scalar) external view returns (uint256, uint256) {
        uint256[3] memory product;
        uint256 place;
        assembly ("memory-safe") {
            place := product
        }
        Curve.putTimes(place, point.x, point.y, scalar);
        return (product[0], product[1]);
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
