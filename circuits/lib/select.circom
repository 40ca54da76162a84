// SPDX-License-Identifier: GPL-3.0-or-later
pragma circom 2.2.0;

// Selections by a size: a prefix mask (ones below k, zeros above) says k. What depends on a size is computed once for
// every size and then picked, which is cheaper than to mask the points of every size.

/**
 * @title At a size
 * @notice values[k], with k the number of ones of the prefix mask.
 * @param n largest size
 * @input values[n + 1]: any field elements
 * @input mask[n]: assumed a prefix mask
 * @output out: values[k]
 */
template AtSize(n) {
  signal input values[n + 1];
  signal input mask[n];
  signal output out;

  signal steps[n];
  var sum = values[0];
  for (var t = 0; t < n; t++) {
    steps[t] <== mask[t] * (values[t + 1] - values[t]);
    sum += steps[t];
  }
  out <== sum;
}

/**
 * @title Eq of the low coordinates
 * @notice out[k] = prod over t < k of (a_t b_t + (1 - a_t)(1 - b_t)), for every k.
 * @param n number of coordinates
 * @input a[n], b[n]: any field elements
 * @output out[n + 1]: eq of the low k coordinates
 */
template EqPrefixes(n) {
  signal input a[n];
  signal input b[n];
  signal output out[n + 1];

  signal factors[n];
  out[0] <== 1;
  for (var t = 0; t < n; t++) {
    factors[t] <== 2 * a[t] * b[t] + 1 - a[t] - b[t];
    out[t + 1] <== out[t] * factors[t];
  }
}

/**
 * @title Powers of the low coordinates
 * @notice out[k] = prod over t < k of (1 - y_t + y_t s_t), for every k: the extension of i -> x^i over k bits where s_t =
 *   x^(2^t).
 * @param n number of coordinates
 * @input y[n], s[n]: any field elements
 * @output out[n + 1]: the extension over the low k coordinates
 */
template PowerPrefixes(n) {
  signal input y[n];
  signal input s[n];
  signal output out[n + 1];

  signal factors[n];
  out[0] <== 1;
  for (var t = 0; t < n; t++) {
    factors[t] <== y[t] * (s[t] - 1) + 1;
    out[t + 1] <== out[t] * factors[t];
  }
}

/**
 * @title Dormant suffixes
 * @notice out[k] = prod over t >= k of (1 - a_t): the factor of the dormant variables where k are not (design, 11.2).
 * @param n number of coordinates
 * @input a[n]: any field elements
 * @output out[n + 1]: out[n] = 1
 */
template DormantSuffixes(n) {
  signal input a[n];
  signal output out[n + 1];

  out[n] <== 1;
  for (var t = n - 1; t >= 0; t--) out[t] <== out[t + 1] * (1 - a[t]);
}

/**
 * @title Coordinates from a size on
 * @notice out[u] = point[k + u], with k the number of ones of the prefix mask: the second of two indices packed into an
 *   address (design, section 11.4), by one shift for each bit of k. What lies beyond the address counts as 0.
 * @param m number of address bits
 * @param n largest size, below 16
 * @param w number of coordinates wanted
 * @input point[m]: any field elements
 * @input mask[n]: assumed a prefix mask
 * @output out[w]: the coordinates from k on, not masked
 */
template FromSize(m, n, w) {
  assert(n < 16);
  signal input point[m];
  signal input mask[n];
  signal output out[w];

  // after the shift by 2^b at most 2^b - 1 remain, so that many coordinates more are kept
  signal shifted[4][w + 7];
  for (var b = 3; b >= 0; b--) {
    // bit b of k, a sum of the one-hot of k
    var bit = 0;
    for (var k = 1; k <= n; k++) {
      if (((k >> b) & 1) == 1) bit += mask[k - 1] - (k == n ? 0 : mask[k]);
    }
    for (var u = 0; u < w + 7; u++) {
      var near = 0;
      var far = 0;
      if (b == 3) {
        near = u < m ? point[u] : 0;
        far = u + 8 < m ? point[u + 8] : 0;
      } else {
        near = shifted[b + 1][u];
        if (u + (1 << b) < w + 7) far = shifted[b + 1][u + (1 << b)];
      }
      shifted[b][u] <== u < w + (1 << b) - 1 ? near + bit * (far - near) : 0;
    }
  }
  for (var u = 0; u < w; u++) out[u] <== shifted[0][u];
}

/**
 * @title Order
 * @notice The multilinear extensions of [x < y] and of [x = y], coordinate 0 lowest (protocol, section 7):
 *   sum_t (1 - x_t) y_t prod_(u > t) eq(x_u, y_u), and the whole product. A coordinate that is 0 in both changes nothing.
 * @param n number of coordinates
 * @input x[n], y[n]: any field elements
 * @output less, equal: LT~(x, y) and eq(x, y)
 */
template Order(n) {
  signal input x[n];
  signal input y[n];
  signal output less;
  signal output equal;

  signal both[n];
  signal above[n + 1];   // above[t + 1] = prod over u > t of eq(x_u, y_u)
  signal terms[n];
  var sum = 0;
  above[n] <== 1;
  for (var t = n - 1; t >= 0; t--) {
    both[t] <== x[t] * y[t];
    terms[t] <== (y[t] - both[t]) * above[t + 1];
    sum += terms[t];
    above[t] <== above[t + 1] * (1 - x[t] - y[t] + 2 * both[t]);
  }
  less <== sum;
  equal <== above[0];
}
