// SPDX-License-Identifier: GPL-3.0-or-later
pragma circom 2.2.0;

include "../../lib/lookup.circom";
include "../../lib/maps.circom";
include "../../lib/multilinear.circom";
include "../../lib/numbers.circom";
include "../../lib/select.circom";
include "../../lib/sizes.circom";
include "../../generated/convTrain.circom";
include "../train/heads.circom";

/** The output's delta under the name that it has in the heads, which are those of train. */
function E_D4() { return E_D6(); }

/**
 * @title Convolutional train, batch 1 at its point
 * @notice The value of the instances of program convTrain (protocol, section 12) at (rho_s; rho_x; rho_y; rho_c). Layer l
 *   has index l - 1 in arrays of 6 and l in arrays of 7; hidden layer h has index h - 1 in arrays of 5.
 * @input p[7], channelMask[7][12], sideMask[7][6], kernelMask[6][6]: from NetworkShape
 * @input outBits[12]: bits of n_6 - 1
 * @input outputs: n_6
 * @input squaredError, softmax, sigmoid: s0, s1, s2; assumed bits of which one is 1
 * @input smoothing: target of a wrong class
 * @input rowBits[12], rowMask[12]: bits of the rows minus 1 and their mask
 * @input beta, alpha: the lookup challenges
 * @input tau[38]: the zero-checks' point (r_s; r_x; r_y; r_c), not masked
 * @input weight: powers of lambda
 * @input point[38]: the batch's point, rows low
 * @input rows[14], rowsR[14]: row parts of the point and of tau, masked
 * @input steps[14]: step bits of the point, masked
 * @input evals, sums2: evaluations and sums sent after the batch, in the order of the protocol
 * @output out: the value
 */
template ConvTrainBatchOne() {
  signal input p[7];
  signal input channelMask[7][12];
  signal input sideMask[7][6];
  signal input kernelMask[6][6];
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
  signal input tau[38];
  signal input weight[R_COUNT()];
  signal input point[38];
  signal input rows[14];
  signal input rowsR[14];
  signal input steps[14];
  signal input evals[E_COUNT()];
  signal input sums2[S2_COUNT()];
  signal output out;

  // 1. The point's parts; factors of dormant variables and eq at every number of coordinates.
  var pointRows[14];
  var pointX[6];
  var pointY[6];
  var pointC[12];
  var tauX[6];
  var tauY[6];
  var tauC[12];
  var lowRows[12];
  var tablePoint[16];
  var tableTau[16];
  for (var t = 0; t < 14; t++) pointRows[t] = point[t];
  for (var t = 0; t < 6; t++) {
    pointX[t] = point[14 + t];
    pointY[t] = point[20 + t];
    tauX[t] = tau[14 + t];
    tauY[t] = tau[20 + t];
  }
  for (var t = 0; t < 12; t++) {
    pointC[t] = point[26 + t];
    tauC[t] = tau[26 + t];
    lowRows[t] = rows[t];
  }
  for (var t = 0; t < 16; t++) {
    tablePoint[t] = point[t];
    tableTau[t] = tau[t];
  }
  signal noRows[15] <== DormantSuffixes(14)(pointRows);
  signal withRows <== DormantFactor(14)(pointRows, rows);
  signal withSteps <== DormantFactor(14)(pointRows, steps);
  signal noX[7] <== DormantSuffixes(6)(pointX);
  signal noY[7] <== DormantSuffixes(6)(pointY);
  signal noC[13] <== DormantSuffixes(12)(pointC);
  signal eqRows <== Eq(14)(rowsR, rows);
  signal eqX[7] <== EqPrefixes(6)(tauX, pointX);
  signal eqY[7] <== EqPrefixes(6)(tauY, pointY);
  signal eqC[13] <== EqPrefixes(12)(tauC, pointC);
  signal rowsOfShard[12] <== Mask(12)(lowRows, rowMask);
  signal realRows <== AtMostExtension(12)(rowsOfShard, rowBits);
  signal classPoint[12] <== Mask(12)(pointC, channelMask[6]);
  signal realClasses <== AtMostExtension(12)(classPoint, outBits);

  // 2. Sums: F1 of layer l over what an output reads, F2 over this and steps; B1, B2 of hidden layer h over the outputs and
  //    taps of the next layer. What depends on rows besides came with the batch and is settled by batch 2.
  component inputs[6];
  signal forward[6];
  signal stepped[6];
  signal forwardWeighted[6];
  signal steppedWeighted[6];
  signal forwardDormant[6];
  signal steppedDormant[6];
  signal forwardTerm[6];
  var total = 0;
  for (var k = 0; k < 6; k++) {
    var l = k + 1;
    inputs[k] = BlockAtSize();
    inputs[k].xs <== noX;
    inputs[k].ys <== noY;
    inputs[k].cs <== noC;
    inputs[k].sideMask <== kernelMask[k];
    inputs[k].channelMask <== channelMask[k];
    forward[k] <== evals[E_W(l)] * sums2[S2_In(l)];
    stepped[k] <== sums2[S2_G(l)] * sums2[S2_P(l)];
    forwardWeighted[k] <== weight[R_F1(l)] * forward[k];
    steppedWeighted[k] <== weight[R_F2(l)] * stepped[k];
    forwardDormant[k] <== noRows[0] * forwardWeighted[k];
    steppedDormant[k] <== withSteps * steppedWeighted[k];
    forwardTerm[k] <== inputs[k].out * (forwardDormant[k] + steppedDormant[k]);
    total += forwardTerm[k];
  }
  signal nextC[5];
  signal nextBlock[5];
  signal backward[5];
  signal backStepped[5];
  signal backwardWeighted[5];
  signal backSteppedWeighted[5];
  signal backwardDormant[5];
  signal backSteppedDormant[5];
  signal backwardTerm[5];
  for (var k = 0; k < 5; k++) {
    var l = k + 1;
    nextC[k] <== AtSize(12)(noC, channelMask[l + 1]);
    nextBlock[k] <== inputs[k + 1].plane * nextC[k];
    backward[k] <== evals[E_nextW(l)] * sums2[S2_nextD(l)];
    backStepped[k] <== sums2[S2_nextG(l)] * sums2[S2_nextP(l)];
    backwardWeighted[k] <== weight[R_B1(l)] * backward[k];
    backSteppedWeighted[k] <== weight[R_B2(l)] * backStepped[k];
    backwardDormant[k] <== noRows[0] * backwardWeighted[k];
    backSteppedDormant[k] <== withSteps * backSteppedWeighted[k];
    backwardTerm[k] <== nextBlock[k] * (backwardDormant[k] + backSteppedDormant[k]);
    total += backwardTerm[k];
  }

  // 3. Zero-checks: m is a bit, A = m V, D = m T of hidden layers; of the output those of its head.
  signal zero[15];
  signal zeroWeighted[15];
  var zeroWeight[15];
  for (var k = 0; k < 5; k++) {
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
  var onLayer[6] = [0, 0, 0, 0, 0, heads.out];
  for (var i = 0; i < 15; i++) {
    zeroWeighted[i] <== zeroWeight[i] * zero[i];
    onLayer[i \ 3] += zeroWeighted[i];
  }

  // 4. Lookups: V - m, T', R0 | R1, S0, S1 of hidden layers, Q', U0, U1 of the output; their share of the LogUp sum.
  signal group[11];
  signal groupWeighted[11];
  var groupWeight[11];
  var helpers[6];
  for (var k = 0; k < 5; k++) {
    var l = k + 1;
    group[2 * k] <== LookupGroup()(beta, [evals[E_V(l)] - evals[E_m(l)], evals[E_T(l)], evals[E_R0(l)]],
      evals[E_hA(l)], p[l]);
    group[2 * k + 1] <== LookupGroup()(beta, [evals[E_R1(l)], evals[E_S0(l)], evals[E_S1(l)]],
      evals[E_hB(l)], p[l]);
    groupWeight[2 * k] = weight[R_hA(l)];
    groupWeight[2 * k + 1] = weight[R_hB(l)];
    helpers[k] = evals[E_hA(l)] + evals[E_hB(l)];
  }
  group[10] <== LookupGroup()(beta, [evals[E_Q()], evals[E_U0()], evals[E_U1()]], evals[E_hQ()], 1);
  groupWeight[10] = weight[R_hQ()];
  helpers[5] = evals[E_hQ()] + evals[E_hR()] + evals[E_hP()] + evals[E_hF()];
  for (var i = 0; i < 11; i++) {
    groupWeighted[i] <== groupWeight[i] * group[i];
    onLayer[i \ 2] += groupWeighted[i];
  }
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
    ofRows[k] <== withRows * (zeroChecks[k] + helperSum[k]);
    layerTerm[k] <== dormant[k].out * ofRows[k];
    total += layerTerm[k];
  }

  // 5. The lookup tables of limbs and of pairs, over the variables 0..15, which are all rows and two of x.
  signal residue <== LookupTable()(beta, tablePoint, evals[E_g()], evals[E_mult()]);
  signal residueWeighted <== weight[R_table()] * residue;
  signal functionWeighted <== alpha * evals[E_F()];
  signal residuePairs <== LookupTable()(beta - functionWeighted - alphaSquare, tablePoint, evals[E_g2()],
    evals[E_mult2()]);
  signal residuePairsWeighted <== weight[R_table2()] * residuePairs;
  signal eqTable <== Eq(16)(tableTau, tablePoint);
  signal tableCheck <== eqTable * (residueWeighted + residuePairsWeighted);
  signal tableSum <== weight[R_logUp()] * (evals[E_g()] + evals[E_g2()]);
  signal noTablePlane <== noX[2] * noY[0];
  signal noTable <== noTablePlane * noC[0];
  signal table <== noTable * (tableCheck - tableSum);
  out <== total + table;
}
