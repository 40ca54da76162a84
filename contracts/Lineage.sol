// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Blocks} from "./Blocks.sol";
import {ILineage} from "./interfaces/ILineage.sol";
import {NodeHead, NodeHeadLibrary} from "./libraries/NodeHead.sol";
import {NodeLine, NodeLineLibrary} from "./libraries/NodeLine.sol";

/// @title Lineage
/// @notice The graph: nodes are added with their parents and never change but for the list of their children. Adding one
/// costs the same at any depth and with any number of siblings; what walks the graph is a view.
abstract contract Lineage is ILineage, Blocks {
    uint256 internal constant MAX_PARENTS = 8;

    // A merge's parents: three to a word, | weight 20 | older sibling 32 | parent 32 | each, the first parent lowest. The
    // first parent's sibling stands in the node's line like that of any child.
    uint256 private constant PARTS_A_WORD = 3;
    uint256 private constant PART_BITS = 84;
    uint256 private constant PART_SIBLING = 32;
    uint256 private constant PART_WEIGHT = 64;
    uint256 private constant NUMBER_MASK = (1 << 32) - 1;
    uint256 private constant WEIGHT_MASK = (1 << 20) - 1;
    // A parent as `edge` gives it: | weight 224 | number 32 |.
    uint256 private constant EDGE_WEIGHT = 32;

    mapping(bytes32 id => NodeHead) private _heads;
    mapping(uint256 number => bytes32 id) private _ids;
    mapping(uint256 number => NodeLine) private _lines;
    mapping(uint256 number => mapping(uint256 word => uint256)) private _parts;
    mapping(address trainer => uint256) private _shares;
    uint256 private _count;

    /// @inheritdoc ILineage
    function node(bytes32 id) external view returns (Node memory record) {
        NodeHead head = _heads[id];
        if (!head.exists()) return record;
        NodeLine place = _lines[head.number()];
        record.trainer = head.trainer();
        record.kind = head.kind();
        record.depth = place.depth();
        record.timestamp = head.timestamp();
        record.blockNumber = place.blockNumber();
        record.parent = _ids[place.parent()];
        record.declared = head.declared();
        record.number = head.number();
        record.version = head.version();
    }

    /// @inheritdoc ILineage
    function trainerOf(bytes32 id) external view returns (address) {
        return _heads[id].trainer();
    }

    /// @inheritdoc ILineage
    function depthOf(bytes32 id) external view returns (uint256) {
        return _lines[_numberOf(id)].depth();
    }

    /// @inheritdoc ILineage
    function kindOf(bytes32 id) external view returns (Kind) {
        return _heads[id].kind();
    }

    /// @inheritdoc ILineage
    function isDeclared(bytes32 id) external view returns (bool) {
        return _heads[id].declared();
    }

    /// @inheritdoc ILineage
    function isForeign(bytes32 id) external view returns (bool) {
        return _heads[id].isForeign();
    }

    /// @inheritdoc ILineage
    function chosenShare(address trainer) external view returns (uint256) {
        return _shares[trainer];
    }

    /// @inheritdoc ILineage
    function creditOf(bytes32 id) external view returns (address trainer, uint256 number, uint256 share, uint256 stack) {
        NodeHead head = _heads[id];
        (trainer, number, stack) = (head.trainer(), head.number(), head.stack());
        uint256[] memory parts = _partsOf(head);
        uint256 inherited = 0;
        for (uint256 i = 0; i < parts.length; ++i) {
            inherited += _heads[_ids[uint32(parts[i])]].stack();
        }
        // Of a stack above the whole nothing can be told, and nothing is ever paid by it.
        share = stack > inherited ? stack - inherited : 0;
    }

    /// @inheritdoc ILineage
    function nodeCount() external view returns (uint256) {
        return _count;
    }

    /// @inheritdoc ILineage
    function nodeAt(uint256 number) external view returns (bytes32) {
        return _ids[number];
    }

    /// @inheritdoc ILineage
    function numberOf(bytes32 id) external view returns (uint256) {
        return _numberOf(id);
    }

    /// @inheritdoc ILineage
    function parents(bytes32 id) external view returns (bytes32[] memory list) {
        uint256[] memory parts = _partsOf(_heads[id]);
        list = new bytes32[](parts.length);
        for (uint256 i = 0; i < list.length; ++i) {
            list[i] = _ids[parts[i] & NUMBER_MASK];
        }
    }

    /// @inheritdoc ILineage
    function edge(bytes32 id)
        external
        view
        returns (address trainer, uint256 number, uint256 timestamp, uint256[] memory parts)
    {
        NodeHead head = _heads[id];
        return (head.trainer(), head.number(), head.timestamp(), _partsOf(head));
    }

    /// @inheritdoc ILineage
    function line(uint256 number) external view returns (uint256) {
        return NodeLine.unwrap(_lines[number]);
    }

    /// @inheritdoc ILineage
    function children(bytes32 id, bytes32 cursor, uint256 limit)
        external
        view
        returns (bytes32[] memory page, bytes32 next)
    {
        uint256 parent = _numberOf(id);
        uint256 start = _lines[parent].newestChild();
        if (cursor != 0) {
            start = _numberOf(cursor);
            if (!_isParent(parent, start)) revert NotAChild(cursor, id);
        }
        uint256 count = 0;
        uint256 child = start;
        for (; child != 0 && count < limit; ++count) {
            child = _olderSibling(parent, child);
        }
        next = _ids[child];
        page = new bytes32[](count);
        child = start;
        for (uint256 i = 0; i < count; ++i) {
            page[i] = _ids[child];
            child = _olderSibling(parent, child);
        }
    }

    /// @inheritdoc ILineage
    function isAncestor(bytes32 ancestor, bytes32 descendant) external view returns (bool) {
        (uint256 upper, uint256 lower) = (_numberOf(ancestor), _numberOf(descendant));
        if (upper == 0 || lower == 0) return false;
        return _climb(lower, _lines[upper].depth()) == upper;
    }

    /// @inheritdoc ILineage
    function isAncestorVia(bytes32[] calldata path) external view returns (bool) {
        if (path.length == 0) return false;
        uint256 above = _numberOf(path[0]);
        if (above == 0) return false;
        for (uint256 i = 1; i < path.length; ++i) {
            uint256 below = _numberOf(path[i]);
            if (!_isParent(above, below)) return false;
            above = below;
        }
        return true;
    }

    /// @inheritdoc ILineage
    function ancestorAt(bytes32 id, uint256 depth) external view returns (bytes32) {
        return _ids[_climb(_numberOf(id), depth)];
    }

    /// @dev Adds a seed or an import.
    /// @param id must be fresh
    /// @param traits DECLARED, NETWORK or both (NodeHeadLibrary)
    function _addOrigin(bytes32 id, address trainer, Kind kind, uint256 version, uint256 traits)
        internal
        returns (uint256 number)
    {
        number = _nextNumber(id);
        _heads[id] = NodeHeadLibrary.make(trainer, kind, number, traits, version, _shares[trainer]);
        _lines[number] = NodeLineLibrary.origin(number, _blockNumber());
    }

    /// @dev Adds a child of one parent, which must exist.
    function _addChild(bytes32 id, address trainer, uint256 version, bytes32 parentId)
        internal
        returns (uint256 number, uint256 depth)
    {
        NodeHead parent = _heads[parentId];
        number = _nextNumber(id);
        uint256 stack = parent.stack() + _shares[trainer];
        _heads[id] = NodeHeadLibrary.make(trainer, Kind.Train, number, parent.traits(), version, stack);
        depth = _link(number, parent.number(), false);
    }

    /// @dev Adds a child of one or several different parents, which must exist.
    /// @param kind Merge or Foreign
    /// @param traits which the child has besides those of its parents
    /// @param weights of the parents, below 2^20
    function _addMerge(
        bytes32 id,
        address trainer,
        Kind kind,
        uint256 version,
        uint256 traits,
        bytes32[] memory parentIds,
        uint256[] memory weights
    ) internal returns (uint256 number, uint256 depth) {
        number = _nextNumber(id);
        uint256 stack = _shares[trainer];
        uint256 word = 0;
        for (uint256 i = 0; i < parentIds.length; ++i) {
            NodeHead head = _heads[parentIds[i]];
            traits |= head.traits();
            stack += head.stack();
            uint256 parent = head.number();
            uint256 part = parent | (weights[i] << PART_WEIGHT);
            if (i == 0) {
                depth = _link(number, parent, true);
            } else {
                NodeLine place = _lines[parent];
                part |= place.newestChild() << PART_SIBLING;
                _lines[parent] = place.withNewestChild(number);
            }
            word |= part << (PART_BITS * (i % PARTS_A_WORD));
            if (i % PARTS_A_WORD == PARTS_A_WORD - 1 || i == parentIds.length - 1) {
                _parts[number][i / PARTS_A_WORD] = word;
                word = 0;
            }
        }
        _heads[id] = NodeHeadLibrary.make(trainer, kind, number, traits, version, stack);
    }

    /// @dev For the next nodes of a trainer.
    /// @param share at most half of NodeHeadLibrary.WHOLE
    function _setShare(address trainer, uint256 share) internal {
        _shares[trainer] = share;
    }

    function _exists(bytes32 id) internal view returns (bool) {
        return _heads[id].exists();
    }

    function _headOf(bytes32 id) internal view returns (NodeHead) {
        return _heads[id];
    }

    function _nextNumber(bytes32 id) private returns (uint256 number) {
        number = ++_count;
        if (number > NUMBER_MASK) revert TooManyNodes(number);
        _ids[number] = id;
    }

    /// @dev Makes a node the newest child of its first parent.
    function _link(uint256 number, uint256 parent, bool isMerge) private returns (uint256 depth) {
        NodeLine parentLine = _lines[parent];
        NodeLine place = NodeLineLibrary.child(parent, parentLine, _lines[parentLine.jump()], isMerge, _blockNumber());
        _lines[number] = place;
        _lines[parent] = parentLine.withNewestChild(number);
        return place.depth();
    }

    /// @dev 0 where there is no such node.
    function _numberOf(bytes32 id) private view returns (uint256) {
        return _heads[id].number();
    }

    /// @dev The node of that depth on the first line; 0 where the line has none.
    function _climb(uint256 number, uint256 depth) private view returns (uint256) {
        NodeLine place = _lines[number];
        if (number == 0 || place.depth() < depth) return 0;
        while (place.depth() != depth) {
            if (place.jumpDepth() >= depth) number = place.jump();
            else if (place.parentJumpDepth() >= depth) number = place.parentJump();
            else number = place.parent();
            place = _lines[number];
        }
        return number;
    }

    /// @dev Whether `parent` is any parent of `child`; false where either is 0.
    function _isParent(uint256 parent, uint256 child) private view returns (bool) {
        if (parent == 0 || child == 0) return false;
        if (_lines[child].parent() == parent) return true;
        return _partOf(parent, child) != 0;
    }

    function _olderSibling(uint256 parent, uint256 child) private view returns (uint256) {
        NodeLine place = _lines[child];
        if (place.parent() == parent) return place.olderSibling();
        return (_partOf(parent, child) >> PART_SIBLING) & NUMBER_MASK;
    }

    /// @dev What a merge stores of one of its parents; 0 where it is none.
    function _partOf(uint256 parent, uint256 child) private view returns (uint256 part) {
        for (uint256 i = 0; i < MAX_PARENTS; ++i) {
            part = _part(child, i);
            if (part == 0 || part & NUMBER_MASK == parent) return part;
        }
        return 0;
    }

    function _part(uint256 child, uint256 i) private view returns (uint256) {
        return (_parts[child][i / PARTS_A_WORD] >> (PART_BITS * (i % PARTS_A_WORD))) & ((1 << PART_BITS) - 1);
    }

    /// @dev A node's parents as `edge` gives them.
    function _partsOf(NodeHead head) private view returns (uint256[] memory parts) {
        uint256 number = head.number();
        if (head.kind() > Kind.Train) {
            parts = new uint256[](MAX_PARENTS);
            uint256 count = 0;
            uint256 word = 0;
            for (; count < MAX_PARENTS; ++count) {
                if (count % PARTS_A_WORD == 0) word = _parts[number][count / PARTS_A_WORD];
                if (word == 0) break;
                parts[count] = (word & NUMBER_MASK) | (((word >> PART_WEIGHT) & WEIGHT_MASK) << EDGE_WEIGHT);
                word >>= PART_BITS;
            }
            assembly ("memory-safe") {
                mstore(parts, count)
            }
        } else if (head.kind() == Kind.Train) {
            parts = new uint256[](1);
            parts[0] = _lines[number].parent() | (1 << EDGE_WEIGHT);
        }
    }
}
