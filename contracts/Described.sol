// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IDescribed} from "./interfaces/IDescribed.sol";

/// @title Described
/// @notice The only place that holds the package's version; a test compares it with package.json.
abstract contract Described is IDescribed {
    bytes4 private constant ERC165 = 0x01ffc9a7;

    /// @inheritdoc IDescribed
    function supportsInterface(bytes4 interfaceId) external pure returns (bool) {
        return interfaceId == ERC165 || interfaceId == type(IDescribed).interfaceId || _answers(interfaceId);
    }

    /// @inheritdoc IDescribed
    function version() external pure returns (string memory) {
        return "0.1.0";
    }

    /// @dev Whether a contract has an interface of its own.
    function _answers(bytes4 interfaceId) internal pure virtual returns (bool);
}
