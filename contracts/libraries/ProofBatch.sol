// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IVerifiers} from "../interfaces/IVerifiers.sol";
import {Challenges, Claim, G1Point, Points, Proof, Srs} from "../interfaces/Proof.sol";
import {Curve} from "./Curve.sol";
import {ScalarField} from "./ScalarField.sol";
import {Statement} from "./Statement.sol";
import {VerificationKey} from "./VerificationKey.sol";

/// @title Proofs of one program, checked in one pairing
/// @notice Each proof stands for three equations (protocol, section 4), here with g = sum of eta^o rest eq(y, h) chunk_(o,h):
///     -A B + alpha beta + (IC_0 + c IC_1 + v IC_2 + fold IC_3) G2 + C delta = 0
///     (g - s + gamma T) G2 = T tau^C
///     (p' + theta s - (z^C2 - gamma2) T2 - e2 G + z pi) G2 = pi tau
/// Of train, g has the tables as its last oracle: one chunk, the same in every proof.
/// joined by powers of kappa, three for each proof. First every proof is collected, then kappa is known, then every proof is
/// weighed.
library ProofBatch {
    using ScalarField for bytes32;

    /// @dev Words of a proof in kappa's preimage: fold, eight of Groth16, pi.
    uint256 private constant WORDS = 11;
    uint256 private constant R = ScalarField.R;

    struct Batch {
        uint256 program;
        uint256 oracles;
        /// kappa's preimage
        uint256[] words;
        /// v of each proof
        uint256[] values;
        uint256 kappa;
        /// weight of the next equation
        uint256 weight;
        /// pairs of the pairing, six words each: -A and B of each proof first
        bytes pairs;
        /// sums that are paired with G2, delta, tau^C, tau
        uint256[5] generator;
        uint256[5] delta;
        uint256[5] tauC;
        uint256[5] tau;
        /// sums over the proofs of the weights of IC_0 (and alpha), IC_1, IC_2, IC_3 and of the generator of G1
        uint256[4] inputs;
        uint256 evaluations;
        /// sum over the proofs of the weights of the tables' commitment
        uint256 tables;
        /// where each commitment of each statement has its term: x, y and weight. Neighbours share those of common points.
        uint256[][] terms;
    }

    /// @notice An empty batch for `count` proofs.
    function begin(uint256 program, uint256 count) internal pure returns (Batch memory batch) {
        batch.program = program;
        (, batch.oracles) = Statement.sizesOf(program);
        batch.words = new uint256[](WORDS * count);
        batch.values = new uint256[](count);
        batch.terms = new uint256[][](count);
        batch.pairs = new bytes(0xc0 * (count + 5));
        batch.weight = 1;
    }

    /// @notice Gas below which a call is refused before anything is judged: the pairing's and, for each byte of calldata,
    /// what a chunk's multiplication costs.
    function gasFor(uint256 count) internal pure returns (uint256) {
        uint256 pairing = Curve.pairingGas(count + 5);
        return pairing + pairing / 63 + 110 * msg.data.length;
    }

    /// @notice Checks form and points of proof i and notes what kappa comes from.
    function collect(Batch memory batch, uint256 i, address prover, Claim calldata claim, Proof calldata proof)
        internal
        view
    {
        Statement.requireForm(batch.program, claim);
        Curve.requirePoints(claim.commitments);
        _requirePoints(proof);
        ScalarField.requireCanonical(proof.challenges);
        uint256 h0 = Statement.digest(msg.sender, prover, batch.program, claim);
        (uint256 fold, uint256 v) = Statement.folded(Statement.signals(h0, claim, proof));
        batch.values[i] = v;
        uint256[] memory words = batch.words;
        uint256[8] calldata groth16 = proof.groth16;
        G1Point calldata opening = proof.points.opening;
        assembly ("memory-safe") {
            let at := add(add(words, 0x20), mul(i, mul(WORDS, 0x20)))
            mstore(at, fold)
            calldatacopy(add(at, 0x20), groth16, 0x100)
            calldatacopy(add(at, 0x120), opening, 0x40)
        }
    }

    /// @notice Draws kappa once all proofs are collected.
    function draw(Batch memory batch) internal pure {
        uint256[] memory words = batch.words;
        bytes32 hash;
        assembly ("memory-safe") {
            hash := keccak256(add(words, 0x20), shl(5, mload(words)))
        }
        batch.kappa = hash.fromHash();
    }

    /// @notice Adds proof i, with the next three weights.
    function weigh(Batch memory batch, uint256 i, Claim calldata claim, Proof calldata proof) internal view {
        uint256 weight = batch.weight;
        Points calldata points = proof.points;
        Challenges calldata challenges = proof.challenges;

        uint256[5] memory generator = batch.generator;
        uint256 kappa = batch.kappa;

        // 1. Groth16
        _addGroth16(batch, i, proof, weight);

        // Weights are below r, so what is taken from r does not fall below zero.
        unchecked {
            // 2. first level of the opening
            weight = mulmod(weight, kappa, R);
            _addOracles(batch, i, claim, points, challenges, weight);
            Curve.addTimes(generator, points.quotient, mulmod(weight, challenges.gamma, R));
            Curve.addTimes(batch.tauC, points.quotient, R - weight);
            uint256 ofColumns = R - weight;

            // 3. second level
            weight = mulmod(weight, kappa, R);
            ofColumns = addmod(ofColumns, mulmod(weight, challenges.theta, R), R);
            Curve.addTimes(generator, points.columns, ofColumns);
            Curve.addTimes(generator, points.rows, weight);
            uint256 z = challenges.z;
            uint256 ofQuotient2 = addmod(challenges.gamma2, R - _powerC2(z), R);
            Curve.addTimes(generator, points.quotient2, mulmod(weight, ofQuotient2, R));
            Curve.addTimes(generator, points.opening, mulmod(weight, z, R));
            Curve.addTimes(batch.tau, points.opening, R - weight);
            batch.evaluations = addmod(batch.evaluations, mulmod(weight, challenges.e2, R), R);

            batch.weight = mulmod(weight, kappa, R);
        }
    }

    /// @notice Whether all equations of the batch hold, except with a chance of 3 N / r over kappa.
    /// @dev Reverts with NotEnoughGas rather than to say false for a lack of gas.
    function holds(Batch memory batch, uint256[18] memory key, Srs memory srs) internal view returns (bool) {
        uint256[5] memory generator = batch.generator;
        for (uint256 i = 0; i < batch.terms.length; ++i) {
            _addTerms(generator, batch.terms[i]);
        }
        for (uint256 k = 0; k < 4; ++k) {
            (uint256 x, uint256 y) = VerificationKey.input(key, k);
            Curve.addTimes(generator, x, y, batch.inputs[k]);
        }
        Curve.addTimes(generator, 1, 2, R - batch.evaluations);
        if (batch.program == Statement.TRAIN) Curve.addTimes(generator, srs.tables[0], srs.tables[1], batch.tables);
        uint256[5] memory alpha;
        Curve.addTimes(alpha, key[0], key[1], batch.inputs[0]);

        uint256 count = batch.values.length;
        _setPair(batch, count, alpha, VerificationKey.beta(key));
        _setPair(batch, count + 1, batch.delta, VerificationKey.delta(key));
        _setPair(batch, count + 2, generator, [Curve.G2_X1, Curve.G2_X0, Curve.G2_Y1, Curve.G2_Y0]);
        _setPair(batch, count + 3, batch.tauC, srs.tauC);
        _setPair(batch, count + 4, batch.tau, srs.tau);
        return Curve.pairingIsOne(batch.pairs);
    }

    /// @dev Every point but B, whose group only the pairing can tell; infinity is no B either.
    function _requirePoints(Proof calldata proof) private pure {
        uint256[8] calldata groth16 = proof.groth16;
        Points calldata points = proof.points;
        Curve.requirePoint(groth16[0], groth16[1]);
        if (groth16[2] | groth16[3] | groth16[4] | groth16[5] == 0) revert IVerifiers.InvalidPoint(0, 0);
        Curve.requirePoint(groth16[6], groth16[7]);
        _requireChunks(points.trace);
        _requireChunks(points.helper);
        Curve.requirePoints(points.rows, 5);
    }

    function _requireChunks(G1Point[] calldata points) private pure {
        if (points.length == 0 || points.length > Statement.MAX_CHUNKS) {
            revert IVerifiers.WrongChunkCount(points.length);
        }
        Curve.requirePoints(points);
    }

    function _addGroth16(Batch memory batch, uint256 i, Proof calldata proof, uint256 weight) private view {
        uint256[8] calldata groth16 = proof.groth16;
        uint256 fold = batch.words[WORDS * i];
        uint256[4] memory inputs = batch.inputs;
        inputs[0] = addmod(inputs[0], weight, R);
        inputs[1] = addmod(inputs[1], mulmod(weight, proof.challenges.digest, R), R);
        inputs[2] = addmod(inputs[2], mulmod(weight, batch.values[i], R), R);
        inputs[3] = addmod(inputs[3], mulmod(weight, fold, R), R);
        Curve.addTimes(batch.delta, groth16[6], groth16[7], weight);
        uint256[5] memory a;
        Curve.addTimes(a, groth16[0], Curve.P - groth16[1], weight);
        bytes memory pairs = batch.pairs;
        assembly ("memory-safe") {
            let at := add(add(pairs, 0x20), mul(i, 0xc0))
            mcopy(at, a, 0x40)
            calldatacopy(add(at, 0x40), add(groth16, 0x40), 0x80)
        }
    }

    /// @dev weight * g: the statement's chunks become terms, trace and helper are added.
    function _addOracles(
        Batch memory batch,
        uint256 i,
        Claim calldata claim,
        Points calldata points,
        Challenges calldata challenges,
        uint256 weight
    ) private view {
        uint256 eta = challenges.eta;
        G1Point[] calldata trace = points.trace;
        G1Point[] calldata helper = points.helper;
        uint256[] memory eq = _chunkWeights(challenges.chunk);
        G1Point[] calldata commitments = claim.commitments;
        uint256[] memory weights = new uint256[](commitments.length);
        unchecked {
            uint256 chunks = claim.chunks;
            uint256 place;
            assembly ("memory-safe") {
                place := weights
            }
            for (uint256 o = batch.oracles; o != 0; --o) {
                uint256 count = chunks & 0xff;
                for (uint256 h = 0; h < count; ++h) {
                    uint256 part = mulmod(weight, eq[h], R);
                    // The form was checked: oracles have as many chunks as there are commitments.
                    place += 32;
                    assembly ("memory-safe") {
                        mstore(place, part)
                    }
                }
                weight = mulmod(weight, eta, R);
                chunks >>= 8;
            }
            uint256[] memory before = i == 0 ? new uint256[](0) : batch.terms[i - 1];
            _weighTerms(commitments, weights, before, claim.chunks & 0xff);
        }
        batch.terms[i] = weights;
        _addChunks(batch, trace, eq, weight);
        weight = mulmod(weight, eta, R);
        _addChunks(batch, helper, eq, weight);
        batch.tables = addmod(batch.tables, mulmod(mulmod(weight, eta, R), eq[0], R), R);
    }

    /// @dev Puts the place of each commitment's term in place of its weight. In a chain the parent is the child before, and
    /// the shard is often the same: such a point gets one term, for the sum of its weights.
    /// @param before places of the terms of the statement before
    /// @param shift how many places further the parent's points stood there as the child's
    function _weighTerms(
        G1Point[] calldata points,
        uint256[] memory weights,
        uint256[] memory before,
        uint256 shift
    ) private pure {
        unchecked {
            for (uint256 k = 0; k < points.length; ++k) {
                uint256 point;
                assembly ("memory-safe") {
                    point := add(points.offset, shl(6, k))
                }
                uint256 term = _termOf(before, k, point);
                if (term == 0) term = _termOf(before, k + shift, point);
                if (term == 0) {
                    assembly ("memory-safe") {
                        term := mload(0x40)
                        mstore(0x40, add(term, 0x60))
                        calldatacopy(term, point, 0x40)
                        mstore(add(term, 0x40), 0)
                    }
                }
                uint256 order = R;
                assembly ("memory-safe") {
                    let place := add(add(weights, 0x20), shl(5, k))
                    mstore(add(term, 0x40), addmod(mload(add(term, 0x40)), mload(place), order))
                    mstore(place, term)
                }
            }
        }
    }

    /// @dev The term at this place of the list, if it is of the point; else zero.
    /// @param point its place in the call data
    function _termOf(uint256[] memory list, uint256 index, uint256 point) private pure returns (uint256 term) {
        if (index >= list.length) return 0;
        assembly ("memory-safe") {
            term := mload(add(add(list, 0x20), shl(5, index)))
            let same := and(eq(mload(term), calldataload(point)), eq(mload(add(term, 0x20)), calldataload(add(point, 0x20))))
            term := mul(term, same)
        }
    }

    function _addTerms(uint256[5] memory sum, uint256[] memory terms) private view {
        uint256 place;
        uint256 end;
        assembly ("memory-safe") {
            place := add(terms, 0x20)
            end := add(place, shl(5, mload(terms)))
        }
        for (; place < end;) {
            uint256 weight;
            uint256 term;
            assembly ("memory-safe") {
                term := mload(place)
                weight := mload(add(term, 0x40))
                // Statements that follow each other share terms: each is added once.
                mstore(add(term, 0x40), 0)
                place := add(place, 0x20)
            }
            if (weight != 0) Curve.addTimes(sum, term, weight);
        }
    }

    function _addChunks(Batch memory batch, G1Point[] calldata points, uint256[] memory eq, uint256 weight)
        private
        view
    {
        uint256[5] memory generator = batch.generator;
        unchecked {
            for (uint256 h = 0; h < points.length; ++h) {
                Curve.addTimes(generator, points[h], mulmod(weight, eq[h], R));
            }
        }
    }

    /// @dev z^C2, C2 = 2^5.
    function _powerC2(uint256 z) private pure returns (uint256 power) {
        power = z;
        for (uint256 i = 0; i < 5; ++i) {
            power = mulmod(power, power, R);
        }
    }

    /// @dev rest eq(y, h) for every h of as many bits as y has coordinates.
    /// @param chunk rest, then y: that there are enough for the longest vector was checked with the signals
    function _chunkWeights(uint256[] calldata chunk) private pure returns (uint256[] memory eq) {
        unchecked {
            uint256 bits = chunk.length - 1;
            eq = new uint256[](1 << bits);
            eq[0] = chunk[0];
            for (uint256 t = 0; t < bits; ++t) {
                for (uint256 h = 0; h < 1 << t; ++h) {
                    uint256 one = mulmod(eq[h], chunk[1 + t], R);
                    eq[h + (1 << t)] = one;
                    eq[h] = addmod(eq[h], R - one, R);
                }
            }
        }
    }

    function _setPair(Batch memory batch, uint256 index, uint256[5] memory sum, uint256[4] memory other) private pure {
        bytes memory pairs = batch.pairs;
        assembly ("memory-safe") {
            let at := add(add(pairs, 0x20), mul(index, 0xc0))
            mcopy(at, sum, 0x40)
            mcopy(add(at, 0x40), other, 0x80)
        }
    }
}
