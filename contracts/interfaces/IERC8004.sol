// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title The part of an identity registry of agents that is read here
/// @notice ERC-8004 "Trustless Agents", draft of January 2026.
interface IAgentIdentities {
    /// @notice What an agent's owner or operator wrote under a key; empty where nothing was.
    function getMetadata(uint256 agentId, string calldata metadataKey) external view returns (bytes memory);
}

/// @title The part of a validation registry of agents that is used here
/// @notice ERC-8004 "Trustless Agents", draft of January 2026. Drafts of 2025 have no `responseHash` in the status and a tag of 32
/// bytes: registries that follow those cannot be used.
interface IAgentValidations {
    /// @notice Answers a request. Only the validator that the request names; later answers replace earlier ones.
    /// @param response 0..100
    function validationResponse(
        bytes32 requestHash,
        uint8 response,
        string calldata responseURI,
        bytes32 responseHash,
        string calldata tag
    ) external;

    /// @notice A request and the last answer to it. The draft leaves open whether it reverts where there is no such request.
    function getValidationStatus(bytes32 requestHash)
        external
        view
        returns (
            address validatorAddress,
            uint256 agentId,
            uint8 response,
            bytes32 responseHash,
            string memory tag,
            uint256 lastUpdate
        );

    /// @notice The registry of the agents.
    function getIdentityRegistry() external view returns (address identityRegistry);
}
