// SPDX-License-Identifier: GPL-3.0-or-later
pragma circom 2.2.0;

include "./points.circom";
include "./select.circom";
include "./sizes.circom";
include "./slots.circom";

// Shared by the programs whose relations speak of a model's weights entry by entry (seed, import, merge). Layer l has index
// l - 1 in arrays of 4 and l in arrays of 5; k stands for l - 1.

/**
 * @title Points of the layers
 * @notice Batch 1 at its point, position t the bit t of j and 12 + t the bit t of i: eq with the zero-check point and the
 *   factor of dormant variables, of W_l[i, j] and of b_l[i] (design, section 11.2). A tensor of i alone leaves all twelve
 *   low variables dormant.
 * @input mask[5][12]: width masks, from ModelShape
 * @input point[24]: the batch's point
 * @input tau[24]: the zero-check point
 * @output columns[12], rows[12], rowsTau[12]: the point of j and of i, and tau of i, not masked
 * @output eq[4], eqBias[4]: eq over (j, i) and over i
 * @output dormant[4], dormantBias[4]: product of 1 - point over the dormant variables
 */
template LayerPoints() {
  signal input mask[5][12];
  signal input point[24];
  signal input tau[24];
  signal output columns[12];
  signal output rows[12];
  signal output rowsTau[12];
  signal output eq[4];
  signal output eqBias[4];
  signal output dormant[4];
  signal output dormantBias[4];

  component low = Points(12, 4);
  component high = Points(12, 4);
  for (var t = 0; t < 12; t++) {
    columns[t] <== point[t];
    rows[t] <== point[12 + t];
    rowsTau[t] <== tau[12 + t];
    low.tau[t] <== tau[t];
  }
  low.point <== columns;
  high.point <== rows;
  high.tau <== rowsTau;
  for (var k = 0; k < 4; k++) {
    low.mask[k] <== mask[k];
    high.mask[k] <== mask[k + 1];
  }
  for (var k = 0; k < 4; k++) {
    eq[k] <== low.eq[k] * high.eq[k];
    eqBias[k] <== high.eq[k];
    dormant[k] <== low.dormant[k] * high.dormant[k];
    dormantBias[k] <== low.unused * high.dormant[k];
  }
}

/**
 * @title Addresses of the layers
 * @notice The reduction's point y seen as (j; i) of tensors of the size of W_l and as i of tensors of the size of b_l:
 *   what claims at one point (j; i) of every layer need (design, sections 6.1 and 11.4). p_l multiplies eq, which the
 *   weight of every claim on the layer has as a factor; it never multiplies a claim's value.
 * @input p[5], logs[5], mask[5][12]: from ModelShape
 * @input y[26]: the reduction's point
 * @input columns[12], rows[12]: the claimed point of j and of i; each layer uses the coordinates of its widths
 * @input biasRows[12]: the claimed point of i for tensors of the size of b_l
 * @output high[4][26], highBias[4][26]: the coordinates that pick the slot
 * @output eq[4], eqBias[4]: p_l times eq of the low coordinates with the claimed point, over (j, i) and over i
 */
template LayerAddresses() {
  signal input p[5];
  signal input logs[5];
  signal input mask[5][12];
  signal input y[26];
  signal input columns[12];
  signal input rows[12];
  signal input biasRows[12];
  signal output high[4][26];
  signal output highBias[4][26];
  signal output eq[4];
  signal output eqBias[4];

  var lowY[12];
  for (var t = 0; t < 12; t++) lowY[t] = y[t];
  signal columnEqs[13] <== EqPrefixes(12)(columns, lowY);
  signal biasEqs[13] <== EqPrefixes(12)(biasRows, lowY);
  signal shifted[4][12];
  signal rowEqs[4][13];
  signal masked[4][12];
  signal slotSize[4];
  signal eqColumns[4];
  signal eqRows[4];
  signal eqBoth[4];
  signal eqBiasRows[4];
  for (var k = 0; k < 4; k++) {
    shifted[k] <== FromSize(26, 12, 12)(y, mask[k]);
    rowEqs[k] <== EqPrefixes(12)(rows, shifted[k]);
    eqColumns[k] <== AtSize(12)(columnEqs, mask[k]);
    eqRows[k] <== AtSize(12)(rowEqs[k], mask[k + 1]);
    eqBoth[k] <== eqColumns[k] * eqRows[k];
    eq[k] <== p[k + 1] * eqBoth[k];
    eqBiasRows[k] <== AtSize(12)(biasEqs, mask[k + 1]);
    eqBias[k] <== p[k + 1] * eqBiasRows[k];
    // an absent slot counts as size 1, or a wide input would make it overflow the address
    slotSize[k] <== p[k + 1] * (logs[k] + logs[k + 1]);
    high[k] <== HighCoordinates(26)(y, slotSize[k]);
    masked[k] <== Mask(12)(lowY, mask[k + 1]);
    highBias[k] <== HighAboveMask(26, 12)(y, masked[k]);
  }
}
