// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IVerifiers} from "../interfaces/IVerifiers.sol";
import {Challenges, Claim, G1Point, Points, Proof} from "../interfaces/Proof.sol";
import {ScalarField} from "./ScalarField.sol";

/// @title What a proof is about, as the field elements that the circuits read
/// @notice The only place that knows the order of signals: eta, gamma, theta, gamma2, z, e2, y_0 .. y_7, rest, b, h_0 .. h_5
/// and the program's parameters. Its twin is src/registry/statement.ts.
library Statement {
    using ScalarField for bytes32;

    bytes32 internal constant DOMAIN = keccak256("descent.statement.v3");

    uint256 internal constant DATA = 1;
    uint256 internal constant SEED = 2;
    uint256 internal constant TRAIN = 3;
    uint256 internal constant IMPORT = 4;
    uint256 internal constant MERGE = 5;
    uint256 internal constant SCORE = 6;

    /// @dev Most chunks of a vector: 2^26 entries.
    uint256 internal constant MAX_CHUNKS = 256;

    /// @dev Signals before the parameters: six challenges, eight coordinates of the chunk, rest, b and h_0 .. h_5.
    uint256 private constant FIXED_SIGNALS = 22;

    /// @notice How many parameters and statement oracles a program has. An absent parent of a merge counts.
    function sizesOf(uint256 program) internal pure returns (uint256 parameters, uint256 oracles) {
        if (program == DATA || program == IMPORT) return (1, 1);
        if (program == SEED) return (2, 1);
        if (program == TRAIN) return (2, 3);
        if (program == MERGE) return (5, 9);
        if (program == SCORE) return (3, 2);
        revert IVerifiers.UnknownProgram(program);
    }

    /// @notice Rejects a claim whose parameters or chunks are not as many as its program has.
    /// @dev Every oracle has 1 to 255 chunks; only a parent of a merge may have none.
    function requireForm(uint256 program, Claim calldata claim) internal pure {
        (uint256 parameters, uint256 oracles) = sizesOf(program);
        uint256[] calldata given = claim.parameters;
        if (given.length != parameters) revert IVerifiers.WrongParameterCount(program, given.length);
        ScalarField.requireCanonical(given);
        uint256 sum = 0;
        bool valid = claim.chunks >> (8 * oracles) == 0;
        uint256 chunks = claim.chunks;
        unchecked {
            for (uint256 o = 0; o < oracles; ++o) {
                uint256 count = chunks & 0xff;
                if (count == 0 && (program != MERGE || o == 0)) valid = false;
                sum += count;
                chunks >>= 8;
            }
        }
        if (!valid || sum != claim.commitments.length) {
            revert IVerifiers.MalformedCommitments(claim.commitments.length, claim.chunks);
        }
    }

    /// @notice h_0: binds chain, registry, prover, program, parameters, extra words and commitments.
    /// @param registry the contract that the statement is made to
    function digest(address registry, address prover, uint256 program, Claim calldata claim)
        internal
        view
        returns (uint256)
    {
        uint256[] calldata parameters = claim.parameters;
        uint256[] calldata extra = claim.extra;
        G1Point[] calldata commitments = claim.commitments;
        bytes32 domain = DOMAIN;
        bytes32 hash;
        assembly ("memory-safe") {
            // abi.encode(DOMAIN, chainId, registry, prover, program, parameters ++ extra, coordinates): seven words, then
            // the two lists, each behind its length. Behind the memory in use.
            let buffer := mload(0x40)
            let words := add(parameters.length, extra.length)
            mstore(buffer, domain)
            mstore(add(buffer, 0x20), chainid())
            mstore(add(buffer, 0x40), registry)
            mstore(add(buffer, 0x60), prover)
            mstore(add(buffer, 0x80), program)
            mstore(add(buffer, 0xa0), 0xe0)
            mstore(add(buffer, 0xc0), add(0x100, shl(5, words)))
            mstore(add(buffer, 0xe0), words)
            let at := add(buffer, 0x100)
            calldatacopy(at, parameters.offset, shl(5, parameters.length))
            at := add(at, shl(5, parameters.length))
            calldatacopy(at, extra.offset, shl(5, extra.length))
            at := add(at, shl(5, extra.length))
            mstore(at, shl(1, commitments.length))
            at := add(at, 0x20)
            calldatacopy(at, commitments.offset, shl(6, commitments.length))
            at := add(at, shl(6, commitments.length))
            hash := keccak256(buffer, sub(at, buffer))
        }
        return hash.fromHash();
    }

    /// @notice b: how many coordinates name a chunk of the longest vector of a proof.
    /// @dev It is found here and never taken from the prover: with a smaller one the high chunks of a model would weigh
    /// nothing, and a proof would hold for any weights there.
    function chunkBits(Claim calldata claim, Points calldata points) internal pure returns (uint256 bits) {
        uint256 most = points.trace.length;
        if (points.helper.length > most) most = points.helper.length;
        unchecked {
            for (uint256 chunks = claim.chunks; chunks != 0; chunks >>= 8) {
                uint256 count = chunks & 0xff;
                if (count > most) most = count;
            }
            while (1 << bits < most) ++bits;
        }
    }

    /// @notice All signals in the circuit's order, and before them c, their digest.
    /// @dev That all are below the field's order is the caller's matter.
    /// @return all 23 words and the parameters
    function signals(uint256 h0, Claim calldata claim, Proof calldata proof)
        internal
        pure
        returns (uint256[] memory all)
    {
        uint256[] calldata parameters = claim.parameters;
        Challenges calldata challenges = proof.challenges;
        Points calldata points = proof.points;
        uint256 digestOfSignals = challenges.digest;
        uint256[] calldata chunk = challenges.chunk;
        uint256 bits = chunkBits(claim, points);
        if (chunk.length != 1 + bits) revert IVerifiers.WrongChunkWords(chunk.length, 1 + bits);
        assembly ("memory-safe") {
            // Every word is written here or below.
            let count := add(1, add(FIXED_SIGNALS, parameters.length))
            all := mload(0x40)
            mstore(0x40, add(all, add(0x20, shl(5, count))))
            mstore(all, count)
            mstore(add(all, 0x20), digestOfSignals)
            calldatacopy(add(all, 0x40), challenges, 0xc0)
            // Eight coordinates: those of the proof, then zeros, as there are behind the call data.
            calldatacopy(add(all, 0x100), calldatasize(), 0x100)
            calldatacopy(add(all, 0x100), add(chunk.offset, 0x20), shl(5, bits))
            mstore(add(all, 0x200), calldataload(chunk.offset))
            mstore(add(all, 0x220), bits)
            mstore(add(all, 0x240), h0)
            calldatacopy(add(all, 0x300), parameters.offset, shl(5, parameters.length))
        }
        uint256 h1 = _absorb(h0, points.trace);
        uint256 h2 = _absorb(h1, points.helper);
        uint256 h3 = _absorb(h2, points.rows, 1);
        uint256 h4 = _absorb(h3, points.columns, 2);
        uint256 h5 = _absorb(h4, points.quotient2, 1);
        assembly ("memory-safe") {
            mstore(add(all, 0x260), h1)
            mstore(add(all, 0x280), h2)
            mstore(add(all, 0x2a0), h3)
            mstore(add(all, 0x2c0), h4)
            mstore(add(all, 0x2e0), h5)
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
            // multiple of four is left, then four at a time.
            for (; (place - c) & 0x60 != 0; place -= 32) {
                assembly ("memory-safe") {
                    v := addmod(mulmod(v, fold, order), mload(place), order)
                }
            }
            for (; place > c; place -= 128) {
                assembly ("memory-safe") {
                    v := addmod(mulmod(v, fold, order), mload(place), order)
                    v := addmod(mulmod(v, fold, order), mload(sub(place, 0x20)), order)
                    v := addmod(mulmod(v, fold, order), mload(sub(place, 0x40)), order)
                    v := addmod(mulmod(v, fold, order), mload(sub(place, 0x60)), order)
                }
            }
        }
    }

    /// @dev h_k from h_(k-1) and a list of points.
    function _absorb(uint256 h, G1Point[] calldata points) private pure returns (uint256) {
        bytes32 hash;
        assembly ("memory-safe") {
            let buffer := mload(0x40)
            mstore(buffer, h)
            calldatacopy(add(buffer, 0x20), points.offset, shl(6, points.length))
            hash := keccak256(buffer, add(0x20, shl(6, points.length)))
        }
        return hash.fromHash();
    }

    /// @dev h_k from h_(k-1) and `count` points that follow each other in `Points`.
    function _absorb(uint256 h, G1Point calldata first, uint256 count) private pure returns (uint256) {
        bytes32 hash;
        assembly ("memory-safe") {
            let buffer := mload(0x40)
            mstore(buffer, h)
            calldatacopy(add(buffer, 0x20), first, shl(6, count))
            hash := keccak256(buffer, add(0x20, shl(6, count)))
        }
        return hash.fromHash();
    }
}
