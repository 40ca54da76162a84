// SPDX-License-Identifier: GPL-3.0-or-later
pragma circom 2.2.0;

include "../lib/layers.circom";
include "../lib/limbs.circom";
include "../lib/multilinear.circom";
include "../lib/opening.circom";
include "../lib/sizes.circom";
include "../lib/slots.circom";
include "../lib/sumcheck.circom";
include "../lib/table.circom";
include "../lib/transcript.circom";

/**
 * @title Import relations
 * @notice One layer's part of batch 1 at its point: W and b are in range and zero on padding, and the layer's share of
 *   the LogUp sum. An absent layer's evaluations are forced to 0 by its empty slots, and all residues with them.
 * @input present: assumed 0 or 1
 * @input beta: the lookup challenge
 * @input evals[8]: w1, w2, hW, W, c1, c2, hb, b at the point
 * @input columns[12], rows[12]: the masked point of j and of i
 * @input columnBits[12], rowBits[12]: bits of the real sizes minus 1, assumed bits
 * @input eq, eqBias: eq of the zero-check point over (j, i) and over i
 * @input dormant, dormantBias: factors of the dormant variables
 * @input weights[5]: of the range of W, the range of b, the padding of W, the padding of b, the LogUp sum
 * @output out: the layer's value
 */
template ImportRelations() {
  signal input present;
  signal input beta;
  signal input evals[8];
  signal input columns[12];
  signal input rows[12];
  signal input columnBits[12];
  signal input rowBits[12];
  signal input eq;
  signal input eqBias;
  signal input dormant;
  signal input dormantBias;
  signal input weights[5];
  signal output out;

  // 1. Ranges.
  signal rangeW <== WeightRange()(beta, evals[3], [evals[0], evals[1]], evals[2], present);
  signal rangeB <== WeightRange()(beta, evals[7], [evals[4], evals[5]], evals[6], present);

  // 2. Padding: all later programs rely on its being 0 (design, section 7.3).
  signal realColumns <== AtMostExtension(12)(columns, columnBits);
  signal realRows <== AtMostExtension(12)(rows, rowBits);
  signal real <== realColumns * realRows;
  signal paddingW <== evals[3] * (1 - real);
  signal paddingB <== evals[7] * (1 - realRows);

  // 3. All of it, weighted.
  signal terms[4];
  terms[0] <== weights[0] * rangeW;
  terms[1] <== weights[1] * rangeB;
  terms[2] <== weights[2] * paddingW;
  terms[3] <== weights[3] * paddingB;
  signal sumW <== weights[4] * evals[2];
  signal sumB <== weights[4] * evals[6];
  signal insideW <== eq * (terms[0] + terms[2]);
  signal insideB <== eqBias * (terms[1] + terms[3]);
  signal valueW <== dormant * (insideW + sumW);
  signal valueB <== dormantBias * (insideB + sumB);
  out <== valueW + valueB;
}

/**
 * @title Import
 * @notice A model commitment opens to weights made elsewhere: every weight and bias in [-2^41, 2^41), zero on padding
 *   (design, section 7.3; protocol, section 9). Nothing is said of where the values come from: the node is *declared*.
 * @input h[6]: public; statement digest and commitment digests, assumed right (the contract computes them)
 * @input shape: public; the descriptor, constrained here to the sizes below
 * @input widths1[5], present[3], modelOffset[8][22]: fields of the shape, constrained here
 * @input traceOffset[17][22]: w1, w2, c1, c2 of layers 1..4, then mult; constrained here to bits
 * @input helperOffset[9][22]: hW, hb of layers 1..4, then g; constrained here to bits
 * @input nonce[5], batch1[24][5], evals1[34], reduce[22][2], u[3], level2[11][2], u12[2], p2[32], s2[64]: the argument's
 *   messages, any field elements
 * @output eta, gamma, theta, gamma2, z, e2: for the contract's opening check
 */
template Import() {
  signal input h[6];
  signal input shape;
  signal input widths1[5];
  signal input present[3];
  signal input modelOffset[8][22];
  signal input traceOffset[17][22];
  signal input helperOffset[9][22];
  signal input nonce[5];
  signal input batch1[24][5];
  signal input evals1[34];
  signal input reduce[22][2];
  signal input u[3];
  signal input level2[11][2];
  signal input u12[2];
  signal input p2[32];
  signal input s2[64];
  signal output eta;
  signal output gamma;
  signal output theta;
  signal output gamma2;
  signal output z;
  signal output e2;

  // 1. Sizes.
  component sizes = ModelShape();
  sizes.shape <== shape;
  sizes.widths1 <== widths1;
  sizes.present <== present;
  sizes.offsets <== modelOffset;

  // 2. Challenges: beta after the trace, x after the helper, lambda.
  signal traceWords[2] <== PackedOffsets(17)(traceOffset);
  signal helperWords[1] <== PackedOffsets(9)(helperOffset);
  signal beta <== Absorb(3)(h[0], [h[1], traceWords[0], traceWords[1]]);
  signal x <== Absorb(2)(beta, [h[2], helperWords[0]]);
  signal tau[24] <== Squares(24)(x);
  signal lambda <== Absorb(1)(x, [nonce[0]]);
  signal weight[18] <== Powers(18)(lambda);

  // 3. Batch 1: eighteen instances, every claim 0.
  component batch = Sumcheck(24, 5);
  batch.state <== lambda;
  batch.claim <== 0;
  batch.messages <== batch1;
  signal rho <== Absorb(34)(batch.next, evals1);

  // 4. Batch 1 at its point, layer by layer, then the table.
  component points = LayerPoints();
  points.mask <== sizes.mask;
  points.point <== batch.point;
  points.tau <== tau;
  component layers[4];
  var value = 0;
  for (var k = 0; k < 4; k++) {
    layers[k] = ImportRelations();
    layers[k].present <== sizes.p[k + 1];
    layers[k].beta <== beta;
    for (var i = 0; i < 8; i++) layers[k].evals[i] <== evals1[8 * k + i];
    layers[k].columns <== points.columns[k];
    layers[k].rows <== points.rows[k];
    layers[k].columnBits <== sizes.bits[k];
    layers[k].rowBits <== sizes.bits[k + 1];
    layers[k].eq <== points.eq[k];
    layers[k].eqBias <== points.eqBias[k];
    layers[k].dormant <== points.dormant[k];
    layers[k].dormantBias <== points.dormantBias[k];
    for (var i = 0; i < 4; i++) layers[k].weights[i] <== weight[4 * i + k];
    layers[k].weights[4] <== weight[17];
    value += layers[k].out;
  }
  var tableTau[14];
  for (var t = 0; t < 14; t++) tableTau[t] = tau[t];
  signal table <== TableInstances()(beta, batch.point, tableTau, evals1[32], evals1[33], weight[16], weight[17]);
  batch.value === value + table;

  // 5. The claims, weighted: the evaluations.
  signal claimWeight[34] <== Powers(34)(rho);
  signal claim <== InnerProduct(34)(claimWeight, evals1);

  // 6. Reduction to one point y.
  component reduction = Sumcheck(22, 2);
  reduction.state <== rho;
  reduction.claim <== claim;
  reduction.messages <== reduce;

  // 7. The claims' weights at y: slot factor times eq with the batch's point.
  component address = LayerAddresses();
  address.p <== sizes.p;
  address.logs <== sizes.logs;
  address.mask <== sizes.mask;
  address.y <== reduction.point;
  address.columns <== points.columns;
  address.rows <== points.rows;
  signal modelSlot[4][2];
  signal modelSlots[4][2];
  signal modelTerms[4][2];
  signal traceSlot[4][4];
  signal traceSlots[4][4];
  signal traceTerms[4][2];
  signal helperSlot[4][2];
  signal helperSlots[4][2];
  signal helperTerms[4][2];
  var modelSum = 0;
  var traceSum = 0;
  var helperSum = 0;
  for (var k = 0; k < 4; k++) {
    // i = 0: of the size of W, i = 1: of the size of b
    for (var i = 0; i < 2; i++) {
      var high[22] = i == 0 ? address.high[k] : address.highBias[k];
      var eq = i == 0 ? address.eq[k] : address.eqBias[k];
      var at = 8 * k + 4 * i;
      modelSlot[k][i] <== SlotFactor(22)(modelOffset[2 * k + i], high, sizes.p[k + 1]);
      modelSlots[k][i] <== claimWeight[at + 3] * modelSlot[k][i];
      modelTerms[k][i] <== eq * modelSlots[k][i];
      for (var j = 2 * i; j < 2 * i + 2; j++) {
        traceSlot[k][j] <== SlotFactor(22)(traceOffset[4 * k + j], high, sizes.p[k + 1]);
        traceSlots[k][j] <== claimWeight[at + j - 2 * i] * traceSlot[k][j];
      }
      traceTerms[k][i] <== eq * (traceSlots[k][2 * i] + traceSlots[k][2 * i + 1]);
      helperSlot[k][i] <== SlotFactor(22)(helperOffset[2 * k + i], high, sizes.p[k + 1]);
      helperSlots[k][i] <== claimWeight[at + 2] * helperSlot[k][i];
      helperTerms[k][i] <== eq * helperSlots[k][i];
      modelSum += modelTerms[k][i];
      traceSum += traceTerms[k][i];
      helperSum += helperTerms[k][i];
    }
  }
  component tableWeights = TableWeights();
  tableWeights.y <== reduction.point;
  tableWeights.point <== batch.point;
  tableWeights.multiplicityOffset <== traceOffset[16];
  tableWeights.helperOffset <== helperOffset[8];
  tableWeights.multiplicityWeight <== claimWeight[33];
  tableWeights.helperWeight <== claimWeight[32];
  signal reduced <== InnerProduct(3)(u, [modelSum, traceSum + tableWeights.trace, helperSum + tableWeights.helper]);
  reduction.value === reduced;

  // 8. Opening at y.
  component opening = Opening(3);
  opening.state <== reduction.next;
  opening.point <== reduction.point;
  opening.u <== u;
  opening.h3 <== h[3];
  opening.h4 <== h[4];
  opening.h5 <== h[5];
  opening.nonce1 <== nonce[1];
  opening.nonce2 <== nonce[2];
  opening.nonce3 <== nonce[3];
  opening.nonce4 <== nonce[4];
  opening.level2 <== level2;
  opening.u12 <== u12;
  opening.p2 <== p2;
  opening.s2 <== s2;
  eta <== opening.eta;
  gamma <== opening.gamma;
  theta <== opening.theta;
  gamma2 <== opening.gamma2;
  z <== opening.z;
  e2 <== opening.e2;
}
