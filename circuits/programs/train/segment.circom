// SPDX-License-Identifier: GPL-3.0-or-later
pragma circom 2.2.0;

include "circomlib/circuits/bitify.circom";
include "../../lib/sizes.circom";
include "../../generated/shared.circom";

/**
 * @title Segment descriptor
 * @notice Unpacks `seg` (protocol, section 1): learning rate, any number of rows, batch and passes, of which batch and
 *   passes are powers of two and a batch lies within one pass: B <= 2^sigma <= passes * 2^sigma.
 * @input seg: constrained here to equal the fields packed
 * @input lr: constrained here to 17 bits; that it is in 1..2^16 is assumed (the contract)
 * @input rows1: rows - 1, constrained here to 12 bits
 * @input batchRows1, traceRows1: B - 1 and passes * 2^sigma - 1, constrained here
 * @input offsets[2][26]: X and Y, constrained here to bits; that they are canonical is assumed (the contract)
 * @input smoothing: constrained here to 8 bits; that it fits the head and the outputs is assumed (the contract)
 * @output rowBits[12], rowMask[12]: bits of rows - 1, and ones below sigma
 * @output rowsMask[14]: ones below sigma plus the bits of the pass
 * @output stepMask[14]: ones from log2 B to the end of rowsMask
 */
template SegmentDescriptor() {
  signal input seg;
  signal input lr;
  signal input rows1;
  signal input batchRows1;
  signal input traceRows1;
  signal input offsets[SHARD_COUNT()][26];
  signal input smoothing;
  signal output rowBits[12];
  signal output rowMask[12];
  signal output rowsMask[14];
  signal output stepMask[14];

  signal lrBits[17] <== Num2Bits(17)(lr);
  signal smoothingBits[8] <== Num2Bits(8)(smoothing);
  (rowBits, rowMask) <== SizeMask(12)(rows1);
  signal batchMask[12] <== PowerOfTwoMask(12)(batchRows1);
  rowsMask <== PowerOfTwoMask(14)(traceRows1);
  for (var t = 0; t < 14; t++) {
    if (t < 12) {
      batchMask[t] * (1 - rowMask[t]) === 0;
      rowMask[t] * (1 - rowsMask[t]) === 0;
    }
    stepMask[t] <== rowsMask[t] - (t < 12 ? batchMask[t] : 0);
  }
  Bits(26)(offsets[SHARD_X()]);
  Bits(26)(offsets[SHARD_Y()]);

  var word = lr + rows1 * (1 << 17) + batchRows1 * (1 << 29) + traceRows1 * (1 << 41) + smoothing * (1 << 107);
  for (var t = 0; t < 26; t++)
    word += offsets[SHARD_X()][t] * (1 << (55 + t)) + offsets[SHARD_Y()][t] * (1 << (81 + t));
  word === seg;
}
