// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @title Test only: what Arbitrum's precompiled contract answers, at four blocks for each of the chain below
contract ArbSys {
    uint256 private constant RECENT = 256;

    error InvalidBlockNumber(uint256 requested, uint256 current);

    function arbBlockNumber() public view returns (uint256) {
        return 4 * block.number + 1_000_000;
    }

    function arbBlockHash(uint256 number) external view returns (bytes32) {
        uint256 here = arbBlockNumber();
        if (number >= here || number + RECENT < here) revert InvalidBlockNumber(number, here);
        return keccak256(abi.encode("block of Arbitrum", number));
    }
}
