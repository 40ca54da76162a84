// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

import {IGroth16Verifier13} from "./interfaces/IGroth16Verifier13.sol";
import {IGroth16Verifier14} from "./interfaces/IGroth16Verifier14.sol";
import {IModelRegistry} from "./interfaces/IModelRegistry.sol";
import {DatasetId, ModelId, ShardId} from "./interfaces/Ids.sol";
import {G1Point, Proof, Srs} from "./interfaces/Proof.sol";
import {BlockHash} from "./libraries/BlockHash.sol";
import {Groth16Call} from "./libraries/Groth16Call.sol";
import {Identity} from "./libraries/Identity.sol";
import {KzgOpening} from "./libraries/KzgOpening.sol";
import {NodeHead, NodeHeadLibrary} from "./libraries/NodeHead.sol";
import {ScalarField} from "./libraries/ScalarField.sol";
import {Shape} from "./libraries/Shape.sol";
import {Statement} from "./libraries/Statement.sol";

/// @title ModelRegistry
/// @notice State and events. What is proved is decided in libraries/, how it is proved in circuits/.
contract ModelRegistry is IModelRegistry {
    /// @dev Children form a list: the parent knows the newest, each child the next older. A first child costs three
    /// fresh words, and so does every further one.
    struct NodeRecord {
        NodeHead head;
        ModelId parent;
        ModelId newestChild;
        ModelId olderSibling;
    }

    /// @dev One word: | descriptor without offsets 37 | owner 160 |.
    struct PackedShard {
        address owner;
        uint40 geometry;
    }

    struct PackedDataset {
        address registrar;
        uint32 shards;
        uint64 rows;
    }

    struct PackedRequest {
        address trainer;
        uint64 seedBlock;
        bool used;
        uint256 shape;
    }

    uint256 private constant LOCAL_CHAIN = 31337;
    uint256 private constant OTHER_LOCAL_CHAIN = 1337;
    ModelId private constant NO_MODEL = ModelId.wrap(0);

    bool private immutable DEV_KEYS;

    address private immutable DATA_VERIFIER;
    address private immutable SEED_VERIFIER;
    address private immutable TRAIN_VERIFIER;

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

    mapping(ModelId id => NodeRecord) private _nodes;
    mapping(ShardId id => PackedShard) private _shards;
    mapping(DatasetId id => PackedDataset) private _datasets;
    mapping(uint256 requestId => PackedRequest) private _seedRequests;
    uint256 private _lastSeedRequest;

    /// @param dataVerifier of program data, 13 signals
    /// @param seedVerifier of program seed, 14 signals
    /// @param trainVerifier of program train, 14 signals
    /// @param powers the ceremony's powers in G2
    /// @param devKeysUsed whether keys and powers come from the public development constant
    /// @param allowDevKeysOffLocal must be said in so many words to put dev keys on any but a local chain
    constructor(
        address dataVerifier,
        address seedVerifier,
        address trainVerifier,
        Srs memory powers,
        bool devKeysUsed,
        bool allowDevKeysOffLocal
    ) {
        bool local = block.chainid == LOCAL_CHAIN || block.chainid == OTHER_LOCAL_CHAIN;
        if (devKeysUsed && !allowDevKeysOffLocal && !local) revert DevKeysOffLocal(block.chainid);
        _requireCode(dataVerifier);
        _requireCode(seedVerifier);
        _requireCode(trainVerifier);
        if (!KzgOpening.isUsable(powers)) revert UnusableSrs();

        DEV_KEYS = devKeysUsed;
        DATA_VERIFIER = dataVerifier;
        SEED_VERIFIER = seedVerifier;
        TRAIN_VERIFIER = trainVerifier;
        (TAU_X1, TAU_X0, TAU_Y1, TAU_Y0) = (powers.tau[0], powers.tau[1], powers.tau[2], powers.tau[3]);
        (TAU_C_X1, TAU_C_X0, TAU_C_Y1, TAU_C_Y0) = (powers.tauC[0], powers.tauC[1], powers.tauC[2], powers.tauC[3]);
        (TAU_C2_X1, TAU_C2_X0, TAU_C2_Y1, TAU_C2_Y0) =
            (powers.tauC2[0], powers.tauC2[1], powers.tauC2[2], powers.tauC2[3]);
        emit RegistryDeployed(devKeysUsed, dataVerifier, seedVerifier, trainVerifier, powers);
    }

    /// @inheritdoc IModelRegistry
    function registerShard(
        uint256 inputs,
        uint256 outputs,
        uint256 rows,
        ShardKind kind,
        G1Point calldata commitment,
        Proof calldata proof
    ) external returns (ShardId id) {
        uint256 descriptor = Shape.packShard(inputs, outputs, rows, kind);
        id = Identity.ofShard(commitment, descriptor);
        if (_shards[id].owner != address(0)) revert ShardExists(id);

        uint256[] memory parameters = new uint256[](1);
        parameters[0] = descriptor;
        uint256[] memory commitments = new uint256[](2);
        _put(commitments, 0, commitment);
        _requireProof(Statement.DATA, parameters, commitments, proof);

        _shards[id] = PackedShard(msg.sender, Shape.shardGeometry(descriptor));
        emit ShardRegistered(id, msg.sender, descriptor, commitment);
    }

    /// @inheritdoc IModelRegistry
    function registerDataset(ShardId[] calldata shardIds, string calldata uri) external returns (DatasetId id) {
        if (shardIds.length == 0) revert EmptyDataset();
        id = Identity.ofDataset(shardIds, uri);
        if (_datasets[id].registrar != address(0)) revert DatasetExists(id);

        uint256 rows = 0;
        uint256 family = Shape.shardFamily(_knownShard(shardIds[0]).geometry);
        for (uint256 i = 0; i < shardIds.length; ++i) {
            if (i > 0 && ShardId.unwrap(shardIds[i]) <= ShardId.unwrap(shardIds[i - 1])) {
                revert ShardsNotAscending(shardIds[i - 1], shardIds[i]);
            }
            uint256 geometry = _knownShard(shardIds[i]).geometry;
            if (Shape.shardFamily(geometry) != family) revert ShardsOfDifferentFamilies(shardIds[0], shardIds[i]);
            rows += Shape.shardRows(geometry);
        }
        _datasets[id] = PackedDataset(msg.sender, uint32(shardIds.length), uint64(rows));
        emit DatasetRegistered(id, msg.sender, shardIds, rows, uri);
    }

    /// @inheritdoc IModelRegistry
    function requestSeed(uint16[] calldata widths) external returns (uint256 requestId) {
        uint256 shape = Shape.pack(widths);
        requestId = ++_lastSeedRequest;
        uint256 seedBlock = block.number + 1;
        _seedRequests[requestId] = PackedRequest(msg.sender, uint64(seedBlock), false, shape);
        emit SeedRequested(requestId, msg.sender, shape, seedBlock);
    }

    /// @inheritdoc IModelRegistry
    function seed(uint256 requestId, G1Point calldata commitment, Proof calldata proof) external returns (ModelId id) {
        PackedRequest memory request = _knownSeedRequest(requestId);
        if (request.trainer != msg.sender) revert SeedRequestOfAnother(requestId, request.trainer);
        if (request.used) revert SeedRequestUsed(requestId);
        id = _freshModel(commitment, request.shape);

        uint256[] memory parameters = new uint256[](2);
        parameters[0] = request.shape;
        parameters[1] = _seedOf(requestId, request);
        uint256[] memory commitments = new uint256[](2);
        _put(commitments, 0, commitment);
        _requireProof(Statement.SEED, parameters, commitments, proof);

        _seedRequests[requestId].used = true;
        _nodes[id].head = NodeHeadLibrary.make(msg.sender, Kind.Seed, 0);
        emit ModelRegistered(id, msg.sender, Kind.Seed, 0, request.shape, commitment);
        emit Seeded(id, requestId, parameters[1]);
    }

    /// @inheritdoc IModelRegistry
    function train(TrainEdge calldata edge, Proof calldata proof) external returns (ModelId child) {
        ModelId parent = Identity.ofModel(edge.parent, edge.shape);
        uint256 depth = _knownModel(parent).depth() + 1;
        ShardId shardId_ = Identity.ofShard(edge.shard, edge.descriptor);
        _knownShard(shardId_);
        _requireFit(edge.shape, edge.descriptor);
        child = _freshModel(edge.child, edge.shape);

        uint256[] memory parameters = new uint256[](2);
        parameters[0] = edge.shape;
        parameters[1] = Shape.packSegment(edge.descriptor, edge.learningRate, edge.batch);
        uint256[] memory commitments = new uint256[](6);
        _put(commitments, 0, edge.parent);
        _put(commitments, 2, edge.child);
        _put(commitments, 4, edge.shard);
        _requireProof(Statement.TRAIN, parameters, commitments, proof);

        NodeRecord storage record = _nodes[child];
        record.head = NodeHeadLibrary.make(msg.sender, Kind.Train, depth);
        record.parent = parent;
        ModelId sibling = _nodes[parent].newestChild;
        if (sibling != NO_MODEL) record.olderSibling = sibling;
        _nodes[parent].newestChild = child;
        emit ModelRegistered(child, msg.sender, Kind.Train, depth, edge.shape, edge.child);
        emit Trained(child, parent, shardId_, edge.learningRate, edge.batch);
    }

    /// @inheritdoc IModelRegistry
    function node(ModelId id) external view returns (Node memory) {
        NodeHead head = _nodes[id].head;
        return Node(
            head.trainer(), head.kind(), head.depth(), head.timestamp(), head.blockNumber(), _nodes[id].parent
        );
    }

    /// @inheritdoc IModelRegistry
    function trainerOf(ModelId id) external view returns (address) {
        return _nodes[id].head.trainer();
    }

    /// @inheritdoc IModelRegistry
    function parents(ModelId id) external view returns (ModelId[] memory list) {
        ModelId parent = _nodes[id].parent;
        if (parent == NO_MODEL) return list;
        list = new ModelId[](1);
        list[0] = parent;
    }

    /// @inheritdoc IModelRegistry
    function children(ModelId id, ModelId cursor, uint256 limit)
        external
        view
        returns (ModelId[] memory page, ModelId next)
    {
        ModelId start = _nodes[id].newestChild;
        if (cursor != NO_MODEL) {
            if (id == NO_MODEL || _nodes[cursor].parent != id) revert NotAChild(cursor, id);
            start = cursor;
        }
        uint256 count = 0;
        for (next = start; next != NO_MODEL && count < limit; next = _nodes[next].olderSibling) {
            ++count;
        }
        page = new ModelId[](count);
        next = start;
        for (uint256 i = 0; i < count; ++i) {
            page[i] = next;
            next = _nodes[next].olderSibling;
        }
    }

    /// @inheritdoc IModelRegistry
    function shard(ShardId id) external view returns (ShardRecord memory record) {
        PackedShard memory packed = _shards[id];
        if (packed.owner == address(0)) return record;
        return ShardRecord(
            packed.owner,
            Shape.shardInputs(packed.geometry),
            Shape.shardOutputs(packed.geometry),
            Shape.shardRows(packed.geometry),
            Shape.shardKind(packed.geometry)
        );
    }

    /// @inheritdoc IModelRegistry
    function dataset(DatasetId id) external view returns (Dataset memory) {
        PackedDataset memory packed = _datasets[id];
        return Dataset(packed.registrar, packed.shards, packed.rows);
    }

    /// @inheritdoc IModelRegistry
    function seedRequest(uint256 requestId) external view returns (SeedRequest memory) {
        PackedRequest memory packed = _seedRequests[requestId];
        return SeedRequest(packed.trainer, packed.seedBlock, packed.used, packed.shape);
    }

    /// @inheritdoc IModelRegistry
    function seedOf(uint256 requestId) external view returns (uint256) {
        return _seedOf(requestId, _knownSeedRequest(requestId));
    }

    /// @inheritdoc IModelRegistry
    function modelId(G1Point calldata commitment, uint256 shape) external pure returns (ModelId) {
        return Identity.ofModel(commitment, shape);
    }

    /// @inheritdoc IModelRegistry
    function shardId(G1Point calldata commitment, uint256 descriptor) external pure returns (ShardId) {
        return Identity.ofShard(commitment, descriptor);
    }

    /// @inheritdoc IModelRegistry
    function shapeOf(uint16[] calldata widths) external pure returns (uint256) {
        return Shape.pack(widths);
    }

    /// @inheritdoc IModelRegistry
    function devKeys() external view returns (bool) {
        return DEV_KEYS;
    }

    /// @inheritdoc IModelRegistry
    function verifierOf(uint256 program) external view returns (address verifier) {
        (verifier,) = _verifier(program);
    }

    /// @inheritdoc IModelRegistry
    function srs() external view returns (Srs memory) {
        return _srs();
    }

    /// @dev Checks points and signals, then the Groth16 proof, then the opening; the reason tells which failed.
    function _requireProof(
        uint256 program,
        uint256[] memory parameters,
        uint256[] memory commitments,
        Proof calldata proof
    ) private view {
        for (uint256 i = 0; i < commitments.length; i += 2) {
            KzgOpening.requirePoint(commitments[i], commitments[i + 1]);
        }
        KzgOpening.requirePoints(proof.points);
        uint256 h0 = Statement.digest(msg.sender, program, parameters, commitments);
        uint256[] memory signals = Statement.signals(h0, proof, parameters);
        (address verifier, bytes4 selector) = _verifier(program);
        if (!Groth16Call.accepts(verifier, selector, proof.groth16, signals)) revert ProofRejected(program);
        uint256 kappa = Statement.kappa(signals, proof.points.opening);
        if (!KzgOpening.holds(_srs(), commitments, proof, kappa)) revert OpeningRejected(program);
    }

    function _verifier(uint256 program) private view returns (address verifier, bytes4 selector) {
        if (program == Statement.DATA) return (DATA_VERIFIER, IGroth16Verifier13.verifyProof.selector);
        if (program == Statement.SEED) return (SEED_VERIFIER, IGroth16Verifier14.verifyProof.selector);
        if (program == Statement.TRAIN) return (TRAIN_VERIFIER, IGroth16Verifier14.verifyProof.selector);
    }

    function _srs() private view returns (Srs memory) {
        return Srs(
            [TAU_X1, TAU_X0, TAU_Y1, TAU_Y0],
            [TAU_C_X1, TAU_C_X0, TAU_C_Y1, TAU_C_Y0],
            [TAU_C2_X1, TAU_C2_X0, TAU_C2_Y1, TAU_C2_Y0]
        );
    }

    function _seedOf(uint256 requestId, PackedRequest memory request) private view returns (uint256) {
        if (block.number <= request.seedBlock) revert SeedTooEarly(requestId, request.seedBlock);
        bytes32 randomness = BlockHash.lookUp(request.seedBlock);
        if (randomness == 0) revert SeedExpired(requestId, request.seedBlock);
        return ScalarField.fromHash(keccak256(abi.encode(randomness, request.trainer, requestId)));
    }

    function _knownModel(ModelId id) private view returns (NodeHead head) {
        head = _nodes[id].head;
        if (!head.exists()) revert UnknownModel(id);
    }

    function _freshModel(G1Point calldata commitment, uint256 shape) private view returns (ModelId id) {
        id = Identity.ofModel(commitment, shape);
        if (_nodes[id].head.exists()) revert ModelExists(id);
    }

    function _knownShard(ShardId id) private view returns (PackedShard memory packed) {
        packed = _shards[id];
        if (packed.owner == address(0)) revert UnknownShard(id);
    }

    function _knownSeedRequest(uint256 requestId) private view returns (PackedRequest memory request) {
        request = _seedRequests[requestId];
        if (request.trainer == address(0)) revert UnknownSeedRequest(requestId);
    }

    function _requireFit(uint256 shape, uint256 descriptor) private pure {
        (uint256 model, uint256 data) = (Shape.modelInputs(shape), Shape.shardInputs(descriptor));
        if (model != data) revert InputsDiffer(model, data);
        (model, data) = (Shape.modelOutputs(shape), Shape.shardOutputs(descriptor));
        if (model != data) revert OutputsDiffer(model, data);
    }

    function _requireCode(address verifier) private view {
        if (verifier.code.length == 0) revert VerifierWithoutCode(verifier);
    }

    function _put(uint256[] memory words, uint256 index, G1Point calldata point) private pure {
        words[index] = point.x;
        words[index + 1] = point.y;
    }
}
