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
include "../generated/import.circom";

/**
 * @title Import relations
 * @notice One layer's part of batch 1 at its point: W and b are in range and zero on padding, and the layer's share of
 *   the LogUp sum. An absent layer's evaluations are forced to 0 by its empty slots, and all residues with them.
 * @input present: assumed 0 or 1
 * @input beta: the lookup challenge
 * @input w1, w2, hW, W, c1, c2, hb, b: the evaluations at the point
 * @input columns[12], rows[12]: the masked point of j and of i
 * @input columnBits[12], rowBits[12]: bits of the real sizes minus 1, assumed bits
 * @input eq, eqBias: eq of the zero-check point over (j, i) and over i
 * @input dormant, dormantBias: factors of the dormant variables
 * @input rangeWeightW, rangeWeightB, paddingWeightW, paddingWeightB, sumWeight: of ranges, padding and the LogUp sum
 * @output out: the layer's value
 */
template ImportRelations() {
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
  signal input columns[12];
  signal input rows[12];
  signal input columnBits[12];
  signal input rowBits[12];
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
  signal realColumns <== AtMostExtension(12)(columns, columnBits);
  signal realRows <== AtMostExtension(12)(rows, rowBits);
  signal real <== realColumns * realRows;
  signal paddingW <== W * (1 - real);
  signal paddingB <== b * (1 - realRows);

  // 3. All of it, weighted.
  signal terms[4];
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
 * @title Import
 * @notice A model commitment opens to weights made elsewhere: every weight and bias in [-2^41, 2^41), zero on padding
 *   (design, section 7.3; protocol, section 9). Nothing is said of where the values come from: the node is *declared*.
 * @input h: public; statement digest and commitment digests, assumed right (the contract computes them)
 * @input shape: public; the descriptor, constrained here to the sizes below
 * @input widths1[5], present[3], modelOffset: fields of the shape, constrained here
 * @input traceOffset, helperOffset: layouts of the trace and of the helper, constrained here to bits
 * @input nonce, batch1[24][5], evals1, reduce[22][2], u, level2[11][2], u12[2], p2[32], s2[64]: the argument's
 *   messages, any field elements
 * @output eta, gamma, theta, gamma2, z, e2: for the contract's opening check
 */
template Import() {
  signal input h[DIGEST_COUNT()];
  signal input shape;
  signal input widths1[5];
  signal input present[3];
  signal input modelOffset[MODEL_COUNT()][22];
  signal input traceOffset[T_COUNT()][22];
  signal input helperOffset[H_COUNT()][22];
  signal input nonce[NONCE_COUNT()];
  signal input batch1[24][5];
  signal input evals1[E_COUNT()];
  signal input reduce[22][2];
  signal input u[O_COUNT()];
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
  signal traceWords[T_WORDS()] <== PackedOffsets(T_COUNT())(traceOffset);
  signal helperWords[H_WORDS()] <== PackedOffsets(H_COUNT())(helperOffset);
  signal beta <== Absorb(3)(h[DIGEST_statement()], [h[DIGEST_trace()], traceWords[0], traceWords[1]]);
  signal x <== Absorb(2)(beta, [h[DIGEST_helper()], helperWords[0]]);
  signal tau[Q_COUNT()] <== Squares(Q_COUNT())(x);
  signal lambda <== Absorb(1)(x, [nonce[NONCE_lambda()]]);
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
  points.tau <== tau;
  component layers[4];
  var value = 0;
  for (var k = 0; k < 4; k++) {
    layers[k] = ImportRelations();
    layers[k].present <== sizes.p[k + 1];
    layers[k].beta <== beta;
    layers[k].w1 <== evals1[E_w1(k + 1)];
    layers[k].w2 <== evals1[E_w2(k + 1)];
    layers[k].hW <== evals1[E_hW(k + 1)];
    layers[k].W <== evals1[E_W(k + 1)];
    layers[k].c1 <== evals1[E_c1(k + 1)];
    layers[k].c2 <== evals1[E_c2(k + 1)];
    layers[k].hb <== evals1[E_hb(k + 1)];
    layers[k].b <== evals1[E_b(k + 1)];
    layers[k].columns <== points.columns[k];
    layers[k].rows <== points.rows[k];
    layers[k].columnBits <== sizes.bits[k];
    layers[k].rowBits <== sizes.bits[k + 1];
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
  var tableTau[14];
  for (var t = 0; t < 14; t++) tableTau[t] = tau[t];
  signal table <== TableInstances()(beta, batch.point, tableTau, evals1[E_g()], evals1[E_mult()],
    weight[R_table()], weight[R_logUp()]);
  batch.value === value + table;

  // 5. The claims, weighted: the evaluations.
  signal claimWeight[C_COUNT()] <== Powers(C_COUNT())(rho);
  signal claim <== InnerProduct(C_COUNT())(claimWeight, evals1);

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
    var l = k + 1;
    // i = 0: of the size of W, i = 1: of the size of b
    for (var i = 0; i < 2; i++) {
      var high[22] = i == 0 ? address.high[k] : address.highBias[k];
      var eq = i == 0 ? address.eq[k] : address.eqBias[k];
      var traceAt[2] = i == 0 ? [T_w1(l), T_w2(l)] : [T_c1(l), T_c2(l)];
      var traceClaim[2] = i == 0 ? [C_w1(l), C_w2(l)] : [C_c1(l), C_c2(l)];
      modelSlot[k][i] <== SlotFactor(22)(modelOffset[i == 0 ? MODEL_W(l) : MODEL_b(l)], high, sizes.p[k + 1]);
      modelSlots[k][i] <== claimWeight[i == 0 ? C_W(l) : C_b(l)] * modelSlot[k][i];
      modelTerms[k][i] <== eq * modelSlots[k][i];
      for (var j = 0; j < 2; j++) {
        traceSlot[k][2 * i + j] <== SlotFactor(22)(traceOffset[traceAt[j]], high, sizes.p[k + 1]);
        traceSlots[k][2 * i + j] <== claimWeight[traceClaim[j]] * traceSlot[k][2 * i + j];
      }
      traceTerms[k][i] <== eq * (traceSlots[k][2 * i] + traceSlots[k][2 * i + 1]);
      helperSlot[k][i] <== SlotFactor(22)(helperOffset[i == 0 ? H_hW(l) : H_hb(l)], high, sizes.p[k + 1]);
      helperSlots[k][i] <== claimWeight[i == 0 ? C_hW(l) : C_hb(l)] * helperSlot[k][i];
      helperTerms[k][i] <== eq * helperSlots[k][i];
      modelSum += modelTerms[k][i];
      traceSum += traceTerms[k][i];
      helperSum += helperTerms[k][i];
    }
  }
  component tableWeights = TableWeights();
  tableWeights.y <== reduction.point;
  tableWeights.point <== batch.point;
  tableWeights.multiplicityOffset <== traceOffset[T_mult()];
  tableWeights.helperOffset <== helperOffset[H_g()];
  tableWeights.multiplicityWeight <== claimWeight[C_mult()];
  tableWeights.helperWeight <== claimWeight[C_g()];
  var oracleWeights[O_COUNT()];
  oracleWeights[O_model()] = modelSum;
  oracleWeights[O_trace()] = traceSum + tableWeights.trace;
  oracleWeights[O_helper()] = helperSum + tableWeights.helper;
  signal reduced <== InnerProduct(O_COUNT())(u, oracleWeights);
  reduction.value === reduced;

  // 8. Opening at y.
  component opening = Opening(O_COUNT());
  opening.state <== reduction.next;
  opening.point <== reduction.point;
  opening.u <== u;
  opening.h3 <== h[DIGEST_rows()];
  opening.h4 <== h[DIGEST_columns()];
  opening.h5 <== h[DIGEST_columns2()];
  opening.nonce1 <== nonce[NONCE_eta()];
  opening.nonce2 <== nonce[NONCE_theta()];
  opening.nonce3 <== nonce[NONCE_gamma2()];
  opening.nonce4 <== nonce[NONCE_z()];
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
