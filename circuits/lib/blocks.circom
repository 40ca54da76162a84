// SPDX-License-Identifier: GPL-3.0-or-later
pragma circom 2.2.0;

include "./multilinear.circom";
include "./points.circom";
include "./select.circom";
include "./sizes.circom";
include "./slots.circom";

// Shared by the programs whose relations speak of the weights of a convolutional network entry by entry: W_l[i, c, dy, dx]
// and b_l[i]. Layer l has index l - 1 in arrays of 6 and l in arrays of 7; k stands for l - 1.

/**
 * @title Points of the blocks
 * @notice Batch 1 at its point, positions 0..5 of dx, 6..11 of dy, 12..23 of c, 24..35 of i: eq with the zero-check point,
 *   the factor of dormant variables, and which entries are real, of W_l and of b_l (protocol, section 12). A tensor of i
 *   alone leaves the other variables dormant.
 * @input channelBits[7][12], channelMask[7][12], kernelBits[6][6], kernelMask[6][6]: from NetworkShape
 * @input point[36]: the batch's point
 * @input tau[36]: the zero-check point
 * @output eq[6], eqBias[6]: eq over (dx, dy, c, i) and over i
 * @output dormant[6], dormantBias[6]: product of 1 - point over the dormant variables
 * @output real[6], realBias[6]: extensions of the real entries
 */
template BlockPoints() {
  signal input channelBits[7][12];
  signal input channelMask[7][12];
  signal input kernelBits[6][6];
  signal input kernelMask[6][6];
  signal input point[36];
  signal input tau[36];
  signal output eq[6];
  signal output eqBias[6];
  signal output dormant[6];
  signal output dormantBias[6];
  signal output real[6];
  signal output realBias[6];

  component dx = Points(6, 6);
  component dy = Points(6, 6);
  component c = Points(12, 6);
  component i = Points(12, 6);
  var pointX[6];
  var pointY[6];
  var pointC[12];
  var pointI[12];
  for (var t = 0; t < 6; t++) {
    pointX[t] = point[t];
    pointY[t] = point[6 + t];
    dx.tau[t] <== tau[t];
    dy.tau[t] <== tau[6 + t];
  }
  for (var t = 0; t < 12; t++) {
    pointC[t] = point[12 + t];
    pointI[t] = point[24 + t];
    c.tau[t] <== tau[12 + t];
    i.tau[t] <== tau[24 + t];
  }
  dx.point <== pointX;
  dy.point <== pointY;
  c.point <== pointC;
  i.point <== pointI;
  signal maskedX[6][6];
  signal maskedY[6][6];
  signal maskedC[6][12];
  signal maskedI[6][12];
  signal realX[6];
  signal realY[6];
  signal realC[6];
  signal realTap[6];
  signal realColumn[6];
  signal eqTap[6];
  signal eqColumn[6];
  signal dormantTap[6];
  signal dormantColumn[6];
  signal noTap;
  signal noColumn;
  for (var k = 0; k < 6; k++) {
    dx.mask[k] <== kernelMask[k];
    dy.mask[k] <== kernelMask[k];
    c.mask[k] <== channelMask[k];
    i.mask[k] <== channelMask[k + 1];
    maskedX[k] <== Mask(6)(pointX, kernelMask[k]);
    maskedY[k] <== Mask(6)(pointY, kernelMask[k]);
    maskedC[k] <== Mask(12)(pointC, channelMask[k]);
    maskedI[k] <== Mask(12)(pointI, channelMask[k + 1]);
    realX[k] <== AtMostExtension(6)(maskedX[k], kernelBits[k]);
    realY[k] <== AtMostExtension(6)(maskedY[k], kernelBits[k]);
    realC[k] <== AtMostExtension(12)(maskedC[k], channelBits[k]);
    realBias[k] <== AtMostExtension(12)(maskedI[k], channelBits[k + 1]);
    realTap[k] <== realX[k] * realY[k];
    realColumn[k] <== realTap[k] * realC[k];
    real[k] <== realColumn[k] * realBias[k];
  }
  noTap <== dx.unused * dy.unused;
  noColumn <== noTap * c.unused;
  for (var k = 0; k < 6; k++) {
    eqTap[k] <== dx.eq[k] * dy.eq[k];
    eqColumn[k] <== eqTap[k] * c.eq[k];
    eq[k] <== eqColumn[k] * i.eq[k];
    eqBias[k] <== i.eq[k];
    dormantTap[k] <== dx.dormant[k] * dy.dormant[k];
    dormantColumn[k] <== dormantTap[k] * c.dormant[k];
    dormant[k] <== dormantColumn[k] * i.dormant[k];
    dormantBias[k] <== noColumn * i.dormant[k];
  }
}

/**
 * @title Block address
 * @notice The reduction's point y seen as (dx, dy, c, i) of W_l. Its low coordinates are those of dx.
 * @input kernelMask[6], channelMask[12]: of the kernel, and of the channels of the layer before
 * @input y[26]: the reduction's point
 * @output dy[6], c[12], i[12]: not masked
 */
template BlockAddress() {
  signal input kernelMask[6];
  signal input channelMask[12];
  signal input y[26];
  signal output dy[6];
  signal output c[12];
  signal output i[12];

  signal fromY[26] <== FromSize(26, 6, 26)(y, kernelMask);
  signal fromC[26] <== FromSize(26, 6, 26)(fromY, kernelMask);
  i <== FromSize(26, 12, 12)(fromC, channelMask);
  for (var t = 0; t < 6; t++) dy[t] <== fromY[t];
  for (var t = 0; t < 12; t++) c[t] <== fromC[t];
}

/**
 * @title Addresses of the blocks
 * @notice The reduction's point y seen as (dx, dy, c, i) of tensors of the size of W_l and as i of tensors of the size of
 *   b_l: what claims at one point of every layer need (design, sections 6.1 and 11.4). p_l multiplies eq, which the weight
 *   of every claim on the layer has as a factor; it never multiplies a claim's value.
 * @input p[7], channelMask[7][12], channelLog[7], kernelMask[6][6], kernelLog[6]: from NetworkShape
 * @input y[26]: the reduction's point
 * @input point[36]: the claimed point of (dx, dy, c, i)
 * @input biasPoint[12]: the claimed point of i for tensors of the size of b_l
 * @output high[6][26], highBias[6][26]: the coordinates that pick the slot
 * @output eq[6], eqBias[6]: p_l times eq of the low coordinates with the claimed point
 */
template BlockAddresses() {
  signal input p[7];
  signal input channelMask[7][12];
  signal input channelLog[7];
  signal input kernelMask[6][6];
  signal input kernelLog[6];
  signal input y[26];
  signal input point[36];
  signal input biasPoint[12];
  signal output high[6][26];
  signal output highBias[6][26];
  signal output eq[6];
  signal output eqBias[6];

  var lowY[12];
  var tapY[6];
  var pointX[6];
  var pointY[6];
  var pointC[12];
  var pointI[12];
  for (var t = 0; t < 12; t++) {
    lowY[t] = y[t];
    pointC[t] = point[12 + t];
    pointI[t] = point[24 + t];
  }
  for (var t = 0; t < 6; t++) {
    tapY[t] = y[t];
    pointX[t] = point[t];
    pointY[t] = point[6 + t];
  }
  signal xEqs[7] <== EqPrefixes(6)(pointX, tapY);
  signal biasEqs[13] <== EqPrefixes(12)(biasPoint, lowY);
  component address[6];
  signal yEqs[6][7];
  signal cEqs[6][13];
  signal iEqs[6][13];
  signal eqX[6];
  signal eqY[6];
  signal eqC[6];
  signal eqI[6];
  signal eqTap[6];
  signal eqColumn[6];
  signal eqBlock[6];
  signal eqBiasI[6];
  signal masked[6][12];
  signal slotSize[6];
  for (var k = 0; k < 6; k++) {
    address[k] = BlockAddress();
    address[k].kernelMask <== kernelMask[k];
    address[k].channelMask <== channelMask[k];
    address[k].y <== y;
    yEqs[k] <== EqPrefixes(6)(pointY, address[k].dy);
    cEqs[k] <== EqPrefixes(12)(pointC, address[k].c);
    iEqs[k] <== EqPrefixes(12)(pointI, address[k].i);
    eqX[k] <== AtSize(6)(xEqs, kernelMask[k]);
    eqY[k] <== AtSize(6)(yEqs[k], kernelMask[k]);
    eqC[k] <== AtSize(12)(cEqs[k], channelMask[k]);
    eqI[k] <== AtSize(12)(iEqs[k], channelMask[k + 1]);
    eqTap[k] <== eqX[k] * eqY[k];
    eqColumn[k] <== eqTap[k] * eqC[k];
    eqBlock[k] <== eqColumn[k] * eqI[k];
    eq[k] <== p[k + 1] * eqBlock[k];
    eqBiasI[k] <== AtSize(12)(biasEqs, channelMask[k + 1]);
    eqBias[k] <== p[k + 1] * eqBiasI[k];
    // an absent slot counts as size 1, or a wide input would make it overflow the address
    slotSize[k] <== p[k + 1] * (2 * kernelLog[k] + channelLog[k] + channelLog[k + 1]);
    high[k] <== HighCoordinates(26)(y, slotSize[k]);
    masked[k] <== Mask(12)(lowY, channelMask[k + 1]);
    highBias[k] <== HighAboveMask(26, 12)(y, masked[k]);
  }
}
