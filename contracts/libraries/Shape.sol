// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IModelRegistry} from "../interfaces/IModelRegistry.sol";

/// @title Widths, rows and slot offsets, packed into the words that circuits read
/// @notice The circuits only unpack what stands here, so that a layout is canonical is decided in this file alone.
/// An offset is the total size of all larger slots and of the equal ones listed before it; sizes are powers of two.
library Shape {
    uint256 internal constant MAX_LAYERS = 4;
    /// @dev The greatest width of a layer and the greatest number of rows of a shard.
    uint256 internal constant MAX_SIZE = 4096;
    /// @dev The greatest number of entries of a model, and of a shard.
    uint256 internal constant MAX_MODEL_ENTRIES = 1 << 23;
    uint256 internal constant MAX_SHARD_ENTRIES = 1 << 25;
    /// @dev Entries that one point commits to.
    uint256 internal constant CHUNK_BITS = 18;
    /// @dev The greatest number of rows of all passes of one training together.
    uint256 internal constant MAX_TRAINED_ROWS = 1 << 14;
    /// @dev The greatest learning rate, in units of 2^-12 on the sum of a batch's gradients.
    uint256 internal constant MAX_LEARNING_RATE = 1 << 16;

    uint256 private constant SIZE_BITS = 12;
    uint256 private constant SIZE_MASK = (1 << SIZE_BITS) - 1;
    uint256 private constant MODEL_OFFSET_BITS = 23;
    uint256 private constant SHARD_OFFSET_BITS = 26;

    // shape: | 8 offsets, 23 each: W_1, b_1 .. W_4, b_4 | p_3 p_2 p_1 | n'_4 - 1 | .. | n'_0 - 1 |
    //        246                                       63  62  61  60  48                      0
    uint256 private constant SHAPE_PRESENCE = 60;
    uint256 private constant SHAPE_OFFSETS = 63;

    // descriptor: | offset of Y | offset of X | classes | rows - 1 | outputs - 1 | inputs - 1 |
    //             88           63            37        36         24            12            0
    uint256 private constant SHARD_OUTPUTS = 12;
    uint256 private constant SHARD_ROWS = 24;
    uint256 private constant SHARD_KIND = 36;
    uint256 private constant SHARD_OFFSETS = 37;
    uint256 private constant SHARD_FAMILY = SIZE_MASK | (SIZE_MASK << SHARD_OUTPUTS) | (1 << SHARD_KIND);

    // segment: | offset of Y | offset of X | rows of all passes - 1 | batch - 1 | rows - 1 | learning rate |
    //          106          81            55                       41          29         17               0
    uint256 private constant SEGMENT_ROWS = 17;
    uint256 private constant SEGMENT_BATCH = 29;
    uint256 private constant SEGMENT_TRAINED = 41;
    uint256 private constant SEGMENT_OFFSETS = 55;

    /// @notice The canonical shape of a network with these widths.
    /// @param widths n_0 .. n_L, inputs first, L in 1..4, each in 1..4096
    /// @return shape layers stand to the right: the output is layer 4, absent layers repeat the inputs' width
    function pack(uint16[] calldata widths) internal pure returns (uint256 shape) {
        if (widths.length < 2 || widths.length > MAX_LAYERS + 1) revert IModelRegistry.UnsupportedDepth(widths.length);
        uint256 absent = MAX_LAYERS + 1 - widths.length;
        uint256 bitsBelow = _log2Up(_requireSize(widths[0]));
        uint256[] memory sizes = new uint256[](2 * MAX_LAYERS);
        for (uint256 layer = 0; layer <= absent; ++layer) {
            shape |= (uint256(widths[0]) - 1) << (SIZE_BITS * layer);
        }
        for (uint256 layer = absent + 1; layer <= MAX_LAYERS; ++layer) {
            uint256 width = _requireSize(widths[layer - absent]);
            uint256 bits = _log2Up(width);
            shape |= (width - 1) << (SIZE_BITS * layer);
            if (layer < MAX_LAYERS) shape |= 1 << (SHAPE_PRESENCE + layer - 1);
            sizes[2 * layer - 2] = 1 << (bits + bitsBelow);
            sizes[2 * layer - 1] = 1 << bits;
            bitsBelow = bits;
        }
        shape |= _offsets(sizes, MAX_MODEL_ENTRIES, MODEL_OFFSET_BITS) << SHAPE_OFFSETS;
    }

    /// @notice The canonical descriptor of a shard.
    /// @param inputs columns of X, 1..4096
    /// @param outputs columns of Y, 1..4096
    /// @param rows real rows, 1..4096
    function packShard(uint256 inputs, uint256 outputs, uint256 rows, IModelRegistry.ShardKind kind)
        internal
        pure
        returns (uint256 descriptor)
    {
        uint256 rowBits = _log2Up(_requireSize(rows));
        uint256[] memory sizes = new uint256[](2);
        sizes[0] = 1 << (rowBits + _log2Up(_requireSize(inputs)));
        sizes[1] = 1 << (rowBits + _log2Up(_requireSize(outputs)));
        descriptor = (inputs - 1) | ((outputs - 1) << SHARD_OUTPUTS) | ((rows - 1) << SHARD_ROWS)
            | (uint256(kind) << SHARD_KIND)
            | (_offsets(sizes, MAX_SHARD_ENTRIES, SHARD_OFFSET_BITS) << SHARD_OFFSETS);
    }

    /// @notice The segment word of a training over all rows of a shard.
    /// @param descriptor of a registered shard
    /// @param learningRate 1..2^16; zero would be a free edge
    /// @param batch rows per step, a power of two, at most the shard's rows rounded up to one
    /// @param passes over the shard, a power of two; passes times the rows rounded up are at most 2^14
    function packSegment(uint256 descriptor, uint256 learningRate, uint256 batch, uint256 passes)
        internal
        pure
        returns (uint256)
    {
        uint256 rows = shardRows(descriptor);
        uint256 padded = 1 << _log2Up(rows);
        if (learningRate == 0 || learningRate > MAX_LEARNING_RATE) {
            revert IModelRegistry.LearningRateOutOfRange(learningRate);
        }
        if (!_isPowerOfTwo(batch) || batch > padded) revert IModelRegistry.UnsupportedBatch(batch, rows);
        if (!_isPowerOfTwo(passes) || passes > MAX_TRAINED_ROWS / padded) {
            revert IModelRegistry.UnsupportedPasses(passes, rows);
        }
        // None of them is zero, and all passes have 2^14 rows at most.
        unchecked {
            return learningRate | ((rows - 1) << SEGMENT_ROWS) | ((batch - 1) << SEGMENT_BATCH)
                | ((passes * padded - 1) << SEGMENT_TRAINED) | ((descriptor >> SHARD_OFFSETS) << SEGMENT_OFFSETS);
        }
    }

    /// @notice Rejects a commitment that has not as many points as a model of this shape.
    function requireModelPoints(uint256 points, uint256 shape) internal pure {
        uint256 below = _log2Up(modelInputs(shape));
        uint256 entries = 0;
        for (uint256 layer = 1; layer <= MAX_LAYERS; ++layer) {
            uint256 bits = _log2Up(((shape >> (SIZE_BITS * layer)) & SIZE_MASK) + 1);
            // An absent layer repeats the inputs' width, so `below` stays what it is.
            if (layer == MAX_LAYERS || (shape >> (SHAPE_PRESENCE + layer - 1)) & 1 == 1) {
                entries += (1 << (bits + below)) + (1 << bits);
                below = bits;
            }
        }
        _requirePoints(points, entries);
    }

    /// @notice Rejects a commitment that has not as many points as a shard of this descriptor.
    function requireShardPoints(uint256 points, uint256 descriptor) internal pure {
        uint256 rowBits = _log2Up(shardRows(descriptor));
        uint256 inputs = 1 << (rowBits + _log2Up(shardInputs(descriptor)));
        _requirePoints(points, inputs + (1 << (rowBits + _log2Up(shardOutputs(descriptor)))));
    }

    /// @notice The width of a model's input, n_0.
    function modelInputs(uint256 shape) internal pure returns (uint256) {
        return (shape & SIZE_MASK) + 1;
    }

    /// @notice The width of a model's output, n_L.
    function modelOutputs(uint256 shape) internal pure returns (uint256) {
        return ((shape >> (SIZE_BITS * MAX_LAYERS)) & SIZE_MASK) + 1;
    }

    /// @notice How many layers a model has, L.
    function modelLayers(uint256 shape) internal pure returns (uint256 layers) {
        layers = 1;
        for (uint256 present = (shape >> SHAPE_PRESENCE) & 7; present != 0; present &= present - 1) {
            ++layers;
        }
    }

    /// @notice Rejects a shard whose rows a model cannot take.
    function requireFit(uint256 shape, uint256 descriptor) internal pure {
        (uint256 model, uint256 data) = (modelInputs(shape), shardInputs(descriptor));
        if (model != data) revert IModelRegistry.InputsDiffer(model, data);
        (model, data) = (modelOutputs(shape), shardOutputs(descriptor));
        if (model != data) revert IModelRegistry.OutputsDiffer(model, data);
    }

    function shardInputs(uint256 descriptor) internal pure returns (uint256) {
        return (descriptor & SIZE_MASK) + 1;
    }

    function shardOutputs(uint256 descriptor) internal pure returns (uint256) {
        return ((descriptor >> SHARD_OUTPUTS) & SIZE_MASK) + 1;
    }

    function shardRows(uint256 descriptor) internal pure returns (uint256) {
        return ((descriptor >> SHARD_ROWS) & SIZE_MASK) + 1;
    }

    function shardKind(uint256 descriptor) internal pure returns (IModelRegistry.ShardKind) {
        return IModelRegistry.ShardKind((descriptor >> SHARD_KIND) & 1);
    }

    /// @notice A descriptor without its offsets, which follow from the rest: what is stored of a shard.
    function shardGeometry(uint256 descriptor) internal pure returns (uint40) {
        return uint40(descriptor & ((1 << SHARD_OFFSETS) - 1));
    }

    /// @notice What all shards of one dataset have in common: inputs, outputs and kind, at their places.
    function shardFamily(uint256 descriptor) internal pure returns (uint256) {
        return descriptor & SHARD_FAMILY;
    }

    /// @dev Offsets of all slots, `bits` each, the first lowest. Size 0 is an absent slot.
    function _offsets(uint256[] memory sizes, uint256 maxEntries, uint256 bits)
        private
        pure
        returns (uint256 packed)
    {
        uint256 entries = 0;
        for (uint256 i = 0; i < sizes.length; ++i) {
            entries += sizes[i];
        }
        if (entries > maxEntries) revert IModelRegistry.OracleTooLarge(entries);
        for (uint256 i = 0; i < sizes.length; ++i) {
            if (sizes[i] == 0) continue;
            uint256 offset = 0;
            for (uint256 j = 0; j < sizes.length; ++j) {
                if (sizes[j] > sizes[i] || (sizes[j] == sizes[i] && j < i)) offset += sizes[j];
            }
            packed |= offset << (bits * i);
        }
    }

    function _requirePoints(uint256 points, uint256 entries) private pure {
        uint256 expected = ((entries - 1) >> CHUNK_BITS) + 1;
        if (points != expected) revert IModelRegistry.WrongPointCount(points, expected);
    }

    function _requireSize(uint256 size) private pure returns (uint256) {
        if (size == 0 || size > MAX_SIZE) revert IModelRegistry.UnsupportedSize(size);
        return size;
    }

    /// @dev ceil(log2(size)) for a size of at least 1.
    function _log2Up(uint256 size) private pure returns (uint256) {
        return Math.log2(size, Math.Rounding.Ceil);
    }

    function _isPowerOfTwo(uint256 value) private pure returns (bool) {
        unchecked {
            return value != 0 && value & (value - 1) == 0;
        }
    }
}
