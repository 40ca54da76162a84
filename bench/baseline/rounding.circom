// SPDX-License-Identifier: GPL-3.0-or-later
pragma circom 2.2.0;

include "circomlib/circuits/bitify.circom";

/**
 * @title RoundSigned
 * @notice out = floor((in + 2^31) / 2^32), the rounding of design section 1, by bits: 48 constraints.
 * @input in: any field element, constrained here so that out fits 16 bits
 * @output out: in [-2^15, 2^15)
 */
template RoundSigned() {
  signal input in;
  signal output out;

  component bits = Num2Bits(48);
  bits.in <== in + (1 << 31) + (1 << 47);
  var high = 0;
  for (var k = 0; k < 16; k++) high += bits.out[32 + k] * (1 << k);
  out <== high - (1 << 15);
}

/**
 * @title RoundRelu
 * @notice Q = floor((in + 2^31) / 2^32) and A = max(Q, 0) of design section 1: 50 constraints. The bits are those of
 *   Q - 1 + 2^16, whose top bit says Q > 0: strictly, as the design's D_l wants it.
 * @input in: any field element, constrained here to Q in [-2^16 + 1, 2^16]
 * @output out: A
 * @output active: 1 if Q > 0, else 0
 */
template RoundRelu() {
  signal input in;
  signal output out;
  signal output active;

  component bits = Num2Bits(49);
  bits.in <== in + (1 << 31) - (1 << 32) + (1 << 48);
  var high = 0;
  for (var k = 0; k < 17; k++) high += bits.out[32 + k] * (1 << k);
  active <== bits.out[48];
  out <== active * (high + 1 - (1 << 16));
}
