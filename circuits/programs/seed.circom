// SPDX-License-Identifier: GPL-3.0-or-later
pragma circom 2.2.0;

include "circomlib/circuits/bitify.circom";
include "circomlib/circuits/poseidon.circom";
include "../lib/lookup.circom";
include "../lib/multilinear.circom";
include "../lib/numbers.circom";
include "../lib/opening.circom";
include "../lib/sizes.circom";
include "../lib/slots.circom";
include "../lib/sumcheck.circom";
include "../lib/transcript.circom";
include "../generated/seed.circom";

/** The largest prime q <= 2^29 / sqrt(2^max(a, 2)): twice the bound of initial weights at fan in 2^a (protocol, section 6). */
function SEED_MODULUS(a) {
  var primes[13] = [268435399, 268435399, 268435399, 189812507, 134217689, 94906249, 67108859, 47453111, 33554393,
    23726561, 16777213, 11863279, 8388593];
  return primes[a];
}

/** The top 64 of the 254 bits of the field's order r. */
function ORDER_TOP() { return 13947993067211882662; }

/**
 * @title Seed offset
 * @notice The low 21 bits of Poseidon(seed, layer): where the layer's number sequence starts. 254 bits represent some
 *   values twice, as d and d + r. The second is refused by its top 64 bits, which are then at least those of r; a
 *   digest whose top 64 bits equal those of r is refused with it (one in 2^63).
 * @param layer circuit layer, 1..4
 * @input seed: any field element, public
 * @output out: in 0..2^21 - 1
 */
template SeedOffset(layer) {
  signal input seed;
  signal output out;

  signal digest <== Poseidon(2)([seed, layer]);
  signal bits[254] <== Num2Bits(254)(digest);
  var top = 0;
  for (var t = 0; t < 64; t++) top += bits[190 + t] * (1 << t);
  signal slack[64] <== Num2Bits(64)(ORDER_TOP() - 1 - top);
  var low = 0;
  for (var t = 0; t < 21; t++) low += bits[t] * (1 << t);
  out <== low;
}

/**
 * @title Seed relations
 * @notice One layer's part of batch 1 at its point: two lookup groups, the number sequence
 *   v (x + off + 1) = 1 + q u, the weights W = mask (v - (q - 1)/2), and the layer's share of the LogUp sum.
 *   An absent layer's evaluations are forced to 0 by its empty slots, and all residues with them.
 * @input present: assumed 0 or 1
 * @input modulus: q; assumed one of SEED_MODULUS
 * @input offset: assumed below 2^21
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
  signal sequence <== scaled - present - modulus * u;

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
 * @input h: public; statement digest and commitment digests, assumed right (the contract computes them)
 * @input shape: public; the descriptor, constrained here to the sizes below
 * @input seed: public; any field element, assumed drawn by the contract
 * @input widths1[5], present[3], modelOffset: fields of the shape, constrained here
 * @input traceOffset, helperOffset: layouts of the trace and of the helper, constrained here to bits
 * @input nonce, batch1[24][5], evals1, reduce[22][2], u, level2[11][2], u12[2], p2[32], s2[64]: the argument's
 *   messages, any field elements
 * @output eta, gamma, theta, gamma2, z, e2: for the contract's opening check
 */
template Seed() {
  signal input h[DIGEST_COUNT()];
  signal input shape;
  signal input seed;
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

  // 4. Points: j in the low coordinates, i in the high ones, masked by the widths of layers l - 1 and l (at l - 1).
  var pointLow[12];
  var pointHigh[12];
  var tauLow[12];
  var tauHigh[12];
  for (var t = 0; t < 12; t++) {
    pointLow[t] = batch.point[t];
    pointHigh[t] = batch.point[12 + t];
    tauLow[t] = tau[t];
    tauHigh[t] = tau[12 + t];
  }
  signal columns[4][12];
  signal rows[4][12];
  signal columnsTau[4][12];
  signal rowsTau[4][12];
  for (var l = 1; l <= 4; l++) {
    columns[l - 1] <== Mask(12)(pointLow, sizes.mask[l - 1]);
    rows[l - 1] <== Mask(12)(pointHigh, sizes.mask[l]);
    columnsTau[l - 1] <== Mask(12)(tauLow, sizes.mask[l - 1]);
    rowsTau[l - 1] <== Mask(12)(tauHigh, sizes.mask[l]);
  }

  // 5. Batch 1 at its point, layer by layer.
  signal offset[4];
  signal eqColumns[4];
  signal eqRows[4];
  signal eqLayer[4];
  signal dormantColumns[4];
  signal dormantRows[4];
  signal dormant[4];
  signal values[4];
  component layers[4];
  offset[0] <== SeedOffset(1)(seed);
  offset[1] <== SeedOffset(2)(seed);
  offset[2] <== SeedOffset(3)(seed);
  offset[3] <== SeedOffset(4)(seed);
  for (var l = 1; l <= 4; l++) {
    var k = l - 1;
    eqColumns[k] <== Eq(12)(columnsTau[k], columns[k]);
    eqRows[k] <== Eq(12)(rowsTau[k], rows[k]);
    eqLayer[k] <== eqColumns[k] * eqRows[k];
    dormantColumns[k] <== DormantFactor(12)(pointLow, columns[k]);
    dormantRows[k] <== DormantFactor(12)(pointHigh, rows[k]);
    dormant[k] <== dormantColumns[k] * dormantRows[k];
    var modulus = SEED_MODULUS(0);
    var rowLength = 1;
    for (var t = 0; t < 12; t++) {
      modulus += sizes.mask[l - 1][t] * (SEED_MODULUS(t + 1) - SEED_MODULUS(t));
      rowLength += sizes.mask[l - 1][t] * (1 << t);
    }
    layers[k] = SeedRelations();
    layers[k].present <== sizes.p[l];
    layers[k].modulus <== modulus;
    layers[k].offset <== offset[k];
    layers[k].rowLength <== rowLength;
    layers[k].beta <== beta;
    layers[k].v0 <== evals1[E_v0(l)];
    layers[k].v1 <== evals1[E_v1(l)];
    layers[k].w1 <== evals1[E_w1(l)];
    layers[k].u0 <== evals1[E_u0(l)];
    layers[k].u1 <== evals1[E_u1(l)];
    layers[k].hA <== evals1[E_hA(l)];
    layers[k].hB <== evals1[E_hB(l)];
    layers[k].W <== evals1[E_W(l)];
    layers[k].columns <== columns[k];
    layers[k].rows <== rows[k];
    layers[k].columnBits <== sizes.bits[l - 1];
    layers[k].rowBits <== sizes.bits[l];
    layers[k].eq <== eqLayer[k];
    layers[k].weightA <== weight[R_groupA(l)];
    layers[k].weightB <== weight[R_groupB(l)];
    layers[k].weightSequence <== weight[R_sequence(l)];
    layers[k].weightWeights <== weight[R_weights(l)];
    layers[k].weightSum <== weight[R_logUp()];
    values[k] <== dormant[k] * layers[k].out;
  }

  // 6. The lookup table, over variables 0..13; the LogUp sum is the last instance.
  var tablePoint[14];
  var tableTau[14];
  for (var t = 0; t < 14; t++) {
    tablePoint[t] = batch.point[t];
    tableTau[t] = tau[t];
  }
  signal residue <== LookupTable()(beta, tablePoint, evals1[E_g()], evals1[E_mult()]);
  signal residueWeighted <== weight[R_table()] * residue;
  signal eqTable <== Eq(14)(tableTau, tablePoint);
  signal tableCheck <== eqTable * residueWeighted;
  signal tableSum <== weight[R_logUp()] * evals1[E_g()];
  signal dormantTable[11];
  dormantTable[0] <== 1;
  for (var t = 0; t < 10; t++) dormantTable[t + 1] <== dormantTable[t] * (1 - batch.point[14 + t]);
  signal table <== dormantTable[10] * (tableCheck - tableSum);
  batch.value === values[0] + values[1] + values[2] + values[3] + table;

  // 7. The claims, weighted: the evaluations; the biases are 0, so their claims add nothing.
  signal claimWeight[C_COUNT()] <== Powers(C_COUNT())(rho);
  var evalWeights[E_COUNT()];
  for (var n = 0; n < E_COUNT(); n++) evalWeights[n] = claimWeight[n];
  signal evalClaims <== InnerProduct(E_COUNT())(evalWeights, evals1);

  // 8. Reduction to one point y.
  component reduction = Sumcheck(22, 2);
  reduction.state <== rho;
  reduction.claim <== evalClaims;
  reduction.messages <== reduce;

  // 9. The claims' weights at y: slot factor times eq with the claimed point.
  var lowY[12];
  for (var t = 0; t < 12; t++) lowY[t] = reduction.point[t];
  signal yLow[5][12];
  for (var l = 0; l < 5; l++) yLow[l] <== Mask(12)(lowY, sizes.mask[l]);
  signal shifted[4][12];
  signal yHigh[4][12];
  signal high[4][22];
  signal highBias[4][22];
  signal eqColumnsY[4];
  signal eqRowsY[4];
  signal eqY[4];
  signal eqBiasY[4];
  signal slotSize[4];
  signal weightSlot[4];
  signal biasSlot[4];
  signal biasTerm[4];
  signal model[4];
  signal traceSlot[4][5];
  signal traceTerms[4][5];
  signal trace[4];
  signal helperSlot[4][2];
  signal helperTerms[4][2];
  signal helper[4];
  var modelSum = 0;
  var traceSum = 0;
  var helperSum = 0;
  for (var l = 1; l <= 4; l++) {
    var k = l - 1;
    shifted[k] <== Shift(22, 12)(reduction.point, sizes.mask[l - 1]);
    yHigh[k] <== Mask(12)(shifted[k], sizes.mask[l]);
    eqColumnsY[k] <== Eq(12)(columns[k], yLow[l - 1]);
    eqRowsY[k] <== Eq(12)(rows[k], yHigh[k]);
    eqY[k] <== eqColumnsY[k] * eqRowsY[k];
    slotSize[k] <== sizes.p[l] * (sizes.logs[l - 1] + sizes.logs[l]);
    high[k] <== HighCoordinates(22)(reduction.point, slotSize[k]);
    highBias[k] <== HighAboveMask(22, 12)(reduction.point, yLow[l]);

    weightSlot[k] <== SlotFactor(22)(modelOffset[MODEL_W(l)], high[k], sizes.p[l]);
    biasSlot[k] <== SlotFactor(22)(modelOffset[MODEL_b(l)], highBias[k], sizes.p[l]);
    eqBiasY[k] <== Eq(12)(rowsTau[k], yLow[l]);
    biasTerm[k] <== biasSlot[k] * eqBiasY[k];
    model[k] <== weightSlot[k] * eqY[k];
    var traceLayer = 0;
    var traceAt[5] = [T_v0(l), T_v1(l), T_w1(l), T_u0(l), T_u1(l)];
    var traceClaim[5] = [C_v0(l), C_v1(l), C_w1(l), C_u0(l), C_u1(l)];
    for (var i = 0; i < 5; i++) {
      traceSlot[k][i] <== SlotFactor(22)(traceOffset[traceAt[i]], high[k], sizes.p[l]);
      traceTerms[k][i] <== claimWeight[traceClaim[i]] * traceSlot[k][i];
      traceLayer += traceTerms[k][i];
    }
    trace[k] <== eqY[k] * traceLayer;
    var helperAt[2] = [H_hA(l), H_hB(l)];
    var helperClaim[2] = [C_hA(l), C_hB(l)];
    for (var i = 0; i < 2; i++) {
      helperSlot[k][i] <== SlotFactor(22)(helperOffset[helperAt[i]], high[k], sizes.p[l]);
      helperTerms[k][i] <== claimWeight[helperClaim[i]] * helperSlot[k][i];
    }
    helper[k] <== eqY[k] * (helperTerms[k][0] + helperTerms[k][1]);
    traceSum += trace[k];
    helperSum += helper[k];
  }
  signal modelWeighted <== InnerProduct(8)(
    [claimWeight[C_W(1)], claimWeight[C_W(2)], claimWeight[C_W(3)], claimWeight[C_W(4)],
      claimWeight[C_bias(1)], claimWeight[C_bias(2)], claimWeight[C_bias(3)], claimWeight[C_bias(4)]],
    [model[0], model[1], model[2], model[3], biasTerm[0], biasTerm[1], biasTerm[2], biasTerm[3]]);
  signal highTable[22] <== HighAboveTable()(reduction.point);
  var tableY[14];
  for (var t = 0; t < 14; t++) tableY[t] = reduction.point[t];
  signal eqTableY <== Eq(14)(tablePoint, tableY);
  signal multSlot <== SlotFactor(22)(traceOffset[T_mult()], highTable, 1);
  signal multTerm <== claimWeight[C_mult()] * multSlot;
  signal tableSlot <== SlotFactor(22)(helperOffset[H_g()], highTable, 1);
  signal tableTerm <== claimWeight[C_g()] * tableSlot;
  signal traceWeighted <== eqTableY * multTerm + traceSum;
  signal helperWeighted <== eqTableY * tableTerm + helperSum;
  var oracleWeights[O_COUNT()];
  oracleWeights[O_model()] = modelWeighted;
  oracleWeights[O_trace()] = traceWeighted;
  oracleWeights[O_helper()] = helperWeighted;
  signal reduced <== InnerProduct(O_COUNT())(u, oracleWeights);
  reduction.value === reduced;

  // 10. Opening at y.
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
