// SPDX-License-Identifier: GPL-3.0-or-later
pragma circom 2.2.0;

include "../../lib/blocks.circom";
include "../../lib/kernel.circom";
include "../../lib/maps.circom";
include "../../lib/multilinear.circom";
include "../../lib/numbers.circom";
include "../../lib/select.circom";
include "../../lib/sizes.circom";
include "../../lib/slots.circom";
include "../../generated/convTrain.circom";

/**
 * @title Convolutional train, weights of the model oracles
 * @notice The reduction's weights of parent and child at its point y: for each claim on W_l or b_l, rho^c times
 *   coefficient, slot factor and eq with the claimed point (protocol, section 12). Layer l has index l - 1 in arrays of 6
 *   and l in arrays of 7.
 * @input p[7], channelMask[7][12], channelLog[7], kernelMask[6][6], kernelLog[6]: from NetworkShape
 * @input modelOffset[12][26]: places, from NetworkShape
 * @input real[6]: M_l at (r_y, r_x)
 * @input mu: the weight of the biases
 * @input weight: powers of rho
 * @input y[26]: the reduction's point
 * @input channelsR[12], channelsRho[12], taps[2][6]: r_c, rho_c and (rho_x, rho_y), not masked
 * @output parent, child: their weights at y
 */
template ConvTrainModelWeights() {
  signal input p[7];
  signal input channelMask[7][12];
  signal input channelLog[7];
  signal input kernelMask[6][6];
  signal input kernelLog[6];
  signal input modelOffset[NETWORK_COUNT()][26];
  signal input real[6];
  signal input mu;
  signal input weight[C_COUNT()];
  signal input y[26];
  signal input channelsR[12];
  signal input channelsRho[12];
  signal input taps[2][6];
  signal output parent;
  signal output child;

  // 1. The address seen as (dx, dy, c, i) of W_l and as i of b_l. eq of the taps with rho's, of c and i with both points.
  var lowY[12];
  var tapY[6];
  for (var t = 0; t < 12; t++) lowY[t] = y[t];
  for (var t = 0; t < 6; t++) tapY[t] = y[t];
  signal xEqs[7] <== EqPrefixes(6)(taps[0], tapY);
  signal biasEqs[13] <== EqPrefixes(12)(channelsR, lowY);
  component address[6];
  signal yEqs[6][7];
  signal inRho[6][13];
  signal inR[6][13];
  signal outRho[6][13];
  signal outR[6][13];
  signal eqX[6];
  signal eqY[6];
  signal eqTap[6];
  signal fromRho[6];
  signal fromR[6];
  signal toRho[6];
  signal toR[6];
  signal biasR[6];
  signal masked[6][12];
  signal slotSize[6];
  signal high[6][26];
  signal highBias[6][26];
  signal weightSlot[6];
  signal biasSlot[6];
  for (var k = 0; k < 6; k++) {
    var l = k + 1;
    address[k] = BlockAddress();
    address[k].kernelMask <== kernelMask[k];
    address[k].channelMask <== channelMask[k];
    address[k].y <== y;
    yEqs[k] <== EqPrefixes(6)(taps[1], address[k].dy);
    inRho[k] <== EqPrefixes(12)(channelsRho, address[k].c);
    inR[k] <== EqPrefixes(12)(channelsR, address[k].c);
    outRho[k] <== EqPrefixes(12)(channelsRho, address[k].i);
    outR[k] <== EqPrefixes(12)(channelsR, address[k].i);
    eqX[k] <== AtSize(6)(xEqs, kernelMask[k]);
    eqY[k] <== AtSize(6)(yEqs[k], kernelMask[k]);
    eqTap[k] <== eqX[k] * eqY[k];
    fromRho[k] <== AtSize(12)(inRho[k], channelMask[k]);
    fromR[k] <== AtSize(12)(inR[k], channelMask[k]);
    toRho[k] <== AtSize(12)(outRho[k], channelMask[l]);
    toR[k] <== AtSize(12)(outR[k], channelMask[l]);
    biasR[k] <== AtSize(12)(biasEqs, channelMask[l]);
    masked[k] <== Mask(12)(lowY, channelMask[l]);
    // an absent slot counts as size 1, or a wide input would make it overflow the address
    slotSize[k] <== p[l] * (2 * kernelLog[k] + channelLog[k] + channelLog[l]);
    high[k] <== HighCoordinates(26)(y, slotSize[k]);
    highBias[k] <== HighAboveMask(26, 12)(y, masked[k]);
    weightSlot[k] <== SlotFactor(26)(modelOffset[NETWORK_W(l)], high[k], p[l]);
    biasSlot[k] <== SlotFactor(26)(modelOffset[NETWORK_b(l)], highBias[k], p[l]);
  }

  // 2. Claims on layer l: W(r_c; rho as j) from F1 and from the update, W(rho as (i, dy, dx); r_c) from B1 of l - 1, b(r_c)
  //    from forward and update.
  signal atTap[6];
  signal atInput[6];
  signal atWeight[6];
  signal atBias[6];
  signal forward[6];
  signal update[6];
  signal forwardReal[6];
  signal forwardBias[6];
  signal updateScaled[6];
  signal updateBias[6];
  signal backwardPresent[5];
  signal backwardInput[5];
  signal backwardOutput[5];
  signal backward[5];
  var parentSum = 0;
  var childSum = 0;
  for (var k = 0; k < 6; k++) {
    var l = k + 1;
    atTap[k] <== weightSlot[k] * eqTap[k];
    atInput[k] <== atTap[k] * fromRho[k];
    atWeight[k] <== atInput[k] * toR[k];
    atBias[k] <== biasSlot[k] * biasR[k];
    forward[k] <== weight[C_W(l)] * atWeight[k];
    update[k] <== weight[C_update(l)] * atWeight[k];
    forwardReal[k] <== ACTIVATION() * weight[C_forward(l)] * real[k];
    forwardBias[k] <== forwardReal[k] * atBias[k];
    updateScaled[k] <== mu * weight[C_update(l)];
    updateBias[k] <== updateScaled[k] * atBias[k];
    if (k > 0) {
      backwardPresent[k - 1] <== p[k] * weight[C_nextW(k)];
      backwardInput[k - 1] <== backwardPresent[k - 1] * fromR[k];
      backwardOutput[k - 1] <== backwardInput[k - 1] * toRho[k];
      backward[k - 1] <== backwardOutput[k - 1] * atTap[k];
      parentSum += backward[k - 1];
    }
    parentSum += forward[k] - update[k] + forwardBias[k] - updateBias[k];
    childSum += update[k] + updateBias[k];
  }
  parent <== parentSum;
  child <== childSum;
}

/**
 * @title Convolutional train, weights of the shard
 * @notice The reduction's weight of the shard at its point y: X, as the lowest present layer reads it at (rho as j; zeta), Y
 *   at (rho_c; rho_s). Neither depends on the pass, so of a row point only the coordinates of one pass count. Layer l has
 *   index l - 1 in arrays of 6 and l in arrays of 7.
 * @input p[7], channelMask[7][12], channelLog[7], sideMask[7][6], sideLog[7]: from NetworkShape
 * @input flat[6], pooled[6]: fields of the shape
 * @input tap[6][2][6], weights[6][2][8], moved[6][2][7]: from ConvTrainKernels
 * @input rowMask[12]: of the rows of the segment
 * @input shardOffset: offsets, assumed bits
 * @input weight: powers of rho
 * @input y[26]: the reduction's point
 * @input rowsRho[15], rowsZeta[15]: eq of y's low coordinates with both row points, for every number of coordinates up to
 *   that of the trace's rows
 * @input channelsRho[12]: rho_c, not masked
 * @output out: the weight at y
 */
template ConvTrainShardWeight() {
  signal input p[7];
  signal input channelMask[7][12];
  signal input channelLog[7];
  signal input sideMask[7][6];
  signal input sideLog[7];
  signal input flat[6];
  signal input pooled[6];
  signal input tap[6][2][6];
  signal input weights[6][2][8];
  signal input moved[6][2][7];
  signal input rowMask[12];
  signal input shardOffset[SHARD_COUNT()][26];
  signal input weight[C_COUNT()];
  signal input y[26];
  signal input rowsRho[15];
  signal input rowsZeta[15];
  signal input channelsRho[12];
  signal output out;

  // 1. Rows, and the address from them on.
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
  signal features[24] <== FromSize(26, 12, 24)(y, rowMask);
  component address = MapAddress();
  address.sideMask <== sideMask[0];
  address.features <== features;
  var addresses[2][6];
  var classes[12];
  for (var t = 0; t < 6; t++) {
    addresses[0][t] = features[t];
    addresses[1][t] = address.y[t];
  }
  for (var t = 0; t < 12; t++) classes[t] = features[t];
  signal cEqs[13] <== EqPrefixes(12)(channelsRho, address.c);
  signal yEqs[13] <== EqPrefixes(12)(channelsRho, classes);
  signal eqC <== AtSize(12)(cEqs, channelMask[0]);
  signal eqY <== AtSize(12)(yEqs, channelMask[6]);
  signal highX[26] <== HighCoordinates(26)(y, rowLog + 2 * sideLog[0] + channelLog[0]);
  signal highY[26] <== HighCoordinates(26)(y, rowLog + channelLog[6]);
  signal slotX <== SlotFactor(26)(shardOffset[SHARD_X()], highX, 1);
  signal slotY <== SlotFactor(26)(shardOffset[SHARD_Y()], highY, 1);

  // 2. The lowest present layer's kernel, picked by p_l - p_(l-1), at the address.
  signal pickedTap[6][2][6];
  signal pickedWeights[6][2][8];
  signal pickedMoved[6][2][7];
  signal pickedFlat[6];
  signal pickedPooled[6];
  signal pickedClaim[6];
  var firstTap[2][6];
  var firstWeights[2][8];
  var firstMoved[2][7];
  var firstFlat = 0;
  var firstPooled = 0;
  var firstClaim = 0;
  for (var i = 0; i < 2; i++) {
    for (var t = 0; t < 8; t++) {
      firstWeights[i][t] = 0;
      if (t < 7) firstMoved[i][t] = 0;
      if (t < 6) firstTap[i][t] = 0;
    }
  }
  for (var k = 0; k < 6; k++) {
    var first = p[k + 1] - p[k];
    for (var i = 0; i < 2; i++) {
      for (var t = 0; t < 6; t++) {
        pickedTap[k][i][t] <== first * tap[k][i][t];
        firstTap[i][t] += pickedTap[k][i][t];
      }
      for (var t = 0; t < 8; t++) {
        pickedWeights[k][i][t] <== first * weights[k][i][t];
        firstWeights[i][t] += pickedWeights[k][i][t];
      }
      for (var t = 0; t < 7; t++) {
        pickedMoved[k][i][t] <== first * moved[k][i][t];
        firstMoved[i][t] += pickedMoved[k][i][t];
      }
    }
    pickedFlat[k] <== first * flat[k];
    pickedPooled[k] <== first * pooled[k];
    pickedClaim[k] <== first * weight[C_zIn(k + 1)];
    firstFlat += pickedFlat[k];
    firstPooled += pickedPooled[k];
    firstClaim += pickedClaim[k];
  }
  signal pixel[2][6];
  signal kernel[2];
  for (var i = 0; i < 2; i++) {
    pixel[i] <== ReadPoint()(firstPooled, addresses[i], sideMask[0]);
    kernel[i] <== KernelValue()(firstFlat, firstTap[i], firstWeights[i], firstMoved[i], pixel[i]);
  }

  // 3. Both slots.
  signal read <== kernel[0] * kernel[1];
  signal readChannel <== read * eqC;
  signal readClaim <== readChannel * firstClaim;
  signal xPoint <== eqZeta * readClaim;
  signal yClass <== eqY * weight[C_Y()];
  signal yPoint <== eqRho * yClass;
  signal shardX <== slotX * xPoint;
  signal shardY <== slotY * yPoint;
  out <== shardX + shardY;
}
