// SPDX-License-Identifier: GPL-3.0-or-later
pragma circom 2.2.0;

include "./slots.circom";
include "./transcript.circom";
include "../generated/shared.circom";

/**
 * @title Layout
 * @notice One absorption of an oracle: its digest, then the words of its layout (protocol, section 3).
 * @param slots number of slots of the oracle
 * @input state: the transcript's state
 * @input digest: of the oracle's commitment; assumed right, the contract computes it
 * @input offset[slots][26]: constrained here to bits
 * @output out: the state and challenge afterwards
 */
template Layout(slots) {
  signal input state;
  signal input digest;
  signal input offset[slots][26];
  signal output out;

  var words = (slots + 8) \ 9;
  component packed = PackedOffsets(slots);
  packed.offsets <== offset;
  component absorb = Absorb(1 + words);
  absorb.state <== state;
  absorb.elements[0] <== digest;
  for (var k = 0; k < words; k++) absorb.elements[1 + k] <== packed.words[k];
  out <== absorb.out;
}

/**
 * @title Commitments
 * @notice The first two challenges of every program: beta after the trace, x after the helper, each after the layout of
 *   its oracle, so that no offset can be chosen afterwards (protocol, section 3).
 * @param trace, helper: numbers of slots of both oracles
 * @param squares number of squares of x
 * @input h[6]: digests; assumed right, the contract computes them
 * @input traceOffset[trace][26], helperOffset[helper][26]: constrained here to bits
 * @output beta: the lookup challenge
 * @output x: the state after the helper
 * @output out[squares]: x^(2^i), all random points of batch 1
 */
template Commitments(trace, helper, squares) {
  signal input h[DIGEST_COUNT()];
  signal input traceOffset[trace][26];
  signal input helperOffset[helper][26];
  signal output beta;
  signal output x;
  signal output out[squares];

  beta <== Layout(trace)(h[DIGEST_statement()], h[DIGEST_trace()], traceOffset);
  x <== Layout(helper)(beta, h[DIGEST_helper()], helperOffset);
  out <== Squares(squares)(x);
}

/**
 * @title Commitments with pairs
 * @notice As Commitments for a program that looks up pairs too: alpha, which weighs a pair's value, is drawn between beta
 *   and the helper, so that neither trace nor table can depend on it (protocol, section 3).
 * @param trace, helper, squares: as for Commitments
 * @input h[6], traceOffset[trace][26], helperOffset[helper][26]: as for Commitments
 * @output beta, x, out[squares]: as of Commitments
 * @output alpha: the challenge of the pairs
 */
template CommitmentsWithPairs(trace, helper, squares) {
  signal input h[DIGEST_COUNT()];
  signal input traceOffset[trace][26];
  signal input helperOffset[helper][26];
  signal output beta;
  signal output alpha;
  signal output x;
  signal output out[squares];

  beta <== Layout(trace)(h[DIGEST_statement()], h[DIGEST_trace()], traceOffset);
  alpha <== Absorb(1)(beta, [0]);
  x <== Layout(helper)(alpha, h[DIGEST_helper()], helperOffset);
  out <== Squares(squares)(x);
}
