// SPDX-License-Identifier: GPL-3.0-or-later
pragma circom 2.2.0;

include "../lib/begin.circom";
include "../lib/finish.circom";
include "../lib/blocks.circom";
include "../lib/limbs.circom";
include "../lib/multilinear.circom";
include "../lib/network.circom";
include "../lib/sizes.circom";
include "../lib/slots.circom";
include "../lib/sumcheck.circom";
include "../lib/table.circom";
include "../lib/transcript.circom";
include "../generated/convImport.circom";

/**
 * @title Convolutional import, relations
 * @notice One layer's part of batch 1 at its point: W and b are in range and zero on padding, and the layer's share of
 *   the LogUp sum. An absent layer's evaluations are forced to 0 by its empty slots, and all residues with them.
 * @input present: assumed 0 or 1
 * @input beta: the lookup challenge
 * @input w1, w2, hW, W, c1, c2, hb, b: the evaluations at the point
 * @input real, realBias: extensions of the real entries of W and of b
 * @input eq, eqBias: eq of the zero-check point over (dx, dy, c, i) and over i
 * @input dormant, dormantBias: factors of the dormant variables
 * @input rangeWeightW, rangeWeightB, paddingWeightW, paddingWeightB, sumWeight: of ranges, padding and the LogUp sum
 * @output out: the layer's value
 */
template ConvImportRelations() {
  signal input present;
  signal input beta;
  signal input w1;
  signal input w2;
  signal input hW;
  signal input W;
  signal input c1;
  signal input c2;
  signal input hb;
  signal input b;
  signal input real;
  signal input realBias;
  signal input eq;
  signal input eqBias;
  signal input dormant;
  signal input dormantBias;
  signal input rangeWeightW;
  signal input rangeWeightB;
  signal input paddingWeightW;
  signal input paddingWeightB;
  signal input sumWeight;
  signal output out;

  // 1. Ranges.
  signal rangeW <== WeightRange()(beta, W, [w1, w2], hW, present);
  signal rangeB <== WeightRange()(beta, b, [c1, c2], hb, present);

  // 2. Padding: all later programs rely on its being 0 (design, section 7.3).
  signal paddingW <== W * (1 - real);
  signal paddingB <== b * (1 - realBias);

  // 3. All of it, weighted.
  signal terms[6];
  terms[0] <== rangeWeightW * rangeW;
  terms[1] <== rangeWeightB * rangeB;
  terms[2] <== paddingWeightW * paddingW;
  terms[3] <== paddingWeightB * paddingB;
  signal sumW <== sumWeight * hW;
  signal sumB <== sumWeight * hb;
  signal insideW <== eq * (terms[0] + terms[2]);
  signal insideB <== eqBias * (terms[1] + terms[3]);
  signal valueW <== dormant * (insideW + sumW);
  signal valueB <== dormantBias * (insideB + sumB);
  out <== valueW + valueB;
}

/**
 * @title Convolutional import
 * @notice A model commitment opens to weights made elsewhere: every weight and bias in [-2^47, 2^47), zero on padding
 *   (design, section 7.3; protocol, section 12). Nothing is said of where the values come from: the node is *declared*.
 * @input fold: public; drawn by the contract after c and all signals
 * @input h: statement digest and commitment digests, assumed right: the contract computes them, the fold binds them
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
template ConvImport() {
  signal input fold;
  signal input h[DIGEST_COUNT()];
  signal input shape;
  signal input layout[2];
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
  component layers[6];
  var value = 0;
  for (var k = 0; k < 6; k++) {
    layers[k] = ConvImportRelations();
    layers[k].present <== sizes.p[k + 1];
    layers[k].beta <== begin.beta;
    layers[k].w1 <== evals1[E_w1(k + 1)];
    layers[k].w2 <== evals1[E_w2(k + 1)];
    layers[k].hW <== evals1[E_hW(k + 1)];
    layers[k].W <== evals1[E_W(k + 1)];
    layers[k].c1 <== evals1[E_c1(k + 1)];
    layers[k].c2 <== evals1[E_c2(k + 1)];
    layers[k].hb <== evals1[E_hb(k + 1)];
    layers[k].b <== evals1[E_b(k + 1)];
    layers[k].real <== points.real[k];
    layers[k].realBias <== points.realBias[k];
    layers[k].eq <== points.eq[k];
    layers[k].eqBias <== points.eqBias[k];
    layers[k].dormant <== points.dormant[k];
    layers[k].dormantBias <== points.dormantBias[k];
    layers[k].rangeWeightW <== weight[R_rangeW(k + 1)];
    layers[k].rangeWeightB <== weight[R_rangeb(k + 1)];
    layers[k].paddingWeightW <== weight[R_paddingW(k + 1)];
    layers[k].paddingWeightB <== weight[R_paddingb(k + 1)];
    layers[k].sumWeight <== weight[R_logUp()];
    value += layers[k].out;
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

  // 5. The claims, weighted: the evaluations.
  signal claimWeight[C_COUNT()] <== Powers(C_COUNT())(rho);
  signal claim <== InnerProduct(C_COUNT())(claimWeight, evals1);

  // 6. Reduction to one point y, opening there, fold of the signals.
  component finish = Finish(O_COUNT(), 3);
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
  finish.params <== [shape, layout[0], layout[1]];
  finish.fold <== fold;
  c <== finish.c;
  v <== finish.v;

  // 7. The claims' weights at y: slot factor times eq with the batch's point. i = 0: of the size of W, i = 1: of b.
  var biasPoint[12];
  for (var t = 0; t < 12; t++) biasPoint[t] = batch.point[24 + t];
  component address = BlockAddresses();
  address.p <== sizes.p;
  address.channelMask <== sizes.channelMask;
  address.channelLog <== sizes.channelLog;
  address.kernelMask <== sizes.kernelMask;
  address.kernelLog <== sizes.kernelLog;
  address.y <== finish.y;
  address.point <== batch.point;
  address.biasPoint <== biasPoint;
  signal modelTerms[6][2];
  signal traceTerms[6][2];
  signal helperTerms[6][2];
  var modelSum = 0;
  var traceSum = 0;
  var helperSum = 0;
  for (var k = 0; k < 6; k++) {
    var l = k + 1;
    modelTerms[k][0] <== SlotWeights(1)([sizes.places[NETWORK_W(l)]], address.high[k], [claimWeight[C_W(l)]], address.eq[k]);
    modelTerms[k][1] <== SlotWeights(1)([sizes.places[NETWORK_b(l)]], address.highBias[k], [claimWeight[C_b(l)]],
      address.eqBias[k]);
    traceTerms[k][0] <== SlotWeights(2)([traceOffset[T_w1(l)], traceOffset[T_w2(l)]], address.high[k],
      [claimWeight[C_w1(l)], claimWeight[C_w2(l)]], address.eq[k]);
    traceTerms[k][1] <== SlotWeights(2)([traceOffset[T_c1(l)], traceOffset[T_c2(l)]], address.highBias[k],
      [claimWeight[C_c1(l)], claimWeight[C_c2(l)]], address.eqBias[k]);
    helperTerms[k][0] <== SlotWeights(1)([helperOffset[H_hW(l)]], address.high[k], [claimWeight[C_hW(l)]], address.eq[k]);
    helperTerms[k][1] <== SlotWeights(1)([helperOffset[H_hb(l)]], address.highBias[k], [claimWeight[C_hb(l)]],
      address.eqBias[k]);
    for (var i = 0; i < 2; i++) {
      modelSum += modelTerms[k][i];
      traceSum += traceTerms[k][i];
      helperSum += helperTerms[k][i];
    }
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
