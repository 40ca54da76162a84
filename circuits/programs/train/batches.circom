// SPDX-License-Identifier: GPL-3.0-or-later
pragma circom 2.2.0;

include "../../lib/lookup.circom";
include "../../lib/multilinear.circom";
include "../../lib/numbers.circom";

/**
 * @title Train, batch 1 at its point
 * @notice The value of the forty instances of program train (design, section 7.1; protocol, section 7) at (rho_s; rho_f).
 *   Layer l has index l - 1 in arrays of 4 and l in arrays of 5; hidden layer h has index h - 1 in arrays of 3.
 * @input p[5]: presence of the layers, assumed bits
 * @input beta: the lookup challenge
 * @input mu: the weight of the biases
 * @input tau[14]: the table's zero-check point
 * @input weight[40]: powers of lambda
 * @input point[24]: the batch's point, rows low
 * @input rows[12], rowsTau[12]: row parts of the point and of tau, masked
 * @input steps[12], stepsR[12]: step bits of the point and of r_s, masked
 * @input features[5][12], featuresTau[4][12]: feature parts of the point and of tau, masked by width; tau's are of layers 1..4
 * @input evals[70]: evaluations at the point, in the order of the protocol
 * @output out: the value
 */
template TrainBatchOne() {
  signal input p[5];
  signal input beta;
  signal input mu;
  signal input tau[14];
  signal input weight[40];
  signal input point[24];
  signal input rows[12];
  signal input rowsTau[12];
  signal input steps[12];
  signal input stepsR[12];
  signal input features[5][12];
  signal input featuresTau[4][12];
  signal input evals[70];
  signal output out;

  // 1. Factors of dormant variables: without rows, with rows, without features (design, section 11.2).
  var pointRows[12];
  var pointFeatures[12];
  for (var t = 0; t < 12; t++) {
    pointRows[t] = point[t];
    pointFeatures[t] = point[12 + t];
  }
  signal withRows <== DormantFactor(12)(pointRows, rows);
  signal noRows[13];
  signal noFeatures[13];   // noFeatures[t]: features t and above
  noRows[0] <== 1;
  for (var t = 0; t < 12; t++) noRows[t + 1] <== noRows[t] * (1 - point[t]);
  noFeatures[12] <== 1;
  for (var t = 11; t >= 0; t--) noFeatures[t] <== noFeatures[t + 1] * (1 - point[12 + t]);
  signal withFeatures[5];
  signal featuresOnly[5];
  signal rowsAndFeatures[5];
  for (var l = 0; l < 5; l++) {
    withFeatures[l] <== DormantFactor(12)(pointFeatures, features[l]);
    featuresOnly[l] <== noRows[12] * withFeatures[l];
    rowsAndFeatures[l] <== withRows * withFeatures[l];
  }
  signal rowsOnly <== withRows * noFeatures[0];

  // 2. The zero-checks' eq and the extension of [step(s) < step(r_s)].
  signal eqRows <== Eq(12)(rowsTau, rows);
  signal eqFeatures[4];
  signal eq[4];
  for (var k = 0; k < 4; k++) {
    eqFeatures[k] <== Eq(12)(featuresTau[k], features[k + 1]);
    eq[k] <== eqRows * eqFeatures[k];
  }
  signal earlier <== LessThanExtension(12)(steps, stepsR);

  // 3. Sums of layer l: F1 over its input features, F2 over rows and input features, F3 and U over rows.
  var onFeatures[5];
  var onRowsAndFeatures[5];
  for (var l = 0; l < 5; l++) {
    onFeatures[l] = 0;
    onRowsAndFeatures[l] = 0;
  }
  var onRows = 0;
  signal forward[4];
  signal deltaInput[4];
  signal stepped[4];
  signal biasStepped[4];
  signal update[4];
  signal sums[22];
  for (var k = 0; k < 4; k++) {
    forward[k] <== evals[k] * evals[4 + k];
    deltaInput[k] <== evals[8 + k] * evals[12 + k];
    stepped[k] <== deltaInput[k] * evals[16 + k];
    biasStepped[k] <== evals[8 + k] * earlier;
    update[k] <== evals[8 + k] * (evals[20 + k] + ACTIVATION() * mu);
    sums[k] <== weight[k] * forward[k];
    sums[4 + k] <== weight[4 + k] * stepped[k];
    sums[8 + k] <== weight[8 + k] * biasStepped[k];
    sums[12 + k] <== weight[12 + k] * update[k];
    onFeatures[k] += sums[k];
    onRowsAndFeatures[k] += sums[4 + k];
    onRows += sums[8 + k] + sums[12 + k];
  }

  // 4. Sums of hidden layer h: B1 over the next layer's features, B2 over rows and these.
  signal backward[3];
  signal inputDelta[3];
  signal backStepped[3];
  for (var k = 0; k < 3; k++) {
    backward[k] <== evals[24 + k] * evals[27 + k];
    // In_(l+1)(r_j) D_(l+1) P'_(l+1)
    inputDelta[k] <== evals[21 + k] * evals[k < 2 ? 48 + 8 * k : 60];
    backStepped[k] <== inputDelta[k] * evals[30 + k];
    sums[16 + k] <== weight[16 + k] * backward[k];
    sums[19 + k] <== weight[19 + k] * backStepped[k];
    onFeatures[k + 2] += sums[16 + k];
    onRowsAndFeatures[k + 2] += sums[19 + k];
  }

  // 5. Zero-checks of hidden layer h: m is a bit, A = m V, D = m T.
  signal active[3];
  signal zero[3][3];
  signal zeroWeighted[3][3];
  var onLayer[4];
  for (var k = 0; k < 3; k++) {
    var base = 33 + 8 * k;
    active[k] <== p[k + 1] * evals[13 + k];
    zero[k][0] <== evals[base + 1] * (evals[base + 1] - 1);
    zero[k][1] <== active[k] - evals[base + 1] * evals[base];
    zero[k][2] <== evals[base + 7] - evals[base + 1] * (evals[base + 2] - HALF_LIMB());
    for (var i = 0; i < 3; i++) zeroWeighted[k][i] <== weight[22 + 3 * k + i] * zero[k][i];
    onLayer[k] = zeroWeighted[k][0] + zeroWeighted[k][1] + zeroWeighted[k][2];
  }
  onLayer[3] = 0;

  // 6. Lookups: V - m, T', R0 | R1, S0, S1 of hidden layers, Q', U0, U1 of the output; their share of the LogUp sum.
  signal group[7];
  signal groupWeighted[7];
  var helpers[4];
  for (var k = 0; k < 3; k++) {
    var base = 33 + 8 * k;
    group[2 * k] <== LookupGroup()(beta, [evals[base] - evals[base + 1], evals[base + 2], evals[base + 3]],
      evals[61 + 2 * k], p[k + 1]);
    group[2 * k + 1] <== LookupGroup()(beta, [evals[base + 4], evals[base + 5], evals[base + 6]],
      evals[62 + 2 * k], p[k + 1]);
    helpers[k] = evals[61 + 2 * k] + evals[62 + 2 * k];
  }
  group[6] <== LookupGroup()(beta, [evals[57], evals[58], evals[59]], evals[67], 1);
  helpers[3] = evals[67];
  for (var i = 0; i < 7; i++) {
    groupWeighted[i] <== weight[31 + i] * group[i];
    onLayer[i \ 2] += groupWeighted[i];
  }

  // 7. The lookup table, over variables 0..13.
  var tablePoint[14];
  for (var t = 0; t < 14; t++) tablePoint[t] = point[t];
  signal residue <== LookupTable()(beta, tablePoint, evals[68], evals[69]);
  signal residueWeighted <== weight[38] * residue;
  signal eqTable <== Eq(14)(tau, tablePoint);
  signal tableCheck <== eqTable * residueWeighted;
  signal tableSum <== weight[39] * evals[68];
  signal table <== noFeatures[2] * (tableCheck - tableSum);

  // 8. All of it.
  signal zeroChecks[4];
  signal helperSum[4];
  signal rowless[5];
  signal full[5];
  var total = table;
  for (var k = 0; k < 4; k++) {
    zeroChecks[k] <== eq[k] * onLayer[k];
    helperSum[k] <== weight[39] * helpers[k];
    onRowsAndFeatures[k + 1] += zeroChecks[k] + helperSum[k];
  }
  for (var l = 0; l < 5; l++) {
    rowless[l] <== featuresOnly[l] * onFeatures[l];
    full[l] <== rowsAndFeatures[l] * onRowsAndFeatures[l];
    total += rowless[l] + full[l];
  }
  signal rowSums <== rowsOnly * onRows;
  out <== total + rowSums;
}

/**
 * @title Train, batch 2 at its point
 * @notice P and P' as sums over steps k: LT~(rho_k, k) eq(r_k, k) times the tensor at (rho_f; r_b, k) (design, section 7.1).
 * @input point[12]: the batch's point
 * @input steps[12], stepsR[12], stepsTwo[12]: step bits of batch 1's point, of r_s and of this point, masked
 * @input weight[7]: powers of the batching challenge
 * @input evals[7]: In_l, l = 1..4, and D_(l+1), l = 1..3, at (zeta; rho_f)
 * @output out: the value
 */
template TrainBatchTwo() {
  signal input point[12];
  signal input steps[12];
  signal input stepsR[12];
  signal input stepsTwo[12];
  signal input weight[7];
  signal input evals[7];
  signal output out;

  signal dormant <== DormantFactor(12)(point, stepsTwo);
  signal later <== LessThanExtension(12)(steps, stepsTwo);
  signal eq <== Eq(12)(stepsR, stepsTwo);
  signal kernel <== later * eq;
  signal factor <== kernel * dormant;
  signal sum <== InnerProduct(7)(weight, evals);
  out <== factor * sum;
}
