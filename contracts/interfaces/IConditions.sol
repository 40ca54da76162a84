// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {DatasetId, ShardId} from "./Ids.sol";
import {IDataAttestations} from "./IDataAttestations.sol";
import {ILineage} from "./ILineage.sol";
import {ILineageReader} from "./ILineageReader.sol";

/// @title Conditions that a model's descent must meet
/// @notice One judge for bounties, gates, boards and whoever else asks. Somebody states *terms*; whoever has a model shows by
/// *evidence* that it meets them. Evidence is found off chain and believed in nothing: what is false in it makes the check fail.
/// Terms that are all zero ask for no more than a registered model.
///
/// What the registry cannot know, no condition can show. Nobody can see which rows a declared import or a foreign child was
/// trained on: who asks for `disjointFrom` or `attestedBy` should ask for `undeclared` and `noForeign` too. The same rows
/// registered again with another salt are another shard.
interface IConditions {
    /// @notice What is asked of a model. Zero means not asked, except for `mostMerges`, which belongs to `ancestor`.
    /// @param ancestor the model descends from this one; a model descends from itself
    /// @param leastPart the ancestor's part along the way shown is at least this, in units of 10^-18 (ILineageReader.wayOf); 0..10^18. One
    /// way is judged, the one in the evidence; parts along several ways are never added
    /// @param mostMerges the way shown leads through at most so many merges or foreign children. 0: through none. 2^256 - 1: through any
    /// number. Without an ancestor it is not asked
    /// @param undeclared no import is among the origins (ILineage.isDeclared)
    /// @param noForeign no foreign program made the model or any ancestor (ILineage.isForeign)
    /// @param registeredAfter the model was registered later than this, in seconds of Unix time
    /// @param registeredBefore the model was registered earlier than this, in seconds of Unix time
    /// @param minimalVersions the least version of a key by which the model, its ancestors and their shards may have been accepted: 8
    /// bits for each of the programs 1..10 and 16, the first lowest. Programs that do not occur are not asked: convolutional networks have
    /// their own, 7..10 in place of 2..5, so ask for both where the model may be either. 16 is sparse merges of either, in bits 120 to
    /// 127. The sixth and 11 to 15 make no models: their bits are zero
    /// @param disjointFrom no edge to the model or any ancestor was trained on a shard of this dataset, which need not be registered
    /// yet. The shards of a benchmark are those of its dataset
    /// @param attestedBy each shard that an edge to the model or any ancestor was trained on is attested by this source when the check
    /// is made (IDataAttestations.isAttestedBy); met where nothing was trained on. The source can revoke and so has the last word
    struct Terms {
        bytes32 ancestor;
        uint256 leastPart;
        uint256 mostMerges;
        bool undeclared;
        bool noForeign;
        uint64 registeredAfter;
        uint64 registeredBefore;
        uint256 minimalVersions;
        DatasetId disjointFrom;
        address attestedBy;
    }

    /// @notice What shows that a model meets terms. What the terms do not ask for is not read and may be empty.
    /// @param steps for `ancestor`: the steps of the way from the model up to it (ILineageReader.wayOf); empty along the first line
    /// @param ancestry for `disjointFrom` and `attestedBy`: the model and all its ancestors through all parents, each once, in strictly
    /// descending order of their numbers, so the model first
    /// @param registrar for `disjointFrom`: who listed or will list the dataset
    /// @param shardIds for `disjointFrom`: its shards, strictly ascending
    /// @param uri for `disjointFrom`: its text
    struct Evidence {
        bytes32[] steps;
        bytes32[] ancestry;
        address registrar;
        ShardId[] shardIds;
        string uri;
    }

    // ------------------------------------------------------------------------------------------------ errors of terms

    /// @notice Thrown when terms ask for a part of an ancestor and name none.
    error PartWithoutAncestor(uint256 leastPart);
    /// @notice Thrown when terms ask for a part above 10^18, which is all.
    error PartOutOfRange(uint256 leastPart);
    /// @notice Thrown when terms ask for a registration at a time that does not exist.
    error NoTimeBetween(uint256 registeredAfter, uint256 registeredBefore);
    /// @notice Thrown when terms ask for versions of programs that make no models: of the sixth, of 11 to 15, or of those above 16.
    error UnknownPrograms(uint256 minimalVersions);

    // ------------------------------------------------------------------------------------------------ errors of models

    /// @notice Thrown when there is no such model, or terms name an ancestor that is none.
    error UnknownModel(bytes32 model);
    /// @notice Thrown when `ancestor` is asked for and the steps shown do not lead there.
    error NotADescendant(bytes32 model, bytes32 ancestor);
    /// @notice Thrown when `leastPart` is more than the part along the way shown, in units of 10^-18.
    error PartTooSmall(uint256 part, uint256 leastPart);
    /// @notice Thrown when `mostMerges` is less than what the way shown leads through.
    error TooManyMerges(uint256 merges, uint256 mostMerges);
    /// @notice Thrown when `undeclared` is asked for and the model descends from an import.
    error DeclaredOrigin(bytes32 model);
    /// @notice Thrown when `noForeign` is asked for and a foreign program made the model or an ancestor.
    error ForeignOrigin(bytes32 model);
    /// @notice Thrown when a model was registered no later than `registeredAfter`.
    error RegisteredTooEarly(uint256 timestamp, uint256 registeredAfter);
    /// @notice Thrown when a model was registered no earlier than `registeredBefore`.
    error RegisteredTooLate(uint256 timestamp, uint256 registeredBefore);
    /// @notice Thrown when something on the way to the model was accepted by an older key than `minimalVersions` says.
    error KeyTooOld(uint256 program, uint256 version, uint256 minimal);
    /// @notice Thrown when `disjointFrom` is asked for and an edge was trained on a shard of that dataset.
    error TrainedOn(bytes32 node, ShardId shard);
    /// @notice Thrown when `attestedBy` is asked for and an edge was trained on a shard that the source does not attest.
    error ShardNotAttested(bytes32 node, ShardId shard, address source);

    // ------------------------------------------------------------------------------------------------ errors of evidence

    /// @notice Thrown when an ancestry does not begin with the model. First is zero where it is empty.
    error AncestryOfAnother(bytes32 first, bytes32 model);
    /// @notice Thrown when the numbers of an ancestry do not strictly descend, or it names a node that does not exist.
    error AncestryNotDescending(bytes32 previous, bytes32 next);
    /// @notice Thrown when an ancestry lacks a parent of one of its nodes.
    error AncestryNotClosed(bytes32 child, bytes32 parent);
    /// @notice Thrown when registrar, shards and text are those of another dataset than `disjointFrom`.
    error OtherDataset(DatasetId shown, DatasetId asked);
    /// @notice Thrown when the shards of a dataset do not strictly ascend. No registry takes such a dataset.
    error ShardsNotAscending(ShardId previous, ShardId next);

    // ------------------------------------------------------------------------------------------------ reading

    /// @notice Passes if a model meets terms; reverts with an error that names the first condition that it does not meet.
    /// @dev Gas grows with the ancestry, where one is asked for: 200 nodes with one shard each are pinned in the tests.
    function check(bytes32 model, Terms calldata terms, Evidence calldata evidence) external view;

    /// @notice Passes if terms can be met by some model as far as that can be told: their ancestor exists and their ranges are not empty.
    function checkTerms(Terms calldata terms) external view;

    /// @notice The registry whose models are judged.
    function lineage() external view returns (ILineage);

    /// @notice The contract that follows ways.
    function reader() external view returns (ILineageReader);

    /// @notice The contract that knows what sources attest.
    function attestations() external view returns (IDataAttestations);
}
