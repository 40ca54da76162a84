// SPDX-License-Identifier: GPL-3.0-or-later
pragma circom 2.2.0;

include "../../lib/kernel.circom";
include "../../lib/maps.circom";
include "../../lib/multilinear.circom";
include "../../lib/numbers.circom";
include "../../lib/select.circom";
include "../../generated/convTrain.circom";

/**
 * @title Convolutional train, kernels between both points
 * @notice The kernel of every layer at the taps of batch 1's point and the places of batch 2's, prepared for any pixel.
 *   Layer l has index l - 1; i = 0 is x, i = 1 is y.
 * @input kernelBits[6][6], kernelMask[6][6], sideMask[7][6]: from NetworkShape
 * @input strides1[6], paddings[6][2]: fields of the shape
 * @input taps[2][6]: rho_x, rho_y
 * @input places[2][6]: zeta_x, zeta_y
 * @output tap[6][2][6], weights[6][2][8], moved[6][2][7]: as PreparedKernel gives them
 */
template ConvTrainKernels() {
  signal input kernelBits[6][6];
  signal input kernelMask[6][6];
  signal input sideMask[7][6];
  signal input strides1[6];
  signal input paddings[6][2];
  signal input taps[2][6];
  signal input places[2][6];
  signal output tap[6][2][6];
  signal output weights[6][2][8];
  signal output moved[6][2][7];

  component real[6];
  for (var k = 0; k < 6; k++) {
    real[k] = KernelTaps();
    for (var t = 0; t < 3; t++) real[k].kernelBits[t] <== kernelBits[k][t];
    for (var i = 0; i < 2; i++) {
      (tap[k][i], weights[k][i], moved[k][i]) <== PreparedKernel()(strides1[k], paddings[k], kernelMask[k],
        sideMask[k + 1], real[k].out, taps[i], places[i]);
    }
  }
}

/**
 * @title Convolutional train, batch 2 at its point
 * @notice The sums over rows and places that batch 1 leaves, at zeta (protocol, section 12): what layers read and deltas at
 *   r and as sums over later steps, gradients of one step, updates, and the earlier steps of the bias. Layer l has index
 *   l - 1 in arrays of 6 and l in arrays of 7; hidden layer h has index h - 1 in arrays of 5.
 * @input sideBits[7][6], sideMask[7][6]: from NetworkShape
 * @input flat[6], pooled[6]: fields of the shape
 * @input tap[6][2][6], weights[6][2][8], moved[6][2][7]: from ConvTrainKernels
 * @input point[26]: the batch's point, rows low
 * @input rowsR[14], rows[14]: r_s and this point's rows, masked
 * @input stepsR[14], stepsRho[14], steps[14]: step bits of r_s, of batch 1's point and of this point, masked
 * @input places[2][6]: r_x, r_y
 * @input mu: the weight of the biases
 * @input weight: powers of the batching challenge
 * @input evals: the evaluations at zeta, in the order of the protocol
 * @output out: the value
 */
template ConvTrainBatchTwo() {
  signal input sideBits[7][6];
  signal input sideMask[7][6];
  signal input flat[6];
  signal input pooled[6];
  signal input tap[6][2][6];
  signal input weights[6][2][8];
  signal input moved[6][2][7];
  signal input point[26];
  signal input rowsR[14];
  signal input rows[14];
  signal input stepsR[14];
  signal input stepsRho[14];
  signal input steps[14];
  signal input places[2][6];
  signal input mu;
  signal input weight[R2_COUNT()];
  signal input evals[E2_COUNT()];
  signal output out;

  // 1. The kernels over rows: eq with r_s, the same on later steps, eq with rho_k, earlier steps than r_k. Over places: eq
  //    with r, dormant factors.
  var pointRows[14];
  var pointX[6];
  var pointY[6];
  for (var t = 0; t < 14; t++) pointRows[t] = point[t];
  for (var t = 0; t < 6; t++) {
    pointX[t] = point[14 + t];
    pointY[t] = point[20 + t];
  }
  signal dormantRows <== DormantFactor(14)(pointRows, rows);
  signal atR <== Eq(14)(rowsR, rows);
  component step = Order(14);
  step.x <== stepsRho;
  step.y <== steps;
  signal laterAtR <== step.less * atR;
  signal earlier <== LessThanExtension(14)(steps, stepsR);
  signal eqX[7] <== EqPrefixes(6)(places[0], pointX);
  signal eqY[7] <== EqPrefixes(6)(places[1], pointY);
  signal noX[7] <== DormantSuffixes(6)(pointX);
  signal noY[7] <== DormantSuffixes(6)(pointY);

  // 2. Layer l: what it reads at r and later, its gradient and update, the bias of earlier steps.
  signal atX[6];
  signal atY[6];
  signal atPlace[6];
  signal real[6];
  signal read[6];
  signal withoutX[6];
  signal withoutY[6];
  signal without[6];
  signal product[6];
  signal biased[6];
  signal biasRate[6];
  signal terms[6][5];
  signal ofRows[6][4];
  var parts[6];
  for (var k = 0; k < 6; k++) {
    var l = k + 1;
    atX[k] <== AtSize(6)(eqX, sideMask[l]);
    atY[k] <== AtSize(6)(eqY, sideMask[l]);
    atPlace[k] <== atX[k] * atY[k];
    real[k] <== RealPlaces()(sideBits[l], sideMask[l], pointX, pointY);
    read[k] <== atPlace[k] * real[k];
    withoutX[k] <== AtSize(6)(noX, sideMask[l]);
    withoutY[k] <== AtSize(6)(noY, sideMask[l]);
    without[k] <== withoutX[k] * withoutY[k];
    product[k] <== evals[E2_zDAtI(l)] * evals[E2_zIn(l)];
    biased[k] <== evals[E2_zDAtI(l)] * mu;
    biasRate[k] <== (1 + 15 * pooled[k]) * biased[k];
    terms[k][0] <== weight[R2_In(l)] * evals[E2_zIn(l)];
    terms[k][1] <== weight[R2_P(l)] * evals[E2_zIn(l)];
    terms[k][2] <== weight[R2_G(l)] * product[k];
    terms[k][3] <== weight[R2_U(l)] * (product[k] + ACTIVATION() * biasRate[k]);
    terms[k][4] <== weight[R2_F3(l)] * evals[E2_zDAtI(l)];
    ofRows[k][0] <== atR * terms[k][0];
    ofRows[k][1] <== laterAtR * terms[k][1];
    ofRows[k][2] <== step.equal * terms[k][2];
    ofRows[k][3] <== earlier * terms[k][4];
    parts[k] = ofRows[k][2] + ofRows[k][3] + terms[k][3];
  }

  // 3. Hidden layer h: the next layer's deltas, as its kernel brings them to r, and its gradient.
  signal pixel[5][2][6];
  signal kernel[5][2];
  signal brought[5];
  signal nextProduct[5];
  signal nextTerms[5][3];
  signal nextRows[5][3];
  signal nextRead[5];
  for (var k = 0; k < 5; k++) {
    var l = k + 1;
    for (var i = 0; i < 2; i++) {
      pixel[k][i] <== ReadPoint()(pooled[k + 1], places[i], sideMask[l]);
      kernel[k][i] <== KernelValue()(flat[k + 1], tap[k + 1][i], weights[k + 1][i], moved[k + 1][i], pixel[k][i]);
    }
    brought[k] <== kernel[k][0] * kernel[k][1];
    nextProduct[k] <== evals[E2_zNextD(l)] * evals[E2_zNextIn(l)];
    nextTerms[k][0] <== weight[R2_nextD(l)] * evals[E2_zNextD(l)];
    nextTerms[k][1] <== weight[R2_nextP(l)] * evals[E2_zNextD(l)];
    nextTerms[k][2] <== weight[R2_nextG(l)] * nextProduct[k];
    nextRows[k][0] <== atR * nextTerms[k][0];
    nextRows[k][1] <== laterAtR * nextTerms[k][1];
    nextRows[k][2] <== step.equal * nextTerms[k][2];
    nextRead[k] <== brought[k] * (nextRows[k][0] + nextRows[k][1]);
    parts[k + 1] += nextRead[k] + nextRows[k][2];
  }

  // 4. All of it.
  signal reads[6];
  signal layers[6];
  var total = 0;
  for (var k = 0; k < 6; k++) {
    reads[k] <== read[k] * (ofRows[k][0] + ofRows[k][1]);
    layers[k] <== without[k] * (reads[k] + parts[k]);
    total += layers[k];
  }
  out <== dormantRows * total;
}
