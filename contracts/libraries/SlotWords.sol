// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Network} from "./Network.sol";
import {Shape} from "./Shape.sol";

/// @title Where the tensors of any model stand, as sparse merges read it (protocol, section 15)
/// @notice Both kinds of shapes come to the same two words, of layers 1..3 and 4..6, the last the output: of each layer in 57 bits
/// offset of W, offset of b, log2 of the entries of W, of b, and 1. An absent layer is 0. Of a shape that is taken; arithmetic is
/// unchecked, since fields have at most 23 bits.
library SlotWords {
    uint256 private constant LAYERS = 6;
    uint256 private constant LAYERS_A_WORD = 3;
    uint256 private constant LAYER_BITS = 57;
    uint256 private constant OFFSETS_MASK = (1 << 46) - 1;
    uint256 private constant LOG_W = 46;
    uint256 private constant LOG_B = 51;
    uint256 private constant PRESENT = 56;
    /// @dev Of a layer in a network's layout: offsets of W and b, fan.
    uint256 private constant LAYOUT_BITS = 51;

    /// @return first the word of layers 1 to 3
    /// @return second of layers 4 to 6
    function wordsOf(uint256 shape) internal pure returns (uint256 first, uint256 second) {
        return Network.isNetwork(shape) ? _ofNetwork(shape) : _ofPerceptron(shape);
    }

    function _ofNetwork(uint256 shape) private pure returns (uint256 first, uint256 second) {
        uint256[2] memory layout;
        (, layout[0], layout[1]) = Network.layoutOf(shape);
        unchecked {
            uint256 layers = Shape.modelLayers(shape);
            uint256 below = shape;
            for (uint256 k = LAYERS - layers; k < LAYERS; ++k) {
                uint256 layer = Network.layerAt(shape, k);
                uint256 b = _log2Up(Network.channelsOf(layer));
                uint256 w = b + _log2Up(Network.channelsOf(below)) + 2 * _log2Up(Network.kernelOf(layer));
                uint256 offsets = layout[k / LAYERS_A_WORD] >> (LAYOUT_BITS * (k % LAYERS_A_WORD));
                (first, second) = _put(first, second, k, offsets, w, b);
                below = layer;
            }
        }
    }

    function _ofPerceptron(uint256 shape) private pure returns (uint256 first, uint256 second) {
        unchecked {
            uint256 layers = Shape.modelLayers(shape);
            uint256 below = _log2Up(Shape.widthAt(shape, 0));
            for (uint256 layer = Shape.MAX_LAYERS - layers + 1; layer <= Shape.MAX_LAYERS; ++layer) {
                uint256 b = _log2Up(Shape.widthAt(shape, layer));
                uint256 offsets = Shape.offsetsAt(shape, layer);
                (first, second) = _put(first, second, layer + LAYERS - Shape.MAX_LAYERS - 1, offsets, b + below, b);
                below = b;
            }
        }
    }

    /// @param k the layer of six, from 0 on
    function _put(uint256 first, uint256 second, uint256 k, uint256 offsets, uint256 w, uint256 b)
        private
        pure
        returns (uint256, uint256)
    {
        unchecked {
            uint256 field = (offsets & OFFSETS_MASK) | (w << LOG_W) | (b << LOG_B) | (1 << PRESENT);
            field <<= LAYER_BITS * (k % LAYERS_A_WORD);
            return k < LAYERS_A_WORD ? (first | field, second) : (first, second | field);
        }
    }

    /// @dev ceil(log2(size)) for a size of 1..2^12.
    function _log2Up(uint256 size) private pure returns (uint256) {
        unchecked {
            return Math.log2(2 * size - 1);
        }
    }
}
