// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Lineage} from "../Lineage.sol";
import {NodeHeadLibrary} from "../libraries/NodeHead.sol";

/// @title Test only: the registry's graph without proofs, grown by anyone
contract LineageHarness is Lineage {
    function addOrigin(bytes32 id, Kind kind) external {
        _addOrigin(id, msg.sender, kind, 1, kind == Kind.Import ? NodeHeadLibrary.DECLARED : 0);
    }

    function chooseShare(uint256 share) external {
        _setShare(msg.sender, share);
    }

    function addForeign(bytes32 id, bytes32[] calldata parentIds) external {
        uint256[] memory weights = new uint256[](parentIds.length);
        for (uint256 i = 0; i < weights.length; ++i) {
            weights[i] = 1;
        }
        _addMerge(id, msg.sender, Kind.Foreign, 1, NodeHeadLibrary.FOREIGN, parentIds, weights);
    }

    function addChild(bytes32 id, bytes32 parent) external returns (uint256 depth) {
        (, depth) = _addChild(id, msg.sender, 1, parent);
    }

    function addMerge(bytes32 id, bytes32[] calldata parentIds, uint256[] calldata weights)
        external
        returns (uint256 depth)
    {
        (, depth) = _addMerge(id, msg.sender, Kind.Merge, 1, 0, parentIds, weights);
    }

    /// @dev Adds a line of `count` children below `parent`: ids first, first + 1, ..
    function addLine(bytes32 parent, uint256 first, uint256 count) external {
        for (uint256 i = 0; i < count; ++i) {
            bytes32 id = bytes32(first + i);
            _addChild(id, msg.sender, 1, parent);
            parent = id;
        }
    }

    /// @dev Gas of a view, without the transaction's base cost.
    function gasOfIsAncestor(bytes32 ancestor, bytes32 descendant) external view returns (bool answer, uint256 spent) {
        uint256 before = gasleft();
        answer = this.isAncestor(ancestor, descendant);
        spent = before - gasleft();
    }
}
