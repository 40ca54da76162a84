// SPDX-License-Identifier: GPL-3.0-or-later
pragma circom 2.2.0;

include "../../lib/multilinear.circom";
include "../../lib/numbers.circom";
include "../../generated/convTrain.circom";

/**
 * @title Convolutional train, claimed values
 * @notice sum_c rho^c value_c over the claims of program convTrain (protocol, section 12): the evaluations of both batches,
 *   then the forward, backward and update relations as linear claims, then the sums of softmax. An absent layer's constants
 *   are 0 (design, section 11.3). Layer l has index l - 1 in arrays of 6 and l in arrays of 7.
 * @input p[7]: presence of the layers, assumed bits
 * @input pooled[6]: whether layers read sums of 2x2 pixels, assumed bits
 * @input real[6]: M_l at (r_y, r_x)
 * @input softmax: s1, assumed a bit
 * @input lr: learning rate, assumed in its range and a multiple of 16 where a layer is pooled (the contract)
 * @input sums, sums2: the claimed sums of batch 1 and those sent after it
 * @input evals1, evals2: the claimed evaluations of both batches
 * @input weight: powers of rho
 * @output out: the weighted sum
 */
template ConvTrainClaims() {
  signal input p[7];
  signal input pooled[6];
  signal input real[6];
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
  for (var l = 1; l <= 6; l++) {
    claimValues[C_zIn(l)] = evals2[E2_zIn(l)];
    claimValues[C_zDAtI(l)] = evals2[E2_zDAtI(l)];
  }
  for (var l = 1; l <= 5; l++) {
    claimValues[C_zNextD(l)] = evals2[E2_zNextD(l)];
    claimValues[C_zNextIn(l)] = evals2[E2_zNextIn(l)];
  }

  // 2. The rate of each layer's weights: lr, or lr / 16 where it reads sums of 2x2 pixels.
  signal rate[6];
  for (var k = 0; k < 6; k++) rate[k] <== lr * (1 - 15 * (1 / 16) * pooled[k]);   // field division: 16 has an inverse

  // 3. Forward: F1 + 2^fa M b - lr_l F2 - lr 2^(2 fa) M F3 = 2^f Q + R0 + 2^c R1 - 2^(f-1).
  signal earlier[6];
  signal earlierReal[6];
  signal earlierBias[6];
  for (var k = 0; k < 6; k++) {
    var l = k + 1;
    earlier[k] <== rate[k] * sums[S_F2(l)];
    earlierReal[k] <== real[k] * sums[S_F3(l)];
    earlierBias[k] <== lr * earlierReal[k];
    claimValues[C_forward(l)] = earlier[k] + ACTIVATION() * ACTIVATION() * earlierBias[k] - sums[S_F1(l)]
      - p[l] * (FRACTION() \ 2 + (l == 6 ? FRACTION() * HALF_LIMB() : 0));
  }

  // 4. Backward: B1 - lr_(l+1) B2 = 2^f T + S0 + 2^c S1 - 2^(f-1).
  signal earlierBackward[5];
  for (var k = 0; k < 5; k++) {
    var l = k + 1;
    earlierBackward[k] <== rate[k + 1] * sums[S_B2(l)];
    claimValues[C_backward(l)] = sums[S_B1(l)] - earlierBackward[k] + p[l] * (FRACTION() * HALF_LIMB() + FRACTION() \ 2);
  }

  // 5. Update: child - parent + lr_l U = 0.
  signal step[6];
  for (var k = 0; k < 6; k++) {
    step[k] <== rate[k] * sums2[S2_U(k + 1)];
    claimValues[C_update(k + 1)] = -step[k];
  }

  // 6. Softmax: w sums to 1 over the classes, e to Sum.
  claimValues[C_oneFirst()] = softmax;
  claimValues[C_total()] = 0;

  out <== InnerProduct(C_COUNT())(weight, claimValues);
}
