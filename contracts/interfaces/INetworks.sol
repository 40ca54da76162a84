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
}
