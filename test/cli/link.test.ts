import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { bn254 } from '@noble/curves/bn254.js';
import { linkToSubmit } from '../../scripts/files/linkedEdge.ts';
import type { Point } from '../../src/argument/types.ts';
import { type Edge, formatEdge, parseEdge } from '../../src/registry/edge.ts';
import { formatRun, parseRun } from '../../src/registry/edgeRun.ts';
import { decodeLinkedEdge } from '../../web/lib/linkedEdge.ts';
import { PROOF, RUN } from '../registry/edges.ts';
import { descent, document, temporaryFolder } from './cli.ts';

const G: Point = { x: 1n, y: 2n };
/** k times the generator, for points that differ. */
function multiple(k: number): Point {
  return bn254.G1.Point.BASE.multiply(BigInt(k)).toAffine();
}

const SITE = 'https://example.org/descent';

/** The largest kind of edge: eight parents, four layers, and a name that is not ASCII. Its proof shows nothing. */
const EDGE: Edge = {
  context: {
    chainId: 31337n,
    registry: '0x5FbDB2315678afecb367f032d93F642f64180aa3',
    trainer: '0x70997970C51812dc3A010C7d01b50e0d17dc79C8',
  },
  statement: {
    program: 'merge',
    widths: [9, 8, 7, 6, 5],
    head: 'squared error',
    child: [G],
    parents: Array.from({ length: 8 }, (_, k) => [multiple(k + 2)]),
    coefficients: Array.from({ length: 4 }, (_, l) => Array.from({ length: 8 }, (_, k) => 1000 * l - k)),
  },
  proof: PROOF,
  verificationKey: `0x${'ab'.repeat(32)}`,
  devKeys: true,
  metadata: { name: 'Größe №1 🌱' },
};

describe('descent submit makes a link', () => {
  const { folder, remove } = temporaryFolder();
  after(remove);
  const file = join(folder, 'merge.edge.json');
  writeFileSync(file, formatEdge(EDGE));

  const edgeOf = async (link: string) => {
    const [page, hash] = link.split('#edge=');
    assert.match(hash, /^[A-Za-z0-9_-]+$/, 'nothing that a chat or a terminal would cut');
    return { page, edge: parseEdge(await decodeLinkedEdge(hash)) };
  };

  it('which the page decodes to the same edge', async () => {
    assert.deepEqual(await edgeOf(linkToSubmit(formatEdge(EDGE), `${SITE}/`)), { page: `${SITE}/submit`, edge: EDGE });
  });

  it('of a run, too', async () => {
    const link = linkToSubmit(formatRun(RUN), SITE);
    assert.deepEqual(parseRun(await decodeLinkedEdge(link.split('#edge=')[1])), RUN);
  });

  it('of a file whose words `show` prints as such: it checks nothing', async () => {
    const { stdout, stderr } = await descent(['show', file]);
    assert.match(stdout, /^trainer +0x70997970/m, stderr);
    assert.match(stdout, /^checked +nothing: all of it is what the file says; .*descent.* verify .*merge\.edge\.json/m);
    assert.match(document(await descent(['show', file, '--json'])).checked, /^nothing/);
  });

  it('where no key is given, without a chain', async () => {
    const { code, stdout, stderr } = await descent(['submit', file, '--site', SITE, '--rpc', 'http://127.0.0.1:9']);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /wallet of 0x70997970C51812dc3A010C7d01b50e0d17dc79C8 is, on chain 31337/);
    assert.deepEqual((await edgeOf(stdout.trim().split('\n')[1])).edge, EDGE);
  });

  it('with --link although there is a key, to the site of the environment', async () => {
    const env = { DESCENT_SITE: SITE };
    const { code, stdout, stderr } = await descent(['submit', file, '--account', '1', '--link', '--json'], { env });
    assert.equal(code, 0, stderr);
    const { link, sent } = JSON.parse(stdout);
    assert.equal(sent, false);
    assert.deepEqual(await edgeOf(link), { page: `${SITE}/submit`, edge: EDGE });
  });

  it('but after sending only the page of the model: --link is for links', async () => {
    const { stdout } = await descent(['submit', '--help']);
    assert.match(stdout, /After sending it prints the page of the\s+model/);
  });

  for (const site of ['example.org', 'ftp://example.org', 'http://a b', 'javascript:alert(1)', `${SITE}#here`]) {
    it(`but not to ${site}`, () => {
      assert.throws(() => linkToSubmit(formatEdge(EDGE), site), /is not the http\(s\) URL of a site/);
    });
  }
});
