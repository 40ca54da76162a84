// SPDX-License-Identifier: GPL-3.0-or-later
pragma circom 2.2.0;

include "../lib/begin.circom";
include "../lib/finish.circom";
include "../lib/multilinear.circom";
include "../lib/numbers.circom";
include "../lib/sizes.circom";
include "../lib/sumcheck.circom";
include "../lib/transcript.circom";
include "../generated/score.circom";
include "score/batch.circom";
include "score/model.circom";
include "score/tables.circom";
include "score/weights.circom";

/**
 * @title Score
 * @notice The committed model, run on the committed shard, has these results (design, sections 1 and 7.5; protocol, section
 *   11). Classes: `result` rows, or more, have the label as their strictly largest logit, a proven lower bound since c = 0 is
 *   always allowed. Labels: of so many rows every logit is above 0 where its label is set and below 0 where not. Regression:
 *   `result` is the sum of the squared errors (Q - Y)^2, both with 2^9 to the unit, `absolute` that of their sizes. `top` rows
 *   or more have the label among the k largest, `loss` or less is the log-loss, and `counts` rows, as a polynomial at x, have
 *   such a label and such a prediction.
 * @input fold: public; drawn by the contract after c and all signals
 * @input h: statement digest and commitment digests, assumed right: the contract computes them, the fold binds them
 * @input shape: bound by the fold; the model's descriptor, constrained here to the sizes below
 * @input shard: bound by the fold; the shard's descriptor, constrained here to the sizes below; that the shard keeps to it
 *   (one-hot labels, ranges, zero padding) is assumed (program data)
 * @input result, loss, absolute, top: bound by the fold; constrained here
 * @input k: bound by the fold; any field element: the contract takes 0 to the number of outputs
 * @input widths1[5], present[3], modelOffset, head[2]: fields of the shape, constrained here
 * @input inputs1, outputs1, rows1, classes, labels, shardOffset: fields of the shard, constrained here, inputs and outputs
 *   to equal the model's
 * @input traceOffset, helperOffset: layouts of the trace and of the helper, constrained here to bits
 * @input sums: the forward sums of layers 1..4, the results, the logits of label and predicted class at tau's rows
 * @input nonce, batch1[24][5], evals1, reduce[26][2], u, level2[10][2], u12[2], p2[32], s2[32]: the argument's
 *   messages, any field elements; these and the offsets are numbered by generated/score.circom
 * @input chunkMask[8]: ones for the coordinates of the chunk that the contract is told, constrained here to a prefix
 * @output c, v: digest of the signals, and the signals folded (protocol, section 2)
 */
template Score() {
  signal input fold;
  signal input h[DIGEST_COUNT()];
  signal input shape;
  signal input shard;
  signal input result;
  signal input loss;
  signal input absolute;
  signal input k;
  signal input top;
  signal input widths1[5];
  signal input present[3];
  signal input modelOffset[MODEL_COUNT()][23];
  signal input head[2];
  signal input inputs1;
  signal input outputs1;
  signal input rows1;
  signal input classes;
  signal input labels;
  signal input shardOffset[SHARD_COUNT()][26];
  signal input traceOffset[T_COUNT()][26];
  signal input helperOffset[H_COUNT()][26];
  signal input sums[S_COUNT()];
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

  // 1. Sizes: the shard's inputs and outputs are the model's.
  component sizes = ModelShape();
  sizes.shape <== shape;
  sizes.widths1 <== widths1;
  sizes.present <== present;
  sizes.offsets <== modelOffset;
  sizes.head <== head;
  component rows = ShardDescriptor();
  rows.shard <== shard;
  rows.inputs1 <== inputs1;
  rows.outputs1 <== outputs1;
  rows.rows1 <== rows1;
  rows.classes <== classes;
  rows.labels <== labels;
  rows.offsets <== shardOffset;
  inputs1 === widths1[0];
  outputs1 === widths1[4];

  // 2. The results: one of two sums, and others as they are.
  result === sums[S_error()] + (classes + labels) * (sums[S_right()] - sums[S_error()]);
  loss === sums[S_loss()];
  absolute === sums[S_absolute()];
  top === sums[S_top()];

  // 3. Challenges: beta and alpha after the trace, x after the helper. Squares of x: tau = (r_s; r_i).
  component begin = CommitmentsWithPairs(T_COUNT(), H_COUNT(), Q_COUNT());
  begin.h <== h;
  begin.traceOffset <== traceOffset;
  begin.helperOffset <== helperOffset;

  // 4. Batch 1: claims are the sums, the logits as the relations have them, of the other instances 0.
  component absorbSums = Absorb(S_COUNT() + 1);
  absorbSums.state <== begin.x;
  for (var n = 0; n < S_COUNT(); n++) absorbSums.elements[n] <== sums[n];
  absorbSums.elements[S_COUNT()] <== nonce[NONCE_lambda()];
  signal lambda[R_COUNT()] <== Powers(R_COUNT())(absorbSums.out);
  signal labelledClaim <== classes * (ACTIVATION() * sums[S_labelled()]);
  component batch = Sumcheck(24, 5);
  batch.state <== absorbSums.out;
  signal predictedClaim <== classes * sums[S_predicted()];
  batch.claim <== InnerProduct(12)([lambda[R_F1(1)], lambda[R_F1(2)], lambda[R_F1(3)], lambda[R_F1(4)],
    lambda[R_right()], lambda[R_error()], lambda[R_top()], lambda[R_absolute()], lambda[R_loss()], lambda[R_counts()],
    lambda[R_labelled()], lambda[R_predicted()]], [sums[S_F1(1)], sums[S_F1(2)], sums[S_F1(3)], sums[S_F1(4)],
    sums[S_right()], sums[S_error()], sums[S_top()], sums[S_absolute()], sums[S_loss()], sums[S_counts()],
    labelledClaim, predictedClaim]);
  batch.messages <== batch1;
  signal rho <== Absorb(E_COUNT())(batch.next, evals1);

  // 5. Row points, dormant coordinates masked; feature points as they are.
  var squareR[12];
  var pointRows[12];
  var tau[24];
  var featuresR[12];
  var featuresRho[12];
  var tablePoint[16];
  for (var t = 0; t < 12; t++) {
    squareR[t] = begin.out[Q_rs() + t];
    featuresR[t] = begin.out[Q_ri() + t];
    pointRows[t] = batch.point[t];
    featuresRho[t] = batch.point[12 + t];
    tau[t] = squareR[t];
    tau[12 + t] = featuresR[t];
  }
  for (var t = 0; t < 16; t++) tablePoint[t] = batch.point[t];
  signal rowsR[12] <== Mask(12)(squareR, rows.rowMask);
  signal rowsRho[12] <== Mask(12)(pointRows, rows.rowMask);

  // 6. Batch 1 at its point.
  component value = ScoreBatch();
  value.p <== sizes.p;
  value.mask <== sizes.mask;
  value.classes <== classes;
  value.labels <== labels;
  value.softmax <== sizes.softmax;
  value.sigmoid <== sizes.sigmoid;
  value.outputs <== outputs1 + 1;
  value.places <== k;
  value.rowBits <== rows.rowBits;
  value.outBits <== sizes.bits[4];
  value.beta <== begin.beta;
  value.alpha <== begin.alpha;
  value.tau <== tau;
  value.weight <== lambda;
  value.point <== batch.point;
  value.rows <== rowsRho;
  value.rowsR <== rowsR;
  value.evals <== evals1;
  batch.value === value.out;

  // 7. The claims, weighted: evaluations, the logits, sums over the classes, and the forward relations as linear claims:
  //    F1 + 2^fa b = 2^f Q + R0 + 2^c R1 - 2^(f-1). An absent layer's constants are 0 (design, section 11.3).
  signal claimWeight[C_COUNT()] <== Powers(C_COUNT())(rho);
  var claimValues[C_COUNT()];
  for (var n = 0; n < E_COUNT(); n++) claimValues[n] = evals1[n];
  claimValues[C_labelled()] = sums[S_labelled()];
  claimValues[C_predicted()] = sums[S_predicted()];
  claimValues[C_below()] = 0;
  claimValues[C_predictedSum()] = 0;
  claimValues[C_total()] = LIMB() * sizes.softmax;
  for (var l = 1; l < 4; l++) claimValues[C_forward(l)] = -sums[S_F1(l)] - sizes.p[l] * (FRACTION() \ 2);
  claimValues[C_forward(4)] = -sums[S_F1(4)] - FRACTION() \ 2 - FRACTION() * HALF_LIMB();
  signal claim <== InnerProduct(C_COUNT())(claimWeight, claimValues);

  // 8. Reduction to one point y, opening there, fold of the signals.
  component finish = Finish(O_COUNT(), 9);
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
  finish.params <== [shape, shard, result, loss, absolute, k, top, begin.x, sums[S_counts()]];
  finish.fold <== fold;
  c <== finish.c;
  v <== finish.v;

  // 9. The claims' weights at y, oracle by oracle.
  component model = ScoreModelWeights();
  model.p <== sizes.p;
  model.logs <== sizes.logs;
  model.mask <== sizes.mask;
  model.modelOffset <== sizes.places;
  model.weight <== claimWeight;
  model.y <== finish.y;
  model.featuresR <== featuresR;
  model.featuresRho <== featuresRho;
  component others = ScoreRowWeights();
  others.p <== sizes.p;
  others.logs <== sizes.logs;
  others.mask <== sizes.mask;
  others.softmax <== sizes.softmax;
  others.sigmoid <== sizes.sigmoid;
  others.rowMask <== rows.rowMask;
  others.rowLog <== rows.rowLog;
  others.shardOffset <== shardOffset;
  others.traceOffset <== traceOffset;
  others.helperOffset <== helperOffset;
  others.weight <== claimWeight;
  others.y <== finish.y;
  others.squares <== tau;
  others.rowsR <== rowsR;
  others.rowsRho <== rowsRho;
  others.featuresR <== featuresR;
  others.featuresRho <== featuresRho;
  component table = ScoreTableWeights();
  table.softmax <== sizes.softmax;
  table.sigmoid <== sizes.sigmoid;
  table.y <== finish.y;
  table.point <== tablePoint;
  table.traceOffset <== traceOffset;
  table.helperOffset <== helperOffset;
  table.weight <== claimWeight;
  var oracleWeights[O_COUNT()];
  oracleWeights[O_model()] = model.out;
  oracleWeights[O_shard()] = others.shard;
  oracleWeights[O_trace()] = others.trace + table.trace;
  oracleWeights[O_helper()] = others.helper + table.helper;
  oracleWeights[O_tables()] = table.tables;
  signal reduced <== InnerProduct(O_COUNT())(u, oracleWeights);
  finish.value === reduced;
}
