// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IModelRegistry} from "../interfaces/IModelRegistry.sol";

/// @title The coefficients of a merge, as the circuit reads them
/// @notice One word for each of the circuit's four layers: the sum over eight parents of (a + 2^17) 2^(18 i), where absent
/// layers and absent parents have a = 0. Its twin is src/model/merge.ts.
library Coefficients {
    uint256 internal constant MAX_PARENTS = 8;

    /// @dev One for each layer of the circuit.
    uint256 internal constant WORDS = 4;

    int256 private constant LIMIT = 1 << 17;
    uint256 private constant FIELD_BITS = 18;

    /// @param coefficients [layer][parent], present layers only, the first one first
    /// @param layers of the model, 1..4
    /// @param parents 2..8
    /// @return words of the circuit's layers 1..4
    /// @return weights of the parents: sums of absolute values over the layers, at most 4 (2^17 - 1)
    function pack(int24[][] calldata coefficients, uint256 layers, uint256 parents)
        internal
        pure
        returns (uint256[WORDS] memory words, uint256[] memory weights)
    {
        if (coefficients.length != layers) {
            revert IModelRegistry.CoefficientsMismatch(coefficients.length, layers);
        }
        weights = new uint256[](parents);
        uint256 absent = WORDS - layers;
        for (uint256 layer = 0; layer < WORDS; ++layer) {
            uint256 word = 0;
            for (uint256 i = 0; i < MAX_PARENTS; ++i) {
                word |= uint256(LIMIT) << (FIELD_BITS * i);
            }
            if (layer >= absent) word = _packRow(word, coefficients[layer - absent], layer - absent, weights);
            words[layer] = word;
        }
    }

    /// @dev Adds the coefficients to a word of zeros and their absolute values to the weights.
    function _packRow(uint256 word, int24[] calldata row, uint256 layer, uint256[] memory weights)
        private
        pure
        returns (uint256)
    {
        if (row.length != weights.length) revert IModelRegistry.CoefficientsMismatch(row.length, weights.length);
        for (uint256 i = 0; i < row.length; ++i) {
            int256 a = row[i];
            if (a <= -LIMIT || a >= LIMIT) revert IModelRegistry.CoefficientOutOfRange(layer, i, a);
            // The field holds 2^17: a sum that stays within it carries nothing into the next.
            if (a >= 0) {
                word += uint256(a) << (FIELD_BITS * i);
                weights[i] += uint256(a);
            } else {
                word -= uint256(-a) << (FIELD_BITS * i);
                weights[i] += uint256(-a);
            }
        }
        return word;
    }
}
