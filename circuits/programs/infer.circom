// SPDX-License-Identifier: GPL-3.0-or-later
pragma circom 2.2.0;

include "../lib/begin.circom";
include "../lib/finish.circom";
include "../lib/multilinear.circom";
include "../lib/numbers.circom";
include "../lib/sizes.circom";
include "../lib/sumcheck.circom";
include "../lib/table.circom";
include "../lib/transcript.circom";
include "../generated/infer.circom";
include "infer/batch.circom";
include "infer/form.circom";
include "infer/rows.circom";
include "score/model.circom";

/**
 * @title Infer
 * @notice The committed model, run on the committed inputs, has the committed outputs: the integers before softmax or
 *   sigmoid, with 2^9 to the unit (protocol, section 13). Inputs and outputs that are public are the coefficients of
 *   polynomials, whose values at x are `inputs` and `outputs`.
 * @input fold: public; drawn by the contract after c and all signals
 * @input h: statement digest and commitment digests, assumed right: the contract computes them, the fold binds them
 * @input shape: bound by the fold; the model's descriptor, constrained here to the sizes below
 * @input form: bound by the fold; constrained here to the fields below
 * @input inputs, outputs: bound by the fold; constrained here: the polynomials at x, 0 where the form says that they are not
 *   public
 * @input widths1[5], present[3], modelOffset, head[2]: fields of the shape, constrained here
 * @input rows1, inputOffset, showIn, showOut, ranged: fields of the form, constrained here
 * @input traceOffset, helperOffset: layouts of the trace and of the helper, constrained here to bits
 * @input sums: the forward sums of layers 1..4
 * @input nonce, batch1[24][5], evals1, reduce[26][2], u, level2[10][2], u12[2], p2[32], s2[32]: the argument's
 *   messages, any field elements; these and the offsets are numbered by generated/infer.circom
 * @input chunkMask[8]: ones for the coordinates of the chunk that the contract is told, constrained here to a prefix
 * @output c, v: digest of the signals, and the signals folded (protocol, section 2)
 */
template Infer() {
  signal input fold;
  signal input h[DIGEST_COUNT()];
  signal input shape;
  signal input form;
  signal input inputs;
  signal input outputs;
  signal input widths1[5];
  signal input present[3];
  signal input modelOffset[MODEL_COUNT()][23];
  signal input head[2];
  signal input rows1;
  signal input inputOffset[26];
  signal input showIn;
  signal input showOut;
  signal input ranged;
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

  // 1. Sizes.
  component sizes = ModelShape();
  sizes.shape <== shape;
  sizes.widths1 <== widths1;
  sizes.present <== present;
  sizes.offsets <== modelOffset;
  sizes.head <== head;
  component rows = InferenceForm();
  rows.form <== form;
  rows.rows1 <== rows1;
  rows.inputOffset <== inputOffset;
  rows.showIn <== showIn;
  rows.showOut <== showOut;
  rows.ranged <== ranged;

  // 2. Challenges: beta after the trace, x after the helper. Squares of x: tau = (r_s; r_i).
  component begin = Commitments(T_COUNT(), H_COUNT(), Q_COUNT());
  begin.h <== h;
  begin.traceOffset <== traceOffset;
  begin.helperOffset <== helperOffset;

  // 3. Batch 1: claims are the sums, of the other instances 0.
  component absorbSums = Absorb(S_COUNT() + 1);
  absorbSums.state <== begin.x;
  for (var n = 0; n < S_COUNT(); n++) absorbSums.elements[n] <== sums[n];
  absorbSums.elements[S_COUNT()] <== nonce[NONCE_lambda()];
  signal lambda[R_COUNT()] <== Powers(R_COUNT())(absorbSums.out);
  component batch = Sumcheck(24, 5);
  batch.state <== absorbSums.out;
  batch.claim <== InnerProduct(4)([lambda[R_F1(1)], lambda[R_F1(2)], lambda[R_F1(3)], lambda[R_F1(4)]],
    [sums[S_F1(1)], sums[S_F1(2)], sums[S_F1(3)], sums[S_F1(4)]]);
  batch.messages <== batch1;
  signal rho <== Absorb(E_COUNT())(batch.next, evals1);

  // 4. Row points, dormant coordinates masked; feature points as they are.
  var squareR[12];
  var pointRows[12];
  var featuresR[12];
  var featuresRho[12];
  var tablePoint[16];
  for (var t = 0; t < 12; t++) {
    squareR[t] = begin.out[Q_rs() + t];
    featuresR[t] = begin.out[Q_ri() + t];
    pointRows[t] = batch.point[t];
    featuresRho[t] = batch.point[12 + t];
  }
  for (var t = 0; t < 16; t++) tablePoint[t] = batch.point[t];
  signal rowsR[12] <== Mask(12)(squareR, rows.rowMask);
  signal rowsRho[12] <== Mask(12)(pointRows, rows.rowMask);

  // 5. Batch 1 at its point.
  component value = InferBatch();
  value.p <== sizes.p;
  value.mask <== sizes.mask;
  value.ranged <== ranged;
  value.rowBits <== rows.rowBits;
  value.inBits <== sizes.bits[0];
  value.outBits <== sizes.bits[4];
  value.beta <== begin.beta;
  value.tau <== begin.out;
  value.weight <== lambda;
  value.point <== batch.point;
  value.rows <== rowsRho;
  value.rowsR <== rowsR;
  value.evals <== evals1;
  batch.value === value.out;

  // 6. The claims, weighted: evaluations, the public vectors, and the forward relations as linear claims:
  //    F1 + 2^fa b = 2^f Q + R0 + 2^c R1 - 2^(f-1). An absent layer's constants are 0 (design, section 11.3).
  signal claimWeight[C_COUNT()] <== Powers(C_COUNT())(rho);
  var claimValues[C_COUNT()];
  for (var n = 0; n < E_COUNT(); n++) claimValues[n] = evals1[n];
  for (var l = 1; l < 4; l++) claimValues[C_forward(l)] = -sums[S_F1(l)] - sizes.p[l] * (FRACTION() \ 2);
  claimValues[C_forward(4)] = -sums[S_F1(4)] - FRACTION() \ 2 - FRACTION() * HALF_LIMB();
  claimValues[C_inputs()] = inputs;
  claimValues[C_outputs()] = outputs;
  signal claim <== InnerProduct(C_COUNT())(claimWeight, claimValues);

  // 7. Reduction to one point y, opening there, fold of the signals.
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
  finish.params <== [shape, form, begin.x, inputs, outputs];
  finish.fold <== fold;
  c <== finish.c;
  v <== finish.v;

  // 8. The claims' weights at y, oracle by oracle.
  component model = ScoreModelWeights();
  model.p <== sizes.p;
  model.logs <== sizes.logs;
  model.mask <== sizes.mask;
  model.modelOffset <== sizes.places;
  model.weight <== claimWeight;
  model.y <== finish.y;
  model.featuresR <== featuresR;
  model.featuresRho <== featuresRho;
  component others = InferRowWeights();
  others.p <== sizes.p;
  others.logs <== sizes.logs;
  others.mask <== sizes.mask;
  others.showIn <== showIn;
  others.showOut <== showOut;
  others.ranged <== ranged;
  others.rowMask <== rows.rowMask;
  others.rowLog <== rows.rowLog;
  others.inputOffset <== inputOffset;
  others.traceOffset <== traceOffset;
  others.helperOffset <== helperOffset;
  others.weight <== claimWeight;
  others.y <== finish.y;
  others.squares <== begin.out;
  others.rowsR <== rowsR;
  others.rowsRho <== rowsRho;
  others.featuresR <== featuresR;
  others.featuresRho <== featuresRho;
  signal traceTable;
  signal helperTable;
  (traceTable, helperTable) <== TableWeights()(finish.y, tablePoint, traceOffset[T_mult()], helperOffset[H_g()],
    claimWeight[C_mult()], claimWeight[C_g()]);
  var oracleWeights[O_COUNT()];
  oracleWeights[O_model()] = model.out;
  oracleWeights[O_input()] = others.in;
  oracleWeights[O_output()] = others.out;
  oracleWeights[O_trace()] = others.trace + traceTable;
  oracleWeights[O_helper()] = others.helper + helperTable;
  signal reduced <== InnerProduct(O_COUNT())(u, oracleWeights);
  finish.value === reduced;
}
