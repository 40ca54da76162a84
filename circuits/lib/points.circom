// SPDX-License-Identifier: GPL-3.0-or-later
pragma circom 2.2.0;

include "./select.circom";

/**
 * @title Points
 * @notice One group of a batch's variables (rows or features) at the sizes of some tensors: eq of the batch's point with
 *   the zero-checks' one, and the factor of the dormant variables (design, section 11.2).
 * @param n number of variables in the group
 * @param sizes number of sizes
 * @input point[n]: the batch's point there, any field elements
 * @input tau[n]: the zero-checks' point there
 * @input mask[sizes][n]: assumed prefix masks
 * @output eq[sizes]: eq over the variables of each size
 * @output dormant[sizes]: product of 1 - point over the others
 * @output unused: product of 1 - point over all, for tensors that have none of these variables
 */
template Points(n, sizes) {
  signal input point[n];
  signal input tau[n];
  signal input mask[sizes][n];
  signal output eq[sizes];
  signal output dormant[sizes];
  signal output unused;

  signal eqs[n + 1] <== EqPrefixes(n)(point, tau);
  signal suffixes[n + 1] <== DormantSuffixes(n)(point);
  for (var k = 0; k < sizes; k++) {
    eq[k] <== AtSize(n)(eqs, mask[k]);
    dormant[k] <== AtSize(n)(suffixes, mask[k]);
  }
  unused <== suffixes[0];
}
