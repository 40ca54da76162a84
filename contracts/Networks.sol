// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Described} from "./Described.sol";
import {INetworks} from "./interfaces/INetworks.sol";
import {Network} from "./libraries/Network.sol";

/// @title Networks
/// @notice What the registry and the scoreboard ask about shapes of convolutional networks.
contract Networks is INetworks, Described {
    /// @inheritdoc INetworks
    function layoutOf(uint256 shape) external pure returns (uint256 entries, uint256 first, uint256 second) {
        return Network.layoutOf(shape);
    }

    /// @dev See Described.
    function _answers(bytes4 interfaceId) internal pure override returns (bool) {
        return interfaceId == type(INetworks).interfaceId;
    }
}
