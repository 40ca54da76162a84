// Papers about models, each valid for its own readers, and what is said of papers that somebody forged.
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import type { Hex } from 'viem';
import { parse } from 'yaml';
import { resultId } from '../../src/registry/statement.ts';
import { HOSTILE_NAME, type PapersRegistry, papersRegistry } from '../contracts/support/papersRegistry.ts';
import { type NodeProxy, startNodeProxy } from '../support/nodeProxy.ts';
import { descent, document, temporaryFolder } from './cli.ts';

interface Finding {
  about: string;
  holds: boolean | 'open';
  says: string;
}

const FRONT = /^(\s*---[\r\n]+)([\S\s]*?)([\r\n]+---(\r\n|\n|$))/;
const PAGE = 'https://page.example';

describe('papers about a model', () => {
  const { folder, remove } = temporaryFolder();
  let made: PapersRegistry;
  let proxy: NodeProxy;
  let model: Hex;
  let parent: Hex;
  const papers = join(folder, 'papers');

  before(async () => {
    made = await papersRegistry(folder);
    proxy = await startNodeProxy(made.served.upstream);
    [model, parent] = [resultId(made.child.statement), resultId(made.imported.statement)];
    const args = ['--weights', made.childWeights, '--license', 'apache-2.0', '--page', `${PAGE}/`];
    const written = document(await call('papers', model, ...args, '--out', papers, '--json'));
    assert.deepEqual([written.steps, written.results, written.datasets, written.unread], [2, 1, 2, 0]);
    assert.deepEqual([written.developmentKeys, written.declared, written.foreign], [true, true, false]);
    assert.deepEqual(written.files.toSorted(), readdirSync(papers).toSorted());
  });
  after(async () => {
    await proxy?.close();
    remove();
  });

  const call = (...args: string[]) =>
    descent(args, { env: { ...made.env(proxy.rpc), XDG_CACHE_HOME: join(folder, 'cache') } });
  const read = (name: string, from = papers) => readFileSync(join(from, name), 'utf8');
  const frontMatter = (text: string) => parse(FRONT.exec(text)![2], { version: '1.1' });

  /** A copy of the papers with the weights, in which something was changed. */
  function copy(name: string, change: (folder: string) => void = () => {}): string {
    const to = join(folder, name);
    cpSync(papers, to, { recursive: true });
    cpSync(made.childWeights, join(to, 'model.safetensors'));
    change(to);
    return to;
  }
  const edit = (from: string, name: string, change: (text: string) => string) =>
    writeFileSync(join(from, name), change(read(name, from)));
  async function check(from: string, ...args: string[]) {
    const { code, stdout, stderr } = await call('check', from, '--json', ...args);
    assert.ok(code === 0 || code === 4 || code === 6, stderr);
    const { verdict, checks, doesNotShow } = JSON.parse(stdout);
    const saying = (holds: Finding['holds']) =>
      (checks as Finding[]).filter((one) => one.holds === holds).map(({ says }) => says);
    return { code, verdict, false: saying(false), open: saying('open'), true: saying(true), limits: doesNotShow };
  }

  describe('are valid:', () => {
    it('the model card, as huggingface_hub reads it', () => {
      const text = read('README.md');
      const card = frontMatter(text);
      assert.deepEqual(card.base_model, [parent]);
      assert.equal(card.base_model_relation, 'finetune');
      assert.deepEqual([card.license, card.library_name], ['apache-2.0', 'descent']);
      for (const tag of card.tags) assert.match(tag, /^[a-z-]+$/);
      // What model_index_to_eval_results asks for.
      for (const { name, results } of card['model-index']) {
        assert.equal(typeof name, 'string');
        assert.ok(results.length > 0);
        for (const { task, dataset, metrics, source } of results) {
          for (const part of [task.type, dataset.type, dataset.name, source.name]) assert.equal(typeof part, 'string');
          assert.equal(source.url, `${PAGE}/model/${model}`);
          for (const metric of metrics)
            assert.deepEqual([typeof metric.type, typeof metric.value], ['string', 'number']);
        }
      }
      const [{ value, name }] = card['model-index'][0].results[0].metrics;
      assert.deepEqual([value, name], [12 / 16, 'accuracy, at least; trained on these rows']);
      assert.match(text, /Development keys: anybody can forge/);
      assert.match(text, /source of an import is declared/);
    });

    it('the bill of materials, by the schema of CycloneDX 1.6', async () => {
      const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);
      assert.equal(await validator.validate(read('bom.cdx.json')), null);
      const bom = JSON.parse(read('bom.cdx.json'));
      const { component } = bom.metadata;
      assert.deepEqual([component.type, component.name], ['machine-learning-model', model]);
      assert.deepEqual(
        component.pedigree.ancestors.map(({ name }: { name: string }) => name),
        [parent],
      );
      assert.equal(component.modelCard.quantitativeAnalysis.performanceMetrics[0].value, '0.75');
      // The validator does look.
      component.modelCard.unheardOf = true;
      assert.notEqual(await validator.validate(JSON.stringify(bom)), null);
    });

    it('the claims, in the form of in-toto statements', () => {
      const claims = read('claims.jsonl')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
      assert.deepEqual(
        claims.map(({ predicate }) => predicate.model),
        [model, parent],
      );
      for (const { _type, subject, predicateType, predicate, ...rest } of claims) {
        assert.deepEqual([_type, rest], ['https://in-toto.io/Statement/v1', {}]);
        assert.match(predicateType, /^[a-z]+:\S+$/);
        assert.equal(typeof predicate, 'object');
        for (const { name, digest } of subject) {
          assert.equal(typeof name, 'string');
          for (const [kind, hex] of Object.entries(digest)) assert.match(`${kind} ${hex}`, /^\w+ [0-9a-f]{64}$/);
        }
      }
      const [{ predicate, subject }] = claims;
      assert.deepEqual([predicate.parents, predicate.shards], [[parent], [made.served.shardId]]);
      assert.equal(predicate.parameters.segments[0].passes, 2);
      assert.equal(subject.length, 2);
      assert.equal(claims[1].predicate.parameters.declaredSource.length, 66);
    });

    it('the description in SPDX 3, whose parts name each other', () => {
      const { '@context': context, '@graph': graph } = JSON.parse(read('model.spdx.json'));
      assert.equal(context, 'https://spdx.org/rdf/3.0.1/spdx-context.jsonld');
      const ids = new Set(graph.map((one: { spdxId?: string }) => one.spdxId));
      const { rootElement, element } = graph.find(({ type }: { type: string }) => type === 'SpdxDocument');
      for (const id of [...rootElement, ...element]) assert.ok(ids.has(id), id);
      for (const one of graph.filter(({ type }: { type: string }) => type === 'Relationship')) {
        for (const id of [one.from, ...one.to])
          assert.ok(ids.has(id) || id === 'expandedlicensing_NoAssertionLicense', id);
      }
      const packages = graph.filter(({ type }: { type: string }) => type === 'ai_AIPackage');
      assert.deepEqual(
        packages.map(({ name }: { name: string }) => name),
        [model, parent],
      );
    });

    it('the description of the published dataset, in Croissant', () => {
      const { name, conformsTo, distribution, ...rest } = JSON.parse(read('croissant.json'));
      assert.equal(conformsTo, 'http://mlcommons.org/croissant/1.0');
      assert.equal(name, `descent-${made.dataset.slice(2, 18)}`);
      assert.equal(distribution[0].contentUrl, 'https://data.example/rows.zip');
      assert.equal(distribution[0].sha256, 'ab'.repeat(32));
      assert.match(rest.description, /Nothing of this was compared/);
    });

    it('the badge, which does not say proven of development keys', () => {
      const svg = read('badge.svg');
      assert.match(svg, /dev keys: proves nothing \| declared origin/);
      assert.doesNotMatch(svg, /proven by Descent/);
      assert.match(svg, new RegExp(`chain 31337 \\| ${model.slice(0, 10)}`));
    });
  });

  it('quote names and addresses of strangers, who cannot end a line, a string or a tag', () => {
    const text = read('README.md');
    const card = frontMatter(text);
    assert.equal(card.base_model.length, 1);
    assert.equal(card['model-index'][0].name, HOSTILE_NAME.replaceAll('\n', '\\u{a}').replace('\u202e', '\\u{202e}'));
    const body = text.slice(FRONT.exec(text)![0].length);
    // No tag, link, heading or address of theirs.
    assert.doesNotMatch(body, /(?<!\\)<(script|img)|(?<!\\)\]\(javascript|^#+ \[click|https:\/\/x\.example|www\.evil/m);
    for (const name of readdirSync(papers)) assert.doesNotMatch(read(name), /[\u202e\u2028]/);
    assert.equal(read('claims.jsonl').trimEnd().split('\n').length, 2);
  });

  it('mark what descends from a foreign model, and tell no result where no scoreboard is asked', async () => {
    const below = resultId(made.below.statement);
    const out = join(folder, 'below');
    const env = { ...made.env(proxy.rpc), DESCENT_SCOREBOARD: '', XDG_CACHE_HOME: join(folder, 'cache') };
    const { code, stderr } = await descent(['papers', below, '--out', out], { env });
    assert.equal(code, 0, stderr);
    assert.match(read('badge.svg', out), /foreign parts \| declared origin/);
    assert.match(read('README.md', out), /for one a foreign program vouches[\s\S]*no scoreboard was asked/);
    const foreign = read('claims.jsonl', out)
      .split('\n')
      .map((line) => line && JSON.parse(line))[1];
    assert.deepEqual(foreign.predicate.parents, [model, parent]);
    assert.equal('base_model_relation' in frontMatter(await foreignCard(made.foreign.id)), false);
    assert.ok((await check(out)).open.some((says) => /a foreign program vouches/.test(says)));
  });
  async function foreignCard(id: Hex): Promise<string> {
    const out = join(folder, 'foreign');
    document(await call('papers', id, '--out', out, '--json'));
    return read('README.md', out);
  }

  it('are refused for another model’s weights, unknown models, licences and pages', async () => {
    for (const [args, says] of [
      [[model, '--weights', made.weights], /is the model 0x[0-9a-f]+, not/],
      [[`0x${'ab'.repeat(32)}`], /knows no model/],
      [[model, '--license', 'free'], /no licence of SPDX/],
      [[model, '--page', 'javascript:x'], /no address of a page/],
    ] as const) {
      const { code, stderr } = await call('papers', ...args, '--out', join(folder, 'refused'));
      assert.equal(code, 2, stderr);
      assert.match(stderr, says);
    }
  });

  describe('are checked:', () => {
    it('as they were written nothing is false, and development keys are all that stays open', async () => {
      const found = await check(copy('whole'), '--model', model);
      assert.deepEqual([found.code, found.verdict, found.false], [6, 'holds', []]);
      assert.equal(found.open.length, 1, found.open.join('\n'));
      assert.match(found.open[0], /development keys/);
      assert.ok(found.true.some((says) => /opens the commitment/.test(says)));
      assert.ok(found.limits.some((says: string) => /"bom\.cdx\.json"/.test(says)));
    });

    it('another parent, in the card and in the claims', async () => {
      const other = made.served.models[0];
      const found = await check(
        copy('parent', (to) => {
          for (const name of ['README.md', 'claims.jsonl']) edit(to, name, (text) => text.replaceAll(parent, other));
        }),
      );
      assert.deepEqual([found.code, found.verdict], [4, 'false']);
      for (const says of [
        /names the base model/,
        /parents/,
        /Line 1 of claims.jsonl.*says parents/,
        /Line 2 .*nor an ancestor/,
      ])
        assert.ok(
          found.false.some((one) => says.test(one)),
          `${says}`,
        );
    });

    it('another score, one on another benchmark, and a mark that was left out', async () => {
      const scored = (name: string, change: (text: string) => string) =>
        check(copy(name, (to) => edit(to, 'README.md', change)));
      const better = await scored('score', (text) => text.replace('value: 0.75', 'value: 0.99'));
      assert.equal(better.code, 4);
      assert.match(better.false.join('\n'), /"0\.99".*the scoreboard has at least 0\.75/);
      const elsewhere = await scored('elsewhere', (text) => text.replace(/(dataset:[\s\S]*?type: ")0x../, '$10x00'));
      assert.match(elsewhere.false.join('\n'), /no result of the model there/);
      const clean = await scored('clean', (text) => text.replace('; trained on these rows', ''));
      assert.deepEqual([clean.code, clean.false], [6, []]);
      assert.match(clean.open.join('\n'), /which has it as "accuracy, at least; trained on these rows"/);
    });

    it('a weights file of another model, registered or not, and one in another format', async () => {
      const other = await check(copy('weights', (to) => cpSync(made.weights, join(to, 'model.safetensors'))));
      assert.equal(other.code, 4);
      assert.match(other.false.join('\n'), /"model\.safetensors" is 0x[0-9a-f]+, another registered model/);
      const floats = await check(copy('floats', (to) => writeFileSync(join(to, 'model.onnx'), 'floats')));
      assert.deepEqual([floats.code, floats.false], [6, []]);
      assert.match(floats.open.join('\n'), /that "model\.onnx" is the model/);
      const hashed = await check(
        copy('hashed', (to) => edit(to, 'claims.jsonl', (text) => text.replace(/"sha256":"../, '"sha256":"zz'))),
      );
      assert.equal(hashed.code, 6);
    });

    it('claims that are left out, are of another kind, or of another registry', async () => {
      const fewer = await check(copy('fewer', (to) => edit(to, 'claims.jsonl', (text) => text.split('\n')[0])));
      assert.match(fewer.open.join('\n'), /leaves out 1 step of 2/);
      const strange = await check(copy('strange', (to) => edit(to, 'claims.jsonl', (text) => `${text}{"a":1}\n`)));
      assert.match(strange.open.join('\n'), /Line 3 of claims\.jsonl: it is no statement/);
      const registry = made.served.fixture.registry.address.toLowerCase();
      const elsewhere = await check(
        copy('registry', (to) => {
          rmSync(join(to, 'model.safetensors'));
          for (const name of ['README.md', 'claims.jsonl'])
            edit(to, name, (text) => text.replaceAll(registry, `0x${'11'.repeat(20)}`));
        }),
      );
      assert.equal(elsewhere.code, 6);
      assert.match(elsewhere.open.join('\n'), /names another registry/);
      assert.deepEqual(elsewhere.false, []);
      const keys = await check(
        copy('keys', (to) =>
          edit(to, 'README.md', (text) => text.replace('development_keys: true', 'development_keys: false')),
        ),
      );
      assert.match(keys.false.join('\n'), /development_keys is "false"; the registry has "true"/);
    });

    it('a folder that is another model than was wanted', async () => {
      const found = await check(copy('unwanted'), '--model', made.served.models[0]);
      assert.equal(found.code, 4);
      assert.match(found.false.join('\n'), /says that model is/);
    });

    it('names of base models that no registry has stay open', async () => {
      const hub = (text: string) => text.replace(`base_model:\n  - "${parent}"`, 'base_model: somebody/something');
      const found = await check(copy('hub', (to) => edit(to, 'README.md', hub)));
      assert.deepEqual([found.code, found.false], [6, []]);
      assert.match(found.open.join('\n'), /base_model "somebody\/something"/);
    });

    it('files that readers would read in two ways are refused', async () => {
      for (const [name, file, text] of [
        ['twice', 'README.md', '---\nlicense: mit\nlicense: gpl-3.0\n---\n'],
        ['list', 'README.md', '---\n- a\n---\n'],
        ['line', 'claims.jsonl', '{"a":\n'],
        ['deep', 'claims.jsonl', `{"predicate":${'['.repeat(1e5)}${']'.repeat(1e5)}}\n`],
        ['cycle', 'README.md', '---\ntags: &a [*a, *a]\n---\n'],
        ['long', 'README.md', `---\n${'- a\n'.repeat(3e5)}---\n`],
      ]) {
        const { code, stderr } = await call(
          'check',
          copy(name, (to) => writeFileSync(join(to, file), text)),
        );
        assert.equal(code, 3, stderr);
      }
      mkdirSync(join(folder, 'empty'));
      assert.equal((await call('check', join(folder, 'empty'))).code, 2);
      assert.equal((await call('check', join(folder, 'nowhere'))).code, 2);
    });
  });

  describe('find', () => {
    it('names the registered model that a file is', async () => {
      const found = document(await call('find', made.childWeights, '--json'));
      assert.deepEqual([found.model, found.registered, found.kind], [model, true, 'train']);
      const { stdout } = await call('find', made.childWeights);
      assert.match(stdout, new RegExp(`are the registered model ${model} \\(train\\)`));
    });

    it('names imports that are said to come from a file, as declared', async () => {
      const { code, stdout } = await call('find', made.source, '--json');
      const { registered, declaredSourceOf, model: none } = JSON.parse(stdout);
      assert.deepEqual([code, registered, declaredSourceOf, none], [6, false, [parent], null]);
    });

    it('says that a file is not registered here', async () => {
      const unknown = join(folder, 'unknown.bin');
      writeFileSync(unknown, 'anything');
      const { code, stdout } = await call('find', unknown);
      assert.equal(code, 6);
      assert.match(stdout, /^Not registered here/);
    });
  });
});
