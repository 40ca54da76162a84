import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { buildCircuits } from '../../scripts/build/circuits.ts';
import { writeDumps } from '../../verifiers/dump.ts';
import { INFER_ARGUMENTS, INFER_PROOFS } from '../../verifiers/inferCases.ts';
import { acceptedBy, acceptedByPython, changesRefused, type Dump, EVERY, madeInPython, reasonOf } from './python.ts';

const PROGRAMS = ['infer', 'convInfer'];
const SAMPLE = 40;

describe('inferences in the verifier in Python', { concurrency: false }, () => {
  let folder: string;
  let files: string[];
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'descent-dumps-'));
    files = await writeDumps(folder, { args: INFER_ARGUMENTS, proofs: EVERY ? INFER_PROOFS : [] });
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('are accepted, with inputs and outputs of every kind', () => {
    acceptedByPython(files);
    for (const kind of ['public', 'public-shown', 'shard', 'shard-shown', 'committed', 'committed-shown'])
      for (const program of PROGRAMS)
        assert.ok(
          files.some((file) => basename(file).startsWith(`${program}-`) && file.endsWith(`-${kind}.json`)),
          `${program} ${kind}`,
        );
  });

  it('are refused when one field is changed', () => {
    const tried = EVERY ? files : files.filter((file) => /(public-shown|shard)\.json$/.test(file));
    changesRefused(SAMPLE, tried);
  });

  it('say what of the statement does not hold', () => {
    const [file] = files.filter((name) => basename(name).startsWith('infer-3-5-2-9-public-shown'));
    const said = (change: (own: Dump) => void) => reasonOf(file, join(folder, 'forged.json'), change);
    const flip = (own: Dump, bit: bigint) => {
      own.statement.params[1] = String(BigInt(own.statement.params[1]) ^ (1n << bit));
    };
    const kinds = 'form: inputs are public or ranged, and begin at 0';
    for (const [what, change] of [
      [kinds, (own) => flip(own, 38n)],
      [kinds, (own) => flip(own, 40n)],
      [kinds, (own) => flip(own, 12n)],
      ['form has more bits', (own) => flip(own, 41n)],
      ['the hash of the outputs', (own) => flip(own, 39n)],
      ['the hash of the inputs', (own) => (own.statement.inputs = `0x0001${own.statement.inputs.slice(6)}`)],
      ['the outputs at x', (own) => (own.statement.params[4] = '5')],
      ['shard: offsets', (own) => (own.statement.extra[2] = '1')],
      ['input: chunks of the commitment', (own) => own.statement.commitments[1].push(own.statement.commitments[1][0])],
      ['output: chunks of the commitment', (own) => own.statement.commitments[2].pop()],
    ] as [string, (own: Dump) => void][])
      assert.equal(said(change), what);
  });
});

describe('inferences by brute force', { concurrency: false }, () => {
  let folder: string;
  let names: string[];
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'descent-honest-'));
    names = madeInPython(folder, PROGRAMS);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('are accepted by the verifier in Python', () => {
    acceptedByPython(names.map((name) => join(folder, `${name}.json`)));
    assert.ok(names.length > 4);
  });

  it('are accepted by the circuit, which has the same digest and the same fold', async () => {
    const circuits = await buildCircuits(['convInfer']);
    for (const name of names.filter((each) => each.startsWith('conv'))) await acceptedBy(circuits, folder, name);
  });
});
