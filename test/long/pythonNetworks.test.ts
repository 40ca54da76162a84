import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { InputError } from '../../src/errors/InputError.ts';
import {
  decodeNetwork,
  encodeNetwork,
  type Network,
  type NetworkLayer,
  networkLayout,
  networkLayoutWords,
} from '../../src/model/network.ts';
import { randomSource } from '../support/models.ts';

const FOLDER = fileURLToPath(new URL('../../verifiers/python', import.meta.url));
const CHUNK = 2 ** 18;
const MOST_ENTRIES = 2 ** 23;

function python(args: string[], input = ''): { code: number | null; text: string } {
  const { status, stdout, stderr, error } = spawnSync('python3', args, { cwd: FOLDER, encoding: 'utf8', input });
  if (error) throw error;
  return { code: status, text: stdout + stderr };
}

/** A descriptor and what it is said to mean; alone where it is no network's. */
function line(shape: bigint): string {
  try {
    const network = decodeNetwork(shape);
    const { used } = networkLayout(network);
    if (used > MOST_ENTRIES) return `${shape}`;
    return [shape, ...networkLayoutWords(network), Math.ceil(used / CHUNK)].join(' ');
  } catch (error) {
    if (error instanceof InputError) return `${shape}`;
    throw error;
  }
}

/** The shapes of random networks that there are. */
function shapes(count: number): bigint[] {
  const random = randomSource(12);
  const below = (most: number) => Math.floor(random() * most);
  const found: bigint[] = [];
  while (found.length < count) {
    const layers = Array.from({ length: 1 + below(5) }, (): NetworkLayer => {
      const [kernel, stride, padding] = [1 + below(7), random() < 0.5 ? 1 : 2, below(4)] as const;
      const pooled = random() < 0.3 ? { pooled: true } : {};
      return {
        channels: 1 + below(2 ** below(9)),
        ...(random() < 0.2 ? { flat: true } : { kernel, stride, padding }),
        ...pooled,
      };
    });
    const last = { channels: 1 + below(20), flat: true, ...(random() < 0.3 ? { pooled: true } : {}) };
    const network: Network = {
      channels: 1 + below(4),
      side: 2 + below(40),
      layers: [...layers, last],
      head: 'softmax',
    };
    try {
      found.push(encodeNetwork(network));
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
    }
  }
  return found;
}

describe('convolutional networks in the verifier in Python', () => {
  it('are read as the protocol defines them', () => {
    const { code, text } = python(['-m', 'unittest', '-q', 'pieces']);
    assert.equal(code, 0, text);
  });

  it('are proved by sums over their indices, which it accepts', () => {
    const { code, text } = python(['-m', 'unittest', '-q', 'whole']);
    assert.equal(code, 0, text);
  });

  it('have the layout that they have here, and a changed bit of a shape is refused here and there, or nowhere', () => {
    const lines = shapes(60).flatMap((shape) => [
      line(shape),
      ...Array.from({ length: 252 }, (_, bit) => line(shape ^ (1n << BigInt(bit)))),
    ]);
    const { code, text } = python(['descriptors.py'], `${lines.join('\n')}\n`);
    assert.equal(text, '');
    assert.equal(code, 0);
    // Both kinds are there: the test says something of each.
    const known = lines.filter((text) => text.includes(' ')).length;
    assert.ok(known > 100 && lines.length - known > 100, `${known} of ${lines.length}`);
  });
});
