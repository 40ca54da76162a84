import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ARGUMENTS, PROOFS } from '../../verifiers/cases.ts';
import { writeDumps } from '../../verifiers/dump.ts';
import { NETWORK_ARGUMENTS, NETWORK_PROOFS } from '../../verifiers/networkCases.ts';
import { changesRefused, EVERY, python, verify } from './python.ts';

/** Changes tried of each dump unless all are. */
const SAMPLE = 30;
const PROOFS_BY_DEFAULT = 3;
const PROGRAMS = [...['data', 'seed', 'import', 'merge', 'train', 'score'], ...['convSeed', 'convImport', 'convMerge']];

describe('the verifier in Python refuses in one line', () => {
  const folder = mkdtempSync(join(tmpdir(), 'descent-dumps-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const zeros = (count: number) => Array.from({ length: count }, () => '0');
  const address = `0x${'0'.repeat(40)}`;
  const statement = { chainId: '1', registry: address, trainer: address, params: zeros(9), extra: zeros(1) };
  const dump = {
    ...{ checks: 'argument', format: 'descent-witness/1', program: 'score', outputs: [], signals: {} },
    ...{ statement: { ...statement, commitments: [[], []], counts: '0x' }, points: {}, messages: {} },
  };
  const stated = (change: object) => JSON.stringify({ ...dump, statement: { ...dump.statement, ...change } });
  for (const [name, text, says] of [
    ['what is not JSON', 'x', 'not a file of JSON'],
    ['what is nested too deeply', '['.repeat(100_000), 'not a file of JSON'],
    ['a program that is a list', JSON.stringify({ ...dump, program: [] }), 'program'],
    ['an address with other letters', stated({ registry: `0x${'z'.repeat(40)}` }), 'registry: not an address'],
    ['an address with low lines', stated({ trainer: `0x${'0_'.repeat(19)}00` }), 'trainer: not an address'],
    ['half a count', stated({ counts: '0x123' }), 'counts: not bytes'],
    ['a message that is missing', JSON.stringify(dump), 'points: fields'],
  ])
    it(name, () => {
      const path = join(folder, 'dump.json');
      writeFileSync(path, text);
      assert.deepEqual(verify(path), { code: 1, text: `${path}: refused: ${says}\n` });
    });

  it('a file that is not there', () => {
    const path = join(folder, 'none.json');
    assert.deepEqual(verify(path), { code: 1, text: `${path}: refused: not a file of JSON\n` });
  });
});

describe('the verifier in Python', { concurrency: false }, () => {
  let folder: string;
  let files: string[];
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'descent-dumps-'));
    const args = [...ARGUMENTS, ...NETWORK_ARGUMENTS];
    const proofs = EVERY
      ? [...PROOFS, ...NETWORK_PROOFS]
      : [...PROOFS.slice(0, PROOFS_BY_DEFAULT), ...NETWORK_PROOFS.slice(0, 1)];
    files = await writeDumps(folder, { args, proofs });
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const named = (start: string) => files.filter((file) => basename(file).startsWith(start));

  it('has the hashes and the pairing that everybody has', () => {
    const { code, text } = python(['-m', 'unittest', '-q', 'vectors']);
    assert.equal(code, 0, text);
  });

  it('accepts honest proofs of every program and shape', () => {
    const { code, text } = verify(...files);
    assert.equal(code, 0, text);
    assert.equal(text.match(/: accepted$/gm)?.length, files.length);
    for (const program of PROGRAMS) assert.ok(named(`${program}-`).length > 1, program);
    assert.ok(named('proof-').length >= PROOFS_BY_DEFAULT);
  });

  it('refuses a dump of which one field is changed', () => {
    const first = PROGRAMS.map((program) => named(`${program}-`)[1]);
    // What heads and labels bring along: other claims, other values of relations.
    const others = files.filter((file) => /^(train|score|data)-.*(softmax|sigmoid|labels)/.test(basename(file)));
    const tried = [...named('proof-'), ...first, ...others];
    changesRefused(SAMPLE, tried);
  });

  it('says what fails first, and that not all are accepted', () => {
    const [file] = named('train-');
    const dump = JSON.parse(readFileSync(file, 'utf8'));
    const forged = (change: (own: typeof dump) => void) => {
      const own = structuredClone(dump);
      change(own);
      const path = join(folder, 'forged.json');
      writeFileSync(path, JSON.stringify(own));
      return verify(file, path);
    };
    const plus = (value: string) => String(BigInt(value) + 1n);
    for (const [said, change] of [
      ['batch 1 at its point', (own) => (own.messages.evals1[7] = plus(own.messages.evals1[7]))],
      ['batch 2 at its point', (own) => (own.messages.evals2[0] = plus(own.messages.evals2[0]))],
      ["the claims at the reduction's point", (own) => (own.messages.u[0] = plus(own.messages.u[0]))],
      ['v', (own) => (own.signals.v = plus(own.signals.v))],
    ] as [string, (own: typeof dump) => void][]) {
      const { code, text } = forged(change);
      assert.equal(code, 1);
      assert.match(text, /: accepted\n/);
      assert.ok(text.endsWith(`: refused: ${said}\n`), text);
    }
  });
});
