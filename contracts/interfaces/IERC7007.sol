// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title The verifier of ERC-7007, verifiable AI-generated content
/// @notice As the ERC states it.
interface IERC7007Verifier {
    /// @notice Whether the content was made by the model from the prompt.
    function verify(bytes calldata prompt, bytes calldata aigcData, bytes calldata proof) external view returns (bool success);
}
