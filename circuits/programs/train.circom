// SPDX-License-Identifier: GPL-3.0-or-later
pragma circom 2.2.0;

include "circomlib/circuits/bitify.circom";
include "../lib/multilinear.circom";
include "../lib/opening.circom";
include "../lib/sizes.circom";
include "../lib/slots.circom";
include "../lib/sumcheck.circom";
include "../lib/transcript.circom";
include "../generated/train.circom";
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
 * @input h: public; statement digest and commitment digests, assumed right (the contract computes them)
 * @input shape: public; the descriptor of parent and child, constrained here to the sizes below
 * @input seg: public; the segment, constrained here to the sizes below; assumed to name the shard's own rows and layout
 * @input widths1[5], present[3], modelOffset: fields of the shape, constrained here
 * @input rows1, batchRows1, lr, shardOffset: fields of the segment, constrained here
 * @input traceOffset, helperOffset: layouts of the trace and of the helper, constrained here to bits; numbered, as sums,
 *   evaluations and claims are, by generated/train.circom
 * @input nonce, sums, batch1[24][5], evals1, batch2[12][3], evals2, reduce[22][2], u, level2[11][2], u12[2], p2[32],
 *   s2[64]: the argument's messages, any field elements
 * @output eta, gamma, theta, gamma2, z, e2: for the contract's opening check
 */
template Train() {
  signal input h[DIGEST_COUNT()];
  signal input shape;
  signal input seg;
  signal input widths1[5];
  signal input present[3];
  signal input modelOffset[MODEL_COUNT()][22];
  signal input rows1;
  signal input batchRows1;
  signal input lr;
  signal input shardOffset[SHARD_COUNT()][22];
  signal input traceOffset[T_COUNT()][22];
  signal input helperOffset[H_COUNT()][22];
  signal input nonce[NONCE_COUNT()];
  signal input sums[S_COUNT()];
  signal input batch1[24][5];
  signal input evals1[E_COUNT()];
  signal input batch2[12][3];
  signal input evals2[E2_COUNT()];
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
  signal traceWords[T_WORDS()] <== PackedOffsets(T_COUNT())(traceOffset);
  signal helperWords[H_WORDS()] <== PackedOffsets(H_COUNT())(helperOffset);
  signal beta <== Absorb(4)(h[DIGEST_statement()], [h[DIGEST_trace()], traceWords[0], traceWords[1], traceWords[2]]);
  signal x <== Absorb(2)(beta, [h[DIGEST_helper()], helperWords[0]]);
  signal squares[Q_COUNT()] <== Squares(Q_COUNT())(x);

  // 3. Batch 1: the claims of the first instances are `sums`, of the others 0.
  component absorbSums = Absorb(S_COUNT() + 1);
  absorbSums.state <== x;
  for (var n = 0; n < S_COUNT(); n++) absorbSums.elements[n] <== sums[n];
  absorbSums.elements[S_COUNT()] <== nonce[NONCE_lambda()];
  signal lambda[R_COUNT()] <== Powers(R_COUNT())(absorbSums.out);
  var sumWeights[S_COUNT()];
  for (var n = 0; n < S_COUNT(); n++) sumWeights[n] = lambda[n];
  component first = Sumcheck(24, 5);
  first.state <== absorbSums.out;
  first.claim <== InnerProduct(S_COUNT())(sumWeights, sums);
  first.messages <== batch1;

  // 4. Batch 2: P and P' of batch 1 as sums over steps.
  signal mu2 <== Absorb(E_COUNT())(first.next, evals1);
  signal stepWeights[E2_COUNT()] <== Powers(E2_COUNT())(mu2);
  component second = Sumcheck(12, 3);
  second.state <== mu2;
  var stepped[E2_COUNT()];
  for (var l = 1; l <= 4; l++) stepped[E2_In(l)] = evals1[E_P(l)];
  for (var l = 1; l <= 3; l++) stepped[E2_nextD(l)] = evals1[E_nextP(l)];
  second.claim <== InnerProduct(E2_COUNT())(stepWeights, stepped);
  second.messages <== batch2;
  signal rho <== Absorb(E2_COUNT())(second.next, evals2);

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
    squareI[t] = squares[Q_ri() + t];
    squareJ[t] = squares[Q_rj() + t];
    squareS[t] = squares[Q_rs() + t];
    tauRows[t] = squares[Q_tau() + t];
    tauFeatures[t] = squares[Q_tau() + 12 + t];
    pointRows[t] = first.point[t];
    pointFeatures[t] = first.point[12 + t];
  }
  for (var t = 0; t < 14; t++) {
    tauTable[t] = squares[Q_tau() + t];
    pointTable[t] = first.point[t];
  }
  var mu = squares[Q_mu()];
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
  signal claimWeight[C_COUNT()] <== Powers(C_COUNT())(rho);
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
  var oracleWeights[O_COUNT()];
  oracleWeights[O_parent()] = model.parent;
  oracleWeights[O_child()] = model.child;
  oracleWeights[O_shard()] = rows.shard;
  oracleWeights[O_trace()] = rows.trace;
  oracleWeights[O_helper()] = rows.helper;
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
