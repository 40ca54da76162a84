import { closeSync, fstatSync, openSync } from 'node:fs';
import { FileFormatError } from '../../src/errors/FileFormatError.ts';
import { InputError } from '../../src/errors/InputError.ts';
import { P } from '../../src/numbers/field.ts';
import { G1_BYTES, G2_BYTES } from './bn254.ts';
import { readRange } from './files.ts';
import { readScalar } from './scalars.ts';

/** An open powers-of-tau file of a ceremony (snarkjs' format). */
export interface Ptau {
  /** log2 of the powers in G2; G1 has 2^(power + 1) - 1 */
  power: number;
  /** The first n powers in G1, 64 bytes each. @throws InputError where there are fewer */
  tauG1(n: number): Uint8Array;
  /** tau^k G2, affine, 128 bytes. @throws InputError where there are fewer */
  tauG2(k: number): Uint8Array;
  close(): void;
}

/** @throws FileFormatError unless the file is a .ptau of BN254 with whole sections */
export function openPtau(path: string): Ptau {
  const handle = openSync(path, 'r');
  try {
    return parse(handle, path);
  } catch (error) {
    closeSync(handle);
    throw error instanceof RangeError
      ? new FileFormatError(`${path} is no complete .ptau file`, { cause: error })
      : error;
  }
}

function parse(handle: number, path: string): Ptau {
  const bytes = fstatSync(handle).size;
  const view = (at: number, length: number) => new DataView(readRange(handle, at, length).buffer);
  const head = view(0, 12);
  if (new TextDecoder().decode(readRange(handle, 0, 4)) !== 'ptau')
    throw new FileFormatError(`${path} is no .ptau file`);
  const sections = new Map<number, { at: number; size: number }>();
  for (let i = 0, at = 12; i < head.getUint32(8, true); i++) {
    const section = view(at, 12);
    const size = Number(section.getBigUint64(4, true));
    sections.set(section.getUint32(0, true), { at: at + 12, size });
    at += 12 + size;
    if (at > bytes) throw new FileFormatError(`${path} is cut short in section ${section.getUint32(0, true)}`);
  }
  const find = (id: number) => {
    const section = sections.get(id);
    if (!section) throw new FileFormatError(`${path} has no section ${id}`);
    return section;
  };
  const header = view(find(1).at, 44);
  if (header.getUint32(0, true) !== 32 || readScalar(header, 4) !== P) {
    throw new FileFormatError(`${path} is not a ceremony over BN254`);
  }
  const power = header.getUint32(36, true);
  const [g1, g2] = [find(2), find(3)];
  if (g1.size !== (2 ** (power + 1) - 1) * G1_BYTES || g2.size !== 2 ** power * G2_BYTES) {
    throw new FileFormatError(`${path} does not hold the points of power ${power}`);
  }
  const need = (n: number, have: number) => {
    if (n > have) throw new InputError(`${path} holds ${have} powers, ${n} are needed: take a file of a larger power`);
  };
  return {
    power,
    tauG1(n) {
      need(n, g1.size / G1_BYTES);
      return readRange(handle, g1.at, n * G1_BYTES);
    },
    tauG2(k) {
      need(k + 1, g2.size / G2_BYTES);
      return readRange(handle, g2.at + k * G2_BYTES, G2_BYTES);
    },
    close: () => closeSync(handle),
  };
}
