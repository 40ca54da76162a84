// SPDX-License-Identifier: GPL-3.0-or-later
pragma circom 2.2.0;

include "../../lib/multilinear.circom";
include "../../lib/numbers.circom";
include "../../lib/sizes.circom";
include "../../lib/slots.circom";
include "../../generated/train.circom";

/**
 * @title Train, weights of the model oracles
 * @notice The reduction's weights of parent and child at its point y: for each claim on W_l or b_l, rho^c times
 *   coefficient, slot factor and eq with the claimed point (design, sections 6.1 and 11.3). Layer l has index l - 1
 *   in arrays of 4 and l in arrays of 5.
 * @input p[5], logs[5], mask[5][12]: from ModelShape
 * @input modelOffset: offsets, assumed bits
 * @input mu: the weight of the biases
 * @input weight: powers of rho
 * @input y[22]: the reduction's point
 * @input pointI[4][12]: r_i masked by the widths of layers 1..4
 * @input pointJ[4][12]: r_j masked by the widths of layers 0..3
 * @input features[5][12]: rho_f masked
 * @output parent, child: their weights at y
 */
template TrainModelWeights() {
  signal input p[5];
  signal input logs[5];
  signal input mask[5][12];
  signal input modelOffset[MODEL_COUNT()][22];
  signal input mu;
  signal input weight[C_COUNT()];
  signal input y[22];
  signal input pointI[4][12];
  signal input pointJ[4][12];
  signal input features[5][12];
  signal output parent;
  signal output child;

  // 1. The address seen as (j; i) of W_l and as i of b_l.
  var lowY[12];
  for (var t = 0; t < 12; t++) lowY[t] = y[t];
  signal yLow[5][12];
  for (var l = 0; l < 5; l++) yLow[l] <== Mask(12)(lowY, mask[l]);
  signal shifted[4][12];
  signal yHigh[4][12];
  signal slotSize[4];
  signal high[4][22];
  signal highBias[4][22];
  signal weightSlot[4];
  signal biasSlot[4];
  for (var k = 0; k < 4; k++) {
    shifted[k] <== Shift(22, 12)(y, mask[k]);
    yHigh[k] <== Mask(12)(shifted[k], mask[k + 1]);
    // an absent slot counts as size 1, or a wide input would make it overflow the address
    slotSize[k] <== p[k + 1] * (logs[k] + logs[k + 1]);
    high[k] <== HighCoordinates(22)(y, slotSize[k]);
    highBias[k] <== HighAboveMask(22, 12)(y, yLow[k + 1]);
    weightSlot[k] <== SlotFactor(22)(modelOffset[MODEL_W(k + 1)], high[k], p[k + 1]);
    biasSlot[k] <== SlotFactor(22)(modelOffset[MODEL_b(k + 1)], highBias[k], p[k + 1]);
  }

  // 2. eq with j at rho_f and r_j, with i at r_i and rho_f, and with i of the bias at r_i.
  signal columnsRho[4];
  signal columnsJ[4];
  signal rowsI[4];
  signal rowsRho[3];
  signal biasI[4];
  for (var k = 0; k < 4; k++) {
    columnsRho[k] <== Eq(12)(features[k], yLow[k]);
    columnsJ[k] <== Eq(12)(pointJ[k], yLow[k]);
    rowsI[k] <== Eq(12)(pointI[k], yHigh[k]);
    if (k > 0) rowsRho[k - 1] <== Eq(12)(features[k + 1], yHigh[k]);
    biasI[k] <== Eq(12)(pointI[k], yLow[k + 1]);
  }

  // 3. Claims on layer l: W(rho_f; r_i) from F1, W(r_j; rho_f) from B1 of l - 1, the update, the forward bias.
  signal forward[4];
  signal updateAt[4];
  signal forwardAndUpdate[4];
  signal updateChild[4];
  signal backwardPresent[3];
  signal backwardColumns[3];
  signal backward[3];
  signal updateBias[4];
  signal biasParent[4];
  signal biasChild[4];
  signal terms[4][4];
  var parentSum = 0;
  var childSum = 0;
  for (var k = 0; k < 4; k++) {
    forward[k] <== weight[C_W(k + 1)] * columnsRho[k];
    updateAt[k] <== weight[C_update(k + 1)] * columnsJ[k];
    forwardAndUpdate[k] <== (forward[k] - updateAt[k]) * rowsI[k];
    updateChild[k] <== updateAt[k] * rowsI[k];
    if (k > 0) {
      backwardPresent[k - 1] <== weight[C_nextW(k)] * p[k];
      backwardColumns[k - 1] <== backwardPresent[k - 1] * columnsJ[k];
      backward[k - 1] <== backwardColumns[k - 1] * rowsRho[k - 1];
    }
    updateBias[k] <== mu * weight[C_update(k + 1)];
    biasParent[k] <== (ACTIVATION() * weight[C_forward(k + 1)] - updateBias[k]) * biasI[k];
    biasChild[k] <== updateBias[k] * biasI[k];
    terms[k][0] <== weightSlot[k] * (forwardAndUpdate[k] + (k > 0 ? backward[k - 1] : 0));
    terms[k][1] <== biasSlot[k] * biasParent[k];
    terms[k][2] <== weightSlot[k] * updateChild[k];
    terms[k][3] <== biasSlot[k] * biasChild[k];
    parentSum += terms[k][0] + terms[k][1];
    childSum += terms[k][2] + terms[k][3];
  }
  parent <== parentSum;
  child <== childSum;
}

/**
 * @title Train, weights of the row oracles
 * @notice The reduction's weights of shard, trace and helper at its point y (design, sections 6.1, 11.3, 11.4).
 *   Row points are r_s, rho_s and zeta; feature points r_i, r_j and rho_f. Layer l has index l - 1 in arrays of 4 and
 *   l in arrays of 5; hidden layer h has index h - 1 in arrays of 3.
 * @input p[5], logs[5], mask[5][12]: from ModelShape
 * @input rowMask[12]: of the rows of the segment
 * @input shardOffset, traceOffset, helperOffset: offsets, assumed bits
 * @input weight: powers of rho
 * @input y[22]: the reduction's point
 * @input tablePoint[14]: the low coordinates of batch 1's point
 * @input rowsR[12], rowsRho[12], rowsZeta[12]: row points, masked
 * @input pointI[4][12]: r_i masked by the widths of layers 1..4
 * @input pointJ[4][12]: r_j masked by the widths of layers 0..3
 * @input features[5][12]: rho_f masked
 * @output shard, trace, helper: their weights at y
 */
template TrainRowWeights() {
  signal input p[5];
  signal input logs[5];
  signal input mask[5][12];
  signal input rowMask[12];
  signal input shardOffset[SHARD_COUNT()][22];
  signal input traceOffset[T_COUNT()][22];
  signal input helperOffset[H_COUNT()][22];
  signal input weight[C_COUNT()];
  signal input y[22];
  signal input tablePoint[14];
  signal input rowsR[12];
  signal input rowsRho[12];
  signal input rowsZeta[12];
  signal input pointI[4][12];
  signal input pointJ[4][12];
  signal input features[5][12];
  signal output shard;
  signal output trace;
  signal output helper;

  // 1. The address seen as (row; feature).
  var lowY[12];
  var tableY[14];
  var rowLog = 0;
  for (var t = 0; t < 12; t++) {
    lowY[t] = y[t];
    rowLog += rowMask[t];
  }
  for (var t = 0; t < 14; t++) tableY[t] = y[t];
  signal yRows[12] <== Mask(12)(lowY, rowMask);
  signal shifted[12] <== Shift(22, 12)(y, rowMask);
  signal yFeatures[5][12];
  signal high[5][22];
  for (var l = 0; l < 5; l++) {
    yFeatures[l] <== Mask(12)(shifted, mask[l]);
    high[l] <== HighCoordinates(22)(y, rowLog + logs[l]);
  }
  signal highTable[22] <== HighAboveTable()(y);

  // 2. eq of rows and of features with each claimed point.
  signal eqR <== Eq(12)(rowsR, yRows);
  signal eqRho <== Eq(12)(rowsRho, yRows);
  signal eqZeta <== Eq(12)(rowsZeta, yRows);
  signal eqTable <== Eq(14)(tablePoint, tableY);
  signal eqI[4];
  signal eqJ[4];
  signal eqF[5];
  for (var k = 0; k < 4; k++) {
    eqI[k] <== Eq(12)(pointI[k], yFeatures[k + 1]);
    eqJ[k] <== Eq(12)(pointJ[k], yFeatures[k]);
  }
  for (var l = 0; l < 5; l++) eqF[l] <== Eq(12)(features[l], yFeatures[l]);

  // 3. X, the input of the lowest present layer: weight p_l - p_(l-1) of the claims on In_l.
  signal inputs[4][4];   // by claim: at (r_s; rho_f), (rho_s; rho_f), (rho_s; r_j), (zeta; rho_f)
  var inputSum[4];
  for (var c = 0; c < 4; c++) {
    inputSum[c] = 0;
    for (var k = 0; k < 4; k++) {
      var inputClaim[4] = [C_InAtR(k + 1), C_In(k + 1), C_InAtJ(k + 1), C_P(k + 1)];
      inputs[c][k] <== (p[k + 1] - p[k]) * weight[inputClaim[c]];
      inputSum[c] += inputs[c][k];
    }
  }
  signal xAtR <== eqF[0] * inputSum[0];
  signal xAtRho <== eqF[0] * inputSum[1];
  signal xAtJ <== eqJ[0] * inputSum[2];
  signal xAtZeta <== eqF[0] * inputSum[3];
  signal xSum <== InnerProduct(3)([eqR, eqRho, eqZeta], [xAtR, xAtRho + xAtJ, xAtZeta]);

  // 4. D_l: at (rho_s; r_i) and (rho_s; rho_f), and for B1, B2 of layer l - 1 at (r_s; rho_f) and (zeta; rho_f).
  signal deltaI[4];
  signal deltaRho[4];
  signal deltaPresent[3][2];
  signal deltaR[3];
  signal deltaZeta[3];
  signal deltaAtRho[4];
  signal deltaAtR[3];
  signal deltaAtZeta[3];
  var delta[4];
  var deltaClaim[4] = [C_D(1), C_D(2), C_D(3), C_D4()];
  for (var k = 0; k < 4; k++) {
    deltaI[k] <== weight[C_DAtI(k + 1)] * eqI[k];
    deltaRho[k] <== weight[deltaClaim[k]] * eqF[k + 1];
    deltaAtRho[k] <== eqRho * (deltaI[k] + deltaRho[k]);
    delta[k] = deltaAtRho[k];
    if (k > 0) {
      deltaPresent[k - 1][0] <== p[k] * weight[C_nextD(k)];
      deltaPresent[k - 1][1] <== p[k] * weight[C_nextP(k)];
      deltaR[k - 1] <== deltaPresent[k - 1][0] * eqF[k + 1];
      deltaZeta[k - 1] <== deltaPresent[k - 1][1] * eqF[k + 1];
      deltaAtR[k - 1] <== eqR * deltaR[k - 1];
      deltaAtZeta[k - 1] <== eqZeta * deltaZeta[k - 1];
      delta[k] += deltaAtR[k - 1] + deltaAtZeta[k - 1];
    }
  }

  // 5. Shard: X, and Y as part of D_4 = q (Q' - 2^13 - Y).
  signal slotX <== SlotFactor(22)(shardOffset[SHARD_X()], high[0], 1);
  signal slotY <== SlotFactor(22)(shardOffset[SHARD_Y()], high[4], 1);
  signal shardX <== slotX * xSum;
  signal shardY <== slotY * (DELTA_SCALE() * delta[3]);
  shard <== shardX - shardY;

  // 6. Trace, hidden layers: A, V, m, D, T', R0, R1, S0, S1.
  signal slots[31];   // nine of each hidden layer, three of the output, mult
  signal forward[4];
  signal forwardAtR[4];
  signal backward[3];
  signal backwardAtR[3];
  signal inputR[3];
  signal inputRho[3];
  signal inputJ[3];
  signal inputZeta[3];
  signal inputAtR[3];
  signal inputAtRho[3];
  signal inputAtZeta[3];
  signal eqRhoF[4];
  signal single[3][7];
  signal terms[31];
  var traceSum = 0;
  for (var k = 0; k < 4; k++) {
    eqRhoF[k] <== eqRho * eqF[k + 1];
    forward[k] <== eqI[k] * weight[C_forward(k + 1)];
    forwardAtR[k] <== eqR * forward[k];
  }
  for (var k = 0; k < 3; k++) {
    backward[k] <== eqJ[k + 1] * weight[C_backward(k + 1)];
    backwardAtR[k] <== eqR * backward[k];
    // A_l is In_(l+1)
    inputR[k] <== eqF[k + 1] * weight[C_InAtR(k + 2)];
    inputRho[k] <== eqF[k + 1] * weight[C_In(k + 2)];
    inputJ[k] <== eqJ[k + 1] * weight[C_InAtJ(k + 2)];
    inputZeta[k] <== eqF[k + 1] * weight[C_P(k + 2)];
    inputAtR[k] <== eqR * inputR[k];
    inputAtRho[k] <== eqRho * (inputRho[k] + inputJ[k]);
    inputAtZeta[k] <== eqZeta * inputZeta[k];
    var l = k + 1;
    var singleClaim[7] = [C_V(l), C_m(l), C_T(l), C_R0(l), C_R1(l), C_S0(l), C_S1(l)];
    var hiddenAt[9] = [T_A(l), T_V(l), T_m(l), T_D(l), T_T(l), T_R0(l), T_R1(l), T_S0(l), T_S1(l)];
    for (var i = 0; i < 7; i++) single[k][i] <== eqRhoF[k] * weight[singleClaim[i]];
    var tensors[9] = [
      inputAtR[k] + inputAtRho[k] + inputAtZeta[k] - 2 * FRACTION() * forwardAtR[k],
      single[k][0] + FRACTION() * forwardAtR[k],
      single[k][1],
      delta[k],
      single[k][2] + FRACTION() * backwardAtR[k],
      single[k][3] - forwardAtR[k],
      single[k][4] - LIMB() * forwardAtR[k],
      single[k][5] + backwardAtR[k],
      single[k][6] + LIMB() * backwardAtR[k]
    ];
    for (var i = 0; i < 9; i++) {
      slots[9 * k + i] <== SlotFactor(22)(traceOffset[hiddenAt[i]], high[k + 1], p[k + 1]);
      terms[9 * k + i] <== slots[9 * k + i] * tensors[i];
      traceSum += terms[9 * k + i];
    }
  }

  // 7. Trace, output layer: Q', U0, U1; then the multiplicities.
  signal logits[3];
  var outputClaim[3] = [C_Q(), C_U0(), C_U1()];
  var outputAt[3] = [T_Q(), T_U0(), T_U1()];
  for (var i = 0; i < 3; i++) logits[i] <== eqRhoF[3] * weight[outputClaim[i]];
  var outputs[3] = [
    logits[0] + DELTA_SCALE() * delta[3] - FRACTION() * forwardAtR[3],
    logits[1] - forwardAtR[3],
    logits[2] - LIMB() * forwardAtR[3]
  ];
  for (var i = 0; i < 3; i++) {
    slots[27 + i] <== SlotFactor(22)(traceOffset[outputAt[i]], high[4], 1);
    terms[27 + i] <== slots[27 + i] * outputs[i];
    traceSum += terms[27 + i];
  }
  slots[30] <== SlotFactor(22)(traceOffset[T_mult()], highTable, 1);
  signal multiplicity <== eqTable * weight[C_mult()];
  terms[30] <== slots[30] * multiplicity;
  trace <== traceSum + terms[30];

  // 8. Helper: two lookup groups for each hidden layer, one for the output, the table.
  signal helperSlots[8];
  signal helperTerms[8];
  signal helperLayers[5];
  var helperAt[7] = [H_hA(1), H_hB(1), H_hA(2), H_hB(2), H_hA(3), H_hB(3), H_hQ()];
  var helperClaim[7] = [C_hA(1), C_hB(1), C_hA(2), C_hB(2), C_hA(3), C_hB(3), C_hQ()];
  for (var i = 0; i < 7; i++) {
    helperSlots[i] <== SlotFactor(22)(helperOffset[helperAt[i]], high[i \ 2 + 1], p[i \ 2 + 1]);
    helperTerms[i] <== helperSlots[i] * weight[helperClaim[i]];
  }
  helperSlots[7] <== SlotFactor(22)(helperOffset[H_g()], highTable, 1);
  helperTerms[7] <== helperSlots[7] * weight[C_g()];
  for (var k = 0; k < 3; k++) helperLayers[k] <== eqRhoF[k] * (helperTerms[2 * k] + helperTerms[2 * k + 1]);
  helperLayers[3] <== eqRhoF[3] * helperTerms[6];
  helperLayers[4] <== eqTable * helperTerms[7];
  helper <== helperLayers[0] + helperLayers[1] + helperLayers[2] + helperLayers[3] + helperLayers[4];
}
