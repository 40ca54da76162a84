// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ILineage} from "./ILineage.sol";

/// @title Questions about descent that have to walk
/// @notice Answers from the facts of one registry (ILineage), each of which can be asked there. Every function is a view, and none
/// reverts for an unknown id unless it says so. Walks take a limit from the caller.
interface ILineageReader {
    /// @notice A parent and its part in the child.
    /// @param id the parent
    /// @param weight for a merge the sum of the absolute values of the parent's coefficients over the layers, in units of
    /// 2^-14, 1..2^19; 1 where there is one parent. Only ratios between parents of one node mean something.
    struct WeightedParent {
        bytes32 id;
        uint256 weight;
    }

    /// @notice A node's parents with their weights, in the same order.
    function weightedParents(bytes32 id) external view returns (WeightedParent[] memory);

    /// @notice The deepest node that lies on both first lines; zero where they do not meet. Of a node and itself: the node.
    /// @dev O(log depth).
    function nearestCommonAncestor(bytes32 a, bytes32 b) external view returns (bytes32);

    /// @notice Who proved the nodes of a first line, from `id` downwards, repetitions included.
    /// @param limit the greatest number of nodes to visit
    /// @return page trainers of `id`, of its first parent, ..
    /// @return next where to go on: the `id` of the next page, zero after the last
    function trainersAlong(bytes32 id, uint256 limit) external view returns (address[] memory page, bytes32 next);

    /// @notice The seeds and declared imports that a node descends from, through all parents, each once.
    /// @dev Follows at most `limit` lines, each in O(log depth): one for the node, then one for each parent of each merge
    /// met. A limit of 1 + the number of parents of all merges among the ancestors always suffices.
    /// @return found nodes of depth 0; empty where there is no such node
    /// @return complete whether these are all; false if the limit was reached before
    function origins(bytes32 id, uint256 limit) external view returns (bytes32[] memory found, bool complete);

    /// @notice The registry whose nodes these are.
    function lineage() external view returns (ILineage);
}
