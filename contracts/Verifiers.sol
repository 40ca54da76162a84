// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

import {IGroth16Verifier13} from "./interfaces/IGroth16Verifier13.sol";
import {IGroth16Verifier14} from "./interfaces/IGroth16Verifier14.sol";
import {IGroth16Verifier15} from "./interfaces/IGroth16Verifier15.sol";
import {IGroth16Verifier17} from "./interfaces/IGroth16Verifier17.sol";
import {IVerifiers} from "./interfaces/IVerifiers.sol";
import {Proof, Srs} from "./interfaces/Proof.sol";
import {Groth16Call} from "./libraries/Groth16Call.sol";
import {KzgOpening} from "./libraries/KzgOpening.sol";
import {Statement} from "./libraries/Statement.sol";

/// @title Verifiers
/// @notice Checks points and signals, then the Groth16 proof, then the opening. The powers are immutable, verifiers are
/// only ever added.
contract Verifiers is IVerifiers {
    uint256 private constant PROGRAMS = 6;
    uint256 private constant MAX_VERSIONS = 255;
    /// @dev Words of a merge's commitments, of all programs' the most: child and eight parents.
    uint256 private constant MAX_WORDS = 18;
    uint256 private constant LOCAL_CHAIN = 31337;
    uint256 private constant OTHER_LOCAL_CHAIN = 1337;

    bool private immutable DEV_KEYS;

    uint256 private immutable TAU_X1;
    uint256 private immutable TAU_X0;
    uint256 private immutable TAU_Y1;
    uint256 private immutable TAU_Y0;
    uint256 private immutable TAU_C_X1;
    uint256 private immutable TAU_C_X0;
    uint256 private immutable TAU_C_Y1;
    uint256 private immutable TAU_C_Y0;
    uint256 private immutable TAU_C2_X1;
    uint256 private immutable TAU_C2_X0;
    uint256 private immutable TAU_C2_Y1;
    uint256 private immutable TAU_C2_Y0;

    /// @dev | newest version 8 | its verifier 160 |: what a proof needs, in one word.
    struct Newest {
        address verifier;
        uint8 version;
    }

    address private _owner;
    address private _pendingOwner;
    mapping(uint256 program => Newest) private _newest;
    mapping(uint256 program => mapping(uint256 version => VerifierRecord)) private _records;

    modifier onlyOwner() {
        if (msg.sender != _owner) revert NotOwner(msg.sender);
        _;
    }

    /// @param verifiers the first version for programs 1..6, in order
    /// @param powers the ceremony's powers in G2
    /// @param devKeysUsed whether keys and powers come from the public development constant
    /// @param allowDevKeysOffLocal must be said in so many words to put dev keys on any but a local chain
    /// @param owner_ who may add verifiers; zero: nobody, ever
    constructor(
        address[PROGRAMS] memory verifiers,
        Srs memory powers,
        bool devKeysUsed,
        bool allowDevKeysOffLocal,
        address owner_
    ) {
        bool local = block.chainid == LOCAL_CHAIN || block.chainid == OTHER_LOCAL_CHAIN;
        if (devKeysUsed && !allowDevKeysOffLocal && !local) revert DevKeysOffLocal(block.chainid);
        if (!KzgOpening.isUsable(powers)) revert UnusableSrs();

        DEV_KEYS = devKeysUsed;
        (TAU_X1, TAU_X0, TAU_Y1, TAU_Y0) = (powers.tau[0], powers.tau[1], powers.tau[2], powers.tau[3]);
        (TAU_C_X1, TAU_C_X0, TAU_C_Y1, TAU_C_Y0) = (powers.tauC[0], powers.tauC[1], powers.tauC[2], powers.tauC[3]);
        (TAU_C2_X1, TAU_C2_X0, TAU_C2_Y1, TAU_C2_Y0) =
            (powers.tauC2[0], powers.tauC2[1], powers.tauC2[2], powers.tauC2[3]);
        emit VerifiersDeployed(devKeysUsed, powers);
        for (uint256 i = 0; i < PROGRAMS; ++i) {
            _add(i + 1, verifiers[i]);
        }
        _own(owner_);
    }

    /// @inheritdoc IVerifiers
    function verify(
        address prover,
        uint256 program,
        uint256[] calldata parameters,
        uint256[] calldata extra,
        uint256[] calldata commitments,
        Proof calldata proof
    ) external view returns (uint256) {
        _requirePoints(commitments);
        KzgOpening.requirePoints(proof.points);
        // An absent parent of a merge stays (0, 0), the zero polynomial.
        uint256[] memory oracles = program == Statement.MERGE ? _padded(commitments, MAX_WORDS) : commitments;
        uint256[] memory bound = _joined(parameters, extra);
        uint256 h0 = Statement.digest(msg.sender, prover, program, bound, oracles);
        return _requireProof(program, Statement.signals(h0, proof, parameters), oracles, proof);
    }

    /// @inheritdoc IVerifiers
    function addVerifier(uint256 program, address verifier) external onlyOwner {
        if (_newest[program].version == 0) revert UnknownProgram(program);
        _add(program, verifier);
    }

    /// @inheritdoc IVerifiers
    function transferOwnership(address newOwner) external onlyOwner {
        _pendingOwner = newOwner;
        emit OwnershipTransferStarted(_owner, newOwner);
    }

    /// @inheritdoc IVerifiers
    function acceptOwnership() external {
        if (msg.sender != _pendingOwner) revert NotPendingOwner(msg.sender);
        _own(msg.sender);
    }

    /// @inheritdoc IVerifiers
    function renounceOwnership() external onlyOwner {
        _own(address(0));
    }

    /// @inheritdoc IVerifiers
    function owner() external view returns (address) {
        return _owner;
    }

    /// @inheritdoc IVerifiers
    function pendingOwner() external view returns (address) {
        return _pendingOwner;
    }

    /// @inheritdoc IVerifiers
    function devKeys() external view returns (bool) {
        return DEV_KEYS;
    }

    /// @inheritdoc IVerifiers
    function srs() external view returns (Srs memory) {
        return _srs();
    }

    /// @inheritdoc IVerifiers
    function verifierOf(uint256 program) external view returns (address) {
        return _newest[program].verifier;
    }

    /// @inheritdoc IVerifiers
    function versionOf(uint256 program) external view returns (uint256) {
        return _newest[program].version;
    }

    /// @inheritdoc IVerifiers
    function verifierAt(uint256 program, uint256 version) external view returns (VerifierRecord memory) {
        return _records[program][version];
    }

    /// @return version of the verifier that accepted
    function _requireProof(
        uint256 program,
        uint256[] memory signals,
        uint256[] memory oracles,
        Proof calldata proof
    ) private view returns (uint256 version) {
        Newest memory newest = _newest[program];
        version = newest.version;
        if (version == 0) revert UnknownProgram(program);
        // Code cannot change, but a contract that destroyed itself in the transaction that made it could come back.
        if (newest.verifier.codehash != _records[program][version].codeHash) revert VerifierChanged(program, version);
        if (!Groth16Call.accepts(newest.verifier, _selector(program), proof.groth16, signals)) {
            revert ProofRejected(program);
        }
        uint256 kappa = Statement.kappa(signals, proof.points.opening);
        if (!KzgOpening.holds(_srs(), oracles, proof, kappa)) revert OpeningRejected(program);
    }

    function _requirePoints(uint256[] calldata words) private pure {
        if (words.length == 0 || words.length % 2 != 0 || words.length > MAX_WORDS) {
            revert MalformedCommitments(words.length);
        }
        for (uint256 i = 0; i < words.length; i += 2) {
            KzgOpening.requirePoint(words[i], words[i + 1]);
        }
    }

    function _padded(uint256[] calldata words, uint256 length) private pure returns (uint256[] memory padded) {
        padded = new uint256[](length);
        for (uint256 i = 0; i < words.length; ++i) {
            padded[i] = words[i];
        }
    }

    function _joined(uint256[] calldata first, uint256[] calldata second)
        private
        pure
        returns (uint256[] memory all)
    {
        all = _padded(first, first.length + second.length);
        for (uint256 i = 0; i < second.length; ++i) {
            all[first.length + i] = second[i];
        }
    }

    /// @dev How a program's verifier is called follows from how many public signals its circuit has.
    function _selector(uint256 program) private pure returns (bytes4) {
        if (program == Statement.DATA || program == Statement.ROOT) return IGroth16Verifier13.verifyProof.selector;
        if (program == Statement.SEED || program == Statement.TRAIN) return IGroth16Verifier14.verifyProof.selector;
        if (program == Statement.SCORE) return IGroth16Verifier15.verifyProof.selector;
        return IGroth16Verifier17.verifyProof.selector;
    }

    function _srs() private view returns (Srs memory) {
        return Srs(
            [TAU_X1, TAU_X0, TAU_Y1, TAU_Y0],
            [TAU_C_X1, TAU_C_X0, TAU_C_Y1, TAU_C_Y0],
            [TAU_C2_X1, TAU_C2_X0, TAU_C2_Y1, TAU_C2_Y0]
        );
    }

    function _add(uint256 program, address verifier) private {
        if (verifier.code.length == 0) revert VerifierWithoutCode(verifier);
        uint256 version = uint256(_newest[program].version) + 1;
        if (version > MAX_VERSIONS) revert TooManyVersions(program);
        bytes32 codeHash = verifier.codehash;
        _newest[program] = Newest(verifier, uint8(version));
        _records[program][version] = VerifierRecord(verifier, codeHash);
        emit VerifierAdded(program, version, verifier, codeHash);
    }

    function _own(address newOwner) private {
        emit OwnershipTransferred(_owner, newOwner);
        _owner = newOwner;
        _pendingOwner = address(0);
    }
}
