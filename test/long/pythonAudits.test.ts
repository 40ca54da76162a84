import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { buildCircuits } from '../../scripts/build/circuits.ts';
import { AUDIT_ARGUMENTS, AUDIT_PROOFS } from '../../verifiers/auditCases.ts';
import { writeDumps } from '../../verifiers/dump.ts';
import { acceptedBy, acceptedByPython, changesRefused, type Dump, EVERY, madeInPython, reasonOf } from './python.ts';

const PROGRAMS = ['disjoint', 'subset'];
const SAMPLE = 40;

describe('audits in the verifier in Python', { concurrency: false }, () => {
  let folder: string;
  let files: string[];
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'descent-dumps-'));
    files = await writeDumps(folder, { args: AUDIT_ARGUMENTS, proofs: EVERY ? AUDIT_PROOFS : [] });
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const named = (start: string) => files.filter((file) => basename(file).startsWith(start));

  const said = (file: string, change: (own: Dump) => void) => reasonOf(file, join(folder, 'forged.json'), change);

  it('are accepted, of two shards, of a record, and of one set and of sixteen', () => {
    acceptedByPython(files);
    for (const start of ['disjoint-5-3-9-4', 'disjoint-5-3-9-record', 'subset-4-3', 'subset-3-2-40'])
      assert.equal(named(start).length, 1, start);
  });

  it('are refused when one field is changed', () => {
    const tried = EVERY ? files : [...named('disjoint-5-3'), ...named('subset-5-3'), ...named('subset-1-1')];
    changesRefused(SAMPLE, tried);
  });

  it('say what of a statement about disjoint sides does not hold', () => {
    const [shards, record] = [...named('disjoint-5-3-9-4'), ...named('disjoint-5-3-9-record')];
    const param = (k: number, value: (old: bigint) => bigint) => (own: Dump) => {
      own.statement.params[k] = String(value(BigInt(own.statement.params[k])));
    };
    for (const [file, what, change] of [
      [shards, 'the record at r', param(3, () => 1n)],
      [shards, 'length of the record', (own) => (own.statement.record = '0x0000')],
      [shards, 'the hash of the record', (own) => (own.statement.extra[0] = '1')],
      [shards, 'second: not a record', (own) => (own.statement.commitments[1] = [])],
      [shards, 'first: chunks of the commitment', (own) => (own.statement.commitments[0] = [])],
      [record, 'the record at r', param(2, (r) => r + 1n)],
      [
        record,
        'the hash of the record',
        (own) => (own.statement.record = own.statement.record.replace(/^0x..../, '0x0006')),
      ],
      [record, 'length of the record', (own) => (own.statement.commitments[1] = own.statement.commitments[0])],
    ] as [string, string, (own: Dump) => void][])
      assert.equal(said(file, change), what);
  });

  it('say what of a statement about sets does not hold', () => {
    const [file] = named('subset-5-3');
    for (const [what, change] of [
      ['number of sets', (own) => (own.statement.params[1] = '0')],
      ['number of sets', (own) => (own.statement.params[1] = '17')],
      ['a set behind the last', (own) => (own.statement.params[1] = '2')],
      ['a set behind the last', (own) => (own.statement.params[5] = own.statement.params[4])],
      ['set_3: chunks of the commitment', (own) => (own.statement.commitments[3] = [])],
      ['set_4: chunks of the commitment', (own) => (own.statement.commitments[4] = own.statement.commitments[3])],
      [
        'a set of another kind',
        (own) => (own.statement.params[2] = String(BigInt(own.statement.params[2]) ^ (1n << 36n))),
      ],
    ] as [string, (own: Dump) => void][])
      assert.equal(said(file, change), what);
  });
});

describe('audits by brute force', { concurrency: false }, () => {
  let folder: string;
  let names: string[];
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'descent-honest-'));
    names = madeInPython(folder, PROGRAMS);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('are accepted by the verifier in Python', () => {
    acceptedByPython(names.map((name) => join(folder, `${name}.json`)));
    assert.equal(names.length, 4);
  });

  it('are accepted by the circuits, which have the same digest and the same fold', async () => {
    const circuits = await buildCircuits(PROGRAMS);
    for (const name of names) await acceptedBy(circuits, folder, name);
  });
});
