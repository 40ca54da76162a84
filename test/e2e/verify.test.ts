import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { withWrongProof } from './support/forge.ts';
import { leave, openTestBed, type TestBed } from './support/testBed.ts';

const PATIENCE = 120_000;

let testBed: TestBed;
before(async () => {
  testBed = await openTestBed();
});

describe('verifying', () => {
  it('proves a registered model again from its id, every line green but the development keys, and gives the command that does the same', async () => {
    const session = await testBed.open();
    const { page } = session;
    const { id } = testBed.scenario.models[1];
    await page.goto(`${testBed.server.origin}/verify?node=${id}`);
    await page.getByTestId('verdict').waitFor({ timeout: PATIENCE });
    // Of a trained model: 5 checks here besides the keys, 5 of the chain, its parent and its shard.
    assert.equal(await page.locator('[data-state=good]').count(), 12);
    assert.deepEqual(await page.locator('[data-state=open]').evaluateAll((all) => all.map((e) => e.dataset.check)), [
      'keys',
    ]);
    assert.equal(await page.getByTestId('verdict').getAttribute('data-verdict'), 'holds');
    assert.match(await page.getByTestId('verdict').innerText(), /proof holds; not shown:.*development keys/s);
    await page.getByText(`descent verify ${id}`).waitFor();
    await leave(session);
  });

  it('turns red for a flipped digit of the proof', async () => {
    const text = readFileSync(testBed.scenario.waiting.file, 'utf8');
    const session = await testBed.open();
    const { page } = session;
    const forged = join(testBed.ledger.folder, 'forged.edge.json');
    await page.goto(`${testBed.server.origin}/verify`);
    for (const [flipped, line] of [
      // the copy in the transaction contradicts it
      [flip(text, text.indexOf('"groth16"') + 40), 'file'],
      // consistently flipped: the proof itself is wrong
      [withWrongProof(text), 'groth16'],
    ] as const) {
      writeFileSync(forged, flipped);
      await page.getByTestId('file').setInputFiles(forged);
      await page.locator(`[data-check=${line}][data-state=bad]`).waitFor({ timeout: PATIENCE });
      await page.getByTestId('verdict').waitFor({ timeout: PATIENCE });
      assert.match(await page.getByTestId('verdict').innerText(), /Verification failed/);
    }
    await leave(session);
  });

  it('says what an id is, and that an unknown one is not registered', async () => {
    const session = await testBed.open();
    const { page } = session;
    await page.goto(`${testBed.server.origin}/verify`);
    for (const [text, answer] of [
      ['0x12', 'That is no id of a model or shard.'],
      [`0x${'12'.repeat(32)}`, 'No model or shard with this id is registered here.'],
    ]) {
      await page.getByLabel('Id of a registered model or shard').fill(text);
      await page.getByRole('button', { name: 'Verify', exact: true }).click();
      await page.getByText(answer).waitFor({ timeout: PATIENCE });
    }
    await leave(session);
  });
});

/** Changes the last hexadecimal digit before a place. */
function flip(text: string, at: number): string {
  const place = /[0-9a-f]/.exec(text.slice(at))!.index + at;
  return text.slice(0, place) + (text[place] === '1' ? '2' : '1') + text.slice(place + 1);
}
