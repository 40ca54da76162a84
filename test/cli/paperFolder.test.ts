import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { readPaperFolder } from '../../scripts/actions/papers/folder.ts';
import { Random } from '../reference/algebra.ts';
import { temporaryFolder } from './cli.ts';

/** As the library of Hugging Face has it. */
const FRONT_MATTER = /^\s*---[\r\n]+([\s\S]*?)[\r\n]+---(\r\n|\n|$)/;
const PARTS = ['\n', '\n', '\r\n', '\r', '---', '---', 'a: 1', 'b: 2', ' ', '-'];

describe('the front matter of a model card', () => {
  const { folder, remove } = temporaryFolder();
  after(remove);
  mkdirSync(join(folder, 'model'));
  writeFileSync(join(folder, 'model', 'model.onnx'), '');
  const cardOf = (text: string) => {
    writeFileSync(join(folder, 'model', 'README.md'), text);
    return readPaperFolder(join(folder, 'model')).card;
  };

  it('is found where the library of Hugging Face finds it', () => {
    const random = new Random(5);
    let found = 0;
    for (let k = 0; k < 2_000; k++) {
      const text = `---\n${Array.from({ length: 1 + random.below(10) }, () => PARTS[random.below(PARTS.length)]).join('')}`;
      const expected = FRONT_MATTER.exec(text)?.[1];
      // What stands there need not be YAML.
      const isThere = ((): boolean => {
        try {
          return cardOf(text) !== undefined;
        } catch {
          return true;
        }
      })();
      assert.equal(isThere, expected !== undefined, JSON.stringify(text));
      if (isThere) found++;
    }
    assert.ok(found > 100);
    assert.deepEqual(cardOf('---\r\na: 1\r\n\r\n---\r\n---\nb: 2\n---\n'), { a: 1 });
    assert.deepEqual(cardOf('---\n\n---\na: 1\n---\n'), { a: 1 });
  });

  it('takes no time in the square of what anybody wrote', { timeout: 20_000 }, () => {
    assert.equal(cardOf(`---\n${'\n'.repeat(2 ** 20)}x`), undefined);
    const names = Array.from({ length: 60_000 }, (_, k) => `k${k}: 1`).join('\n');
    assert.equal(Object.keys(cardOf(`---\n${names}\n---\n`) ?? {}).length, 60_000);
    assert.throws(() => cardOf(`---\n${names}\nk7: 2\n---\n`), /every reader takes/);
  });
});
