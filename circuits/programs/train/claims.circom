// SPDX-License-Identifier: GPL-3.0-or-later
pragma circom 2.2.0;

include "../../lib/multilinear.circom";
include "../../lib/numbers.circom";

/**
 * @title Train, claimed values
 * @notice sum_c rho^c value_c over the 81 claims of program train (protocol, section 7): the evaluations, then the
 *   forward, backward and update relations as linear claims. An absent layer's constants are 0 (design, section 11.3).
 * @input p[5]: presence of the layers, assumed bits
 * @input lr: learning rate, assumed in its range
 * @input sums[22]: the claimed sums of batch 1
 * @input evals1[70], evals2[7]: the claimed evaluations of both batches
 * @input weight[81]: powers of rho
 * @output out: the weighted sum
 */
template TrainClaims() {
  signal input p[5];
  signal input lr;
  signal input sums[22];
  signal input evals1[70];
  signal input evals2[7];
  signal input weight[81];
  signal output out;

  // 1. Evaluations; P and P' have none, their places carry batch 2. D_4 is q (Q' - 2^13 - Y).
  var shift = DELTA_SCALE() * HALF_LIMB();
  var values[81];
  for (var i = 0; i < 70; i++) values[i] = evals1[i];
  for (var k = 0; k < 4; k++) values[16 + k] = evals2[k];
  for (var k = 0; k < 3; k++) values[30 + k] = evals2[4 + k];
  values[11] += shift;
  values[60] += shift;
  values[29] += shift * p[3];
  values[32] += shift * p[3];

  // 2. Forward: phi1 + 2^fa b - lr (phi2 + 2^(2 fa) phi3) = 2^f Q + R0 + 2^c R1 - 2^(f-1).
  signal earlierForward[4];
  for (var k = 0; k < 4; k++) {
    earlierForward[k] <== lr * (sums[4 + k] + ACTIVATION() * ACTIVATION() * sums[8 + k]);
    values[70 + k] = earlierForward[k] - sums[k]
      - (k < 3 ? p[k + 1] * (FRACTION() \ 2) : FRACTION() \ 2 + FRACTION() * HALF_LIMB());
  }

  // 3. Backward: chi1 - lr chi2 = 2^f T + R'0 + 2^c R'1 - 2^(f-1).
  signal earlierBackward[3];
  for (var k = 0; k < 3; k++) {
    earlierBackward[k] <== lr * sums[19 + k];
    values[74 + k] = sums[16 + k] - earlierBackward[k] + p[k + 1] * (FRACTION() * HALF_LIMB() + FRACTION() \ 2);
  }

  // 4. Update: child - parent + lr ups = 0.
  signal step[4];
  for (var k = 0; k < 4; k++) {
    step[k] <== lr * sums[12 + k];
    values[77 + k] = -step[k];
  }

  out <== InnerProduct(81)(weight, values);
}
