/** Remainders of the bytes 0..255, for the polynomial that zip, gzip and PNG share (reflected 0xedb88320). */
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let k = 0; k < 8; k++) rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1;
  return rest;
});

/** The checksum of zip and gzip, 0..2^32-1. */
export function crc32(bytes: Uint8Array): number {
  let rest = 0xffffffff;
  for (let k = 0; k < bytes.length; k++) rest = TABLE[(rest ^ bytes[k]) & 255] ^ (rest >>> 8);
  return (rest ^ 0xffffffff) >>> 0;
}
