// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ILineage} from "../interfaces/ILineage.sol";
import {NodeHeadLibrary} from "../libraries/NodeHead.sol";
import {NodeLine, NodeLineLibrary} from "../libraries/NodeLine.sol";

/// @title A registry for tests of contracts that read one
/// @notice Answers like the real registry, but anyone may add any node without a proof and under any id. Its walks are
/// naive: their gas is not the real registry's. Never deploy it where something depends on it.
contract MockLineage is ILineage {
    error UnknownModel(bytes32 id);
    error ModelExists(bytes32 id);
    error NeedsTrainer();
    error ShareOutOfRange(uint256 share);
    error UnsupportedParents(uint256 parents);

    uint256 public constant MAX_PARENTS = 8;

    mapping(bytes32 id => Node) private _nodes;
    struct Parent {
        bytes32 id;
        uint256 weight;
    }

    struct Credit {
        uint256 share;
        uint256 stack;
        bool foreign;
    }

    mapping(bytes32 id => Parent[]) private _parents;
    mapping(bytes32 id => Credit) private _credits;
    mapping(uint256 number => NodeLine) private _lines;
    mapping(address trainer => uint256) private _shares;
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

    /// @notice Adds a child of 1 to 8 parents that a foreign program made.
    function addForeign(bytes32 id, address trainer, bytes32[] calldata ids) external {
        if (ids.length == 0 || ids.length > MAX_PARENTS) revert UnsupportedParents(ids.length);
        uint256[] memory weights = new uint256[](ids.length);
        for (uint256 i = 0; i < ids.length; ++i) {
            weights[i] = 1;
        }
        _add(id, trainer, Kind.Foreign, ids, weights);
    }

    /// @notice Chooses the share of a trainer's next nodes.
    /// @param share 0..5,000, in 1/10,000
    function chooseShare(address trainer, uint256 share) external {
        if (share > NodeHeadLibrary.WHOLE / 2) revert ShareOutOfRange(share);
        _shares[trainer] = share;
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
    function isForeign(bytes32 id) external view returns (bool) {
        return _credits[id].foreign;
    }

    /// @inheritdoc ILineage
    function chosenShare(address trainer) external view returns (uint256) {
        return _shares[trainer];
    }

    /// @inheritdoc ILineage
    function creditOf(bytes32 id)
        external
        view
        returns (address trainer, uint256 number, uint256 share, uint256 stack)
    {
        Credit memory credit = _credits[id];
        return (_nodes[id].trainer, _nodes[id].number, credit.share, credit.stack);
    }

    /// @inheritdoc ILineage
    function line(uint256 number) external view returns (uint256) {
        return NodeLine.unwrap(_lines[number]);
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
        Parent[] storage list = _parents[id];
        ids = new bytes32[](list.length);
        for (uint256 i = 0; i < ids.length; ++i) {
            ids[i] = list[i].id;
        }
    }

    /// @inheritdoc ILineage
    function edge(bytes32 id)
        external
        view
        returns (address trainer, uint256 number, uint256 timestamp, uint256[] memory parts)
    {
        Parent[] storage list = _parents[id];
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

    // ------------------------------------------------------------------------------------------------ inside

    function _add(bytes32 id, address trainer, Kind kind, bytes32[] memory ids, uint256[] memory weights) private {
        if (_nodes[id].kind != Kind.None) revert ModelExists(id);
        if (trainer == address(0)) revert NeedsTrainer();
        bool declared = kind == Kind.Import;
        Credit memory credit = Credit(_shares[trainer], _shares[trainer], kind == Kind.Foreign);
        for (uint256 i = 0; i < ids.length; ++i) {
            if (_nodes[ids[i]].kind == Kind.None) revert UnknownModel(ids[i]);
            declared = declared || _nodes[ids[i]].declared;
            credit.foreign = credit.foreign || _credits[ids[i]].foreign;
            credit.stack += _credits[ids[i]].stack;
            _parents[id].push(Parent(ids[i], weights[i]));
            _children[ids[i]].push(id);
        }
        if (credit.stack > NodeHeadLibrary.OVER) credit.stack = NodeHeadLibrary.OVER;
        _credits[id] = credit;
        _ids.push(id);
        _lines[_ids.length] = _lineOf(ids, kind);
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

    /// @dev Of the node that was numbered last, below its first parent.
    function _lineOf(bytes32[] memory ids, Kind kind) private view returns (NodeLine) {
        if (ids.length == 0) return NodeLineLibrary.origin(_ids.length, block.number);
        uint256 parent = _nodes[ids[0]].number;
        NodeLine above = _lines[parent];
        return NodeLineLibrary.child(parent, above, _lines[above.jump()], kind > Kind.Train, block.number);
    }

    function _at(bytes32 id, uint256 depth) private view returns (bytes32) {
        if (_nodes[id].kind == Kind.None || _nodes[id].depth < depth) return 0;
        while (_nodes[id].depth > depth) id = _nodes[id].parent;
        return id;
    }

    function _isParent(bytes32 parent, bytes32 child) private view returns (bool) {
        Parent[] storage list = _parents[child];
        for (uint256 i = 0; i < list.length; ++i) {
            if (list[i].id == parent) return true;
        }
        return false;
    }
}
