// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {DatasetId, ShardId} from "./Ids.sol";
import {IDataAttestations} from "./IDataAttestations.sol";
import {IDatasets} from "./IDatasets.sol";
import {IModelRegistry} from "./IModelRegistry.sol";
import {G1Point, Proof} from "./Proof.sol";

/// @title What was proved of hidden rows
/// @notice Facts about registered shards, whose rows nobody need see: that two have no row in common, that a public record is none of
/// a shard's rows, that all rows of a shard are rows of a dataset. Anyone may prove them who has the rows; a fact is as good whoever
/// proved it, and never goes away.
///
/// Rows are compared as they are committed, integer by integer, after quantisation. Two that differ by one unit in one input are
/// two rows, and so are a picture and the same picture moved by a pixel: a fact shows that a row was not used as it is, and nothing
/// of rows that are like it. In disjoint and absent a row is its inputs, whatever its label; in subset it is inputs and labels.
///
/// Only shards of one stated schema are compared, for integers of different scalings say nothing. That a schema is the true one
/// is stated, never proved.
interface ILineageAudit {
    /// @notice When and by whom a fact was proved first. All fields are zero where it was not.
    /// @param prover who sent the proof
    /// @param blockNumber of the block in which it was recorded, which holds its event
    /// @param version of the key that accepted the proof
    struct Fact {
        address prover;
        uint256 blockNumber;
        uint256 version;
    }

    /// @notice Two shards without a common row, in the order in which the proof has them.
    /// @param first, second commitments
    /// @param firstDescriptor, secondDescriptor what is public of them, as `registerShard` packed it
    /// @param point the proof's challenge r
    struct DisjointClaim {
        G1Point[] first;
        uint256 firstDescriptor;
        G1Point[] second;
        uint256 secondDescriptor;
        uint256 point;
    }

    /// @notice A record that is none of a shard's rows.
    /// @param shard commitment
    /// @param descriptor what is public of it
    /// @param record the inputs as integers with 9 fraction bits, two bytes each, two's complement, the highest byte first
    /// @param point the proof's challenge r
    struct AbsentClaim {
        G1Point[] shard;
        uint256 descriptor;
        bytes record;
        uint256 point;
    }

    /// @notice A shard all of whose rows are rows of some shards of a dataset.
    /// @param shard commitment
    /// @param descriptor what is public of it
    /// @param list the dataset, which must be registered
    /// @param sets commitments to 1 to 16 of its shards, in the order of the list
    /// @param descriptors what is public of them
    struct SubsetClaim {
        G1Point[] shard;
        uint256 descriptor;
        IDataAttestations.List list;
        G1Point[][] sets;
        uint256[] descriptors;
    }

    /// @notice A pair that no fact speaks of.
    /// @param model an ancestor, or the model itself, that was trained on `trained`
    /// @param trained a shard of its edge
    /// @param other the shard that was asked about, or the hash of the record
    struct OpenPair {
        bytes32 model;
        ShardId trained;
        bytes32 other;
    }

    /// @notice What a part of an ancestry leaves open.
    /// @param open pairs without a fact
    /// @param unread imports and foreign children: what they were made of is not recorded, so nothing is shown of it
    /// @param next where to go on; empty after the last page
    struct Page {
        OpenPair[] open;
        bytes32[] unread;
        uint256[] next;
    }

    /// @notice Two shards have no row in common.
    event DisjointShown(ShardId indexed first, ShardId indexed second, address indexed prover);

    /// @notice A record is none of a shard's rows.
    /// @param record keccak256 of the record's bytes
    event AbsentShown(ShardId indexed shard, bytes32 indexed record, address indexed prover);

    /// @notice All rows of a shard are rows of a dataset.
    event SubsetShown(ShardId indexed shard, DatasetId indexed dataset, address indexed prover);

    /// @notice Thrown when a shard is not registered, so that nobody proved its form.
    error UnknownShard(ShardId id);
    /// @notice Thrown when there is no such dataset.
    error UnknownDataset(DatasetId id);
    /// @notice Thrown when there is no such model.
    error UnknownModel(bytes32 id);
    /// @notice Thrown when a shard states no schema, so that nobody knows what its numbers mean.
    error SchemaNotStated(ShardId id);
    /// @notice Thrown when two shards state different schemas: their rows cannot be compared.
    error ShardsOfDifferentSchemas(ShardId first, ShardId other);
    /// @notice Thrown when shards differ in the columns or the kind that are compared.
    error ShardsOfDifferentFamilies(ShardId first, ShardId other);
    /// @notice Thrown when a record has not two bytes for each input of the shard.
    error WrongRecordLength(uint256 length, uint256 expected);
    /// @notice Thrown when there are none or more than 16 sets, or as many descriptors are not given.
    error WrongSetCount(uint256 sets, uint256 descriptors);
    /// @notice Thrown when a set is no shard of the dataset, or not in the order of its list.
    error NotInDataset(ShardId shard, DatasetId dataset);
    /// @notice Thrown when a fact was recorded before.
    error AlreadyShown(bytes32 first, bytes32 second);
    /// @notice Thrown when no shard is asked about: of nothing everything would be shown.
    error NothingAsked();

    // ------------------------------------------------------------------------------------------------ facts

    /// @notice Records that two shards have no row in common. Both must be registered, with the same inputs and one stated schema.
    /// @dev Program *disjoint*.
    function recordDisjoint(DisjointClaim calldata claim, Proof calldata proof) external;

    /// @notice Records that a public record is none of a shard's rows. The record is in the call data for ever.
    /// @dev Program *disjoint*, with the record in place of the second shard. Costs about 150 gas an input beside the proof. For a
    /// record that nobody shall see: register it as a shard of one row, and record that the two are disjoint.
    function recordAbsent(AbsentClaim calldata claim, Proof calldata proof) external;

    /// @notice Records that all rows of a shard are rows of a dataset. All shards must be registered, with the same inputs, outputs,
    /// kind and stated schema.
    /// @dev Program *subset*.
    function recordSubset(SubsetClaim calldata claim, Proof calldata proof) external;

    /// @notice Whether two shards were shown to have no row in common, in either order. False says nothing.
    function disjoint(ShardId a, ShardId b) external view returns (bool);

    /// @notice Whether a record was shown to be none of a shard's rows. False says nothing.
    /// @param record keccak256 of its bytes, as in AbsentClaim
    function absent(ShardId shard, bytes32 record) external view returns (bool);

    /// @notice Whether all rows of a shard were shown to be rows of a dataset. False says nothing.
    function subset(ShardId shard, DatasetId dataset) external view returns (bool);

    /// @notice The same, and whether a source says now that the dataset is its own.
    function subsetAttested(ShardId shard, DatasetId dataset, address source)
        external
        view
        returns (bool shown, bool attested);

    /// @notice Who showed that two shards have no row in common; all zero where nobody did.
    function disjointFact(ShardId a, ShardId b) external view returns (Fact memory);

    /// @notice Who showed that a record is none of a shard's rows; all zero where nobody did.
    function absentFact(ShardId shard, bytes32 record) external view returns (Fact memory);

    /// @notice Who showed that all rows of a shard are rows of a dataset; all zero where nobody did.
    function subsetFact(ShardId shard, DatasetId dataset) external view returns (Fact memory);

    // ------------------------------------------------------------------------------------------------ lineages

    /// @notice What is not shown of: no shard that the model or any of its ancestors, through any parent, was trained on shares a row
    /// with these shards. It is shown where `open` and `unread` of all pages are empty.
    /// @dev Reverts with UnknownModel, and with NothingAsked for an empty list.
    /// @param shards those of a benchmark, for instance
    /// @param cursor empty for the first page, then the `next` of the page before; with any other the answer says nothing
    /// @param limit the greatest number of models to visit, each once, the newest first
    function decontaminated(bytes32 model, ShardId[] calldata shards, uint256[] calldata cursor, uint256 limit)
        external
        view
        returns (Page memory);

    /// @notice The same of: no shard that the model or any of its ancestors was trained on has this record.
    /// @param record keccak256 of its bytes, as in AbsentClaim
    function neverTrainedOn(bytes32 model, bytes32 record, uint256[] calldata cursor, uint256 limit)
        external
        view
        returns (Page memory);

    /// @notice The answer in one call, for other contracts: whether `decontaminated` is shown by recorded facts. False says nothing;
    /// it is so, too, where the model has more than `limit` ancestors.
    function isDecontaminated(bytes32 model, ShardId[] calldata shards, uint256 limit) external view returns (bool);

    /// @notice The registry whose shards and models these are.
    function registry() external view returns (IModelRegistry);

    /// @notice The datasets that shards were shown to be parts of.
    function datasets() external view returns (IDatasets);

    /// @notice What sources say of these datasets.
    function attestations() external view returns (IDataAttestations);
}
