// SPDX-License-Identifier: GPL-3.0-or-later
pragma circom 2.2.0;

include "poseidon.circom";

/**
 * @title Absorb
 * @notice One absorption of the transcript (protocol, section 3): chunks of at most 15 elements, each
 *   state = Poseidon(state, chunk). The state afterwards is also the challenge.
 * @param n number of elements, at least 1
 * @input state: any field element, assumed to be the state of the same transcript
 * @input elements[n]: any field elements
 * @output out: state and challenge after the absorption
 */
template Absorb(n) {
  assert(n >= 1);
  signal input state;
  signal input elements[n];
  signal output out;

  var chunks = (n + 14) \ 15;
  signal states[chunks + 1];
  component hashes[chunks];

  states[0] <== state;
  for (var k = 0; k < chunks; k++) {
    var length = n - 15 * k;
    if (length > 15) length = 15;
    hashes[k] = Poseidon(1 + length);
    hashes[k].inputs[0] <== states[k];
    for (var i = 0; i < length; i++) hashes[k].inputs[1 + i] <== elements[15 * k + i];
    states[k + 1] <== hashes[k].out;
  }
  out <== states[chunks];
}

/**
 * @title Powers
 * @notice out[i] = base^i: the weights with which instances or claims are batched.
 * @param n number of powers, at least 2
 * @input base: any field element, assumed to be a challenge
 * @output out[n]: 1, base, base^2, ..
 */
template Powers(n) {
  assert(n >= 2);
  signal input base;
  signal output out[n];

  out[0] <== 1;
  for (var i = 1; i < n; i++) out[i] <== out[i - 1] * base;
}

/**
 * @title Squares
 * @notice out[i] = x^(2^i): all random points come from one challenge (design, section 3).
 * @param n number of squares
 * @input x: any field element, assumed to be a challenge
 * @output out[n]: x, x^2, x^4, ..
 */
template Squares(n) {
  signal input x;
  signal output out[n];

  out[0] <== x;
  for (var i = 1; i < n; i++) out[i] <== out[i - 1] * out[i - 1];
}
