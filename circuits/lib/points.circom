// SPDX-License-Identifier: GPL-3.0-or-later
pragma circom 2.2.0;

include "./multilinear.circom";
include "./sizes.circom";

/**
 * @title Points
 * @notice One group of a batch's variables (rows or features) under the mask of one size: the batch's point masked, eq
 *   with the zero-checks' point, and the factor of the dormant variables (design, section 11.2).
 * @param n number of variables in the group
 * @input point[n]: the batch's point there, any field elements
 * @input differences[n]: Differences of this point and the zero-checks' one, shared by all masks
 * @input mask[n]: assumed 0 or 1
 * @output masked[n]: the point with its dormant coordinates 0
 * @output eq: eq of the masked points
 * @output dormant: product of 1 - point over the dormant variables
 */
template Points(n) {
  signal input point[n];
  signal input differences[n];
  signal input mask[n];
  signal output masked[n];
  signal output eq;
  signal output dormant;

  masked <== Mask(n)(point, mask);
  eq <== MaskedEq(n)(differences, mask);
  dormant <== DormantFactor(n)(point, masked);
}
