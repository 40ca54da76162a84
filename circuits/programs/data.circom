// SPDX-License-Identifier: GPL-3.0-or-later
pragma circom 2.2.0;

include "../lib/begin.circom";
include "../lib/finish.circom";
include "../lib/multilinear.circom";
include "../lib/numbers.circom";
include "../lib/points.circom";
include "../lib/select.circom";
include "../lib/sizes.circom";
include "../lib/slots.circom";
include "../lib/sumcheck.circom";
include "../lib/table.circom";
include "../lib/transcript.circom";
include "../generated/data.circom";

/**
 * @title Data
 * @notice A shard commitment opens to rows of real data (design, section 7.6; protocol, section 5): inputs and targets
 *   in [-2^15, 2^15), zero outside the real columns and rows; with the class bit, every real row's target is one-hot
 *   times 2^9, with the label bit each of its entries is 0 or 2^9.
 * @input fold: public; drawn by the contract after c and all signals
 * @input h: statement digest and commitment digests, assumed right: the contract computes them, the fold binds them
 * @input shard: bound by the fold; the descriptor, constrained here to the sizes below
 * @input inputs1, outputs1, rows1, classes, labels, shardOffset: its fields, constrained here
 * @input traceOffset, helperOffset: layouts of the trace and of the helper, constrained here to bits
 * @input nonce, batch1[24][3], evals1, reduce[26][2], u, level2[10][2], u12[2], p2[32], s2[32]: the argument's messages,
 *   any field elements
 * @input chunkMask[8]: ones for the coordinates of the chunk that the contract is told, constrained here to a prefix
 * @output c, v: digest of the signals, and the signals folded (protocol, section 2)
 */
template Data() {
  signal input fold;
  signal input h[DIGEST_COUNT()];
  signal input shard;
  signal input inputs1;
  signal input outputs1;
  signal input rows1;
  signal input classes;
  signal input labels;
  signal input shardOffset[SHARD_COUNT()][26];
  signal input traceOffset[DATA_T_COUNT()][26];
  signal input helperOffset[DATA_H_COUNT()][26];
  signal input nonce[NONCE_COUNT()];
  signal input batch1[24][3];
  signal input evals1[DATA_E_COUNT()];
  signal input reduce[26][2];
  signal input u[DATA_O_COUNT()];
  signal input level2[10][2];
  signal input u12[2];
  signal input p2[32];
  signal input s2[32];
  signal input chunkMask[8];
  signal output c;
  signal output v;

  // 1. Sizes.
  component sizes = ShardDescriptor();
  sizes.shard <== shard;
  sizes.inputs1 <== inputs1;
  sizes.outputs1 <== outputs1;
  sizes.rows1 <== rows1;
  sizes.classes <== classes;
  sizes.labels <== labels;
  sizes.offsets <== shardOffset;

  // 2. Challenges: beta after the trace, x after the helper, lambda.
  component begin = Commitments(DATA_T_COUNT(), DATA_H_COUNT(), DATA_Q_COUNT());
  begin.h <== h;
  begin.traceOffset <== traceOffset;
  begin.helperOffset <== helperOffset;
  signal lambda <== Absorb(1)(begin.x, [nonce[NONCE_lambda()]]);
  signal weight[DATA_R_COUNT()] <== Powers(DATA_R_COUNT())(lambda);

  // 3. Batch 1: the instances, every claim 0.
  component batch = Sumcheck(24, 3);
  batch.state <== lambda;
  batch.claim <== 0;
  batch.messages <== batch1;
  signal rho <== Absorb(DATA_E_COUNT())(batch.next, evals1);

  // 4. Points: rows, and features of X (k = 0) and Y (k = 1).
  var pointRows[12];
  var pointFeatures[12];
  var tauRows[12];
  var tauFeatures[12];
  for (var t = 0; t < 12; t++) {
    pointRows[t] = batch.point[t];
    pointFeatures[t] = batch.point[12 + t];
    tauRows[t] = begin.out[DATA_Q_tau() + t];
    tauFeatures[t] = begin.out[DATA_Q_tau() + 12 + t];
  }
  component rowPoint = Points(12, 1);
  rowPoint.point <== pointRows;
  rowPoint.tau <== tauRows;
  rowPoint.mask <== [sizes.rowMask];
  component featurePoint = Points(12, 2);
  featurePoint.point <== pointFeatures;
  featurePoint.tau <== tauFeatures;
  featurePoint.mask <== [sizes.inMask, sizes.outMask];
  signal rows[12] <== Mask(12)(pointRows, sizes.rowMask);
  signal features[2][12];
  features[0] <== Mask(12)(pointFeatures, sizes.inMask);
  features[1] <== Mask(12)(pointFeatures, sizes.outMask);

  // 5. Batch 1 at its point: X and Y are in range and zero outside the real rows and columns; with the class bit or the
  //    label bit Y takes only the values 0 and 2^9.
  signal realRows <== AtMostExtension(12)(rows, sizes.rowBits);
  signal realColumns[2];
  realColumns[0] <== AtMostExtension(12)(features[0], sizes.inBits);
  realColumns[1] <== AtMostExtension(12)(features[1], sizes.outBits);
  signal real[2];
  signal eqSlot[2];
  signal dormantSlot[2];
  signal padding[2];
  signal lookup[2];
  signal paddingWeighted[2];
  signal lookupWeighted[2];
  signal zeroChecks[2];
  signal slots[2];
  var value[2] = [evals1[DATA_E_X()], evals1[DATA_E_Y()]];
  var inverse[2] = [evals1[DATA_E_hX()], evals1[DATA_E_hY()]];
  var paddingWeight[2] = [weight[DATA_R_paddingX()], weight[DATA_R_paddingY()]];
  var rangeWeight[2] = [weight[DATA_R_rangeX()], weight[DATA_R_rangeY()]];
  signal label <== value[1] * (value[1] - ACTIVATION());
  signal labelOfKind <== (classes + labels) * label;
  signal labelWeighted <== weight[DATA_R_label()] * labelOfKind;
  for (var k = 0; k < 2; k++) {
    real[k] <== realRows * realColumns[k];
    eqSlot[k] <== rowPoint.eq[0] * featurePoint.eq[k];
    dormantSlot[k] <== rowPoint.dormant[0] * featurePoint.dormant[k];
    padding[k] <== value[k] * (1 - real[k]);
    lookup[k] <== inverse[k] * (begin.beta - value[k] - HALF_LIMB()) - 1;
    paddingWeighted[k] <== paddingWeight[k] * padding[k];
    lookupWeighted[k] <== rangeWeight[k] * lookup[k];
    zeroChecks[k] <== eqSlot[k] * (paddingWeighted[k] + lookupWeighted[k] + (k == 1 ? labelWeighted : 0));
  }
  signal helperSum[2];
  for (var k = 0; k < 2; k++) {
    helperSum[k] <== weight[DATA_R_logUp()] * inverse[k];
    slots[k] <== dormantSlot[k] * (zeroChecks[k] + helperSum[k]);
  }

  // 6. The lookup table; the LogUp sum is the last instance.
  var tablePoint[16];
  var tableTau[16];
  for (var t = 0; t < 16; t++) {
    tablePoint[t] = batch.point[t];
    tableTau[t] = begin.out[DATA_Q_tau() + t];
  }
  signal table <== Table(24)(begin.beta, batch.point, tableTau, evals1[DATA_E_g()], evals1[DATA_E_mult()],
    weight[DATA_R_table()], weight[DATA_R_logUp()]);
  batch.value === slots[0] + slots[1] + table;

  // 7. The claims, weighted: the evaluations; with the class bit, each real row of Y sums to 2^9.
  signal claimWeight[DATA_C_COUNT()] <== Powers(DATA_C_COUNT())(rho);
  signal rowsTau[12] <== Mask(12)(tauRows, sizes.rowMask);
  signal realRowsTau <== AtMostExtension(12)(rowsTau, sizes.rowBits);
  signal classWeight <== claimWeight[DATA_C_rowSums()] * classes;
  signal classClaim <== classWeight * (ACTIVATION() * realRowsTau);
  var evalWeights[DATA_E_COUNT()];
  for (var n = 0; n < DATA_E_COUNT(); n++) evalWeights[n] = claimWeight[n];
  signal evalClaims <== InnerProduct(DATA_E_COUNT())(evalWeights, evals1);

  // 8. Reduction to one point y, opening there, fold of the signals.
  component finish = Finish(DATA_O_COUNT(), 1);
  finish.state <== rho;
  finish.claim <== evalClaims + classClaim;
  finish.reduce <== reduce;
  finish.u <== u;
  finish.h <== h;
  finish.nonce <== nonce;
  finish.level2 <== level2;
  finish.u12 <== u12;
  finish.p2 <== p2;
  finish.s2 <== s2;
  finish.chunkMask <== chunkMask;
  finish.params <== [shard];
  finish.fold <== fold;
  c <== finish.c;
  v <== finish.v;

  // 9. The claims' weights at y: slot factor times eq with the claimed point.
  var lowY[12];
  for (var t = 0; t < 12; t++) lowY[t] = finish.y[t];
  signal shifted[12] <== FromSize(26, 12, 12)(finish.y, sizes.rowMask);
  signal rowEqs[13] <== EqPrefixes(12)(pointRows, lowY);
  signal rowEqsTau[13] <== EqPrefixes(12)(tauRows, lowY);
  signal featureEqs[13] <== EqPrefixes(12)(pointFeatures, shifted);
  signal eqRowsY <== AtSize(12)(rowEqs, sizes.rowMask);
  signal eqTauY <== AtSize(12)(rowEqsTau, sizes.rowMask);
  signal high[2][26];
  high[0] <== HighCoordinates(26)(finish.y, sizes.rowLog + sizes.inLog);
  high[1] <== HighCoordinates(26)(finish.y, sizes.rowLog + sizes.outLog);
  signal eqFeaturesY[2];
  eqFeaturesY[0] <== AtSize(12)(featureEqs, sizes.inMask);
  eqFeaturesY[1] <== AtSize(12)(featureEqs, sizes.outMask);
  signal eqY[2];
  signal shardSlot[2];
  signal helperSlot[2];
  signal atPoint[2];
  signal shardTerms[2];
  signal helperTerms[2];
  var shardClaim[2] = [claimWeight[DATA_C_X()], claimWeight[DATA_C_Y()]];
  var shardPlace[2][26] = [shardOffset[SHARD_X()], shardOffset[SHARD_Y()]];
  var helperPlace[2][26] = [helperOffset[DATA_H_hX()], helperOffset[DATA_H_hY()]];
  for (var k = 0; k < 2; k++) {
    eqY[k] <== eqRowsY * eqFeaturesY[k];
    shardSlot[k] <== SlotFactor(26)(shardPlace[k], high[k], 1);
    helperSlot[k] <== SlotFactor(26)(helperPlace[k], high[k], 1);
    atPoint[k] <== shardClaim[k] * eqY[k];
  }
  signal atTau <== classWeight * eqTauY;
  for (var k = 0; k < 2; k++) {
    shardTerms[k] <== shardSlot[k] * (atPoint[k] + (k == 1 ? atTau : 0));
    helperTerms[k] <== helperSlot[k] * eqY[k];
  }
  signal traceTable;
  signal helperTable;
  (traceTable, helperTable) <== TableWeights()(finish.y, tablePoint, traceOffset[DATA_T_mult()],
    helperOffset[DATA_H_g()], claimWeight[DATA_C_mult()], claimWeight[DATA_C_g()]);
  signal helperWeight <== InnerProduct(2)([claimWeight[DATA_C_hX()], claimWeight[DATA_C_hY()]], helperTerms);
  var oracleWeights[DATA_O_COUNT()];
  oracleWeights[DATA_O_shard()] = shardTerms[0] + shardTerms[1];
  oracleWeights[DATA_O_trace()] = traceTable;
  oracleWeights[DATA_O_helper()] = helperWeight + helperTable;
  signal reduced <== InnerProduct(DATA_O_COUNT())(u, oracleWeights);
  finish.value === reduced;
}
