// SPDX-License-Identifier: GPL-3.0-or-later
pragma circom 2.2.0;

// Fixed-point numbers (design, section 1). The literals 12 (bits of a width or a row count), 14 (bits of a limb),
// 22 (address bits) and 24 (12 row + 12 feature variables) in the circuits are W, c, M and 2 W of the protocol.

/** 2^c: limbs lie below. */
function LIMB() { return 1 << 14; }
/** 2^(c-1): what turns a signed value into a limb. */
function HALF_LIMB() { return 1 << 13; }
/** 2^f: weights, and the divisor of every rounding. */
function FRACTION() { return 1 << 28; }
/** 2^fa: inputs, activations, logits, targets. */
function ACTIVATION() { return 1 << 9; }
/** 2^(fd-fa): from an error in activations to a delta. */
function DELTA_SCALE() { return 1 << 2; }
