/**
 * Fixed-point formats and sizes that the trainer, the circuits and the contracts share (design section 1).
 * Changing one of them changes the protocol.
 */

/** c: one lookup proves 0 <= x < 2^c. */
export const LIMB_BITS = 16;
/** f = 2c: fraction bits of weights and biases; every rounding shifts by f. */
export const FRACTION_BITS = 32;
/** Of the weights of a layer that reads averages over 2x2 pixels: the circuits compute with the sum of the four. */
export const POOLED_FRACTION_BITS = FRACTION_BITS - 2;
/** What divides the learning rate for such a layer, since sums stand for averages there (protocol section 12). */
export const POOLED_RATE = 16;
/** fa: fraction bits of inputs, activations, logits and targets. */
export const ACTIVATION_BITS = 9;
/** fd: fraction bits of deltas (back-propagated errors). */
export const DELTA_BITS = 11;
/** s = f - fa - fd: the real learning rate on the mean gradient is lr * B / 2^s. */
export const RATE_BITS = 12;
/** lr is an integer in [1, MAX_RATE]. */
export const MAX_RATE = 1 << 16;

/** Layers of a network: 1..MAX_LAYERS. */
export const MAX_LAYERS = 4;
/** W: widths and row counts of shards are 1..2^SIZE_BITS. */
export const SIZE_BITS = 12;
export const MAX_SIZE = 1 << SIZE_BITS;
/** R: rows of a shard (rounded up to a power of two) times passes are at most 2^TRACE_ROW_BITS. */
export const TRACE_ROW_BITS = 14;
/** M: entries of an oracle are at most 2^ADDRESS_BITS. */
export const ADDRESS_BITS = 26;
/** Entries of all slots of a model are at most 2^MODEL_BITS, and its offsets have MODEL_BITS bits. */
export const MODEL_BITS = 23;
/** Entries of all slots of a shard are at most 2^SHARD_ENTRY_BITS. */
export const SHARD_ENTRY_BITS = 25;
/** A vector is committed in chunks of 2^CHUNK_BITS entries (protocol section 1). */
export const CHUNK_BITS = 18;
export const CHUNK_SIZE = 1 << CHUNK_BITS;
/** Address bits that name the chunk. */
export const CHUNK_COORDINATES = ADDRESS_BITS - CHUNK_BITS;
/** Chunks of an oracle, at most. */
export const MAX_CHUNKS = 1 << CHUNK_COORDINATES;
/** Powers of tau that any proof takes: a chunk with its salt and blinding, which stand just above its entries (protocol section 8). */
export const PROOF_POWERS = CHUNK_SIZE + (1 << 12);
/** C = 2^COLUMN_BITS columns of level 1, C2 = 2^COLUMN2_BITS columns and as many rows of level 2 (protocol section 4). */
export const COLUMN_BITS = 10;
export const COLUMN2_BITS = 5;

/** |Q_l| < ACTIVATION_LIMIT for hidden layers (the limb V - m). */
export const ACTIVATION_LIMIT = 1 << LIMB_BITS;
/** Inputs, targets, outputs Q_L and deltas T_l lie in [-SIGNED_LIMIT, SIGNED_LIMIT). */
export const SIGNED_LIMIT = 1 << (LIMB_BITS - 1);
/**
 * W, b in [-2^47, 2^47), the real range [-2^15, 2^15), as import and merge prove it. Training needs no proof of it (design section 1:
 * wrap-around is out of reach); it keeps every sum of the trainer exact, see src/training/assembly/trainer.ts.
 */
export const WEIGHT_LIMIT_BITS = 47;
export const WEIGHT_LIMIT = 1n << BigInt(WEIGHT_LIMIT_BITS);

/** Bits of the offset of a seed sequence (protocol section 6). */
export const SEED_OFFSET_BITS = 26;
/** Bits of factor - 1 of a seed sequence (protocol section 6). */
export const SEED_FACTOR_BITS = 26;
/**
 * Modulus q(a) of the seed of a layer with 2^a (padded) inputs, a = 0..12: the largest prime at most
 * 2^33 / sqrt(2^max(a, 2)) (protocol section 6). Weights are uniform in about +-1/sqrt(2^max(a, 2)).
 */
export const SEED_MODULI: readonly number[] = [
  4294967291, 4294967291, 4294967291, 3037000493, 2147483647, 1518500213, 1073741789, 759250111, 536870909, 379625047,
  268435399, 189812507, 134217689,
];

/** Bits of the offset, and of factor - 1, of a seed sequence of a convolutional network (protocol section 12). */
export const NETWORK_SEED_BITS = 20;
/** The same moduli by fan_l, which is up to 16: q(fan) is the largest prime at most 2^33 / sqrt(2^max(fan, 2)). */
export const NETWORK_SEED_MODULI: readonly number[] = [...SEED_MODULI, 94906249, 67108859, 47453111, 33554393];

/** Shards among whose rows those of a shard are looked for, at most (program subset). */
export const MAX_SETS = 16;
