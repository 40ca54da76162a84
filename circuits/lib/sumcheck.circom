// SPDX-License-Identifier: GPL-3.0-or-later
pragma circom 2.2.0;

include "poseidon.circom";

/**
 * @title Sumcheck
 * @notice The verifier of a sumcheck (design, section 4). A round sends c0, c2, .., c_degree of its polynomial;
 *   c1 = claim - 2 c0 - c2 - .. follows from the claim, so the round's own check costs nothing. Round k binds
 *   variable n - 1 - k. The caller must still compare `value` with the summed function at `point`.
 * @param n number of variables, which is the number of rounds
 * @param degree degree of a round's polynomial, at least 2
 * @input state: transcript state before the first round
 * @input claim: the claimed sum
 * @input messages[n][degree]: any field elements, the coefficients of the rounds
 * @output point[n]: the challenges, by variable
 * @output value: what the summed function must be at the point
 * @output next: transcript state after the last round
 */
template Sumcheck(n, degree) {
  assert(degree >= 2);
  assert(degree <= 15);
  signal input state;
  signal input claim;
  signal input messages[n][degree];
  signal output point[n];
  signal output value;
  signal output next;

  signal states[n + 1];
  signal claims[n + 1];
  signal horner[n][degree];
  component hashes[n];

  states[0] <== state;
  claims[0] <== claim;
  for (var k = 0; k < n; k++) {
    // 1. The round's challenge.
    hashes[k] = Poseidon(1 + degree);
    hashes[k].inputs[0] <== states[k];
    for (var i = 0; i < degree; i++) hashes[k].inputs[1 + i] <== messages[k][i];
    states[k + 1] <== hashes[k].out;
    point[n - 1 - k] <== hashes[k].out;

    // 2. The round's polynomial there, from the highest coefficient down.
    var linear = claims[k] - 2 * messages[k][0];
    for (var i = 1; i < degree; i++) linear -= messages[k][i];
    horner[k][degree - 1] <== messages[k][degree - 1];
    for (var i = degree - 2; i >= 1; i--) horner[k][i] <== hashes[k].out * horner[k][i + 1] + messages[k][i];
    horner[k][0] <== hashes[k].out * horner[k][1] + linear;
    claims[k + 1] <== hashes[k].out * horner[k][0] + messages[k][0];
  }
  value <== claims[n];
  next <== states[n];
}
