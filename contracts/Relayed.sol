// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

/// @title Relayed
/// @notice Takes calls from trainers themselves and from one relay, fixed at deployment, which names the trainer that signed
/// in the last 20 bytes of its call (ERC-2771).
abstract contract Relayed {
    uint256 private constant TAIL = 20;

    address private immutable RELAY;

    /// @param relay_ believed about whom it speaks for; zero: nobody is
    constructor(address relay_) {
        RELAY = relay_;
    }

    /// @notice The contract that is believed about whom it speaks for (the name is that of ERC-2771).
    function trustedForwarder() external view returns (address) {
        return RELAY;
    }

    /// @notice Whether an account is that contract.
    function isTrustedForwarder(address account) external view returns (bool) {
        return account == RELAY;
    }

    /// @dev Whoever acts: the caller, or whom the relay names.
    function _sender() internal view returns (address) {
        if (msg.sender != RELAY) return msg.sender;
        return address(bytes20(msg.data[msg.data.length - TAIL:]));
    }
}
