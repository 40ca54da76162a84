// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

import {IModelRegistry} from "../interfaces/IModelRegistry.sol";

/// @dev One storage word: | block 34 | timestamp 34 | depth 24 | kind 4 | trainer 160 |. Zero: no such node.
type NodeHead is uint256;

using NodeHeadLibrary for NodeHead global;

/// @title The first word of a node
/// @notice 34 bits hold timestamps until the year 2514 and as many blocks.
library NodeHeadLibrary {
    uint256 internal constant MAX_DEPTH = (1 << 24) - 1;

    uint256 private constant KIND = 160;
    uint256 private constant DEPTH = 164;
    uint256 private constant TIMESTAMP = 188;
    uint256 private constant BLOCK = 222;
    uint256 private constant TIME_MASK = (1 << 34) - 1;

    /// @notice The head of a node made in this block.
    function make(address trainer_, IModelRegistry.Kind kind_, uint256 depth_) internal view returns (NodeHead) {
        if (depth_ > MAX_DEPTH) revert IModelRegistry.TooDeep(depth_);
        return NodeHead.wrap(
            uint160(trainer_) | (uint256(kind_) << KIND) | (depth_ << DEPTH)
                | ((block.timestamp & TIME_MASK) << TIMESTAMP) | (block.number << BLOCK)
        );
    }

    function exists(NodeHead head) internal pure returns (bool) {
        return NodeHead.unwrap(head) != 0;
    }

    function trainer(NodeHead head) internal pure returns (address) {
        return address(uint160(NodeHead.unwrap(head)));
    }

    function kind(NodeHead head) internal pure returns (IModelRegistry.Kind) {
        return IModelRegistry.Kind((NodeHead.unwrap(head) >> KIND) & 0xf);
    }

    function depth(NodeHead head) internal pure returns (uint256) {
        return (NodeHead.unwrap(head) >> DEPTH) & MAX_DEPTH;
    }

    function timestamp(NodeHead head) internal pure returns (uint256) {
        return (NodeHead.unwrap(head) >> TIMESTAMP) & TIME_MASK;
    }

    function blockNumber(NodeHead head) internal pure returns (uint256) {
        return NodeHead.unwrap(head) >> BLOCK;
    }
}
