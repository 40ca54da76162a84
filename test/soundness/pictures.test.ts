// Pictures of 32x32 pixels in three channels: from an array of bytes to a proved result of a convolutional network, by one command.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { descent, document, temporaryFolder } from '../cli/cli.ts';
import { onChain } from '../cli/onChain.ts';
import { npy, npyHeader } from '../corpus/files.ts';
import { randomSource } from '../support/models.ts';

const [SIDE, TRAINING, TESTS] = [32, 512, 128];
const NETWORK = '32x32x3-c8k5s2p2-c16k3s2p1-32-3';

/** Stripes that lie, stand or lean, 3 to 5 pixels wide, anywhere, in two random colours with noise: no pixel tells the class. */
function stripes(count: number): { pixels: Uint8Array; labels: Uint8Array } {
  const random = randomSource(11);
  const pixels = new Uint8Array(count * SIDE * SIDE * 3);
  const labels = Uint8Array.from({ length: count }, () => Math.floor(random() * 3));
  labels.forEach((label, n) => {
    const width = 3 + Math.floor(random() * 3);
    const phase = Math.floor(random() * 2 * width);
    const colours = [0, 1].map(() => [0, 1, 2].map(() => Math.floor(random() * 200)));
    for (let y = 0; y < SIDE; y++) {
      for (let x = 0; x < SIDE; x++) {
        const along = [y, x, x + y][label] + phase;
        const colour = colours[Math.floor(along / width) % 2];
        for (let c = 0; c < 3; c++) pixels[((n * SIDE + y) * SIDE + x) * 3 + c] = colour[c] + Math.floor(random() * 55);
      }
    }
  });
  return { pixels, labels };
}

describe('pictures in colour', { concurrency: false }, () => {
  const { folder, remove } = temporaryFolder();
  after(remove);
  const env = onChain();

  it('train a convolutional network from a seed to a proved result, better than guesses', async (test) => {
    const { pixels, labels } = stripes(TRAINING + TESTS);
    const [rows, answers] = ['rows.npy', 'answers.npy'].map((name) => join(folder, name));
    writeFileSync(rows, npy(npyHeader('|u1', [TRAINING + TESTS, SIDE, SIDE, 3]), pixels));
    writeFileSync(answers, npy(npyHeader('|u1', [TRAINING + TESTS]), labels));
    const settings = ['--lr', '0.125', '--batch', '16', '--passes', '2', '--epochs', '3', '--rows-per-shard', '512'];
    const begun = performance.now();
    const made = document(
      await descent(
        [
          ...['fit', rows, '--answers', answers, '--picture', '--network', NETWORK, ...settings],
          ...['--held-out', `${TESTS}`, '--account', '1', '--runs', join(folder, 'runs'), '--json'],
        ],
        { env },
      ),
    );
    const seconds = ((performance.now() - begun) / 1000).toFixed(0);
    const [score] = made.scores;
    assert.equal(score.rows, TESTS);
    assert.ok(score.right > 0.7 * TESTS, `${score.right} of ${TESTS} right`);
    assert.ok(score.submission.gas > 0, 'the result is registered');
    test.diagnostic(`${NETWORK}: ${score.right} of ${TESTS} right, ${seconds} s in all`);
  });
});
