// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

import {IInferences} from "../interfaces/IInferences.sol";
import {Proof} from "../interfaces/Proof.sol";
import {Int16s} from "./Int16s.sol";
import {OnChainOracle} from "./OnChainOracle.sol";

/// @title Example: an agent that trades on a proved forecast
/// @notice It holds one asset or money, and changes its position only as the newest model of its lineage forecasts. The contract
/// makes the model's inputs itself, from prices that its feed has reported: so nobody can choose them. The position is a
/// number here; what stands for it, an exchange would keep. It may lose: that a forecast is proved does not make it right.
contract TradingAgent is OnChainOracle {
    /// @dev Prices that the model reads, the oldest first.
    uint256 public constant WINDOW = 6;
    /// @dev 2^9: values have 9 fraction bits.
    int256 private constant ONE = 512;
    /// @dev How much a change of price counts, as the rows of the training had it.
    int256 private constant SCALE = 8;

    address public immutable FEED;
    uint256[] private _prices;

    /// @notice Whether the asset is held, and what all changes of position have made of 1e18 of money.
    bool public isLong;
    uint256 public worth = 1e18;
    uint256 private _decided;

    event Reported(uint256 indexed day, uint256 price);
    event Decided(uint256 indexed day, int16 forecast, bool isLong);

    error NotTheFeed(address account);
    error NoPrice();
    error TooEarly(uint256 prices);
    error DecidedAlready(uint256 day);

    constructor(IInferences inferences, bytes32 base, address feed) OnChainOracle(inferences, base) {
        FEED = feed;
    }

    /// @notice A further price. Only the feed.
    function report(uint256 price) external {
        if (msg.sender != FEED) revert NotTheFeed(msg.sender);
        if (price == 0 || price > 1e36) revert NoPrice();
        uint256 day = _prices.length;
        if (isLong) worth = worth * price / _prices[day - 1];
        _prices.push(price);
        emit Reported(day, price);
    }

    /// @notice Holds the asset where the forecast of its next change is above 0, and money otherwise. Anybody, once a price.
    /// @param prover whose proof it is
    function decide(
        address prover,
        IInferences.InferenceClaim calldata claim,
        bytes calldata outputs,
        Proof calldata proof
    ) external {
        uint256 day = _prices.length;
        if (_decided == day) revert DecidedAlready(day);
        _proven(prover, claim, inputs(), outputs, proof);
        int16 forecast = Int16s.at(outputs, 0);
        (_decided, isLong) = (day, forecast > 0);
        emit Decided(day, forecast, isLong);
    }

    /// @notice What the model is to be run on: the last changes of price, each divided by the price before, times SCALE.
    function inputs() public view returns (bytes memory) {
        uint256 count = _prices.length;
        if (count < WINDOW) revert TooEarly(count);
        int16[] memory changes = new int16[](WINDOW - 1);
        for (uint256 k = 0; k < WINDOW - 1; ++k) {
            uint256 at = count - WINDOW + k;
            (int256 before, int256 after_) = (int256(_prices[at]), int256(_prices[at + 1]));
            int256 change = (after_ - before) * ONE * SCALE / before;
            changes[k] = change > type(int16).max ? type(int16).max : int16(change);
        }
        return Int16s.pack(changes);
    }
}
