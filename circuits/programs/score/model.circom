// SPDX-License-Identifier: GPL-3.0-or-later
pragma circom 2.2.0;

include "../../lib/multilinear.circom";
include "../../lib/numbers.circom";
include "../../lib/select.circom";
include "../../lib/sizes.circom";
include "../../lib/slots.circom";

// Numbers are those of the program that includes this file: score or infer.

/**
 * @title Score, weights of the model oracle
 * @notice The reduction's weight of the model at its point y: W_l at (rho_f; r_i), b_l at r_i with the forward claim.
 *   Layer l has index l - 1 in arrays of 4 and l in arrays of 5.
 * @input p[5], logs[5], mask[5][12]: from ModelShape
 * @input modelOffset[8][26]: places, from ModelShape
 * @input weight: powers of rho
 * @input y[26]: the reduction's point
 * @input featuresR[12], featuresRho[12]: r_i and rho_f, not masked
 * @output out: the weight at y
 */
template ScoreModelWeights() {
  signal input p[5];
  signal input logs[5];
  signal input mask[5][12];
  signal input modelOffset[MODEL_COUNT()][26];
  signal input weight[C_COUNT()];
  signal input y[26];
  signal input featuresR[12];
  signal input featuresRho[12];
  signal output out;

  // 1. eq of the address's low coordinates with rho_f (j of W_l) and with r_i (i of b_l).
  var lowY[12];
  for (var t = 0; t < 12; t++) lowY[t] = y[t];
  signal columnsPrefixes[13] <== EqPrefixes(12)(featuresRho, lowY);
  signal biasPrefixes[13] <== EqPrefixes(12)(featuresR, lowY);

  // 2. Layer by layer, the address seen as (j; i) of W_l and as i of b_l.
  signal biasY[4][12];
  signal rowsY[4][12];
  signal rowsPrefixes[4][13];
  signal columns[4];
  signal rows[4];
  signal bias[4];
  signal high[4][26];
  signal highBias[4][26];
  signal slots[4][2];
  signal eqWeight[4];
  signal weighted[4][2];
  signal terms[4][2];
  var sum = 0;
  for (var k = 0; k < 4; k++) {
    biasY[k] <== Mask(12)(lowY, mask[k + 1]);
    rowsY[k] <== FromSize(26, 12, 12)(y, mask[k]);
    rowsPrefixes[k] <== EqPrefixes(12)(featuresR, rowsY[k]);
    columns[k] <== AtSize(12)(columnsPrefixes, mask[k]);
    rows[k] <== AtSize(12)(rowsPrefixes[k], mask[k + 1]);
    bias[k] <== AtSize(12)(biasPrefixes, mask[k + 1]);
    high[k] <== HighCoordinates(26)(y, logs[k] + logs[k + 1]);
    highBias[k] <== HighAboveMask(26, 12)(y, biasY[k]);
    slots[k][0] <== SlotFactor(26)(modelOffset[MODEL_W(k + 1)], high[k], p[k + 1]);
    slots[k][1] <== SlotFactor(26)(modelOffset[MODEL_b(k + 1)], highBias[k], p[k + 1]);
    eqWeight[k] <== columns[k] * rows[k];
    weighted[k][0] <== weight[C_W(k + 1)] * slots[k][0];
    weighted[k][1] <== ACTIVATION() * weight[C_forward(k + 1)] * slots[k][1];
    terms[k][0] <== eqWeight[k] * weighted[k][0];
    terms[k][1] <== bias[k] * weighted[k][1];
    sum += terms[k][0] + terms[k][1];
  }
  out <== sum;
}
