// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IModelRegistry} from "../interfaces/IModelRegistry.sol";
import {Floors, FloorsLibrary} from "./Floors.sol";

/// @dev A training in 64 bits: | smoothing 8 | log2 passes 4 | log2 batch 4 | learning rate - 1 16 | number of the shard 32 |.
/// Never zero, since no shard has the number 0.
type PackedTraining is uint256;

/// @dev A word that is stored of an edge. The first: | trainings 163 | alike 1 | segments 12 | number of the schema 32 |
/// floors 48 |; any further one: trainings. The first training stands lowest, each in 64 bits. Where all of an edge have one
/// rate, batch, passes and smoothing they are alike: the first word has these 32 bits once, below the numbers of the shards,
/// 32 bits each.
type EdgeWord is uint256;

using EdgeWordsLibrary for EdgeWord global;
using EdgeWordsLibrary for PackedTraining global;

/// @title What is stored of an edge beside the graph
/// @notice Edges of up to two segments take one word, of four where all are alike; a further word holds four or eight.
library EdgeWordsLibrary {
    uint256 internal constant MAX_SEGMENTS = (1 << SEGMENTS_BITS) - 1;

    uint256 private constant SHARD_BITS = 32;
    uint256 private constant RATE_BITS = 16;
    uint256 private constant LOG_BITS = 4;
    uint256 private constant BATCH = SHARD_BITS + RATE_BITS;
    uint256 private constant PASSES = BATCH + LOG_BITS;
    uint256 private constant SMOOTHING = PASSES + LOG_BITS;
    uint256 private constant TRAINING_BITS = 64;

    uint256 private constant SEGMENTS_BITS = 12;
    uint256 private constant SCHEMA = FloorsLibrary.BITS;
    uint256 private constant SEGMENTS = SCHEMA + 32;
    uint256 private constant ALIKE = SEGMENTS + SEGMENTS_BITS;
    uint256 private constant FIRST = ALIKE + 1;
    /// @dev Where the numbers of the shards begin, of trainings that are alike.
    uint256 private constant SHARDS = FIRST + TRAINING_BITS - SHARD_BITS;

    /// @param shard its number, 1..2^32 - 1
    /// @param learningRate 1..2^16
    /// @param batch a power of two, below 2^16
    /// @param passes a power of two, below 2^16
    /// @param smoothing below 2^8
    function pack(uint256 shard, uint256 learningRate, uint256 batch, uint256 passes, uint256 smoothing)
        internal
        pure
        returns (PackedTraining)
    {
        // What is out of range gives a word that means nothing: Shape.packSegment refuses it.
        unchecked {
            return PackedTraining.wrap(
                shard | ((learningRate - 1) << SHARD_BITS) | (Math.log2(batch) << BATCH) | (Math.log2(passes) << PASSES)
                    | (smoothing << SMOOTHING)
            );
        }
    }

    /// @return shard its number; 0 where there is no such training
    function unpack(PackedTraining training)
        internal
        pure
        returns (uint256 shard, uint256 learningRate, uint256 batch, uint256 passes, uint256 smoothing)
    {
        uint256 word = PackedTraining.unwrap(training);
        if (word == 0) return (0, 0, 0, 0, 0);
        shard = word & ((1 << SHARD_BITS) - 1);
        learningRate = ((word >> SHARD_BITS) & ((1 << RATE_BITS) - 1)) + 1;
        batch = 1 << ((word >> BATCH) & ((1 << LOG_BITS) - 1));
        passes = 1 << ((word >> PASSES) & ((1 << LOG_BITS) - 1));
        smoothing = word >> SMOOTHING;
    }

    /// @notice The first word of an edge without trainings.
    /// @param schema_ number of the child's schema, below 2^32
    function head(Floors floors_, uint256 schema_) internal pure returns (EdgeWord) {
        return EdgeWord.wrap(Floors.unwrap(floors_) | (schema_ << SCHEMA));
    }

    /// @notice A first word with the number of its segments, which had none. Reverts with TooManySegments beyond MAX_SEGMENTS.
    function withSegments(EdgeWord word, uint256 count) internal pure returns (EdgeWord) {
        if (count > MAX_SEGMENTS) revert IModelRegistry.TooManySegments(count);
        return EdgeWord.wrap(EdgeWord.unwrap(word) | (count << SEGMENTS));
    }

    /// @notice A first word with what its trainings have in common, which stood in none.
    function withCommon(EdgeWord word, PackedTraining training) internal pure returns (EdgeWord) {
        return EdgeWord.wrap(
            EdgeWord.unwrap(word) | (1 << ALIKE) | ((PackedTraining.unwrap(training) >> SHARD_BITS) << FIRST)
        );
    }

    /// @notice Whether two trainings have the same rate, batch, passes and smoothing.
    function isLike(PackedTraining training, PackedTraining other) internal pure returns (bool) {
        return (PackedTraining.unwrap(training) ^ PackedTraining.unwrap(other)) >> SHARD_BITS == 0;
    }

    /// @notice Where a training stands, or the number of its shard.
    /// @param segment from 0 on
    /// @param alike whether the first word says what all trainings have in common
    /// @return word 0 for the first
    /// @return shift of the training within it
    function place(uint256 segment, bool alike) internal pure returns (uint256 word, uint256 shift) {
        (uint256 first, uint256 bits) = alike ? (SHARDS, SHARD_BITS) : (FIRST, TRAINING_BITS);
        uint256 inFirst = (256 - first) / bits;
        if (segment < inFirst) return (0, first + bits * segment);
        segment -= inFirst;
        uint256 inFurther = 256 / bits;
        return (1 + segment / inFurther, bits * (segment % inFurther));
    }

    /// @notice A word with a training added at a place that is empty.
    /// @param alike as `place`
    function withTraining(EdgeWord word, PackedTraining training, uint256 shift, bool alike)
        internal
        pure
        returns (EdgeWord)
    {
        uint256 part = PackedTraining.unwrap(training);
        if (alike) part &= (1 << SHARD_BITS) - 1;
        return EdgeWord.wrap(EdgeWord.unwrap(word) | (part << shift));
    }

    /// @param word where the training stands
    /// @param first the edge's first word
    function trainingAt(EdgeWord word, uint256 shift, EdgeWord first) internal pure returns (PackedTraining) {
        uint256 part = EdgeWord.unwrap(word) >> shift;
        if (!first.areAlike()) return PackedTraining.wrap(part & ((1 << TRAINING_BITS) - 1));
        uint256 common = (EdgeWord.unwrap(first) >> FIRST) & ((1 << (TRAINING_BITS - SHARD_BITS)) - 1);
        return PackedTraining.wrap((part & ((1 << SHARD_BITS) - 1)) | (common << SHARD_BITS));
    }

    /// @notice Whether the edge's first word says what all its trainings have in common.
    function areAlike(EdgeWord first) internal pure returns (bool) {
        return (EdgeWord.unwrap(first) >> ALIKE) & 1 == 1;
    }

    function floors(EdgeWord word) internal pure returns (Floors) {
        return Floors.wrap(EdgeWord.unwrap(word) & ((1 << FloorsLibrary.BITS) - 1));
    }

    function schema(EdgeWord word) internal pure returns (uint256) {
        return (EdgeWord.unwrap(word) >> SCHEMA) & ((1 << 32) - 1);
    }

    function segments(EdgeWord word) internal pure returns (uint256) {
        return (EdgeWord.unwrap(word) >> SEGMENTS) & MAX_SEGMENTS;
    }
}
