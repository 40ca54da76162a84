// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IModelRegistry} from "../interfaces/IModelRegistry.sol";
import {Network} from "./Network.sol";

/// @title Widths, rows and slot offsets, packed into the words that circuits read
/// @notice The circuits only unpack what stands here, so that a layout is canonical is decided in this file alone.
/// An offset is the total size of all larger slots and of the equal ones listed before it; sizes are powers of two.
/// Widths and rows are checked to be at most 2^12, so that sums of sizes never overflow: arithmetic is unchecked.
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
    /// @dev The greatest target of a wrong class, in units of 2^-11.
    uint256 internal constant MAX_SMOOTHING = 255;
    uint256 private constant ONE = 1 << 11;
    /// @dev What divides the rate of a network in which a layer reads averages.
    uint256 private constant POOLED_RATE = 16;

    uint256 private constant SIZE_BITS = 12;
    uint256 private constant SIZE_MASK = (1 << SIZE_BITS) - 1;
    uint256 private constant MODEL_OFFSET_BITS = 23;
    uint256 private constant SHARD_OFFSET_BITS = 26;

    // shape: | head | 8 offsets, 23 each: W_1, b_1 .. W_4, b_4 | p_3 p_2 p_1 | n'_4 - 1 | .. | n'_0 - 1 |
    //        248  247                                         63  62  61  60  48                      0
    uint256 private constant SHAPE_PRESENCE = 60;
    uint256 private constant SHAPE_OFFSETS = 63;
    uint256 private constant SHAPE_HEAD = 247;

    // descriptor: | labels | offset of Y | offset of X | classes | rows - 1 | outputs - 1 | inputs - 1 |
    //             89       88           63            37        36         24            12            0
    // geometry, what is stored of it: | labels | classes | rows - 1 | outputs - 1 | inputs - 1 |
    //                                 37       36        24         12            0
    uint256 private constant SHARD_OUTPUTS = 12;
    uint256 private constant SHARD_ROWS = 24;
    uint256 private constant SHARD_KIND = 36;
    uint256 private constant SHARD_OFFSETS = 37;
    uint256 private constant SHARD_LABELS = SHARD_OFFSETS + 2 * SHARD_OFFSET_BITS;
    uint256 private constant SHARD_FAMILY = SIZE_MASK | (SIZE_MASK << SHARD_OUTPUTS) | (3 << SHARD_KIND);

    // segment: | smoothing | offset of Y | offset of X | rows of all passes - 1 | batch - 1 | rows - 1 | learning rate |
    //          114        107            81            55                       41          29         17              0
    uint256 private constant SEGMENT_ROWS = 17;
    uint256 private constant SEGMENT_BATCH = 29;
    uint256 private constant SEGMENT_TRAINED = 41;
    uint256 private constant SEGMENT_OFFSETS = 55;
    uint256 private constant SEGMENT_SMOOTHING = SEGMENT_OFFSETS + 2 * SHARD_OFFSET_BITS;

    /// @notice Rejects whatever is no canonical shape of a multilayer perceptron.
    function requirePerceptron(uint256 shape) internal pure {
        uint256[] memory sizes = new uint256[](2 * MAX_LAYERS);
        unchecked {
            uint256 absent = ~(shape >> SHAPE_PRESENCE) & 7;
            // The absent layers are the first ones.
            if (absent & (absent + 1) != 0 || shape >> SHAPE_HEAD > 2) revert IModelRegistry.MalformedShape(shape);
            uint256 inputs = shape & SIZE_MASK;
            uint256 below = _log2Up(inputs + 1);
            for (uint256 layer = 1; layer <= MAX_LAYERS; ++layer) {
                uint256 width = _sizeAt(shape, SIZE_BITS * layer);
                if ((absent >> (layer - 1)) & 1 == 1) {
                    if (width != inputs + 1) revert IModelRegistry.MalformedShape(shape);
                    continue;
                }
                uint256 bits = _log2Up(width);
                sizes[2 * layer - 2] = 1 << (bits + below);
                sizes[2 * layer - 1] = 1 << bits;
                below = bits;
            }
        }
        uint256 offsets = _offsets(sizes, MAX_MODEL_ENTRIES, MODEL_OFFSET_BITS);
        if ((shape << (256 - SHAPE_HEAD)) >> (256 - SHAPE_HEAD + SHAPE_OFFSETS) != offsets) {
            revert IModelRegistry.MalformedShape(shape);
        }
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
        unchecked {
            descriptor = (inputs - 1) | ((outputs - 1) << SHARD_OUTPUTS) | ((rows - 1) << SHARD_ROWS)
                | ((uint256(kind) & 1) << SHARD_KIND)
                | (_offsets(sizes, MAX_SHARD_ENTRIES, SHARD_OFFSET_BITS) << SHARD_OFFSETS)
                | ((uint256(kind) >> 1) << SHARD_LABELS);
        }
    }

    /// @notice The segment word of a training over all rows of a shard.
    /// @param shape of a registered model
    /// @param descriptor of a registered shard
    /// @param learningRate 1..2^16; zero would be a free edge
    /// @param batch rows per step, a power of two, at most the shard's rows rounded up to one
    /// @param passes over the shard, a power of two; passes times the rows rounded up are at most 2^14
    /// @param smoothing target of a wrong class, in units of 2^-11; what it leaves of the right one is more than 0
    function packSegment(
        uint256 shape,
        uint256 descriptor,
        uint256 learningRate,
        uint256 batch,
        uint256 passes,
        uint256 smoothing
    ) internal pure returns (uint256) {
        _requireSmoothing(smoothing, shape);
        unchecked {
            uint256 rows = shardRows(descriptor);
            uint256 padded = 1 << _log2Up(rows);
            if (learningRate == 0 || learningRate > MAX_LEARNING_RATE) {
                revert IModelRegistry.LearningRateOutOfRange(learningRate);
            }
            if (Network.isNetwork(shape) && Network.anyIsPooled(shape) && learningRate % POOLED_RATE != 0) {
                revert IModelRegistry.PooledLearningRate(learningRate);
            }
            if (!_isPowerOfTwo(batch) || batch > padded) revert IModelRegistry.UnsupportedBatch(batch, rows);
            if (!_isPowerOfTwo(passes) || passes > MAX_TRAINED_ROWS / padded) {
                revert IModelRegistry.UnsupportedPasses(passes, rows);
            }
            return learningRate | ((rows - 1) << SEGMENT_ROWS) | ((batch - 1) << SEGMENT_BATCH)
                | ((passes * padded - 1) << SEGMENT_TRAINED) | (_shardOffsets(descriptor) << SEGMENT_OFFSETS)
                | (smoothing << SEGMENT_SMOOTHING);
        }
    }

    /// @notice How many entries a model of this shape has, which is no network's.
    function perceptronEntries(uint256 shape) internal pure returns (uint256 entries) {
        uint256 below = _log2Up(_sizeAt(shape, 0));
        unchecked {
            for (uint256 layer = 1; layer <= MAX_LAYERS; ++layer) {
                uint256 bits = _log2Up(_sizeAt(shape, SIZE_BITS * layer));
                // An absent layer repeats the inputs' width, so `below` stays what it is.
                if (layer == MAX_LAYERS || (shape >> (SHAPE_PRESENCE + layer - 1)) & 1 == 1) {
                    entries += (1 << (bits + below)) + (1 << bits);
                    below = bits;
                }
            }
        }
    }

    /// @notice Rejects a commitment that has not one point for each 2^18 entries.
    function requirePoints(uint256 points, uint256 entries) internal pure {
        unchecked {
            uint256 expected = ((entries - 1) >> CHUNK_BITS) + 1;
            if (points != expected) revert IModelRegistry.WrongPointCount(points, expected);
        }
    }

    /// @notice Rejects a commitment that has not as many points as a shard of this descriptor.
    function requireShardPoints(uint256 points, uint256 descriptor) internal pure {
        unchecked {
            uint256 rowBits = _log2Up(shardRows(descriptor));
            uint256 inputs = 1 << (rowBits + _log2Up(shardInputs(descriptor)));
            requirePoints(points, inputs + (1 << (rowBits + _log2Up(shardOutputs(descriptor)))));
        }
    }

    /// @notice Entries of a vector of so many values in each of so many rows, 1 to 4096 of either, each rounded up to a power of two.
    function vectorEntries(uint256 width, uint256 rows) internal pure returns (uint256) {
        unchecked {
            return 1 << (_log2Up(width) + _log2Up(rows));
        }
    }

    /// @notice Where X stands in the commitment of a shard.
    function inputOffset(uint256 descriptor) internal pure returns (uint256) {
        return (descriptor >> SHARD_OFFSETS) & ((1 << SHARD_OFFSET_BITS) - 1);
    }

    /// @notice The width of a model's input, n_0.
    function modelInputs(uint256 shape) internal pure returns (uint256) {
        if (Network.isNetwork(shape)) return Network.modelInputs(shape);
        return _sizeAt(shape, 0);
    }

    /// @notice A width of a perceptron; an absent layer repeats that of the inputs.
    /// @param layer of the circuits, 0 for the inputs
    function widthAt(uint256 shape, uint256 layer) internal pure returns (uint256) {
        return _sizeAt(shape, SIZE_BITS * layer);
    }

    /// @notice Offsets of W and b of a layer of a perceptron, 23 bits each, with those of later layers above.
    /// @param layer of the circuits, from 1 on
    function offsetsAt(uint256 shape, uint256 layer) internal pure returns (uint256) {
        unchecked {
            return shape >> (SHAPE_OFFSETS + 2 * MODEL_OFFSET_BITS * (layer - 1));
        }
    }

    /// @notice The width of a model's output, n_L.
    function modelOutputs(uint256 shape) internal pure returns (uint256) {
        if (Network.isNetwork(shape)) return Network.modelOutputs(shape);
        return _sizeAt(shape, SIZE_BITS * MAX_LAYERS);
    }

    /// @notice How many layers a model has, L.
    function modelLayers(uint256 shape) internal pure returns (uint256 layers) {
        unchecked {
            layers = 1;
            uint256 present = Network.isNetwork(shape) ? Network.presence(shape) : (shape >> SHAPE_PRESENCE) & 7;
            for (; present != 0; present &= present - 1) {
                ++layers;
            }
        }
    }

    /// @notice What the outputs of a model are trained as.
    /// @param shape of a registered model: of others it may be no head
    function modelHead(uint256 shape) internal pure returns (IModelRegistry.Head) {
        return IModelRegistry.Head(headNumber(shape));
    }

    /// @notice The number of the head, which of a shape that is taken by no registry may be of none.
    function headNumber(uint256 shape) internal pure returns (uint256) {
        return Network.isNetwork(shape) ? Network.modelHead(shape) : shape >> SHAPE_HEAD;
    }

    /// @notice Rejects a shard whose rows a model cannot take, or whose outputs its head has no use for.
    /// @param shape of a registered model
    /// @param descriptor of a registered shard
    function requireFit(uint256 shape, uint256 descriptor) internal pure {
        bool isNetwork = Network.isNetwork(shape);
        uint256 model = isNetwork ? Network.modelInputs(shape) : widthAt(shape, 0);
        uint256 data = shardInputs(descriptor);
        if (model != data) revert IModelRegistry.InputsDiffer(model, data);
        model = isNetwork ? Network.modelOutputs(shape) : widthAt(shape, MAX_LAYERS);
        data = shardOutputs(descriptor);
        if (model != data) revert IModelRegistry.OutputsDiffer(model, data);
        IModelRegistry.ShardKind kind = shardKind(descriptor);
        if (kind == IModelRegistry.ShardKind.Classes) return;
        IModelRegistry.Head head = modelHead(shape);
        // Every head takes classes. Of the other two kinds each has one head.
        bool fits = kind == IModelRegistry.ShardKind.Labels
            ? head == IModelRegistry.Head.Sigmoid
            : head == IModelRegistry.Head.SquaredError;
        if (!fits) revert IModelRegistry.HeadUnfit(head, kind);
    }

    function shardInputs(uint256 descriptor) internal pure returns (uint256) {
        return _sizeAt(descriptor, 0);
    }

    function shardOutputs(uint256 descriptor) internal pure returns (uint256) {
        return _sizeAt(descriptor, SHARD_OUTPUTS);
    }

    function shardRows(uint256 descriptor) internal pure returns (uint256) {
        return _sizeAt(descriptor, SHARD_ROWS);
    }

    /// @param descriptor of a registered shard: of others it may be no kind
    function shardKind(uint256 descriptor) internal pure returns (IModelRegistry.ShardKind) {
        return geometryKind(shardGeometry(descriptor));
    }

    /// @notice A descriptor without its offsets, which follow from the rest: what is stored of a shard. Inputs, outputs and
    /// rows stand where they do in the descriptor.
    function shardGeometry(uint256 descriptor) internal pure returns (uint40) {
        uint256 labels = (descriptor >> SHARD_LABELS) & 1;
        return uint40((descriptor & ((1 << SHARD_OFFSETS) - 1)) | (labels << SHARD_OFFSETS));
    }

    function geometryKind(uint256 geometry) internal pure returns (IModelRegistry.ShardKind) {
        return IModelRegistry.ShardKind(geometry >> SHARD_KIND);
    }

    /// @notice What all shards of one dataset have in common: inputs, outputs and kind, at their places.
    function geometryFamily(uint256 geometry) internal pure returns (uint256) {
        return geometry & SHARD_FAMILY;
    }

    /// @dev Offsets of all slots, `bits` each, the first lowest. Size 0 is an absent slot.
    function _offsets(uint256[] memory sizes, uint256 maxEntries, uint256 bits)
        private
        pure
        returns (uint256 packed)
    {
        unchecked {
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
    }

    /// @dev Both offsets of a descriptor, side by side as in a segment.
    function _shardOffsets(uint256 descriptor) private pure returns (uint256) {
        return (descriptor >> SHARD_OFFSETS) & ((1 << (2 * SHARD_OFFSET_BITS)) - 1);
    }

    /// @dev What wrong classes take of a row's targets, or of a label's two, must be less than 1.
    function _requireSmoothing(uint256 smoothing, uint256 shape) private pure {
        if (smoothing == 0) return;
        IModelRegistry.Head head = modelHead(shape);
        uint256 targets = head == IModelRegistry.Head.Softmax ? modelOutputs(shape) : 2;
        if (head == IModelRegistry.Head.SquaredError || smoothing > MAX_SMOOTHING || targets * smoothing >= ONE) {
            revert IModelRegistry.SmoothingOutOfRange(smoothing);
        }
    }

    /// @dev A width or a number of rows, which stands in a word less one.
    function _sizeAt(uint256 word, uint256 place) private pure returns (uint256) {
        unchecked {
            return ((word >> place) & SIZE_MASK) + 1;
        }
    }

    function _requireSize(uint256 size) private pure returns (uint256) {
        if (size == 0 || size > MAX_SIZE) revert IModelRegistry.UnsupportedSize(size);
        return size;
    }

    /// @dev ceil(log2(size)) for a size of 1..2^255.
    function _log2Up(uint256 size) private pure returns (uint256) {
        unchecked {
            return Math.log2(2 * size - 1);
        }
    }

    function _isPowerOfTwo(uint256 value) private pure returns (bool) {
        unchecked {
            return value != 0 && value & (value - 1) == 0;
        }
    }
}
