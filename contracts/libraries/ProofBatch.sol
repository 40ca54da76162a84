// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IVerifiers} from "../interfaces/IVerifiers.sol";
import {Challenges, Claim, G1Point, Points, Proof, Srs} from "../interfaces/Proof.sol";
import {Curve} from "./Curve.sol";
import {Parts, PartsLibrary} from "./Parts.sol";
import {ScalarField} from "./ScalarField.sol";
import {Statement} from "./Statement.sol";
import {VerificationKey} from "./VerificationKey.sol";

/// @title Proofs of one program, checked in one pairing
/// @notice Each proof stands for three equations (protocol, section 4), here with g = sum of eta^o rest eq(y, h) chunk_(o,h):
///     -A B + alpha beta + (IC_0 + c IC_1 + v IC_2 + fold IC_3) G2 + C delta = 0
///     (g - s + gamma T) G2 = T tau^C
///     (p' + theta s - (z^C2 - gamma2) T2 - e2 G + z pi) G2 = pi tau
/// Of train and score, of either kind of model, g has the tables as its last oracle: one chunk, the same in every proof.
/// joined by powers of kappa, three for each proof. First every proof is collected, then kappa is known, then every proof is
/// weighed.
library ProofBatch {
    using PartsLibrary for Parts;
    using ScalarField for bytes32;

    /// @dev Words of a proof in kappa's preimage: fold, eight of Groth16, pi.
    uint256 private constant WORDS = 11;
    uint256 private constant R = ScalarField.R;

    struct Batch {
        uint256 program;
        uint256 parameters;
        uint256 oracles;
        /// kappa's preimage
        uint256[] words;
        /// signals of the proof that is collected
        uint256[] signals;
        Parts[] parts;
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
        /// place of the term that was made last, 0: none was. A term is a commitment that is to be weighed: x, y, weight and
        /// the place of the term before. Statements that follow each other share the terms of points that both have.
        uint256 lastTerm;
    }

    /// @notice An empty batch for `count` proofs.
    function begin(uint256 program, uint256 count) internal pure returns (Batch memory batch) {
        batch.program = program;
        (batch.parameters, batch.oracles) = Statement.sizesOf(program);
        batch.words = new uint256[](WORDS * count);
        batch.signals = new uint256[](Statement.signalWords(batch.parameters));
        batch.parts = PartsLibrary.listOf(count);
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
        Parts memory parts = batch.parts[i];
        parts.findClaim(claim);
        parts.findProof(proof);
        Statement.requireForm(batch.program, batch.parameters, batch.oracles, parts);
        _findTerms(batch, parts, i == 0 ? new uint256[](0) : batch.parts[i - 1].terms);
        _requirePoints(parts);
        ScalarField.requireCanonicalChallenges(parts.challenges);
        ScalarField.requireCanonical(parts.chunk, parts.chunkCount);
        uint256[] memory signals = batch.signals;
        Statement.putSignals(signals, Statement.digest(msg.sender, prover, batch.program, parts), parts);
        (uint256 fold, uint256 v) = Statement.folded(signals);
        (parts.fold, parts.v) = (fold, v);
        uint256[] memory words = batch.words;
        G1Point calldata opening = parts.pointsOf().opening;
        assembly ("memory-safe") {
            let at := add(add(words, 0x20), mul(i, mul(WORDS, 0x20)))
            mstore(at, fold)
            // Groth16's words stand first in a proof.
            calldatacopy(add(at, 0x20), proof, 0x100)
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
    function weigh(Batch memory batch, uint256 i) internal view {
        uint256 weight = batch.weight;
        Parts memory parts = batch.parts[i];
        Points calldata points = parts.pointsOf();
        Challenges calldata challenges = parts.challengesOf();

        uint256[5] memory generator = batch.generator;
        uint256 kappa = batch.kappa;

        // 1. Groth16
        _addGroth16(batch, i, parts, challenges.digest, weight);

        // Weights are below r, so what is taken from r does not fall below zero.
        unchecked {
            // 2. first level of the opening
            weight = mulmod(weight, kappa, R);
            _addOracles(batch, parts, challenges.eta, weight);
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
        for (uint256 term = batch.lastTerm; term != 0;) {
            Curve.addTerm(generator, term);
            assembly ("memory-safe") {
                term := mload(add(term, 0x60))
            }
        }
        for (uint256 k = 0; k < 4; ++k) {
            (uint256 x, uint256 y) = VerificationKey.input(key, k);
            Curve.addTimes(generator, x, y, batch.inputs[k]);
        }
        Curve.addTimes(generator, 1, 2, R - batch.evaluations);
        if (Statement.opensTables(batch.program)) {
            Curve.addTimes(generator, srs.tables[0], srs.tables[1], batch.tables);
        }
        uint256[5] memory alpha;
        Curve.addTimes(alpha, key[0], key[1], batch.inputs[0]);

        uint256 count = batch.parts.length;
        _setPair(batch, count, alpha, VerificationKey.beta(key));
        _setPair(batch, count + 1, batch.delta, VerificationKey.delta(key));
        _setPair(batch, count + 2, generator, [Curve.G2_X1, Curve.G2_X0, Curve.G2_Y1, Curve.G2_Y0]);
        _setPair(batch, count + 3, batch.tauC, srs.tauC);
        _setPair(batch, count + 4, batch.tau, srs.tau);
        return Curve.pairingIsOne(batch.pairs);
    }

    /// @dev Every point but B, whose group only the pairing can tell; infinity is no B either.
    function _requirePoints(Parts memory parts) private pure {
        uint256[8] calldata groth16 = parts.groth16Of();
        Curve.requirePoint(groth16[0], groth16[1]);
        if (groth16[2] | groth16[3] | groth16[4] | groth16[5] == 0) revert IVerifiers.InvalidPoint(0, 0);
        Curve.requirePoint(groth16[6], groth16[7]);
        _requireChunks(parts.trace, parts.traceCount);
        _requireChunks(parts.helper, parts.helperCount);
        // Five points stand behind the places of trace and helper.
        Curve.requirePoints(parts.points + 0x40, 5);
    }

    function _requireChunks(uint256 place, uint256 count) private pure {
        if (count == 0 || count > Statement.MAX_CHUNKS) revert IVerifiers.WrongChunkCount(count);
        Curve.requirePoints(place, count);
    }

    function _addGroth16(
        Batch memory batch,
        uint256 i,
        Parts memory parts,
        uint256 digest,
        uint256 weight
    ) private view {
        uint256[8] calldata groth16 = parts.groth16Of();
        uint256[4] memory inputs = batch.inputs;
        inputs[0] = addmod(inputs[0], weight, R);
        inputs[1] = addmod(inputs[1], mulmod(weight, digest, R), R);
        inputs[2] = addmod(inputs[2], mulmod(weight, parts.v, R), R);
        inputs[3] = addmod(inputs[3], mulmod(weight, parts.fold, R), R);
        Curve.addTimes(batch.delta, groth16[6], groth16[7], weight);
        bytes memory pairs = batch.pairs;
        uint256 place;
        assembly ("memory-safe") {
            place := add(add(pairs, 0x20), mul(i, 0xc0))
        }
        Curve.putTimes(place, groth16[0], Curve.P - groth16[1], weight);
        assembly ("memory-safe") {
            calldatacopy(add(place, 0x40), add(groth16, 0x40), 0x80)
        }
    }

    /// @dev Finds or makes the term of each commitment. In a chain the parent is the child before, and the shard is often
    /// the same: such a point has one term, for the sum of its weights, and was checked when that was made.
    /// @param before places of the terms of the statement before
    function _findTerms(Batch memory batch, Parts memory parts, uint256[] memory before) private pure {
        uint256 count = parts.commitmentCount;
        uint256[] memory terms = new uint256[](count);
        uint256 shift = parts.chunks & 0xff;
        uint256 point = parts.commitments;
        unchecked {
            for (uint256 k = 0; k < count; ++k) {
                // The parent's points stood so many places further, as the child's.
                uint256 term = _termOf(before, k < shift ? k + shift : k, point);
                if (term == 0) term = _makeTerm(batch, point);
                assembly ("memory-safe") {
                    mstore(add(terms, shl(5, add(k, 1))), term)
                    point := add(point, 0x40)
                }
            }
        }
        parts.terms = terms;
    }

    /// @dev weight * g: of the statement's chunks the terms get their weight, trace and helper are added.
    function _addOracles(Batch memory batch, Parts memory parts, uint256 eta, uint256 weight) private view {
        uint256[] memory weights = _chunkWeights(parts);
        uint256[] memory terms = parts.terms;
        (uint256 chunks, uint256 oracles, uint256 order) = (parts.chunks, batch.oracles, R);
        assembly ("memory-safe") {
            // The form was checked: oracles have as many chunks as there are commitments, and none more than weights.
            let place := terms
            for {} oracles { oracles := sub(oracles, 1) } {
                let last := add(weights, shl(5, and(chunks, 0xff)))
                for { let h := weights } lt(h, last) {} {
                    h := add(h, 0x20)
                    place := add(place, 0x20)
                    let sum := add(mload(place), 0x40)
                    mstore(sum, addmod(mload(sum), mulmod(weight, mload(h), order), order))
                }
                weight := mulmod(weight, eta, order)
                chunks := shr(8, chunks)
            }
        }
        _addChunks(batch, parts.trace, parts.traceCount, weights, weight);
        weight = mulmod(weight, eta, R);
        _addChunks(batch, parts.helper, parts.helperCount, weights, weight);
        batch.tables = addmod(batch.tables, mulmod(mulmod(weight, eta, R), weights[0], R), R);
    }

    /// @dev The term at this place of the list, if it is of the point; else zero.
    /// @param point its place in the call data
    function _termOf(uint256[] memory list, uint256 index, uint256 point) private pure returns (uint256 term) {
        assembly ("memory-safe") {
            if lt(index, mload(list)) {
                term := mload(add(add(list, 0x20), shl(5, index)))
                let same := eq(mload(term), calldataload(point))
                term := mul(term, and(same, eq(mload(add(term, 0x20)), calldataload(add(point, 0x20)))))
            }
        }
    }

    /// @dev A term of weight 0. Rejects what is no point.
    /// @param point its place in the call data
    function _makeTerm(Batch memory batch, uint256 point) private pure returns (uint256 term) {
        Curve.requirePoints(point, 1);
        uint256 last = batch.lastTerm;
        assembly ("memory-safe") {
            term := mload(0x40)
            mstore(0x40, add(term, 0x80))
            calldatacopy(term, point, 0x40)
            mstore(add(term, 0x40), 0)
            mstore(add(term, 0x60), last)
        }
        batch.lastTerm = term;
    }

    /// @param place of the first point in the call data
    /// @param weights at least as many as points: that was checked with the signals
    function _addChunks(Batch memory batch, uint256 place, uint256 count, uint256[] memory weights, uint256 weight)
        private
        view
    {
        uint256[5] memory generator = batch.generator;
        unchecked {
            for (uint256 h = 0; h < count; ++h) {
                G1Point calldata point;
                uint256 ofChunk;
                assembly ("memory-safe") {
                    point := add(place, shl(6, h))
                    ofChunk := mload(add(weights, shl(5, add(h, 1))))
                }
                Curve.addTimes(generator, point, mulmod(weight, ofChunk, R));
            }
        }
    }

    /// @dev z^C2, C2 = 2^5.
    function _powerC2(uint256 z) private pure returns (uint256 power) {
        power = mulmod(z, z, R);
        power = mulmod(power, power, R);
        power = mulmod(power, power, R);
        power = mulmod(power, power, R);
        power = mulmod(power, power, R);
    }

    /// @dev rest eq(y, h) for every h of as many bits as y has coordinates. A proof says rest, then y: that there are enough
    /// for the longest vector was checked with the signals.
    function _chunkWeights(Parts memory parts) private pure returns (uint256[] memory eq) {
        uint256 chunk = parts.chunk;
        unchecked {
            uint256 bits = parts.chunkCount - 1;
            eq = new uint256[](1 << bits);
            uint256 word;
            assembly ("memory-safe") {
                word := calldataload(chunk)
            }
            eq[0] = word;
            for (uint256 t = 0; t < bits; ++t) {
                assembly ("memory-safe") {
                    chunk := add(chunk, 0x20)
                    word := calldataload(chunk)
                }
                for (uint256 h = 0; h < 1 << t; ++h) {
                    uint256 one = mulmod(eq[h], word, R);
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
