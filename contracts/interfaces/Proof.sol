// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @notice A point of BN254's group G1, affine, coordinates below the base field's order.
struct G1Point {
    uint256 x;
    uint256 y;
}

/// @notice The eight commitments that a proof brings along, in the order in which the transcript meets them.
struct Points {
    /// The program's intermediate values.
    G1Point trace;
    /// The lookup inverses.
    G1Point helper;
    /// p', the oracle folded along its rows (design section 6.2).
    G1Point rows;
    /// s, the oracle folded along its columns.
    G1Point columns;
    /// T = (g - s) / (X^C - gamma).
    G1Point quotient;
    /// s'', the second level's fold along columns.
    G1Point columns2;
    /// T2 = (g2 - s'') / (X^C2 - gamma2).
    G1Point quotient2;
    /// pi = (s'' - e2) / (X - z).
    G1Point opening;
}

/// @notice The circuit's outputs: five challenges and one evaluation, every one below the scalar field's order.
struct Challenges {
    uint256 eta;
    uint256 gamma;
    uint256 theta;
    uint256 gamma2;
    uint256 z;
    uint256 e2;
}

/// @notice Everything that one proved statement needs beside the statement itself. The layout is flat: 30 words.
struct Proof {
    /// a.x, a.y, b.x1, b.x0, b.y1, b.y0, c.x, c.y: the order of the precompiled pairing (imaginary part first).
    uint256[8] groth16;
    Points points;
    Challenges challenges;
}

/// @notice The powers of the ceremony's secret in G2, each as x1, x0, y1, y0 (imaginary part first).
struct Srs {
    /// [tau]_2
    uint256[4] tau;
    /// [tau^C]_2, C = 2^11
    uint256[4] tauC;
    /// [tau^C2]_2, C2 = 2^6
    uint256[4] tauC2;
}
