// SPDX-License-Identifier: GPL-3.0-or-later
pragma circom 2.2.0;

include "./slots.circom";
include "./transcript.circom";
include "../generated/shared.circom";

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

  var traceWords = (trace + 8) \ 9;
  var helperWords = (helper + 8) \ 9;
  component packedTrace = PackedOffsets(trace);
  component packedHelper = PackedOffsets(helper);
  packedTrace.offsets <== traceOffset;
  packedHelper.offsets <== helperOffset;
  component absorbTrace = Absorb(1 + traceWords);
  component absorbHelper = Absorb(1 + helperWords);
  absorbTrace.state <== h[DIGEST_statement()];
  absorbTrace.elements[0] <== h[DIGEST_trace()];
  for (var k = 0; k < traceWords; k++) absorbTrace.elements[1 + k] <== packedTrace.words[k];
  beta <== absorbTrace.out;
  absorbHelper.state <== beta;
  absorbHelper.elements[0] <== h[DIGEST_helper()];
  for (var k = 0; k < helperWords; k++) absorbHelper.elements[1 + k] <== packedHelper.words[k];
  x <== absorbHelper.out;
  out <== Squares(squares)(x);
}
