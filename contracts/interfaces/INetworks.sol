// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title Shapes of convolutional networks, judged
/// @notice A contract of its own, since a registry's code has no room for the rules. It has no state and no owner; a registry
/// creates it.
interface INetworks {
    /// @notice Where the weights of a network stand within a model's entries. Reverts unless the shape is one that is taken, with
    /// one of the errors of IModelRegistry: MalformedShape, PicturesTooLarge, OddSidePooled, FirstLayerFlat,
    /// FlatLayerUnlike, LayerNotFlat, UnsupportedKernel, KernelTooWide, SideDiffers, LayerReadsTooMuch, OracleTooLarge.
    /// @param shape 250 bits, the highest of them 1 (protocol, section 12)
    /// @return entries of a model, of which each 2^18 are one point of its commitment
    /// @return first the word layout_1, a parameter of the programs of networks: offsets of W and b, and what the weights of a seed
    /// are bounded by, of the circuits' layers 1 to 3
    /// @return second layout_2, of layers 4 to 6
    function layoutOf(uint256 shape) external pure returns (uint256 entries, uint256 first, uint256 second);

    /// @notice Reverts unless a shape is one of a perceptron that is canonical, MalformedShape, OracleTooLarge, or one of a network,
    /// as `layoutOf`.
    function requireShape(uint256 shape) external pure;

    /// @notice The parameters of a merge: the shape, layout words of a network, coefficients; of a sparse merge where the tensors of a
    /// model stand within its entries, the method, coefficients of six layers. Where they stand takes two words, the same for both
    /// kinds of shapes: of each layer in 57 bits offset of W (23), offset of b (23), log2 of the entries of W (5), of b (5), and 1; of
    /// six layers, of which the last is the output, absent ones 0. Reverts as `layoutOf` for a network that is not taken.
    /// @param shape of a registered model: of others the answer may mean nothing
    /// @param parents how many there are; rejects other numbers than 2..8 with UnsupportedParents
    /// @param coefficients [layer][parent], as of IModelRegistry.MergeEdge; rejects others with CoefficientsMismatch or
    /// CoefficientOutOfRange
    /// @param method seven words, as of IModelRegistry.mergeSparsely; empty for a merge of whole models; rejects other lengths with
    /// WrongMethodLength, and words that say no method with WrongMethod
    /// @return parameters all of them
    /// @return weights of the parents: the sums of the absolute values of their coefficients
    function mergeParameters(uint256 shape, uint256 parents, int24[][] calldata coefficients, bytes calldata method)
        external
        pure
        returns (uint256[] memory parameters, uint256[] memory weights);
}
