// SPDX-License-Identifier: GPL-3.0-or-later
pragma circom 2.2.0;

include "circomlib/circuits/bitify.circom";
include "circomlib/circuits/comparators.circom";
include "../../lib/digest.circom";
include "../../lib/poseidon.circom";
include "../../lib/sizes.circom";

/** q: the least prime above 2^64. */
function MASK_MODULUS() { return (1 << 64) + 13; }

/**
 * @title Merge method
 * @notice Unpacks `method`: kappa at bit 0 (trim and elect signs), rho at 1 (masks of a seed), nu at 2 (the mean of those that
 *   agree), T_i of tasks 1..4 from bit 3 on, 17 bits each.
 * @input word: public, constrained here to equal the fields packed
 * @input flags[3]: kappa, rho, nu; constrained here to bits, nu only with kappa
 * @input kept[4]: T_i, constrained here to 17 bits
 */
template MergeMethod() {
  signal input word;
  signal input flags[3];
  signal input kept[4];

  Bits(3)(flags);
  flags[2] * (1 - flags[0]) === 0;
  var packed = flags[0] + 2 * flags[1] + 4 * flags[2];
  signal bits[4][17];
  for (var i = 0; i < 4; i++) {
    bits[i] <== Num2Bits(17)(kept[i]);
    packed += kept[i] * (1 << (3 + 17 * i));
  }
  packed === word;
}

/**
 * @title Task coefficients
 * @notice Unpacks the words of the coefficients, one for each layer: eight fields of 18 bits, each a + 2^17, as in program
 *   merge. The base has a = 2^14 in layers that are present and 0 in others, a task 0 <= a < 2^17, and parents 5..7 have a = 0.
 * @input words[6]: public, constrained here to equal the fields packed
 * @input tasks[6][4]: a_(i,l), constrained here to 17 bits
 * @input present[6]: presence of the layers, assumed bits
 * @output named[4]: 1 for each task that has a part in any layer, which are the parents that the contract names
 */
template TaskCoefficients() {
  signal input words[6];
  signal input tasks[6][4];
  signal input present[6];
  signal output named[4];

  signal bits[6][4][17];
  var whole[4] = [0, 0, 0, 0];
  for (var l = 0; l < 6; l++) {
    var packed = (1 << 14) * present[l];
    for (var i = 0; i < 8; i++) packed += (1 << 17) * (1 << (18 * i));
    for (var i = 0; i < 4; i++) {
      bits[l][i] <== Num2Bits(17)(tasks[l][i]);
      packed += tasks[l][i] * (1 << (18 * (i + 1)));
      whole[i] += tasks[l][i];
    }
    packed === words[l];
  }
  signal unnamed[4];
  for (var i = 0; i < 4; i++) {
    unnamed[i] <== IsZero()(whole[i]);
    named[i] <== 1 - unnamed[i];
  }
}

/**
 * @title Kept counts
 * @notice Unpacks the counts, ten of 24 bits to a word: of slot 0 those of tasks 1..4, then of slot 1, .. slot 11.
 * @input words[5]: public, constrained here to equal the counts packed
 * @input counts[48]: constrained here to 24 bits
 */
template KeptCounts() {
  signal input words[5];
  signal input counts[48];

  signal bits[48][24];
  var packed[5] = [0, 0, 0, 0, 0];
  for (var n = 0; n < 48; n++) {
    bits[n] <== Num2Bits(24)(counts[n]);
    packed[n \ 10] += counts[n] * (1 << (24 * (n % 10)));
  }
  for (var k = 0; k < 5; k++) packed[k] === words[k];
}

/**
 * @title Mask numbers
 * @notice Where the sequence of the masks starts and what it is scaled with, from d = Poseidon(seed, 2): off is bits 0..25 of
 *   d, the factor 1 + bits 26..89.
 * @input seed: any field element
 * @output offset: in 0..2^26 - 1
 * @output factor: in 1..2^64
 */
template MaskNumbers() {
  signal input seed;
  signal output offset;
  signal output factor;

  signal digest <== Poseidon(2)([seed, 2]);
  signal bits[254] <== DigestBits()(digest);
  var start = 0;
  var scale = 0;
  for (var t = 0; t < 26; t++) start += bits[t] * (1 << t);
  for (var t = 0; t < 64; t++) scale += bits[26 + t] * (1 << t);
  offset <== start;
  factor <== 1 + scale;
}
