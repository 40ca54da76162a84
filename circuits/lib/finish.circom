// SPDX-License-Identifier: GPL-3.0-or-later
pragma circom 2.2.0;

include "./chunks.circom";
include "./multilinear.circom";
include "./opening.circom";
include "./sumcheck.circom";
include "./transcript.circom";
include "../generated/shared.circom";

/**
 * @title Finish
 * @notice What follows the claims in every program: the reduction to one point y, the opening there, and the signals folded
 *   into c and v (protocol, sections 2 to 4). The caller must still compare `value` with sum_o u_o (weights of the claims on
 *   oracle o at y).
 * @param oracles number of oracles, at least 2
 * @param count number of public parameters
 * @input state: the transcript's state after the last evaluations, which is rho
 * @input claim: sum of the claims' values, weighted by powers of rho
 * @input reduce[26][2], u[oracles], level2[10][2], u12[2], p2[32], s2[32], nonce[5]: messages, any field elements
 * @input chunkMask[8]: which coordinates of the chunk the contract is told, constrained here to a prefix; its length is a
 *   signal, which the contract computes from the longest oracle
 * @input h[6]: digests; the fold binds them, the contract computes them
 * @input params[count]: the program's public parameters; the fold binds them
 * @input fold: public; assumed drawn after c and the signals (the contract computes it)
 * @output y[26], value: the reduction's point, and what the weighted evaluations must be there
 * @output c: digest of the signals
 * @output v: sum of signal i times fold^i
 */
template Finish(oracles, count) {
  signal input state;
  signal input claim;
  signal input reduce[26][2];
  signal input u[oracles];
  signal input h[DIGEST_COUNT()];
  signal input nonce[NONCE_COUNT()];
  signal input level2[10][2];
  signal input u12[2];
  signal input p2[32];
  signal input s2[32];
  signal input params[count];
  signal input chunkMask[8];
  signal input fold;
  signal output y[26];
  signal output value;
  signal output c;
  signal output v;

  // 1. Reduction to one point y.
  component reduction = Sumcheck(26, 2);
  reduction.state <== state;
  reduction.claim <== claim;
  reduction.messages <== reduce;
  y <== reduction.point;
  value <== reduction.value;

  // 2. Opening at y.
  component opening = Opening(oracles);
  opening.state <== reduction.next;
  opening.point <== reduction.point;
  opening.u <== u;
  opening.h3 <== h[DIGEST_rows()];
  opening.h4 <== h[DIGEST_columns()];
  opening.h5 <== h[DIGEST_quotient2()];
  opening.nonce1 <== nonce[NONCE_eta()];
  opening.nonce2 <== nonce[NONCE_theta()];
  opening.nonce3 <== nonce[NONCE_gamma2()];
  opening.nonce4 <== nonce[NONCE_z()];
  opening.level2 <== level2;
  opening.u12 <== u12;
  opening.p2 <== p2;
  opening.s2 <== s2;

  // 3. The signals in the protocol's order, folded.
  component chunk = ChunkPoint();
  for (var k = 0; k < 8; k++) chunk.point[k] <== reduction.point[18 + k];
  chunk.mask <== chunkMask;
  var all = 16 + DIGEST_COUNT() + count;
  signal signals[all];
  signals[0] <== opening.eta;
  signals[1] <== opening.gamma;
  signals[2] <== opening.theta;
  signals[3] <== opening.gamma2;
  signals[4] <== opening.z;
  signals[5] <== opening.e2;
  for (var k = 0; k < 8; k++) signals[6 + k] <== chunk.low[k];
  signals[14] <== chunk.rest;
  signals[15] <== chunk.bits;
  for (var k = 0; k < DIGEST_COUNT(); k++) signals[16 + k] <== h[k];
  for (var k = 0; k < count; k++) signals[16 + DIGEST_COUNT() + k] <== params[k];
  // the first signal is where the digest's state begins
  var rest[all - 1];
  for (var k = 1; k < all; k++) rest[k - 1] = signals[k];
  c <== Absorb(all - 1)(signals[0], rest);
  v <== Polynomial(all)(signals, fold);
}
