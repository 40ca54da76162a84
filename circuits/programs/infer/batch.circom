// SPDX-License-Identifier: GPL-3.0-or-later
pragma circom 2.2.0;

include "../../lib/lookup.circom";
include "../../lib/multilinear.circom";
include "../../lib/numbers.circom";
include "../../lib/select.circom";
include "../../lib/sizes.circom";
include "../../lib/table.circom";
include "../../generated/infer.circom";

/**
 * @title Inference, batch 1 at its point
 * @notice The value of the instances of program infer (protocol, section 13) at (rho_s; rho_f). Layer l has index l - 1 in
 *   arrays of 4 and l in arrays of 5; hidden layer h has index h - 1 in arrays of 3.
 * @input p[5], mask[5][12]: from ModelShape
 * @input ranged: 1 = range and padding of the inputs are proved here; assumed a bit
 * @input rowBits[12], inBits[12], outBits[12]: bits of rows - 1, n_0 - 1 and n_4 - 1, assumed bits
 * @input beta: the lookup challenge
 * @input tau[24]: the zero-checks' point (r_s; r_i), not masked
 * @input weight: powers of lambda
 * @input point[24]: the batch's point, rows low
 * @input rows[12], rowsR[12]: row parts of the point and of tau, masked
 * @input evals: evaluations at the point, in the order of the protocol
 * @output out: the value
 */
template InferBatch() {
  signal input p[5];
  signal input mask[5][12];
  signal input ranged;
  signal input rowBits[12];
  signal input inBits[12];
  signal input outBits[12];
  signal input beta;
  signal input tau[24];
  signal input weight[R_COUNT()];
  signal input point[24];
  signal input rows[12];
  signal input rowsR[12];
  signal input evals[E_COUNT()];
  signal output out;

  // 1. Factors of dormant variables: without rows, with rows; of features for every width.
  var pointRows[12];
  var pointFeatures[12];
  var tauFeatures[12];
  var tableTau[16];
  for (var t = 0; t < 12; t++) {
    pointRows[t] = point[t];
    pointFeatures[t] = point[12 + t];
    tauFeatures[t] = tau[12 + t];
  }
  for (var t = 0; t < 16; t++) tableTau[t] = tau[t];
  signal noRows[13] <== DormantSuffixes(12)(pointRows);
  signal withRows <== DormantFactor(12)(pointRows, rows);
  signal noFeatures[13] <== DormantSuffixes(12)(pointFeatures);
  signal withFeatures[5];
  for (var l = 0; l < 5; l++) withFeatures[l] <== AtSize(12)(noFeatures, mask[l]);

  // 2. The zero-checks' eq; the extensions of the real entries of inputs and outputs.
  signal eqRows <== Eq(12)(rowsR, rows);
  signal eqPrefixes[13] <== EqPrefixes(12)(tauFeatures, pointFeatures);
  signal eqFeatures[5];
  signal eq[5];
  for (var l = 0; l < 5; l++) {
    eqFeatures[l] <== AtSize(12)(eqPrefixes, mask[l]);
    eq[l] <== eqRows * eqFeatures[l];
  }
  signal inputFeatures[12] <== Mask(12)(pointFeatures, mask[0]);
  signal outputFeatures[12] <== Mask(12)(pointFeatures, mask[4]);
  signal realRows <== AtMostExtension(12)(rows, rowBits);
  signal realInputs <== AtMostExtension(12)(inputFeatures, inBits);
  signal realOutputs <== AtMostExtension(12)(outputFeatures, outBits);
  signal realIn <== realRows * realInputs;
  signal realOut <== realRows * realOutputs;

  // 3. Forward sums of layer l, over its input features.
  var onFeatures[5] = [0, 0, 0, 0, 0];
  signal forward[4];
  signal forwardWeighted[4];
  for (var k = 0; k < 4; k++) {
    forward[k] <== evals[E_W(k + 1)] * evals[E_In(k + 1)];
    forwardWeighted[k] <== weight[R_F1(k + 1)] * forward[k];
    onFeatures[k] += forwardWeighted[k];
  }

  // 4. Zero-checks: the inputs' range and padding; of hidden layers that m is a bit, A = m V and lookups V - m, R0, R1; of
  //    the output lookups Q', U0, U1 and that O is Q where it is real and 0 elsewhere.
  signal bit[3];
  signal rectified[3];
  signal bitWeighted[3];
  signal rectifiedWeighted[3];
  signal group[4];
  signal groupWeighted[4];
  var checks[5];
  var helpers[5];
  signal range <== evals[E_hX()] * (beta - evals[E_X()] - HALF_LIMB()) - ranged;
  signal padding <== evals[E_X()] * (1 - realIn);
  signal paddingRanged <== ranged * padding;
  signal inputChecks <== InnerProduct(2)([weight[R_rangeX()], weight[R_paddingX()]], [range, paddingRanged]);
  checks[0] = inputChecks;
  helpers[0] = evals[E_hX()];
  for (var k = 0; k < 3; k++) {
    var l = k + 1;
    bit[k] <== evals[E_m(l)] * (evals[E_m(l)] - 1);
    rectified[k] <== evals[E_A(l)] - evals[E_m(l)] * evals[E_V(l)];
    bitWeighted[k] <== weight[R_bit(l)] * bit[k];
    rectifiedWeighted[k] <== weight[R_active(l)] * rectified[k];
    group[k] <== LookupGroup()(beta, [evals[E_V(l)] - evals[E_m(l)], evals[E_R0(l)], evals[E_R1(l)]],
      evals[E_h(l)], p[l]);
    groupWeighted[k] <== weight[R_h(l)] * group[k];
    checks[l] = bitWeighted[k] + rectifiedWeighted[k] + groupWeighted[k];
    helpers[l] = evals[E_h(l)];
  }
  group[3] <== LookupGroup()(beta, [evals[E_Q()], evals[E_U0()], evals[E_U1()]], evals[E_hQ()], 1);
  groupWeighted[3] <== weight[R_hQ()] * group[3];
  signal shown <== evals[E_O()] - realOut * (evals[E_Q()] - HALF_LIMB());
  signal shownWeighted <== weight[R_output()] * shown;
  checks[4] = groupWeighted[3] + shownWeighted;
  helpers[4] = evals[E_hQ()];

  // 5. The lookup table, over the variables 0..15, which are all rows and four features.
  signal table <== Table(24)(beta, point, tableTau, evals[E_g()], evals[E_mult()], weight[R_table()], weight[R_logUp()]);

  // 6. All of it.
  signal zeroChecks[5];
  signal helperSum[5];
  signal rowless[5];
  signal ofRows[5];
  signal full[5];
  var total = table;
  for (var l = 0; l < 5; l++) {
    zeroChecks[l] <== eq[l] * checks[l];
    helperSum[l] <== weight[R_logUp()] * helpers[l];
    rowless[l] <== noRows[0] * onFeatures[l];
    ofRows[l] <== withRows * (zeroChecks[l] + helperSum[l]);
    full[l] <== withFeatures[l] * (rowless[l] + ofRows[l]);
    total += full[l];
  }
  out <== total;
}
