// A folder of a model compared with a registry: card, claims and weights.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Address, Hex } from 'viem';
import { FileFormatError } from '../../../src/errors/FileFormatError.ts';
import { modelRegistryAbi } from '../../../src/generated/abi.ts';
import { readTensors } from '../../../src/model/safetensors.ts';
import type { Schema } from '../../../src/model/schema.ts';
import type { Chain } from '../../chain/client.ts';
import { readLineage } from '../../chain/readLineage.ts';
import { translateErrors } from '../../chain/readRegistry.ts';
import { readWeightsFile } from '../../files/models.ts';
import { readInput, sha256OfFile } from '../../files/read.ts';
import { createCommitter } from '../../runs/commit.ts';
import { compareNames } from '../verifyChecks.ts';
import { cardLimits, checkCard, modelOfCard, placeOfCard } from './checkCard.ts';
import { checkClaims, type FoundWeights, modelOfClaims } from './checkClaims.ts';
import { type LineageFacts, readLineageFacts, readNodes, readPlace } from './facts.ts';
import { type Finding, finding, shown } from './finding.ts';
import { isRecord, type PaperFolder } from './folder.ts';
import { readResultFacts } from './results.ts';

/** Names of files that nobody compares, as far as they are told. */
const MOST_NAMES = 20;
/** Bytes of a file that is looked into: the largest network takes less. */
const MAX_WEIGHTS = 2 ** 30;

export interface Checked {
  model: Hex | undefined;
  findings: Finding[];
  /** what no comparison covers */
  limits: string[];
}

/** Weights in a file, with what it calls its columns; the model that a float file says it is. */
export interface OpenedWeights extends FoundWeights {
  schema: Schema | undefined;
  /** what its metadata says: hostile */
  says: string | undefined;
}

/** Which models files hold, by their commitments. @throws InputError for files that cannot be read */
export async function openWeights(folder: string, names: readonly string[]): Promise<OpenedWeights[]> {
  const committer = createCommitter();
  try {
    const opened: OpenedWeights[] = [];
    for (const name of names) {
      const path = join(folder, name);
      const sha256 = sha256OfFile(path);
      const closed = { name, sha256, id: undefined, schema: undefined, says: undefined };
      if (statSync(path).size > MAX_WEIGHTS) {
        opened.push(closed);
        continue;
      }
      try {
        const weights = readWeightsFile(path);
        opened.push({ name, sha256, id: await committer.model(weights), schema: weights.schema, says: undefined });
      } catch (error) {
        if (!(error instanceof FileFormatError)) throw error;
        opened.push({ ...closed, says: saidModel(path) });
      }
    }
    return opened;
  } finally {
    await committer.close();
  }
}

/** The model that the metadata of an exported file names. */
function saidModel(path: string): string | undefined {
  try {
    return readTensors(readInput(path)).metadata.get('descent.model');
  } catch {
    return undefined;
  }
}

/**
 * Compares a folder with a registry.
 * @param wanted the model that it should be, where that is known
 * @throws DescentError
 */
export async function checkFolder(
  { chain, registry, scoreboard }: { chain: Chain; registry: Address; scoreboard: Address | undefined },
  papers: PaperFolder,
  wanted?: Hex,
): Promise<Checked> {
  const { card, claims = [], others, hasReadme } = papers;
  const files = await openWeights(papers.folder, papers.weights);
  const place = await readPlace(chain, registry);
  const ofCard = card !== undefined && placeOfCard(card, place) === 'here' ? modelOfCard(card) : undefined;
  const model = (wanted ?? ofCard ?? files.find(({ id }) => id !== undefined)?.id ?? modelOfClaims(claims)) as
    | Hex
    | undefined;
  const limits = [
    ...(card === undefined ? [] : cardLimits(card)),
    ...(hasReadme && card === undefined ? ['README.md, which has no front matter.'] : []),
    ...(others.length > 0
      ? [
          `What else is here: ${others.slice(0, MOST_NAMES).map(shown).join(', ')}${others.length > MOST_NAMES ? `, and ${others.length - MOST_NAMES} more` : ''}.`,
        ]
      : []),
    ...(files.length === 0 ? ['That any file is this model: there are no weights here.'] : []),
    'Where the first weights come from, where an import stands above the model; what the rows are that it was trained on.',
    'That the contract runs the code of Descent: descent verify <model> says whether its address shows that.',
    'That the node tells the truth: what is said of the chain is what this node answers.',
  ];
  if (model === undefined) {
    const says = `which model of the registry ${registry} this is: nothing here names one, or names another registry.`;
    return { model, findings: [finding('registry', 'open', says)], limits };
  }
  const nodes = await readNodes(chain, registry);
  const lineage = await readLineageFacts(chain, registry, model, nodes);
  if (lineage === undefined) {
    const says = `The registry ${registry} on chain ${chain.id} knows no model ${model}.`;
    return { model, findings: [finding('registry', false, says)], limits };
  }
  const nodeOf = await readLineage(chain, registry);
  const results = scoreboard && (await readResultFacts(chain, scoreboard, { model, nodeOf }));
  const stated = await schemaOf(chain, registry, model);
  const findings = [
    ...checkRegistry(lineage),
    ...(card === undefined ? [] : checkCard(card, lineage, results)),
    ...(papers.claims === undefined ? [] : checkClaims(claims, lineage, files)),
    ...files.flatMap((file) => checkFile(file, { model, stated, isRegistered: (id) => nodes.has(id) })),
    ...(card === undefined ? [] : checkHash(card, files, lineage)),
  ];
  return { model, findings, limits };
}

function checkRegistry({ place, foreign, unread, edges: [edge] }: LineageFacts): Finding[] {
  const { chainId, registry, devKeys } = place;
  const open = (says: string) => finding('registry', 'open', says);
  return [
    finding(
      'registry',
      true,
      `The registry ${registry} on chain ${chainId}, which you named, has the model ${edge.id}.`,
    ),
    ...(devKeys ? [open('that nobody forged any of it: the registry has development keys.')] : []),
    ...(foreign ? [open('that each model follows from its parents: for one a foreign program vouches.')] : []),
    ...(unread > 0 ? [open(`the whole lineage: ${unread} of its models could not be read.`)] : []),
  ];
}

function checkFile(
  { name, id, says, schema }: OpenedWeights,
  { model, stated, isRegistered }: { model: Hex; stated: Hex; isRegistered(id: Hex): boolean },
): Finding[] {
  const file = shown(name);
  if (id === undefined) {
    const more = says === undefined ? '' : ` Its metadata says ${shown(says)}, as anybody can write.`;
    return [
      finding('weights', 'open', `that ${file} is the model ${model}: it holds no weights with their salt.${more}`),
    ];
  }
  if (id !== model) {
    const known = isRegistered(id) ? 'another registered model' : 'not registered';
    return [finding('weights', false, `${file} is ${id}, ${known}; the papers are about ${model}.`)];
  }
  const names = compareNames(file, schema, stated).map(
    ({ holds, says }): Finding => ({ about: 'weights', holds, says }),
  );
  return [finding('weights', true, `${file} is the model ${model}: it opens the commitment.`), ...names];
}

/** The hash of weights that a card names. */
function checkHash(
  { descent }: Record<string, unknown>,
  files: readonly FoundWeights[],
  { place, edges: [{ id }] }: LineageFacts,
): Finding[] {
  const said = isRecord(descent) ? descent.weights_sha256 : undefined;
  if (said === undefined || placeOfCard({ descent }, place) !== 'here') return [];
  const file = files.find(({ sha256 }) => typeof said === 'string' && sha256 === said.toLowerCase());
  if (file?.id === id)
    return [finding('card', true, `README.md names the SHA-256 of ${shown(file.name)}, which is the model.`)];
  if (file?.id !== undefined)
    return [
      finding('card', false, `README.md names the SHA-256 of ${shown(file.name)}, which is the model ${file.id}.`),
    ];
  return [
    finding('card', 'open', `that a file with SHA-256 ${shown(said)} is the model: it is not here, or holds no salt.`),
  ];
}

function schemaOf({ client }: Chain, registry: Address, id: Hex): Promise<Hex> {
  const call = { address: registry, abi: modelRegistryAbi, functionName: 'schemaOf', args: [id] } as const;
  return translateErrors(() => client.readContract(call));
}
