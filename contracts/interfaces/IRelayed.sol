// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title What takes calls from a relay
/// @notice The registry, the scoreboard and the cards of models. The names are those of ERC-2771.
interface IRelayed {
    /// @notice The relay, fixed at deployment: when it calls, whoever its call's last 20 bytes name counts as the sender. Zero
    /// where there is none.
    function trustedForwarder() external view returns (address);

    /// @notice Whether an account is that relay.
    function isTrustedForwarder(address account) external view returns (bool);
}
