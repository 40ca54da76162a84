// SPDX-License-Identifier: GPL-3.0-or-later
pragma circom 2.2.0;

include "../../lib/maps.circom";
include "../../lib/multilinear.circom";
include "../../lib/numbers.circom";
include "../../lib/select.circom";
include "../../lib/sizes.circom";
include "../../lib/slots.circom";
include "../../generated/convScore.circom";
include "weights.circom";

/**
 * @title Convolutional score, weights of the row oracles
 * @notice The reduction's weights of shard, trace and helper at its point y (protocol, sections 11 and 12). Layer l has
 *   index l - 1 in arrays of 6 and l in arrays of 7; hidden layer h has index h - 1 in arrays of 5. Layer 6 has side 1,
 *   which the contract sees to.
 * @input p[7], channelMask[7][12], channelLog[7], sideMask[7][6], sideLog[7], kernelBits[6][6], kernelMask[6][6]: from
 *   NetworkShape
 * @input strides1[6], paddings[6][2], flat[6], pooled[6]: fields of the shape
 * @input softmax, sigmoid: s1, s2; assumed bits of which at most one is 1
 * @input rowMask[12], rowLog: of the rows of the shard
 * @input shardOffset, traceOffset, helperOffset: offsets, assumed bits
 * @input weight: powers of rho
 * @input y[26]: the reduction's point
 * @input rowsR[12], rowsRho[12]: row points, masked
 * @input tau[36], point[36]: the zero-checks' point, whose coordinates are the squares of x, and the batch's
 * @output shard, trace, helper: their weights at y, without the tables'
 */
template ConvScoreRowWeights() {
  signal input p[7];
  signal input channelMask[7][12];
  signal input channelLog[7];
  signal input sideMask[7][6];
  signal input sideLog[7];
  signal input kernelBits[6][6];
  signal input kernelMask[6][6];
  signal input strides1[6];
  signal input paddings[6][2];
  signal input flat[6];
  signal input pooled[6];
  signal input softmax;
  signal input sigmoid;
  signal input rowMask[12];
  signal input rowLog;
  signal input shardOffset[SHARD_COUNT()][26];
  signal input traceOffset[T_COUNT()][26];
  signal input helperOffset[H_COUNT()][26];
  signal input weight[C_COUNT()];
  signal input y[26];
  signal input rowsR[12];
  signal input rowsRho[12];
  signal input tau[36];
  signal input point[36];
  signal output shard;
  signal output trace;
  signal output helper;

  // 1. The address seen as (row; x, y, channel) at every layer's sizes, and eq with both points.
  var lowY[12];
  var pointX[6];
  var pointY[6];
  var pointC[12];
  var tauX[6];
  var tauY[6];
  var tauC[12];
  for (var t = 0; t < 12; t++) {
    lowY[t] = y[t];
    pointC[t] = point[24 + t];
    tauC[t] = tau[24 + t];
  }
  for (var t = 0; t < 6; t++) {
    pointX[t] = point[12 + t];
    pointY[t] = point[18 + t];
    tauX[t] = tau[12 + t];
    tauY[t] = tau[18 + t];
  }
  signal rowsY[12] <== Mask(12)(lowY, rowMask);
  signal highRows[26] <== HighAboveMask(26, 12)(y, rowsY);
  signal features[24] <== FromSize(26, 12, 24)(y, rowMask);
  signal eqR <== Eq(12)(rowsR, rowsY);
  signal eqRho <== Eq(12)(rowsRho, rowsY);
  var featuresX[6];
  var classes[12];
  for (var t = 0; t < 6; t++) featuresX[t] = features[t];
  for (var t = 0; t < 12; t++) classes[t] = features[t];
  signal xRho[7] <== EqPrefixes(6)(pointX, featuresX);
  signal xR[7] <== EqPrefixes(6)(tauX, featuresX);
  component address[6];
  component blockRho[5];
  component blockR[5];
  signal cRho[7][13];
  signal cR[6][13];
  signal yRho[5][7];
  signal yR[5][7];
  signal high[7][26];
  signal atRho[6];
  signal atR[6];
  signal rhoAt[6];
  signal rAt[6];
  for (var l = 0; l < 7; l++) {
    high[l] <== HighCoordinates(26)(y, rowLog + 2 * sideLog[l] + channelLog[l]);
    if (l < 6) {
      address[l] = MapAddress();
      address[l].sideMask <== sideMask[l];
      address[l].features <== features;
    }
    cRho[l] <== EqPrefixes(12)(pointC, l < 6 ? address[l].c : classes);
    if (l > 0) cR[l - 1] <== EqPrefixes(12)(tauC, l < 6 ? address[l].c : classes);
    if (l > 0 && l < 6) {
      yRho[l - 1] <== EqPrefixes(6)(pointY, address[l].y);
      yR[l - 1] <== EqPrefixes(6)(tauY, address[l].y);
      blockRho[l - 1] = BlockAtSize();
      blockRho[l - 1].xs <== xRho;
      blockRho[l - 1].ys <== yRho[l - 1];
      blockRho[l - 1].cs <== cRho[l];
      blockRho[l - 1].sideMask <== sideMask[l];
      blockRho[l - 1].channelMask <== channelMask[l];
      blockR[l - 1] = BlockAtSize();
      blockR[l - 1].xs <== xR;
      blockR[l - 1].ys <== yR[l - 1];
      blockR[l - 1].cs <== cR[l - 1];
      blockR[l - 1].sideMask <== sideMask[l];
      blockR[l - 1].channelMask <== channelMask[l];
      atRho[l - 1] <== p[l] * blockRho[l - 1].out;
      atR[l - 1] <== p[l] * blockR[l - 1].out;
    }
  }
  atRho[5] <== AtSize(12)(cRho[6], channelMask[6]);
  atR[5] <== AtSize(12)(cR[5], channelMask[6]);
  for (var k = 0; k < 6; k++) {
    rhoAt[k] <== eqRho * atRho[k];
    rAt[k] <== eqR * atR[k];
  }

  // 2. What layers read: an absent layer has the input's sizes, so that one value serves A_(l-1) and X.
  component reads = ConvScoreReads();
  reads.channelMask <== channelMask;
  reads.sideMask <== sideMask;
  reads.kernelBits <== kernelBits;
  reads.kernelMask <== kernelMask;
  reads.strides1 <== strides1;
  reads.paddings <== paddings;
  reads.flat <== flat;
  reads.pooled <== pooled;
  reads.features <== features;
  reads.point <== point;
  signal claimed[6];
  signal ofInput[6];
  var inputSum = 0;
  for (var k = 0; k < 6; k++) {
    reads.addressY[k] <== address[k].y;
    reads.eqC[k] <== cRho[k];
  }
  for (var k = 0; k < 6; k++) {
    claimed[k] <== weight[C_In(k + 1)] * reads.out[k];
    ofInput[k] <== (p[k + 1] - p[k]) * claimed[k];
    inputSum += ofInput[k];
  }

  // 3. The channels' powers of x, low ones for P, high ones for Y.
  var lowSquares[12];
  var highSquares[12];
  for (var t = 0; t < 12; t++) {
    lowSquares[t] = tau[t];
    highSquares[t] = tau[12 + t];
  }
  signal lowPowers[13] <== PowerPrefixes(12)(classes, lowSquares);
  signal highPowers[13] <== PowerPrefixes(12)(classes, highSquares);
  signal lowPower <== AtSize(12)(lowPowers, channelMask[6]);
  signal highPower <== AtSize(12)(highPowers, channelMask[6]);

  // 4. Shard: X, which the lowest present layer reads; Y, at rho_c and with powers of x.
  signal slotX <== SlotFactor(26)(shardOffset[SHARD_X()], high[0], 1);
  signal slotY <== SlotFactor(26)(shardOffset[SHARD_Y()], high[6], 1);
  signal xAtR <== eqR * inputSum;
  signal yAtRho <== rhoAt[5] * weight[C_Y()];
  signal yPowers <== highPower * weight[C_Yx()];
  signal yAtX <== eqRho * yPowers;
  signal shardX <== slotX * xAtR;
  signal shardY <== slotY * (yAtRho + yAtX);
  shard <== shardX + shardY;

  // 5. Slots: five of each hidden layer (A, V, m, R0, R1), then those of the size of Q, the last of them with a head by
  //    table alone, and those of the rows, the last two of them with softmax alone.
  var placeOut[17] = [T_Q(), T_U0(), T_U1(), T_B(), T_G(), T_P(), T_K(), T_E(), T_L(), T_N(), T_c(), T_t(), T_H(), T_p(),
    T_LP(), T_Z(), T_S()];
  var claimOut[17] = [C_Q(), C_U0(), C_U1(), C_B(), C_G(), C_P(), C_K(), C_E(), C_L(), C_N(), C_c(), C_t(), C_H(), C_p(),
    C_LP(), C_Z(), C_S()];
  signal hidden[5][5];
  signal hiddenSingle[5][5];
  signal slots[17];
  signal single[17];
  var singles[7] = [0, 0, 0, 0, 0, 0, 0];
  for (var k = 0; k < 5; k++) {
    var l = k + 1;
    var place[5] = [T_A(l), T_V(l), T_m(l), T_R0(l), T_R1(l)];
    var claim[5] = [C_A(l), C_V(l), C_m(l), C_R0(l), C_R1(l)];
    for (var i = 0; i < 5; i++) {
      hidden[k][i] <== SlotFactor(26)(traceOffset[place[i]], high[l], 1);
      hiddenSingle[k][i] <== hidden[k][i] * weight[claim[i]];
      singles[k] += hiddenSingle[k][i];
    }
  }
  for (var i = 0; i < 17; i++) {
    slots[i] <== SlotFactor(26)(traceOffset[placeOut[i]], i < 8 ? high[6] : highRows,
      i == 7 ? softmax + sigmoid : (i < 15 ? 1 : softmax));
    single[i] <== slots[i] * weight[claimOut[i]];
    singles[i < 8 ? 5 : 6] += single[i];
  }

  // 6. Trace: every tensor at (rho_c; rho_y, rho_x; rho_s), A_l also as layer l + 1 reads it at r_s, forward relations at
  //    (r_c; r_y, r_x; r_s); at r_s L, LP and, with B, P and E summed over the classes, N, p and S; P at rho_s with powers
  //    of x.
  signal ofRho[7];
  signal forwardAtR[6];
  signal forward[6];
  signal nextPresent[5];
  signal nextAtR[5];
  signal next[5];
  var traceSum = 0;
  for (var k = 0; k < 6; k++) {
    var rounded = k < 5
      ? 2 * FRACTION() * hidden[k][0] - FRACTION() * hidden[k][1] + hidden[k][3] + LIMB() * hidden[k][4]
      : FRACTION() * slots[0] + slots[1] + LIMB() * slots[2];
    ofRho[k] <== rhoAt[k] * singles[k];
    forwardAtR[k] <== weight[C_forward(k + 1)] * rAt[k];
    forward[k] <== forwardAtR[k] * rounded;
    traceSum += ofRho[k] - forward[k];
    if (k < 5) {
      nextPresent[k] <== p[k + 1] * claimed[k + 1];
      nextAtR[k] <== eqR * nextPresent[k];
      next[k] <== hidden[k][0] * nextAtR[k];
      traceSum += next[k];
    }
  }
  ofRho[6] <== eqRho * singles[6];
  signal labelled <== slots[8] * weight[C_labelled()];
  signal predicted <== slots[14] * weight[C_predicted()];
  signal below <== (slots[3] - slots[9]) * weight[C_below()];
  signal predictedSum <== (slots[5] - slots[13]) * weight[C_predictedSum()];
  signal powers <== softmax * slots[7];
  signal total <== (powers + slots[16]) * weight[C_total()];
  signal rowsAtR <== eqR * (labelled + predicted + below + predictedSum + total);
  signal predictedAtX <== slots[5] * weight[C_Px()];
  signal predictedPowers <== lowPower * predictedAtX;
  signal atX <== eqRho * predictedPowers;
  trace <== traceSum + ofRho[6] + rowsAtR + atX;

  // 7. Helper: a lookup group for each layer, the margins' and the pairs' lookups, the rows' lookups.
  var helperPlace[9] = [H_h(1), H_h(2), H_h(3), H_h(4), H_h(5), H_hQ(), H_hG(), H_hF(), H_hS()];
  var helperClaim[9] = [C_h(1), C_h(2), C_h(3), C_h(4), C_h(5), C_hQ(), C_hG(), C_hF(), C_hS()];
  signal helperSlots[9];
  signal helperTerms[9];
  signal helperLayers[7];
  var helperSum = 0;
  for (var i = 0; i < 9; i++) {
    helperSlots[i] <== SlotFactor(26)(helperOffset[helperPlace[i]], i < 8 ? high[i < 6 ? i + 1 : 6] : highRows,
      i == 7 ? softmax + sigmoid : 1);
    helperTerms[i] <== helperSlots[i] * weight[helperClaim[i]];
  }
  for (var k = 0; k < 6; k++) {
    helperLayers[k] <== rhoAt[k] * (helperTerms[k] + (k == 5 ? helperTerms[6] + helperTerms[7] : 0));
    helperSum += helperLayers[k];
  }
  helperLayers[6] <== eqRho * helperTerms[8];
  helper <== helperSum + helperLayers[6];
}
