import { readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { Command } from 'commander';
import licences from 'spdx-license-ids/index.json' with { type: 'json' };
import { type Hex, isAddressEqual } from 'viem';
import { DescentError } from '../../src/errors/DescentError.ts';
import { InputError } from '../../src/errors/InputError.ts';
import { readDataFacts } from '../actions/papers/data.ts';
import { type LineageFacts, readLineageFacts, readNodes } from '../actions/papers/facts.ts';
import type { PaperFacts } from '../actions/papers/paperFacts.ts';
import { papersOf } from '../actions/papers/papers.ts';
import { MOST_RESULTS, readResultFacts } from '../actions/papers/results.ts';
import { type Chain, parseAddress, requireContract } from '../chain/client.ts';
import { readCard } from '../chain/readCards.ts';
import { readLineage } from '../chain/readLineage.ts';
import { datasetsOf, registryOf } from '../chain/readPlaces.ts';
import { writeDurably } from '../files/durable.ts';
import { readInput, sha256 } from '../files/read.ts';
import { modelIdOf, parseId } from '../runs/ids.ts';
import { shortId } from '../terminal/drawTree.ts';
import { commandLine, quote } from '../terminal/invocation.ts';
import { counted } from '../terminal/plural.ts';
import { scoreboardOf } from './check.ts';
import {
  type AttestationsOptions,
  type CardsOptions,
  type CommonOptions,
  type DatasetsOptions,
  openRegistry,
  outputOf,
  withAttestations,
  withCards,
  withChain,
  withCommon,
  withDatasets,
  withScoreboard,
} from './options.ts';

interface PapersOptions extends CommonOptions, CardsOptions, AttestationsOptions, DatasetsOptions {
  scoreboard?: string;
  weights?: string;
  out?: string;
  license?: string;
  page?: string;
}

const HELP = `
Writes README.md (a model card as Hugging Face has them), claims.jsonl (a statement of in-toto for each step of the
lineage), bom.cdx.json (CycloneDX 1.6), model.spdx.json (SPDX 3.0, profile AI), badge.svg, and a croissant.json for each
dataset of the lineage whose rows are said to be somewhere. docs/papers.md says what each holds. Results, names and data
are told where --scoreboard, --cards, --datasets and --attestations name their contracts. Texts of strangers are
quoted, never believed. Files of that name in the folder are replaced. No paper proves anything: descent check compares
them with the registry.`;

export function addPapersCommand(program: Command): void {
  withDatasets(withAttestations(withScoreboard(withCards(withCommon(withChain(program.command('papers')))))))
    .description('write papers about a model that other programs read: model card, claims, bills of materials, badge')
    .argument('<model>', 'id of a registered model (0x and 64 digits), or its weights file')
    .option('--weights <file>', 'its weights with their salt: papers name their hash, once they were compared')
    .option('--out <folder>', 'where to (default: papers-<id>)')
    .option('--license <id>', "the model's licence as you say it: an id of SPDX, such as Apache-2.0")
    .option('--page <url>', 'address of a page that shows the registry: papers link to the model on it')
    .addHelpText('after', HELP)
    .action(async (model: string, options: PapersOptions) => {
      const output = outputOf(options);
      const [license, page] = [licenseOf(options.license), pageOf(options.page)];
      const { chain, registry } = await openRegistry(options);
      const id = /^0x/i.test(model) ? parseId(model, 'model') : await modelIdOf(model);
      const weights = await weightsOf(options.weights, id);
      const facts = { ...(await factsOf(chain, registry, { id, options })), weights, license, page };
      const folder = resolve(options.out ?? `papers-${id.slice(2, 18)}`);
      const files = papersOf(facts);
      for (const [name, content] of files) writeDurably(join(folder, name), content);
      const { place, edges, declared, foreign, unread } = facts.lineage;
      if (unread > 0) output.warn(`${counted(unread, 'ancestor')} could not be read: the papers say so.`);
      output.result(
        {
          model: id,
          folder,
          files: [...files.keys()],
          steps: edges.length,
          results: facts.results?.length ?? null,
          datasets: facts.data?.length ?? null,
          unread,
          developmentKeys: place.devKeys,
          declared,
          foreign,
        },
        [
          `Wrote papers about ${shortId(id)} and ${counted(edges.length - 1, 'ancestor')}: ${folder}`,
          ...[...files.keys()].map((name) => `- ${name}`),
          ...(place.devKeys ? ['The registry has development keys: the papers say that nothing is proved.'] : []),
          `Anybody can check them: ${commandLine('check', quote(folder))}`,
        ].join('\n'),
      );
    });
}

/** What the chain tells of a model, for papers. @throws DescentError */
async function factsOf(
  chain: Chain,
  registry: Hex,
  { id, options }: { id: Hex; options: PapersOptions },
): Promise<Omit<PaperFacts, 'weights' | 'license' | 'page'>> {
  const contractOf = async (what: 'cards' | 'datasets' | 'attestations') => {
    const text = options[what];
    if (text === undefined) return undefined;
    const address = parseAddress(text, `--${what}`);
    await requireContract(chain, address, what);
    return address;
  };
  const lineage = await requireLineage(chain, registry, id);
  const scoreboard = await scoreboardOf(chain, registry, options.scoreboard);
  const cards = await contractOf('cards');
  const [datasets, attestations] = [await contractOf('datasets'), await contractOf('attestations')];
  if (datasets !== undefined) requireSame('datasets', datasets, await registryOf(chain, datasets), registry);
  if (datasets !== undefined && attestations !== undefined) {
    requireSame('attestations', attestations, await datasetsOf(chain, attestations), datasets);
  }
  const nodeOf = await readLineage(chain, registry);
  const results = scoreboard && (await readResultFacts(chain, scoreboard, { model: id, nodeOf, most: MOST_RESULTS }));
  const found = datasets && (await readDataFacts(chain, { registry, datasets, attestations }, lineage.shards));
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return {
    lineage,
    card: cards && (await readCard(chain, cards, id)),
    results,
    data: found?.data,
    dataLeftOut: found?.leftOut ?? 0,
    version,
  };
}

/** @throws InputError for contracts of two deployments: papers would mix them */
function requireSame(what: string, contract: Hex, its: Hex, named: Hex): void {
  if (isAddressEqual(its, named)) return;
  throw new InputError(`The contract of ${what} ${contract} belongs to ${its}, not to ${named}.`, {
    hint: 'Name contracts of one deployment.',
  });
}

async function requireLineage(chain: Chain, registry: Hex, id: Hex): Promise<LineageFacts> {
  const lineage = await readLineageFacts(chain, registry, id, await readNodes(chain, registry));
  if (lineage !== undefined) return lineage;
  throw new DescentError(`The registry ${registry} knows no model ${id}.`, {
    code: 'UNKNOWN_ID',
    exit: 'usage',
    hint: 'Papers are about registered models: submit its edge first.',
  });
}

/** @throws InputError where the file is another model */
async function weightsOf(path: string | undefined, id: Hex): Promise<PaperFacts['weights']> {
  if (path === undefined) return undefined;
  const found = await modelIdOf(path);
  if (found === id) return { name: basename(path), sha256: sha256(readInput(path)) };
  throw new InputError(`${path} is the model ${found}, not ${id}.`, {
    hint: 'Papers name the hash of its own weights only.',
  });
}

/** @throws InputError for a licence that SPDX does not know */
function licenseOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const found = licences.find((known) => known.toLowerCase() === text.toLowerCase());
  if (found !== undefined) return found;
  throw new InputError(`${JSON.stringify(text)} is no licence of SPDX (--license).`, {
    hint: 'Name one of spdx.org/licenses, such as Apache-2.0, or leave it out.',
  });
}

/** @throws InputError for anything but an address of the web */
function pageOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  if (/^https?:\/\/[\w.:[\]/~%-]+$/i.test(text) && URL.canParse(text)) return text.replace(/\/+$/, '');
  throw new InputError(`${JSON.stringify(text)} is no address of a page (--page).`, {
    hint: 'It begins with https:// and has no query.',
  });
}
