// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IPayments} from "./interfaces/IPayments.sol";

/// @dev The part of ERC-20 that is used. Results are not declared: some tokens return nothing.
interface IToken {
    function transfer(address to, uint256 amount) external;
    function transferFrom(address from, address to, uint256 amount) external;
    function balanceOf(address account) external view returns (uint256);
}

/// @title Payments
/// @notice Takes in and pays out. Ether that was forced in is nobody's: no account is derived from this contract's balance
/// of Ether.
abstract contract Payments is IPayments, ReentrancyGuardTransient {
    address internal constant ETHER = address(0);

    /// @dev Takes a token from the sender. Only under `nonReentrant`, as every function that calls a token or a receiver: what
    /// arrives of a token is measured as a difference of balances, which a payment within a payment would count twice.
    function _takeIn(address token, uint256 amount) internal returns (uint256 received) {
        if (token.code.length == 0) revert TransferFailed(token, address(this), amount);
        uint256 before = IToken(token).balanceOf(address(this));
        _callToken(token, address(this), amount, abi.encodeCall(IToken.transferFrom, (msg.sender, address(this), amount)));
        uint256 afterwards = IToken(token).balanceOf(address(this));
        if (afterwards <= before) revert NothingReceived(token);
        return afterwards - before;
    }

    /// @dev Only under `nonReentrant` and after the accounts were changed. The receiver's answer is never copied.
    function _payOut(address token, address to, uint256 amount) internal {
        if (to == address(0) || to == address(this)) revert UnusableRecipient(to);
        if (token != ETHER) return _callToken(token, to, amount, abi.encodeCall(IToken.transfer, (to, amount)));
        bool success;
        assembly ("memory-safe") {
            success := call(gas(), to, amount, 0, 0, 0, 0)
        }
        if (!success) revert TransferFailed(token, to, amount);
    }

    /// @dev A token must have code and answer true, or nothing at all. At most one word of its answer is copied. Whoever
    /// calls this knows that the token has code: nothing can be owed in one that has none.
    function _callToken(address token, address to, uint256 amount, bytes memory data) private {
        bool success;
        assembly ("memory-safe") {
            success := call(gas(), token, 0, add(data, 32), mload(data), 0, 32)
            let size := returndatasize()
            success := and(success, or(iszero(size), and(gt(size, 31), eq(mload(0), 1))))
        }
        if (!success) revert TransferFailed(token, to, amount);
    }
}
