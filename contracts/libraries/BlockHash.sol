// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @dev What Arbitrum's chains tell about their own blocks; there, the opcodes speak of the chain below.
interface IArbSys {
    function arbBlockNumber() external view returns (uint256);
    function arbBlockHash(uint256 number) external view returns (bytes32);
}

/// @title Numbers and hashes of this chain's blocks
/// @notice The opcode reaches 256 blocks back; the history contract of EIP-2935, where a chain has it, 8191. Arbitrum's chains
/// are asked by their precompiled contract.
library BlockHash {
    address internal constant HISTORY = 0x0000F90827F1C53a10cb7A02335B175320002935;
    address internal constant ARB_SYS = address(0x64);

    uint256 private constant RECENT = 256;

    /// @notice Whether this chain is one of Arbitrum's.
    function isArbitrum() internal view returns (bool) {
        (bool known,) = _ask(ARB_SYS, abi.encodeCall(IArbSys.arbBlockNumber, ()));
        return known;
    }

    /// @notice The number of this block.
    /// @param arbitrum what `isArbitrum` said
    function current(bool arbitrum) internal view returns (uint256) {
        return arbitrum ? IArbSys(ARB_SYS).arbBlockNumber() : block.number;
    }

    /// @notice The hash of a block.
    /// @dev The history contract is believed only where it knows the block before this one by the hash that the chain itself
    /// tells: on a chain that does not feed it, or has something else at its address, it is as if it were not there.
    /// @return hash of block `number`; zero where the chain no longer knows it or does not know it yet
    function lookUp(uint256 number, bool arbitrum) internal view returns (bytes32 hash) {
        uint256 here = current(arbitrum);
        if (number >= here) return 0;
        if (here - number <= RECENT) return _recent(number, arbitrum);
        hash = _remembered(number);
        if (hash != 0 && _remembered(here - 1) != _recent(here - 1, arbitrum)) return 0;
    }

    /// @dev The hash of one of the last 256 blocks.
    function _recent(uint256 number, bool arbitrum) private view returns (bytes32) {
        return arbitrum ? IArbSys(ARB_SYS).arbBlockHash(number) : blockhash(number);
    }

    /// @dev The contract reverts outside its window; without code the call returns nothing.
    function _remembered(uint256 number) private view returns (bytes32) {
        (, uint256 word) = _ask(HISTORY, abi.encode(number));
        return bytes32(word);
    }

    /// @return known whether the contract answered with one word
    /// @return word that it answered, else zero
    function _ask(address from, bytes memory call) private view returns (bool known, uint256 word) {
        bytes memory answer;
        (known, answer) = from.staticcall(call);
        known = known && answer.length == 32;
        if (known) word = abi.decode(answer, (uint256));
    }
}
