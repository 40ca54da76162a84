import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { writeDumps } from '../../verifiers/dump.ts';
import { SPARSE_ARGUMENTS, SPARSE_PROOFS } from '../../verifiers/sparseCases.ts';
import { acceptedByPython, changesRefused, type Dump, EVERY, reasonOf } from './python.ts';

const SAMPLE = 40;
/** Among the parameters: slots_1, slots_2, method, seed, counts_1..5, coefficients_1..6. */
const [SLOTS, METHOD, SEED, LAST_COUNTS, COEFFICIENTS] = [1, 2, 3, 8, 14];

describe('sparse merges in the verifier in Python', { concurrency: false }, () => {
  let folder: string;
  let files: string[];
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'descent-dumps-'));
    files = await writeDumps(folder, { args: SPARSE_ARGUMENTS, proofs: EVERY ? SPARSE_PROOFS : [] });
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const named = (part: string) => files.filter((file) => basename(file).includes(part));

  it('are accepted, of perceptrons and of convolutional networks, by every method', () => {
    acceptedByPython(files);
    for (const part of [
      '-ties-2-sum',
      '-ties-4-mean',
      '-dare_ties-3-sum',
      '-dare_ties-2-mean',
      '-dare_linear-4',
      'x1-a2-c3',
    ])
      assert.ok(named(part).length > 0, part);
  });

  it('are refused when one field is changed', () => {
    const tried = EVERY ? files : ['-3-2-ties', '-4-3-3-dare_ties', '-dare_linear-4', 'c3k1s2'].flatMap(named);
    changesRefused(SAMPLE, tried);
  });

  it('say what of the statement does not hold', () => {
    const [[ties], [drawn]] = [named('-3-5-2-4-3-ties'), named('-5-4-3-dare_linear')];
    const flip = (k: number, bit: number) => (own: Dump) => {
      own.statement.params[k] = String(BigInt(own.statement.params[k]) ^ (1n << BigInt(bit)));
    };
    for (const [file, what, change] of [
      [ties, 'slots: not those of the shape', flip(SLOTS, 46)],
      [ties, 'method: a seed without masks', (own) => (own.statement.params[SEED] = '1')],
      [ties, 'method: the share of a task', flip(METHOD, 3)],
      [ties, 'method has more bits', flip(METHOD, 71)],
      [ties, 'counts of nothing', flip(LAST_COUNTS, 200)],
      [ties, 'coefficient of the base', flip(COEFFICIENTS, 0)],
      [ties, 'coefficient of a task', flip(COEFFICIENTS, 18 * 5)],
      [ties, 'a parent without coefficients, or without points', flip(COEFFICIENTS, 18 * 4)],
      [
        ties,
        'parent_1: chunks of the commitment',
        (own) => own.statement.commitments[2].push(own.statement.commitments[0][0]),
      ],
      [drawn, 'method: a mean without signs', flip(METHOD, 2)],
      [drawn, 'method: the share of a task', flip(METHOD, 3 + 16)],
      [drawn, 'counts of nothing', flip(LAST_COUNTS, 0)],
    ] as [string, string, (own: Dump) => void][])
      assert.equal(reasonOf(file, join(folder, 'forged.json'), change), what);
  });
});
