// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IPayments} from "../interfaces/IPayments.sol";

/// @dev One storage word: | earned 128 | unsplit 128 |.
type Account is uint256;

using AccountLibrary for Account global;

/// @title What a model holds of one token
/// @notice One word, so that settling writes one for the model and one for each parent. Sums that do not fit 128 bits
/// revert with AmountTooLarge.
library AccountLibrary {
    uint256 private constant EARNED = 128;

    function unsplit(Account account) internal pure returns (uint256) {
        return uint128(Account.unwrap(account));
    }

    function earned(Account account) internal pure returns (uint256) {
        return Account.unwrap(account) >> EARNED;
    }

    /// @notice The same with more to split.
    /// @param amount below 2^128
    function credited(Account account, uint256 amount) internal pure returns (Account) {
        unchecked {
            uint256 word = Account.unwrap(account) + amount;
            if (uint128(word) < amount) revert IPayments.AmountTooLarge(amount);
            return Account.wrap(word);
        }
    }

    /// @notice The same with nothing to split and more earned.
    /// @param kept below 2^128
    function settled(Account account, uint256 kept) internal pure returns (Account) {
        unchecked {
            uint256 word = (account.earned() + kept) << EARNED;
            if (word >> EARNED < kept) revert IPayments.AmountTooLarge(kept);
            return Account.wrap(word);
        }
    }

    /// @notice The same with nothing earned.
    function withdrawn(Account account) internal pure returns (Account) {
        return Account.wrap(account.unsplit());
    }
}
