// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title Who descends from whom
/// @notice What other contracts can ask about proven models. A *node* is a commitment to a model's weights; it descends
/// from its *parents* by an edge that was proved when the node was registered. Nodes and edges never change.
///
/// Only merges and foreign children can have more than one parent. The *first line* of a node leads from it to its first parent, to that one's
/// first parent and so on, down to a node of depth 0. Questions about first lines are answered in O(log depth) reads;
/// questions that have to walk take a limit from the caller. Every function here is a view, and none reverts for an
/// unknown id unless it says so.
///
/// Where an answer could be zero or empty for two reasons, `node(id).kind` tells them apart: None means no such node.
///
/// ERC-165 identifier: 0x3aab784c.
interface ILineage {
    // ------------------------------------------------------------------------------------------------ types

    /// @notice How a node came to be.
    /// None: there is no such node.
    /// Seed: pseudo-random weights that follow from a block's hash and a secret that its trainer had committed to before.
    /// Import: weights made elsewhere; only their range was proved, their origin is *declared*.
    /// Train: gradient steps from one parent over one or more shards of data, in order. Whoever chooses the rows chooses where the
    /// steps lead: to weights made elsewhere, where the network has one layer, or nowhere at all.
    /// Merge: a weighted sum of 2 to 8 parents, rounded. Or a sparse merge: a base and what is kept of the changes that 1 to 4 models
    /// made to it.
    /// Foreign: weights of which another proof system's contract, an *adapter*, says how they follow from 1 to 8 parents. Only
    /// their range was proved here.
    enum Kind {
        None,
        Seed,
        Import,
        Train,
        Merge,
        Foreign
    }

    /// @notice A node as it is stored. All fields are zero where there is no such node.
    /// @param trainer who proved it
    /// @param kind how it came to be
    /// @param depth edges on its first line, 0 for seeds and imports
    /// @param timestamp of the block in which it was registered
    /// @param blockNumber of that block, which holds the node's events
    /// @param parent its first parent, zero for seeds and imports
    /// @param declared whether it is an import or any of its ancestors, through any parent, is one
    /// @param number 1 for the first node registered, 2 for the next and so on
    /// @param version of the key that accepted its proof
    struct Node {
        address trainer;
        Kind kind;
        uint256 depth;
        uint256 timestamp;
        uint256 blockNumber;
        bytes32 parent;
        bool declared;
        uint256 number;
        uint256 version;
    }

    // ------------------------------------------------------------------------------------------------ errors

    /// @notice Thrown when a cursor is neither zero nor a child of the parent.
    error NotAChild(bytes32 cursor, bytes32 parent);
    /// @notice Thrown when a node would lie 2^24 edges or more below the top of its first line.
    error TooDeep(uint256 depth);
    /// @notice Thrown when a registry would have 2^32 nodes or more.
    error TooManyNodes(uint256 number);

    // ------------------------------------------------------------------------------------------------ nodes

    /// @notice A node; all zero where there is none.
    function node(bytes32 id) external view returns (Node memory);

    /// @notice Who proved a node; zero where there is none.
    function trainerOf(bytes32 id) external view returns (address);

    /// @notice Edges on the first line of a node: 0 for seeds, imports and where there is no such node. It measures no effort: an
    /// edge may leave the weights as they were.
    function depthOf(bytes32 id) external view returns (uint256);

    /// @notice How a node came to be; None where there is no such node.
    function kindOf(bytes32 id) external view returns (Kind);

    /// @notice Whether a node is a declared import or descends from one, through any parent: then part of its weights came
    /// from outside and nothing is proved about how those were made. False where there is no such node. That nothing was
    /// declared does not show that nothing came from outside: rows of data can be made to lead to any weights of one layer.
    function isDeclared(bytes32 id) external view returns (bool);

    /// @notice How many nodes are registered; they are numbered from 1.
    function nodeCount() external view returns (uint256);

    /// @notice The node with a number; zero where there is none.
    function nodeAt(uint256 number) external view returns (bytes32);

    /// @notice The number of a node; zero where there is none.
    function numberOf(bytes32 id) external view returns (uint256);

    /// @notice Whether a foreign program made a node or any of its ancestors, through any parent: then part of its descent holds
    /// only as far as that program's adapter can be trusted. False where there is no such node.
    function isForeign(bytes32 id) external view returns (bool);

    // ------------------------------------------------------------------------------------------------ credit

    /// @notice What a trainer takes of everything that a descendant of its next models is paid, in 1/10,000: 0 to 5,000, and 0 for
    /// trainers who chose nothing.
    function chosenShare(address trainer) external view returns (uint256);

    /// @notice What paying a node takes, in one call. All zero where there is no such node.
    /// @return trainer who proved the node
    /// @return number of the node
    /// @return share of this node's trainer in what the node and its descendants are paid, in 1/10,000: as the trainer had chosen
    /// when the node was registered. It says nothing where `stack` is above 10,000
    /// @return stack the share and the stacks of all parents, so that each path from an ancestor counts, in 1/10,000; 10,001 where it
    /// is above 10,000: such a node cannot be paid. Neither share nor stack ever changes
    function creditOf(bytes32 id)
        external
        view
        returns (address trainer, uint256 number, uint256 share, uint256 stack);

    // ------------------------------------------------------------------------------------------------ edges

    /// @notice A node's parents, 0 to 8 of them, the first one first: none for a seed, an import and where there is no such
    /// node.
    function parents(bytes32 id) external view returns (bytes32[] memory);

    /// @notice What sharing something along a lineage takes, in one call and 4 reads of storage at most. All zero and empty
    /// where there is no such node.
    /// @return trainer who proved the node
    /// @return number of the node
    /// @return timestamp of the block in which it was registered, in seconds
    /// @return parts its parents in the order of `parents`, each as 2^32 * weight + number; the weight as in ILineageReader.WeightedParent,
    /// the number for `nodeAt`
    function edge(bytes32 id)
        external
        view
        returns (address trainer, uint256 number, uint256 timestamp, uint256[] memory parts);

    /// @notice A node's place on its first line as it is stored, in one word, by its number; NodeLine says how to read it. Zero where
    /// there is no such node. For contracts that walk, such as ILineageReader.
    function line(uint256 number) external view returns (uint256);

    /// @notice A page of a node's children, the newest first; empty where there is no such node.
    /// @dev Reverts with NotAChild if the cursor is neither zero nor a child of `id`.
    /// @param cursor zero for the first page, then the `next` of the page before
    /// @param limit the greatest number of children to return
    /// @return page ids of children
    /// @return next cursor of the next page, zero after the last
    function children(bytes32 id, bytes32 cursor, uint256 limit)
        external
        view
        returns (bytes32[] memory page, bytes32 next);

    // ------------------------------------------------------------------------------------------------ ancestry

    /// @notice Whether `ancestor` lies on the first line of `descendant`; false where either does not exist. A node is
    /// its own ancestor.
    /// @dev O(log depth). For ancestors through other parents of merges: `isAncestorVia`.
    function isAncestor(bytes32 ancestor, bytes32 descendant) external view returns (bool);

    /// @notice Whether each node of the path is a parent, first or not, of the next: then path[0] is an ancestor of the
    /// last. True for a single registered node, false for an empty path.
    /// @dev O(length). Anyone can find a path off chain; the contract only checks it.
    function isAncestorVia(bytes32[] calldata path) external view returns (bool);

    /// @notice The node of depth `depth` on the first line of `id`; zero where the line has none.
    /// @dev O(log depth).
    function ancestorAt(bytes32 id, uint256 depth) external view returns (bytes32);
}
