// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Lineage} from "../Lineage.sol";
import {IModelRegistry} from "../interfaces/IModelRegistry.sol";
import {ModelId} from "../interfaces/Ids.sol";
import {G1Point} from "../interfaces/Proof.sol";
import {EdgeWord} from "../libraries/EdgeWords.sol";
import {Floors, FloorsLibrary} from "../libraries/Floors.sol";
import {Identity} from "../libraries/Identity.sol";
import {Network} from "../libraries/Network.sol";
import {NodeHead, NodeHeadLibrary} from "../libraries/NodeHead.sol";
import {Statement} from "../libraries/Statement.sol";
import {Proven} from "./Proven.sol";

/// @title Models
/// @notice What nodes hand on to their descendants, schemas and floors, and where it is kept: in the words of the edge that
/// leads to a node. Of origins the head tells the floors; only imports with a schema have a word.
abstract contract Models is Proven, Lineage {
    mapping(uint256 number => mapping(uint256 index => EdgeWord)) private _edgeWords;

    /// @inheritdoc IModelRegistry
    function schemaOf(ModelId id) external view returns (bytes32) {
        return _schemaAt(_edgeWordOf(_headOf(ModelId.unwrap(id)), 0).schema());
    }

    /// @inheritdoc IModelRegistry
    function versionFloor(ModelId id, uint256 program) external view returns (uint256) {
        // The floors of a network are of its own programs, which have another number by the same distance each.
        uint256 distance = _headOf(ModelId.unwrap(id)).isNetwork() ? Statement.CONV_SEED - Statement.SEED : 0;
        if (program == Statement.SPARSE_MERGE) {
            program = FloorsLibrary.SPARSE;
        } else if (program != Statement.DATA) {
            if (program < Statement.SEED + distance || program > Statement.MERGE + distance) return 0;
            program -= distance;
        }
        (Floors floors,) = _heritage(id);
        return floors.lowest(program);
    }

    /// @inheritdoc IModelRegistry
    function modelId(G1Point[] calldata commitment, uint256 shape) external pure returns (ModelId) {
        return Identity.ofModel(commitment, shape);
    }

    /// @dev What a model hands on.
    /// @return floors of its way, itself included
    /// @return schema number of its schema
    function _heritage(ModelId id) internal view returns (Floors floors, uint256 schema) {
        NodeHead head = _headOf(ModelId.unwrap(id));
        Kind kind = head.kind();
        if (kind == Kind.Seed) return (FloorsLibrary.only(Statement.SEED, head.version()), 0);
        EdgeWord word = _edgeWordOf(head, 0);
        floors = kind == Kind.Import ? FloorsLibrary.only(Statement.IMPORT, head.version()) : word.floors();
        schema = word.schema();
    }

    /// @dev What an origin of this shape hands on as it is.
    function _traits(uint256 shape) internal pure returns (uint256) {
        return Network.isNetwork(shape) ? NodeHeadLibrary.NETWORK : 0;
    }

    function _setEdgeWord(uint256 number, uint256 index, EdgeWord word) internal {
        _edgeWords[number][index] = word;
    }

    /// @dev Zero where there is none.
    function _edgeWordOf(NodeHead head, uint256 index) internal view returns (EdgeWord) {
        return _edgeWords[head.number()][index];
    }

    function _requireModel(ModelId id) internal view {
        if (!_exists(ModelId.unwrap(id))) revert UnknownModel(id);
    }

    function _freshModel(G1Point[] calldata commitment, uint256 shape) internal view returns (ModelId id) {
        id = Identity.ofModel(commitment, shape);
        _requireFresh(id);
    }

    function _requireFresh(ModelId id) internal view {
        if (_exists(ModelId.unwrap(id))) revert ModelExists(id);
    }
}
