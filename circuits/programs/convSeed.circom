// SPDX-License-Identifier: GPL-3.0-or-later
pragma circom 2.2.0;

include "circomlib/circuits/bitify.circom";
include "../lib/poseidon.circom";
include "../lib/begin.circom";
include "../lib/finish.circom";
include "../lib/blocks.circom";
include "../lib/lookup.circom";
include "../lib/multilinear.circom";
include "../lib/network.circom";
include "../lib/numbers.circom";
include "../lib/sizes.circom";
include "../lib/slots.circom";
include "../lib/sumcheck.circom";
include "../lib/table.circom";
include "../lib/transcript.circom";
include "../generated/convSeed.circom";

/** The largest prime q <= 2^33 / sqrt(2^max(fan, 2)): twice the bound of initial weights (protocol, section 12). */
function SEED_MODULUS(fan) {
  var primes[17] = [4294967291, 4294967291, 4294967291, 3037000493, 2147483647, 1518500213, 1073741789,
    759250111, 536870909, 379625047, 268435399, 189812507, 134217689, 94906249,
    67108859, 47453111, 33554393];
  return primes[fan];
}

/** The top 64 of the 254 bits of the field's order r. */
function ORDER_TOP() { return 13947993067211882662; }

/**
 * @title Convolutional seed, numbers
 * @notice Where each layer's number sequence starts and what it is scaled with, from one digest d = Poseidon(seed, 1): of
 *   layer k + 1 the offset is bits 40 k .. 40 k + 19 of d, the factor 1 + bits 40 k + 20 .. 40 k + 39 (protocol, section
 *   12). 254 bits represent some values twice, as d and d + r. The second is refused by its top 64 bits, which are then at
 *   least those of r; a digest whose top 64 bits equal those of r is refused with it (one in 2^63).
 * @input seed: any field element
 * @output offset[6]: each in 0..2^20 - 1
 * @output factor[6]: each in 1..2^20
 */
template ConvSeedNumbers() {
  signal input seed;
  signal output offset[6];
  signal output factor[6];

  signal digest <== Poseidon(2)([seed, 1]);
  signal bits[254] <== Num2Bits(254)(digest);
  var top = 0;
  for (var t = 0; t < 64; t++) top += bits[190 + t] * (1 << t);
  signal slack[64] <== Num2Bits(64)(ORDER_TOP() - 1 - top);
  for (var k = 0; k < 6; k++) {
    var start = 0;
    var scale = 0;
    for (var t = 0; t < 20; t++) {
      start += bits[40 * k + t] * (1 << t);
      scale += bits[40 * k + 20 + t] * (1 << t);
    }
    offset[k] <== start;
    factor[k] <== 1 + scale;
  }
}

/**
 * @title Modulus
 * @notice q(fan), picked by the number's bits. Above 16, which the contract never makes, it is 0 or a sum of primes.
 * @input fan[5]: assumed bits
 * @output out: one of SEED_MODULUS where fan is 0..16
 */
template Modulus() {
  signal input fan[5];
  signal output out;

  signal hot[17];
  var sum = 0;
  var weighted = 0;
  var modulus = 0;
  var value = 0;
  for (var t = 0; t < 5; t++) value += fan[t] * (1 << t);
  for (var k = 0; k <= 16; k++) {
    hot[k] <-- value == k ? 1 : 0;
    hot[k] * (hot[k] - 1) === 0;
    sum += hot[k];
    weighted += k * hot[k];
    modulus += SEED_MODULUS(k) * hot[k];
  }
  sum === 1;
  weighted === value;
  out <== modulus;
}

/**
 * @title Index of an entry
 * @notice dx + 2^d dy + 2^(2d) c + 2^(2d + c_(l-1)) i at the batch's point, extended: the entry's place in its slot.
 * @input kernelMask[6], channelMask[12], nextMask[12]: of the kernel, the channels of the layer before and of its own
 * @input point[36]: the batch's point
 * @output out: the index
 */
template EntryIndex() {
  signal input kernelMask[6];
  signal input channelMask[12];
  signal input nextMask[12];
  signal input point[36];
  signal output out;

  // 2^bits of a prefix mask is 1 + sum of 2^t over its ones
  var kernel = 1;
  var channels = 1;
  for (var t = 0; t < 6; t++) kernel += kernelMask[t] * (1 << t);
  for (var t = 0; t < 12; t++) channels += channelMask[t] * (1 << t);
  signal x[6];
  signal y[6];
  signal c[12];
  signal i[12];
  var parts[4] = [0, 0, 0, 0];
  for (var t = 0; t < 6; t++) {
    x[t] <== point[t] * kernelMask[t];
    y[t] <== point[6 + t] * kernelMask[t];
    parts[0] += x[t] * (1 << t);
    parts[1] += y[t] * (1 << t);
  }
  for (var t = 0; t < 12; t++) {
    c[t] <== point[12 + t] * channelMask[t];
    i[t] <== point[24 + t] * nextMask[t];
    parts[2] += c[t] * (1 << t);
    parts[3] += i[t] * (1 << t);
  }
  signal ofBlock <== channels * parts[3];
  signal ofChannel <== kernel * (parts[2] + ofBlock);
  out <== parts[0] + kernel * (parts[1] + ofChannel);
}

/**
 * @title Convolutional seed, relations
 * @notice One layer's part of batch 1 at its point: two lookup groups, the number sequence
 *   v (x + off + 1) = factor + q u, the weights W = real (v - (q - 1)/2), and the layer's share of the LogUp sum.
 *   An absent layer's evaluations are forced to 0 by its empty slots, and all residues with them.
 * @input present: assumed 0 or 1
 * @input modulus: q; assumed one of SEED_MODULUS
 * @input offset, factor: assumed in 0..2^20 - 1 and in 1..2^20, so that neither they nor x + off + 1 are multiples of q
 * @input index: x at the point
 * @input real: extension of the real entries at the point
 * @input beta: the lookup challenge
 * @input v0, v1, w1, u0, u1, hA, hB, W: the evaluations at the point
 * @input eq: eq of the layer's zero-check point
 * @input weightA, weightB, weightSequence, weightWeights, weightSum: of both groups, the sequence, the weights, the LogUp sum
 * @output out: the layer's value, without its dormant factor
 */
template ConvSeedRelations() {
  signal input present;
  signal input modulus;
  signal input offset;
  signal input factor;
  signal input index;
  signal input real;
  signal input beta;
  signal input v0;
  signal input v1;
  signal input w1;
  signal input u0;
  signal input u1;
  signal input hA;
  signal input hB;
  signal input W;
  signal input eq;
  signal input weightA;
  signal input weightB;
  signal input weightSequence;
  signal input weightWeights;
  signal input weightSum;
  signal output out;

  // 1. Values of the generator: v, its distance to q - 1 where the layer is present, the quotient u.
  var v = v0 + LIMB() * v1;
  var u = u0 + LIMB() * u1;
  var w0 = modulus - 1 - v - LIMB() * w1;

  // 2. Both lookup groups.
  signal groupA <== LookupGroup()(beta, [v0, v1, w0], hA, present);
  signal groupB <== LookupGroup()(beta, [w1, u0, u1], hB, present);

  // 3. The sequence at the entry's index.
  signal scaled <== v * (index + offset + 1);
  signal start <== present * factor;
  signal quotient <== modulus * u;

  // 4. The weights: centred on real entries, 0 on padding.
  signal centre <== present * ((modulus - 1) / 2);
  signal weightCheck <== W - real * (v - centre);

  // 5. All of it, weighted.
  signal zeroChecks <== InnerProduct(4)([weightA, weightB, weightSequence, weightWeights],
    [groupA, groupB, scaled - start - quotient, weightCheck]);
  signal sum <== weightSum * (hA + hB);
  out <== eq * zeroChecks + sum;
}

/**
 * @title Convolutional seed
 * @notice A model commitment opens to the genesis weights of a public seed (design, section 7.2; protocol, section 12):
 *   the explicit inversive generator on real entries, zero on padding, biases zero.
 * @input fold: public; drawn by the contract after c and all signals
 * @input h: statement digest and commitment digests, assumed right: the contract computes them, the fold binds them
 * @input seed: bound by the fold; any field element, assumed drawn by the contract
 * @input shape, layout[2]: bound by the fold; descriptor of the network and where its slots are, constrained here to the
 *   fields below
 * @input channels1[7], sides1[7], kernels1[6], strides1[6], paddings[6][2], flat[6], pooled[6], present[5], head[2],
 *   offsets, fans[6][5]: fields of the shape and of the layout, constrained here
 * @input traceOffset, helperOffset: layouts of the trace and of the helper, constrained here to bits
 * @input nonce, batch1[36][5], evals1, reduce[26][2], u, level2[10][2], u12[2], p2[32], s2[32]: the argument's
 *   messages, any field elements
 * @input chunkMask[8]: ones for the coordinates of the chunk that the contract is told, constrained here to a prefix
 * @output c, v: digest of the signals, and the signals folded (protocol, section 2)
 */
template ConvSeed() {
  signal input fold;
  signal input h[DIGEST_COUNT()];
  signal input shape;
  signal input layout[2];
  signal input seed;
  signal input channels1[7];
  signal input sides1[7];
  signal input kernels1[6];
  signal input strides1[6];
  signal input paddings[6][2];
  signal input flat[6];
  signal input pooled[6];
  signal input present[5];
  signal input head[2];
  signal input offsets[NETWORK_COUNT()][23];
  signal input fans[6][5];
  signal input traceOffset[T_COUNT()][26];
  signal input helperOffset[H_COUNT()][26];
  signal input nonce[NONCE_COUNT()];
  signal input batch1[36][5];
  signal input evals1[E_COUNT()];
  signal input reduce[26][2];
  signal input u[O_COUNT()];
  signal input level2[10][2];
  signal input u12[2];
  signal input p2[32];
  signal input s2[32];
  signal input chunkMask[8];
  signal output c;
  signal output v;

  // 1. Sizes.
  component sizes = NetworkShape();
  sizes.shape <== shape;
  sizes.layout <== layout;
  sizes.channels1 <== channels1;
  sizes.sides1 <== sides1;
  sizes.kernels1 <== kernels1;
  sizes.strides1 <== strides1;
  sizes.paddings <== paddings;
  sizes.flat <== flat;
  sizes.pooled <== pooled;
  sizes.present <== present;
  sizes.head <== head;
  sizes.offsets <== offsets;
  sizes.fans <== fans;

  // 2. Challenges: beta after the trace, x after the helper, lambda.
  component begin = Commitments(T_COUNT(), H_COUNT(), Q_COUNT());
  begin.h <== h;
  begin.traceOffset <== traceOffset;
  begin.helperOffset <== helperOffset;
  signal lambda <== Absorb(1)(begin.x, [nonce[NONCE_lambda()]]);
  signal weight[R_COUNT()] <== Powers(R_COUNT())(lambda);

  // 3. Batch 1: the instances, every claim 0.
  component batch = Sumcheck(36, 5);
  batch.state <== lambda;
  batch.claim <== 0;
  batch.messages <== batch1;
  signal rho <== Absorb(E_COUNT())(batch.next, evals1);

  // 4. Batch 1 at its point, layer by layer, then the table.
  component points = BlockPoints();
  points.channelBits <== sizes.channelBits;
  points.channelMask <== sizes.channelMask;
  points.kernelBits <== sizes.kernelBits;
  points.kernelMask <== sizes.kernelMask;
  points.point <== batch.point;
  points.tau <== begin.out;
  component numbers = ConvSeedNumbers();
  numbers.seed <== seed;
  signal values[6];
  signal modulus[6];
  signal index[6];
  component layers[6];
  var value = 0;
  for (var l = 1; l <= 6; l++) {
    var k = l - 1;
    modulus[k] <== Modulus()(fans[k]);
    index[k] <== EntryIndex()(sizes.kernelMask[k], sizes.channelMask[k], sizes.channelMask[l], batch.point);
    layers[k] = ConvSeedRelations();
    layers[k].present <== sizes.p[l];
    layers[k].modulus <== modulus[k];
    layers[k].offset <== numbers.offset[k];
    layers[k].factor <== numbers.factor[k];
    layers[k].index <== index[k];
    layers[k].real <== points.real[k];
    layers[k].beta <== begin.beta;
    layers[k].v0 <== evals1[E_v0(l)];
    layers[k].v1 <== evals1[E_v1(l)];
    layers[k].w1 <== evals1[E_w1(l)];
    layers[k].u0 <== evals1[E_u0(l)];
    layers[k].u1 <== evals1[E_u1(l)];
    layers[k].hA <== evals1[E_hA(l)];
    layers[k].hB <== evals1[E_hB(l)];
    layers[k].W <== evals1[E_W(l)];
    layers[k].eq <== points.eq[k];
    layers[k].weightA <== weight[R_groupA(l)];
    layers[k].weightB <== weight[R_groupB(l)];
    layers[k].weightSequence <== weight[R_sequence(l)];
    layers[k].weightWeights <== weight[R_weights(l)];
    layers[k].weightSum <== weight[R_logUp()];
    values[k] <== points.dormant[k] * layers[k].out;
    value += values[k];
  }
  var tablePoint[16];
  var tableTau[16];
  for (var t = 0; t < 16; t++) {
    tablePoint[t] = batch.point[t];
    tableTau[t] = begin.out[Q_tau() + t];
  }
  signal table <== Table(36)(begin.beta, batch.point, tableTau, evals1[E_g()], evals1[E_mult()],
    weight[R_table()], weight[R_logUp()]);
  batch.value === value + table;

  // 5. The claims, weighted: the evaluations; the biases are 0, so their claims add nothing.
  signal claimWeight[C_COUNT()] <== Powers(C_COUNT())(rho);
  var evalWeights[E_COUNT()];
  for (var n = 0; n < E_COUNT(); n++) evalWeights[n] = claimWeight[n];
  signal claim <== InnerProduct(E_COUNT())(evalWeights, evals1);

  // 6. Reduction to one point y, opening there, fold of the signals.
  component finish = Finish(O_COUNT(), 4);
  finish.state <== rho;
  finish.claim <== claim;
  finish.reduce <== reduce;
  finish.u <== u;
  finish.h <== h;
  finish.nonce <== nonce;
  finish.level2 <== level2;
  finish.u12 <== u12;
  finish.p2 <== p2;
  finish.s2 <== s2;
  finish.chunkMask <== chunkMask;
  finish.params <== [shape, layout[0], layout[1], seed];
  finish.fold <== fold;
  c <== finish.c;
  v <== finish.v;

  // 7. The claims' weights at y: slot factor times eq with the batch's point, for the biases with the rows of tau.
  var biasPoint[12];
  for (var t = 0; t < 12; t++) biasPoint[t] = begin.out[Q_tau() + 24 + t];
  component address = BlockAddresses();
  address.p <== sizes.p;
  address.channelMask <== sizes.channelMask;
  address.channelLog <== sizes.channelLog;
  address.kernelMask <== sizes.kernelMask;
  address.kernelLog <== sizes.kernelLog;
  address.y <== finish.y;
  address.point <== batch.point;
  address.biasPoint <== biasPoint;
  signal weights[6];
  signal biases[6];
  signal trace[6];
  signal helper[6];
  var modelSum = 0;
  var traceSum = 0;
  var helperSum = 0;
  for (var k = 0; k < 6; k++) {
    var l = k + 1;
    weights[k] <== SlotWeights(1)([sizes.places[NETWORK_W(l)]], address.high[k], [claimWeight[C_W(l)]], address.eq[k]);
    biases[k] <== SlotWeights(1)([sizes.places[NETWORK_b(l)]], address.highBias[k], [claimWeight[C_bias(l)]],
      address.eqBias[k]);
    trace[k] <== SlotWeights(5)([traceOffset[T_v0(l)], traceOffset[T_v1(l)], traceOffset[T_w1(l)], traceOffset[T_u0(l)],
      traceOffset[T_u1(l)]], address.high[k], [claimWeight[C_v0(l)], claimWeight[C_v1(l)], claimWeight[C_w1(l)],
      claimWeight[C_u0(l)], claimWeight[C_u1(l)]], address.eq[k]);
    helper[k] <== SlotWeights(2)([helperOffset[H_hA(l)], helperOffset[H_hB(l)]], address.high[k],
      [claimWeight[C_hA(l)], claimWeight[C_hB(l)]], address.eq[k]);
    modelSum += weights[k] + biases[k];
    traceSum += trace[k];
    helperSum += helper[k];
  }
  signal traceTable;
  signal helperTable;
  (traceTable, helperTable) <== TableWeights()(finish.y, tablePoint, traceOffset[T_mult()], helperOffset[H_g()],
    claimWeight[C_mult()], claimWeight[C_g()]);
  var oracleWeights[O_COUNT()];
  oracleWeights[O_model()] = modelSum;
  oracleWeights[O_trace()] = traceSum + traceTable;
  oracleWeights[O_helper()] = helperSum + helperTable;
  signal reduced <== InnerProduct(O_COUNT())(u, oracleWeights);
  finish.value === reduced;
}
