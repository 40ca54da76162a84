// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";

/// @title Signatures of keys and of contract accounts
library Signatures {
    /// @dev A key's signature counts even where the account has code: whoever holds the key of an EIP-7702 account can
    /// change that code. A contract that has no key is asked (ERC-1271).
    /// @param signature 65 bytes r, s, v with the lower s, or whatever the account's code accepts
    function isBy(address account, bytes32 digest, bytes calldata signature) internal view returns (bool) {
        (address recovered, ECDSA.RecoverError failure,) = ECDSA.tryRecoverCalldata(digest, signature);
        if (failure == ECDSA.RecoverError.NoError && recovered == account) return true;
        return account.code.length != 0
            && SignatureChecker.isValidERC1271SignatureNowCalldata(account, digest, signature);
    }
}
