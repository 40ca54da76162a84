// SPDX-License-Identifier: GPL-3.0-or-later
pragma circom 2.2.0;

include "../../lib/multilinear.circom";
include "../../lib/numbers.circom";
include "../../lib/select.circom";
include "../../lib/sizes.circom";
include "../../lib/slots.circom";
include "../../generated/score.circom";

/**
 * @title Score, weights of the row oracles
 * @notice The reduction's weights of shard, trace and helper at its point y (design, sections 6.1, 11.3, 11.4). Row points
 *   are r_s and rho_s, feature points r_i and rho_f. Layer l has index l - 1 in arrays of 4 and l in arrays of 5; hidden
 *   layer h has index h - 1 in arrays of 3.
 * @input p[5], logs[5], mask[5][12]: from ModelShape
 * @input softmax, sigmoid: s1, s2; assumed bits of which at most one is 1
 * @input rowMask[12], rowLog: of the rows of the shard
 * @input shardOffset, traceOffset, helperOffset: offsets, assumed bits
 * @input weight: powers of rho
 * @input y[26]: the reduction's point
 * @input squares: x^(2^t)
 * @input rowsR[12], rowsRho[12]: row points, masked
 * @input featuresR[12], featuresRho[12]: r_i and rho_f, not masked
 * @output shard, trace, helper: their weights at y, without the tables'
 */
template ScoreRowWeights() {
  signal input p[5];
  signal input logs[5];
  signal input mask[5][12];
  signal input softmax;
  signal input sigmoid;
  signal input rowMask[12];
  signal input rowLog;
  signal input shardOffset[SHARD_COUNT()][26];
  signal input traceOffset[T_COUNT()][26];
  signal input helperOffset[H_COUNT()][26];
  signal input weight[C_COUNT()];
  signal input y[26];
  signal input squares[Q_COUNT()];
  signal input rowsR[12];
  signal input rowsRho[12];
  signal input featuresR[12];
  signal input featuresRho[12];
  signal output shard;
  signal output trace;
  signal output helper;

  // 1. The address seen as (row; feature): eq with every point, of features under every width; those of layers 1..4
  //    are 0 where the layer is absent.
  var lowY[12];
  for (var t = 0; t < 12; t++) lowY[t] = y[t];
  signal rowsY[12] <== Mask(12)(lowY, rowMask);
  signal highRows[26] <== HighAboveMask(26, 12)(y, rowsY);
  signal featuresY[12] <== FromSize(26, 12, 12)(y, rowMask);
  signal prefixesR[13] <== EqPrefixes(12)(featuresR, featuresY);
  signal prefixesRho[13] <== EqPrefixes(12)(featuresRho, featuresY);
  signal eqR <== Eq(12)(rowsR, rowsY);
  signal eqRho <== Eq(12)(rowsRho, rowsY);
  signal high[5][26];
  signal widthR[4];
  signal widthRho[5];
  signal eqI[4];
  signal eqF[4];
  signal rAtI[4];
  signal rAtF[4];
  signal rhoAtF[4];
  for (var l = 0; l < 5; l++) {
    high[l] <== HighCoordinates(26)(y, rowLog + logs[l]);
    widthRho[l] <== AtSize(12)(prefixesRho, mask[l]);
  }
  for (var k = 0; k < 4; k++) {
    widthR[k] <== AtSize(12)(prefixesR, mask[k + 1]);
    eqI[k] <== p[k + 1] * widthR[k];
    eqF[k] <== p[k + 1] * widthRho[k + 1];
    rAtI[k] <== eqR * eqI[k];
    rAtF[k] <== eqR * eqF[k];
    rhoAtF[k] <== eqRho * eqF[k];
  }

  // 2. The features' powers of x, low ones for P, high ones for Y.
  var lowSquares[12];
  var highSquares[12];
  for (var t = 0; t < 12; t++) {
    lowSquares[t] = squares[Q_rs() + t];
    highSquares[t] = squares[Q_ri() + t];
  }
  signal lowPowers[13] <== PowerPrefixes(12)(featuresY, lowSquares);
  signal highPowers[13] <== PowerPrefixes(12)(featuresY, highSquares);
  signal lowPower <== AtSize(12)(lowPowers, mask[4]);
  signal highPower <== AtSize(12)(highPowers, mask[4]);

  // 3. Shard: X, the input of the lowest present layer, with weight p_l - p_(l-1) of the claims on In_l; Y,
  //    at rho_f and with powers of x.
  signal inputs[4];
  var inputSum = 0;
  for (var k = 0; k < 4; k++) {
    inputs[k] <== (p[k + 1] - p[k]) * weight[C_In(k + 1)];
    inputSum += inputs[k];
  }
  signal slotX <== SlotFactor(26)(shardOffset[SHARD_X()], high[0], 1);
  signal slotY <== SlotFactor(26)(shardOffset[SHARD_Y()], high[4], 1);
  signal xFeatures <== widthRho[0] * inputSum;
  signal xAtR <== eqR * xFeatures;
  signal yAtRho <== rhoAtF[3] * weight[C_Y()];
  signal yPowers <== highPower * weight[C_Yx()];
  signal yAtX <== eqRho * yPowers;
  signal shardX <== slotX * xAtR;
  signal shardY <== slotY * (yAtRho + yAtX);
  shard <== shardX + shardY;

  // 4. Slots: five of each hidden layer (A, V, m, R0, R1), then those of the size of Q, the last of them with a head by table
  //    alone, and those of the rows, the last two of them with softmax alone.
  var place[32] = [T_A(1), T_V(1), T_m(1), T_R0(1), T_R1(1), T_A(2), T_V(2), T_m(2), T_R0(2), T_R1(2), T_A(3), T_V(3),
    T_m(3), T_R0(3), T_R1(3), T_Q(), T_U0(), T_U1(), T_B(), T_G(), T_P(), T_K(), T_E(), T_L(), T_N(), T_c(), T_t(), T_H(),
    T_p(), T_LP(), T_Z(), T_S()];
  var claim[32] = [C_A(1), C_V(1), C_m(1), C_R0(1), C_R1(1), C_A(2), C_V(2), C_m(2), C_R0(2), C_R1(2), C_A(3), C_V(3),
    C_m(3), C_R0(3), C_R1(3), C_Q(), C_U0(), C_U1(), C_B(), C_G(), C_P(), C_K(), C_E(), C_L(), C_N(), C_c(), C_t(), C_H(),
    C_p(), C_LP(), C_Z(), C_S()];
  signal slots[32];
  signal single[32];
  var singles[5] = [0, 0, 0, 0, 0];
  for (var i = 0; i < 32; i++) {
    var group = i < 15 ? i \ 5 : (i < 23 ? 3 : 4);
    slots[i] <== SlotFactor(26)(traceOffset[place[i]], group < 4 ? high[group + 1] : highRows,
      i == 22 ? softmax + sigmoid : (i < 30 ? 1 : softmax));
    single[i] <== slots[i] * weight[claim[i]];
    singles[group] += single[i];
  }

  // 5. Trace: every tensor at (rho_f; rho_s), A_l, which is In_(l+1), also at (rho_f; r_s), forward relations at (r_i; r_s);
  //    at r_s L, LP and, with B, P and E summed over the classes, N, p and S; P at rho_s with powers of x.
  signal atRho[5];
  signal forwardAtR[4];
  signal forward[4];
  signal next[3];
  signal nextAtR[3];
  var traceSum = 0;
  for (var k = 0; k < 4; k++) {
    var A = 5 * k;
    var rounded = k < 3 ? 2 * FRACTION() * slots[A] - FRACTION() * slots[A + 1] + slots[A + 3] + LIMB() * slots[A + 4]
      : FRACTION() * slots[15] + slots[16] + LIMB() * slots[17];
    atRho[k] <== rhoAtF[k] * singles[k];
    forwardAtR[k] <== weight[C_forward(k + 1)] * rAtI[k];
    forward[k] <== forwardAtR[k] * rounded;
    traceSum += atRho[k] - forward[k];
    if (k < 3) {
      next[k] <== slots[A] * weight[C_In(k + 2)];
      nextAtR[k] <== rAtF[k] * next[k];
      traceSum += nextAtR[k];
    }
  }
  atRho[4] <== eqRho * singles[4];
  signal labelled <== slots[23] * weight[C_labelled()];
  signal predicted <== slots[29] * weight[C_predicted()];
  signal below <== (slots[18] - slots[24]) * weight[C_below()];
  signal predictedSum <== (slots[20] - slots[28]) * weight[C_predictedSum()];
  signal powers <== softmax * slots[22];
  signal total <== (powers + slots[31]) * weight[C_total()];
  signal rowsAtR <== eqR * (labelled + predicted + below + predictedSum + total);
  signal predictedAtX <== slots[20] * weight[C_Px()];
  signal predictedPowers <== lowPower * predictedAtX;
  signal atX <== eqRho * predictedPowers;
  trace <== traceSum + atRho[4] + rowsAtR + atX;

  // 6. Helper: a lookup group for each layer, the margins' and the pairs' lookups, the rows' lookups.
  var helperPlace[7] = [H_h(1), H_h(2), H_h(3), H_hQ(), H_hG(), H_hF(), H_hS()];
  var helperClaim[7] = [C_h(1), C_h(2), C_h(3), C_hQ(), C_hG(), C_hF(), C_hS()];
  signal helperSlots[7];
  signal helperTerms[7];
  signal helperLayers[5];
  var helperSum = 0;
  for (var i = 0; i < 7; i++) {
    helperSlots[i] <== SlotFactor(26)(helperOffset[helperPlace[i]], i < 6 ? high[i < 4 ? i + 1 : 4] : highRows,
      i == 5 ? softmax + sigmoid : 1);
    helperTerms[i] <== helperSlots[i] * weight[helperClaim[i]];
  }
  for (var k = 0; k < 4; k++) {
    helperLayers[k] <== rhoAtF[k] * (helperTerms[k] + (k == 3 ? helperTerms[4] + helperTerms[5] : 0));
    helperSum += helperLayers[k];
  }
  helperLayers[4] <== eqRho * helperTerms[6];
  helper <== helperSum + helperLayers[4];
}
