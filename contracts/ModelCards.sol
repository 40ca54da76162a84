// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Described} from "./Described.sol";
import {Relayed} from "./Relayed.sol";
import {ILineage} from "./interfaces/ILineage.sol";
import {IModelCards} from "./interfaces/IModelCards.sol";
import {ITrainers} from "./interfaces/ITrainers.sol";

/// @title ModelCards
/// @notice No owner; what stands here has no effect on anything that is proved.
contract ModelCards is IModelCards, Relayed, Described {
    struct Card {
        string name;
        string uri;
    }

    /// @notice In bytes.
    uint256 public constant MAX_NAME = 64;
    /// @notice In bytes.
    uint256 public constant MAX_URI = 256;

    ILineage private immutable LINEAGE;
    ITrainers private immutable TRAINERS;

    mapping(bytes32 model => Card) private _cards;

    /// @param registry whose trainers may write; trusted to answer as ILineage says
    /// @param trainers_ who acts for whom; trusted to answer as ITrainers says
    /// @param relay_ which carries what trainers signed
    constructor(address registry, address trainers_, address relay_) Relayed(relay_) {
        LINEAGE = ILineage(registry);
        TRAINERS = ITrainers(trainers_);
    }

    /// @inheritdoc IModelCards
    function writeCard(bytes32 model, string calldata name, string calldata uri) external {
        address trainer = LINEAGE.trainerOf(model);
        // Of a node that does not exist the zero address is the trainer, and nobody is its key.
        if (TRAINERS.keyOf(trainer) != _sender()) revert NotTheKeyOf(model, _sender());
        if (bytes(name).length > MAX_NAME) revert NameTooLong(bytes(name).length);
        if (bytes(uri).length > MAX_URI) revert UriTooLong(bytes(uri).length);
        _cards[model] = Card(name, uri);
        emit CardWritten(model, trainer, name, uri);
    }

    /// @inheritdoc IModelCards
    function card(bytes32 model) external view returns (string memory name, string memory uri) {
        Card storage entry = _cards[model];
        return (entry.name, entry.uri);
    }

    /// @inheritdoc IModelCards
    function lineage() external view returns (address) {
        return address(LINEAGE);
    }

    /// @inheritdoc IModelCards
    function trainers() external view returns (address) {
        return address(TRAINERS);
    }

    /// @dev See Described.
    function _answers(bytes4 interfaceId) internal pure override returns (bool) {
        return interfaceId == type(IModelCards).interfaceId;
    }
}
