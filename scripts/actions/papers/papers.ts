// All that papers about a model are made of, and which files they are.
import type { Card } from '../../chain/readCards.ts';
import { badgeOf } from './badge.ts';
import { claimsOf, formatClaims, type WeightsFile } from './claims.ts';
import { croissantOf } from './croissant.ts';
import { cycloneDxOf } from './cycloneDx.ts';
import type { DataFacts } from './data.ts';
import type { LineageFacts } from './facts.ts';
import { modelCardOf } from './modelCard.ts';
import type { ResultFacts } from './results.ts';
import { spdxOf } from './spdx.ts';

export interface PaperFacts {
  lineage: LineageFacts;
  /** what the trainer says of the model: hostile */
  card: Card | undefined;
  /** undefined where no scoreboard was asked */
  results: ResultFacts[] | undefined;
  /** undefined where no contract of datasets was asked */
  data: DataFacts[] | undefined;
  /** datasets of the same shards that are left out */
  dataLeftOut: number;
  /** the file with the model's weights, which was compared */
  weights: WeightsFile | undefined;
  /** of the model, as its publisher says: an id of SPDX */
  license: string | undefined;
  /** address of a page that shows the registry */
  page: string | undefined;
  /** version of this program */
  version: string;
}

/** The files of a folder, by name. */
export function papersOf(facts: PaperFacts): Map<string, string> {
  return new Map([
    ['README.md', modelCardOf(facts)],
    ['claims.jsonl', formatClaims(claimsOf(facts.lineage, facts.weights))],
    ['bom.cdx.json', formatJson(cycloneDxOf(facts))],
    ['model.spdx.json', formatJson(spdxOf(facts))],
    ...croissants(facts),
    ['badge.svg', `${badgeOf(facts.lineage)}\n`],
  ]);
}

/** One file for each dataset that says where its rows are; where there is only one, under the name that programs look for. */
function croissants(facts: PaperFacts): [string, string][] {
  const published = (facts.data ?? []).filter((data) => data.published !== undefined);
  return published.map((data) => [
    published.length === 1 ? 'croissant.json' : `croissant-${data.id.slice(2, 18)}.json`,
    formatJson(croissantOf(facts, data)),
  ]);
}

function formatJson(document: unknown): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}
