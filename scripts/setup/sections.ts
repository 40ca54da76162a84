import { FileFormatError } from '../../src/errors/FileFormatError.ts';

/**
 * The sections of a file of the iden3 family (.r1cs, .ptau, .zkey): type, version, count, then id, size and content of
 * each.
 */
export interface Sections {
  /** The content of a section that must be there once. */
  one(id: number): DataView;
}

/** @throws FileFormatError where the type is another or the file is cut short */
export function readSections(bytes: Uint8Array, type: string, name: string): Sections {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found = new Map<number, DataView>();
  const broken = (why: string) => new FileFormatError(`${name} is no complete .${type} file: ${why}`);
  if (bytes.length < 12 || new TextDecoder().decode(bytes.subarray(0, 4)) !== type) throw broken('wrong first bytes');
  const count = view.getUint32(8, true);
  let at = 12;
  for (let i = 0; i < count; i++) {
    if (at + 12 > bytes.length) throw broken(`section ${i + 1} of ${count} is missing`);
    const id = view.getUint32(at, true);
    const size = Number(view.getBigUint64(at + 4, true));
    at += 12;
    if (at + size > bytes.length) throw broken(`section ${id} is cut short`);
    if (found.has(id)) throw broken(`section ${id} is there twice`);
    found.set(id, new DataView(bytes.buffer, bytes.byteOffset + at, size));
    at += size;
  }
  return {
    one(id) {
      const section = found.get(id);
      if (!section) throw broken(`section ${id} is missing`);
      return section;
    },
  };
}

/** A file of that family from its sections. */
export function writeSections(
  type: string,
  version: number,
  sections: readonly [id: number, content: Uint8Array][],
): Uint8Array {
  const size = sections.reduce((sum, [, content]) => sum + 12 + content.length, 12);
  const out = new Uint8Array(size);
  const view = new DataView(out.buffer);
  out.set(new TextEncoder().encode(type));
  view.setUint32(4, version, true);
  view.setUint32(8, sections.length, true);
  let at = 12;
  for (const [id, content] of sections) {
    view.setUint32(at, id, true);
    view.setBigUint64(at + 4, BigInt(content.length), true);
    out.set(content, at + 12);
    at += 12 + content.length;
  }
  return out;
}
