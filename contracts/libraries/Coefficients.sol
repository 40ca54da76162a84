// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IModelRegistry} from "../interfaces/IModelRegistry.sol";

/// @title The coefficients of a merge, as the circuit reads them
/// @notice One word for each of the circuit's layers: the sum over eight parents of (a + 2^17) 2^(18 i), where absent
/// layers and absent parents have a = 0. Its twin is src/model/merge.ts.
library Coefficients {
    uint256 internal constant MAX_PARENTS = 8;

    int256 private constant LIMIT = 1 << 17;
    uint256 private constant FIELD_BITS = 18;
    /// @dev A word of eight zeros.
    uint256 private constant ZEROS = uint256(LIMIT) * (((1 << (FIELD_BITS * MAX_PARENTS)) - 1) / ((1 << FIELD_BITS) - 1));

    /// @param words the parameters, of which the circuit's layers stand from `next` on
    /// @param coefficients [layer][parent], present layers only, the first one first
    /// @param layers of the model
    /// @param parents 2..8
    /// @return weights of the parents: sums of absolute values over the layers, at most 6 (2^17 - 1)
    function pack(
        uint256[] memory words,
        uint256 next,
        int24[][] calldata coefficients,
        uint256 layers,
        uint256 parents
    ) internal pure returns (uint256[] memory weights) {
        if (coefficients.length != layers) {
            revert IModelRegistry.CoefficientsMismatch(coefficients.length, layers);
        }
        weights = new uint256[](parents);
        unchecked {
            uint256 first = words.length - layers;
            for (; next < first; ++next) {
                words[next] = ZEROS;
            }
            for (uint256 layer = 0; layer < layers; ++layer) {
                words[first + layer] = _packRow(coefficients[layer], layer, weights);
            }
        }
    }

    /// @dev Adds the coefficients to a word of zeros and their absolute values to the weights.
    function _packRow(int24[] calldata row, uint256 layer, uint256[] memory weights)
        private
        pure
        returns (uint256)
    {
        uint256 word = ZEROS;
        if (row.length != weights.length) revert IModelRegistry.CoefficientsMismatch(row.length, weights.length);
        for (uint256 i = 0; i < row.length; ++i) {
            int256 a = row[i];
            if (a <= -LIMIT || a >= LIMIT) revert IModelRegistry.CoefficientOutOfRange(layer, i, a);
            // The field holds 2^17: a sum that stays within it carries nothing into the next.
            unchecked {
                word += uint256(a) << (FIELD_BITS * i);
                weights[i] += uint256(a < 0 ? -a : a);
            }
        }
        return word;
    }
}
