// SPDX-License-Identifier: GPL-3.0-or-later
pragma circom 2.2.0;

include "../../lib/layers.circom";
include "../../lib/multilinear.circom";
include "../../lib/numbers.circom";
include "../../lib/sizes.circom";
include "../../lib/slots.circom";
include "../../lib/table.circom";
include "../../generated/score.circom";

/**
 * @title Score, weights of the model oracle
 * @notice The reduction's weight of the model at its point y: W_l at (rho_f; r_i), b_l at r_i with the forward claim.
 *   Layer l has index l - 1 in arrays of 4 and l in arrays of 5.
 * @input p[5], logs[5], mask[5][12]: from ModelShape
 * @input modelOffset: offsets, assumed bits
 * @input weight: powers of rho
 * @input y[22]: the reduction's point
 * @input pointI[4][12]: r_i masked by the widths of layers 1..4
 * @input features[5][12]: rho_f masked
 * @output out: the weight at y
 */
template ScoreModelWeights() {
  signal input p[5];
  signal input logs[5];
  signal input mask[5][12];
  signal input modelOffset[MODEL_COUNT()][22];
  signal input weight[C_COUNT()];
  signal input y[22];
  signal input pointI[4][12];
  signal input features[5][12];
  signal output out;

  component address = LayerAddresses();
  address.p <== p;
  address.logs <== logs;
  address.mask <== mask;
  address.y <== y;
  for (var k = 0; k < 4; k++) address.columns[k] <== features[k];
  address.rows <== pointI;
  signal slots[4][2];
  signal weighted[4][2];
  signal terms[4][2];
  var sum = 0;
  for (var k = 0; k < 4; k++) {
    slots[k][0] <== SlotFactor(22)(modelOffset[MODEL_W(k + 1)], address.high[k], p[k + 1]);
    slots[k][1] <== SlotFactor(22)(modelOffset[MODEL_b(k + 1)], address.highBias[k], p[k + 1]);
    weighted[k][0] <== weight[C_W(k + 1)] * slots[k][0];
    weighted[k][1] <== ACTIVATION() * weight[C_forward(k + 1)] * slots[k][1];
    terms[k][0] <== address.eq[k] * weighted[k][0];
    terms[k][1] <== address.eqBias[k] * weighted[k][1];
    sum += terms[k][0] + terms[k][1];
  }
  out <== sum;
}

/**
 * @title Score, weights of the row oracles
 * @notice The reduction's weights of shard, trace and helper at its point y (design, sections 6.1, 11.3, 11.4). Row points
 *   are r_s, rho_s and tau_s; feature points r_i and rho_f. Layer l has index l - 1 in arrays of 4 and l in arrays of 5;
 *   hidden layer h has index h - 1 in arrays of 3.
 * @input p[5], logs[5], mask[5][12]: from ModelShape
 * @input rowMask[12]: of the rows of the shard
 * @input shardOffset, traceOffset, helperOffset: offsets, assumed bits
 * @input weight: powers of rho
 * @input y[22]: the reduction's point
 * @input point[24]: batch 1's point
 * @input rowsR[12], rowsRho[12], rowsTau[12]: row points, masked
 * @input pointI[4][12]: r_i masked by the widths of layers 1..4
 * @input features[5][12]: rho_f masked
 * @output shard, trace, helper: their weights at y
 */
template ScoreRowWeights() {
  signal input p[5];
  signal input logs[5];
  signal input mask[5][12];
  signal input rowMask[12];
  signal input shardOffset[SHARD_COUNT()][22];
  signal input traceOffset[T_COUNT()][22];
  signal input helperOffset[H_COUNT()][22];
  signal input weight[C_COUNT()];
  signal input y[22];
  signal input point[24];
  signal input rowsR[12];
  signal input rowsRho[12];
  signal input rowsTau[12];
  signal input pointI[4][12];
  signal input features[5][12];
  signal output shard;
  signal output trace;
  signal output helper;

  // 1. The address seen as (row; feature).
  var lowY[12];
  var rowLog = 0;
  for (var t = 0; t < 12; t++) {
    lowY[t] = y[t];
    rowLog += rowMask[t];
  }
  signal yRows[12] <== Mask(12)(lowY, rowMask);
  signal highRows[22] <== HighAboveMask(22, 12)(y, yRows);
  signal shifted[12] <== Shift(22, 12)(y, rowMask);
  signal yFeatures[5][12];
  signal high[5][22];
  for (var l = 0; l < 5; l++) {
    yFeatures[l] <== Mask(12)(shifted, mask[l]);
    high[l] <== HighCoordinates(22)(y, rowLog + logs[l]);
  }

  // 2. eq of rows and of features with each claimed point.
  signal eqR <== Eq(12)(rowsR, yRows);
  signal eqRho <== Eq(12)(rowsRho, yRows);
  signal eqTau <== Eq(12)(rowsTau, yRows);
  signal eqI[4];
  signal eqF[5];
  for (var k = 0; k < 4; k++) eqI[k] <== Eq(12)(pointI[k], yFeatures[k + 1]);
  for (var l = 0; l < 5; l++) eqF[l] <== Eq(12)(features[l], yFeatures[l]);

  // 3. Shard: X, the input of the lowest present layer, with weight p_l - p_(l-1) of the claims on In_l; Y.
  signal inputs[4];
  var inputSum = 0;
  for (var k = 0; k < 4; k++) {
    inputs[k] <== (p[k + 1] - p[k]) * weight[C_In(k + 1)];
    inputSum += inputs[k];
  }
  signal eqRhoF[4];
  for (var k = 0; k < 4; k++) eqRhoF[k] <== eqRho * eqF[k + 1];
  signal slotX <== SlotFactor(22)(shardOffset[SHARD_X()], high[0], 1);
  signal slotY <== SlotFactor(22)(shardOffset[SHARD_Y()], high[4], 1);
  signal xFeatures <== eqF[0] * inputSum;
  signal xAtR <== eqR * xFeatures;
  signal yAtRho <== eqRhoF[3] * weight[C_Y()];
  signal shardX <== slotX * xAtR;
  signal shardY <== slotY * yAtRho;
  shard <== shardX + shardY;

  // 4. Trace, hidden layers: A, V, m, R0, R1.
  signal slots[21];   // five of each hidden layer, then six
  signal terms[21];
  signal forward[4];
  signal forwardAtR[4];
  signal next[3];
  signal nextAtR[3];
  signal single[21];
  var traceSum = 0;
  for (var k = 0; k < 4; k++) {
    forward[k] <== eqI[k] * weight[C_forward(k + 1)];
    forwardAtR[k] <== eqR * forward[k];
  }
  for (var k = 0; k < 3; k++) {
    // A_l is In_(l+1)
    next[k] <== eqF[k + 1] * weight[C_In(k + 2)];
    nextAtR[k] <== eqR * next[k];
    var l = k + 1;
    var hiddenClaim[5] = [C_A(l), C_V(l), C_m(l), C_R0(l), C_R1(l)];
    var hiddenAt[5] = [T_A(l), T_V(l), T_m(l), T_R0(l), T_R1(l)];
    for (var i = 0; i < 5; i++) single[5 * k + i] <== eqRhoF[k] * weight[hiddenClaim[i]];
    var tensors[5] = [
      single[5 * k] + nextAtR[k] - 2 * FRACTION() * forwardAtR[k],
      single[5 * k + 1] + FRACTION() * forwardAtR[k],
      single[5 * k + 2],
      single[5 * k + 3] - forwardAtR[k],
      single[5 * k + 4] - LIMB() * forwardAtR[k]
    ];
    for (var i = 0; i < 5; i++) {
      slots[5 * k + i] <== SlotFactor(22)(traceOffset[hiddenAt[i]], high[k + 1], p[k + 1]);
      terms[5 * k + i] <== slots[5 * k + i] * tensors[i];
      traceSum += terms[5 * k + i];
    }
  }

  // 5. Trace, output layer: Q', U0, U1, G; the labelled logit L and the claim c of every row.
  signal labelledAtTau <== eqTau * weight[C_labelled()];
  var outputClaim[6] = [C_Q(), C_U0(), C_U1(), C_G(), C_L(), C_c()];
  var outputAt[6] = [T_Q(), T_U0(), T_U1(), T_G(), T_L(), T_c()];
  for (var i = 0; i < 6; i++) single[15 + i] <== (i < 4 ? eqRhoF[3] : eqRho) * weight[outputClaim[i]];
  var outputs[6] = [
    single[15] - FRACTION() * forwardAtR[3],
    single[16] - forwardAtR[3],
    single[17] - LIMB() * forwardAtR[3],
    single[18],
    single[19] + labelledAtTau,
    single[20]
  ];
  for (var i = 0; i < 6; i++) {
    slots[15 + i] <== SlotFactor(22)(traceOffset[outputAt[i]], i < 4 ? high[4] : highRows, 1);
    terms[15 + i] <== slots[15 + i] * outputs[i];
    traceSum += terms[15 + i];
  }

  // 6. Helper: a lookup group for each layer, the margins' lookup; then the table.
  signal helperSlots[5];
  signal helperTerms[5];
  signal helperLayers[4];
  var helperSum = 0;
  var helperAt[5] = [H_h(1), H_h(2), H_h(3), H_hQ(), H_hG()];
  var helperClaim[5] = [C_h(1), C_h(2), C_h(3), C_hQ(), C_hG()];
  for (var i = 0; i < 5; i++) {
    helperSlots[i] <== SlotFactor(22)(helperOffset[helperAt[i]], high[i < 4 ? i + 1 : 4], i < 3 ? p[i + 1] : 1);
    helperTerms[i] <== helperSlots[i] * weight[helperClaim[i]];
  }
  for (var k = 0; k < 4; k++) {
    helperLayers[k] <== eqRhoF[k] * (helperTerms[k] + (k == 3 ? helperTerms[4] : 0));
    helperSum += helperLayers[k];
  }
  component table = TableWeights();
  table.y <== y;
  table.point <== point;
  table.multiplicityOffset <== traceOffset[T_mult()];
  table.helperOffset <== helperOffset[H_g()];
  table.multiplicityWeight <== weight[C_mult()];
  table.helperWeight <== weight[C_g()];
  trace <== traceSum + table.trace;
  helper <== helperSum + table.helper;
}
