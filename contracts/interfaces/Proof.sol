// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice A point of BN254's group G1, affine, coordinates below the base field's order.
struct G1Point {
    uint256 x;
    uint256 y;
}

/// @notice The commitments that a proof brings along, in the order in which the transcript meets them.
struct Points {
    /// The program's intermediate values: 1 to 256 chunks.
    G1Point[] trace;
    /// The lookup inverses: 1 to 256 chunks.
    G1Point[] helper;
    /// p', the oracle folded along its rows.
    G1Point rows;
    /// s, the oracle folded along its columns.
    G1Point columns;
    /// T = (g - s) / (X^C - gamma).
    G1Point quotient;
    /// T2 = (g2 - s'') / (X^C2 - gamma2), with g2 = p' + theta s and s'' its fold along columns, which the circuit has in clear.
    G1Point quotient2;
    /// pi = (g2 - (z^C2 - gamma2) T2 - e2) / (X - z).
    G1Point opening;
}

/// @notice The circuit's outputs and the digest of its signals, every one below the scalar field's order.
struct Challenges {
    uint256 eta;
    uint256 gamma;
    uint256 theta;
    uint256 gamma2;
    uint256 z;
    uint256 e2;
    /// c, the Poseidon digest of all signals.
    uint256 digest;
    /// What weighs the chunks, from the coordinates y of the reduction's point that name one: the product of 1 - y over those
    /// that no chunk of this proof needs, then the b that some chunk does, lowest first. 1 + b words.
    uint256[] chunk;
}

/// @notice Everything that one proved statement needs beside the statement itself.
struct Proof {
    /// A.x, A.y, B.x1, B.x0, B.y1, B.y0, C.x, C.y: the order of the precompiled pairing (imaginary part first).
    uint256[8] groth16;
    Points points;
    Challenges challenges;
}

/// @notice The powers of the ceremony's secret in G2, each as x1, x0, y1, y0 (imaginary part first), and what they make of the
/// tables of functions.
struct Srs {
    /// [tau]_2
    uint256[4] tau;
    /// [tau^C]_2, C = 2^10
    uint256[4] tauC;
    /// x, y of the commitment to the tables of functions (protocol, section 1), which proofs of train and score are opened
    /// against
    uint256[2] tables;
}

/// @notice A statement of one program, beside who makes it and to whom.
struct Claim {
    /// The program's public parameters, in order, each below the scalar field's order. Of a score the last two are no part of
    /// what the statement binds: the challenge x and the counts at x.
    uint256[] parameters;
    /// Further words that the statement binds and the circuit does not read: of data the schema, of a seed the request, of
    /// train the shard's descriptor, of an import source and schema, of a score the hash of the counts.
    uint256[] extra;
    /// All chunks of all statement oracles, in order, all finite. Absent parents of a merge have none.
    G1Point[] commitments;
    /// How many of them each oracle has, 8 bits each, the first oracle lowest; 0 for an absent parent of a merge.
    uint256 chunks;
}
