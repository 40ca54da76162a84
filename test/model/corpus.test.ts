import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { DescentError } from '../../src/errors/DescentError.ts';
import { HUGE, LARGE, parserOf, SMALL } from '../corpus/cases.ts';
import type { Measurement } from '../corpus/measure.ts';
import { PARSERS } from '../corpus/parsers.ts';

const CORPUS = join(import.meta.dirname, '..', 'corpus');

/** Longest message a hostile file may cause; more would be the file itself. */
const MAX_MESSAGE = 6000;

async function measure(files: string[]): Promise<Measurement[]> {
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, [join(CORPUS, 'measure.ts'), ...files], { maxBuffer: 2 ** 24 });
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

describe('bad files', () => {
  it('are many, of every kind, and no two have one name', () => {
    const all = [...SMALL, ...LARGE, ...HUGE];
    assert.equal(new Set(all.map(({ file }) => file)).size, all.length);
    assert.ok(all.length >= 90, `${all.length}`);
    for (const parser of Object.keys(PARSERS))
      assert.ok(
        all.some((one) => parserOf(one) === parser),
        parser,
      );
  });

  it('in the folder are those that the script makes', () => {
    assert.deepEqual(readdirSync(join(CORPUS, 'files')).sort(), SMALL.map(({ file }) => file).sort());
    for (const { file, make } of SMALL) {
      assert.ok(readFileSync(join(CORPUS, 'files', file)).equals(make()), `${file}: run node test/corpus/write.ts`);
    }
  });

  for (const one of SMALL) {
    it(`are refused: ${one.file}`, async () => {
      const bytes = readFileSync(join(CORPUS, 'files', one.file));
      await assert.rejects(
        async () => PARSERS[parserOf(one)](bytes),
        (error: unknown) =>
          error instanceof DescentError && one.message.test(error.message) && error.message.length < MAX_MESSAGE,
      );
    });
  }

  const check = ({ message, failure, seconds, mebibytes, file }: Measurement, expected: RegExp) => {
    assert.equal(failure, undefined, file);
    assert.match(message!, expected, file);
    assert.ok(message!.length < MAX_MESSAGE, file);
    assert.ok(seconds < 2, `${file}: ${seconds} s`);
    assert.ok(mebibytes < 512, `${file}: ${mebibytes} MiB`);
  };

  it('of some megabytes are refused within 2 s and 512 MiB', async () => {
    const measured = await measure(LARGE.map(({ file }) => file));
    assert.equal(measured.length, LARGE.length);
    measured.forEach((measurement, k) => {
      check(measurement, LARGE[k].message);
    });
  });

  for (const { file, message } of HUGE) {
    it(`are refused within 2 s and 512 MiB: ${file}`, async () => {
      const [measurement] = await measure([file]);
      check(measurement, message);
    });
  }
});
