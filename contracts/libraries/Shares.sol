// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @title The arithmetic of credit
/// @notice Amounts are below 2^128, shares at most WHOLE: nothing here reaches 2^142. `contracts/mocks/SharesProofs.sol` holds what
/// solc's SMTChecker proves of it.
library Shares {
    /// @dev Shares are in 1/10,000.
    uint256 internal constant WHOLE = 10_000;

    /// @notice What the trainer of a model has of all that the model was paid.
    /// @param paid below 2^128
    /// @param others what all ancestors take together, at most WHOLE
    function rest(uint256 paid, uint256 others) internal pure returns (uint256) {
        unchecked {
            return paid * (WHOLE - others) / WHOLE;
        }
    }

    /// @notice A part of a payment and of what earlier ones left.
    /// @param delta what was paid, below 2^128
    /// @param share at most WHOLE
    /// @param fraction what earlier payments left, in 1/10,000 of a unit, below WHOLE
    /// @return amount in units
    /// @return left what is left now, below WHOLE
    function part(uint256 delta, uint256 share, uint256 fraction) internal pure returns (uint256 amount, uint256 left) {
        unchecked {
            uint256 sum = delta * share + fraction;
            return (sum / WHOLE, sum % WHOLE);
        }
    }
}
