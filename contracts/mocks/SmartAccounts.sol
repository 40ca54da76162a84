// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @title Test only: a contract account (ERC-1271) that answers in one of many ways
contract SmartAccount {
    enum Manner {
        ApprovedHash,
        Refuse,
        Revert,
        Garbage,
        Short,
        Nothing,
        BurnGas,
        ReturnBomb
    }

    bytes4 private constant ACCEPTED = 0x1626ba7e;

    Manner private immutable MANNER;
    mapping(bytes32 digest => bool) private _approved;

    constructor(Manner manner) {
        MANNER = manner;
    }

    function approve(bytes32 digest) external {
        _approved[digest] = true;
    }

    function isValidSignature(bytes32 digest, bytes calldata) external view returns (bytes4) {
        if (MANNER == Manner.ApprovedHash) return _approved[digest] ? ACCEPTED : bytes4(0xffffffff);
        if (MANNER == Manner.Refuse) return 0xffffffff;
        if (MANNER == Manner.BurnGas) {
            assembly {
                invalid()
            }
        }
        bytes32 word = MANNER == Manner.Garbage ? keccak256("garbage") : bytes32(ACCEPTED);
        uint256 size = 32;
        if (MANNER == Manner.Short) size = 31;
        if (MANNER == Manner.Nothing) size = 0;
        if (MANNER == Manner.ReturnBomb) size = 1_000_000;
        bool fails = MANNER == Manner.Revert;
        assembly {
            mstore(0, word)
            if fails { revert(0, size) }
            return(0, size)
        }
    }
}

/// @title Test only: code for an EIP-7702 account, which accepts the signatures of a second key
contract DelegatedCode {
    address private immutable SECOND;

    constructor(address second) {
        SECOND = second;
    }

    function isValidSignature(bytes32 digest, bytes calldata signature) external view returns (bytes4) {
        (bytes32 r, bytes32 s) = (bytes32(signature[0:32]), bytes32(signature[32:64]));
        return ecrecover(digest, uint8(signature[64]), r, s) == SECOND ? bytes4(0x1626ba7e) : bytes4(0xffffffff);
    }
}
