// SPDX-License-Identifier: GPL-3.0-or-later
pragma circom 2.2.0;

include "../../lib/multilinear.circom";
include "../../lib/numbers.circom";
include "../../generated/train.circom";

/**
 * @title Train, claimed values
 * @notice sum_c rho^c value_c over the claims of program train (protocol, section 7): the evaluations, then the
 *   forward, backward and update relations as linear claims. An absent layer's constants are 0 (design, section 11.3).
 * @input p[5]: presence of the layers, assumed bits
 * @input lr: learning rate, assumed in its range
 * @input sums: the claimed sums of batch 1
 * @input evals1, evals2: the claimed evaluations of both batches
 * @input weight: powers of rho
 * @output out: the weighted sum
 */
template TrainClaims() {
  signal input p[5];
  signal input lr;
  signal input sums[S_COUNT()];
  signal input evals1[E_COUNT()];
  signal input evals2[E2_COUNT()];
  signal input weight[C_COUNT()];
  signal output out;

  // 1. Evaluations; P and P' have none, their places carry batch 2. D_4 is q (Q' - 2^13 - Y).
  var shift = DELTA_SCALE() * HALF_LIMB();
  var claimValues[C_COUNT()];
  for (var n = 0; n < E_COUNT(); n++) claimValues[n] = evals1[n];
  for (var l = 1; l <= 4; l++) claimValues[C_P(l)] = evals2[E2_In(l)];
  for (var l = 1; l <= 3; l++) claimValues[C_nextP(l)] = evals2[E2_nextD(l)];
  claimValues[C_DAtI(4)] += shift;
  claimValues[C_D4()] += shift;
  claimValues[C_nextD(3)] += shift * p[3];
  claimValues[C_nextP(3)] += shift * p[3];

  // 2. Forward: phi1 + 2^fa b - lr (phi2 + 2^(2 fa) phi3) = 2^f Q + R0 + 2^c R1 - 2^(f-1).
  signal earlierForward[4];
  for (var k = 0; k < 4; k++) {
    var l = k + 1;
    earlierForward[k] <== lr * (sums[S_F2(l)] + ACTIVATION() * ACTIVATION() * sums[S_F3(l)]);
    claimValues[C_forward(l)] = earlierForward[k] - sums[S_F1(l)]
      - (k < 3 ? p[k + 1] * (FRACTION() \ 2) : FRACTION() \ 2 + FRACTION() * HALF_LIMB());
  }

  // 3. Backward: chi1 - lr chi2 = 2^f T + R'0 + 2^c R'1 - 2^(f-1).
  signal earlierBackward[3];
  for (var k = 0; k < 3; k++) {
    var l = k + 1;
    earlierBackward[k] <== lr * sums[S_B2(l)];
    claimValues[C_backward(l)] = sums[S_B1(l)] - earlierBackward[k] + p[l] * (FRACTION() * HALF_LIMB() + FRACTION() \ 2);
  }

  // 4. Update: child - parent + lr ups = 0.
  signal step[4];
  for (var k = 0; k < 4; k++) {
    step[k] <== lr * sums[S_U(k + 1)];
    claimValues[C_update(k + 1)] = -step[k];
  }

  out <== InnerProduct(C_COUNT())(weight, claimValues);
}
