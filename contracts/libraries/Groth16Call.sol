// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

/// @title One call for Groth16 verifiers of any number of public signals
library Groth16Call {
    /// @dev 14 signals take about 305,000. A malformed point makes the curve's precompiled contracts burn all the gas
    /// they are given, so the call gets a limit of its own, with room for dearer gas schedules.
    uint256 internal constant GAS_LIMIT = 500_000;

    /// @notice Whether `verifier` accepts the proof.
    /// @param verifier a contract that snarkjs wrote
    /// @param selector the selector of its `verifyProof`, which depends on the number of signals
    /// @param proof eight words, in the order of the verifier's first three parameters
    /// @param signals the public signals, as many as the selector says
    /// @return accepted false too where the verifier fails, answers short or answers anything but true
    function accepts(address verifier, bytes4 selector, uint256[8] calldata proof, uint256[] memory signals)
        internal
        view
        returns (bool accepted)
    {
        uint256 gasLimit = GAS_LIMIT;
        assembly ("memory-safe") {
            // Every parameter is static, so the encoding is: selector, 8 words of proof, one word per signal.
            let buffer := mload(0x40)
            let size := shl(5, mload(signals))
            mstore(buffer, selector)
            calldatacopy(add(buffer, 0x04), proof, 0x100)
            mcopy(add(buffer, 0x104), add(signals, 0x20), size)
            let success := staticcall(gasLimit, verifier, buffer, add(0x104, size), 0x00, 0x20)
            accepted := and(and(success, gt(returndatasize(), 0x1f)), eq(mload(0x00), 1))
        }
    }
}
