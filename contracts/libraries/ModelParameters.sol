// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {INetworks} from "../interfaces/INetworks.sol";
import {Network} from "./Network.sol";

/// @title What a statement says of its model's shape
/// @notice The first parameters of every program that speaks of models: the shape and, of a network, the two words that say where
/// its weights stand.
library ModelParameters {
    /// @param networks knows where they stand
    /// @param shape of a registered model, or one that was taken
    /// @param further how many parameters follow, which the caller fills in
    /// @return parameters all of them
    /// @return next where those that follow begin
    /// @return entries of a model, where it is a network; of others they are not counted here: 0
    function list(INetworks networks, uint256 shape, uint256 further)
        internal
        pure
        returns (uint256[] memory parameters, uint256 next, uint256 entries)
    {
        if (!Network.isNetwork(shape)) {
            next = 1;
            parameters = new uint256[](1 + further);
        } else {
            next = 3;
            parameters = new uint256[](3 + further);
            (entries, parameters[1], parameters[2]) = networks.layoutOf(shape);
        }
        parameters[0] = shape;
    }
}
