// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IPayments} from "../interfaces/IPayments.sol";
import {Shares} from "./Shares.sol";

/// @dev One storage word: | collected 128 | paid 128 |: what a model was paid in a token, and of how much its trainer has the rest.
type Book is uint256;

/// @dev One storage word: | fraction passed 14 | fraction 14 | paid 128 |: up to where an ancestor has claimed for one way, and what
/// rounding left.
type Marker is uint256;

using BookLibrary for Book global;
using MarkerLibrary for Marker global;

/// @title What a model was paid in a token
library BookLibrary {
    uint256 private constant COLLECTED = 128;

    function paid(Book book) internal pure returns (uint256) {
        return uint128(Book.unwrap(book));
    }

    /// @notice Of how much of `paid` the trainer of the model has the rest.
    function collected(Book book) internal pure returns (uint256) {
        return Book.unwrap(book) >> COLLECTED;
    }

    /// @notice The same with more paid. Reverts with AmountTooLarge above 2^128 - 1.
    function withPayment(Book book, uint256 amount) internal pure returns (Book) {
        if (amount > type(uint128).max - book.paid()) revert IPayments.AmountTooLarge(amount);
        return Book.wrap(Book.unwrap(book) + amount);
    }

    /// @notice The same with everything collected.
    function withAllCollected(Book book) internal pure returns (Book) {
        return Book.wrap((book.paid() << COLLECTED) | book.paid());
    }

    /// @notice What the trainer of the model has not collected.
    /// @param others what all ancestors take together, at most WHOLE
    function uncollected(Book book, uint256 others) internal pure returns (uint256) {
        return Shares.rest(book.paid(), others) - Shares.rest(book.collected(), others);
    }
}

/// @title What an ancestor has claimed for one way
library MarkerLibrary {
    uint256 private constant FRACTION = 128;
    uint256 private constant PASSED = 142;
    uint256 private constant FRACTION_MASK = (1 << 14) - 1;

    /// @notice The same with all claimed.
    /// @param paid what the model was paid in all, never less than at the claim before
    /// @param registered the ancestor's share as it was registered
    /// @param current what it was lowered to
    /// @return next the new word
    /// @return amount what the ancestor's trainer gets
    /// @return passed what the model's trainer gets
    function claimed(Marker marker, uint256 paid, uint256 registered, uint256 current)
        internal
        pure
        returns (Marker next, uint256 amount, uint256 passed)
    {
        uint256 word = Marker.unwrap(marker);
        uint256 delta = paid - uint128(word);
        uint256 left;
        uint256 passedLeft;
        (amount, left) = Shares.part(delta, current, (word >> FRACTION) & FRACTION_MASK);
        (passed, passedLeft) = Shares.part(delta, registered - current, word >> PASSED);
        next = Marker.wrap(paid | (left << FRACTION) | (passedLeft << PASSED));
    }
}
