// SPDX-License-Identifier: GPL-3.0-or-later
pragma circom 2.2.0;

include "./multilinear.circom";
include "./sumcheck.circom";
include "./transcript.circom";

/**
 * @title Opening
 * @notice Everything after the reduction, the same for every program (design, section 6; protocol, sections 3 and 4):
 *   from evaluations u_o of the oracles at one point to the six values that the contract's pairing check uses.
 *   A chunk has C = 2^10 columns and 2^8 rows of entries at level 1, rows from 2^8 on are salts and blinding; level 2 has
 *   C2 = 2^5 columns and as many rows. The coordinates above 17 pick the chunk: the contract weights chunks by them.
 * @param oracles number of oracles, at least 2
 * @input state: transcript state after the reduction
 * @input point[26]: the reduction's point; columns are the low 10 coordinates, rows the next 8, the chunk the last 8
 * @input u[oracles]: claimed evaluations there, any field elements
 * @input h3, h4, h5: commitment digests; assumed right, the contract computes them
 * @input nonce1, nonce2, nonce3, nonce4: any field elements, fresh randomness of the prover
 * @input level2[10][2]: round messages of the second level's sumcheck
 * @input u12[2]: claimed evaluations of p' and s
 * @input p2[32]: the row combination p'' of the second level
 * @input s2[32]: the column combination s''
 * @output eta, gamma, theta, gamma2, z: challenges of the contract's check
 * @output e2: s''(z)
 */
template Opening(oracles) {
  signal input state;
  signal input point[26];
  signal input u[oracles];
  signal input h3;
  signal input h4;
  signal input h5;
  signal input nonce1;
  signal input nonce2;
  signal input nonce3;
  signal input nonce4;
  signal input level2[10][2];
  signal input u12[2];
  signal input p2[32];
  signal input s2[32];
  signal output eta;
  signal output gamma;
  signal output theta;
  signal output gamma2;
  signal output z;
  signal output e2;

  // 1. One polynomial g = sum eta^o f_o and its value y at the point.
  component absorbU = Absorb(oracles + 1);
  absorbU.state <== state;
  for (var o = 0; o < oracles; o++) absorbU.elements[o] <== u[o];
  absorbU.elements[oracles] <== nonce1;
  eta <== absorbU.out;
  signal y <== Polynomial(oracles)(u, eta);

  // 2. Level 1: rows p' (h_3), then columns s and quotient T (h_4).
  gamma <== Absorb(1)(eta, [h3]);
  signal mix <== Absorb(1)(gamma, [h4]);

  // 3. Level 2: both sums over 2^10 entries in one sumcheck. Rows of entries have row bits 8 and 9 = 0.
  component rounds = Sumcheck(10, 2);
  rounds.state <== mix;
  rounds.claim <== y;
  rounds.messages <== level2;
  var columns[10];
  var rows[8];
  var lowPoint[8];
  for (var t = 0; t < 10; t++) columns[t] = point[t];
  for (var t = 0; t < 8; t++) {
    rows[t] = point[10 + t];
    lowPoint[t] = rounds.point[t];
  }
  signal eqRows <== Eq(8)(rows, lowPoint);
  signal eqColumns <== Eq(10)(columns, rounds.point);
  signal lowRows <== eqRows * (1 - rounds.point[8]);
  signal entryRows <== lowRows * (1 - rounds.point[9]);
  signal powers <== PowerExtension(10)(gamma, rounds.point);
  signal rowWeight <== mix * powers + entryRows;
  signal columnWeight <== mix * eqColumns;
  signal rowPart <== u12[0] * rowWeight;
  rounds.value === rowPart - u12[1] * columnWeight;

  // 4. g2 = p' + theta s as 32 rows of 32: p'' in the clear, its value.
  theta <== Absorb(3)(rounds.next, [u12[0], u12[1], nonce2]);
  component absorbP2 = Absorb(33);
  absorbP2.state <== theta;
  for (var i = 0; i < 32; i++) absorbP2.elements[i] <== p2[i];
  absorbP2.elements[32] <== nonce3;
  gamma2 <== absorbP2.out;
  component p2Value = MultilinearExtension(5);
  p2Value.table <== p2;
  for (var t = 0; t < 5; t++) p2Value.z[t] <== rounds.point[5 + t];
  p2Value.out === u12[0] + theta * u12[1];

  // 5. s'' in the clear, consistent with p''.
  component absorbS2 = Absorb(34);
  absorbS2.state <== gamma2;
  for (var j = 0; j < 32; j++) absorbS2.elements[j] <== s2[j];
  absorbS2.elements[32] <== h5;
  absorbS2.elements[33] <== nonce4;
  z <== absorbS2.out;
  component s2Value = MultilinearExtension(5);
  s2Value.table <== s2;
  for (var t = 0; t < 5; t++) s2Value.z[t] <== rounds.point[t];
  signal p2AtGamma2 <== Polynomial(32)(p2, gamma2);
  p2AtGamma2 === s2Value.out;

  // 6. The value that the contract opens.
  e2 <== Polynomial(32)(s2, z);
}
