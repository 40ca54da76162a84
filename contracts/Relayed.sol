// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IRelayed} from "./interfaces/IRelayed.sol";

/// @title Relayed
/// @notice Takes calls from trainers themselves and from one relay, which names the trainer that signed (ERC-2771).
abstract contract Relayed is IRelayed {
    uint256 private constant TAIL = 20;

    address private immutable RELAY;

    /// @param relay_ believed about whom it speaks for; zero: nobody is
    constructor(address relay_) {
        RELAY = relay_;
    }

    /// @inheritdoc IRelayed
    function trustedForwarder() external view returns (address) {
        return RELAY;
    }

    /// @inheritdoc IRelayed
    function isTrustedForwarder(address account) external view returns (bool) {
        return account == RELAY;
    }

    /// @dev Whoever acts: the caller, or whom the relay names.
    function _sender() internal view returns (address) {
        if (msg.sender != RELAY) return msg.sender;
        return address(bytes20(msg.data[msg.data.length - TAIL:]));
    }
}
