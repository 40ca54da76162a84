// SPDX-License-Identifier: GPL-3.0-or-later
pragma circom 2.2.0;

include "./multilinear.circom";
include "./sizes.circom";

// a(d, u; y), the extension of [st y + d - p = u][d < K], by an automaton that adds from the lowest bit on (protocol,
// section 12). Its states are what is still to be added, -3..4 at first.

/**
 * @title Taps of a kernel
 * @notice [d < K] for d = 0..7.
 * @input kernelBits[3]: the low bits of K - 1, assumed bits
 * @output out[8]: ones below K
 */
template KernelTaps() {
  signal input kernelBits[3];
  signal output out[8];

  signal both <== kernelBits[0] * kernelBits[1];
  var either = kernelBits[0] + kernelBits[1] - both;
  signal eitherHigh <== either * kernelBits[2];
  signal oneHigh <== kernelBits[1] * kernelBits[2];
  signal bothHigh <== both * kernelBits[2];
  out[0] <== 1;
  out[1] <== either + kernelBits[2] - eitherHigh;
  out[2] <== kernelBits[1] + kernelBits[2] - oneHigh;
  out[3] <== both + kernelBits[2] - bothHigh;
  out[4] <== kernelBits[2];
  out[5] <== eitherHigh;
  out[6] <== oneHigh;
  out[7] <== bothHigh;
}

/**
 * @title Weights of the shifts
 * @notice g_e = eq(d, e + p) [0 <= e + p < K], e = -3..4 at index e + 3.
 * @input d[3]: the point of the tap, masked by the kernel's bits
 * @input taps[8]: from KernelTaps
 * @input padding[2]: p, assumed bits
 * @output out[8]: g_e
 */
template ShiftWeights() {
  signal input d[3];
  signal input taps[8];
  signal input padding[2];
  signal output out[8];

  // 1. eq of d with every tap, on taps of the kernel.
  signal both <== d[0] * d[1];
  var low[4] = [1 - d[0] - d[1] + both, d[0] - both, d[1] - both, both];
  signal high[4];
  for (var t = 0; t < 4; t++) high[t] <== low[t] * d[2];
  signal tap[8];
  for (var t = 0; t < 8; t++) tap[t] <== (t < 4 ? low[t] - high[t] : high[t - 4]) * taps[t];

  // 2. Moved down by p: by its low bit to -1..7, by its high bit to -3..7, of which -3..4 count.
  signal moved[9];
  var once[9];
  for (var e = -1; e < 8; e++) {
    var here = e >= 0 ? tap[e] : 0;
    var above = e < 7 ? tap[e + 1] : 0;
    moved[e + 1] <== padding[0] * (above - here);
    once[e + 1] = here + moved[e + 1];
  }
  for (var e = -3; e <= 4; e++) {
    var here = e >= -1 ? once[e + 1] : 0;
    out[e + 3] <== here + padding[1] * (once[e + 3] - here);
  }
}

/**
 * @title Stride
 * @notice The coordinates of st y: y itself, or moved up by one.
 * @input stride1: st - 1, assumed a bit
 * @input y[6]: masked by the bits of the side
 * @output out[7]
 */
template Stride() {
  signal input stride1;
  signal input y[6];
  signal output out[7];
  for (var t = 0; t < 7; t++) {
    var here = t < 6 ? y[t] : 0;
    out[t] <== here + stride1 * ((t > 0 ? y[t - 1] : 0) - here);
  }
}

/**
 * @title Kernel value
 * @notice a(d, u; y) of a layer: by the automaton, or eq(d, u) of a flat layer.
 * @input flat: assumed a bit
 * @input d[6]: the point of the tap, masked by the kernel's bits
 * @input weights[8]: from ShiftWeights
 * @input y[7]: from Stride
 * @input u[6]: the point of the pixel that is read, masked by the bits of the side that is read
 * @output out: the value
 */
template KernelValue() {
  signal input flat;
  signal input d[6];
  signal input weights[8];
  signal input y[7];
  signal input u[6];
  signal output out;

  // states after t bits: from least[t] to -least[t] (4 at first), state e at index e + 3
  var least[7] = [3, 2, 1, 1, 1, 1, 1];
  signal both[6];
  signal up[6][5];
  signal down[6][5];
  var state[8];
  for (var e = 0; e < 8; e++) state[e] = weights[e];
  for (var t = 0; t < 6; t++) {
    both[t] <== y[t] * u[t];
    var next[8];
    for (var e = 0; e < 8; e++) next[e] = 0;
    for (var m = -2; m <= 2; m++) {
      var reached = m >= -least[t + 1] && m <= least[t + 1];
      var same = reached && 2 * m + 3 >= 0 && 2 * m + 3 < 8 ? state[2 * m + 3] : 0;
      var more = reached && 2 * m + 4 >= 0 && 2 * m + 4 < 8 ? state[2 * m + 4] : 0;
      var less = reached && 2 * m + 2 >= 0 && 2 * m + 2 < 8 ? state[2 * m + 2] : 0;
      up[t][m + 2] <== (u[t] - both[t]) * (more - same);
      down[t][m + 2] <== (y[t] - both[t]) * (less - same);
      next[m + 3] = same + up[t][m + 2] + down[t][m + 2];
    }
    for (var e = 0; e < 8; e++) state[e] = next[e];
  }
  signal last <== y[6] * (state[2] - state[3]);
  signal dense <== Eq(6)(d, u);
  out <== state[3] + last + flat * (dense - state[3] - last);
}

/**
 * @title Read point
 * @notice The point of a pixel that a layer reads, from that of a pixel of the layer before: without its lowest coordinate
 *   where 2x2 pixels are pooled. Coordinates beyond the side count as 0.
 * @input pooled: assumed a bit
 * @input point[6]: any field elements
 * @input mask[6]: of the side before
 * @output out[6]
 */
template ReadPoint() {
  signal input pooled;
  signal input point[6];
  signal input mask[6];
  signal output out[6];

  signal masked[6];
  for (var t = 0; t < 6; t++) masked[t] <== point[t] * mask[t];
  for (var t = 0; t < 6; t++) out[t] <== masked[t] + pooled * ((t < 5 ? masked[t + 1] : 0) - masked[t]);
}

/**
 * @title Prepared kernel
 * @notice What the kernel's values at points d and y have in common for every u.
 * @input stride1, padding[2]: fields of the shape, assumed bits
 * @input kernelMask[6], sideMask[6]: of the kernel and of the layer's side
 * @input taps[8]: from KernelTaps
 * @input d[6], y[6]: any field elements
 * @output tap[6]: d, masked
 * @output weights[8]: from ShiftWeights
 * @output moved[7]: from Stride
 */
template PreparedKernel() {
  signal input stride1;
  signal input padding[2];
  signal input kernelMask[6];
  signal input sideMask[6];
  signal input taps[8];
  signal input d[6];
  signal input y[6];
  signal output tap[6];
  signal output weights[8];
  signal output moved[7];

  tap <== Mask(6)(d, kernelMask);
  signal place[6] <== Mask(6)(y, sideMask);
  moved <== Stride()(stride1, place);
  var lowTap[3];
  for (var t = 0; t < 3; t++) lowTap[t] = tap[t];
  weights <== ShiftWeights()(lowTap, taps, padding);
}

/**
 * @title Kernel between points
 * @notice a(d, u; y) of a layer at points that are not masked yet; u is a pixel of the layer before, which pooling halves.
 * @input flat, pooled, stride1, padding[2]: fields of the shape, assumed bits
 * @input taps[8]: from KernelTaps
 * @input kernelMask[6], sideMask[6], beforeMask[6]: of the kernel, of the layer's side, and of that of the layer before
 * @input d[6], y[6], u[6]: any field elements
 * @output out: the value
 */
template ReadKernel() {
  signal input flat;
  signal input pooled;
  signal input stride1;
  signal input padding[2];
  signal input taps[8];
  signal input kernelMask[6];
  signal input sideMask[6];
  signal input beforeMask[6];
  signal input d[6];
  signal input y[6];
  signal input u[6];
  signal output out;

  signal tap[6];
  signal weights[8];
  signal moved[7];
  (tap, weights, moved) <== PreparedKernel()(stride1, padding, kernelMask, sideMask, taps, d, y);
  signal read[6] <== ReadPoint()(pooled, u, beforeMask);
  out <== KernelValue()(flat, tap, weights, moved, read);
}
