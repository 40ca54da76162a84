// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IVerifiers} from "../interfaces/IVerifiers.sol";
import {Proof} from "../interfaces/Proof.sol";

/// @title Calls of the contract that checks proofs, which hand on the proofs as they came
/// @notice A proof in call data says where its parts are by their distance from its start. So it can be copied without being
/// read: from its start to the end of the call data, within which all of it lies. What else is copied, nobody reads.
library VerifierCall {
    /// @dev Where the place of the proofs stands in a call: behind the selector, prover, program and place of the claims.
    uint256 private constant PROOFS = 0x84;
    /// @dev The place of the claims, where they stand first: behind those four words.
    uint256 private constant CLAIMS = 0x80;

    /// @param claim encoded
    /// @return version of the key that accepted
    function verify(IVerifiers verifiers, address prover, uint256 program, bytes memory claim, Proof calldata proof)
        internal
        view
        returns (uint256 version)
    {
        uint256 start;
        assembly ("memory-safe") {
            start := proof
        }
        return _call(verifiers, _message(IVerifiers.verify.selector, prover, program, claim), start);
    }

    /// @param claims a list of claims, encoded
    /// @return version of the key that accepted
    function verifyMany(
        IVerifiers verifiers,
        address prover,
        uint256 program,
        bytes memory claims,
        Proof[] calldata proofs
    ) internal view returns (uint256 version) {
        uint256 start;
        assembly ("memory-safe") {
            // An array in call data begins with its length.
            start := sub(proofs.offset, 0x20)
        }
        return _call(verifiers, _message(IVerifiers.verifyMany.selector, prover, program, claims), start);
    }

    /// @dev A call whose claims stand behind its four words. The place of the proofs is filled in when they are.
    function _message(bytes4 selector, address prover, uint256 program, bytes memory claims)
        private
        pure
        returns (bytes memory)
    {
        return bytes.concat(abi.encodeWithSelector(selector, prover, program, CLAIMS, uint256(0)), claims);
    }

    /// @param message all but the proofs; the last thing that was put into memory
    /// @param start of the proofs in the call data
    function _call(IVerifiers verifiers, bytes memory message, uint256 start) private view returns (uint256) {
        bool success;
        bytes memory answer;
        assembly ("memory-safe") {
            let data := add(message, 0x20)
            let size := mload(message)
            let rest := sub(calldatasize(), start)
            mstore(add(message, PROOFS), sub(size, 4))
            calldatacopy(add(data, size), start, rest)
            success := staticcall(gas(), verifiers, data, add(size, rest), 0, 0)
            // Over the call, of which only the message was ever allocated.
            answer := mload(0x40)
            mstore(answer, returndatasize())
            returndatacopy(add(answer, 0x20), 0, returndatasize())
            mstore(0x40, add(answer, and(add(returndatasize(), 0x3f), not(0x1f))))
        }
        if (!success) {
            assembly ("memory-safe") {
                revert(add(answer, 0x20), mload(answer))
            }
        }
        // Reverts where too little is answered, as by an account without code.
        return abi.decode(answer, (uint256));
    }
}
