// SPDX-License-Identifier: GPL-3.0-or-later
pragma circom 2.2.0;

include "../lib/multilinear.circom";
include "../lib/numbers.circom";
include "../lib/opening.circom";
include "../lib/sizes.circom";
include "../lib/slots.circom";
include "../lib/sumcheck.circom";
include "../lib/transcript.circom";
include "../generated/score.circom";
include "data.circom";
include "score/batch.circom";
include "score/weights.circom";

/**
 * @title Score
 * @notice The committed model, run on the committed shard, has this result (design, sections 1 and 7.5; protocol, section
 *   11). Classes: `result` rows, or more, have the label as their strictly largest logit, a proven lower bound since c = 0 is
 *   always allowed. Regression: `result` is the sum of the squared errors (Q - Y)^2, both with 2^9 to the unit.
 * @input h: public; statement digest and commitment digests, assumed right (the contract computes them)
 * @input shape: public; the model's descriptor, constrained here to the sizes below
 * @input shard: public; the shard's descriptor, constrained here to the sizes below; that the shard keeps to it (one-hot
 *   labels, ranges, zero padding) is assumed (program data)
 * @input result: public; constrained here
 * @input widths1[5], present[3], modelOffset: fields of the shape, constrained here
 * @input inputs1, outputs1, rows1, classes, shardOffset: fields of the shard, constrained here, inputs and outputs
 *   to equal the model's
 * @input traceOffset, helperOffset: layouts of the trace and of the helper, constrained here to bits
 * @input sums: the forward sums of layers 1..4, the number right, the squared error, the labelled logit at tau's rows
 * @input nonce, batch1[24][5], evals1, reduce[22][2], u, level2[11][2], u12[2], p2[32], s2[64]: the argument's
 *   messages, any field elements; these and the offsets are numbered by generated/score.circom
 * @output eta, gamma, theta, gamma2, z, e2: for the contract's opening check
 */
template Score() {
  signal input h[DIGEST_COUNT()];
  signal input shape;
  signal input shard;
  signal input result;
  signal input widths1[5];
  signal input present[3];
  signal input modelOffset[MODEL_COUNT()][22];
  signal input inputs1;
  signal input outputs1;
  signal input rows1;
  signal input classes;
  signal input shardOffset[SHARD_COUNT()][22];
  signal input traceOffset[T_COUNT()][22];
  signal input helperOffset[H_COUNT()][22];
  signal input sums[S_COUNT()];
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

  // 1. Sizes: the shard's inputs and outputs are the model's.
  component sizes = ModelShape();
  sizes.shape <== shape;
  sizes.widths1 <== widths1;
  sizes.present <== present;
  sizes.offsets <== modelOffset;
  component rows = ShardDescriptor();
  rows.shard <== shard;
  rows.inputs1 <== inputs1;
  rows.outputs1 <== outputs1;
  rows.rows1 <== rows1;
  rows.classes <== classes;
  rows.offsets <== shardOffset;
  inputs1 === widths1[0];
  outputs1 === widths1[4];

  // 2. The result: one of the two sums.
  result === sums[S_error()] + classes * (sums[S_right()] - sums[S_error()]);

  // 3. Challenges: beta after the trace, x after the helper. Squares of x: r_i, r_s, tau.
  signal traceWords[T_WORDS()] <== PackedOffsets(T_COUNT())(traceOffset);
  signal helperWords[H_WORDS()] <== PackedOffsets(H_COUNT())(helperOffset);
  signal beta <== Absorb(3)(h[DIGEST_statement()], [h[DIGEST_trace()], traceWords[0], traceWords[1]]);
  signal x <== Absorb(2)(beta, [h[DIGEST_helper()], helperWords[0]]);
  signal squares[Q_COUNT()] <== Squares(Q_COUNT())(x);

  // 4. Batch 1: claims are the sums, the labelled logit in the field's units, of the other instances 0.
  component absorbSums = Absorb(S_COUNT() + 1);
  absorbSums.state <== x;
  for (var n = 0; n < S_COUNT(); n++) absorbSums.elements[n] <== sums[n];
  absorbSums.elements[S_COUNT()] <== nonce[NONCE_lambda()];
  signal lambda[R_COUNT()] <== Powers(R_COUNT())(absorbSums.out);
  signal labelledClaim <== classes * (ACTIVATION() * sums[S_labelled()]);
  component batch = Sumcheck(24, 5);
  batch.state <== absorbSums.out;
  batch.claim <== InnerProduct(7)([lambda[R_F1(1)], lambda[R_F1(2)], lambda[R_F1(3)], lambda[R_F1(4)],
    lambda[R_right()], lambda[R_error()], lambda[R_labelled()]], [sums[S_F1(1)], sums[S_F1(2)], sums[S_F1(3)],
    sums[S_F1(4)], sums[S_right()], sums[S_error()], labelledClaim]);
  batch.messages <== batch1;
  signal rho <== Absorb(E_COUNT())(batch.next, evals1);

  // 5. Points, dormant coordinates masked.
  var squareI[12];
  var squareS[12];
  var tauRows[12];
  var tauFeatures[12];
  var tauTable[14];
  var pointRows[12];
  var pointFeatures[12];
  for (var t = 0; t < 12; t++) {
    squareI[t] = squares[Q_ri() + t];
    squareS[t] = squares[Q_rs() + t];
    tauRows[t] = squares[Q_tau() + t];
    tauFeatures[t] = squares[Q_tau() + 12 + t];
    pointRows[t] = batch.point[t];
    pointFeatures[t] = batch.point[12 + t];
  }
  for (var t = 0; t < 14; t++) tauTable[t] = squares[Q_tau() + t];
  signal rowsR[12] <== Mask(12)(squareS, rows.rowMask);
  signal rowsRho[12] <== Mask(12)(pointRows, rows.rowMask);
  signal rowsTau[12] <== Mask(12)(tauRows, rows.rowMask);
  signal pointI[4][12];
  signal featuresTau[4][12];
  signal features[5][12];
  for (var k = 0; k < 4; k++) {
    pointI[k] <== Mask(12)(squareI, sizes.mask[k + 1]);
    featuresTau[k] <== Mask(12)(tauFeatures, sizes.mask[k + 1]);
  }
  for (var l = 0; l < 5; l++) features[l] <== Mask(12)(pointFeatures, sizes.mask[l]);

  // 6. Batch 1 at its point.
  component value = ScoreBatch();
  value.p <== sizes.p;
  value.classes <== classes;
  value.beta <== beta;
  value.tau <== tauTable;
  value.weight <== lambda;
  value.point <== batch.point;
  value.rows <== rowsRho;
  value.rowsTau <== rowsTau;
  value.features <== features;
  value.featuresTau <== featuresTau;
  value.rowBits <== rows.rowBits;
  value.outBits <== sizes.bits[4];
  value.evals <== evals1;
  batch.value === value.out;

  // 7. The claims, weighted: evaluations, the labelled logit, and the forward relations as linear claims:
  //    F1 + 2^fa b = 2^f Q + R0 + 2^c R1 - 2^(f-1). An absent layer's constants are 0 (design, section 11.3).
  signal claimWeight[C_COUNT()] <== Powers(C_COUNT())(rho);
  var claimValues[C_COUNT()];
  for (var n = 0; n < E_COUNT(); n++) claimValues[n] = evals1[n];
  claimValues[C_labelled()] = sums[S_labelled()];
  for (var l = 1; l < 4; l++) claimValues[C_forward(l)] = -sums[S_F1(l)] - sizes.p[l] * (FRACTION() \ 2);
  claimValues[C_forward(4)] = -sums[S_F1(4)] - FRACTION() \ 2 - FRACTION() * HALF_LIMB();
  signal claim <== InnerProduct(C_COUNT())(claimWeight, claimValues);

  // 8. Reduction to one point y.
  component reduction = Sumcheck(22, 2);
  reduction.state <== rho;
  reduction.claim <== claim;
  reduction.messages <== reduce;

  // 9. The claims' weights at y, oracle by oracle.
  component model = ScoreModelWeights();
  model.p <== sizes.p;
  model.logs <== sizes.logs;
  model.mask <== sizes.mask;
  model.modelOffset <== modelOffset;
  model.weight <== claimWeight;
  model.y <== reduction.point;
  model.pointI <== pointI;
  model.features <== features;
  component others = ScoreRowWeights();
  others.p <== sizes.p;
  others.logs <== sizes.logs;
  others.mask <== sizes.mask;
  others.rowMask <== rows.rowMask;
  others.shardOffset <== shardOffset;
  others.traceOffset <== traceOffset;
  others.helperOffset <== helperOffset;
  others.weight <== claimWeight;
  others.y <== reduction.point;
  others.point <== batch.point;
  others.rowsR <== rowsR;
  others.rowsRho <== rowsRho;
  others.rowsTau <== rowsTau;
  others.pointI <== pointI;
  others.features <== features;
  var oracleWeights[O_COUNT()];
  oracleWeights[O_model()] = model.out;
  oracleWeights[O_shard()] = others.shard;
  oracleWeights[O_trace()] = others.trace;
  oracleWeights[O_helper()] = others.helper;
  signal reduced <== InnerProduct(O_COUNT())(u, oracleWeights);
  reduction.value === reduced;

  // 10. Opening at y.
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
