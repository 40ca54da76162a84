// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Blocks} from "../Blocks.sol";
import {IModelRegistry} from "../interfaces/IModelRegistry.sol";
import {ShardId} from "../interfaces/Ids.sol";
import {G1Point, Proof} from "../interfaces/Proof.sol";
import {Identity} from "../libraries/Identity.sol";
import {Shape} from "../libraries/Shape.sol";
import {ShardHead, ShardHeadLibrary} from "../libraries/ShardHead.sol";
import {Statement} from "../libraries/Statement.sol";
import {Proven} from "./Proven.sol";

/// @title Shards
/// @notice Shards of data.
abstract contract Shards is Proven, Blocks {
    /// @dev Two words: | id 256 |, | block 56 | descriptor without offsets 40 |.
    struct ShardBody {
        ShardId id;
        uint40 geometry;
        uint56 blockNumber;
    }

    mapping(ShardId id => ShardHead) private _shards;
    mapping(uint256 number => ShardBody) private _shardBodies;
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
}
