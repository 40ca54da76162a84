// SPDX-License-Identifier: GPL-3.0-or-later
pragma circom 2.2.0;

include "./lookup.circom";
include "./numbers.circom";

/** 2^47: a weight is in [-2^47, 2^47), three limbs wide (protocol, section 9). */
function WEIGHT_BOUND() { return 1 << 47; }

/**
 * @title Range of a weight
 * @notice Residue of the grouped lookup of l0, l1, l2 with x + 2^47 = l0 + 2^16 l1 + 2^32 l2, l0 virtual: on the
 *   hypercube x is in [-2^47, 2^47). For an absent tensor everything is 0 (protocol, section 9; design, section 11.3).
 * @input beta: the lookup challenge
 * @input value: x at the point
 * @input limbs[2]: l1, l2 at the point
 * @input helper: the lookup helper at the point
 * @input present: assumed 0 or 1
 * @output out: the residue
 */
template WeightRange() {
  signal input beta;
  signal input value;
  signal input limbs[2];
  signal input helper;
  signal input present;
  signal output out;

  var low = value + WEIGHT_BOUND() * present - LIMB() * limbs[0] - LIMB() * LIMB() * limbs[1];
  out <== LookupGroup()(beta, [low, limbs[0], limbs[1]], helper, present);
}
