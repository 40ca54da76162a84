// SPDX-License-Identifier: GPL-3.0-or-later
pragma circom 2.2.0;

include "../../lib/lookup.circom";
include "../../lib/maps.circom";
include "../../lib/multilinear.circom";
include "../../lib/numbers.circom";
include "../../lib/select.circom";
include "../../lib/sizes.circom";
include "../../generated/convScore.circom";
include "../score/outputs.circom";

/**
 * @title Convolutional score, batch 1 at its point
 * @notice The value of the instances of program convScore (protocol, sections 11 and 12) at (rho_s; rho_x; rho_y; rho_c).
 *   Layer l has index l - 1 in arrays of 6 and l in arrays of 7; hidden layer h has index h - 1 in arrays of 5.
 * @input p[7], channelMask[7][12], sideBits[7][6], sideMask[7][6], kernelMask[6][6]: from NetworkShape
 * @input classes, labels: 1 = one-hot labels, 1 = any number of labels a row; assumed bits, at most one of them 1
 * @input softmax, sigmoid: s1, s2; assumed bits of which at most one is 1
 * @input outputs: n_6
 * @input places: k, how many count as top, any field element
 * @input rowBits[12], outBits[12]: bits of rows - 1 and of n_6 - 1, assumed bits
 * @input beta, alpha: the lookup challenges
 * @input tau[36]: the zero-checks' point (r_s; r_x; r_y; r_c), not masked
 * @input weight: powers of lambda
 * @input point[36]: the batch's point, rows low
 * @input rows[12], rowsR[12]: row parts of the point and of tau, masked
 * @input evals: evaluations at the point, in the order of the protocol
 * @output out: the value
 */
template ConvScoreBatch() {
  signal input p[7];
  signal input channelMask[7][12];
  signal input sideBits[7][6];
  signal input sideMask[7][6];
  signal input kernelMask[6][6];
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
  signal input tau[36];
  signal input weight[R_COUNT()];
  signal input point[36];
  signal input rows[12];
  signal input rowsR[12];
  signal input evals[E_COUNT()];
  signal output out;

  // 1. The point's parts, and where a forward sum has a place (y, x) of the output in the rows' stead.
  var pointRows[12];
  var pointX[6];
  var pointY[6];
  var pointC[12];
  var placeX[6];
  var placeY[6];
  var tauX[6];
  var tauY[6];
  var tauC[12];
  var tableTau[16];
  var tablePoint[16];
  for (var t = 0; t < 12; t++) {
    pointRows[t] = point[t];
    pointC[t] = point[24 + t];
    tauC[t] = tau[24 + t];
  }
  for (var t = 0; t < 6; t++) {
    pointX[t] = point[12 + t];
    pointY[t] = point[18 + t];
    placeX[t] = point[t];
    placeY[t] = point[6 + t];
    tauX[t] = tau[12 + t];
    tauY[t] = tau[18 + t];
  }
  for (var t = 0; t < 16; t++) {
    tableTau[t] = tau[t];
    tablePoint[t] = point[t];
  }

  // 2. Factors of dormant variables and eq, at every number of coordinates; with rows, and of the real rows and classes.
  signal withRows <== DormantFactor(12)(pointRows, rows);
  signal noX[7] <== DormantSuffixes(6)(pointX);
  signal noY[7] <== DormantSuffixes(6)(pointY);
  signal noC[13] <== DormantSuffixes(12)(pointC);
  signal noPlaceX[7] <== DormantSuffixes(6)(placeX);
  signal noPlaceY[7] <== DormantSuffixes(6)(placeY);
  signal eqRows <== Eq(12)(rowsR, rows);
  signal eqX[7] <== EqPrefixes(6)(tauX, pointX);
  signal eqY[7] <== EqPrefixes(6)(tauY, pointY);
  signal eqC[13] <== EqPrefixes(12)(tauC, pointC);
  signal eqPlaceX[7] <== EqPrefixes(6)(tauX, placeX);
  signal eqPlaceY[7] <== EqPrefixes(6)(tauY, placeY);
  signal classPoint[12] <== Mask(12)(pointC, channelMask[6]);
  signal realRows <== AtMostExtension(12)(rows, rowBits);
  signal realClasses <== AtMostExtension(12)(classPoint, outBits);

  // 3. Forward sums of layer l, over what an output reads and over the places of the output.
  component tap[6];
  signal atPlaceX[6];
  signal atPlaceY[6];
  signal eqPlace[6];
  signal withoutX[6];
  signal withoutY[6];
  signal without[6];
  signal real[6];
  signal forward[6];
  signal forwardWeighted[6];
  signal forwardReal[6];
  signal forwardPlace[6];
  signal forwardDormant[6];
  signal forwardTerm[6];
  var total = 0;
  for (var k = 0; k < 6; k++) {
    var l = k + 1;
    atPlaceX[k] <== AtSize(6)(eqPlaceX, sideMask[l]);
    atPlaceY[k] <== AtSize(6)(eqPlaceY, sideMask[l]);
    eqPlace[k] <== atPlaceX[k] * atPlaceY[k];
    withoutX[k] <== AtSize(6)(noPlaceX, sideMask[l]);
    withoutY[k] <== AtSize(6)(noPlaceY, sideMask[l]);
    without[k] <== withoutX[k] * withoutY[k];
    real[k] <== RealPlaces()(sideBits[l], sideMask[l], placeX, placeY);
    tap[k] = BlockAtSize();
    tap[k].xs <== noX;
    tap[k].ys <== noY;
    tap[k].cs <== noC;
    tap[k].sideMask <== kernelMask[k];
    tap[k].channelMask <== channelMask[k];
    forward[k] <== evals[E_W(l)] * evals[E_In(l)];
    forwardWeighted[k] <== weight[R_F1(l)] * forward[k];
    forwardReal[k] <== real[k] * forwardWeighted[k];
    forwardPlace[k] <== eqPlace[k] * forwardReal[k];
    forwardDormant[k] <== without[k] * forwardPlace[k];
    forwardTerm[k] <== tap[k].out * forwardDormant[k];
    total += forwardTerm[k];
  }

  // 4. Zero-checks of hidden layer h: m is a bit, A = m V; lookups V - m, R0, R1.
  signal bit[5];
  signal rectified[5];
  signal bitWeighted[5];
  signal rectifiedWeighted[5];
  signal group[6];
  signal groupWeighted[6];
  var onLayer[6];
  var helpers[6];
  for (var k = 0; k < 5; k++) {
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
  group[5] <== LookupGroup()(beta, [evals[E_Q()], evals[E_U0()], evals[E_U1()]], evals[E_hQ()], 1);
  groupWeighted[5] <== weight[R_hQ()] * group[5];
  signal outputChecks <== ScoreOutputs()(classes, labels, softmax, sigmoid, beta, alpha, alphaSquare, realRows,
    realClasses, signedLogit, weight, evals);
  onLayer[5] = groupWeighted[5] + outputChecks;
  helpers[5] = evals[E_hQ()] + evals[E_hG()] + evals[E_hF()];
  signal outputSums <== ScoreSums()(classes, labels, softmax, sigmoid, realRows, eqRows, weight, evals);

  // 6. All that has rows, layer by layer.
  component eq[6];
  component dormant[6];
  signal eqLayer[6];
  signal zeroChecks[6];
  signal helperSum[6];
  signal ofRows[6];
  signal layerTerm[6];
  for (var k = 0; k < 6; k++) {
    var l = k + 1;
    eq[k] = BlockAtSize();
    eq[k].xs <== eqX;
    eq[k].ys <== eqY;
    eq[k].cs <== eqC;
    eq[k].sideMask <== sideMask[l];
    eq[k].channelMask <== channelMask[l];
    dormant[k] = BlockAtSize();
    dormant[k].xs <== noX;
    dormant[k].ys <== noY;
    dormant[k].cs <== noC;
    dormant[k].sideMask <== sideMask[l];
    dormant[k].channelMask <== channelMask[l];
    eqLayer[k] <== eqRows * eq[k].out;
    zeroChecks[k] <== eqLayer[k] * onLayer[k];
    helperSum[k] <== weight[R_logUp()] * helpers[k];
    ofRows[k] <== withRows * (zeroChecks[k] + helperSum[k] + (k == 5 ? outputSums : 0));
    layerTerm[k] <== dormant[k].out * ofRows[k];
    total += layerTerm[k];
  }

  // 7. Rows alone.
  signal noPlane <== noX[0] * noY[0];
  signal noFeatures <== noPlane * noC[0];
  signal rowsOnly <== withRows * noFeatures;
  signal ofRowsOnly <== ScoreRows()(classes, labels, outputs, places, beta, realRows, eqRows, weight, evals);
  signal rowSums <== rowsOnly * ofRowsOnly;

  // 8. The lookup tables of limbs and of pairs, over the variables 0..15, which are all rows and four of x.
  signal residue <== LookupTable()(beta, tablePoint, evals[E_g()], evals[E_mult()]);
  signal functionWeighted <== alpha * evals[E_F()];
  signal residuePairs <== LookupTable()(beta - functionWeighted - alphaSquare, tablePoint, evals[E_g2()],
    evals[E_mult2()]);
  signal residues <== InnerProduct(2)([weight[R_table()], weight[R_table2()]], [residue, residuePairs]);
  signal eqTable <== Eq(16)(tableTau, tablePoint);
  signal tableCheck <== eqTable * residues;
  signal tableSum <== weight[R_logUp()] * (evals[E_g()] + evals[E_g2()]);
  signal noTablePlane <== noX[4] * noY[0];
  signal noTable <== noTablePlane * noC[0];
  signal table <== noTable * (tableCheck - tableSum);
  out <== total + rowSums + table;
}
