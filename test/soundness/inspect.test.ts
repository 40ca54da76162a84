import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { circuitEntries, mainOf, runCompiler } from '../../scripts/build/circuits.ts';

const FOLDER = fileURLToPath(new URL('../../build/circuits/inspect', import.meta.url));

// What `circom --inspect` says of signals that no constraint of their template uses, and why each is meant so.
const EXPLAINED: [RegExp, string][] = [
  [/^"Commitments(WithPairs)?\([\d,]+\)": .* h .* 3 /, 'the opening uses h_3 to h_5'],
  [/^"Finish\([\d,]+\)": .* nonce\[0\] /, 'each program absorbs nonce_0 itself'],
  [/^"Opening\(\d+\)": .* point .* 8 /, 'the contract weighs chunks by the high coordinates, which are signals'],
  [
    /^"HighAboveTable\(\)": .* point .* 16 /,
    'the table has 2^16 entries: the 16 low coordinates of an address are inside',
  ],
  [/^"\w+\(\)": .* (sizes\.)?p\[0\] /, 'no layer 0'],
  [/^"\w+\(\)": .* logs\[0\] /, 'a template of the trace: no tensor of the width of the input'],
  [/^"(Train|Score)Batch(One)?\(\)": .* p .* 2 /, 'p_0 = 0 and p_4 = 1 are written as constants'],
  [/^"Merge\(\)": .* sizes\.bits .* 60 /, 'the padded sizes are enough (design, section 11.5)'],
  [/^"(Train|Score)\(\)": .* sizes\.bits .* 48 /, 'of the real widths that of the output alone is needed'],
  [/^"(Seed|Import|Merge)\(\)": .* sizes\.(squaredError|softmax|sigmoid) /, 'train and score alone read the head'],
  [/^"Softmax\(\)": .* (evals .* 52|weight .* 35) /, 'ten evaluations and seven relations are of softmax alone'],
  [/^"Score\(\)": .* sizes\.squaredError /, 'a score has something of softmax and sigmoid alone'],
  [/^"ScoreOutputs\(\)": .* (evals .* 42|weight .* 33) /, '13 evaluations and 10 relations are of the output'],
  [/^"ScoreSums\(\)": .* (evals .* 48|weight .* 38) /, 'seven evaluations are in the five sums over the output'],
  [/^"ScoreRows\(\)": .* (evals .* 46|weight .* 31) /, 'nine evaluations and 12 relations have rows alone'],
  [
    /^"(Train(Head|Table)|Score(Row|Table))Weights\(\)": .* (trace|helper)Offset .* \d+ /,
    'all offsets are passed, each template uses its own',
  ],
  [/^"Score\(\)": .* rows\.(in|out)(Bits|Mask|Log) /, 'the widths are those of the model'],
  [/^"TrainRowWeights\(\)": .* mask .* 12 /, 'no tensor of the width of the input'],
  [/^"Seed\(\)": .* points\.(dormantBias|eqBias) .* 4 /, 'a seed has no relation on biases'],
  [/^"(Data|LayerPoints)\(\)": .* (featurePoint|rowPoint|high)\.unused /, 'no tensor has none of these variables'],
  [/^"(Import|Merge)\(\)": .* points\.rowsTau .* 12 /, 'the biases of a seed alone are claimed at the rows of tau'],
  [/^"TrainBatchOne\(\)": .* sums2 .* 4 /, 'the U stand in claims, not in batch 1'],
  [/^"TrainClaims\(\)": .* sums2 .* 21 /, 'of sums2 the U alone stand in claims'],
  [/^"TrainShardWeight\(\)": .* rows(Rho|Zeta) .* 2 /, 'the coordinates above those of one pass'],
  [/^"TrainShardWeight\(\)": .* (logs .* 3|mask .* 36) /, 'only the widths of input and output'],
  [
    /^"(Train|Score)(Shard|Model|Row|Head|Table)Weights?\(\)": .* weight .* \d+ /,
    'all claim weights are passed, each template uses its own',
  ],
];

describe('circom --inspect', () => {
  for (const entry of circuitEntries())
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
