// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {DatasetId, ShardId} from "./Ids.sol";
import {IModelRegistry} from "./IModelRegistry.sol";
import {ITrainers} from "./ITrainers.sol";

/// @title Lists of shards, and what who listed them may do
/// @notice A *dataset* is a list of registered shards of one kind. Anyone may list any shards: that somebody listed them says
/// nothing of whose they are. Who did is the dataset's *registrar*. Its key (ITrainers) may say where the rows are published and
/// may revoke the dataset: then nobody can make a new benchmark of it. Benchmarks that stand stay as they are.
interface IDatasets {
    /// @notice A dataset as it is stored. All fields are zero where there is no such dataset.
    /// @param registrar who listed it; not necessarily the owner of its shards
    /// @param shards how many
    /// @param rows of all shards together
    /// @param firstBlock the earliest block in which one of its shards was registered
    /// @param isRevoked whether its registrar revoked it
    struct Dataset {
        address registrar;
        uint256 shards;
        uint256 rows;
        uint256 firstBlock;
        bool isRevoked;
    }

    /// @notice Where the rows of a dataset are said to be.
    /// @param archive SHA-256 of the file that is there
    /// @param blockNumber of the block in which this was said
    /// @param uri at most 256 bytes of hostile text
    struct Publication {
        bytes32 archive;
        uint256 blockNumber;
        string uri;
    }

    /// @notice Shards were listed as one dataset.
    event DatasetRegistered(DatasetId indexed id, address indexed registrar, ShardId[] shardIds, uint256 rows, string uri);

    /// @notice The rows of a dataset are said to be at an address.
    /// @param by the registrar's key
    /// @param archive SHA-256 of the file that is there
    event DatasetPublished(DatasetId indexed id, address indexed by, string uri, bytes32 archive);

    /// @notice A dataset was revoked.
    /// @param by the registrar's key
    event DatasetRevoked(DatasetId indexed id, address indexed by);

    /// @notice Thrown when a dataset would have no shards.
    error EmptyDataset();
    /// @notice Thrown when there is no such shard.
    error UnknownShard(ShardId id);
    /// @notice Thrown when the ids of shards are not strictly ascending.
    error ShardsNotAscending(ShardId previous, ShardId next);
    /// @notice Thrown when shards of one dataset differ in inputs, outputs or kind.
    error ShardsOfDifferentFamilies(ShardId first, ShardId other);
    /// @notice Thrown when shards of one dataset differ in schema, or one states none.
    error ShardsOfDifferentSchemas(ShardId first, ShardId other);
    /// @notice Thrown when the same registrar listed the same shards with the same text already.
    error DatasetExists(DatasetId id);
    /// @notice Thrown when somebody else than the key of the registrar acts for a dataset, and where there is no such dataset.
    error NotTheRegistrar(DatasetId id, address account);
    /// @notice Thrown when a dataset is revoked already.
    error RevokedDataset(DatasetId id);
    /// @notice Thrown when an address has more than 256 bytes.
    error UriTooLong(uint256 length);

    /// @notice Lists registered shards as one dataset. Anyone may list any shards.
    /// @param shardIds strictly ascending, which makes the id canonical and duplicates impossible; all of the same
    /// inputs, outputs, kind and schema
    /// @param uri where to read about it; part of the id like the registrar, so that nobody can take a dataset's id
    function registerDataset(ShardId[] calldata shardIds, string calldata uri) external returns (DatasetId id);

    /// @notice Says where the rows of a dataset are. Only the registrar's key. What was said before stays readable.
    /// @dev Nothing here checks that the file is there or what it holds.
    /// @param uri at most 256 bytes
    /// @param archive SHA-256 of the file
    function publish(DatasetId id, string calldata uri, bytes32 archive) external;

    /// @notice Revokes a dataset for good: no benchmark can be opened or sealed on it any more, and what is sealed on it cannot
    /// be opened. Only the registrar's key. Benchmarks that are open stay, and so does everything else.
    function revoke(DatasetId id) external;

    /// @notice A dataset; all zero where there is none.
    function dataset(DatasetId id) external view returns (Dataset memory);

    /// @notice Whether a dataset was revoked; false where there is none.
    function isRevoked(DatasetId id) external view returns (bool);

    /// @notice How often the rows of a dataset were said to be somewhere.
    function publicationCount(DatasetId id) external view returns (uint256);

    /// @notice Where the rows of a dataset were said to be, oldest first; the last is what its registrar says now.
    /// @param from the first, counted from 0
    /// @param count at most so many; fewer where there are no more
    function publications(DatasetId id, uint256 from, uint256 count) external view returns (Publication[] memory);

    /// @notice Id of a dataset, registered or not: keccak256(abi.encode(registrar, shardIds, uri)).
    function datasetId(address registrar, ShardId[] calldata shardIds, string calldata uri)
        external
        pure
        returns (DatasetId);

    /// @notice The registry whose shards these are.
    function registry() external view returns (IModelRegistry);

    /// @notice Who acts for registrars.
    function trainers() external view returns (ITrainers);
}
