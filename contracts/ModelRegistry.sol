// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

import {ILineage} from "./interfaces/ILineage.sol";
import {IModelRegistry} from "./interfaces/IModelRegistry.sol";
import {IVerifiers} from "./interfaces/IVerifiers.sol";
import {DatasetId, ModelId, ShardId} from "./interfaces/Ids.sol";
import {G1Point, Proof, Srs} from "./interfaces/Proof.sol";
import {Lineage} from "./Lineage.sol";
import {Relayed} from "./Relayed.sol";
import {BlockHash} from "./libraries/BlockHash.sol";
import {Coefficients} from "./libraries/Coefficients.sol";
import {Identity} from "./libraries/Identity.sol";
import {ScalarField} from "./libraries/ScalarField.sol";
import {Shape} from "./libraries/Shape.sol";
import {Statement} from "./libraries/Statement.sol";

/// @title ModelRegistry
/// @notice What may be registered, and what is kept of it beside the graph. What is proved is decided in libraries/, how
/// it is proved in circuits/.
contract ModelRegistry is IModelRegistry, Lineage, Relayed {
    /// @dev Two words: | block 56 | descriptor without offsets 40 | owner 160 |, | schema 256 |.
    struct PackedShard {
        address owner;
        uint40 geometry;
        uint56 blockNumber;
        bytes32 schema;
    }

    /// @dev One word. No block has room for 2^20 shards, so that 32 bits hold the rows.
    struct PackedDataset {
        address registrar;
        uint24 shards;
        uint32 rows;
        uint40 firstBlock;
    }

    struct PackedRequest {
        address trainer;
        uint64 seedBlock;
        bool used;
        uint256 shape;
    }

    bytes4 private constant ERC165 = 0x01ffc9a7;
    /// @dev The schema of a merge whose parents have different ones.
    bytes32 private constant MIXED_SCHEMA = keccak256("descent.schema.mixed");

    IVerifiers private immutable VERIFIERS;

    mapping(ShardId id => PackedShard) private _shards;
    mapping(ModelId id => bytes32 schema) private _schemas;
    mapping(DatasetId id => PackedDataset) private _datasets;
    mapping(uint256 requestId => PackedRequest) private _seedRequests;
    uint256 private _lastSeedRequest;

    /// @param verifiers_ checks proofs, here and on the scoreboard
    /// @param relay_ which carries what trainers signed
    constructor(IVerifiers verifiers_, address relay_) Relayed(relay_) {
        VERIFIERS = verifiers_;
        emit RegistryDeployed(verifiers_, verifiers_.devKeys());
    }

    /// @inheritdoc IModelRegistry
    function registerShard(
        uint256 inputs,
        uint256 outputs,
        uint256 rows,
        ShardKind kind,
        bytes32 schema,
        G1Point calldata commitment,
        Proof calldata proof
    ) external returns (ShardId id) {
        return _registerShard(Shape.packShard(inputs, outputs, rows, kind), schema, commitment, proof);
    }

    /// @inheritdoc IModelRegistry
    function registerDataset(ShardId[] calldata shardIds, string calldata uri) external returns (DatasetId id) {
        if (shardIds.length == 0) revert EmptyDataset();
        id = Identity.ofDataset(shardIds, uri);
        if (_datasets[id].registrar != address(0)) revert DatasetExists(id);

        uint256 rows = 0;
        uint256 firstBlock = type(uint40).max;
        PackedShard memory first = _knownShard(shardIds[0]);
        uint256 family = Shape.shardFamily(first.geometry);
        for (uint256 i = 0; i < shardIds.length; ++i) {
            if (i > 0 && ShardId.unwrap(shardIds[i]) <= ShardId.unwrap(shardIds[i - 1])) {
                revert ShardsNotAscending(shardIds[i - 1], shardIds[i]);
            }
            PackedShard memory packed = _knownShard(shardIds[i]);
            if (Shape.shardFamily(packed.geometry) != family) {
                revert ShardsOfDifferentFamilies(shardIds[0], shardIds[i]);
            }
            if (packed.schema != first.schema) revert ShardsOfDifferentSchemas(shardIds[0], shardIds[i]);
            rows += Shape.shardRows(packed.geometry);
            if (packed.blockNumber < firstBlock) firstBlock = packed.blockNumber;
        }
        _datasets[id] = PackedDataset(_sender(), uint24(shardIds.length), uint32(rows), uint40(firstBlock));
        emit DatasetRegistered(id, _sender(), shardIds, rows, uri);
    }

    /// @inheritdoc IModelRegistry
    function requestSeed(uint16[] calldata widths) external returns (uint256 requestId) {
        uint256 shape = Shape.pack(widths);
        requestId = ++_lastSeedRequest;
        uint256 seedBlock = block.number + 1;
        _seedRequests[requestId] = PackedRequest(_sender(), uint64(seedBlock), false, shape);
        emit SeedRequested(requestId, _sender(), shape, seedBlock);
    }

    /// @inheritdoc IModelRegistry
    function seed(uint256 requestId, G1Point calldata commitment, Proof calldata proof) external returns (ModelId id) {
        PackedRequest memory request = _knownSeedRequest(requestId);
        if (request.trainer != _sender()) revert SeedRequestOfAnother(requestId, request.trainer);
        if (request.used) revert SeedRequestUsed(requestId);
        id = _freshModel(commitment, request.shape);

        uint256[] memory parameters = new uint256[](2);
        parameters[0] = request.shape;
        parameters[1] = _seedOf(requestId, request);
        uint256[] memory commitments = new uint256[](2);
        _put(commitments, 0, commitment);
        uint256 version = _require(Statement.SEED, parameters, _word(requestId), commitments, proof);

        _seedRequests[requestId].used = true;
        _addOrigin(ModelId.unwrap(id), _sender(), Kind.Seed, version);
        emit ModelRegistered(id, _sender(), Kind.Seed, 0, request.shape, commitment);
        emit Seeded(id, requestId, parameters[1]);
    }

    /// @inheritdoc IModelRegistry
    function train(TrainEdge calldata edge, Proof calldata proof) external returns (ModelId child) {
        ModelId parent = Identity.ofModel(edge.parent, edge.shape);
        _requireModel(parent);
        ShardId shardId_ = Identity.ofShard(edge.shard, edge.descriptor);
        bytes32 schema = _knownShard(shardId_).schema;
        Shape.requireFit(edge.shape, edge.descriptor);
        child = _freshModel(edge.child, edge.shape);

        uint256[] memory parameters = new uint256[](2);
        parameters[0] = edge.shape;
        parameters[1] = Shape.packSegment(edge.descriptor, edge.learningRate, edge.batch);
        uint256[] memory commitments = new uint256[](6);
        _put(commitments, 0, edge.parent);
        _put(commitments, 2, edge.child);
        _put(commitments, 4, edge.shard);
        uint256 version = _require(Statement.TRAIN, parameters, _word(edge.descriptor), commitments, proof);

        uint256 depth = _addChild(ModelId.unwrap(child), _sender(), version, ModelId.unwrap(parent));
        emit ModelRegistered(child, _sender(), Kind.Train, depth, edge.shape, edge.child);
        emit Trained(child, parent, shardId_, edge.learningRate, edge.batch);
        _inheritSchema(child, _schemas[parent], schema);
    }

    /// @inheritdoc IModelRegistry
    function importModel(
        uint16[] calldata widths,
        bytes32 source,
        bytes32 schema,
        G1Point calldata commitment,
        Proof calldata proof
    ) external returns (ModelId id) {
        uint256 shape = Shape.pack(widths);
        id = _freshModel(commitment, shape);

        uint256[] memory extra = new uint256[](2);
        (extra[0], extra[1]) = (uint256(source), uint256(schema));
        uint256[] memory commitments = new uint256[](2);
        _put(commitments, 0, commitment);
        uint256 version = _require(Statement.ROOT, _word(shape), extra, commitments, proof);

        _setSchema(id, schema);
        _addOrigin(ModelId.unwrap(id), _sender(), Kind.Import, version);
        emit ModelRegistered(id, _sender(), Kind.Import, 0, shape, commitment);
        emit Declared(id, source);
    }

    /// @inheritdoc IModelRegistry
    function merge(MergeEdge calldata edge, Proof calldata proof) external returns (ModelId child) {
        ModelId[] memory parentIds = _knownParents(edge);
        child = _freshModel(edge.child, edge.shape);
        (uint256 version, uint256[] memory weights) = _requireMerge(edge, parentIds, proof);

        _setSchema(child, _commonSchema(parentIds));
        uint256 depth = _addMerge(ModelId.unwrap(child), _sender(), version, _unwrap(parentIds), weights);
        emit ModelRegistered(child, _sender(), Kind.Merge, depth, edge.shape, edge.child);
        emit Merged(child, parentIds[0], parentIds, edge.coefficients);
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
            Shape.shardKind(packed.geometry),
            packed.blockNumber,
            packed.schema
        );
    }

    /// @inheritdoc IModelRegistry
    function schemaOf(ModelId id) external view returns (bytes32) {
        return _schemas[id];
    }

    /// @inheritdoc IModelRegistry
    function dataset(DatasetId id) external view returns (Dataset memory) {
        PackedDataset memory packed = _datasets[id];
        return Dataset(packed.registrar, packed.shards, packed.rows, packed.firstBlock);
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
    function verifiers() external view returns (IVerifiers) {
        return VERIFIERS;
    }

    /// @inheritdoc IModelRegistry
    function devKeys() external view returns (bool) {
        return VERIFIERS.devKeys();
    }

    /// @inheritdoc IModelRegistry
    function verifierOf(uint256 program) external view returns (address) {
        return VERIFIERS.verifierOf(program);
    }

    /// @inheritdoc IModelRegistry
    function srs() external view returns (Srs memory) {
        return VERIFIERS.srs();
    }

    /// @inheritdoc IModelRegistry
    function supportsInterface(bytes4 interfaceId) external pure returns (bool) {
        return interfaceId == type(ILineage).interfaceId || interfaceId == ERC165;
    }

    function _registerShard(uint256 descriptor, bytes32 schema, G1Point calldata commitment, Proof calldata proof)
        private
        returns (ShardId id)
    {
        id = Identity.ofShard(commitment, descriptor);
        if (_shards[id].owner != address(0)) revert ShardExists(id);

        uint256[] memory commitments = new uint256[](2);
        _put(commitments, 0, commitment);
        _require(Statement.DATA, _word(descriptor), _word(uint256(schema)), commitments, proof);

        _shards[id] = PackedShard(_sender(), Shape.shardGeometry(descriptor), uint56(block.number), schema);
        emit ShardRegistered(id, _sender(), descriptor, schema, commitment);
    }

    /// @dev A child goes by the shard that it was trained on, or by its parent where the shard has no schema.
    function _inheritSchema(ModelId child, bytes32 ofParent, bytes32 ofShard) private {
        if (ofShard != 0 && ofParent != 0 && ofShard != ofParent) emit SchemaChanged(child, ofParent, ofShard);
        _setSchema(child, ofShard == 0 ? ofParent : ofShard);
    }

    function _setSchema(ModelId id, bytes32 schema) private {
        if (schema != 0) _schemas[id] = schema;
    }

    /// @dev The one schema that models have, those without one aside; MIXED_SCHEMA where two differ.
    function _commonSchema(ModelId[] memory ids) private view returns (bytes32 common) {
        for (uint256 i = 0; i < ids.length; ++i) {
            bytes32 schema = _schemas[ids[i]];
            if (schema == 0 || schema == common) continue;
            if (common != 0) return MIXED_SCHEMA;
            common = schema;
        }
    }

    /// @dev Checks a statement of whoever acts.
    /// @param extra what the statement binds and the circuit does not read
    function _require(
        uint256 program,
        uint256[] memory parameters,
        uint256[] memory extra,
        uint256[] memory commitments,
        Proof calldata proof
    ) private view returns (uint256 version) {
        return VERIFIERS.verify(_sender(), program, parameters, extra, commitments, proof);
    }

    function _knownParents(MergeEdge calldata edge) private view returns (ModelId[] memory ids) {
        uint256 count = edge.parents.length;
        if (count < 2 || count > MAX_PARENTS) revert UnsupportedParents(count);
        ids = new ModelId[](count);
        for (uint256 i = 0; i < count; ++i) {
            ids[i] = Identity.ofModel(edge.parents[i], edge.shape);
            _requireModel(ids[i]);
            for (uint256 j = 0; j < i; ++j) {
                if (ids[j] == ids[i]) revert ParentTwice(ids[i]);
            }
        }
    }

    /// @return version of the verifier that accepted
    /// @return weights of the parents
    function _requireMerge(MergeEdge calldata edge, ModelId[] memory parentIds, Proof calldata proof)
        private
        view
        returns (uint256 version, uint256[] memory weights)
    {
        uint256[] memory parameters;
        (parameters, weights) = _mergeParameters(edge, parentIds);
        uint256[] memory commitments = new uint256[](2 + 2 * parentIds.length);
        _put(commitments, 0, edge.child);
        for (uint256 i = 0; i < parentIds.length; ++i) {
            _put(commitments, 2 + 2 * i, edge.parents[i]);
        }
        version = _require(Statement.MERGE, parameters, new uint256[](0), commitments, proof);
    }

    function _mergeParameters(MergeEdge calldata edge, ModelId[] memory parentIds)
        private
        pure
        returns (uint256[] memory parameters, uint256[] memory weights)
    {
        uint256[4] memory words;
        (words, weights) = Coefficients.pack(edge.coefficients, Shape.modelLayers(edge.shape), parentIds.length);
        for (uint256 i = 0; i < weights.length; ++i) {
            if (weights[i] == 0) revert ParentWithoutPart(parentIds[i]);
        }
        parameters = new uint256[](1 + Coefficients.WORDS);
        parameters[0] = edge.shape;
        for (uint256 layer = 0; layer < Coefficients.WORDS; ++layer) {
            parameters[1 + layer] = words[layer];
        }
    }

    function _seedOf(uint256 requestId, PackedRequest memory request) private view returns (uint256) {
        if (block.number <= request.seedBlock) revert SeedTooEarly(requestId, request.seedBlock);
        bytes32 randomness = BlockHash.lookUp(request.seedBlock);
        if (randomness == 0) revert SeedExpired(requestId, request.seedBlock);
        return ScalarField.fromHash(keccak256(abi.encode(randomness, request.trainer, requestId)));
    }

    function _requireModel(ModelId id) private view {
        if (!_exists(ModelId.unwrap(id))) revert UnknownModel(id);
    }

    function _freshModel(G1Point calldata commitment, uint256 shape) private view returns (ModelId id) {
        id = Identity.ofModel(commitment, shape);
        if (_exists(ModelId.unwrap(id))) revert ModelExists(id);
    }

    function _knownShard(ShardId id) private view returns (PackedShard memory packed) {
        packed = _shards[id];
        if (packed.owner == address(0)) revert UnknownShard(id);
    }

    function _knownSeedRequest(uint256 requestId) private view returns (PackedRequest memory request) {
        request = _seedRequests[requestId];
        if (request.trainer == address(0)) revert UnknownSeedRequest(requestId);
    }

    /// @dev The same words under their plain type.
    function _unwrap(ModelId[] memory ids) private pure returns (bytes32[] memory words) {
        assembly ("memory-safe") {
            words := ids
        }
    }

    function _word(uint256 word) private pure returns (uint256[] memory words) {
        words = new uint256[](1);
        words[0] = word;
    }

    function _put(uint256[] memory words, uint256 index, G1Point calldata point) private pure {
        words[index] = point.x;
        words[index + 1] = point.y;
    }
}
