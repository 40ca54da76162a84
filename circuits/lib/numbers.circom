// SPDX-License-Identifier: GPL-3.0-or-later
pragma circom 2.2.0;

// Fixed-point numbers (protocol, header). The literals 12 (bits of a width, and of the rows of a shard), 14 (bits of the
// rows of train's trace), 16 (bits of a limb), 18 (bits of a chunk), 23 (bits of a model's offset) and 26 (address bits of
// an oracle) in the circuits are W, R, c, 18, 23 and M of the protocol; 24 = 2 W and 26 = R + W are positions of a batch.

/** 2^c: limbs lie below. */
function LIMB() { return 1 << 16; }
/** 2^(c-1): what turns a signed value into a limb. */
function HALF_LIMB() { return 1 << 15; }
/** 2^f: weights, and the divisor of every rounding. */
function FRACTION() { return 1 << 32; }
/** 2^fa: inputs, activations, logits, targets. */
function ACTIVATION() { return 1 << 9; }
/** 2^fd: deltas, probabilities, smoothing. */
function DELTA() { return 1 << 11; }
/** 2^(fd-fa): from an error in activations to a delta. */
function DELTA_SCALE() { return 1 << 2; }
/** 2^(16-fa): from a logit to the unit of a log-loss. */
function LOSS_UNIT() { return 1 << 7; }
