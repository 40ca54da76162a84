import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { buildCircuits } from '../../scripts/build/circuits.ts';
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
import { acceptedBy, acceptedByPython, changesRefused, madeInPython, python } from './python.ts';

const PROGRAMS = ['convSeed', 'convTrain', 'convImport', 'convMerge', 'convScore'];
const CHUNK = 2 ** 18;
const MOST_ENTRIES = 2 ** 23;

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

describe('proofs by brute force of tiny networks', { concurrency: false }, () => {
  let folder: string;
  let names: string[];
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'descent-honest-'));
    names = madeInPython(folder, [...PROGRAMS, 'train', 'score', 'merge']);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const files = (some: string[]) => some.map((name) => join(folder, `${name}.json`));

  it('are accepted by the verifier in Python', () => {
    acceptedByPython(files(names));
    for (const program of PROGRAMS)
      assert.ok(names.filter((name) => name.startsWith(`${program}-`)).length > 1, program);
  });

  it('are not accepted when one field is changed', () => {
    const tried = PROGRAMS.map((program) => names.filter((name) => name.startsWith(`${program}-`))[0]);
    changesRefused(40, files(tried));
  });

  it('are accepted by the circuits, which have the same digest and the same fold', async () => {
    const circuits = await buildCircuits(PROGRAMS);
    for (const name of names.filter((each) => each.startsWith('conv'))) await acceptedBy(circuits, folder, name);
  });
});
