// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ILineage} from "./ILineage.sol";
import {ShardId} from "./Ids.sol";

/// @title Questions about descent that have to walk, and reads in bulk
/// @notice Answers from the facts of one registry (ILineage), each of which can be asked there. Every function is a view, and none
/// reverts for an unknown id unless it says so. Walks take a limit from the caller.
interface ILineageReader {
    /// @notice A parent and its part in the child.
    /// @param id the parent
    /// @param weight for a merge the sum of the absolute values of the parent's coefficients over the layers, in units of
    /// 2^-14, 1..2^19; 1 where there is one parent, and for each parent of a foreign child. Only ratios between parents of one
    /// node mean something.
    struct WeightedParent {
        bytes32 id;
        uint256 weight;
    }

    /// @notice A node with its id.
    /// @param isForeign whether a foreign program made it or any of its ancestors
    struct Entry {
        bytes32 id;
        ILineage.Node node;
        bool isForeign;
    }

    /// @notice How a node came to be.
    /// @param child the node
    /// @param number of the node
    /// @param timestamp of the block in which it was registered, in seconds
    /// @param parents of the node; none for seeds and imports
    struct Edge {
        bytes32 child;
        uint256 number;
        uint256 timestamp;
        WeightedParent[] parents;
    }

    /// @notice Thrown when steps do not lead from a descendant to an ancestor, or either does not exist.
    error NotAWay(bytes32 ancestor, bytes32 descendant);

    // ------------------------------------------------------------------------------------------------ walks

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

    /// @notice What an ancestor carries of a descendant along one way, and through how many merges. A way follows first parents,
    /// except where it names a step.
    ///
    /// The part is the product, over the merges of the way, of the weight of that parent with which the way goes on over the
    /// sum of the weights of all parents. It says with which coefficients weights were mixed. It does not say how much of a result
    /// is owed to them: trainings in between change weights and count as nothing, and a parent can be merged in whose
    /// weights are all zero. Of a sparse merge a coefficient counts as it is, though next to nothing may be kept of the parent
    /// (the counts and shares of MergedSparsely). Foreign children count as merges of equal weights, of which nothing is proved.
    /// @dev Reverts with NotAWay where the steps are not those of a way. O(log depth) for each merge of the way.
    /// @param steps the steps from the descendant on, two ids each: a merge or foreign child and that parent of it, not the first,
    /// with which the way goes on. Empty for a way along the first line
    /// @return part in units of 10^-18, rounded down at each merge; 10^18 where there is none
    /// @return merges how many nodes of the way, the ancestor left aside, are merges or foreign children
    function wayOf(bytes32 ancestor, bytes32 descendant, bytes32[] calldata steps)
        external
        view
        returns (uint256 part, uint256 merges);

    // ------------------------------------------------------------------------------------------------ bulk

    /// @notice Nodes in the order in which they were registered.
    /// @param from number of the first, from 1 on; 0 counts as 1
    /// @param count the greatest number of nodes
    /// @return page fewer than `count` where there are no more
    function nodes(uint256 from, uint256 count) external view returns (Entry[] memory page);

    /// @notice The nodes that a trainer proved, seeds and imports too, each with its parents.
    /// @param from number of the first node to look at, from 1 on; 0 counts as 1
    /// @param count how many nodes to look at, whoever proved them
    /// @return page those of the trainer
    /// @return next the `from` of the next page, zero after the last
    function edgesOfTrainer(address trainer, uint256 from, uint256 count)
        external
        view
        returns (Edge[] memory page, uint256 next);

    /// @notice The nodes whose own edge was trained on a shard. Descendants of these nodes are not listed.
    /// @param from number of the first node to look at, from 1 on; 0 counts as 1
    /// @param count how many nodes to look at, however they came to be
    /// @return page those with a segment on the shard, each once
    /// @return next the `from` of the next page, zero after the last
    function nodesTrainedOn(ShardId shard, uint256 from, uint256 count)
        external
        view
        returns (bytes32[] memory page, uint256 next);

    /// @notice The registry whose nodes these are.
    function lineage() external view returns (ILineage);
}
