// SPDX-License-Identifier: GPL-3.0-or-later
pragma circom 2.2.0;

include "../../lib/lookup.circom";
include "../../lib/multilinear.circom";
include "../../lib/numbers.circom";
include "../../lib/select.circom";
include "../../lib/sizes.circom";
include "../../generated/score.circom";
include "outputs.circom";

/**
 * @title Score, batch 1 at its point
 * @notice The value of the instances of program score (design, section 7.5; protocol, section 11) at (rho_s; rho_f).
 *   Layer l has index l - 1 in arrays of 4 and l in arrays of 5; hidden layer h has index h - 1 in arrays of 3.
 * @input p[5], mask[5][12]: from ModelShape
 * @input classes, labels: 1 = one-hot labels, 1 = any number of labels a row; assumed bits, at most one of them 1
 * @input softmax, sigmoid: s1, s2; assumed bits of which at most one is 1
 * @input outputs: n_4
 * @input places: k, how many count as top, any field element
 * @input rowBits[12], outBits[12]: bits of rows - 1 and of n_4 - 1, assumed bits
 * @input beta, alpha: the lookup challenges
 * @input tau[24]: the zero-checks' point (r_s; r_i), not masked
 * @input weight: powers of lambda
 * @input point[24]: the batch's point, rows low
 * @input rows[12], rowsR[12]: row parts of the point and of tau, masked
 * @input evals: evaluations at the point, in the order of the protocol
 * @output out: the value
 */
template ScoreBatch() {
  signal input p[5];
  signal input mask[5][12];
  signal input classes;
  signal input labels;
  signal input softmax;
  signal input sigmoid;
  signal input outputs;
  signal input places;
  signal input rowBits[12];
  signal input outBits[12];
  signal input beta;
  signal input alpha;
  signal input tau[24];
  signal input weight[R_COUNT()];
  signal input point[24];
  signal input rows[12];
  signal input rowsR[12];
  signal input evals[E_COUNT()];
  signal output out;

  // 1. Factors of dormant variables: without rows, with rows; of features for every width, without features.
  var pointRows[12];
  var pointFeatures[12];
  var tauFeatures[12];
  var tableTau[16];
  var tablePoint[16];
  for (var t = 0; t < 12; t++) {
    pointRows[t] = point[t];
    pointFeatures[t] = point[12 + t];
    tauFeatures[t] = tau[12 + t];
  }
  for (var t = 0; t < 16; t++) {
    tableTau[t] = tau[t];
    tablePoint[t] = point[t];
  }
  signal noRows[13] <== DormantSuffixes(12)(pointRows);
  signal withRows <== DormantFactor(12)(pointRows, rows);
  signal noFeatures[13] <== DormantSuffixes(12)(pointFeatures);
  signal withFeatures[5];
  for (var l = 0; l < 5; l++) withFeatures[l] <== AtSize(12)(noFeatures, mask[l]);

  // 2. The zero-checks' eq; the extensions of the real rows and of the real classes.
  signal eqRows <== Eq(12)(rowsR, rows);
  signal eqPrefixes[13] <== EqPrefixes(12)(tauFeatures, pointFeatures);
  signal eqFeatures[4];
  signal eq[4];
  for (var k = 0; k < 4; k++) {
    eqFeatures[k] <== AtSize(12)(eqPrefixes, mask[k + 1]);
    eq[k] <== eqRows * eqFeatures[k];
  }
  signal outputFeatures[12] <== Mask(12)(pointFeatures, mask[4]);
  signal realRows <== AtMostExtension(12)(rows, rowBits);
  signal realClasses <== AtMostExtension(12)(outputFeatures, outBits);

  // 3. Forward sums of layer l, over its input features.
  var onFeatures[5] = [0, 0, 0, 0, 0];
  var onRows[5] = [0, 0, 0, 0, 0];
  signal forward[4];
  signal forwardWeighted[4];
  for (var k = 0; k < 4; k++) {
    forward[k] <== evals[E_W(k + 1)] * evals[E_In(k + 1)];
    forwardWeighted[k] <== weight[R_F1(k + 1)] * forward[k];
    onFeatures[k] += forwardWeighted[k];
  }

  // 4. Zero-checks of hidden layer h: m is a bit, A = m V; lookups V - m, R0, R1.
  signal bit[3];
  signal rectified[3];
  signal bitWeighted[3];
  signal rectifiedWeighted[3];
  signal group[4];
  signal groupWeighted[4];
  var onLayer[4];
  var helpers[4];
  for (var k = 0; k < 3; k++) {
    var l = k + 1;
    bit[k] <== evals[E_m(l)] * (evals[E_m(l)] - 1);
    rectified[k] <== evals[E_A(l)] - evals[E_m(l)] * evals[E_V(l)];
    bitWeighted[k] <== weight[R_bit(l)] * bit[k];
    rectifiedWeighted[k] <== weight[R_active(l)] * rectified[k];
    group[k] <== LookupGroup()(beta, [evals[E_V(l)] - evals[E_m(l)], evals[E_R0(l)], evals[E_R1(l)]],
      evals[E_h(l)], p[l]);
    groupWeighted[k] <== weight[R_h(l)] * group[k];
    onLayer[k] = bitWeighted[k] + rectifiedWeighted[k] + groupWeighted[k];
    helpers[k] = evals[E_h(l)];
  }

  // 5. The output layer: lookups Q', U0, U1, and what the outputs are worth beside the labels.
  var logit = evals[E_Q()] - HALF_LIMB();
  var onehot = evals[E_Y()] * (1 / ACTIVATION());   // field division: 2^fa has an inverse
  signal alphaSquare <== alpha * alpha;
  signal signedLogit <== (2 * onehot - 1) * logit;
  group[3] <== LookupGroup()(beta, [evals[E_Q()], evals[E_U0()], evals[E_U1()]], evals[E_hQ()], 1);
  groupWeighted[3] <== weight[R_hQ()] * group[3];
  signal outputChecks <== ScoreOutputs()(classes, labels, softmax, sigmoid, beta, alpha, alphaSquare, realRows,
    realClasses, signedLogit, weight, evals);
  onLayer[3] = groupWeighted[3] + outputChecks;
  helpers[3] = evals[E_hQ()] + evals[E_hG()] + evals[E_hF()];
  signal zeroChecks[4];
  signal helperSum[4];
  for (var k = 0; k < 4; k++) {
    zeroChecks[k] <== eq[k] * onLayer[k];
    helperSum[k] <== weight[R_logUp()] * helpers[k];
    onRows[k + 1] += zeroChecks[k] + helperSum[k];
  }
  signal outputSums <== ScoreSums()(classes, labels, softmax, sigmoid, realRows, eqRows, weight, evals);
  onRows[4] += outputSums;

  // 6. Rows alone.
  signal rowsOnly <== withRows * noFeatures[0];
  signal ofRowsOnly <== ScoreRows()(classes, labels, outputs, places, beta, realRows, eqRows, weight, evals);
  signal rowSums <== rowsOnly * ofRowsOnly;

  // 7. The lookup tables of limbs and of pairs, over the variables 0..15, which are all rows and four features.
  signal residue <== LookupTable()(beta, tablePoint, evals[E_g()], evals[E_mult()]);
  signal functionWeighted <== alpha * evals[E_F()];
  signal residuePairs <== LookupTable()(beta - functionWeighted - alphaSquare, tablePoint, evals[E_g2()],
    evals[E_mult2()]);
  signal residues <== InnerProduct(2)([weight[R_table()], weight[R_table2()]], [residue, residuePairs]);
  signal eqTable <== Eq(16)(tableTau, tablePoint);
  signal tableCheck <== eqTable * residues;
  signal tableSum <== weight[R_logUp()] * (evals[E_g()] + evals[E_g2()]);
  signal table <== noFeatures[4] * (tableCheck - tableSum);

  // 8. All of it.
  signal rowless[5];
  signal ofRows[5];
  signal full[5];
  var total = rowSums + table;
  for (var l = 0; l < 5; l++) {
    rowless[l] <== noRows[0] * onFeatures[l];
    ofRows[l] <== withRows * onRows[l];
    full[l] <== withFeatures[l] * (rowless[l] + ofRows[l]);
    total += full[l];
  }
  out <== total;
}
