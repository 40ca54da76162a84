// SPDX-License-Identifier: GPL-3.0-or-later
pragma circom 2.2.0;

/**
 * @title Eq
 * @notice eq(a, b) = prod (a_t b_t + (1 - a_t)(1 - b_t)). A coordinate that is 0 in both (a masked point) gives 1.
 * @param n number of coordinates
 * @input a[n], b[n]: any field elements
 * @output out: eq(a, b)
 */
template Eq(n) {
  signal input a[n];
  signal input b[n];
  signal output out;

  signal factors[n];
  signal products[n + 1];
  products[0] <== 1;
  for (var t = 0; t < n; t++) {
    factors[t] <== 2 * a[t] * b[t] + 1 - a[t] - b[t];
    products[t + 1] <== products[t] * factors[t];
  }
  out <== products[n];
}

/**
 * @title LessThan extension
 * @notice The multilinear extension of [x < y], coordinate 0 lowest (design, section 7.1):
 *   sum_t (1 - x_t) y_t prod_(u > t) eq(x_u, y_u). A coordinate that is 0 in both changes nothing.
 * @param n number of coordinates
 * @input x[n], y[n]: any field elements
 * @output out: LT~(x, y)
 */
template LessThanExtension(n) {
  signal input x[n];
  signal input y[n];
  signal output out;

  signal both[n];
  signal above[n];   // prod over u > t of eq(x_u, y_u)
  signal terms[n];
  var sum = 0;
  above[n - 1] <== 1;
  for (var t = n - 1; t >= 0; t--) {
    both[t] <== x[t] * y[t];
    terms[t] <== (y[t] - both[t]) * above[t];
    sum += terms[t];
    if (t > 0) above[t - 1] <== above[t] * (1 - x[t] - y[t] + 2 * both[t]);
  }
  out <== sum;
}

/**
 * @title AtMost extension
 * @notice The multilinear extension of [x <= N] in x, for fixed bits of N (design, section 11.5).
 * @param n number of coordinates
 * @input x[n]: any field elements
 * @input bits[n]: bits of N, lowest first; assumed 0 or 1
 * @output out: 1 on x <= N and 0 above, extended
 */
template AtMostExtension(n) {
  signal input x[n];
  signal input bits[n];
  signal output out;

  signal both[n];
  signal atMost[n + 1];
  atMost[0] <== 1;
  for (var t = 0; t < n; t++) {
    both[t] <== bits[t] * x[t];
    atMost[t + 1] <== bits[t] - both[t] + atMost[t] * (1 - bits[t] - x[t] + 2 * both[t]);
  }
  out <== atMost[n];
}

/**
 * @title Dormant factor
 * @notice prod (1 - a_t + b_t) with b a masked copy of a: the factor 1 - a_t for each dormant coordinate (design, 11.2).
 * @param n number of coordinates
 * @input a[n]: any field elements
 * @input b[n]: assumed a_t or 0, from Mask
 * @output out: the product
 */
template DormantFactor(n) {
  signal input a[n];
  signal input b[n];
  signal output out;

  signal products[n + 1];
  products[0] <== 1;
  for (var t = 0; t < n; t++) products[t + 1] <== products[t] * (1 - a[t] + b[t]);
  out <== products[n];
}

/**
 * @title Power extension
 * @notice The multilinear extension of i -> gamma^i: prod (1 - x_t + x_t gamma^(2^t)) (design, section 6.3).
 * @param n number of coordinates
 * @input gamma: any field element
 * @input x[n]: any field elements
 * @output out: the extension at x
 */
template PowerExtension(n) {
  signal input gamma;
  signal input x[n];
  signal output out;

  signal squares[n];
  signal scaled[n];
  signal products[n + 1];
  squares[0] <== gamma;
  for (var t = 1; t < n; t++) squares[t] <== squares[t - 1] * squares[t - 1];
  products[0] <== 1;
  for (var t = 0; t < n; t++) {
    scaled[t] <== x[t] * (squares[t] - 1);
    products[t + 1] <== products[t] * (1 + scaled[t]);
  }
  out <== products[n];
}

/**
 * @title Multilinear extension
 * @notice f~(z) of a table in the clear, by folding from the highest coordinate.
 * @param n number of coordinates
 * @input table[2^n]: any field elements
 * @input z[n]: any field elements
 * @output out: f~(z)
 */
template MultilinearExtension(n) {
  signal input table[1 << n];
  signal input z[n];
  signal output out;

  // fold t writes 2^t values at 2^t - 1
  signal folded[(1 << n) - 1];
  for (var t = n - 1; t >= 0; t--) {
    for (var k = 0; k < 1 << t; k++) {
      var low = t == n - 1 ? table[k] : folded[(2 << t) - 1 + k];
      var high = t == n - 1 ? table[(1 << t) + k] : folded[(2 << t) - 1 + (1 << t) + k];
      folded[(1 << t) - 1 + k] <== low + z[t] * (high - low);
    }
  }
  out <== folded[0];
}

/**
 * @title Polynomial
 * @notice sum_i coefficients[i] x^i by Horner's rule.
 * @param n number of coefficients
 * @input coefficients[n]: any field elements
 * @input x: any field element
 * @output out: the value at x
 */
template Polynomial(n) {
  signal input coefficients[n];
  signal input x;
  signal output out;

  signal partial[n];
  partial[n - 1] <== coefficients[n - 1];
  for (var i = n - 2; i >= 0; i--) partial[i] <== partial[i + 1] * x + coefficients[i];
  out <== partial[0];
}

/**
 * @title Inner product
 * @param n length
 * @input a[n], b[n]: any field elements
 * @output out: sum_i a_i b_i
 */
template InnerProduct(n) {
  signal input a[n];
  signal input b[n];
  signal output out;

  signal terms[n];
  var sum = 0;
  for (var i = 0; i < n; i++) {
    terms[i] <== a[i] * b[i];
    sum += terms[i];
  }
  out <== sum;
}
