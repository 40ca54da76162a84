// SPDX-License-Identifier: GPL-3.0-or-later
pragma circom 2.2.0;

include "../lib/begin.circom";
include "../lib/finish.circom";
include "../lib/fingerprint.circom";
include "../lib/multilinear.circom";
include "../lib/select.circom";
include "../lib/sizes.circom";
include "../lib/slots.circom";
include "../lib/sumcheck.circom";
include "../lib/transcript.circom";
include "../generated/subset.circom";

/**
 * @title Subset
 * @notice Every row of a shard, inputs and labels, is a row of one of up to 16 other shards, the sets (protocol of audits,
 *   section 2): the sum of 1 / (beta - fingerprint) over its rows is that of m / (beta - fingerprint) over theirs for
 *   committed m.
 * @input fold: public; drawn by the contract after c and all signals
 * @input h: statement digest and commitment digests, assumed right: the contract computes them, the fold binds them
 * @input shard, set[16]: bound by the fold; the descriptors, constrained here to the sizes below
 * @input sets: bound by the fold; how many sets there are, constrained here to the ones of `present`. That those beyond it
 *   have descriptors of 0 and no commitment is assumed (the contract)
 * @input present[16]: constrained here to ones below sets and zeros from there on
 * @input inputs1, outputs1, classes, labels: sizes and kind of all shards, constrained here
 * @input rows1, places: fields of the shard's and of the sets' descriptors, constrained here
 * @input traceOffset, helperOffset: layouts of the trace and of the helper, constrained here to bits
 * @input nonce, batch1[12][3], evals1, reduce[26][2], u, level2[10][2], u12[2], p2[32], s2[32]: the argument's messages,
 *   any field elements
 * @input chunkMask[8]: ones for the coordinates of the chunk that the contract is told, constrained here to a prefix
 * @output c, v: digest of the signals, and the signals folded (protocol, section 2)
 */
template Subset() {
  signal input fold;
  signal input h[DIGEST_COUNT()];
  signal input shard;
  signal input sets;
  signal input set[SUBSET_T_COUNT()];
  signal input present[SUBSET_T_COUNT()];
  signal input inputs1;
  signal input outputs1;
  signal input rows1[SUBSET_T_COUNT() + 1];
  signal input classes;
  signal input labels;
  signal input places[SUBSET_T_COUNT() + 1][SHARD_COUNT()][26];
  signal input traceOffset[SUBSET_T_COUNT()][26];
  signal input helperOffset[SUBSET_H_COUNT()][26];
  signal input nonce[NONCE_COUNT()];
  signal input batch1[12][3];
  signal input evals1[SUBSET_E_COUNT()];
  signal input reduce[26][2];
  signal input u[SUBSET_O_COUNT()];
  signal input level2[10][2];
  signal input u12[2];
  signal input p2[32];
  signal input s2[32];
  signal input chunkMask[8];
  signal output c;
  signal output v;

  // 1. Which sets there are: a prefix of `sets` ones, of which the first is 1.
  var ones = 0;
  present[0] === 1;
  for (var k = 0; k < SUBSET_T_COUNT(); k++) {
    present[k] * (1 - present[k]) === 0;
    if (k > 0) present[k] * (1 - present[k - 1]) === 0;
    ones += present[k];
  }
  ones === sets;

  // 2. Sizes: all shards have as many inputs and outputs and one kind; the fields of an absent set are 0. Index k is 0 for
  //    the shard and k for set k.
  component sizes[SUBSET_T_COUNT() + 1];
  signal absent[SUBSET_T_COUNT() + 1];
  for (var k = 0; k <= SUBSET_T_COUNT(); k++) {
    absent[k] <== k == 0 ? 0 : 1 - present[k - 1];
    sizes[k] = ShardDescriptor();
    sizes[k].shard <== k == 0 ? shard : set[k - 1];
    sizes[k].inputs1 <== (1 - absent[k]) * inputs1;
    sizes[k].outputs1 <== (1 - absent[k]) * outputs1;
    sizes[k].rows1 <== rows1[k];
    sizes[k].classes <== (1 - absent[k]) * classes;
    sizes[k].labels <== (1 - absent[k]) * labels;
    sizes[k].offsets <== places[k];
  }

  // 3. Challenges: r after the statement, beta after m, x after the inverses, lambda.
  component begin = CommitmentsWithFingerprints(SUBSET_T_COUNT(), SUBSET_H_COUNT(), SUBSET_Q_COUNT());
  begin.h <== h;
  begin.traceOffset <== traceOffset;
  begin.helperOffset <== helperOffset;
  signal lambda <== Absorb(1)(begin.x, [nonce[NONCE_lambda()]]);
  signal weight[SUBSET_R_COUNT()] <== Powers(SUBSET_R_COUNT())(lambda);

  // 4. Batch 1: the instances, all over the row bits, every claim 0.
  component batch = Sumcheck(12, 3);
  batch.state <== lambda;
  batch.claim <== 0;
  batch.messages <== batch1;
  signal rho <== Absorb(SUBSET_E_COUNT())(batch.next, evals1);

  // 5. Batch 1 at its point: inverses of what real rows lack to beta, times m in the sets; their sums are one.
  var tau[12];
  for (var t = 0; t < 12; t++) tau[t] = begin.out[SUBSET_Q_tau() + t];
  signal eq <== Eq(12)(batch.point, tau);
  signal real[SUBSET_T_COUNT() + 1];
  signal offered[SUBSET_T_COUNT() + 1];
  signal taken[SUBSET_T_COUNT() + 1];
  signal lookup[SUBSET_T_COUNT() + 1];
  signal lookupWeighted[SUBSET_T_COUNT() + 1];
  var own[SUBSET_T_COUNT() + 1];
  var phi[SUBSET_T_COUNT() + 1];
  var lookupWeight[SUBSET_T_COUNT() + 1];
  own[0] = evals1[SUBSET_E_hS()];
  phi[0] = evals1[SUBSET_E_phiS()];
  lookupWeight[0] = weight[SUBSET_R_inside()];
  offered[0] <== 1;
  for (var k = 1; k <= SUBSET_T_COUNT(); k++) {
    own[k] = evals1[SUBSET_E_h(k)];
    phi[k] = evals1[SUBSET_E_phi(k)];
    lookupWeight[k] = weight[SUBSET_R_offered(k)];
    offered[k] <== present[k - 1] * evals1[SUBSET_E_m(k)];
  }
  var lookups = 0;
  var sums = 0;
  for (var k = 0; k <= SUBSET_T_COUNT(); k++) {
    real[k] <== AtMostExtension(12)(batch.point, sizes[k].rowBits);
    taken[k] <== real[k] * offered[k];
    lookup[k] <== own[k] * (begin.beta - phi[k]);
    lookupWeighted[k] <== lookupWeight[k] * (lookup[k] - taken[k]);
    lookups += lookupWeighted[k];
    sums += k == 0 ? own[k] : -own[k];
  }
  signal zeroChecks <== eq * lookups;
  signal logUp <== weight[SUBSET_R_logUp()] * sums;
  batch.value === zeroChecks + logUp;

  // 6. The claims, weighted: the evaluations.
  signal claimWeight[SUBSET_C_COUNT()] <== Powers(SUBSET_C_COUNT())(rho);
  signal claim <== InnerProduct(SUBSET_C_COUNT())(claimWeight, evals1);

  // 7. Reduction to one point y, opening there, fold of the signals.
  component finish = Finish(SUBSET_O_COUNT(), 2 + SUBSET_T_COUNT());
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
  finish.params[0] <== shard;
  finish.params[1] <== sets;
  for (var k = 0; k < SUBSET_T_COUNT(); k++) finish.params[2 + k] <== set[k];
  finish.fold <== fold;
  c <== finish.c;
  v <== finish.v;

  // 8. The claims' weights at y. Shards: rows at rho, inputs by powers of r, labels by powers of r from r^4096 on.
  component address[SUBSET_T_COUNT() + 1];
  signal inputs[SUBSET_T_COUNT() + 1];
  signal outputWeight[SUBSET_T_COUNT() + 1];
  signal outputs[SUBSET_T_COUNT() + 1];
  signal shards[SUBSET_T_COUNT() + 1];
  component powers = FingerprintSquares();
  powers.r <== begin.r;
  var phiWeights[SUBSET_T_COUNT() + 1];
  phiWeights[0] = claimWeight[SUBSET_C_phiS()];
  for (var k = 1; k <= SUBSET_T_COUNT(); k++) phiWeights[k] = claimWeight[SUBSET_C_phi(k)];
  for (var k = 0; k <= SUBSET_T_COUNT(); k++) {
    address[k] = RowAddress();
    address[k].y <== finish.y;
    address[k].point <== batch.point;
    address[k].rowMask <== sizes[k].rowMask;
    address[k].rowLog <== sizes[k].rowLog;
    outputWeight[k] <== powers.labels * phiWeights[k];
    inputs[k] <== FeaturePowers()(address[k].features, powers.out, finish.y, sizes[k].rowLog, sizes[k].inLog, sizes[k].inMask,
      places[k][SHARD_X()], phiWeights[k]);
    outputs[k] <== FeaturePowers()(address[k].features, powers.out, finish.y, sizes[k].rowLog, sizes[k].outLog,
      sizes[k].outMask, places[k][SHARD_Y()], outputWeight[k]);
    shards[k] <== address[k].eq * (inputs[k] + outputs[k]);
  }

  // 9. Trace and helper: every tensor at rho.
  var traceWeights[SUBSET_T_COUNT()];
  var helperWeights[SUBSET_H_COUNT()];
  helperWeights[SUBSET_H_hS()] = claimWeight[SUBSET_C_hS()];
  for (var k = 1; k <= SUBSET_T_COUNT(); k++) {
    traceWeights[SUBSET_T_m(k)] = claimWeight[SUBSET_C_m(k)];
    helperWeights[SUBSET_H_h(k)] = claimWeight[SUBSET_C_h(k)];
  }
  var lowY[12];
  for (var t = 0; t < 12; t++) lowY[t] = finish.y[t];
  signal eqY <== Eq(12)(batch.point, lowY);
  signal high[26] <== HighAbove(12)(finish.y);
  signal traceWeight <== SlotWeights(SUBSET_T_COUNT())(traceOffset, high, traceWeights, eqY);
  signal helperWeight <== SlotWeights(SUBSET_H_COUNT())(helperOffset, high, helperWeights, eqY);
  var oracleWeights[SUBSET_O_COUNT()];
  oracleWeights[SUBSET_O_shard()] = shards[0];
  for (var k = 1; k <= SUBSET_T_COUNT(); k++) oracleWeights[SUBSET_O_set(k)] = shards[k];
  oracleWeights[SUBSET_O_trace()] = traceWeight;
  oracleWeights[SUBSET_O_helper()] = helperWeight;
  signal reduced <== InnerProduct(SUBSET_O_COUNT())(u, oracleWeights);
  finish.value === reduced;
}
