import { FileFormatError } from '../../src/errors/FileFormatError.ts';
import { R } from '../../src/numbers/field.ts';
import { readScalar } from './scalars.ts';
import { readSections, type Sections } from './sections.ts';

/** Sizes of a compiled circuit. Signal 0 is the constant 1, signals 1..publics are the outputs and public inputs. */
export interface CircuitSizes {
  signals: number;
  publics: number;
  constraints: number;
}

/** One coefficient of a constraint (A w)(B w) = (C w): matrix 0, 1 or 2 for A, B, C. */
export type TermListener = (matrix: number, constraint: number, signal: number, coefficient: bigint) => void;

/** A .r1cs file in memory. */
export class R1cs {
  readonly sizes: CircuitSizes;
  readonly #constraints: DataView;

  /** @throws FileFormatError unless the bytes are a complete .r1cs file over F */
  constructor(bytes: Uint8Array, name: string) {
    const sections: Sections = readSections(bytes, 'r1cs', name);
    const header = sections.one(1);
    if (header.getUint32(0, true) !== 32 || readScalar(header, 4) !== R) {
      throw new FileFormatError(`${name} is not a circuit over the scalar field of BN254`);
    }
    const outputs = header.getUint32(40, true);
    const inputs = header.getUint32(44, true);
    this.sizes = {
      signals: header.getUint32(36, true),
      publics: outputs + inputs,
      constraints: header.getUint32(60, true),
    };
    this.#constraints = sections.one(2);
  }

  /** Calls the listener for every coefficient, constraint by constraint, A before B before C. */
  forEachTerm(listener: TermListener): void {
    const view = this.#constraints;
    let at = 0;
    for (let constraint = 0; constraint < this.sizes.constraints; constraint++) {
      for (let matrix = 0; matrix < 3; matrix++) {
        const terms = view.getUint32(at, true);
        at += 4;
        for (let i = 0; i < terms; i++, at += 36) {
          listener(matrix, constraint, view.getUint32(at, true), readScalar(view, at + 4));
        }
      }
    }
  }
}
