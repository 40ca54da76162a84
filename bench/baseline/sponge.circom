// SPDX-License-Identifier: GPL-3.0-or-later
pragma circom 2.2.0;

include "circomlib/circuits/poseidon.circom";

/**
 * @title Sponge
 * @notice Commitment to a vector by circomlib's Poseidon of 16 inputs, the widest it has: a capacity of one element, 16
 *   elements a permutation (the cheapest way to commit to many elements with circomlib). The last block is filled with
 *   zeros; the length is fixed by the circuit.
 * @param n number of elements, at least 1
 * @input in[n]: any field elements
 * @output out: the commitment
 */
template Sponge(n) {
  signal input in[n];
  signal output out;

  var blocks = (n + 15) \ 16;
  signal states[blocks + 1];
  component permutations[blocks];

  states[0] <== 0;
  for (var k = 0; k < blocks; k++) {
    permutations[k] = PoseidonEx(16, 1);
    permutations[k].initialState <== states[k];
    for (var i = 0; i < 16; i++) {
      if (16 * k + i < n) {
        permutations[k].inputs[i] <== in[16 * k + i];
      } else {
        permutations[k].inputs[i] <== 0;
      }
    }
    states[k + 1] <== permutations[k].out[0];
  }
  out <== states[blocks];
}
