// SPDX-License-Identifier: GPL-3.0-or-later
pragma circom 2.2.0;

include "circomlib/circuits/bitify.circom";

/**
 * @title Bit check
 * @notice Constrains every entry to 0 or 1.
 * @param n number of entries
 * @input in[n]: constrained here to 1 bit each
 */
template Bits(n) {
  signal input in[n];
  for (var i = 0; i < n; i++) in[i] * (in[i] - 1) === 0;
}

/**
 * @title Size mask
 * @notice For a size n: mask_t = 1 exactly for t < ceil(log2 n), by an OR from the top, so it has no holes
 *   (design, section 11.1). Size 0 and sizes above 2^w are not representable.
 * @param w bits of n - 1
 * @input sizeMinus1: n - 1, constrained here to w bits
 * @output bits[w]: the bits of n - 1, lowest first
 * @output mask[w]: ones below ceil(log2 n), zeros above
 */
template SizeMask(w) {
  signal input sizeMinus1;
  signal output bits[w];
  signal output mask[w];

  bits <== Num2Bits(w)(sizeMinus1);
  mask[w - 1] <== bits[w - 1];
  for (var t = w - 2; t >= 0; t--) mask[t] <== 1 - (1 - mask[t + 1]) * (1 - bits[t]);
}

/**
 * @title Power-of-two mask
 * @notice For a size 2^k the bits of 2^k - 1 are the mask themselves; a hole is refused.
 * @param w bits of the size minus 1
 * @input sizeMinus1: constrained here to 2^k - 1 for a k in 0..w
 * @output mask[w]: ones below k, zeros above
 */
template PowerOfTwoMask(w) {
  signal input sizeMinus1;
  signal output mask[w];

  mask <== Num2Bits(w)(sizeMinus1);
  for (var t = 1; t < w; t++) mask[t] * (1 - mask[t - 1]) === 0;
}

/**
 * @title Mask
 * @notice A point with its dormant coordinates replaced by 0.
 * @param n number of coordinates
 * @input point[n]: any field elements
 * @input mask[n]: assumed 0 or 1
 * @output out[n]
 */
template Mask(n) {
  signal input point[n];
  signal input mask[n];
  signal output out[n];
  for (var t = 0; t < n; t++) out[t] <== point[t] * mask[t];
}

/**
 * @title Model shape
 * @notice Unpacks `shape` (protocol, section 1; design, section 11.1) and enforces that it is well formed: layers
 *   right-aligned without holes, absent layers of the input's width, every field in its range, hence one unpacking only.
 *   That the offsets are the canonical ones is assumed: the contract computes them.
 * @input shape: public, constrained here to equal the fields packed
 * @input widths1[5]: n'_l - 1, constrained here to 12 bits
 * @input present[3]: p_1..p_3, constrained here to bits without a hole
 * @input offsets[8][23]: W_1, b_1, .., W_4, b_4, constrained here to bits
 * @input head[2]: number of the head, lowest bit first, constrained here to bits of 0, 1 or 2
 * @output p[5]: presence of layers 0..4, p_0 = 0 and p_4 = 1
 * @output bits[5][12]: bits of n'_l - 1
 * @output mask[5][12]: width masks
 * @output logs[5]: a_l = ceil(log2 n'_l)
 * @output places[8][26]: the offsets as addresses of an oracle, high bits 0
 * @output squaredError, softmax, sigmoid: 1 for the head, 0 for others (s0, s1, s2)
 */
template ModelShape() {
  signal input shape;
  signal input widths1[5];
  signal input present[3];
  signal input offsets[8][23];
  signal input head[2];
  signal output p[5];
  signal output bits[5][12];
  signal output mask[5][12];
  signal output logs[5];
  signal output places[8][26];
  signal output squaredError;
  signal output softmax;
  signal output sigmoid;

  // 1. Widths: 1..4096 each.
  for (var l = 0; l < 5; l++) {
    (bits[l], mask[l]) <== SizeMask(12)(widths1[l]);
    var ones = 0;
    for (var t = 0; t < 12; t++) ones += mask[l][t];
    logs[l] <== ones;
  }

  // 2. Layers: the last is present, a present layer is followed by a present one, absent widths repeat the input's.
  p[0] <== 0;
  p[4] <== 1;
  Bits(3)(present);
  for (var l = 1; l < 4; l++) p[l] <== present[l - 1];
  for (var l = 1; l < 4; l++) {
    if (l < 3) p[l] * (1 - p[l + 1]) === 0;
    (1 - p[l]) * (widths1[l] - widths1[l - 1]) === 0;
  }

  // 3. The head: there is no fourth.
  Bits(2)(head);
  head[0] * head[1] === 0;
  squaredError <== 1 - head[0] - head[1];
  softmax <== head[0];
  sigmoid <== head[1];

  // 4. The packed word.
  var word = head[0] * (1 << 247) + head[1] * (1 << 248);
  for (var l = 0; l < 5; l++) word += widths1[l] * (1 << (12 * l));
  for (var l = 1; l < 4; l++) word += p[l] * (1 << (59 + l));
  for (var i = 0; i < 8; i++) {
    Bits(23)(offsets[i]);
    for (var t = 0; t < 23; t++) word += offsets[i][t] * (1 << (63 + 23 * i + t));
    for (var t = 0; t < 26; t++) places[i][t] <== t < 23 ? offsets[i][t] : 0;
  }
  word === shape;
}

/**
 * @title Shard descriptor
 * @notice Unpacks `shard` (protocol, section 1).
 * @input shard: public, constrained here to equal the fields packed
 * @input inputs1, outputs1, rows1: sizes minus 1, constrained here to 12 bits
 * @input classes, labels: 1 = one-hot labels, 1 = any number of labels a row, neither: regression; constrained here to bits
 *   of which at most one is 1
 * @input offsets[2][26]: X and Y, constrained here to bits; that they are canonical is assumed (the contract)
 * @output inBits, inMask, outBits, outMask, rowBits, rowMask [12]: bits and masks of the three sizes
 * @output inLog, outLog, rowLog: ceil(log2) of the three sizes
 */
template ShardDescriptor() {
  signal input shard;
  signal input inputs1;
  signal input outputs1;
  signal input rows1;
  signal input classes;
  signal input labels;
  signal input offsets[2][26];
  signal output inBits[12];
  signal output inMask[12];
  signal output outBits[12];
  signal output outMask[12];
  signal output rowBits[12];
  signal output rowMask[12];
  signal output inLog;
  signal output outLog;
  signal output rowLog;

  (inBits, inMask) <== SizeMask(12)(inputs1);
  (outBits, outMask) <== SizeMask(12)(outputs1);
  (rowBits, rowMask) <== SizeMask(12)(rows1);
  Bits(2)([classes, labels]);
  classes * labels === 0;
  Bits(26)(offsets[0]);
  Bits(26)(offsets[1]);
  var ones[3] = [0, 0, 0];
  for (var t = 0; t < 12; t++) {
    ones[0] += inMask[t];
    ones[1] += outMask[t];
    ones[2] += rowMask[t];
  }
  inLog <== ones[0];
  outLog <== ones[1];
  rowLog <== ones[2];

  var word = inputs1 + outputs1 * (1 << 12) + rows1 * (1 << 24) + classes * (1 << 36);
  for (var t = 0; t < 26; t++) word += offsets[0][t] * (1 << (37 + t)) + offsets[1][t] * (1 << (63 + t));
  word += labels * (1 << 89);
  word === shard;
}
