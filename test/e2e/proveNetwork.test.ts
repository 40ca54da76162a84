// A convolutional network in the browser: chosen, drawn from a seed, trained, proved, registered, verified.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, describe, it } from 'node:test';
import type { Download, Page } from 'playwright-core';
import { loadMnist } from '../../scripts/files/mnist.ts';
import { modelRegistryAbi } from '../../src/generated/abi.ts';
import { isNetworkShape } from '../../src/model/anyShape.ts';
import { DIGIT_SIDE, digitSchema } from '../../src/model/digits.ts';
import { encodeNetwork, parseNetwork } from '../../src/model/network.ts';
import { shapeText } from '../../src/model/networkWeights.ts';
import { schemaHash } from '../../src/model/schema.ts';
import { readModel } from '../../src/model/weightsFile.ts';
import { modelOfSeed } from '../../src/training/seed.ts';
import { evaluate, trainTrial } from '../../src/training/trainer.ts';
import { DIGIT_NETWORKS, plannedShape } from '../../web/lib/prover/networks.ts';
import { PATIENCE, peakMemory, proveAll } from './support/proving.ts';
import { connectWallet, leave, openTestBed, type TestBed } from './support/testBed.ts';
import { announceWallet } from './support/wallet.ts';

const [SMALL] = DIGIT_NETWORKS;

let testBed: TestBed;
before(async () => {
  testBed = await openTestBed();
});

/** The circuits whose keys a page has fetched. */
function keysFetched(page: Page): string[] {
  const fetched: string[] = [];
  page.on('request', (request) => {
    const name = /\/files\/(\w+)\.zkey$/.exec(request.url())?.[1];
    if (name) fetched.push(name);
  });
  return fetched;
}

describe('a convolutional network in the browser', () => {
  it('is chosen, drawn from a seed, trained, proved, registered and verified, with the keys of its own circuits', async (t) => {
    const { ledger, server, browser } = testBed;
    const session = await testBed.open();
    const { page, context } = session;
    const { account } = ledger.bob;
    await announceWallet(context, { name: 'Bobs wallet', account, rpc: ledger.place.rpc });
    const fetched = keysFetched(page);
    await page.goto(`${server.origin}/prove`);
    await connectWallet(session, 'Bobs wallet');
    await page.getByLabel('Network').selectOption(SMALL);
    assert.deepEqual(await page.locator('figure').getByRole('listitem').allInnerTexts(), [
      'pictures of 7×7 pixels',
      '3×3 convolution, 1 pixel of zeros around: 16 channels of 7×7',
      'dense: 10 units',
    ]);
    assert.equal(await page.getByLabel('Hidden units').count(), 0);
    await page.getByLabel('Passes').selectOption('4');
    await page.getByRole('button', { name: 'Prepare' }).click();
    await page.getByText(`A ${SMALL} softmax network, 64 rows`).waitFor({ timeout: PATIENCE });
    const child = await proveAll(session, (text) => t.diagnostic(text));
    t.diagnostic(`peak of the page: ${await peakMemory(browser)} MB`);
    assert.deepEqual(fetched, ['data', 'convSeed', 'convTrain']);

    const network = parseNetwork(SMALL, 'softmax');
    const [{ args: registered }] = await ledger.chain.client.getContractEvents({
      address: ledger.place.registry,
      abi: modelRegistryAbi,
      eventName: 'ModelRegistered',
      args: { id: child },
      fromBlock: 0n,
      strict: true,
    });
    assert.deepEqual([registered.trainer, registered.shape], [account.address, encodeNetwork(network)]);

    const isModel = (download: Download) => download.suggestedFilename() === 'model.safetensors';
    const saved = page.waitForEvent('download', isModel);
    await page.getByRole('button', { name: 'Save weights and data' }).click();
    const model = readModel(new Uint8Array(readFileSync(await (await saved).path())));
    assert.equal(shapeText(model), SMALL);
    assert.equal(schemaHash(model.schema), schemaHash(digitSchema({ pooled: true, picture: true })));

    await page.goto(`${server.origin}/verify?node=${child}`);
    await page.locator('[data-check=groth16][data-state=good]').waitFor({ timeout: PATIENCE });
    await page.getByTestId('verdict').waitFor({ timeout: PATIENCE });
    assert.match(await page.getByTestId('verdict').innerText(), /proof holds; not shown:.*development keys/s);
    await leave(session);
  });

  it('is drawn for each that is offered, for digits alone', async () => {
    const session = await testBed.open();
    const { page } = session;
    const fetched = keysFetched(page);
    await page.goto(`${testBed.server.origin}/prove`);
    const field = page.getByLabel('Network');
    assert.equal(await field.inputValue(), 'dense');
    await page.getByText('49 – 32 – 10').waitFor();
    const values = await field
      .locator('option')
      .evaluateAll((all) => all.map((one) => (one as HTMLOptionElement).value));
    assert.deepEqual(values, ['dense', ...DIGIT_NETWORKS]);
    for (const text of DIGIT_NETWORKS) {
      await field.selectOption(text);
      await page.locator('figure').getByText(text, { exact: true }).waitFor();
      await page.getByRole('button', { name: 'Prepare' }).click();
      await page.getByText(`A ${text} softmax network, 64 rows`).waitFor({ timeout: PATIENCE });
    }
    await page.getByText('A table of your own').click();
    await field.waitFor({ state: 'detached' });
    await page.getByLabel('Hidden units').waitFor();
    assert.deepEqual(fetched, [], 'no key before something is proved');
    await leave(session);
  });

  it('gets at least as many digits right as the dense layers beside which it is offered', async () => {
    const rates = await Promise.all(
      [undefined, ...DIGIT_NETWORKS].map(async (network) => {
        const shape = plannedShape({ network, hidden: 32, head: 'softmax' });
        const isNetwork = isNetworkShape(shape);
        const { train } = await loadMnist({ pooled: !isNetwork || shape.side < DIGIT_SIDE, picture: isNetwork });
        const [shard, test] = [train.shard({ first: 0, rows: 512 }, 0n), train.shard({ first: 512, rows: 512 }, 0n)];
        const settings = { lr: 256, batch: 8, passes: 4 };
        const rightOf = (seed: bigint) =>
          evaluate(trainTrial(modelOfSeed(shape, seed, 0n), shard, settings).child, test).right!;
        // What one start learns says little.
        return [1n, 2n, 3n, 4n].reduce((sum, seed) => sum + rightOf(seed), 0);
      }),
    );
    const [dense, ...networks] = rates;
    for (const right of networks) assert.ok(right >= dense, `${right} of 4 x 512, ${dense} by dense layers`);
  });
});
