import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { DATASET_FORMAT, formatManifest } from '../../src/model/manifest.ts';
import { SCHEMA_FORMAT, type Schema, schemaHash } from '../../src/model/schema.ts';
import { type Made, ProvingFixture } from './support/provingFixture.ts';
import { type PageServer, servePage } from './support/server.ts';

const common = { format: SCHEMA_FORMAT, decimal: '.', missing: 'refuse' } as const;
const sha256 = '53aa'.padEnd(64, '7');
/** Its name would turn the letters after it round, and begins an element of HTML. */
const embedder = { name: 'all-MiniLM \u202e<b>', sha256 };
const texts: Schema = { ...common, transforms: [], kind: 'classes', columns: 8, embedder, classes: ['mail', 'games'] };
const sizes: Schema = {
  ...common,
  transforms: [],
  kind: 'regression',
  columns: ['a', 'b'],
  targets: ['sum'],
  targetTransforms: [],
};

let fixture: ProvingFixture;
let server: PageServer;
const models: Made[] = [];

describe('the schema of a model on its page', () => {
  before(async () => {
    fixture = await ProvingFixture.start('build/e2e-schemas');
    for (const [k, schema] of [texts, sizes, undefined].entries()) {
      const made = await fixture.makeImport(fixture.alice, `schema-${k}`, schema);
      await fixture.submit(fixture.alice, made.edge);
      models.push(made);
    }
    // The text of one of them lies beside the deployment file, with others that say nothing of these models.
    const folder = join(dirname(fixture.deploymentFile), 'schemas');
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const manifest = (schema: Schema) =>
      formatManifest({ format: DATASET_FORMAT, name: 'texts', source: 'texts', schema, shards: [] });
    writeFileSync(join(folder, 'texts.json'), manifest(texts));
    writeFileSync(join(folder, 'other.json'), manifest({ ...sizes, missing: 'drop' }));
    writeFileSync(join(folder, 'broken.json'), '{');
    server = await servePage(fixture.deploymentFile);
  });
  after(async () => {
    await server?.close();
    await fixture?.close();
  });

  const html = async ({ id }: Made) => (await fetch(`${server.origin}/model/${id}`)).text();

  it('names columns, classes and the embedder, which is said to be declared, where the server has the text', async () => {
    const text = await html(models[0]);
    const plain = text.replace(/<!-- -->/g, '');
    assert.ok(plain.includes(schemaHash(texts)), 'the hash that the chain has');
    assert.match(plain, /8 columns to 2 classes/);
    assert.match(plain, /<bdi>mail<\/bdi>/);
    assert.match(plain, /stated by whoever registered it, not proved</);
    const [, shown] = plain.split('data-testid="embedder"');
    assert.match(shown.slice(0, 200), /all-MiniLM \u2423&lt;b&gt;/, 'as a text that misleads nobody');
    assert.ok(shown.includes(sha256));
    assert.match(shown, /declared, not proved/);
  });

  it('has its hash alone where it has not, whatever else lies there', async () => {
    const text = await html(models[1]);
    assert.ok(text.includes(schemaHash(sizes)));
    assert.match(text, /this server does not have its text/);
    assert.ok(!text.includes('data-testid="embedder"'));
  });

  it('is not stated where nobody did', async () => {
    assert.match(await html(models[2]), /data-testid="schema"><span[^>]*>not stated</);
  });
});
