// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Described} from "./Described.sol";
import {IConditions} from "./interfaces/IConditions.sol";
import {IDataAttestations} from "./interfaces/IDataAttestations.sol";
import {ILineage} from "./interfaces/ILineage.sol";
import {ILineageReader} from "./interfaces/ILineageReader.sol";
import {IModelRegistry} from "./interfaces/IModelRegistry.sol";
import {DatasetId, ModelId, ShardId} from "./interfaces/Ids.sol";
import {Identity} from "./libraries/Identity.sol";
import {Ways} from "./libraries/Ways.sol";

/// @title Conditions
/// @notice Stores nothing and has no owner. Of an ancestry it believes only that every parent of a listed node is listed too, which
/// it checks: a list that begins with the model and is closed in that way lacks no ancestor. What it lists besides can only fail.
contract Conditions is IConditions, Described {
    using Ways for IModelRegistry;

    /// @dev Parts are in units of 10^-18.
    uint256 private constant WHOLE = 1e18;
    // Versions: 8 bits for each of the programs 1..10 but the sixth, which only scores and makes no model, and for the sixteenth.
    uint256 private constant LANE = 8;
    uint256 private constant LANES = 0xff0000000000ffffffff00ffffffffff;
    uint256 private constant LANE_MASK = (1 << LANE) - 1;
    uint256 private constant NUMBER_MASK = (1 << 32) - 1;

    IModelRegistry private immutable REGISTRY;
    ILineageReader private immutable READER;
    IDataAttestations private immutable ATTESTATIONS;

    /// @param reader_ of the registry whose models are judged, an IModelRegistry; both are trusted to answer as their interfaces say
    /// @param attestations_ trusted to answer as IDataAttestations says
    constructor(ILineageReader reader_, IDataAttestations attestations_) {
        READER = reader_;
        REGISTRY = IModelRegistry(address(reader_.lineage()));
        ATTESTATIONS = attestations_;
    }

    /// @inheritdoc IConditions
    function check(bytes32 model, Terms calldata terms, Evidence calldata evidence) external view {
        _requireSound(terms);
        (, uint256 number, uint256 timestamp,) = REGISTRY.edge(model);
        if (number == 0) revert UnknownModel(model);
        if (terms.ancestor != 0) _requireWay(model, terms, evidence.steps);
        if (terms.undeclared && REGISTRY.isDeclared(model)) revert DeclaredOrigin(model);
        if (terms.noForeign && REGISTRY.isForeign(model)) revert ForeignOrigin(model);
        if (terms.registeredAfter != 0 && timestamp <= terms.registeredAfter) {
            revert RegisteredTooEarly(timestamp, terms.registeredAfter);
        }
        if (terms.registeredBefore != 0 && timestamp >= terms.registeredBefore) {
            revert RegisteredTooLate(timestamp, terms.registeredBefore);
        }
        _requireVersions(model, terms.minimalVersions);
        bool disjoint = DatasetId.unwrap(terms.disjointFrom) != 0;
        if (disjoint) _requireDataset(terms.disjointFrom, evidence);
        if (disjoint || terms.attestedBy != address(0)) _requireShards(model, terms, evidence);
    }

    /// @inheritdoc IConditions
    function checkTerms(Terms calldata terms) external view {
        _requireSound(terms);
        if (terms.ancestor != 0 && REGISTRY.kindOf(terms.ancestor) == ILineage.Kind.None) {
            revert UnknownModel(terms.ancestor);
        }
    }

    /// @inheritdoc IConditions
    function lineage() external view returns (ILineage) {
        return REGISTRY;
    }

    /// @inheritdoc IConditions
    function reader() external view returns (ILineageReader) {
        return READER;
    }

    /// @inheritdoc IConditions
    function attestations() external view returns (IDataAttestations) {
        return ATTESTATIONS;
    }

    /// @dev Rejects terms that no model meets, or of which a part would be passed over.
    function _requireSound(Terms calldata terms) private pure {
        if (terms.leastPart > WHOLE) revert PartOutOfRange(terms.leastPart);
        if (terms.ancestor == 0 && terms.leastPart != 0) revert PartWithoutAncestor(terms.leastPart);
        (uint256 earliest, uint256 latest) = (terms.registeredAfter, terms.registeredBefore);
        if (latest != 0 && latest <= earliest + 1) revert NoTimeBetween(earliest, latest);
        if (terms.minimalVersions & ~LANES != 0) revert UnknownPrograms(terms.minimalVersions);
    }

    function _requireWay(bytes32 model, Terms calldata terms, bytes32[] calldata steps) private view {
        if (!REGISTRY.leads(terms.ancestor, model, steps)) revert NotADescendant(model, terms.ancestor);
        if (terms.leastPart == 0 && terms.mostMerges == type(uint256).max) return;
        (uint256 part, uint256 merges) = READER.wayOf(terms.ancestor, model, steps);
        if (part < terms.leastPart) revert PartTooSmall(part, terms.leastPart);
        if (merges > terms.mostMerges) revert TooManyMerges(merges, terms.mostMerges);
    }

    function _requireVersions(bytes32 model, uint256 minimalVersions) private view {
        for (uint256 program = 1; minimalVersions != 0; ++program) {
            uint256 minimal = minimalVersions & LANE_MASK;
            minimalVersions >>= LANE;
            if (minimal == 0) continue;
            uint256 keyVersion = REGISTRY.versionFloor(ModelId.wrap(model), program);
            if (keyVersion != 0 && keyVersion < minimal) revert KeyTooOld(program, keyVersion, minimal);
        }
    }

    /// @dev Rejects shards other than those of the dataset asked for, and such as do not ascend, so that they can be searched.
    function _requireDataset(DatasetId asked, Evidence calldata evidence) private pure {
        ShardId[] calldata ids = evidence.shardIds;
        DatasetId shown = Identity.ofDataset(evidence.registrar, ids, evidence.uri);
        if (DatasetId.unwrap(shown) != DatasetId.unwrap(asked)) revert OtherDataset(shown, asked);
        for (uint256 i = 1; i < ids.length; ++i) {
            if (ShardId.unwrap(ids[i]) <= ShardId.unwrap(ids[i - 1])) revert ShardsNotAscending(ids[i - 1], ids[i]);
        }
    }

    /// @dev Goes through the whole ancestry and all that its edges were trained on.
    function _requireShards(bytes32 model, Terms calldata terms, Evidence calldata evidence) private view {
        bytes32[] calldata ancestry = evidence.ancestry;
        if (ancestry.length == 0 || ancestry[0] != model) {
            revert AncestryOfAnother(ancestry.length == 0 ? bytes32(0) : ancestry[0], model);
        }
        uint256[][] memory parents = _requireClosed(ancestry);
        bool disjoint = DatasetId.unwrap(terms.disjointFrom) != 0;
        address source = terms.attestedBy;
        for (uint256 i = 0; i < ancestry.length; ++i) {
            // Who has not one parent was not trained.
            if (parents[i].length != 1) continue;
            ShardId[] memory shards = REGISTRY.shardsOf(ModelId.wrap(ancestry[i]));
            for (uint256 j = 0; j < shards.length; ++j) {
                if (disjoint && _contains(evidence.shardIds, shards[j])) revert TrainedOn(ancestry[i], shards[j]);
                if (source != address(0) && !ATTESTATIONS.isAttestedBy(shards[j], source)) {
                    revert ShardNotAttested(ancestry[i], shards[j], source);
                }
            }
        }
    }

    /// @dev Rejects a list of nodes that does not strictly descend, or lacks a parent of one of them.
    /// @return parents of each node, as `edge` gives them
    function _requireClosed(bytes32[] calldata ancestry) private view returns (uint256[][] memory parents) {
        uint256 count = ancestry.length;
        parents = new uint256[][](count);
        uint256[] memory numbers = new uint256[](count);
        for (uint256 i = 0; i < count; ++i) {
            (, numbers[i],, parents[i]) = REGISTRY.edge(ancestry[i]);
            if (i == 0) continue;
            if (numbers[i] == 0 || numbers[i] >= numbers[i - 1]) {
                revert AncestryNotDescending(ancestry[i - 1], ancestry[i]);
            }
        }
        for (uint256 i = 0; i < count; ++i) {
            for (uint256 j = 0; j < parents[i].length; ++j) {
                uint256 parent = parents[i][j] & NUMBER_MASK;
                if (!_follows(numbers, i, parent)) revert AncestryNotClosed(ancestry[i], REGISTRY.nodeAt(parent));
            }
        }
    }

    /// @dev Whether a number stands behind place `i` in a list that descends. Mostly the next one.
    function _follows(uint256[] memory numbers, uint256 i, uint256 number) private pure returns (bool) {
        (uint256 low, uint256 high) = (i + 1, numbers.length);
        if (low < high && numbers[low] == number) return true;
        while (low < high) {
            uint256 middle = (low + high) / 2;
            if (numbers[middle] == number) return true;
            if (numbers[middle] > number) low = middle + 1;
            else high = middle;
        }
        return false;
    }

    /// @dev Whether a list that ascends holds a shard.
    function _contains(ShardId[] calldata ids, ShardId shard) private pure returns (bool) {
        (uint256 low, uint256 high) = (0, ids.length);
        while (low < high) {
            uint256 middle = (low + high) / 2;
            if (ShardId.unwrap(ids[middle]) == ShardId.unwrap(shard)) return true;
            if (ShardId.unwrap(ids[middle]) < ShardId.unwrap(shard)) low = middle + 1;
            else high = middle;
        }
        return false;
    }

    /// @dev See Described.
    function _answers(bytes4 interfaceId) internal pure override returns (bool) {
        return interfaceId == type(IConditions).interfaceId;
    }
}
