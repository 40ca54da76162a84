// SPDX-License-Identifier: GPL-3.0-or-later
pragma circom 2.2.0;

include "circomlib/circuits/bitify.circom";
include "../../lib/limbs.circom";

/** 2^17: coefficients are in [-2^17, 2^17), packed with this added. */
function COEFFICIENT_BOUND() { return 1 << 17; }

/**
 * @title Merge coefficients
 * @notice Unpacks one layer's coefficients: word = sum_i (a_i + 2^17) 2^(18 i). Every field is bit-decomposed, so a word
 *   has one unpacking (protocol, section 10).
 * @input word: public, constrained here to equal the fields packed
 * @input factors[8]: a_i + 2^17, constrained here to 18 bits
 * @output out[8]: a_i, signed
 */
template MergeCoefficients() {
  signal input word;
  signal input factors[8];
  signal output out[8];

  signal bits[8][18];
  var packed = 0;
  for (var i = 0; i < 8; i++) {
    bits[i] <== Num2Bits(18)(factors[i]);
    packed += factors[i] * (1 << (18 * i));
    out[i] <== factors[i] - COEFFICIENT_BOUND();
  }
  packed === word;
}

/**
 * @title Merge tensor
 * @notice One tensor's part of batch 1 at its point, for W or b of a layer: the child x is in range, the remainder
 *   rem = M + 2^13 - 2^14 x of the rounding is in [0, 2^14), because 4 rem is a limb and rem an integer there (together:
 *   2^14 x + rem = M + 2^13 over the integers, design, section 7.4), and the tensor's share of the LogUp sum. An absent layer's evaluations are forced to 0.
 * @input present: assumed 0 or 1
 * @input beta: the lookup challenge
 * @input limbs[2], helperRange, helperRest, x, M: l1, l2 of x, the helpers of both lookups, x, M = sum_i a_i x_i at the point
 * @input eq: eq of the zero-check point
 * @input dormant: factor of the dormant variables
 * @input weightRange, weightRest, weightSum: of the range of x, the remainder, the LogUp sum
 * @output out: the tensor's value
 */
template MergeTensor() {
  signal input present;
  signal input beta;
  signal input limbs[2];
  signal input helperRange;
  signal input helperRest;
  signal input x;
  signal input M;
  signal input eq;
  signal input dormant;
  signal input weightRange;
  signal input weightRest;
  signal input weightSum;
  signal output out;

  signal range <== WeightRange()(beta, x, limbs, helperRange, present);
  var remainder = M + (1 << 13) * present - (1 << 14) * x;
  signal rounding <== helperRest * (beta - 4 * remainder) - present;
  signal rangeWeighted <== weightRange * range;
  signal roundingWeighted <== weightRest * rounding;
  signal inside <== eq * (rangeWeighted + roundingWeighted);
  signal sum <== weightSum * (helperRange + helperRest);
  out <== dormant * (inside + sum);
}
