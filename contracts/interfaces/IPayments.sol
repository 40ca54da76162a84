// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title What contracts that hold others' money have in common
/// @notice The zero address as a token means Ether. What counts is what arrives: a token that keeps a fee is credited
/// with the rest. Tokens whose balances change by themselves, or that charge a sender more than the amount, must not be
/// used: their holders would share the shortfall. Nobody else would.
interface IPayments {
    /// @notice Thrown when nothing arrived, so that there is nothing to credit.
    error NothingReceived(address token);

    /// @notice Thrown when an amount is more than 2^128 - 1 units, alone or with what the account already holds.
    error AmountTooLarge(uint256 amount);

    /// @notice Thrown when nothing is owed to the caller in this token.
    error NothingOwed(address account, address token);

    /// @notice Thrown when the zero address or this contract would be paid.
    error UnusableRecipient(address to);

    /// @notice Thrown when the token, or the receiver of Ether, refused.
    error TransferFailed(address token, address to, uint256 amount);
}
