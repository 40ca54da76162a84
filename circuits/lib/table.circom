// SPDX-License-Identifier: GPL-3.0-or-later
pragma circom 2.2.0;

include "./lookup.circom";
include "./multilinear.circom";
include "./slots.circom";

/**
 * @title Table
 * @notice The lookup table's part of batch 1 at its point: the zero-check of g (beta - k) = mult and its share of the
 *   LogUp sum, over variables 0..15, the others dormant (design, section 5; protocol, section 5).
 * @param n number of the batch's variables, at least 16
 * @input beta: the lookup challenge
 * @input point[n]: the batch's point
 * @input tau[16]: the zero-check point
 * @input helper, multiplicity: g and mult at the point
 * @input weightCheck, weightSum: weights of the zero-check and of the LogUp sum
 * @output out: the value
 */
template Table(n) {
  assert(n >= 16);
  signal input beta;
  signal input point[n];
  signal input tau[16];
  signal input helper;
  signal input multiplicity;
  signal input weightCheck;
  signal input weightSum;
  signal output out;

  var tablePoint[16];
  for (var t = 0; t < 16; t++) tablePoint[t] = point[t];
  signal residue <== LookupTable()(beta, tablePoint, helper, multiplicity);
  signal residueWeighted <== weightCheck * residue;
  signal eq <== Eq(16)(tau, tablePoint);
  signal check <== eq * residueWeighted;
  signal sum <== weightSum * helper;
  signal dormant[n - 15];
  dormant[0] <== 1;
  for (var t = 0; t < n - 16; t++) dormant[t + 1] <== dormant[t] * (1 - point[16 + t]);
  out <== dormant[n - 16] * (check - sum);
}

/**
 * @title Table weights
 * @notice The reduction's weights of mult (in the trace) and g (in the helper) at its point y.
 * @input y[26]: the reduction's point
 * @input point[16]: the claimed point, the low coordinates of batch 1's
 * @input multiplicityOffset[26], helperOffset[26]: offsets, assumed bits
 * @input multiplicityWeight, helperWeight: powers of rho
 * @output trace, helper: their weights at y
 */
template TableWeights() {
  signal input y[26];
  signal input point[16];
  signal input multiplicityOffset[26];
  signal input helperOffset[26];
  signal input multiplicityWeight;
  signal input helperWeight;
  signal output trace;
  signal output helper;

  var tableY[16];
  for (var t = 0; t < 16; t++) tableY[t] = y[t];
  signal eq <== Eq(16)(point, tableY);
  signal high[26] <== HighAboveTable()(y);
  signal multiplicitySlot <== SlotFactor(26)(multiplicityOffset, high, 1);
  signal helperSlot <== SlotFactor(26)(helperOffset, high, 1);
  signal multiplicityTerm <== multiplicityWeight * multiplicitySlot;
  signal helperTerm <== helperWeight * helperSlot;
  trace <== eq * multiplicityTerm;
  helper <== eq * helperTerm;
}
