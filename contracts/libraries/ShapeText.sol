// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";
import {Network} from "./Network.sol";
import {Shape} from "./Shape.sol";

/// @title Shapes as people read them
/// @notice A shape is a number that says nothing to whoever signs it. So trainers sign what stands here, `784-128-10` or
/// `28x28x1-c8k5s2p2-a2-c16k3p1-10`, and the head. Two shapes that a registry takes differ in one of the two. Its twin is
/// src/model/anyShape.ts.
library ShapeText {
    /// @notice Widths of a perceptron, inputs first. Of a network side and channels of the pictures, then its layers: cCkKsSpP a
    /// convolution to C channels with a kernel of side K, stride S where it is 2, padding P where there is one; a number a dense
    /// layer; a2 averages over 2x2 pixels, which the next layer reads.
    /// @param shape any; only of one that is taken does the text mean anything
    function text(uint256 shape) internal pure returns (string memory result) {
        return Network.isNetwork(shape) ? _ofNetwork(shape) : _ofPerceptron(shape);
    }

    function _ofPerceptron(uint256 shape) private pure returns (string memory result) {
        result = Strings.toString(Shape.widthAt(shape, 0));
        for (uint256 layer = Shape.MAX_LAYERS + 1 - Shape.modelLayers(shape); layer <= Shape.MAX_LAYERS; ++layer) {
            result = string.concat(result, "-", Strings.toString(Shape.widthAt(shape, layer)));
        }
    }

    function _ofNetwork(uint256 shape) private pure returns (string memory result) {
        string memory side = Strings.toString(Network.sideOf(shape));
        result = string.concat(side, "x", side, "x", Strings.toString(Network.channelsOf(shape)));
        for (uint256 k = Network.MAX_LAYERS - Shape.modelLayers(shape); k < Network.MAX_LAYERS; ++k) {
            uint256 layer = Network.layerAt(shape, k);
            if (Network.isPooled(layer)) result = string.concat(result, "-a2");
            string memory channels = Strings.toString(Network.channelsOf(layer));
            if (Network.isFlat(layer)) {
                result = string.concat(result, "-", channels);
                continue;
            }
            result = string.concat(result, "-c", channels, "k", Strings.toString(Network.kernelOf(layer)));
            if (Network.strideOf(layer) != 1) result = string.concat(result, "s", Strings.toString(Network.strideOf(layer)));
            uint256 padding = Network.paddingOf(layer);
            if (padding != 0) result = string.concat(result, "p", Strings.toString(padding));
        }
    }
}
