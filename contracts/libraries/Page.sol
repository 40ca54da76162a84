// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @title Parts of long lists
library Page {
    /// @return how many entries a part has that begins at `from` and asks for `count`, of a list of `total`
    function length(uint256 total, uint256 from, uint256 count) internal pure returns (uint256) {
        if (from >= total) return 0;
        uint256 rest = total - from;
        return count < rest ? count : rest;
    }
}
