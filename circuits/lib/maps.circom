// SPDX-License-Identifier: GPL-3.0-or-later
pragma circom 2.2.0;

include "./multilinear.circom";
include "./select.circom";
include "./sizes.circom";

// Tensors of a layer's pictures, (s; x; y; c) with rows s lowest (protocol, section 12).

/**
 * @title Real places
 * @notice M_l: the extension of [x < N][y < N] at a point.
 * @input sideBits[6], sideMask[6]: of N, from NetworkShape
 * @input x[6], y[6]: any field elements; coordinates beyond the side count as 0
 * @output out: the value
 */
template RealPlaces() {
  signal input sideBits[6];
  signal input sideMask[6];
  signal input x[6];
  signal input y[6];
  signal output out;

  signal columns[6] <== Mask(6)(x, sideMask);
  signal lines[6] <== Mask(6)(y, sideMask);
  signal realX <== AtMostExtension(6)(columns, sideBits);
  signal realY <== AtMostExtension(6)(lines, sideBits);
  out <== realX * realY;
}

/**
 * @title Block of sizes
 * @notice A product over x, y and channels of what holds for every number of coordinates, at the sizes of one block.
 * @input xs[7], ys[7], cs[13]: values by number of coordinates, from EqPrefixes or DormantSuffixes
 * @input sideMask[6], channelMask[12]: assumed prefix masks
 * @output plane: of x and y
 * @output out: of all
 */
template BlockAtSize() {
  signal input xs[7];
  signal input ys[7];
  signal input cs[13];
  signal input sideMask[6];
  signal input channelMask[12];
  signal output plane;
  signal output out;

  signal atX <== AtSize(6)(xs, sideMask);
  signal atY <== AtSize(6)(ys, sideMask);
  signal atC <== AtSize(12)(cs, channelMask);
  plane <== atX * atY;
  out <== plane * atC;
}

/**
 * @title Map address
 * @notice The coordinates from the rows on, seen as (x, y, c) of a layer's tensor. The lowest six are those of x.
 * @input sideMask[6]: of the layer's side
 * @input features[24]: coordinates from the rows on
 * @output y[6], c[12]: not masked
 */
template MapAddress() {
  signal input sideMask[6];
  signal input features[24];
  signal output y[6];
  signal output c[12];

  signal fromY[18] <== FromSize(24, 6, 18)(features, sideMask);
  c <== FromSize(18, 6, 12)(fromY, sideMask);
  for (var t = 0; t < 6; t++) y[t] <== fromY[t];
}
