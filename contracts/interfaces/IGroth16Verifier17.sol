// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title The verifier of a circuit with 17 public signals, as snarkjs writes it
interface IGroth16Verifier17 {
    /// @notice Whether the proof holds for these public signals.
    /// @param a the proof's first point of G1: x, y
    /// @param b its point of G2, imaginary parts first: [x1, x0], [y1, y0]
    /// @param c its second point of G1: x, y
    /// @param signals the circuit's public signals, outputs first, each below the scalar field's order
    /// @return accepted false for a false proof; a malformed point also gives false but burns all the gas it was given
    function verifyProof(
        uint256[2] calldata a,
        uint256[2][2] calldata b,
        uint256[2] calldata c,
        uint256[17] calldata signals
    ) external view returns (bool accepted);
}
