// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

/// @title Test only: a verifier that answers what it is told and remembers nothing
/// @dev For branch tests of the registry. Deploying it as a real verifier would accept everything.
contract AnsweringVerifier {
    bytes private _answer;

    constructor(bytes memory answer) {
        _answer = answer;
    }

    fallback(bytes calldata) external returns (bytes memory) {
        return _answer;
    }
}

/// @title Test only: a verifier that fails the way a precompiled contract does on a malformed point
contract BurningVerifier {
    fallback() external {
        assembly {
            invalid()
        }
    }
}

/// @title Test only: accepts if it was called with exactly the expected bytes
contract ExpectingVerifier {
    bytes32 public expected;

    function expect(bytes calldata call) external {
        expected = keccak256(call);
    }

    fallback(bytes calldata call) external returns (bytes memory) {
        return abi.encode(keccak256(call) == expected);
    }
}
