// SPDX-License-Identifier: GPL-3.0-or-later
pragma circom 2.2.0;

include "../lib/begin.circom";
include "../lib/finish.circom";
include "../lib/layers.circom";
include "../lib/multilinear.circom";
include "../lib/sizes.circom";
include "../lib/slots.circom";
include "../lib/sumcheck.circom";
include "../lib/table.circom";
include "../lib/transcript.circom";
include "../generated/merge.circom";
include "merge/tensor.circom";

/**
 * @title Merge
 * @notice The child commitment opens to round(sum_i a_(i,l) W_i / 2^14) of 2..8 parents of one shape, biases likewise
 *   (design, section 7.4; protocol, section 10).
 * @input fold: public; drawn by the contract after c and all signals
 * @input h: statement digest and commitment digests, assumed right: the contract computes them, the fold binds them
 * @input shape: bound by the fold; the descriptor of child and parents, constrained here to the sizes below
 * @input coefficients[4]: bound by the fold; packed a_(i,l) of layers 1..4, constrained here to the factors below; that absent parents
 *   and layers have a = 0 is assumed (the contract)
 * @input widths1[5], present[3], modelOffset, head[2]: fields of the shape, constrained here
 * @input factors[4][8]: a_(i,l) + 2^17, constrained here to 18 bits
 * @input traceOffset, helperOffset: layouts of the trace and of the helper, constrained here to bits
 * @input nonce, batch1[24][5], evals1, reduce[26][2], u, level2[10][2], u12[2], p2[32], s2[32]: the argument's
 *   messages, any field elements
 * @input chunkMask[8]: ones for the coordinates of the chunk that the contract is told, constrained here to a prefix
 * @output c, v: digest of the signals, and the signals folded (protocol, section 2)
 */
template Merge() {
  signal input fold;
  signal input h[DIGEST_COUNT()];
  signal input shape;
  signal input coefficients[4];
  signal input widths1[5];
  signal input present[3];
  signal input modelOffset[MODEL_COUNT()][23];
  signal input head[2];
  signal input factors[4][8];
  signal input traceOffset[T_COUNT()][26];
  signal input helperOffset[H_COUNT()][26];
  signal input nonce[NONCE_COUNT()];
  signal input batch1[24][5];
  signal input evals1[E_COUNT()];
  signal input reduce[26][2];
  signal input u[O_COUNT()];
  signal input level2[10][2];
  signal input u12[2];
  signal input p2[32];
  signal input s2[32];
  signal input chunkMask[8];
  signal output c;
  signal output v;

  // 1. Sizes and coefficients.
  component sizes = ModelShape();
  sizes.shape <== shape;
  sizes.widths1 <== widths1;
  sizes.present <== present;
  sizes.offsets <== modelOffset;
  sizes.head <== head;
  signal a[4][8];
  for (var k = 0; k < 4; k++) a[k] <== MergeCoefficients()(coefficients[k], factors[k]);

  // 2. Challenges: beta after the trace, x after the helper, lambda.
  component begin = Commitments(T_COUNT(), H_COUNT(), Q_COUNT());
  begin.h <== h;
  begin.traceOffset <== traceOffset;
  begin.helperOffset <== helperOffset;
  signal lambda <== Absorb(1)(begin.x, [nonce[NONCE_lambda()]]);
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
  points.tau <== begin.out;
  component tensors[4][2];
  var value = 0;
  for (var k = 0; k < 4; k++) {
    var l = k + 1;
    var limbs[2][2] = [[evals1[E_w1(l)], evals1[E_w2(l)]], [evals1[E_c1(l)], evals1[E_c2(l)]]];
    for (var i = 0; i < 2; i++) {
      tensors[k][i] = MergeTensor();
      tensors[k][i].present <== sizes.p[k + 1];
      tensors[k][i].beta <== begin.beta;
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
  var tablePoint[16];
  var tableTau[16];
  for (var t = 0; t < 16; t++) {
    tablePoint[t] = batch.point[t];
    tableTau[t] = begin.out[Q_tau() + t];
  }
  signal table <== Table(24)(begin.beta, batch.point, tableTau, evals1[E_g()], evals1[E_mult()],
    weight[R_table()], weight[R_logUp()]);
  batch.value === value + table;

  // 5. The claims, weighted: the evaluations.
  signal claimWeight[C_COUNT()] <== Powers(C_COUNT())(rho);
  signal claim <== InnerProduct(C_COUNT())(claimWeight, evals1);

  // 6. Reduction to one point y, opening there, fold of the signals.
  component finish = Finish(O_COUNT(), 5);
  finish.state <== rho;
  finish.claim <== claim;
  finish.reduce <== reduce;
  finish.u <== u;
  finish.h <== h;
  finish.nonce <== nonce;
  finish.level2 <== level2;
  finish.u12 <== u12;
  finish.p2 <== p2;
  finish.s2 <== s2;
  finish.chunkMask <== chunkMask;
  finish.params <== [shape, coefficients[0], coefficients[1], coefficients[2], coefficients[3]];
  finish.fold <== fold;
  c <== finish.c;
  v <== finish.v;

  // 7. The claims' weights at y: slot factor times eq with the batch's point. M is a claim on every parent, weighted
  //    with its coefficient. i = 0: of the size of W, i = 1: of b.
  component address = LayerAddresses();
  address.p <== sizes.p;
  address.logs <== sizes.logs;
  address.mask <== sizes.mask;
  address.y <== finish.y;
  address.columns <== points.columns;
  address.rows <== points.rows;
  address.biasRows <== points.rows;
  signal modelAt[4][2];
  signal childTerms[4][2];
  signal parentTerms[4][2];
  signal scaled[8][4];
  signal traceTerms[4][2];
  signal helperTerms[4][2];
  var oracleWeights[O_COUNT()];
  for (var n = 0; n < O_COUNT(); n++) oracleWeights[n] = 0;
  for (var k = 0; k < 4; k++) {
    var l = k + 1;
    modelAt[k][0] <== SlotWeights(1)([sizes.places[MODEL_W(l)]], address.high[k], [1], address.eq[k]);
    modelAt[k][1] <== SlotWeights(1)([sizes.places[MODEL_b(l)]], address.highBias[k], [1], address.eqBias[k]);
    traceTerms[k][0] <== SlotWeights(2)([traceOffset[T_w1(l)], traceOffset[T_w2(l)]], address.high[k],
      [claimWeight[C_w1(l)], claimWeight[C_w2(l)]], address.eq[k]);
    traceTerms[k][1] <== SlotWeights(2)([traceOffset[T_c1(l)], traceOffset[T_c2(l)]], address.highBias[k],
      [claimWeight[C_c1(l)], claimWeight[C_c2(l)]], address.eqBias[k]);
    helperTerms[k][0] <== SlotWeights(2)([helperOffset[H_hW(l)], helperOffset[H_kW(l)]], address.high[k],
      [claimWeight[C_hW(l)], claimWeight[C_kW(l)]], address.eq[k]);
    helperTerms[k][1] <== SlotWeights(2)([helperOffset[H_hb(l)], helperOffset[H_kb(l)]], address.highBias[k],
      [claimWeight[C_hb(l)], claimWeight[C_kb(l)]], address.eqBias[k]);
    for (var i = 0; i < 2; i++) {
      childTerms[k][i] <== claimWeight[i == 0 ? C_W(l) : C_b(l)] * modelAt[k][i];
      parentTerms[k][i] <== claimWeight[i == 0 ? C_MW(l) : C_Mb(l)] * modelAt[k][i];
      oracleWeights[O_child()] += childTerms[k][i];
      oracleWeights[O_trace()] += traceTerms[k][i];
      oracleWeights[O_helper()] += helperTerms[k][i];
    }
    for (var i = 0; i < 8; i++) {
      scaled[i][k] <== a[k][i] * (parentTerms[k][0] + parentTerms[k][1]);
      oracleWeights[O_parent(i)] += scaled[i][k];
    }
  }
  signal traceTable;
  signal helperTable;
  (traceTable, helperTable) <== TableWeights()(finish.y, tablePoint, traceOffset[T_mult()], helperOffset[H_g()],
    claimWeight[C_mult()], claimWeight[C_g()]);
  oracleWeights[O_trace()] += traceTable;
  oracleWeights[O_helper()] += helperTable;
  component reduced = InnerProduct(O_COUNT());
  reduced.a <== u;
  reduced.b <== oracleWeights;
  finish.value === reduced.out;
}
