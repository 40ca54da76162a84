import { FileFormatError } from '../../errors/FileFormatError.ts';
import { fromBytes, P, R } from '../../numbers/field.ts';

/** A proving key of snarkjs (.zkey, Groth16 over BN254), ready for use. Points are affine, coordinates times 2^256. */
export interface ProvingKey {
  /** Signals with the constant 1, and the public ones of them without it. */
  signals: number;
  publicSignals: number;
  /** log2 of the domain. */
  power: number;
  /** alpha, beta, delta of G1, 64 bytes each; beta, delta of G2, 128 bytes each. */
  alpha1: Uint8Array;
  beta1: Uint8Array;
  delta1: Uint8Array;
  beta2: Uint8Array;
  delta2: Uint8Array;
  /** Matrices A and B: entries of 44 bytes, number of the matrix, row and column (u32 each) and the value times 2^512. */
  matrices: Uint8Array;
  /** Bases of the sums, 64 bytes a point, B2 128. */
  A: Uint8Array;
  B1: Uint8Array;
  B2: Uint8Array;
  C: Uint8Array;
  H: Uint8Array;
}

/** Bytes of an entry of the matrices. */
export const ENTRY = 44;

/** Reads a .zkey; its points stay views of `bytes`. @throws FileFormatError for anything but a Groth16 key over BN254 */
export function parseProvingKey(bytes: Uint8Array): ProvingKey {
  const section = sectionsOf(bytes);
  const header = section(2);
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  const sizes = header.length === 660 && view.getUint32(0, true) === 32 && view.getUint32(36, true) === 32;
  if (!sizes || fromBytes(header.subarray(4)) !== P || fromBytes(header.subarray(40)) !== R) {
    throw new FileFormatError('The proving key is not of Groth16 over BN254.');
  }
  const [signals, publicSignals, domain] = [72, 76, 80].map((at) => view.getUint32(at, true));
  const power = Math.log2(domain);
  const at = (from: number, length: number) => header.subarray(from, from + length);
  const [A, B1, B2, C, H] = [section(5), section(6), section(7), section(8), section(9)];
  const lengths = [A.length / 64, B1.length / 64, B2.length / 128, C.length / 64 + publicSignals + 1];
  if (!Number.isInteger(power) || H.length !== 64 * domain || lengths.some((length) => length !== signals)) {
    throw new FileFormatError(
      'The proving key is damaged: its sections do not have the lengths that its header tells.',
    );
  }
  return {
    signals,
    publicSignals,
    power,
    alpha1: at(84, 64),
    beta1: at(148, 64),
    beta2: at(212, 128),
    delta1: at(468, 64),
    delta2: at(532, 128),
    matrices: matricesOf(section(4), { signals, rows: domain }),
    A,
    B1,
    B2,
    C,
    H,
  };
}

/** Sections by number. */
function sectionsOf(file: Uint8Array): (type: number) => Uint8Array {
  // Without the methods of Node's Buffer, whose slice does not copy.
  const bytes = new Uint8Array(file.buffer, file.byteOffset, file.byteLength);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const sections = new Map<number, Uint8Array>();
  try {
    if (view.getUint32(0, true) !== 0x79656b7a || view.getUint32(4, true) !== 1) throw new RangeError('other format');
    for (let k = 0, at = 12; k < view.getUint32(8, true); k++) {
      const length = Number(view.getBigUint64(at + 4, true));
      if (at + 12 + length > bytes.length) throw new RangeError('cut off');
      sections.set(view.getUint32(at, true), bytes.subarray(at + 12, at + 12 + length));
      at += 12 + length;
    }
  } catch (cause) {
    throw new FileFormatError('The proving key is damaged or no .zkey file.', { cause });
  }
  return (type) => {
    const section = sections.get(type);
    if (section === undefined) throw new FileFormatError(`The proving key lacks section ${type}.`);
    return section;
  };
}

/** The coefficients of A and B. @throws FileFormatError for an entry outside of the matrices */
function matricesOf(section: Uint8Array, limits: { signals: number; rows: number }): Uint8Array {
  const view = new DataView(section.buffer, section.byteOffset, section.byteLength);
  const count = section.length < 4 ? -1 : view.getUint32(0, true);
  const damaged = () => new FileFormatError('The proving key is damaged: its coefficients do not fit its header.');
  if (section.length !== 4 + ENTRY * count) throw damaged();
  for (let at = 4; at < section.length; at += ENTRY) {
    const inside = view.getUint32(at + 4, true) < limits.rows && view.getUint32(at + 8, true) < limits.signals;
    if (view.getUint32(at, true) > 1 || !inside) throw damaged();
  }
  return section.subarray(4);
}
