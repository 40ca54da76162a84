import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readFileSync, readSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { writeDurably } from '../files/durable.ts';

/** Bytes at..at+length of an open file. @throws RangeError where it ends before */
export function readRange(handle: number, at: number, length: number): Uint8Array {
  const out = new Uint8Array(length);
  for (let done = 0; done < length; ) {
    const n = readSync(handle, out, done, Math.min(length - done, 1 << 30), at + done);
    if (n === 0) throw new RangeError(`the file ends ${length - done} bytes early`);
    done += n;
  }
  return out;
}

/** SHA-256 in hexadecimal. */
export function sha256(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** SHA-256 of a file that may be larger than memory. */
export async function sha256File(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

/** Writes generated text only where it changes, so that nothing that depends on the file is rebuilt for nothing. */
export function writeIfChanged(path: string, text: string): void {
  if (!existsSync(path) || readFileSync(path, 'utf8') !== text) writeDurably(path, text);
}
