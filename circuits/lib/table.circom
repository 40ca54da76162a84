// SPDX-License-Identifier: GPL-3.0-or-later
pragma circom 2.2.0;

include "./lookup.circom";
include "./multilinear.circom";
include "./slots.circom";

/**
 * @title Table instances
 * @notice The lookup table's part of batch 1 at its point: the zero-check of g (beta - k) = mult and its share of the
 *   LogUp sum, over variables 0..13, the other ten dormant (design, section 5; protocol, section 5).
 * @input beta: the lookup challenge
 * @input point[24]: the batch's point
 * @input tau[14]: the zero-check point
 * @input helper, multiplicity: g and mult at the point
 * @input weightCheck, weightSum: weights of the zero-check and of the LogUp sum
 * @output out: the value
 */
template TableInstances() {
  signal input beta;
  signal input point[24];
  signal input tau[14];
  signal input helper;
  signal input multiplicity;
  signal input weightCheck;
  signal input weightSum;
  signal output out;

  var tablePoint[14];
  for (var t = 0; t < 14; t++) tablePoint[t] = point[t];
  signal residue <== LookupTable()(beta, tablePoint, helper, multiplicity);
  signal residueWeighted <== weightCheck * residue;
  signal eq <== Eq(14)(tau, tablePoint);
  signal check <== eq * residueWeighted;
  signal sum <== weightSum * helper;
  signal dormant[11];
  dormant[0] <== 1;
  for (var t = 0; t < 10; t++) dormant[t + 1] <== dormant[t] * (1 - point[14 + t]);
  out <== dormant[10] * (check - sum);
}

/**
 * @title Table weights
 * @notice The reduction's weights of mult (in the trace) and g (in the helper) at its point y.
 * @input y[22]: the reduction's point
 * @input point[24]: batch 1's point; its low 14 coordinates are the claimed point
 * @input multiplicityOffset[22], helperOffset[22]: offsets, assumed bits
 * @input multiplicityWeight, helperWeight: powers of rho
 * @output trace, helper: their weights at y
 */
template TableWeights() {
  signal input y[22];
  signal input point[24];
  signal input multiplicityOffset[22];
  signal input helperOffset[22];
  signal input multiplicityWeight;
  signal input helperWeight;
  signal output trace;
  signal output helper;

  var tableY[14];
  var tablePoint[14];
  for (var t = 0; t < 14; t++) {
    tableY[t] = y[t];
    tablePoint[t] = point[t];
  }
  signal eq <== Eq(14)(tablePoint, tableY);
  signal high[22] <== HighAboveTable()(y);
  signal multiplicitySlot <== SlotFactor(22)(multiplicityOffset, high, 1);
  signal helperSlot <== SlotFactor(22)(helperOffset, high, 1);
  signal multiplicityTerm <== multiplicityWeight * multiplicitySlot;
  signal helperTerm <== helperWeight * helperSlot;
  trace <== eq * multiplicityTerm;
  helper <== eq * helperTerm;
}
