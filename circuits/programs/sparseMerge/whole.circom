// SPDX-License-Identifier: GPL-3.0-or-later
pragma circom 2.2.0;

include "../../lib/limbs.circom";
include "../../lib/lookup.circom";
include "../../lib/points.circom";
include "../../lib/slots.circom";
include "../../generated/sparseMerge.circom";
include "method.circom";
include "task.circom";

/** How many relations are of no single task, the table's and the LogUp sum aside. */
function WHOLE_RELATIONS() { return R_table() - R_sequence(); }

/**
 * @title Step functions
 * @notice What has one value in each slot, at the batch's point: the coefficients a_i, the same in W and b of a layer, and the
 *   thresholds theta_i. Both are 0 outside of the slots.
 * @input inside[12]: Ind of the slots at the point
 * @input tasks[6][4]: a_(i,l)
 * @input thresholds[48]: theta_i of slot n at 4 n + i - 1
 * @output a[4], threshold[4]
 */
template StepFunctions() {
  signal input inside[12];
  signal input tasks[6][4];
  signal input thresholds[48];
  signal output a[4];
  signal output threshold[4];

  signal ofLayer[6][4];
  signal ofSlot[12][4];
  for (var i = 0; i < 4; i++) {
    var sum = 0;
    var sumOfThresholds = 0;
    for (var l = 0; l < 6; l++) {
      ofLayer[l][i] <== tasks[l][i] * (inside[2 * l] + inside[2 * l + 1]);
      sum += ofLayer[l][i];
    }
    for (var n = 0; n < 12; n++) {
      ofSlot[n][i] <== thresholds[4 * n + i] * inside[n];
      sumOfThresholds += ofSlot[n][i];
    }
    a[i] <== sum;
    threshold[i] <== sumOfThresholds;
  }
}

/**
 * @title What the tasks make together
 * @notice The part of batch 1 that is of no single task, at its point (protocol, section 15): the sequence of the masks, the
 *   elected sign, the child as the rounded quotient, and their lookups.
 * @input flags[3]: kappa, rho, nu, assumed bits
 * @input beta: the lookup challenge
 * @input offset, factor: from MaskNumbers
 * @input point[23]: the batch's point, masked
 * @input a[4], d[4]: coefficients and changes of the tasks at the point
 * @input evals1: the evaluations
 * @output relations: all from sequence to hY, without eq
 */
template SparseWhole() {
  signal input flags[3];
  signal input beta;
  signal input offset;
  signal input factor;
  signal input point[23];
  signal input a[4];
  signal input d[4];
  signal input evals1[E_COUNT()];
  signal output relations[WHOLE_RELATIONS()];

  // 1. The sequence v (x + off + 1) = factor + q u at the address x.
  var address = 0;
  for (var t = 0; t < 23; t++) address += (1 << t) * point[t];
  signal drawn <== FromLimbs(4)([evals1[E_v0()], evals1[E_v1()], evals1[E_v2()], evals1[E_v3()]]);
  signal quotient <== FromLimbs(2)([evals1[E_u0()], evals1[E_u1()]]);
  signal scaled <== drawn * (address + offset + 1);
  signal start <== flags[1] * factor;
  relations[R_sequence() - R_sequence()] <== scaled - start - MASK_MODULUS() * quotient;

  // 2. The sums: of what is kept, and of what agrees.
  var o = evals1[E_o()];
  signal keeps[4];
  signal kept[4];
  signal agrees[4];
  signal takes[4];
  signal taken[4];
  var S = 0;
  var N = 0;
  var agreed = 0;
  var total = 0;
  for (var i = 0; i < 4; i++) {
    keeps[i] <== a[i] * evals1[E_c(i + 1)];
    kept[i] <== keeps[i] * d[i];
    agrees[i] <== a[i] * evals1[E_k(i + 1)];
    takes[i] <== (1 - flags[0]) * evals1[E_m(i + 1)];
    taken[i] <== a[i] * (evals1[E_k(i + 1)] + takes[i]);
    S += kept[i];
    agreed += agrees[i];
    total += a[i];
  }
  signal changed <== InnerProduct(4)(taken, d);
  N = changed;

  // 3. The elected sign.
  relations[R_electedBit() - R_sequence()] <== o * o - o;
  signal electedSum <== (2 * o - flags[0]) * S;
  signal sumLimbs <== FromLimbs(4)([evals1[E_e0()], evals1[E_e1()], evals1[E_e2()], evals1[E_e3()]]);
  relations[R_election() - R_sequence()] <== electedSum - flags[0] + o - sumLimbs;

  // 4. Where nothing agrees the divisor is 1.
  var z = evals1[E_z()];
  relations[R_noneBit() - R_sequence()] <== z * z - z;
  relations[R_none() - R_sequence()] <== z * agreed;
  signal mean <== flags[2] * agreed;
  signal scale <== flags[2] * total;
  var D = 1 - flags[2] + mean + z;

  // 5. The child: the quotient, rounded.
  var C = evals1[E_C()];
  signal divided <== D * (C - evals1[E_B()]);
  signal multiplied <== (1 - flags[2] + scale) * N;
  var remainder = evals1[E_r0()] + LIMB() * evals1[E_r1()];
  relations[R_quotient() - R_sequence()] <== (1 << 14) * divided + remainder - multiplied - (1 << 13) * D;
  relations[R_rest() - R_sequence()] <== (1 << 14) * D - 1 - remainder - evals1[E_y0()] - LIMB() * evals1[E_y1()];

  // 6. Lookups.
  relations[R_hT() - R_sequence()] <== LookupGroup()(beta, [evals1[E_t(1)], evals1[E_t(2)], evals1[E_t(3)]], evals1[E_hT()], flags[1]);
  relations[R_hV() - R_sequence()] <== LookupGroup()(beta, [evals1[E_v0()], evals1[E_v1()], evals1[E_v2()]], evals1[E_hV()], flags[1]);
  relations[R_hU() - R_sequence()] <== LookupGroup()(beta, [evals1[E_v3()], evals1[E_u0()], evals1[E_u1()]], evals1[E_hU()], flags[1]);
  relations[R_hE() - R_sequence()] <== LookupGroup()(beta, [evals1[E_e0()], evals1[E_e1()], evals1[E_e2()]], evals1[E_hE()], flags[0]);
  relations[R_hW() - R_sequence()] <== WeightRange()(beta, C, [evals1[E_w1()], evals1[E_w2()]], evals1[E_hW()], 1);
  relations[R_hR() - R_sequence()] <== LookupGroup()(beta, [evals1[E_r0()], evals1[E_r1()], evals1[E_y0()]], evals1[E_hR()], 1);
  relations[R_hY() - R_sequence()] <== LookupGroup()(beta, [evals1[E_y1()], evals1[E_e3()], evals1[E_t(4)]], evals1[E_hY()], 1);
}

/**
 * @title Places of the vectors
 * @notice The weights at y of all claims on vectors of trace and helper, but for the table's. A vector that a method or a task
 *   lacks has the weight 0, which forces its evaluation to 0: the presence multiplies the weight, never the value.
 * @input flags[3], named[4]: assumed bits
 * @input eq: eq of the batch's point and y over the vectors' bits
 * @input high[26]: the coordinates of y outside of a vector
 * @input reached[12]: Ind of the slots at y
 * @input traceOffset, helperOffset: assumed bits
 * @input claimWeight: powers of rho
 * @output trace, helper: the weights
 */
template SparsePlaces() {
  signal input flags[3];
  signal input named[4];
  signal input eq;
  signal input high[26];
  signal input reached[12];
  signal input traceOffset[T_COUNT()][26];
  signal input helperOffset[H_COUNT()][26];
  signal input claimWeight[C_COUNT()];
  signal output trace;
  signal output helper;

  // 1. Of the tasks, their counts beside.
  var inTrace = 0;
  var inHelper = 0;
  signal signed[4];
  signal masked[4];
  signal eqSigned[4];
  signal eqMasked[4];
  signal ofSigns[4];
  signal ofMasks[4];
  signal ofHelpers[4];
  signal slotWeight[4][12];
  signal counted[4];
  signal counts[4];
  for (var i = 0; i < 4; i++) {
    var l = i + 1;
    signed[i] <== flags[0] * named[i];
    masked[i] <== flags[1] * named[i];
    eqSigned[i] <== signed[i] * eq;
    eqMasked[i] <== masked[i] * eq;
    ofSigns[i] <== SlotWeights(9)([traceOffset[T_s(l)], traceOffset[T_c(l)], traceOffset[T_k(l)], traceOffset[T_a0(l)],
      traceOffset[T_a1(l)], traceOffset[T_a2(l)], traceOffset[T_b0(l)], traceOffset[T_b1(l)], traceOffset[T_b2(l)]], high,
      [claimWeight[C_s(l)], claimWeight[C_c(l)], claimWeight[C_k(l)], claimWeight[C_a0(l)], claimWeight[C_a1(l)],
      claimWeight[C_a2(l)], claimWeight[C_b0(l)], claimWeight[C_b1(l)], claimWeight[C_b2(l)]], eqSigned[i]);
    ofMasks[i] <== SlotWeights(2)([traceOffset[T_m(l)], traceOffset[T_t(l)]], high,
      [claimWeight[C_m(l)], claimWeight[C_t(l)]], eqMasked[i]);
    ofHelpers[i] <== SlotWeights(2)([helperOffset[H_hA(l)], helperOffset[H_hB(l)]], high,
      [claimWeight[C_hA(l)], claimWeight[C_hB(l)]], eqSigned[i]);
    var sum = 0;
    for (var n = 0; n < 12; n++) {
      slotWeight[i][n] <== claimWeight[C_keptIn(4 * n + l)] * reached[n];
      sum += slotWeight[i][n];
    }
    counted[i] <== SlotFactor(26)(traceOffset[T_c(l)], high, signed[i]);
    counts[i] <== counted[i] * sum;
    inTrace += ofSigns[i] + ofMasks[i] + counts[i];
    inHelper += ofHelpers[i];
  }

  // 2. Of all together.
  signal eqKappa <== flags[0] * eq;
  signal eqRho <== flags[1] * eq;
  signal eqNu <== flags[2] * eq;
  signal ofSequence <== SlotWeights(6)([traceOffset[T_v0()], traceOffset[T_v1()], traceOffset[T_v2()], traceOffset[T_v3()],
    traceOffset[T_u0()], traceOffset[T_u1()]], high, [claimWeight[C_v0()], claimWeight[C_v1()], claimWeight[C_v2()],
    claimWeight[C_v3()], claimWeight[C_u0()], claimWeight[C_u1()]], eqRho);
  signal ofElection <== SlotWeights(5)([traceOffset[T_o()], traceOffset[T_e0()], traceOffset[T_e1()], traceOffset[T_e2()],
    traceOffset[T_e3()]], high, [claimWeight[C_o()], claimWeight[C_e0()], claimWeight[C_e1()], claimWeight[C_e2()],
    claimWeight[C_e3()]], eqKappa);
  signal ofNone <== SlotWeights(1)([traceOffset[T_z()]], high, [claimWeight[C_z()]], eqNu);
  signal ofChild <== SlotWeights(6)([traceOffset[T_r0()], traceOffset[T_r1()], traceOffset[T_y0()], traceOffset[T_y1()],
    traceOffset[T_w1()], traceOffset[T_w2()]], high, [claimWeight[C_r0()], claimWeight[C_r1()], claimWeight[C_y0()],
    claimWeight[C_y1()], claimWeight[C_w1()], claimWeight[C_w2()]], eq);
  signal ofMaskHelpers <== SlotWeights(3)([helperOffset[H_hT()], helperOffset[H_hV()], helperOffset[H_hU()]], high,
    [claimWeight[C_hT()], claimWeight[C_hV()], claimWeight[C_hU()]], eqRho);
  signal ofSignHelper <== SlotWeights(1)([helperOffset[H_hE()]], high, [claimWeight[C_hE()]], eqKappa);
  signal ofChildHelpers <== SlotWeights(3)([helperOffset[H_hW()], helperOffset[H_hR()], helperOffset[H_hY()]], high,
    [claimWeight[C_hW()], claimWeight[C_hR()], claimWeight[C_hY()]], eq);
  trace <== inTrace + ofSequence + ofElection + ofNone + ofChild;
  helper <== inHelper + ofMaskHelpers + ofSignHelper + ofChildHelpers;
}
