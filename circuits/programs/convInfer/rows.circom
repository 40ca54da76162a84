// SPDX-License-Identifier: GPL-3.0-or-later
pragma circom 2.2.0;

include "../../lib/maps.circom";
include "../../lib/multilinear.circom";
include "../../lib/numbers.circom";
include "../../lib/select.circom";
include "../../lib/sizes.circom";
include "../../lib/slots.circom";
include "../../generated/convInfer.circom";
include "../convScore/weights.circom";

/**
 * @title Convolutional inference, weights of the row oracles
 * @notice The reduction's weights of input, output, trace and helper at its point y (protocol, sections 12 and 13). Layer l
 *   has index l - 1 in arrays of 6 and l in arrays of 7; hidden layer h has index h - 1 in arrays of 5. Layer 6 has side 1,
 *   which the contract sees to.
 * @input p[7], channelMask[7][12], channelLog[7], sideMask[7][6], sideLog[7], kernelBits[6][6], kernelMask[6][6]: from
 *   NetworkShape
 * @input strides1[6], paddings[6][2], flat[6], pooled[6]: fields of the shape
 * @input showIn, showOut, ranged: from the form, assumed bits
 * @input rowMask[12], rowLog: of the rows
 * @input inputOffset[26]: where X stands, assumed bits; O stands at 0
 * @input traceOffset, helperOffset: offsets, assumed bits
 * @input weight: powers of rho
 * @input y[26]: the reduction's point
 * @input rowsR[12], rowsRho[12]: row points, masked
 * @input tau[36], point[36]: the zero-checks' point, whose coordinates are the squares of x, and the batch's
 * @output in, out, trace, helper: their weights at y, without the table's
 */
template ConvInferRowWeights() {
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
  signal input showIn;
  signal input showOut;
  signal input ranged;
  signal input rowMask[12];
  signal input rowLog;
  signal input inputOffset[26];
  signal input traceOffset[T_COUNT()][26];
  signal input helperOffset[H_COUNT()][26];
  signal input weight[C_COUNT()];
  signal input y[26];
  signal input rowsR[12];
  signal input rowsRho[12];
  signal input tau[36];
  signal input point[36];
  signal output in;
  signal output out;
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
  component blockRho[6];
  component blockR[5];
  signal cRho[7][13];
  signal cR[6][13];
  signal yRho[6][7];
  signal yR[5][7];
  signal high[7][26];
  signal atRho[7];
  signal atR[6];
  signal rhoAt[7];
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
    if (l < 6) {
      yRho[l] <== EqPrefixes(6)(pointY, address[l].y);
      blockRho[l] = BlockAtSize();
      blockRho[l].xs <== xRho;
      blockRho[l].ys <== yRho[l];
      blockRho[l].cs <== cRho[l];
      blockRho[l].sideMask <== sideMask[l];
      blockRho[l].channelMask <== channelMask[l];
      atRho[l] <== (l > 0 ? p[l] : 1) * blockRho[l].out;
    }
    if (l > 0 && l < 6) {
      yR[l - 1] <== EqPrefixes(6)(tauY, address[l].y);
      blockR[l - 1] = BlockAtSize();
      blockR[l - 1].xs <== xR;
      blockR[l - 1].ys <== yR[l - 1];
      blockR[l - 1].cs <== cR[l - 1];
      blockR[l - 1].sideMask <== sideMask[l];
      blockR[l - 1].channelMask <== channelMask[l];
      atR[l - 1] <== p[l] * blockR[l - 1].out;
    }
  }
  atRho[6] <== AtSize(12)(cRho[6], channelMask[6]);
  atR[5] <== AtSize(12)(cR[5], channelMask[6]);
  for (var l = 0; l < 7; l++) rhoAt[l] <== eqRho * atRho[l];
  for (var k = 0; k < 6; k++) rAt[k] <== eqR * atR[k];

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

  // 3. The address's powers of x: a pixel's and an output's.
  var squaresX[6];
  var squaresY[6];
  var squaresLow[12];
  var squaresMiddle[12];
  var squaresHigh[12];
  for (var t = 0; t < 12; t++) {
    squaresLow[t] = tau[t];
    squaresMiddle[t] = tau[12 + t];
    squaresHigh[t] = tau[24 + t];
  }
  for (var t = 0; t < 6; t++) {
    squaresX[t] = tau[t];
    squaresY[t] = tau[6 + t];
  }
  component pixel = BlockAtSize();
  pixel.xs <== PowerPrefixes(6)(featuresX, squaresX);
  pixel.ys <== PowerPrefixes(6)(address[0].y, squaresY);
  pixel.cs <== PowerPrefixes(12)(address[0].c, squaresMiddle);
  pixel.sideMask <== sideMask[0];
  pixel.channelMask <== channelMask[0];
  signal inputRows[13] <== PowerPrefixes(12)(rowsY, squaresHigh);
  signal outputRows[13] <== PowerPrefixes(12)(rowsY, squaresMiddle);
  signal classPowers[13] <== PowerPrefixes(12)(classes, squaresLow);
  signal outputPower <== AtSize(12)(classPowers, channelMask[6]);

  // 4. Input: X, which the lowest present layer reads; at rho; as a polynomial at x where it is public.
  signal slotX <== SlotFactor(26)(inputOffset, high[0], 1);
  signal xAtR <== eqR * inputSum;
  signal xAtRho <== rhoAt[0] * weight[C_X()];
  signal xShown <== showIn * weight[C_inputs()];
  signal xPower <== inputRows[12] * pixel.out;
  signal xAtX <== xShown * xPower;
  in <== slotX * (xAtR + xAtRho + xAtX);

  // 5. Output: O, all that there is.
  var start[26];
  for (var t = 0; t < 26; t++) start[t] = 0;
  signal slotO <== SlotFactor(26)(start, high[6], 1);
  signal oAtRho <== rhoAt[6] * weight[C_O()];
  signal oShown <== showOut * weight[C_outputs()];
  signal oPower <== outputRows[12] * outputPower;
  signal oAtX <== oShown * oPower;
  out <== slotO * (oAtRho + oAtX);

  // 6. Trace: every tensor at (rho_c; rho_y, rho_x; rho_s), A_l also as layer l + 1 reads it at r_s, forward relations at
  //    (r_c; r_y, r_x; r_s).
  signal hidden[5][5];
  signal hiddenSingle[5][5];
  var singles[6] = [0, 0, 0, 0, 0, 0];
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
  var placeOut[3] = [T_Q(), T_U0(), T_U1()];
  var claimOut[3] = [C_Q(), C_U0(), C_U1()];
  signal slots[3];
  signal single[3];
  for (var i = 0; i < 3; i++) {
    slots[i] <== SlotFactor(26)(traceOffset[placeOut[i]], high[6], 1);
    single[i] <== slots[i] * weight[claimOut[i]];
    singles[5] += single[i];
  }
  signal ofRho[6];
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
    ofRho[k] <== rhoAt[k + 1] * singles[k];
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
  trace <== traceSum;

  // 7. Helper: the lookups of the inputs, of each hidden layer and of the output.
  var helperPlace[7] = [H_hX(), H_h(1), H_h(2), H_h(3), H_h(4), H_h(5), H_hQ()];
  var helperClaim[7] = [C_hX(), C_h(1), C_h(2), C_h(3), C_h(4), C_h(5), C_hQ()];
  signal helperSlots[7];
  signal helperTerms[7];
  signal helperLayers[7];
  var helperSum = 0;
  for (var l = 0; l < 7; l++) {
    helperSlots[l] <== SlotFactor(26)(helperOffset[helperPlace[l]], high[l], l == 0 ? ranged : 1);
    helperTerms[l] <== helperSlots[l] * weight[helperClaim[l]];
    helperLayers[l] <== rhoAt[l] * helperTerms[l];
    helperSum += helperLayers[l];
  }
  helper <== helperSum;
}
