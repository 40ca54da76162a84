// SPDX-License-Identifier: GPL-3.0-or-later
pragma circom 2.2.0;

include "../../lib/multilinear.circom";
include "../../lib/select.circom";
include "../../lib/sizes.circom";
include "../../lib/slots.circom";

// A model as one vector over the 23 address bits of its oracle (protocol, section 15). Slot 2 (l - 1) is W_l, 2 (l - 1) + 1 is b_l,
// of layers l = 1..6, the last the output.

/**
 * @title Slot words
 * @notice Unpacks the two words that say where the tensors stand: of each layer offset of W (23 bits), offset of b (23), log2
 *   of the entries of W (5), of b (5), presence (1). Every field is constrained to its range, so a word has one unpacking.
 *   That they are those of the shape is assumed: the contract makes them from it.
 * @input words[2]: public, constrained here to equal the fields packed
 * @input offsets[12][23]: constrained here to bits
 * @input logs[12]: constrained here to 0..23
 * @input present[6]: constrained here to bits
 * @output hot[12][24]: one-hot of the logs
 */
template SlotWordsOf() {
  signal input words[2];
  signal input offsets[12][23];
  signal input logs[12];
  signal input present[6];
  signal output hot[12][24];

  Bits(6)(present);
  var packed[2] = [0, 0];
  for (var i = 0; i < 12; i++) {
    Bits(23)(offsets[i]);
    var sum = 0;
    var weighted = 0;
    for (var k = 0; k < 24; k++) {
      hot[i][k] <-- logs[i] == k ? 1 : 0;
      hot[i][k] * (hot[i][k] - 1) === 0;
      sum += hot[i][k];
      weighted += k * hot[i][k];
    }
    sum === 1;
    weighted === logs[i];
    var l = i \ 2;
    var at = 57 * (l % 3);
    for (var t = 0; t < 23; t++) packed[l \ 3] += offsets[i][t] * (1 << (at + 23 * (i % 2) + t));
    packed[l \ 3] += logs[i] * (1 << (at + 46 + 5 * (i % 2)));
    if (i % 2 == 0) packed[l \ 3] += present[l] * (1 << (at + 56));
  }
  packed[0] === words[0];
  packed[1] === words[1];
}

/**
 * @title Vector mask
 * @notice The least m with all offsets below 2^m. Offsets are canonical and there are two slots at least, so that all slots
 *   end at 2^m or below: the slot at 0 is followed by one at its end or beyond, and each other one ends at or below the next
 *   multiple of its offset's highest bit.
 * @input offsets[12][23]: assumed bits, those of absent slots 0
 * @input mask[23]: constrained here to ones below m and zeros from there on
 */
template VectorMask() {
  signal input offsets[12][23];
  signal input mask[23];

  // 1. A prefix mask: a fall of 0 or 1 at each step is one fall in all.
  var before = 1;
  for (var t = 0; t <= 23; t++) {
    var here = t < 23 ? mask[t] : 0;
    (before - here) * (before - here - 1) === 0;
    before = here;
  }

  // 2. No offset has a bit from m on, and one has bit m - 1. Sums of 12 bits are not 0 unless all are.
  signal last[23];
  var highest = 0;
  for (var t = 0; t < 23; t++) {
    var bits = 0;
    for (var i = 0; i < 12; i++) bits += offsets[i][t];
    (1 - mask[t]) * bits === 0;
    last[t] <== (mask[t] - (t < 22 ? mask[t + 1] : 0)) * bits;
    highest += last[t];
  }
  signal inverse <-- highest != 0 ? 1 / highest : 0;
  highest * inverse === 1;
}

/**
 * @title Slot at two points
 * @notice Ind, the extension of [an address is in the slot], at the batch's point and at y, and the weight at y of the claim
 *   that the vector of a model's slots has a value at the point: Ind(point) Ind(y) eq of the coordinates within the slot.
 * @input offset[23]: assumed bits
 * @input hot[24]: one-hot of the slot's log2, from SlotWordsOf
 * @input present: assumed a bit
 * @input point[23], y[23]: the batch's point and the reduction's, masked by the vector's bits
 * @input eqs[24]: eq of the low coordinates of both, by their number
 * @output inside: present Ind(point)
 * @output reached: present Ind(y)
 * @output weight: the claim's weight, without the coordinates beyond the vector
 */
template SlotAtPoints() {
  signal input offset[23];
  signal input hot[24];
  signal input present;
  signal input point[23];
  signal input y[23];
  signal input eqs[24];
  signal output inside;
  signal output reached;
  signal output weight;

  signal high[23];
  signal highY[23];
  var above = 0;
  for (var t = 0; t < 23; t++) {
    above += hot[t];
    high[t] <== point[t] * above;
    highY[t] <== y[t] * above;
  }
  inside <== SlotFactor(23)(offset, high, present);
  reached <== SlotFactor(23)(offset, highY, present);
  signal eq <== InnerProduct(24)(hot, eqs);
  signal both <== inside * reached;
  weight <== both * eq;
}
