// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ILineage} from "../interfaces/ILineage.sol";

/// @dev One storage word, found by id: | version 8 | network 1 | declared 1 | timestamp 34 | number 32 | kind 4 | trainer 160 |.
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
    uint256 private constant VERSION = 232;
    /// @dev Traits are what a child has from its parents: whether an import is among its origins, and whether it is a network.
    uint256 internal constant DECLARED = 1;
    uint256 internal constant NETWORK = 2;
    uint256 private constant TRAITS_MASK = 3;
    uint256 private constant NUMBER_MASK = (1 << 32) - 1;
    uint256 private constant TIME_MASK = (1 << 34) - 1;

    /// @notice The head of a node made in this block.
    /// @param number_ below 2^32
    /// @param traits_ DECLARED, NETWORK or both
    /// @param version_ below 2^8
    function make(address trainer_, ILineage.Kind kind_, uint256 number_, uint256 traits_, uint256 version_)
        internal
        view
        returns (NodeHead)
    {
        return NodeHead.wrap(
            uint160(trainer_) | (uint256(kind_) << KIND) | (number_ << NUMBER)
                | ((block.timestamp & TIME_MASK) << TIMESTAMP) | (traits_ << TRAITS)
                | (version_ << VERSION)
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

    function version(NodeHead head) internal pure returns (uint256) {
        return NodeHead.unwrap(head) >> VERSION;
    }
}
