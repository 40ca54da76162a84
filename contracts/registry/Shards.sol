// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Blocks} from "../Blocks.sol";
import {IModelRegistry} from "../interfaces/IModelRegistry.sol";
import {DatasetId, ShardId} from "../interfaces/Ids.sol";
import {G1Point, Proof} from "../interfaces/Proof.sol";
import {Identity} from "../libraries/Identity.sol";
import {Shape} from "../libraries/Shape.sol";
import {ShardHead, ShardHeadLibrary} from "../libraries/ShardHead.sol";
import {Statement} from "../libraries/Statement.sol";
import {Proven} from "./Proven.sol";

/// @title Shards
/// @notice Shards of data and lists of them.
abstract contract Shards is Proven, Blocks {
    /// @dev Two words: | id 256 |, | block 56 | descriptor without offsets 40 |.
    struct ShardBody {
        ShardId id;
        uint40 geometry;
        uint56 blockNumber;
    }

    /// @dev One word. No block has room for 2^20 shards, so that 32 bits hold the rows.
    struct PackedDataset {
        address registrar;
        uint24 shards;
        uint32 rows;
        uint40 firstBlock;
    }

    mapping(ShardId id => ShardHead) private _shards;
    mapping(uint256 number => ShardBody) private _shardBodies;
    mapping(DatasetId id => PackedDataset) private _datasets;
    uint256 private _shardCount;

    /// @inheritdoc IModelRegistry
    function registerShard(
        uint256 inputs,
        uint256 outputs,
        uint256 rows,
        ShardKind kind,
        bytes32 schema,
        G1Point[] calldata commitment,
        Proof calldata proof
    ) external returns (ShardId id) {
        return _registerShard(Shape.packShard(inputs, outputs, rows, kind), schema, commitment, proof);
    }

    /// @inheritdoc IModelRegistry
    function registerDataset(ShardId[] calldata shardIds, string calldata uri) external returns (DatasetId id) {
        if (shardIds.length == 0) revert EmptyDataset();
        id = Identity.ofDataset(_sender(), shardIds, uri);
        if (_datasets[id].registrar != address(0)) revert DatasetExists(id);
        (uint256 rows, uint256 firstBlock) = _measure(shardIds);
        _datasets[id] = PackedDataset(_sender(), uint24(shardIds.length), uint32(rows), uint40(firstBlock));
        emit DatasetRegistered(id, _sender(), shardIds, rows, uri);
    }

    /// @inheritdoc IModelRegistry
    function shard(ShardId id) external view returns (ShardRecord memory record) {
        ShardHead head = _shards[id];
        if (!head.exists()) return record;
        ShardBody memory body = _shardBodies[head.number()];
        return ShardRecord(
            head.owner(),
            Shape.shardInputs(body.geometry),
            Shape.shardOutputs(body.geometry),
            Shape.shardRows(body.geometry),
            Shape.geometryKind(body.geometry),
            body.blockNumber,
            _schemaAt(head.schema()),
            head.number(),
            head.version()
        );
    }

    /// @inheritdoc IModelRegistry
    function dataset(DatasetId id) external view returns (Dataset memory) {
        PackedDataset memory packed = _datasets[id];
        return Dataset(packed.registrar, packed.shards, packed.rows, packed.firstBlock);
    }

    /// @inheritdoc IModelRegistry
    function shardId(G1Point[] calldata commitment, uint256 descriptor) external pure returns (ShardId) {
        return Identity.ofShard(commitment, descriptor);
    }

    function _knownShard(ShardId id) internal view returns (ShardHead head) {
        head = _shards[id];
        if (!head.exists()) revert UnknownShard(id);
    }

    function _shardAt(uint256 number) internal view returns (ShardId) {
        return _shardBodies[number].id;
    }

    function _registerShard(uint256 descriptor, bytes32 schema, G1Point[] calldata commitment, Proof calldata proof)
        private
        returns (ShardId id)
    {
        Shape.requireShardPoints(commitment.length, descriptor);
        id = Identity.ofShard(commitment, descriptor);
        if (_shards[id].exists()) revert ShardExists(id);
        uint256 version = _requireProof(
            Statement.DATA, _claimOf(_words(descriptor), _words(uint256(schema)), commitment), proof
        );

        uint256 number = ++_shardCount;
        if (number > MAX_NUMBER) revert TooManyRecords(number);
        _shards[id] = ShardHeadLibrary.make(_sender(), number, version, _numberOfSchema(schema));
        _shardBodies[number] = ShardBody(id, Shape.shardGeometry(descriptor), uint56(_blockNumber()));
        emit ShardRegistered(id, _sender(), descriptor, schema, commitment);
    }

    /// @dev Rejects shards that are not one dataset.
    /// @return rows of all
    /// @return firstBlock the earliest block in which one was registered
    function _measure(ShardId[] calldata shardIds) private view returns (uint256 rows, uint256 firstBlock) {
        firstBlock = type(uint40).max;
        ShardHead first = _knownShard(shardIds[0]);
        uint256 family = Shape.geometryFamily(_shardBodies[first.number()].geometry);
        for (uint256 i = 0; i < shardIds.length; ++i) {
            if (i > 0 && ShardId.unwrap(shardIds[i]) <= ShardId.unwrap(shardIds[i - 1])) {
                revert ShardsNotAscending(shardIds[i - 1], shardIds[i]);
            }
            ShardHead head = _knownShard(shardIds[i]);
            ShardBody storage body = _shardBodies[head.number()];
            (uint256 geometry, uint256 registered) = (body.geometry, body.blockNumber);
            if (Shape.geometryFamily(geometry) != family) revert ShardsOfDifferentFamilies(shardIds[0], shardIds[i]);
            if (head.schema() != first.schema()) revert ShardsOfDifferentSchemas(shardIds[0], shardIds[i]);
            rows += Shape.shardRows(geometry);
            if (registered < firstBlock) firstBlock = registered;
        }
    }
}
