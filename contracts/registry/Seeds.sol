// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IModelRegistry} from "../interfaces/IModelRegistry.sol";
import {ModelId} from "../interfaces/Ids.sol";
import {G1Point, Proof} from "../interfaces/Proof.sol";
import {ScalarField} from "../libraries/ScalarField.sol";
import {Statement} from "../libraries/Statement.sol";
import {Models} from "./Models.sol";

/// @title Seeds
/// @notice Models whose weights follow from a block's hash and a secret that was committed to before that block.
abstract contract Seeds is Models {
    struct PackedRequest {
        address trainer;
        uint64 seedBlock;
        bool used;
        uint256 shape;
        bytes32 secretHash;
        bytes32 blockHash;
    }

    mapping(uint256 requestId => PackedRequest) private _seedRequests;
    uint256 private _lastSeedRequest;

    /// @inheritdoc IModelRegistry
    function requestSeed(uint256 shape, bytes32 secretHash) external returns (uint256 requestId) {
        _requireShape(shape);
        requestId = ++_lastSeedRequest;
        uint256 seedBlock = _blockNumber() + 1;
        _seedRequests[requestId] = PackedRequest(_sender(), uint64(seedBlock), false, shape, secretHash, 0);
        emit SeedRequested(requestId, _sender(), shape, seedBlock, secretHash);
    }

    /// @inheritdoc IModelRegistry
    function fixSeed(uint256 requestId) external {
        PackedRequest memory request = _knownSeedRequest(requestId);
        if (request.used) revert SeedRequestUsed(requestId);
        if (request.blockHash != 0) return;
        bytes32 hash = _randomnessOf(requestId, request);
        _seedRequests[requestId].blockHash = hash;
        emit SeedFixed(requestId, hash);
    }

    /// @inheritdoc IModelRegistry
    function seed(uint256 requestId, bytes32 secret, G1Point[] calldata commitment, Proof calldata proof)
        external
        returns (ModelId id)
    {
        PackedRequest memory request = _knownSeedRequest(requestId);
        if (request.trainer != _sender()) revert SeedRequestOfAnother(requestId, request.trainer);
        if (request.used) revert SeedRequestUsed(requestId);
        uint256 seed_ = _seedOf(requestId, secret, request);
        (uint256[] memory parameters, uint256 next) = _parametersFor(commitment.length, request.shape, 1);
        parameters[next] = seed_;
        id = _freshModel(commitment, request.shape);
        uint256 version = _requireProof(
            Statement.ofShape(Statement.SEED, request.shape),
            _claimOf(parameters, _words(requestId), commitment),
            proof
        );

        _seedRequests[requestId].used = true;
        _addOrigin(ModelId.unwrap(id), _sender(), Kind.Seed, version, _traits(request.shape));
        emit ModelRegistered(id, _sender(), Kind.Seed, 0, request.shape, commitment);
        emit Seeded(id, requestId, seed_);
    }

    /// @inheritdoc IModelRegistry
    function seedRequest(uint256 requestId) external view returns (SeedRequest memory) {
        PackedRequest memory packed = _seedRequests[requestId];
        return SeedRequest(
            packed.trainer, packed.seedBlock, packed.used, packed.shape, packed.secretHash, packed.blockHash
        );
    }

    /// @inheritdoc IModelRegistry
    function seedOf(uint256 requestId, bytes32 secret) external view returns (uint256) {
        return _seedOf(requestId, secret, _knownSeedRequest(requestId));
    }

    function _seedOf(uint256 requestId, bytes32 secret, PackedRequest memory request) private view returns (uint256) {
        if (keccak256(abi.encode(secret)) != request.secretHash) revert WrongSecret(requestId);
        bytes32 randomness = _randomnessOf(requestId, request);
        return ScalarField.fromHash(keccak256(abi.encode(randomness, request.trainer, requestId, secret)));
    }

    /// @dev The hash of the block that decides, as it was stored or as the chain knows it.
    function _randomnessOf(uint256 requestId, PackedRequest memory request) private view returns (bytes32 randomness) {
        if (request.blockHash != 0) return request.blockHash;
        if (_blockNumber() <= request.seedBlock) revert SeedTooEarly(requestId, request.seedBlock);
        randomness = _blockHash(request.seedBlock);
        if (randomness == 0) revert SeedExpired(requestId, request.seedBlock);
    }

    function _knownSeedRequest(uint256 requestId) private view returns (PackedRequest memory request) {
        request = _seedRequests[requestId];
        if (request.trainer == address(0)) revert UnknownSeedRequest(requestId);
    }
}
