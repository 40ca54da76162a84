// SPDX-License-Identifier: GPL-3.0-or-later
pragma circom 2.2.0;

include "circomlib/circuits/bitify.circom";
include "../lib/layers.circom";
include "../lib/limbs.circom";
include "../lib/multilinear.circom";
include "../lib/numbers.circom";
include "../lib/opening.circom";
include "../lib/sizes.circom";
include "../lib/slots.circom";
include "../lib/sumcheck.circom";
include "../lib/table.circom";
include "../lib/transcript.circom";

/** 2^17: coefficients are in [-2^17, 2^17), packed with this added. */
function COEFFICIENT_BOUND() { return 1 << 17; }

/**
 * @title Merge coefficients
 * @notice Unpacks one layer's coefficients: word = sum_i (a_i + 2^17) 2^(18 i). Every field is bit-decomposed, so a word
 *   has one unpacking (protocol, section 10).
 * @input word: public, constrained here to equal the fields packed
 * @input factors[8]: a_i + 2^17, constrained here to 18 bits
 * @output out[8]: a_i, signed
 */
template MergeCoefficients() {
  signal input word;
  signal input factors[8];
  signal output out[8];

  signal bits[8][18];
  var packed = 0;
  for (var i = 0; i < 8; i++) {
    bits[i] <== Num2Bits(18)(factors[i]);
    packed += factors[i] * (1 << (18 * i));
    out[i] <== factors[i] - COEFFICIENT_BOUND();
  }
  packed === word;
}

/**
 * @title Merge tensor
 * @notice One tensor's part of batch 1 at its point, for W or b of a layer: the child x is in range, the remainder
 *   M + 2^13 - 2^14 x of the rounding is a limb (together: 2^14 x + rem = M + 2^13 over the integers, design,
 *   section 7.4), and the tensor's share of the LogUp sum. An absent layer's evaluations are forced to 0.
 * @input present: assumed 0 or 1
 * @input beta: the lookup challenge
 * @input evals[6]: the limbs l1, l2 of x, the helpers of both lookups, x, M = sum_i a_i x_i at the point
 * @input eq: eq of the zero-check point
 * @input dormant: factor of the dormant variables
 * @input weights[3]: of the range of x, the remainder, the LogUp sum
 * @output out: the tensor's value
 */
template MergeTensor() {
  signal input present;
  signal input beta;
  signal input evals[6];
  signal input eq;
  signal input dormant;
  signal input weights[3];
  signal output out;

  signal range <== WeightRange()(beta, evals[4], [evals[0], evals[1]], evals[2], present);
  var remainder = evals[5] + HALF_LIMB() * present - LIMB() * evals[4];
  signal rounding <== evals[3] * (beta - remainder) - present;
  signal rangeWeighted <== weights[0] * range;
  signal roundingWeighted <== weights[1] * rounding;
  signal inside <== eq * (rangeWeighted + roundingWeighted);
  signal sum <== weights[2] * (evals[2] + evals[3]);
  out <== dormant * (inside + sum);
}

/**
 * @title Merge
 * @notice The child commitment opens to round(sum_i a_(i,l) W_i / 2^14) of 2..8 parents of one shape, biases likewise
 *   (design, section 7.4; protocol, section 10).
 * @input h[6]: public; statement digest and commitment digests, assumed right (the contract computes them)
 * @input shape: public; the descriptor of child and parents, constrained here to the sizes below
 * @input coefficients[4]: public; packed a_(i,l) of layers 1..4, constrained here to the factors below; that absent parents
 *   and layers have a = 0 is assumed (the contract)
 * @input widths1[5], present[3], modelOffset[8][22]: fields of the shape, constrained here
 * @input factors[4][8]: a_(i,l) + 2^17, constrained here to 18 bits
 * @input traceOffset[17][22]: w1, w2, c1, c2 of layers 1..4, then mult; constrained here to bits
 * @input helperOffset[17][22]: hW, kW, hb, kb of layers 1..4, then g; constrained here to bits
 * @input nonce[5], batch1[24][5], evals1[50], reduce[22][2], u[11], level2[11][2], u12[2], p2[32], s2[64]: the argument's
 *   messages, any field elements
 * @output eta, gamma, theta, gamma2, z, e2: for the contract's opening check
 */
template Merge() {
  signal input h[6];
  signal input shape;
  signal input coefficients[4];
  signal input widths1[5];
  signal input present[3];
  signal input modelOffset[8][22];
  signal input factors[4][8];
  signal input traceOffset[17][22];
  signal input helperOffset[17][22];
  signal input nonce[5];
  signal input batch1[24][5];
  signal input evals1[50];
  signal input reduce[22][2];
  signal input u[11];
  signal input level2[11][2];
  signal input u12[2];
  signal input p2[32];
  signal input s2[64];
  signal output eta;
  signal output gamma;
  signal output theta;
  signal output gamma2;
  signal output z;
  signal output e2;

  // 1. Sizes and coefficients.
  component sizes = ModelShape();
  sizes.shape <== shape;
  sizes.widths1 <== widths1;
  sizes.present <== present;
  sizes.offsets <== modelOffset;
  signal a[4][8];
  for (var k = 0; k < 4; k++) a[k] <== MergeCoefficients()(coefficients[k], factors[k]);

  // 2. Challenges: beta after the trace, x after the helper, lambda.
  signal traceWords[2] <== PackedOffsets(17)(traceOffset);
  signal helperWords[2] <== PackedOffsets(17)(helperOffset);
  signal beta <== Absorb(3)(h[0], [h[1], traceWords[0], traceWords[1]]);
  signal x <== Absorb(3)(beta, [h[2], helperWords[0], helperWords[1]]);
  signal tau[24] <== Squares(24)(x);
  signal lambda <== Absorb(1)(x, [nonce[0]]);
  signal weight[18] <== Powers(18)(lambda);

  // 3. Batch 1: eighteen instances, every claim 0.
  component batch = Sumcheck(24, 5);
  batch.state <== lambda;
  batch.claim <== 0;
  batch.messages <== batch1;
  signal rho <== Absorb(50)(batch.next, evals1);

  // 4. Batch 1 at its point: W (i = 0) and b (i = 1) of every layer, then the table.
  component points = LayerPoints();
  points.mask <== sizes.mask;
  points.point <== batch.point;
  points.tau <== tau;
  component tensors[4][2];
  var value = 0;
  for (var k = 0; k < 4; k++) {
    for (var i = 0; i < 2; i++) {
      tensors[k][i] = MergeTensor();
      tensors[k][i].present <== sizes.p[k + 1];
      tensors[k][i].beta <== beta;
      for (var j = 0; j < 6; j++) tensors[k][i].evals[j] <== evals1[12 * k + 6 * i + j];
      tensors[k][i].eq <== i == 0 ? points.eq[k] : points.eqBias[k];
      tensors[k][i].dormant <== i == 0 ? points.dormant[k] : points.dormantBias[k];
      tensors[k][i].weights[0] <== weight[4 * i + k];
      tensors[k][i].weights[1] <== weight[8 + 4 * i + k];
      tensors[k][i].weights[2] <== weight[17];
      value += tensors[k][i].out;
    }
  }
  var tableTau[14];
  for (var t = 0; t < 14; t++) tableTau[t] = tau[t];
  signal table <== TableInstances()(beta, batch.point, tableTau, evals1[48], evals1[49], weight[16], weight[17]);
  batch.value === value + table;

  // 5. The claims, weighted: the evaluations.
  signal claimWeight[50] <== Powers(50)(rho);
  signal claim <== InnerProduct(50)(claimWeight, evals1);

  // 6. Reduction to one point y.
  component reduction = Sumcheck(22, 2);
  reduction.state <== rho;
  reduction.claim <== claim;
  reduction.messages <== reduce;

  // 7. The claims' weights at y: slot factor times eq with the batch's point. M is a claim on every parent, weighted
  //    with its coefficient.
  component address = LayerAddresses();
  address.p <== sizes.p;
  address.logs <== sizes.logs;
  address.mask <== sizes.mask;
  address.y <== reduction.point;
  address.columns <== points.columns;
  address.rows <== points.rows;
  signal modelSlot[4][2];
  signal modelAt[4][2];
  signal childTerms[4][2];
  signal parentTerms[4][2];
  signal scaled[8][4];
  signal traceSlot[4][4];
  signal traceSlots[4][4];
  signal traceTerms[4][2];
  signal helperSlot[4][4];
  signal helperSlots[4][4];
  signal helperTerms[4][2];
  var modelSums[9];
  for (var o = 0; o < 9; o++) modelSums[o] = 0;
  var traceSum = 0;
  var helperSum = 0;
  for (var k = 0; k < 4; k++) {
    for (var i = 0; i < 2; i++) {
      var high[22] = i == 0 ? address.high[k] : address.highBias[k];
      var eq = i == 0 ? address.eq[k] : address.eqBias[k];
      var at = 12 * k + 6 * i;
      modelSlot[k][i] <== SlotFactor(22)(modelOffset[2 * k + i], high, sizes.p[k + 1]);
      modelAt[k][i] <== eq * modelSlot[k][i];
      childTerms[k][i] <== claimWeight[at + 4] * modelAt[k][i];
      parentTerms[k][i] <== claimWeight[at + 5] * modelAt[k][i];
      for (var j = 0; j < 2; j++) {
        traceSlot[k][2 * i + j] <== SlotFactor(22)(traceOffset[4 * k + 2 * i + j], high, sizes.p[k + 1]);
        traceSlots[k][2 * i + j] <== claimWeight[at + j] * traceSlot[k][2 * i + j];
        helperSlot[k][2 * i + j] <== SlotFactor(22)(helperOffset[4 * k + 2 * i + j], high, sizes.p[k + 1]);
        helperSlots[k][2 * i + j] <== claimWeight[at + 2 + j] * helperSlot[k][2 * i + j];
      }
      traceTerms[k][i] <== eq * (traceSlots[k][2 * i] + traceSlots[k][2 * i + 1]);
      helperTerms[k][i] <== eq * (helperSlots[k][2 * i] + helperSlots[k][2 * i + 1]);
      modelSums[0] += childTerms[k][i];
      traceSum += traceTerms[k][i];
      helperSum += helperTerms[k][i];
    }
    for (var i = 0; i < 8; i++) {
      scaled[i][k] <== a[k][i] * (parentTerms[k][0] + parentTerms[k][1]);
      modelSums[1 + i] += scaled[i][k];
    }
  }
  component tableWeights = TableWeights();
  tableWeights.y <== reduction.point;
  tableWeights.point <== batch.point;
  tableWeights.multiplicityOffset <== traceOffset[16];
  tableWeights.helperOffset <== helperOffset[16];
  tableWeights.multiplicityWeight <== claimWeight[49];
  tableWeights.helperWeight <== claimWeight[48];
  component reduced = InnerProduct(11);
  reduced.a <== u;
  for (var o = 0; o < 9; o++) reduced.b[o] <== modelSums[o];
  reduced.b[9] <== traceSum + tableWeights.trace;
  reduced.b[10] <== helperSum + tableWeights.helper;
  reduction.value === reduced.out;

  // 8. Opening at y.
  component opening = Opening(11);
  opening.state <== reduction.next;
  opening.point <== reduction.point;
  opening.u <== u;
  opening.h3 <== h[3];
  opening.h4 <== h[4];
  opening.h5 <== h[5];
  opening.nonce1 <== nonce[1];
  opening.nonce2 <== nonce[2];
  opening.nonce3 <== nonce[3];
  opening.nonce4 <== nonce[4];
  opening.level2 <== level2;
  opening.u12 <== u12;
  opening.p2 <== p2;
  opening.s2 <== s2;
  eta <== opening.eta;
  gamma <== opening.gamma;
  theta <== opening.theta;
  gamma2 <== opening.gamma2;
  z <== opening.z;
  e2 <== opening.e2;
}
