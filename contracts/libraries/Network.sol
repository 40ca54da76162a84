// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IModelRegistry} from "../interfaces/IModelRegistry.sol";

/// @title Shapes of convolutional networks (protocol, section 12)
/// @notice Which of them are taken is decided in `layoutOf`. All else is asked of shapes that were taken, by `Shape`. Fields have at
/// most 12 bits, so that nothing overflows: arithmetic is unchecked.
library Network {
    /// @dev Layers of the circuits. Here they count from 0.
    uint256 internal constant MAX_LAYERS = 6;
    /// @dev Logarithm of the most values that an output of a layer may read, each size rounded up to a power of two.
    uint256 private constant MAX_READ_BITS = 12;
    uint256 private constant MAX_KERNEL = 7;
    /// @dev By how much a kernel may be greater than its padding.
    uint256 private constant MAX_REACH = 5;

    // shape: | 1 | zeros | head | p_5 .. p_1 | layer 6 | .. | layer 1 | N_0 - 1 | C_0 - 1 |
    //         249   199    197    192          163           18        12        0
    // layer: | pooled | flat | padding | stride - 1 | K - 1 | N - 1 | C - 1 |
    //          28       27     25        24           18      12      0
    uint256 private constant CHANNEL_MASK = (1 << 12) - 1;
    uint256 private constant SIDE = 12;
    uint256 private constant SIDE_MASK = (1 << 6) - 1;
    uint256 private constant KERNEL = 18;
    uint256 private constant STRIDE = 24;
    uint256 private constant PADDING = 25;
    uint256 private constant FLAT = 27;
    uint256 private constant POOLED = 28;
    uint256 private constant LAYER_BITS = 29;
    uint256 private constant LAYER_MASK = (1 << LAYER_BITS) - 1;
    /// @dev Channels and side: all of the input, and all that an absent layer has.
    uint256 private constant INPUT_BITS = 18;
    uint256 private constant INPUT_MASK = (1 << INPUT_BITS) - 1;
    /// @dev The pooled bits of all layers.
    uint256 private constant ANY_POOLED =
        ((1 << (LAYER_BITS * MAX_LAYERS)) - 1) / LAYER_MASK << (INPUT_BITS + POOLED);
    uint256 private constant PRESENCE = 192;
    uint256 private constant PRESENCE_MASK = (1 << (MAX_LAYERS - 1)) - 1;
    uint256 private constant HEAD = 197;
    uint256 private constant HEADS = 3;
    uint256 private constant NETWORK = 249;

    // layout, of layers 1..3 and of layers 4..6: | fan | offset of b | offset of W | .. | fan | offset of b | offset of W |
    //                                              148   125           102                46    23            0
    uint256 private constant OFFSET_BITS = 23;
    uint256 private constant LAYOUT_BITS = 2 * OFFSET_BITS + 5;
    uint256 private constant LAYOUT_LAYERS = 3;
    uint256 private constant MIN_FAN = 2;
    uint256 private constant POOLED_FAN = 4;
    /// @dev Logarithm of the entries of the largest slot of all, which is too large.
    uint256 private constant MAX_SLOT_BITS = MAX_READ_BITS + 12;

    /// @notice Whether a shape is of a network, or means to be.
    function isNetwork(uint256 shape) internal pure returns (bool) {
        return shape >> NETWORK != 0;
    }

    /// @notice Where the slots of a model stand. Rejects whatever is no shape of a network that circuits take.
    /// @return entries of a model
    /// @return first layout_1, which the circuits take besides the shape
    /// @return second layout_2
    function layoutOf(uint256 shape) internal pure returns (uint256 entries, uint256 first, uint256 second) {
        // Of each layer | fan | logarithm of the size of b | of W |, 5 bits each; of each size, how many slots have it.
        uint256[] memory slots = new uint256[](MAX_LAYERS);
        uint256[] memory places = new uint256[](MAX_SLOT_BITS + 1);
        uint256 absent = _absent(shape);
        unchecked {
            uint256 below = shape & INPUT_MASK;
            if (modelInputs(shape) > 1 << MAX_READ_BITS) {
                revert IModelRegistry.PicturesTooLarge(channelsOf(below), sideOf(below));
            }
            for (uint256 k = absent; k < MAX_LAYERS; ++k) {
                uint256 layer = layerAt(shape, k);
                uint256 b = _log2Up(channelsOf(layer));
                uint256 w = _requireLayer(k - absent + 1, layer, below, k == MAX_LAYERS - 1) + b;
                slots[k] = (_fan(layer, below) << 10) | (b << 5) | w;
                entries += (1 << w) + (1 << b);
                ++places[w];
                ++places[b];
                below = layer & INPUT_MASK;
            }
            if (entries > 1 << OFFSET_BITS) revert IModelRegistry.OracleTooLarge(entries);

            // Slots of a size begin behind all larger ones, and stand in the order of the layers.
            uint256 next = 0;
            for (uint256 bits = MAX_SLOT_BITS + 1; bits != 0;) {
                --bits;
                uint256 count = places[bits];
                places[bits] = next;
                next += count << bits;
            }
            for (uint256 k = absent; k < MAX_LAYERS; ++k) {
                uint256 slot = slots[k];
                uint256 word = _take(places, slot & 31);
                word |= _take(places, (slot >> 5) & 31) << OFFSET_BITS;
                word |= (slot >> 10) << (2 * OFFSET_BITS);
                if (k < LAYOUT_LAYERS) first |= word << (LAYOUT_BITS * k);
                else second |= word << (LAYOUT_BITS * (k - LAYOUT_LAYERS));
            }
        }
    }

    /// @notice Values of a picture, its side rounded up to a power of two.
    function modelInputs(uint256 shape) internal pure returns (uint256) {
        return channelsOf(shape) << (2 * _log2Up(sideOf(shape)));
    }

    function modelOutputs(uint256 shape) internal pure returns (uint256) {
        return channelsOf(layerAt(shape, MAX_LAYERS - 1));
    }

    /// @notice The presence bits of all layers but the last.
    function presence(uint256 shape) internal pure returns (uint256) {
        return (shape >> PRESENCE) & PRESENCE_MASK;
    }

    /// @return its number
    function modelHead(uint256 shape) internal pure returns (uint256) {
        return (shape >> HEAD) & 3;
    }

    /// @notice Whether any layer reads averages, so that its rate is a sixteenth.
    function anyIsPooled(uint256 shape) internal pure returns (bool) {
        return shape & ANY_POOLED != 0;
    }

    /// @notice The fields of a layer.
    /// @param k from 0 on
    function layerAt(uint256 shape, uint256 k) internal pure returns (uint256) {
        unchecked {
            return (shape >> (INPUT_BITS + LAYER_BITS * k)) & LAYER_MASK;
        }
    }

    /// @param layer or a shape, for the input
    function channelsOf(uint256 layer) internal pure returns (uint256) {
        unchecked {
            return (layer & CHANNEL_MASK) + 1;
        }
    }

    /// @param layer or a shape, for the input
    function sideOf(uint256 layer) internal pure returns (uint256) {
        unchecked {
            return ((layer >> SIDE) & SIDE_MASK) + 1;
        }
    }

    function kernelOf(uint256 layer) internal pure returns (uint256) {
        unchecked {
            return ((layer >> KERNEL) & SIDE_MASK) + 1;
        }
    }

    function strideOf(uint256 layer) internal pure returns (uint256) {
        unchecked {
            return ((layer >> STRIDE) & 1) + 1;
        }
    }

    function paddingOf(uint256 layer) internal pure returns (uint256) {
        return (layer >> PADDING) & 3;
    }

    /// @notice Whether it is a dense layer.
    function isFlat(uint256 layer) internal pure returns (bool) {
        return (layer >> FLAT) & 1 == 1;
    }

    /// @notice Whether it reads averages over 2x2 pixels.
    function isPooled(uint256 layer) internal pure returns (bool) {
        return layer >> POOLED == 1;
    }

    /// @dev Rejects what no network has besides its layers.
    /// @return absent how many layers are: the first ones
    function _absent(uint256 shape) private pure returns (uint256 absent) {
        unchecked {
            uint256 bits = presence(shape) ^ PRESENCE_MASK;
            bool valid = bits & (bits + 1) == 0 && modelHead(shape) < HEADS
                && shape >> (HEAD + 2) == 1 << (NETWORK - HEAD - 2);
            for (; bits != 0; bits >>= 1) {
                if (layerAt(shape, absent) != shape & INPUT_MASK) valid = false;
                ++absent;
            }
            if (!valid) revert IModelRegistry.MalformedShape(shape);
        }
    }

    /// @param number of the layer, 1 for the first present one
    /// @param below channels and side of the layer before
    /// @return bits logarithm of how many values an output reads, each size rounded up
    function _requireLayer(uint256 number, uint256 layer, uint256 below, bool isLast)
        private
        pure
        returns (uint256 bits)
    {
        uint256 read = sideOf(below);
        (uint256 kernel, uint256 stride, uint256 padding) = (kernelOf(layer), strideOf(layer), paddingOf(layer));
        unchecked {
            if (isPooled(layer)) {
                if (read & 1 == 1) revert IModelRegistry.OddSidePooled(number, read);
                read >>= 1;
            }
            if (isFlat(layer)) {
                if (number == 1) revert IModelRegistry.FirstLayerFlat();
                if (kernel != read || stride != 1 || padding != 0) revert IModelRegistry.FlatLayerUnlike(number, read);
            } else {
                if (isLast || read == 1) revert IModelRegistry.LayerNotFlat(number);
                if (kernel > MAX_KERNEL || padding >= kernel || kernel - padding > MAX_REACH) {
                    revert IModelRegistry.UnsupportedKernel(number, kernel, padding);
                }
                read += 2 * padding;
                if (kernel > read) revert IModelRegistry.KernelTooWide(number, kernel, read);
            }
            uint256 side = (read - kernel) / stride + 1;
            if (sideOf(layer) != side) revert IModelRegistry.SideDiffers(number, sideOf(layer), side);
            bits = 2 * _log2Up(kernel) + _log2Up(channelsOf(below));
            if (bits > MAX_READ_BITS) revert IModelRegistry.LayerReadsTooMuch(number, 1 << bits);
        }
    }

    /// @dev Logarithm of how many values an output reads, and 4 more where they are averages.
    /// @param below channels and side of the layer before
    function _fan(uint256 layer, uint256 below) private pure returns (uint256 fan) {
        uint256 kernel = kernelOf(layer);
        unchecked {
            fan = _log2Up(channelsOf(below) * kernel * kernel);
            if (fan < MIN_FAN) fan = MIN_FAN;
            if (isPooled(layer)) fan += POOLED_FAN;
        }
    }

    /// @dev The place of the next slot of 2^bits entries.
    function _take(uint256[] memory places, uint256 bits) private pure returns (uint256 place) {
        place = places[bits];
        unchecked {
            places[bits] = place + (1 << bits);
        }
    }

    /// @dev ceil(log2(size)) for a size of 1..2^255.
    function _log2Up(uint256 size) private pure returns (uint256) {
        unchecked {
            return Math.log2(2 * size - 1);
        }
    }
}
