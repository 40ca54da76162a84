// SPDX-License-Identifier: GPL-3.0-or-later
pragma circom 2.2.0;

include "./multilinear.circom";
include "./sizes.circom";

/**
 * @title Chunk point
 * @notice The coordinates of the reduction's point that name a chunk, as the contract weighs chunks by them (protocol,
 *   section 4): the low `bits` of them, and the product of 1 - y over the others. With fewer bits than the longest oracle
 *   of the proof needs, its high chunks would weigh nothing, so `bits` is a signal that the contract computes itself.
 * @input point[8]: any field elements
 * @input mask[8]: constrained here to ones below `bits` and zeros from there on
 * @output low[8]: the coordinates under the mask
 * @output rest: product of 1 - point over the coordinates outside the mask
 * @output bits: the number of ones
 */
template ChunkPoint() {
  signal input point[8];
  signal input mask[8];
  signal output low[8];
  signal output rest;
  signal output bits;

  // 1, the mask, 0: a fall of 0 or 1 at each step is one fall in all, so there is no hole and nothing else than 0 and 1.
  var sum = 0;
  var before = 1;
  for (var k = 0; k <= 8; k++) {
    var here = k < 8 ? mask[k] : 0;
    (before - here) * (before - here - 1) === 0;
    sum += here;
    before = here;
  }
  bits <== sum;
  low <== Mask(8)(point, mask);
  rest <== DormantFactor(8)(point, low);
}
