// SPDX-License-Identifier: GPL-3.0-or-later
pragma circom 2.2.0;

include "../../lib/multilinear.circom";
include "../../lib/slots.circom";

// Numbers are those of the program that includes this file: score or convScore.

/**
 * @title Score, weights of both tables
 * @notice The reduction's weights at its point y of mult, g, mult2 and g2, and of the functions' oracle, whose slots are
 *   fixed: EXP at 0 and LOSS at 2^17 (protocol, sections 1 and 11).
 * @input softmax, sigmoid: s1, s2; assumed bits of which at most one is 1
 * @input y[26]: the reduction's point
 * @input point[16]: the claimed point, the low coordinates of batch 1's
 * @input traceOffset, helperOffset: offsets, assumed bits
 * @input weight: powers of rho
 * @output trace, helper, tables: their weights at y
 */
template ScoreTableWeights() {
  signal input softmax;
  signal input sigmoid;
  signal input y[26];
  signal input point[16];
  signal input traceOffset[T_COUNT()][26];
  signal input helperOffset[H_COUNT()][26];
  signal input weight[C_COUNT()];
  signal output trace;
  signal output helper;
  signal output tables;

  var tableY[16];
  for (var t = 0; t < 16; t++) tableY[t] = y[t];
  signal eq <== Eq(16)(point, tableY);
  signal high[26] <== HighAboveTable()(y);
  var offset[4][26] = [traceOffset[T_mult()], helperOffset[H_g()], traceOffset[T_mult2()], helperOffset[H_g2()]];
  var claim[4] = [C_mult(), C_g(), C_mult2(), C_g2()];
  signal slots[4];
  signal terms[4];
  for (var i = 0; i < 4; i++) {
    slots[i] <== SlotFactor(26)(offset[i], high, i < 2 ? 1 : softmax + sigmoid);
    terms[i] <== slots[i] * weight[claim[i]];
  }
  trace <== eq * (terms[0] + terms[2]);
  helper <== eq * (terms[1] + terms[3]);

  // y_17 picks the function where y_16 is 0, and above them everything is 0
  signal place[10];
  place[0] <== y[17] * (sigmoid - softmax) + softmax;
  place[1] <== place[0] * (1 - y[16]);
  for (var t = 1; t < 9; t++) place[t + 1] <== place[t] * (1 - y[17 + t]);
  signal functionWeight <== weight[C_F()] * place[9];
  tables <== eq * functionWeight;
}
