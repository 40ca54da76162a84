import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { parseManifest } from '../../src/model/manifest.ts';
import { sameSchema } from '../../src/model/schema.ts';
import { readShard } from '../../src/model/shardFile.ts';
import { zeroWeights } from '../../src/model/weights.ts';
import { writeWeights } from '../../src/model/weightsFile.ts';
import { npy, npyHeader } from '../corpus/files.ts';
import { descent, document, refusalOf, temporaryFolder } from './cli.ts';

describe('embeddings', () => {
  const { folder, remove } = temporaryFolder();
  after(remove);
  const runs = ['--runs', join(folder, 'runs')];
  const file = (name: string, content: Uint8Array | string) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  // Four rows of length 1 and four of length 5.
  const [short, long] = [
    [0.6, 0.8, 0, -1],
    [3, -4, 4, 3],
  ];
  const floats = (values: number[]) => new Uint8Array(Float32Array.from(values).buffer);
  const unit = file('unit.npy', npy(npyHeader('<f4', [4, 2]), [...floats([...short, ...short])]));
  const other = file('other.npy', npy(npyHeader('<f4', [4, 2]), [...floats([...long, ...long])]));
  const csv = file('texts.csv', 'e0,e1,topic\n0.6,0.8,a\n0,-1,b\n0.8,0.6,a\n-1,0,b\n');
  const answers = ['--answers', file('answers.npy', npy(npyHeader('|u1', [4]), [0, 1, 0, 1]))];
  const weights = file('embedder.bin', 'weights of an embedder');
  const hash = createHash('sha256').update('weights of an embedder').digest('hex');
  const embedder = ['--embedder', 'a small one', '--embedder-sha256', weights];
  const result = async (...args: string[]) => document(await descent([...args, '--json', ...runs]));
  const shardOf = ({ shards }: { shards: string[] }) => readShard(new Uint8Array(readFileSync(shards[0])));
  const manifest = (run: string) => join(folder, 'runs', run, 'dataset.json');

  it('become shards whose schema names their embedder and the hash of its file', async () => {
    const made = await result('data', '--embeddings', unit, ...answers, ...embedder, '--run', 'first');
    const { schema, X } = shardOf(made);
    assert.deepEqual(schema!.embedder, { name: 'a small one', sha256: hash });
    assert.deepEqual(schema!.transforms, [{ name: 'scale', factor: Math.SQRT2 }]);
    assert.equal(X[0], Math.round(0.6 * Math.SQRT2 * 512), 'scaled by the root of the width');
    assert.match(made.notes.join(), /have length 1/);
    assert.ok(sameSchema(parseManifest(readFileSync(manifest('first'), 'utf8')).schema, schema!));
    const shown = await result('show', made.shards[0]);
    assert.equal(shown.embedder, `a small one (SHA-256 ${hash}; declared, not proved)`);
  });

  it('have the schema of others by the same embedder, from CSV too, or by their manifest', async () => {
    const first = shardOf(await result('data', '--embeddings', unit, ...answers, ...embedder, '--run', 'again'));
    const like = ['--like', manifest('again')];
    const second = await result('data', '--embeddings', other, ...answers, ...like, '--run', 'like');
    assert.ok(sameSchema(shardOf(second).schema!, first.schema!));
    assert.match(second.notes.join(), /manifest declares what made the rows: a small one \(SHA-256 .* not proved\)/);
    const table = await result('data', '--embeddings', csv, '--label', 'topic', '--embedder', 'e', '--run', 'csv');
    const { schema } = shardOf(table);
    assert.deepEqual([schema!.columns, schema!.embedder], [['e0', 'e1'], { name: 'e', sha256: null }]);
    assert.equal((await result('show', table.shards[0])).embedder, 'e (no hash; declared, not proved)');
  });

  it('of any length can be made 1 long', async () => {
    const made = await result('data', '--embeddings', other, ...answers, ...embedder, '--unit-length', '--run', 'unit');
    const { schema, X } = shardOf(made);
    assert.deepEqual(
      schema!.transforms.map(({ name }) => name),
      ['unit-length', 'scale'],
    );
    assert.equal(X[0], Math.round(0.6 * Math.SQRT2 * 512));
  });

  it('of another embedder are not trained on by mistake', async () => {
    const of = async (name: string) =>
      (await result('data', '--embeddings', unit, ...answers, '--embedder', name, '--run', name)).shards[0];
    const [one, two] = [await of('one'), await of('two')];
    const { schema } = readShard(new Uint8Array(readFileSync(one)));
    const model = zeroWeights({ widths: [2, 2], head: 'softmax' }, 7n);
    const parent = file('one.safetensors', writeWeights({ ...model, schema: schema! }));
    const train = ['train', '--parent', parent, '--lr', '0.5', '--batch', '2'];
    const refused = await descent([...train, '--shard', two, ...runs]);
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /embedder, as declared of .*\n\s+\* +one +two/);
    assert.equal((await descent([...train, '--shard', one, ...runs, '--run', 'same'])).code, 0);
  });

  it('are what a model of them is told to take when it predicts', async () => {
    const { schema } = shardOf(await result('data', '--embeddings', unit, ...answers, ...embedder, '--run', 'said'));
    const model = zeroWeights({ widths: [2, 2], head: 'softmax' }, 7n);
    const path = file('said.safetensors', writeWeights({ ...model, schema: schema! }));
    const { stderr } = await descent(['predict', path, unit]);
    assert.match(stderr, /The rows must be embeddings by a small one \(SHA-256 .*; declared, not proved\)/);
  });

  it('can be fitted, and the choices keep the embedder', async () => {
    const many = Array.from({ length: 24 }, (_, r) => [Math.cos(r), Math.sin(r)]).flat();
    const rows = file('many.npy', npy(npyHeader('<f4', [24, 2]), [...floats(many)]));
    const sides = file(
      'sides.npy',
      npy(
        npyHeader('|u1', [24]),
        many.filter((_, k) => k % 2 === 0).map((x) => +(x > 0)),
      ),
    );
    const said = ['--answers', sides, ...embedder, '--unit-length', '--hidden', 'none', '--batch', '8'];
    const made = await result('fit', rows, ...said, '--scale', 'standard', '--lr', '0.5', '--run', 'fit');
    const text = readFileSync(made.config, 'utf8');
    assert.match(text, /^embedder: a small one$/m);
    assert.match(text, new RegExp(`^embedder-sha256: "?${hash}"?$`, 'm'));
    assert.match(text, /^unit-length: true$/m);
    assert.deepEqual((await result('fit', '--config', made.config, '--run', 'back')).settings, made.settings);
  });

  it('are refused where nobody says what made them, or it is said twice or in vain', async () => {
    const data = (...args: string[]) => refusalOf(['data', ...args, ...answers, ...runs]);
    for (const [args, message] of [
      [['--embeddings', unit], /Which model made the embeddings\?/],
      [['--embeddings', unit, '--embedder-sha256', hash], /Which model/],
      [['--npy', unit, '--embedder-sha256', hash], /a model that is not named/],
      [['--embeddings', unit, '--embedder', 'x', '--embedder-sha256', hash.slice(1)], /has 63 hexadecimal digits/],
      [['--embeddings', unit, '--embedder', 'x', '--embedder-sha256', 'no.bin'], /Cannot read no\.bin: it does not/],
      [['--embeddings', unit, '--embedder', 'x', '--like', manifest('first')], /--like takes the embedder/],
      [['--embeddings', unit, '--npy', unit, '--embedder', 'x'], /Which data\?/],
      [['--embeddings', 'rows.bin', '--embedder', 'x'], /not clear from its name/],
    ] as const) {
      const { code, said } = await data(...args);
      assert.equal(code, 2, args.join(' '));
      assert.match(said, message);
    }
    const { said } = await refusalOf(['data', '--mnist', '--embedder', 'x', ...runs]);
    assert.match(said, /--embedder is for/);
  });
});
