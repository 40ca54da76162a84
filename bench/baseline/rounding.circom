// SPDX-License-Identifier: GPL-3.0-or-later
pragma circom 2.2.0;

include "circomlib/circuits/bitify.circom";

/**
 * @title RoundSigned
 * @notice out = floor((in + 2^27) / 2^28), the rounding of design section 1, by bits: 42 constraints.
 * @input in: any field element, constrained here so that out fits 14 bits
 * @output out: in [-2^13, 2^13)
 */
template RoundSigned() {
  signal input in;
  signal output out;

  component bits = Num2Bits(42);
  bits.in <== in + (1 << 27) + (1 << 41);
  var high = 0;
  for (var k = 0; k < 14; k++) high += bits.out[28 + k] * (1 << k);
  out <== high - (1 << 13);
}

/**
 * @title RoundRelu
 * @notice Q = floor((in + 2^27) / 2^28) and A = max(Q, 0) of design section 1: 44 constraints. The bits are those of
 *   Q - 1 + 2^14, whose top bit says Q > 0: strictly, as the design's D_l wants it.
 * @input in: any field element, constrained here to Q in [-2^14 + 1, 2^14]
 * @output out: A
 * @output active: 1 if Q > 0, else 0
 */
template RoundRelu() {
  signal input in;
  signal output out;
  signal output active;

  component bits = Num2Bits(43);
  bits.in <== in + (1 << 27) - (1 << 28) + (1 << 42);
  var high = 0;
  for (var k = 0; k < 15; k++) high += bits.out[28 + k] * (1 << k);
  active <== bits.out[42];
  out <== active * (high + 1 - (1 << 14));
}
