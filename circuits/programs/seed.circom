// SPDX-License-Identifier: GPL-3.0-or-later
pragma circom 2.2.0;

include "circomlib/circuits/bitify.circom";
include "../lib/poseidon.circom";
include "../lib/begin.circom";
include "../lib/finish.circom";
include "../lib/layers.circom";
include "../lib/lookup.circom";
include "../lib/multilinear.circom";
include "../lib/numbers.circom";
include "../lib/sizes.circom";
include "../lib/slots.circom";
include "../lib/sumcheck.circom";
include "../lib/table.circom";
include "../lib/transcript.circom";
include "../generated/seed.circom";

/** The largest prime q <= 2^33 / sqrt(2^max(a, 2)): twice the bound of initial weights at fan in 2^a (protocol, section 6). */
function SEED_MODULUS(a) {
  var primes[13] = [4294967291, 4294967291, 4294967291, 3037000493, 2147483647, 1518500213, 1073741789,
    759250111, 536870909, 379625047, 268435399, 189812507, 134217689];
  return primes[a];
}

/** The top 64 of the 254 bits of the field's order r. */
function ORDER_TOP() { return 13947993067211882662; }

/**
 * @title Seed numbers
 * @notice Where each layer's number sequence starts and what it is scaled with, from one digest d = Poseidon(seed, 0): of
 *   layer k + 1 the offset is bits 52 k .. 52 k + 25 of d, the factor 1 + bits 52 k + 26 .. 52 k + 51 (protocol, section 6).
 *   254 bits represent some values twice, as d and d + r. The second is refused by its top 64 bits, which are then at least
 *   those of r; a digest whose top 64 bits equal those of r is refused with it (one in 2^63).
 * @input seed: any field element
 * @output offset[4]: each in 0..2^26 - 1
 * @output factor[4]: each in 1..2^26
 */
template SeedNumbers() {
  signal input seed;
  signal output offset[4];
  signal output factor[4];

  signal digest <== Poseidon(2)([seed, 0]);
  signal bits[254] <== Num2Bits(254)(digest);
  var top = 0;
  for (var t = 0; t < 64; t++) top += bits[190 + t] * (1 << t);
  signal slack[64] <== Num2Bits(64)(ORDER_TOP() - 1 - top);
  for (var k = 0; k < 4; k++) {
    var start = 0;
    var scale = 0;
    for (var t = 0; t < 26; t++) {
      start += bits[52 * k + t] * (1 << t);
      scale += bits[52 * k + 26 + t] * (1 << t);
    }
    offset[k] <== start;
    factor[k] <== 1 + scale;
  }
}

/**
 * @title Seed relations
 * @notice One layer's part of batch 1 at its point: two lookup groups, the number sequence
 *   v (x + off + 1) = factor + q u, the weights W = mask (v - (q - 1)/2), and the layer's share of the LogUp sum.
 *   An absent layer's evaluations are forced to 0 by its empty slots, and all residues with them.
 * @input present: assumed 0 or 1
 * @input modulus: q; assumed one of SEED_MODULUS
 * @input offset, factor: assumed in 0..2^26 - 1 and in 1..2^26, so that neither they nor x + off + 1 are multiples of q
 * @input rowLength: 2^a of the layer's input
 * @input beta: the lookup challenge
 * @input v0, v1, w1, u0, u1, hA, hB, W: the evaluations at the point
 * @input columns[12], rows[12]: the masked point of j and of i
 * @input columnBits[12], rowBits[12]: bits of the real sizes minus 1, assumed bits
 * @input eq: eq of the layer's zero-check point
 * @input weightA, weightB, weightSequence, weightWeights, weightSum: of both groups, the sequence, the weights, the LogUp sum
 * @output out: the layer's value, without its dormant factor
 */
template SeedRelations() {
  signal input present;
  signal input modulus;
  signal input offset;
  signal input factor;
  signal input rowLength;
  signal input beta;
  signal input v0;
  signal input v1;
  signal input w1;
  signal input u0;
  signal input u1;
  signal input hA;
  signal input hB;
  signal input W;
  signal input columns[12];
  signal input rows[12];
  signal input columnBits[12];
  signal input rowBits[12];
  signal input eq;
  signal input weightA;
  signal input weightB;
  signal input weightSequence;
  signal input weightWeights;
  signal input weightSum;
  signal output out;

  // 1. Values of the generator: v, its distance to q - 1, the quotient u.
  var v = v0 + LIMB() * v1;
  var u = u0 + LIMB() * u1;
  var w0 = modulus - 1 - v - LIMB() * w1;

  // 2. Both lookup groups.
  signal groupA <== LookupGroup()(beta, [v0, v1, w0], hA, present);
  signal groupB <== LookupGroup()(beta, [w1, u0, u1], hB, present);

  // 3. The sequence at index x = i 2^a + j.
  var column = 0;
  var row = 0;
  for (var t = 0; t < 12; t++) {
    column += (1 << t) * columns[t];
    row += (1 << t) * rows[t];
  }
  signal rowStart <== rowLength * row;
  signal scaled <== v * (rowStart + column + offset + 1);
  signal start <== present * factor;
  signal sequence <== scaled - start - modulus * u;

  // 4. The weights: centred on real entries, 0 on padding.
  signal realColumns <== AtMostExtension(12)(columns, columnBits);
  signal realRows <== AtMostExtension(12)(rows, rowBits);
  signal real <== realColumns * realRows;
  signal centre <== present * ((modulus - 1) / 2);
  signal weightCheck <== W - real * (v - centre);

  // 5. All of it, weighted.
  signal zeroChecks <== InnerProduct(4)([weightA, weightB, weightSequence, weightWeights],
    [groupA, groupB, sequence, weightCheck]);
  signal sum <== weightSum * (hA + hB);
  out <== eq * zeroChecks + sum;
}

/**
 * @title Seed
 * @notice A model commitment opens to the genesis weights of a public seed (design, section 7.2; protocol, section 6):
 *   the explicit inversive generator on real entries, zero on padding, biases zero.
 * @input fold: public; drawn by the contract after c and all signals
 * @input h: statement digest and commitment digests, assumed right: the contract computes them, the fold binds them
 * @input shape: bound by the fold; the descriptor, constrained here to the sizes below
 * @input seed: bound by the fold; any field element, assumed drawn by the contract
 * @input widths1[5], present[3], modelOffset, head[2]: fields of the shape, constrained here
 * @input traceOffset, helperOffset: layouts of the trace and of the helper, constrained here to bits
 * @input nonce, batch1[24][5], evals1, reduce[26][2], u, level2[10][2], u12[2], p2[32], s2[32]: the argument's
 *   messages, any field elements
 * @input chunkMask[8]: ones for the coordinates of the chunk that the contract is told, constrained here to a prefix
 * @output c, v: digest of the signals, and the signals folded (protocol, section 2)
 */
template Seed() {
  signal input fold;
  signal input h[DIGEST_COUNT()];
  signal input shape;
  signal input seed;
  signal input widths1[5];
  signal input present[3];
  signal input modelOffset[MODEL_COUNT()][23];
  signal input head[2];
  signal input traceOffset[T_COUNT()][26];
  signal input helperOffset[H_COUNT()][26];
  signal input nonce[NONCE_COUNT()];
  signal input batch1[24][5];
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
  component sizes = ModelShape();
  sizes.shape <== shape;
  sizes.widths1 <== widths1;
  sizes.present <== present;
  sizes.offsets <== modelOffset;
  sizes.head <== head;

  // 2. Challenges: beta after the trace, x after the helper, lambda.
  component begin = Commitments(T_COUNT(), H_COUNT(), Q_COUNT());
  begin.h <== h;
  begin.traceOffset <== traceOffset;
  begin.helperOffset <== helperOffset;
  signal lambda <== Absorb(1)(begin.x, [nonce[NONCE_lambda()]]);
  signal weight[R_COUNT()] <== Powers(R_COUNT())(lambda);

  // 3. Batch 1: the instances, every claim 0.
  component batch = Sumcheck(24, 5);
  batch.state <== lambda;
  batch.claim <== 0;
  batch.messages <== batch1;
  signal rho <== Absorb(E_COUNT())(batch.next, evals1);

  // 4. Batch 1 at its point, layer by layer, then the table.
  component points = LayerPoints();
  points.mask <== sizes.mask;
  points.point <== batch.point;
  points.tau <== begin.out;
  component numbers = SeedNumbers();
  numbers.seed <== seed;
  signal values[4];
  component layers[4];
  for (var l = 1; l <= 4; l++) {
    var k = l - 1;
    var modulus = SEED_MODULUS(0);
    var rowLength = 1;
    for (var t = 0; t < 12; t++) {
      modulus += sizes.mask[l - 1][t] * (SEED_MODULUS(t + 1) - SEED_MODULUS(t));
      rowLength += sizes.mask[l - 1][t] * (1 << t);
    }
    layers[k] = SeedRelations();
    layers[k].present <== sizes.p[l];
    layers[k].modulus <== modulus;
    layers[k].offset <== numbers.offset[k];
    layers[k].factor <== numbers.factor[k];
    layers[k].rowLength <== rowLength;
    layers[k].beta <== begin.beta;
    layers[k].v0 <== evals1[E_v0(l)];
    layers[k].v1 <== evals1[E_v1(l)];
    layers[k].w1 <== evals1[E_w1(l)];
    layers[k].u0 <== evals1[E_u0(l)];
    layers[k].u1 <== evals1[E_u1(l)];
    layers[k].hA <== evals1[E_hA(l)];
    layers[k].hB <== evals1[E_hB(l)];
    layers[k].W <== evals1[E_W(l)];
    layers[k].columns <== Mask(12)(points.columns, sizes.mask[k]);
    layers[k].rows <== Mask(12)(points.rows, sizes.mask[k + 1]);
    layers[k].columnBits <== sizes.bits[l - 1];
    layers[k].rowBits <== sizes.bits[l];
    layers[k].eq <== points.eq[k];
    layers[k].weightA <== weight[R_groupA(l)];
    layers[k].weightB <== weight[R_groupB(l)];
    layers[k].weightSequence <== weight[R_sequence(l)];
    layers[k].weightWeights <== weight[R_weights(l)];
    layers[k].weightSum <== weight[R_logUp()];
    values[k] <== points.dormant[k] * layers[k].out;
  }
  var tablePoint[16];
  var tableTau[16];
  for (var t = 0; t < 16; t++) {
    tablePoint[t] = batch.point[t];
    tableTau[t] = begin.out[Q_tau() + t];
  }
  signal table <== Table(24)(begin.beta, batch.point, tableTau, evals1[E_g()], evals1[E_mult()],
    weight[R_table()], weight[R_logUp()]);
  batch.value === values[0] + values[1] + values[2] + values[3] + table;

  // 5. The claims, weighted: the evaluations; the biases are 0, so their claims add nothing.
  signal claimWeight[C_COUNT()] <== Powers(C_COUNT())(rho);
  var evalWeights[E_COUNT()];
  for (var n = 0; n < E_COUNT(); n++) evalWeights[n] = claimWeight[n];
  signal claim <== InnerProduct(E_COUNT())(evalWeights, evals1);

  // 6. Reduction to one point y, opening there, fold of the signals.
  component finish = Finish(O_COUNT(), 2);
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
  finish.params <== [shape, seed];
  finish.fold <== fold;
  c <== finish.c;
  v <== finish.v;

  // 7. The claims' weights at y: slot factor times eq with the batch's point, for the biases with the rows of tau.
  component address = LayerAddresses();
  address.p <== sizes.p;
  address.logs <== sizes.logs;
  address.mask <== sizes.mask;
  address.y <== finish.y;
  address.columns <== points.columns;
  address.rows <== points.rows;
  address.biasRows <== points.rowsTau;
  signal weights[4];
  signal biases[4];
  signal trace[4];
  signal helper[4];
  var modelSum = 0;
  var traceSum = 0;
  var helperSum = 0;
  for (var k = 0; k < 4; k++) {
    var l = k + 1;
    weights[k] <== SlotWeights(1)([sizes.places[MODEL_W(l)]], address.high[k], [claimWeight[C_W(l)]], address.eq[k]);
    biases[k] <== SlotWeights(1)([sizes.places[MODEL_b(l)]], address.highBias[k], [claimWeight[C_bias(l)]],
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
