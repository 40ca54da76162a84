// SPDX-License-Identifier: GPL-3.0-or-later
pragma circom 2.2.0;

/**
 * @title Lookup of three limbs
 * @notice Residue of h (b - l1)(b - l2)(b - l3) = p (sum of the pairwise products), b the lookup challenge: on the
 *   hypercube it makes h the sum of the three inverses, or 0 for an absent tensor (design, sections 5 and 11.3).
 * @input beta: the lookup challenge
 * @input limbs[3]: evaluations of the limb tensors
 * @input helper: evaluation of the helper tensor
 * @input present: assumed 0 or 1
 * @output out: left side minus right side
 */
template LookupGroup() {
  signal input beta;
  signal input limbs[3];
  signal input helper;
  signal input present;
  signal output out;

  signal first <== (beta - limbs[0]) * (beta - limbs[1]);
  signal all <== first * (beta - limbs[2]);
  signal mixed <== (2 * beta - limbs[0] - limbs[1]) * (beta - limbs[2]);
  signal right <== present * (first + mixed);
  out <== helper * all - right;
}

/**
 * @title Lookup table
 * @notice Residue of g (beta - k) = mult for the table 0..2^16-1, whose extension is sum_t 2^t x_t.
 * @input beta: the lookup challenge
 * @input point[16]: point of the table's variables
 * @input helper: g at the point
 * @input multiplicity: mult at the point
 * @output out: left side minus right side
 */
template LookupTable() {
  signal input beta;
  signal input point[16];
  signal input helper;
  signal input multiplicity;
  signal output out;

  var entry = 0;
  for (var t = 0; t < 16; t++) entry += (1 << t) * point[t];
  out <== helper * (beta - entry) - multiplicity;
}
