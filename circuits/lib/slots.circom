// SPDX-License-Identifier: GPL-3.0-or-later
pragma circom 2.2.0;

include "./sizes.circom";

/**
 * @title Packed offsets
 * @notice The layout that the prover chose for an oracle, as words for the transcript: 9 offsets of 26 bits to a word,
 *   first lowest (protocol, section 3). Every bit is constrained, so a word has one unpacking.
 * @param n number of slots
 * @input offsets[n][26]: constrained here to bits, lowest first
 * @output words[ceil(n / 9)]: each below 2^234
 */
template PackedOffsets(n) {
  signal input offsets[n][26];
  signal output words[(n + 8) \ 9];

  for (var k = 0; k < (n + 8) \ 9; k++) {
    var word = 0;
    for (var i = 9 * k; i < n && i < 9 * k + 9; i++) {
      Bits(26)(offsets[i]);
      for (var t = 0; t < 26; t++) word += offsets[i][t] * (1 << (26 * (i - 9 * k) + t));
    }
    words[k] <== word;
  }
}

/**
 * @title High coordinates
 * @notice out[t] = point[t] for t >= k, else 0: the address coordinates outside a slot of size 2^k. A slot larger than
 *   the address has no one-hot and is refused (design, section 11.4).
 * @param m number of address bits
 * @input point[m]: any field elements
 * @input k: constrained here to 0..m
 * @output out[m]
 */
template HighCoordinates(m) {
  signal input point[m];
  signal input k;
  signal output out[m];

  signal hot[m + 1];
  var sum = 0;
  var weighted = 0;
  for (var i = 0; i <= m; i++) {
    hot[i] <-- k == i ? 1 : 0;
    hot[i] * (hot[i] - 1) === 0;
    sum += hot[i];
    weighted += i * hot[i];
  }
  sum === 1;
  weighted === k;

  var reached = 0;
  for (var t = 0; t < m; t++) {
    reached += hot[t];
    out[t] <== point[t] * reached;
  }
}

/**
 * @title High coordinates above a mask
 * @notice As HighCoordinates where k is the number of ones of a prefix mask: what the mask leaves of the point.
 * @param m number of address bits
 * @param w length of the mask, at most m
 * @input point[m]: any field elements
 * @input masked[w]: the point's low coordinates under the mask, from Mask
 * @output out[m]
 */
template HighAboveMask(m, w) {
  signal input point[m];
  signal input masked[w];
  signal output out[m];
  for (var t = 0; t < m; t++) out[t] <== t < w ? point[t] - masked[t] : point[t];
}

/**
 * @title High coordinates of the table
 * @notice As HighCoordinates for the slots of mult and g, whose size is always 2^16.
 * @input point[26]: any field elements
 * @output out[26]
 */
template HighAboveTable() {
  signal input point[26];
  signal output out[26];
  for (var t = 0; t < 26; t++) out[t] <== t < 16 ? 0 : point[t];
}

/**
 * @title Slot factor
 * @notice weight * prod over t of (1 - y_t + o_t (2 y_t - 1)), y the high coordinates: picks the slot's block
 *   out of the address. A set offset bit below the slot's size meets y_t = 0 and makes the factor 0, so a misaligned
 *   slot is the zero tensor; an absent one (weight 0) makes an empty claim.
 * @param m number of address bits
 * @input offset[m]: assumed bits
 * @input high[m]: from HighCoordinates
 * @input weight: what the factor multiplies: a claim's weight, the presence of the slot, or 1
 * @output out: the factor, weighted
 */
template SlotFactor(m) {
  signal input offset[m];
  signal input high[m];
  signal input weight;
  signal output out;

  signal picked[m];
  signal products[m + 1];
  products[0] <== weight;
  for (var t = 0; t < m; t++) {
    picked[t] <== offset[t] * (2 * high[t] - 1);
    products[t + 1] <== products[t] * (1 - high[t] + picked[t]);
  }
  out <== products[m];
}

/**
 * @title Slot weights
 * @notice The reduction's weight at its point y of claims on n slots of one size at one point.
 * @param n number of slots
 * @input offset[n][26]: assumed bits
 * @input high[26]: coordinates of y outside a slot of this size
 * @input weight[n]: powers of rho
 * @input eq: eq of y's low coordinates with the claimed point, times the presence of the slots
 * @output out: their sum
 */
template SlotWeights(n) {
  signal input offset[n][26];
  signal input high[26];
  signal input weight[n];
  signal input eq;
  signal output out;

  signal slot[n];
  var sum = 0;
  for (var i = 0; i < n; i++) {
    slot[i] <== SlotFactor(26)(offset[i], high, weight[i]);
    sum += slot[i];
  }
  out <== eq * sum;
}
