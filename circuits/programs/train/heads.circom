// SPDX-License-Identifier: GPL-3.0-or-later
pragma circom 2.2.0;

include "../../lib/lookup.circom";
include "../../lib/multilinear.circom";
include "../../lib/numbers.circom";
include "../../lib/slots.circom";

// Numbers are those of the program that includes this file: train or convTrain.

/**
 * @title Train, scale of the targets
 * @notice What 1 fraction bit of Y weighs in D_4 (protocol, section 7): sY = s0 q + s1 (2^fd - n_4 eps) / 2^fa + s2 (2^fd -
 *   2 eps) / 2^fa, in the field.
 * @input squaredError, softmax, sigmoid: s0, s1, s2; assumed bits of which one is 1
 * @input outputs: n_4, assumed in its range
 * @input smoothing: eps, assumed in its range
 * @output out: sY
 */
template TargetScale() {
  signal input squaredError;
  signal input softmax;
  signal input sigmoid;
  signal input outputs;
  signal input smoothing;
  signal output out;

  signal classes <== softmax * outputs;
  signal smoothed <== (classes + 2 * sigmoid) * smoothing;
  out <== DELTA_SCALE() * squaredError + ((softmax + sigmoid) * DELTA() - smoothed) * (1 / ACTIVATION());
}

/**
 * @title Train, the output's delta
 * @notice Residue of D_4 = le_rows (s0 q Q + s12 le_out (P - eps) - sY Y): the gradient by the logits on real rows, 0 on
 *   padded ones (protocol, section 7).
 * @input squaredError: s0, assumed a bit
 * @input graded: s12 le_out, 1 on real classes of softmax and sigmoid
 * @input scale: sY
 * @input smoothing: eps
 * @input realRows: le_rows at the point
 * @input logit, target, probability, delta: Q, Y, P, D_4 at the point
 * @output out: left side minus right side
 */
template OutputDelta() {
  signal input squaredError;
  signal input graded;
  signal input scale;
  signal input smoothing;
  signal input realRows;
  signal input logit;
  signal input target;
  signal input probability;
  signal input delta;
  signal output out;

  signal error <== squaredError * logit;
  signal gradient <== graded * (probability - smoothing);
  signal targetScaled <== scale * target;
  out <== delta - realRows * (DELTA_SCALE() * error + gradient - targetScaled);
}

/**
 * @title Train, softmax
 * @notice The zero-checks of softmax at batch 1's point, weighted (protocol, section 7; design, section 7.1): w is a bit, on
 *   real classes alone, at a largest logit; e is 0 on padded classes; P = floor((2^(fd+1) e + Sum) / (2 Sum)), by a
 *   division whose remainder and what it lacks to 2 Sum - 1 are two limbs each. With another head all are 0.
 * @input softmax: s1, assumed a bit
 * @input beta: the lookup challenge
 * @input realClasses: le_out at the point
 * @input logit: Q at the point
 * @input weight: powers of lambda
 * @input evals: evaluations at the point, in the order of the protocol
 * @output out: the weighted sum of the residues
 */
template Softmax() {
  signal input softmax;
  signal input beta;
  signal input realClasses;
  signal input logit;
  signal input weight[R_COUNT()];
  signal input evals[E_COUNT()];
  signal output out;

  var w = evals[E_w()];
  var e = evals[E_e()];
  var Sum = evals[E_Sum()];
  var remainder = evals[E_r0()] + LIMB() * evals[E_r1()];
  var z0 = 2 * Sum - softmax - remainder - LIMB() * evals[E_z1()];
  signal residue[7];
  residue[0] <== w * (w - 1);
  residue[1] <== w * (1 - realClasses);
  residue[2] <== w * (evals[E_M()] - logit);
  residue[3] <== e * (1 - realClasses);
  residue[4] <== 2 * DELTA() * e + Sum - remainder - 2 * Sum * evals[E_P()];
  residue[5] <== LookupGroup()(beta, [evals[E_r0()], evals[E_r1()], evals[E_z1()]], evals[E_hR()], softmax);
  residue[6] <== LookupGroup()(beta, [z0, evals[E_P()], 0], evals[E_hP()], softmax);
  out <== InnerProduct(7)([weight[R_firstBit()], weight[R_firstPadding()], weight[R_largest()], weight[R_powerPadding()],
    weight[R_division()], weight[R_hR()], weight[R_hP()]], residue);
}

/**
 * @title Lookup of a pair
 * @notice Residue of h (b - index - alpha value - alpha^2) = s12 le_out: on the hypercube h is the inverse on real classes,
 *   else 0 (protocol, section 7). The pair is (M - Q, e) of softmax and (Q + 2^15, P) of sigmoid.
 * @input softmax, sigmoid: s1, s2; assumed bits of which at most one is 1
 * @input graded: s12 le_out
 * @input beta, alpha: the lookup challenges
 * @input alphaSquare: alpha^2
 * @input logit, largest, power, probability, helper: Q, M, e, P, h at the point
 * @output out: left side minus right side
 */
template LookupPair() {
  signal input softmax;
  signal input sigmoid;
  signal input graded;
  signal input beta;
  signal input alpha;
  signal input alphaSquare;
  signal input logit;
  signal input largest;
  signal input power;
  signal input probability;
  signal input helper;
  signal output out;

  signal below <== softmax * (largest - logit);
  signal above <== sigmoid * (logit + HALF_LIMB());
  signal powerOfSoftmax <== softmax * power;
  signal value <== sigmoid * probability + powerOfSoftmax;
  signal weighted <== alpha * value;
  out <== helper * (beta - below - above - weighted - alphaSquare) - graded;
}

/**
 * @title Train, heads at batch 1's point
 * @notice The output layer's zero-checks that depend on the head, weighted: D_4, softmax's own, the lookup of the pair.
 * @input squaredError, softmax, sigmoid: s0, s1, s2; assumed bits of which one is 1
 * @input outputs: n_4
 * @input smoothing: eps
 * @input beta, alpha, alphaSquare: the lookup challenges, and alpha^2
 * @input realRows, realClasses: le_rows and le_out at the point
 * @input weight: powers of lambda
 * @input evals: evaluations at the point, in the order of the protocol
 * @output out: the weighted sum of the residues
 */
template TrainHeads() {
  signal input squaredError;
  signal input softmax;
  signal input sigmoid;
  signal input outputs;
  signal input smoothing;
  signal input beta;
  signal input alpha;
  signal input alphaSquare;
  signal input realRows;
  signal input realClasses;
  signal input weight[R_COUNT()];
  signal input evals[E_COUNT()];
  signal output out;

  var logit = evals[E_Q()] - HALF_LIMB();
  signal graded <== (softmax + sigmoid) * realClasses;
  signal scale <== TargetScale()(squaredError, softmax, sigmoid, outputs, smoothing);
  signal delta <== OutputDelta()(squaredError, graded, scale, smoothing, realRows, logit, evals[E_Y()], evals[E_P()],
    evals[E_D4()]);
  signal pair <== LookupPair()(softmax, sigmoid, graded, beta, alpha, alphaSquare, logit, evals[E_M()], evals[E_e()],
    evals[E_P()], evals[E_hF()]);
  signal ofSoftmax <== Softmax()(softmax, beta, realClasses, logit, weight, evals);
  signal deltaWeighted <== weight[R_error()] * delta;
  signal pairWeighted <== weight[R_hF()] * pair;
  out <== deltaWeighted + pairWeighted + ofSoftmax;
}

/**
 * @title Train, weights of the heads' tensors
 * @notice The reduction's weights of the heads' slots in trace and helper at its point y: all at (rho_f; rho_s), w, e and
 *   Sum with the claims `oneFirst` and `total` at r_s and every feature besides. A slot's presence, s1 or s12, is in its
 *   factor (protocol, section 7; design, section 11.3).
 * @input softmax, sigmoid: s1, s2; assumed bits of which at most one is 1
 * @input traceOffset, helperOffset: offsets, assumed bits
 * @input weight: powers of rho
 * @input high[26], highRows[26]: coordinates of y outside a slot of the size of Q and outside one of the rows
 * @input eqR, eqRho: eq of y's row coordinates with the row points
 * @input rhoAtF: eq of y's row and feature coordinates with (rho_f; rho_s)
 * @output trace, helper: their weights at y
 */
template TrainHeadWeights() {
  signal input softmax;
  signal input sigmoid;
  signal input traceOffset[T_COUNT()][26];
  signal input helperOffset[H_COUNT()][26];
  signal input weight[C_COUNT()];
  signal input high[26];
  signal input highRows[26];
  signal input eqR;
  signal input eqRho;
  signal input rhoAtF;
  signal output trace;
  signal output helper;

  // 1. Slots of the size of Q: w, e, P, r0, r1, z1; of the rows: M, Sum.
  var place[8] = [T_w(), T_e(), T_P(), T_r0(), T_r1(), T_z1(), T_M(), T_Sum()];
  var claim[8] = [C_w(), C_e(), C_P(), C_r0(), C_r1(), C_z1(), C_M(), C_Sum()];
  signal slots[8];
  signal single[8];
  var singles[2] = [0, 0];
  for (var i = 0; i < 8; i++) {
    slots[i] <== SlotFactor(26)(traceOffset[place[i]], i < 6 ? high : highRows, i == 2 ? softmax + sigmoid : softmax);
    single[i] <== slots[i] * weight[claim[i]];
    singles[i \ 6] += single[i];
  }

  // 2. Trace.
  signal atPoint <== rhoAtF * singles[0];
  signal atRows <== eqRho * singles[1];
  signal oneFirst <== slots[0] * weight[C_oneFirst()];
  signal total <== (slots[1] - slots[7]) * weight[C_total()];
  signal atR <== eqR * (oneFirst + total);
  trace <== atPoint + atRows + atR;

  // 3. Helper.
  var helperPlace[3] = [H_hR(), H_hP(), H_hF()];
  var helperClaim[3] = [C_hR(), C_hP(), C_hF()];
  signal helperSlots[3];
  signal helperTerms[3];
  var helpers = 0;
  for (var i = 0; i < 3; i++) {
    helperSlots[i] <== SlotFactor(26)(helperOffset[helperPlace[i]], high, i == 2 ? softmax + sigmoid : softmax);
    helperTerms[i] <== helperSlots[i] * weight[helperClaim[i]];
    helpers += helperTerms[i];
  }
  helper <== rhoAtF * helpers;
}

/**
 * @title Train, weights of both tables
 * @notice The reduction's weights at its point y of mult, g, mult2 and g2, and of the functions' oracle, whose slots are
 *   fixed: EXP at 0 and SIG at 2^16 (protocol, sections 1 and 7).
 * @input softmax, sigmoid: s1, s2; assumed bits of which at most one is 1
 * @input y[26]: the reduction's point
 * @input point[16]: the claimed point, the low coordinates of batch 1's
 * @input traceOffset, helperOffset: offsets, assumed bits
 * @input weight: powers of rho
 * @output trace, helper, tables: their weights at y
 */
template TrainTableWeights() {
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
  var present = softmax + sigmoid;
  var offset[4][26] = [traceOffset[T_mult()], helperOffset[H_g()], traceOffset[T_mult2()], helperOffset[H_g2()]];
  var claim[4] = [C_mult(), C_g(), C_mult2(), C_g2()];
  signal slots[4];
  signal terms[4];
  for (var i = 0; i < 4; i++) {
    slots[i] <== SlotFactor(26)(offset[i], high, i < 2 ? 1 : present);
    terms[i] <== slots[i] * weight[claim[i]];
  }
  trace <== eq * (terms[0] + terms[2]);
  helper <== eq * (terms[1] + terms[3]);

  // y_16 picks the function, and above it everything is 0
  signal place[10];
  place[0] <== y[16] * (sigmoid - softmax) + softmax;
  for (var t = 0; t < 9; t++) place[t + 1] <== place[t] * (1 - y[17 + t]);
  signal functionWeight <== weight[C_F()] * place[9];
  tables <== eq * functionWeight;
}
