// SPDX-License-Identifier: GPL-3.0-or-later
pragma circom 2.2.0;

include "circomlib/circuits/poseidon_constants.circom";

// circomlib's Poseidon: the same components, signals and constraints, in the same order. There the template of a round
// takes the constants of all rounds as a parameter, and the compiler writes them into the witness program once for every
// round. Here it takes its own, which leaves a fifth of the program.

/**
 * @title Sigma
 * @notice The S-box.
 * @input in: any field element
 * @output out: in^5
 */
template Sigma() {
  signal input in;
  signal output out;

  signal in2;
  signal in4;

  in2 <== in * in;
  in4 <== in2 * in2;
  out <== in4 * in;
}

/**
 * @title Ark
 * @notice Adds the constants of a round.
 * @param t width of the state
 * @param C the round's t constants
 * @input in[t]: any field elements
 * @output out[t]: in[i] + C[i]
 */
template Ark(t, C) {
  signal input in[t];
  signal output out[t];

  for (var i = 0; i < t; i++) out[i] <== in[i] + C[i];
}

/**
 * @title Mix
 * @notice A product with a matrix.
 * @param t width of the state
 * @param M the matrix, column by column
 * @input in[t]: any field elements
 * @output out[t]: sum_j M[j][i] in[j]
 */
template Mix(t, M) {
  signal input in[t];
  signal output out[t];

  for (var i = 0; i < t; i++) {
    var sum = 0;
    for (var j = 0; j < t; j++) sum += M[j][i] * in[j];
    out[i] <== sum;
  }
}

/**
 * @title MixLast
 * @notice One element of a product with a matrix.
 * @param t width of the state
 * @param row the row of the matrix
 * @input in[t]: any field elements
 * @output out: sum_j row[j] in[j]
 */
template MixLast(t, row) {
  signal input in[t];
  signal output out;

  var sum = 0;
  for (var j = 0; j < t; j++) sum += row[j] * in[j];
  out <== sum;
}

/**
 * @title MixS
 * @notice A product with the sparse matrix of a partial round: a full first row and first column, ones on the diagonal.
 * @param t width of the state
 * @param S the first row (t), then the first column without its first element (t - 1)
 * @input in[t]: any field elements
 * @output out[t]: the product
 */
template MixS(t, S) {
  signal input in[t];
  signal output out[t];

  var sum = 0;
  for (var i = 0; i < t; i++) sum += S[i] * in[i];
  out[0] <== sum;
  for (var i = 1; i < t; i++) out[i] <== in[i] + in[0] * S[t + i - 1];
}

/**
 * @title PoseidonEx
 * @notice The permutation: four full rounds, the partial ones, four full ones.
 * @param nInputs number of inputs, 1 to 16
 * @param nOuts number of outputs
 * @param partial number of partial rounds
 * @param C, S, M, P circomlib's constants: of the rounds, of the sparse matrices, the matrix, and the one before the partial rounds
 * @input inputs[nInputs]: any field elements
 * @input initialState: any field element
 * @output out[nOuts]: the first elements of the state afterwards
 */
template PoseidonEx(nInputs, nOuts, partial, C, S, M, P) {
  signal input inputs[nInputs];
  signal input initialState;
  signal output out[nOuts];

  var t = nInputs + 1;
  var half = 4;

  component ark[2 * half];
  component sigmaF[2 * half][t];
  component sigmaP[partial];
  component mix[2 * half - 1];
  component mixS[partial];
  component mixLast[nOuts];

  // 1. The first half of the full rounds: the constants of the first come before it.
  for (var r = 0; r < half; r++) {
    if (r == 0) {
      var first[t];
      for (var j = 0; j < t; j++) first[j] = C[j];
      ark[0] = Ark(t, first);
      for (var j = 0; j < t; j++) {
        if (j > 0) ark[0].in[j] <== inputs[j - 1];
        else ark[0].in[j] <== initialState;
      }
    }
    for (var j = 0; j < t; j++) {
      sigmaF[r][j] = Sigma();
      if (r == 0) sigmaF[r][j].in <== ark[0].out[j];
      else sigmaF[r][j].in <== mix[r - 1].out[j];
    }
    var constants[t];
    for (var j = 0; j < t; j++) constants[j] = C[(r + 1) * t + j];
    ark[r + 1] = Ark(t, constants);
    for (var j = 0; j < t; j++) ark[r + 1].in[j] <== sigmaF[r][j].out;
    if (r < half - 1) mix[r] = Mix(t, M);
    else mix[r] = Mix(t, P);
    for (var j = 0; j < t; j++) mix[r].in[j] <== ark[r + 1].out[j];
  }

  // 2. The partial rounds, in the sparse form of the matrices.
  for (var r = 0; r < partial; r++) {
    sigmaP[r] = Sigma();
    if (r == 0) sigmaP[r].in <== mix[half - 1].out[0];
    else sigmaP[r].in <== mixS[r - 1].out[0];
    var sparse[2 * t - 1];
    for (var k = 0; k < 2 * t - 1; k++) sparse[k] = S[(2 * t - 1) * r + k];
    mixS[r] = MixS(t, sparse);
    for (var j = 0; j < t; j++) {
      if (j == 0) mixS[r].in[j] <== sigmaP[r].out + C[(half + 1) * t + r];
      else if (r == 0) mixS[r].in[j] <== mix[half - 1].out[j];
      else mixS[r].in[j] <== mixS[r - 1].out[j];
    }
  }

  // 3. The other half of the full rounds; the last has no constants.
  for (var r = 0; r < half - 1; r++) {
    for (var j = 0; j < t; j++) {
      sigmaF[half + r][j] = Sigma();
      if (r == 0) sigmaF[half + r][j].in <== mixS[partial - 1].out[j];
      else sigmaF[half + r][j].in <== mix[half + r - 1].out[j];
    }
    var constants[t];
    for (var j = 0; j < t; j++) constants[j] = C[(half + 1 + r) * t + partial + j];
    ark[half + r + 1] = Ark(t, constants);
    for (var j = 0; j < t; j++) ark[half + r + 1].in[j] <== sigmaF[half + r][j].out;
    mix[half + r] = Mix(t, M);
    for (var j = 0; j < t; j++) mix[half + r].in[j] <== ark[half + r + 1].out[j];
  }
  for (var j = 0; j < t; j++) {
    sigmaF[2 * half - 1][j] = Sigma();
    sigmaF[2 * half - 1][j].in <== mix[2 * half - 2].out[j];
  }
  for (var i = 0; i < nOuts; i++) {
    var row[t];
    for (var j = 0; j < t; j++) row[j] = M[j][i];
    mixLast[i] = MixLast(t, row);
    for (var j = 0; j < t; j++) mixLast[i].in[j] <== sigmaF[2 * half - 1][j].out;
    out[i] <== mixLast[i].out;
  }
}

/**
 * @title Poseidon
 * @notice The hash of the inputs.
 * @param nInputs number of inputs, 1 to 16
 * @input inputs[nInputs]: any field elements
 * @output out: the hash
 */
template Poseidon(nInputs) {
  signal input inputs[nInputs];
  signal output out;

  var t = nInputs + 1;
  var partial[16] = [56, 57, 56, 60, 60, 63, 64, 63, 60, 66, 60, 65, 70, 60, 64, 68];
  // functions that are only called for parameters leave nothing in the witness program
  component pEx = PoseidonEx(
    nInputs, 1, partial[nInputs - 1], POSEIDON_C(t), POSEIDON_S(t), POSEIDON_M(t), POSEIDON_P(t)
  );
  pEx.initialState <== 0;
  for (var i = 0; i < nInputs; i++) pEx.inputs[i] <== inputs[i];
  out <== pEx.out[0];
}
