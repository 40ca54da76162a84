// SPDX-License-Identifier: GPL-3.0-or-later
pragma circom 2.2.0;

include "../../lib/lookup.circom";
include "../../lib/maps.circom";
include "../../lib/multilinear.circom";
include "../../lib/numbers.circom";
include "../../lib/select.circom";
include "../../lib/sizes.circom";
include "../../lib/table.circom";
include "../../generated/convInfer.circom";

/**
 * @title Convolutional inference, batch 1 at its point
 * @notice The value of the instances of program convInfer (protocol, sections 12 and 13) at (rho_s; rho_x; rho_y; rho_c).
 *   Layer l has index l - 1 in arrays of 6 and l in arrays of 7; hidden layer h has index h - 1 in arrays of 5.
 * @input p[7], channelMask[7][12], sideBits[7][6], sideMask[7][6], kernelMask[6][6]: from NetworkShape
 * @input ranged: 1 = range and padding of the inputs are proved here; assumed a bit
 * @input rowBits[12], inBits[12], outBits[12]: bits of rows - 1, C_0 - 1 and C_6 - 1, assumed bits
 * @input beta: the lookup challenge
 * @input tau[36]: the zero-checks' point (r_s; r_x; r_y; r_c), not masked
 * @input weight: powers of lambda
 * @input point[36]: the batch's point, rows low
 * @input rows[12], rowsR[12]: row parts of the point and of tau, masked
 * @input evals: evaluations at the point, in the order of the protocol
 * @output out: the value
 */
template ConvInferBatch() {
  signal input p[7];
  signal input channelMask[7][12];
  signal input sideBits[7][6];
  signal input sideMask[7][6];
  signal input kernelMask[6][6];
  signal input ranged;
  signal input rowBits[12];
  signal input inBits[12];
  signal input outBits[12];
  signal input beta;
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
  for (var t = 0; t < 16; t++) tableTau[t] = tau[t];

  // 2. Factors of dormant variables and eq, at every number of coordinates; with rows, and of the real entries of
  //    inputs and outputs.
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
  signal inputChannels[12] <== Mask(12)(pointC, channelMask[0]);
  signal outputChannels[12] <== Mask(12)(pointC, channelMask[6]);
  signal realRows <== AtMostExtension(12)(rows, rowBits);
  signal realChannels <== AtMostExtension(12)(inputChannels, inBits);
  signal realPixels <== RealPlaces()(sideBits[0], sideMask[0], pointX, pointY);
  signal realInputs <== realPixels * realChannels;
  signal realOutputs <== AtMostExtension(12)(outputChannels, outBits);
  signal realIn <== realRows * realInputs;
  signal realOut <== realRows * realOutputs;

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

  // 4. Zero-checks: the inputs' range and padding; of hidden layers that m is a bit, A = m V and lookups V - m, R0, R1; of
  //    the output lookups Q', U0, U1 and that O is Q where it is real and 0 elsewhere.
  signal bit[5];
  signal rectified[5];
  signal bitWeighted[5];
  signal rectifiedWeighted[5];
  signal group[6];
  signal groupWeighted[6];
  var checks[7];
  var helpers[7];
  signal range <== evals[E_hX()] * (beta - evals[E_X()] - HALF_LIMB()) - ranged;
  signal padding <== evals[E_X()] * (1 - realIn);
  signal paddingRanged <== ranged * padding;
  signal inputChecks <== InnerProduct(2)([weight[R_rangeX()], weight[R_paddingX()]], [range, paddingRanged]);
  checks[0] = inputChecks;
  helpers[0] = evals[E_hX()];
  for (var k = 0; k < 5; k++) {
    var l = k + 1;
    bit[k] <== evals[E_m(l)] * (evals[E_m(l)] - 1);
    rectified[k] <== evals[E_A(l)] - evals[E_m(l)] * evals[E_V(l)];
    bitWeighted[k] <== weight[R_bit(l)] * bit[k];
    rectifiedWeighted[k] <== weight[R_active(l)] * rectified[k];
    group[k] <== LookupGroup()(beta, [evals[E_V(l)] - evals[E_m(l)], evals[E_R0(l)], evals[E_R1(l)]],
      evals[E_h(l)], p[l]);
    groupWeighted[k] <== weight[R_h(l)] * group[k];
    checks[l] = bitWeighted[k] + rectifiedWeighted[k] + groupWeighted[k];
    helpers[l] = evals[E_h(l)];
  }
  group[5] <== LookupGroup()(beta, [evals[E_Q()], evals[E_U0()], evals[E_U1()]], evals[E_hQ()], 1);
  groupWeighted[5] <== weight[R_hQ()] * group[5];
  signal shown <== evals[E_O()] - realOut * (evals[E_Q()] - HALF_LIMB());
  signal shownWeighted <== weight[R_output()] * shown;
  checks[6] = groupWeighted[5] + shownWeighted;
  helpers[6] = evals[E_hQ()];

  // 5. All that has rows, layer by layer from the inputs on.
  component eq[7];
  component dormant[7];
  signal eqLayer[7];
  signal zeroChecks[7];
  signal helperSum[7];
  signal ofRows[7];
  signal layerTerm[7];
  for (var l = 0; l < 7; l++) {
    eq[l] = BlockAtSize();
    eq[l].xs <== eqX;
    eq[l].ys <== eqY;
    eq[l].cs <== eqC;
    eq[l].sideMask <== sideMask[l];
    eq[l].channelMask <== channelMask[l];
    dormant[l] = BlockAtSize();
    dormant[l].xs <== noX;
    dormant[l].ys <== noY;
    dormant[l].cs <== noC;
    dormant[l].sideMask <== sideMask[l];
    dormant[l].channelMask <== channelMask[l];
    eqLayer[l] <== eqRows * eq[l].out;
    zeroChecks[l] <== eqLayer[l] * checks[l];
    helperSum[l] <== weight[R_logUp()] * helpers[l];
    ofRows[l] <== withRows * (zeroChecks[l] + helperSum[l]);
    layerTerm[l] <== dormant[l].out * ofRows[l];
    total += layerTerm[l];
  }

  // 6. The lookup table, over the variables 0..15, which are all rows and four of x.
  signal table <== Table(36)(beta, point, tableTau, evals[E_g()], evals[E_mult()], weight[R_table()], weight[R_logUp()]);
  out <== total + table;
}
