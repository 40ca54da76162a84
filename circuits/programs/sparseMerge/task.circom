// SPDX-License-Identifier: GPL-3.0-or-later
pragma circom 2.2.0;

include "../../lib/lookup.circom";
include "../../lib/multilinear.circom";
include "../../lib/numbers.circom";
include "../../generated/sparseMerge.circom";

/** How many relations each task has, all of one before those of the next. */
function TASK_RELATIONS() { return R_signBit(2) - R_signBit(1); }

/**
 * @title Limbs
 * @notice The number that limbs make, the lowest first.
 * @param n number of limbs
 * @input limbs[n]: evaluations of limbs
 * @output out: sum of 2^(16 i) limbs[i]
 */
template FromLimbs(n) {
  signal input limbs[n];
  signal output out;
  var sum = 0;
  for (var i = 0; i < n; i++) sum += limbs[i] * (1 << (16 * i));
  out <== sum;
}

/**
 * @title Task
 * @notice One task's part of batch 1 at its point (protocol, section 15). Where kappa is 1: s is the sign of d and a its size, less
 *   one where the entry is kept; c says whether the size is above the threshold, among entries that the seed keeps; k whether
 *   the sign of a kept entry is the elected one. Where rho is 1: m is [v < T].
 * @input named: 1 for a task that there is, assumed a bit
 * @input kappa, rho: assumed bits
 * @input kept: T, assumed 17 bits
 * @input drawn: v at the point
 * @input elected: o at the point
 * @input threshold: theta at the point
 * @input base: the base at the point
 * @input beta: the lookup challenge
 * @input s, c, k, a[3], b[3], m, t, P, hA, hB: evaluations at the point
 * @output d: P - named * base
 * @output relations: those of task 1 by their numbers, without eq; another task's have as many more each
 */
template SparseTask() {
  signal input named;
  signal input kappa;
  signal input rho;
  signal input kept;
  signal input drawn;
  signal input elected;
  signal input threshold;
  signal input base;
  signal input beta;
  signal input s;
  signal input c;
  signal input k;
  signal input a[3];
  signal input b[3];
  signal input m;
  signal input t;
  signal input P;
  signal input hA;
  signal input hB;
  signal output d;
  signal output relations[TASK_RELATIONS()];

  // 1. What the task changes, and where its tensors are present.
  d <== P - named * base;
  signal signed <== kappa * named;
  signal masked <== rho * named;

  // 2. Sign, size, threshold.
  relations[R_signBit(1)] <== s * s - s;
  relations[R_keptBit(1)] <== c * c - c;
  signal size <== (2 * s - signed) * d;
  signal sizeLimbs <== FromLimbs(3)(a);
  relations[R_size(1)] <== size - c - sizeLimbs;
  signal plain <== (2 * s - 1) * d;
  signal distance <== (2 * c - 1) * (plain - threshold);
  signal all <== (1 - rho) * signed;
  signal drawnOnly <== kappa * m;
  signal distanceLimbs <== FromLimbs(3)(b);
  signal reach <== (drawnOnly + all) * (distance - c);
  relations[R_trim(1)] <== reach - distanceLimbs;
  signal unmasked <== c * (1 - m);
  relations[R_masked(1)] <== rho * unmasked;

  // 3. The mask of the seed.
  relations[R_maskBit(1)] <== m * m - m;
  signal draw <== (2 * m - masked) * (kept - drawn);
  relations[R_draw(1)] <== draw - m - t;

  // 4. Who agrees.
  signal signs <== (2 * s - 1) * (2 * elected - 1);
  signal agrees <== c * signs;
  relations[R_agree(1)] <== 2 * k - c - agrees;

  // 5. Lookups.
  relations[R_hA(1)] <== LookupGroup()(beta, a, hA, signed);
  relations[R_hB(1)] <== LookupGroup()(beta, b, hB, signed);
}
