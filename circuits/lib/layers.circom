// SPDX-License-Identifier: GPL-3.0-or-later
pragma circom 2.2.0;

include "./multilinear.circom";
include "./points.circom";
include "./sizes.circom";
include "./slots.circom";

// Shared by the programs whose relations speak of a model's weights entry by entry (seed, import, merge) or of a model and a
// point (score). Layer l has index l - 1 in arrays of 4 and l in arrays of 5; k stands for l - 1.

/**
 * @title Points of the layers
 * @notice Batch 1 at its point, position t the bit t of j and 12 + t the bit t of i: masked points, eq with the
 *   zero-check point and the factor of dormant variables, of W_l[i, j] and of b_l[i] (design, section 11.2). A tensor
 *   of i alone leaves all twelve low variables dormant.
 * @input mask[5][12]: width masks, from ModelShape
 * @input point[24]: the batch's point
 * @input tau[24]: the zero-check point
 * @output columns[4][12], rows[4][12]: the point of j and of i, masked
 * @output eq[4], eqBias[4]: eq over (j, i) and over i
 * @output dormant[4], dormantBias[4]: product of 1 - point over the dormant variables
 */
template LayerPoints() {
  signal input mask[5][12];
  signal input point[24];
  signal input tau[24];
  signal output columns[4][12];
  signal output rows[4][12];
  signal output eq[4];
  signal output eqBias[4];
  signal output dormant[4];
  signal output dormantBias[4];

  var pointLow[12];
  var pointHigh[12];
  var tauLow[12];
  var tauHigh[12];
  for (var t = 0; t < 12; t++) {
    pointLow[t] = point[t];
    pointHigh[t] = point[12 + t];
    tauLow[t] = tau[t];
    tauHigh[t] = tau[12 + t];
  }
  signal noColumns[13];
  noColumns[0] <== 1;
  for (var t = 0; t < 12; t++) noColumns[t + 1] <== noColumns[t] * (1 - point[t]);
  signal differencesLow[12] <== Differences(12)(pointLow, tauLow);
  signal differencesHigh[12] <== Differences(12)(pointHigh, tauHigh);
  signal eqColumns[4];
  signal dormantColumns[4];
  signal dormantRows[4];
  for (var k = 0; k < 4; k++) {
    (columns[k], eqColumns[k], dormantColumns[k]) <== Points(12)(pointLow, differencesLow, mask[k]);
    (rows[k], eqBias[k], dormantRows[k]) <== Points(12)(pointHigh, differencesHigh, mask[k + 1]);
    eq[k] <== eqColumns[k] * eqBias[k];
    dormant[k] <== dormantColumns[k] * dormantRows[k];
    dormantBias[k] <== noColumns[12] * dormantRows[k];
  }
}

/**
 * @title Addresses of the layers
 * @notice The reduction's point y seen as (j; i) of tensors of the size of W_l and as i of tensors of the size of b_l:
 *   what claims at one point (j; i) of every layer need (design, sections 6.1 and 11.4). p_l multiplies eq, which the
 *   weight of every claim on the layer has as a factor; it never multiplies a claim's value.
 * @input p[5], logs[5], mask[5][12]: from ModelShape
 * @input y[26]: the reduction's point
 * @input columns[4][12], rows[4][12]: the claimed point of j and of i, masked by width
 * @input biasRows[4][12]: the claimed point of i for tensors of the size of b_l, masked by width
 * @output high[4][26], highBias[4][26]: the coordinates that pick the slot
 * @output eq[4], eqBias[4]: p_l times eq of the low coordinates with the claimed point, over (j, i) and over i
 */
template LayerAddresses() {
  signal input p[5];
  signal input logs[5];
  signal input mask[5][12];
  signal input y[26];
  signal input columns[4][12];
  signal input rows[4][12];
  signal input biasRows[4][12];
  signal output high[4][26];
  signal output highBias[4][26];
  signal output eq[4];
  signal output eqBias[4];

  var lowY[12];
  for (var t = 0; t < 12; t++) lowY[t] = y[t];
  signal yLow[5][12];
  for (var l = 0; l < 5; l++) yLow[l] <== Mask(12)(lowY, mask[l]);
  signal shifted[4][12];
  signal yHigh[4][12];
  signal slotSize[4];
  signal eqColumns[4];
  signal eqRows[4];
  signal eqBoth[4];
  signal eqRowsBias[4];
  for (var k = 0; k < 4; k++) {
    shifted[k] <== Shift(26, 12, 12)(y, mask[k]);
    yHigh[k] <== Mask(12)(shifted[k], mask[k + 1]);
    eqColumns[k] <== Eq(12)(columns[k], yLow[k]);
    eqRows[k] <== Eq(12)(rows[k], yHigh[k]);
    eqBoth[k] <== eqColumns[k] * eqRows[k];
    eq[k] <== p[k + 1] * eqBoth[k];
    eqRowsBias[k] <== Eq(12)(biasRows[k], yLow[k + 1]);
    eqBias[k] <== p[k + 1] * eqRowsBias[k];
    // an absent slot counts as size 1, or a wide input would make it overflow the address
    slotSize[k] <== p[k + 1] * (logs[k] + logs[k + 1]);
    high[k] <== HighCoordinates(26)(y, slotSize[k]);
    highBias[k] <== HighAboveMask(26, 12)(y, yLow[k + 1]);
  }
}
