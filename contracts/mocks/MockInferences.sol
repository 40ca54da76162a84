// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

/// @title Recorded inferences for tests of contracts that ask for them
/// @notice Anyone may record anything without a proof. Never deploy it where something depends on it.
contract MockInferences {
    /// @notice As in IInferences.
    mapping(bytes32 model => mapping(bytes32 inputs => mapping(bytes32 outputs => address))) public inferredBy;

    /// @notice Says that the caller recorded an inference.
    function setInferred(bytes32 model, bytes32 inputs, bytes32 outputs) external {
        inferredBy[model][inputs][outputs] = msg.sender;
    }
}
