// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {G1Point} from "../interfaces/Proof.sol";
import {Claims} from "../libraries/Claims.sol";
import {EdgeWord, EdgeWordsLibrary, PackedTraining} from "../libraries/EdgeWords.sol";
import {Floors} from "../libraries/Floors.sol";
import {NodeLine, NodeLineLibrary} from "../libraries/NodeLine.sol";
import {ShardHead, ShardHeadLibrary} from "../libraries/ShardHead.sol";
import {Step, StepLibrary} from "../libraries/Steps.sol";

/// @title Test only: what libraries put where, in memory and in words of storage
contract LayoutHarness {
    /// @dev The parts of a training that its claim is made of.
    struct Training {
        uint256 segment;
        uint256 descriptor;
        G1Point[] parent;
        G1Point[] child;
        G1Point[] shard;
    }

    error FreeMemoryElsewhere(uint256 free, uint256 end);

    /// @param points of each oracle
    /// @return claim encoded
    function claim(
        uint256[] calldata parameters,
        uint256[] calldata extra,
        uint256 chunks,
        uint256 count,
        G1Point[][] calldata points
    ) external pure returns (bytes memory) {
        // Nothing but the claim may be put into memory once it is begun.
        (uint256[] memory first, uint256[] memory second) = (parameters, extra);
        bytes memory made = Claims.begin();
        _requireEnd(made);
        Claims.open(made, first, second, chunks, count);
        _requireEnd(made);
        for (uint256 i = 0; i < points.length; ++i) {
            Claims.add(made, points[i]);
            _requireEnd(made);
        }
        return made;
    }

    /// @param parameters of all, of which the last one is filled in
    /// @return claims a list, encoded
    function trainings(uint256[] calldata parameters, Training[] calldata list)
        external
        pure
        returns (bytes memory claims)
    {
        uint256[] memory words = parameters;
        claims = Claims.beginList(list.length);
        _requireEnd(claims);
        for (uint256 i = 0; i < list.length; ++i) {
            Training calldata each = list[i];
            Claims.place(claims, i);
            Claims.addTraining(claims, words, each.segment, each.descriptor, each.parent, each.child, each.shard);
            _requireEnd(claims);
        }
    }

    /// @param segments as many as the first word has room for, or fewer
    /// @return word the first of an edge with so many trainings, each of which has all its bits
    function firstWord(Floors floors, uint256 schema, uint256 segments, bool alike)
        external
        pure
        returns (EdgeWord word)
    {
        PackedTraining training = PackedTraining.wrap((1 << 64) - 1);
        word = EdgeWordsLibrary.head(floors, schema).withSegments(segments);
        if (alike) word = word.withCommon(training);
        for (uint256 i = 0; i < segments; ++i) {
            (, uint256 shift) = EdgeWordsLibrary.place(i, alike);
            word = word.withTraining(training, shift, alike);
        }
    }

    function place(uint256 segment, bool alike) external pure returns (uint256 word, uint256 shift) {
        return EdgeWordsLibrary.place(segment, alike);
    }

    function originLine(uint256 number, uint256 block_) external pure returns (NodeLine) {
        return NodeLineLibrary.origin(number, block_);
    }

    /// @return head of a shard, and what is read of it
    function shardHead(address owner, uint256 number, uint256 version, uint256 schema)
        external
        pure
        returns (ShardHead head, address, uint256, uint256, uint256)
    {
        head = ShardHeadLibrary.make(owner, number, version, schema);
        return (head, head.owner(), head.number(), head.version(), head.schema());
    }

    /// @return made the word of a segment, and what is read of it
    function step(PackedTraining training, uint256 version, uint256 schema)
        external
        pure
        returns (Step made, PackedTraining, uint256, uint256)
    {
        made = StepLibrary.make(training, version, schema);
        return (made, made.training(), made.version(), made.schema());
    }

    /// @dev What is encoded grows at the end of memory: free memory must begin where it ends.
    function _requireEnd(bytes memory claims) private pure {
        uint256 free;
        uint256 end;
        assembly ("memory-safe") {
            free := mload(0x40)
            end := add(add(claims, 0x20), mload(claims))
        }
        if (free != end) revert FreeMemoryElsewhere(free, end);
    }
}
