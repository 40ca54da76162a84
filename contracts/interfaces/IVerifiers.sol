// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Claim, Proof, Srs} from "./Proof.sol";

/// @title The contract that checks proofs, and who may add to what it checks them against
/// @notice Registries hand it the statements that are made to them; it knows nothing of what they store.
///
/// Programs have the numbers 1 to 13: data; seed, train, import, merge and score of multilayer perceptrons; the same five of
/// convolutional networks; infer of either. What a program's proofs are checked against is
/// a Groth16 verification key, which is data. A program's keys are numbered from 1. The newest key that counts checks new
/// proofs, all keys stay on record. Nothing that an older one accepted is ever checked again or changed.
///
/// The owner can add keys and hand on or give up ownership (OpenZeppelin's Ownable2Step). That is all: it has no power over
/// nodes, edges, shards and scores. But whoever adds a key decides what is accepted once it counts. An added key counts
/// after `delay` seconds, so everybody has the time to look at it. `renounceOwnership` makes a registry final.
interface IVerifiers {
    /// @notice What is on record of a key. All fields are zero where there is none.
    /// @param pointer the contract whose code is a zero byte and the key's words
    /// @param countsFrom the time, in seconds, from which proofs are checked against the key
    /// @param keyHash keccak256 of the key's 18 words
    /// @param circuitHash SHA-256 of the circuit's constraints (r1cs file) that the key was made for
    struct KeyRecord {
        address pointer;
        uint64 countsFrom;
        bytes32 keyHash;
        bytes32 circuitHash;
    }

    /// @notice A program's first key.
    /// @param words alpha in G1 (2 words), beta and delta in G2 (4 each: x1, x0, y1, y0), IC_0 .. IC_3 in G1 (8); gamma is
    /// the generator of G2
    /// @param circuitHash SHA-256 of the circuit's constraints (r1cs file)
    struct Key {
        uint256[18] words;
        bytes32 circuitHash;
    }

    /// @notice A key with the number of the program that it is for.
    struct FirstKey {
        uint256 program;
        Key key;
    }

    /// @notice The contract stands.
    event VerifiersDeployed(Srs srs, uint256 delay);

    /// @notice From `countsFrom` on, this key checks the program's proofs. With a development key anyone can forge them: such
    /// proofs show nothing.
    event KeyAdded(
        uint256 indexed program,
        uint256 indexed version,
        address pointer,
        uint256 countsFrom,
        bytes32 keyHash,
        bytes32 circuitHash,
        bool development
    );

    /// @notice Thrown when development keys would be used on a chain that is not local, without saying that this is
    /// wanted.
    error DevKeysOffLocal(uint256 chainId);
    /// @notice Thrown when a key's words are not all finite points of their groups, or two of beta, gamma and delta are the same
    /// up to the sign: then anyone can forge proofs.
    error UnusableKey(uint256 program);
    /// @notice Thrown when the powers are no points of G2, infinity, or not different, or the tables' commitment is no finite
    /// point of G1.
    error UnusableSrs();
    /// @notice Thrown when the delay of new keys is shorter than two days or longer than a year.
    error DelayOutOfRange(uint256 delay);
    /// @notice Thrown when a number is no program.
    error UnknownProgram(uint256 program);
    /// @notice Thrown when a program would have more than 255 keys.
    error TooManyVersions(uint256 program);
    /// @notice Thrown when a key is added while the one before does not count yet.
    error KeyPending(uint256 program, uint256 countsFrom);

    /// @notice Thrown when there are no proofs, or not as many as claims.
    error WrongProofCount(uint256 claims, uint256 proofs);
    /// @notice Thrown when a claim has not as many parameters as its program.
    error WrongParameterCount(uint256 program, uint256 count);
    /// @notice Thrown when the chunks of a claim are not those of its program's oracles or not as many as its points.
    error MalformedCommitments(uint256 points, uint256 chunks);
    /// @notice Thrown when trace or helper has no chunk or more than 256.
    error WrongChunkCount(uint256 count);
    /// @notice Thrown when a proof says another number of words about its chunks than its longest vector needs.
    error WrongChunkWords(uint256 words, uint256 expected);
    /// @notice Thrown when a point is infinity, not on the curve, or has a coordinate beyond its field.
    error InvalidPoint(uint256 x, uint256 y);
    /// @notice Thrown when a parameter or an output of the circuit is r or more.
    error SignalNotInField(uint256 value);
    /// @notice Thrown when the call has too little gas to judge. It says nothing about the proof.
    error NotEnoughGas(uint256 needed, uint256 left);
    /// @notice Thrown when a proof does not hold for its statement, its sender, this chain and the contract it is made
    /// to, or its commitments do not open to what it says. Of several proofs one at least is bad.
    error ProofRejected(uint256 program);

    /// @notice Checks a proof of a statement that is made to the calling contract by `prover`. Reverts unless it holds.
    /// @dev The caller decides which parameters and commitments are meaningful: shapes must be canonical, models and shards
    /// registered, as many chunks as the shapes and descriptors say, `prover` the sender or somebody who signed.
    /// @return version of the key that accepted
    function verify(address prover, uint256 program, Claim calldata claim, Proof calldata proof)
        external
        view
        returns (uint256 version);

    /// @notice Checks several proofs of one program at once, at about 125,000 gas for each further one. Reverts unless all
    /// hold.
    /// @return version of the key that accepted
    function verifyMany(address prover, uint256 program, Claim[] calldata claims, Proof[] calldata proofs)
        external
        view
        returns (uint256 version);

    /// @notice Whether the powers or any key on record are the development's, whose secrets are public. Told by their points.
    function devKeys() external view returns (bool);

    /// @notice The ceremony's powers that openings are checked against, and the tables' commitment under them. That it is one is
    /// for readers to check: anyone can compute it from the powers.
    function srs() external view returns (Srs memory);

    /// @notice How many seconds after its addition a key counts.
    function delay() external view returns (uint256);

    /// @notice The version of the key that checks a program's proofs now; zero for numbers that are no program.
    function versionOf(uint256 program) external view returns (uint256);

    /// @notice How many keys a program has on record, of which the last may not count yet.
    function versionsOf(uint256 program) external view returns (uint256);

    /// @notice The words of a program's key, from version 1 on; all zero where there is none.
    function keyOf(uint256 program, uint256 version) external view returns (uint256[18] memory);

    /// @notice What is on record of a program's key, from version 1 on; all zero where there is none.
    function keyRecordOf(uint256 program, uint256 version) external view returns (KeyRecord memory);

    /// @notice Adds a key, which checks the program's proofs once `delay` has passed. Only the owner; at most 255 a program,
    /// one after the other.
    function addKey(uint256 program, Key calldata key) external;

    /// @notice Who may add keys; zero once given up.
    function owner() external view returns (address);
}
