// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

/// @title Hashes of past blocks
/// @notice The opcode reaches 256 blocks back; the history contract of EIP-2935, where a chain has it, 8191.
library BlockHash {
    address internal constant HISTORY = 0x0000F90827F1C53a10cb7A02335B175320002935;

    /// @return hash of block `number`; zero where the chain no longer knows it or does not know it yet
    function lookUp(uint256 number) internal view returns (bytes32 hash) {
        hash = blockhash(number);
        if (hash == 0) {
            // The contract reverts outside its window; without code the call returns nothing.
            (bool success, bytes memory answer) = HISTORY.staticcall(abi.encode(number));
            if (success && answer.length == 32) hash = abi.decode(answer, (bytes32));
        }
    }
}
