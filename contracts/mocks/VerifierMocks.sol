// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Claim, Proof} from "../interfaces/Proof.sol";

/// @title Test only: accepts every proof, as the version it is told
/// @dev For tests of contracts that ask IVerifiers and of nothing that they hand over.
contract AcceptingVerifiers {
    uint256 public version = 1;

    function setVersion(uint256 version_) external {
        version = version_;
    }

    function verify(address, uint256, Claim calldata, Proof calldata) external view returns (uint256) {
        return version;
    }

    function verifyMany(address, uint256, Claim[] calldata, Proof[] calldata) external view returns (uint256) {
        return version;
    }

    function devKeys() external pure returns (bool) {
        return true;
    }
}
