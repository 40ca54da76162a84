// SPDX-License-Identifier: GPL-3.0-or-later
pragma circom 2.2.0;

include "../lib/lookup.circom";
include "../lib/multilinear.circom";
include "../lib/numbers.circom";
include "../lib/opening.circom";
include "../lib/sizes.circom";
include "../lib/slots.circom";
include "../lib/sumcheck.circom";
include "../lib/transcript.circom";
include "../generated/data.circom";

/**
 * @title Shard descriptor
 * @notice Unpacks `shard` (protocol, section 1).
 * @input shard: public, constrained here to equal the fields packed
 * @input inputs1, outputs1, rows1: sizes minus 1, constrained here to 12 bits
 * @input classes: 1 = one-hot labels, 0 = regression; constrained here to a bit
 * @input offsets[2][22]: X and Y, constrained here to bits; that they are canonical is assumed (the contract)
 * @output inBits, inMask, outBits, outMask, rowBits, rowMask [12]: bits and masks of the three sizes
 */
template ShardDescriptor() {
  signal input shard;
  signal input inputs1;
  signal input outputs1;
  signal input rows1;
  signal input classes;
  signal input offsets[2][22];
  signal output inBits[12];
  signal output inMask[12];
  signal output outBits[12];
  signal output outMask[12];
  signal output rowBits[12];
  signal output rowMask[12];

  (inBits, inMask) <== SizeMask(12)(inputs1);
  (outBits, outMask) <== SizeMask(12)(outputs1);
  (rowBits, rowMask) <== SizeMask(12)(rows1);
  Bits(1)([classes]);
  Bits(22)(offsets[0]);
  Bits(22)(offsets[1]);

  var word = inputs1 + outputs1 * (1 << 12) + rows1 * (1 << 24) + classes * (1 << 36);
  for (var t = 0; t < 22; t++) word += offsets[0][t] * (1 << (37 + t)) + offsets[1][t] * (1 << (59 + t));
  word === shard;
}

/**
 * @title Data
 * @notice A shard commitment opens to rows of real data (design, section 7.6; protocol, section 5): inputs and targets
 *   in [-2^13, 2^13), zero outside the real columns and rows; with the class bit, every real row's target is one-hot
 *   times 2^9.
 * @input h: public; statement digest and commitment digests, assumed right (the contract computes them)
 * @input shard: public; the descriptor, constrained here to the sizes below
 * @input inputs1, outputs1, rows1, classes, shardOffset: its fields, constrained here
 * @input traceOffset, helperOffset: layouts of the trace and of the helper, constrained here to bits
 * @input nonce, batch1[24][3], evals1, reduce[22][2], u, level2[11][2], u12[2], p2[32], s2[64]: the argument's messages,
 *   any field elements
 * @output eta, gamma, theta, gamma2, z, e2: for the contract's opening check
 */
template Data() {
  signal input h[DIGEST_COUNT()];
  signal input shard;
  signal input inputs1;
  signal input outputs1;
  signal input rows1;
  signal input classes;
  signal input shardOffset[SHARD_COUNT()][22];
  signal input traceOffset[DATA_T_COUNT()][22];
  signal input helperOffset[DATA_H_COUNT()][22];
  signal input nonce[NONCE_COUNT()];
  signal input batch1[24][3];
  signal input evals1[DATA_E_COUNT()];
  signal input reduce[22][2];
  signal input u[DATA_O_COUNT()];
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
  component sizes = ShardDescriptor();
  sizes.shard <== shard;
  sizes.inputs1 <== inputs1;
  sizes.outputs1 <== outputs1;
  sizes.rows1 <== rows1;
  sizes.classes <== classes;
  sizes.offsets <== shardOffset;

  // 2. Challenges: beta after the trace, x after the helper, lambda.
  signal traceWords[DATA_T_WORDS()] <== PackedOffsets(DATA_T_COUNT())(traceOffset);
  signal helperWords[DATA_H_WORDS()] <== PackedOffsets(DATA_H_COUNT())(helperOffset);
  signal beta <== Absorb(2)(h[DIGEST_statement()], [h[DIGEST_trace()], traceWords[0]]);
  signal x <== Absorb(2)(beta, [h[DIGEST_helper()], helperWords[0]]);
  signal tau[DATA_Q_COUNT()] <== Squares(DATA_Q_COUNT())(x);
  signal lambda <== Absorb(1)(x, [nonce[NONCE_lambda()]]);
  signal weight[DATA_R_COUNT()] <== Powers(DATA_R_COUNT())(lambda);

  // 3. Batch 1: the instances, every claim 0.
  component batch = Sumcheck(24, 3);
  batch.state <== lambda;
  batch.claim <== 0;
  batch.messages <== batch1;
  signal rho <== Absorb(DATA_E_COUNT())(batch.next, evals1);

  // 4. Points: row and feature parts, dormant coordinates masked.
  var pointRows[12];
  var pointFeatures[12];
  var tauRows[12];
  var tauFeatures[12];
  for (var t = 0; t < 12; t++) {
    pointRows[t] = batch.point[t];
    pointFeatures[t] = batch.point[12 + t];
    tauRows[t] = tau[t];
    tauFeatures[t] = tau[12 + t];
  }
  signal rows[12] <== Mask(12)(pointRows, sizes.rowMask);
  signal rowsTau[12] <== Mask(12)(tauRows, sizes.rowMask);
  signal features[2][12];
  signal featuresTau[2][12];
  features[0] <== Mask(12)(pointFeatures, sizes.inMask);
  features[1] <== Mask(12)(pointFeatures, sizes.outMask);
  featuresTau[0] <== Mask(12)(tauFeatures, sizes.inMask);
  featuresTau[1] <== Mask(12)(tauFeatures, sizes.outMask);

  // 5. Batch 1 at its point: X (k = 0) and Y (k = 1) are in range and zero outside the real rows and columns;
  //    with the class bit Y takes only the values 0 and 2^9.
  signal realRows <== AtMostExtension(12)(rows, sizes.rowBits);
  signal realColumns[2];
  realColumns[0] <== AtMostExtension(12)(features[0], sizes.inBits);
  realColumns[1] <== AtMostExtension(12)(features[1], sizes.outBits);
  signal eqRows <== Eq(12)(rowsTau, rows);
  signal dormantRows <== DormantFactor(12)(pointRows, rows);
  signal real[2];
  signal eqFeatures[2];
  signal eqSlot[2];
  signal dormantFeatures[2];
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
  signal labelOfClass <== classes * label;
  signal labelWeighted <== weight[DATA_R_label()] * labelOfClass;
  for (var k = 0; k < 2; k++) {
    real[k] <== realRows * realColumns[k];
    eqFeatures[k] <== Eq(12)(featuresTau[k], features[k]);
    eqSlot[k] <== eqRows * eqFeatures[k];
    dormantFeatures[k] <== DormantFactor(12)(pointFeatures, features[k]);
    dormantSlot[k] <== dormantRows * dormantFeatures[k];
    padding[k] <== value[k] * (1 - real[k]);
    lookup[k] <== inverse[k] * (beta - value[k] - HALF_LIMB()) - 1;
    paddingWeighted[k] <== paddingWeight[k] * padding[k];
    lookupWeighted[k] <== rangeWeight[k] * lookup[k];
    zeroChecks[k] <== eqSlot[k] * (paddingWeighted[k] + lookupWeighted[k] + (k == 1 ? labelWeighted : 0));
  }
  signal helperSum[2];
  for (var k = 0; k < 2; k++) {
    helperSum[k] <== weight[DATA_R_logUp()] * inverse[k];
    slots[k] <== dormantSlot[k] * (zeroChecks[k] + helperSum[k]);
  }

  // 6. The lookup table, over variables 0..13; the LogUp sum is the last instance.
  var tablePoint[14];
  var tableTau[14];
  for (var t = 0; t < 14; t++) {
    tablePoint[t] = batch.point[t];
    tableTau[t] = tau[t];
  }
  signal residue <== LookupTable()(beta, tablePoint, evals1[DATA_E_g()], evals1[DATA_E_mult()]);
  signal residueWeighted <== weight[DATA_R_table()] * residue;
  signal eqTable <== Eq(14)(tableTau, tablePoint);
  signal tableCheck <== eqTable * residueWeighted;
  signal tableSum <== weight[DATA_R_logUp()] * evals1[DATA_E_g()];
  signal dormantTable[11];
  dormantTable[0] <== 1;
  for (var t = 0; t < 10; t++) dormantTable[t + 1] <== dormantTable[t] * (1 - batch.point[14 + t]);
  signal table <== dormantTable[10] * (tableCheck - tableSum);
  batch.value === slots[0] + slots[1] + table;

  // 7. The claims, weighted: the evaluations; with the class bit, each real row of Y sums to 2^9.
  signal claimWeight[DATA_C_COUNT()] <== Powers(DATA_C_COUNT())(rho);
  signal realRowsTau <== AtMostExtension(12)(rowsTau, sizes.rowBits);
  signal classWeight <== claimWeight[DATA_C_rowSums()] * classes;
  signal classClaim <== classWeight * (ACTIVATION() * realRowsTau);
  var evalWeights[DATA_E_COUNT()];
  for (var n = 0; n < DATA_E_COUNT(); n++) evalWeights[n] = claimWeight[n];
  signal evalClaims <== InnerProduct(DATA_E_COUNT())(evalWeights, evals1);

  // 8. Reduction to one point y.
  component reduction = Sumcheck(22, 2);
  reduction.state <== rho;
  reduction.claim <== evalClaims + classClaim;
  reduction.messages <== reduce;

  // 9. The claims' weights at y: slot factor times eq with the claimed point.
  var lowY[12];
  for (var t = 0; t < 12; t++) lowY[t] = reduction.point[t];
  signal rowsY[12] <== Mask(12)(lowY, sizes.rowMask);
  signal shifted[12] <== Shift(22, 12)(reduction.point, sizes.rowMask);
  signal eqRowsY <== Eq(12)(rows, rowsY);
  signal eqTauY <== Eq(12)(rowsTau, rowsY);
  var rowLog = 0;
  var inLog = 0;
  var outLog = 0;
  for (var t = 0; t < 12; t++) {
    rowLog += sizes.rowMask[t];
    inLog += sizes.inMask[t];
    outLog += sizes.outMask[t];
  }
  signal high[2][22];
  high[0] <== HighCoordinates(22)(reduction.point, rowLog + inLog);
  high[1] <== HighCoordinates(22)(reduction.point, rowLog + outLog);
  signal highTable[22] <== HighAboveTable()(reduction.point);
  signal featuresY[2][12];
  featuresY[0] <== Mask(12)(shifted, sizes.inMask);
  featuresY[1] <== Mask(12)(shifted, sizes.outMask);
  signal eqFeaturesY[2];
  signal eqY[2];
  signal shardSlot[2];
  signal helperSlot[2];
  signal atPoint[2];
  signal shardTerms[2];
  signal helperTerms[2];
  var shardClaim[2] = [claimWeight[DATA_C_X()], claimWeight[DATA_C_Y()]];
  var shardPlace[2][22] = [shardOffset[SHARD_X()], shardOffset[SHARD_Y()]];
  var helperPlace[2][22] = [helperOffset[DATA_H_hX()], helperOffset[DATA_H_hY()]];
  for (var k = 0; k < 2; k++) {
    eqFeaturesY[k] <== Eq(12)(features[k], featuresY[k]);
    eqY[k] <== eqRowsY * eqFeaturesY[k];
    shardSlot[k] <== SlotFactor(22)(shardPlace[k], high[k], 1);
    helperSlot[k] <== SlotFactor(22)(helperPlace[k], high[k], 1);
    atPoint[k] <== shardClaim[k] * eqY[k];
  }
  signal atTau <== classWeight * eqTauY;
  for (var k = 0; k < 2; k++) {
    shardTerms[k] <== shardSlot[k] * (atPoint[k] + (k == 1 ? atTau : 0));
    helperTerms[k] <== helperSlot[k] * eqY[k];
  }
  var tableY[14];
  for (var t = 0; t < 14; t++) tableY[t] = reduction.point[t];
  signal eqTableY <== Eq(14)(tablePoint, tableY);
  signal multSlot <== SlotFactor(22)(traceOffset[DATA_T_mult()], highTable, 1);
  signal multTerm <== multSlot * eqTableY;
  signal tableSlot <== SlotFactor(22)(helperOffset[DATA_H_g()], highTable, 1);
  signal tableTerm <== tableSlot * eqTableY;
  signal traceWeight <== claimWeight[DATA_C_mult()] * multTerm;
  signal helperWeight <== InnerProduct(3)([claimWeight[DATA_C_hX()], claimWeight[DATA_C_hY()], claimWeight[DATA_C_g()]],
    [helperTerms[0], helperTerms[1], tableTerm]);
  var oracleWeights[DATA_O_COUNT()];
  oracleWeights[DATA_O_shard()] = shardTerms[0] + shardTerms[1];
  oracleWeights[DATA_O_trace()] = traceWeight;
  oracleWeights[DATA_O_helper()] = helperWeight;
  signal reduced <== InnerProduct(DATA_O_COUNT())(u, oracleWeights);
  reduction.value === reduced;

  // 10. Opening at y.
  component opening = Opening(DATA_O_COUNT());
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
