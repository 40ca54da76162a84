// SPDX-License-Identifier: GPL-3.0-or-later
pragma circom 2.2.0;

include "../lib/multilinear.circom";
include "../lib/numbers.circom";
include "../lib/opening.circom";
include "../lib/sizes.circom";
include "../lib/slots.circom";
include "../lib/sumcheck.circom";
include "../lib/transcript.circom";
include "data.circom";
include "score/batch.circom";
include "score/weights.circom";

/**
 * @title Score
 * @notice The committed model, run on the committed shard, has this result (design, sections 1 and 7.5; protocol, section
 *   11). Classes: `result` rows, or more, have the label as their strictly largest logit, a proven lower bound since c = 0 is
 *   always allowed. Regression: `result` is the sum of the squared errors (Q - Y)^2, both with 2^9 to the unit.
 * @input h[6]: public; statement digest and commitment digests, assumed right (the contract computes them)
 * @input shape: public; the model's descriptor, constrained here to the sizes below
 * @input shard: public; the shard's descriptor, constrained here to the sizes below; that the shard keeps to it (one-hot
 *   labels, ranges, zero padding) is assumed (program data)
 * @input result: public; constrained here
 * @input widths1[5], present[3], modelOffset[8][22]: fields of the shape, constrained here
 * @input inputs1, outputs1, rows1, classes, shardOffset[2][22]: fields of the shard, constrained here, inputs and outputs
 *   to equal the model's
 * @input traceOffset[22][22]: A, V, m, R0, R1 of layers 1..3, Q', U0, U1, G, L, c, mult; constrained here to bits
 * @input helperOffset[6][22]: lookup groups of layers 1..4, hG, g; constrained here to bits
 * @input sums[7]: the forward sums of layers 1..4, the number right, the squared error, the labelled logit at tau's rows
 * @input nonce[5], batch1[24][5], evals1[37], reduce[22][2], u[4], level2[11][2], u12[2], p2[32], s2[64]: the argument's
 *   messages, any field elements
 * @output eta, gamma, theta, gamma2, z, e2: for the contract's opening check
 */
template Score() {
  signal input h[6];
  signal input shape;
  signal input shard;
  signal input result;
  signal input widths1[5];
  signal input present[3];
  signal input modelOffset[8][22];
  signal input inputs1;
  signal input outputs1;
  signal input rows1;
  signal input classes;
  signal input shardOffset[2][22];
  signal input traceOffset[22][22];
  signal input helperOffset[6][22];
  signal input sums[7];
  signal input nonce[5];
  signal input batch1[24][5];
  signal input evals1[37];
  signal input reduce[22][2];
  signal input u[4];
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
  result === sums[5] + classes * (sums[4] - sums[5]);

  // 3. Challenges: beta after the trace, x after the helper. Squares of x: r_i, r_s, tau.
  signal traceWords[2] <== PackedOffsets(22)(traceOffset);
  signal helperWords[1] <== PackedOffsets(6)(helperOffset);
  signal beta <== Absorb(3)(h[0], [h[1], traceWords[0], traceWords[1]]);
  signal x <== Absorb(2)(beta, [h[2], helperWords[0]]);
  signal squares[48] <== Squares(48)(x);

  // 4. Batch 1: 23 instances; claims are the first six of `sums`, for number 20 the labelled logit, of the others 0.
  component absorbSums = Absorb(8);
  absorbSums.state <== x;
  for (var i = 0; i < 7; i++) absorbSums.elements[i] <== sums[i];
  absorbSums.elements[7] <== nonce[0];
  signal lambda[23] <== Powers(23)(absorbSums.out);
  signal labelledClaim <== classes * (ACTIVATION() * sums[6]);
  component batch = Sumcheck(24, 5);
  batch.state <== absorbSums.out;
  batch.claim <== InnerProduct(7)([lambda[0], lambda[1], lambda[2], lambda[3], lambda[4], lambda[5], lambda[20]],
    [sums[0], sums[1], sums[2], sums[3], sums[4], sums[5], labelledClaim]);
  batch.messages <== batch1;
  signal rho <== Absorb(37)(batch.next, evals1);

  // 5. Points, dormant coordinates masked.
  var squareI[12];
  var squareS[12];
  var tauRows[12];
  var tauFeatures[12];
  var tauTable[14];
  var pointRows[12];
  var pointFeatures[12];
  for (var t = 0; t < 12; t++) {
    squareI[t] = squares[t];
    squareS[t] = squares[12 + t];
    tauRows[t] = squares[24 + t];
    tauFeatures[t] = squares[36 + t];
    pointRows[t] = batch.point[t];
    pointFeatures[t] = batch.point[12 + t];
  }
  for (var t = 0; t < 14; t++) tauTable[t] = squares[24 + t];
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
  signal claimWeight[42] <== Powers(42)(rho);
  var values[42];
  for (var i = 0; i < 37; i++) values[i] = evals1[i];
  values[37] = sums[6];
  for (var k = 0; k < 3; k++) values[38 + k] = -sums[k] - sizes.p[k + 1] * (FRACTION() \ 2);
  values[41] = -sums[3] - FRACTION() \ 2 - FRACTION() * HALF_LIMB();
  signal claim <== InnerProduct(42)(claimWeight, values);

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
  signal reduced <== InnerProduct(4)(u, [model.out, others.shard, others.trace, others.helper]);
  reduction.value === reduced;

  // 10. Opening at y.
  component opening = Opening(4);
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
