import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { FileFormatError } from '../../src/errors/FileFormatError.ts';
import { parseEdge } from '../../src/registry/edge.ts';
import { currentRun } from '../../src/registry/formerNames.ts';
import { isSignedEdge, parseSignedEdge } from '../../src/registry/signedEdge.ts';

const read = (name: string) => readFileSync(new URL(`former/${name}`, import.meta.url), 'utf8');

/** A refusal that names both formats and says what to do. */
function sayingWhatToDo(error: unknown): boolean {
  assert.ok(error instanceof FileFormatError);
  assert.match(error.message, /of format descent-(signed-)?edge\/\d but "descent-/);
  assert.match(error.hint ?? '', /Submit it with that version, or prove the statement again with this one/);
  return true;
}

describe('a file of an earlier version', () => {
  it('is refused as an edge, with what to do', () => {
    assert.throws(() => parseEdge(read('root.edge.json')), sayingWhatToDo);
  });

  it('is told as a signed edge, and refused as one, with what to do', () => {
    const text = read('root.signed.json');
    assert.ok(isSignedEdge(text));
    assert.throws(() => parseSignedEdge(text), sayingWhatToDo);
  });
});

describe('the state of a run of an earlier version', () => {
  it('has the names of this one', () => {
    const done = { at: 'then' };
    const state = { kind: 'root', stages: { root: done, 'prove root for 0x12': done, 'root of something': done } };
    const stages = { import: done, 'prove import for 0x12': done, 'root of something': done };
    assert.deepEqual(currentRun(state), { kind: 'import', stages });
    assert.deepEqual(currentRun({ kind: 'training', stages: {} }), { kind: 'trainAll', stages: {} });
    assert.deepEqual(currentRun({ kind: 'scoring', stages: {} }), { kind: 'scoreAll', stages: {} });
    const data = { kind: 'data', stages: { 'prove root': done } };
    assert.deepEqual(currentRun(data), data, 'a shard may have this name');
  });
});
