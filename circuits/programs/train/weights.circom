// SPDX-License-Identifier: GPL-3.0-or-later
pragma circom 2.2.0;

include "../../lib/multilinear.circom";
include "../../lib/numbers.circom";
include "../../lib/select.circom";
include "../../lib/sizes.circom";
include "../../lib/slots.circom";
include "../../generated/train.circom";
include "heads.circom";

/**
 * @title Train, weights of the model oracles
 * @notice The reduction's weights of parent and child at its point y: for each claim on W_l or b_l, rho^c times
 *   coefficient, slot factor and eq with the claimed point (design, sections 6.1 and 11.3). Layer l has index l - 1
 *   in arrays of 4 and l in arrays of 5.
 * @input p[5], logs[5], mask[5][12]: from ModelShape
 * @input modelOffset[8][26]: places, from ModelShape
 * @input mu: the weight of the biases
 * @input weight: powers of rho
 * @input y[26]: the reduction's point
 * @input featuresR[12], featuresRho[12]: r_i and rho_f, not masked
 * @output parent, child: their weights at y
 */
template TrainModelWeights() {
  signal input p[5];
  signal input logs[5];
  signal input mask[5][12];
  signal input modelOffset[MODEL_COUNT()][26];
  signal input mu;
  signal input weight[C_COUNT()];
  signal input y[26];
  signal input featuresR[12];
  signal input featuresRho[12];
  signal output parent;
  signal output child;

  // 1. The address seen as (j; i) of W_l and as i of b_l.
  var lowY[12];
  for (var t = 0; t < 12; t++) lowY[t] = y[t];
  signal biasY[4][12];
  signal rowsY[4][12];
  signal high[4][26];
  signal highBias[4][26];
  signal weightSlot[4];
  signal biasSlot[4];
  for (var k = 0; k < 4; k++) {
    biasY[k] <== Mask(12)(lowY, mask[k + 1]);
    rowsY[k] <== FromSize(26, 12, 12)(y, mask[k]);
    high[k] <== HighCoordinates(26)(y, logs[k] + logs[k + 1]);
    highBias[k] <== HighAboveMask(26, 12)(y, biasY[k]);
    weightSlot[k] <== SlotFactor(26)(modelOffset[MODEL_W(k + 1)], high[k], p[k + 1]);
    biasSlot[k] <== SlotFactor(26)(modelOffset[MODEL_b(k + 1)], highBias[k], p[k + 1]);
  }

  // 2. eq of the low coordinates with rho_f under the width of layer l - 1 and with r_i under that of layer l, which is i
  //    of b_l and j of W_(l+1); eq of i of W_l with both.
  signal columnsRhoPrefixes[13] <== EqPrefixes(12)(featuresRho, lowY);
  signal columnsRPrefixes[13] <== EqPrefixes(12)(featuresR, lowY);
  signal rowsRPrefixes[4][13];
  signal rowsRhoPrefixes[3][13];
  signal columnsRho[4];
  signal columnsR[4];
  signal rowsR[4];
  signal rowsRho[3];
  for (var k = 0; k < 4; k++) {
    columnsRho[k] <== AtSize(12)(columnsRhoPrefixes, mask[k]);
    columnsR[k] <== AtSize(12)(columnsRPrefixes, mask[k + 1]);
    rowsRPrefixes[k] <== EqPrefixes(12)(featuresR, rowsY[k]);
    rowsR[k] <== AtSize(12)(rowsRPrefixes[k], mask[k + 1]);
    if (k > 0) {
      rowsRhoPrefixes[k - 1] <== EqPrefixes(12)(featuresRho, rowsY[k]);
      rowsRho[k - 1] <== AtSize(12)(rowsRhoPrefixes[k - 1], mask[k + 1]);
    }
  }

  // 3. Claims on layer l: W(rho_f; r_i) from F1 and from the update, W(r_i; rho_f) from B1 of l - 1, b(r_i) from forward
  //    and update.
  signal eqWeight[4];
  signal atWeight[4];
  signal atBias[4];
  signal forward[4];
  signal update[4];
  signal backwardPresent[3];
  signal backwardColumns[3];
  signal backwardRows[3];
  signal backward[3];
  signal forwardBias[4];
  signal updateScaled[4];
  signal updateBias[4];
  var parentSum = 0;
  var childSum = 0;
  for (var k = 0; k < 4; k++) {
    eqWeight[k] <== columnsRho[k] * rowsR[k];
    atWeight[k] <== weightSlot[k] * eqWeight[k];
    atBias[k] <== biasSlot[k] * columnsR[k];
    forward[k] <== weight[C_W(k + 1)] * atWeight[k];
    update[k] <== weight[C_update(k + 1)] * atWeight[k];
    forwardBias[k] <== ACTIVATION() * weight[C_forward(k + 1)] * atBias[k];
    updateScaled[k] <== mu * weight[C_update(k + 1)];
    updateBias[k] <== updateScaled[k] * atBias[k];
    if (k > 0) {
      backwardPresent[k - 1] <== p[k] * weight[C_nextW(k)];
      backwardColumns[k - 1] <== backwardPresent[k - 1] * columnsR[k - 1];
      backwardRows[k - 1] <== backwardColumns[k - 1] * rowsRho[k - 1];
      backward[k - 1] <== backwardRows[k - 1] * weightSlot[k];
      parentSum += backward[k - 1];
    }
    parentSum += forward[k] - update[k] + forwardBias[k] - updateBias[k];
    childSum += update[k] + updateBias[k];
  }
  parent <== parentSum;
  child <== childSum;
}

/**
 * @title Train, weights of the shard
 * @notice The reduction's weight of the shard at its point y: X, the input of the lowest present layer, at (rho_f; zeta), Y
 *   at (rho_f; rho_s). Neither depends on the pass, so of a row point only the coordinates of one pass count.
 * @input p[5], logs[5], mask[5][12]: from ModelShape
 * @input rowMask[12]: of the rows of the segment
 * @input shardOffset: offsets, assumed bits
 * @input weight: powers of rho
 * @input y[26]: the reduction's point
 * @input rowsRho[15], rowsZeta[15]: eq of y's low coordinates with both row points, for every number of coordinates up to
 *   that of the trace's rows
 * @input featuresRho[12]: rho_f, not masked
 * @output out: the weight at y
 */
template TrainShardWeight() {
  signal input p[5];
  signal input logs[5];
  signal input mask[5][12];
  signal input rowMask[12];
  signal input shardOffset[SHARD_COUNT()][26];
  signal input weight[C_COUNT()];
  signal input y[26];
  signal input rowsRho[15];
  signal input rowsZeta[15];
  signal input featuresRho[12];
  signal output out;

  var rowLog = 0;
  var onePassRho[13];
  var onePassZeta[13];
  for (var t = 0; t < 12; t++) rowLog += rowMask[t];
  for (var t = 0; t < 13; t++) {
    onePassRho[t] = rowsRho[t];
    onePassZeta[t] = rowsZeta[t];
  }
  signal eqRho <== AtSize(12)(onePassRho, rowMask);
  signal eqZeta <== AtSize(12)(onePassZeta, rowMask);
  signal featuresY[12] <== FromSize(26, 12, 12)(y, rowMask);
  signal prefixes[13] <== EqPrefixes(12)(featuresRho, featuresY);
  signal eqX <== AtSize(12)(prefixes, mask[0]);
  signal eqY <== AtSize(12)(prefixes, mask[4]);
  signal highX[26] <== HighCoordinates(26)(y, rowLog + logs[0]);
  signal highY[26] <== HighCoordinates(26)(y, rowLog + logs[4]);
  signal slotX <== SlotFactor(26)(shardOffset[SHARD_X()], highX, 1);
  signal slotY <== SlotFactor(26)(shardOffset[SHARD_Y()], highY, 1);

  signal inputs[4];
  var inputSum = 0;
  for (var k = 0; k < 4; k++) {
    inputs[k] <== (p[k + 1] - p[k]) * weight[C_zIn(k + 1)];
    inputSum += inputs[k];
  }
  signal xFeatures <== eqX * inputSum;
  signal xPoint <== eqZeta * xFeatures;
  signal yFeatures <== eqY * weight[C_Y()];
  signal yPoint <== eqRho * yFeatures;
  signal shardX <== slotX * xPoint;
  signal shardY <== slotY * yPoint;
  out <== shardX + shardY;
}

/**
 * @title Train, weights of trace and helper
 * @notice The reduction's weights of trace and helper, but for the lookup tables, at its point y (design, sections 6.1,
 *   11.3, 11.4). Row points are r_s, rho_s and zeta; feature points r_i and rho_f. Layer l has index l - 1 in arrays of 4 and
 *   l in arrays of 5; hidden layer h has index h - 1 in arrays of 3.
 * @input p[5], logs[5], mask[5][12], softmax, sigmoid: from ModelShape
 * @input rowsMask[14]: of the rows of all passes
 * @input traceOffset, helperOffset: offsets, assumed bits
 * @input weight: powers of rho
 * @input y[26]: the reduction's point
 * @input rowsY[14]: the row coordinates of y, masked
 * @input eqR, eqRho, eqZeta: eq of y's row coordinates with the row points
 * @input featuresR[12], featuresRho[12]: r_i and rho_f, not masked
 * @output trace, helper: their weights at y
 */
template TrainRowWeights() {
  signal input p[5];
  signal input logs[5];
  signal input mask[5][12];
  signal input softmax;
  signal input sigmoid;
  signal input rowsMask[14];
  signal input traceOffset[T_COUNT()][26];
  signal input helperOffset[H_COUNT()][26];
  signal input weight[C_COUNT()];
  signal input y[26];
  signal input rowsY[14];
  signal input eqR;
  signal input eqRho;
  signal input eqZeta;
  signal input featuresR[12];
  signal input featuresRho[12];
  signal output trace;
  signal output helper;

  // 1. eq of the address's features with r_i and rho_f under every width, 0 for an absent layer; with a row point each.
  var rowsLog = 0;
  for (var t = 0; t < 14; t++) rowsLog += rowsMask[t];
  signal featuresY[12] <== FromSize(26, 14, 12)(y, rowsMask);
  signal prefixesR[13] <== EqPrefixes(12)(featuresR, featuresY);
  signal prefixesRho[13] <== EqPrefixes(12)(featuresRho, featuresY);
  signal high[4][26];
  signal widthR[4];
  signal widthRho[4];
  signal eqI[4];
  signal eqF[4];
  signal rAtI[4];
  signal rhoAtF[4];
  signal zetaAtI[4];
  signal zetaAtF[4];
  for (var k = 0; k < 4; k++) {
    high[k] <== HighCoordinates(26)(y, rowsLog + logs[k + 1]);
    widthR[k] <== AtSize(12)(prefixesR, mask[k + 1]);
    widthRho[k] <== AtSize(12)(prefixesRho, mask[k + 1]);
    eqI[k] <== p[k + 1] * widthR[k];
    eqF[k] <== p[k + 1] * widthRho[k];
    rAtI[k] <== eqR * eqI[k];
    rhoAtF[k] <== eqRho * eqF[k];
    zetaAtI[k] <== eqZeta * eqI[k];
    zetaAtF[k] <== eqZeta * eqF[k];
  }

  // 2. Slots: nine of each hidden layer (A, V, m, D, T, R0, R1, S0, S1), then those of the output (Q, U0, U1, D_4).
  var place[31] = [T_A(1), T_V(1), T_m(1), T_D(1), T_T(1), T_R0(1), T_R1(1), T_S0(1), T_S1(1),
    T_A(2), T_V(2), T_m(2), T_D(2), T_T(2), T_R0(2), T_R1(2), T_S0(2), T_S1(2),
    T_A(3), T_V(3), T_m(3), T_D(3), T_T(3), T_R0(3), T_R1(3), T_S0(3), T_S1(3), T_Q(), T_U0(), T_U1(), T_D4()];
  var claim[31] = [C_A(1), C_V(1), C_m(1), C_D(1), C_T(1), C_R0(1), C_R1(1), C_S0(1), C_S1(1),
    C_A(2), C_V(2), C_m(2), C_D(2), C_T(2), C_R0(2), C_R1(2), C_S0(2), C_S1(2),
    C_A(3), C_V(3), C_m(3), C_D(3), C_T(3), C_R0(3), C_R1(3), C_S0(3), C_S1(3), C_Q(), C_U0(), C_U1(), C_D4()];
  signal slots[31];
  signal single[31];
  var singles[4] = [0, 0, 0, 0];
  for (var i = 0; i < 31; i++) {
    slots[i] <== SlotFactor(26)(traceOffset[place[i]], high[i \ 9], 1);
    single[i] <== slots[i] * weight[claim[i]];
    singles[i \ 9] += single[i];
  }

  // 3. Trace: every tensor at (rho_f; rho_s); forward and backward relations at (r_i; r_s); A_l, which is In_(l+1), and D_l
  //    at zeta with both feature points, D_l at (rho_f; zeta) only where layer l - 1 is present.
  signal atRho[4];
  signal forwardAtR[4];
  signal backwardAtR[3];
  signal forward[4];
  signal backward[3];
  signal inputF[3];
  signal inputI[3];
  signal deltaI[4];
  signal deltaPresent[3];
  signal deltaF[3];
  signal atZetaF[4];
  signal atZetaI[4];
  var traceSum = 0;
  for (var k = 0; k < 4; k++) {
    var l = k + 1;
    var A = 9 * k;
    var delta = k < 3 ? slots[9 * k + 3] : slots[30];
    var rounded = k < 3 ? 2 * FRACTION() * slots[A] - FRACTION() * slots[A + 1] + slots[A + 5] + LIMB() * slots[A + 6]
      : FRACTION() * slots[27] + slots[28] + LIMB() * slots[29];
    atRho[k] <== rhoAtF[k] * singles[k];
    forwardAtR[k] <== weight[C_forward(l)] * rAtI[k];
    forward[k] <== forwardAtR[k] * rounded;
    deltaI[k] <== delta * weight[C_zDAtI(l)];
    var onZetaF = 0;
    var onZetaI = deltaI[k];
    if (k > 0) {
      deltaPresent[k - 1] <== p[k] * weight[C_zNextD(k)];
      deltaF[k - 1] <== delta * deltaPresent[k - 1];
      onZetaF += deltaF[k - 1];
    }
    if (k < 3) {
      backwardAtR[k] <== weight[C_backward(l)] * rAtI[k];
      backward[k] <== backwardAtR[k] * (FRACTION() * slots[A + 4] + slots[A + 7] + LIMB() * slots[A + 8]);
      inputF[k] <== slots[A] * weight[C_zIn(l + 1)];
      inputI[k] <== slots[A] * weight[C_zNextIn(l)];
      onZetaF += inputF[k];
      onZetaI += inputI[k];
      traceSum += backward[k];
    }
    atZetaF[k] <== zetaAtF[k] * onZetaF;
    atZetaI[k] <== zetaAtI[k] * onZetaI;
    traceSum += atRho[k] - forward[k] + atZetaF[k] + atZetaI[k];
  }

  // 4. Helper: two lookup groups for each hidden layer, one for the output; the heads' slots in both.
  var helperPlace[7] = [H_hA(1), H_hB(1), H_hA(2), H_hB(2), H_hA(3), H_hB(3), H_hQ()];
  var helperClaim[7] = [C_hA(1), C_hB(1), C_hA(2), C_hB(2), C_hA(3), C_hB(3), C_hQ()];
  signal helperSlots[7];
  signal helperTerms[7];
  signal helperLayers[4];
  var helperOf[4] = [0, 0, 0, 0];
  var helperSum = 0;
  for (var i = 0; i < 7; i++) {
    helperSlots[i] <== SlotFactor(26)(helperOffset[helperPlace[i]], high[i \ 2], 1);
    helperTerms[i] <== helperSlots[i] * weight[helperClaim[i]];
    helperOf[i \ 2] += helperTerms[i];
  }
  for (var k = 0; k < 4; k++) {
    helperLayers[k] <== rhoAtF[k] * helperOf[k];
    helperSum += helperLayers[k];
  }
  signal highRows[26] <== HighAboveMask(26, 14)(y, rowsY);
  signal traceHeads;
  signal helperHeads;
  (traceHeads, helperHeads) <== TrainHeadWeights()(softmax, sigmoid, traceOffset, helperOffset, weight, high[3], highRows,
    eqR, eqRho, rhoAtF[3]);
  trace <== traceSum + traceHeads;
  helper <== helperSum + helperHeads;
}
