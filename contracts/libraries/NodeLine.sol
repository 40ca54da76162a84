// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ILineage} from "../interfaces/ILineage.sol";

/// @dev One storage word, found by number:
/// | parent's jump length 5 | jump length 5 | block 34 | merges 24 | depth 24 | older sibling 32 | newest child 32 |
/// | parent's jump 32 | jump 32 | parent 32 |. Nodes stand here by their numbers; 0 is none.
type NodeLine is uint256;

using NodeLineLibrary for NodeLine global;

/// @title A node's place on its first line
/// @notice Jump pointers by skew-binary numbers (Myers 1983): the jump of a node leads as far up as the lowest digit of
/// its depth says, always 2^k - 1 edges; k is stored. With the parent's jump beside it, a search from any node reads at
/// most about 2 log2(depth) words. Both follow from the parent's word and the word where the parent's jump leads.
/// An origin has depth 0 and jumps of length 0 to itself.
library NodeLineLibrary {
    uint256 internal constant MAX_DEPTH = (1 << 24) - 1;

    uint256 private constant JUMP = 32;
    uint256 private constant PARENT_JUMP = 64;
    uint256 private constant CHILD = 96;
    uint256 private constant SIBLING = 128;
    uint256 private constant DEPTH = 160;
    uint256 private constant MERGES = 184;
    uint256 private constant BLOCK = 208;
    uint256 private constant JUMP_BITS = 242;
    uint256 private constant PARENT_JUMP_BITS = 247;
    uint256 private constant NUMBER_MASK = (1 << 32) - 1;
    uint256 private constant BLOCK_MASK = (1 << 34) - 1;

    /// @notice The word of a seed or import made in this block.
    /// @param block_ number of this block
    function origin(uint256 number, uint256 block_) internal pure returns (NodeLine) {
        return NodeLine.wrap((number << JUMP) | (number << PARENT_JUMP) | ((block_ & BLOCK_MASK) << BLOCK));
    }

    /// @notice The word of a child made in this block.
    /// @param parentNumber its first parent
    /// @param parentLine that one's word
    /// @param parentJumpLine the word where the parent's jump leads
    /// @param isMerge whether the child may have further parents: a merge or a foreign child
    /// @param block_ number of this block
    function child(
        uint256 parentNumber,
        NodeLine parentLine,
        NodeLine parentJumpLine,
        bool isMerge,
        uint256 block_
    ) internal pure returns (NodeLine) {
        uint256 depth_ = parentLine.depth() + 1;
        if (depth_ > MAX_DEPTH) revert ILineage.TooDeep(depth_);
        uint256 bits = parentLine.jumpBits();
        // Two jumps of one length in a row become one, else the child jumps to its parent.
        (uint256 jump_, uint256 bits_) = bits == parentJumpLine.jumpBits()
            ? (parentJumpLine.jump(), bits + 1)
            : (parentNumber, 1);
        uint256 merges_ = parentLine.merges() + (isMerge ? 1 : 0);
        uint256 word = parentNumber | (jump_ << JUMP) | (parentLine.jump() << PARENT_JUMP)
            | (parentLine.newestChild() << SIBLING);
        word |= (depth_ << DEPTH) | (merges_ << MERGES) | ((block_ & BLOCK_MASK) << BLOCK);
        return NodeLine.wrap(word | (bits_ << JUMP_BITS) | (bits << PARENT_JUMP_BITS));
    }

    /// @notice The same word with another newest child.
    function withNewestChild(NodeLine line, uint256 number) internal pure returns (NodeLine) {
        return NodeLine.wrap((NodeLine.unwrap(line) & ~(NUMBER_MASK << CHILD)) | (number << CHILD));
    }

    /// @return 0 for an origin
    function parent(NodeLine line) internal pure returns (uint256) {
        return NodeLine.unwrap(line) & NUMBER_MASK;
    }

    function jump(NodeLine line) internal pure returns (uint256) {
        return (NodeLine.unwrap(line) >> JUMP) & NUMBER_MASK;
    }

    function parentJump(NodeLine line) internal pure returns (uint256) {
        return (NodeLine.unwrap(line) >> PARENT_JUMP) & NUMBER_MASK;
    }

    /// @return 0 where there is none
    function newestChild(NodeLine line) internal pure returns (uint256) {
        return (NodeLine.unwrap(line) >> CHILD) & NUMBER_MASK;
    }

    /// @return the next older child of the first parent, 0 where there is none
    function olderSibling(NodeLine line) internal pure returns (uint256) {
        return (NodeLine.unwrap(line) >> SIBLING) & NUMBER_MASK;
    }

    function depth(NodeLine line) internal pure returns (uint256) {
        return (NodeLine.unwrap(line) >> DEPTH) & MAX_DEPTH;
    }

    /// @return how many nodes of the first line, this one included, are merges or foreign children
    function merges(NodeLine line) internal pure returns (uint256) {
        return (NodeLine.unwrap(line) >> MERGES) & MAX_DEPTH;
    }

    function blockNumber(NodeLine line) internal pure returns (uint256) {
        return (NodeLine.unwrap(line) >> BLOCK) & BLOCK_MASK;
    }

    /// @return k where the jump leads 2^k - 1 edges up
    function jumpBits(NodeLine line) internal pure returns (uint256) {
        return (NodeLine.unwrap(line) >> JUMP_BITS) & 0x1f;
    }

    /// @return the depth where the jump leads
    function jumpDepth(NodeLine line) internal pure returns (uint256) {
        // A jump never leads above depth 0.
        unchecked {
            return line.depth() + 1 - (1 << line.jumpBits());
        }
    }

    /// @return the depth where the parent's jump leads; only for nodes that have a parent
    function parentJumpDepth(NodeLine line) internal pure returns (uint256) {
        unchecked {
            return line.depth() - (1 << (NodeLine.unwrap(line) >> PARENT_JUMP_BITS));
        }
    }
}
