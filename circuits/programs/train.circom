// SPDX-License-Identifier: GPL-3.0-or-later
pragma circom 2.2.0;

include "circomlib/circuits/bitify.circom";
include "../lib/multilinear.circom";
include "../lib/opening.circom";
include "../lib/sizes.circom";
include "../lib/slots.circom";
include "../lib/sumcheck.circom";
include "../lib/transcript.circom";
include "train/batches.circom";
include "train/claims.circom";
include "train/weights.circom";

/**
 * @title Segment descriptor
 * @notice Unpacks `seg` (protocol, section 1): learning rate, rows S and batch B, both powers of two with B <= S.
 * @input seg: public, constrained here to equal the fields packed
 * @input lr: constrained here to 17 bits; that it is in 1..2^16 is assumed (the contract)
 * @input rows1, batchRows1: S - 1 and B - 1, constrained here
 * @input offsets[2][22]: X and Y, constrained here to bits; that they are canonical is assumed (the contract)
 * @output rowMask[12]: ones below log2 S
 * @output stepMask[12]: ones from log2 B to log2 S - 1
 */
template SegmentDescriptor() {
  signal input seg;
  signal input lr;
  signal input rows1;
  signal input batchRows1;
  signal input offsets[2][22];
  signal output rowMask[12];
  signal output stepMask[12];

  signal lrBits[17] <== Num2Bits(17)(lr);
  signal batchMask[12] <== PowerOfTwoMask(12)(batchRows1);
  rowMask <== PowerOfTwoMask(12)(rows1);
  for (var t = 0; t < 12; t++) {
    batchMask[t] * (1 - rowMask[t]) === 0;
    stepMask[t] <== rowMask[t] - batchMask[t];
  }
  Bits(22)(offsets[0]);
  Bits(22)(offsets[1]);

  var word = lr + rows1 * (1 << 17) + batchRows1 * (1 << 29);
  for (var t = 0; t < 22; t++) word += offsets[0][t] * (1 << (41 + t)) + offsets[1][t] * (1 << (63 + t));
  word === seg;
}

/**
 * @title Train
 * @notice The child commitment opens to the parent's weights after one segment of SGD on the committed shard (design,
 *   sections 1, 7.1 and 11; protocol, section 7), for any network of 1..4 layers, widths and rows up to 4096.
 * @input h[6]: public; statement digest and commitment digests, assumed right (the contract computes them)
 * @input shape: public; the descriptor of parent and child, constrained here to the sizes below
 * @input seg: public; the segment, constrained here to the sizes below; assumed to name the shard's own rows and layout
 * @input widths1[5], present[3], modelOffset[8][22]: fields of the shape, constrained here
 * @input rows1, batchRows1, lr, shardOffset[2][22]: fields of the segment, constrained here
 * @input traceOffset[31][22]: A, V, m, D, T', R0, R1, S0, S1 of layers 1..3, Q', U0, U1, mult; constrained here to bits
 * @input helperOffset[8][22]: two lookup groups of layers 1..3, one of the output, g; constrained here to bits
 * @input nonce[5], sums[22], batch1[24][5], evals1[70], batch2[12][3], evals2[7], reduce[22][2], u[5], level2[11][2],
 *   u12[2], p2[32], s2[64]: the argument's messages, any field elements
 * @output eta, gamma, theta, gamma2, z, e2: for the contract's opening check
 */
template Train() {
  signal input h[6];
  signal input shape;
  signal input seg;
  signal input widths1[5];
  signal input present[3];
  signal input modelOffset[8][22];
  signal input rows1;
  signal input batchRows1;
  signal input lr;
  signal input shardOffset[2][22];
  signal input traceOffset[31][22];
  signal input helperOffset[8][22];
  signal input nonce[5];
  signal input sums[22];
  signal input batch1[24][5];
  signal input evals1[70];
  signal input batch2[12][3];
  signal input evals2[7];
  signal input reduce[22][2];
  signal input u[5];
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

  // 1. Sizes.
  component sizes = ModelShape();
  sizes.shape <== shape;
  sizes.widths1 <== widths1;
  sizes.present <== present;
  sizes.offsets <== modelOffset;
  component segment = SegmentDescriptor();
  segment.seg <== seg;
  segment.lr <== lr;
  segment.rows1 <== rows1;
  segment.batchRows1 <== batchRows1;
  segment.offsets <== shardOffset;

  // 2. Challenges: beta after the trace, x after the helper. Squares of x: r_i, r_j, r_s, tau, mu.
  signal traceWords[3] <== PackedOffsets(31)(traceOffset);
  signal helperWords[1] <== PackedOffsets(8)(helperOffset);
  signal beta <== Absorb(4)(h[0], [h[1], traceWords[0], traceWords[1], traceWords[2]]);
  signal x <== Absorb(2)(beta, [h[2], helperWords[0]]);
  signal squares[61] <== Squares(61)(x);

  // 3. Batch 1: forty instances, the claims of the first 22 are `sums`, of the others 0.
  component absorbSums = Absorb(23);
  absorbSums.state <== x;
  for (var i = 0; i < 22; i++) absorbSums.elements[i] <== sums[i];
  absorbSums.elements[22] <== nonce[0];
  signal lambda[40] <== Powers(40)(absorbSums.out);
  var sumWeights[22];
  for (var i = 0; i < 22; i++) sumWeights[i] = lambda[i];
  component first = Sumcheck(24, 5);
  first.state <== absorbSums.out;
  first.claim <== InnerProduct(22)(sumWeights, sums);
  first.messages <== batch1;

  // 4. Batch 2: P and P' of batch 1 as sums over steps.
  signal mu2 <== Absorb(70)(first.next, evals1);
  signal stepWeights[7] <== Powers(7)(mu2);
  component second = Sumcheck(12, 3);
  second.state <== mu2;
  second.claim <== InnerProduct(7)(stepWeights,
    [evals1[16], evals1[17], evals1[18], evals1[19], evals1[30], evals1[31], evals1[32]]);
  second.messages <== batch2;
  signal rho <== Absorb(7)(second.next, evals2);

  // 5. Points, dormant coordinates masked. zeta is r_s with the point of batch 2 on the step bits.
  var squareI[12];
  var squareJ[12];
  var squareS[12];
  var tauRows[12];
  var tauFeatures[12];
  var tauTable[14];
  var pointRows[12];
  var pointFeatures[12];
  var pointTable[14];
  for (var t = 0; t < 12; t++) {
    squareI[t] = squares[t];
    squareJ[t] = squares[12 + t];
    squareS[t] = squares[24 + t];
    tauRows[t] = squares[36 + t];
    tauFeatures[t] = squares[48 + t];
    pointRows[t] = first.point[t];
    pointFeatures[t] = first.point[12 + t];
  }
  for (var t = 0; t < 14; t++) {
    tauTable[t] = squares[36 + t];
    pointTable[t] = first.point[t];
  }
  var mu = squares[60];
  signal rowsR[12] <== Mask(12)(squareS, segment.rowMask);
  signal rowsRho[12] <== Mask(12)(pointRows, segment.rowMask);
  signal rowsTau[12] <== Mask(12)(tauRows, segment.rowMask);
  signal stepsR[12] <== Mask(12)(squareS, segment.stepMask);
  signal stepsRho[12] <== Mask(12)(pointRows, segment.stepMask);
  signal stepsTwo[12] <== Mask(12)(second.point, segment.stepMask);
  signal rowsZeta[12];
  for (var t = 0; t < 12; t++) rowsZeta[t] <== rowsR[t] - stepsR[t] + stepsTwo[t];
  signal pointI[4][12];
  signal pointJ[4][12];
  signal featuresTau[4][12];
  signal features[5][12];
  for (var k = 0; k < 4; k++) {
    pointI[k] <== Mask(12)(squareI, sizes.mask[k + 1]);
    pointJ[k] <== Mask(12)(squareJ, sizes.mask[k]);
    featuresTau[k] <== Mask(12)(tauFeatures, sizes.mask[k + 1]);
  }
  for (var l = 0; l < 5; l++) features[l] <== Mask(12)(pointFeatures, sizes.mask[l]);

  // 6. Both batches at their points.
  component firstValue = TrainBatchOne();
  firstValue.p <== sizes.p;
  firstValue.beta <== beta;
  firstValue.mu <== mu;
  firstValue.tau <== tauTable;
  firstValue.weight <== lambda;
  firstValue.point <== first.point;
  firstValue.rows <== rowsRho;
  firstValue.rowsTau <== rowsTau;
  firstValue.steps <== stepsRho;
  firstValue.stepsR <== stepsR;
  firstValue.features <== features;
  firstValue.featuresTau <== featuresTau;
  firstValue.evals <== evals1;
  first.value === firstValue.out;

  component secondValue = TrainBatchTwo();
  secondValue.point <== second.point;
  secondValue.steps <== stepsRho;
  secondValue.stepsR <== stepsR;
  secondValue.stepsTwo <== stepsTwo;
  secondValue.weight <== stepWeights;
  secondValue.evals <== evals2;
  second.value === secondValue.out;

  // 7. The claims, weighted, with the forward, backward and update relations among them.
  signal claimWeight[81] <== Powers(81)(rho);
  component claims = TrainClaims();
  claims.p <== sizes.p;
  claims.lr <== lr;
  claims.sums <== sums;
  claims.evals1 <== evals1;
  claims.evals2 <== evals2;
  claims.weight <== claimWeight;

  // 8. Reduction to one point y.
  component reduction = Sumcheck(22, 2);
  reduction.state <== rho;
  reduction.claim <== claims.out;
  reduction.messages <== reduce;

  // 9. The claims' weights at y, oracle by oracle.
  component model = TrainModelWeights();
  model.p <== sizes.p;
  model.logs <== sizes.logs;
  model.mask <== sizes.mask;
  model.modelOffset <== modelOffset;
  model.mu <== mu;
  model.weight <== claimWeight;
  model.y <== reduction.point;
  model.pointI <== pointI;
  model.pointJ <== pointJ;
  model.features <== features;
  component rows = TrainRowWeights();
  rows.p <== sizes.p;
  rows.logs <== sizes.logs;
  rows.mask <== sizes.mask;
  rows.rowMask <== segment.rowMask;
  rows.shardOffset <== shardOffset;
  rows.traceOffset <== traceOffset;
  rows.helperOffset <== helperOffset;
  rows.weight <== claimWeight;
  rows.y <== reduction.point;
  rows.tablePoint <== pointTable;
  rows.rowsR <== rowsR;
  rows.rowsRho <== rowsRho;
  rows.rowsZeta <== rowsZeta;
  rows.pointI <== pointI;
  rows.pointJ <== pointJ;
  rows.features <== features;
  signal reduced <== InnerProduct(5)(u, [model.parent, model.child, rows.shard, rows.trace, rows.helper]);
  reduction.value === reduced;

  // 10. Opening at y.
  component opening = Opening(5);
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
