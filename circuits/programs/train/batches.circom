// SPDX-License-Identifier: GPL-3.0-or-later
pragma circom 2.2.0;

include "../../lib/lookup.circom";
include "../../lib/multilinear.circom";
include "../../lib/numbers.circom";
include "../../generated/train.circom";

/**
 * @title Train, batch 1 at its point
 * @notice The value of the instances of program train (design, section 7.1; protocol, section 7) at (rho_s; rho_f).
 *   Layer l has index l - 1 in arrays of 4 and l in arrays of 5; hidden layer h has index h - 1 in arrays of 3.
 * @input p[5]: presence of the layers, assumed bits
 * @input beta: the lookup challenge
 * @input mu: the weight of the biases
 * @input tau[14]: the table's zero-check point
 * @input weight: powers of lambda
 * @input point[24]: the batch's point, rows low
 * @input rows[12], rowsTau[12]: row parts of the point and of tau, masked
 * @input steps[12], stepsR[12]: step bits of the point and of r_s, masked
 * @input features[5][12], featuresTau[4][12]: feature parts of the point and of tau, masked by width; tau's are of layers 1..4
 * @input evals: evaluations at the point, in the order of the protocol
 * @output out: the value
 */
template TrainBatchOne() {
  signal input p[5];
  signal input beta;
  signal input mu;
  signal input tau[14];
  signal input weight[R_COUNT()];
  signal input point[24];
  signal input rows[12];
  signal input rowsTau[12];
  signal input steps[12];
  signal input stepsR[12];
  signal input features[5][12];
  signal input featuresTau[4][12];
  signal input evals[E_COUNT()];
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
  signal sums[S_COUNT()];
  for (var k = 0; k < 4; k++) {
    var l = k + 1;
    forward[k] <== evals[E_W(l)] * evals[E_InAtR(l)];
    deltaInput[k] <== evals[E_DAtI(l)] * evals[E_In(l)];
    stepped[k] <== deltaInput[k] * evals[E_P(l)];
    biasStepped[k] <== evals[E_DAtI(l)] * earlier;
    update[k] <== evals[E_DAtI(l)] * (evals[E_InAtJ(l)] + ACTIVATION() * mu);
    sums[S_F1(l)] <== weight[R_F1(l)] * forward[k];
    sums[S_F2(l)] <== weight[R_F2(l)] * stepped[k];
    sums[S_F3(l)] <== weight[R_F3(l)] * biasStepped[k];
    sums[S_U(l)] <== weight[R_U(l)] * update[k];
    onFeatures[k] += sums[S_F1(l)];
    onRowsAndFeatures[k] += sums[S_F2(l)];
    onRows += sums[S_F3(l)] + sums[S_U(l)];
  }

  // 4. Sums of hidden layer h: B1 over the next layer's features, B2 over rows and these.
  var delta[5];   // D_l
  for (var l = 1; l < 4; l++) delta[l] = evals[E_D(l)];
  delta[4] = evals[E_D4()];
  signal backward[3];
  signal inputDelta[3];
  signal backStepped[3];
  for (var k = 0; k < 3; k++) {
    var l = k + 1;
    backward[k] <== evals[E_nextW(l)] * evals[E_nextD(l)];
    // In_(l+1)(r_j) D_(l+1) P'_(l+1)
    inputDelta[k] <== evals[E_InAtJ(l + 1)] * delta[l + 1];
    backStepped[k] <== inputDelta[k] * evals[E_nextP(l)];
    sums[S_B1(l)] <== weight[R_B1(l)] * backward[k];
    sums[S_B2(l)] <== weight[R_B2(l)] * backStepped[k];
    onFeatures[k + 2] += sums[S_B1(l)];
    onRowsAndFeatures[k + 2] += sums[S_B2(l)];
  }

  // 5. Zero-checks of hidden layer h: m is a bit, A = m V, D = m T.
  signal active[3];
  signal zero[3][3];
  signal zeroWeighted[3][3];
  var onLayer[4];
  for (var k = 0; k < 3; k++) {
    var l = k + 1;
    active[k] <== p[l] * evals[E_In(l + 1)];
    zero[k][0] <== evals[E_m(l)] * (evals[E_m(l)] - 1);
    zero[k][1] <== active[k] - evals[E_m(l)] * evals[E_V(l)];
    zero[k][2] <== evals[E_D(l)] - evals[E_m(l)] * (evals[E_T(l)] - HALF_LIMB());
    var zeroWeight[3] = [weight[R_bit(l)], weight[R_active(l)], weight[R_delta(l)]];
    for (var i = 0; i < 3; i++) zeroWeighted[k][i] <== zeroWeight[i] * zero[k][i];
    onLayer[k] = zeroWeighted[k][0] + zeroWeighted[k][1] + zeroWeighted[k][2];
  }
  onLayer[3] = 0;

  // 6. Lookups: V - m, T', R0 | R1, S0, S1 of hidden layers, Q', U0, U1 of the output; their share of the LogUp sum.
  signal group[7];
  signal groupWeighted[7];
  var helpers[4];
  for (var k = 0; k < 3; k++) {
    var l = k + 1;
    group[2 * k] <== LookupGroup()(beta, [evals[E_V(l)] - evals[E_m(l)], evals[E_T(l)], evals[E_R0(l)]],
      evals[E_hA(l)], p[l]);
    group[2 * k + 1] <== LookupGroup()(beta, [evals[E_R1(l)], evals[E_S0(l)], evals[E_S1(l)]],
      evals[E_hB(l)], p[l]);
    helpers[k] = evals[E_hA(l)] + evals[E_hB(l)];
  }
  group[6] <== LookupGroup()(beta, [evals[E_Q()], evals[E_U0()], evals[E_U1()]], evals[E_hQ()], 1);
  helpers[3] = evals[E_hQ()];
  var groupWeight[7];
  for (var k = 0; k < 3; k++) {
    groupWeight[2 * k] = weight[R_hA(k + 1)];
    groupWeight[2 * k + 1] = weight[R_hB(k + 1)];
  }
  groupWeight[6] = weight[R_hQ()];
  for (var i = 0; i < 7; i++) {
    groupWeighted[i] <== groupWeight[i] * group[i];
    onLayer[i \ 2] += groupWeighted[i];
  }

  // 7. The lookup table, over variables 0..13.
  var tablePoint[14];
  for (var t = 0; t < 14; t++) tablePoint[t] = point[t];
  signal residue <== LookupTable()(beta, tablePoint, evals[E_g()], evals[E_mult()]);
  signal residueWeighted <== weight[R_table()] * residue;
  signal eqTable <== Eq(14)(tau, tablePoint);
  signal tableCheck <== eqTable * residueWeighted;
  signal tableSum <== weight[R_logUp()] * evals[E_g()];
  signal table <== noFeatures[2] * (tableCheck - tableSum);

  // 8. All of it.
  signal zeroChecks[4];
  signal helperSum[4];
  signal rowless[5];
  signal full[5];
  var total = table;
  for (var k = 0; k < 4; k++) {
    zeroChecks[k] <== eq[k] * onLayer[k];
    helperSum[k] <== weight[R_logUp()] * helpers[k];
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
 * @input weight: powers of the batching challenge
 * @input evals: In_l, l = 1..4, and D_(l+1), l = 1..3, at (zeta; rho_f)
 * @output out: the value
 */
template TrainBatchTwo() {
  signal input point[12];
  signal input steps[12];
  signal input stepsR[12];
  signal input stepsTwo[12];
  signal input weight[E2_COUNT()];
  signal input evals[E2_COUNT()];
  signal output out;

  signal dormant <== DormantFactor(12)(point, stepsTwo);
  signal later <== LessThanExtension(12)(steps, stepsTwo);
  signal eq <== Eq(12)(stepsR, stepsTwo);
  signal kernel <== later * eq;
  signal factor <== kernel * dormant;
  signal sum <== InnerProduct(E2_COUNT())(weight, evals);
  out <== factor * sum;
}
