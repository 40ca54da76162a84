// SPDX-License-Identifier: GPL-3.0-or-later
pragma circom 2.2.0;

include "../../lib/sizes.circom";

/**
 * @title Form of an inference
 * @notice Unpacks `form` (protocol, section 13): how many rows, where their inputs stand, and what of it is public.
 * @input form: bound by the fold, constrained here to equal the fields packed
 * @input rows1: rows - 1, constrained here to 12 bits
 * @input inputOffset[26]: where X stands in the input oracle, constrained here to bits; that X stands there is assumed (the
 *   contract)
 * @input showIn, showOut, ranged: 1 = the inputs are public, the outputs are public, range and padding of the inputs are
 *   proved here; constrained here to bits. Which of them may be 0 is the contract's matter.
 * @output rowBits[12], rowMask[12], rowLog: bits of rows - 1, ones below ceil(log2 rows), ceil(log2 rows)
 */
template InferenceForm() {
  signal input form;
  signal input rows1;
  signal input inputOffset[26];
  signal input showIn;
  signal input showOut;
  signal input ranged;
  signal output rowBits[12];
  signal output rowMask[12];
  signal output rowLog;

  (rowBits, rowMask) <== SizeMask(12)(rows1);
  Bits(26)(inputOffset);
  Bits(3)([showIn, showOut, ranged]);
  var ones = 0;
  for (var t = 0; t < 12; t++) ones += rowMask[t];
  rowLog <== ones;

  var word = rows1 + showIn * (1 << 38) + showOut * (1 << 39) + ranged * (1 << 40);
  for (var t = 0; t < 26; t++) word += inputOffset[t] * (1 << (12 + t));
  word === form;
}
