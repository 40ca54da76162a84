import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { circuitEntries, mainOf, runCompiler } from '../../scripts/build/circuits.ts';

const FOLDER = fileURLToPath(new URL('../../build/circuits/inspect', import.meta.url));

// What `circom --inspect` says of signals that no constraint of their template uses, and why each is meant so.
const EXPLAINED: [RegExp, string][] = [
  [
    /^"HighAboveTable\(\)": .* point .* 14 /,
    'the table has 2^14 entries: the 14 low coordinates of an address are inside',
  ],
  [/^"(TrainBatchOne|TrainClaims)\(\)": .* p .* 2 /, 'p_0 = 0 and p_4 = 1 are written as constants'],
  [/^"TrainModelWeights\(\)": .* p\[0\] /, 'no layer 0'],
  [/^"TrainClaims\(\)": .* evals1 .* 7 /, 'P and P: batch 2 settles them, their claims carry evals2'],
  [
    /^"(TrainModelWeights|TrainRowWeights)\(\)": .* weight /,
    'all claim weights are passed, each template uses its own',
  ],
  [/^"Seed\(\)": .* sizes\.p\[0\] /, 'no layer 0'],
  [/^"Train\(\)": .* sizes\.bits .* 60 /, 'training needs the padded sizes only (design, section 11.5)'],
];

describe('circom --inspect', () => {
  for (const entry of circuitEntries().filter((e) => ['data', 'seed', 'train'].includes(e.program)))
    it(`has only explained warnings for ${entry.program}`, async () => {
      const folder = `${FOLDER}-${entry.program}`;
      await mkdir(folder, { recursive: true });
      try {
        await writeFile(join(folder, 'main.circom'), mainOf(entry));
        const text = await runCompiler(join(folder, 'main.circom'), folder, ['--inspect', '--O0']);
        const warnings = text
          .split(/warning\[\w+\]: In template /)
          .slice(1)
          .map((w) => w.split('\n')[0]);
        assert.deepEqual(
          warnings.filter((w) => !EXPLAINED.some(([pattern]) => pattern.test(w))),
          [],
        );
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    });
});
