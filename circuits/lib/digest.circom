// SPDX-License-Identifier: GPL-3.0-or-later
pragma circom 2.2.0;

include "circomlib/circuits/bitify.circom";

/** The top 64 of the 254 bits of the field's order r. */
function DIGEST_ORDER_TOP() { return 13947993067211882662; }

/**
 * @title Digest bits
 * @notice The 254 bits of a field element, lowest first. 254 bits represent some values twice, as d and d + r. The second is
 *   refused by its top 64 bits, which are then at least those of r; a value whose top 64 bits equal those of r is refused
 *   with it (one in 2^63).
 * @input digest: any field element
 * @output bits[254]: the one decomposition of it
 */
template DigestBits() {
  signal input digest;
  signal output bits[254];

  bits <== Num2Bits(254)(digest);
  var top = 0;
  for (var t = 0; t < 64; t++) top += bits[190 + t] * (1 << t);
  signal slack[64] <== Num2Bits(64)(DIGEST_ORDER_TOP() - 1 - top);
}
