// SPDX-License-Identifier: GPL-3.0-or-later
pragma circom 2.2.0;

include "../lib/begin.circom";
include "../lib/finish.circom";
include "../lib/multilinear.circom";
include "../lib/maps.circom";
include "../lib/network.circom";
include "../lib/select.circom";
include "../lib/sizes.circom";
include "../lib/sumcheck.circom";
include "../lib/transcript.circom";
include "../generated/convTrain.circom";
include "convTrain/batches.circom";
include "convTrain/claims.circom";
include "convTrain/places.circom";
include "convTrain/rows.circom";
include "convTrain/weights.circom";
include "train/segment.circom";

/**
 * @title Convolutional train
 * @notice The child commitment opens to the parent's weights after one segment of SGD on the committed shard (protocol,
 *   section 12), for any convolutional network of up to 6 layers, any number of rows up to 4096 and up to 2^14 rows in all
 *   passes.
 * @input fold: public; drawn by the contract after c and all signals
 * @input h: statement digest and commitment digests, assumed right: the contract computes them, the fold binds them
 * @input seg: bound by the fold; the segment, constrained here to the sizes below; assumed to name the shard's own rows
 *   and layout
 * @input shape, layout[2]: bound by the fold; descriptor of the network and where its slots are, constrained here to the
 *   fields below
 * @input channels1[7], sides1[7], kernels1[6], strides1[6], paddings[6][2], flat[6], pooled[6], present[5], head[2],
 *   offsets, fans[6][5]: fields of the shape and of the layout, constrained here
 * @input lr, rows1, batchRows1, traceRows1, shardOffset, smoothing: fields of the segment, constrained here
 * @input traceOffset, helperOffset: layouts of the trace and of the helper, constrained here to bits; numbered, as sums,
 *   evaluations and claims are, by generated/train.circom
 * @input nonce, sums, batch1[38][5], evals1, sums2, batch2[26][3], evals2, reduce[26][2], u, level2[10][2], u12[2], p2[32],
 *   s2[32]: the argument's messages, any field elements
 * @input chunkMask[8]: ones for the coordinates of the chunk that the contract is told, constrained here to a prefix
 * @output c, v: digest of the signals, and the signals folded (protocol, section 2)
 */
template ConvTrain() {
  signal input fold;
  signal input h[DIGEST_COUNT()];
  signal input shape;
  signal input layout[2];
  signal input seg;
  signal input channels1[7];
  signal input sides1[7];
  signal input kernels1[6];
  signal input strides1[6];
  signal input paddings[6][2];
  signal input flat[6];
  signal input pooled[6];
  signal input present[5];
  signal input head[2];
  signal input offsets[NETWORK_COUNT()][23];
  signal input fans[6][5];
  signal input lr;
  signal input rows1;
  signal input batchRows1;
  signal input traceRows1;
  signal input shardOffset[SHARD_COUNT()][26];
  signal input smoothing;
  signal input traceOffset[T_COUNT()][26];
  signal input helperOffset[H_COUNT()][26];
  signal input nonce[NONCE_COUNT()];
  signal input sums[S_COUNT()];
  signal input batch1[38][5];
  signal input evals1[E_COUNT()];
  signal input sums2[S2_COUNT()];
  signal input batch2[26][3];
  signal input evals2[E2_COUNT()];
  signal input reduce[26][2];
  signal input u[O_COUNT()];
  signal input level2[10][2];
  signal input u12[2];
  signal input p2[32];
  signal input s2[32];
  signal input chunkMask[8];
  signal output c;
  signal output v;

  // 1. Sizes.
  component sizes = NetworkShape();
  sizes.shape <== shape;
  sizes.layout <== layout;
  sizes.channels1 <== channels1;
  sizes.sides1 <== sides1;
  sizes.kernels1 <== kernels1;
  sizes.strides1 <== strides1;
  sizes.paddings <== paddings;
  sizes.flat <== flat;
  sizes.pooled <== pooled;
  sizes.present <== present;
  sizes.head <== head;
  sizes.offsets <== offsets;
  sizes.fans <== fans;
  component segment = SegmentDescriptor();
  segment.seg <== seg;
  segment.lr <== lr;
  segment.rows1 <== rows1;
  segment.batchRows1 <== batchRows1;
  segment.traceRows1 <== traceRows1;
  segment.offsets <== shardOffset;
  segment.smoothing <== smoothing;

  // 2. Challenges: beta and alpha after the trace, x after the helper. Squares of x: tau = (r_s; r_x; r_y; r_c), mu.
  component begin = CommitmentsWithPairs(T_COUNT(), H_COUNT(), Q_COUNT());
  begin.h <== h;
  begin.traceOffset <== traceOffset;
  begin.helperOffset <== helperOffset;

  // 3. Batch 1: the claims of the first instances are sums, of the others 0. The F3 are settled by batch 2.
  component absorbSums = Absorb(S_COUNT() + 1);
  absorbSums.state <== begin.x;
  for (var n = 0; n < S_COUNT(); n++) absorbSums.elements[n] <== sums[n];
  absorbSums.elements[S_COUNT()] <== nonce[NONCE_lambda()];
  signal lambda[R_COUNT()] <== Powers(R_COUNT())(absorbSums.out);
  var sumWeights[22];
  var firstSums[22];
  for (var l = 1; l <= 6; l++) {
    sumWeights[R_F1(l)] = lambda[R_F1(l)];
    sumWeights[R_F2(l)] = lambda[R_F2(l)];
    firstSums[R_F1(l)] = sums[S_F1(l)];
    firstSums[R_F2(l)] = sums[S_F2(l)];
  }
  for (var l = 1; l <= 5; l++) {
    sumWeights[R_B1(l)] = lambda[R_B1(l)];
    sumWeights[R_B2(l)] = lambda[R_B2(l)];
    firstSums[R_B1(l)] = sums[S_B1(l)];
    firstSums[R_B2(l)] = sums[S_B2(l)];
  }
  component first = Sumcheck(38, 5);
  first.state <== absorbSums.out;
  first.claim <== InnerProduct(22)(sumWeights, firstSums);
  first.messages <== batch1;

  // 4. Batch 2: what batch 1 leaves, as sums over rows.
  component absorbFirst = Absorb(E_COUNT() + S2_COUNT());
  absorbFirst.state <== first.next;
  for (var n = 0; n < E_COUNT(); n++) absorbFirst.elements[n] <== evals1[n];
  for (var n = 0; n < S2_COUNT(); n++) absorbFirst.elements[E_COUNT() + n] <== sums2[n];
  signal rowWeights[R2_COUNT()] <== Powers(R2_COUNT())(absorbFirst.out);
  var secondSums[R2_COUNT()];
  for (var n = 0; n < S2_COUNT(); n++) secondSums[n] = sums2[n];
  for (var l = 1; l <= 6; l++) secondSums[R2_F3(l)] = sums[S_F3(l)];
  component second = Sumcheck(26, 3);
  second.state <== absorbFirst.out;
  second.claim <== InnerProduct(R2_COUNT())(rowWeights, secondSums);
  second.messages <== batch2;
  signal rho <== Absorb(E2_COUNT())(second.next, evals2);

  // 5. The points' parts: rows, dormant coordinates masked, and their step bits; x, y and channels as they are. i = 0 is x,
  //    i = 1 is y.
  var squareR[14];
  var pointRows[14];
  var zetaRows[14];
  var tau[38];
  var channelsR[12];
  var channelsRho[12];
  var placesR[2][6];
  var placesRho[2][6];
  var placesZeta[2][6];
  var tablePoint[16];
  for (var t = 0; t < 14; t++) {
    squareR[t] = begin.out[Q_rs() + t];
    pointRows[t] = first.point[t];
    zetaRows[t] = second.point[t];
    tau[t] = squareR[t];
  }
  for (var t = 0; t < 6; t++) {
    placesR[0][t] = begin.out[Q_rx() + t];
    placesR[1][t] = begin.out[Q_ry() + t];
    for (var i = 0; i < 2; i++) {
      tau[14 + 6 * i + t] = placesR[i][t];
      placesRho[i][t] = first.point[14 + 6 * i + t];
      placesZeta[i][t] = second.point[14 + 6 * i + t];
    }
  }
  for (var t = 0; t < 12; t++) {
    channelsR[t] = begin.out[Q_rc() + t];
    channelsRho[t] = first.point[26 + t];
    tau[26 + t] = channelsR[t];
  }
  for (var t = 0; t < 16; t++) tablePoint[t] = first.point[t];
  var mu = begin.out[Q_mu()];
  signal rowsR[14] <== Mask(14)(squareR, segment.rowsMask);
  signal rowsRho[14] <== Mask(14)(pointRows, segment.rowsMask);
  signal rowsZeta[14] <== Mask(14)(zetaRows, segment.rowsMask);
  signal stepsR[14] <== Mask(14)(squareR, segment.stepMask);
  signal stepsRho[14] <== Mask(14)(pointRows, segment.stepMask);
  signal stepsZeta[14] <== Mask(14)(zetaRows, segment.stepMask);
  signal real[6];
  for (var k = 0; k < 6; k++)
    real[k] <== RealPlaces()(sizes.sideBits[k + 1], sizes.sideMask[k + 1], placesR[0], placesR[1]);

  // 6. Both batches at their points, with the kernels between rho's taps and zeta's places.
  component firstValue = ConvTrainBatchOne();
  firstValue.p <== sizes.p;
  firstValue.channelMask <== sizes.channelMask;
  firstValue.sideMask <== sizes.sideMask;
  firstValue.kernelMask <== sizes.kernelMask;
  firstValue.outBits <== sizes.channelBits[6];
  firstValue.outputs <== channels1[6] + 1;
  firstValue.squaredError <== sizes.squaredError;
  firstValue.softmax <== sizes.softmax;
  firstValue.sigmoid <== sizes.sigmoid;
  firstValue.smoothing <== smoothing;
  firstValue.rowBits <== segment.rowBits;
  firstValue.rowMask <== segment.rowMask;
  firstValue.beta <== begin.beta;
  firstValue.alpha <== begin.alpha;
  firstValue.tau <== tau;
  firstValue.weight <== lambda;
  firstValue.point <== first.point;
  firstValue.rows <== rowsRho;
  firstValue.rowsR <== rowsR;
  firstValue.steps <== stepsRho;
  firstValue.evals <== evals1;
  firstValue.sums2 <== sums2;
  first.value === firstValue.out;

  component kernels = ConvTrainKernels();
  kernels.kernelBits <== sizes.kernelBits;
  kernels.kernelMask <== sizes.kernelMask;
  kernels.sideMask <== sizes.sideMask;
  kernels.strides1 <== strides1;
  kernels.paddings <== paddings;
  kernels.taps <== placesRho;
  kernels.places <== placesZeta;
  component secondValue = ConvTrainBatchTwo();
  secondValue.sideBits <== sizes.sideBits;
  secondValue.sideMask <== sizes.sideMask;
  secondValue.flat <== flat;
  secondValue.pooled <== pooled;
  secondValue.tap <== kernels.tap;
  secondValue.weights <== kernels.weights;
  secondValue.moved <== kernels.moved;
  secondValue.point <== second.point;
  secondValue.rowsR <== rowsR;
  secondValue.rows <== rowsZeta;
  secondValue.stepsR <== stepsR;
  secondValue.stepsRho <== stepsRho;
  secondValue.steps <== stepsZeta;
  secondValue.places <== placesR;
  secondValue.mu <== mu;
  secondValue.weight <== rowWeights;
  secondValue.evals <== evals2;
  second.value === secondValue.out;

  // 7. The claims, weighted, with the forward, backward and update relations among them.
  signal claimWeight[C_COUNT()] <== Powers(C_COUNT())(rho);
  component claims = ConvTrainClaims();
  claims.p <== sizes.p;
  claims.pooled <== pooled;
  claims.real <== real;
  claims.softmax <== sizes.softmax;
  claims.lr <== lr;
  claims.sums <== sums;
  claims.sums2 <== sums2;
  claims.evals1 <== evals1;
  claims.evals2 <== evals2;
  claims.weight <== claimWeight;

  // 8. Reduction to one point y, opening there, fold of the signals.
  component finish = Finish(O_COUNT(), 4);
  finish.state <== rho;
  finish.claim <== claims.out;
  finish.reduce <== reduce;
  finish.u <== u;
  finish.h <== h;
  finish.nonce <== nonce;
  finish.level2 <== level2;
  finish.u12 <== u12;
  finish.p2 <== p2;
  finish.s2 <== s2;
  finish.chunkMask <== chunkMask;
  finish.params <== [shape, layout[0], layout[1], seg];
  finish.fold <== fold;
  c <== finish.c;
  v <== finish.v;

  // 9. The claims' weights at y, oracle by oracle.
  var lowY[14];
  for (var t = 0; t < 14; t++) lowY[t] = finish.y[t];
  signal rowsY[14] <== Mask(14)(lowY, segment.rowsMask);
  signal eqR <== Eq(14)(rowsR, rowsY);
  signal eqRho[15] <== EqPrefixes(14)(rowsRho, rowsY);
  signal eqZeta[15] <== EqPrefixes(14)(rowsZeta, rowsY);
  component model = ConvTrainModelWeights();
  model.p <== sizes.p;
  model.channelMask <== sizes.channelMask;
  model.channelLog <== sizes.channelLog;
  model.kernelMask <== sizes.kernelMask;
  model.kernelLog <== sizes.kernelLog;
  model.modelOffset <== sizes.places;
  model.real <== real;
  model.mu <== mu;
  model.weight <== claimWeight;
  model.y <== finish.y;
  model.channelsR <== channelsR;
  model.channelsRho <== channelsRho;
  model.taps <== placesRho;
  component shard = ConvTrainShardWeight();
  shard.p <== sizes.p;
  shard.channelMask <== sizes.channelMask;
  shard.channelLog <== sizes.channelLog;
  shard.sideMask <== sizes.sideMask;
  shard.sideLog <== sizes.sideLog;
  shard.flat <== flat;
  shard.pooled <== pooled;
  shard.tap <== kernels.tap;
  shard.weights <== kernels.weights;
  shard.moved <== kernels.moved;
  shard.rowMask <== segment.rowMask;
  shard.shardOffset <== shardOffset;
  shard.weight <== claimWeight;
  shard.y <== finish.y;
  shard.rowsRho <== eqRho;
  shard.rowsZeta <== eqZeta;
  shard.channelsRho <== channelsRho;
  component rows = ConvTrainRowWeights();
  rows.p <== sizes.p;
  rows.channelMask <== sizes.channelMask;
  rows.channelLog <== sizes.channelLog;
  rows.sideMask <== sizes.sideMask;
  rows.sideLog <== sizes.sideLog;
  rows.softmax <== sizes.softmax;
  rows.sigmoid <== sizes.sigmoid;
  rows.flat <== flat;
  rows.pooled <== pooled;
  rows.tap <== kernels.tap;
  rows.weights <== kernels.weights;
  rows.moved <== kernels.moved;
  rows.rowsMask <== segment.rowsMask;
  rows.traceOffset <== traceOffset;
  rows.helperOffset <== helperOffset;
  rows.weight <== claimWeight;
  rows.y <== finish.y;
  rows.rowsY <== rowsY;
  rows.eqR <== eqR;
  rows.eqRho <== eqRho[14];
  rows.eqZeta <== eqZeta[14];
  rows.channelsR <== channelsR;
  rows.channelsRho <== channelsRho;
  rows.placesR <== placesR;
  rows.placesRho <== placesRho;
  rows.placesZeta <== placesZeta;
  component table = TrainTableWeights();
  table.softmax <== sizes.softmax;
  table.sigmoid <== sizes.sigmoid;
  table.y <== finish.y;
  table.point <== tablePoint;
  table.traceOffset <== traceOffset;
  table.helperOffset <== helperOffset;
  table.weight <== claimWeight;
  var oracleWeights[O_COUNT()];
  oracleWeights[O_parent()] = model.parent;
  oracleWeights[O_child()] = model.child;
  oracleWeights[O_shard()] = shard.out;
  oracleWeights[O_trace()] = rows.trace + table.trace;
  oracleWeights[O_helper()] = rows.helper + table.helper;
  oracleWeights[O_tables()] = table.tables;
  signal reduced <== InnerProduct(O_COUNT())(u, oracleWeights);
  finish.value === reduced;
}
