// SPDX-License-Identifier: GPL-3.0-or-later
pragma circom 2.2.0;

include "rounding.circom";
include "sponge.circom";

// The named baseline of the benchmarks: design section 1 gate by gate, one constraint for every multiplication. It
// computes the same integers as src/training; nothing of the project's own argument is in it.

/** Weights and biases of all layers. */
function parametersOf(L, widths) {
  var count = 0;
  for (var l = 1; l <= L; l++) count += widths[l] * (widths[l - 1] + 1);
  return count;
}

/**
 * @title Step
 * @notice One step of SGD on `batch` rows (design section 1).
 * @param L number of layers
 * @param widths n_0..n_L
 * @param batch rows
 * @input weights[P]: for each layer W row by row, then b; assumed to be a model's weights
 * @input X[batch][n_0], Y[batch][n_L]: assumed to be in range, as the training circuit assumes of a shard
 * @input lr: assumed to be in [1, 2^16]
 * @output next[P]: the weights after the step
 */
template Step(L, widths, batch) {
  var P = parametersOf(L, widths);
  signal input weights[P];
  signal input X[batch][widths[0]];
  signal input Y[batch][widths[L]];
  signal input lr;
  signal output next[P];

  var offset[L + 2];
  var unit[L + 2];
  offset[1] = 0;
  unit[0] = 0;
  for (var l = 1; l <= L; l++) offset[l + 1] = offset[l] + widths[l] * (widths[l - 1] + 1);
  for (var l = 0; l <= L; l++) unit[l + 1] = unit[l] + widths[l];
  var units = unit[L + 1];

  // Activations A_0..A_L (A_L is Q_L), deltas and lr times the deltas, each at unit[l] + i.
  signal A[batch][units];
  signal D[batch][units];
  signal step[batch][units];
  // Running sums of W A and of W^T D, at the place of their last product: a product and its addition are one constraint.
  signal forward[batch][P];
  signal backward[batch][P];
  component relu[batch][units];
  component output_[batch][widths[L]];
  component delta[batch][units];

  for (var s = 0; s < batch; s++) {
    // 1. Forward.
    for (var j = 0; j < widths[0]; j++) A[s][j] <== X[s][j];
    for (var l = 1; l <= L; l++) {
      for (var i = 0; i < widths[l]; i++) {
        var row = offset[l] + i * widths[l - 1];
        forward[s][row] <== weights[row] * A[s][unit[l - 1]];
        for (var j = 1; j < widths[l - 1]; j++) {
          forward[s][row + j] <== forward[s][row + j - 1] + weights[row + j] * A[s][unit[l - 1] + j];
        }
        var z = forward[s][row + widths[l - 1] - 1] + (1 << 9) * weights[offset[l] + widths[l] * widths[l - 1] + i];
        if (l < L) {
          relu[s][unit[l] + i] = RoundRelu();
          relu[s][unit[l] + i].in <== z;
          A[s][unit[l] + i] <== relu[s][unit[l] + i].out;
        } else {
          output_[s][i] = RoundSigned();
          output_[s][i].in <== z;
          A[s][unit[l] + i] <== output_[s][i].out;
        }
      }
    }

    // 2. Deltas of the output, then backward.
    for (var i = 0; i < widths[L]; i++) D[s][unit[L] + i] <== 4 * (A[s][unit[L] + i] - Y[s][i]);
    for (var l = L - 1; l >= 1; l--) {
      for (var j = 0; j < widths[l]; j++) {
        var column = offset[l + 1] + j;
        backward[s][column] <== weights[column] * D[s][unit[l + 1]];
        for (var i = 1; i < widths[l + 1]; i++) {
          var at = column + i * widths[l];
          backward[s][at] <== backward[s][at - widths[l]] + weights[at] * D[s][unit[l + 1] + i];
        }
        delta[s][unit[l] + j] = RoundSigned();
        delta[s][unit[l] + j].in <== backward[s][column + (widths[l + 1] - 1) * widths[l]];
        D[s][unit[l] + j] <== relu[s][unit[l] + j].active * delta[s][unit[l] + j].out;
      }
    }
    for (var j = 0; j < widths[0]; j++) {
      D[s][j] <== 0;
      step[s][j] <== 0;
    }
    for (var u = unit[1]; u < units; u++) step[s][u] <== lr * D[s][u];
  }

  // 3. Update, row after row: one product for each weight and row.
  signal updated[batch + 1][P];
  updated[0] <== weights;
  for (var s = 0; s < batch; s++) {
    for (var l = 1; l <= L; l++) {
      for (var i = 0; i < widths[l]; i++) {
        for (var j = 0; j < widths[l - 1]; j++) {
          var p = offset[l] + i * widths[l - 1] + j;
          updated[s + 1][p] <== updated[s][p] - step[s][unit[l] + i] * A[s][unit[l - 1] + j];
        }
        var p = offset[l] + widths[l] * widths[l - 1] + i;
        updated[s + 1][p] <== updated[s][p] - (1 << 9) * step[s][unit[l] + i];
      }
    }
  }
  next <== updated[batch];
}

/**
 * @title Segment
 * @notice rows / batch steps over the rows in order: the baseline without its commitments.
 * @param L, widths, batch: as in Step
 * @param rows a multiple of batch
 * @output child[P]: the weights after the last step
 */
template Segment(L, widths, rows, batch) {
  assert(rows % batch == 0);
  var P = parametersOf(L, widths);
  var steps = rows \ batch;
  signal input lr;
  signal input parent[P];
  signal input X[rows][widths[0]];
  signal input Y[rows][widths[L]];
  signal output child[P];

  component step[steps];
  for (var k = 0; k < steps; k++) {
    step[k] = Step(L, widths, batch);
    step[k].lr <== lr;
    if (k == 0) {
      step[k].weights <== parent;
    } else {
      step[k].weights <== step[k - 1].next;
    }
    for (var s = 0; s < batch; s++) {
      step[k].X[s] <== X[k * batch + s];
      step[k].Y[s] <== Y[k * batch + s];
    }
  }
  child <== step[steps - 1].next;
}

/**
 * @title CommittedSegment
 * @notice The whole baseline: "the child's commitment opens to what follows from the parent's on the committed data",
 *   the statement of the program `train`. Salts hide the committed vectors; they are their last elements.
 * @param L, widths, rows, batch: as in Segment
 * @output commitments[3]: parent, child, data (X row by row, then Y)
 */
template CommittedSegment(L, widths, rows, batch) {
  var P = parametersOf(L, widths);
  var features = rows * widths[0];
  var targets = rows * widths[L];
  signal input lr;
  signal input parent[P];
  signal input X[rows][widths[0]];
  signal input Y[rows][widths[L]];
  signal input salts[3];
  signal output commitments[3];

  component segment = Segment(L, widths, rows, batch);
  segment.lr <== lr;
  segment.parent <== parent;
  segment.X <== X;
  segment.Y <== Y;

  component models[2];
  for (var m = 0; m < 2; m++) {
    models[m] = Sponge(P + 1);
    for (var p = 0; p < P; p++) {
      if (m == 0) {
        models[m].in[p] <== parent[p];
      } else {
        models[m].in[p] <== segment.child[p];
      }
    }
    models[m].in[P] <== salts[m];
    commitments[m] <== models[m].out;
  }
  component data = Sponge(features + targets + 1);
  for (var s = 0; s < rows; s++) {
    for (var j = 0; j < widths[0]; j++) data.in[s * widths[0] + j] <== X[s][j];
    for (var i = 0; i < widths[L]; i++) data.in[features + s * widths[L] + i] <== Y[s][i];
  }
  data.in[features + targets] <== salts[2];
  commitments[2] <== data.out;
}
