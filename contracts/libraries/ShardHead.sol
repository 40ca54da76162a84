// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @dev One storage word, found by id: | number of the schema 32 | version 8 | number 32 | owner 160 |. Zero: no such shard.
type ShardHead is uint256;

using ShardHeadLibrary for ShardHead global;

/// @title All that training needs to know of a shard
library ShardHeadLibrary {
    uint256 private constant NUMBER = 160;
    uint256 private constant VERSION = 192;
    uint256 private constant SCHEMA = 200;

    /// @param number_ below 2^32
    /// @param version_ below 2^8
    /// @param schema_ below 2^32
    function make(address owner_, uint256 number_, uint256 version_, uint256 schema_) internal pure returns (ShardHead) {
        return ShardHead.wrap(
            uint160(owner_) | (number_ << NUMBER) | (version_ << VERSION) | (schema_ << SCHEMA)
        );
    }

    function exists(ShardHead head) internal pure returns (bool) {
        return ShardHead.unwrap(head) != 0;
    }

    function owner(ShardHead head) internal pure returns (address) {
        return address(uint160(ShardHead.unwrap(head)));
    }

    /// @return 0 where there is no such shard
    function number(ShardHead head) internal pure returns (uint256) {
        return uint32(ShardHead.unwrap(head) >> NUMBER);
    }

    function version(ShardHead head) internal pure returns (uint256) {
        return uint8(ShardHead.unwrap(head) >> VERSION);
    }

    function schema(ShardHead head) internal pure returns (uint256) {
        return ShardHead.unwrap(head) >> SCHEMA;
    }
}
