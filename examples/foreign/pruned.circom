// SPDX-License-Identifier: GPL-3.0-or-later
pragma circom 2.2.0;

include "circomlib/circuits/poseidon.circom";

/**
 * @title Pruned
 * @notice Every entry of the child is the parent's or zero, and at most `kept` of them are the parent's. Whether these are the
 *   models of two ids is decided outside: `digest` fixes the entries, then challenge and fold are drawn, and `value` is what
 *   (parent + fold * child + fold^2 * mask) must open to at the challenge.
 * @input challenge, fold: public; assumed drawn from a hash of digest, both commitments and the mask's
 * @input parent[entries]: the parent's entries in the order of its commitment
 * @input keep[entries]: constrained here to 0 and 1: whether the child has the parent's entry
 * @input parentSalt, childSalt: the coefficients of X^(2^18) in both commitments
 * @input mask[2]: the coefficients of the mask, which hides the value
 * @output digest: Poseidon of all private inputs
 * @output kept: sum of keep
 * @output value: of the folded polynomial at the challenge
 */
template Pruned(entries) {
  signal input challenge;
  signal input fold;
  signal input parent[entries];
  signal input keep[entries];
  signal input parentSalt;
  signal input childSalt;
  signal input mask[2];
  signal output digest;
  signal output kept;
  signal output value;

  var BITS = 250;
  var words = (entries + BITS - 1) \ BITS;

  // 1. The child's entries, and how many are the parent's.
  signal child[entries];
  var sum = 0;
  var packed[words];
  for (var i = 0; i < entries; i++) {
    keep[i] * (keep[i] - 1) === 0;
    child[i] <== keep[i] * parent[i];
    sum += keep[i];
    packed[i \ BITS] += keep[i] * (1 << (i % BITS));
  }
  kept <== sum;

  // 2. The digest, four elements at a time; zeros fill the last call.
  var count = entries + words + 4;
  var calls = (count + 3) \ 4;
  var elements[4 * calls];
  for (var i = 0; i < entries; i++) elements[i] = parent[i];
  for (var i = 0; i < words; i++) elements[entries + i] = packed[i];
  elements[entries + words] = parentSalt;
  elements[entries + words + 1] = childSalt;
  elements[entries + words + 2] = mask[0];
  elements[entries + words + 3] = mask[1];
  signal states[calls + 1];
  states[0] <== 0;
  for (var c = 0; c < calls; c++) {
    states[c + 1] <== Poseidon(5)([
      states[c], elements[4 * c], elements[4 * c + 1], elements[4 * c + 2], elements[4 * c + 3]
    ]);
  }
  digest <== states[calls];

  // 3. Entries: the sum of (parent + fold * child)[i] * challenge^i, highest first.
  signal folded[entries];
  signal partial[entries + 1];
  partial[entries] <== 0;
  for (var i = entries - 1; i >= 0; i--) {
    folded[i] <== fold * child[i] + parent[i];
    partial[i] <== partial[i + 1] * challenge + folded[i];
  }

  // 4. Salts at 2^18 and the mask.
  signal powers[19];
  powers[0] <== challenge;
  for (var i = 0; i < 18; i++) powers[i + 1] <== powers[i] * powers[i];
  signal salt <== fold * childSalt + parentSalt;
  signal salted <== salt * powers[18];
  signal foldSquared <== fold * fold;
  signal masked <== mask[1] * challenge + mask[0];
  signal weighed <== foldSquared * masked;
  value <== partial[0] + salted + weighed;
}
