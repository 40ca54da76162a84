// SPDX-License-Identifier: GPL-3.0-or-later
pragma circom 2.2.0;

include "../lib/begin.circom";
include "../lib/finish.circom";
include "../lib/limbs.circom";
include "../lib/multilinear.circom";
include "../lib/select.circom";
include "../lib/sizes.circom";
include "../lib/slots.circom";
include "../lib/sumcheck.circom";
include "../lib/table.circom";
include "../lib/transcript.circom";
include "../generated/sparseMerge.circom";
include "sparseMerge/method.circom";
include "sparseMerge/slots.circom";
include "sparseMerge/task.circom";
include "sparseMerge/whole.circom";

/**
 * @title Sparse merge
 * @notice The child commitment opens to a base and the sum, or the disjoint mean, of what 1..4 tasks change of it, without the
 *   entries that a threshold or a seed leaves out (protocol, section 15): TIES and DARE.
 * @input fold: public; drawn by the contract after c and all signals
 * @input h: statement digest and commitment digests, assumed right: the contract computes them, the fold binds them
 * @input slots[2]: bound by the fold; where the tensors stand, constrained here to the fields below, assumed made from the shape
 * @input method, counts[5], coefficients[6]: bound by the fold; constrained here to the fields below
 * @input seed: bound by the fold; any field element
 * @input offsets[12][23], logs[12], present[6], flags[3], kept[4], keptCounts[48], tasks[6][4]: fields, constrained here
 * @input mask[23]: ones for the bits of the vectors, constrained here
 * @input thresholds[48]: theta by slot and task, any field elements; absorbed before beta
 * @input traceOffset, helperOffset: layouts of the trace and of the helper, constrained here to bits
 * @input nonce, batch1[23][5], evals1, reduce[26][2], u, level2[10][2], u12[2], p2[32], s2[32]: the argument's
 *   messages, any field elements
 * @input chunkMask[8]: ones for the coordinates of the chunk that the contract is told, constrained here to a prefix
 * @output c, v: digest of the signals, and the signals folded (protocol, section 2)
 */
template SparseMerge() {
  signal input fold;
  signal input h[DIGEST_COUNT()];
  signal input slots[2];
  signal input method;
  signal input seed;
  signal input counts[5];
  signal input coefficients[6];
  signal input offsets[12][23];
  signal input logs[12];
  signal input present[6];
  signal input flags[3];
  signal input kept[4];
  signal input keptCounts[48];
  signal input tasks[6][4];
  signal input mask[23];
  signal input thresholds[48];
  signal input traceOffset[T_COUNT()][26];
  signal input helperOffset[H_COUNT()][26];
  signal input nonce[NONCE_COUNT()];
  signal input batch1[23][5];
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

  // 1. What is merged, and how.
  signal hot[12][24] <== SlotWordsOf()(slots, offsets, logs, present);
  VectorMask()(offsets, mask);
  MergeMethod()(method, flags, kept);
  signal named[4] <== TaskCoefficients()(coefficients, tasks, present);
  KeptCounts()(counts, keptCounts);
  component numbers = MaskNumbers();
  numbers.seed <== seed;

  // 2. Challenges: beta after trace and thresholds, x after the helper, lambda.
  signal traced <== Layout(T_COUNT())(h[DIGEST_statement()], h[DIGEST_trace()], traceOffset);
  signal beta <== Absorb(48)(traced, thresholds);
  signal x <== Layout(H_COUNT())(beta, h[DIGEST_helper()], helperOffset);
  signal tau[Q_COUNT()] <== Squares(Q_COUNT())(x);
  signal lambda <== Absorb(1)(x, [nonce[NONCE_lambda()]]);
  signal weight[R_COUNT()] <== Powers(R_COUNT())(lambda);

  // 3. Batch 1: the instances, every claim 0.
  component batch = Sumcheck(23, 5);
  batch.state <== lambda;
  batch.claim <== 0;
  batch.messages <== batch1;
  signal rho <== Absorb(E_COUNT())(batch.next, evals1);

  // 4. The claims, weighted: evaluations, then counts. Reduction to one point y, opening there, fold of the signals.
  signal claimWeight[C_COUNT()] <== Powers(C_COUNT())(rho);
  var values[C_COUNT()];
  for (var n = 0; n < C_COUNT(); n++) values[n] = n < E_COUNT() ? evals1[n] : keptCounts[n - E_COUNT()];
  signal claim <== InnerProduct(C_COUNT())(claimWeight, values);
  component finish = Finish(O_COUNT(), 15);
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
  finish.params <== [slots[0], slots[1], method, seed, counts[0], counts[1], counts[2], counts[3], counts[4],
    coefficients[0], coefficients[1], coefficients[2], coefficients[3], coefficients[4], coefficients[5]];
  finish.fold <== fold;
  c <== finish.c;
  v <== finish.v;

  // 5. Slots at the batch's point and at y, both masked by the vectors' bits.
  signal point[23] <== Mask(23)(batch.point, mask);
  var lowY[23];
  for (var t = 0; t < 23; t++) lowY[t] = finish.y[t];
  signal y[23] <== Mask(23)(lowY, mask);
  signal eqs[24] <== EqPrefixes(23)(point, y);
  component slot[12];
  for (var i = 0; i < 12; i++) {
    slot[i] = SlotAtPoints();
    slot[i].offset <== offsets[i];
    slot[i].hot <== hot[i];
    slot[i].present <== present[i \ 2];
    slot[i].point <== point;
    slot[i].y <== y;
    slot[i].eqs <== eqs;
  }

  // 6. Batch 1 at its point: tasks, then what they make together, then the table.
  component step = StepFunctions();
  for (var i = 0; i < 12; i++) step.inside[i] <== slot[i].inside;
  step.tasks <== tasks;
  step.thresholds <== thresholds;
  var drawn[4] = [evals1[E_v0()], evals1[E_v1()], evals1[E_v2()], evals1[E_v3()]];
  component task[4];
  for (var i = 0; i < 4; i++) {
    task[i] = SparseTask();
    task[i].named <== named[i];
    task[i].kappa <== flags[0];
    task[i].rho <== flags[1];
    task[i].kept <== kept[i];
    task[i].drawn <== drawn[i];
    task[i].elected <== evals1[E_o()];
    task[i].threshold <== step.threshold[i];
    task[i].base <== evals1[E_B()];
    task[i].beta <== beta;
    task[i].s <== evals1[E_s(i + 1)];
    task[i].c <== evals1[E_c(i + 1)];
    task[i].k <== evals1[E_k(i + 1)];
    task[i].a <== [evals1[E_a0(i + 1)], evals1[E_a1(i + 1)], evals1[E_a2(i + 1)]];
    task[i].b <== [evals1[E_b0(i + 1)], evals1[E_b1(i + 1)], evals1[E_b2(i + 1)]];
    task[i].m <== evals1[E_m(i + 1)];
    task[i].t <== evals1[E_t(i + 1)];
    task[i].P <== evals1[E_P(i + 1)];
    task[i].hA <== evals1[E_hA(i + 1)];
    task[i].hB <== evals1[E_hB(i + 1)];
  }
  component whole = SparseWhole();
  whole.flags <== flags;
  whole.beta <== beta;
  whole.offset <== numbers.offset;
  whole.factor <== numbers.factor;
  whole.point <== point;
  whole.evals1 <== evals1;
  for (var i = 0; i < 4; i++) {
    whole.a[i] <== step.a[i];
    whole.d[i] <== task[i].d;
  }
  var zeroChecks = 0;
  signal checked[4][TASK_RELATIONS()];
  for (var i = 0; i < 4; i++) {
    for (var n = 0; n < TASK_RELATIONS(); n++) {
      checked[i][n] <== weight[R_signBit(i + 1) + n] * task[i].relations[n];
      zeroChecks += checked[i][n];
    }
  }
  signal together[WHOLE_RELATIONS()];
  for (var n = 0; n < WHOLE_RELATIONS(); n++) {
    together[n] <== weight[R_sequence() + n] * whole.relations[n];
    zeroChecks += together[n];
  }
  var helpers = evals1[E_hT()] + evals1[E_hV()] + evals1[E_hU()] + evals1[E_hE()] + evals1[E_hW()] + evals1[E_hR()]
    + evals1[E_hY()];
  for (var i = 1; i <= 4; i++) helpers += evals1[E_hA(i)] + evals1[E_hB(i)];
  component variables = Points(23, 1);
  variables.point <== batch.point;
  variables.tau <== tau;
  variables.mask[0] <== mask;
  signal checks <== variables.eq[0] * zeroChecks;
  signal sums <== weight[R_logUp()] * helpers;
  signal vectors <== variables.dormant[0] * (checks + sums);
  var tablePoint[16];
  var tableTau[16];
  for (var t = 0; t < 16; t++) {
    tablePoint[t] = batch.point[t];
    tableTau[t] = tau[Q_tau() + t];
  }
  signal table <== Table(23)(beta, batch.point, tableTau, evals1[E_g()], evals1[E_mult()], weight[R_table()],
    weight[R_logUp()]);
  batch.value === vectors + table;

  // 7. The claims' weights at y.
  component places = SparsePlaces();
  places.flags <== flags;
  places.named <== named;
  signal vectorEq <== AtSize(23)(eqs, mask);
  signal vectorHigh[26] <== HighAboveMask(26, 23)(finish.y, y);
  places.eq <== vectorEq;
  places.high <== vectorHigh;
  places.traceOffset <== traceOffset;
  places.helperOffset <== helperOffset;
  places.claimWeight <== claimWeight;
  for (var i = 0; i < 12; i++) places.reached[i] <== slot[i].reached;
  signal traceTable;
  signal helperTable;
  (traceTable, helperTable) <== TableWeights()(finish.y, tablePoint, traceOffset[T_mult()], helperOffset[H_g()],
    claimWeight[C_mult()], claimWeight[C_g()]);
  var inSlots = 0;
  for (var i = 0; i < 12; i++) inSlots += slot[i].weight;
  var extended[26];
  for (var t = 0; t < 26; t++) extended[t] = t < 23 ? y[t] : 0;
  signal beyond <== DormantFactor(26)(finish.y, extended);
  signal model <== beyond * inSlots;
  signal oracleWeights[O_COUNT()];
  oracleWeights[O_child()] <== claimWeight[C_C()] * model;
  oracleWeights[O_parent(0)] <== claimWeight[C_B()] * model;
  for (var i = 1; i <= 4; i++) oracleWeights[O_parent(i)] <== claimWeight[C_P(i)] * model;
  oracleWeights[O_trace()] <== places.trace + traceTable;
  oracleWeights[O_helper()] <== places.helper + helperTable;
  signal reduced <== InnerProduct(O_COUNT())(u, oracleWeights);
  finish.value === reduced;
}
