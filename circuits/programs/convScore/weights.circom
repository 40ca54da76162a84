// SPDX-License-Identifier: GPL-3.0-or-later
pragma circom 2.2.0;

include "../../lib/blocks.circom";
include "../../lib/kernel.circom";
include "../../lib/maps.circom";
include "../../lib/multilinear.circom";
include "../../lib/numbers.circom";
include "../../lib/select.circom";
include "../../lib/sizes.circom";
include "../../lib/slots.circom";

// Numbers are those of the program that includes this file: convScore or convInfer.

/**
 * @title Convolutional score, weights of the model oracle
 * @notice The reduction's weight of the model at its point y: W_l at (rho as j; r_c), b_l at r_c with the forward claim and
 *   M_l (protocol, section 12). Layer l has index l - 1 in arrays of 6 and l in arrays of 7.
 * @input p[7], channelMask[7][12], channelLog[7], sideBits[7][6], sideMask[7][6], kernelMask[6][6], kernelLog[6]: from
 *   NetworkShape
 * @input modelOffset[12][26]: places, from NetworkShape
 * @input weight: powers of rho
 * @input y[26]: the reduction's point
 * @input tau[36], point[36]: the zero-checks' point and the batch's
 * @output out: the weight at y
 */
template ConvScoreModelWeights() {
  signal input p[7];
  signal input channelMask[7][12];
  signal input channelLog[7];
  signal input sideBits[7][6];
  signal input sideMask[7][6];
  signal input kernelMask[6][6];
  signal input kernelLog[6];
  signal input modelOffset[NETWORK_COUNT()][26];
  signal input weight[C_COUNT()];
  signal input y[26];
  signal input tau[36];
  signal input point[36];
  signal output out;

  var block[36];
  var channelsR[12];
  var tauX[6];
  var tauY[6];
  for (var t = 0; t < 6; t++) {
    block[t] = point[12 + t];
    block[6 + t] = point[18 + t];
    tauX[t] = tau[12 + t];
    tauY[t] = tau[18 + t];
  }
  for (var t = 0; t < 12; t++) {
    channelsR[t] = tau[24 + t];
    block[12 + t] = point[24 + t];
    block[24 + t] = tau[24 + t];
  }
  component address = BlockAddresses();
  address.p <== p;
  address.channelMask <== channelMask;
  address.channelLog <== channelLog;
  address.kernelMask <== kernelMask;
  address.kernelLog <== kernelLog;
  address.y <== y;
  address.point <== block;
  address.biasPoint <== channelsR;
  signal real[6];
  signal biasWeight[6];
  signal weights[6];
  signal biases[6];
  var sum = 0;
  for (var k = 0; k < 6; k++) {
    var l = k + 1;
    real[k] <== RealPlaces()(sideBits[l], sideMask[l], tauX, tauY);
    biasWeight[k] <== ACTIVATION() * weight[C_forward(l)] * real[k];
    weights[k] <== SlotWeights(1)([modelOffset[NETWORK_W(l)]], address.high[k], [weight[C_W(l)]], address.eq[k]);
    biases[k] <== SlotWeights(1)([modelOffset[NETWORK_b(l)]], address.highBias[k], [biasWeight[k]], address.eqBias[k]);
    sum += weights[k] + biases[k];
  }
  out <== sum;
}

/**
 * @title Convolutional score, what layers read
 * @notice For each layer l the weight at an address (s; x; y; c) of the layer before of In_l at (rho as j; the place o; r_s),
 *   without the rows: the kernel's values between the address and the place, times eq of the channels (protocol, section
 *   12). Layer l has index l - 1 in arrays of 6.
 * @input channelMask[7][12], sideMask[7][6], kernelBits[6][6], kernelMask[6][6], readMask[6][6]: from NetworkShape
 * @input strides1[6], paddings[6][2], flat[6], pooled[6]: fields of the shape
 * @input features[24]: the address's coordinates from the rows on
 * @input addressY[6][6], eqC[6][13]: of the layer before: the address's y, and eq of its channels with rho_c by number
 * @input point[36]: the batch's point
 * @output out[6]: the weights
 */
template ConvScoreReads() {
  signal input channelMask[7][12];
  signal input sideMask[7][6];
  signal input kernelBits[6][6];
  signal input kernelMask[6][6];
  signal input strides1[6];
  signal input paddings[6][2];
  signal input flat[6];
  signal input pooled[6];
  signal input features[24];
  signal input addressY[6][6];
  signal input eqC[6][13];
  signal input point[36];
  signal output out[6];

  var addressX[6];
  for (var t = 0; t < 6; t++) addressX[t] = features[t];
  component taps[6];
  component values[6][2];
  signal channels[6];
  signal plane[6];
  for (var k = 0; k < 6; k++) {
    taps[k] = KernelTaps();
    for (var t = 0; t < 3; t++) taps[k].kernelBits[t] <== kernelBits[k][t];
    // i = 0: x, i = 1: y
    for (var i = 0; i < 2; i++) {
      var tapPoint[6];
      var place[6];
      for (var t = 0; t < 6; t++) {
        tapPoint[t] = point[12 + 6 * i + t];
        place[t] = point[6 * i + t];
      }
      values[k][i] = ReadKernel();
      values[k][i].flat <== flat[k];
      values[k][i].pooled <== pooled[k];
      values[k][i].stride1 <== strides1[k];
      values[k][i].padding <== paddings[k];
      values[k][i].taps <== taps[k].out;
      values[k][i].kernelMask <== kernelMask[k];
      values[k][i].sideMask <== sideMask[k + 1];
      values[k][i].beforeMask <== sideMask[k];
      values[k][i].d <== tapPoint;
      values[k][i].y <== place;
      values[k][i].u <== i == 0 ? addressX : addressY[k];
    }
    channels[k] <== AtSize(12)(eqC[k], channelMask[k]);
    plane[k] <== values[k][0].out * values[k][1].out;
    out[k] <== plane[k] * channels[k];
  }
}
