// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IForeignProgram} from "../interfaces/IForeignPrograms.sol";

/// @title Test only: an adapter that accepts everything
contract AcceptingProgram is IForeignProgram {
    /// @inheritdoc IForeignProgram
    function name() external pure returns (string memory) {
        return "test";
    }

    /// @inheritdoc IForeignProgram
    function verify(address, address, bytes32[] calldata, bytes32, bytes calldata) external pure returns (bytes4) {
        return IForeignProgram.verify.selector;
    }
}
