// SPDX-License-Identifier: GPL-3.0-or-later
pragma circom 2.2.0;

include "../../lib/multilinear.circom";
include "../../lib/numbers.circom";
include "../../generated/train.circom";

/**
 * @title Train, claimed values
 * @notice sum_c rho^c value_c over the claims of program train (protocol, section 7): the evaluations of both batches, then
 *   the forward, backward and update relations as linear claims, then the sums of softmax. An absent layer's constants are 0
 *   (design, section 11.3).
 * @input p[5]: presence of the layers, assumed bits
 * @input softmax: s1, assumed a bit
 * @input lr: learning rate, assumed in its range
 * @input sums, sums2: the claimed sums of batch 1 and those sent after it
 * @input evals1, evals2: the claimed evaluations of both batches
 * @input weight: powers of rho
 * @output out: the weighted sum
 */
template TrainClaims() {
  signal input p[5];
  signal input softmax;
  signal input lr;
  signal input sums[S_COUNT()];
  signal input sums2[S2_COUNT()];
  signal input evals1[E_COUNT()];
  signal input evals2[E2_COUNT()];
  signal input weight[C_COUNT()];
  signal output out;

  // 1. Evaluations.
  var claimValues[C_COUNT()];
  for (var n = 0; n < E_COUNT(); n++) claimValues[n] = evals1[n];
  for (var l = 1; l <= 4; l++) {
    claimValues[C_zIn(l)] = evals2[E2_zIn(l)];
    claimValues[C_zDAtI(l)] = evals2[E2_zDAtI(l)];
  }
  for (var l = 1; l <= 3; l++) {
    claimValues[C_zNextD(l)] = evals2[E2_zNextD(l)];
    claimValues[C_zNextIn(l)] = evals2[E2_zNextIn(l)];
  }

  // 2. Forward: F1 + 2^fa b - lr (F2 + 2^(2 fa) F3) = 2^f Q + R0 + 2^c R1 - 2^(f-1).
  signal earlierForward[4];
  for (var k = 0; k < 4; k++) {
    var l = k + 1;
    earlierForward[k] <== lr * (sums[S_F2(l)] + ACTIVATION() * ACTIVATION() * sums[S_F3(l)]);
    claimValues[C_forward(l)] = earlierForward[k] - sums[S_F1(l)]
      - p[l] * (FRACTION() \ 2 + (l == 4 ? FRACTION() * HALF_LIMB() : 0));
  }

  // 3. Backward: B1 - lr B2 = 2^f T + S0 + 2^c S1 - 2^(f-1).
  signal earlierBackward[3];
  for (var k = 0; k < 3; k++) {
    var l = k + 1;
    earlierBackward[k] <== lr * sums[S_B2(l)];
    claimValues[C_backward(l)] = sums[S_B1(l)] - earlierBackward[k] + p[l] * (FRACTION() * HALF_LIMB() + FRACTION() \ 2);
  }

  // 4. Update: child - parent + lr U = 0.
  signal step[4];
  for (var k = 0; k < 4; k++) {
    step[k] <== lr * sums2[S2_U(k + 1)];
    claimValues[C_update(k + 1)] = -step[k];
  }

  // 5. Softmax: w sums to 1 over the features, e to Sum.
  claimValues[C_oneFirst()] = softmax;
  claimValues[C_total()] = 0;

  out <== InnerProduct(C_COUNT())(weight, claimValues);
}
