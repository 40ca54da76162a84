// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

import {ILineage} from "../interfaces/ILineage.sol";

/// @title A registry for tests of contracts that read one
/// @notice Answers like the real registry, but anyone may add any node without a proof and under any id. Its walks are
/// naive: their gas is not the real registry's. Never deploy it where something depends on it.
contract MockLineage is ILineage {
    error UnknownModel(bytes32 id);
    error ModelExists(bytes32 id);
    error NeedsTrainer();
    error UnsupportedParents(uint256 parents);

    uint256 public constant MAX_PARENTS = 8;

    mapping(bytes32 id => Node) private _nodes;
    mapping(bytes32 id => WeightedParent[]) private _parents;
    mapping(bytes32 id => bytes32[]) private _children;
    bytes32[] private _ids;

    // ------------------------------------------------------------------------------------------------ adding

    /// @notice Adds a seed.
    function addSeed(bytes32 id, address trainer) external {
        _add(id, trainer, Kind.Seed, new bytes32[](0), new uint256[](0));
    }

    /// @notice Adds a declared import.
    function addImport(bytes32 id, address trainer) external {
        _add(id, trainer, Kind.Import, new bytes32[](0), new uint256[](0));
    }

    /// @notice Adds a child of one parent.
    function addTrain(bytes32 id, address trainer, bytes32 parent) external {
        bytes32[] memory ids = new bytes32[](1);
        uint256[] memory weights = new uint256[](1);
        (ids[0], weights[0]) = (parent, 1);
        _add(id, trainer, Kind.Train, ids, weights);
    }

    /// @notice Adds a merge of 2 to 8 parents.
    /// @param weights one for each parent, 1..2^19
    function addMerge(bytes32 id, address trainer, bytes32[] calldata ids, uint256[] calldata weights) external {
        if (ids.length < 2 || ids.length > MAX_PARENTS || weights.length != ids.length) {
            revert UnsupportedParents(ids.length);
        }
        _add(id, trainer, Kind.Merge, ids, weights);
    }

    // ------------------------------------------------------------------------------------------------ nodes

    /// @inheritdoc ILineage
    function node(bytes32 id) external view returns (Node memory) {
        return _nodes[id];
    }

    /// @inheritdoc ILineage
    function trainerOf(bytes32 id) external view returns (address) {
        return _nodes[id].trainer;
    }

    /// @inheritdoc ILineage
    function depthOf(bytes32 id) external view returns (uint256) {
        return _nodes[id].depth;
    }

    /// @inheritdoc ILineage
    function kindOf(bytes32 id) external view returns (Kind) {
        return _nodes[id].kind;
    }

    /// @inheritdoc ILineage
    function isDeclared(bytes32 id) external view returns (bool) {
        return _nodes[id].declared;
    }

    /// @inheritdoc ILineage
    function nodeCount() external view returns (uint256) {
        return _ids.length;
    }

    /// @inheritdoc ILineage
    function nodeAt(uint256 number) external view returns (bytes32) {
        return number == 0 || number > _ids.length ? bytes32(0) : _ids[number - 1];
    }

    /// @inheritdoc ILineage
    function numberOf(bytes32 id) external view returns (uint256) {
        return _nodes[id].number;
    }

    // ------------------------------------------------------------------------------------------------ edges

    /// @inheritdoc ILineage
    function parents(bytes32 id) external view returns (bytes32[] memory ids) {
        WeightedParent[] storage list = _parents[id];
        ids = new bytes32[](list.length);
        for (uint256 i = 0; i < ids.length; ++i) {
            ids[i] = list[i].id;
        }
    }

    /// @inheritdoc ILineage
    function weightedParents(bytes32 id) external view returns (WeightedParent[] memory) {
        return _parents[id];
    }

    /// @inheritdoc ILineage
    function edge(bytes32 id)
        external
        view
        returns (address trainer, uint256 number, uint256 timestamp, uint256[] memory parts)
    {
        WeightedParent[] storage list = _parents[id];
        parts = new uint256[](list.length);
        for (uint256 i = 0; i < list.length; ++i) {
            parts[i] = (list[i].weight << 32) | _nodes[list[i].id].number;
        }
        return (_nodes[id].trainer, _nodes[id].number, _nodes[id].timestamp, parts);
    }

    /// @inheritdoc ILineage
    function children(bytes32 id, bytes32 cursor, uint256 limit)
        external
        view
        returns (bytes32[] memory page, bytes32 next)
    {
        bytes32[] storage list = _children[id];
        uint256 end = list.length;
        if (cursor != 0) {
            while (end > 0 && list[end - 1] != cursor) --end;
            if (end == 0) revert NotAChild(cursor, id);
        }
        page = new bytes32[](end < limit ? end : limit);
        for (uint256 i = 0; i < page.length; ++i) {
            page[i] = list[end - 1 - i];
        }
        if (end > page.length) next = list[end - 1 - page.length];
    }

    // ------------------------------------------------------------------------------------------------ ancestry

    /// @inheritdoc ILineage
    function isAncestor(bytes32 ancestor, bytes32 descendant) external view returns (bool) {
        return ancestor != 0 && _at(descendant, _nodes[ancestor].depth) == ancestor;
    }

    /// @inheritdoc ILineage
    function isAncestorVia(bytes32[] calldata path) external view returns (bool) {
        if (path.length == 0 || _nodes[path[0]].kind == Kind.None) return false;
        for (uint256 i = 1; i < path.length; ++i) {
            if (!_isParent(path[i - 1], path[i])) return false;
        }
        return true;
    }

    /// @inheritdoc ILineage
    function ancestorAt(bytes32 id, uint256 depth) external view returns (bytes32) {
        return _at(id, depth);
    }

    /// @inheritdoc ILineage
    function nearestCommonAncestor(bytes32 a, bytes32 b) external view returns (bytes32) {
        if (_nodes[a].kind == Kind.None || _nodes[b].kind == Kind.None) return 0;
        uint256 depth = _nodes[a].depth < _nodes[b].depth ? _nodes[a].depth : _nodes[b].depth;
        (a, b) = (_at(a, depth), _at(b, depth));
        while (a != b) (a, b) = (_nodes[a].parent, _nodes[b].parent);
        return a;
    }

    /// @inheritdoc ILineage
    function trainersAlong(bytes32 id, uint256 limit) external view returns (address[] memory page, bytes32 next) {
        uint256 length = _nodes[id].kind == Kind.None ? 0 : _nodes[id].depth + 1;
        page = new address[](length < limit ? length : limit);
        for (uint256 i = 0; i < page.length; ++i) {
            page[i] = _nodes[id].trainer;
            id = _nodes[id].parent;
        }
        next = length == 0 ? bytes32(0) : id;
    }

    /// @inheritdoc ILineage
    function origins(bytes32 id, uint256 limit) external view returns (bytes32[] memory found, bool complete) {
        uint256 capacity = limit < _ids.length * MAX_PARENTS + 1 ? limit : _ids.length * MAX_PARENTS + 1;
        bytes32[] memory lines = new bytes32[](capacity);
        found = new bytes32[](capacity);
        uint256 count = 0;
        uint256 open = 0;
        complete = true;
        if (_nodes[id].kind != Kind.None) (lines, open, complete) = _follow(lines, 0, id);
        for (uint256 i = 0; i < open; ++i) {
            bytes32 here = lines[i];
            while (_nodes[here].depth > 0) {
                for (uint256 k = 1; k < _parents[here].length; ++k) {
                    bool fits;
                    (lines, open, fits) = _follow(lines, open, _parents[here][k].id);
                    complete = complete && fits;
                }
                here = _nodes[here].parent;
            }
            (found, count,) = _follow(found, count, here);
        }
        assembly ("memory-safe") {
            mstore(found, count)
        }
    }

    // ------------------------------------------------------------------------------------------------ inside

    function _add(bytes32 id, address trainer, Kind kind, bytes32[] memory ids, uint256[] memory weights) private {
        if (_nodes[id].kind != Kind.None) revert ModelExists(id);
        if (trainer == address(0)) revert NeedsTrainer();
        bool declared = kind == Kind.Import;
        for (uint256 i = 0; i < ids.length; ++i) {
            if (_nodes[ids[i]].kind == Kind.None) revert UnknownModel(ids[i]);
            declared = declared || _nodes[ids[i]].declared;
            _parents[id].push(WeightedParent(ids[i], weights[i]));
            _children[ids[i]].push(id);
        }
        _ids.push(id);
        _nodes[id] = Node({
            trainer: trainer,
            kind: kind,
            depth: ids.length == 0 ? 0 : _nodes[ids[0]].depth + 1,
            timestamp: block.timestamp,
            blockNumber: block.number,
            parent: ids.length == 0 ? bytes32(0) : ids[0],
            declared: declared,
            number: _ids.length,
            version: 1
        });
    }

    function _at(bytes32 id, uint256 depth) private view returns (bytes32) {
        if (_nodes[id].kind == Kind.None || _nodes[id].depth < depth) return 0;
        while (_nodes[id].depth > depth) id = _nodes[id].parent;
        return id;
    }

    function _isParent(bytes32 parent, bytes32 child) private view returns (bool) {
        WeightedParent[] storage list = _parents[child];
        for (uint256 i = 0; i < list.length; ++i) {
            if (list[i].id == parent) return true;
        }
        return false;
    }

    /// @dev Appends an id unless it is there; `fits` is false where there is no room.
    function _follow(bytes32[] memory list, uint256 size, bytes32 id)
        private
        pure
        returns (bytes32[] memory, uint256, bool fits)
    {
        for (uint256 i = 0; i < size; ++i) {
            if (list[i] == id) return (list, size, true);
        }
        if (size == list.length) return (list, size, false);
        list[size] = id;
        return (list, size + 1, true);
    }
}
