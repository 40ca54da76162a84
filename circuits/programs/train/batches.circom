// SPDX-License-Identifier: GPL-3.0-or-later
pragma circom 2.2.0;

include "../../lib/lookup.circom";
include "../../lib/multilinear.circom";
include "../../lib/numbers.circom";
include "../../lib/select.circom";
include "../../lib/sizes.circom";
include "../../generated/train.circom";
include "heads.circom";

/**
 * @title Train, batch 1 at its point
 * @notice The value of the instances of program train (protocol, section 7) at (rho_s; rho_f). Layer l has index l - 1 in
 *   arrays of 4 and l in arrays of 5; hidden layer h has index h - 1 in arrays of 3.
 * @input p[5], mask[5][12]: from ModelShape
 * @input outBits[12]: bits of n_4 - 1
 * @input outputs: n_4
 * @input squaredError, softmax, sigmoid: s0, s1, s2; assumed bits of which one is 1
 * @input smoothing: target of a wrong class
 * @input rowBits[12], rowMask[12]: bits of the rows minus 1 and their mask
 * @input beta, alpha: the lookup challenges
 * @input tau[26]: the zero-checks' point (r_s; r_i), not masked
 * @input weight: powers of lambda
 * @input point[26]: the batch's point, rows low
 * @input rows[14], rowsR[14]: row parts of the point and of tau, masked
 * @input steps[14]: step bits of the point, masked
 * @input evals, sums2: evaluations and sums sent after the batch, in the order of the protocol
 * @output out: the value
 */
template TrainBatchOne() {
  signal input p[5];
  signal input mask[5][12];
  signal input outBits[12];
  signal input outputs;
  signal input squaredError;
  signal input softmax;
  signal input sigmoid;
  signal input smoothing;
  signal input rowBits[12];
  signal input rowMask[12];
  signal input beta;
  signal input alpha;
  signal input tau[26];
  signal input weight[R_COUNT()];
  signal input point[26];
  signal input rows[14];
  signal input rowsR[14];
  signal input steps[14];
  signal input evals[E_COUNT()];
  signal input sums2[S2_COUNT()];
  signal output out;

  // 1. Factors of dormant variables: without rows, of steps, with rows; of features for every width.
  var pointRows[14];
  var pointFeatures[12];
  var tauFeatures[12];
  var lowRows[12];
  var tablePoint[16];
  var tableTau[16];
  for (var t = 0; t < 14; t++) pointRows[t] = point[t];
  for (var t = 0; t < 12; t++) {
    pointFeatures[t] = point[14 + t];
    tauFeatures[t] = tau[14 + t];
    lowRows[t] = rows[t];
  }
  for (var t = 0; t < 16; t++) {
    tablePoint[t] = point[t];
    tableTau[t] = tau[t];
  }
  signal noRows[15] <== DormantSuffixes(14)(pointRows);
  signal withRows <== DormantFactor(14)(pointRows, rows);
  signal withSteps <== DormantFactor(14)(pointRows, steps);
  signal noFeatures[13] <== DormantSuffixes(12)(pointFeatures);
  signal withFeatures[5];
  for (var l = 0; l < 5; l++) withFeatures[l] <== AtSize(12)(noFeatures, mask[l]);

  // 2. The zero-checks' eq, and the extensions of the real rows and of the real outputs.
  signal eqRows <== Eq(14)(rowsR, rows);
  signal eqPrefixes[13] <== EqPrefixes(12)(tauFeatures, pointFeatures);
  signal eqFeatures[4];
  signal eq[4];
  for (var k = 0; k < 4; k++) {
    eqFeatures[k] <== AtSize(12)(eqPrefixes, mask[k + 1]);
    eq[k] <== eqRows * eqFeatures[k];
  }
  signal rowsOfShard[12] <== Mask(12)(lowRows, rowMask);
  signal realRows <== AtMostExtension(12)(rowsOfShard, rowBits);
  signal outputsOfShard[12] <== Mask(12)(pointFeatures, mask[4]);
  signal realClasses <== AtMostExtension(12)(outputsOfShard, outBits);

  // 3. Sums: F1 of layer l over its input features, F2 over these and steps; B1, B2 of hidden layer h over the next
  //    layer's features. What depends on rows besides came with the batch and is settled by batch 2.
  var onFeatures[5] = [0, 0, 0, 0, 0];
  var onSteps[5] = [0, 0, 0, 0, 0];
  var onRows[5] = [0, 0, 0, 0, 0];
  signal forward[4];
  signal stepped[4];
  signal forwardWeighted[4];
  signal steppedWeighted[4];
  for (var k = 0; k < 4; k++) {
    var l = k + 1;
    forward[k] <== evals[E_W(l)] * sums2[S2_In(l)];
    stepped[k] <== sums2[S2_G(l)] * sums2[S2_P(l)];
    forwardWeighted[k] <== weight[R_F1(l)] * forward[k];
    steppedWeighted[k] <== weight[R_F2(l)] * stepped[k];
    onFeatures[k] += forwardWeighted[k];
    onSteps[k] += steppedWeighted[k];
  }
  signal backward[3];
  signal backStepped[3];
  signal backwardWeighted[3];
  signal backSteppedWeighted[3];
  for (var k = 0; k < 3; k++) {
    var l = k + 1;
    backward[k] <== evals[E_nextW(l)] * sums2[S2_nextD(l)];
    backStepped[k] <== sums2[S2_nextG(l)] * sums2[S2_nextP(l)];
    backwardWeighted[k] <== weight[R_B1(l)] * backward[k];
    backSteppedWeighted[k] <== weight[R_B2(l)] * backStepped[k];
    onFeatures[k + 2] += backwardWeighted[k];
    onSteps[k + 2] += backSteppedWeighted[k];
  }

  // 4. Zero-checks: m is a bit, A = m V, D = m T of hidden layers; of the output those of its head.
  signal zero[9];
  signal zeroWeighted[9];
  var zeroWeight[9];
  for (var k = 0; k < 3; k++) {
    var l = k + 1;
    zero[3 * k] <== evals[E_m(l)] * (evals[E_m(l)] - 1);
    zero[3 * k + 1] <== evals[E_A(l)] - evals[E_m(l)] * evals[E_V(l)];
    zero[3 * k + 2] <== evals[E_D(l)] - evals[E_m(l)] * (evals[E_T(l)] - HALF_LIMB());
    zeroWeight[3 * k] = weight[R_bit(l)];
    zeroWeight[3 * k + 1] = weight[R_active(l)];
    zeroWeight[3 * k + 2] = weight[R_delta(l)];
  }
  signal alphaSquare <== alpha * alpha;
  component heads = TrainHeads();
  heads.squaredError <== squaredError;
  heads.softmax <== softmax;
  heads.sigmoid <== sigmoid;
  heads.outputs <== outputs;
  heads.smoothing <== smoothing;
  heads.beta <== beta;
  heads.alpha <== alpha;
  heads.alphaSquare <== alphaSquare;
  heads.realRows <== realRows;
  heads.realClasses <== realClasses;
  heads.weight <== weight;
  heads.evals <== evals;
  var onLayer[4] = [0, 0, 0, heads.out];
  for (var i = 0; i < 9; i++) {
    zeroWeighted[i] <== zeroWeight[i] * zero[i];
    onLayer[i \ 3] += zeroWeighted[i];
  }

  // 5. Lookups: V - m, T', R0 | R1, S0, S1 of hidden layers, Q', U0, U1 of the output; their share of the LogUp sum.
  signal group[7];
  signal groupWeighted[7];
  var groupWeight[7];
  var helpers[4];
  for (var k = 0; k < 3; k++) {
    var l = k + 1;
    group[2 * k] <== LookupGroup()(beta, [evals[E_V(l)] - evals[E_m(l)], evals[E_T(l)], evals[E_R0(l)]],
      evals[E_hA(l)], p[l]);
    group[2 * k + 1] <== LookupGroup()(beta, [evals[E_R1(l)], evals[E_S0(l)], evals[E_S1(l)]],
      evals[E_hB(l)], p[l]);
    groupWeight[2 * k] = weight[R_hA(l)];
    groupWeight[2 * k + 1] = weight[R_hB(l)];
    helpers[k] = evals[E_hA(l)] + evals[E_hB(l)];
  }
  group[6] <== LookupGroup()(beta, [evals[E_Q()], evals[E_U0()], evals[E_U1()]], evals[E_hQ()], 1);
  groupWeight[6] = weight[R_hQ()];
  helpers[3] = evals[E_hQ()] + evals[E_hR()] + evals[E_hP()] + evals[E_hF()];
  for (var i = 0; i < 7; i++) {
    groupWeighted[i] <== groupWeight[i] * group[i];
    onLayer[i \ 2] += groupWeighted[i];
  }
  signal zeroChecks[4];
  signal helperSum[4];
  for (var k = 0; k < 4; k++) {
    zeroChecks[k] <== eq[k] * onLayer[k];
    helperSum[k] <== weight[R_logUp()] * helpers[k];
    onRows[k + 1] += zeroChecks[k] + helperSum[k];
  }

  // 6. The lookup tables of limbs and of pairs, over the variables 0..15, which are all rows and two features.
  signal residue <== LookupTable()(beta, tablePoint, evals[E_g()], evals[E_mult()]);
  signal residueWeighted <== weight[R_table()] * residue;
  signal functionWeighted <== alpha * evals[E_F()];
  signal residuePairs <== LookupTable()(beta - functionWeighted - alphaSquare, tablePoint, evals[E_g2()],
    evals[E_mult2()]);
  signal residuePairsWeighted <== weight[R_table2()] * residuePairs;
  signal eqTable <== Eq(16)(tableTau, tablePoint);
  signal tableCheck <== eqTable * (residueWeighted + residuePairsWeighted);
  signal tableSum <== weight[R_logUp()] * (evals[E_g()] + evals[E_g2()]);
  signal table <== noFeatures[2] * (tableCheck - tableSum);

  // 7. All of it.
  signal rowless[5];
  signal ofSteps[5];
  signal ofRows[5];
  signal full[5];
  var total = table;
  for (var l = 0; l < 5; l++) {
    rowless[l] <== noRows[0] * onFeatures[l];
    ofSteps[l] <== withSteps * onSteps[l];
    ofRows[l] <== withRows * onRows[l];
    full[l] <== withFeatures[l] * (rowless[l] + ofSteps[l] + ofRows[l]);
    total += full[l];
  }
  out <== total;
}

/**
 * @title Train, batch 2 at its point
 * @notice The sums over rows that batch 1 leaves, at zeta (protocol, section 7): inputs and deltas at r_s and as sums over
 *   later steps, gradients of one step, updates, and the earlier steps of the bias.
 * @input point[14]: the batch's point
 * @input rowsR[14], rows[14]: r_s and this point, masked
 * @input stepsR[14], stepsRho[14], steps[14]: step bits of r_s, of batch 1's point and of this point, masked
 * @input mu: the weight of the biases
 * @input weight: powers of the batching challenge
 * @input evals: the evaluations at zeta, in the order of the protocol
 * @output out: the value
 */
template TrainBatchTwo() {
  signal input point[14];
  signal input rowsR[14];
  signal input rows[14];
  signal input stepsR[14];
  signal input stepsRho[14];
  signal input steps[14];
  signal input mu;
  signal input weight[R2_COUNT()];
  signal input evals[E2_COUNT()];
  signal output out;

  // 1. The kernels: eq with r_s, the same on later steps, eq with rho_k, earlier steps than r_k.
  signal dormant <== DormantFactor(14)(point, rows);
  signal atR <== Eq(14)(rowsR, rows);
  component step = Order(14);
  step.x <== stepsRho;
  step.y <== steps;
  signal laterAtR <== step.less * atR;
  signal earlier <== LessThanExtension(14)(steps, stepsR);

  // 2. What each kernel weighs.
  var onR = 0;
  var onLater = 0;
  var onStep = 0;
  var onAll = 0;
  var onEarlier = 0;
  signal product[4];
  signal biased[4];
  signal terms[4][5];
  for (var k = 0; k < 4; k++) {
    var l = k + 1;
    product[k] <== evals[E2_zDAtI(l)] * evals[E2_zIn(l)];
    biased[k] <== evals[E2_zDAtI(l)] * mu;
    terms[k][0] <== weight[R2_In(l)] * evals[E2_zIn(l)];
    terms[k][1] <== weight[R2_P(l)] * evals[E2_zIn(l)];
    terms[k][2] <== weight[R2_G(l)] * product[k];
    terms[k][3] <== weight[R2_U(l)] * (product[k] + ACTIVATION() * biased[k]);
    terms[k][4] <== weight[R2_F3(l)] * evals[E2_zDAtI(l)];
    onR += terms[k][0];
    onLater += terms[k][1];
    onStep += terms[k][2];
    onAll += terms[k][3];
    onEarlier += terms[k][4];
  }
  signal nextProduct[3];
  signal nextTerms[3][3];
  for (var k = 0; k < 3; k++) {
    var l = k + 1;
    nextProduct[k] <== evals[E2_zNextD(l)] * evals[E2_zNextIn(l)];
    nextTerms[k][0] <== weight[R2_nextD(l)] * evals[E2_zNextD(l)];
    nextTerms[k][1] <== weight[R2_nextP(l)] * evals[E2_zNextD(l)];
    nextTerms[k][2] <== weight[R2_nextG(l)] * nextProduct[k];
    onR += nextTerms[k][0];
    onLater += nextTerms[k][1];
    onStep += nextTerms[k][2];
  }

  signal sum <== InnerProduct(4)([atR, laterAtR, step.equal, earlier], [onR, onLater, onStep, onEarlier]);
  out <== dormant * (sum + onAll);
}
