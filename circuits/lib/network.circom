// SPDX-License-Identifier: GPL-3.0-or-later
pragma circom 2.2.0;

include "./sizes.circom";
include "../generated/shared.circom";

/**
 * @title Head
 * @notice The head of a shape as one-hot bits: there is no fourth.
 * @input head[2]: number of the head, lowest bit first, constrained here to bits of 0, 1 or 2
 * @output squaredError, softmax, sigmoid: 1 for the head, 0 for others (s0, s1, s2)
 */
template HeadBits() {
  signal input head[2];
  signal output squaredError;
  signal output softmax;
  signal output sigmoid;

  Bits(2)(head);
  head[0] * head[1] === 0;
  squaredError <== 1 - head[0] - head[1];
  softmax <== head[0];
  sigmoid <== head[1];
}

/**
 * @title Network shape
 * @notice Unpacks `shape`, `layout_1` and `layout_2` of a convolutional network (protocol, section 12). Every field is
 *   constrained to its bits, so the words have one unpacking. That they are canonical, right-aligned and consistent is
 *   assumed: the contract makes the layout from the shape and refuses a shape that is not.
 * @input shape, layout[2]: bound by the fold, constrained here to equal the fields packed
 * @input channels1[7], sides1[7]: C_l - 1 and N_l - 1, l = 0 the input; constrained here to 12 and 6 bits
 * @input kernels1[6]: K_l - 1, constrained here to 6 bits; index l - 1
 * @input strides1[6], paddings[6][2], flat[6], pooled[6]: constrained here to bits; index l - 1
 * @input present[5]: p_1..p_5, constrained here to bits
 * @input head[2]: constrained here to bits of 0, 1 or 2
 * @input offsets[12][23]: W_1, b_1, .., W_6, b_6, constrained here to bits
 * @input fans[6][5]: constrained here to bits
 * @output p[7]: presence of layers 0..6, p_0 = 0 and p_6 = 1
 * @output channelBits[7][12], channelMask[7][12], channelLog[7]: bits of C_l - 1, ones below c_l, c_l
 * @output sideBits[7][6], sideMask[7][6], sideLog[7]: the same of N_l
 * @output kernelBits[6][6], kernelMask[6][6], kernelLog[6]: the same of K_l
 * @output readMask[6][6]: ones below the bits of the side that layer l reads: those of N_(l-1), one less where pooled
 * @output places[12][26]: the offsets as addresses of an oracle, high bits 0
 * @output squaredError, softmax, sigmoid: s0, s1, s2
 */
template NetworkShape() {
  signal input shape;
  signal input layout[2];
  signal input channels1[7];
  signal input sides1[7];
  signal input kernels1[6];
  signal input strides1[6];
  signal input paddings[6][2];
  signal input flat[6];
  signal input pooled[6];
  signal input present[5];
  signal input head[2];
  signal input offsets[NETWORK_COUNT()][23];
  signal input fans[6][5];
  signal output p[7];
  signal output channelBits[7][12];
  signal output channelMask[7][12];
  signal output channelLog[7];
  signal output sideBits[7][6];
  signal output sideMask[7][6];
  signal output sideLog[7];
  signal output kernelBits[6][6];
  signal output kernelMask[6][6];
  signal output kernelLog[6];
  signal output readMask[6][6];
  signal output places[NETWORK_COUNT()][26];
  signal output squaredError;
  signal output softmax;
  signal output sigmoid;

  // 1. Sizes.
  for (var l = 0; l <= 6; l++) {
    (channelBits[l], channelMask[l]) <== SizeMask(12)(channels1[l]);
    (sideBits[l], sideMask[l]) <== SizeMask(6)(sides1[l]);
    var ones = 0;
    for (var t = 0; t < 12; t++) ones += channelMask[l][t];
    channelLog[l] <== ones;
    ones = 0;
    for (var t = 0; t < 6; t++) ones += sideMask[l][t];
    sideLog[l] <== ones;
  }
  for (var k = 0; k < 6; k++) {
    (kernelBits[k], kernelMask[k]) <== SizeMask(6)(kernels1[k]);
    var ones = 0;
    for (var t = 0; t < 6; t++) ones += kernelMask[k][t];
    kernelLog[k] <== ones;
  }
  Bits(6)(strides1);
  Bits(6)(flat);
  Bits(6)(pooled);
  for (var k = 0; k < 6; k++) {
    Bits(2)(paddings[k]);
    Bits(5)(fans[k]);
    for (var t = 0; t < 6; t++)
      readMask[k][t] <== sideMask[k][t] + pooled[k] * ((t < 5 ? sideMask[k][t + 1] : 0) - sideMask[k][t]);
  }

  // 2. Presence and head.
  Bits(5)(present);
  p[0] <== 0;
  p[6] <== 1;
  for (var l = 1; l < 6; l++) p[l] <== present[l - 1];
  (squaredError, softmax, sigmoid) <== HeadBits()(head);

  // 3. The packed words.
  var word = channels1[0] + sides1[0] * (1 << 12) + head[0] * (1 << 197) + head[1] * (1 << 198) + (1 << 249);
  for (var k = 0; k < 6; k++) {
    var at = 18 + 29 * k;
    word += channels1[k + 1] * (1 << at) + sides1[k + 1] * (1 << (at + 12)) + kernels1[k] * (1 << (at + 18))
      + strides1[k] * (1 << (at + 24)) + (paddings[k][0] + 2 * paddings[k][1]) * (1 << (at + 25))
      + flat[k] * (1 << (at + 27)) + pooled[k] * (1 << (at + 28));
    if (k < 5) word += present[k] * (1 << (192 + k));
  }
  word === shape;
  var words[2] = [0, 0];
  for (var k = 0; k < 6; k++) {
    var at = 51 * (k % 3);
    for (var i = 0; i < 2; i++) {
      Bits(23)(offsets[2 * k + i]);
      for (var t = 0; t < 23; t++) words[k \ 3] += offsets[2 * k + i][t] * (1 << (at + 23 * i + t));
      for (var t = 0; t < 26; t++) places[2 * k + i][t] <== t < 23 ? offsets[2 * k + i][t] : 0;
    }
    for (var t = 0; t < 5; t++) words[k \ 3] += fans[k][t] * (1 << (at + 46 + t));
  }
  words[0] === layout[0];
  words[1] === layout[1];
}
