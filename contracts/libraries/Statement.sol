// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IVerifiers} from "../interfaces/IVerifiers.sol";
import {Network} from "./Network.sol";
import {Parts} from "./Parts.sol";
import {ScalarField} from "./ScalarField.sol";

/// @title What a proof is about, as the field elements that the circuits read
/// @notice The only place that knows the order of signals: eta, gamma, theta, gamma2, z, e2, y_0 .. y_7, rest, b, h_0 .. h_5
/// and the program's parameters, of which the last ones of scores, inferences and disjoint are known only after h_0. Its twin is src/registry/statement.ts.
library Statement {
    using ScalarField for bytes32;

    bytes32 internal constant DOMAIN = keccak256("descent.statement.v3");

    uint256 internal constant DATA = 1;
    uint256 internal constant SEED = 2;
    uint256 internal constant TRAIN = 3;
    uint256 internal constant IMPORT = 4;
    uint256 internal constant MERGE = 5;
    uint256 internal constant SCORE = 6;
    // The same of convolutional networks.
    uint256 internal constant CONV_SEED = 7;
    uint256 internal constant CONV_TRAIN = 8;
    uint256 internal constant CONV_IMPORT = 9;
    uint256 internal constant CONV_MERGE = 10;
    uint256 internal constant CONV_SCORE = 11;
    uint256 internal constant INFER = 12;
    uint256 internal constant CONV_INFER = 13;
    // Audits of rows.
    uint256 internal constant DISJOINT = 14;
    uint256 internal constant SUBSET = 15;

    // Of models of either kind.
    uint256 internal constant SPARSE_MERGE = 16;

    /// @dev Most chunks of a vector: 2^26 entries.
    uint256 internal constant MAX_CHUNKS = 256;

    /// @dev Signals before the parameters: six challenges, eight coordinates of the chunk, rest, b and h_0 .. h_5.
    uint256 private constant FIXED_SIGNALS = 22;

    /// @notice The program that proves of a model of this shape what `program` proves of perceptrons.
    /// @param program 2..6
    function ofShape(uint256 program, uint256 shape) internal pure returns (uint256) {
        unchecked {
            return Network.isNetwork(shape) ? program + (CONV_SEED - SEED) : program;
        }
    }

    /// @notice Whether proofs of a program open the tables of functions, behind trace and helper.
    function opensTables(uint256 program) internal pure returns (bool) {
        return (((1 << TRAIN) | (1 << SCORE) | (1 << CONV_TRAIN) | (1 << CONV_SCORE)) >> program) & 1 == 1;
    }

    /// @notice How many parameters and statement oracles a program has. An absent one counts.
    function sizesOf(uint256 program) internal pure returns (uint256 parameters, uint256 oracles) {
        if (program == DATA || program == IMPORT) return (1, 1);
        if (program == SEED) return (2, 1);
        if (program == TRAIN) return (2, 3);
        if (program == MERGE) return (5, 9);
        if (program == SCORE) return (9, 2);
        if (program == CONV_SEED) return (4, 1);
        if (program == CONV_TRAIN) return (4, 3);
        if (program == CONV_IMPORT) return (3, 1);
        if (program == CONV_MERGE) return (9, 9);
        if (program == CONV_SCORE) return (11, 2);
        if (program == INFER) return (5, 3);
        if (program == CONV_INFER) return (7, 3);
        if (program == DISJOINT) return (4, 2);
        if (program == SUBSET) return (18, 17);
        if (program == SPARSE_MERGE) return (15, 6);
        revert IVerifiers.UnknownProgram(program);
    }

    /// @notice How many of a program's parameters, the last ones, h_0 does not bind: x and the counts at x of a score, x and what is
    /// public at x of an inference, r and the record at r of disjoint, since x and r are drawn from h_0. They are signals as the
    /// others are.
    function lateOf(uint256 program) internal pure returns (uint256) {
        if (program == SCORE || program == CONV_SCORE || program == DISJOINT) return 2;
        return program == INFER || program == CONV_INFER ? 3 : 0;
    }

    /// @notice Rejects a claim whose parameters or chunks are not as many as its program has.
    /// @dev Every oracle has 1 to 255 chunks; none may have a parent of a merge, the second side of disjoint, where a record stands
    /// for it, and a set of subset. How many there are is the matter of the contract that makes the statement.
    /// @param parameters and oracles of the program
    function requireForm(uint256 program, uint256 parameters, uint256 oracles, Parts memory parts) internal pure {
        if (parts.parameterCount != parameters) {
            revert IVerifiers.WrongParameterCount(program, parts.parameterCount);
        }
        ScalarField.requireCanonical(parts.parameters, parameters);
        uint256 chunks = parts.chunks;
        uint256 sum = chunks & 0xff;
        bool valid = sum != 0;
        unchecked {
            for (uint256 o = 1; o < oracles; ++o) {
                chunks >>= 8;
                uint256 count = chunks & 0xff;
                if (count == 0 && !_mayLack(program)) valid = false;
                sum += count;
            }
        }
        if (!valid || chunks > 0xff || sum != parts.commitmentCount) {
            revert IVerifiers.MalformedCommitments(parts.commitmentCount, parts.chunks);
        }
    }

    /// @dev Whether some of a program's oracles may have no points.
    function _mayLack(uint256 program) private pure returns (bool) {
        return (((1 << MERGE) | (1 << CONV_MERGE) | (1 << DISJOINT) | (1 << SUBSET) | (1 << SPARSE_MERGE)) >> program) & 1 == 1;
    }

    /// @notice h_0: binds chain, registry, prover, program, parameters but for the late ones, extra words and commitments.
    /// @param registry the contract that the statement is made to
    function digest(address registry, address prover, uint256 program, Parts memory parts)
        internal
        view
        returns (uint256)
    {
        (uint256 parameterCount, uint256 extraCount) = (parts.parameterCount - lateOf(program), parts.extraCount);
        (uint256 parameters, uint256 extra) = (parts.parameters, parts.extra);
        (uint256 commitments, uint256 commitmentCount) = (parts.commitments, parts.commitmentCount);
        bytes32 domain = DOMAIN;
        bytes32 hash;
        assembly ("memory-safe") {
            // abi.encode(DOMAIN, chainId, registry, prover, program, parameters ++ extra, coordinates): seven words, then
            // the two lists, each behind its length. Behind the memory in use.
            let buffer := mload(0x40)
            let words := add(parameterCount, extraCount)
            mstore(buffer, domain)
            mstore(add(buffer, 0x20), chainid())
            mstore(add(buffer, 0x40), registry)
            mstore(add(buffer, 0x60), prover)
            mstore(add(buffer, 0x80), program)
            mstore(add(buffer, 0xa0), 0xe0)
            mstore(add(buffer, 0xc0), add(0x100, shl(5, words)))
            mstore(add(buffer, 0xe0), words)
            let at := add(buffer, 0x100)
            calldatacopy(at, parameters, shl(5, parameterCount))
            at := add(at, shl(5, parameterCount))
            calldatacopy(at, extra, shl(5, extraCount))
            at := add(at, shl(5, extraCount))
            mstore(at, shl(1, commitmentCount))
            at := add(at, 0x20)
            calldatacopy(at, commitments, shl(6, commitmentCount))
            at := add(at, shl(6, commitmentCount))
            hash := keccak256(buffer, sub(at, buffer))
        }
        return hash.fromHash();
    }

    /// @notice b: how many coordinates name a chunk of the longest vector of a proof.
    /// @dev It is found here and never taken from the prover: with a smaller one the high chunks of a model would weigh
    /// nothing, and a proof would hold for any weights there.
    function chunkBits(Parts memory parts) internal pure returns (uint256 bits) {
        uint256 most = parts.traceCount;
        if (parts.helperCount > most) most = parts.helperCount;
        unchecked {
            for (uint256 chunks = parts.chunks; chunks != 0; chunks >>= 8) {
                uint256 count = chunks & 0xff;
                if (count > most) most = count;
            }
            while (1 << bits < most) ++bits;
        }
    }

    /// @notice How many words `putSignals` writes.
    function signalWords(uint256 parameters) internal pure returns (uint256) {
        return 1 + FIXED_SIGNALS + parameters;
    }

    /// @notice Writes c, the digest of all signals, and all signals in the circuit's order.
    /// @dev That all are below the field's order is the caller's matter, and so is that the list is as long.
    /// @param all `signalWords` words, every one of which is written
    function putSignals(uint256[] memory all, uint256 h0, Parts memory parts) internal pure {
        uint256 bits = chunkBits(parts);
        if (parts.chunkCount != 1 + bits) revert IVerifiers.WrongChunkWords(parts.chunkCount, 1 + bits);
        (uint256 parameters, uint256 parameterCount) = (parts.parameters, parts.parameterCount);
        (uint256 challenges, uint256 chunk) = (parts.challenges, parts.chunk);
        assembly ("memory-safe") {
            // c stands behind six challenges.
            mstore(add(all, 0x20), calldataload(add(challenges, 0xc0)))
            calldatacopy(add(all, 0x40), challenges, 0xc0)
            // Eight coordinates: those of the proof, then zeros, as there are behind the call data.
            calldatacopy(add(all, 0x100), calldatasize(), 0x100)
            calldatacopy(add(all, 0x100), add(chunk, 0x20), shl(5, bits))
            mstore(add(all, 0x200), calldataload(chunk))
            mstore(add(all, 0x220), bits)
            mstore(add(all, 0x240), h0)
            calldatacopy(add(all, 0x300), parameters, shl(5, parameterCount))
        }
        _putDigests(all, h0, parts);
    }

    /// @dev h_1 .. h_5: each is the hash of the one before and of points.
    function _putDigests(uint256[] memory all, uint256 h0, Parts memory parts) private pure {
        (uint256 trace, uint256 traceCount) = (parts.trace, parts.traceCount);
        (uint256 helper, uint256 helperCount) = (parts.helper, parts.helperCount);
        uint256 points = parts.points;
        uint256 order = ScalarField.R;
        assembly ("memory-safe") {
            function absorb(h, place, count, r) -> next {
                let buffer := mload(0x40)
                mstore(buffer, h)
                calldatacopy(add(buffer, 0x20), place, shl(6, count))
                next := mod(keccak256(buffer, add(0x20, shl(6, count))), r)
            }
            let h := absorb(h0, trace, traceCount, order)
            mstore(add(all, 0x260), h)
            h := absorb(h, helper, helperCount, order)
            mstore(add(all, 0x280), h)
            // Behind the places of trace and helper: p', then s and T, then T2.
            h := absorb(h, add(points, 0x40), 1, order)
            mstore(add(all, 0x2a0), h)
            h := absorb(h, add(points, 0x80), 2, order)
            mstore(add(all, 0x2c0), h)
            h := absorb(h, add(points, 0x100), 1, order)
            mstore(add(all, 0x2e0), h)
        }
    }

    /// @notice The public signals beside c, from c and all signals.
    /// @return fold the keccak256 of all words modulo r
    /// @return v the sum of fold^i signal_i modulo r
    function folded(uint256[] memory all) internal pure returns (uint256 fold, uint256 v) {
        bytes32 hash;
        assembly ("memory-safe") {
            hash := keccak256(add(all, 0x20), shl(5, mload(all)))
        }
        fold = hash.fromHash();
        uint256 order = ScalarField.R;
        uint256 c;
        uint256 place;
        assembly ("memory-safe") {
            c := add(all, 0x20)
            place := add(all, shl(5, mload(all)))
        }
        unchecked {
            // Horner's rule, from the last signal to the first, which stands behind the length and c: one by one until a
            // multiple of eight is left, then eight at a time.
            for (; (place - c) & 0xe0 != 0; place -= 32) {
                assembly ("memory-safe") {
                    v := addmod(mulmod(v, fold, order), mload(place), order)
                }
            }
            for (; place > c; place -= 256) {
                assembly ("memory-safe") {
                    v := addmod(mulmod(v, fold, order), mload(place), order)
                    v := addmod(mulmod(v, fold, order), mload(sub(place, 0x20)), order)
                    v := addmod(mulmod(v, fold, order), mload(sub(place, 0x40)), order)
                    v := addmod(mulmod(v, fold, order), mload(sub(place, 0x60)), order)
                    v := addmod(mulmod(v, fold, order), mload(sub(place, 0x80)), order)
                    v := addmod(mulmod(v, fold, order), mload(sub(place, 0xa0)), order)
                    v := addmod(mulmod(v, fold, order), mload(sub(place, 0xc0)), order)
                    v := addmod(mulmod(v, fold, order), mload(sub(place, 0xe0)), order)
                }
            }
        }
    }
}
