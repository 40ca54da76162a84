// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {Described} from "./Described.sol";
import {IVerifiers} from "./interfaces/IVerifiers.sol";
import {Claim, Proof, Srs} from "./interfaces/Proof.sol";
import {Curve} from "./libraries/Curve.sol";
import {DevKeys} from "./libraries/DevKeys.sol";
import {ProofBatch} from "./libraries/ProofBatch.sol";
import {VerificationKey} from "./libraries/VerificationKey.sol";

/// @title Verifiers
/// @notice Checks points and signals, then Groth16 proofs and openings in one pairing. The powers are immutable, keys are
/// only ever added.
contract Verifiers is IVerifiers, Ownable2Step, Described {
    using ProofBatch for ProofBatch.Batch;

    uint256 private constant MAX_VERSIONS = 255;
    uint256 private constant SHORTEST_DELAY = 2 days;
    uint256 private constant LONGEST_DELAY = 365 days;
    uint256 private constant LOCAL_CHAIN = 31337;
    uint256 private constant OTHER_LOCAL_CHAIN = 1337;

    uint256 private immutable DELAY;
    bool private immutable DEV_KEYS_ALLOWED;

    uint256 private immutable TAU_X1;
    uint256 private immutable TAU_X0;
    uint256 private immutable TAU_Y1;
    uint256 private immutable TAU_Y0;
    uint256 private immutable TAU_C_X1;
    uint256 private immutable TAU_C_X0;
    uint256 private immutable TAU_C_Y1;
    uint256 private immutable TAU_C_Y0;
    uint256 private immutable TABLES_X;
    uint256 private immutable TABLES_Y;

    /// @dev | counts from 64 | version 8 | pointer 160 |: what a proof needs of a program's last key, in one word.
    struct Last {
        address pointer;
        uint8 version;
        uint64 countsFrom;
    }

    bool private _devKeys;
    mapping(uint256 program => Last) private _last;
    mapping(uint256 program => mapping(uint256 keyVersion => KeyRecord)) private _records;

    /// @param firstKeys the first key of each program; they count at once
    /// @param powers the ceremony's powers in G2, and the tables' commitment under them
    /// @param delay_ seconds until a further key counts: 2 days to a year
    /// @param allowDevKeysOffLocal must be said in so many words to put development keys on any but a local chain
    /// @param owner_ who may add keys; zero: nobody, ever
    constructor(
        FirstKey[] memory firstKeys,
        Srs memory powers,
        uint256 delay_,
        bool allowDevKeysOffLocal,
        address owner_
    ) Ownable(msg.sender) {
        if (delay_ < SHORTEST_DELAY || delay_ > LONGEST_DELAY) revert DelayOutOfRange(delay_);
        uint256[4][] memory points = new uint256[4][](2);
        (points[0], points[1]) = (powers.tau, powers.tauC);
        if (!Curve.areG2Points(points)) revert UnusableSrs();
        if (!Curve.isPoint(powers.tables[0], powers.tables[1])) revert UnusableSrs();

        DELAY = delay_;
        DEV_KEYS_ALLOWED =
            allowDevKeysOffLocal || block.chainid == LOCAL_CHAIN || block.chainid == OTHER_LOCAL_CHAIN;
        (TAU_X1, TAU_X0, TAU_Y1, TAU_Y0) = (powers.tau[0], powers.tau[1], powers.tau[2], powers.tau[3]);
        (TAU_C_X1, TAU_C_X0, TAU_C_Y1, TAU_C_Y0) = (powers.tauC[0], powers.tauC[1], powers.tauC[2], powers.tauC[3]);
        (TABLES_X, TABLES_Y) = (powers.tables[0], powers.tables[1]);
        emit VerifiersDeployed(powers, delay_);
        _noteDevelopment(DevKeys.isSrs(powers));
        for (uint256 i = 0; i < firstKeys.length; ++i) {
            _add(firstKeys[i].program, firstKeys[i].key, block.timestamp);
        }
        _transferOwnership(owner_);
    }

    /// @inheritdoc IVerifiers
    function verify(address prover, uint256 program, Claim calldata claim, Proof calldata proof)
        external
        view
        returns (uint256 keyVersion)
    {
        address pointer;
        (pointer, keyVersion) = _current(program);
        _requireGas(1);
        ProofBatch.Batch memory batch = ProofBatch.begin(program, 1);
        batch.collect(0, prover, claim, proof);
        batch.draw();
        batch.weigh(0);
        if (!batch.holds(VerificationKey.read(pointer), _srs())) revert ProofRejected(program);
    }

    /// @inheritdoc IVerifiers
    function verifyMany(address prover, uint256 program, Claim[] calldata claims, Proof[] calldata proofs)
        external
        view
        returns (uint256 keyVersion)
    {
        uint256 count = claims.length;
        if (count == 0 || count != proofs.length) revert WrongProofCount(count, proofs.length);
        address pointer;
        (pointer, keyVersion) = _current(program);
        _requireGas(count);
        ProofBatch.Batch memory batch = ProofBatch.begin(program, count);
        for (uint256 i = 0; i < count; ++i) {
            batch.collect(i, prover, claims[i], proofs[i]);
        }
        batch.draw();
        for (uint256 i = 0; i < count; ++i) {
            batch.weigh(i);
        }
        if (!batch.holds(VerificationKey.read(pointer), _srs())) revert ProofRejected(program);
    }

    /// @inheritdoc IVerifiers
    function addKey(uint256 program, Key calldata key) external onlyOwner {
        Last memory last = _last[program];
        if (last.version == 0) revert UnknownProgram(program);
        if (block.timestamp < last.countsFrom) revert KeyPending(program, last.countsFrom);
        _add(program, key, block.timestamp + DELAY);
    }

    /// @inheritdoc IVerifiers
    function owner() public view override(IVerifiers, Ownable) returns (address) {
        return super.owner();
    }

    /// @inheritdoc IVerifiers
    function devKeys() external view returns (bool) {
        return _devKeys;
    }

    /// @inheritdoc IVerifiers
    function srs() external view returns (Srs memory) {
        return _srs();
    }

    /// @inheritdoc IVerifiers
    function delay() external view returns (uint256) {
        return DELAY;
    }

    /// @inheritdoc IVerifiers
    function versionOf(uint256 program) external view returns (uint256 keyVersion) {
        if (_last[program].version != 0) (, keyVersion) = _current(program);
    }

    /// @inheritdoc IVerifiers
    function versionsOf(uint256 program) external view returns (uint256) {
        return _last[program].version;
    }

    /// @inheritdoc IVerifiers
    function keyOf(uint256 program, uint256 keyVersion) external view returns (uint256[18] memory) {
        return VerificationKey.read(_records[program][keyVersion].pointer);
    }

    /// @inheritdoc IVerifiers
    function keyRecordOf(uint256 program, uint256 keyVersion) external view returns (KeyRecord memory) {
        return _records[program][keyVersion];
    }

    /// @dev The key that counts now. One at most does not count yet: the last.
    function _current(uint256 program) private view returns (address pointer, uint256 keyVersion) {
        Last memory last = _last[program];
        (pointer, keyVersion) = (last.pointer, last.version);
        if (keyVersion == 0) revert UnknownProgram(program);
        if (block.timestamp < last.countsFrom) {
            --keyVersion;
            pointer = _records[program][keyVersion].pointer;
        }
    }

    function _requireGas(uint256 count) private view {
        uint256 needed = ProofBatch.gasFor(count);
        uint256 left = gasleft();
        if (left < needed) revert NotEnoughGas(needed, left);
    }

    function _srs() private view returns (Srs memory) {
        return Srs(
            [TAU_X1, TAU_X0, TAU_Y1, TAU_Y0], [TAU_C_X1, TAU_C_X0, TAU_C_Y1, TAU_C_Y0], [TABLES_X, TABLES_Y]
        );
    }

    function _add(uint256 program, Key memory key, uint256 countsFrom) private {
        uint256 keyVersion = uint256(_last[program].version) + 1;
        if (keyVersion > MAX_VERSIONS) revert TooManyVersions(program);
        if (!VerificationKey.isUsable(key.words)) revert UnusableKey(program);
        bool development = DevKeys.isKey(key.words);
        _noteDevelopment(development);
        address pointer = VerificationKey.write(key.words);
        bytes32 keyHash = VerificationKey.hash(key.words);
        _last[program] = Last(pointer, uint8(keyVersion), uint64(countsFrom));
        _records[program][keyVersion] = KeyRecord(pointer, uint64(countsFrom), keyHash, key.circuitHash);
        emit KeyAdded(program, keyVersion, pointer, countsFrom, keyHash, key.circuitHash, development);
    }

    function _noteDevelopment(bool development) private {
        if (!development) return;
        if (!DEV_KEYS_ALLOWED) revert DevKeysOffLocal(block.chainid);
        _devKeys = true;
    }

    /// @dev See Described.
    function _answers(bytes4 interfaceId) internal pure override returns (bool) {
        return interfaceId == type(IVerifiers).interfaceId;
    }
}
