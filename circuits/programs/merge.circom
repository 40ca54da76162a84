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
include "../generated/merge.circom";

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
 * @input limbs[2], helperRange, helperRest, x, M: l1, l2 of x, the helpers of both lookups, x, M = sum_i a_i x_i at the point
 * @input eq: eq of the zero-check point
 * @input dormant: factor of the dormant variables
 * @input weightRange, weightRest, weightSum: of the range of x, the remainder, the LogUp sum
 * @output out: the tensor's value
 */
template MergeTensor() {
  signal input present;
  signal input beta;
  signal input limbs[2];
  signal input helperRange;
  signal input helperRest;
  signal input x;
  signal input M;
  signal input eq;
  signal input dormant;
  signal input weightRange;
  signal input weightRest;
  signal input weightSum;
  signal output out;

  signal range <== WeightRange()(beta, x, limbs, helperRange, present);
  var remainder = M + HALF_LIMB() * present - LIMB() * x;
  signal rounding <== helperRest * (beta - remainder) - present;
  signal rangeWeighted <== weightRange * range;
  signal roundingWeighted <== weightRest * rounding;
  signal inside <== eq * (rangeWeighted + roundingWeighted);
  signal sum <== weightSum * (helperRange + helperRest);
  out <== dormant * (inside + sum);
}

/**
 * @title Merge
 * @notice The child commitment opens to round(sum_i a_(i,l) W_i / 2^14) of 2..8 parents of one shape, biases likewise
 *   (design, section 7.4; protocol, section 10).
 * @input h: public; statement digest and commitment digests, assumed right (the contract computes them)
 * @input shape: public; the descriptor of child and parents, constrained here to the sizes below
 * @input coefficients[4]: public; packed a_(i,l) of layers 1..4, constrained here to the factors below; that absent parents
 *   and layers have a = 0 is assumed (the contract)
 * @input widths1[5], present[3], modelOffset: fields of the shape, constrained here
 * @input factors[4][8]: a_(i,l) + 2^17, constrained here to 18 bits
 * @input traceOffset, helperOffset: layouts of the trace and of the helper, constrained here to bits
 * @input nonce, batch1[24][5], evals1, reduce[22][2], u, level2[11][2], u12[2], p2[32], s2[64]: the argument's
 *   messages, any field elements
 * @output eta, gamma, theta, gamma2, z, e2: for the contract's opening check
 */
template Merge() {
  signal input h[DIGEST_COUNT()];
  signal input shape;
  signal input coefficients[4];
  signal input widths1[5];
  signal input present[3];
  signal input modelOffset[MODEL_COUNT()][22];
  signal input factors[4][8];
  signal input traceOffset[T_COUNT()][22];
  signal input helperOffset[H_COUNT()][22];
  signal input nonce[NONCE_COUNT()];
  signal input batch1[24][5];
  signal input evals1[E_COUNT()];
  signal input reduce[22][2];
  signal input u[O_COUNT()];
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
  signal traceWords[T_WORDS()] <== PackedOffsets(T_COUNT())(traceOffset);
  signal helperWords[H_WORDS()] <== PackedOffsets(H_COUNT())(helperOffset);
  signal beta <== Absorb(3)(h[DIGEST_statement()], [h[DIGEST_trace()], traceWords[0], traceWords[1]]);
  signal x <== Absorb(3)(beta, [h[DIGEST_helper()], helperWords[0], helperWords[1]]);
  signal tau[Q_COUNT()] <== Squares(Q_COUNT())(x);
  signal lambda <== Absorb(1)(x, [nonce[NONCE_lambda()]]);
  signal weight[R_COUNT()] <== Powers(R_COUNT())(lambda);

  // 3. Batch 1: the instances, every claim 0.
  component batch = Sumcheck(24, 5);
  batch.state <== lambda;
  batch.claim <== 0;
  batch.messages <== batch1;
  signal rho <== Absorb(E_COUNT())(batch.next, evals1);

  // 4. Batch 1 at its point: W (i = 0) and b (i = 1) of every layer, then the table.
  component points = LayerPoints();
  points.mask <== sizes.mask;
  points.point <== batch.point;
  points.tau <== tau;
  component tensors[4][2];
  var value = 0;
  for (var k = 0; k < 4; k++) {
    var l = k + 1;
    var limbs[2][2] = [[evals1[E_w1(l)], evals1[E_w2(l)]], [evals1[E_c1(l)], evals1[E_c2(l)]]];
    for (var i = 0; i < 2; i++) {
      tensors[k][i] = MergeTensor();
      tensors[k][i].present <== sizes.p[k + 1];
      tensors[k][i].beta <== beta;
      tensors[k][i].limbs <== limbs[i];
      tensors[k][i].helperRange <== evals1[i == 0 ? E_hW(l) : E_hb(l)];
      tensors[k][i].helperRest <== evals1[i == 0 ? E_kW(l) : E_kb(l)];
      tensors[k][i].x <== evals1[i == 0 ? E_W(l) : E_b(l)];
      tensors[k][i].M <== evals1[i == 0 ? E_MW(l) : E_Mb(l)];
      tensors[k][i].eq <== i == 0 ? points.eq[k] : points.eqBias[k];
      tensors[k][i].dormant <== i == 0 ? points.dormant[k] : points.dormantBias[k];
      tensors[k][i].weightRange <== weight[i == 0 ? R_rangeW(l) : R_rangeb(l)];
      tensors[k][i].weightRest <== weight[i == 0 ? R_restW(l) : R_restb(l)];
      tensors[k][i].weightSum <== weight[R_logUp()];
      value += tensors[k][i].out;
    }
  }
  var tableTau[14];
  for (var t = 0; t < 14; t++) tableTau[t] = tau[t];
  signal table <== TableInstances()(beta, batch.point, tableTau, evals1[E_g()], evals1[E_mult()],
    weight[R_table()], weight[R_logUp()]);
  batch.value === value + table;

  // 5. The claims, weighted: the evaluations.
  signal claimWeight[C_COUNT()] <== Powers(C_COUNT())(rho);
  signal claim <== InnerProduct(C_COUNT())(claimWeight, evals1);

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
  var oracleWeights[O_COUNT()];
  for (var n = 0; n < O_COUNT(); n++) oracleWeights[n] = 0;
  var traceSum = 0;
  var helperSum = 0;
  for (var k = 0; k < 4; k++) {
    var l = k + 1;
    for (var i = 0; i < 2; i++) {
      var high[22] = i == 0 ? address.high[k] : address.highBias[k];
      var eq = i == 0 ? address.eq[k] : address.eqBias[k];
      var traceAt[2] = i == 0 ? [T_w1(l), T_w2(l)] : [T_c1(l), T_c2(l)];
      var traceClaim[2] = i == 0 ? [C_w1(l), C_w2(l)] : [C_c1(l), C_c2(l)];
      var helperAt[2] = i == 0 ? [H_hW(l), H_kW(l)] : [H_hb(l), H_kb(l)];
      var helperClaim[2] = i == 0 ? [C_hW(l), C_kW(l)] : [C_hb(l), C_kb(l)];
      modelSlot[k][i] <== SlotFactor(22)(modelOffset[i == 0 ? MODEL_W(l) : MODEL_b(l)], high, sizes.p[k + 1]);
      modelAt[k][i] <== eq * modelSlot[k][i];
      childTerms[k][i] <== claimWeight[i == 0 ? C_W(l) : C_b(l)] * modelAt[k][i];
      parentTerms[k][i] <== claimWeight[i == 0 ? C_MW(l) : C_Mb(l)] * modelAt[k][i];
      for (var j = 0; j < 2; j++) {
        traceSlot[k][2 * i + j] <== SlotFactor(22)(traceOffset[traceAt[j]], high, sizes.p[k + 1]);
        traceSlots[k][2 * i + j] <== claimWeight[traceClaim[j]] * traceSlot[k][2 * i + j];
        helperSlot[k][2 * i + j] <== SlotFactor(22)(helperOffset[helperAt[j]], high, sizes.p[k + 1]);
        helperSlots[k][2 * i + j] <== claimWeight[helperClaim[j]] * helperSlot[k][2 * i + j];
      }
      traceTerms[k][i] <== eq * (traceSlots[k][2 * i] + traceSlots[k][2 * i + 1]);
      helperTerms[k][i] <== eq * (helperSlots[k][2 * i] + helperSlots[k][2 * i + 1]);
      oracleWeights[O_child()] += childTerms[k][i];
      traceSum += traceTerms[k][i];
      helperSum += helperTerms[k][i];
    }
    for (var i = 0; i < 8; i++) {
      scaled[i][k] <== a[k][i] * (parentTerms[k][0] + parentTerms[k][1]);
      oracleWeights[O_parent(i)] += scaled[i][k];
    }
  }
  component tableWeights = TableWeights();
  tableWeights.y <== reduction.point;
  tableWeights.point <== batch.point;
  tableWeights.multiplicityOffset <== traceOffset[T_mult()];
  tableWeights.helperOffset <== helperOffset[H_g()];
  tableWeights.multiplicityWeight <== claimWeight[C_mult()];
  tableWeights.helperWeight <== claimWeight[C_g()];
  oracleWeights[O_trace()] = traceSum + tableWeights.trace;
  oracleWeights[O_helper()] = helperSum + tableWeights.helper;
  component reduced = InnerProduct(O_COUNT());
  reduced.a <== u;
  reduced.b <== oracleWeights;
  reduction.value === reduced.out;

  // 8. Opening at y.
  component opening = Opening(O_COUNT());
  opening.state <== reduction.next;
  opening.point <== reduction.point;
  opening.u <== u;
  opening.h3 <== h[DIGEST_rows()];
  opening.h4 <== h[DIGEST_columns()];
  opening.h5 <== h[DIGEST_columns2()];
  opening.nonce1 <== nonce[NONCE_eta()];
  opening.nonce2 <== nonce[NONCE_theta()];
  opening.nonce3 <== nonce[NONCE_gamma2()];
  opening.nonce4 <== nonce[NONCE_z()];
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
