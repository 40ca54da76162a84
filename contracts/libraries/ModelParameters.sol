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
    /// @param further how many parameters follow, every one of which the caller fills in
    /// @return parameters all of them
    /// @return next where those that follow begin
    /// @return entries of a model, where it is a network; of others they are not counted here: 0
    function list(INetworks networks, uint256 shape, uint256 further)
        internal
        pure
        returns (uint256[] memory parameters, uint256 next, uint256 entries)
    {
        next = 1;
        (uint256 first, uint256 second) = (0, 0);
        if (Network.isNetwork(shape)) {
            next = 3;
            (entries, first, second) = networks.layoutOf(shape);
        }
        assembly ("memory-safe") {
            parameters := mload(0x40)
            let count := add(next, further)
            mstore(parameters, count)
            mstore(add(parameters, 0x20), shape)
            // Of a perceptron these are among those that the caller fills in, or behind the list.
            mstore(add(parameters, 0x40), first)
            mstore(add(parameters, 0x60), second)
            mstore(0x40, add(parameters, shl(5, add(count, 1))))
        }
    }
}
