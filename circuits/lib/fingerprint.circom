// SPDX-License-Identifier: GPL-3.0-or-later
pragma circom 2.2.0;

include "./begin.circom";
include "./multilinear.circom";
include "./select.circom";
include "./sizes.circom";
include "./slots.circom";
include "./transcript.circom";
include "../generated/shared.circom";

// Shared by the programs that compare rows (disjoint, subset). The fingerprint of a row is a polynomial at r whose
// coefficients are the row's entries. Their tensors of the trace and of the helper have 2^12 entries, one a row, or 2^13
// (trees), whatever the shards' sizes.

/**
 * @title Commitments with fingerprints
 * @notice As Commitments for a program that compares rows: r is drawn before the trace, so that the trace may depend on it,
 *   and after every commitment of the statement, so that no row can (protocol of audits, section 1).
 * @param trace, helper, squares: as for Commitments
 * @input h[6], traceOffset[trace][26], helperOffset[helper][26]: as for Commitments
 * @output r: the challenge of the fingerprints
 * @output beta, x, out[squares]: as of Commitments
 */
template CommitmentsWithFingerprints(trace, helper, squares) {
  signal input h[DIGEST_COUNT()];
  signal input traceOffset[trace][26];
  signal input helperOffset[helper][26];
  signal output r;
  signal output beta;
  signal output x;
  signal output out[squares];

  r <== Absorb(1)(h[DIGEST_statement()], [0]);
  beta <== Layout(trace)(r, h[DIGEST_trace()], traceOffset);
  x <== Layout(helper)(beta, h[DIGEST_helper()], helperOffset);
  out <== Squares(squares)(x);
}

/**
 * @title Squares of r
 * @notice r^(2^t) for the twelve bits of a feature, and r^4096, by which labels stand behind inputs.
 * @input r: the challenge of the fingerprints
 * @output out[12]: for the bits of a feature
 * @output labels: r^4096
 */
template FingerprintSquares() {
  signal input r;
  signal output out[12];
  signal output labels;

  signal squares[13] <== Squares(13)(r);
  for (var t = 0; t < 12; t++) out[t] <== squares[t];
  labels <== squares[12];
}

/**
 * @title Address of a row
 * @notice The reduction's point y seen as (row; feature) of a shard.
 * @input y[26]: the reduction's point
 * @input point[12]: the claimed point of the rows, any field elements
 * @input rowMask[12], rowLog: of the shard, from ShardDescriptor
 * @output eq: eq of the rows' coordinates with the point
 * @output features[12]: the coordinates from the rows on, not masked
 */
template RowAddress() {
  signal input y[26];
  signal input point[12];
  signal input rowMask[12];
  signal input rowLog;
  signal output eq;
  signal output features[12];

  var lowY[12];
  for (var t = 0; t < 12; t++) lowY[t] = y[t];
  signal eqs[13] <== EqPrefixes(12)(point, lowY);
  eq <== AtSize(12)(eqs, rowMask);
  features <== FromSize(26, 12, 12)(y, rowMask);
}

/**
 * @title Powers of the features
 * @notice The weight at the address of sum_j r^j t(j; .) over the features of a tensor in a shard, without that of the rows.
 * @input features[12]: from RowAddress
 * @input squares[12]: r^(2^t)
 * @input y[26]: the reduction's point
 * @input rowLog, featureLog, mask[12]: of the rows and of the features, from ShardDescriptor
 * @input offset[26]: assumed bits
 * @input weight: what the claim weighs
 * @output out: the weight
 */
template FeaturePowers() {
  signal input features[12];
  signal input squares[12];
  signal input y[26];
  signal input rowLog;
  signal input featureLog;
  signal input mask[12];
  signal input offset[26];
  signal input weight;
  signal output out;

  signal powers[13] <== PowerPrefixes(12)(features, squares);
  signal power <== AtSize(12)(powers, mask);
  signal high[26] <== HighCoordinates(26)(y, rowLog + featureLog);
  signal slot <== SlotFactor(26)(offset, high, weight);
  out <== power * slot;
}

/**
 * @title High coordinates above a fixed size
 * @notice As HighCoordinates for slots of 2^k entries, k known.
 * @param k log2 of the slots' size
 * @input point[26]: any field elements
 * @output out[26]
 */
template HighAbove(k) {
  signal input point[26];
  signal output out[26];
  for (var t = 0; t < 26; t++) out[t] <== t < k ? 0 : point[t];
}

/**
 * @title Power slots
 * @notice The reduction's weight at its point y of claims sum_i x^i t_i on n slots of 2^12 entries.
 * @param n number of slots
 * @input y[26]: the reduction's point
 * @input x: any field element
 * @input offset[n][26]: assumed bits
 * @input weight[n]: powers of rho
 * @output out: their sum
 */
template PowerSlots(n) {
  signal input y[26];
  signal input x;
  signal input offset[n][26];
  signal input weight[n];
  signal output out;

  var lowY[12];
  for (var t = 0; t < 12; t++) lowY[t] = y[t];
  signal powers <== PowerExtension(12)(x, lowY);
  signal high[26] <== HighAbove(12)(y);
  out <== SlotWeights(n)(offset, high, weight, powers);
}

/**
 * @title Product trees
 * @notice The reduction's weight at its point y of five claims on each of n trees of 2^13 entries: leaves at (rho; 0),
 *   nodes at (rho; 1), the even and the odd entries of both at (0; rho) and (1; rho), and the last product, entry 2^13 - 2.
 * @param n number of trees
 * @input y[26]: the reduction's point
 * @input point[12]: rho, any field elements
 * @input offset[n][26]: assumed bits
 * @input weight[n][5]: powers of rho for the five claims, in this order
 * @output out: their sum
 */
template ProductTrees(n) {
  signal input y[26];
  signal input point[12];
  signal input offset[n][26];
  signal input weight[n][5];
  signal output out;

  var low[12];
  var upper[12];
  for (var t = 0; t < 12; t++) {
    low[t] = y[t];
    upper[t] = y[t + 1];
  }
  signal eqLow <== Eq(12)(point, low);
  signal eqUpper <== Eq(12)(point, upper);
  signal ones[13];
  ones[0] <== 1 - y[0];
  for (var t = 0; t < 12; t++) ones[t + 1] <== ones[t] * upper[t];

  signal nodes <== eqLow * y[12];
  signal odds <== eqUpper * y[0];
  signal high[26] <== HighAbove(13)(y);
  signal slot[n];
  signal at[n];
  signal terms[n];
  var sum = 0;
  for (var k = 0; k < n; k++) {
    at[k] <== InnerProduct(5)(weight[k], [eqLow - nodes, nodes, eqUpper - odds, odds, ones[12]]);
    slot[k] <== SlotFactor(26)(offset[k], high, 1);
    terms[k] <== slot[k] * at[k];
    sum += terms[k];
  }
  out <== sum;
}
