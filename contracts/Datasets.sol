// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Blocks} from "./Blocks.sol";
import {Described} from "./Described.sol";
import {Relayed} from "./Relayed.sol";
import {IDatasets} from "./interfaces/IDatasets.sol";
import {IModelRegistry} from "./interfaces/IModelRegistry.sol";
import {ITrainers} from "./interfaces/ITrainers.sol";
import {DatasetId, ShardId} from "./interfaces/Ids.sol";
import {Identity} from "./libraries/Identity.sol";
import {Page} from "./libraries/Page.sol";

/// @title Datasets
/// @notice Lists of the shards of one registry. It has no owner: each registrar decides about what it listed.
contract Datasets is IDatasets, Relayed, Blocks, Described {
    /// @dev One word. No block has room for 2^20 shards, so that 32 bits hold the rows.
    struct PackedDataset {
        address registrar;
        uint24 shards;
        uint32 rows;
        uint40 firstBlock;
    }

    /// @notice In bytes.
    uint256 public constant MAX_URI = 256;

    IModelRegistry private immutable REGISTRY;
    ITrainers private immutable TRAINERS;

    mapping(DatasetId id => PackedDataset) private _datasets;
    mapping(DatasetId id => bool) private _revoked;
    mapping(DatasetId id => Publication[]) private _publications;

    modifier onlyRegistrar(DatasetId id) {
        address registrar = _datasets[id].registrar;
        if (registrar == address(0) || TRAINERS.keyOf(registrar) != _sender()) revert NotTheRegistrar(id, _sender());
        _;
    }

    /// @param registry_ whose shards are listed
    /// @param trainers_ says who acts for a registrar
    /// @param relay_ which carries what registrars signed
    constructor(IModelRegistry registry_, ITrainers trainers_, address relay_) Relayed(relay_) {
        REGISTRY = registry_;
        TRAINERS = trainers_;
    }

    /// @inheritdoc IDatasets
    function registerDataset(ShardId[] calldata shardIds, string calldata uri) external returns (DatasetId id) {
        if (shardIds.length == 0) revert EmptyDataset();
        id = Identity.ofDataset(_sender(), shardIds, uri);
        if (_datasets[id].registrar != address(0)) revert DatasetExists(id);
        (uint256 rows, uint256 firstBlock) = _measure(shardIds);
        _datasets[id] = PackedDataset(_sender(), uint24(shardIds.length), uint32(rows), uint40(firstBlock));
        emit DatasetRegistered(id, _sender(), shardIds, rows, uri);
    }

    /// @inheritdoc IDatasets
    function publish(DatasetId id, string calldata uri, bytes32 archive) external onlyRegistrar(id) {
        if (bytes(uri).length > MAX_URI) revert UriTooLong(bytes(uri).length);
        _publications[id].push(Publication(archive, _blockNumber(), uri));
        emit DatasetPublished(id, _sender(), uri, archive);
    }

    /// @inheritdoc IDatasets
    function revoke(DatasetId id) external onlyRegistrar(id) {
        if (_revoked[id]) revert RevokedDataset(id);
        _revoked[id] = true;
        emit DatasetRevoked(id, _sender());
    }

    /// @inheritdoc IDatasets
    function dataset(DatasetId id) external view returns (Dataset memory) {
        PackedDataset memory packed = _datasets[id];
        return Dataset(packed.registrar, packed.shards, packed.rows, packed.firstBlock, _revoked[id]);
    }

    /// @inheritdoc IDatasets
    function isRevoked(DatasetId id) external view returns (bool) {
        return _revoked[id];
    }

    /// @inheritdoc IDatasets
    function publicationCount(DatasetId id) external view returns (uint256) {
        return _publications[id].length;
    }

    /// @inheritdoc IDatasets
    function publications(DatasetId id, uint256 from, uint256 count)
        external
        view
        returns (Publication[] memory list)
    {
        Publication[] storage all = _publications[id];
        list = new Publication[](Page.length(all.length, from, count));
        for (uint256 i = 0; i < list.length; ++i) {
            list[i] = all[from + i];
        }
    }

    /// @inheritdoc IDatasets
    function registry() external view returns (IModelRegistry) {
        return REGISTRY;
    }

    /// @inheritdoc IDatasets
    function trainers() external view returns (ITrainers) {
        return TRAINERS;
    }

    /// @inheritdoc IDatasets
    function datasetId(address registrar, ShardId[] calldata shardIds, string calldata uri)
        external
        pure
        returns (DatasetId)
    {
        return Identity.ofDataset(registrar, shardIds, uri);
    }

    /// @dev Rejects shards that are not one dataset.
    /// @return rows of all
    /// @return firstBlock the earliest block in which one was registered
    function _measure(ShardId[] calldata shardIds) private view returns (uint256 rows, uint256 firstBlock) {
        IModelRegistry.ShardRecord memory first = _knownShard(shardIds[0]);
        (rows, firstBlock) = (first.rows, first.blockNumber);
        for (uint256 i = 1; i < shardIds.length; ++i) {
            (ShardId previous, ShardId id) = (shardIds[i - 1], shardIds[i]);
            if (ShardId.unwrap(id) <= ShardId.unwrap(previous)) revert ShardsNotAscending(previous, id);
            IModelRegistry.ShardRecord memory record = _knownShard(id);
            if (!_isOneFamily(first, record)) revert ShardsOfDifferentFamilies(shardIds[0], id);
            if (record.schema != first.schema) revert ShardsOfDifferentSchemas(shardIds[0], id);
            rows += record.rows;
            if (record.blockNumber < firstBlock) firstBlock = record.blockNumber;
        }
    }

    function _knownShard(ShardId id) private view returns (IModelRegistry.ShardRecord memory record) {
        record = REGISTRY.shard(id);
        if (record.owner == address(0)) revert UnknownShard(id);
    }

    function _isOneFamily(IModelRegistry.ShardRecord memory a, IModelRegistry.ShardRecord memory b)
        private
        pure
        returns (bool)
    {
        return a.inputs == b.inputs && a.outputs == b.outputs && a.kind == b.kind;
    }

    /// @dev See Described.
    function _answers(bytes4 interfaceId) internal pure override returns (bool) {
        return interfaceId == type(IDatasets).interfaceId;
    }
}
