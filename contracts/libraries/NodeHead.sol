// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ILineage} from "../interfaces/ILineage.sol";

/// @dev One storage word, found by id: | stack 14 | version 8 | foreign 1 | network 1 | declared 1 | timestamp 34 | number 32 |
/// kind 4 | trainer 160 |, and one bit above that is not used.
/// Zero: no such node.
type NodeHead is uint256;

using NodeHeadLibrary for NodeHead global;

/// @title What is asked about a node by its id
/// @notice 34 bits hold timestamps until the year 2514.
library NodeHeadLibrary {
    uint256 private constant KIND = 160;
    uint256 private constant NUMBER = 164;
    uint256 private constant TIMESTAMP = 196;
    uint256 private constant TRAITS = 230;
    uint256 private constant VERSION = 233;
    uint256 private constant STACK = 241;
    /// @dev Traits are what a child has from its parents: whether an import is among its origins, whether it is a network, and
    /// whether a foreign program made it or an ancestor.
    uint256 internal constant DECLARED = 1;
    uint256 internal constant NETWORK = 2;
    uint256 internal constant FOREIGN = 4;
    /// @dev All that an amount has: shares are in 1/10,000 of it.
    uint256 internal constant WHOLE = 10_000;
    /// @dev A stack above the whole is kept as this one.
    uint256 internal constant OVER = WHOLE + 1;
    uint256 private constant STACK_MASK = (1 << 14) - 1;
    uint256 private constant VERSION_MASK = (1 << 8) - 1;
    uint256 private constant TRAITS_MASK = 7;
    uint256 private constant NUMBER_MASK = (1 << 32) - 1;
    uint256 private constant TIME_MASK = (1 << 34) - 1;

    /// @notice The head of a node made in this block.
    /// @param number_ below 2^32
    /// @param traits_ DECLARED, NETWORK, FOREIGN or several of them
    /// @param version_ below 2^8
    /// @param stack_ what the trainers of this node and of its ancestors take of a payment, in 1/10,000: its share and the stacks
    /// of its parents
    function make(
        address trainer_,
        ILineage.Kind kind_,
        uint256 number_,
        uint256 traits_,
        uint256 version_,
        uint256 stack_
    ) internal view returns (NodeHead) {
        if (stack_ > OVER) stack_ = OVER;
        return NodeHead.wrap(
            uint160(trainer_) | (uint256(kind_) << KIND) | (number_ << NUMBER)
                | ((block.timestamp & TIME_MASK) << TIMESTAMP) | (traits_ << TRAITS)
                | (version_ << VERSION) | (stack_ << STACK)
        );
    }

    function exists(NodeHead head) internal pure returns (bool) {
        return NodeHead.unwrap(head) != 0;
    }

    function trainer(NodeHead head) internal pure returns (address) {
        return address(uint160(NodeHead.unwrap(head)));
    }

    function kind(NodeHead head) internal pure returns (ILineage.Kind) {
        return ILineage.Kind((NodeHead.unwrap(head) >> KIND) & 0xf);
    }

    /// @return 0 where there is no such node
    function number(NodeHead head) internal pure returns (uint256) {
        return (NodeHead.unwrap(head) >> NUMBER) & NUMBER_MASK;
    }

    function timestamp(NodeHead head) internal pure returns (uint256) {
        return (NodeHead.unwrap(head) >> TIMESTAMP) & TIME_MASK;
    }

    function traits(NodeHead head) internal pure returns (uint256) {
        return (NodeHead.unwrap(head) >> TRAITS) & TRAITS_MASK;
    }

    function declared(NodeHead head) internal pure returns (bool) {
        return head.traits() & DECLARED != 0;
    }

    function isNetwork(NodeHead head) internal pure returns (bool) {
        return head.traits() & NETWORK != 0;
    }

    function isForeign(NodeHead head) internal pure returns (bool) {
        return head.traits() & FOREIGN != 0;
    }

    function version(NodeHead head) internal pure returns (uint256) {
        return (NodeHead.unwrap(head) >> VERSION) & VERSION_MASK;
    }

    /// @return OVER where it is above WHOLE
    function stack(NodeHead head) internal pure returns (uint256) {
        return (NodeHead.unwrap(head) >> STACK) & STACK_MASK;
    }
}
