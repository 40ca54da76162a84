// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

import {ILineage} from "../interfaces/ILineage.sol";

/// @title Ways from a node up to an ancestor
/// @notice A way follows first parents, except where it names a step. `steps` lists the steps from the descendant on, two ids
/// each: a merge or foreign child and that parent of it, not the first, with which the way goes on. So every way has exactly
/// one list, and the list of a way along a first line is empty.
library Ways {
    /// @notice Whether the list is that of a way from a descendant to an ancestor; false where either does not exist.
    /// @dev O(log depth) for each step and for what follows the last.
    function leads(ILineage lineage, bytes32 ancestor, bytes32 descendant, bytes32[] calldata steps)
        internal
        view
        returns (bool)
    {
        if (steps.length % 2 != 0) return false;
        bytes32 from = descendant;
        for (uint256 i = 0; i < steps.length; i += 2) {
            (bytes32 child, bytes32 parent) = (steps[i], steps[i + 1]);
            if (!lineage.isAncestor(child, from) || !_isFurtherParent(lineage, child, parent)) return false;
            from = parent;
        }
        return lineage.isAncestor(ancestor, from);
    }

    /// @dev Whether a node is a parent, but not the first one.
    function _isFurtherParent(ILineage lineage, bytes32 child, bytes32 parent) private view returns (bool) {
        bytes32[] memory parents = lineage.parents(child);
        for (uint256 i = 1; i < parents.length; ++i) {
            if (parents[i] == parent) return true;
        }
        return false;
    }
}
