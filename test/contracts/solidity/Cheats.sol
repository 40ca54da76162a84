// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

/// @dev The cheat codes of Hardhat's Solidity tests that are used here.
interface Cheats {
    function prank(address sender) external;
    function deal(address account, uint256 balance) external;
    function warp(uint256 timestamp) external;
    function roll(uint256 blockNumber) external;
}

Cheats constant CHEATS = Cheats(address(uint160(uint256(keccak256("hevm cheat code")))));

/// @dev Says what does not hold.
error Broken(string rule);

function holds(bool condition, string memory rule) pure {
    if (!condition) revert Broken(rule);
}

/// @dev A number of a range, both ends included, from any number.
function within(uint256 any, uint256 low, uint256 high) pure returns (uint256) {
    return low + any % (high - low + 1);
}
