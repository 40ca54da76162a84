// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Described} from "./Described.sol";
import {Relayed} from "./Relayed.sol";
import {ITrainers} from "./interfaces/ITrainers.sol";

/// @title Trainers
/// @notice No owner: each trainer decides for itself.
contract Trainers is ITrainers, Relayed, Described {
    mapping(address trainer => address) private _keys;
    mapping(address trainer => address) private _offers;
    mapping(address trainer => address) private _payouts;

    modifier onlyKeyOf(address trainer) {
        if (keyOf(trainer) != _sender()) revert NotTheKey(trainer, _sender());
        _;
    }

    /// @param relay_ which carries what trainers signed
    constructor(address relay_) Relayed(relay_) {}

    /// @inheritdoc ITrainers
    function offerKey(address trainer, address key) external onlyKeyOf(trainer) {
        _offers[trainer] = key;
        emit KeyOffered(trainer, key);
    }

    /// @inheritdoc ITrainers
    function acceptKey(address trainer) external {
        address key = _sender();
        if (key == address(0) || _offers[trainer] != key) revert NotOffered(trainer, key);
        emit KeyChanged(trainer, keyOf(trainer), key);
        delete _offers[trainer];
        _keys[trainer] = key;
        if (_payouts[trainer] == address(0)) return;
        delete _payouts[trainer];
        emit PayoutChanged(trainer, address(0));
    }

    /// @inheritdoc ITrainers
    function setPayout(address trainer, address payout) external onlyKeyOf(trainer) {
        _payouts[trainer] = payout;
        emit PayoutChanged(trainer, payout);
    }

    /// @inheritdoc ITrainers
    function keyOf(address trainer) public view returns (address) {
        address key = _keys[trainer];
        return key == address(0) ? trainer : key;
    }

    /// @inheritdoc ITrainers
    function offeredTo(address trainer) external view returns (address) {
        return _offers[trainer];
    }

    /// @inheritdoc ITrainers
    function payoutOf(address trainer) external view returns (address) {
        address payout = _payouts[trainer];
        return payout == address(0) ? keyOf(trainer) : payout;
    }

    /// @dev See Described.
    function _answers(bytes4 interfaceId) internal pure override returns (bool) {
        return interfaceId == type(ITrainers).interfaceId;
    }
}
