// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title What trainers say about their models
/// @notice A name and an address for more, in plain text, set and changed by the key of a registered model's trainer
/// (ITrainers) and by nobody else. Nothing of it is proved: it may lie, imitate other models, hold control characters or be no valid UTF-8, and the
/// address may lead anywhere. Readers treat both as hostile text.
interface IModelCards {
    /// @notice A trainer wrote a model's card, in place of what it said before.
    event CardWritten(bytes32 indexed model, address indexed trainer, string name, string uri);

    /// @notice Thrown when somebody else than the key of a registered model's trainer would write its card.
    error NotTheKeyOf(bytes32 model, address account);
    /// @notice Thrown when a name has more than 64 bytes.
    error NameTooLong(uint256 length);
    /// @notice Thrown when an address has more than 256 bytes.
    error UriTooLong(uint256 length);

    /// @notice Writes the card of a model. Only the key of its trainer. Two empty texts remove it.
    /// @dev Reverts with NotTheKey for models of others and where there is no such model.
    /// @param name at most 64 bytes
    /// @param uri at most 256 bytes
    function writeCard(bytes32 model, string calldata name, string calldata uri) external;

    /// @notice The card of a model; both empty where there is none.
    function card(bytes32 model) external view returns (string memory name, string memory uri);

    /// @notice The registry whose models these are.
    function lineage() external view returns (address);

    /// @notice Where it is said who acts for a trainer.
    function trainers() external view returns (address);
}
