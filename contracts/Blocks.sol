// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {BlockHash} from "./libraries/BlockHash.sol";

/// @title Blocks
/// @notice The chain's own blocks. What kind of chain it is, is asked once.
abstract contract Blocks {
    bool private immutable ARBITRUM = BlockHash.isArbitrum();

    function _blockNumber() internal view returns (uint256) {
        return BlockHash.current(ARBITRUM);
    }

    /// @return hash of block `number`; zero where the chain no longer knows it or does not know it yet
    function _blockHash(uint256 number) internal view returns (bytes32) {
        return BlockHash.lookUp(number, ARBITRUM);
    }
}
