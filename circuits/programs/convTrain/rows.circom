// SPDX-License-Identifier: GPL-3.0-or-later
pragma circom 2.2.0;

include "../../lib/kernel.circom";
include "../../lib/maps.circom";
include "../../lib/multilinear.circom";
include "../../lib/numbers.circom";
include "../../lib/select.circom";
include "../../lib/slots.circom";
include "../../generated/convTrain.circom";
include "../train/heads.circom";

/**
 * @title Convolutional train, weights of trace and helper
 * @notice The reduction's weights of trace and helper, but for the lookup tables, at its point y (protocol, section 12). Row
 *   points are r_s, rho_s and zeta_s. Layer l has index l - 1 in arrays of 6 and l in arrays of 7; hidden layer h has index
 *   h - 1 in arrays of 5. Layer 6 has side 1, which the contract sees to.
 * @input p[7], channelMask[7][12], channelLog[7], sideMask[7][6], sideLog[7], softmax, sigmoid: from NetworkShape
 * @input flat[6], pooled[6]: fields of the shape
 * @input tap[6][2][6], weights[6][2][8], moved[6][2][7]: from ConvTrainKernels
 * @input rowsMask[14]: of the rows of all passes
 * @input traceOffset, helperOffset: offsets, assumed bits
 * @input weight: powers of rho
 * @input y[26]: the reduction's point
 * @input rowsY[14]: the row coordinates of y, masked
 * @input eqR, eqRho, eqZeta: eq of y's row coordinates with the row points
 * @input channelsR[12], channelsRho[12]: r_c and rho_c, not masked
 * @input placesR[2][6], placesRho[2][6], placesZeta[2][6]: x and y of the three points, not masked
 * @output trace, helper: their weights at y
 */
template ConvTrainRowWeights() {
  signal input p[7];
  signal input channelMask[7][12];
  signal input channelLog[7];
  signal input sideMask[7][6];
  signal input sideLog[7];
  signal input softmax;
  signal input sigmoid;
  signal input flat[6];
  signal input pooled[6];
  signal input tap[6][2][6];
  signal input weights[6][2][8];
  signal input moved[6][2][7];
  signal input rowsMask[14];
  signal input traceOffset[T_COUNT()][26];
  signal input helperOffset[H_COUNT()][26];
  signal input weight[C_COUNT()];
  signal input y[26];
  signal input rowsY[14];
  signal input eqR;
  signal input eqRho;
  signal input eqZeta;
  signal input channelsR[12];
  signal input channelsRho[12];
  signal input placesR[2][6];
  signal input placesRho[2][6];
  signal input placesZeta[2][6];
  signal output trace;
  signal output helper;

  // 1. eq of the address's place and channel with the points, at every layer's sizes, 0 for an absent layer.
  var rowsLog = 0;
  for (var t = 0; t < 14; t++) rowsLog += rowsMask[t];
  signal features[24] <== FromSize(26, 14, 24)(y, rowsMask);
  var featuresX[6];
  var classes[12];
  for (var t = 0; t < 6; t++) featuresX[t] = features[t];
  for (var t = 0; t < 12; t++) classes[t] = features[t];
  signal xR[7] <== EqPrefixes(6)(placesR[0], featuresX);
  signal xRho[7] <== EqPrefixes(6)(placesRho[0], featuresX);
  signal xZeta[7] <== EqPrefixes(6)(placesZeta[0], featuresX);
  component address[5];
  signal cR[6][13];
  signal cRho[6][13];
  signal channelR[6];
  signal channelRho[6];
  signal ySide[5][3][7];
  signal atX[5][3];
  signal atY[5][3];
  signal plane[6][3];   // at r, rho, zeta, with the layer's presence
  signal place[5][3];
  signal high[6][26];
  signal blockR[6];
  signal blockRho[6];
  signal rAt[6];
  signal rhoAt[6];
  signal zetaAt[6];
  for (var k = 0; k < 6; k++) {
    var l = k + 1;
    high[k] <== HighCoordinates(26)(y, rowsLog + 2 * sideLog[l] + channelLog[l]);
    if (k < 5) {
      address[k] = MapAddress();
      address[k].sideMask <== sideMask[l];
      address[k].features <== features;
      ySide[k][0] <== EqPrefixes(6)(placesR[1], address[k].y);
      ySide[k][1] <== EqPrefixes(6)(placesRho[1], address[k].y);
      ySide[k][2] <== EqPrefixes(6)(placesZeta[1], address[k].y);
      for (var i = 0; i < 3; i++) {
        atX[k][i] <== AtSize(6)(i == 0 ? xR : (i == 1 ? xRho : xZeta), sideMask[l]);
        atY[k][i] <== AtSize(6)(ySide[k][i], sideMask[l]);
        place[k][i] <== atX[k][i] * atY[k][i];
        plane[k][i] <== p[l] * place[k][i];
      }
    } else {
      for (var i = 0; i < 3; i++) plane[k][i] <== 1;
    }
    cR[k] <== EqPrefixes(12)(channelsR, k < 5 ? address[k].c : classes);
    cRho[k] <== EqPrefixes(12)(channelsRho, k < 5 ? address[k].c : classes);
    channelR[k] <== AtSize(12)(cR[k], channelMask[l]);
    channelRho[k] <== AtSize(12)(cRho[k], channelMask[l]);
    blockR[k] <== plane[k][0] * channelR[k];
    blockRho[k] <== plane[k][1] * channelRho[k];
    rAt[k] <== eqR * blockR[k];
    rhoAt[k] <== eqRho * blockRho[k];
    zetaAt[k] <== eqZeta * plane[k][2];
  }

  // 2. The next layer's kernel between the address and zeta.
  signal pixel[5][2][6];
  signal kernel[5][2];
  signal read[5];
  signal readPresent[5];
  signal readAt[5];
  for (var k = 0; k < 5; k++) {
    for (var i = 0; i < 2; i++) {
      pixel[k][i] <== ReadPoint()(pooled[k + 1], i == 0 ? featuresX : address[k].y, sideMask[k + 1]);
      kernel[k][i] <== KernelValue()(flat[k + 1], tap[k + 1][i], weights[k + 1][i], moved[k + 1][i], pixel[k][i]);
    }
    read[k] <== kernel[k][0] * kernel[k][1];
    readPresent[k] <== p[k + 1] * read[k];
    readAt[k] <== eqZeta * readPresent[k];
  }

  // 3. Slots: nine of each hidden layer (A, V, m, D, T, R0, R1, S0, S1), then those of the output (Q, U0, U1, D_6).
  var placeOut[4] = [T_Q(), T_U0(), T_U1(), T_D6()];
  var claimOut[4] = [C_Q(), C_U0(), C_U1(), C_D6()];
  signal slots[6][9];
  signal single[6][9];
  var singles[6] = [0, 0, 0, 0, 0, 0];
  for (var k = 0; k < 6; k++) {
    var l = k < 5 ? k + 1 : 5;
    var placeOf[9] = [T_A(l), T_V(l), T_m(l), T_D(l), T_T(l), T_R0(l), T_R1(l), T_S0(l), T_S1(l)];
    var claimOf[9] = [C_A(l), C_V(l), C_m(l), C_D(l), C_T(l), C_R0(l), C_R1(l), C_S0(l), C_S1(l)];
    for (var i = 0; i < 9; i++) {
      if (k < 5 || i < 4) {
        slots[k][i] <== SlotFactor(26)(traceOffset[k < 5 ? placeOf[i] : placeOut[i]], high[k], 1);
        single[k][i] <== slots[k][i] * weight[k < 5 ? claimOf[i] : claimOut[i]];
      } else {
        slots[k][i] <== 0;
        single[k][i] <== 0;
      }
      singles[k] += single[k][i];
    }
  }

  // 4. Trace: every tensor at rho; forward and backward relations at r; A_l as layer l + 1 reads it at zeta, with both
  //    channel points, D_l at zeta with both, at rho_c only where layer l - 1 is present.
  signal atRho[6];
  signal forwardAtR[6];
  signal backwardAtR[5];
  signal forward[6];
  signal backward[5];
  signal inputRho[5];
  signal inputR[5];
  signal inputs[5];
  signal ofInput[5];
  signal deltaR[6];
  signal deltaPresent[5];
  signal deltaRho[5];
  signal deltas[6];
  signal delta[6];
  var traceSum = 0;
  for (var k = 0; k < 6; k++) {
    var l = k + 1;
    var D = slots[k][3];
    var rounded = k < 5
      ? 2 * FRACTION() * slots[k][0] - FRACTION() * slots[k][1] + slots[k][5] + LIMB() * slots[k][6]
      : FRACTION() * slots[k][0] + slots[k][1] + LIMB() * slots[k][2];
    atRho[k] <== rhoAt[k] * singles[k];
    forwardAtR[k] <== weight[C_forward(l)] * rAt[k];
    forward[k] <== forwardAtR[k] * rounded;
    deltaR[k] <== channelR[k] * weight[C_zDAtI(l)];
    var onZeta = deltaR[k];
    if (k > 0) {
      deltaPresent[k - 1] <== p[k] * weight[C_zNextD(k)];
      deltaRho[k - 1] <== channelRho[k] * deltaPresent[k - 1];
      onZeta += deltaRho[k - 1];
    }
    deltas[k] <== D * onZeta;
    delta[k] <== zetaAt[k] * deltas[k];
    if (k < 5) {
      backwardAtR[k] <== weight[C_backward(l)] * rAt[k];
      backward[k] <== backwardAtR[k] * (FRACTION() * slots[k][4] + slots[k][7] + LIMB() * slots[k][8]);
      inputRho[k] <== channelRho[k] * weight[C_zIn(l + 1)];
      inputR[k] <== channelR[k] * weight[C_zNextIn(l)];
      inputs[k] <== slots[k][0] * (inputRho[k] + inputR[k]);
      ofInput[k] <== readAt[k] * inputs[k];
      traceSum += backward[k] + ofInput[k];
    }
    traceSum += atRho[k] - forward[k] + delta[k];
  }

  // 5. Helper: two lookup groups for each hidden layer, one for the output; the heads' slots in both.
  var helperPlace[11] = [H_hA(1), H_hB(1), H_hA(2), H_hB(2), H_hA(3), H_hB(3), H_hA(4), H_hB(4), H_hA(5), H_hB(5), H_hQ()];
  var helperClaim[11] = [C_hA(1), C_hB(1), C_hA(2), C_hB(2), C_hA(3), C_hB(3), C_hA(4), C_hB(4), C_hA(5), C_hB(5), C_hQ()];
  signal helperSlots[11];
  signal helperTerms[11];
  signal helperLayers[6];
  var helperOf[6] = [0, 0, 0, 0, 0, 0];
  var helperSum = 0;
  for (var i = 0; i < 11; i++) {
    helperSlots[i] <== SlotFactor(26)(helperOffset[helperPlace[i]], high[i \ 2], 1);
    helperTerms[i] <== helperSlots[i] * weight[helperClaim[i]];
    helperOf[i \ 2] += helperTerms[i];
  }
  for (var k = 0; k < 6; k++) {
    helperLayers[k] <== rhoAt[k] * helperOf[k];
    helperSum += helperLayers[k];
  }
  signal highRows[26] <== HighAboveMask(26, 14)(y, rowsY);
  signal traceHeads;
  signal helperHeads;
  (traceHeads, helperHeads) <== TrainHeadWeights()(softmax, sigmoid, traceOffset, helperOffset, weight, high[5], highRows,
    eqR, eqRho, rhoAt[5]);
  trace <== traceSum + traceHeads;
  helper <== helperSum + helperHeads;
}
