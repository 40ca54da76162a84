// SPDX-License-Identifier: GPL-3.0-or-later
pragma circom 2.2.0;

include "../../lib/multilinear.circom";
include "../../lib/numbers.circom";
include "../../lib/select.circom";
include "../../lib/sizes.circom";
include "../../lib/slots.circom";
include "../../generated/infer.circom";

/**
 * @title Inference, weights of the row oracles
 * @notice The reduction's weights of input, output, trace and helper at its point y (design, sections 6.1, 11.3, 11.4;
 *   protocol, section 13). Row points are r_s and rho_s, feature points r_i and rho_f. Layer l has index l - 1 in arrays of 4
 *   and l in arrays of 5; hidden layer h has index h - 1 in arrays of 3.
 * @input p[5], logs[5], mask[5][12]: from ModelShape
 * @input showIn, showOut, ranged: from the form, assumed bits
 * @input rowMask[12], rowLog: of the rows
 * @input inputOffset[26]: where X stands, assumed bits; O stands at 0
 * @input traceOffset, helperOffset: offsets, assumed bits
 * @input weight: powers of rho
 * @input y[26]: the reduction's point
 * @input squares: x^(2^t)
 * @input rowsR[12], rowsRho[12]: row points, masked
 * @input featuresR[12], featuresRho[12]: r_i and rho_f, not masked
 * @output in, out, trace, helper: their weights at y, without the table's
 */
template InferRowWeights() {
  signal input p[5];
  signal input logs[5];
  signal input mask[5][12];
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
  signal input squares[Q_COUNT()];
  signal input rowsR[12];
  signal input rowsRho[12];
  signal input featuresR[12];
  signal input featuresRho[12];
  signal output in;
  signal output out;
  signal output trace;
  signal output helper;

  // 1. The address seen as (row; feature): eq with every point, of features under every width; those of layers 1..4
  //    are 0 where the layer is absent.
  var lowY[12];
  for (var t = 0; t < 12; t++) lowY[t] = y[t];
  signal rowsY[12] <== Mask(12)(lowY, rowMask);
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
  signal rhoAtF[5];
  for (var l = 0; l < 5; l++) {
    high[l] <== HighCoordinates(26)(y, rowLog + logs[l]);
    widthRho[l] <== AtSize(12)(prefixesRho, mask[l]);
  }
  rhoAtF[0] <== eqRho * widthRho[0];
  for (var k = 0; k < 4; k++) {
    widthR[k] <== AtSize(12)(prefixesR, mask[k + 1]);
    eqI[k] <== p[k + 1] * widthR[k];
    eqF[k] <== p[k + 1] * widthRho[k + 1];
    rAtI[k] <== eqR * eqI[k];
    rAtF[k] <== eqR * eqF[k];
    rhoAtF[k + 1] <== eqRho * eqF[k];
  }

  // 2. The address's power of x: entry (j; s) weighs x^(j + 4096 s).
  var lowSquares[12];
  var highSquares[12];
  for (var t = 0; t < 12; t++) {
    lowSquares[t] = squares[Q_rs() + t];
    highSquares[t] = squares[Q_ri() + t];
  }
  signal featurePowers[13] <== PowerPrefixes(12)(featuresY, lowSquares);
  signal rowPowers[13] <== PowerPrefixes(12)(rowsY, highSquares);
  signal inputPower <== AtSize(12)(featurePowers, mask[0]);
  signal outputPower <== AtSize(12)(featurePowers, mask[4]);

  // 3. Input: X, which the lowest present layer reads, with weight p_l - p_(l-1) of the claims on In_l; at rho; as a
  //    polynomial at x where it is public.
  signal inputs[4];
  var inputSum = 0;
  for (var k = 0; k < 4; k++) {
    inputs[k] <== (p[k + 1] - p[k]) * weight[C_In(k + 1)];
    inputSum += inputs[k];
  }
  signal slotX <== SlotFactor(26)(inputOffset, high[0], 1);
  signal xFeatures <== widthRho[0] * inputSum;
  signal xAtR <== eqR * xFeatures;
  signal xAtRho <== rhoAtF[0] * weight[C_X()];
  signal xShown <== showIn * weight[C_inputs()];
  signal xPower <== rowPowers[12] * inputPower;
  signal xAtX <== xShown * xPower;
  in <== slotX * (xAtR + xAtRho + xAtX);

  // 4. Output: O, all that there is.
  var start[26];
  for (var t = 0; t < 26; t++) start[t] = 0;
  signal slotO <== SlotFactor(26)(start, high[4], 1);
  signal oAtRho <== rhoAtF[4] * weight[C_O()];
  signal oShown <== showOut * weight[C_outputs()];
  signal oPower <== rowPowers[12] * outputPower;
  signal oAtX <== oShown * oPower;
  out <== slotO * (oAtRho + oAtX);

  // 5. Trace: five slots of each hidden layer (A, V, m, R0, R1) and three of the output at (rho_f; rho_s); A_l, which is
  //    In_(l+1), also at (rho_f; r_s); forward relations at (r_i; r_s).
  var place[18] = [T_A(1), T_V(1), T_m(1), T_R0(1), T_R1(1), T_A(2), T_V(2), T_m(2), T_R0(2), T_R1(2), T_A(3), T_V(3),
    T_m(3), T_R0(3), T_R1(3), T_Q(), T_U0(), T_U1()];
  var claim[18] = [C_A(1), C_V(1), C_m(1), C_R0(1), C_R1(1), C_A(2), C_V(2), C_m(2), C_R0(2), C_R1(2), C_A(3), C_V(3),
    C_m(3), C_R0(3), C_R1(3), C_Q(), C_U0(), C_U1()];
  signal slots[18];
  signal single[18];
  var singles[4] = [0, 0, 0, 0];
  for (var i = 0; i < 18; i++) {
    var group = i \ 5;
    slots[i] <== SlotFactor(26)(traceOffset[place[i]], high[group + 1], 1);
    single[i] <== slots[i] * weight[claim[i]];
    singles[group] += single[i];
  }
  signal atRho[4];
  signal forwardAtR[4];
  signal forward[4];
  signal next[3];
  signal nextAtR[3];
  var traceSum = 0;
  for (var k = 0; k < 4; k++) {
    var A = 5 * k;
    var rounded = k < 3 ? 2 * FRACTION() * slots[A] - FRACTION() * slots[A + 1] + slots[A + 3] + LIMB() * slots[A + 4]
      : FRACTION() * slots[15] + slots[16] + LIMB() * slots[17];
    atRho[k] <== rhoAtF[k + 1] * singles[k];
    forwardAtR[k] <== weight[C_forward(k + 1)] * rAtI[k];
    forward[k] <== forwardAtR[k] * rounded;
    traceSum += atRho[k] - forward[k];
    if (k < 3) {
      next[k] <== slots[A] * weight[C_In(k + 2)];
      nextAtR[k] <== rAtF[k] * next[k];
      traceSum += nextAtR[k];
    }
  }
  trace <== traceSum;

  // 6. Helper: the lookups of the inputs, of each hidden layer and of the output.
  var helperPlace[5] = [H_hX(), H_h(1), H_h(2), H_h(3), H_hQ()];
  var helperClaim[5] = [C_hX(), C_h(1), C_h(2), C_h(3), C_hQ()];
  signal helperSlots[5];
  signal helperTerms[5];
  signal helperLayers[5];
  var helperSum = 0;
  for (var l = 0; l < 5; l++) {
    helperSlots[l] <== SlotFactor(26)(helperOffset[helperPlace[l]], high[l], l == 0 ? ranged : 1);
    helperTerms[l] <== helperSlots[l] * weight[helperClaim[l]];
    helperLayers[l] <== rhoAtF[l] * helperTerms[l];
    helperSum += helperLayers[l];
  }
  helper <== helperSum;
}
