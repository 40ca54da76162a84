import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { contractDocs } from '../../scripts/build/contractDocs.ts';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

describe('docs/contracts.md', () => {
  const text = contractDocs();

  it('is what the interfaces say', () => {
    assert.equal(readFileSync(join(ROOT, 'docs/contracts.md'), 'utf8'), text);
  });

  it('lists every function, event and error of the interfaces with its words', () => {
    for (const part of [
      /^## ILineage$/m,
      /^- `isAncestor\(bytes32 ancestor, bytes32 descendant\) view → \(bool\)` Whether `ancestor` lies on the first line/m,
      /^- `event Paid\(bytes32 indexed model, .*\)` A model was paid\./m,
      /^- `error NothingReceived\(address token\)` Thrown when nothing arrived, so that there is nothing to credit\.$/m,
      /^- `creditOf\(bytes32 id\) .*` What paying a node takes, in one call\. .* Returns trainer who proved the node\. Returns number of the node\./m,
    ]) {
      assert.match(text, part);
    }
  });
});
