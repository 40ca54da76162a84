// A model card compared with a registry.
import type { LineageFacts } from './facts.ts';
import { type Finding, finding, isSame, shown } from './finding.ts';
import { type FrontMatter, isRecord } from './folder.ts';
import { CARD_FORMAT, metricName, relationOf } from './modelCard.ts';
import type { ResultFacts } from './results.ts';

const ID = /^0x[0-9a-f]{64}$/i;
/** Entries of the front matter that are compared, and those that only say how to find the model. */
const COMPARED = ['descent', 'base_model', 'base_model_relation', 'model-index'];
const HARMLESS = ['library_name', 'tags'];

/** Where a card says that the model is registered: here, elsewhere, or nothing of it. */
export function placeOfCard(
  card: FrontMatter,
  { chainId, registry }: LineageFacts['place'],
): 'here' | 'elsewhere' | 'silent' {
  const { descent } = card;
  if (!isRecord(descent)) return 'silent';
  return descent.chain_id === chainId && isSame(descent.registry, registry) ? 'here' : 'elsewhere';
}

/** The model that a card is about; undefined where it does not say. */
export function modelOfCard({ descent }: FrontMatter): string | undefined {
  const model = isRecord(descent) ? descent.model : undefined;
  return typeof model === 'string' && ID.test(model) ? model.toLowerCase() : undefined;
}

/**
 * @param lineage of the model that the folder is about
 * @param results of that model; undefined where no scoreboard was asked
 */
export function checkCard(card: FrontMatter, lineage: LineageFacts, results: ResultFacts[] | undefined): Finding[] {
  const place = placeOfCard(card, lineage.place);
  if (place === 'elsewhere') {
    return [finding('card', 'open', 'anything in README.md: it names another registry or chain, which was not asked.')];
  }
  return [
    ...(place === 'here' ? checkEntry(card.descent as Record<string, unknown>, lineage) : []),
    ...(place === 'silent'
      ? [finding('card', 'open', 'which registered model README.md is about: it has no entry descent.')]
      : []),
    ...checkBases(card, lineage),
    ...checkIndex(card['model-index'], results),
  ];
}

/** What a card says beside what is compared. */
export function cardLimits(card: FrontMatter): string[] {
  const others = Object.keys(card).filter((key) => !COMPARED.includes(key) && !HARMLESS.includes(key));
  return [
    ...(others.length > 0 ? [`Other entries of README.md: ${others.map(shown).join(', ')}.`] : []),
    ...(card['model-index'] === undefined
      ? []
      : [
          'What model-index calls models, tasks, benchmarks and sources: of each metric type, value and name are compared.',
        ]),
    'The text of README.md below its front matter, its tags and its library.',
  ];
}

function checkEntry(descent: Record<string, unknown>, { place, edges: [edge] }: LineageFacts): Finding[] {
  const expected: Record<string, unknown> = {
    format: CARD_FORMAT,
    chain_id: place.chainId,
    registry: place.registry,
    model: edge.id,
    program: edge.program,
    parents: edge.parents,
    development_keys: place.devKeys,
  };
  return Object.entries(descent)
    .filter(([key]) => key !== 'weights_sha256')
    .map(([key, value]) => {
      if (!Object.hasOwn(expected, key))
        return finding('card', 'open', `${shown(key)} of README.md: no registry has it.`);
      if (isSame(value, expected[key])) return finding('card', true, `README.md: ${key} is ${shown(value)}.`);
      return finding(
        'card',
        false,
        `README.md says that ${key} is ${shown(value)}; the registry has ${shown(expected[key])}.`,
      );
    });
}

function checkBases(card: FrontMatter, { edges: [edge] }: LineageFacts): Finding[] {
  const { base_model: said, base_model_relation: relation } = card;
  const findings: Finding[] = [];
  if (said !== undefined && said !== null) findings.push(checkBase(Array.isArray(said) ? said : [said], edge));
  if (relation === undefined || relation === null) return findings;
  const known = relationOf(edge);
  if (known === undefined) {
    findings.push(
      finding(
        'card',
        'open',
        `base_model_relation ${shown(relation)}: the registry has a ${edge.program}, which says nothing of it.`,
      ),
    );
  } else {
    const says = `README.md says that the relation to its base is ${shown(relation)}`;
    findings.push(
      finding(
        'card',
        relation === known,
        relation === known ? `${says}.` : `${says}; the registry has ${shown(known)}.`,
      ),
    );
  }
  return findings;
}

function checkBase(said: unknown[], { program, parents }: LineageFacts['edges'][0]): Finding {
  const ids = said.filter((one): one is string => typeof one === 'string' && ID.test(one));
  const strange = ids.find((id) => !parents.includes(id.toLowerCase() as `0x${string}`));
  const has = parents.length === 0 ? `no parents of this ${program}` : `the parents ${parents.map(shown).join(', ')}`;
  if (strange !== undefined)
    return finding('card', false, `README.md names the base model ${shown(strange)}; the registry has ${has}.`);
  if (ids.length < said.length) {
    const names = said.filter((one) => !ids.includes(one as string));
    if (program === 'seed') {
      return finding(
        'card',
        false,
        `README.md names the base model ${names.map(shown).join(', ')}; the registry has ${has}.`,
      );
    }
    return finding(
      'card',
      'open',
      `base_model ${names.map(shown).join(', ')}: the registry has ${has}, and no such names.`,
    );
  }
  if (new Set(ids.map((id) => id.toLowerCase())).size < parents.length) {
    return finding('card', false, `README.md leaves out a base model: the registry has ${has}.`);
  }
  return finding(
    'card',
    true,
    `README.md names the base models that the registry has as parents: ${ids.map(shown).join(', ') || 'none'}.`,
  );
}

/** @param results undefined where no scoreboard was asked */
function checkIndex(index: unknown, results: ResultFacts[] | undefined): Finding[] {
  if (index === undefined || index === null) return [];
  const models = Array.isArray(index) ? index : [index];
  const said = models.flatMap((model) => (isRecord(model) && Array.isArray(model.results) ? model.results : [model]));
  return said.flatMap((result): Finding[] => {
    const metrics = isRecord(result) && Array.isArray(result.metrics) ? result.metrics : [];
    if (!isRecord(result) || metrics.length === 0)
      return [finding('card', 'open', `the result ${shown(result)}: it has another form.`)];
    return metrics.map((metric) => checkMetric(isRecord(result.dataset) ? result.dataset : {}, metric, results));
  });
}

function checkMetric(dataset: Record<string, unknown>, metric: unknown, results: ResultFacts[] | undefined): Finding {
  if (!isRecord(metric)) return finding('card', 'open', `the result ${shown(metric)}: it has another form.`);
  const { type, value, name } = metric;
  const { type: benchmark } = dataset;
  const says = `${shown(type)} ${shown(value)} on ${shown(benchmark)}`;
  if (typeof benchmark !== 'string' || !ID.test(benchmark))
    return finding('card', 'open', `${says}: that is no benchmark of a registry.`);
  if (results === undefined) return finding('card', 'open', `${says}: no scoreboard was asked (--scoreboard).`);
  const result = results.find((one) => one.benchmark === benchmark.toLowerCase());
  if (result === undefined)
    return finding('card', false, `README.md says ${says}; the scoreboard has no result of the model there.`);
  const proved = result.metrics.find((one) => one.type === type);
  if (proved === undefined) return finding('card', false, `README.md says ${says}; the scoreboard has no such number.`);
  if (typeof value !== 'number' || Math.abs(value - proved.value) > 1e-9 * Math.max(1, Math.abs(proved.value))) {
    return finding('card', false, `README.md says ${says}; the scoreboard has ${proved.bound} ${proved.value}.`);
  }
  const called = metricName(proved, result.marks);
  if (name !== called) {
    return finding(
      'card',
      'open',
      `that ${says} is ${shown(name)}: the number is the scoreboard's, which has it as ${shown(called)}.`,
    );
  }
  return finding('card', true, `README.md: ${says} is what the scoreboard has (${called}).`);
}
